//! What happens in a schedule: who buys what, out of how little stock.

use std::rc::Rc;

use jiff::Timestamp;
use serde_json::{Value, json};
use souk_cart::Owner;
use souk_domain::{ids::UserId, money::Money, quantity::Quantity};
use souk_pricing::{CatalogFact, Terms};

use crate::{
    clock::pause_millis,
    deliveries::Deliveries,
    shopper::Tab,
    sim::{Sim, Theme},
    staff,
    world::World,
};

/// The SKUs and warehouses, of which a schedule uses some.
pub const SKUS: &[&str] = &["tea", "pot"];
const WAREHOUSES: &[&str] = &["east", "west"];

/// Counts the stock, sets the prices, fills the carts, and sends everybody in.
///
/// # Panics
/// Where the shop cannot be set up: nothing goes wrong before it opens.
pub async fn open(sim: &Sim, deliveries: &Deliveries) {
    let scattered = sim.theme == Theme::Parcels;
    let skus = &SKUS[..1 + usize::from(scattered || sim.chance(600))];
    let warehouses = &WAREHOUSES[..1 + usize::from(scattered || sim.chance(500))];
    stock(sim, skus, warehouses).await;
    let users = if sim.theme == Theme::Scarcity { 3 } else { sim.within(1..4) };
    for user in 0..users {
        shopper(sim, deliveries, &format!("user-{user}"), skus).await;
    }
    if sim.chance(150) {
        let (this, sku) = (sim.clone(), sim.pick(skus));
        sim.executor.spawn("operator", async move { staff::reprice(&this, sku).await });
    }
    sweep_now_and_then(sim);
    if sim.second_edition {
        let this = sim.clone();
        sim.executor.spawn("schedule", async move { staff::collect_now_and_then(&this).await });
        if sim.chance(300) {
            let this = sim.clone();
            sim.executor.spawn("stream", async move { staff::split_now_and_then(&this, skus).await });
        }
    }
    if sim.theme == Theme::Lapse || sim.chance(50) {
        let this = sim.clone();
        sim.executor.spawn("bank", async move {
            for _ in 0..4 {
                pause_millis(this.pick(&[300, 900, 3_000, 60_000])).await;
                this.network.with(World::let_holds_lapse);
            }
        });
    }
}

/// Sweepers run in the middle of trouble too.
fn sweep_now_and_then(sim: &Sim) {
    let sweeps: &[(u64, &str)] = match sim.theme {
        Theme::Backstop => &[(65_000, "unsettled"), (963_000, "held"), (1_862_000, "unsettled")],
        Theme::Fulfilment | Theme::Parcels | Theme::Lapse => &[(66_000, "capturing")],
        _ if sim.chance(300) => &[(901_000, "unsettled"), (961_000, "held")],
        _ => &[],
    };
    for (millis, index) in sweeps {
        let this = sim.clone();
        sim.executor.spawn("schedule", async move {
            pause_millis(*millis).await;
            staff::sweep(&this, index);
        });
    }
}

async fn stock(sim: &Sim, skus: &[&str], warehouses: &[&str]) {
    let (functions, by, now) =
        (sim.functions, UserId::try_from("operator".to_owned()).expect("a user"), sim.clock.now());
    for name in skus {
        let sku = name.parse().expect("a SKU");
        let amount = i64::try_from(sim.within(100..5_000)).expect("a price");
        let priced = functions.prices.set(&sku, Terms::at(Money::usd(amount).expect("a price")), None).await;
        priced.map(drop).expect("a price is set");
        let listed = CatalogFact::Listed { title: "Bag".to_owned(), variant: None };
        functions.prices.record_fact(&sku, 1, &listed).await.map(drop).expect("a product has it");
        // Scattered, each SKU lies in a warehouse of its own.
        let of_sku = SKUS.iter().position(|known| known == name).unwrap_or_default();
        let warehouses = if sim.theme == Theme::Parcels { &warehouses[of_sku..=of_sku] } else { warehouses };
        for warehouse in warehouses {
            let some = if sim.theme == Theme::Scarcity { sim.within(0..2) } else { sim.within(1..6) };
            let units = u32::try_from(some).expect("few units");
            let place = (&sku, &warehouse.parse().expect("a warehouse"));
            let counted = functions.stock.set_quantity(place, units, None, &by, now).await;
            counted.map(drop).expect("stock is counted");
        }
    }
}

/// One shopper: a cart or lines, one tab or two, one key for both or one for each.
async fn shopper(sim: &Sim, deliveries: &Deliveries, user_id: &str, skus: &[&str]) {
    let whole_cart = sim.chance(500);
    let lines = lines(sim, skus);
    if whole_cart {
        fill_cart(sim, user_id, &lines, sim.clock.now()).await;
    }
    let lines: Option<Rc<[(String, u64)]>> = (!whole_cart).then(|| lines.into());
    let one_key = sim.chance(250);
    for tab in 0..1 + u32::from(sim.chance(350)) {
        let key = if one_key { "key".to_owned() } else { format!("key-{tab}") };
        let lines = lines.as_ref().map(|lines| lines.iter().map(line_json).collect());
        let tab = Tab { sim: sim.clone(), deliveries: deliveries.clone(), user_id: user_id.to_owned(), key, lines };
        sim.executor.spawn("shopper", tab.shop());
    }
}

fn line_json((sku, quantity): &(String, u64)) -> Value {
    json!({"sku": sku, "quantity": quantity})
}

/// One line, or a line of each SKU; now and then two lines that share one.
fn lines(sim: &Sim, skus: &[&str]) -> Vec<(String, u64)> {
    let some = if sim.theme == Theme::Parcels || sim.chance(500) { skus } else { &skus[..1] };
    let mut lines: Vec<_> = some.iter().map(|sku| ((*sku).to_owned(), sim.within(1..3))).collect();
    if sim.chance(100) {
        lines.push((skus[0].to_owned(), 1));
    }
    lines
}

async fn fill_cart(sim: &Sim, user_id: &str, lines: &[(String, u64)], now: Timestamp) {
    let owner = Owner::User(user_id.parse().expect("a user"));
    for (sku, quantity) in lines {
        let quantity = Quantity::new(u32::try_from(*quantity).expect("few units")).expect("a quantity");
        let put = sim.functions.carts.put(&owner, &sku.parse().expect("a SKU"), quantity, None, now).await;
        put.map(drop).expect("a line is put into the cart");
    }
}

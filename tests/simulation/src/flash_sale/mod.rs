//! A flash sale under faults: shoppers claim few units out of one to three shards, the queue doubles
//! and delays what they sent, functions die anywhere in between, and an operator may end it all.

pub mod bugs;
pub mod edges;
pub mod invariants;
pub mod points;
pub mod queue;
pub mod rest;
mod shopper;
pub mod staff;
mod stranger;

use std::rc::Rc;

use futures_util::future::BoxFuture;
use jiff::SignedDuration;
use serde_json::json;
use souk_domain::{
    flash_sale::{FlashSaleDraft, FlashSaleTerms, LotteryKey, ShardPlan},
    ids::{FlashSaleId, UserId},
    money::Money,
};
use souk_flash_sales::{
    Conductor, DefineOutcome, KeyRing, KeySource, KeySourceError, LiveSecrets, PreparedOutcome, TickOutcome,
};
use souk_fn_flash_sales::shop::post_intent;
use souk_inventory::AllotOutcome;
use souk_pricing::CatalogFact;
use uuid::Uuid;

use crate::{deliveries::Deliveries, sim::Sim};

/// The sale of every schedule.
pub const SALE_ID: &str = "drop";
/// The secret that the keys of admissions come from.
pub const KEYS_SECRET: &str = "the sale's secret of the simulation";
const SKU: &str = "tea";
const WAREHOUSES: &[&str] = &["east", "west"];

/// A running sale. Cheap to clone.
#[derive(Clone)]
pub struct Shop {
    sim: Sim,
    deliveries: Deliveries,
    sale_id: FlashSaleId,
    /// Warm functions, each with what it remembers.
    instances: Rc<[Rc<post_intent::Deps>]>,
    /// What the waiting room would sign admissions with.
    ring: Rc<KeyRing>,
}

/// Keys without a secret's store.
#[derive(Debug)]
struct Fixed(&'static str);

impl KeySource for Fixed {
    fn load(&self) -> BoxFuture<'_, Result<LiveSecrets, KeySourceError>> {
        let live = LiveSecrets { current: self.0.to_owned(), previous: None };
        Box::pin(std::future::ready(Ok(live)))
    }
}

/// Opens a sale and sends everybody in.
///
/// # Panics
/// Where the sale cannot be set up: nothing goes wrong before it opens.
pub async fn open(sim: &Sim, deliveries: &Deliveries) -> Shop {
    let sale_id: FlashSaleId = SALE_ID.parse().expect("a sale");
    prepare(sim, &sale_id).await;
    let mut instances = Vec::new();
    for _ in 0..sim.within(1..4) {
        instances.push(Rc::new(sim.functions.post_intent().await));
    }
    let ring = Rc::new(KeyRing::new(Fixed(KEYS_SECRET)));
    let shop = Shop { sim: sim.clone(), deliveries: deliveries.clone(), sale_id, instances: instances.into(), ring };
    for number in 0..sim.within(2..7) {
        shopper::enter(&shop, &user(number));
    }
    if sim.chance(300) {
        stranger::enter(&shop);
    }
    if sim.chance(100) {
        // Nobody can read it, and nobody has looked into it yet.
        sim.network.with(|world| world.intents.dead.push("{".to_owned()));
    }
    staff::work(&shop);
    shop
}

/// A shopper's account.
fn user(number: u64) -> UserId {
    Uuid::from_u128(0x5011_0000 + u128::from(number)).to_string().parse().expect("a user")
}

/// Takes the units out of stock, lays them into shards, and opens.
async fn prepare(sim: &Sim, sale_id: &FlashSaleId) {
    let (functions, now) = (sim.functions, sim.clock.now());
    let (sku, by) = (SKU.parse().expect("a SKU"), UserId::try_from("operator".to_owned()).expect("a user"));
    let units = u32::try_from(sim.within(1..5)).expect("few units");
    let warehouses = &WAREHOUSES[..1 + usize::from(sim.chance(400))];
    for warehouse in warehouses {
        let warehouse = warehouse.parse().expect("a warehouse");
        let supply = if warehouses.len() == 1 { units + u32::from(sim.chance(500)) } else { units.div_ceil(2) };
        let counted = functions.stock.set_quantity((&sku, &warehouse), supply, None, &by, now).await;
        counted.map(drop).expect("stock is counted");
    }
    let listed = CatalogFact::Listed { title: "Console".to_owned(), variant: None };
    functions.prices.record_fact(&sku, 1, &listed).await.map(drop).expect("a product has it");
    let terms = FlashSaleTerms::new(FlashSaleDraft {
        sku: sku.clone(),
        units,
        price: Money::usd(1_500).expect("a price"),
        opens_at: now + SignedDuration::from_secs(1),
        closes_at: None,
        admission_rate: None,
        expected_shoppers: None,
    })
    .expect("terms");
    let defined = functions.sales.define(sale_id, &terms, &LotteryKey::new([7; 32]), now).await;
    assert!(matches!(defined, Ok(DefineOutcome::Defined(_))), "the sale is defined: {defined:?}");
    let Ok(AllotOutcome::Allotted(lines)) = functions.sale_units.allot(sale_id, &sku, units, now).await else {
        panic!("the units are there");
    };
    let most = if lines.len() == 1 { 3 } else { 2 };
    let runs = lines.iter().map(|line| {
        let shards = 1 + sim.within(0..u64::from(line.quantity.min(most)));
        json!({"warehouse_id": line.warehouse_id, "units": line.quantity, "shards": shards})
    });
    let plan: ShardPlan = serde_json::from_value(runs.collect()).expect("a plan");
    functions.shards.create(sale_id, &plan).await.map(drop).expect("shards");
    let prepared = functions.sales.prepared(sale_id, &plan).await;
    assert_eq!(prepared.expect("an answer"), PreparedOutcome::Scheduled);
    tokio::time::advance(std::time::Duration::from_secs(2)).await;
    let conductor = Conductor::new(functions.sales.clone(), "conductor", SignedDuration::from_secs(5));
    let opened = conductor.tick(sale_id, sim.clock.now(), async |_| Ok::<_, String>(None)).await;
    assert!(matches!(opened, Ok(TickOutcome::Opened(_))), "the sale is open");
}

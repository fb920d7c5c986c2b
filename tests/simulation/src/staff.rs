//! Operators and the warehouse, at moments of their own.

use serde_json::json;
use souk_domain::money::Money;
use souk_events::inventory::{RowGrown, RowTask};
use souk_fn_fulfilment::{admin as shipping, background::sweep_shipments};
use souk_fn_orders::{admin, background};
use souk_fn_payments::{refund_order, sweep_refunds};
use souk_pricing::Terms;
use souk_runtime::queue::Message;

use crate::{
    clock::pause_millis,
    deliveries::Deliveries,
    flash_sale,
    promises::PromisedRefund,
    requests::request,
    shopper::body_of,
    sim::{Sim, Theme},
    warehouse,
};

const ATTEMPTS: usize = 4;

/// What staff does about an order that is being placed, and what strangers try.
pub fn follow(sim: &Sim, deliveries: &Deliveries, order_id: &str) {
    let by_warehouses = sim.theme == Theme::Parcels;
    let ships = match sim.theme.ships() {
        true if by_warehouses => u64::from(sim.chance(200)),
        true => 1 + sim.within(0..2),
        false => u64::from(sim.chance(400)),
    };
    for _ in 0..ships {
        let (this, id) = (sim.clone(), order_id.to_owned());
        sim.executor.spawn("warehouse", async move { ship(&this, &id).await });
    }
    // Each warehouse by itself, of which the order may need one only.
    if by_warehouses || sim.chance(if sim.theme.ships() { 500 } else { 200 }) {
        for place in ["east", "west"] {
            let (this, id) = (sim.clone(), order_id.to_owned());
            sim.executor.spawn("warehouse", async move { warehouse::work(&this, &id, place).await });
        }
    }
    if sim.chance(if sim.theme.ships() { 400 } else { 120 }) {
        let (this, id) = (sim.clone(), order_id.to_owned());
        sim.executor.spawn("operator", async move { cancel(&this, &id).await });
    }
    if sim.chance(100) {
        let (this, id) = (deliveries.clone(), order_id.to_owned());
        sim.executor.spawn("stranger", async move { this.forge(&id).await });
    }
}

async fn ship(sim: &Sim, order_id: &str) {
    let body = json!({"carrier": "c", "tracking_number": "t"}).to_string();
    for pause in [1, 20, 200, 1_000, 5_000, 70_000] {
        pause_millis(pause).await;
        let path = format!("/admin/orders/{order_id}/ship");
        let request = request("POST", &path).by_staff("warehouse").path("order_id", order_id).body(&body).build();
        let (functions, call) = (sim.functions, sim.function_call());
        let run = async move { shipping::ship_order::handle(&functions.ship_order, request, call).await };
        match sim.http("admin-ship-order", run).await {
            Some(response) if response.status == 200 => {
                refunds(sim, order_id);
                return deliver(sim, order_id).await;
            }
            // Nobody asks again for what went wrong so badly: the sweeper must finish it.
            None if sim.chance(600) => return,
            _ if sim.chance(100) => return,
            _ => {}
        }
    }
}

/// Operators give money back of what has left: some of it or all, once or at once, and the bank may send it back.
fn refunds(sim: &Sim, order_id: &str) {
    if !sim.chance(450) {
        return;
    }
    // The same key twice is one refund, two keys are two.
    for key in sim.pick(&[&["a"] as &[&str], &["a", "a"], &["a", "b"], &["a", "b", "b"]]) {
        let amount = if sim.chance(400) { None } else { Some(sim.pick(&[1, 90, 200, 2_000])) };
        let amount = amount.filter(|_| *key == "b" || sim.chance(700));
        let (this, id) = (sim.clone(), order_id.to_owned());
        sim.executor.spawn("operator", async move { refund(&this, &id, key, amount).await });
    }
    if sim.chance(200) {
        let (this, id) = (sim.clone(), order_id.to_owned());
        sim.executor.spawn("bank", async move {
            pause_millis(this.pick(&[500, 3_000, 70_000])).await;
            this.network.with(|world| world.send_refund_back(&id));
        });
    }
}

async fn refund(sim: &Sim, order_id: &str, key: &str, amount: Option<u64>) {
    let mut body = json!({"reason": "LOST_PARCEL"});
    if let Some(amount) = amount {
        body["amount"] = json!({"amount": amount, "currency": "USD"});
    }
    for _ in 0..ATTEMPTS {
        pause_millis(sim.pick(&[0, 0, 20, 1_000])).await;
        let path = format!("/admin/orders/{order_id}/refunds");
        let request = request("POST", &path).by_staff("operator").path("order_id", order_id);
        let request = request.header("idempotency-key", key).body(&body.to_string()).build();
        let (functions, call) = (sim.functions, sim.function_call());
        let run = async move { refund_order::handle(&functions.refund_order, request, call).await };
        match sim.http("refund-order", run).await {
            Some(response) if matches!(response.status, 200 | 201) => {
                let refund_id = body_of(&response)["refund_id"].as_str().unwrap_or_default().to_owned();
                let promise = PromisedRefund { order_id: order_id.to_owned(), refund_id };
                return sim.promises.borrow_mut().refunds.push(promise);
            }
            Some(response) if response.status < 500 => return,
            // Nobody asks again: the sweeper must finish it.
            None if sim.chance(500) => return,
            _ => {}
        }
    }
}

async fn deliver(sim: &Sim, order_id: &str) {
    if sim.chance(200) {
        return;
    }
    for _ in 0..ATTEMPTS {
        pause_millis(sim.within(0..5_000)).await;
        let path = format!("/admin/orders/{order_id}/deliver");
        let request = request("POST", &path).by_staff("warehouse").path("order_id", order_id).build();
        let (functions, call) = (sim.functions, sim.function_call());
        let run = async move { shipping::deliver_order::handle(&functions.deliver_order, request, call).await };
        if sim.http("admin-deliver-order", run).await.is_some_and(|response| response.status < 500) {
            return;
        }
    }
}

/// An operator cancels the order, sooner or later.
pub async fn cancel(sim: &Sim, order_id: &str) {
    for _ in 0..ATTEMPTS {
        pause_millis(sim.pick(&[0, 1, 20, 20, 220, 220, 1_220, 6_000, 30_000, 900_000])).await;
        let path = format!("/admin/orders/{order_id}/cancel");
        let request = request("POST", &path).by_staff("operator").path("order_id", order_id).build();
        let (functions, call) = (sim.functions, sim.function_call());
        let run = async move { admin::cancel_order::handle(&functions.admin_cancel_order, request, call).await };
        match sim.http("admin-cancel-order", run).await {
            Some(response) if response.status < 500 && response.status != 404 => return,
            _ => {}
        }
    }
}

/// A new price, while shoppers look at the old one.
pub async fn reprice(sim: &Sim, sku: &str) {
    pause_millis(sim.pick(&[0, 10, 500, 5_000])).await;
    let amount = i64::try_from(sim.within(100..5_000)).unwrap_or(100);
    let (Ok(sku), Ok(price), functions) = (sku.parse(), Money::usd(amount), sim.functions) else { return };
    let run = async move {
        let version = functions.prices.get(&sku).await.ok().flatten().map(|priced| priced.version);
        functions.prices.set(&sku, Terms::at(price), version).await.is_ok()
    };
    let _changed_or_not = sim.invoke("put-price", run).await;
}

/// Runs the sweeper of an index, as its schedule does.
pub fn sweep(sim: &Sim, index: &str) {
    match index {
        "unsettled" => sweep_orders(sim),
        "held" => sweep_reservations(sim),
        "sale" => flash_sale::staff::sweep_sales(sim),
        "refunds_open" => sweep_refunds(sim),
        _ => sweep_shipments(sim),
    }
}

fn sweep_orders(sim: &Sim) {
    let (functions, call) = (sim.functions, sim.function_call());
    sim.invoke(
        "sweep-orders",
        async move { background::sweep_orders::handle(&functions.sweep_orders, call).await.is_ok() },
    );
}

fn sweep_reservations(sim: &Sim) {
    let (functions, call) = (sim.functions, sim.function_call());
    sim.invoke("sweep-reservations", async move {
        background::sweep_reservations::handle(&functions.sweep_reservations, call).await.is_ok()
    });
}

fn sweep_refunds(sim: &Sim) {
    let (functions, call) = (sim.functions, sim.function_call());
    sim.invoke("sweep-refunds", async move { sweep_refunds::handle(&functions.sweep_refunds, call).await.is_ok() });
}

/// Rows forget what is over, whenever that is looked for.
pub async fn collect_now_and_then(sim: &Sim) {
    for _ in 0..6 {
        pause_millis(sim.pick(&[61_000, 70_000, 130_000, 400_000, 900_000])).await;
        let (functions, call) = (sim.functions, sim.function_call());
        let run = async move { background::maintain_rows::handle(&functions.maintain_rows, call).await.is_ok() };
        let _done_or_not = sim.invoke("maintain-rows", run).await;
    }
}

/// Rows are split as if they were hot, and their units shared out; whatever maintains rows brings those home again.
pub async fn split_now_and_then(sim: &Sim, skus: &'static [&'static str]) {
    for _ in 0..3 {
        pause_millis(sim.pick(&[5, 200, 2_000, 60_000])).await;
        let (functions, call) = (sim.functions, sim.function_call());
        let (sku, used) = (sim.pick(skus), sim.pick(&[1, 2, 3]));
        let split = async move {
            let Ok(sku) = sku.parse() else { return };
            for first in functions.stock.of_sku(&sku).await.unwrap_or_default() {
                let _written = functions.stock.use_splits(&first, used, call.now).await;
                let body = RowGrown { row: first.key(), task: RowTask::ShareOut };
                let message = Message { body, id: "grown".to_owned(), receive_count: 1 };
                let _done = background::maintain_row::handle(&functions.maintain_rows, message, call).await;
            }
        };
        let _done_or_not = sim.invoke("maintain-row", split).await;
    }
}

/// Compares payments with the gateway, as its schedule does.
pub fn reconcile(sim: &Sim) {
    let (functions, call) = (sim.functions, sim.function_call());
    sim.invoke("reconcile-payments", async move {
        background::reconcile_payments::handle(&functions.reconcile_payments, call).await.is_ok()
    });
}

fn sweep_shipments(sim: &Sim) {
    let (functions, call) = (sim.functions, sim.function_call());
    sim.invoke(
        "sweep-shipments",
        async move { sweep_shipments::handle(&functions.sweep_shipments, call).await.is_ok() },
    );
}

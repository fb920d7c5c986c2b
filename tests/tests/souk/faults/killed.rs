use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use futures_util::future::join_all;
use serde_json::json;

use super::buy_whatever_dies;
use crate::support::{FunctionProcess, Shelf, assert_agreement, stack};

/// Longer than a step takes, shorter than a saga: functions are killed at this pace.
const ROUND: Duration = Duration::from_millis(40);
const ORDERS: usize = 30;

/// Every function that works on an order dies again and again while orders are placed, paid and
/// cancelled. Who was told of an order finds it, and all agree in the end.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn invariant_i9_functions_killed_mid_saga_lose_no_order_no_unit_and_no_money() {
    if stack().function_processes().is_empty() {
        let probe = stack().guest().get("/categories").await;
        assert_eq!(probe.status, 200);
        if stack().function_processes().is_empty() {
            println!("skipped: the stack's functions do not run on this machine");
            return;
        }
    }
    let (operator, shopper) = (stack().sign_in("operator").await, stack().sign_in("shopper").await);
    let shelf = Shelf::stocked(&operator, 1900, 100).await;
    let over = AtomicBool::new(false);
    let mut killed: BTreeMap<String, usize> = BTreeMap::new();
    let killer = async {
        while !over.load(Ordering::Relaxed) {
            let works_on_orders = |process: &FunctionProcess| {
                ["Saga", "PlaceOrder", "PaymentWebhook"].iter().any(|part| process.function.contains(part))
            };
            let candidates: Vec<_> = stack().function_processes().into_iter().filter(works_on_orders).collect();
            // One at a time, whichever: where all died at once, nobody would ever get half way.
            if let Some(process) = fastrand::choice(candidates)
                && process.kill()
            {
                *killed.entry(process.function).or_default() += 1;
            }
            tokio::time::sleep(ROUND).await;
        }
    };
    let shoppers = async {
        let shelf = &shelf;
        let shopper = &shopper;
        let orders = join_all((0..ORDERS).map(|n| async move {
            let method = ["pm_card_visa", "pm_card_visa", "pm_card_chargeDeclined"][n % 3];
            let order_id = buy_whatever_dies(shopper, &shelf.sku, method).await;
            if let (Some(order_id), 1) = (&order_id, n % 3) {
                // Whether this is heard or not: the order ends in one state, and the rest follows.
                shopper.post(&format!("/orders/{order_id}/cancel"), json!({})).await;
            }
            order_id
        }))
        .await;
        over.store(true, Ordering::Relaxed);
        orders
    };
    let ((), orders) = tokio::join!(killer, shoppers);
    // Also those whose shopper never heard of them.
    let order_ids = shopper.orders_of(&shelf.sku).await;
    for order_id in orders.iter().flatten() {
        assert!(order_ids.contains(order_id), "{order_id} was answered and is lost (I9)");
    }
    println!("{} orders, killed: {killed:?}", order_ids.len());
    assert!(killed.keys().any(|function| function.contains("Saga")), "no step was killed: {killed:?}");
    assert!(order_ids.len() > ORDERS / 2, "only {} of {ORDERS} orders were placed", order_ids.len());
    assert_agreement(stack(), &operator, &shelf, &order_ids, 100, 1).await;
}

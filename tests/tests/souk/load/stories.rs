use std::{
    fs,
    time::{Duration, Instant},
};

use futures_util::{StreamExt as _, stream};
use serde_json::json;

use super::figures::Figures;
use crate::support::{Api, Reply, Shelf, assert_agreement, eventually, fresh, stack};

/// Stories of a short run, and how many of them at a time.
const STORIES: usize = 120;
const AT_A_TIME: &str = "32";
/// Longer than an order takes to be decided in the thickest crowd.
const PATIENCE: Duration = Duration::from_secs(120);
/// A shopper looks whether their order was decided after this, then after twice as long, up to the last.
const FIRST_LOOK: Duration = Duration::from_millis(50);
const LAST_LOOK: Duration = Duration::from_secs(1);
/// What shoppers look for.
const WORDS: [&str; 8] = ["backpack", "boots", "ring", "laptop", "scarf", "tea", "knife", "lamp"];
/// A crowd of shoppers with accounts of their own.
const SHOPPERS: usize = 16;

struct People {
    shopper: Api,
    warehouse: Api,
}

/// Looks around, checks out and orders one unit; every fourth cancels then, every fourth is shipped. The order's id.
async fn story(n: usize, people: &People, sku: &str, figures: &Figures) -> String {
    let shopper = &people.shopper;
    figures
        .note("GET /search", shopper.get(&format!("/search?q={}&limit={}", WORDS[n % WORDS.len()], 1 + n % 50)))
        .await
        .expect(200);
    let checkout = figures.note("POST /checkouts", shopper.check_out(sku, 1)).await.expect(201);
    let key = fresh("key");
    let order = shopper.order(&key, checkout.text("checkout_id"), "pm_card_visa");
    let order = figures.note("POST /orders", order).await.expect(201);
    let order_id = order.text("order_id").to_owned();
    match n % 4 {
        0 => {
            let path = format!("/orders/{order_id}/cancel");
            figures.note("POST /orders/{id}/cancel", shopper.post(&path, json!({}))).await.expect(200);
            decided(people, &order_id, "CANCELLED", figures).await;
        }
        1 => {
            decided(people, &order_id, "CONFIRMED", figures).await;
            ship(people, &order_id, figures).await;
        }
        _ => decided(people, &order_id, "CONFIRMED", figures).await,
    }
    order_id
}

async fn decided(people: &People, order_id: &str, status: &str, figures: &Figures) {
    let deadline = Instant::now() + PATIENCE;
    let mut look = FIRST_LOOK;
    loop {
        let order =
            figures.note("GET /orders/{id}", people.shopper.get(&format!("/orders/{order_id}"))).await.expect(200);
        if order.body["status"] == status {
            return;
        }
        assert!(Instant::now() < deadline, "{order_id} is not {status} within {PATIENCE:?}: {}", order.body);
        tokio::time::sleep(look).await;
        look = LAST_LOOK.min(2 * look);
    }
}

async fn ship(people: &People, order_id: &str, figures: &Figures) {
    let parcel = json!({ "carrier": "Speedy", "tracking_number": "SP-1" });
    // Refused with 409 until the order's stock is committed.
    eventually(&format!("{order_id} shipped"), PATIENCE, || async {
        let path = format!("/admin/orders/{order_id}/ship");
        let reply: Reply =
            figures.note("POST /admin/orders/{id}/ship", people.warehouse.post(&path, parcel.clone())).await;
        assert!(reply.status == 200 || reply.status == 409, "{} {}", reply.status, reply.body);
        (reply.status == 200).then_some(())
    })
    .await;
}

/// Plays `stories` of them, `at_a_time`; asserts that every request was answered and every unit accounted for.
async fn crowd(stories: usize, at_a_time: usize, shoppers: &[Api], operator: &Api, warehouse: &Api) {
    let units = u32::try_from(stories).unwrap();
    let shelf = Shelf::stocked(operator, 2500, units).await;
    let figures = Figures::default();
    let began = Instant::now();
    let orders: Vec<String> = stream::iter(0..stories)
        .map(|n| {
            let (shelf, figures) = (&shelf, &figures);
            let people = People { shopper: shoppers[n % shoppers.len()].clone(), warehouse: warehouse.clone() };
            async move { story(n, &people, &shelf.sku, figures).await }
        })
        .buffer_unordered(at_a_time)
        .collect()
        .await;
    let took = began.elapsed().as_secs_f64();
    println!(
        "\n{stories} stories, {at_a_time} at a time: {:.1} a second, load average {}\n    {:<34}{:>7}{:>10}{:>10}\n{}",
        stories as f64 / took,
        fs::read_to_string("/proc/loadavg")
            .ok()
            .and_then(|text| text.split(' ').next().map(str::to_owned))
            .unwrap_or_default(),
        "request",
        "count",
        "p50 ms",
        "p99 ms",
        figures.table()
    );
    assert_eq!(figures.server_errors(), Vec::<String>::new(), "with {at_a_time} at a time");
    assert_agreement(stack(), operator, &shelf, &orders, i64::from(units), 1).await;
}

/// `SOUK_STORIES` says how many, `SOUK_AT_A_TIME` in which crowds, such as `1,8,32,128`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn invariant_i3_a_crowd_of_shoppers_is_answered_and_no_unit_is_lost() {
    let stories = std::env::var("SOUK_STORIES").ok().map_or(STORIES, |text| text.parse().expect("a number"));
    let crowds = std::env::var("SOUK_AT_A_TIME").unwrap_or_else(|_| AT_A_TIME.to_owned());
    let (operator, warehouse) = (stack().sign_in("operator").await, stack().sign_in("warehouse").await);
    let shoppers = stack().crowd(SHOPPERS).await;
    for at_a_time in crowds.split(',') {
        crowd(stories, at_a_time.trim().parse().expect("a number"), &shoppers, &operator, &warehouse).await;
    }
}

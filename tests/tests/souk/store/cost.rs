//! What a shopper costs who only looks: the same columns as `tests/simulation/src/stories/cost.rs` prints of purchases.

use jiff::Timestamp;
use serde_json::json;
use souk_domain::money::Money;
use souk_orders::{Archive, Orders, find, place_for_flash_sale};
use souk_payments::PaymentRecords;
use souk_search::{AvailabilityFact, Looked, PageProduct, Pages, PriceFact};

use super::{
    at,
    meter::{self, Meter},
    order,
    orders::placed,
    tables::Tables,
};

/// A function that answers over the HTTP API, with its 256 MB for 30 ms; a read unit (dollars per million).
const CALL: f64 = 1.00 + 0.20 + 13.3334 * 0.25 * 0.030;
const READ_UNIT: f64 = 0.125;

/// A line of the table, and its bounds: read units, and dollars per million.
#[track_caller]
fn holds(step: &str, calls: u32, reads: f64, bound: (f64, f64)) {
    let dollars = f64::from(calls) * CALL + reads * READ_UNIT;
    println!("| {step} | 0 | {reads} | {calls} | {dollars:.2} |");
    assert!(reads <= bound.0 && dollars <= bound.1, "{step}: {reads} read units, {dollars} dollars per million");
}

#[tokio::test]
async fn who_only_looks_costs_little() {
    println!("| step | writes | reads | functions | $/million |\n|---|---|---|---|---|");
    let (line, client) = Meter::to_tables_of("discovery").await;
    let pages = Pages::new(Tables::reached_by(client).table("ProductPagesTable"));
    let product: PageProduct = serde_json::from_value(json!({
        "product_id": "p-1", "version": 1, "title": "Leather Backpack", "description": "x".repeat(2000),
        "category_id": "packs", "seller_id": "hide", "variants": [{ "sku": "A" }, { "sku": "B" }],
        "created_at": Timestamp::UNIX_EPOCH,
    }))
    .unwrap();
    pages.record_seller(&"hide".parse().unwrap(), "Harbour & Hide", 1).await.unwrap();
    pages.project(&product).await.unwrap();
    for sku in ["A", "B"] {
        let sku = sku.parse().unwrap();
        pages.record_price(&sku, PriceFact { price: Money::usd(1999).unwrap(), version: 1 }).await.unwrap();
        pages.record_availability(&sku, AvailabilityFact { available: 3, version: 1 }).await.unwrap();
    }
    line.bill();
    // The distribution's cache, or a warm function that has the page in mind: CloudFront's price is not in it.
    holds("product page, from the distribution", 0, 0.0, (0.0, 0.0));
    holds("product page, from a warm function", 1, 0.0, (0.0, 1.5));
    assert!(matches!(pages.look_up(&"p-1".parse().unwrap(), at(0)).await.unwrap(), Looked::Shown(_)));
    let (writes, reads) = meter::units(&line.bill());
    assert_eq!(writes, 0.0);
    holds("product page, read", 1, reads, (0.5, 1.5));
    // A warm function knows the synonyms; the index is a domain that is paid by the hour.
    holds("search, from the distribution", 0, 0.0, (0.0, 0.0));
    holds("search, asked of the index", 1, 0.0, (0.0, 1.5));

    let (line, client) = Meter::to_a_new_store().await;
    let tables = Tables::reached_by(client);
    let orders = Orders::new(tables.table("OrdersTable"));
    let archive = Archive::new(tables.table("OrderArchiveTable"));
    let payments = PaymentRecords::new(tables.table("PaymentsTable"));
    let _placed = place_for_flash_sale(&orders, &placed(1, 0)).await.unwrap();
    line.bill();
    assert!(find(&orders, &archive, &order(1)).await.unwrap().is_some());
    assert!(payments.get(&order(1)).await.unwrap().is_none());
    let (writes, reads) = meter::units(&line.bill());
    assert_eq!(writes, 0.0);
    holds("GET /orders/{order_id}, polled", 1, reads, (2.0, 1.8));
}

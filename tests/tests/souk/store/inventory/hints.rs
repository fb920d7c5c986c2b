//! Hints of how much is left: how often they are told, and what that writes.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use souk_domain::stock::Hint;
use souk_inventory::{Availability, HintBook, HintStep, SetQuantityOutcome, StockRows};
use souk_search::{AvailabilityFact, PageProduct, Pages};

use super::shelf::{at, operator, sku, warehouse};
use crate::store::{
    meter::{Meter, units},
    tables::Tables,
};

const MINUTE: SignedDuration = SignedDuration::from_secs(60);

/// Stock, and the pages that are told of it. Events arrive at once.
struct Market {
    rows: StockRows,
    book: HintBook,
    /// What the stock's side asks of its tables.
    stock: Meter,
    pages: Pages,
    /// And the pages' side.
    shown: Meter,
}

impl Market {
    async fn open() -> Self {
        let (stock, stock_client) = Meter::to_tables_of("transactions").await;
        let (shown, shown_client) = Meter::to_tables_of("discovery").await;
        let tables = Tables::reached_by(stock_client);
        let rows = StockRows::new(tables.table("InventoryTable"));
        let pages = Pages::new(Tables::reached_by(shown_client).table("ProductPagesTable"));
        let market =
            Self { book: HintBook::new(rows.clone(), tables.table("HintsTable"), MINUTE), rows, stock, pages, shown };
        market.pages.project(&product()).await.unwrap();
        market
    }

    async fn set(&self, place: &str, quantity: u32) {
        let (sku, place) = (sku("A"), warehouse(place));
        let version = self.rows.get(&sku, &place).await.unwrap().map(|row| row.version);
        let set = self.rows.set_quantity((&sku, &place), quantity, version, &operator(), at(0)).await.unwrap();
        assert!(matches!(set, SetQuantityOutcome::Created(_) | SetQuantityOutcome::Changed(_)), "{set:?}");
    }

    async fn step(&self, now: Timestamp) -> HintStep {
        self.book.step(&sku("A"), now).await.unwrap()
    }

    async fn tell(&self, told: &Availability) {
        let fact = AvailabilityFact { available: told.available, version: told.version };
        self.pages.record_availability(&told.sku, fact).await.unwrap();
        self.book.has_told(told).await.unwrap();
    }

    /// What the page says, and how often it was written.
    async fn page(&self) -> (String, u64) {
        let page = self.pages.item(&"p-1".parse().unwrap()).await.unwrap().unwrap();
        (page.view().unwrap().variants[0].availability.label.clone(), page.revision)
    }
}

fn product() -> PageProduct {
    serde_json::from_value(serde_json::json!({
        "product_id": "p-1", "version": 1, "title": "Backpack", "description": "", "category_id": "bags",
        "seller_id": "hide", "variants": [{ "sku": "A" }], "created_at": "2026-11-24T00:00:00Z",
    }))
    .unwrap()
}

/// Stock goes up and down each second, the changes of five seconds come together, and what has to wait waits.
#[tokio::test]
async fn whatever_the_rate_a_page_is_written_once_a_minute_and_is_right_in_the_end() {
    let market = Market::open().await;
    let (mut told, mut waiting, mut last) = (Vec::new(), BTreeMap::<i64, usize>::new(), 0);
    let (first, revision) = market.page().await;
    assert_eq!(first, "Availability unknown");
    for second in 0..660 {
        if second < 592 {
            last = [3, 0, 9, 1, 4, 12, 2][usize::try_from(second).unwrap() % 7];
            market.set("w1", last).await;
        }
        let batch = usize::from(second < 595 && second % 5 == 4);
        for _ in 0..batch + waiting.remove(&second).unwrap_or_default() {
            match market.step(at(second)).await {
                HintStep::Holds => {}
                HintStep::Wait(seconds) => *waiting.entry(second + i64::from(seconds)).or_default() += 1,
                HintStep::Tell(present) => {
                    market.tell(&present).await;
                    told.push(second);
                }
            }
        }
    }
    assert!(told.windows(2).all(|pair| pair[1] - pair[0] >= 60), "{told:?}");
    let (label, written) = market.page().await;
    assert_eq!(written - revision, u64::try_from(told.len()).unwrap(), "{told:?}");
    assert!((9..=11).contains(&told.len()), "in ten minutes: {told:?}");
    assert_eq!(label, format!("Only {last} left"), "the last change was told, however long nothing came after it");
    assert_eq!(waiting, BTreeMap::new());
}

#[tokio::test]
async fn where_a_shopper_would_be_told_the_same_nothing_is_written() {
    let market = Market::open().await;
    market.set("w1", 500).await;
    let HintStep::Tell(present) = market.step(at(0)).await else { panic!("not told") };
    market.tell(&present).await;
    let before = market.page().await;
    assert_eq!(before.0, "In stock");
    for minute in 1..50_u32 {
        market.set("w1", 500 - minute * 9).await;
        market.stock.bill();
        market.shown.bill();
        assert_eq!(market.step(at(i64::from(minute) * 120)).await, HintStep::Holds);
        let (written, read) = units(&market.stock.bill());
        assert_eq!((written, market.shown.bill()), (0.0, BTreeMap::new()), "{minute}: {read} units read");
    }
    assert_eq!(market.page().await, before);
}

#[tokio::test]
async fn a_new_products_stock_is_told_at_once_and_its_other_warehouses_within_the_minute() {
    let market = Market::open().await;
    market.set("w1", 3).await;
    let HintStep::Tell(present) = market.step(at(0)).await else { panic!("not at once") };
    market.tell(&present).await;
    assert_eq!(market.page().await.0, "Only 3 left");
    market.set("w2", 90).await;
    assert_eq!(market.step(at(20)).await, HintStep::Wait(40));
    let HintStep::Tell(present) = market.step(at(60)).await else { panic!("not after a minute") };
    assert_eq!((present.available, Hint::of(present.available)), (93, Hint::InStock));
}

#[tokio::test]
async fn of_many_who_would_tell_at_once_one_does() {
    let market = Market::open().await;
    market.set("w1", 3).await;
    let asked = (0..16).map(|_| {
        let book = market.book.clone();
        tokio::spawn(async move { book.step(&sku("A"), at(0)).await.unwrap() })
    });
    let mut steps = Vec::new();
    for step in asked.collect::<Vec<_>>() {
        steps.push(step.await.unwrap());
    }
    let tells = steps.iter().filter(|step| matches!(step, HintStep::Tell(_))).count();
    assert_eq!((tells, steps.len()), (1, 16), "{steps:?}");
}

/// The function dies, or the bus does not answer.
#[tokio::test]
async fn what_was_not_told_after_all_is_told_a_minute_later() {
    let market = Market::open().await;
    market.set("w1", 3).await;
    assert!(matches!(market.step(at(0)).await, HintStep::Tell(_)));
    assert_eq!(market.step(at(1)).await, HintStep::Wait(59));
    let HintStep::Tell(present) = market.step(at(60)).await else { panic!("lost") };
    // Told twice, the older one late.
    market.tell(&present).await;
    market.set("w1", 2).await;
    let HintStep::Tell(newer) = market.step(at(130)).await else { panic!("lost") };
    market.tell(&newer).await;
    market.tell(&present).await;
    assert_eq!(market.page().await.0, "Only 2 left");
    assert_eq!(market.step(at(300)).await, HintStep::Holds);
}

//! A row of stock that was split: its shoppers notice nothing.

use souk_domain::stock::RowKey;
use souk_events::inventory::{RowGrown, RowTask};
use souk_fn_orders::background::{maintain_row, maintain_rows};
use souk_inventory::SetQuantityOutcome;
use souk_runtime::queue::Message;
use souk_wiring::Call;

use super::shop::{Shop, WAREHOUSE, play};

impl Shop {
    /// The row of tea is split into so many, which share its units.
    async fn split(&self, used: u16) {
        let first = self.functions.stock.of_sku(&"tea".parse().unwrap()).await.unwrap().remove(0);
        assert!(self.functions.stock.use_splits(&first, used, self.now()).await.unwrap());
        self.share_out().await;
    }

    async fn share_out(&self) {
        let row = RowKey::first(&"tea".parse().unwrap(), &WAREHOUSE.parse().unwrap());
        let body = RowGrown { row, task: RowTask::ShareOut };
        let message = Message { body, id: "grown".to_owned(), receive_count: 1 };
        maintain_row::handle(&self.functions.maintain_rows, message, Call::at(self.now())).await.unwrap();
    }

    /// An operator counts what the warehouse has.
    async fn recount(&self, units: u32) {
        let (sku, warehouse, stock) = ("tea".parse().unwrap(), WAREHOUSE.parse().unwrap(), &self.functions.stock);
        let whole = stock.whole_of_sku(&sku).await.unwrap().remove(0);
        let by = "operator".parse().unwrap();
        let counted = stock.set_quantity((&sku, &warehouse), units, Some(whole.version), &by, self.now()).await;
        assert!(matches!(counted.unwrap(), SetQuantityOutcome::Changed(row) if row.quantity == units));
    }

    /// The hourly scan.
    pub(super) async fn maintain(&self) {
        let report = maintain_rows::handle(&self.functions.maintain_rows, Call::at(self.now())).await.unwrap();
        assert_eq!(report.failed, 0);
    }

    /// Rows of tea with entries, by their partitions.
    fn rows_that_remember(&self) -> Vec<String> {
        let remembers = |row: &crate::observer::Image| row["holds"].as_object().is_some_and(|holds| !holds.is_empty());
        let rows = self.images("inventory").into_iter().filter(remembers);
        let mut names: Vec<_> = rows.map(|row| row["sku"].as_str().unwrap().to_owned()).collect();
        names.sort();
        names
    }
}

fn play_holds(story: impl AsyncFnOnce(Shop)) {
    play(async |shop| story(shop.of_holds()).await);
}

#[test]
fn shoppers_of_a_hot_sku_meet_in_its_splits_and_not_in_its_first_row() {
    play_holds(async |shop| {
        shop.stock("tea", 400).await;
        shop.split(4).await;
        let mut placed = Vec::new();
        for n in 0..24 {
            let user = format!("shopper-{n}");
            let checkout = shop.check_out(&user, "tea").await;
            assert_eq!(checkout.status, 201);
            placed.push(shop.place(&user, "key", &checkout).await.id("order_id"));
        }
        assert_eq!(shop.rows_that_remember(), ["tea#1", "tea#2", "tea#3", "tea#4"]);
        assert_eq!(shop.units("tea"), (400, 0, 376));
        shop.run_executions().await;
        assert!(placed.iter().all(|order_id| shop.is_settled(order_id)));
        assert_eq!(shop.units("tea"), (376, 0, 376));
        assert_eq!(shop.cancel("shopper-3", &placed[3]).await.status, 200);
        shop.run_executions().await;
        assert_eq!(shop.units("tea"), (377, 0, 377), "a unit comes back into the split that it left");
        // Once it is over the row is one again.
        shop.pass(120).await;
        shop.maintain().await;
        shop.maintain().await;
        let first = shop.functions.stock.of_sku(&"tea".parse().unwrap()).await.unwrap().remove(0);
        assert_eq!((first.quantity, first.available, first.splits.used), (377, 377, 0));
        assert_eq!(shop.rows_that_remember(), Vec::<String>::new());
        // An order whose unit left a split that nobody asks any more, and whose mark is gone.
        assert_eq!(shop.cancel("shopper-4", &placed[4]).await.status, 200);
        shop.run_executions().await;
        shop.maintain().await;
        assert_eq!(shop.units("tea"), (378, 0, 378));
    });
}

#[test]
fn invariant_i3_the_last_units_of_a_split_row_are_sold_wherever_they_lie() {
    play_holds(async |shop| {
        shop.stock("tea", 10).await;
        shop.split(4).await;
        let mut sold = 0;
        for n in 0..12 {
            let user = format!("shopper-{n}");
            let checkout = shop.check_out(&user, "tea").await;
            match n {
                0..10 => assert_eq!(checkout.status, 201, "{n}"),
                _ => assert_eq!(checkout.problem, "out-of-stock", "{n}"),
            }
            if checkout.status == 201 {
                let order_id = shop.place(&user, "key", &checkout).await.id("order_id");
                shop.run_executions().await;
                sold += usize::from(shop.is_settled(&order_id));
            }
        }
        assert_eq!((sold, shop.units("tea")), (10, (0, 0, 0)));
    });
}

/// Several units that no row has alone; and the second tab of whoever holds them.
#[test]
fn a_line_is_held_over_several_splits_and_taken_over_from_them() {
    play_holds(async |shop| {
        shop.stock("tea", 8).await;
        shop.split(4).await;
        shop.put_into_cart("ann", "tea", 7).await;
        let first = shop.check_out_cart("ann").await;
        assert_eq!((first.status, shop.units("tea")), (201, (8, 0, 1)));
        shop.pass(1).await;
        shop.put_into_cart("ann", "tea", 8).await;
        let next = shop.check_out_cart("ann").await;
        assert_eq!((next.status, shop.units("tea")), (201, (8, 0, 0)), "their own units count as there for them");
        let order_id = shop.place("ann", "key", &next).await.id("order_id");
        shop.run_executions().await;
        assert_eq!((shop.is_settled(&order_id), shop.units("tea")), (true, (0, 0, 0)));
    });
}

/// Units that come while the row is split lie in its first row, where nobody asks until they are shared out.
#[test]
fn units_that_come_are_sold_at_once_and_shared_out() {
    play_holds(async |shop| {
        shop.stock("tea", 4).await;
        shop.split(4).await;
        shop.put_into_cart("ann", "tea", 4).await;
        assert_eq!(shop.check_out_cart("ann").await.status, 201);
        assert_eq!(shop.check_out("bob", "tea").await.problem, "out-of-stock");
        shop.recount(44).await;
        assert_eq!(shop.check_out("bob", "tea").await.status, 201);
        shop.share_out().await;
        let rows = shop.functions.stock.of_sku(&"tea".parse().unwrap()).await.unwrap();
        let splits = shop.functions.stock.splits_of(&rows[0]).await.unwrap();
        assert!(splits.iter().all(|split| split.available >= 9), "{splits:?}");
        assert_eq!(shop.units("tea"), (44, 0, 39));
    });
}

//! The rows that a checkout asks for its units (step P1). They never change.
//!
//! A warehouse has one row of a SKU, or several while that is hot. Of those a checkout asks two that follow from its id, so
//! that nobody meets everybody; only where these run low it reads them all, and asks those that have most.

use souk_domain::{
    ids::{CheckoutId, Sku, UserId},
    order::{LineRows, OrderLine},
    stock::{Allocation, Area, Demand, RowKey, StockRow, WarehouseRow, allocate},
};
use souk_dynamo::StoreError;
use souk_wiring::Call;

use super::{
    Outcome, StartCheckout, Stop,
    holding::{Others, held_of},
};

/// So many rows a line is asked of at the most, unless its units lie in more: each is written when the checkout ends.
const ROWS_A_LINE: usize = 3;
/// Two splits must have so many units more than are wanted of them: others ask them too.
const TO_SPARE: u32 = 8;
/// So many rows more than are needed are asked where units lie scattered.
const SPARE_ROWS: usize = 2;

/// What one warehouse has of one SKU.
struct Shelf {
    of: RowKey,
    /// The rows that would be asked, in this order.
    rows: Vec<StockRow>,
    /// The warehouse's first row, where it names others that may have units and were not read.
    unread: Option<StockRow>,
}

impl StartCheckout {
    /// The rows of each line: those of the best plan for all lines together first, then others that have units. What the
    /// shopper's own open checkouts hold counts as there for them.
    pub(super) async fn rows_of(
        &self,
        (user_id, checkout_id): (&UserId, &CheckoutId),
        lines: &[OrderLine],
        ship_to: Option<&Area>,
        others: &mut Others,
        call: &Call,
    ) -> Result<Vec<LineRows>, Stop> {
        let demand = Demand::of_lines(lines.iter().map(|line| (&line.sku, line.quantity)));
        let mut shelves = Vec::new();
        for line in lines {
            for first in self.stock.of_sku(&line.sku).await? {
                shelves.push(self.shelf(first, checkout_id, line.quantity.get()).await?);
            }
        }
        let nearest = self.warehouses.to(ship_to, call.now).await?;
        let plan = match allocate(&demand, &offered(&shelves), &nearest) {
            Ok(plan) => plan,
            Err(_) => {
                let open = others.all(self, user_id, call).await?.to_vec();
                for shelf in &mut shelves {
                    if let Some(first) = shelf.unread.take() {
                        *shelf = self.whole_shelf(first).await?;
                    }
                    for other in open.iter().chain(&others.closed) {
                        shelf.rows.iter_mut().for_each(|row| row.available += held_of(row, &other.checkout_id));
                    }
                }
                allocate(&demand, &offered(&shelves), &nearest)
                    .map_err(|shortage| Stop::Refused(Outcome::OutOfStock(shortage)))?
            }
        };
        Ok(lines
            .iter()
            .map(|line| LineRows::new(line, asked(&line.sku, line.quantity.get(), &plan, &shelves)))
            .collect())
    }

    /// The one row, or the checkout's two splits where they have enough.
    async fn shelf(&self, first: StockRow, checkout_id: &CheckoutId, wanted: u32) -> Result<Shelf, StoreError> {
        let of = first.key();
        let Some((one, other)) = first.splits.asked_by(checkout_id) else {
            let unread = (!first.splits.is_none()).then(|| first.clone());
            return Ok(Shelf { of, rows: vec![first], unread });
        };
        let mut asked = vec![of.of_split(one), of.of_split(other)];
        asked.dedup();
        let mut rows = self.stock.rows_of_keys(&asked).await?;
        if available(&rows) < wanted.saturating_add(TO_SPARE) {
            return self.whole_shelf(first).await;
        }
        // The first of them, unless only the second has all that is wanted.
        rows.sort_by_key(|row| (row.available < wanted, row.split != one));
        Ok(Shelf { of, rows, unread: Some(first) })
    }

    /// All rows of the warehouse, those first that have most.
    async fn whole_shelf(&self, first: StockRow) -> Result<Shelf, StoreError> {
        let mut rows = self.stock.splits_of(&first).await?;
        let of = first.key();
        rows.push(first);
        rows.sort_by_key(|row| (std::cmp::Reverse(row.available), row.split));
        Ok(Shelf { of, rows, unread: None })
    }
}

impl Shelf {
    /// The rows that have so many units together, and some more.
    fn asked(&self, wanted: u32) -> impl Iterator<Item = WarehouseRow> {
        let mut left = wanted;
        let mut spare = SPARE_ROWS;
        self.rows.iter().filter(|row| row.available > 0).map_while(move |row| {
            if left == 0 {
                spare = spare.checked_sub(1)?;
            }
            left = left.saturating_sub(row.available);
            Some(WarehouseRow { warehouse_id: row.warehouse_id.clone(), split: row.split })
        })
    }
}

/// What each warehouse can sell.
fn offered(shelves: &[Shelf]) -> Vec<Allocation> {
    let offered = |shelf: &Shelf| Allocation {
        sku: shelf.of.sku.clone(),
        warehouse_id: shelf.of.warehouse_id.clone(),
        quantity: available(&shelf.rows),
    };
    shelves.iter().map(offered).collect()
}

fn available(rows: &[StockRow]) -> u32 {
    rows.iter().fold(0, |sum: u32, row| sum.saturating_add(row.available))
}

/// The rows of a line: those of the plan's warehouses, then of others that have units.
fn asked(sku: &Sku, wanted: u32, plan: &[Allocation], shelves: &[Shelf]) -> Vec<WarehouseRow> {
    let is_planned = |shelf: &Shelf| plan.iter().any(|part| shelf.of.is_in(&part.sku, &part.warehouse_id));
    let of_part = |part: &Allocation| shelves.iter().find(|shelf| shelf.of.is_in(sku, &part.warehouse_id));
    let planned = plan.iter().filter(|part| part.sku == *sku).filter_map(of_part);
    let mut asked: Vec<WarehouseRow> = planned.flat_map(|shelf| shelf.asked(wanted)).collect();
    for shelf in shelves.iter().filter(|shelf| shelf.of.sku == *sku && !is_planned(shelf)) {
        let room = ROWS_A_LINE.saturating_sub(asked.len());
        asked.extend(shelf.asked(wanted).take(room));
    }
    asked
}

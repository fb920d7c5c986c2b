use souk_domain::{
    ids::{ReservationId, Sku, UserId, WarehouseId},
    quantity::Quantity,
    reservation::{Reservation, ReservationState},
    stock::{RowKey, StockRow},
};
use souk_dynamo::Table;
use souk_inventory::{
    AdjustOutcome, Adjustment, IdempotentRequest, Reservations, ReserveOutcome, ReserveRequest, SetQuantityOutcome,
    StockRows,
};
use souk_wiring::Call;
use uuid::Uuid;

use crate::store::tables::Tables;
pub use crate::store::{at, order};

/// A warehouse world of a test's own.
#[derive(Clone)]
pub struct Shelf {
    pub rows: StockRows,
    pub reservations: Reservations,
    pub reservations_table: Table,
    pub adjustments: Table,
    pub ledger: Table,
    /// The tables themselves, for what no code of ours would write.
    pub stock_table: Table,
    pub reservation_table: Table,
    initial: u32,
}

pub fn sku(text: &str) -> Sku {
    text.parse().unwrap()
}

pub fn warehouse(text: &str) -> WarehouseId {
    text.parse().unwrap()
}

/// The key of a warehouse's first row.
pub fn key(s: &str, w: &str) -> RowKey {
    RowKey::first(&sku(s), &warehouse(w))
}

pub fn operator() -> UserId {
    "operator-1".parse().unwrap()
}

pub fn reservation(n: u128) -> ReservationId {
    ReservationId::from_uuid(Uuid::from_u128(n))
}

/// A request for these lines that holds until second 900.
pub fn request(id: u128, lines: &[(&str, u32)]) -> ReserveRequest {
    ReserveRequest {
        reservation_id: reservation(id),
        lines: lines.iter().map(|(s, n)| (sku(s), Quantity::new(*n).unwrap())).collect(),
        expires_at: at(900),
        nearest: Vec::new(),
    }
}

impl Shelf {
    /// Rows of (SKU, warehouse, units).
    pub async fn stocked(stock: &[(&str, &str, u32)]) -> Self {
        Self::in_tables(&Tables::of("transactions").await, stock).await
    }

    /// Rows of (SKU, warehouse, units) in these tables.
    pub async fn in_tables(tables: &Tables, stock: &[(&str, &str, u32)]) -> Self {
        let rows = StockRows::new(tables.table("InventoryTable"));
        for (s, w, units) in stock {
            let row = (&sku(s), &warehouse(w));
            let set = rows.set_quantity(row, *units, None, &operator(), at(0)).await.unwrap();
            assert!(matches!(set, SetQuantityOutcome::Created(_)));
        }
        Self {
            reservations: Reservations::new(tables.table("ReservationsTable"), rows.clone()),
            reservations_table: tables.table("ReservationsTable"),
            adjustments: tables.table("InventoryAdjustmentsTable"),
            ledger: tables.table("InventoryLedgerTable"),
            stock_table: tables.table("InventoryTable"),
            reservation_table: tables.table("ReservationsTable"),
            rows,
            initial: stock.iter().map(|(_, _, units)| units).sum(),
        }
    }

    /// Adjusts the row of `a` in `w1`, as a request without a key does.
    pub async fn adjusted(&self, delta: i64, reason: &str) -> AdjustOutcome {
        let adjustment = Adjustment { delta, reason: reason.to_owned(), by: operator(), at: at(5) };
        let request = IdempotentRequest::of(None, &Call::at(at(5)), delta.to_string());
        let row = (&sku("a"), &warehouse("w1"));
        self.rows.adjust(&self.adjustments, row, &adjustment, &request).await.unwrap()
    }

    /// Reserves; panics where that is refused.
    pub async fn held(&self, id: u128, lines: &[(&str, u32)]) -> Reservation {
        match self.reservations.reserve(&request(id, lines), at(0)).await.unwrap() {
            ReserveOutcome::Reserved(reservation, _) => reservation,
            other => panic!("{other:?}"),
        }
    }

    pub async fn row(&self, s: &str, w: &str) -> StockRow {
        self.rows.get(&sku(s), &warehouse(w)).await.unwrap().unwrap()
    }

    /// (quantity, reserved, available) of a row.
    pub async fn numbers(&self, s: &str, w: &str) -> (u32, u32, u32) {
        let row = self.row(s, w).await;
        (row.quantity, row.reserved_quantity, row.available)
    }

    pub async fn stored(&self, id: u128) -> Reservation {
        self.reservations.get(&reservation(id)).await.unwrap().unwrap()
    }

    /// I1 of every row; and I2: what was there in the beginning is available, held or sold.
    pub async fn assert_sound(&self, skus: &[&str], reservations: impl IntoIterator<Item = u128>) {
        let (mut available, mut reserved) = (0, 0);
        for s in skus {
            for row in self.rows.of_sku(&sku(s)).await.unwrap() {
                assert!(row.is_sound(), "{row:?}");
                available += row.available;
                reserved += row.reserved_quantity;
            }
        }
        let (mut held, mut sold) = (0, 0);
        for id in reservations {
            let Some(found) = self.reservations.get(&reservation(id)).await.unwrap() else { continue };
            let units: u32 = found.lines.iter().map(|line| line.quantity).sum();
            match found.state {
                ReservationState::Held => held += units,
                ReservationState::Committed if !found.returned => sold += units,
                ReservationState::Committed | ReservationState::Released => {}
            }
        }
        assert_eq!(reserved, held, "what rows hold is what reservations hold");
        assert_eq!(available + held + sold, self.initial, "no unit is lost or made");
    }
}

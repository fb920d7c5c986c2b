//! What a warehouse has to do: what is due first, first, with all that is needed to pick it.

use std::collections::{BTreeSet, HashMap};

use jiff::{SignedDuration, Timestamp};
use souk_domain::{
    fulfilment::{Fulfilment, FulfilmentState},
    ids::{OrderId, Sku, WarehouseId},
    order::{Order, OrderStatus},
    stock::Place,
};
use souk_dynamo::StoreError;
use souk_fulfilment::{Fulfilments, WorkPlace};
use souk_inventory::StockRows;
use souk_orders::Orders;
use souk_wiring::{Call, FromEnvironment};

/// How long a card's authorisation holds, counted from when the order was placed. Banks that let go earlier are met at
/// the capture.
const AUTHORIZATION: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Read at a time.
const PART: usize = 100;
/// So much of a list is read for one page, whatever its filter leaves of it.
const PARTS: usize = 10;

/// The orders, the warehouses' work, and where everything lies.
#[derive(Debug, FromEnvironment)]
pub struct ListWork {
    orders: Orders,
    fulfilments: Fulfilments,
    stock: StockRows,
}

/// A fulfilment with its order, which says what is picked, where it goes and what it is worth.
#[derive(Debug, Clone, PartialEq)]
pub struct WorkItem {
    /// The work.
    pub fulfilment: Fulfilment,
    /// Its order.
    pub order: Order,
    /// Where the units lie now, of each SKU whose place is kept.
    pub places: HashMap<Sku, Place>,
}

/// A page of a warehouse's list.
#[derive(Debug, Clone, PartialEq)]
pub struct WorkPage {
    /// What is due first, first.
    pub items: Vec<WorkItem>,
    /// Where the next page begins; none after the last one.
    pub next: Option<WorkPlace>,
}

impl WorkItem {
    /// Until when its money has to be taken; none once it is.
    pub fn capture_before(&self) -> Option<Timestamp> {
        (!self.order.has_departed()).then(|| self.order.created_at + AUTHORIZATION)
    }

    /// Whether it should have left by now.
    pub fn is_late(&self, now: Timestamp) -> bool {
        self.fulfilment.state.is_open() && self.order.promise.is_some_and(|promise| promise.is_late(now))
    }
}

impl ListWork {
    /// A use case of these parts.
    pub fn new(orders: Orders, fulfilments: Fulfilments, stock: StockRows) -> Self {
        Self { orders, fulfilments, stock }
    }

    /// Up to `limit` of a warehouse's open fulfilments, those in this state only where one is named.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn run(
        &self,
        warehouse_id: &WarehouseId,
        state: Option<FulfilmentState>,
        (after, limit): (Option<WorkPlace>, usize),
        call: &Call,
    ) -> Result<WorkPage, StoreError> {
        let mut page = WorkPage { items: Vec::new(), next: after };
        for _ in 0..PARTS {
            let left = limit - page.items.len();
            let part = if state.is_some() { PART } else { left };
            let work = self.fulfilments.work(warehouse_id, page.next.as_ref(), part).await?;
            page.next = work.next;
            let is_wanted = |work: &Fulfilment| {
                let now = work.state_at(call.now);
                now.is_open() && state.is_none_or(|state| state == now)
            };
            let wanted: Vec<Fulfilment> = work.fulfilments.into_iter().filter(is_wanted).collect();
            let rest = wanted.get(left.saturating_sub(1)).filter(|_| wanted.len() > left).map(WorkPlace::of);
            let orders = orders(&self.orders, wanted.iter().take(left)).await?;
            for fulfilment in wanted.into_iter().take(left) {
                // An order that was cancelled is the event's to close; nobody picks for it.
                if let Some(order) = orders.get(&fulfilment.order_id)
                    && order.status == OrderStatus::Confirmed
                {
                    page.items.push(WorkItem { order: order.clone(), fulfilment, places: HashMap::new() });
                }
            }
            if rest.is_some() {
                page.next = rest;
                break;
            }
            if page.next.is_none() || page.items.len() == limit {
                break;
            }
        }
        self.locate(warehouse_id, &mut page.items).await?;
        Ok(page)
    }

    /// One of an order's fulfilments.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn one(&self, order_id: &OrderId, warehouse_id: &WarehouseId) -> Result<Option<WorkItem>, StoreError> {
        let Some(fulfilment) = self.fulfilments.get(order_id, warehouse_id).await? else { return Ok(None) };
        let Some(order) = self.orders.get(order_id).await? else { return Ok(None) };
        let mut items = [WorkItem { fulfilment, order, places: HashMap::new() }];
        self.locate(warehouse_id, &mut items).await?;
        let [item] = items;
        Ok(Some(item))
    }

    /// Finds out where everything lies that is to be picked. Asked when the list is read, and not when the work is
    /// opened: goods are moved in between, and an order's own path costs nothing more.
    async fn locate(&self, warehouse_id: &WarehouseId, items: &mut [WorkItem]) -> Result<(), StoreError> {
        let skus = |item: &WorkItem| item.fulfilment.items.iter().map(|item| item.sku.clone()).collect::<Vec<_>>();
        let wanted: BTreeSet<Sku> = items.iter().flat_map(skus).collect();
        let known = self.stock.places(warehouse_id, &wanted).await?;
        for item in items {
            let lying = skus(item).into_iter().filter_map(|sku| known.get(&sku).cloned().map(|place| (sku, place)));
            item.places = lying.collect();
        }
        Ok(())
    }
}

async fn orders(orders: &Orders, of: impl Iterator<Item = &Fulfilment>) -> Result<HashMap<OrderId, Order>, StoreError> {
    let ids: Vec<OrderId> = of.map(|work| work.order_id.clone()).collect();
    Ok(orders.many(&ids).await?.into_iter().map(|order| (order.order_id.clone(), order)).collect())
}

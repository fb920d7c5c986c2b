use serde::{Deserialize, Serialize};
use souk_domain::{
    fulfilment::Fulfilment,
    ids::{OrderId, WarehouseId},
};
use souk_dynamo::{Item, Page, StoreError, Table, s};

use crate::{FulfilmentRecord, Fulfilments, record::since};

/// The sparse index of open work (keys `work`, `work_since`).
const WORK_INDEX: &str = "work";

/// The place of an open fulfilment in its warehouse's list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkPlace {
    order_id: OrderId,
    since: String,
}

/// A part of a warehouse's list.
#[derive(Debug, Clone, PartialEq)]
pub struct Work {
    /// What is due first, first.
    pub fulfilments: Vec<Fulfilment>,
    /// Where the next part begins; none after the last one.
    pub next: Option<WorkPlace>,
}

#[derive(Debug, Deserialize)]
struct Key {
    order_id: OrderId,
}

impl WorkPlace {
    /// Where this one stands.
    pub fn of(fulfilment: &Fulfilment) -> Self {
        Self { order_id: fulfilment.order_id.clone(), since: since(fulfilment) }
    }

    fn key(&self, warehouse_id: &WarehouseId) -> Item {
        let parts = [
            ("order_id", self.order_id.as_str()),
            ("warehouse_id", warehouse_id.as_str()),
            ("work", warehouse_id.as_str()),
            ("work_since", self.since.as_str()),
        ];
        parts.map(|(name, value)| (name.to_owned(), s(value))).into()
    }
}

impl Fulfilments {
    /// Up to so many of a warehouse's open fulfilments, from what is due first on. The index, which is eventual, says
    /// which; each is read as it stands.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn work(
        &self,
        warehouse_id: &WarehouseId,
        after: Option<&WorkPlace>,
        limit: usize,
    ) -> Result<Work, StoreError> {
        let query = self
            .table
            .query()
            .index_name(WORK_INDEX)
            // A word that DynamoDB keeps for itself.
            .key_condition_expression("#work = :warehouse")
            .expression_attribute_names("#work", "work")
            .expression_attribute_values(":warehouse", s(warehouse_id.as_str()))
            .limit(i32::try_from(limit).unwrap_or(i32::MAX));
        let after = after.map(|place| place.key(warehouse_id));
        let Page { items: keys, next } = Table::page::<Key>(query, after).await?;
        let keys: Vec<_> = keys
            .iter()
            .map(|key| [("order_id", key.order_id.as_str()), ("warehouse_id", warehouse_id.as_str())])
            .collect();
        let records: Vec<FulfilmentRecord> = self.table.read_many(&keys).await?;
        let mut fulfilments: Vec<Fulfilment> = records.into_iter().map(Fulfilment::from).collect();
        fulfilments.sort_by_key(since);
        let next = next.map(|key| place(&key)).transpose()?;
        Ok(Work { fulfilments, next })
    }
}

fn place(key: &Item) -> Result<WorkPlace, StoreError> {
    let text = |name: &str| key.get(name).and_then(|value| value.as_s().ok());
    let (order_id, since) =
        text("order_id").zip(text("work_since")).ok_or_else(|| StoreError::corrupt("an index key"))?;
    Ok(WorkPlace { order_id: order_id.parse().map_err(StoreError::corrupt)?, since: since.clone() })
}

use souk_domain::{
    fulfilment::Fulfilment,
    ids::{OrderId, WarehouseId},
    order::Revision,
};
use souk_dynamo::{Outcome, StoreError, Table, attribute, n};
use souk_wiring::FromEnvironment;

use crate::FulfilmentRecord;

/// So often a fulfilment may change under a revision before it gives up for now.
const ATTEMPTS: usize = 10;

/// The `fulfilments` table (key `order_id`, `warehouse_id`; sparse index `work`).
#[derive(Debug, Clone, FromEnvironment)]
pub struct Fulfilments {
    #[variable("FULFILMENTS_TABLE")]
    pub(crate) table: Table,
}

/// How a revision ended.
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub enum ReviseOutcome<R> {
    /// The fulfilment as it is now, revised now or before.
    Revised(Box<Fulfilment>),
    /// The rules forbid it; the fulfilment as it stands, and why.
    Refused(Box<Fulfilment>, R),
    /// There is no such fulfilment.
    Unknown,
}

impl Fulfilments {
    /// The fulfilments in this table.
    pub fn new(table: Table) -> Self {
        Self { table }
    }

    /// A fulfilment, read consistently.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn get(&self, order_id: &OrderId, warehouse_id: &WarehouseId) -> Result<Option<Fulfilment>, StoreError> {
        let key = [("order_id", order_id.as_str()), ("warehouse_id", warehouse_id.as_str())];
        Ok(self.table.get::<FulfilmentRecord>(&key).await?.map(Fulfilment::from))
    }

    /// All of an order's, read consistently.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn of_order(&self, order_id: &OrderId) -> Result<Vec<Fulfilment>, StoreError> {
        let records: Vec<FulfilmentRecord> = self.table.partition("order_id", order_id.as_str()).await?;
        Ok(records.into_iter().map(Fulfilment::from).collect())
    }

    /// Opens it. Condition: it is absent; `None` where it was written, else the one that stands there.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; repeating is safe.
    pub async fn open(&self, fulfilment: &Fulfilment) -> Result<Option<Fulfilment>, StoreError> {
        let absent = attribute("order_id").is_absent();
        match self.table.put_if(&FulfilmentRecord::from(fulfilment), absent).await? {
            Outcome::Written(()) => Ok(None),
            Outcome::Refused(Some(item)) => Ok(Some(souk_dynamo::decode::<FulfilmentRecord>(item)?.into())),
            Outcome::Refused(None) => Err(StoreError::corrupt("a fulfilment was refused and is not there")),
        }
    }

    /// Changes it by a rule of the domain. Condition: it still has the version that the rule was applied to; else the
    /// rule is applied anew.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown, or it changes too fast; repeating is safe.
    pub async fn revise<R>(
        &self,
        order_id: &OrderId,
        warehouse_id: &WarehouseId,
        rule: impl Fn(&mut Fulfilment) -> Result<Revision, R>,
    ) -> Result<ReviseOutcome<R>, StoreError> {
        match self.get(order_id, warehouse_id).await? {
            Some(found) => self.revise_read(found, rule).await,
            None => Ok(ReviseOutcome::Unknown),
        }
    }

    /// As [`Fulfilments::revise`], of one that the caller has just read.
    ///
    /// # Errors
    /// As [`Fulfilments::revise`].
    pub async fn revise_read<R>(
        &self,
        mut found: Fulfilment,
        rule: impl Fn(&mut Fulfilment) -> Result<Revision, R>,
    ) -> Result<ReviseOutcome<R>, StoreError> {
        for _ in 0..ATTEMPTS {
            let mut revised = found.clone();
            match rule(&mut revised) {
                Err(refusal) => return Ok(ReviseOutcome::Refused(Box::new(found), refusal)),
                Ok(Revision::Unchanged) => return Ok(ReviseOutcome::Revised(Box::new(found))),
                Ok(Revision::Changed) => revised.version += 1,
            }
            let is_the_same = attribute("version").equals(n(found.version));
            match self.table.put_if(&FulfilmentRecord::from(&revised), is_the_same).await? {
                Outcome::Written(()) => return Ok(ReviseOutcome::Revised(Box::new(revised))),
                Outcome::Refused(Some(item)) => found = souk_dynamo::decode::<FulfilmentRecord>(item)?.into(),
                Outcome::Refused(None) => return Ok(ReviseOutcome::Unknown),
            }
        }
        Err(StoreError::Busy("a fulfilment changes all the time".to_owned()))
    }
}

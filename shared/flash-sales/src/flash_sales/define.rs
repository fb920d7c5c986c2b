use jiff::Timestamp;
use souk_domain::{
    flash_sale::{FlashSaleStatus, FlashSaleTerms, LotteryKey, ShardPlan},
    ids::FlashSaleId,
};
use souk_dynamo::{Refusal, StoreError, Transaction, TransactionOutcome, Update, attribute, n, s};

use super::{
    FlashSale, FlashSales, Room,
    active::ActiveRecord,
    record::{KeyRecord, Part},
};

/// How defining a sale ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum DefineOutcome {
    /// It is defined; its units are to be taken from stock and laid out in shards.
    Defined(Box<FlashSale>),
    /// There is a sale of this id, on these terms or others.
    Exists(Box<FlashSale>),
    /// Somebody else was writing the same items: nothing happened, try again.
    Contention,
}

/// How finishing a sale's preparation ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum PreparedOutcome {
    /// It waits for its opening, or is past that already.
    Scheduled,
    /// Somebody else was writing the same items: nothing happened, try again.
    Contention,
    /// There is no such sale.
    Unknown,
}

impl FlashSales {
    /// Defines a sale, with its lottery key and its room, in one transaction. Condition: there is none
    /// of this id. The key is used only where the sale is new.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; repeating is safe.
    pub async fn define(
        &self,
        sale_id: &FlashSaleId,
        terms: &FlashSaleTerms,
        key: &LotteryKey,
        now: Timestamp,
    ) -> Result<DefineOutcome, StoreError> {
        let sale = FlashSale {
            sale_id: sale_id.clone(),
            part: Part::Sale,
            terms: terms.clone(),
            plan: ShardPlan::default(),
            commitment: key.commitment(),
            version: 1,
            created_at: whole_milliseconds(now),
        };
        let key = KeyRecord { sale_id: sale_id.clone(), part: Part::Key, key: key.clone() };
        let is_absent = || attribute("sale_id").is_absent();
        let transaction = Transaction::new()
            .put_if(&self.table, &sale, is_absent())
            .put_if(&self.table, &key, is_absent())
            .put_if(&self.table, &Room::of(&sale), is_absent())
            .put(&self.table, &ActiveRecord::of(sale_id));
        match transaction.commit(self.table.client()).await? {
            TransactionOutcome::Committed { .. } => Ok(DefineOutcome::Defined(Box::new(sale))),
            TransactionOutcome::Refused(reasons) => match reasons.into_iter().next() {
                Some(Refusal::Condition(Some(item))) => Ok(DefineOutcome::Exists(Box::new(souk_dynamo::decode(item)?))),
                _ => Ok(DefineOutcome::Contention),
            },
        }
    }

    /// Keeps how the units lie, once all shards stand, and lets the sale wait for its opening.
    /// Condition: the room is `PREPARING`. The plan follows from what stock gave, so everyone who
    /// prepares the sale brings the same.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; repeating is safe.
    pub async fn prepared(&self, sale_id: &FlashSaleId, plan: &ShardPlan) -> Result<PreparedOutcome, StoreError> {
        let definition = Update::new()
            .set("plan", souk_dynamo::value(plan)?)
            .add("version", n(1))
            .when(attribute("sale_id").exists());
        let room = Update::new()
            .set("status", s(FlashSaleStatus::Scheduled.as_str()))
            .add("version", n(1))
            .add("sale_version", n(1))
            .when(attribute("status").equals(s(FlashSaleStatus::Preparing.as_str())));
        let transaction = Transaction::new().update(&self.table, &Part::Sale.key(sale_id), definition).update(
            &self.table,
            &Part::Room.key(sale_id),
            room,
        );
        match transaction.commit(self.table.client()).await? {
            TransactionOutcome::Committed { .. } => Ok(PreparedOutcome::Scheduled),
            TransactionOutcome::Refused(reasons) => Ok(match reasons.last() {
                Some(Refusal::Condition(Some(_))) => PreparedOutcome::Scheduled,
                Some(Refusal::Condition(None)) => PreparedOutcome::Unknown,
                _ => PreparedOutcome::Contention,
            }),
        }
    }
}

/// A fresh lottery key.
///
/// # Errors
/// [`StoreError::Unavailable`] where the machine has no randomness to give.
pub fn new_lottery_key() -> Result<LotteryKey, StoreError> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| StoreError::Unavailable(error.to_string()))?;
    Ok(LotteryKey::new(bytes))
}

/// As it will be read.
fn whole_milliseconds(time: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(time.as_millisecond()).unwrap_or(time)
}

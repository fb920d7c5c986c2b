//! An order that was paid for, and what the tests of what goes back do with it.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use souk_domain::ids::{OrderId, RefundId};
use souk_domain::money::Money;
use souk_domain::payment::{Ask, RefundOrigin, RefundReason, RetryError};
use souk_dynamo::Table;
use souk_payments::{
    AskOutcome, Authorized, CaptureOutcome, Charge, PaymentError, PaymentRecord, PaymentRecords, ask_refund, authorize,
    capture, retry_refund, settle_refunds,
};

use crate::till::{Till, order};

/// An order that was paid for with five dollars, its record, and the gateway.
pub struct Paid {
    pub till: Till,
    pub records: PaymentRecords,
    pub order: OrderId,
}

pub fn usd(amount: i64) -> Money {
    Money::usd(amount).unwrap()
}

pub fn at(second: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_secs(1_800_000_000 + second)
}

impl Paid {
    pub async fn authorized(name: &str, payment_method: &str) -> Self {
        let paid = Self::unpaid(name).await;
        let charge = Charge { order_id: &paid.order, amount: usd(500), payment_method, kept_for: None };
        let authorized = authorize(&paid.records, &paid.till.gateway, charge, at(0)).await.unwrap();
        assert_eq!(authorized, Authorized::Yes);
        paid
    }

    pub async fn unpaid(name: &str) -> Self {
        let client = souk_testkit::dynamodb::with_tables_of("transactions").await.unwrap();
        Self {
            till: Till::open().await,
            records: PaymentRecords::new(Table::new(client, "PaymentsTable")),
            order: order(name),
        }
    }

    pub async fn captured(name: &str, payment_method: &str) -> Self {
        let paid = Self::authorized(name, payment_method).await;
        assert_eq!(paid.captures(None).await.unwrap(), CaptureOutcome::Captured);
        paid
    }

    pub async fn captures(&self, amount: Option<Money>) -> Result<CaptureOutcome, PaymentError> {
        capture(&self.records, &self.till.gateway, &self.order, amount, at(1)).await
    }

    pub fn id(&self, key: &str) -> RefundId {
        RefundId::of_request(&self.order, key)
    }

    pub async fn asks(&self, key: &str, amount: Option<i64>) -> AskOutcome {
        let ask = Ask {
            refund_id: self.id(key),
            amount: amount.map(usd),
            origin: RefundOrigin::System { reason: RefundReason::Damaged },
            request_digest: format!("{amount:?}"),
        };
        ask_refund(&self.records, &self.order, &ask, at(4)).await.unwrap()
    }

    pub async fn retries(&self, failed: &RefundId) -> AskOutcome<RetryError> {
        let by = "operator".parse().unwrap();
        retry_refund(&self.records, &self.order, (failed, &by), at(4)).await.unwrap()
    }

    /// Whether it waits for a person.
    pub async fn needs_a_hand(&self) -> bool {
        let found = self.records.unrefunded(at(100), None, 10).await.unwrap();
        found.iter().any(|(_, order_id)| *order_id == self.order)
    }

    pub async fn settles(&self) -> Result<PaymentRecord, PaymentError> {
        settle_refunds(&self.records, &self.till.gateway, &self.order, at(3)).await.map(Option::unwrap)
    }

    pub async fn record(&self) -> PaymentRecord {
        self.records.get(&self.order).await.unwrap().unwrap()
    }

    /// The gateway's refunds of this order, oldest first.
    pub async fn there(&self) -> Vec<Value> {
        let shown = self.till.call("GET", &format!("/__fake/refunds?order_id={}", self.order), Value::Null).await;
        shown["refunds"].as_array().unwrap().clone()
    }

    pub async fn bank(&self, which: usize, outcome: &str) {
        let id = self.there().await[which]["id"].as_str().unwrap().to_owned();
        self.till.call("POST", &format!("/__fake/refunds/{id}/settle"), json!({ "outcome": outcome })).await;
    }

    pub async fn failed_cases(&self) -> Vec<OrderId> {
        self.records.failed_refunds(10, None).await.unwrap().items
    }

    pub async fn is_due(&self, when: Timestamp) -> bool {
        let shard = souk_domain::order::Order::sweep_shard(&self.order);
        !self.records.refunds_due(&shard, when, None).await.unwrap().items.is_empty()
    }
}

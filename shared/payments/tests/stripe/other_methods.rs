//! Another payment method after a decline: the same intent, a key of its own, and no late decline of the one before.

use souk_domain::payment::PaymentState;
use souk_dynamo::Table;
use souk_payments::{Authorized, Charge, OtherMethod, PaymentRecord, PaymentRecords, RecordOutcome, authorize};

use crate::paid::{at, usd};
use crate::till::{Till, order};

struct Paying {
    till: Till,
    records: PaymentRecords,
    order: souk_domain::ids::OrderId,
    first: &'static str,
}

impl Paying {
    async fn with(name: &str, first: &'static str) -> Self {
        let client = souk_testkit::dynamodb::with_tables_of("transactions").await.unwrap();
        let records = PaymentRecords::new(Table::new(client, "PaymentsTable"));
        Self { till: Till::open().await, records, order: order(name), first }
    }

    async fn runs(&self) -> Authorized {
        let charge = Charge { order_id: &self.order, amount: usd(500), payment_method: self.first, kept_for: None };
        authorize(&self.records, &self.till.gateway, charge, at(1)).await.unwrap()
    }

    async fn record(&self) -> PaymentRecord {
        self.records.get(&self.order).await.unwrap().unwrap()
    }

    async fn names(&self, method: &str) -> bool {
        let other = OtherMethod {
            key_digest: method.to_owned(),
            request_digest: method.to_owned(),
            payment_method: method.to_owned(),
            at: at(2),
        };
        let named = self.records.record_other_method(&self.record().await, other).await.unwrap();
        matches!(named, RecordOutcome::Kept(_))
    }
}

#[tokio::test]
async fn a_declined_intent_is_paid_by_another_card() {
    let paying = Paying::with("another", "pm_card_chargeDeclined").await;
    assert_eq!(paying.runs().await, Authorized::Declined);
    let declined = paying.record().await;
    assert_eq!(paying.runs().await, Authorized::Declined);
    assert_eq!(paying.record().await.version, declined.version, "waiting costs no write");
    assert!(paying.names("pm_card_chargeDeclinedInsufficientFunds").await);
    assert_eq!(paying.record().await.gateway_id, declined.gateway_id, "the same intent");
    assert_eq!(paying.runs().await, Authorized::Declined);
    assert_eq!(paying.record().await.decline_code.as_deref(), Some("insufficient_funds"));
    assert!(paying.names("pm_nobody_knows").await);
    assert_eq!(paying.runs().await, Authorized::Declined, "one that the gateway does not know");
    assert!(paying.names("pm_card_visa").await);
    assert_eq!(paying.runs().await, Authorized::Yes);
    assert_eq!(paying.till.effects(&paying.order).await["authorizations"], 1);
    assert!(!paying.names("pm_card_visa").await, "it is paid");
}

#[tokio::test]
async fn where_no_intent_was_made_another_card_makes_one() {
    let paying = Paying::with("unknown-first", "pm_nobody_knows").await;
    assert_eq!(paying.runs().await, Authorized::Declined);
    assert_eq!(paying.record().await.gateway_id, None);
    assert!(paying.names("pm_card_visa").await);
    assert_eq!(paying.runs().await, Authorized::Yes);
}

/// A run that learnt of the first card's decline writes only now.
#[tokio::test]
async fn a_late_decline_of_the_card_before_does_not_decline_the_next() {
    let paying = Paying::with("late", "pm_card_chargeDeclined").await;
    assert_eq!(paying.runs().await, Authorized::Declined);
    assert!(paying.names("pm_card_visa").await);
    let late = paying.records.record_declined(&paying.order, 0, "generic_decline", at(3)).await.unwrap();
    assert!(matches!(late, RecordOutcome::Refused(there) if there.state == PaymentState::Intent));
    assert_eq!(paying.runs().await, Authorized::Yes);
}

#[tokio::test]
async fn an_answer_that_is_lost_is_asked_for_and_nothing_is_held_twice() {
    let paying = Paying::with("lost-other", "pm_card_chargeDeclined").await;
    assert_eq!(paying.runs().await, Authorized::Declined);
    assert!(paying.names("pm_card_visa").await);
    paying.till.fault(&paying.order, "confirm", "timeout_after_effect", 3).await;
    assert_eq!(paying.runs().await, Authorized::Yes);
    assert_eq!(paying.till.effects(&paying.order).await["authorizations"], 1);
}

//! Disputes, and refunds of the gateway's own console: the record, the gateway, and what operators find.

use serde_json::{Value, json};
use souk_domain::payment::{
    AskError,
    DisputeState::{self, Lost, NeedsResponse, UnderReview, Won},
    RefundOrigin, RetryError,
};
use souk_payments::gateway::Gateway;
use souk_payments::{AskOutcome, PaymentRecord, settle_disputes};

use crate::paid::{Paid, at, usd};

impl Paid {
    async fn disputed(&self, body: Value) -> String {
        let path = format!("/__fake/intents/{}/dispute", self.intent().await);
        self.till.call("POST", &path, body).await["id"].as_str().unwrap().to_owned()
    }

    async fn bank_decides(&self, dispute: &str, status: &str) {
        self.till.call("POST", &format!("/__fake/disputes/{dispute}"), json!({ "status": status })).await;
    }

    async fn intent(&self) -> String {
        self.record().await.gateway_id.unwrap()
    }

    /// Settles the disputes; how they stand then, and whether anything was written.
    async fn hears(&self, second: i64) -> (Vec<(DisputeState, i64)>, bool) {
        let (before, after) =
            settle_disputes(&self.records, &self.till.gateway, &self.order, at(second)).await.unwrap().unwrap();
        let stand = after.disputes.iter().map(|it| (it.state, it.changed_at.as_second() - at(0).as_second()));
        (stand.collect(), before.version != after.version)
    }

    async fn is_listed(&self) -> bool {
        let found = self.records.disputed(None, 10).await.unwrap();
        found.iter().any(|(_, order_id)| *order_id == self.order)
    }
}

fn refundable(record: &PaymentRecord) -> i64 {
    record.refundable().unwrap().amount()
}

#[tokio::test]
async fn a_dispute_is_recorded_once_and_listed_until_the_bank_has_decided() {
    let paid = Paid::captured("dispute", "pm_card_visa").await;
    assert_eq!(paid.hears(5).await, (vec![], false));
    let dispute = paid.disputed(json!({ "reason": "product_not_received" })).await;
    assert_eq!(paid.hears(6).await, (vec![(NeedsResponse, 6)], true));
    assert_eq!(paid.hears(7).await, (vec![(NeedsResponse, 6)], false), "what is known costs no write");
    let kept = paid.record().await.disputes.get(&dispute).cloned().unwrap();
    assert_eq!((kept.amount, kept.reason.as_str(), kept.is_inquiry), (usd(500), "product_not_received", false));
    assert!(kept.respond_by.unwrap() > kept.opened_at);
    assert!(paid.is_listed().await);
    paid.bank_decides(&dispute, "under_review").await;
    assert_eq!(paid.hears(8).await, (vec![(UnderReview, 8)], true));
    assert!(paid.is_listed().await);
    paid.bank_decides(&dispute, "lost").await;
    assert_eq!(paid.hears(9).await, (vec![(Lost, 9)], true));
    assert!(!paid.is_listed().await);
}

/// The same money does not go back twice: once by the bank, once by the shop.
#[tokio::test]
async fn invariant_i6_what_a_bank_has_taken_is_not_refunded_beside_it() {
    let paid = Paid::captured("withdrawn", "pm_card_visa").await;
    let dispute = paid.disputed(json!({ "amount": 400 })).await;
    paid.hears(5).await;
    assert_eq!(refundable(&paid.record().await), 100);
    let disputed = AskError::Disputed { withdrawn: usd(400), refundable: usd(100) };
    assert_eq!(paid.asks("a", Some(101)).await, AskOutcome::Refused(disputed));
    paid.bank_decides(&dispute, "lost").await;
    paid.hears(6).await;
    assert_eq!(paid.asks("a", Some(500)).await, AskOutcome::Refused(disputed), "the shopper has it");
    let another = Paid::captured("won", "pm_card_visa").await;
    let dispute = another.disputed(json!({})).await;
    another.hears(5).await;
    assert_eq!(refundable(&another.record().await), 0);
    another.bank_decides(&dispute, "won").await;
    another.hears(6).await;
    assert!(matches!(another.asks("a", None).await, AskOutcome::Asked(refund) if refund.amount == usd(500)));
}

#[tokio::test]
async fn a_refund_that_meets_a_dispute_nobody_heard_of_is_refused_by_the_gateway() {
    let paid = Paid::captured("unheard", "pm_card_visa").await;
    paid.disputed(json!({})).await;
    assert!(matches!(paid.asks("a", None).await, AskOutcome::Asked(_)));
    let record = paid.settles().await.unwrap();
    assert_eq!(record.refunds.iter().next().unwrap().failure_code.as_deref(), Some("charge_disputed"));
    assert!(paid.needs_a_hand().await);
    paid.hears(5).await;
    assert!(paid.needs_a_hand().await && paid.is_listed().await, "both, in one place of the index");
    let again = paid.retries(&paid.id("a")).await;
    let disputed = AskError::Disputed { withdrawn: usd(500), refundable: usd(0) };
    assert_eq!(again, AskOutcome::Refused(RetryError::Ask(disputed)));
}

#[tokio::test]
async fn an_inquiry_takes_nothing_until_it_becomes_a_dispute() {
    let paid = Paid::captured("inquiry", "pm_card_visa").await;
    let dispute = paid.disputed(json!({ "inquiry": true })).await;
    paid.hears(5).await;
    assert_eq!(refundable(&paid.record().await), 500);
    assert!(paid.is_listed().await);
    paid.bank_decides(&dispute, "needs_response").await;
    assert_eq!(paid.hears(6).await, (vec![(NeedsResponse, 6)], true), "it is another thing now");
    assert_eq!(refundable(&paid.record().await), 0);
}

#[tokio::test]
async fn a_refund_of_the_console_counts_and_names_its_order_through_the_intent() {
    let paid = Paid::captured("console", "pm_card_visa").await;
    let intent = paid.intent().await;
    let made = paid.till.call("POST", &format!("/__fake/intents/{intent}/refund"), json!({ "amount": 200 })).await;
    assert_eq!(made["metadata"], json!({}));
    assert_eq!(paid.till.gateway.order_of(&intent).await.unwrap(), Some(paid.order.clone()));
    assert_eq!(paid.till.gateway.order_of("pi_unheard_of").await.unwrap(), None);
    let record = paid.settles().await.unwrap();
    assert!(matches!(record.refunds.iter().next().unwrap().origin, RefundOrigin::Gateway));
    assert_eq!((record.refunded(), record.refundable()), (usd(200), Some(usd(300))));
    assert_eq!(paid.asks("a", Some(301)).await, AskOutcome::Refused(AskError::Exceeds { refundable: usd(300) }));
    assert!(!paid.till.gateway.retrieve(&intent).await.unwrap().disputed);
    let won = paid.disputed(json!({ "amount": 100 })).await;
    paid.bank_decides(&won, "won").await;
    assert_eq!(paid.hears(6).await.0, [(Won, 6)]);
    assert!(paid.till.gateway.retrieve(&intent).await.unwrap().disputed, "a charge stays one that was disputed");
}

//! Held money that the gateway lets go of: who is warned, who is asked, and what the record says.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use souk_payments::{Aged, PaymentRecord, Renewed, learn_of_lapse, look_after, renew};

use crate::paid::Paid;

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// The gateway's clock is everybody's.
fn in_hours(hours: i64) -> Timestamp {
    Timestamp::now() + SignedDuration::from_hours(hours)
}

impl Paid {
    async fn is_looked_after(&self, now: Timestamp) -> Aged {
        let look =
            async || look_after(&self.records, &self.till.gateway, &self.record().await, DAY, now).await.unwrap();
        match look().await {
            // Of these payments the gateway keeps no method.
            Aged::Renewable => {
                let renewed = renew(&self.records, &self.till.gateway, &self.order, true, now).await.unwrap();
                assert_ne!(renewed, Renewed::Yes);
                look().await
            }
            aged => aged,
        }
    }

    async fn ages(&self, seconds: i64) {
        let id = self.record().await.gateway_id.unwrap();
        self.till.call("POST", &format!("/__fake/intents/{id}/age"), json!({ "seconds": seconds })).await;
    }

    async fn lapses(&self) {
        let id = self.record().await.gateway_id.unwrap();
        self.till.call("POST", &format!("/__fake/intents/{id}/expire"), Value::Null).await;
    }

    async fn is_near_its_end(&self, at: Timestamp) -> bool {
        let found = self.records.ageing(at, None, 10).await.unwrap();
        found.iter().any(|(_, order_id)| *order_id == self.order)
    }

    async fn asked(&self) -> usize {
        self.till.requests(&self.order, "retrieve").await
    }
}

fn hours_left(record: &PaymentRecord) -> i64 {
    record.can_be_captured_until().duration_since(Timestamp::now()).as_hours()
}

#[tokio::test]
async fn operators_are_warned_once_and_the_gateway_is_asked_only_near_the_end() {
    let paid = Paid::authorized("ages", "pm_card_visa").await;
    assert!(hours_left(&paid.record().await) >= 166, "a week, as the gateway said");
    assert_eq!(paid.is_looked_after(in_hours(0)).await, Aged::Held);
    assert_eq!(paid.record().await.warned_at, None);
    assert_eq!(paid.is_looked_after(in_hours(145)).await, Aged::Warned);
    assert_eq!(paid.is_looked_after(in_hours(146)).await, Aged::Held, "once");
    assert_eq!(paid.asked().await, 0);
    assert_eq!(paid.is_looked_after(in_hours(167)).await, Aged::Ending);
    assert_eq!(paid.asked().await, 2, "what it was paid with, once, and where it stands");
    assert!(paid.is_near_its_end(in_hours(168)).await, "it is listed until it is taken or given back");
}

#[tokio::test]
async fn money_that_the_gateway_holds_longer_than_it_said_is_waited_for() {
    let paid = Paid::authorized("longer", "pm_card_visa").await;
    assert_eq!(paid.is_looked_after(in_hours(145)).await, Aged::Warned);
    paid.ages(30 * 24 * 3600).await;
    assert_eq!(paid.is_looked_after(in_hours(167)).await, Aged::Held);
    let record = paid.record().await;
    assert!(hours_left(&record) >= 718 && record.warned_at.is_none(), "and is warned of anew, later");
    assert!(!paid.is_near_its_end(in_hours(200)).await);
}

/// Somebody cancels at the gateway's console, or the bank does, days before the end.
#[tokio::test]
async fn money_that_the_gateway_let_go_of_early_is_found_at_once() {
    let paid = Paid::authorized("early", "pm_card_visa").await;
    let hears = async || learn_of_lapse(&paid.records, &paid.till.gateway, &paid.record().await, in_hours(1)).await;
    hears().await.unwrap();
    assert!(!paid.is_near_its_end(in_hours(24)).await, "an event is a hint, and the gateway holds the money");
    paid.lapses().await;
    hears().await.unwrap();
    assert!(paid.is_near_its_end(in_hours(1)).await);
    let version = paid.record().await.version;
    hears().await.unwrap();
    assert_eq!(paid.record().await.version, version);
    assert_eq!(paid.is_looked_after(in_hours(1)).await, Aged::Lapsed);
}

#[tokio::test]
async fn what_is_taken_is_nobodys_worry_any_more() {
    let paid = Paid::captured("taken", "pm_card_visa").await;
    assert_eq!(paid.is_looked_after(in_hours(300)).await, Aged::MovedOn);
    assert!(!paid.is_near_its_end(in_hours(300)).await);
}

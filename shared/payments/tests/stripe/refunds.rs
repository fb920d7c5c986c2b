//! Refunds: the record, the gateway, and what is lost between them.

use souk_domain::{
    money::Currency,
    payment::{
        AskError, PaymentState,
        RefundState::{self, Failed, Pending, Succeeded},
        RetryError,
    },
};
use souk_payments::gateway::GatewayError;
use souk_payments::{AskOutcome, CaptureOutcome, PaymentError, PaymentRecord, give_back, resume_capture};

use crate::paid::{Paid, at, usd};

fn states(record: &PaymentRecord) -> Vec<(i64, RefundState)> {
    record.refunds.iter().map(|refund| (refund.amount.amount(), refund.state)).collect()
}

#[tokio::test]
async fn a_part_then_the_rest_goes_back_and_no_more() {
    let paid = Paid::captured("parts", "pm_card_visa").await;
    assert!(matches!(paid.asks("a", Some(200)).await, AskOutcome::Asked(_)));
    assert!(paid.is_due(at(5)).await, "whoever dies now is made up for");
    assert_eq!(states(&paid.settles().await.unwrap()), [(200, Succeeded)]);
    assert!(!paid.is_due(at(100_000)).await);
    let too_much = paid.asks("b", Some(301)).await;
    assert_eq!(too_much, AskOutcome::Refused(AskError::Exceeds { refundable: usd(300) }));
    assert!(matches!(paid.asks("b", None).await, AskOutcome::Asked(_)));
    let record = paid.settles().await.unwrap();
    assert_eq!(states(&record), [(200, Succeeded), (300, Succeeded)]);
    assert_eq!((record.captured(), record.refunded(), record.refundable()), (Some(usd(500)), usd(500), Some(usd(0))));
    assert!(matches!(paid.asks("a", Some(200)).await, AskOutcome::Known(_)), "a replay finds its refund");
    assert_eq!(paid.asks("a", Some(1)).await, AskOutcome::Refused(AskError::AskedDifferently));
    assert_eq!(paid.till.effects(&paid.order).await["refunds"], 2);
}

#[tokio::test]
async fn nothing_is_refunded_before_it_was_captured() {
    let paid = Paid::authorized("held", "pm_card_visa").await;
    assert_eq!(paid.asks("a", None).await, AskOutcome::NotCaptured(PaymentState::Authorized));
    assert_eq!(paid.settles().await.unwrap().state, PaymentState::Authorized);
}

#[tokio::test]
async fn invariant_i6_of_refunds_asked_at_once_no_more_than_all_goes_back() {
    let paid = Paid::captured("at-once", "pm_card_visa").await;
    let keys: Vec<String> = (0..8).map(|n| format!("key-{n}")).collect();
    let asked = async |key: &str| {
        let mut outcome = paid.asks(key, Some(200)).await;
        if matches!(outcome, AskOutcome::Asked(_)) {
            let _settled_by_one_of_them = paid.settles().await;
            outcome = paid.asks(key, Some(200)).await;
        }
        matches!(outcome, AskOutcome::Known(_))
    };
    let (a, b, c, d) = tokio::join!(asked(&keys[0]), asked(&keys[1]), asked(&keys[2]), asked(&keys[3]));
    assert_eq!([a, b, c, d].into_iter().filter(|asked| *asked).count(), 2, "two times 200 of 500");
    let record = paid.settles().await.unwrap();
    assert_eq!(states(&record), [(200, Succeeded), (200, Succeeded)]);
    assert_eq!(paid.there().await.len(), 2);
}

#[tokio::test]
async fn a_lost_answer_is_resolved_by_asking_also_after_keys_are_forgotten() {
    let paid = Paid::captured("lost", "pm_card_visa").await;
    assert!(matches!(paid.asks("a", Some(200)).await, AskOutcome::Asked(_)));
    paid.till.fault(&paid.order, "refund", "timeout_after_effect", 3).await;
    let lost = paid.settles().await;
    assert!(matches!(lost, Err(PaymentError::Gateway(GatewayError::Unavailable(_)))), "{lost:?}");
    assert_eq!(states(&paid.record().await), [(200, Pending)]);
    let requests = paid.till.requests(&paid.order, "refund").await;
    assert_eq!(states(&paid.settles().await.unwrap()), [(200, Succeeded)]);
    assert_eq!(paid.till.requests(&paid.order, "refund").await, requests, "it was found in the list");
    assert_eq!(paid.there().await.len(), 1);
}

#[tokio::test]
async fn an_error_that_sticks_to_its_key_is_found_in_the_list() {
    let paid = Paid::captured("sticky", "pm_card_visa").await;
    assert!(matches!(paid.asks("a", None).await, AskOutcome::Asked(_)));
    paid.till.fault(&paid.order, "refund", "server_error_after_effect", 1).await;
    assert_eq!(states(&paid.settles().await.unwrap()), [(500, Succeeded)]);
    assert_eq!(paid.there().await.len(), 1);
}

#[tokio::test]
async fn a_refund_that_is_pending_is_asked_about_until_it_has_ended() {
    let paid = Paid::captured("pending", "pm_card_pendingRefund").await;
    assert!(matches!(paid.asks("a", Some(200)).await, AskOutcome::Asked(_)));
    assert_eq!(states(&paid.settles().await.unwrap()), [(200, Pending)]);
    assert!(!paid.is_due(at(60)).await && paid.is_due(at(4000)).await, "not every minute");
    paid.bank(0, "succeed").await;
    assert_eq!(states(&paid.settles().await.unwrap()), [(200, Succeeded)]);
    assert!(!paid.is_due(at(100_000)).await);
}

#[tokio::test]
async fn a_refund_that_fails_later_is_a_case_until_it_is_made_again() {
    let paid = Paid::captured("fails", "pm_card_refundFail").await;
    assert!(matches!(paid.asks("a", None).await, AskOutcome::Asked(_)));
    assert_eq!(states(&paid.settles().await.unwrap()), [(500, Succeeded)]);
    assert_eq!(paid.failed_cases().await, []);
    paid.bank(0, "fail").await;
    let record = paid.settles().await.unwrap();
    assert_eq!((states(&record), record.refundable()), (vec![(500, Failed)], Some(usd(500))));
    assert_eq!(paid.failed_cases().await, std::slice::from_ref(&paid.order));
    assert!(matches!(paid.asks("b", None).await, AskOutcome::Asked(_)));
    assert_eq!(states(&paid.settles().await.unwrap()), [(500, Failed), (500, Succeeded)]);
    assert_eq!(paid.failed_cases().await, []);
}

#[tokio::test]
async fn what_the_bank_sends_back_is_tried_again_and_needs_a_hand_until_it_arrives() {
    let paid = Paid::captured("retried", "pm_card_refundFail").await;
    let first = paid.id("a");
    assert_eq!(paid.retries(&first).await, AskOutcome::Refused(RetryError::Unknown));
    assert!(matches!(paid.asks("a", Some(300)).await, AskOutcome::Asked(_)));
    paid.settles().await.unwrap();
    assert_eq!(paid.retries(&first).await, AskOutcome::Refused(RetryError::NotFailed(Succeeded)));
    assert!(!paid.needs_a_hand().await);
    paid.bank(0, "fail").await;
    paid.settles().await.unwrap();
    assert!(paid.needs_a_hand().await);

    let AskOutcome::Asked(second) = paid.retries(&first).await else { panic!("refused") };
    assert_eq!(paid.retries(&first).await, AskOutcome::Known(second.clone()), "once");
    assert!(paid.is_due(at(5)).await && paid.needs_a_hand().await, "the sweeper has it, and a person still sees it");
    assert_eq!(states(&paid.settles().await.unwrap()), [(300, Failed), (300, Succeeded)]);
    assert!(!paid.needs_a_hand().await);

    paid.bank(1, "fail").await;
    paid.settles().await.unwrap();
    assert!(paid.needs_a_hand().await, "the bank sends that back, too");
    assert!(matches!(paid.asks("b", Some(400)).await, AskOutcome::Asked(_)));
    let too_much = AskError::Exceeds { refundable: usd(100) };
    assert_eq!(paid.retries(&second.refund_id).await, AskOutcome::Refused(RetryError::Ask(too_much)));
    assert_eq!(states(&paid.settles().await.unwrap()), [(300, Failed), (300, Failed), (400, Succeeded)]);
    assert!(!paid.needs_a_hand().await, "another refund has made it good");
    assert_eq!(paid.there().await.len(), 3);
}

#[tokio::test]
async fn a_refund_made_at_the_gateways_console_is_written_down_and_counts() {
    let paid = Paid::captured("console", "pm_card_visa").await;
    assert!(matches!(paid.asks("a", Some(300)).await, AskOutcome::Asked(_)));
    let intent = paid.record().await.gateway_id.unwrap();
    paid.till.console(&format!("payment_intent={intent}&amount=400")).await;
    let record = paid.settles().await.unwrap();
    assert_eq!(states(&record), [(300, Failed), (400, Succeeded)], "the gateway refused ours: only 100 are left");
    assert_eq!(record.refunds.get(&paid.id("a")).unwrap().failure_code.as_deref(), Some("amount_too_large"));
    assert_eq!((record.refunded(), record.refundable()), (usd(400), Some(usd(100))));
    assert_eq!(states(&paid.settles().await.unwrap()), states(&record), "once");
}

#[tokio::test]
async fn a_part_is_captured_and_no_more_than_that_is_refunded() {
    let paid = Paid::authorized("part", "pm_card_visa").await;
    for (wrong, amount) in [("more", usd(501)), ("nothing", usd(0))] {
        let refused = paid.captures(Some(amount)).await;
        assert!(matches!(refused, Err(PaymentError::AboveAuthorized { .. })), "{wrong}");
    }
    paid.till.fault(&paid.order, "capture", "timeout_after_effect", 3).await;
    assert!(paid.captures(Some(usd(320))).await.is_err());
    // Whoever goes on does not know the amount: the claim does.
    assert_eq!(paid.captures(None).await.unwrap(), CaptureOutcome::Captured);
    assert_eq!(paid.record().await.captured(), Some(usd(320)));
    let too_much = paid.asks("a", Some(321)).await;
    assert_eq!(too_much, AskOutcome::Refused(AskError::Exceeds { refundable: usd(320) }));
    assert!(matches!(paid.asks("a", None).await, AskOutcome::Asked(_)));
    assert_eq!(states(&paid.settles().await.unwrap()), [(320, Succeeded)]);
}

#[tokio::test]
async fn a_cancellation_gives_back_what_is_left_and_writes_it_down() {
    let paid = Paid::captured("cancelled", "pm_card_visa").await;
    assert!(matches!(paid.asks("a", Some(200)).await, AskOutcome::Asked(_)));
    paid.settles().await.unwrap();
    // One more is written down, and the gateway never hears of it.
    assert!(matches!(paid.asks("b", Some(100)).await, AskOutcome::Asked(_)));
    for _ in 0..2 {
        let state = give_back(&paid.records, &paid.till.gateway, (&paid.order, Currency::USD), at(4)).await.unwrap();
        assert_eq!(state, PaymentState::Refunded);
    }
    let record = paid.record().await;
    assert_eq!(states(&record), [(200, Succeeded), (100, Failed), (300, Succeeded)]);
    assert_eq!(record.refunded(), usd(500));
    assert_eq!(paid.there().await.len(), 2);
}

#[tokio::test]
async fn a_cancellations_refund_that_fails_later_can_be_made_again_by_an_operator() {
    let paid = Paid::captured("sent-back", "pm_card_refundFail").await;
    let state = give_back(&paid.records, &paid.till.gateway, (&paid.order, Currency::USD), at(4)).await.unwrap();
    assert_eq!(state, PaymentState::Refunded);
    paid.bank(0, "fail").await;
    paid.settles().await.unwrap();
    assert_eq!(paid.failed_cases().await, std::slice::from_ref(&paid.order));
    assert!(matches!(paid.asks("a", None).await, AskOutcome::Asked(_)));
    assert_eq!(states(&paid.settles().await.unwrap()), [(500, Failed), (500, Succeeded)]);
}

#[tokio::test]
async fn the_sweeper_takes_no_money_for_parcels_that_stay() {
    let paid = Paid::authorized("stays", "pm_card_visa").await;
    let resumed = async || resume_capture(&paid.records, &paid.till.gateway, &paid.order, at(2)).await.unwrap();
    let not_claimed = CaptureOutcome::NotAuthorized(PaymentState::Authorized);
    assert_eq!(resumed().await, not_claimed, "the claim was given back");
    assert_eq!(paid.record().await.state, PaymentState::Authorized);
    let _claimed_and_died = paid.records.begin_capture(&paid.order, Some(usd(300)), at(1)).await.unwrap();
    assert_eq!(resumed().await, CaptureOutcome::Captured);
    assert_eq!(paid.record().await.captured(), Some(usd(300)), "what was claimed, and no other sum");
    assert_eq!(resumed().await, CaptureOutcome::Captured);
}

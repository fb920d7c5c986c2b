//! An authorisation that is made anew: whatever fails on the way, in the end one intent holds the money, and the record
//! stands on it.

use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use souk_domain::{
    ids::UserId,
    money::Currency,
    payment::{PaymentState, Renewal},
};
use souk_payments::{
    Aged, Authorized, CaptureOutcome, Charge, METHOD_NOT_KEPT, PaymentError, Renewed, authorize, capture, give_back,
    look_after, renew,
};

use crate::{
    paid::{Paid, at, usd},
    till::order,
};

const SEES_THE_SHOPPER: &str = "pm_card_authenticationRequired";
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Eight hours before the end that the gateway gave the money, by the record; then it ages that at once.
fn near_the_end() -> Timestamp {
    Timestamp::now() + SignedDuration::from_hours(160)
}

fn ann() -> UserId {
    "ann".parse().unwrap()
}

impl Paid {
    /// An order whose money is held, and whose payment method the gateway keeps.
    async fn kept(name: &str, payment_method: &str) -> Self {
        let paid = Self::unpaid(name).await;
        paid.is_authorized_for(payment_method).await;
        paid
    }

    async fn is_authorized_for(&self, payment_method: &str) {
        let user = ann();
        let charge = Charge { order_id: &self.order, amount: usd(500), payment_method, kept_for: Some(&user) };
        let run = async || authorize(&self.records, &self.till.gateway, charge, at(0)).await.unwrap();
        let intent = async || self.record().await.gateway_id.unwrap();
        if run().await == Authorized::RequiresAction {
            let path = format!("/__fake/intents/{}/authenticate", intent().await);
            self.till.call("POST", &path, json!({ "outcome": "succeed" })).await;
        }
        assert_eq!(run().await, Authorized::Yes);
        let path = format!("/__fake/intents/{}/age", intent().await);
        self.till.call("POST", &path, json!({ "seconds": 8 * 3600 })).await;
    }

    async fn renews(&self) -> Result<Renewed, PaymentError> {
        self.renews_as(true).await
    }

    async fn renews_as(&self, is_confirmed: bool) -> Result<Renewed, PaymentError> {
        renew(&self.records, &self.till.gateway, &self.order, is_confirmed, Timestamp::now()).await
    }

    /// As the sweeper does: again and again, until nothing is left to do.
    async fn is_renewed(&self, is_confirmed: bool) {
        for _ in 0..10 {
            let _again_where_it_fails = self.renews_as(is_confirmed).await;
            let record = self.record().await;
            if record.renewal.is_none() && (!is_confirmed || !record.may_be_renewed() || record.renewed_at.is_some()) {
                return;
            }
        }
        panic!("{:?} never ends", self.record().await.renewal);
    }

    async fn held(&self) -> Vec<String> {
        let intents = self.till.intents(&self.order).await.into_iter();
        let held = intents.filter(|intent| intent["status"] == "requires_capture");
        held.map(|intent| intent["id"].as_str().unwrap().to_owned()).collect()
    }

    /// One intent holds the money, the record stands on it, and each was held once at the most.
    async fn stands_on_what_is_held(&self) {
        assert_eq!(self.held().await, [self.record().await.gateway_id.unwrap()]);
        for intent in self.till.intents(&self.order).await {
            assert!(intent["effects"]["authorizations"].as_u64().unwrap() <= 1, "{intent}");
        }
    }

    async fn fails(&self, operation: &str, fault: &str) {
        // As often as the adapter tries.
        let times = if fault == "server_error_after_effect" || operation == "cancel" { 1 } else { 3 };
        self.till.fault(&self.order, operation, fault, times).await;
    }
}

#[tokio::test]
async fn money_is_held_anew_and_the_old_hold_is_let_go_of() {
    let paid = Paid::kept("renewed", "pm_card_visa").await;
    let old = paid.record().await.gateway_id.unwrap();
    let look = async |now| look_after(&paid.records, &paid.till.gateway, &paid.record().await, DAY, now).await.unwrap();
    assert_eq!(look(near_the_end() - SignedDuration::from_hours(8)).await, Aged::Warned);
    assert_eq!(look(near_the_end()).await, Aged::Renewable);
    assert_eq!(paid.renews().await.unwrap(), Renewed::Yes);
    let record = paid.record().await;
    assert_ne!(record.gateway_id.as_ref(), Some(&old));
    assert_eq!((record.renewal, &record.other_intent, record.renewals), (None, &None, 1));
    assert_eq!((record.warned_at, record.renewed_at.is_some()), (None, true), "operators may be warned anew");
    paid.stands_on_what_is_held().await;
    assert_eq!(paid.captures(None).await.unwrap(), CaptureOutcome::Captured);
    assert_eq!(paid.till.intents(&paid.order).await[1]["effects"]["captures"], 1, "of the new one");
}

#[tokio::test]
async fn whatever_fails_at_whichever_step_one_intent_holds_the_money_in_the_end() {
    let faults = ["timeout_after_effect", "timeout_before_effect", "server_error", "server_error_after_effect"];
    for operation in ["retrieve", "create", "confirm", "cancel"] {
        for fault in faults {
            let paid = Paid::kept(&format!("{operation}-{fault}"), "pm_card_visa").await;
            paid.fails(operation, fault).await;
            if (operation, fault) == ("create", "server_error_after_effect") {
                // That answer is repeated for a day: the renewal is given up for its sake, and the old hold stays.
                paid.renews().await.unwrap_err();
                let later = Timestamp::now() + SignedDuration::from_hours(2);
                let dropped = renew(&paid.records, &paid.till.gateway, &paid.order, true, later).await.unwrap();
                assert_eq!(dropped, Renewed::Refused("unavailable".to_owned()));
            } else {
                paid.is_renewed(true).await;
                assert!(paid.record().await.renewed_at.is_some(), "{operation} {fault}");
            }
            paid.stands_on_what_is_held().await;
        }
    }
}

/// Wherever a renewal has stopped, an order that is cancelled has no money in the end.
#[tokio::test]
async fn a_cancelled_order_holds_nothing_whichever_intents_its_record_names() {
    for (operation, stopped) in [("create", Renewal::Wanted), ("confirm", Renewal::Known), ("cancel", Renewal::Old)] {
        for fault in ["timeout_after_effect", "timeout_before_effect"] {
            let paid = Paid::kept(&format!("cancelled-{operation}-{fault}"), "pm_card_visa").await;
            paid.fails(operation, fault).await;
            let _stopped = paid.renews().await;
            if fault == "timeout_before_effect" {
                assert_eq!(paid.record().await.renewal, Some(stopped));
            }
            let given_back = give_back(&paid.records, &paid.till.gateway, (&paid.order, Currency::USD), near_the_end());
            assert_eq!(given_back.await.unwrap(), PaymentState::Voided);
            paid.is_renewed(false).await;
            assert_eq!(paid.held().await, Vec::<String>::new(), "{operation} {fault}");
            let record = paid.record().await;
            assert_eq!((record.renewal, record.other_intent), (None, None));
        }
    }
}

#[tokio::test]
async fn where_the_bank_wants_to_see_the_shopper_the_first_hold_stays() {
    let paid = Paid::kept("declined", SEES_THE_SHOPPER).await;
    let old = paid.record().await.gateway_id;
    assert_eq!(paid.renews().await.unwrap(), Renewed::Refused("authentication_required".to_owned()));
    let record = paid.record().await;
    assert_eq!((record.gateway_id.clone(), record.renewal, record.other_intent.clone()), (old, None, None));
    paid.stands_on_what_is_held().await;
    let asked = paid.till.requests(&paid.order, "create").await;
    assert_eq!(paid.renews().await.unwrap(), Renewed::Nothing);
    assert_eq!(paid.till.requests(&paid.order, "create").await, asked);
    let ending = near_the_end() + SignedDuration::from_hours(7);
    let aged = look_after(&paid.records, &paid.till.gateway, &paid.record().await, DAY, ending).await.unwrap();
    assert_eq!(aged, Aged::Ending, "and the order is cancelled, with a reason");
}

#[tokio::test]
async fn what_the_gateway_does_not_keep_is_not_tried() {
    let paid = Paid::authorized("not-kept", "pm_card_visa").await;
    assert_eq!(paid.renews().await.unwrap(), Renewed::HeldLonger, "it is not near its end");
    let id = paid.record().await.gateway_id.unwrap();
    paid.till.call("POST", &format!("/__fake/intents/{id}/age"), json!({ "seconds": 60 })).await;
    assert_eq!(paid.renews().await.unwrap(), Renewed::Refused(METHOD_NOT_KEPT.to_owned()));
    assert_eq!(paid.renews().await.unwrap(), Renewed::Nothing);
    let requests = async |operation| paid.till.requests(&paid.order, operation).await;
    assert_eq!((requests("create").await, requests("retrieve").await), (1, 2));
    paid.stands_on_what_is_held().await;
}

#[tokio::test]
async fn money_that_was_let_go_of_is_not_held_behind_anybodys_back() {
    let paid = Paid::kept("let-go", "pm_card_visa").await;
    let id = paid.record().await.gateway_id.unwrap();
    paid.till.call("POST", &format!("/__fake/intents/{id}/expire"), Value::Null).await;
    assert_eq!(paid.renews().await.unwrap(), Renewed::Refused("canceled".to_owned()));
    assert_eq!(paid.held().await, Vec::<String>::new());
}

#[tokio::test]
async fn of_eight_who_renew_at_once_one_intent_comes() {
    let paid = Paid::kept("at-once", "pm_card_visa").await;
    let runs = join_all((0..8).map(|_| paid.renews())).await;
    assert!(runs.into_iter().all(|run| run.is_ok()));
    paid.is_renewed(true).await;
    paid.stands_on_what_is_held().await;
    assert_eq!(paid.till.intents(&paid.order).await.len(), 2);
}

/// The money is taken of the intent on which the record stands when it is claimed.
#[tokio::test]
async fn a_shipment_in_the_middle_takes_the_old_money_and_the_new_hold_goes() {
    let paid = Paid::kept("shipped", "pm_card_visa").await;
    paid.fails("confirm", "timeout_before_effect").await;
    paid.renews().await.unwrap_err();
    assert_eq!(paid.record().await.renewal, Some(Renewal::Known));
    let captured = capture(&paid.records, &paid.till.gateway, &paid.order, None, near_the_end()).await.unwrap();
    assert_eq!(captured, CaptureOutcome::Captured);
    paid.is_renewed(false).await;
    let intents = paid.till.intents(&paid.order).await;
    assert_eq!((&intents[0]["status"], &intents[1]["status"]), (&json!("succeeded"), &json!("canceled")));
    assert_eq!(paid.record().await.gateway_id.as_deref(), intents[0]["id"].as_str());
}

#[tokio::test]
async fn whoever_read_the_record_before_does_not_take_the_old_hold_for_lapsed() {
    let paid = Paid::kept("late", "pm_card_visa").await;
    // As it is after the last renewal that is allowed: it is asked about, not renewed.
    let mut before = paid.record().await;
    before.renewals = 3;
    assert_eq!(paid.renews().await.unwrap(), Renewed::Yes);
    let late = near_the_end() + SignedDuration::from_hours(7);
    let aged = look_after(&paid.records, &paid.till.gateway, &before, DAY, late).await.unwrap();
    assert_eq!(aged, Aged::MovedOn);
}

#[tokio::test]
async fn the_gateway_knows_a_shopper_once_and_forgets_them_without_harm() {
    let mut paid = Paid::kept("first", "pm_card_visa").await;
    let customer = paid.records.customer(&ann()).await.unwrap().unwrap();
    paid.order = order("second");
    paid.is_authorized_for("pm_card_visa").await;
    assert_eq!(paid.till.call("GET", "/__fake/customers", Value::Null).await["customers"], json!([customer]));
    paid.till.call("DELETE", "/__fake/customers", Value::Null).await;
    paid.order = order("third");
    paid.is_authorized_for("pm_card_visa").await;
    let other = paid.records.customer(&ann()).await.unwrap().unwrap();
    assert_ne!(other, customer);
    assert_eq!(paid.till.call("GET", "/__fake/customers", Value::Null).await["customers"], json!([other]));
    assert_eq!(paid.renews().await.unwrap(), Renewed::Yes);
}

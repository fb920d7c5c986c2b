use proptest::prelude::*;
use souk_gateway::signature;

use super::*;

const SECRET: &str = "whsec_souk";
const SIGNED_AT: i64 = 1_790_000_000;

const EVENT: &str = r#"{"id":"evt_1","type":"payment_intent.succeeded","created":1789999999,"data":{"object":
    {"id":"pi_1","object":"payment_intent","metadata":{"order_id":"ord_0123456789abcdef0123456789abcdef"}}}}"#;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).expect("a time")
}

fn verify_now(body: &str, header: &str) -> Result<WebhookEvent, WebhookError> {
    verify(body.as_bytes(), header, SECRET, at(SIGNED_AT), TOLERANCE)
}

#[test]
fn an_event_tells_what_it_is_about() {
    let event = verify_now(EVENT, &signature(SECRET, SIGNED_AT, EVENT)).expect("an event");
    assert_eq!(event.id, "evt_1");
    assert_eq!(event.event_type, "payment_intent.succeeded");
    assert_eq!(event.order_id.as_ref().map(OrderId::as_str), Some("ord_0123456789abcdef0123456789abcdef"));
    assert_eq!(event.intent_id.as_deref(), Some("pi_1"));
    assert_eq!(event.created, at(1_789_999_999));
}

#[test]
fn a_charge_points_at_its_intent() {
    let body = EVENT.replace(r#""id":"pi_1","object":"payment_intent""#, r#""id":"ch_1","payment_intent":"pi_1""#);
    let event = verify_now(&body, &signature(SECRET, SIGNED_AT, &body)).expect("an event");
    assert_eq!(event.intent_id.as_deref(), Some("pi_1"));
}

#[test]
fn only_what_is_about_refunds_is_taken_for_that() {
    let about = |event_type: &str| {
        let body = EVENT.replace("payment_intent.succeeded", event_type);
        verify_now(&body, &signature(SECRET, SIGNED_AT, &body)).expect("an event").is_about_refunds()
    };
    for event_type in ["refund.failed", "refund.updated", "charge.refund.updated", "charge.refunded"] {
        assert!(about(event_type), "{event_type}");
    }
    assert!(!about("payment_intent.canceled") && !about("charge.captured"));
}

#[test]
fn what_is_not_of_our_making_names_no_order() {
    for metadata in ["null", "{}", r#"{"order_id":"somebody else's"}"#] {
        let body = EVENT.replace(r#"{"order_id":"ord_0123456789abcdef0123456789abcdef"}"#, metadata);
        let event = verify_now(&body, &signature(SECRET, SIGNED_AT, &body)).expect("an event");
        assert_eq!(event.order_id, None, "{metadata}");
    }
}

#[test]
fn the_tolerance_holds_on_both_sides() {
    let header = signature(SECRET, SIGNED_AT, EVENT);
    for (offset, ok) in [(0, true), (300, true), (-300, true), (301, false), (-301, false)] {
        let outcome = verify(EVENT.as_bytes(), &header, SECRET, at(SIGNED_AT + offset), TOLERANCE);
        assert_eq!(outcome.is_ok(), ok, "{offset}");
        assert!(ok || outcome == Err(WebhookError::Stale));
    }
}

#[test]
fn a_header_without_time_or_signature_is_malformed() {
    let good = signature(SECRET, SIGNED_AT, EVENT);
    let digest = good.split_once("v1=").expect("a signature").1;
    for header in [
        String::new(),
        "t=,v1=".to_owned(),
        format!("v1={digest}"),
        format!("t={SIGNED_AT}"),
        format!("t=soon,v1={digest}"),
        format!("t={SIGNED_AT},v0={digest}"),
        format!("t={SIGNED_AT},v1=not hexadecimal"),
    ] {
        assert_eq!(verify_now(EVENT, &header), Err(WebhookError::MalformedHeader), "{header}");
    }
}

#[test]
fn a_signature_that_is_too_short_does_not_fit() {
    let good = signature(SECRET, SIGNED_AT, EVENT);
    assert_eq!(verify_now(EVENT, &good[..good.len() - 2]), Err(WebhookError::BadSignature));
}

#[test]
fn a_signed_body_that_is_no_event_is_malformed() {
    for body in ["", "{}", "[]", r#"{"id":"evt_1","type":"x","created":1}"#] {
        let outcome = verify_now(body, &signature(SECRET, SIGNED_AT, body));
        assert_eq!(outcome, Err(WebhookError::MalformedBody), "{body}");
    }
}

proptest! {
    #[test]
    fn what_was_signed_is_never_a_bad_signature(body in ".*", secret in ".+", second in 0..4_000_000_000_i64) {
        let header = signature(&secret, second, &body);
        let outcome = verify(body.as_bytes(), &header, &secret, at(second), TOLERANCE);
        prop_assert_eq!(outcome, Err(WebhookError::MalformedBody));
    }

    #[test]
    fn any_changed_byte_of_the_body_is_noticed(position in 0..EVENT.len(), change in 1..=255_u8) {
        let header = signature(SECRET, SIGNED_AT, EVENT);
        let mut body = EVENT.as_bytes().to_vec();
        body[position] ^= change;
        let outcome = verify(&body, &header, SECRET, at(SIGNED_AT), TOLERANCE);
        prop_assert_eq!(outcome, Err(WebhookError::BadSignature));
    }

    #[test]
    fn another_time_or_secret_is_noticed(seconds in 1..300_i64, secret in "[a-z]{1,20}") {
        let header = signature(SECRET, SIGNED_AT, EVENT);
        let moved = header.replace(&SIGNED_AT.to_string(), &(SIGNED_AT + seconds).to_string());
        prop_assert_eq!(verify_now(EVENT, &moved), Err(WebhookError::BadSignature));
        prop_assert_eq!(verify_now(EVENT, &signature(&secret, SIGNED_AT, EVENT)), Err(WebhookError::BadSignature));
    }

    #[test]
    fn one_fitting_signature_among_others_is_enough(
        before in prop::collection::vec("[0-9a-f]{64}", 0..3),
        after in prop::collection::vec("[0-9a-f]{64}", 0..3),
    ) {
        let good = signature(SECRET, SIGNED_AT, EVENT);
        let digest = good.split_once("v1=").expect("a signature").1.to_owned();
        let digests: Vec<String> = before.into_iter().chain([digest]).chain(after).collect();
        let header = format!("t={SIGNED_AT},v1={}", digests.join(",v1="));
        prop_assert!(verify_now(EVENT, &header).is_ok());
    }

    #[test]
    fn no_header_and_no_body_is_accepted_unsigned(header in ".*", body in ".*") {
        prop_assert!(verify_now(&body, &header).is_err());
    }
}

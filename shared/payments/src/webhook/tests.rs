use super::*;

const EVENT: &str = r#"{"id":"evt_1","type":"payment_intent.succeeded","created":1789999999,"data":{"object":
    {"id":"pi_1","object":"payment_intent","metadata":{"order_id":"ord_0123456789abcdef0123456789abcdef"}}}}"#;

fn event(body: &str) -> WebhookEvent {
    read(body.as_bytes()).expect("an event")
}

#[test]
fn an_event_tells_what_it_is_about() {
    let event = event(EVENT);
    assert_eq!(event.id, "evt_1");
    assert_eq!(event.event_type, "payment_intent.succeeded");
    assert_eq!(event.order_id.as_ref().map(OrderId::as_str), Some("ord_0123456789abcdef0123456789abcdef"));
    assert_eq!(event.intent_id.as_deref(), Some("pi_1"));
    assert_eq!(event.created, Timestamp::from_second(1_789_999_999).expect("a time"));
}

#[test]
fn a_charge_points_at_its_intent() {
    let body = EVENT.replace(r#""id":"pi_1","object":"payment_intent""#, r#""id":"ch_1","payment_intent":"pi_1""#);
    assert_eq!(event(&body).intent_id.as_deref(), Some("pi_1"));
}

#[test]
fn only_what_is_about_refunds_is_taken_for_that() {
    let about = |event_type: &str| event(&EVENT.replace("payment_intent.succeeded", event_type)).is_about_refunds();
    for event_type in ["refund.failed", "refund.updated", "charge.refund.updated", "charge.refunded"] {
        assert!(about(event_type), "{event_type}");
    }
    assert!(!about("payment_intent.canceled") && !about("charge.captured"));
}

#[test]
fn what_is_not_of_our_making_names_no_order() {
    for metadata in ["null", "{}", r#"{"order_id":"somebody else's"}"#] {
        let body = EVENT.replace(r#"{"order_id":"ord_0123456789abcdef0123456789abcdef"}"#, metadata);
        assert_eq!(event(&body).order_id, None, "{metadata}");
    }
}

#[test]
fn a_body_that_is_no_event_is_refused() {
    for body in ["", "{}", "[]", r#"{"id":"evt_1","type":"x","created":1}"#] {
        assert_eq!(read(body.as_bytes()), Err(NoEvent), "{body}");
    }
}

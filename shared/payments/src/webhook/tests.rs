use serde_json::json;

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

/// A record in this state, with these refunds: id at the gateway, amount, state.
fn record(state: &str, refunds: &[(&str, i64, &str)]) -> PaymentRecord {
    let usd = |amount: i64| json!({"amount": amount, "currency": "USD"});
    let refund = |(n, (gateway_id, amount, state)): (usize, &(&str, i64, &str))| {
        json!({
            "refund_id": format!("ref_{n:032}"), "amount": usd(*amount), "by": "GATEWAY", "state": state,
            "gateway_id": gateway_id, "asked_at": 0, "changed_at": 0,
        })
    };
    let refunds: Vec<_> = refunds.iter().enumerate().map(refund).collect();
    serde_json::from_value(json!({
        "id": "order#ord_0123456789abcdef0123456789abcdef", "order_id": "ord_0123456789abcdef0123456789abcdef",
        "state": state, "version": 3, "amount": usd(900), "gateway_id": "pi_1", "created_at": 0, "updated_at": 0,
        "refunds": refunds,
    }))
    .unwrap()
}

#[test]
fn only_where_somebody_waits_for_the_gateway_is_the_saga_started() {
    let of = |event_type: &str| event(&EVENT.replace("payment_intent.succeeded", event_type));
    let held = of("payment_intent.amount_capturable_updated");
    for state in ["INTENT", "REQUIRES_ACTION", "DECLINED"] {
        assert_eq!(held.reason(&record(state, &[])), Reason::Payment, "{state}");
    }
    for state in ["AUTHORIZED", "CAPTURING", "CAPTURED", "VOIDING", "VOIDED", "REFUNDED"] {
        assert_eq!(held.reason(&record(state, &[])), Reason::Nothing, "{state}");
    }
    let canceled = of("payment_intent.canceled");
    assert_eq!(canceled.reason(&record("AUTHORIZED", &[])), Reason::Lapse, "nobody here has let go of it");
    for state in ["DECLINED", "CAPTURING", "CAPTURED", "VOIDING", "VOIDED", "REFUNDED"] {
        assert_eq!(canceled.reason(&record(state, &[])), Reason::Nothing, "{state}");
    }
    assert_eq!(of("payment_intent.payment_failed").reason(&record("DECLINED", &[])), Reason::Nothing);
    for event_type in EVENT_TYPES {
        assert!(of(event_type).is_listened_for(), "{event_type}");
    }
    for event_type in ["payment_intent.created", "payment_intent.succeeded", "charge.captured", "charge.refund.updated"]
    {
        assert!(!of(event_type).is_listened_for(), "{event_type}");
    }
}

#[test]
fn another_intent_of_the_same_order_is_not_ours() {
    let other = event(&EVENT.replace("pi_1", "pi_2"));
    assert!(!other.is_about(&record("INTENT", &[])) && event(EVENT).is_about(&record("INTENT", &[])));
}

/// While an authorisation is made anew a record names two intents.
#[test]
fn either_intent_of_a_renewal_is_ours_and_the_other_one_starts_nothing() {
    let of =
        |id: &str, event_type: &str| event(&EVENT.replace("pi_1", id).replace("payment_intent.succeeded", event_type));
    let mut renewed = serde_json::to_value(record("AUTHORIZED", &[])).unwrap();
    (renewed["renewal"], renewed["other_intent"]) = (json!("OLD"), json!("pi_0"));
    let renewed: PaymentRecord = serde_json::from_value(renewed).unwrap();
    for id in ["pi_0", "pi_1"] {
        assert!(of(id, "payment_intent.canceled").is_about(&renewed), "{id}");
    }
    assert!(!of("pi_2", "payment_intent.canceled").is_about(&renewed));
    assert_eq!(of("pi_0", "payment_intent.canceled").reason(&renewed), Reason::Nothing, "it is meant to be");
    assert_eq!(of("pi_0", "payment_intent.payment_failed").reason(&renewed), Reason::Nothing);
    assert_eq!(of("pi_1", "payment_intent.canceled").reason(&renewed), Reason::Lapse);
}

#[test]
fn a_refund_is_asked_about_only_where_it_stands_elsewhere_than_is_written() {
    let of = |id: &str, status: &str| {
        let object = format!(r#""id":"{id}","status":"{status}","payment_intent":"pi_1","object":"refund""#);
        event(&EVENT.replace(r#""id":"pi_1","object":"payment_intent""#, &object))
    };
    let written = record("CAPTURED", &[("re_1", 300, "SUCCEEDED"), ("re_2", 100, "PENDING")]);
    assert_eq!(of("re_1", "succeeded").reason(&written), Reason::Nothing);
    assert_eq!(of("re_2", "pending").reason(&written), Reason::Nothing);
    for news in [of("re_1", "failed"), of("re_2", "succeeded"), of("re_3", "pending")] {
        assert_eq!(news.reason(&written), Reason::Refunds, "{news:?}");
    }
    let charge = |amount: i64| {
        let object = format!(r#""id":"ch_1","amount_refunded":{amount},"payment_intent":"pi_1","object":"charge""#);
        event(&EVENT.replace(r#""id":"pi_1","object":"payment_intent""#, &object))
    };
    assert_eq!(charge(400).reason(&written), Reason::Nothing);
    assert_eq!(charge(500).reason(&written), Reason::Refunds, "somebody refunded at the gateway's console");
}

#[test]
fn a_dispute_is_asked_about_only_where_it_stands_elsewhere_than_is_written() {
    let of = |id: &str, status: &str| {
        let object = format!(
            r#"{{"id":"{id}","object":"dispute","status":"{status}","payment_intent":"pi_1","metadata":{{}}}}"#
        );
        let body = r#"{"id":"evt_1","type":"charge.dispute.created","created":1,"data":{"object":OBJECT}}"#;
        event(&body.replace("OBJECT", &object))
    };
    let mut written = serde_json::to_value(record("CAPTURED", &[])).unwrap();
    written["disputes"] = json!([{
        "gateway_id": "dp_1", "amount": {"amount": 900, "currency": "USD"}, "is_inquiry": true,
        "state": "NEEDS_RESPONSE", "reason": "fraudulent", "opened_at": 0, "changed_at": 0,
    }]);
    let written: PaymentRecord = serde_json::from_value(written).unwrap();
    assert_eq!(of("dp_1", "warning_needs_response").reason(&written), Reason::Nothing);
    for news in [of("dp_1", "needs_response"), of("dp_1", "lost"), of("dp_2", "warning_needs_response")] {
        assert_eq!(news.reason(&written), Reason::Disputes, "{news:?}");
    }
    assert_eq!(of("dp_1", "lost").intent_of_unknown_order(), Some("pi_1"));
}

#[test]
fn the_order_is_asked_for_only_where_money_goes_back_and_none_is_named() {
    let refund = r#"{"id":"evt_1","type":"refund.created","created":1,"data":{"object":
        {"id":"re_1","object":"refund","status":"succeeded","payment_intent":"pi_1","metadata":METADATA}}}"#;
    assert_eq!(event(&refund.replace("METADATA", "{}")).intent_of_unknown_order(), Some("pi_1"));
    let ours = refund.replace("METADATA", r#"{"order_id":"ord_0123456789abcdef0123456789abcdef"}"#);
    assert_eq!(event(&ours).intent_of_unknown_order(), None);
    let unheard = refund.replace("METADATA", "{}").replace("refund.created", "charge.refund.updated");
    assert_eq!(event(&unheard).intent_of_unknown_order(), None);
    let strange = EVENT.replace("payment_intent.succeeded", "payment_intent.canceled");
    let strange = strange.replace(r#"{"order_id":"ord_0123456789abcdef0123456789abcdef"}"#, "{}");
    assert_eq!(event(&strange).intent_of_unknown_order(), None, "an intent that names no order is not ours");
}

#[test]
fn the_types_are_those_that_the_guide_lists_and_no_other() {
    let guide = include_str!("../../../../DEPLOY.md");
    let (_, after) = guide.split_once("subscribe to these events, and to no other:").unwrap();
    let (listed, _) = after.split_once("Others would be answered").unwrap();
    let mut listed: Vec<&str> = listed.split_whitespace().collect();
    let mut types = EVENT_TYPES.to_vec();
    listed.sort_unstable();
    types.sort_unstable();
    assert_eq!(listed, types);
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

use std::collections::BTreeMap;

use serde::{Deserialize, de::IgnoredAny};
use serde_json::{Value, value::RawValue};

use crate::reading::written_by_client as read;

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Order {
    quantity: u32,
    #[serde(default)]
    address: Option<Address>,
    #[serde(default)]
    attributes: BTreeMap<String, u8>,
    #[serde(default)]
    kind: Option<Kind>,
    #[serde(default)]
    gifts: Vec<Address>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Address {
    street: String,
    city: String,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Plain,
    Sent(Address),
}

fn refused(text: &str) -> (String, String) {
    let explained = read::<Order>(text.as_bytes()).expect_err(text);
    (explained.path.unwrap_or_default(), explained.reason)
}

#[test]
fn what_is_written_as_it_should_be_is_read() {
    let text = r#"{"quantity": 2, "address": {"street": "S", "city": "C"}, "attributes": {"a": 1, "b": 1},
        "gifts": [{"street": "S", "city": "C"}], "kind": {"sent": {"street": "S", "city": "C"}}}"#;
    let order: Order = read(text.as_bytes()).unwrap();
    assert_eq!((order.quantity, order.gifts.len(), order.attributes.len()), (2, 1, 2));
    assert!(matches!(order.kind, Some(Kind::Sent(_))));
    let null = read::<Order>(br#"{"quantity": 2, "address": null, "kind": "plain"}"#).unwrap();
    assert_eq!((null.address, null.kind), (None, Some(Kind::Plain)));
}

/// Seen by schemathesis: `346.0` is an `integer` of JSON Schema.
#[test]
fn a_whole_number_is_one_however_it_is_written() {
    for (written, quantity) in [("2.0", 2), ("2e2", 200), ("20e-1", 2), ("0.0", 0), ("-0.0", 0)] {
        let order: Order = read(format!(r#"{{"quantity": {written}}}"#).as_bytes()).unwrap();
        assert_eq!(order.quantity, quantity, "{written}");
    }
    for written in ["2.5", "-2.0", "4294967296.0", "1e300", "9007199254740993.0", "\"2\""] {
        assert_eq!(refused(&format!(r#"{{"quantity": {written}}}"#)).0, "quantity", "{written}");
    }
}

#[test]
fn a_list_is_never_taken_for_an_object() {
    for (text, path) in [
        ("[2]", ""),
        (r#"{"quantity": 2, "address": ["S", "C"]}"#, "address"),
        (r#"{"quantity": 2, "gifts": [{"street": "S", "city": "C"}, ["S", "C"]]}"#, "gifts[1]"),
        (r#"{"quantity": 2, "kind": {"sent": ["S", "C"]}}"#, "kind.sent"),
    ] {
        assert_eq!(refused(text), (path.to_owned(), "invalid type: sequence, expected an object".to_owned()), "{text}");
    }
}

#[test]
fn a_key_is_there_once() {
    for (text, path) in [
        (r#"{"quantity": 2, "quantity": 2}"#, "quantity"),
        (r#"{"quantity": 2, "quantit\u0079": 3}"#, "quantity"),
        (r#"{"quantity": 2, "attributes": {"a": 1, "a": 1}}"#, "attributes.a"),
        (r#"{"quantity": 2, "gifts": [{"street": "S", "city": "C", "city": "D"}]}"#, "gifts[0].city"),
    ] {
        assert_eq!(refused(text), (path.to_owned(), "is there twice".to_owned()), "{text}");
    }
}

#[test]
fn a_plain_variant_is_a_text() {
    assert_eq!(refused(r#"{"quantity": 2, "kind": {"plain": null}}"#).0, "kind.plain");
    assert_eq!(refused(r#"{"quantity": 2, "kind": ["plain"]}"#).0, "kind");
    assert_eq!(refused(r#"{"quantity": 2, "kind": 0}"#).0, "kind");
}

#[test]
fn whole_numbers_are_written_as_such() {
    for number in ["2.5", "1e-2", "-1", "\"2\"", "4294967296", "true", "null", "[2]", "02", "+2", " "] {
        assert!(read::<Order>(format!(r#"{{"quantity": {number}}}"#).as_bytes()).is_err(), "{number}");
    }
}

#[test]
fn depth_is_bounded_by_what_is_said() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    read::<Value>(nested(super::MAX_JSON_DEPTH).as_bytes()).unwrap();
    let deeper = nested(super::MAX_JSON_DEPTH + 1);
    let explained = read::<Value>(deeper.as_bytes()).unwrap_err();
    assert_eq!(explained.reason, "is nested deeper than 16 levels");
    // What nobody reads costs nothing, however deep it is.
    read::<IgnoredAny>(nested(100_000).as_bytes()).unwrap();
}

#[test]
fn raw_parts_are_left_as_they_are() {
    let rows: Vec<Box<RawValue>> = read(br#"[{"a": 1, "a": 2}, [1]]"#).unwrap();
    assert_eq!(rows.iter().map(|row| row.get()).collect::<Vec<_>>(), [r#"{"a": 1, "a": 2}"#, "[1]"]);
}

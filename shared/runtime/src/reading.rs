//! Reading what others wrote, and saying what is wrong with it: to them in full, to the log without a
//! word of theirs.

mod strict;

use std::fmt;

pub use strict::MAX_JSON_DEPTH;
use strict::{Repeated, Strict};

use serde::{
    Deserializer,
    de::{DeserializeOwned, Error as _, Visitor, value::Error as ProbeError},
    forward_to_deserialize_any,
};
use serde_path_to_error::Segment;
use souk_dynamo::fault;

/// What could not be read. Its `Display` is for logs: it names the kind of the fault and, where the fault
/// is in one, the field of ours. Serde's own words quote values, and paths quote keys.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Unreadable {
    kind: &'static str,
    field: Option<&'static str>,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.field {
            Some(field) => write!(f, "{} in {field}", self.kind),
            None => f.write_str(self.kind),
        }
    }
}

impl Unreadable {
    /// The field of ours that holds the fault, for logs.
    pub fn field(&self) -> Option<&'static str> {
        self.field
    }
}

/// What could not be read, in words for whoever wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Explained {
    /// The path of the field, such as `lines[0].quantity`; `None` where the whole is at fault.
    pub(crate) path: Option<String>,
    pub(crate) reason: String,
    pub(crate) fault: Unreadable,
}

/// A value out of JSON text.
///
/// # Errors
/// [`Unreadable`].
pub fn from_slice<T: DeserializeOwned>(text: &[u8]) -> Result<T, Unreadable> {
    explained(text).map_err(|explained| explained.fault)
}

/// A value out of a JSON value.
///
/// # Errors
/// [`Unreadable`].
pub fn from_value<T: DeserializeOwned>(value: serde_json::Value) -> Result<T, Unreadable> {
    from::<T, _>(value).map_err(|explained| explained.fault)
}

/// A value out of an item of a table.
///
/// # Errors
/// [`Unreadable`].
pub fn from_item<T: DeserializeOwned>(item: serde_dynamo::Item) -> Result<T, Unreadable> {
    serde_dynamo::from_item(item).map_err(|error| Unreadable { kind: fault(&error), field: None })
}

pub(crate) fn explained<T: DeserializeOwned>(text: &[u8]) -> Result<T, Explained> {
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let value = from(&mut deserializer)?;
    ended(deserializer)?;
    Ok(value)
}

/// The same to the letter: [`strict`] tells what serde would take besides.
pub(crate) fn written_by_client<T: DeserializeOwned>(text: &[u8]) -> Result<T, Explained> {
    let (mut deserializer, repeated) = (serde_json::Deserializer::from_slice(text), Repeated::default());
    let value = from(Strict::new(&mut deserializer, &repeated)).map_err(|explained| match repeated.take() {
        Some(key) => Explained { path: Some(member(explained.path, key)), ..explained },
        None => explained,
    })?;
    ended(deserializer)?;
    Ok(value)
}

/// The path of a key in the object at `outer`, which ends in `?` while a key is being read.
fn member(outer: Option<String>, key: String) -> String {
    match outer.as_deref().map(|outer| outer.trim_end_matches(".?")) {
        Some(outer) => format!("{outer}.{key}"),
        None => key,
    }
}

fn ended(mut deserializer: serde_json::Deserializer<serde_json::de::SliceRead<'_>>) -> Result<(), Explained> {
    deserializer.end().map_err(|_| Explained {
        path: None,
        reason: "there is more than one JSON value".to_owned(),
        fault: Unreadable { kind: "trailing characters", field: None },
    })
}

fn from<'de, T: DeserializeOwned, D: Deserializer<'de, Error = serde_json::Error>>(source: D) -> Result<T, Explained> {
    serde_path_to_error::deserialize(source).map_err(|error| {
        let field = match error.path().iter().next() {
            Some(Segment::Map { key }) => fields::<T>().iter().find(|known| *known == key).copied(),
            _ => None,
        };
        let path = Some(error.path().to_string()).filter(|path| !matches!(path.as_str(), "." | "?"));
        let reason = without_position(&error.inner().to_string());
        let fault = Unreadable { kind: fault(&reason), field };
        Explained { path, reason, fault }
    })
}

/// Positions in a body mean nothing to somebody who is told the field.
fn without_position(message: &str) -> String {
    message.split(" at line ").next().unwrap_or(message).to_owned()
}

/// The names of the fields of a struct; none of anything else.
fn fields<T: DeserializeOwned>() -> &'static [&'static str] {
    let mut found: &[&str] = &[];
    // It ends in an error, as it is meant to: nothing is read.
    drop(T::deserialize(Probe(&mut found)));
    found
}

/// A deserializer that has nothing to give and only listens for what it is asked.
struct Probe<'a>(&'a mut &'static [&'static str]);

impl<'de> Deserializer<'de> for Probe<'_> {
    type Error = ProbeError;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, ProbeError> {
        Err(ProbeError::custom("nothing to read"))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ProbeError> {
        *self.0 = fields;
        self.deserialize_any(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, ProbeError> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        unit_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;
    use serde_json::json;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only reading is tested")]
    struct Order {
        quantity: u8,
        #[serde(default)]
        attributes: BTreeMap<String, u8>,
        #[serde(default)]
        kind: Option<Kind>,
    }

    #[derive(Debug, Deserialize)]
    enum Kind {
        Plain,
    }

    #[derive(Debug, Deserialize)]
    #[serde(transparent)]
    #[expect(dead_code, reason = "only reading is tested")]
    struct Wrapped(Order);

    #[test]
    fn a_fault_names_a_field_of_ours_and_nothing_that_was_written() {
        for (text, fault) in [
            (r#"{"quantity": "canary"}"#, "invalid type in quantity"),
            (r#"{"quantity": 777777}"#, "invalid value in quantity"),
            (r#"{"quantity": 1, "canary": 1}"#, "unknown field"),
            (r#"{"quantity": 1, "attributes": {"canary": "x"}}"#, "invalid type in attributes"),
            (r#"{"quantity": 1, "kind": "canary"}"#, "unknown variant in kind"),
            (r#"{}"#, "missing field"),
            (r#"["canary"]"#, "invalid type"),
            (r#""canary""#, "invalid type"),
            (r#"{"quantity": canary}"#, "unreadable in quantity"),
            (r#"{"quantity": 1} canary"#, "trailing characters"),
            ("", "EOF while parsing"),
        ] {
            let unreadable = from_slice::<Order>(text.as_bytes()).unwrap_err();
            assert_eq!(unreadable.to_string(), fault, "{text}");
            let unreadable = from_slice::<Wrapped>(text.as_bytes()).unwrap_err();
            assert_eq!(unreadable.to_string(), fault, "{text}");
        }
        let unreadable = from_value::<Order>(json!({"quantity": "canary"})).unwrap_err();
        assert_eq!(format!("{unreadable} {unreadable:?}").matches("canary").count(), 0);
    }

    #[test]
    fn whoever_wrote_it_is_told_all_of_it() {
        let explained = explained::<Order>(br#"{"quantity": 1, "attributes": {"colour": "red"}}"#).unwrap_err();
        assert_eq!(explained.path.as_deref(), Some("attributes.colour"));
        assert_eq!(explained.reason, "invalid type: string \"red\", expected u8");
    }
}

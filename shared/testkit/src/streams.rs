//! Who reads a table's stream, and which of its records: as the templates say it, and as Lambda understands that.

use serde_json::Value as Json;
use serde_yaml_ng::Value;

use crate::templates::{read_with_nested, resources};

/// An event source mapping of a stream.
#[derive(Debug, Clone)]
pub struct StreamReader {
    /// The name by which the function's program knows it, such as `publish-orders`.
    pub function: String,
    /// The logical id of the table, such as `OrdersTable`.
    pub table: String,
    /// One of these must match; where there are none, every record is wanted.
    patterns: Vec<Json>,
}

impl StreamReader {
    /// Whether the function is called for this record.
    ///
    /// # Panics
    /// Where a pattern uses what [`matches()`] does not know.
    pub fn wants(&self, record: &Json) -> bool {
        self.patterns.is_empty() || self.patterns.iter().any(|pattern| matches(pattern, record))
    }
}

/// All readers of streams in a world (`discovery`, `transactions`).
///
/// # Panics
/// Where its templates cannot be read.
pub fn stream_readers(world: &str) -> Vec<StreamReader> {
    let documents = read_with_nested(world);
    let of_document = |document: &Value| {
        let functions = resources(document, "AWS::Serverless::Function");
        let mappings = resources(document, "AWS::Lambda::EventSourceMapping").into_iter();
        let reader = |(id, mapping): (&str, &Value)| {
            let table = text(&mapping["EventSourceArn"])?.strip_suffix("Stream")?.to_owned();
            let calls = text(&mapping["FunctionName"]);
            let (_, function) = functions.iter().find(|(name, _)| calls == Some(*name))?;
            let function = text(&function["Handler"])?.to_owned();
            let filters = mapping["FilterCriteria"]["Filters"].as_sequence().into_iter().flatten();
            let pattern = |filter: &Value| {
                let pattern = text(&filter["Pattern"]).unwrap_or_default();
                serde_json::from_str(pattern).unwrap_or_else(|error| panic!("{id}: {pattern}: {error}"))
            };
            Some(StreamReader { function, table, patterns: filters.map(pattern).collect() })
        };
        mappings.filter_map(reader).collect::<Vec<_>>()
    };
    documents.iter().flat_map(of_document).collect()
}

/// Whether a filter pattern lets a record through. Each named member must match; what is not there matches only
/// `{"exists": false}`; of an array any element may. `infra/local/launcher/esm_filters.py` does the same for the local
/// stack, and `infra/local/tests/filter_cases.json` holds both to it.
///
/// # Panics
/// Where it uses an operator that is not known here.
pub fn matches(pattern: &Json, record: &Json) -> bool {
    let Some(members) = pattern.as_object() else { panic!("no pattern: {pattern}") };
    members.iter().all(|(name, wanted)| {
        let found = leaves(record, name);
        match wanted {
            Json::Array(alternatives) => alternatives.iter().any(|one| allows(one, &found)),
            Json::Object(_) if found.is_empty() => matches(wanted, &Json::Null),
            _ => found.iter().any(|value| matches(wanted, value)),
        }
    })
}

/// What stands under this name: in an object, or in any element of an array; arrays are flattened.
fn leaves<'a>(value: &'a Json, name: &str) -> Vec<&'a Json> {
    fn flat(value: &Json) -> Vec<&Json> {
        match value {
            Json::Array(items) => items.iter().flat_map(flat).collect(),
            one => vec![one],
        }
    }
    flat(value).into_iter().filter_map(|one| one.get(name)).flat_map(flat).collect()
}

fn allows(alternative: &Json, found: &[&Json]) -> bool {
    let Some(operator) = alternative.as_object() else { return found.contains(&alternative) };
    match operator.iter().next().map(|(name, value)| (name.as_str(), value)) {
        // Of leaves only, as in Lambda: an object is no leaf, and so is not there.
        Some(("exists", wanted)) => found.iter().any(|value| !value.is_object()) == (*wanted == Json::Bool(true)),
        Some(("prefix", Json::String(prefix))) => {
            found.iter().any(|value| value.as_str().is_some_and(|text| text.starts_with(prefix)))
        }
        _ => panic!("{alternative} is not known to this matcher"),
    }
}

fn text(value: &Value) -> Option<&str> {
    match value {
        Value::Tagged(tagged) => tagged.value.as_str(),
        other => other.as_str(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_lets_through_what_lambda_would() {
        let cases = include_str!("../../../infra/local/tests/filter_cases.json");
        let cases: Vec<Json> = serde_json::from_str(cases).unwrap();
        assert!(cases.len() > 10);
        for case in cases {
            assert_eq!(matches(&case["pattern"], &case["record"]), case["matches"] == true, "{case}");
        }
    }

    #[test]
    fn readers_are_found_with_their_filters() {
        let readers = stream_readers("discovery");
        let of_catalog: Vec<_> = readers.iter().filter(|reader| reader.table == "CatalogTable").collect();
        let record = |pk: &str| serde_json::json!({"dynamodb": {"Keys": {"pk": {"S": pk}}}});
        assert!(
            of_catalog.iter().any(|reader| reader.wants(&record("product#1")) && !reader.wants(&record("brand#1")))
        );
    }
}

//! Items as plain JSON.

use serde_json::{Map, Number, Value, json};

/// An attribute in DynamoDB's JSON (`{"N": "1"}`) as plain JSON (`1`).
pub fn plain(attribute: &Value) -> Value {
    let Some((kind, value)) = attribute.as_object().and_then(|object| object.iter().next()) else {
        return Value::Null;
    };
    match kind.as_str() {
        "S" | "BOOL" => value.clone(),
        "N" => value.as_str().and_then(|text| text.parse::<Number>().ok()).map_or(Value::Null, Value::Number),
        "NS" => value.as_array().into_iter().flatten().map(|number| plain(&json!({"N": number}))).collect(),
        "L" => value.as_array().into_iter().flatten().map(plain).collect(),
        "M" => value.as_object().map_or(Value::Null, |map| Value::Object(plain_item(map))),
        _ => Value::Null,
    }
}

/// An item in DynamoDB's JSON as plain JSON.
pub fn plain_item(item: &Map<String, Value>) -> Map<String, Value> {
    item.iter().map(|(name, attribute)| (name.clone(), plain(attribute))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_that_souk_stores_becomes_plain() {
        let item = json!({"M": {"a": {"S": "x"}, "b": {"N": "-3"}, "c": {"L": [{"BOOL": true}]}, "d": {"NULL": true}, "e": {"NS": ["2"]}}});
        assert_eq!(plain(&item), json!({"a": "x", "b": -3, "c": [true], "d": null, "e": [2]}));
    }
}

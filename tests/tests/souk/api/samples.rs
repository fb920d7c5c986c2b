//! Bodies that the description allows, made from it; and texts that its patterns allow and do not.

use serde_json::{Map, Value, json};

use super::document::followed;

/// A pattern of the description: a text that fits and means something, others at its edges, and some beyond.
pub struct Pattern {
    pattern: &'static str,
    sample: &'static str,
    pub edges: Vec<String>,
    pub beyond: Vec<String>,
}

/// Of letters, so many.
fn letters(count: usize) -> String {
    "a".repeat(count)
}

fn patterns() -> [Pattern; 11] {
    let pattern = |pattern, sample, edges: &[String], beyond: &[String]| Pattern {
        pattern,
        sample,
        edges: edges.to_vec(),
        beyond: beyond.to_vec(),
    };
    let of = |text: &str| text.to_owned();
    [
        pattern(
            "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$",
            "nobody-has-this",
            &[of("a"), letters(64)],
            &[of(""), of("-a"), letters(65)],
        ),
        pattern("^[A-Za-z0-9:._-]{1,128}$", "nobody", &[of("a"), letters(128)], &[of(""), of("a b"), letters(129)]),
        pattern("^[A-Z]{3}$", "USD", &[of("USD")], &[of("US"), of("usd"), of("USDX")]),
        pattern("^[A-Z]{2}$", "AL", &[of("US")], &[of("U"), of("us"), of("USA")]),
        pattern("^[^=]+$", "colour", &[], &[of("a=b")]),
        pattern("^.{1,480}$", "new", &[of("a"), spaced(480)], &[of(""), letters(481)]),
        pattern("^.{1,1200}$", "Acme", &[of("a"), spaced(1200)], &[of(""), letters(1201)]),
        pattern(
            "^chk_[0-9a-f]{32}$",
            "chk_00000000000000000000000000000000",
            &[],
            &[of("chk_0"), of("chk_0000000000000000000000000000000g")],
        ),
        pattern(
            "^pm_[A-Za-z0-9_]{1,100}$",
            "pm_card_visa",
            &[of("pm_a"), format!("pm_{}", letters(100))],
            &[of("pm_"), format!("pm_{}", letters(101))],
        ),
        pattern(
            "^(https://[A-Za-z0-9]\\S*|/images/[0-9a-f]{64}\\.[A-Za-z0-9]{1,5}|/images/pic_[0-9a-f]{32}/[1-9][0-9]{0,3}x[1-9][0-9]{0,3}\\.(jpg|png))$",
            "https://shop.example/a.jpg",
            &[of("https://a")],
            &[of("http://a"), of("https://")],
        ),
        pattern("^ *[0-9]{1,12}(\\.[0-9]{1,9})? *[A-Za-z]{1,12} *$", "1 kg", &[], &[of(""), of("one kg"), of("1")]),
    ]
}

/// What is known of the pattern of a schema; `None` where it has none.
pub fn pattern_of(schema: &Value) -> Option<Pattern> {
    let own = schema["pattern"].as_str()?;
    let known = patterns().into_iter().find(|known| known.pattern == own);
    Some(known.unwrap_or_else(|| panic!("no text is known that fits {own}: say one in api/samples.rs")))
}

/// A text of so many characters of which few can be seen: some fields count only those.
pub fn spaced(length: usize) -> String {
    match length {
        0 => String::new(),
        1 => "a".to_owned(),
        _ => format!("a{}b", " ".repeat(length - 2)),
    }
}

/// A value that fits the schema: of an object what it needs, of a list one item.
pub fn sample(document: &Value, schema: &Value) -> Value {
    let name = schema["$ref"].as_str().and_then(|reference| reference.rsplit('/').next());
    if name == Some("Length") {
        return json!("1 cm");
    }
    let schema = followed(document, schema);
    let given = [&schema["const"], &schema["example"], &schema["examples"][0], &schema["enum"][0]];
    if let Some(given) = given.into_iter().find(|given| !given.is_null()) {
        return given.clone();
    }
    let mut made = own_sample(document, schema);
    for part in schema["allOf"].as_array().into_iter().flatten() {
        made = merged(made, sample(document, part));
    }
    for words in ["oneOf", "anyOf"] {
        let mut alternatives = schema[words].as_array().into_iter().flatten();
        if let Some(alternative) = alternatives.find(|alternative| alternative["type"] != "null") {
            made = merged(made, sample(document, alternative));
        }
    }
    made
}

/// A sample of a member, where its name says more than its schema.
pub fn member(document: &Value, name: &str, schema: &Value) -> Value {
    let followed = followed(document, schema);
    match name {
        // More than the least that the gateway charges.
        "amount" if followed["type"] == "integer" => json!(100),
        "email" => json!("a@souk.test"),
        "url" if followed["pattern"].is_null() => json!("https://example.com/hook"),
        // Of synonyms.
        "lines" if followed["items"]["type"] == "string" => json!(["couch, sofa"]),
        _ => sample(document, schema),
    }
}

/// Without what it is composed of.
fn own_sample(document: &Value, schema: &Value) -> Value {
    let kinds = schema["type"].as_array().cloned().unwrap_or_else(|| vec![schema["type"].clone()]);
    let kind = kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null").unwrap_or_default();
    let least = |name: &str| schema[name].as_u64().unwrap_or_default();
    match kind {
        "object" => {
            let needed = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
            let members = needed.map(|name| (name.to_owned(), member(document, name, &schema["properties"][name])));
            Value::Object(members.collect())
        }
        "array" => {
            let items = (0..least("minItems").max(1)).map(|n| distinct(sample(document, &schema["items"]), n));
            Value::Array(items.collect())
        }
        "integer" => json!(schema["minimum"].as_i64().unwrap_or(1).max(1)),
        "number" => json!(1),
        "boolean" => json!(false),
        "string" if schema["format"] == "date-time" => json!("2030-01-01T00:00:00Z"),
        "string" => match pattern_of(schema) {
            Some(pattern) => json!(pattern.sample),
            None => json!("Thing".repeat(usize::try_from(least("minLength").div_ceil(5).max(1)).unwrap())),
        },
        _ => Value::Null,
    }
}

fn merged(one: Value, other: Value) -> Value {
    match (one, other) {
        (Value::Object(one), Value::Object(other)) => {
            Value::Object(one.into_iter().chain(other).collect::<Map<_, _>>())
        }
        (Value::Null, other) => other,
        (one, _) => one,
    }
}

/// The item as the n-th of a list that has none twice.
pub fn distinct(item: Value, n: u64) -> Value {
    match item {
        Value::String(text) if n > 0 => {
            let words: Vec<_> = text.split(", ").map(|word| format!("{word}{n}")).collect();
            json!(words.join(", "))
        }
        Value::Object(mut members) if n > 0 => {
            for name in ["sku", "name", "product_id"] {
                if let Some(Value::String(text)) = members.get(name) {
                    let text = json!(format!("{text}{n}"));
                    members.insert(name.to_owned(), text);
                }
            }
            Value::Object(members)
        }
        item => item,
    }
}

/// A body that fits but for this value in this place (`lines[].quantity`).
pub fn with(document: &Value, schema: &Value, path: &str, value: &Value) -> Value {
    let steps = path.split('.').flat_map(|part| match part.strip_suffix("[]") {
        Some(name) => vec![name, "[]"],
        None => vec![part],
    });
    put(document, schema, &steps.collect::<Vec<_>>(), value).unwrap_or_else(|| panic!("the body has no place {path}"))
}

fn put(document: &Value, schema: &Value, steps: &[&str], value: &Value) -> Option<Value> {
    let Some((step, rest)) = steps.split_first() else { return Some(value.clone()) };
    let schema = followed(document, schema);
    let alternatives = ["allOf", "oneOf", "anyOf"].into_iter().filter_map(|words| schema[words].as_array()).flatten();
    for alternative in alternatives {
        if let Some(inside) = put(document, alternative, steps, value) {
            // The value that was put stands, whatever the rest of the schema would have there.
            return Some(merged(own_sample(document, schema), inside));
        }
    }
    if *step == "[]" {
        let items = schema.get("items")?;
        return Some(json!([put(document, items, rest, value)?]));
    }
    let inside = put(document, schema["properties"].get(*step)?, rest, value)?;
    Some(merged(sample(document, schema), json!({ *step: inside })))
}

#[test]
fn a_body_is_made_of_what_is_needed_and_of_the_way_to_a_place() {
    let document = json!({ "line": { "type": "object", "required": ["sku", "quantity"], "properties": {
        "sku": { "type": "string", "pattern": "^[A-Z]{3}$" }, "quantity": { "type": "integer", "minimum": 2 },
        "note": { "type": ["string", "null"] },
    } } });
    let schema = json!({ "type": "object", "required": ["name"], "properties": {
        "name": { "type": "string", "minLength": 1 },
        "lines": { "oneOf": [{ "type": "null" }, { "type": "array", "items": { "$ref": "#/line" } }] },
    } });
    assert_eq!(sample(&document, &schema), json!({ "name": "Thing" }));
    let body = with(&document, &schema, "lines[].note", &json!("x"));
    assert_eq!(body, json!({ "name": "Thing", "lines": [{ "sku": "USD", "quantity": 2, "note": "x" }] }));
    assert_eq!(distinct(json!({ "sku": "a" }), 2), json!({ "sku": "a2" }));
}

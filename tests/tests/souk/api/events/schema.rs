//! JSON schemas of events, of draft 4: that is what the deployment's registry takes.

use boon::{Compiler, Draft, SchemaIndex, Schemas};
use serde_json::{Map, Value, json};
use souk_domain::{ids::EventId, webhook::EventType};
use souk_events::published::Published;
use utoipa::{ToSchema, openapi::RefOr, openapi::schema::Schema};

const DRAFT: &str = "http://json-schema.org/draft-04/schema#";
/// What the types' own schemas say and draft 4 does not know.
const NOT_OF_THE_DRAFT: [&str; 2] = ["examples", "propertyNames"];

/// The schema of an event in the bus's envelope.
pub fn of_bus<T: ToSchema>(published: &Published) -> Value {
    let texts = |names: &[&str]| -> Map<String, Value> {
        names.iter().map(|name| ((*name).to_owned(), json!({ "type": "string" }))).collect()
    };
    let mut properties = texts(&["version", "id", "account", "region"]);
    properties.insert("time".into(), json!({ "type": "string", "format": "date-time" }));
    properties.insert("resources".into(), json!({ "type": "array", "items": { "type": "string" } }));
    properties.insert("source".into(), json!({ "enum": [published.source] }));
    properties.insert("detail-type".into(), json!({ "enum": [published.detail_type] }));
    let mut whole = whole::<T>(&published.name(), published.version, published.about, properties, "detail");
    whole["x-amazon-events-detail-type"] = published.detail_type.into();
    whole["x-amazon-events-source"] = published.source.into();
    whole
}

/// The schema of a webhook's body.
pub fn of_webhook<T: ToSchema>(event_type: EventType) -> Value {
    let mut properties = Map::new();
    properties.insert("type".into(), json!({ "enum": [event_type.as_str()] }));
    properties.insert("id".into(), plain(serde_json::to_value(<EventId as utoipa::PartialSchema>::schema()).unwrap()));
    properties.insert("timestamp".into(), json!({ "type": "string", "format": "date-time" }));
    let about = "The body of a webhook.";
    whole::<T>(event_type.as_str(), event_type.schema_version(), about, properties, "data")
}

/// An object with what is told as one of its members. All of them are there in each event.
fn whole<T: ToSchema>(title: &str, version: u32, about: &str, mut properties: Map<String, Value>, told: &str) -> Value {
    let mut nested: Vec<(String, RefOr<Schema>)> = Vec::new();
    T::schemas(&mut nested);
    nested.push((T::name().into_owned(), T::schema()));
    let definitions: Map<String, Value> =
        nested.into_iter().map(|(name, schema)| (name, plain(serde_json::to_value(schema).unwrap()))).collect();
    properties.insert(told.to_owned(), json!({ "$ref": format!("#/definitions/{}", T::name()) }));
    let mut required: Vec<_> = properties.keys().cloned().collect();
    required.sort();
    super::super::document::sorted(json!({
        "$schema": DRAFT, "title": title, "description": about, "x-souk-version": version, "type": "object",
        "properties": properties, "required": required, "definitions": definitions,
    }))
}

/// A schema in the words of draft 4. What may be absent is never `null`.
fn plain(schema: Value) -> Value {
    match schema {
        Value::Object(mut map) => {
            if let Some(Value::Array(alternatives)) = map.get("oneOf") {
                let is_null = |one: &&Value| one["type"] == "null";
                let others: Vec<_> = alternatives.iter().filter(|one| !is_null(one)).collect();
                if let (true, [other]) = (others.len() < alternatives.len(), others.as_slice()) {
                    return plain((*other).clone());
                }
            }
            if let Some(Value::Array(types)) = map.get_mut("type") {
                types.retain(|one| one != "null");
                if let [one] = types.as_slice() {
                    let one = one.clone();
                    map.insert("type".into(), one);
                }
            }
            if let Some(Value::String(reference)) = map.get("$ref") {
                let name = reference.rsplit('/').next().unwrap_or_default();
                return json!({ "$ref": format!("#/definitions/{name}") });
            }
            let known = map.into_iter().filter(|(name, _)| !NOT_OF_THE_DRAFT.contains(&name.as_str()));
            Value::Object(known.map(|(name, value)| (name, plain(value))).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(plain).collect()),
        other => other,
    }
}

/// The names of what is told.
pub fn members_of_told(schema: &Value) -> impl Iterator<Item = &str> {
    let told = ["detail", "data"].into_iter().find_map(|name| schema["properties"][name]["$ref"].as_str());
    let told = told.and_then(|reference| schema.pointer(reference.trim_start_matches('#')));
    told.and_then(|told| told["properties"].as_object()).into_iter().flatten().map(|(name, _)| name.as_str())
}

/// A schema that values are held to.
pub struct Checked {
    schemas: Schemas,
    index: SchemaIndex,
}

impl Checked {
    pub fn of(schema: &Value) -> Self {
        let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
        compiler.set_default_draft(Draft::V4);
        compiler.enable_format_assertions();
        let url = "https://souk.example/event";
        compiler.add_resource(url, schema.clone()).unwrap();
        let index = compiler.compile(url, &mut schemas).unwrap_or_else(|error| panic!("{error:#}: {schema}"));
        Self { schemas, index }
    }

    /// What is wrong with this value.
    pub fn error(&self, value: &Value) -> Option<String> {
        self.schemas.validate(value, self.index).err().map(|error| format!("{error:#}"))
    }
}

//! The types of the document.

use serde_json::{Map, Value, json};
use souk_domain::flash_sale::IntentId;
use souk_domain::ids::{CategoryId, CheckoutId, FlashSaleId, OrderId, ProductId, RefundId, SellerId, Sku, WarehouseId};
use souk_domain::order::{CarrierId, ParcelNumber};
use souk_runtime::http::{
    FieldError,
    description::{GatewayMessage, ProblemDocument},
};
use souk_search::Sort;
use utoipa::ToSchema;

/// A reference to a type.
pub fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// The types of parameters, and those that are spoken of where the document is completed.
pub fn common() -> Map<String, Value> {
    fn of<T: ToSchema>() -> (String, Value) {
        (T::name().into_owned(), serde_json::to_value(T::schema()).unwrap())
    }
    let ids = [
        of::<CarrierId>(),
        of::<CategoryId>(),
        of::<CheckoutId>(),
        of::<IntentId>(),
        of::<OrderId>(),
        of::<ParcelNumber>(),
        of::<ProductId>(),
        of::<RefundId>(),
        of::<FlashSaleId>(),
        of::<SellerId>(),
        of::<Sku>(),
        of::<Sort>(),
        of::<WarehouseId>(),
    ];
    let answers = [of::<ProblemDocument>(), of::<FieldError>(), of::<GatewayMessage>()];
    ids.into_iter().chain(answers).collect()
}

/// Adds types to those that are known. A name is one type.
pub fn gather(known: &mut Map<String, Value>, more: Map<String, Value>) {
    for (name, schema) in more {
        match known.get(&name) {
            Some(there) => assert_eq!(*there, schema, "two types are called {name}"),
            None => {
                known.insert(name, schema);
            }
        }
    }
}

/// Makes one object of a type and those that are flattened into it: each part by itself says which members
/// there are, so together they would allow none.
pub fn flatten(schemas: &mut Map<String, Value>) {
    let names: Vec<String> = schemas.keys().cloned().collect();
    for name in names {
        let Some(parts) = schemas[&name].get("allOf").and_then(Value::as_array).cloned() else { continue };
        let Some(parts) = parts.iter().map(|part| object(schemas, part)).collect::<Option<Vec<_>>>() else { continue };
        let (mut properties, mut required) = (Map::new(), Vec::new());
        for part in parts {
            properties.extend(part["properties"].as_object().cloned().unwrap_or_default());
            required.extend(part["required"].as_array().cloned().unwrap_or_default());
        }
        let mut whole = json!({ "type": "object", "properties": properties, "required": required });
        if let Some(description) = schemas[&name].get("description") {
            whole["description"] = description.clone();
        }
        schemas.insert(name, whole);
    }
}

/// A part, if it is an object.
fn object(schemas: &Map<String, Value>, part: &Value) -> Option<Value> {
    let part = match part["$ref"].as_str() {
        Some(reference) => schemas.get(reference.rsplit('/').next()?)?,
        None => part,
    };
    part.get("properties").is_some().then(|| part.clone())
}

#[test]
fn every_reference_leads_somewhere() {
    let document = super::document::document();
    let mut open = vec![&document];
    while let Some(value) = open.pop() {
        match value {
            Value::Object(map) => {
                if let Some(reference) = map.get("$ref").and_then(Value::as_str) {
                    let there = document.pointer(reference.trim_start_matches('#'));
                    assert!(there.is_some(), "{reference} leads nowhere");
                }
                open.extend(map.values());
            }
            Value::Array(items) => open.extend(items),
            _ => {}
        }
    }
}

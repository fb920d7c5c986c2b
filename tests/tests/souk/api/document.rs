//! The one description of both worlds: the functions' own, and what holds for all of them.

use serde_json::{Map, Value, json};
use souk_runtime::http::{MAX_BODY_BYTES, MAX_JSON_DEPTH, MAX_TARGET_BYTES, ROWS_MAX, ROWS_MAX_BYTES};
use utoipa::OpenApi as _;

use super::{assert_written, refusals, schemas};

const METHODS: [&str; 5] = ["get", "post", "put", "delete", "patch"];

/// The contexts: a heading, what stands below it, and the descriptions of the functions.
fn contexts() -> Vec<(&'static str, &'static str, utoipa::openapi::OpenApi)> {
    vec![
        ("Browsing", "Products, categories, search.", souk_fn_search::Description::openapi()),
        ("Cart", "The cart of a guest or a user.", souk_fn_cart::Description::openapi()),
        ("Orders", "Checkouts and orders.", souk_fn_orders::Description::openapi()),
        (
            "Flash sales",
            "Waiting room, claims, and what operators do with a sale.",
            souk_fn_flash_sales::Description::openapi(),
        ),
        (
            "Catalogue",
            "Products, categories, collections and sellers, as operators keep them.",
            souk_fn_catalog::Description::openapi(),
        ),
        ("Pictures", "Pictures of products, as operators send them.", souk_fn_pictures::Description::openapi()),
        ("Prices", "Prices, as operators set them.", souk_fn_pricing::Description::openapi()),
        ("Stock", "What warehouses hold, and why.", souk_fn_inventory::Description::openapi()),
        (
            "Fulfilment",
            "What warehouses pick, pack, ship and deliver, and what carriers tell.",
            souk_fn_fulfilment::Description::openapi(),
        ),
        ("Payments", "What the payment gateway tells.", souk_fn_payments::Description::openapi()),
        ("Messages", "What shoppers are told by mail.", souk_fn_notifications::Description::openapi()),
        ("Webhooks", "What subscribers outside are told.", souk_fn_webhooks::Description::openapi()),
        ("The API", "The API about itself.", souk_fn_fallback::Description::openapi()),
    ]
}

/// An operation of the document.
#[derive(Debug)]
pub struct Operation {
    pub method: String,
    pub path: String,
    pub value: Value,
}

impl Operation {
    /// `GET /cart`
    pub fn route(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// A path of it, with ids that are none of anything.
    pub fn path_of_nothing(&self) -> String {
        let id = |part: &str| match part {
            "{checkout_id}" => "chk_00000000000000000000000000000000".to_owned(),
            "{intent_id}" => "int_00000000000000000000000000000000_0".to_owned(),
            "{order_id}" => "ord_00000000000000000000000000000000".to_owned(),
            "{webhook_id}" => "whk_00000000000000000000000000000000".to_owned(),
            "{event_id}" => "evt_00000000000000000000000000000000".to_owned(),
            "{parcel}" => "1".to_owned(),
            "{picture_id}" => "pic_00000000000000000000000000000000".to_owned(),
            "{refund_id}" => "ref_00000000000000000000000000000000".to_owned(),
            part if part.starts_with('{') => "nobody-has-this".to_owned(),
            part => part.to_owned(),
        };
        self.path.split('/').map(id).collect::<Vec<_>>().join("/")
    }

    /// The alternatives of who may ask: the schemes that are needed together, and the roles of the user.
    pub fn alternatives(&self) -> Vec<Vec<(String, Vec<String>)>> {
        let texts =
            |roles: &Value| roles.as_array().unwrap().iter().map(|role| role.as_str().unwrap().into()).collect();
        let alternatives = self.value["security"].as_array().into_iter().flatten();
        alternatives
            .map(|needed| {
                needed.as_object().unwrap().iter().map(|(name, roles)| (name.clone(), texts(roles))).collect()
            })
            .collect()
    }
}

/// All operations, by heading, path and method.
pub fn operations(document: &Value) -> Vec<Operation> {
    let paths = document["paths"].as_object().unwrap();
    let of = |(path, item): (&String, &Value)| {
        let item = item.as_object().unwrap().clone();
        let path = path.clone();
        item.into_iter().map(move |(method, value)| Operation {
            method: method.to_uppercase(),
            path: path.clone(),
            value,
        })
    };
    paths.iter().flat_map(of).collect()
}

/// What a reference leads to, or the value itself.
pub fn followed<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    match value["$ref"].as_str() {
        Some(reference) => document.pointer(reference.trim_start_matches('#')).unwrap_or(&Value::Null),
        None => value,
    }
}

/// The document.
pub fn document() -> Value {
    let (mut paths, mut types, mut refusals, mut tags) = (Map::new(), Map::new(), Map::new(), Vec::new());
    for (tag, about, description) in contexts() {
        let Value::Object(mut described) = serde_json::to_value(&description).unwrap() else { panic!("{tag}") };
        for (path, item) in as_map(described.remove("paths")) {
            for (method, mut operation) in as_map(Some(item)) {
                assert!(METHODS.contains(&method.as_str()), "{method} {path}");
                complete(&method, &path, &mut operation, tag, &mut refusals);
                let item = paths.entry(path.clone()).or_insert_with(|| json!({}));
                assert!(item.get(&method).is_none(), "{method} {path} is described twice");
                item[method] = operation;
            }
        }
        let schemas = described.remove("components").and_then(|mut of| of.as_object_mut()?.remove("schemas"));
        schemas::gather(&mut types, as_map(schemas));
        tags.push(json!({ "name": tag, "description": about }));
    }
    schemas::gather(&mut types, schemas::common());
    schemas::flatten(&mut types);
    sorted(json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Souk",
            "version": env!("CARGO_PKG_VERSION"),
            "description": about(),
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "servers": [{ "url": "/" }],
        "tags": tags,
        "paths": paths,
        "components": {
            "schemas": types,
            "responses": refusals,
            "parameters": path_parameters(),
            "securitySchemes": {
                "user": {
                    "type": "http", "scheme": "bearer", "bearerFormat": "JWT",
                    "description": "An access token of the user pool. Roles are groups of the user.",
                },
                "guest": {
                    "type": "apiKey", "in": "cookie", "name": "__Host-souk-guest",
                    "description": "What the first line put into a guest's cart sets.",
                },
                "gateway": {
                    "type": "apiKey", "in": "header", "name": "Stripe-Signature",
                    "description": "Time and HMAC-SHA-256 of the body, made with the shared secret.",
                },
                "carrier": {
                    "type": "apiKey", "in": "header", "name": "Souk-Signature",
                    "description": "`t=<seconds>,v1=<hexadecimal>`: the HMAC-SHA-256 of the time, a point and the body, made with the \
                                    carrier's secret no more than five minutes ago.",
                },
            },
        },
    }))
}

/// What holds of every request.
fn about() -> String {
    let rules = rules().map(|(what, rule)| format!("- {what}: {rule}"));
    format!(
        "A shop. Money is in minor units, times are RFC 3339. Answers may get more fields. Staff have their roles only after \
         signing in with a one-time password.\n\n{}",
        rules.join("\n"),
    )
}

/// What is taken, and how much of it, at every endpoint.
pub fn rules() -> [(&'static str, String); 9] {
    [
        ("Body", "`Content-Type: application/json`, in UTF-8, without `Content-Encoding`; else 415. `Transfer-Encoding: chunked` does no harm.".into()),
        ("Body's size", format!("at most {MAX_BODY_BYTES} bytes, of rows {ROWS_MAX_BYTES} bytes and {ROWS_MAX} rows; else 413, and 400 for too many rows.")),
        ("JSON", format!("no unknown fields, no key twice, no list for an object, whole numbers without point and exponent, at most {MAX_JSON_DEPTH} levels; else 400.")),
        ("Path and query", format!("at most {MAX_TARGET_BYTES} bytes together; else 414. Encoded slashes and dot segments are no ids.")),
        ("Headers", "at most 10,240 bytes with the request's first line: API Gateway takes no more.".into()),
        ("Query", "no unknown parameter where an endpoint has any, none twice, numbers in plain digits (no sign, blank, exponent, or zero in front); else 400.".into()),
        ("If-Match", "`*`, or ETags as answers bear them, weak or strong, also several. A weak one names the same version.".into()),
        ("If-None-Match", "the same, where an endpoint lists it: 304 where the copy is still good. What cannot be read is passed over.".into()),
        ("Methods", "`HEAD` wherever `GET` is; `OPTIONS` everywhere, with `Allow`.".into()),
    ]
}

/// What parameters of paths are: each name is one thing everywhere.
const PATH_PARAMETERS: [(&str, &str); 16] = [
    ("carrier", "CarrierId"),
    ("category_id", "CategoryId"),
    ("checkout_id", "CheckoutId"),
    ("collection_id", "CollectionId"),
    ("event_id", "EventId"),
    ("intent_id", "IntentId"),
    ("order_id", "OrderId"),
    ("parcel", "ParcelNumber"),
    ("picture_id", "PictureId"),
    ("product_id", "ProductId"),
    ("refund_id", "RefundId"),
    ("sale_id", "FlashSaleId"),
    ("seller_id", "SellerId"),
    ("sku", "Sku"),
    ("warehouse_id", "WarehouseId"),
    ("webhook_id", "WebhookId"),
];

fn path_parameters() -> Value {
    let parameter = |(name, schema): (&str, &str)| {
        let of = json!({ "name": name, "in": "path", "required": true, "schema": schemas::reference(schema) });
        (name.to_owned(), of)
    };
    Value::Object(PATH_PARAMETERS.map(parameter).into_iter().collect())
}

/// Adds what needs not be said beside each handler.
fn complete(method: &str, path: &str, operation: &mut Value, tag: &str, shared: &mut Map<String, Value>) {
    operation["tags"] = json!([tag]);
    let mut parameters: Vec<Value> = Vec::new();
    for name in path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')) {
        assert!(PATH_PARAMETERS.iter().any(|(known, _)| *known == name), "{path}: what is {name}?");
        parameters.push(json!({ "$ref": format!("#/components/parameters/{name}") }));
    }
    parameters.extend(operation["parameters"].as_array().cloned().unwrap_or_default());
    if !parameters.is_empty() {
        operation["parameters"] = Value::Array(parameters);
    }
    if parameters_of(operation).any(|parameter| parameter["name"] == "If-None-Match") {
        let headers = operation["responses"]["200"]["headers"].clone();
        operation["responses"]["304"] =
            json!({ "description": "The copy that the client has is still good.", "headers": headers });
    }
    if operation.get("requestBody").is_some() {
        operation["requestBody"]["required"] = true.into();
    }
    for response in operation["responses"].as_object_mut().unwrap().values_mut() {
        for (name, header) in response.get_mut("headers").and_then(Value::as_object_mut).into_iter().flatten() {
            header["description"] = about_header(name).into();
        }
    }
    refusals::complete(&format!("{} {path}", method.to_uppercase()), operation, shared);
}

pub fn parameters_of(operation: &Value) -> impl Iterator<Item = &Value> {
    operation["parameters"].as_array().into_iter().flatten()
}

pub fn about_header(name: &str) -> &'static str {
    match name {
        "Allow" => "The methods that the path takes.",
        "Cache-Control" => "How long a copy is good.",
        "ETag" => "For `If-None-Match`. Of what can be changed it is the version, for `If-Match` too.",
        "Location" => "Where what was made can be read.",
        "Retry-After" => "After how many seconds to ask again.",
        "Set-Cookie" => "The guest's cookie, given or taken away; absent for a user without one.",
        "WWW-Authenticate" => "`Bearer`.",
        other => panic!("what is the header {other}?"),
    }
}

fn as_map(value: Option<Value>) -> Map<String, Value> {
    match value {
        Some(Value::Object(map)) => map,
        None | Some(Value::Null) => Map::new(),
        other => panic!("{other:?} is no object"),
    }
}

/// The same, in an order that does not depend on how `serde_json` was built.
pub fn sorted(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let mut members: Vec<_> = map.into_iter().map(|(name, value)| (name, sorted(value))).collect();
            members.sort_by(|(a, _), (b, _)| a.cmp(b));
            Value::Object(members.into_iter().collect())
        }
        Value::Array(items) => items.into_iter().map(sorted).collect(),
        other => other,
    }
}

#[test]
fn docs_openapi_json_is_what_the_handlers_say() {
    assert_written("docs/openapi.json", &(serde_json::to_string_pretty(&document()).unwrap() + "\n"));
}

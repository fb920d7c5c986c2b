//! The registry of the deployment and the page for people, made from the kinds.

use std::fmt::Write as _;

use serde_json::Value;

use super::kinds::Kind;

/// `OrderPlacedSchema` of `souk.orders@OrderPlaced`, `WebhookOrderPlacedSchema` of `souk.webhooks@order.placed`.
fn logical_id(name: &str) -> String {
    let (source, kind) = name.split_once('@').unwrap();
    let words = kind.split(['.', '_']).map(|word| word[..1].to_uppercase() + &word[1..]);
    let world = if source == "souk.webhooks" { "Webhook" } else { "" };
    format!("{world}{}Schema", words.collect::<String>())
}

/// A text of YAML on one line.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// The template of the registry.
pub fn template(kinds: &[Kind]) -> String {
    let mut text = String::from(
        "# Made from the types in events/; `UPDATE=1 cargo test --workspace --test souk -- api::events` writes it.\n\
         AWSTemplateFormatVersion: '2010-09-09'\n\
         Description: What Souk tells others, registered - a JSON schema for each event of the bus and each webhook.\n\n\
         Resources:\n  \
           Registry:\n    \
             Type: AWS::EventSchemas::Registry\n    \
             Properties:\n      \
               RegistryName: !Sub '${AWS::StackName}'\n      \
               Description: Events of the bus, and the bodies of webhooks.\n",
    );
    for Kind { name, version, about, schema, .. } in kinds {
        let content = serde_json::to_string(schema).unwrap();
        write!(
            text,
            "\n  {}:\n    Type: AWS::EventSchemas::Schema\n    Properties:\n      RegistryName: !GetAtt Registry.RegistryName\n      \
             SchemaName: {name}\n      Type: JSONSchemaDraft4\n      Description: {}\n      Content: {}\n",
            logical_id(name),
            quoted(&format!("Version {version}. {about}")),
            quoted(&content),
        )
        .unwrap();
    }
    text
}

/// The page for people.
pub fn page(kinds: &[Kind]) -> String {
    let mut page = String::from(
        "# Events\n\n\
         <!-- Made from events/src/published.rs and the types; a test compares. -->\n\n\
         What the shop tells others: on the bus, in EventBridge's envelope, with `source` and `detail-type`; and by webhooks, to\n\
         subscribers outside, as `type`, `id`, `timestamp` and `data` (`POST /admin/webhooks` in [the API](api.md)). Events come at\n\
         least once and in any order: an order's bear its `version`, a webhook its `id`. What a version may change stands in\n\
         [CONTRIBUTING.md](../CONTRIBUTING.md#versions-of-events); events of every version are in `events/samples/`, and a deployment\n\
         registers the present schemas ([infra/event-schemas.yaml](../infra/event-schemas.yaml)).\n",
    );
    for (heading, is_webhook) in [("On the bus", false), ("By webhooks", true)] {
        write!(page, "\n## {heading}\n\n| event | version | what has happened | what is told |\n|---|---|---|---|\n")
            .unwrap();
        for kind in kinds.iter().filter(|kind| kind.name.starts_with("souk.webhooks@") == is_webhook) {
            let (name, version) = (&kind.name, kind.version);
            let link = format!("[`{}`](../events/schemas/{name}.{version}.json)", shown(name));
            writeln!(page, "| {link} | {version} | {} | {} |", kind.about, told(&kind.schema)).unwrap();
        }
    }
    page
}

fn shown(name: &str) -> &str {
    name.strip_prefix("souk.webhooks@").unwrap_or(name)
}

/// The members of what is told; those that may be absent say so.
fn told(schema: &Value) -> String {
    let told = ["detail", "data"].into_iter().find_map(|name| schema["properties"][name]["$ref"].as_str()).unwrap();
    let told = schema.pointer(told.trim_start_matches('#')).unwrap();
    let required: Vec<&str> = told["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let members = told["properties"].as_object().unwrap().keys();
    let text = members.map(|name| match required.contains(&name.as_str()) {
        true => format!("`{name}`"),
        false => format!("`{name}` (optional)"),
    });
    text.collect::<Vec<_>>().join(", ")
}

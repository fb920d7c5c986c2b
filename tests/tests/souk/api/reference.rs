//! The description as a page for people.

use std::fmt::Write as _;

use serde_json::Value;

use super::{
    assert_written,
    document::{Operation, document, followed, operations, rules},
    refusals::of_name,
};

#[test]
fn docs_api_md_is_made_from_the_description() {
    assert_written("docs/api.md", &page(&document()));
}

fn page(document: &Value) -> String {
    let mut page = String::from(
        "# The API\n\n\
         <!-- Made from the descriptions beside the handlers; a test compares. -->\n\n\
         Bodies are JSON. What is refused is a [problem](problems.md). Any request can be refused with 401 (`unauthorized`, for\n\
         a token that is not good or is sent twice), 403 (`not-through-the-edge`), 414 (`target-too-long`), 429, 500 (`internal`) and 503 (`try-again`);\n\
         these stand in [openapi.json](openapi.json) and not below. The same document is served at `GET /openapi.json`.\n",
    );
    page += "\n## Every request\n\n| what | what is taken |\n|---|---|\n";
    for (what, rule) in rules() {
        writeln!(page, "| {what} | {rule} |").unwrap();
    }
    let operations = operations(document);
    for tag in document["tags"].as_array().unwrap() {
        write!(page, "\n## {}\n\n{}\n", text(&tag["name"]), text(&tag["description"])).unwrap();
        for operation in operations.iter().filter(|operation| operation.value["tags"][0] == tag["name"]) {
            write_operation(&mut page, document, operation);
        }
    }
    page += "\n## Types\n";
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        write_schema(&mut page, name, schema);
    }
    page
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// One line of a table or a list.
fn line(value: &Value) -> String {
    text(value).split_whitespace().collect::<Vec<_>>().join(" ")
}

fn write_operation(page: &mut String, document: &Value, operation: &Operation) {
    let Operation { method, path, value } = operation;
    let about = [line(&value["summary"]), line(&value["description"])].join(" ");
    write!(page, "\n### `{method} {path}`\n\n{}\n\n- For: {}\n", about.trim(), who(operation)).unwrap();
    for parameter in value["parameters"].as_array().into_iter().flatten() {
        // What is in the path is its type's business.
        if parameter.get("$ref").is_none() {
            let needed = if parameter["required"] == true { "" } else { ", optional" };
            let (name, place) = (text(&parameter["name"]), text(&parameter["in"]));
            let about = line(&parameter["description"]);
            writeln!(page, "- {place} `{name}` ({}{needed}): {about}", type_of(&parameter["schema"])).unwrap();
        }
    }
    if let Some(body) = value["requestBody"]["content"].as_object() {
        let types: Vec<_> = body.values().map(|media| type_of(&media["schema"])).collect();
        writeln!(page, "- Body: {}", types.join(" or ")).unwrap();
    }
    let mut refusals = Vec::new();
    for (status, response) in value["responses"].as_object().unwrap() {
        let response = followed(document, response);
        let kinds = kinds(response).into_iter().filter(|kind| !EVERYWHERE.contains(kind));
        refusals.extend(kinds.map(|kind| format!("{status} [`{kind}`](problems.md#{kind})")));
        if status.starts_with(['2', '3']) {
            let body = &response["content"]["application/json"]["schema"];
            let body = if body.is_null() { String::new() } else { format!(" {}", type_of(body)) };
            let headers = response["headers"].as_object();
            let headers: Vec<_> = headers.into_iter().flatten().map(|(name, _)| format!("`{name}`")).collect();
            let headers = if headers.is_empty() { String::new() } else { format!(" Headers: {}.", headers.join(", ")) };
            writeln!(page, "- **{status}**{body}: {}{headers}", line(&response["description"])).unwrap();
        }
    }
    if !refusals.is_empty() {
        writeln!(page, "- Refused: {}", refusals.join(", ")).unwrap();
    }
}

const EVERYWHERE: [&str; 5] = ["unauthorized", "not-through-the-edge", "target-too-long", "internal", "try-again"];

/// The names of a response's problem types.
fn kinds(response: &Value) -> Vec<&'static str> {
    let types = &response["content"]["application/problem+json"]["schema"]["allOf"][1]["properties"]["type"]["enum"];
    let names = types.as_array().into_iter().flatten().map(|uri| text(uri).rsplit('/').next().unwrap());
    names.map(|name| of_name(name).name).collect()
}

fn who(operation: &Operation) -> String {
    let mut who: Vec<String> = operation
        .alternatives()
        .iter()
        .map(|needed| {
            let each = needed.iter().map(|(scheme, roles)| match (scheme.as_str(), roles.as_slice()) {
                ("user", []) => "a user".to_owned(),
                ("user", roles) => roles.join(" and "),
                ("guest", _) => "a guest's cookie".to_owned(),
                ("gateway", _) => "the payment gateway, by its signature".to_owned(),
                ("carrier", _) => "a carrier, by its signature".to_owned(),
                (other, _) => panic!("who is {other}?"),
            });
            each.collect::<Vec<_>>().join(" with ")
        })
        .map(|who| if who.is_empty() { "all".to_owned() } else { who })
        .collect();
    // A guest gets the cookie by the first line; so whoever has none may ask as well.
    if who.len() > 1 && who[0] == "all" {
        who.remove(0);
        who.insert(0, "a guest".to_owned());
        who.retain(|one| one != "a guest's cookie");
    }
    who.join(", or ")
}

/// A type in a few words.
fn type_of(schema: &Value) -> String {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.rsplit('/').next().unwrap();
        return format!("[{name}](#{})", name.to_lowercase());
    }
    for several in ["oneOf", "anyOf", "allOf"] {
        if let Some(parts) = schema[several].as_array() {
            let parts: Vec<_> = parts.iter().map(type_of).collect();
            return parts.join(if several == "allOf" { " and " } else { " or " });
        }
    }
    if let Some(values) = schema["enum"].as_array() {
        return values.iter().map(|value| format!("`{}`", text(value))).collect::<Vec<_>>().join(", ");
    }
    let names: Vec<&str> = match &schema["type"] {
        Value::String(name) => vec![name],
        Value::Array(names) => names.iter().map(text).collect(),
        _ => vec!["anything"],
    };
    let each = names.into_iter().map(|name| match name {
        "array" => format!("array of {}", type_of(&schema["items"])),
        "integer" | "number" => name.to_owned() + &range(schema),
        "string" => schema["format"].as_str().map_or_else(|| "string".to_owned(), str::to_owned),
        other => other.to_owned(),
    });
    each.collect::<Vec<_>>().join(" or ")
}

fn range(schema: &Value) -> String {
    match (&schema["minimum"], &schema["maximum"]) {
        (Value::Null, Value::Null) => String::new(),
        (least, Value::Null) => format!(" from {least}"),
        (Value::Null, most) => format!(" to {most}"),
        (least, most) => format!(" {least}–{most}"),
    }
}

fn write_schema(page: &mut String, name: &str, schema: &Value) {
    write!(page, "\n### {name}\n\n").unwrap();
    let about = line(&schema["description"]);
    if !about.is_empty() {
        write!(page, "{about}\n\n").unwrap();
    }
    let Some(fields) = schema["properties"].as_object() else {
        let pattern = schema["pattern"].as_str().map(|pattern| format!(" `{pattern}`")).unwrap_or_default();
        writeln!(page, "{}{pattern}", type_of(schema)).unwrap();
        return;
    };
    let required: Vec<_> = schema["required"].as_array().into_iter().flatten().map(text).collect();
    *page += "| field | type | about |\n|---|---|---|\n";
    for (field, of) in fields {
        let optional = if required.contains(&field.as_str()) { "" } else { " (optional)" };
        writeln!(page, "| `{field}`{optional} | {} | {} |", type_of(of), line(&of["description"])).unwrap();
    }
}

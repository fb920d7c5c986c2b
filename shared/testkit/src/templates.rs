//! What the deployment's templates declare, read from the repository. Tests have no other schema.

use std::{collections::BTreeSet, fs, path::Path};

use serde_json::{Value as Json, json};
use serde_yaml_ng::Value;

/// A table as its template declares it.
#[derive(Debug, Clone)]
pub struct Table {
    /// Its name in the template, such as `OrdersTable`.
    pub logical_id: String,
    /// The variable by which functions know it, such as `ORDERS_TABLE`.
    pub variable: String,
    /// The attributes of its key: partition, and sort where there is one.
    pub key: Vec<String>,
    properties: Value,
}

impl Table {
    /// The `CreateTable` request that makes it under this name, its indexes with their projections.
    pub fn create_request(&self, name: &str) -> Json {
        let mut request = json!({ "TableName": name });
        for property in ["BillingMode", "AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes"] {
            if let Some(declared) = self.properties.get(property) {
                request[property] =
                    serde_json::to_value(declared).unwrap_or_else(|error| panic!("{}: {error}", self.logical_id));
            }
        }
        request
    }
}

/// The tables of a world (`discovery`, `transactions`).
///
/// # Panics
/// Where its templates cannot be read, or no function knows a table by one variable.
pub fn tables(world: &str) -> Vec<Table> {
    let documents = read_with_nested(world);
    let declared = resources(&documents[0], "AWS::DynamoDB::Table");
    let table = |(logical_id, properties): (&str, &Value)| Table {
        logical_id: logical_id.to_owned(),
        variable: variable_of(logical_id, &documents),
        key: sequence(&properties["KeySchema"]).iter().map(|part| text(&part["AttributeName"]).to_owned()).collect(),
        properties: properties.clone(),
    };
    declared.into_iter().map(table).collect()
}

/// The template of this name (`edge`, `transactions/cart`).
///
/// # Panics
/// Where it cannot be read.
pub fn read(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../infra").join(format!("{name}.yaml"));
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_yaml_ng::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// A template and those nested in it.
///
/// # Panics
/// Where one cannot be read.
pub fn read_with_nested(name: &str) -> Vec<Value> {
    let document = read(name);
    // A location is seen from the template that names it.
    let folder = Path::new(name).parent().unwrap_or(Path::new(""));
    let nested: Vec<Value> = resources(&document, "AWS::Serverless::Application")
        .into_iter()
        .map(|(_, nest)| folder.join(text(&nest["Location"]).trim_end_matches(".yaml")))
        .flat_map(|nested| read_with_nested(&nested.display().to_string()))
        .collect();
    [document].into_iter().chain(nested).collect()
}

/// `(logical id, properties)` of a template's resources of a type, without those that a loop makes.
pub fn resources<'a>(document: &'a Value, kind: &str) -> Vec<(&'a str, &'a Value)> {
    let all = document["Resources"].as_mapping().into_iter().flatten();
    let of_kind = all.filter(|(_, resource)| resource["Type"] == kind);
    of_kind.map(|(id, resource)| (text(id), &resource["Properties"])).collect()
}

/// The one name under which the functions' environments hold a table.
fn variable_of(table: &str, documents: &[Value]) -> String {
    let functions = documents.iter().flat_map(|document| resources(document, "AWS::Serverless::Function"));
    let variables = functions.flat_map(|(_, function)| function["Environment"]["Variables"].as_mapping());
    let names: BTreeSet<&str> = variables
        .flatten()
        .filter(|(_, value)| matches!(value, Value::Tagged(reference) if reference.value == table))
        .map(|(name, _)| text(name))
        .collect();
    let mut names = names.into_iter();
    match (names.next(), names.next()) {
        (Some(name), None) => name.to_owned(),
        found => panic!("{table} is known as {found:?}"),
    }
}

fn sequence(value: &Value) -> &[Value] {
    value.as_sequence().map(Vec::as_slice).unwrap_or_default()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text: {value:?}"))
}

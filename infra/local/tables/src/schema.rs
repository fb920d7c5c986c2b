//! What is known of the tables: from the requests that define them.

use std::collections::HashMap;

use serde_json::Value;

/// A table as far as it matters here.
#[derive(Debug, Clone, Default)]
pub struct Table {
    /// The names of the key's attributes.
    pub key: Vec<String>,
    /// Whether it has a stream.
    pub is_followed: bool,
    /// The attribute with the end of an item's life, in seconds since 1970.
    pub expires_by: Option<String>,
}

/// The tables by name.
#[derive(Debug, Default)]
pub struct Schema(pub HashMap<String, Table>);

/// Whether an update asks for something that is the database's to do.
#[must_use]
pub fn is_empty_update(operation: &str, rest: &Value) -> bool {
    let asks = |name: &String| name != "TableName" && name != "AttributeDefinitions";
    operation == "UpdateTable" && !rest.as_object().is_some_and(|rest| rest.keys().any(asks))
}

/// Operations that define tables.
pub const DEFINITIONS: [&str; 4] = ["CreateTable", "UpdateTable", "DeleteTable", "UpdateTimeToLive"];

impl Schema {
    /// Takes a definition over; what is left of it for the database, which keeps no streams.
    pub fn apply(&mut self, operation: &str, mut definition: Value) -> Value {
        let Some(name) = definition["TableName"].as_str().map(str::to_owned) else { return definition };
        if operation == "DeleteTable" {
            self.0.remove(&name);
            return definition;
        }
        let table = self.0.entry(name).or_default();
        if let Some(keys) = definition["KeySchema"].as_array() {
            table.key = keys.iter().filter_map(|key| Some(key["AttributeName"].as_str()?.to_owned())).collect();
        }
        if let Some(stream) = definition.as_object_mut().and_then(|rest| rest.remove("StreamSpecification")) {
            table.is_followed = stream["StreamEnabled"] == true;
        }
        let life = &definition["TimeToLiveSpecification"];
        if life.is_object() {
            let name = life["AttributeName"].as_str().filter(|_| life["Enabled"] == true);
            table.expires_by = name.map(str::to_owned);
        }
        definition
    }
}

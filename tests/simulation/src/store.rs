//! DynamoDB in process: real conditions, transactions and indexes, without a wire.

use dynoxide::{Database, DynoxideError, actions::get_item::GetItemRequest};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::tables::tables;

/// An item in DynamoDB's JSON: `{"version": {"N": "1"}}`.
pub type Item = serde_json::Map<String, Value>;

/// The tables of one schedule.
pub struct Store {
    database: Database,
}

impl Store {
    /// Empty tables.
    ///
    /// # Panics
    /// Where the emulator refuses a table that the template declares.
    pub fn new() -> Self {
        let database = Database::memory().expect("a database in memory");
        for table in tables() {
            database.create_table(read(&table.create_request).expect("a request")).expect("a table");
        }
        Self { database }
    }

    /// Carries out one request of the API; the status and the body of the answer.
    pub fn call(&self, operation: &str, body: &str) -> (u16, String) {
        let answer = self.dispatch(operation, body);
        match answer {
            Ok(body) => (200, body),
            Err(error) => (error.status_code(), error.to_json()),
        }
    }

    fn dispatch(&self, operation: &str, body: &str) -> Result<String, DynoxideError> {
        let db = &self.database;
        match operation {
            "GetItem" => write(&db.get_item(read(body)?)?),
            "BatchGetItem" => write(&db.batch_get_item(read(body)?)?),
            "Query" => write(&db.query(read(body)?)?),
            "Scan" => write(&db.scan(read(body)?)?),
            "PutItem" => write(&db.put_item(read(body)?)?),
            "UpdateItem" => write(&db.update_item(read(body)?)?),
            "DeleteItem" => write(&db.delete_item(read(body)?)?),
            "TransactWriteItems" => write(&db.transact_write_items(read(body)?)?),
            other => Err(DynoxideError::SerializationException(format!("{other} is not simulated"))),
        }
    }

    /// One item as it stands.
    ///
    /// # Panics
    /// Where the table does not exist.
    pub fn item(&self, table: &str, key: &Value) -> Option<Item> {
        let request: GetItemRequest =
            read(&json!({"TableName": table, "Key": key, "ConsistentRead": true}).to_string()).expect("a key");
        let answer = self.database.get_item(request).expect("an answer");
        let answer = serde_json::to_value(&answer).expect("JSON");
        answer.get("Item").and_then(Value::as_object).cloned()
    }
}

fn read<T: DeserializeOwned>(body: &str) -> Result<T, DynoxideError> {
    serde_json::from_str(body).map_err(|error| DynoxideError::SerializationException(error.to_string()))
}

fn write<T: serde::Serialize>(answer: &T) -> Result<String, DynoxideError> {
    serde_json::to_string(answer).map_err(|error| DynoxideError::InternalServerError(error.to_string()))
}

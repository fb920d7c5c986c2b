//! Which items a request may write.

use serde_json::{Map, Value};

use crate::schema::Schema;

/// A request that is read only as far as it is needed here; dynoxide judges it.
type Request = Map<String, Value>;

/// An item that a request may write.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// The table's name.
    pub table: String,
    /// The item's key.
    pub key: Value,
}

/// The items that an operation may write, of the tables whose streams somebody follows.
#[must_use]
pub fn targets(operation: &str, request: &Value, schema: &Schema) -> Vec<Target> {
    let Some(request) = request.as_object() else { return Vec::new() };
    match operation {
        "PutItem" | "UpdateItem" | "DeleteItem" => target(table_of(request), request, schema).into_iter().collect(),
        "TransactWriteItems" => entries(request.get("TransactItems"))
            .filter_map(|entry| ["Put", "Update", "Delete"].iter().find_map(|action| entry.get(*action)?.as_object()))
            .filter_map(|write| target(table_of(write), write, schema))
            .collect(),
        "BatchWriteItem" => request
            .get("RequestItems")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
            .flat_map(|(table, writes)| entries(Some(writes)).map(move |write| (table, write)))
            .filter_map(|(table, write)| {
                let write =
                    ["PutRequest", "DeleteRequest"].iter().find_map(|action| write.get(*action)?.as_object())?;
                target(Some(table), write, schema)
            })
            .collect(),
        _ => Vec::new(),
    }
}

fn entries(list: Option<&Value>) -> impl Iterator<Item = &Request> {
    list.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object)
}

fn table_of(write: &Request) -> Option<&str> {
    write.get("TableName")?.as_str()
}

fn target(table: Option<&str>, write: &Request, schema: &Schema) -> Option<Target> {
    let table = table?;
    let known = schema.0.get(table).filter(|known| known.is_followed)?;
    let key = match write.get("Key") {
        Some(key) => key.clone(),
        None => {
            let item = write.get("Item")?.as_object()?;
            known
                .key
                .iter()
                .map(|name| Some((name.clone(), item.get(name)?.clone())))
                .collect::<Option<Map<_, _>>>()?
                .into()
        }
    };
    Some(Target { table: table.to_owned(), key })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_way_to_write_names_its_items() {
        let mut schema = Schema::default();
        let key_schema = json!([{ "AttributeName": "id", "KeyType": "HASH" }]);
        for (table, has_stream) in [("orders", true), ("carts", false)] {
            let stream = json!({ "StreamEnabled": has_stream });
            schema.apply(
                "CreateTable",
                json!({ "TableName": table, "KeySchema": key_schema, "StreamSpecification": stream }),
            );
        }
        let key = json!({ "id": { "S": "1" } });
        let item = json!({ "id": { "S": "1" }, "total": { "N": "5" } });
        let one = vec![Target { table: "orders".into(), key: key.clone() }];
        let put = json!({ "TableName": "orders", "Item": item });
        let update = json!({ "TableName": "orders", "Key": key });
        let unfollowed = json!({ "TableName": "carts", "Key": key });
        for (operation, request) in [
            ("PutItem", put.clone()),
            ("UpdateItem", update.clone()),
            ("DeleteItem", update.clone()),
            ("TransactWriteItems", json!({ "TransactItems": [{ "Put": put }, { "ConditionCheck": update }] })),
            ("TransactWriteItems", json!({ "TransactItems": [{ "Update": update }, { "Delete": unfollowed }] })),
            (
                "BatchWriteItem",
                json!({ "RequestItems": { "orders": [{ "PutRequest": { "Item": item } }], "carts": [] } }),
            ),
            ("BatchWriteItem", json!({ "RequestItems": { "orders": [{ "DeleteRequest": { "Key": key } }] } })),
        ] {
            assert_eq!(targets(operation, &request, &schema), one, "{operation} {request}");
        }
        assert_eq!(targets("UpdateItem", &unfollowed, &schema), []);
        assert_eq!(targets("GetItem", &json!({ "TableName": "orders", "Key": key }), &schema), []);
    }
}

//! Deletes items whose time to live is over; their tables' streams say that DynamoDB itself did.

use std::{
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use serde_json::{Value, json};

use crate::{front::Front, schema::Table, writes::Target};

/// Looks for them again and again.
pub async fn delete_for_ever(front: Arc<Front>, round: Duration) {
    loop {
        tokio::time::sleep(round).await;
        for (name, table) in front.tables() {
            if let Some(attribute) = &table.expires_by {
                delete_expired(&front, &name, &table, attribute).await;
            }
        }
    }
}

async fn delete_expired(front: &Front, name: &str, table: &Table, attribute: &str) {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs().to_string();
    let expired = json!({
        "TableName": name,
        "ExpressionAttributeNames": { "#ends": attribute },
        "ExpressionAttributeValues": { ":now": { "N": now }, ":first": { "N": "1" } },
    });
    let with = |more: Value| {
        let mut request = expired.clone();
        if let (Some(request), Value::Object(more)) = (request.as_object_mut(), more) {
            request.extend(more);
        }
        request
    };
    let condition = "#ends BETWEEN :first AND :now";
    let mut after = Value::Null;
    loop {
        let mut scan = with(json!({ "FilterExpression": condition, "Limit": 1000 }));
        if after.is_object() {
            scan["ExclusiveStartKey"] = after;
        }
        let Some(page) = serde_json::from_value(scan).ok().and_then(|scan| front.database.scan(scan).ok()) else {
            return;
        };
        let page = serde_json::to_value(page).unwrap_or_default();
        for item in page["Items"].as_array().into_iter().flatten() {
            let key: Value = table.key.iter().map(|name| (name.clone(), item[name].clone())).collect();
            let delete = with(json!({ "Key": key, "ConditionExpression": condition }));
            let target = Target { table: name.to_owned(), key };
            let deleting = async {
                // Refused where the item was given a longer life meanwhile.
                drop(serde_json::from_value(delete).map(|delete| front.database.delete_item(delete)));
            };
            front.write_and_record(&[target], true, deleting).await;
        }
        after = page["LastEvaluatedKey"].clone();
        if !after.is_object() {
            return;
        }
    }
}

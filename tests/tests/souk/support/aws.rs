use aws_sdk_dynamodb::config::{BehaviorVersion, Region};
use serde_json::Value;
use souk_dynamo::Table;

use super::Stack;

impl Stack {
    pub(super) fn tables(&self) -> aws_sdk_dynamodb::Client {
        let config = aws_sdk_dynamodb::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(self.region.clone()))
            .credentials_provider(self.owner())
            .endpoint_url(self.endpoint_of("dynamodb"))
            .build();
        aws_sdk_dynamodb::Client::from_conf(config)
    }

    /// A table of the deployed stack, by its name in the template: for what no endpoint would write.
    pub async fn table(&self, logical_id: &str) -> Table {
        let client = self.tables();
        let tables = client.list_tables().send().await.unwrap();
        let name = tables.table_names().iter().find(|name| name.contains(logical_id));
        let name = name.unwrap_or_else(|| panic!("no table {logical_id}: {tables:?}"));
        Table::new(client, name)
    }

    /// What was set aside and mentions this text.
    pub async fn set_aside(&self, text: &str) -> Vec<Value> {
        let config = aws_sdk_s3::Config::builder()
            .behavior_version(aws_sdk_s3::config::BehaviorVersion::latest())
            .region(aws_sdk_s3::config::Region::new(self.region.clone()))
            .credentials_provider(self.owner())
            .endpoint_url(self.endpoint_of("s3"))
            .build();
        let client = aws_sdk_s3::Client::from_conf(config);
        let listed = client.list_objects_v2().bucket(&self.set_aside_bucket).send().await.unwrap();
        let mut found = Vec::new();
        for key in listed.contents().iter().filter_map(|object| object.key()) {
            let object = client.get_object().bucket(&self.set_aside_bucket).key(key).send().await.unwrap();
            let body = object.body.collect().await.unwrap().to_vec();
            if String::from_utf8_lossy(&body).contains(text) {
                found.push(serde_json::from_slice(&body).unwrap());
            }
        }
        found
    }
}

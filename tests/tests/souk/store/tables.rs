//! A DynamoDB in the process, with a world's tables as its template declares them.

use aws_sdk_dynamodb::{
    Client,
    types::{
        AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection, ProjectionType,
        ScalarAttributeType,
    },
};
use serde_yaml_ng::Value;
use souk_dynamo::Table;

use crate::architecture::Template;

/// Tables that no other test sees.
pub struct Tables {
    client: Client,
}

impl Tables {
    /// Starts a DynamoDB and makes the tables of a world (`discovery`, `transactions`).
    pub async fn of(world: &'static str) -> Self {
        Self::reached_by(souk_testkit::dynamodb::in_process().await.unwrap(), world).await
    }

    /// Makes the tables of a world in the DynamoDB that this client reaches.
    pub async fn reached_by(client: Client, world: &'static str) -> Self {
        let tables = Self { client };
        for (name, properties) in Template::read(world).resources("AWS::DynamoDB::Table") {
            tables.create(name, properties).await;
        }
        tables
    }

    /// The table that the template calls so.
    pub fn table(&self, logical_id: &str) -> Table {
        Table::new(self.client.clone(), logical_id)
    }

    async fn create(&self, name: &str, properties: &Value) {
        let mut call = self
            .client
            .create_table()
            .table_name(name)
            .billing_mode(BillingMode::PayPerRequest)
            .set_key_schema(Some(key_schema(properties)));
        for attribute in sequence(&properties["AttributeDefinitions"]) {
            call = call.attribute_definitions(
                AttributeDefinition::builder()
                    .attribute_name(text(&attribute["AttributeName"]))
                    .attribute_type(ScalarAttributeType::from(text(&attribute["AttributeType"])))
                    .build()
                    .unwrap(),
            );
        }
        for index in sequence(&properties["GlobalSecondaryIndexes"]) {
            let projection = ProjectionType::from(text(&index["Projection"]["ProjectionType"]));
            call = call.global_secondary_indexes(
                GlobalSecondaryIndex::builder()
                    .index_name(text(&index["IndexName"]))
                    .set_key_schema(Some(key_schema(index)))
                    .projection(Projection::builder().projection_type(projection).build())
                    .build()
                    .unwrap(),
            );
        }
        call.send().await.unwrap_or_else(|error| panic!("{name}: {error:?}"));
    }
}

fn key_schema(of: &Value) -> Vec<KeySchemaElement> {
    let element = |key: &Value| {
        KeySchemaElement::builder()
            .attribute_name(text(&key["AttributeName"]))
            .key_type(KeyType::from(text(&key["KeyType"])))
            .build()
            .unwrap()
    };
    sequence(&of["KeySchema"]).iter().map(element).collect()
}

fn sequence(value: &Value) -> &[Value] {
    value.as_sequence().map(Vec::as_slice).unwrap_or_default()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text: {value:?}"))
}

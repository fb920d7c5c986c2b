//! A world's tables in a DynamoDB of the test's own.

use aws_sdk_dynamodb::Client;
use souk_dynamo::Table;

/// Tables that no other test sees.
pub struct Tables {
    client: Client,
}

impl Tables {
    /// Starts a DynamoDB with the tables of a world (`discovery`, `transactions`).
    pub async fn of(world: &str) -> Self {
        Self::reached_by(souk_testkit::dynamodb::with_tables_of(world).await.unwrap())
    }

    /// The tables that this client reaches.
    pub fn reached_by(client: Client) -> Self {
        Self { client }
    }

    /// The table that the template calls so.
    pub fn table(&self, logical_id: &str) -> Table {
        Table::new(self.client.clone(), logical_id)
    }
}

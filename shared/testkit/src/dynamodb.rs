//! A DynamoDB inside the test's own process: conditions, transactions and indexes as AWS has them, at
//! the price of a function call.

use std::io;

use aws_sdk_dynamodb::{
    Client, Config,
    config::{BehaviorVersion, Credentials, Region},
};

use crate::templates;

/// Starts one on a free port of 127.0.0.1 with the tables of a world (`discovery`, `transactions`), each
/// under its name in the template. Nobody else sees them; it ends with the test's runtime.
///
/// # Errors
/// Where no port can be had or the database cannot start.
///
/// # Panics
/// Where the templates cannot be read.
pub async fn with_tables_of(world: &str) -> io::Result<Client> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let endpoint = format!("http://{}", listener.local_addr()?);
    let database = dynoxide::Database::memory().map_err(io::Error::other)?;
    for table in templates::tables(world) {
        let request = serde_json::from_value(table.create_request(&table.logical_id))?;
        database.create_table(request).map_err(io::Error::other)?;
    }
    tokio::spawn(dynoxide::server::serve_on(listener, database));
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .endpoint_url(endpoint)
        .build();
    Ok(Client::from_conf(config))
}

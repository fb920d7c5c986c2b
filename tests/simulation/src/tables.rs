//! The tables that orders and flash sales use, as the template declares them.

use serde_json::{Value, json};

/// One table: its name, its key, and its indexes (each a partition key and a sort key).
#[derive(Debug)]
pub struct TableSpec {
    /// The table's name; the functions get it by their environment.
    pub name: &'static str,
    /// The variable by which functions know it.
    pub variable: &'static str,
    /// Partition key, and sort key where there is one.
    pub key: &'static [&'static str],
    indexes: &'static [Index],
}

#[derive(Debug)]
struct Index {
    name: &'static str,
    partition: &'static str,
    sort: Option<(&'static str, &'static str)>,
}

const fn table(
    name: &'static str,
    variable: &'static str,
    key: &'static [&'static str],
    indexes: &'static [Index],
) -> TableSpec {
    TableSpec { name, variable, key, indexes }
}

/// All of them.
pub const TABLES: &[TableSpec] = &[
    table("carts", "CARTS_TABLE", &["owner"], &[]),
    table("prices", "PRICES_TABLE", &["sku"], &[]),
    table("inventory", "INVENTORY_TABLE", &["sku", "warehouse_id"], &[]),
    table(
        "reservations",
        "RESERVATIONS_TABLE",
        &["reservation_id"],
        &[Index { name: "held-index", partition: "held", sort: Some(("expires_at", "N")) }],
    ),
    table("checkouts", "CHECKOUTS_TABLE", &["id"], &[]),
    table(
        "orders",
        "ORDERS_TABLE",
        &["order_id"],
        &[
            Index { name: "by-user", partition: "user_id", sort: Some(("placed", "S")) },
            Index { name: "unsettled", partition: "unsettled", sort: Some(("unsettled_since", "N")) },
        ],
    ),
    table(
        "order-archive",
        "ORDER_ARCHIVE_TABLE",
        &["user_id", "placed"],
        &[Index { name: "by-order", partition: "order_id", sort: None }],
    ),
    table(
        "payments",
        "PAYMENTS_TABLE",
        &["id"],
        &[Index { name: "capturing", partition: "capturing", sort: Some(("capturing_since", "N")) }],
    ),
    table("sales", "SALES_TABLE", &["sale_id", "part"], &[]),
    table("sale-shards", "SALE_SHARDS_TABLE", &["shard"], &[]),
];

/// The table of this name.
///
/// # Panics
/// Where there is none: a function asked for a table that it was not given.
pub fn spec(name: &str) -> &'static TableSpec {
    TABLES.iter().find(|table| table.name == name).unwrap_or_else(|| panic!("no table is called {name}"))
}

impl TableSpec {
    /// The `CreateTable` request.
    pub fn create_request(&self) -> Value {
        let schema = |partition: &str, sort: Option<&str>| {
            let mut keys = vec![json!({"AttributeName": partition, "KeyType": "HASH"})];
            keys.extend(sort.map(|name| json!({"AttributeName": name, "KeyType": "RANGE"})));
            keys
        };
        let mut attributes: Vec<(&str, &str)> = self.key.iter().map(|name| (*name, "S")).collect();
        for index in self.indexes {
            attributes.push((index.partition, "S"));
            attributes.extend(index.sort);
        }
        attributes.sort_unstable();
        attributes.dedup();
        let attributes: Vec<Value> =
            attributes.iter().map(|(name, kind)| json!({"AttributeName": name, "AttributeType": kind})).collect();
        let mut request = json!({
            "TableName": self.name,
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": attributes,
            "KeySchema": schema(self.key[0], self.key.get(1).copied()),
        });
        if !self.indexes.is_empty() {
            let index = |index: &Index| {
                json!({
                    "IndexName": index.name,
                    "KeySchema": schema(index.partition, index.sort.map(|(name, _)| name)),
                    "Projection": {"ProjectionType": "ALL"},
                })
            };
            request["GlobalSecondaryIndexes"] = self.indexes.iter().map(index).collect();
        }
        request
    }
}

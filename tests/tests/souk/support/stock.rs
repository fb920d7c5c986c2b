use serde_json::{Value, json};

use super::Api;

/// A name that no other test uses.
pub fn fresh(prefix: &str) -> String {
    format!("{prefix}-{}", uuid::Uuid::new_v4().simple())
}

/// An address that is good enough to ship to.
pub fn address() -> Value {
    json!({ "name": "Ada Lovelace", "line1": "1 Analytical Row", "city": "London", "postal_code": "N1 9GU", "country": "GB" })
}

/// A SKU of a test's own, priced and in stock in one warehouse.
#[derive(Debug, Clone)]
pub struct Shelf {
    pub sku: String,
    operator: Api,
}

impl Shelf {
    /// Prices a fresh SKU (minor units) and puts this many units into the warehouse `w1`.
    pub async fn stocked(operator: &Api, price: i64, units: u32) -> Self {
        let sku = fresh("sku");
        operator
            .put(&format!("/admin/prices/{sku}"), json!({ "price": { "amount": price, "currency": "USD" } }))
            .await
            .expect(201);
        operator.put(&format!("/admin/inventory/{sku}/w1"), json!({ "quantity": units })).await.expect(201);
        Self { sku, operator: operator.clone() }
    }

    /// Puts so many units into another warehouse, too.
    pub async fn also_in(&self, warehouse_id: &str, units: u32) {
        let path = format!("/admin/inventory/{}/{warehouse_id}", self.sku);
        self.operator.put(&path, json!({ "quantity": units })).await.expect(201);
    }

    /// `(quantity, reserved, available)` over all warehouses.
    pub async fn numbers(&self) -> (i64, i64, i64) {
        let reply = self.operator.get(&format!("/admin/inventory/{}", self.sku)).await.expect(200);
        let rows = reply.body["rows"].as_array().unwrap().clone();
        let sum = |field: &str| rows.iter().map(|row| row[field].as_i64().unwrap()).sum();
        (sum("quantity"), sum("reserved_quantity"), sum("available"))
    }
}

use std::time::Duration;

use serde_json::{Value, json};

use super::{Api, Reply, eventually, fresh};

/// What a change of the catalog may take until it is seen, at the very most.
pub const PROJECTION: Duration = Duration::from_secs(30);

/// A category and a seller of a test's own, and products in them.
#[derive(Debug, Clone)]
pub struct Shop {
    pub category_id: String,
    pub seller_id: String,
    pub operator: Api,
}

impl Shop {
    pub async fn open(operator: &Api) -> Self {
        let (category_id, seller_id) = (fresh("cat"), fresh("sel"));
        operator.put(&format!("/admin/categories/{category_id}"), json!({ "name": "Backpacks" })).await.expect(201);
        operator.put(&format!("/admin/sellers/{seller_id}"), json!({ "name": "Harbour & Hide" })).await.expect(201);
        Self { category_id, seller_id, operator: operator.clone() }
    }

    /// The body of a product of this shop.
    pub fn product(&self, title: &str, skus: &[&str]) -> Value {
        let variants: Vec<_> = skus.iter().map(|sku| json!({ "sku": sku })).collect();
        json!({
            "title": title, "description": "Holds what you need.", "category_id": self.category_id,
            "seller_id": self.seller_id, "variants": variants,
        })
    }

    /// Puts a product with one variant of the same name; its id.
    pub async fn list(&self, title: &str) -> String {
        let id = fresh("prod");
        self.operator.put(&admin(&id), self.product(title, &[&id])).await.expect(201);
        id
    }

    /// Changes a product from a version that was seen.
    pub async fn change(&self, id: &str, version: u64, body: Value) -> Reply {
        let etag = format!("\"{version}\"");
        self.operator.send(reqwest::Method::PUT, &admin(id), &[("if-match", &etag)], Some(body)).await
    }

    /// The first hit of a search once it is what was waited for.
    pub async fn found(&self, query: &str, what: &str, is_it: impl Fn(&Value) -> bool) -> Value {
        eventually(what, PROJECTION, || async {
            let reply = self.operator.get(&format!("/search?{query}")).await.expect(200);
            reply.body["hits"].as_array().unwrap().iter().find(|hit| is_it(hit)).cloned()
        })
        .await
    }
}

/// Where operators find a product.
pub fn admin(product_id: &str) -> String {
    format!("/admin/products/{product_id}")
}

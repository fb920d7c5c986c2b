use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::OnceCell;

use super::{Api, Shop, admin, eventually, stack};

/// From the catalog's table over the bus into the prices' table, while many tests do so at once.
const LISTED_WITHIN: Duration = Duration::from_secs(60);

/// A name that no other test uses.
pub fn fresh(prefix: &str) -> String {
    format!("{prefix}-{}", uuid::Uuid::new_v4().simple())
}

/// The order that comes of a checkout: they share their id.
pub fn order_of(checkout_id: &str) -> String {
    checkout_id.replacen("chk_", "ord_", 1)
}

/// An address that is good enough to ship to.
pub fn address() -> Value {
    json!({ "name": "Ada Lovelace", "line1": "1 Analytical Row", "city": "London", "postal_code": "N1 9GU", "country": "GB" })
}

/// The category and the seller of what tests sell and say nothing of, made once.
static BACK_ROOM: OnceCell<(String, String)> = OnceCell::const_new();

/// Makes a product with this one variant. It can be bought once it is priced, in stock, and [known](for_sale).
pub async fn list(operator: &Api, sku: &str) {
    let made = async || {
        let shop = Shop::open(operator).await;
        (shop.category_id, shop.seller_id)
    };
    let (category_id, seller_id) = BACK_ROOM.get_or_init(made).await.clone();
    let shop = Shop { category_id, seller_id, operator: operator.clone() };
    operator.put(&admin(sku), shop.product("Thing", &[sku])).await.expect(201);
}

/// Waits until the prices know that a product has this SKU: nothing else is sold.
pub async fn for_sale(sku: &str) {
    let (guest, item) = (stack().guest(), format!("/cart/items/{sku}"));
    eventually("a product has the SKU", LISTED_WITHIN, || async {
        (guest.put(&item, json!({ "quantity": 1 })).await.status == 200).then_some(())
    })
    .await;
}

/// A SKU of a test's own, priced and in stock in one warehouse.
#[derive(Debug, Clone)]
pub struct Shelf {
    pub sku: String,
    operator: Api,
}

impl Shelf {
    /// Lists and prices a fresh SKU (minor units) and puts this many units into the warehouse `w1`.
    pub async fn stocked(operator: &Api, price: i64, units: u32) -> Self {
        let sku = fresh("sku");
        list(operator, &sku).await;
        operator
            .put(&format!("/admin/prices/{sku}"), json!({ "price": { "amount": price, "currency": "USD" } }))
            .await
            .expect(201);
        operator.put(&format!("/admin/inventory/{sku}/w1"), json!({ "quantity": units })).await.expect(201);
        for_sale(&sku).await;
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

//! What the shop's people do.

use std::rc::Rc;

use serde_json::{Value, json};
use souk_cart::Owner;
use souk_domain::{money::Money, quantity::Quantity};
use souk_fn_fulfilment::{
    admin::{deliver_order, ship_order},
    background::follow_orders,
};
use souk_fn_orders::{
    checkouts::{create_checkout, delete_checkout},
    orders,
};
use souk_pricing::{CatalogFact, Terms};
use souk_runtime::queue::Message;
use souk_wiring::Call;
use uuid::Uuid;

use super::{PRICE, Reply, Shop, WAREHOUSE};
use crate::requests::{address, request};

impl Shop {
    /// The same shop, whose checkouts follow the order protocol's second edition.
    pub fn of_holds(self) -> Self {
        Self { second_edition: true, ..self }
    }

    /// A unit costs something else from now on.
    pub async fn reprice(&self, sku: &str, price: i64) {
        let sku = sku.parse().unwrap();
        let version = self.functions.prices.get(&sku).await.unwrap().map(|priced| priced.version);
        self.functions.prices.set(&sku, Terms::at(Money::usd(price).unwrap()), version).await.map(drop).unwrap();
    }

    /// So many units are counted.
    pub async fn stock(&self, sku: &str, units: u32) {
        self.reprice(sku, PRICE).await;
        let (sku, warehouse) = (sku.parse().unwrap(), WAREHOUSE.parse().unwrap());
        let listed = CatalogFact::Listed { title: "Bag".to_owned(), variant: None };
        self.functions.prices.record_fact(&sku, 1, &listed).await.map(drop).unwrap();
        let by = "operator".parse().unwrap();
        let counted = self.functions.stock.set_quantity((&sku, &warehouse), units, None, &by, self.now()).await;
        counted.map(drop).unwrap();
    }

    /// The shopper puts units into their cart.
    pub async fn put_into_cart(&self, user: &str, sku: &str, units: u32) {
        let owner = Owner::User(user.parse().unwrap());
        let (sku, quantity) = (sku.parse().unwrap(), Quantity::new(units).unwrap());
        self.functions.carts.put(&owner, &sku, quantity, None, self.now()).await.map(drop).unwrap();
    }

    /// The shopper checks out one unit.
    pub fn check_out(&self, user: &str, sku: &str) -> impl Future<Output = Reply> + use<> {
        self.check_out_with(user, &json!({"lines": [{"sku": sku, "quantity": 1}]}))
    }

    /// The shopper checks their whole cart out.
    pub fn check_out_cart(&self, user: &str) -> impl Future<Output = Reply> + use<> {
        self.check_out_with(user, &json!({}))
    }

    fn check_out_with(&self, user: &str, body: &Value) -> impl Future<Output = Reply> + use<> {
        self.checkouts.set(self.checkouts.get() + 1);
        let id = Uuid::from_u128(self.checkouts.get());
        let request = request("POST", "/checkouts").by(user).body(&body.to_string()).build();
        let (deps, edition, now) = (Rc::clone(&self.create_checkout), usize::from(self.second_edition), self.now());
        async move { create_checkout::handle(&deps[edition], request, Call::at(now).making(id)).await.into() }
    }

    /// The shopper gives a checkout up.
    pub async fn give_up(&self, user: &str, checkout: &Reply) {
        let request = request("DELETE", "/checkouts").by(user).path("checkout_id", &checkout.id("checkout_id")).build();
        let deleted = delete_checkout::handle(&self.functions.delete_checkout, request, Call::at(self.now()));
        assert_eq!(Reply::from(deleted.await).status, 204);
    }

    /// The shopper orders what they have checked out, with a good card.
    pub fn place(&self, user: &str, key: &str, checkout: &Reply) -> impl Future<Output = Reply> + use<> {
        self.place_with(user, key, checkout, "pm_card_visa")
    }

    /// The shopper orders with this payment method.
    pub fn place_with(
        &self,
        user: &str,
        key: &str,
        checkout: &Reply,
        method: &str,
    ) -> impl Future<Output = Reply> + use<> {
        let mut body = json!({"checkout_id": checkout.id("checkout_id"), "payment_method": method});
        body["shipping_address"] = Value::Object(address());
        let request = request("POST", "/orders").by(user).header("idempotency-key", key).body(&body.to_string());
        let (request, functions, now) = (request.build(), self.functions, self.now());
        async move { orders::place_order::handle(&functions.place_order, request, Call::at(now)).await.into() }
    }

    /// The shopper names another payment method for their order.
    pub async fn pay_with(&self, user: &str, key: &str, order_id: &str, method: &str) -> Reply {
        let body = json!({"payment_method": method}).to_string();
        let request = request("POST", &format!("/orders/{order_id}/payment")).by(user).path("order_id", order_id);
        let request = request.header("idempotency-key", key).body(&body).build();
        orders::pay_order::handle(&self.functions.pay_order, request, Call::at(self.now())).await.into()
    }

    /// The shopper cancels.
    pub async fn cancel(&self, user: &str, order_id: &str) -> Reply {
        let request = request("POST", "/orders/cancel").by(user).path("order_id", order_id).build();
        orders::cancel_order::handle(&self.functions.cancel_order, request, Call::at(self.now())).await.into()
    }

    /// The warehouse sends the parcel.
    pub fn ship(&self, order_id: &str) -> impl Future<Output = Reply> + use<> {
        let body = json!({"carrier": "c", "tracking_number": "t"}).to_string();
        let request = request("POST", "/ship").by_staff("warehouse").path("order_id", order_id).body(&body).build();
        let (functions, now) = (self.functions, self.now());
        async move { ship_order::handle(&functions.ship_order, request, Call::at(now)).await.into() }
    }

    /// The warehouses' work follows an order, as an event tells of it.
    pub fn follow(&self, order_id: &str) -> impl Future<Output = bool> + use<> {
        let event = json!({"detail-type": "an order's", "detail": {"order_id": order_id}});
        let body = serde_json::from_value(event).unwrap();
        let (functions, call) = (self.functions, Call::at(self.now()));
        let message = Message { body, id: "m".to_owned(), receive_count: 1 };
        async move { follow_orders::handle(&functions.follow_orders, message, call).await.is_ok() }
    }

    /// All parcels have arrived.
    pub async fn arrive(&self, order_id: &str) -> Reply {
        let request = request("POST", "/deliver").by_staff("warehouse").path("order_id", order_id).build();
        deliver_order::handle(&self.functions.deliver_order, request, Call::at(self.now())).await.into()
    }
}

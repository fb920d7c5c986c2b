//! How things stand.

use jiff::Timestamp;
use souk_domain::ids::OrderId;
use souk_fn_orders::background;
use souk_gateway::intent::{Intent, State};
use souk_wiring::Call;

use super::Shop;
use crate::observer::{Image, sku_of};

impl Shop {
    /// The time.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Payments are compared with the gateway, as their schedule does.
    pub async fn reconcile(&self) {
        let call = Call::at(self.now());
        background::reconcile_payments::handle(&self.functions.reconcile_payments, call).await.unwrap();
    }

    /// `quantity`, `reserved_quantity` and `available`, of all rows.
    pub fn units(&self, sku: &str) -> (i64, i64, i64) {
        let rows = self.images("inventory");
        let number = |name: &str| {
            let of_sku = rows.iter().filter(|row| sku_of(row) == sku);
            of_sku.map(|row| row[name].as_i64().unwrap()).sum()
        };
        (number("quantity"), number("reserved_quantity"), number("available"))
    }

    /// The id that an order has by its user and key.
    pub fn order_id(user: &str, key: &str) -> String {
        OrderId::of_request(&user.parse().unwrap(), key).to_string()
    }

    /// How many checkouts there are. What their shoppers have open is counted beside them.
    pub fn checkouts(&self) -> usize {
        let images = self.images("checkouts");
        images.iter().filter(|item| item["id"].as_str().is_some_and(|id| id.starts_with("chk_"))).count()
    }

    /// All orders.
    pub fn orders(&self) -> Vec<Image> {
        self.images("orders")
    }

    /// Every status that the order has had.
    pub fn history(&self, order_id: &str) -> Vec<String> {
        let orders = self.orders();
        let order = orders.iter().find(|order| order["order_id"] == order_id).unwrap();
        let history = order["history"].as_array().unwrap();
        history.iter().map(|transition| transition["status"].as_str().unwrap().to_owned()).collect()
    }

    /// True where nothing is left to do for the order.
    pub fn is_settled(&self, order_id: &str) -> bool {
        self.orders().iter().any(|order| order["order_id"] == order_id && !order.contains_key("unsettled"))
    }

    /// A table's items.
    pub fn images(&self, table: &str) -> Vec<Image> {
        self.network.with(|world| world.observer.images(table))
    }

    /// The order's payments as the gateway has them.
    pub fn intents(&self, order_id: &str) -> Vec<Intent> {
        self.network.with(|world| {
            let intents = world.gateway.intents().iter();
            intents.filter(|intent| intent.order_id() == Some(order_id)).cloned().collect()
        })
    }

    /// How many of the order's payments hold money now, how often money was held for it, and how often taken.
    pub fn money(&self, order_id: &str) -> (usize, u32, u32) {
        let intents = self.intents(order_id);
        let held = intents.iter().filter(|intent| matches!(intent.state, State::RequiresCapture { .. })).count();
        let effects = || intents.iter().map(|intent| intent.effects);
        (held, effects().map(|effects| effects.authorizations).sum(), effects().map(|effects| effects.captures).sum())
    }
}

//! What clients were told, to be held against what is there in the end.

use serde_json::Value;

/// An order that was answered with 201 or 200.
#[derive(Debug, Clone)]
pub struct PromisedOrder {
    /// Its id.
    pub order_id: String,
    /// Whose it is.
    pub user_id: String,
    /// SKU and units of each line, as answered.
    pub lines: Vec<(String, i64)>,
    /// Minor units, as answered.
    pub total: i64,
}

/// A checkout that was answered with 201.
#[derive(Debug, Clone)]
pub struct PromisedCheckout {
    /// Its id.
    pub checkout_id: String,
    /// Minor units, as answered.
    pub total: i64,
}

/// A refund that was answered with 201 or 200.
#[derive(Debug, Clone)]
pub struct PromisedRefund {
    /// Of which order.
    pub order_id: String,
    /// Its id.
    pub refund_id: String,
}

/// Another payment method that was answered with 202.
#[derive(Debug, Clone)]
pub struct PromisedCard {
    /// Of which order.
    pub order_id: String,
    /// Which.
    pub card: &'static str,
}

/// A claim that was answered with 202.
#[derive(Debug, Clone)]
pub struct PromisedIntent {
    /// Whose it is.
    pub user_id: String,
    /// Where its state can be seen.
    pub intent_id: String,
}

/// All that clients hold in their hands.
#[derive(Debug, Default)]
pub struct Promises {
    /// Orders.
    pub orders: Vec<PromisedOrder>,
    /// Money that goes back.
    pub refunds: Vec<PromisedRefund>,
    /// Other cards.
    pub cards: Vec<PromisedCard>,
    /// Checkouts.
    pub checkouts: Vec<PromisedCheckout>,
    /// The ids of all orders that could have been made: user and key decide them.
    pub possible_orders: Vec<String>,
    /// Claims.
    pub intents: Vec<PromisedIntent>,
    /// Who was given an admission.
    pub admitted: Vec<String>,
    /// What a client saw that must not be.
    pub violations: Vec<String>,
}

/// SKU and units of each line of an answer or an item.
pub fn lines_of(order: &Value) -> Vec<(String, i64)> {
    let line = |line: &Value| {
        (line["sku"].as_str().unwrap_or_default().to_owned(), line["quantity"].as_i64().unwrap_or_default())
    };
    order["lines"].as_array().into_iter().flatten().map(line).collect()
}

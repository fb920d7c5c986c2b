//! `count-companions`: of each order that was confirmed, which SKUs were bought together.

use serde::Deserialize;
use souk_domain::ids::{OrderId, Sku};
use souk_runtime::queue::{Failure, Message};
use souk_search::Companions;
use souk_wiring::{Call, FromEnvironment};

/// What the rule lets through of an order's event: nobody's name.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Bought {
    order_id: OrderId,
    lines: Vec<Line>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Line {
    sku: Sku,
}

/// The counts.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    companions: Companions,
}

/// Counts one order.
///
/// # Errors
/// Where the table did not answer; the message comes back, repeating is safe.
pub async fn handle(deps: &Deps, message: Message<Bought>, call: Call) -> Result<(), Failure> {
    let Bought { order_id, lines } = message.body;
    let skus: Vec<_> = lines.into_iter().map(|line| line.sku).collect();
    Ok(deps.companions.count(&order_id, &skus, call.now).await?)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_order_is_read_as_the_rule_passes_it_on() {
        let order_id = format!("ord_{}", "0".repeat(32));
        let body =
            json!({ "order_id": order_id, "lines": [{ "sku": "A", "quantity": 2 }, { "sku": "B", "quantity": 1 }] });
        let bought: Bought = serde_json::from_value(body).unwrap();
        assert_eq!(bought.lines.iter().map(|line| line.sku.as_str()).collect::<Vec<_>>(), ["A", "B"]);
    }
}

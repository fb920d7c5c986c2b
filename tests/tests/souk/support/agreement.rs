use std::time::Duration;

use serde_json::Value;

use super::{Api, Shelf, Stack, eventually};

/// What it may take until everything has come to rest: longer than any timer of the test stack and two rounds of the sweepers, which come by the minute.
pub const REST: Duration = Duration::from_secs(200);

/// Waits until each of these orders, all of one shelf, has come to rest; then asserts that orders, stock
/// and the gateway's money agree (I2, I3, I6, I7, I8). `units` were on the shelf in the beginning, each
/// order took `each`.
pub async fn assert_agreement(
    stack: &Stack,
    operator: &Api,
    shelf: &Shelf,
    order_ids: &[String],
    units: i64,
    each: i64,
) {
    let mut sold = 0;
    for order_id in order_ids {
        let story = at_rest(operator, order_id).await;
        let status = story["order"]["status"].as_str().unwrap();
        if status != "CANCELLED" {
            sold += each;
        }
        assert_money_follows(stack, order_id, status, &story).await;
    }
    let rest = (units - sold, 0, units - sold);
    eventually(&format!("{rest:?} on the shelf"), REST, || async {
        let numbers = shelf.numbers().await;
        assert!(numbers.0 >= units - sold && numbers.2 >= 0, "{sold} sold of {units}, yet {numbers:?}");
        (numbers == rest).then_some(())
    })
    .await;
}

/// The order as operators see it, once it waits for nothing.
async fn at_rest(operator: &Api, order_id: &str) -> Value {
    eventually(&format!("{order_id} at rest"), REST, || async {
        let reply = operator.get(&format!("/admin/orders/{order_id}")).await;
        let rests = reply.status == 200
            && reply.body["settled"] == true
            && reply.body["order"]["status"] != "PENDING_PAYMENT"
            && reply.body["payment"]["status"] != "CAPTURING";
        rests.then_some(reply.body)
    })
    .await
}

async fn assert_money_follows(stack: &Stack, order_id: &str, status: &str, story: &Value) {
    let intents = stack.intents(order_id).await;
    let sum = |field: &str| intents.iter().map(|intent| intent[field].as_i64().unwrap_or_default()).sum::<i64>();
    let total = story["order"]["total"]["amount"].as_i64().unwrap();
    let (held, kept) = (sum("amount_capturable"), sum("amount_received") - sum("amount_refunded"));
    let expected = match status {
        "CONFIRMED" => (total, 0),
        "SHIPPED" | "DELIVERED" => (0, total),
        _ => (0, 0),
    };
    assert_eq!((held, kept), expected, "{order_id} is {status}: {story} {intents:?}");
}

//! How often one user may ask a route: tried where fewest requests are taken.

use reqwest::Method;
use serde_json::json;

use crate::support::{Api, Reply, fresh, stack};

async fn person() -> Api {
    stack().guest().with_token(&stack().person(&[]).await.sign_in(stack()).await.access)
}

/// Another payment method for an order that there is not.
async fn pay(shopper: &Api) -> Reply {
    let path = "/orders/ord_00000000000000000000000000000000/payment";
    let key = fresh("key");
    let body = json!({ "payment_method": "pm_card_visa" });
    shopper.send(Method::POST, path, &[("idempotency-key", &key)], Some(body)).await
}

#[tokio::test]
async fn who_names_too_many_cards_waits_for_the_next_minute_and_nobody_else_does() {
    let (shopper, other) = (person().await, person().await);
    let a_minute = stack().parameter("ShopperPayments");
    let mut refused = None;
    // These fall into two minutes of the clock at the most, so one of the two gets more than are taken.
    for n in 0..=2 * a_minute {
        let reply = pay(&shopper).await;
        if reply.status == 429 {
            assert!(n >= a_minute, "only {n} were taken");
            refused = Some(reply);
            break;
        }
        reply.expect_problem(404, "not-found");
    }
    let refused = refused.expect("more than a minute's requests are taken").expect_problem(429, "too-many-requests");
    let after: usize = refused.header("retry-after").parse().unwrap();
    assert!((1..=60).contains(&after), "{after}");
    pay(&other).await.expect_problem(404, "not-found");
    shopper.get("/orders").await.expect(200);
}

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Api, PROJECTION, Reply, Shop, admin, eventually, for_sale, fresh, stack};

/// Past the distribution, which keeps what it was answered for minutes.
async fn related(product_id: &str) -> Reply {
    let api = Api::new(&stack().discovery_api_url, None);
    let secret = [("souk-edge-secret", stack().edge_secret.as_str())];
    api.send(Method::GET, &format!("/products/{product_id}/related"), &secret, None).await
}

fn ids(cards: &Value) -> Vec<&str> {
    cards.as_array().unwrap().iter().map(|card| card["product_id"].as_str().unwrap()).collect()
}

/// A product of this shop that can be bought.
async fn stocked(shop: &Shop, title: &str) -> String {
    let id = shop.list(title).await;
    let price = json!({ "price": { "amount": 1_000, "currency": "USD" } });
    shop.operator.put(&format!("/admin/prices/{id}"), price).await.expect(201);
    shop.operator.put(&format!("/admin/inventory/{id}/w1"), json!({ "quantity": 50 })).await.expect(201);
    for_sale(&id).await;
    id
}

#[tokio::test]
async fn what_stands_beside_a_product_and_what_was_bought_with_it_is_shown() {
    let (operator, shopper) = (stack().sign_in("operator").await, stack().sign_in("shopper").await);
    let (shop, elsewhere) = (Shop::open(&operator).await, Shop::open(&operator).await);
    let (backpack, bag) = (stocked(&shop, "Leather Backpack").await, stocked(&shop, "Canvas Bag").await);
    let strap = stocked(&elsewhere, "Strap").await;
    let unpriced = shop.list("Leather Bag").await;
    let beside = eventually("what stands beside it", PROJECTION, || async {
        let reply = related(&backpack).await;
        (reply.status == 200 && ids(&reply.body["also_in_category"]) == [bag.as_str()]).then_some(reply)
    })
    .await;
    assert_eq!(beside.body["bought_together"], json!([]));
    assert!(beside.header("cache-control").contains("s-maxage=180"), "{}", beside.header("cache-control"));
    for _ in 0..3 {
        let lines = json!({ "lines": [{ "sku": backpack, "quantity": 1 }, { "sku": strap, "quantity": 1 }] });
        let checkout = shopper.post("/checkouts", lines).await.expect(201);
        let order = shopper.order(&fresh("key"), checkout.text("checkout_id"), "pm_card_visa").await.expect(201);
        shopper.order_in(order.text("order_id"), "CONFIRMED").await;
    }
    let bought = eventually("what was bought with it", PROJECTION, || async {
        let reply = related(&backpack).await;
        (!ids(&reply.body["bought_together"]).is_empty()).then_some(reply.body)
    })
    .await;
    assert_eq!(ids(&bought["bought_together"]), [strap.as_str()]);
    assert_eq!(bought["bought_together"][0]["title"], "Strap");
    assert!(!ids(&bought["also_in_category"]).contains(&unpriced.as_str()), "it cannot be bought");
}

#[tokio::test]
async fn beside_a_product_that_is_not_there_stands_nothing() {
    let operator = stack().sign_in("operator").await;
    let guest = stack().guest();
    guest.get(&format!("/products/{}/related", fresh("nothing"))).await.expect_problem(404, "not-found");
    let shop = Shop::open(&operator).await;
    let id = shop.list("Leather Backpack").await;
    operator.send(Method::DELETE, &admin(&id), &[("if-match", "\"1\"")], None).await.expect(204);
    let gone = eventually("410", PROJECTION, || async {
        let reply = related(&id).await;
        (reply.status == 410).then_some(reply)
    })
    .await;
    gone.expect_problem(410, "product-deleted");
}

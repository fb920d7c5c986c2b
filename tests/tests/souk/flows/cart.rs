use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Api, Reply, Shelf, eventually, fresh, stack};

/// A guest with their cookie, as a browser keeps it.
struct Guest {
    api: Api,
    cookie: Option<String>,
}

impl Guest {
    fn new() -> Self {
        Self { api: stack().guest(), cookie: None }
    }

    async fn send(&mut self, method: Method, path: &str, body: Option<Value>) -> Reply {
        let cookie = self.cookie.clone().unwrap_or_default();
        let headers = [("cookie", cookie.as_str())];
        let reply = self.api.send(method, path, if cookie.is_empty() { &[] } else { &headers }, body).await;
        if let Some((pair, _)) = reply.header("set-cookie").split_once(';') {
            self.cookie = Some(pair.to_owned());
        }
        reply
    }

    async fn put(&mut self, sku: &str, quantity: u32) -> Reply {
        self.send(Method::PUT, &format!("/cart/items/{sku}"), Some(json!({ "quantity": quantity }))).await
    }
}

/// A user whose cart is empty.
async fn user_with_empty_cart(name: &str) -> Api {
    let user = stack().sign_in(name).await;
    for line in user.get("/cart").await.expect(200).body["lines"].as_array().unwrap() {
        user.delete(&format!("/cart/items/{}", line["sku"].as_str().unwrap())).await.expect(200);
    }
    user
}

async fn shelf() -> Shelf {
    Shelf::stocked(&stack().sign_in("operator").await, 250, 5).await
}

fn quantity_of(cart: &Value, sku: &str) -> Option<u64> {
    cart["lines"].as_array()?.iter().find(|line| line["sku"] == sku)?["quantity"].as_u64()
}

#[tokio::test]
async fn a_guest_keeps_their_cart_by_a_cookie_that_only_this_site_sees() {
    let shelf = shelf().await;
    let mut guest = Guest::new();
    let empty = guest.send(Method::GET, "/cart", None).await.expect(200);
    assert_eq!((&empty.body["lines"], empty.header("set-cookie")), (&json!([]), ""), "looking makes no cart");
    let filled = guest.put(&shelf.sku, 2).await.expect(200);
    let cookie = filled.header("set-cookie");
    assert!(cookie.starts_with("__Host-souk-guest="), "{cookie}");
    for attribute in ["HttpOnly", "Secure", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    let line =
        json!({ "sku": shelf.sku, "quantity": 2, "title": "Thing", "price": { "amount": 250, "currency": "USD" } });
    assert_eq!(filled.body["lines"], json!([line]));
    assert_eq!(filled.body["subtotal"], json!({ "amount": 500, "currency": "USD" }));
    let read = guest.send(Method::GET, "/cart", None).await.expect(200);
    assert_eq!(read.body, filled.body);
    assert_eq!(read.header("cache-control"), "private, no-store");
    let other = Guest::new().send(Method::GET, "/cart", None).await.expect(200);
    assert_eq!(other.body["lines"], json!([]));
    for _ in 0..2 {
        let emptied = guest.send(Method::DELETE, &format!("/cart/items/{}", shelf.sku), None).await.expect(200);
        assert_eq!(emptied.body["lines"], json!([]));
    }
}

#[tokio::test]
async fn a_cookie_that_nobody_was_given_opens_no_cart() {
    let shelf = shelf().await;
    let mut guest = Guest { api: stack().guest(), cookie: Some("__Host-souk-guest=guessed".to_owned()) };
    guest.put(&shelf.sku, 1).await.expect(200);
    assert_ne!(guest.cookie.as_deref(), Some("__Host-souk-guest=guessed"));
}

#[tokio::test]
async fn what_no_cart_takes_is_refused() {
    let shelf = shelf().await;
    let path = format!("/cart/items/{}", shelf.sku);
    let guest = stack().guest();
    for quantity in [json!(0), json!(-1), json!(1000), json!(1.5), json!("1")] {
        let reply = guest.put(&path, json!({ "quantity": quantity })).await;
        reply.expect_problem(400, "invalid-request").about_field("quantity");
    }
    let extra = guest.put(&path, json!({ "quantity": 1, "price": 1 })).await;
    extra.expect_problem(400, "invalid-request").about_field("price");
    let unknown = format!("/cart/items/{}", fresh("unknown"));
    guest.put(&unknown, json!({ "quantity": 1 })).await.expect_problem(422, "unknown-sku");
    let no_sku = guest.put("/cart/items/-no", json!({ "quantity": 1 })).await;
    no_sku.expect_problem(400, "invalid-request").about_field("sku");
}

#[tokio::test]
async fn a_bad_token_is_never_taken_for_a_guest() {
    let shelf = shelf().await;
    let shopper = stack().sign_in("shopper").await;
    let tampered = format!("{}x", shopper.token());
    for bad in [tampered.as_str(), "not.a.token", "x"] {
        let bad = shopper.with_token(bad);
        bad.get("/cart").await.expect_problem(401, "unauthorized");
        let item = format!("/cart/items/{}", shelf.sku);
        bad.put(&item, json!({ "quantity": 1 })).await.expect_problem(401, "unauthorized");
        bad.delete(&item).await.expect_problem(401, "unauthorized");
        bad.post("/cart/merge", json!({})).await.expect_problem(401, "unauthorized");
    }
    stack().guest().post("/cart/merge", json!({})).await.expect_problem(401, "unauthorized");
}

#[tokio::test]
async fn a_guests_choice_is_theirs_after_sign_in_and_merging_again_changes_nothing() {
    let (ours, both, theirs) = (shelf().await, shelf().await, shelf().await);
    let user = user_with_empty_cart("warehouse").await;
    let put = async |shelf: &Shelf, quantity: u32| {
        user.put(&format!("/cart/items/{}", shelf.sku), json!({ "quantity": quantity })).await.expect(200);
    };
    put(&ours, 1).await;
    put(&both, 1).await;
    let mut guest = Guest::new();
    guest.put(&both.sku, 3).await.expect(200);
    guest.put(&theirs.sku, 2).await.expect(200);
    let cookie = guest.cookie.clone().unwrap();
    let mut merged = Vec::new();
    for _ in 0..3 {
        let reply = user.send(Method::POST, "/cart/merge", &[("cookie", &cookie)], None).await.expect(200);
        assert!(reply.header("set-cookie").contains("Max-Age=0"), "the guest's cookie has served");
        merged.push(reply.body);
    }
    let quantities = [&ours, &both, &theirs].map(|shelf| quantity_of(&merged[0], &shelf.sku));
    assert_eq!(quantities, [Some(1), Some(3), Some(2)], "of a SKU in both, the larger quantity stays");
    assert_eq!(merged[0], merged[1]);
    assert_eq!(merged[0], merged[2]);
    assert_eq!(user.get("/cart").await.expect(200).body, merged[0]);
    let left = guest.send(Method::GET, "/cart", None).await.expect(200);
    assert_eq!(left.body["lines"], json!([]));
}

#[tokio::test]
async fn an_order_takes_what_was_ordered_out_of_the_cart_and_leaves_what_came_since() {
    let (ordered, since) = (shelf().await, shelf().await);
    let shopper = stack().crowd(1).await.pop().unwrap();
    let put = async |shelf: &Shelf| {
        shopper.put(&format!("/cart/items/{}", shelf.sku), json!({ "quantity": 1 })).await.expect(200);
    };
    put(&ordered).await;
    let checkout = shopper.post("/checkouts", json!({})).await.expect(201);
    put(&since).await;
    let first = shopper.order(&fresh("key"), checkout.text("checkout_id"), "pm_card_visa").await.expect(201);
    shopper.order_in(first.text("order_id"), "CONFIRMED").await;
    comes_to(&shopper, [(&ordered, None), (&since, Some(1))]).await;
    let next = shopper.post("/checkouts", json!({})).await.expect(201);
    let second = shopper.order(&fresh("key"), next.text("checkout_id"), "pm_card_visa").await.expect(201);
    shopper.order_in(second.text("order_id"), "CONFIRMED").await;
    comes_to(&shopper, [(&ordered, None), (&since, None)]).await;
}

/// Waits until the shopper's cart has so many units of these.
async fn comes_to(shopper: &Api, wanted: [(&Shelf, Option<u64>); 2]) {
    eventually("what was ordered leaves the cart", std::time::Duration::from_secs(20), || async {
        let cart = shopper.get("/cart").await.expect(200).body;
        wanted.iter().all(|(shelf, units)| quantity_of(&cart, &shelf.sku) == *units).then_some(())
    })
    .await;
}

/// A shopper of a test's own, whose cart's order waits since its card was declined; and that order.
async fn declined_with(shelf: &Shelf) -> (Api, String) {
    let shopper = stack().crowd(1).await.pop().unwrap();
    shopper.put(&format!("/cart/items/{}", shelf.sku), json!({ "quantity": 2 })).await.expect(200);
    let checkout = shopper.post("/checkouts", json!({})).await.expect(201);
    let placed = shopper.order(&fresh("key"), checkout.text("checkout_id"), "pm_card_chargeDeclined").await.expect(201);
    let order_id = placed.text("order_id").to_owned();
    shopper.declined(&order_id).await;
    let cart = shopper.get("/cart").await.expect(200).body;
    assert_eq!(quantity_of(&cart, &shelf.sku), Some(2), "the cart is as it was");
    (shopper, order_id)
}

#[tokio::test]
async fn a_declined_card_leaves_the_cart_until_another_has_paid_its_order() {
    let shelf = shelf().await;
    let (shopper, order_id) = declined_with(&shelf).await;
    shopper.post("/checkouts", json!({})).await.expect_problem(409, "cart-consumed");
    shopper.pay(&fresh("key"), &order_id, "pm_card_visa").await.expect(202);
    shopper.order_in(&order_id, "CONFIRMED").await;
    comes_to(&shopper, [(&shelf, None), (&shelf, None)]).await;
}

#[tokio::test]
async fn the_cart_of_a_declined_order_that_is_given_up_is_ordered_anew() {
    let shelf = shelf().await;
    let (shopper, declined) = declined_with(&shelf).await;
    shopper.cancel(&declined).await;
    let checkout = shopper.post("/checkouts", json!({})).await.expect(201);
    let placed = shopper.order(&fresh("key"), checkout.text("checkout_id"), "pm_card_visa").await.expect(201);
    assert_ne!(placed.text("order_id"), declined);
    shopper.order_in(placed.text("order_id"), "CONFIRMED").await;
    comes_to(&shopper, [(&shelf, None), (&shelf, None)]).await;
}

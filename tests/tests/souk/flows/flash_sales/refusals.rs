use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::support::{FlashSale, address, stack};

/// By how much the clocks of two functions may differ, and a second because `exp` counts whole ones.
const SKEW: SignedDuration = SignedDuration::from_secs(6);

/// Changes one character of a token's part (0 header, 1 claims, 2 signature).
fn forged(token: &str, part: usize) -> String {
    let mut parts: Vec<String> = token.split('.').map(str::to_owned).collect();
    let flipped = if parts[part].starts_with('e') { "f" } else { "e" };
    parts[part].replace_range(..1, flipped);
    parts.join(".")
}

#[tokio::test]
async fn invariant_i12_no_claim_without_a_valid_admission() {
    let (operator, shopper) = (stack().sign_in("operator").await, stack().sign_in("shopper").await);
    let other = stack().sign_in("shopper2").await;
    let (sale, second) = tokio::join!(FlashSale::open(&operator, 2), FlashSale::open(&operator, 2));
    let path = format!("/sales/{}/intents", sale.id);
    let body = json!({ "payment_method": "pm_card_visa", "shipping_address": address() });

    stack().guest().post(&path, body.clone()).await.expect(401);
    shopper.post(&path, body.clone()).await.expect_problem(401, "admission-required");
    let ticket = sale.join(&shopper).await;
    let admission = sale.admission(&shopper, &ticket).await.unwrap();
    for bad in [forged(&admission, 0), forged(&admission, 1), forged(&admission, 2), ticket.clone(), "x".to_owned()] {
        sale.ask(&shopper, &bad, "pm_card_visa").await.expect_problem(403, "admission-not-valid");
    }
    sale.ask(&other, &admission, "pm_card_visa").await.expect_problem(403, "admission-not-valid");
    second.ask(&shopper, &admission, "pm_card_visa").await.expect_problem(403, "admission-not-valid");
    let shown = sale.watched().await;
    assert_eq!(shown["progress"]["claimed"], 0, "nothing of all that has taken a unit: {shown}");
    tokio::join!(sale.end(), second.end());
}

#[tokio::test]
async fn tickets_are_for_their_shopper_and_their_sale() {
    let (operator, shopper) = (stack().sign_in("operator").await, stack().sign_in("shopper").await);
    let other = stack().sign_in("shopper2").await;
    let (sale, second) = tokio::join!(FlashSale::defined(&operator, 1), FlashSale::defined(&operator, 1));
    let ticket = sale.join(&shopper).await;
    shopper.get(&format!("/sales/{}/queue", sale.id)).await.expect_problem(401, "ticket-required");
    sale.standing(&shopper, &forged(&ticket, 2)).await.expect_problem(403, "ticket-not-valid");
    sale.standing(&other, &ticket).await.expect_problem(403, "ticket-not-valid");
    second.standing(&shopper, &ticket).await.expect_problem(403, "ticket-not-valid");
    shopper.post("/sales/none/queue", json!({})).await.expect_problem(404, "not-found");
    stack().guest().post(&format!("/sales/{}/queue", sale.id), json!({})).await.expect(401);
    stack().guest().get("/sales/none").await.expect_problem(404, "not-found");
    tokio::join!(sale.end(), second.end());
}

#[tokio::test]
async fn an_intent_is_its_shoppers_and_its_body_is_checked_before_anything_is_claimed() {
    let (operator, shopper) = (stack().sign_in("operator").await, stack().sign_in("shopper").await);
    let other = stack().sign_in("shopper2").await;
    let sale = FlashSale::open(&operator, 2).await;
    let ticket = sale.join(&shopper).await;
    let admission = sale.admission(&shopper, &ticket).await.unwrap();
    let path = format!("/sales/{}/intents", sale.id);
    let send = |body: serde_json::Value| {
        let headers = [("souk-admission", admission.clone())];
        let (shopper, path) = (shopper.clone(), path.clone());
        async move {
            let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
            shopper.send(reqwest::Method::POST, &path, &headers, Some(body)).await
        }
    };
    send(json!({ "payment_method": "4242424242424242", "shipping_address": address() }))
        .await
        .expect_problem(400, "invalid-request")
        .about_field("payment_method");
    send(json!({ "payment_method": "pm_a", "shipping_address": address(), "quantity": 2 })).await.expect(400);
    let mut nowhere = address();
    nowhere["country"] = json!("Atlantis");
    send(json!({ "payment_method": "pm_a", "shipping_address": nowhere }))
        .await
        .expect_problem(400, "invalid-request")
        .about_field("shipping_address.country");
    assert_eq!(sale.watched().await["progress"]["claimed"], 0);

    let asked = sale.ask(&shopper, &admission, "pm_card_visa").await.expect(202);
    let intent = format!("{path}/{}", asked.text("intent_id"));
    other.get(&intent).await.expect_problem(404, "not-found");
    shopper.get(&format!("{path}/int_{}_0", "0".repeat(32))).await.expect_problem(404, "not-found");
    shopper.get(&format!("{path}/nonsense")).await.expect_problem(400, "invalid-request").about_field("intent_id");
    sale.end().await;
}

#[tokio::test]
async fn an_admission_is_good_for_its_time_and_no_longer() {
    let (operator, shopper) = (stack().sign_in("operator").await, stack().sign_in("shopper").await);
    let sale = FlashSale::open(&operator, 1).await;
    let ticket = sale.join(&shopper).await;
    let admission = sale.admission(&shopper, &ticket).await.unwrap();
    let expired = expires_at(&admission) + SKEW;
    let wait = Duration::try_from(expired.duration_since(Timestamp::now())).unwrap_or_default();
    assert!(wait <= Duration::from_secs(130), "an admission lives 120 s at the most");
    if wait > Duration::from_secs(45) {
        println!("skipped: this stack's admissions live too long to wait for");
        return;
    }
    tokio::time::sleep(wait).await;
    sale.ask(&shopper, &admission, "pm_card_visa").await.expect_problem(403, "admission-not-valid");
    // Their place is still theirs: the queue gives them another one.
    let fresh = sale.admission(&shopper, &ticket).await.unwrap();
    sale.ask(&shopper, &fresh, "pm_card_visa").await.expect(202);
    sale.end().await;
}

fn expires_at(token: &str) -> Timestamp {
    let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
    let claims: serde_json::Value = serde_json::from_slice(&claims).unwrap();
    Timestamp::from_second(claims["exp"].as_i64().unwrap()).unwrap()
}

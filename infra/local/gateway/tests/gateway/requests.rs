//! Who is let in, and what is refused before anything happens.

use axum::http::Method;

use crate::client::{Gateway, KEY, create_body};

#[tokio::test]
async fn the_key_is_a_bearer_token_or_a_user_name() {
    let gateway = Gateway::start().await;
    // base64 of "sk_test_souk:"
    let basic = "Basic c2tfdGVzdF9zb3VrOg==";
    let bearer = format!("Bearer {KEY}");
    for (authorization, status) in
        [(basic, 200), (bearer.as_str(), 200), ("Bearer sk_test_other", 401), ("Basic %%%", 401), ("", 401)]
    {
        let headers = [("authorization", authorization)];
        let answer = gateway.try_request(Method::GET, "/v1/payment_intents", &headers, "").await.unwrap();
        assert_eq!(answer.status, status, "{authorization}");
    }
    let answer = gateway.try_request(Method::GET, "/v1/payment_intents", &[], "").await.unwrap();
    assert_eq!(answer.status, 401);
    assert!(!answer.text.contains(KEY));
}

#[tokio::test]
async fn bad_parameters_are_named() {
    let gateway = Gateway::start().await;
    let good = create_body("ord_1", "pm_card_visa");
    for (body, code, param) in [
        ("currency=usd".to_owned(), "parameter_missing", "amount"),
        ("amount=500".to_owned(), "parameter_missing", "currency"),
        (good.replace("500", "0"), "parameter_invalid_integer", "amount"),
        (good.replace("500", "-5"), "parameter_invalid_integer", "amount"),
        (good.replace("500", "5.5"), "parameter_invalid_integer", "amount"),
        (good.replace("usd", "u5d"), "parameter_invalid", "currency"),
        (good.replace("usd", "xxx"), "parameter_invalid", "currency"),
        (good.replace("500", "49"), "amount_too_small", "amount"),
        (good.replace("500", "49").replace("usd", "jpy"), "amount_too_small", "amount"),
        (good.replace("500", "17499").replace("usd", "huf"), "amount_too_small", "amount"),
        (good.replace("500", "100000000"), "amount_too_large", "amount"),
        (good.replace("500", "5124").replace("usd", "kwd"), "invalid_amount", "amount"),
        (good.replace("500", "550").replace("usd", "isk"), "invalid_amount", "amount"),
        (good.replace("manual", "later"), "parameter_invalid_enum", "capture_method"),
        (good.replace("pm_card_visa", "pm_card_unheard_of"), "resource_missing", "payment_method"),
        (good.replace("[]=card", "[]=cash"), "parameter_invalid", "payment_method_types"),
        (format!("{good}&colour=red"), "parameter_unknown", "colour"),
    ] {
        let answer = gateway.post("/v1/payment_intents", &body).await;
        assert_eq!((answer.status, answer.code()), (400, code), "{body}");
        assert_eq!(answer.json["error"]["type"], "invalid_request_error");
        assert_eq!(answer.json["error"]["param"], param, "{body}");
    }
    assert_eq!(gateway.get("/__fake/summary").await.json["intents"], 0);
}

#[tokio::test]
async fn what_does_not_exist_is_not_found() {
    let gateway = Gateway::start().await;
    assert_eq!(gateway.get("/v1/payment_intents/pi_none").await.code(), "resource_missing");
    for action in ["confirm", "capture", "cancel"] {
        let answer = gateway.act("pi_none", action).await;
        assert_eq!((answer.status, answer.code()), (404, "resource_missing"));
    }
    assert_eq!(gateway.post("/v1/refunds", "payment_intent=pi_none").await.status, 404);
    assert_eq!(gateway.get("/v1/customers").await.status, 404);
    assert_eq!(gateway.get("/__fake/unheard_of").await.status, 404);
}

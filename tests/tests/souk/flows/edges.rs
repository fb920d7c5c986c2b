//! What every endpoint takes and refuses in the same way, and what every answer bears: the rules of the description.

use reqwest::Method;
use serde_json::{Value, json};
use souk_runtime::http::{MAX_BODY_BYTES, MAX_JSON_DEPTH, MAX_TARGET_BYTES};

use crate::{
    api::{Operation, document, operations},
    architecture::routes,
    support::{Api, Reply, address, fresh, stack},
};

/// Somebody who may do everything.
async fn staff() -> Api {
    let token = stack().person(&["operator", "warehouse"]).await.sign_in(stack()).await.access;
    Api::new(&stack().api_url, Some(token))
}

/// The operations that take a body, but for those of the gateway and the carriers, whose signature is looked at first.
fn takers() -> Vec<Operation> {
    let takes = |operation: &Operation| operation.value.get("requestBody").is_some();
    let all = operations(&document()).into_iter();
    all.filter(|operation| takes(operation) && !operation.path.starts_with("/webhooks/")).collect()
}

const KEY: (&str, &str) = ("idempotency-key", "a-key-for-the-edges");

async fn refused(api: &Api, operation: &Operation, body: &str) -> Reply {
    let method: Method = operation.method.parse().unwrap();
    let reply = api.send_raw(method, &operation.path_of_nothing(), &[KEY], Some(body.to_owned())).await;
    assert_eq!(reply.status, 400, "{} {body}: {}", operation.route(), reply.body);
    reply.expect_problem(400, "invalid-request")
}

#[tokio::test]
async fn no_endpoint_takes_a_list_for_its_body() {
    let api = staff().await;
    let takers = takers();
    assert!(takers.len() > 10, "{}", takers.len());
    for operation in takers {
        for body in
            ["[]", "[2]", r#"["a", "b", "c", "d", "e", "f", "g", "h"]"#, "[[]]", "2", "\"a\"", "null", "{} {}", "{"]
        {
            refused(&api, &operation, body).await;
        }
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        refused(&api, &operation, &deep).await;
    }
}

#[tokio::test]
async fn a_list_inside_a_body_is_no_object_either() {
    let operator = stack().sign_in("operator").await;
    let shopper = stack().sign_in("shopper").await;
    let price = format!("/admin/prices/{}", fresh("sku"));
    let listed = operator.put(&price, json!({ "price": [100, "USD"] })).await;
    listed.expect_problem(400, "invalid-request").about_field("price");
    let product =
        json!({ "title": "T", "description": "D", "category_id": "c", "seller_id": "s", "variants": [["sku-1"]] });
    let listed = operator.put(&format!("/admin/products/{}", fresh("prod")), product).await;
    listed.expect_problem(400, "invalid-request").about_field("variants[0]");
    let listed = shopper.post("/checkouts", json!({ "lines": [["sku-1", 1]] })).await;
    listed.expect_problem(400, "invalid-request").about_field("lines[0]");
    let values: Vec<_> = address().as_object().unwrap().values().cloned().collect();
    let order = json!({ "checkout_id": "chk_00000000000000000000000000000000", "shipping_address": values });
    let listed = shopper.send(Method::POST, "/orders", &[KEY], Some(order)).await;
    listed.expect_problem(400, "invalid-request").about_field("shipping_address");
    let rows = operator.post("/admin/prices", json!({ "rows": [["sku-1", { "amount": 1, "currency": "USD" }]] })).await;
    assert_eq!(rows.expect(200).body["rows"][0]["problem"]["status"], 400);
}

#[tokio::test]
async fn a_key_is_there_once_at_every_depth() {
    let operator = stack().sign_in("operator").await;
    let path = format!("/admin/prices/{}", fresh("sku"));
    for (body, field) in [
        (r#"{"price": {"amount": 1, "currency": "USD"}, "price": {"amount": 1, "currency": "USD"}}"#, "price"),
        (r#"{"price": {"amount": 1, "amount": 2, "currency": "USD"}}"#, "price.amount"),
    ] {
        let twice = operator.send_raw(Method::PUT, &path, &[], Some(body.to_owned())).await;
        twice.expect_problem(400, "invalid-request").about_field(field);
    }
    let product = r#"{"title": "T", "description": "D", "category_id": "c", "seller_id": "s", "variants": [{"sku": "s"}],
        "attributes": {"colour": "red", "colour": "blue"}}"#;
    let path = format!("/admin/products/{}", fresh("prod"));
    let twice = operator.send_raw(Method::PUT, &path, &[], Some(product.to_owned())).await;
    twice.expect_problem(400, "invalid-request").about_field("attributes.colour");
    operator.get(&path).await.expect_problem(404, "not-found");
}

#[tokio::test]
async fn depth_is_refused_one_beyond_the_limit() {
    let operator = stack().sign_in("operator").await;
    let path = format!("/admin/products/{}", fresh("prod"));
    let nested = |depth: usize| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
    for (depth, told) in [(MAX_JSON_DEPTH - 2, "did not match"), (MAX_JSON_DEPTH - 1, "deeper than")] {
        let body = format!(r#"{{"attributes": {{"a": {}}}}}"#, nested(depth));
        let reply = operator.send_raw(Method::PUT, &path, &[], Some(body)).await.expect_problem(400, "invalid-request");
        assert!(reply.text("detail").contains(told), "{depth}: {}", reply.body);
    }
}

#[tokio::test]
async fn what_is_no_whole_number_is_no_quantity() {
    let guest = stack().guest();
    let path = format!("/cart/items/{}", fresh("sku"));
    for number in ["2.5", "1e-2", "-0", "\"2\"", "02", "+2", "1000", "0", "99999999999999999999", "NaN"] {
        let body = format!(r#"{{"quantity": {number}}}"#);
        let reply = guest.send_raw(Method::PUT, &path, &[], Some(body)).await;
        reply.expect_problem(400, "invalid-request").about_field("quantity");
    }
}

/// The least and the most that the description says are taken; one beyond either is not.
#[tokio::test]
async fn query_numbers_are_plain_digits_within_what_is_described() {
    let api = staff().await;
    let mut judged = 0;
    for operation in operations(&document()) {
        let path = operation.path_of_nothing();
        for parameter in operation.value["parameters"].as_array().into_iter().flatten() {
            let (schema, name) = (&parameter["schema"], parameter["name"].as_str().unwrap_or_default());
            let (Some(least), Some(most)) = (schema["minimum"].as_u64(), schema["maximum"].as_u64()) else { continue };
            if parameter["in"] != "query" {
                continue;
            }
            judged += 1;
            let ask = async |value: &str| api.get(&format!("{path}?{name}={value}")).await;
            for good in [least, most] {
                assert_ne!(ask(&good.to_string()).await.status, 400, "{path}?{name}={good}");
            }
            let beyond =
                [(most + 1).to_string(), least.checked_sub(1).map_or_else(|| "-1".to_owned(), |n| n.to_string())];
            let forms =
                ["%2B5", "+5", "-5", "05", "%205", "5%20", "5e0", "0x5", "", "NaN", "%D9%A5"].map(str::to_owned);
            for bad in beyond.into_iter().chain(forms) {
                ask(&bad).await.expect_problem(400, "invalid-request").about_field(name);
            }
            let twice = api.get(&format!("{path}?{name}={least}&{name}={least}")).await;
            twice.expect_problem(400, "invalid-request").about_field(name);
        }
    }
    assert!(judged >= 5, "{judged}");
}

#[tokio::test]
async fn if_match_takes_each_form_that_names_the_version() {
    let operator = stack().sign_in("operator").await;
    let path = format!("/admin/prices/{}", fresh("sku"));
    let usd = |amount: i64| json!({ "price": { "amount": amount, "currency": "USD" } });
    operator.put(&path, usd(100)).await.expect(201);
    let mut version = 1;
    for form in ["\"N\"", "W/\"N\"", "*", "\"77\", \"N\"", "W/\"77\",\"N\"", " \"N\" "] {
        let tag = form.replace('N', &version.to_string());
        let put = operator.send(Method::PUT, &path, &[("if-match", &tag)], Some(usd(version + 100))).await.expect(200);
        version += 1;
        assert_eq!(put.header("etag"), format!("\"{version}\""), "{form}");
    }
    let tag = format!("\"{version}\"");
    let lines = [("if-match", "\"77\""), ("if-match", tag.as_str())];
    operator.send(Method::PUT, &path, &lines, Some(usd(300))).await.expect(200);
    for stale in ["\"77\"", "W/\"77\"", "\"77\", \"78\""] {
        let reply = operator.send(Method::PUT, &path, &[("if-match", stale)], Some(usd(200))).await;
        let told = reply.expect_problem(412, "stale-version");
        assert_eq!(told.body["present_version"], version + 1, "{stale}");
    }
    for bad in ["\"+7\"", "\"07\"", "7", "\"x\"", "*, \"7\"", "\"7", "\"18446744073709551616\""] {
        let reply = operator.send(Method::PUT, &path, &[("if-match", bad)], Some(usd(200))).await;
        reply.expect_problem(400, "invalid-request").about_field("If-Match");
    }
    let nowhere = format!("/admin/prices/{}", fresh("sku"));
    for form in ["*", "\"1\", \"2\""] {
        let reply = operator.send(Method::PUT, &nowhere, &[("if-match", form)], Some(usd(100))).await;
        reply.expect_problem(412, "stale-version");
    }
    operator.get(&nowhere).await.expect_problem(404, "not-found");
}

#[tokio::test]
async fn a_copy_that_is_still_good_is_304_for_get_and_head() {
    let operator = stack().sign_in("operator").await;
    let path = format!("/admin/prices/{}", fresh("sku"));
    operator.put(&path, json!({ "price": { "amount": 100, "currency": "USD" } })).await.expect(201);
    // The categories change under a test's hands, so they are none of these.
    for path in [path.as_str(), "/openapi.json"] {
        let etag = operator.get(path).await.expect(200).header("etag").to_owned();
        for method in [Method::GET, Method::HEAD] {
            for seen in [etag.clone(), format!("W/{etag}"), format!("\"7\", {etag}"), "*".to_owned()] {
                let reply = operator.send(method.clone(), path, &[("if-none-match", &seen)], None).await.expect(304);
                assert_eq!(
                    (reply.header("etag").trim_start_matches("W/"), &reply.body),
                    (etag.as_str(), &Value::Null),
                    "{path}"
                );
            }
            operator.send(method, path, &[("if-none-match", "\"0\", x")], None).await.expect(200);
        }
    }
}

#[tokio::test]
async fn head_answers_as_get_does_without_a_body() {
    let api = staff().await;
    for operation in operations(&document()).into_iter().filter(|operation| operation.method == "GET") {
        let path = operation.path_of_nothing();
        let (got, head) = (api.get(&path).await, api.send(Method::HEAD, &path, &[], None).await);
        assert_eq!(head.status, got.status, "{path}: {}", got.body);
        assert_eq!(head.body, Value::Null, "{path}");
        assert_eq!(head.header("content-type"), got.header("content-type"), "{path}");
    }
    let nobody = stack().guest().send(Method::HEAD, "/orders", &[], None).await;
    assert_eq!(nobody.status, 401);
}

#[tokio::test]
async fn options_names_the_methods_of_every_path() {
    let guest = stack().guest();
    for route in routes() {
        let reply = guest.send(Method::OPTIONS, &route.path("nobody-has-this"), &[], None).await.expect(204);
        let allowed: Vec<_> = reply.header("allow").split(", ").collect();
        assert!(allowed.contains(&route.method.as_str()) && allowed.contains(&"OPTIONS"), "{allowed:?}");
        assert_eq!(allowed.contains(&"HEAD"), allowed.contains(&"GET"), "{allowed:?}");
    }
    // No other origin is allowed unless the deployment says so.
    let preflight = [("origin", "https://elsewhere.example"), ("access-control-request-method", "PUT")];
    let reply = guest.send(Method::OPTIONS, "/cart/items/a", &preflight, None).await.expect(204);
    assert_eq!(reply.header("access-control-allow-origin"), "");
    guest.send(Method::OPTIONS, "/nothing-here", &[], None).await.expect_problem(404, "no-such-path");
}

#[tokio::test]
async fn every_answer_of_ours_says_nosniff_and_how_long_it_is_kept() {
    let (guest, operator) = (stack().guest(), stack().sign_in("operator").await);
    let replies = [
        guest.get("/cart").await.expect(200),
        guest.get("/categories").await.expect(200),
        guest.get("/search").await.expect(200),
        guest.get("/nothing-here").await.expect(404),
        guest.send(Method::PATCH, "/cart", &[], None).await.expect(405),
        guest.put("/cart/items/a", json!([1])).await.expect(400),
        operator.get("/admin/products/nobody-has-this").await.expect(404),
        operator.get("/orders").await.expect(200),
    ];
    for reply in replies {
        assert_eq!(reply.header("x-content-type-options"), "nosniff", "{}", reply.body);
        assert!(!reply.header("cache-control").is_empty(), "{}", reply.body);
    }
    assert_eq!(operator.get("/orders").await.header("cache-control"), "private, no-store");
}

#[tokio::test]
async fn bodies_are_json_in_utf_8_and_not_compressed() {
    let api = staff().await;
    let client = reqwest::Client::new();
    for operation in takers() {
        let ask = async |headers: &[(&str, &str)]| {
            let url = format!("{}{}", stack().api_url.trim_end_matches('/'), operation.path_of_nothing());
            let mut request =
                client.request(operation.method.parse().unwrap(), url).bearer_auth(api.token()).body("[]");
            for (name, value) in headers.iter().chain([&KEY]) {
                request = request.header(*name, *value);
            }
            request.send().await.unwrap().status().as_u16()
        };
        for bad in [
            "text/plain",
            "application/x-www-form-urlencoded",
            "application/json; charset=latin1",
            "multipart/form-data",
        ] {
            assert_eq!(ask(&[("content-type", bad)]).await, 415, "{} {bad}", operation.route());
        }
        assert_eq!(ask(&[]).await, 415, "{}", operation.route());
        for coding in ["gzip", "br", "zstd"] {
            let headers = [("content-type", "application/json"), ("content-encoding", coding)];
            assert_eq!(ask(&headers).await, 415, "{} {coding}", operation.route());
        }
        assert_eq!(ask(&[("content-type", "application/json; charset=UTF-8")]).await, 400, "{}", operation.route());
    }
}

#[tokio::test]
async fn sizes_are_refused_one_byte_beyond_the_limit() {
    let guest = stack().guest();
    let path = format!("/cart/items/{}", fresh("sku"));
    let body = |length: usize| Some(format!("[]{}", " ".repeat(length - 2)));
    guest.send_raw(Method::PUT, &path, &[], body(MAX_BODY_BYTES)).await.expect_problem(400, "invalid-request");
    guest.send_raw(Method::PUT, &path, &[], body(MAX_BODY_BYTES + 1)).await.expect_problem(413, "body-too-large");
    let target = |length: usize| format!("/cart?{}", "x".repeat(length - "/cart?".len()));
    guest.get(&target(MAX_TARGET_BYTES)).await.expect(200);
    guest.get(&target(MAX_TARGET_BYTES + 1)).await.expect_problem(414, "target-too-long");
}

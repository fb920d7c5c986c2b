//! Who may ask what: each route of the description by each sort of caller, and that nobody learns of what is another's.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    api::permissions::{Groups, Route, SORTS, Verdict, routes},
    support::{Api, Shelf, address, fresh, stack},
};

/// A sort of caller: what it is called, and the groups of its token.
struct Sort {
    name: &'static str,
    api: Api,
    groups: Groups,
}

/// Seconds since when a token is over: longer than clocks may differ.
const EXPIRED_SINCE: i64 = 60;

fn agrees(expected: Verdict, status: u16) -> bool {
    match expected {
        Verdict::In => !matches!(status, 401 | 403) && status < 500,
        Verdict::Unauthorized => status == 401,
        Verdict::Forbidden => status == 403,
        Verdict::OwnWarehouse => matches!(status, 400 | 403 | 404),
    }
}

/// A token of another client of the same user pool.
async fn foreign_token() -> String {
    let pool = &stack().user_pool_id;
    let name = format!("{}@souk.test", fresh("person"));
    let client = json!({
        "UserPoolId": pool, "ClientName": "another", "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
    });
    let client = stack().pool("CreateUserPoolClient", client).await.unwrap();
    let account = json!({ "UserPoolId": pool, "Username": name, "MessageAction": "SUPPRESS" });
    stack().pool("AdminCreateUser", account).await.unwrap();
    let password = "One-Test-Person-2026!";
    let set = json!({ "UserPoolId": pool, "Username": name, "Password": password, "Permanent": true });
    stack().pool("AdminSetUserPassword", set).await.unwrap();
    let sign_in = json!({
        "AuthFlow": "USER_PASSWORD_AUTH", "ClientId": client["UserPoolClient"]["ClientId"],
        "AuthParameters": { "USERNAME": name, "PASSWORD": password },
    });
    let answer = stack().pool("InitiateAuth", sign_in).await.unwrap();
    answer["AuthenticationResult"]["AccessToken"].as_str().unwrap().to_owned()
}

async fn sorts() -> Vec<Sort> {
    let guest = stack().guest();
    let staff = stack().person(&["operator", "warehouse"]).await.sign_in(stack()).await;
    let mut sorts = vec![
        Sort { name: "bad", api: guest.with_token("no.good.token"), groups: None },
        Sort { name: "foreign", api: guest.with_token(&foreign_token().await), groups: None },
        Sort { name: "id token", api: guest.with_token(&staff.id), groups: None },
    ];
    if let Some(expired) = stack().ending_in(-EXPIRED_SINCE, &staff.access) {
        sorts.push(Sort { name: "expired", api: guest.with_token(&expired), groups: None });
    }
    for (name, groups) in SORTS {
        let api = match groups {
            None => guest.clone(),
            Some(groups) => guest.with_token(&stack().person(groups).await.sign_in(stack()).await.access),
        };
        sorts.push(Sort { name, api, groups });
    }
    sorts
}

#[tokio::test]
async fn each_route_lets_in_whom_its_description_names() {
    let sorts = sorts().await;
    let mut matrix = format!("{:<7}{:<82}", "", "");
    matrix.extend(sorts.iter().map(|sort| format!("{:>14}", sort.name)));
    let mut wrong = Vec::new();
    for route in routes() {
        matrix.push_str(&format!("\n{:<7}{:<82}", route.method, route.pattern));
        for sort in &sorts {
            let body = (route.method != "GET").then(|| json!({}));
            let status = sort.api.send(method(&route), &route.path_of_nothing(), &[], body).await.status;
            // What the edge caches knows no caller: a token is not looked at there.
            let is_looked_at = !route.is_open() || route.pattern.starts_with("/cart");
            let expected = match sort.name {
                "bad" | "foreign" | "id token" | "expired" if is_looked_at => Verdict::Unauthorized,
                _ => route.expects(sort.groups),
            };
            matrix.push_str(&format!("{status:>14}"));
            if !agrees(expected, status) {
                wrong.push(format!("{} {} by {}: {status}, not {expected:?}", route.method, route.pattern, sort.name));
            }
        }
    }
    println!("{matrix}");
    assert_eq!(wrong, Vec::<String>::new());
}

/// What tells the two apart is the time alone: they are signed by the same key.
#[tokio::test]
async fn a_token_is_good_until_it_ends() {
    let access = stack().person(&[]).await.sign_in(stack()).await.access;
    let until = |seconds| Some(stack().guest().with_token(&stack().ending_in(seconds, &access)?));
    let (Some(good), Some(expired)) = (until(60), until(-EXPIRED_SINCE)) else { return };
    for path in ["/orders", "/cart"] {
        good.get(path).await.expect(200);
        expired.get(path).await.expect(401);
    }
    expired.get("/cart").await.expect_problem(401, "unauthorized");
}

fn method(route: &Route) -> Method {
    route.method.parse().unwrap()
}

/// What can be asked of an order, a checkout or what lies in them, by those whose they are.
fn of_their_own(route: &Route) -> bool {
    let is_shoppers = route.security.iter().flatten().any(|(scheme, groups)| scheme == "user" && groups.is_empty());
    is_shoppers && ["{order_id}", "{checkout_id}"].iter().any(|name| route.pattern.contains(name))
}

/// A body that is understood, so that the answer is about what the path names.
fn understood(route: &Route) -> Option<Value> {
    match (route.method.as_str(), route.pattern.rsplit('/').next().unwrap_or_default()) {
        ("GET" | "DELETE", _) => None,
        (_, "shipping-address") => Some(address()),
        (_, "payment") => Some(json!({ "payment_method": "pm_card_visa" })),
        _ => Some(json!({})),
    }
}

#[tokio::test]
async fn another_shoppers_order_or_checkout_is_told_from_none_by_nothing() {
    let (owner, other) = (stack().sign_in("shopper").await, stack().sign_in("shopper2").await);
    let shelf = Shelf::stocked(&stack().sign_in("operator").await, 1500, 3).await;
    let order = owner.buy(&shelf.sku, 1, "pm_card_visa").await;
    let checkout = owner.check_out(&shelf.sku, 1).await.expect(201).body;
    let there = [("{order_id}", order["order_id"].as_str()), ("{checkout_id}", checkout["checkout_id"].as_str())];
    let absent = |id: &str| format!("{}{}", &id[..4], "0".repeat(id.len() - 4));
    let mut asked = BTreeSet::new();
    for route in routes().iter().filter(|route| of_their_own(route)) {
        let (name, id) = there.iter().find(|(name, _)| route.pattern.contains(name)).unwrap();
        let id = id.unwrap();
        let ask = |id: String| {
            let (other, path, body) = (other.clone(), route.pattern.replace(name, &id), understood(route));
            async move {
                let method = method(route);
                let (version, key) = (("if-match", "\"1\""), ("idempotency-key", fresh("key")));
                let mut reply = other.send(method, &path, &[version, (key.0, &key.1)], body).await.expect(404);
                // Each bears its own number, and names what was asked for.
                reply.body["request_id"] = Value::Null;
                let headers: BTreeSet<_> = reply.headers.keys().map(|name| name.as_str().to_owned()).collect();
                (reply.body.to_string().replace(&id, "ID"), headers)
            }
        };
        assert_eq!(ask(id.to_owned()).await, ask(absent(id)).await, "{} {}", route.method, route.pattern);
        asked.insert(format!("{} {}", route.method, route.pattern));
    }
    assert!(asked.len() >= 5, "{asked:?}");
    owner.delete(&format!("/checkouts/{}", checkout["checkout_id"].as_str().unwrap())).await.expect(204);
}

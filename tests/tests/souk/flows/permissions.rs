//! Who may ask what: each route of the description by each sort of caller, and that nobody learns of what is another's.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    architecture::root,
    support::{Api, Shelf, address, fresh, stack},
};

/// A sort of caller: what it is called, and what the description calls those that are let in.
struct Sort {
    name: &'static str,
    api: Api,
    /// `None`: an anonymous one.
    groups: Option<&'static [&'static str]>,
}

/// What a caller of one sort hears on a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    /// Let in: whatever the answer is, it is about the request.
    In,
    Unauthorized,
    Forbidden,
    /// Staff of one warehouse: let in where that is theirs, 404 where it is another's.
    OwnWarehouse,
}

/// A route of the description.
struct Route {
    method: Method,
    pattern: String,
    /// Each alternative: a scheme and the groups that it asks for; none where nothing is asked.
    security: Vec<Option<(String, Vec<String>)>>,
}

fn document() -> Value {
    let text = std::fs::read_to_string(root().join("docs/openapi.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn routes() -> Vec<Route> {
    let document = document();
    let paths = document["paths"].as_object().unwrap().iter();
    let of_path = paths.flat_map(|(pattern, item)| {
        let methods = ["get", "put", "post", "delete"].into_iter();
        methods.filter_map(|method| {
            let operation = item.get(method)?;
            let alternatives = operation["security"].as_array().unwrap().iter();
            let security = alternatives.map(|schemes| {
                let schemes = schemes.as_object().unwrap();
                // Where both are asked for, the user is who counts.
                let scheme = schemes.get_key_value("user").or_else(|| schemes.iter().next());
                scheme.map(|(name, groups)| {
                    let groups = groups.as_array().unwrap().iter().map(|group| group.as_str().unwrap().to_owned());
                    (name.clone(), groups.collect())
                })
            });
            let method = method.to_uppercase().parse().unwrap();
            Some(Route { method, pattern: pattern.clone(), security: security.collect() })
        })
    });
    of_path.collect()
}

impl Route {
    /// A path of this route; what it names does not exist.
    fn path(&self) -> String {
        let segments = self.pattern.split('/').map(|part| if part.starts_with('{') { "nobody-has-this" } else { part });
        segments.collect::<Vec<_>>().join("/")
    }

    fn expects(&self, sort: &Sort) -> Verdict {
        let of_users: Vec<_> = self.security.iter().flatten().filter(|(scheme, _)| scheme == "user").collect();
        match sort.groups {
            None if self.security.contains(&None) => Verdict::In,
            None => Verdict::Unauthorized,
            Some(_) if of_users.is_empty() && self.security.contains(&None) => Verdict::In,
            // Asks for something else than a token.
            Some(_) if of_users.is_empty() => Verdict::Unauthorized,
            Some(groups) => {
                let is_asked = |asked: &&(String, Vec<String>)| {
                    asked.1.is_empty() || asked.1.iter().any(|group| groups.contains(&group.as_str()))
                };
                let asks_for_work = of_users.iter().any(|asked| asked.1.iter().any(|group| group == "warehouse"));
                let works_somewhere = groups.iter().any(|group| group.starts_with("warehouse:"));
                match of_users.iter().any(is_asked) {
                    true => Verdict::In,
                    false if asks_for_work && works_somewhere => Verdict::OwnWarehouse,
                    false => Verdict::Forbidden,
                }
            }
        }
    }
}

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
    let mut sorts = vec![
        Sort { name: "nobody", api: stack().guest(), groups: None },
        Sort { name: "foreign", api: stack().guest().with_token(&foreign_token().await), groups: None },
    ];
    let with_groups: [(&str, &'static [&'static str]); 4] = [
        ("shopper", &[]),
        ("warehouse", &["warehouse"]),
        ("one warehouse", &["warehouse:nobody-works-here"]),
        ("operator", &["operator"]),
    ];
    for (name, groups) in with_groups {
        let tokens = stack().person(groups).await.sign_in(stack()).await;
        sorts.push(Sort { name, api: stack().guest().with_token(&tokens.access), groups: Some(groups) });
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
        matrix.push_str(&format!("\n{:<7}{:<82}", route.method.as_str(), route.pattern));
        for sort in &sorts {
            let body = (route.method != Method::GET).then(|| json!({}));
            // What the edge caches knows no caller: a token is not looked at there.
            let status = sort.api.send(route.method.clone(), &route.path(), &[], body).await.status;
            let is_open = route.security.contains(&None);
            let expected = match (sort.name, is_open, route.pattern.starts_with("/cart")) {
                ("foreign", true, false) => Verdict::In,
                ("foreign", _, _) => Verdict::Unauthorized,
                _ => route.expects(sort),
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
                let method = route.method.clone();
                let mut reply = other.send(method, &path, &[("if-match", "\"1\"")], body).await.expect(404);
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

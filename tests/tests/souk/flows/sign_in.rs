//! Who somebody is, on every route: the list comes from the templates.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use reqwest::{Method, header::HeaderValue};
use serde_json::{Value, json};

use crate::{
    architecture::{Route, routes},
    support::{Api, one_time, stack},
};

/// A path of each route; what it names does not exist.
fn requests() -> Vec<(Route, Method, String)> {
    let all = routes().into_iter();
    all.map(|route| (route.clone(), route.method.parse().unwrap(), route.path("nobody-has-this"))).collect()
}

/// A request with these values of `Authorization`, past any client's own rules.
async fn with_authorization(base: &str, method: &Method, path: &str, values: &[&[u8]]) -> reqwest::Response {
    let mut request = reqwest::Client::new().request(method.clone(), format!("{base}{path}"));
    for value in values {
        request = request.header("authorization", HeaderValue::from_bytes(value).unwrap());
    }
    request.send().await.unwrap()
}

#[tokio::test]
async fn an_id_token_opens_no_route_that_an_access_token_opens() {
    let tokens = stack().person(&["operator", "warehouse"]).await.sign_in(stack()).await;
    let (by_access, by_id) =
        (Api::new(&stack().api_url, Some(tokens.access)), Api::new(&stack().api_url, Some(tokens.id)));
    let mut guarded = 0;
    for (route, method, path) in requests().into_iter().filter(|(route, ..)| route.guarded) {
        let refused = by_id.send(method.clone(), &path, &[], Some(json!({}))).await;
        assert_eq!(refused.status, 401, "{} {}: {}", route.method, route.pattern, refused.body);
        refused.expect_problem(401, "unauthorized");
        let known = by_access.send(method, &path, &[], Some(json!({}))).await;
        assert_ne!(known.status, 401, "{} {}: {}", route.method, route.pattern, known.body);
        guarded += 1;
    }
    assert!(guarded > 30, "{guarded}");
    by_id.get("/cart").await.expect_problem(401, "unauthorized");
}

#[tokio::test]
async fn an_unclear_authorization_is_401_on_every_route_and_never_a_guest() {
    let token = stack().sign_in("shopper").await.token().to_owned();
    let bearer = format!("Bearer {token}");
    let bad: [&[&[u8]]; 7] = [
        &["Bearer tök".as_bytes()],
        &[b"Bearer \xff\xfe"],
        &[b"Bearer"],
        &[b"Basic YTpi"],
        &[b"Bearer x.y.z, Bearer x.y.z"],
        &[bearer.as_bytes(), bearer.as_bytes()],
        &[bearer.as_bytes(), b"Basic YTpi"],
    ];
    for (route, method, path) in requests() {
        // Where the edge caches, it tells the origin nothing of who asks: there is nobody to mistake.
        let anonymous = !route.guarded && method == Method::GET && !path.starts_with("/cart");
        for values in bad {
            let shown = values.iter().map(|value| String::from_utf8_lossy(value)).collect::<Vec<_>>();
            let answer = with_authorization(&stack().api_url, &method, &path, values).await;
            if anonymous {
                assert_ne!(answer.status(), 401, "{} {}: {shown:?}", route.method, route.pattern);
                continue;
            }
            assert_eq!(answer.status(), 401, "{} {}: {shown:?}", route.method, route.pattern);
            if !route.guarded {
                let problem: Value = answer.json().await.unwrap();
                assert_eq!(problem["type"], "https://souk.example/problems/unauthorized", "{shown:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_guests_cookie_that_says_nothing_certain_is_refused_and_taken_away() {
    let guest = stack().guest();
    let (a, b) = ("A".repeat(43), "B".repeat(43));
    for cookies in [
        format!("__Host-souk-guest={a}; __Host-souk-guest={b}"),
        format!("__Host-souk-guest={a}; __Host-souk-guest={a}"),
    ] {
        let refused = guest.send(Method::GET, "/cart", &[("cookie", &cookies)], None).await;
        let refused = refused.expect_problem(401, "unauthorized");
        assert!(refused.header("set-cookie").starts_with("__Host-souk-guest=; Max-Age=0"), "{:?}", refused.headers);
    }
    let request = reqwest::Client::new().get(format!("{}/cart", stack().api_url));
    let unreadable = HeaderValue::from_bytes("__Host-souk-guest=tök".as_bytes()).unwrap();
    assert_eq!(request.header("cookie", unreadable).send().await.unwrap().status(), 401);
    let others = format!("näme=ö; __Host-souk-guest={a}");
    let request = reqwest::Client::new().get(format!("{}/cart", stack().api_url));
    let answer = request.header("cookie", HeaderValue::from_bytes(others.as_bytes()).unwrap()).send().await.unwrap();
    assert_eq!(answer.status(), 200, "others' cookies are theirs");
}

#[tokio::test]
async fn a_ticket_or_an_admission_is_one_token() {
    let shopper = stack().sign_in("shopper").await;
    let body = json!({ "payment_method": "pm_card_visa", "shipping_address": crate::support::address() });
    for bad in ["a.b.c, a.b.c", "a b", "\"a\""] {
        let ticket = shopper.send(Method::GET, "/sales/none/queue", &[("souk-ticket", bad)], None).await;
        ticket.expect_problem(401, "unauthorized");
        let headers = [("souk-admission", bad)];
        let admission = shopper.send(Method::POST, "/sales/none/intents", &headers, Some(body.clone())).await;
        admission.expect_problem(401, "unauthorized");
    }
}

#[tokio::test]
async fn a_name_is_one_name_in_any_case() {
    let person = stack().person(&[]).await;
    let shouted = person.name.to_uppercase();
    assert!(person.ask(stack(), &shouted).await.is_ok());
    let again = json!({ "UserPoolId": stack().user_pool_id, "Username": shouted, "MessageAction": "SUPPRESS" });
    assert_eq!(stack().pool("AdminCreateUser", again).await.unwrap_err(), "UsernameExistsException");
}

#[tokio::test]
async fn a_refresh_token_that_was_revoked_gives_no_more_tokens() {
    let person = stack().person(&[]).await;
    let tokens = person.sign_in(stack()).await;
    let fresh = person.refresh(stack(), &tokens.refresh).await.unwrap();
    Api::new(&stack().api_url, Some(fresh.access)).get("/orders").await.expect(200);
    person.revoke(stack(), &tokens.refresh).await;
    assert_eq!(person.refresh(stack(), &tokens.refresh).await.unwrap_err(), "NotAuthorizedException");
}

#[tokio::test]
async fn whoever_has_activated_one_time_passwords_signs_in_with_one() {
    let person = stack().person(&["operator"]).await;
    let secret = person.activate_totp(stack(), &person.sign_in(stack()).await.access).await;
    let challenge = person.ask(stack(), &person.name).await.unwrap();
    assert_eq!(challenge["ChallengeName"], "SOFTWARE_TOKEN_MFA");
    assert!(challenge["AuthenticationResult"].is_null());
    assert_eq!(person.second_step(stack(), &challenge, "000000").await.unwrap_err(), "CodeMismatchException");
    let challenge = person.ask(stack(), &person.name).await.unwrap();
    let tokens = person.second_step(stack(), &challenge, &one_time(&secret)).await.unwrap();
    Api::new(&stack().api_url, Some(tokens.access)).get("/admin/prices/none").await.expect(404);
}

/// The groups that the pool's function leaves to a token of this person, who is in these.
async fn groups_left(name: &str, groups: &[&str]) -> Value {
    let event = json!({
        "version": "2", "triggerSource": "TokenGeneration_Authentication", "userPoolId": stack().user_pool_id,
        "userName": name, "request": {
            "userAttributes": { "email": name }, "scopes": ["aws.cognito.signin.user.admin"],
            "groupConfiguration": { "groupsToOverride": groups, "iamRolesToOverride": [], "preferredRole": null },
        },
        "response": { "claimsAndScopeOverrideDetails": null },
    });
    let mut answer = stack().invoke("StaffGroups", &event).await.unwrap();
    assert_eq!(answer["userName"], name);
    answer["response"]["claimsAndScopeOverrideDetails"]["groupOverrideDetails"]["groupsToOverride"].take()
}

#[tokio::test]
async fn staff_without_a_second_factor_get_a_token_without_their_groups() {
    let person = stack().person(&["operator", "warehouse"]).await;
    let groups = ["operator", "regulars", "warehouse"];
    assert_eq!(groups_left(&person.name, &groups).await, json!(["regulars"]));
    // Nobody is asked about a shopper, who need not even exist.
    assert_eq!(groups_left("nobody@souk.test", &["regulars"]).await, Value::Null);
    person.activate_totp(stack(), &person.sign_in(stack()).await.access).await;
    assert_eq!(groups_left(&person.name, &groups).await, Value::Null, "the pool's own groups stay");
}

#[tokio::test]
async fn a_token_says_what_it_is_for() {
    let tokens = stack().person(&[]).await.sign_in(stack()).await;
    for (token, used_as) in [(&tokens.access, "access"), (&tokens.id, "id")] {
        let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
        assert_eq!(serde_json::from_slice::<Value>(&claims).unwrap()["token_use"], used_as);
    }
}

//! The APIs' own addresses answer nobody: the list of routes comes from the templates.

use std::collections::BTreeMap;

use reqwest::Method;

use crate::{
    architecture::routes,
    support::{Api, stack},
};

const HEADER: &str = "souk-edge-secret";

/// Each API's own address, and its routes.
fn apis() -> BTreeMap<&'static str, Vec<(Method, String)>> {
    let mut apis: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for route in routes() {
        let api = if route.world == "discovery" { &stack().discovery_api_url } else { &stack().transactions_api_url };
        apis.entry(api.as_str()).or_default().push((route.method.parse().unwrap(), route.path("nobody-has-this")));
    }
    apis
}

#[tokio::test]
async fn a_request_past_the_edge_is_403_on_every_route() {
    let token = stack().sign_in("operator").await.token().to_owned();
    let apis = apis();
    assert_eq!(apis.len(), 2);
    for (api, routes) in apis {
        let past = Api::new(api, Some(token.clone()));
        let others = [(Method::GET, "/nobody-has-this".to_owned()), (Method::PATCH, routes[0].1.clone())];
        for (method, path) in routes.into_iter().chain(others) {
            for headers in [&[][..], &[(HEADER, "guessed")], &[(HEADER, "")]] {
                let refused = past.send(method.clone(), &path, headers, Some("{}".into())).await;
                assert_eq!(refused.status, 403, "{method} {path}: {}", refused.body);
                refused.expect_problem(403, "not-through-the-edge");
            }
        }
    }
}

#[tokio::test]
async fn whoever_knows_the_secret_is_the_edge() {
    for api in apis().into_keys() {
        let edge = Api::new(api, None);
        let answer = edge.send(Method::GET, "/nobody-has-this", &[(HEADER, &stack().edge_secret)], None).await;
        answer.expect_problem(404, "no-such-path");
    }
}

#[tokio::test]
async fn a_viewer_cannot_speak_for_the_edge() {
    let viewer = stack().guest();
    viewer.send(Method::GET, "/cart", &[(HEADER, "guessed")], None).await.expect(200);
    viewer.send(Method::GET, "/categories", &[(HEADER, "guessed")], None).await.expect(200);
}

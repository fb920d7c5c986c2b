//! Whoever is dismissed has their rights as long as their last token, and gets none with them any more. How long that is,
//! the template says (`AccessTokenMinutes`): no test waits for it.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    api::permissions::{Verdict, routes},
    support::{Api, Person, Tokens, stack},
};

fn claims(token: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap()).unwrap()
}

/// Staff with all rights, and their tokens.
async fn staff() -> (Person, Tokens) {
    let person = stack().person(&["operator", "warehouse"]).await;
    let tokens = person.sign_in(stack()).await;
    Api::new(&stack().api_url, Some(tokens.access.clone())).get("/admin/prices/none").await.expect(404);
    (person, tokens)
}

async fn about(person: &Person, operation: &str, more: &[(&str, Value)]) {
    let mut body = json!({ "UserPoolId": stack().user_pool_id, "Username": person.name });
    for (name, value) in more {
        body[*name] = value.clone();
    }
    stack().pool(operation, body).await.unwrap();
}

#[tokio::test]
async fn whoever_left_the_groups_gets_tokens_that_open_nothing_of_the_staffs() {
    let (person, tokens) = staff().await;
    for group in ["operator", "warehouse"] {
        about(&person, "AdminRemoveUserFromGroup", &[("GroupName", json!(group))]).await;
    }
    let anew = [person.refresh(stack(), &tokens.refresh).await.unwrap(), person.sign_in(stack()).await];
    for tokens in anew {
        assert!(claims(&tokens.access)["cognito:groups"].as_array().is_none_or(Vec::is_empty));
        let api = Api::new(&stack().api_url, Some(tokens.access));
        let mut closed = 0;
        for route in routes().iter().filter(|route| route.expects(Some(&[])) == Verdict::Forbidden) {
            let body = (route.method != "GET").then(|| json!({}));
            let method: Method = route.method.parse().unwrap();
            let reply = api.send(method, &route.path_of_nothing(), &[], body).await;
            assert_eq!(reply.status, 403, "{} {}", route.method, route.pattern);
            closed += 1;
        }
        assert!(closed > 30, "{closed}");
    }
}

#[tokio::test]
async fn whoever_is_signed_out_disabled_or_deleted_gets_no_more_tokens() {
    for operation in ["AdminUserGlobalSignOut", "AdminDisableUser", "AdminDeleteUser"] {
        let (person, tokens) = staff().await;
        about(&person, operation, &[]).await;
        let refused = person.refresh(stack(), &tokens.refresh).await.unwrap_err();
        assert!(
            ["NotAuthorizedException", "UserNotFoundException"].contains(&refused.as_str()),
            "{operation}: {refused}"
        );
        if operation != "AdminUserGlobalSignOut" {
            assert!(person.ask(stack(), &person.name).await.is_err(), "{operation}");
        }
    }
}

#[tokio::test]
async fn a_shopper_who_is_deleted_or_signed_out_gets_no_more_tokens_either() {
    for operation in ["AdminUserGlobalSignOut", "AdminDeleteUser"] {
        let person = stack().person(&[]).await;
        let tokens = person.sign_in(stack()).await;
        Api::new(&stack().api_url, Some(tokens.access.clone())).get("/orders").await.expect(200);
        about(&person, operation, &[]).await;
        assert!(person.refresh(stack(), &tokens.refresh).await.is_err(), "{operation}");
    }
}

#[tokio::test]
async fn a_token_says_when_it_ends() {
    let (_, tokens) = staff().await;
    let claims = claims(&tokens.access);
    let lives = claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap();
    assert!((300..=3600).contains(&lives), "{lives} s");
}

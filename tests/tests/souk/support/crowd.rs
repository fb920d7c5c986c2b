use futures_util::{StreamExt as _, stream};
use reqwest::Method;
use serde_json::{Value, json};

use super::{Api, Stack, fresh, signed::Call};

/// How many accounts are made at once.
const AT_ONCE: usize = 16;
const TRIES: usize = 20;

impl Stack {
    /// Shoppers with accounts of their own, signed in.
    pub async fn crowd(&self, size: usize) -> Vec<Api> {
        let crowd = fresh("crowd");
        let http = reqwest::Client::new();
        stream::iter(0..size)
            .map(|n| self.shopper_of_a_crowd(&http, format!("{crowd}-{n}@souk.test")))
            .buffer_unordered(AT_ONCE)
            .collect()
            .await
    }

    async fn shopper_of_a_crowd(&self, http: &reqwest::Client, username: String) -> Api {
        let password = "Crowd-Shopper-2026!";
        let pool = &self.user_pool_id;
        let account = json!({
            "UserPoolId": pool, "Username": username, "MessageAction": "SUPPRESS",
            "UserAttributes": [{ "Name": "email", "Value": username }, { "Name": "email_verified", "Value": "true" }],
        });
        self.cognito(http, "AdminCreateUser", account).await;
        let permanent = json!({ "UserPoolId": pool, "Username": username, "Password": password, "Permanent": true });
        self.cognito(http, "AdminSetUserPassword", permanent).await;
        let credentials = json!({
            "AuthFlow": "USER_PASSWORD_AUTH", "ClientId": self.user_pool_client_id,
            "AuthParameters": { "USERNAME": username, "PASSWORD": password },
        });
        let answer = self.cognito(http, "InitiateAuth", credentials).await;
        let token = answer["AuthenticationResult"]["AccessToken"].as_str().expect("no token").to_owned();
        Api::over(http.clone(), &self.api_url, Some(token))
    }

    /// Repeats what failed on the server's side: an emulator's pool does not bear many writers at once.
    async fn cognito(&self, http: &reqwest::Client, operation: &str, body: Value) -> Value {
        let target = format!("AWSCognitoIdentityProviderService.{operation}");
        for _ in 0..TRIES {
            let headers = [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", &target)];
            let call = Call { method: Method::POST, path: "/".to_owned(), headers: &headers, body: body.to_string() };
            let answer = self.signed(http, "cognito-idp", call).await;
            let status = answer.status();
            let text = answer.text().await.unwrap();
            if status.is_success() {
                return if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap() };
            }
            if text.contains("UsernameExistsException") {
                return Value::Null;
            }
            assert!(status.is_server_error(), "{operation}: {status} {text}");
        }
        panic!("{operation} failed {TRIES} times")
    }
}

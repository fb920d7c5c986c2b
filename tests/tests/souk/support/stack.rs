use std::{collections::HashMap, path::PathBuf, sync::OnceLock};

use serde::Deserialize;
use serde_json::{Value, json};

use super::Api;

/// What `make outputs` prints of a running stack.
#[derive(Debug, Deserialize)]
pub struct Stack {
    pub api_url: String,
    pub discovery_api_url: String,
    pub transactions_api_url: String,
    /// What the distribution shows to the APIs.
    pub edge_secret: String,
    pub user_pool_client_id: String,
    pub user_pool_id: String,
    /// Absent on AWS itself.
    pub(super) aws_endpoint_url: Option<String>,
    pub(super) region: String,
    pub(super) images_bucket: String,
    pub opensearch_url: String,
    pub(super) set_aside_bucket: String,
    pub gateway_url: String,
    pub gateway_api_key: String,
    pub gateway_webhook_secret: String,
    /// What the carrier "Swift Parcel" signs with.
    pub carrier_secret: String,
    users: HashMap<String, User>,
    /// What it was deployed with; all others are the template's own.
    parameters: HashMap<String, Value>,
    state_dir: PathBuf,
}

#[derive(Debug, Deserialize)]
struct User {
    username: String,
    password: String,
}

/// The stack that `SOUK_OUTPUTS` describes.
pub fn stack() -> &'static Stack {
    static STACK: OnceLock<Stack> = OnceLock::new();
    STACK.get_or_init(|| {
        let path = std::env::var("SOUK_OUTPUTS")
            .expect("SOUK_OUTPUTS names no file: run `make test`, or `make outputs > FILE` on a running stack");
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
    })
}

impl Stack {
    /// Whether its functions run on this machine, and reach whoever listens here.
    pub fn is_here(&self) -> bool {
        self.aws_endpoint_url.is_some()
    }

    /// A number that it was deployed with.
    pub fn parameter(&self, name: &str) -> usize {
        let own = souk_testkit::templates::read("template")["Parameters"][name]["Default"].as_u64();
        let given =
            self.parameters.get(name).map(|given| given.to_string().trim_matches('"').parse::<usize>().unwrap());
        given.or_else(|| own?.try_into().ok()).unwrap_or_else(|| panic!("{name} is no number"))
    }

    /// A file of the emulator's, where it runs on this machine.
    pub(super) fn emulators(&self, path: &str) -> Option<String> {
        std::fs::read_to_string(self.state_dir.join("emulator/state").join(path)).ok()
    }

    /// A client without a token.
    pub fn guest(&self) -> Api {
        Api::new(&self.api_url, None)
    }

    /// A client signed in as one of the stack's users: `shopper`, `shopper2`, `operator`, `warehouse`.
    pub async fn sign_in(&self, name: &str) -> Api {
        let user = &self.users[name];
        let answer = reqwest::Client::new()
            .post(self.endpoint_of("cognito-idp"))
            .header("content-type", "application/x-amz-json-1.1")
            .header("x-amz-target", "AWSCognitoIdentityProviderService.InitiateAuth")
            .body(
                json!({
                    "AuthFlow": "USER_PASSWORD_AUTH",
                    "ClientId": self.user_pool_client_id,
                    "AuthParameters": { "USERNAME": user.username, "PASSWORD": user.password },
                })
                .to_string(),
            )
            .send()
            .await
            .unwrap();
        let answer: serde_json::Value = answer.json().await.unwrap();
        let token = answer["AuthenticationResult"]["AccessToken"].as_str().expect("no token").to_owned();
        Api::new(&self.api_url, Some(token))
    }
}

//! What the user pool asks before it signs a token: a member of the staff who has no second factor
//! gets one without the staff's groups, and so without their rights.
//!
//! Cognito asks everybody who has activated a one-time password for it at each sign-in, so whoever has
//! one has shown it. Whoever has none can sign in, activate one with that token, and sign in again.

use std::time::Duration;

use aws_sdk_cognitoidentityprovider::{Client, config::Builder};
use serde::Deserialize;
use serde_json::{Value, json};
use souk_dynamo::sdk_failure;
use souk_runtime::{
    http::is_staff,
    task::{TaskError, parse},
};
use souk_wiring::{Call, ConfigError, Environment, FromEnvironment};

/// The pool waits 5 seconds for its answer.
pub const WITHIN: Duration = Duration::from_secs(3);

/// The factor that the pool offers.
const SECOND_FACTOR: &str = "SOFTWARE_TOKEN_MFA";

/// The user pool.
#[derive(Debug)]
pub struct Deps {
    pool: Client,
}

impl FromEnvironment for Deps {
    async fn from_environment(environment: &Environment) -> Result<Self, ConfigError> {
        let config = Builder::from(&environment.aws).timeout_config(souk_wiring::timeouts(WITHIN));
        Ok(Self { pool: Client::from_conf(config.build()) })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TokenRequest {
    user_pool_id: String,
    user_name: String,
    request: Details,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Details {
    group_configuration: Groups,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Groups {
    groups_to_override: Option<Vec<String>>,
}

/// Hands the pool's event back, with the groups that the token is to name. Only for members of the staff
/// is anything asked.
///
/// # Errors
/// `UserPoolUnavailable`, which ends the sign-in: nobody's rights are guessed.
pub async fn handle(deps: &Deps, event: Value, _: Call) -> Result<Value, TaskError> {
    let asked: TokenRequest = parse(event.clone())?;
    let groups = asked.request.group_configuration.groups_to_override.unwrap_or_default();
    if !groups.iter().any(|group| is_staff(group))
        || has_second_factor(deps, asked.user_pool_id, asked.user_name).await?
    {
        return Ok(event);
    }
    let left: Vec<String> = groups.into_iter().filter(|group| !is_staff(group)).collect();
    Ok(with_groups(event, &left))
}

async fn has_second_factor(deps: &Deps, pool_id: String, name: String) -> Result<bool, TaskError> {
    let user = deps.pool.admin_get_user().user_pool_id(pool_id).username(name).send().await;
    let user = user.map_err(|error| TaskError::new("UserPoolUnavailable", sdk_failure(&error)))?;
    Ok(user.user_mfa_setting_list().iter().any(|factor| factor == SECOND_FACTOR))
}

fn with_groups(mut event: Value, groups: &[String]) -> Value {
    event["response"] =
        json!({"claimsAndScopeOverrideDetails": {"groupOverrideDetails": {"groupsToOverride": groups}}});
    event
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_roles_groups_are_the_staffs() {
        assert!(is_staff("operator") && is_staff("warehouse") && is_staff("warehouse:east"));
        assert!(!is_staff("") && !is_staff("regulars"));
    }

    #[test]
    fn the_pool_gets_its_event_back_with_the_groups_that_are_left() {
        let event = with_groups(json!({"userName": "u", "response": {}}), &["regulars".to_owned()]);
        assert_eq!(event["userName"], "u");
        let details = &event["response"]["claimsAndScopeOverrideDetails"]["groupOverrideDetails"];
        assert_eq!(details["groupsToOverride"], json!(["regulars"]));
    }
}

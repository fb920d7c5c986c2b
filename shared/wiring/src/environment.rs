use std::{collections::BTreeMap, str::FromStr, sync::Arc};

use aws_config::SdkConfig;
use aws_smithy_runtime_api::client::http::SharedHttpConnector;
use serde::de::DeserializeOwned;
use souk_dynamo::{Client, Table, sdk_failure};

use crate::{OPERATION, timeouts};

/// The function's surroundings: its variables, and the SDK configuration loaded once.
#[derive(Debug, Clone)]
pub struct Environment {
    /// Region, credentials and endpoints, from the standard AWS variables.
    pub aws: SdkConfig,
    dynamodb: Client,
    variables: Variables,
    connector: Option<SharedHttpConnector>,
}

#[derive(Debug, Clone)]
enum Variables {
    Process,
    Given(BTreeMap<&'static str, String>),
}

/// Why a function cannot start.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The template did not set a variable.
    #[error("the environment variable {0} is not set")]
    Missing(&'static str),
    /// The template set a variable to something unreadable.
    #[error("the environment variable {name} cannot be read: {reason}")]
    Invalid {
        /// Which variable.
        name: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// Something that the function needs before its first request could not be had.
    #[error("{what} cannot be reached: {reason}")]
    Unreachable {
        /// What was asked for.
        what: &'static str,
        /// What happened.
        reason: String,
    },
}

/// Something that knows what it is built from: a store, a use case, what a handler works with. Derived
/// where each field is built by itself:
///
/// ```
/// # use souk_wiring::FromEnvironment;
/// # use souk_dynamo::Table;
/// #[derive(FromEnvironment)]
/// struct Wishes {
///     #[variable("WISHES_TABLE")]
///     table: Table,
/// }
///
/// #[derive(FromEnvironment)]
/// struct MakeAWish {
///     wishes: Wishes,
/// }
/// ```
pub trait FromEnvironment: Sized + Send + Sync + 'static {
    /// Reads variables and makes clients. Called once, before the first request.
    ///
    /// # Errors
    /// [`ConfigError`] where the template forgot something.
    fn from_environment(environment: &Environment) -> impl Future<Output = Result<Self, ConfigError>> + Send;
}

impl Environment {
    /// Loads the SDK configuration. Clients that are made from it call within [`OPERATION`].
    pub async fn load() -> Self {
        let aws = aws_config::defaults(aws_config::BehaviorVersion::latest());
        let aws = aws.timeout_config(timeouts(OPERATION)).load().await;
        let dynamodb = Client::new(&aws);
        Self { aws, dynamodb, variables: Variables::Process, connector: None }
    }

    /// Surroundings that are given, not found: a simulation's. `connector` stands for the network where
    /// a function calls something outside of AWS; `aws` has its own HTTP client.
    pub fn given(aws: SdkConfig, variables: BTreeMap<&'static str, String>, connector: SharedHttpConnector) -> Self {
        let dynamodb = Client::new(&aws);
        Self { aws, dynamodb, variables: Variables::Given(variables), connector: Some(connector) }
    }

    /// What replaces the network for calls outside of AWS; `None` where the network is the network.
    pub fn connector(&self) -> Option<&SharedHttpConnector> {
        self.connector.as_ref()
    }

    /// A variable that must be set.
    ///
    /// # Errors
    /// [`ConfigError::Missing`] where it is absent or empty.
    pub fn required(&self, name: &'static str) -> Result<String, ConfigError> {
        self.optional(name).ok_or(ConfigError::Missing(name))
    }

    /// A variable that may be absent or empty.
    pub fn optional(&self, name: &'static str) -> Option<String> {
        let value = match &self.variables {
            Variables::Process => std::env::var(name).ok(),
            Variables::Given(given) => given.get(name).cloned(),
        };
        value.filter(|value| !value.is_empty())
    }

    /// A variable of any type that can be read from text.
    ///
    /// # Errors
    /// [`ConfigError`] where it is absent or unreadable.
    pub fn parse<T: FromStr<Err: std::fmt::Display>>(&self, name: &'static str) -> Result<T, ConfigError> {
        self.required(name)?.parse().map_err(|e: T::Err| ConfigError::Invalid { name, reason: e.to_string() })
    }

    /// The secret whose id this variable holds, as the JSON that was stored in it.
    ///
    /// # Errors
    /// [`ConfigError`] where the variable is absent, or the secret cannot be had or read.
    pub async fn secret<T: DeserializeOwned>(&self, name: &'static str) -> Result<T, ConfigError> {
        let id = self.required(name)?;
        let answer = aws_sdk_secretsmanager::Client::new(&self.aws)
            .get_secret_value()
            .secret_id(id)
            .send()
            .await
            .map_err(|e| ConfigError::Unreachable { what: "a secret", reason: sdk_failure(&e) })?;
        // The reason must not quote what could not be read.
        serde_json::from_str(answer.secret_string().unwrap_or_default())
            .map_err(|_| ConfigError::Invalid { name, reason: "the secret is not the expected JSON".to_owned() })
    }

    /// The table whose name this variable holds.
    ///
    /// # Errors
    /// [`ConfigError::Missing`] where it is absent.
    pub fn table(&self, name: &'static str) -> Result<Table, ConfigError> {
        Ok(Table::new(self.dynamodb.clone(), self.required(name)?))
    }
}

/// For what several share.
impl<T: FromEnvironment> FromEnvironment for Arc<T> {
    async fn from_environment(environment: &Environment) -> Result<Self, ConfigError> {
        T::from_environment(environment).await.map(Self::new)
    }
}

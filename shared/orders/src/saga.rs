use aws_sdk_sfn::Client;
use souk_domain::ids::OrderId;
use souk_dynamo::sdk_failure;
use souk_wiring::{ConfigError, Environment, FromEnvironment};

/// The payment saga's state machine.
///
/// It may be started for any order at any time: whoever has a reason to believe that an order could
/// move (it was placed, the gateway spoke, a timer ran out, somebody cancelled) starts it, and the
/// saga finds out from the tables what there is to do.
#[derive(Debug, Clone)]
pub struct Saga {
    client: Client,
    state_machine_arn: String,
}

/// The saga could not be started. The sweeper will do it: the order is unsettled.
#[derive(Debug, thiserror::Error)]
#[error("the saga could not be started: {0}")]
pub struct SagaError(String);

impl FromEnvironment for Saga {
    async fn from_environment(environment: &Environment) -> Result<Self, ConfigError> {
        Ok(Self::new(Client::new(&environment.aws), environment.required("ORDER_SAGA_ARN")?))
    }
}

impl Saga {
    /// The saga of this state machine.
    pub fn new(client: Client, state_machine_arn: impl Into<String>) -> Self {
        Self { client, state_machine_arn: state_machine_arn.into() }
    }

    /// Starts it for one order and does not wait. The input is the order's id alone: executions are
    /// logged, and logs hold nothing of the customer.
    ///
    /// # Errors
    /// [`SagaError`].
    pub async fn start(&self, order_id: &OrderId) -> Result<(), SagaError> {
        self.client
            .start_execution()
            .state_machine_arn(&self.state_machine_arn)
            .input(format!(r#"{{"order_id":"{order_id}"}}"#))
            .send()
            .await
            .map(drop)
            .map_err(|error| SagaError(sdk_failure(&error)))
    }

    /// Starts it where a failure may be left to the sweeper, and says so in the log.
    pub async fn try_start(&self, order_id: &OrderId) {
        if let Err(error) = self.start(order_id).await {
            tracing::warn!(order_id = %order_id, error = %error, "the saga was not started; the sweeper will");
        }
    }
}

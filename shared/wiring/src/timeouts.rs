//! How long a call to AWS may take.
//!
//! A socket that hangs must not cost a function's whole time: whoever called it would get the gateway's
//! answer instead of ours, or none. So a call's time is shorter than its function's; a test compares them
//! with the templates.

use std::time::Duration;

use aws_smithy_types::timeout::TimeoutConfig;

/// A call with all its attempts.
pub const OPERATION: Duration = Duration::from_secs(8);
/// AWS takes a connection within milliseconds, or not at all.
const CONNECT: Duration = Duration::from_secs(2);

/// A client's time limits, so that a call ends within `operation`. A first attempt that hangs leaves time
/// for a second one on another connection.
pub fn timeouts(operation: Duration) -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(CONNECT.min(operation / 2))
        .operation_attempt_timeout(operation / 2)
        .operation_timeout(operation)
        .build()
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
    use souk_dynamo::sdk_failure;
    use souk_testkit::stand_in::StandIn;

    use super::*;

    /// The configuration that [`crate::Environment::load`] makes, at another place.
    async fn at(url: &str) -> aws_config::SdkConfig {
        aws_config::defaults(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .credentials_provider(Credentials::new("test", "test", None, None, "test"))
            .endpoint_url(url)
            .timeout_config(timeouts(OPERATION))
            .load()
            .await
    }

    /// Each kind of client in turn: they share the configuration, and must not forget it.
    #[tokio::test]
    async fn a_service_that_never_answers_is_given_up_after_a_second_attempt() {
        let silent = StandIn::silent().unwrap();
        let aws = at(silent.url()).await;
        let table = souk_dynamo::Table::new(souk_dynamo::Client::new(&aws), "t");
        let queue = aws_sdk_sqs::Client::new(&aws);
        let bus = aws_sdk_eventbridge::Client::new(&aws);
        let secrets = aws_sdk_secretsmanager::Client::new(&aws);
        let began = Instant::now();
        let failures = tokio::join!(
            async { table.get::<serde_json::Value>(&[("pk", "a")]).await.unwrap_err().to_string() },
            async {
                sdk_failure(&queue.send_message().queue_url(silent.url()).message_body("m").send().await.unwrap_err())
            },
            async { sdk_failure(&bus.put_events().send().await.unwrap_err()) },
            async { sdk_failure(&secrets.get_secret_value().secret_id("s").send().await.unwrap_err()) },
        );
        let took = began.elapsed();
        let (store, queue, bus, secret) = failures;
        assert_eq!(store, "the store did not answer: no answer in time");
        for failure in [queue, bus, secret] {
            assert_eq!(failure, "no answer in time");
        }
        assert!(took < OPERATION + Duration::from_secs(1), "{took:?}");
        assert!(silent.asked() >= 8, "{}: each leaves time for a second attempt", silent.asked());
    }
}

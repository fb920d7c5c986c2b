//! Records that can never be done, kept whole in a bucket: in the shape in which Lambda itself keeps what
//! it discards there, so that one command brings both back.

use aws_sdk_s3::Client;
use lambda_runtime::Context;
use serde_json::{Value, json};
use souk_dynamo::sdk_failure;
use souk_wiring::{ConfigError, Environment, FromEnvironment};

use crate::queue::Failure;

/// The bucket `SET_ASIDE_BUCKET`.
#[derive(Debug, Clone)]
pub(super) struct SetAside {
    client: Client,
    bucket: String,
}

impl FromEnvironment for SetAside {
    async fn from_environment(environment: &Environment) -> Result<Self, ConfigError> {
        let bucket = environment.required("SET_ASIDE_BUCKET")?;
        Ok(Self { client: Client::new(&environment.aws), bucket })
    }
}

impl SetAside {
    /// Keeps a record. Kept twice it stands there twice, which does no harm: it is replayed twice.
    pub(super) async fn keep(&self, context: &Context, record: &Value, reason: &str) -> Result<(), Failure> {
        let body = object(context, record, reason, souk_wiring::now()).to_string().into_bytes();
        let call = self.client.put_object().bucket(&self.bucket).key(key(context, record)).body(body.into());
        let call = call.content_type("application/json");
        call.send().await.map(drop).map_err(|error| sdk_failure(&error).into())
    }
}

/// Each invocation has keys of its own: a record that is replayed and set aside again must outlive the
/// removal of the object that it was replayed from.
fn key(context: &Context, record: &Value) -> String {
    let sequence_number = record["dynamodb"]["SequenceNumber"].as_str().unwrap_or("unknown");
    format!("poison/{}/{}/{sequence_number}.json", context.env_config.function_name, context.request_id)
}

fn object(context: &Context, record: &Value, reason: &str, now: jiff::Timestamp) -> Value {
    json!({
        "requestContext": {
            "requestId": context.request_id,
            "functionArn": context.invoked_function_arn,
            "condition": "Poison",
        },
        "reason": reason,
        "version": "1.0",
        "timestamp": now,
        "payload": json!({ "Records": [record] }).to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_names_its_function_and_holds_an_event_that_it_can_be_invoked_with() {
        let mut context = Context::default();
        context.request_id = "r-1".to_owned();
        context.invoked_function_arn = "arn:aws:lambda:us-east-1:1:function:f".to_owned();
        let record =
            json!({ "eventID": "1", "dynamodb": { "SequenceNumber": "7", "NewImage": { "pk": { "S": "ä" } } } });
        let object = object(&context, &record, "it is bad", jiff::Timestamp::UNIX_EPOCH);
        assert_eq!(object["requestContext"]["functionArn"], "arn:aws:lambda:us-east-1:1:function:f");
        let event: Value = serde_json::from_str(object["payload"].as_str().unwrap()).unwrap();
        assert_eq!(event, json!({ "Records": [record] }));
        assert!(key(&context, &record).ends_with("/r-1/7.json"));
    }
}

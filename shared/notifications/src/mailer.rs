//! Amazon SES. A send is one request: a repeat of what got no answer is a decision that is written down, and none
//! of the SDK's.

use aws_sdk_sesv2::{
    Client,
    config::{Builder, retry::RetryConfig},
    error::SdkError,
    types::{Body, Content as Part, Destination, EmailContent, Message as Simple, MessageTag},
};
use souk_dynamo::sdk_failure;
use souk_wiring::{ConfigError, Environment, FromEnvironment};

use crate::{EmailAddress, Mail, MessageId};

/// The tag by which a bounce or complaint names the message.
pub(crate) const MESSAGE_TAG: &str = "message";

/// Why a mail was not sent, or may not have been.
#[derive(Debug, thiserror::Error)]
pub enum SendFailure {
    /// The provider said no: it was not sent.
    #[error("the mail was refused: {0}")]
    Refused(String),
    /// Nobody knows.
    #[error("whether the mail was sent is not known: {0}")]
    Unknown(String),
}

/// The provider, and who the mails are from.
#[derive(Debug, Clone)]
pub struct Mailer {
    client: Client,
    from: String,
    configuration_set: String,
}

impl FromEnvironment for Mailer {
    async fn from_environment(environment: &Environment) -> Result<Self, ConfigError> {
        let (from, set) = (environment.required("MAIL_FROM")?, environment.required("MAIL_CONFIGURATION_SET")?);
        Ok(Self::new(Builder::from(&environment.aws), from, set))
    }
}

impl Mailer {
    /// A mailer that sends from this address by this configuration set.
    pub fn new(config: Builder, from: String, configuration_set: String) -> Self {
        Self {
            client: Client::from_conf(config.retry_config(RetryConfig::disabled()).build()),
            from,
            configuration_set,
        }
    }

    /// Sends a mail; the provider's id of it.
    ///
    /// # Errors
    /// [`SendFailure`], which says whether it may be sent again.
    pub async fn send(&self, to: &EmailAddress, mail: &Mail, message: &MessageId) -> Result<String, SendFailure> {
        let unformed = |error: aws_sdk_sesv2::error::BuildError| SendFailure::Refused(error.to_string());
        let part = |text: &str| Part::builder().data(text).charset("UTF-8").build().map_err(unformed);
        let body = Body::builder().text(part(&mail.text)?).html(part(&mail.html)?).build();
        let simple = Simple::builder().subject(part(&mail.subject)?).body(body).build();
        let tag = MessageTag::builder().name(MESSAGE_TAG).value(message.as_str()).build().map_err(unformed)?;
        let sent = self
            .client
            .send_email()
            .from_email_address(&self.from)
            .destination(Destination::builder().to_addresses(to.as_str()).build())
            .content(EmailContent::builder().simple(simple).build())
            .configuration_set_name(&self.configuration_set)
            .email_tags(tag)
            .send()
            .await;
        match sent {
            Ok(answer) => Ok(answer.message_id.unwrap_or_default()),
            Err(error) => Err(failure(&error)),
        }
    }
}

/// A refusal is one that the provider has answered for its own part, and what never left is one too.
fn failure<E>(error: &SdkError<E>) -> SendFailure
where
    E: aws_sdk_sesv2::error::ProvideErrorMetadata + std::error::Error + 'static,
{
    let told = sdk_failure(error);
    match error {
        SdkError::ServiceError(refused) if refused.raw().status().is_client_error() => SendFailure::Refused(told),
        SdkError::ConstructionFailure(_) => SendFailure::Refused(told),
        _ => SendFailure::Unknown(told),
    }
}

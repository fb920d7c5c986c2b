use std::fmt;

use futures_util::future::BoxFuture;
use hmac::{Hmac, Mac as _};
use jsonwebtoken::{DecodingKey, EncodingKey};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use souk_dynamo::sdk_failure;

/// The stage of the secret that new tokens are signed with, and the one that old tokens were.
const CURRENT: &str = "AWSCURRENT";
const PREVIOUS: &str = "AWSPREVIOUS";
/// Hexadecimal digits of a key's id.
const KEY_ID_LENGTH: usize = 8;

/// The live values of the secret that all keys are derived from.
#[derive(Clone)]
pub struct LiveSecrets {
    /// What new tokens are signed with.
    pub current: String,
    /// What tokens were signed with before the last rotation.
    pub previous: Option<String>,
}

impl fmt::Debug for LiveSecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LiveSecrets").field("previous", &self.previous.is_some()).finish_non_exhaustive()
    }
}

/// The secret's values could not be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the sale's keys cannot be had: {0}")]
pub struct KeySourceError(pub String);

/// Where the secret's live values come from.
pub trait KeySource: fmt::Debug + Send + Sync {
    /// Reads them.
    fn load(&self) -> BoxFuture<'_, Result<LiveSecrets, KeySourceError>>;
}

/// The secret in Secrets Manager, `{"key": "…"}`: its current stage and the one before it.
#[derive(Debug, Clone)]
pub struct ManagedSecret {
    client: aws_sdk_secretsmanager::Client,
    id: String,
}

#[derive(Deserialize)]
struct Stored {
    key: String,
}

impl ManagedSecret {
    /// The secret of this id (name or ARN).
    pub fn new(client: aws_sdk_secretsmanager::Client, id: impl Into<String>) -> Self {
        Self { client, id: id.into() }
    }

    async fn stage(&self, stage: &str) -> Result<Option<String>, KeySourceError> {
        let call = self.client.get_secret_value().secret_id(&self.id).version_stage(stage);
        match call.send().await {
            Ok(answer) => {
                // The reason must not quote what could not be read.
                let stored: Result<Stored, _> = serde_json::from_str(answer.secret_string().unwrap_or_default());
                let stored = stored.map_err(|_| KeySourceError("the secret is not the expected JSON".to_owned()))?;
                Ok(Some(stored.key).filter(|key| !key.is_empty()))
            }
            // A secret that was never rotated has no previous stage.
            Err(error) if error.as_service_error().is_some_and(|e| e.is_resource_not_found_exception()) => Ok(None),
            Err(error) => Err(KeySourceError(sdk_failure(&error))),
        }
    }
}

impl KeySource for ManagedSecret {
    fn load(&self) -> BoxFuture<'_, Result<LiveSecrets, KeySourceError>> {
        Box::pin(async {
            let (current, previous) = futures_util::try_join!(self.stage(CURRENT), self.stage(PREVIOUS))?;
            let current = current.ok_or_else(|| KeySourceError("the secret has no value".to_owned()))?;
            Ok(LiveSecrets { current, previous })
        })
    }
}

/// What a token is for. Each purpose has a key of its own, so that one kind never passes for the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    Ticket,
    Admission,
}

impl Purpose {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Ticket => "ticket",
            Self::Admission => "admission",
        }
    }
}

/// The keys that are derived from one value of the secret.
#[derive(Clone)]
pub(super) struct TokenKeys {
    pub(super) id: String,
    ticket: (EncodingKey, DecodingKey),
    admission: (EncodingKey, DecodingKey),
}

impl TokenKeys {
    pub(super) fn derived_from(secret: &str) -> Self {
        let pair = |purpose: Purpose| {
            let key = derive(secret, purpose.name());
            (EncodingKey::from_secret(&key), DecodingKey::from_secret(&key))
        };
        let mut id = hex::encode(Sha256::digest(derive(secret, "key id")));
        id.truncate(KEY_ID_LENGTH);
        Self { id, ticket: pair(Purpose::Ticket), admission: pair(Purpose::Admission) }
    }

    pub(super) fn signing(&self, purpose: Purpose) -> &EncodingKey {
        &self.pair(purpose).0
    }

    pub(super) fn verifying(&self, purpose: Purpose) -> &DecodingKey {
        &self.pair(purpose).1
    }

    fn pair(&self, purpose: Purpose) -> &(EncodingKey, DecodingKey) {
        match purpose {
            Purpose::Ticket => &self.ticket,
            Purpose::Admission => &self.admission,
        }
    }
}

impl fmt::Debug for TokenKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenKeys").field("id", &self.id).finish_non_exhaustive()
    }
}

fn derive(secret: &str, purpose: &str) -> [u8; 32] {
    // An HMAC takes a key of any length, so there is nothing to go wrong.
    let mut mac = <Hmac<Sha256> as hmac::Mac>::new_from_slice(secret.as_bytes())
        .unwrap_or_else(|_| unreachable!("an HMAC takes a key of any length"));
    mac.update(b"souk sale ");
    mac.update(purpose.as_bytes());
    mac.finalize().into_bytes().into()
}

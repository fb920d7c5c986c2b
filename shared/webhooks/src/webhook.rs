use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, fmt::serde::timestamp::millisecond};
use serde::{Deserialize, Serialize};
use souk_domain::{
    ids::WebhookId,
    webhook::{DisabledReason, EventType, Reach, WebhookUrl},
};
use souk_dynamo::StoreError;

use crate::Secret;

/// What an operator says of a subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// Where the subscriber is.
    pub url: WebhookUrl,
    /// What it is told.
    pub event_types: BTreeSet<EventType>,
    /// For operators.
    pub description: Option<String>,
}

/// A subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// Which one.
    pub webhook_id: WebhookId,
    /// Its terms.
    pub terms: Terms,
    /// Why nothing is delivered, where nothing is.
    pub disabled: Option<DisabledReason>,
    /// Since when every attempt has failed, where the last one has.
    pub failing_since: Option<Timestamp>,
    /// +1 at every change of the terms, the secret, and whether it is disabled.
    pub version: u64,
    /// When it was made.
    pub created_at: Timestamp,
    /// The present secret.
    pub secret: Secret,
    /// The one before, and until when requests are signed with it, too.
    pub former_secret: Option<(Secret, Timestamp)>,
}

impl Webhook {
    /// Whether it is told events of this type.
    pub fn wants(&self, event_type: EventType) -> bool {
        self.disabled.is_none() && self.terms.event_types.contains(&event_type)
    }

    /// The secrets with which a request is signed at this time, the present one first.
    pub fn secrets(&self, now: Timestamp) -> impl Iterator<Item = &Secret> {
        let former = self.former_secret.as_ref().filter(|(_, until)| now < *until).map(|(secret, _)| secret);
        std::iter::once(&self.secret).chain(former)
    }
}

/// The partition of all subscriptions: there are few, and they are read together.
pub(crate) const PARTITION: &str = "webhooks";

/// As it is stored.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct WebhookRecord {
    pub(crate) registry: String,
    pub(crate) webhook_id: WebhookId,
    pub(crate) url: String,
    pub(crate) event_types: BTreeSet<EventType>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) disabled: Option<DisabledReason>,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "millisecond::optional")]
    pub(crate) failing_since: Option<Timestamp>,
    pub(crate) version: u64,
    #[serde(with = "millisecond::required")]
    pub(crate) created_at: Timestamp,
    pub(crate) secret: Secret,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) former_secret: Option<Secret>,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "millisecond::optional")]
    pub(crate) former_until: Option<Timestamp>,
    /// Which places are taken, until when (milliseconds).
    #[serde(default)]
    pub(crate) places: BTreeMap<String, i64>,
}

impl From<&Webhook> for WebhookRecord {
    fn from(webhook: &Webhook) -> Self {
        let Webhook { webhook_id, terms, disabled, failing_since, version, created_at, secret, former_secret } =
            webhook.clone();
        let (former_secret, former_until) = former_secret.unzip();
        Self {
            registry: PARTITION.to_owned(),
            webhook_id,
            url: terms.url.as_str().to_owned(),
            event_types: terms.event_types,
            description: terms.description,
            disabled,
            failing_since,
            version,
            created_at,
            secret,
            former_secret,
            former_until,
            places: BTreeMap::new(),
        }
    }
}

impl TryFrom<WebhookRecord> for Webhook {
    type Error = StoreError;

    fn try_from(record: WebhookRecord) -> Result<Self, StoreError> {
        // Where a sender may go is the sender's to judge.
        let url = WebhookUrl::parse(&record.url, Reach::PublicAndLoopback).map_err(StoreError::corrupt)?;
        Ok(Self {
            webhook_id: record.webhook_id,
            terms: Terms { url, event_types: record.event_types, description: record.description },
            disabled: record.disabled,
            failing_since: record.failing_since,
            version: record.version,
            created_at: record.created_at,
            secret: record.secret,
            former_secret: record.former_secret.zip(record.former_until),
        })
    }
}

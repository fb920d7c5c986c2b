//! The subscriptions, as operators keep them.

use jiff::{SignedDuration, Timestamp};
use souk_domain::{ids::WebhookId, webhook::DisabledReason};
use souk_dynamo::{
    Condition, Item, Outcome, Refusal, StoreError, Table, Transaction, TransactionOutcome, Update, attribute, n, s,
};
use souk_wiring::FromEnvironment;

use crate::{
    Secret, SecretError, Terms, Webhook,
    webhook::{PARTITION, WebhookRecord},
};

/// The most subscriptions that there may be: each event is planned for all of them by one query.
pub const MAX_WEBHOOKS: u32 = 20;
/// How long requests are signed with the secret before, too.
pub const FORMER_SECRET_GOOD_FOR: SignedDuration = SignedDuration::from_hours(24);

/// The key of the item that counts subscriptions.
const COUNT: [(&str, &str); 2] = [("registry", "count"), ("webhook_id", "count")];

/// The `webhooks` table (keys `registry` and `webhook_id`).
#[derive(Debug, Clone, FromEnvironment)]
pub struct Webhooks {
    #[variable("WEBHOOKS_TABLE")]
    pub(crate) table: Table,
}

/// How making a subscription ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum CreateOutcome {
    /// It is made.
    Created(Box<Webhook>),
    /// There are [`MAX_WEBHOOKS`].
    TooMany,
}

/// How a change under a version ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum Guarded<T> {
    /// It is done.
    Done(T),
    /// There is no such subscription.
    Unknown,
    /// The caller named no version; the present one.
    VersionNeeded(u64),
    /// It has another version: this one.
    Stale(u64),
}

pub(crate) fn key(webhook_id: &WebhookId) -> [(&'static str, &str); 2] {
    [("registry", PARTITION), ("webhook_id", webhook_id.as_str())]
}

pub(crate) fn read(item: Item) -> Result<Webhook, StoreError> {
    souk_dynamo::decode::<WebhookRecord>(item)?.try_into()
}

fn no_chance(error: SecretError) -> StoreError {
    StoreError::Unavailable(error.to_string())
}

fn version_is(version: u64) -> Condition {
    attribute("version").equals(n(version))
}

impl Webhooks {
    /// The subscriptions in this table.
    pub fn new(table: Table) -> Self {
        Self { table }
    }

    /// Makes a subscription with a secret of its own. Condition: there are fewer than [`MAX_WEBHOOKS`].
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown.
    pub async fn create(
        &self,
        webhook_id: WebhookId,
        terms: Terms,
        now: Timestamp,
    ) -> Result<CreateOutcome, StoreError> {
        let webhook = Webhook {
            webhook_id,
            terms,
            disabled: None,
            failing_since: None,
            version: 1,
            created_at: now,
            secret: Secret::generate().map_err(no_chance)?,
            former_secret: None,
        };
        let count = attribute("count");
        let counted =
            Update::new().add("count", n(1)).when(count.clone().is_absent().or(count.is_below(n(MAX_WEBHOOKS))));
        let written = Transaction::new()
            .put_if(&self.table, &WebhookRecord::from(&webhook), attribute("webhook_id").is_absent())
            .update(&self.table, &COUNT, counted)
            .commit(self.table.client())
            .await?;
        match written {
            TransactionOutcome::Committed { .. } => Ok(CreateOutcome::Created(Box::new(webhook))),
            TransactionOutcome::Refused(why) if matches!(why[..], [_, Refusal::Condition(_)]) => {
                Ok(CreateOutcome::TooMany)
            }
            TransactionOutcome::Refused(_) => Err(StoreError::Busy("the webhooks are being written".to_owned())),
        }
    }

    /// All subscriptions, oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn all(&self) -> Result<Vec<Webhook>, StoreError> {
        let records: Vec<WebhookRecord> = self.table.partition("registry", PARTITION).await?;
        let mut all = records.into_iter().map(Webhook::try_from).collect::<Result<Vec<_>, _>>()?;
        all.sort_by(|a, b| (a.created_at, &a.webhook_id).cmp(&(b.created_at, &b.webhook_id)));
        Ok(all)
    }

    /// One subscription.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn get(&self, webhook_id: &WebhookId) -> Result<Option<Webhook>, StoreError> {
        let record: Option<WebhookRecord> = self.table.get(&key(webhook_id)).await?;
        record.map(Webhook::try_from).transpose()
    }

    /// Changes a subscription's terms, and enables or disables it. Condition: it has the version that was seen.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; repeating then answers `Stale`.
    pub async fn change(
        &self,
        webhook_id: &WebhookId,
        terms: &Terms,
        enabled: bool,
        seen: Option<u64>,
    ) -> Result<Guarded<Webhook>, StoreError> {
        let mut update =
            Update::new().set("url", s(terms.url.as_str())).set("event_types", souk_dynamo::value(&terms.event_types)?);
        update = match &terms.description {
            Some(description) => update.set("description", s(description)),
            None => update.remove("description"),
        };
        update = if enabled {
            update.remove("disabled").remove("failing_since")
        } else {
            update.set_if_absent("disabled", s(DisabledReason::Operator.as_str()))
        };
        self.guarded(webhook_id, update, seen).await
    }

    /// Gives a subscription a new secret; requests are signed with the one before, too, for
    /// [`FORMER_SECRET_GOOD_FOR`]. Condition: it has the version that was seen.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; repeating then answers `Stale`.
    pub async fn rotate(
        &self,
        webhook_id: &WebhookId,
        seen: Option<u64>,
        now: Timestamp,
    ) -> Result<Guarded<Webhook>, StoreError> {
        let Some(present) = self.get(webhook_id).await? else { return Ok(Guarded::Unknown) };
        let update = Update::new()
            .set("secret", s(Secret::generate().map_err(no_chance)?.reveal()))
            .set("former_secret", s(present.secret.reveal()))
            .set("former_until", n((now + FORMER_SECRET_GOOD_FOR).as_millisecond()))
            // The secret that was read is the former one only while nobody has written since.
            .when(version_is(present.version));
        self.guarded(webhook_id, update, seen).await
    }

    /// Deletes a subscription. Condition: it has the version that was seen.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; repeating then answers `Unknown`.
    pub async fn delete(&self, webhook_id: &WebhookId, seen: Option<u64>) -> Result<Guarded<()>, StoreError> {
        let Some(seen) = seen else { return self.without_version(webhook_id).await };
        let written = Transaction::new()
            .delete_if(&self.table, &key(webhook_id), version_is(seen))
            .update(&self.table, &COUNT, Update::new().add("count", n(-1)))
            .commit(self.table.client())
            .await?;
        match written {
            TransactionOutcome::Committed { .. } => Ok(Guarded::Done(())),
            TransactionOutcome::Refused(mut why) => match why.swap_remove(0) {
                Refusal::Condition(Some(item)) => Ok(Guarded::Stale(read(item)?.version)),
                Refusal::Condition(None) => Ok(Guarded::Unknown),
                Refusal::None | Refusal::Contention => Err(StoreError::Busy("the webhook is being written".to_owned())),
            },
        }
    }

    /// Disables a subscription because of what its subscriber does; false where it was disabled before.
    ///
    /// # Errors
    /// [`StoreError`]; repeating is safe.
    pub(crate) async fn disable(&self, webhook_id: &WebhookId, reason: DisabledReason) -> Result<bool, StoreError> {
        let update = Update::new()
            .set("disabled", s(reason.as_str()))
            .add("version", n(1))
            .when(attribute("webhook_id").exists())
            .when(attribute("disabled").is_absent());
        Ok(self.table.update(&key(webhook_id), update).await?.is_written())
    }

    async fn guarded(
        &self,
        webhook_id: &WebhookId,
        update: Update,
        seen: Option<u64>,
    ) -> Result<Guarded<Webhook>, StoreError> {
        let Some(seen) = seen else { return self.without_version(webhook_id).await };
        let update = update.add("version", n(1)).when(version_is(seen));
        Ok(match self.table.update(&key(webhook_id), update).await? {
            Outcome::Written(item) => Guarded::Done(read(item)?),
            Outcome::Refused(None) => Guarded::Unknown,
            Outcome::Refused(Some(item)) => Guarded::Stale(read(item)?.version),
        })
    }

    async fn without_version<T>(&self, webhook_id: &WebhookId) -> Result<Guarded<T>, StoreError> {
        let present = self.get(webhook_id).await?;
        Ok(present.map_or(Guarded::Unknown, |webhook| Guarded::VersionNeeded(webhook.version)))
    }
}

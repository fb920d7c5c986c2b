//! Whom the gateway knows a shopper as.

use jiff::{Timestamp, fmt::serde::timestamp::millisecond};
use serde::{Deserialize, Serialize};
use souk_domain::ids::UserId;
use souk_dynamo::{Outcome, StoreError, Update, attribute, n, s};

use super::PaymentRecords;

const KEY_PREFIX: &str = "customer#";

/// A shopper's item: two ids.
#[derive(Serialize, Deserialize)]
struct Customer {
    id: String,
    gateway_id: String,
    #[serde(with = "millisecond::required")]
    created_at: Timestamp,
}

fn key(user_id: &UserId) -> String {
    format!("{KEY_PREFIX}{user_id}")
}

impl PaymentRecords {
    /// The gateway's id of a shopper, where one was kept. Read eventually: who misses it keeps nothing and finds it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn customer(&self, user_id: &UserId) -> Result<Option<String>, StoreError> {
        let found = self.table.get_eventually::<Customer>(&[("id", &key(user_id))]).await?;
        Ok(found.map(|customer| customer.gateway_id))
    }

    /// Keeps the gateway's id of a shopper, unless there is one; either way the one that stands comes back.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn keep_customer(
        &self,
        user_id: &UserId,
        gateway_id: &str,
        now: Timestamp,
    ) -> Result<String, StoreError> {
        let customer = Customer { id: key(user_id), gateway_id: gateway_id.to_owned(), created_at: now };
        match self.table.put_if(&customer, attribute("id").is_absent()).await? {
            Outcome::Written(()) => Ok(customer.gateway_id),
            Outcome::Refused(Some(item)) => Ok(souk_dynamo::decode::<Customer>(item)?.gateway_id),
            Outcome::Refused(None) => Err(StoreError::corrupt("a refused put brought no customer")),
        }
    }

    /// Keeps another id of a shopper in the place of one that the gateway does not know any more; the one that stands comes
    /// back. Condition: this one stands.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn replace_customer(
        &self,
        user_id: &UserId,
        (gone, other): (&str, &str),
        now: Timestamp,
    ) -> Result<String, StoreError> {
        let update = Update::new()
            .set("gateway_id", s(other))
            .set("created_at", n(now.as_millisecond()))
            .when(attribute("gateway_id").equals(s(gone)));
        match self.table.update(&[("id", &key(user_id))], update).await? {
            Outcome::Written(item) | Outcome::Refused(Some(item)) => {
                Ok(souk_dynamo::decode::<Customer>(item)?.gateway_id)
            }
            Outcome::Refused(None) => self.keep_customer(user_id, other, now).await,
        }
    }
}

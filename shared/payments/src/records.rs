use jiff::{Timestamp, fmt::serde::timestamp::millisecond};
use serde::{Deserialize, Serialize};
use souk_domain::{
    ids::OrderId,
    money::Money,
    order::Order,
    payment::{Authorization, PaymentState},
};
use souk_dynamo::{Item, Outcome, Page, StoreError, Table, UpdateBuilder, n, s};
use souk_wiring::FromEnvironment;

/// What Souk knows of an order's payment. Written before the gateway hears anything.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentRecord {
    /// `order#<order id>`: the table's key.
    pub(crate) id: String,
    /// Whose payment it is.
    pub order_id: OrderId,
    /// Where it stands.
    pub state: PaymentState,
    /// How much; zero where an order was cancelled before any payment was wanted.
    pub amount: Money,
    /// The gateway's id, once it was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gateway_id: Option<String>,
    /// What the shopper's browser needs for 3-D Secure. Never logged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<String>,
    /// The gateway's code of the last decline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decline_code: Option<String>,
    /// How often the held money was claimed for a shipment: the claim's name at the gateway.
    #[serde(default)]
    pub capture_attempt: u32,
    /// +1 at every write.
    pub version: u64,
    /// When it was opened.
    #[serde(with = "millisecond::required")]
    pub created_at: Timestamp,
    /// When it was last written.
    #[serde(with = "millisecond::required")]
    pub updated_at: Timestamp,
}

/// How a guarded write of a record ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum RecordOutcome {
    /// Written; the record as it is now.
    Kept(Box<PaymentRecord>),
    /// The record stands where this write may not happen.
    Refused(Box<PaymentRecord>),
}

/// The `payments` table: one record per order, and the gateway's events that were seen.
#[derive(Debug, Clone, FromEnvironment)]
pub struct PaymentRecords {
    #[variable("PAYMENTS_TABLE")]
    pub(crate) table: Table,
}

const KEY_PREFIX: &str = "order#";

fn key(order_id: &OrderId) -> String {
    format!("{KEY_PREFIX}{order_id}")
}

impl PaymentRecords {
    /// The records in this table (key `id`).
    pub fn new(table: Table) -> Self {
        Self { table }
    }

    /// An order's record, read consistently.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn get(&self, order_id: &OrderId) -> Result<Option<PaymentRecord>, StoreError> {
        self.table.get(&[("id", &key(order_id))]).await
    }

    /// Many orders' records, read consistently; those that are not there are left out.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn many(&self, order_ids: &[OrderId]) -> Result<Vec<PaymentRecord>, StoreError> {
        let ids: Vec<String> = order_ids.iter().map(key).collect();
        let keys: Vec<_> = ids.iter().map(|id| [("id", id.as_str())]).collect();
        self.table.read_many(&keys).await
    }

    /// Opens a record in this state, unless there is one; either way the record that stands comes
    /// back (step S2a, and F2a where an order is cancelled before any payment was wanted).
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn open(
        &self,
        order_id: &OrderId,
        state: PaymentState,
        amount: Money,
        now: Timestamp,
    ) -> Result<PaymentRecord, StoreError> {
        let record = PaymentRecord {
            id: key(order_id),
            order_id: order_id.clone(),
            state,
            amount,
            gateway_id: None,
            client_secret: None,
            decline_code: None,
            capture_attempt: 0,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        match self.table.put_if(&record, "attribute_not_exists(id)", &[], &[]).await? {
            Outcome::Written(()) => Ok(record),
            Outcome::Refused(Some(item)) => souk_dynamo::decode(item),
            Outcome::Refused(None) => Err(StoreError::corrupt("a refused put brought no record")),
        }
    }

    /// Keeps the gateway's id (step S2c). Condition: `INTENT`, and no other id was kept. Whoever is
    /// refused here must not confirm.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn keep_gateway_id(
        &self,
        order_id: &OrderId,
        gateway_id: &str,
        client_secret: Option<&str>,
        now: Timestamp,
    ) -> Result<RecordOutcome, StoreError> {
        let secret = if client_secret.is_some() { ", client_secret = :secret" } else { "" };
        let mut update = self
            .change(
                order_id,
                &[PaymentState::Intent],
                PaymentState::Intent,
                now,
                &format!(", gateway_id = :id{secret}"),
                "(attribute_not_exists(gateway_id) OR gateway_id = :id)",
            )
            .expression_attribute_values(":id", s(gateway_id));
        if let Some(client_secret) = client_secret {
            update = update.expression_attribute_values(":secret", s(client_secret));
        }
        self.write(update).await
    }

    /// Keeps what the gateway said of a confirmed intent (step S2e). Condition: a state that accepts
    /// this outcome.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn keep_outcome(
        &self,
        order_id: &OrderId,
        outcome: Authorization,
        decline_code: Option<&str>,
        now: Timestamp,
    ) -> Result<RecordOutcome, StoreError> {
        let also = if decline_code.is_some() { ", decline_code = :decline" } else { "" };
        let mut update =
            self.change(order_id, PaymentState::accepting(outcome), outcome.state(), now, also, "attribute_exists(id)");
        if let Some(code) = decline_code {
            update = update.expression_attribute_values(":decline", s(code));
        }
        self.write(update).await
    }

    /// Moves a record on. Condition: one of `from`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn advance(
        &self,
        order_id: &OrderId,
        from: &[PaymentState],
        to: PaymentState,
        now: Timestamp,
    ) -> Result<RecordOutcome, StoreError> {
        self.write(self.change(order_id, from, to, now, "", "attribute_exists(id)")).await
    }

    /// Claims the held money for a shipment (step "ship 1"), and notes it for the sweeper until
    /// [`PaymentRecords::end_capture`]. Each claim is an attempt of its own at the gateway. Condition:
    /// `AUTHORIZED`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn begin_capture(&self, order_id: &OrderId, now: Timestamp) -> Result<RecordOutcome, StoreError> {
        let note = ", capturing = :shard, capturing_since = :now, \
                    capture_attempt = if_not_exists(capture_attempt, :none) + :one";
        let update = self
            .change(order_id, &[PaymentState::Authorized], PaymentState::Capturing, now, note, "attribute_exists(id)")
            .expression_attribute_values(":none", n(0))
            .expression_attribute_values(":shard", s(Order::sweep_shard(order_id)));
        self.write(update).await
    }

    /// Gives a claim back that the gateway refused and after which it still holds the money. Condition:
    /// `CAPTURING` by this attempt: whoever is late with a refusal must not end the attempt of another,
    /// whose capture may be under way.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn give_capture_back(
        &self,
        order_id: &OrderId,
        attempt: u32,
        now: Timestamp,
    ) -> Result<RecordOutcome, StoreError> {
        let own = "capture_attempt = :attempt";
        let update = self
            .change(order_id, &[PaymentState::Capturing], PaymentState::Authorized, now, "", own)
            .expression_attribute_values(":attempt", n(attempt));
        self.write(update).await
    }

    /// Takes the order off the sweeper's list, because it has `shipped`, or because no money is being
    /// taken or was taken for it: another run that has begun and died must still be found.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn end_capture(&self, order_id: &OrderId, shipped: bool) -> Result<(), StoreError> {
        let mut update =
            self.table.update(&[("id", &key(order_id))]).update_expression("REMOVE capturing, capturing_since");
        update = if shipped {
            update.condition_expression("attribute_exists(capturing)")
        } else {
            update
                .condition_expression("attribute_exists(capturing) AND NOT #state IN (:begun, :taken)")
                .expression_attribute_names("#state", "state")
                .expression_attribute_values(":begun", s(PaymentState::Capturing.as_str()))
                .expression_attribute_values(":taken", s(PaymentState::Captured.as_str()))
        };
        match self.table.write(update).await? {
            Outcome::Written(_) | Outcome::Refused(_) => Ok(()),
        }
    }

    /// A page of the orders of one sweep shard whose shipment began before `before` and has not ended,
    /// oldest first. Only candidates: the index is eventual.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn capturing(
        &self,
        shard: &str,
        before: Timestamp,
        after: Option<Item>,
    ) -> Result<Page<OrderId>, StoreError> {
        #[derive(Deserialize)]
        struct Candidate {
            id: String,
        }
        let query = self
            .table
            .query()
            .index_name("capturing")
            .key_condition_expression("capturing = :shard AND capturing_since < :before")
            .expression_attribute_values(":shard", s(shard))
            .expression_attribute_values(":before", n(before.as_millisecond()));
        let Page { items, next } = Table::page::<Candidate>(query, after).await?;
        let order_id = |candidate: Candidate| candidate.id.trim_start_matches(KEY_PREFIX).parse();
        let items = items.into_iter().map(order_id).collect::<Result<_, _>>().map_err(StoreError::corrupt)?;
        Ok(Page { items, next })
    }

    /// Closes a record of which the gateway has no id (step F2a). Condition: `INTENT` without id: a
    /// run that creates it there later is refused when it wants to keep the id, so it never confirms.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn close_unknown(&self, order_id: &OrderId, now: Timestamp) -> Result<RecordOutcome, StoreError> {
        let no_id = "attribute_not_exists(gateway_id)";
        self.write(self.change(order_id, &[PaymentState::Intent], PaymentState::Voided, now, "", no_id)).await
    }

    fn change(
        &self,
        order_id: &OrderId,
        from: &[PaymentState],
        to: PaymentState,
        now: Timestamp,
        also_set: &str,
        also_required: &str,
    ) -> UpdateBuilder {
        let names: Vec<String> = (0..from.len()).map(|i| format!(":s{i}")).collect();
        let mut update = self
            .table
            .update(&[("id", &key(order_id))])
            .update_expression(format!("SET #state = :to, updated_at = :now{also_set} ADD version :one"))
            .condition_expression(format!("#state IN ({}) AND {also_required}", names.join(", ")))
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":to", s(to.as_str()))
            .expression_attribute_values(":now", n(now.as_millisecond()))
            .expression_attribute_values(":one", n(1));
        for (name, state) in names.into_iter().zip(from) {
            update = update.expression_attribute_values(name, s(state.as_str()));
        }
        update
    }

    async fn write(&self, update: UpdateBuilder) -> Result<RecordOutcome, StoreError> {
        let read = |item: Item| souk_dynamo::decode::<PaymentRecord>(item).map(Box::new);
        match self.table.write(update).await? {
            Outcome::Written(item) => Ok(RecordOutcome::Kept(read(item)?)),
            Outcome::Refused(Some(item)) => Ok(RecordOutcome::Refused(read(item)?)),
            Outcome::Refused(None) => Err(StoreError::corrupt("a payment record is missing")),
        }
    }
}

impl std::fmt::Debug for PaymentRecord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PaymentRecord")
            .field("order_id", &self.order_id)
            .field("state", &self.state)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

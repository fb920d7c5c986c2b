mod ageing;
mod captures;
mod customers;
mod disputes;
mod methods;
mod refunds;
mod renewals;

use jiff::{SignedDuration, Timestamp, fmt::serde::timestamp::millisecond};
use serde::{Deserialize, Serialize};
use souk_domain::{
    ids::OrderId,
    money::Money,
    order::{Order, SWEEP_SHARDS},
    payment::{Authorization, Disputes, PaymentState, RefundState, Refunds, Renewal},
};
use souk_dynamo::{Condition, Item, Outcome, Page, StoreError, Table, Update, attribute, n, s};
use souk_wiring::FromEnvironment;

pub use self::methods::{MAX_METHODS, OtherMethod};
pub(crate) use self::refunds::Taken;
use crate::{attention::Watched, reconcile::Sums};

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
    /// What the shopper's browser needs for 3-D Secure, until the money is held or given back. Never logged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<String>,
    /// What the shopper has named since to be paid by instead, each after a decline.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other_methods: Vec<OtherMethod>,
    /// How many those are: the attempt's name at the gateway.
    #[serde(default)]
    pub method_attempt: u32,
    /// The gateway's code of the last decline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decline_code: Option<String>,
    /// Until when the held money can be taken, as the gateway said when it was authorised; see
    /// [`PaymentRecord::can_be_captured_until`].
    #[serde(default, skip_serializing_if = "Option::is_none", with = "millisecond::optional")]
    pub capture_before: Option<Timestamp>,
    /// When operators were warned that the gateway soon lets go of the money.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "millisecond::optional")]
    pub warned_at: Option<Timestamp>,
    /// Where the renewal of its authorisation stands, while one is under way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renewal: Option<Renewal>,
    /// The gateway's id of the intent on which the record does not stand, once it was kept, while a renewal is under way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other_intent: Option<String>,
    /// Since when one is under way.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "millisecond::optional")]
    pub(crate) renewing_since: Option<Timestamp>,
    /// How many renewals were begun: the last one's name at the gateway.
    #[serde(default)]
    pub renewals: u32,
    /// Why the money will not be held longer than the gateway says: its code of the decline, or
    /// [`METHOD_NOT_KEPT`](crate::METHOD_NOT_KEPT).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renewal_refusal: Option<String>,
    /// When the money was held anew for the last time.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "millisecond::optional")]
    pub renewed_at: Option<Timestamp>,
    /// The gateway's code, where the last attempt to take the money was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capture_refusal: Option<String>,
    /// How often the held money was claimed for a shipment: the claim's name at the gateway.
    #[serde(default)]
    pub capture_attempt: u32,
    /// How much the shipment takes, where that is less than the whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) capture_amount: Option<Money>,
    /// How much the gateway said that it took.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    captured: Option<Money>,
    /// What of it goes back.
    #[serde(default, skip_serializing_if = "Refunds::is_empty")]
    pub refunds: Refunds,
    /// Whatever its shopper asked their bank to give back.
    #[serde(default, skip_serializing_if = "Disputes::is_empty")]
    pub disputes: Disputes,
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

impl PaymentRecord {
    /// How much was taken; `None` where nothing is known to have been.
    pub fn captured(&self) -> Option<Money> {
        // Records from before amounts were kept were captured whole.
        let was_taken = matches!(self.state, PaymentState::Captured | PaymentState::Refunded);
        was_taken.then(|| self.captured.unwrap_or(self.amount))
    }

    /// How much of it goes back, or has gone back.
    pub fn refunded(&self) -> Money {
        match self.captured() {
            // From before refunds were written down one by one.
            Some(captured) if self.state == PaymentState::Refunded && self.refunds.is_empty() => captured,
            captured => self.refunds.refunded(captured.unwrap_or(self.amount)),
        }
    }

    /// How much can still be refunded; `None` where nothing was captured. What a bank has taken over a dispute cannot.
    pub fn refundable(&self) -> Option<Money> {
        let nothing = Money::nothing(self.amount.currency());
        let left = self.captured()?.minus(self.refunded()).unwrap_or(nothing);
        Some(left.minus(self.disputes.withdrawn(self.captured()?)).unwrap_or(nothing))
    }

    /// Its sums, where it was captured and no refund is on its way: what the gateway must say, too.
    pub fn sums_at_rest(&self) -> Option<Sums> {
        let captured = self.captured().filter(|_| !self.has_pending_refunds())?;
        Some(Sums { captured: captured.amount(), refunded: self.refunded().amount() })
    }

    /// True where the gateway may know more of its refunds than the record.
    pub fn has_pending_refunds(&self) -> bool {
        self.refunds.iter().any(|refund| refund.state == RefundState::Pending)
    }
}

const KEY_PREFIX: &str = "order#";

/// How long a card's bank holds money for a purchase on the Internet, where the gateway does not say it.
const HELD_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);

/// True where this key of the table is a payment record's.
pub fn is_payment(id: &str) -> bool {
    id.starts_with(KEY_PREFIX)
}

fn key(order_id: &OrderId) -> String {
    format!("{KEY_PREFIX}{order_id}")
}

/// The order in a record's key.
pub(crate) fn order_of(id: &str) -> &str {
    id.trim_start_matches(KEY_PREFIX)
}

impl PaymentRecord {
    /// Until when the held money can be taken; of records that do not say it, a week after they were opened.
    pub fn can_be_captured_until(&self) -> Timestamp {
        self.capture_before.unwrap_or(self.created_at + HELD_FOR)
    }
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

    /// An order's record as it stood a moment ago, at half the price, where that suffices; else as it is.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn get_sufficing(
        &self,
        order_id: &OrderId,
        suffices: impl FnOnce(&PaymentRecord) -> bool,
    ) -> Result<Option<PaymentRecord>, StoreError> {
        self.table.get_sufficing(&[("id", &key(order_id))], suffices).await
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
            other_methods: Vec::new(),
            method_attempt: 0,
            decline_code: None,
            capture_before: None,
            warned_at: None,
            renewal: None,
            other_intent: None,
            renewing_since: None,
            renewals: 0,
            renewal_refusal: None,
            renewed_at: None,
            capture_refusal: None,
            capture_attempt: 0,
            capture_amount: None,
            captured: None,
            refunds: Refunds::default(),
            disputes: Disputes::default(),
            version: 1,
            created_at: now,
            updated_at: now,
        };
        match self.table.put_if(&record, attribute("id").is_absent()).await? {
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
    pub async fn record_gateway_id(
        &self,
        order_id: &OrderId,
        gateway_id: &str,
        client_secret: Option<&str>,
        now: Timestamp,
    ) -> Result<RecordOutcome, StoreError> {
        let its_own = attribute("gateway_id").is_absent().or(attribute("gateway_id").equals(s(gateway_id)));
        let update = transition(&[PaymentState::Intent], PaymentState::Intent, now)
            .set("gateway_id", s(gateway_id))
            .set_some("client_secret", client_secret.map(s))
            .when(its_own);
        self.change(order_id, update).await
    }

    /// Keeps what the gateway said of a confirmed intent (step S2e), and until when it holds the money. Condition: a
    /// state that accepts this outcome.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn record_outcome(
        &self,
        order_id: &OrderId,
        outcome: Authorization,
        decline_code: Option<&str>,
        capture_before: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<RecordOutcome, StoreError> {
        let mut update = transition(PaymentState::accepting(outcome), outcome.state(), now);
        if outcome == Authorization::Authorized {
            let before = capture_before.unwrap_or(now + HELD_FOR);
            update = watched(update, Watched::Held, order_id, before).set("capture_before", n(before.as_millisecond()));
        }
        self.change(order_id, update.set_some("decline_code", decline_code.map(s))).await
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
        self.change(order_id, ends_hold(transition(from, to, now))).await
    }

    /// Closes a record of which the gateway has no id (step F2a). Condition: `INTENT` without id: a
    /// run that creates it there later is refused when it wants to keep the id, so it never confirms.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn close_unknown(&self, order_id: &OrderId, now: Timestamp) -> Result<RecordOutcome, StoreError> {
        let update = ends_hold(transition(&[PaymentState::Intent], PaymentState::Voided, now));
        self.change(order_id, update.when(attribute("gateway_id").is_absent())).await
    }

    async fn change(&self, order_id: &OrderId, update: Update) -> Result<RecordOutcome, StoreError> {
        let read = |item: Item| souk_dynamo::decode::<PaymentRecord>(item).map(Box::new);
        match self.table.update(&[("id", &key(order_id))], update).await? {
            Outcome::Written(item) => Ok(RecordOutcome::Kept(read(item)?)),
            Outcome::Refused(Some(item)) => Ok(RecordOutcome::Refused(read(item)?)),
            Outcome::Refused(None) => Err(StoreError::corrupt("a payment record is missing")),
        }
    }
}

/// What an index knows of a record.
#[derive(Deserialize)]
struct Candidate {
    id: String,
}

fn order_ids(Page { items, next }: Page<Candidate>) -> Result<Page<OrderId>, StoreError> {
    let order_id = |candidate: Candidate| candidate.id.trim_start_matches(KEY_PREFIX).parse();
    let items = items.into_iter().map(order_id).collect::<Result<_, _>>().map_err(StoreError::corrupt)?;
    Ok(Page { items, next })
}

/// The change of the state, under a condition on the state, which only a record has. What the shopper's browser needs
/// goes as soon as nothing is left for it to do.
fn transition(from: &[PaymentState], to: PaymentState, now: Timestamp) -> Update {
    let update = Update::new()
        .set("state", s(to.as_str()))
        .set("updated_at", n(now.as_millisecond()))
        .add("version", n(1))
        .when(state_is_one_of(from));
    match to {
        // A declined payment may still be made with another card.
        PaymentState::Intent | PaymentState::RequiresAction | PaymentState::Declined => update,
        _ => update.remove("client_secret"),
    }
}

/// Lets operators find the order by its money, from this time on.
fn watched(update: Update, as_what: Watched, order_id: &OrderId, at: Timestamp) -> Update {
    let shard = as_what.shard(Order::shard(order_id, SWEEP_SHARDS));
    update.set("attention", s(shard)).set("attention_at", n(at.as_millisecond()))
}

/// Where operators find a payment whose money was taken: by its open dispute, else by the refund that failed.
fn watched_for(update: Update, order_id: &OrderId, refunds: &Refunds, disputes: &Disputes) -> Update {
    match (disputes.open(), refunds.failed_since()) {
        (Some(by), _) => watched(update, Watched::Disputed, order_id, by),
        (None, Some(since)) => watched(update, Watched::RefundFailed, order_id, since),
        (None, None) => ends_hold(update),
    }
}

/// The money is no longer merely held, and no refusal counts any more.
fn ends_hold(update: Update) -> Update {
    ["attention", "attention_at", "capture_refusal"].into_iter().fold(update, Update::remove)
}

fn state_is_one_of(states: &[PaymentState]) -> Condition {
    attribute("state").is_one_of(states.iter().map(|state| s(state.as_str())))
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

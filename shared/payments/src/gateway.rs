//! The port to whoever holds the money.

use std::fmt;

use jiff::Timestamp;
use souk_domain::{
    ids::{OrderId, RefundId, UserId},
    money::Money,
    payment::{Dispute, Told},
};

use crate::reconcile::Sums;

/// A payment to be authorised later: creating it holds no money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewIntent<'a> {
    /// The order that it is for; also the metadata by which webhooks find it again.
    pub order_id: &'a OrderId,
    /// How much.
    pub amount: Money,
    /// The gateway's token of the payment method.
    pub payment_method: &'a str,
    /// How many methods were declined before it: each creation has a key of its own.
    pub attempt: u32,
    /// The gateway's id of the shopper, for whom the method is kept; `None` where it is used once.
    pub customer: Option<&'a str>,
}

/// A second payment of the same order, in the first one's place: with its method, while its shopper is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRenewal<'a> {
    /// The order that it is for.
    pub order_id: &'a OrderId,
    /// How much.
    pub amount: Money,
    /// Which renewal of this order, from 1: each has keys of its own.
    pub number: u32,
    /// What it is paid with.
    pub kept: &'a KeptMethod,
}

/// A payment method that the gateway keeps for a shopper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptMethod {
    /// The gateway's id of the shopper.
    pub customer: String,
    /// The gateway's id of the method.
    pub payment_method: String,
}

/// Money that goes back to the shopper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRefund<'a> {
    /// Of which order.
    pub order_id: &'a OrderId,
    /// The gateway's id of the payment.
    pub intent_id: &'a str,
    /// Which refund; also the metadata by which it is recognised in the gateway's list.
    pub refund_id: &'a RefundId,
    /// How much; `None` for all that was taken and has not been given back.
    pub amount: Option<Money>,
}

/// A payment as the gateway has it.
#[derive(Clone, PartialEq, Eq)]
pub struct Intent {
    /// The gateway's id.
    pub id: String,
    /// Where it stands there.
    pub status: IntentStatus,
    /// What the shopper's browser needs to act on it. A secret: never logged.
    pub client_secret: Option<String>,
    /// The last decline, where there was one.
    pub decline: Option<Decline>,
    /// How much was taken, in minor units, whether or not it was given back since.
    pub captured: i64,
    /// Until when the held money can be taken, where the gateway says it.
    pub capture_before: Option<Timestamp>,
    /// How much of it was given back, in minor units; `None` where the gateway was not asked.
    pub refunded: Option<i64>,
    /// Whether its shopper ever asked their bank for the money back, where the gateway was asked.
    pub disputed: bool,
    /// What it is paid with, where the gateway knows whose that is.
    pub kept: Option<KeptMethod>,
}

impl Intent {
    /// Its sums, where the gateway was asked for them.
    pub fn sums(&self) -> Option<Sums> {
        Some(Sums { captured: self.captured, refunded: self.refunded? })
    }
}

/// One page of the gateway's intents, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IntentPage {
    /// The intents, each with the order in its metadata; none where it is not of our making.
    pub intents: Vec<(Intent, Option<OrderId>)>,
    /// Where the next page begins; `None` on the last one.
    pub next: Option<String>,
}

/// What a shopper's money comes back by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Back {
    /// A refund, whoever made it.
    Refund,
    /// A dispute at the shopper's bank.
    Dispute,
}

/// A refund or a dispute as the gateway lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackItem {
    /// The gateway's id of it.
    pub id: String,
    /// The payment that it is of.
    pub intent_id: String,
    /// The order in its metadata; none where it was not made by the shop.
    pub order_id: Option<OrderId>,
    /// The gateway's word for where it stands.
    pub status: String,
}

/// One page of the gateway's refunds or disputes, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackPage {
    /// Those that are of a payment.
    pub items: Vec<BackItem>,
    /// Where the next page begins; `None` on the last one.
    pub next: Option<String>,
}

/// When intents, refunds or disputes were made, both ends included, in whole seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// The oldest.
    pub from: Timestamp,
    /// The newest.
    pub to: Timestamp,
}

/// The gateway's states.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IntentStatus {
    /// No usable payment method: declined, or none given.
    RequiresPaymentMethod,
    /// Created, not confirmed: no money is held.
    RequiresConfirmation,
    /// The shopper must act (3-D Secure).
    RequiresAction,
    /// The gateway is still at it: ask again.
    Processing,
    /// The money is held.
    RequiresCapture,
    /// The money was taken.
    Succeeded,
    /// Given up, here or by the gateway; nothing is held.
    Canceled,
}

/// Why a payment method was declined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decline {
    /// The gateway's stable code, such as `insufficient_funds`.
    pub code: String,
}

/// A gateway call that gave no intent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GatewayError {
    /// No answer, or "later". The effect is unknown: ask with [`Gateway::retrieve`] before deciding
    /// anything, or repeat the call with the same idempotency key.
    #[error("the gateway did not answer: {0}")]
    Unavailable(String),
    /// The gateway refused because of the intent's state (already captured, already cancelled):
    /// ask where it stands.
    #[error("the gateway refused ({code})")]
    Refused {
        /// The gateway's stable code.
        code: String,
        /// Its words.
        message: String,
    },
    /// This payment can never succeed as it was asked for: a payment method that the gateway does not
    /// know, an amount that it does not take. Nothing is held; treat it as the shopper's decline.
    #[error("the gateway cannot take this payment ({code})")]
    Invalid {
        /// The gateway's stable code.
        code: String,
        /// Its words.
        message: String,
    },
    /// It has no such shopper: somebody has deleted them there. Nothing happened.
    #[error("the gateway does not know the shopper any more")]
    NoCustomer,
    /// The gateway does not accept how Souk calls it: a wrong key, a request that it does not
    /// understand. Nothing happened, and no shopper is to blame: alarm, and repeat once it is repaired.
    #[error("the gateway does not accept our requests: {0}")]
    Misconfigured(String),
}

/// What Souk asks of a payment gateway. Manual capture: authorise first, take the money at shipment.
///
/// Every writing call carries an idempotency key that follows from the order, so repeating a call
/// whose answer was lost has no second effect.
pub trait Gateway: Send + Sync {
    /// Makes a shopper known to the gateway, and answers its id of them. Nothing of the shopper is told but the id that they
    /// have here. Repeated for the same order and the same shopper `in_place_of`, the same id comes back.
    fn create_customer(
        &self,
        user_id: &UserId,
        order_id: &OrderId,
        in_place_of: Option<&str>,
    ) -> impl Future<Output = Result<String, GatewayError>> + Send;

    /// Creates the intent of a renewal without confirming it (step R2). Repeated for the same renewal, the same intent comes back.
    fn create_renewal(&self, new: &NewRenewal<'_>) -> impl Future<Output = Result<Intent, GatewayError>> + Send;

    /// As [`Gateway::confirm`], of a renewal (step R4): where the bank wants to see the shopper, that is a decline.
    fn confirm_renewal(
        &self,
        order_id: &OrderId,
        id: &str,
        number: u32,
    ) -> impl Future<Output = Result<Intent, GatewayError>> + Send;

    /// Creates an intent without confirming it. Repeated for the same order, the same intent comes back.
    fn create(&self, intent: &NewIntent<'_>) -> impl Future<Output = Result<Intent, GatewayError>> + Send;

    /// Asks the gateway to hold the money. A decline is an answer (`RequiresPaymentMethod` with a
    /// [`Decline`]), not an error.
    fn confirm(&self, order_id: &OrderId, id: &str) -> impl Future<Output = Result<Intent, GatewayError>> + Send;

    /// As [`Gateway::confirm`], with another payment method than the intent was created with; `attempt` counts those, from 1.
    fn confirm_with(
        &self,
        order_id: &OrderId,
        id: &str,
        attempt: u32,
        payment_method: &str,
    ) -> impl Future<Output = Result<Intent, GatewayError>> + Send;

    /// Takes the held money: `amount`, or all of it. What is not taken is released. A refusal is repeated under its key, so each `attempt` has one of its
    /// own: the next may begin only once the gateway has said, after a refusal, that it still holds the money.
    fn capture(
        &self,
        order_id: &OrderId,
        id: &str,
        attempt: u32,
        amount: Option<Money>,
    ) -> impl Future<Output = Result<Intent, GatewayError>> + Send;

    /// Lets the held money go. Afterwards the intent can never be confirmed.
    fn cancel(&self, order_id: &OrderId, id: &str) -> impl Future<Output = Result<Intent, GatewayError>> + Send;

    /// Gives back what was taken. Repeated for the same refund within a day, it gives back nothing more; later than
    /// that, look for the refund in [`Gateway::refunds`] first.
    fn refund(&self, refund: &NewRefund<'_>) -> impl Future<Output = Result<Told, GatewayError>> + Send;

    /// All refunds of a payment, whoever made them, as they stand now.
    fn refunds(&self, intent_id: &str) -> impl Future<Output = Result<Vec<Told>, GatewayError>> + Send;

    /// All disputes of a payment, as they stand now; each as heard of at `now`.
    fn disputes(
        &self,
        intent_id: &str,
        now: Timestamp,
    ) -> impl Future<Output = Result<Vec<Dispute>, GatewayError>> + Send;

    /// The order that an intent is for; `None` where it is not of our making.
    fn order_of(&self, intent_id: &str) -> impl Future<Output = Result<Option<OrderId>, GatewayError>> + Send;

    /// What the gateway knows now.
    fn retrieve(&self, id: &str) -> impl Future<Output = Result<Intent, GatewayError>> + Send;

    /// The refunds or disputes that were made in a window, newest first, of however old a payment; `after` is the `next` of the
    /// page before.
    fn list_back(
        &self,
        what: Back,
        window: Window,
        after: Option<&str>,
    ) -> impl Future<Output = Result<BackPage, GatewayError>> + Send;

    /// The intents that were made in a window, newest first; `after` is the `next` of the page before.
    fn list(
        &self,
        window: Window,
        after: Option<&str>,
    ) -> impl Future<Output = Result<IntentPage, GatewayError>> + Send;
}

impl fmt::Debug for Intent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Intent").field("id", &self.id).field("status", &self.status).finish_non_exhaustive()
    }
}

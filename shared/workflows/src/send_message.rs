//! A shopper is told by mail what happened to their order.
//!
//! The event says which order and what; everything else is read where it is kept, when the message is sent. The message's
//! item is written before, and not again where the mail has gone out: see [`souk_notifications::Messages`].

use souk_domain::{
    ids::{OrderId, RefundId},
    money::Money,
    order::{Order, OrderStatus},
    payment::{PaymentState, RefundState},
};
use souk_dynamo::StoreError;
use souk_notifications::{
    About, BeginOutcome, Contact, ContactError, Contacts, Content, EndOutcome, Happened, Kind, Mailer, Message,
    Messages, RenderError, SendFailure, Standing, Templates, Withheld,
};
use souk_orders::{Archive, Orders};
use souk_payments::PaymentRecords;
use souk_wiring::{Call, FromEnvironment};

/// What a message is made of, and what sends it.
#[derive(Debug, FromEnvironment)]
pub struct SendMessage {
    orders: Orders,
    archive: Archive,
    payments: PaymentRecords,
    contacts: Contacts,
    messages: Messages,
    templates: Templates,
    mailer: Mailer,
}

/// What happened to an order, as a queue brought the event of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct News {
    /// Which order.
    pub order_id: OrderId,
    /// What.
    pub happened: Happened,
    /// The order's version then, where the event tells it.
    pub version: Option<u64>,
    /// The queue's id of what it handed out: the same until it is done.
    pub delivery: String,
}

/// How it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendOutcome {
    /// The provider has taken it; 2 where an earlier one may have gone out too.
    Sent {
        /// Which attempt it was.
        attempt: u32,
    },
    /// It is not sent, and why.
    Withheld(Withheld),
    /// It was done before.
    Done(Standing),
    /// There is nothing to tell.
    Nothing,
}

/// A message that is not done; whoever has the event tries again later.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// The order is not there.
    #[error("there is no such order")]
    UnknownOrder,
    /// Somebody is sending it at this moment, or has died over it a moment ago.
    #[error("the message is being sent")]
    Busy,
    /// Where the shopper is reached is not known.
    #[error(transparent)]
    Contact(#[from] ContactError),
    /// It has no words.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// The provider refused it, or gave no answer.
    #[error(transparent)]
    Mail(#[from] SendFailure),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Whom a message goes to.
enum Recipient {
    At(Contact),
    /// To nobody, and why.
    None(Withheld),
}

impl SendMessage {
    /// A use case of these parts.
    pub fn new(
        (orders, archive): (Orders, Archive),
        payments: PaymentRecords,
        contacts: Contacts,
        messages: Messages,
        templates: Templates,
        mailer: Mailer,
    ) -> Self {
        Self { orders, archive, payments, contacts, messages, templates, mailer }
    }

    /// Tells an order's shopper what happened. Repeating it sends nothing more.
    ///
    /// # Errors
    /// [`SendError`]. Only where nobody knows whether the mail went out does the next try count as a second one.
    pub async fn run(&self, news: &News, call: Call) -> Result<SendOutcome, SendError> {
        let News { order_id, happened, version, delivery } = news;
        let order = match self.orders.since(order_id, *version).await? {
            Some(order) => order,
            // Money may go back long after the order has left the hot table.
            None => self.archive.get(order_id).await?.ok_or(SendError::UnknownOrder)?,
        };
        let refunded = match happened {
            Happened::Refunded(refund_id) => match self.refunded(order_id, refund_id).await? {
                Some(amount) => Some(amount),
                None => return Ok(SendOutcome::Nothing),
            },
            Happened::ActionRequired if !self.waits_for_shopper(&order).await? => return Ok(SendOutcome::Nothing),
            _ => None,
        };
        let kind = Kind::of(happened, &order);
        let about = About::of(happened, kind);
        let content = Content::of(kind, &about, &order).with_refund(refunded);
        let message = Message { order_id: order_id.clone(), user_id: order.user_id.clone(), kind, about };
        let turn = match self.messages.begin(&message, delivery, call.now).await? {
            BeginOutcome::Begun(turn) => turn,
            BeginOutcome::Done(standing) => return Ok(SendOutcome::Done(standing)),
            BeginOutcome::Busy => return Err(SendError::Busy),
        };
        // Only now: whatever fails from here on is either known not to have been sent, which is written down, or an attempt.
        let (standing, result) = match self.recipient(&message).await {
            Ok(Recipient::None(why)) => (Standing::Withheld { why }, Ok(SendOutcome::Withheld(why))),
            Ok(Recipient::At(contact)) => match self.send(&message, &content, &contact).await {
                Ok(provider_id) => {
                    tracing::info!(%order_id, provider_id, "mail");
                    return Ok(SendOutcome::Sent { attempt: turn.attempt });
                }
                // The item stays as it is: the next try is the second attempt.
                Err(error @ SendError::Mail(SendFailure::Unknown(_))) => return Err(error),
                Err(error) => (Standing::Waiting, Err(error)),
            },
            Err(error) => (Standing::Waiting, Err(error)),
        };
        match self.messages.end(&turn, &standing, call.now).await? {
            // Another run has waited for the lease; it is the second attempt.
            EndOutcome::Kept | EndOutcome::Overtaken => result,
        }
    }

    /// How much a refund gives back; `None` where it is not on its way any more.
    async fn refunded(&self, order_id: &OrderId, refund_id: &RefundId) -> Result<Option<Money>, StoreError> {
        let payment = self.payments.get(order_id).await?;
        let refund = payment.as_ref().and_then(|payment| payment.refunds.get(refund_id));
        Ok(refund.filter(|refund| refund.state == RefundState::Succeeded).map(|refund| refund.amount))
    }

    /// Whether the payment still waits for the shopper.
    async fn waits_for_shopper(&self, order: &Order) -> Result<bool, StoreError> {
        let payment = self.payments.get(&order.order_id).await?;
        let waits = payment.is_some_and(|payment| payment.state == PaymentState::RequiresAction);
        Ok(waits && order.status == OrderStatus::PendingPayment)
    }

    /// How the shopper is reached, or why not.
    async fn recipient(&self, message: &Message) -> Result<Recipient, SendError> {
        if message.kind.may_be_declined() && self.messages.is_declined(&message.user_id, message.kind).await? {
            return Ok(Recipient::None(Withheld::Declined));
        }
        let Some(contact) = self.contacts.find(&message.user_id).await? else {
            return Ok(Recipient::None(Withheld::NoAddress));
        };
        if self.messages.is_suppressed(&contact.address).await? {
            return Ok(Recipient::None(Withheld::Suppressed));
        }
        Ok(Recipient::At(contact))
    }

    async fn send(&self, message: &Message, content: &Content, contact: &Contact) -> Result<String, SendError> {
        let mail = self.templates.render(content, contact.language)?;
        Ok(self.mailer.send(&contact.address, &mail, &message.id()).await?)
    }
}

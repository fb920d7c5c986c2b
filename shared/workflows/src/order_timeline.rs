//! Everything that happened to an order, by whom, oldest first.
//!
//! It is put together when it is asked for, of what each context keeps anyway; nothing is written twice. Each source
//! is a file here, and a line in `OrderTimeline::entries`.

mod disputes;
mod messages;
mod notes;
mod order;
mod payment;
mod refunds;
mod shipments;

use jiff::Timestamp;
use serde::Serialize;
use souk_domain::{
    ids::{NoteId, OrderId, RefundId, Sku, UserId, WarehouseId},
    money::Money,
    order::{Actor, Address, CancelReason, Label, Order, OrderStatus},
    payment::{DisputeState, PaymentState, RefundState},
};
use souk_dynamo::StoreError;
use souk_notifications::{Kind, Messages};
use souk_orders::{Archive, OrderNotes, Orders, find};
use souk_payments::{PaymentRecords, SeenEvents};
use souk_wiring::FromEnvironment;
use utoipa::ToSchema;

/// Whatever an order leaves traces in.
#[derive(Debug, FromEnvironment)]
pub struct OrderTimeline {
    orders: Orders,
    archive: Archive,
    payments: PaymentRecords,
    gateway_events: SeenEvents,
    messages: Messages,
    notes: OrderNotes,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = TimelineEntry)]
pub struct Entry {
    /// When.
    pub at: Timestamp,
    /// Who or what did it.
    pub by: By,
    /// Who, where it was a person whose id is kept with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
    /// What.
    pub what: What,
}

/// Who or what did it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TimelineActor)]
pub enum By {
    /// The customer.
    Customer,
    /// An operator.
    Operator,
    /// The warehouse.
    Warehouse,
    /// The carrier.
    Carrier,
    /// An operator or somebody in the warehouse.
    Staff,
    /// The payment saga.
    Saga,
    /// A shipment that found the authorisation lapsed.
    Shipment,
    /// A sweeper: over a flash sale's claims, over what has been on its way for days, or over money that the gateway lets
    /// go of.
    Sweeper,
    /// The payment gateway.
    Gateway,
    /// The shop, without a person.
    Shop,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schema(as = TimelineEvent)]
pub enum What {
    /// The order reached a status.
    Status {
        /// Which.
        status: OrderStatus,
        /// Why, where it was cancelled.
        #[serde(skip_serializing_if = "Option::is_none")]
        reason: Option<CancelReason>,
        /// The events that the bus is told of it.
        published: Vec<String>,
    },
    /// It was sent to another address.
    AddressChanged {
        /// Where it was to go until then.
        before: Address,
    },
    /// A payment was begun.
    PaymentOpened {
        /// How much was to be paid.
        amount: Money,
    },
    /// The payment came to where it stands now.
    PaymentChanged {
        /// Where.
        status: PaymentState,
        /// The gateway's code of the last decline.
        #[serde(skip_serializing_if = "Option::is_none")]
        decline_code: Option<String>,
        /// The gateway's code, where it refused to take the money.
        #[serde(skip_serializing_if = "Option::is_none")]
        capture_refusal: Option<String>,
        /// Why the money will not be held longer: the gateway's code, or `method_not_kept`.
        #[serde(skip_serializing_if = "Option::is_none")]
        renewal_refusal: Option<String>,
        /// Until when the money can be taken, while it is held.
        #[serde(skip_serializing_if = "Option::is_none")]
        capture_before: Option<Timestamp>,
    },
    /// The money was held anew: by another authorisation, in the place of one that the gateway was to let go of.
    PaymentRenewed {
        /// How often it was tried until then.
        attempts: u32,
    },
    /// A warehouse packed its part.
    Packed {
        /// Which warehouse.
        warehouse_id: WarehouseId,
    },
    /// Units were not there to be picked.
    UnitsMissing {
        /// In which warehouse.
        warehouse_id: WarehouseId,
        /// Of what.
        sku: Sku,
        /// How many.
        units: u32,
    },
    /// Its parcels left.
    ParcelsLeft {
        /// From which warehouse.
        warehouse_id: WarehouseId,
        /// What was on each then.
        labels: Vec<Label>,
    },
    /// A parcel's label was corrected.
    LabelCorrected {
        /// From which warehouse.
        warehouse_id: WarehouseId,
        /// Which of its parcels, from 1.
        parcel: u32,
        /// What was on it until then.
        before: Label,
    },
    /// A parcel arrived.
    ParcelDelivered {
        /// From which warehouse.
        warehouse_id: WarehouseId,
        /// Which of its parcels, from 1.
        parcel: u32,
    },
    /// Money is to go back.
    RefundRequested {
        /// Which refund.
        refund_id: RefundId,
        /// How much.
        amount: Money,
        /// The failed refund that it is a new attempt of.
        #[serde(skip_serializing_if = "Option::is_none")]
        retry_of: Option<RefundId>,
    },
    /// A refund came to where it stands now.
    RefundChanged {
        /// Which refund.
        refund_id: RefundId,
        /// How much.
        amount: Money,
        /// Where it stands.
        state: RefundState,
    },
    /// The shopper asked their bank for the money back.
    DisputeOpened {
        /// The gateway's id of the dispute.
        dispute_id: String,
        /// How much.
        amount: Money,
        /// The gateway's code of what the shopper says, such as `fraudulent`.
        reason: String,
    },
    /// A dispute came to where it stands now.
    DisputeChanged {
        /// The gateway's id of the dispute.
        dispute_id: String,
        /// How much.
        amount: Money,
        /// Where it stands.
        state: DisputeState,
        /// Until when the shop may answer, where it may.
        #[serde(skip_serializing_if = "Option::is_none")]
        respond_by: Option<Timestamp>,
    },
    /// The gateway told of something, and the shop acted upon it.
    GatewayEvent {
        /// Such as `payment_intent.succeeded`.
        event_type: String,
        /// The gateway's id of it.
        event_id: String,
        /// When the shop acted upon it.
        taken_at: Timestamp,
    },
    /// The shopper was told something, or was to be told. Their address is not kept.
    Message {
        /// Which message.
        message: Kind,
        /// Where it stands.
        state: MessageState,
        /// Which attempt it was.
        attempt: u32,
    },
    /// Somebody of the staff wrote something down.
    Note {
        /// Which note.
        note_id: NoteId,
        /// What.
        text: String,
    },
}

/// Where a message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MessageState {
    /// It is being sent, or its sender died.
    Sending,
    /// The provider refused it; it is sent later.
    Waiting,
    /// The provider has taken it.
    Sent,
    /// It may have been sent once or twice, and is not sent again.
    Unknown,
    /// Not sent: the account has no address that was verified.
    NoAddress,
    /// Not sent: the shopper does not want messages of this kind.
    Declined,
    /// Not sent: the address takes no mail, or its owner has complained.
    Suppressed,
}

impl From<Actor> for By {
    fn from(actor: Actor) -> Self {
        match actor {
            Actor::Customer => Self::Customer,
            Actor::Operator => Self::Operator,
            Actor::Warehouse => Self::Warehouse,
            Actor::Carrier => Self::Carrier,
            Actor::Saga => Self::Saga,
            Actor::Shipment => Self::Shipment,
            Actor::Sweeper => Self::Sweeper,
        }
    }
}

impl OrderTimeline {
    /// A use case of these parts.
    pub fn new(
        orders: Orders,
        archive: Archive,
        (payments, gateway_events): (PaymentRecords, SeenEvents),
        messages: Messages,
        notes: OrderNotes,
    ) -> Self {
        Self { orders, archive, payments, gateway_events, messages, notes }
    }

    /// The order's timeline, hot or archived; `None` where there is no such order.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn run(&self, order_id: &OrderId) -> Result<Option<Vec<Entry>>, StoreError> {
        match find(&self.orders, &self.archive, order_id).await? {
            Some(order) => self.entries(&order).await.map(Some),
            None => Ok(None),
        }
    }

    /// The table of sources.
    async fn entries(&self, order: &Order) -> Result<Vec<Entry>, StoreError> {
        let id = &order.order_id;
        let payment = self.payments.get(id).await?;
        let refunds: Vec<_> =
            payment.iter().flat_map(|record| record.refunds.iter()).map(|of| of.refund_id.clone()).collect();
        let sources = tokio::try_join!(
            payment::gateway_entries(&self.gateway_events, id),
            messages::entries(&self.messages, order, &refunds),
            notes::entries(&self.notes, id),
        )?;
        let money = [refunds::entries(payment.as_ref()), disputes::entries(payment.as_ref())].concat();
        let kept = [order::entries(order), shipments::entries(order), money];
        let mut entries = [kept.concat(), payment::entries(payment), sources.0, sources.1, sources.2].concat();
        // Of the same moment, a source's own order stays.
        entries.sort_by_key(|entry| entry.at);
        Ok(entries)
    }
}

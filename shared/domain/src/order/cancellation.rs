use serde::{Deserialize, Serialize};

use super::{Actor, OrderEvent, OrderStatus};

/// Why an order was cancelled. A stable code for clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CancelReason {
    /// Its reservation was gone before it could be attached.
    ReservationLost,
    /// The gateway declined the payment method.
    PaymentDeclined,
    /// The payment was not completed in time.
    PaymentExpired,
    /// A unit was claimed in a flash sale, and the request to order it never arrived. The order is only
    /// the mark that says so: whatever arrives later finds it.
    ClaimExpired,
    /// The gateway no longer held the money when the order was to be shipped, or was about to let go of it.
    AuthorizationLapsed,
    /// Nothing of it was there to be picked.
    UnitsMissing,
    /// The customer cancelled.
    Customer,
    /// An operator cancelled.
    Operator,
}

impl CancelReason {
    /// A sentence for the shopper.
    pub fn explain(self) -> &'static str {
        match self {
            Self::ReservationLost => "The items were no longer held for you. Please check out again.",
            Self::PaymentDeclined => "The payment was declined. Please check out again with another payment method.",
            Self::PaymentExpired => "The payment was not completed in time. Please check out again.",
            Self::ClaimExpired => "The order could not be made in time, and the item went back on sale.",
            Self::AuthorizationLapsed => {
                "Your bank no longer holds the money for this order, which could not leave in time. You pay nothing. \
                 Please check out again."
            }
            Self::UnitsMissing => "The items could not be found in our warehouse. You pay nothing.",
            Self::Customer => "You cancelled the order.",
            Self::Operator => "The shop cancelled the order.",
        }
    }

    /// True where the order fell through because it was not paid.
    pub fn is_for_want_of_money(self) -> bool {
        matches!(self, Self::PaymentDeclined | Self::PaymentExpired | Self::AuthorizationLapsed)
    }

    /// The reason's stable code.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ReservationLost => "reservation_lost",
            Self::PaymentDeclined => "payment_declined",
            Self::PaymentExpired => "payment_expired",
            Self::ClaimExpired => "claim_expired",
            Self::AuthorizationLapsed => "authorization_lapsed",
            Self::UnitsMissing => "units_missing",
            Self::Customer => "customer",
            Self::Operator => "operator",
        }
    }
}

/// Who may cancel, and from which status: the saga only from `PENDING_PAYMENT`, a shipment whose money is
/// gone only from `CONFIRMED`, people from both. What the warehouse has packed its customer does not cancel any more,
/// and what has left, be it a part, nobody does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Canceller {
    /// A saga that found no stock, no money or no time left.
    Saga(CancelReason),
    /// A shipment that found the authorisation lapsed.
    LapsedShipment,
    /// The sweeper over authorisations: the gateway is about to let go of the money, or has.
    AgedAuthorization {
        /// Whether it has.
        lapsed: bool,
    },
    /// The customer.
    Customer,
    /// An operator.
    Operator,
}

impl Canceller {
    /// The reason that is recorded.
    pub fn reason(self) -> CancelReason {
        match self {
            Self::Saga(reason) => reason,
            Self::LapsedShipment | Self::AgedAuthorization { .. } => CancelReason::AuthorizationLapsed,
            Self::Customer => CancelReason::Customer,
            Self::Operator => CancelReason::Operator,
        }
    }

    /// Who the history says it was.
    pub fn actor(self) -> Actor {
        match self {
            Self::Saga(_) => Actor::Saga,
            Self::LapsedShipment => Actor::Shipment,
            Self::AgedAuthorization { .. } => Actor::Sweeper,
            Self::Customer => Actor::Customer,
            Self::Operator => Actor::Operator,
        }
    }

    /// The statuses from which this canceller may cancel: what the conditional write repeats.
    pub fn may_cancel(self) -> impl Iterator<Item = OrderStatus> {
        OrderStatus::allowing(OrderEvent::Cancel).filter(move |status| match self {
            Self::Saga(_) => *status == OrderStatus::PendingPayment,
            Self::LapsedShipment | Self::AgedAuthorization { .. } => *status == OrderStatus::Confirmed,
            Self::Customer | Self::Operator => true,
        })
    }

    /// Whether this canceller may cancel an order of which a part is packed. What is packed leaves soon, and in time as
    /// long as the money is held.
    pub fn may_cancel_packed(self) -> bool {
        !matches!(self, Self::Customer | Self::AgedAuthorization { lapsed: false })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(by: Canceller) -> Vec<OrderStatus> {
        by.may_cancel().collect()
    }

    #[test]
    fn each_reason_has_its_stored_code_and_a_sentence_of_its_own() {
        use CancelReason::{
            AuthorizationLapsed, ClaimExpired, Customer, Operator, PaymentDeclined, PaymentExpired, ReservationLost,
            UnitsMissing,
        };
        let all = [
            ReservationLost,
            PaymentDeclined,
            PaymentExpired,
            ClaimExpired,
            AuthorizationLapsed,
            UnitsMissing,
            Customer,
            Operator,
        ];
        for reason in all {
            assert_eq!(serde_json::to_value(reason).unwrap(), reason.as_str());
            assert!(reason.explain().ends_with('.'), "{reason:?}");
        }
        let sentences: std::collections::BTreeSet<_> = all.iter().map(|reason| reason.explain()).collect();
        assert_eq!(sentences.len(), all.len());
    }

    #[test]
    fn invariant_i5_a_saga_cancels_no_confirmed_order_and_a_shipment_no_other() {
        let (pending, confirmed) = (OrderStatus::PendingPayment, OrderStatus::Confirmed);
        assert_eq!(from(Canceller::Saga(CancelReason::PaymentDeclined)), [pending]);
        assert_eq!(from(Canceller::LapsedShipment), [confirmed]);
        assert_eq!(from(Canceller::AgedAuthorization { lapsed: false }), [confirmed]);
        assert_eq!(from(Canceller::Customer), [pending, confirmed]);
        assert_eq!(from(Canceller::Operator), [pending, confirmed]);
    }

    #[test]
    fn what_is_packed_is_cancelled_neither_by_its_customer_nor_while_its_money_is_held() {
        let lapsed = Canceller::AgedAuthorization { lapsed: true };
        let others =
            [Canceller::Saga(CancelReason::PaymentDeclined), Canceller::LapsedShipment, Canceller::Operator, lapsed];
        assert!(others.into_iter().all(Canceller::may_cancel_packed));
        for not in [Canceller::Customer, Canceller::AgedAuthorization { lapsed: false }] {
            assert!(!not.may_cancel_packed(), "{not:?}");
        }
    }
}

//! Disputes: a shopper asks their bank for the money back.
//!
//! The bank decides, and the gateway tells; the shop only writes down what it is told, and gives back nothing that the
//! bank has taken already.

use jiff::{Timestamp, fmt::serde::timestamp::millisecond};
use serde::{Deserialize, Serialize};

use crate::money::Money;

/// Where a dispute stands. The names are stored: none may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DisputeState {
    /// The bank waits for what the shop has to say.
    NeedsResponse,
    /// The bank looks at it.
    UnderReview,
    /// The shop keeps the money.
    Won,
    /// The shopper keeps the money.
    Lost,
    /// It was an inquiry only, and no dispute came of it.
    Closed,
}

impl DisputeState {
    /// True where nothing more comes of it.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Won | Self::Lost | Self::Closed)
    }
}

/// One dispute of a payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispute {
    /// The gateway's id.
    pub gateway_id: String,
    /// How much is disputed.
    pub amount: Money,
    /// Whether the bank only asks, and has taken nothing yet.
    pub is_inquiry: bool,
    /// Where it stands.
    pub state: DisputeState,
    /// The gateway's code of what the shopper says, such as `fraudulent`.
    pub reason: String,
    /// Until when the shop may answer, where it may.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "millisecond::optional")]
    pub respond_by: Option<Timestamp>,
    /// When it was opened.
    #[serde(with = "millisecond::required")]
    pub opened_at: Timestamp,
    /// When the shop heard of its state.
    #[serde(with = "millisecond::required")]
    pub changed_at: Timestamp,
}

impl Dispute {
    /// What the bank has taken of the payment, or has given to the shopper for good.
    fn withdrawn(&self) -> i64 {
        let keeps = matches!(self.state, DisputeState::NeedsResponse | DisputeState::UnderReview | DisputeState::Lost);
        if keeps && !self.is_inquiry { self.amount.amount() } else { 0 }
    }
}

/// All disputes of a payment, in the order in which they were heard of, each once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Disputes(Vec<Dispute>);

impl Disputes {
    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &Dispute> {
        self.0.iter()
    }

    /// True where there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The one with this id.
    pub fn get(&self, gateway_id: &str) -> Option<&Dispute> {
        self.0.iter().find(|dispute| dispute.gateway_id == gateway_id)
    }

    /// Takes over what the gateway tells. One that has moved bears when that was heard; what it does not tell stays.
    pub fn learn(&mut self, told: &[Dispute]) {
        for there in told {
            match self.0.iter_mut().find(|dispute| dispute.gateway_id == there.gateway_id) {
                None => self.0.push(there.clone()),
                Some(here) => {
                    let same = Dispute { changed_at: here.changed_at, ..there.clone() };
                    if *here != same {
                        let moved = here.state != there.state || here.is_inquiry != there.is_inquiry;
                        *here = if moved { there.clone() } else { same };
                    }
                }
            }
        }
    }

    /// What of `captured` cannot be refunded, since a bank has taken it.
    pub fn withdrawn(&self, captured: Money) -> Money {
        let total: i64 = self.0.iter().map(Dispute::withdrawn).sum();
        captured.of_same(total.min(captured.amount())).unwrap_or(captured)
    }

    /// When somebody must have answered, or since when one is open, where one is: by which operators find it.
    pub fn open(&self) -> Option<Timestamp> {
        let open = self.0.iter().filter(|dispute| !dispute.state.is_over());
        open.map(|dispute| dispute.respond_by.unwrap_or(dispute.opened_at)).min()
    }
}

#[cfg(test)]
mod tests {
    use super::{DisputeState::*, *};

    fn usd(amount: i64) -> Money {
        Money::usd(amount).unwrap()
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn dispute(id: &str, state: DisputeState, heard: i64) -> Dispute {
        Dispute {
            gateway_id: id.to_owned(),
            amount: usd(300),
            is_inquiry: false,
            state,
            reason: "fraudulent".to_owned(),
            respond_by: (!state.is_over()).then_some(at(100)),
            opened_at: at(1),
            changed_at: at(heard),
        }
    }

    #[test]
    fn a_dispute_is_written_down_once_and_moves_on() {
        let mut disputes = Disputes::default();
        disputes.learn(&[dispute("dp_1", NeedsResponse, 5)]);
        let once = disputes.clone();
        disputes.learn(&[dispute("dp_1", NeedsResponse, 6)]);
        assert_eq!(disputes, once, "what is known is no news");
        disputes.learn(&[dispute("dp_1", Lost, 7), dispute("dp_2", NeedsResponse, 7)]);
        let stand: Vec<_> = disputes.iter().map(|it| (it.gateway_id.as_str(), it.state, it.changed_at)).collect();
        assert_eq!(stand, [("dp_1", Lost, at(7)), ("dp_2", NeedsResponse, at(7))]);
        disputes.learn(&[]);
        assert_eq!(disputes.iter().count(), 2, "what the gateway does not tell is not forgotten");
    }

    #[test]
    fn another_time_to_answer_is_kept_without_a_new_state() {
        let mut disputes = Disputes::default();
        disputes.learn(&[dispute("dp_1", NeedsResponse, 5)]);
        disputes.learn(&[Dispute { respond_by: Some(at(200)), ..dispute("dp_1", NeedsResponse, 6) }]);
        let kept = disputes.get("dp_1").unwrap();
        assert_eq!((kept.respond_by, kept.changed_at), (Some(at(200)), at(5)));
    }

    #[test]
    fn what_a_bank_has_taken_is_withdrawn_until_the_shop_has_it_again() {
        let withdrawn = |dispute: Dispute| {
            let mut disputes = Disputes::default();
            disputes.learn(&[dispute]);
            disputes.withdrawn(usd(500)).amount()
        };
        for (state, expected) in [(NeedsResponse, 300), (UnderReview, 300), (Lost, 300), (Won, 0), (Closed, 0)] {
            assert_eq!(withdrawn(dispute("dp_1", state, 5)), expected, "{state:?}");
            assert_eq!(withdrawn(Dispute { is_inquiry: true, ..dispute("dp_1", state, 5) }), 0, "{state:?}");
        }
        assert_eq!(withdrawn(Dispute { amount: usd(900), ..dispute("dp_1", Lost, 5) }), 500, "no more than was taken");
    }

    #[test]
    fn it_is_open_until_the_bank_has_decided_and_the_nearest_end_counts() {
        let mut disputes = Disputes::default();
        assert_eq!(disputes.open(), None);
        let reviewed = Dispute { respond_by: None, ..dispute("dp_2", UnderReview, 5) };
        disputes.learn(&[dispute("dp_1", NeedsResponse, 5)]);
        assert_eq!(disputes.open(), Some(at(100)));
        disputes.learn(&[reviewed]);
        assert_eq!(disputes.open(), Some(at(1)), "since when, where nobody may answer");
        disputes.learn(&[dispute("dp_1", Won, 6), dispute("dp_2", Lost, 6)]);
        assert_eq!(disputes.open(), None);
    }
}

use std::fmt;

use serde::{Deserialize, Serialize};

/// Where a fulfilment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FulfilmentState {
    /// Nobody is at it.
    New,
    /// Somebody picks it, until their claim ends.
    Picking,
    /// It waits for its carrier.
    Packed,
    /// It has left. Final.
    Shipped,
    /// Its order was cancelled. Final.
    Cancelled,
}

/// What can happen to a fulfilment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FulfilmentEvent {
    /// Somebody begins to pick.
    Claim,
    /// They leave it to others.
    Release,
    /// The order says that it is packed.
    Pack,
    /// The order says that it has left.
    Ship,
    /// The order was cancelled.
    Cancel,
}

/// An event that this state does not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a fulfilment that is {from} cannot {event}")]
pub struct InvalidFulfilmentStep {
    /// Where it stands.
    pub from: FulfilmentState,
    /// What was asked of it.
    pub event: FulfilmentEvent,
}

impl FulfilmentState {
    /// All of them, in the order of a fulfilment's life.
    pub const ALL: [Self; 5] = [Self::New, Self::Picking, Self::Packed, Self::Shipped, Self::Cancelled];

    /// The state after an event. What the order says (packed, shipped, cancelled) may be learnt late, so steps may be
    /// skipped, and are not taken back.
    ///
    /// # Errors
    /// [`InvalidFulfilmentStep`] where this state does not allow the event.
    pub fn apply(self, event: FulfilmentEvent) -> Result<Self, InvalidFulfilmentStep> {
        match (self, event) {
            (Self::New, FulfilmentEvent::Claim) => Ok(Self::Picking),
            (Self::Picking, FulfilmentEvent::Release) => Ok(Self::New),
            (Self::New | Self::Picking | Self::Packed, FulfilmentEvent::Pack) => Ok(Self::Packed),
            (Self::New | Self::Picking | Self::Packed | Self::Shipped, FulfilmentEvent::Ship) => Ok(Self::Shipped),
            (Self::New | Self::Picking | Self::Packed | Self::Cancelled, FulfilmentEvent::Cancel) => {
                Ok(Self::Cancelled)
            }
            (from, event) => Err(InvalidFulfilmentStep { from, event }),
        }
    }

    /// True while a warehouse has work with it.
    pub fn is_open(self) -> bool {
        matches!(self, Self::New | Self::Picking | Self::Packed)
    }

    /// The name that is stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "NEW",
            Self::Picking => "PICKING",
            Self::Packed => "PACKED",
            Self::Shipped => "SHIPPED",
            Self::Cancelled => "CANCELLED",
        }
    }
}

impl fmt::Display for FulfilmentState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A state whose work can be listed.
impl std::str::FromStr for FulfilmentState {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|state| state.is_open() && state.as_str() == text);
        found.ok_or("must be NEW, PICKING or PACKED")
    }
}

impl fmt::Display for FulfilmentEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Claim => "be claimed",
            Self::Release => "be released",
            Self::Pack => "be packed",
            Self::Ship => "be shipped",
            Self::Cancel => "be cancelled",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{FulfilmentEvent as Event, FulfilmentState as State};

    #[test]
    fn invariant_i5_a_fulfilment_takes_legal_edges_only() {
        let legal = [
            (State::New, Event::Claim, State::Picking),
            (State::New, Event::Pack, State::Packed),
            (State::New, Event::Ship, State::Shipped),
            (State::New, Event::Cancel, State::Cancelled),
            (State::Picking, Event::Release, State::New),
            (State::Picking, Event::Pack, State::Packed),
            (State::Picking, Event::Ship, State::Shipped),
            (State::Picking, Event::Cancel, State::Cancelled),
            (State::Packed, Event::Pack, State::Packed),
            (State::Packed, Event::Ship, State::Shipped),
            (State::Packed, Event::Cancel, State::Cancelled),
            (State::Shipped, Event::Ship, State::Shipped),
            (State::Cancelled, Event::Cancel, State::Cancelled),
        ];
        for from in State::ALL {
            for event in [Event::Claim, Event::Release, Event::Pack, Event::Ship, Event::Cancel] {
                let wanted = legal.iter().find(|(state, by, _)| (*state, *by) == (from, event)).map(|(_, _, to)| *to);
                assert_eq!(from.apply(event).ok(), wanted, "{from} {event}");
            }
        }
    }

    #[test]
    fn the_stored_name_is_the_serialised_one_and_only_open_work_is_asked_for() {
        for state in State::ALL {
            assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
            assert_eq!(state.as_str().parse::<State>().is_ok(), state.is_open(), "{state}");
        }
    }
}

use std::fmt;

use serde::{Deserialize, Serialize};

/// Where a sale stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FlashSaleStatus {
    /// Defined; its units are being taken from stock and laid out in shards.
    Preparing,
    /// Ready; it waits for its opening.
    Scheduled,
    /// Admits and sells.
    Open,
    /// Admits nobody and sells nothing for now.
    Paused,
    /// Sells no more; its shards are being closed and unsold units given back.
    Closing,
    /// Every shard is closed and its units are given back. Final.
    Closed,
}

/// What can happen to a sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FlashSaleEvent {
    /// All its shards stand.
    Schedule,
    /// Its time came, or the operator opened it.
    Open,
    /// The operator paused it.
    Pause,
    /// The operator resumed it.
    Resume,
    /// Its end came, or the operator ended it.
    Close,
    /// All its shards are closed.
    Settle,
}

/// An event that this status does not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a sale that is {from} cannot {event}")]
pub struct InvalidFlashSaleTransition {
    /// Where the sale stands.
    pub from: FlashSaleStatus,
    /// What was asked of it.
    pub event: FlashSaleEvent,
}

impl FlashSaleStatus {
    /// All of them, in the order of a sale's life.
    pub const ALL: [Self; 6] =
        [Self::Preparing, Self::Scheduled, Self::Open, Self::Paused, Self::Closing, Self::Closed];

    /// The status after an event. A sale that is still being prepared cannot be closed: a shard made
    /// after the others were closed would stay open.
    ///
    /// # Errors
    /// [`InvalidFlashSaleTransition`] where this status does not allow the event.
    pub fn apply(self, event: FlashSaleEvent) -> Result<Self, InvalidFlashSaleTransition> {
        match (self, event) {
            (Self::Preparing, FlashSaleEvent::Schedule) => Ok(Self::Scheduled),
            (Self::Scheduled, FlashSaleEvent::Open) | (Self::Paused, FlashSaleEvent::Resume) => Ok(Self::Open),
            (Self::Open, FlashSaleEvent::Pause) => Ok(Self::Paused),
            (Self::Scheduled | Self::Open | Self::Paused, FlashSaleEvent::Close) => Ok(Self::Closing),
            (Self::Closing, FlashSaleEvent::Settle) => Ok(Self::Closed),
            (from, event) => Err(InvalidFlashSaleTransition { from, event }),
        }
    }

    /// The statuses that allow an event: what the conditional write repeats.
    pub fn allowing(event: FlashSaleEvent) -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(move |status| status.apply(event).is_ok())
    }

    /// True where nothing can happen any more.
    pub fn is_terminal(self) -> bool {
        self == Self::Closed
    }

    /// True once the opening has come: positions are shown from then on.
    pub fn has_opened(self) -> bool {
        !matches!(self, Self::Preparing | Self::Scheduled)
    }

    /// The name that is stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Preparing => "PREPARING",
            Self::Scheduled => "SCHEDULED",
            Self::Open => "OPEN",
            Self::Paused => "PAUSED",
            Self::Closing => "CLOSING",
            Self::Closed => "CLOSED",
        }
    }
}

impl fmt::Display for FlashSaleStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for FlashSaleEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Schedule => "be scheduled",
            Self::Open => "be opened",
            Self::Pause => "be paused",
            Self::Resume => "be resumed",
            Self::Close => "be closed",
            Self::Settle => "be settled",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{FlashSaleEvent as Event, FlashSaleStatus as Status};

    const EVENTS: [Event; 6] = [Event::Schedule, Event::Open, Event::Pause, Event::Resume, Event::Close, Event::Settle];

    #[test]
    fn invariant_i5_only_these_edges_are_legal() {
        let mut edges = Vec::new();
        for from in Status::ALL {
            for event in EVENTS {
                if let Ok(to) = from.apply(event) {
                    edges.push((from, event, to));
                }
            }
        }
        assert_eq!(
            edges,
            [
                (Status::Preparing, Event::Schedule, Status::Scheduled),
                (Status::Scheduled, Event::Open, Status::Open),
                (Status::Scheduled, Event::Close, Status::Closing),
                (Status::Open, Event::Pause, Status::Paused),
                (Status::Open, Event::Close, Status::Closing),
                (Status::Paused, Event::Resume, Status::Open),
                (Status::Paused, Event::Close, Status::Closing),
                (Status::Closing, Event::Settle, Status::Closed),
            ]
        );
    }

    #[test]
    fn a_terminal_status_allows_nothing() {
        for status in Status::ALL {
            let allows = EVENTS.iter().any(|event| status.apply(*event).is_ok());
            assert_eq!(status.is_terminal(), !allows, "{status}");
        }
    }

    #[test]
    fn positions_are_shown_from_the_opening_on() {
        let opened: Vec<_> = Status::ALL.into_iter().filter(|status| status.has_opened()).collect();
        assert_eq!(opened, [Status::Open, Status::Paused, Status::Closing, Status::Closed]);
    }

    #[test]
    fn the_stored_name_is_the_serialised_one() {
        for status in Status::ALL {
            assert_eq!(serde_json::to_value(status).unwrap(), status.as_str());
        }
    }

    #[test]
    fn a_refusal_says_what_stands_in_the_way() {
        let refusals: Vec<_> =
            EVENTS.iter().map(|event| Status::Closed.apply(*event).unwrap_err().to_string()).collect();
        let wanted = ["scheduled", "opened", "paused", "resumed", "closed", "settled"];
        assert_eq!(refusals, wanted.map(|what| format!("a sale that is CLOSED cannot be {what}")));
        assert_eq!(
            Status::allowing(Event::Close).collect::<Vec<_>>(),
            [Status::Scheduled, Status::Open, Status::Paused]
        );
    }
}

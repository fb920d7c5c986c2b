use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

/// By when an order is to leave and to arrive, as its shopper was told when it was confirmed. Nothing moves it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = OrderPromise))]
pub struct Promise {
    /// Until when all of it has left.
    pub leave_by: Timestamp,
    /// Until when it has arrived.
    pub arrive_by: Timestamp,
}

/// What the shop promises to whoever buys now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// From an order's confirmation until it leaves, at the longest.
    pub dispatch: SignedDuration,
    /// From then until it arrives, at the longest.
    pub delivery: SignedDuration,
}

impl Terms {
    /// What an order is promised that is confirmed now.
    pub fn promise(self, confirmed_at: Timestamp) -> Promise {
        let leave_by = confirmed_at + self.dispatch;
        Promise { leave_by, arrive_by: leave_by + self.delivery }
    }
}

impl Promise {
    /// True once it should have left.
    pub fn is_late(&self, now: Timestamp) -> bool {
        self.leave_by <= now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_leaves_within_its_days_and_arrives_within_those_after_them() {
        let terms = Terms { dispatch: SignedDuration::from_hours(48), delivery: SignedDuration::from_hours(120) };
        let at = |hour| Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hour);
        let promise = terms.promise(at(1));
        assert_eq!(promise, Promise { leave_by: at(49), arrive_by: at(169) });
        assert!(!promise.is_late(at(49) - SignedDuration::from_millis(1)));
        assert!(promise.is_late(at(49)));
    }
}

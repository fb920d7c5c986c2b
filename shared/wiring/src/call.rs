use jiff::{Timestamp, Unit};
use uuid::Uuid;

/// A call's circumstances: whatever a use case would otherwise ask the machine for. A test gives its own.
#[derive(Debug, Clone, Copy)]
pub struct Call {
    /// When it began, in whole milliseconds.
    pub now: Timestamp,
    given_id: Option<Uuid>,
}

impl Call {
    /// A call that begins now.
    pub fn begin() -> Self {
        Self::at(now())
    }

    /// A call at this time.
    pub fn at(now: Timestamp) -> Self {
        Self { now, given_id: None }
    }

    /// The same, and what it makes gets this id.
    #[must_use]
    pub fn making(self, id: Uuid) -> Self {
        Self { given_id: Some(id), ..self }
    }

    /// An id for something that the call makes: unique, and later ones sort behind earlier ones.
    pub fn new_id(&self) -> Uuid {
        self.given_id.unwrap_or_else(Uuid::now_v7)
    }
}

/// The time in whole milliseconds. That is how times are stored, so what is answered when a thing is
/// made equals what is read of it later. For what lasts longer than a [`Call`].
pub fn now() -> Timestamp {
    let now = Timestamp::now();
    now.round(Unit::Millisecond).unwrap_or(now)
}

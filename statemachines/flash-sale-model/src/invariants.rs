//! What must hold in every state.

/// A property that must always hold. Those "at rest" are about what remains once the faults stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Invariant {
    I2UnitsConserved,
    I3NoOversell,
    I3ReleasedOnGround,
    I3NothingStrandedAtRest,
    I4OneOrder,
    I9AcceptedEndsAtRest,
    I9AcceptedIsOrdered,
    CreditedOnce,
    CreditedAtRest,
    SoldOutIsWithdrawn,
    SoldOutNeverSticksAtRest,
    EveryRunEnds,
}

impl Invariant {
    /// All of them.
    pub const ALL: &[Self] = &[
        Self::I2UnitsConserved,
        Self::I3NoOversell,
        Self::I3ReleasedOnGround,
        Self::I3NothingStrandedAtRest,
        Self::I4OneOrder,
        Self::I9AcceptedEndsAtRest,
        Self::I9AcceptedIsOrdered,
        Self::CreditedOnce,
        Self::CreditedAtRest,
        Self::SoldOutIsWithdrawn,
        Self::SoldOutNeverSticksAtRest,
        Self::EveryRunEnds,
    ];
}

//! What must hold in every state.

/// A property that must always hold. Those "at rest" are about what remains once the faults stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Invariant {
    I1RowArithmetic,
    I2UnitsConserved,
    I3NoOversell,
    I3NothingStrandedAtRest,
    I4OneOrder,
    I5LegalEdges,
    I6NoMoneyWithoutRecord,
    I6MoneyFollowsOrders,
    I6MoneyAtRest,
    I7SettlesAtRest,
    I8RefundedOnce,
    I9NothingLost,
    CartMarkedAtRest,
    EveryRunEnds,
}

impl Invariant {
    /// All of them.
    pub const ALL: &[Self] = &[
        Self::I1RowArithmetic,
        Self::I2UnitsConserved,
        Self::I3NoOversell,
        Self::I3NothingStrandedAtRest,
        Self::I4OneOrder,
        Self::I5LegalEdges,
        Self::I6NoMoneyWithoutRecord,
        Self::I6MoneyFollowsOrders,
        Self::I6MoneyAtRest,
        Self::I7SettlesAtRest,
        Self::I8RefundedOnce,
        Self::I9NothingLost,
        Self::CartMarkedAtRest,
        Self::EveryRunEnds,
    ];
}

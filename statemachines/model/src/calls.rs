//! Calls to the gateway.

/// The calls that change something at the gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the gateway's own names")]
pub enum Call {
    Create,
    Confirm,
    Cancel,
    Capture,
    Refund,
}

impl Call {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Create, Self::Confirm, Self::Cancel, Self::Capture, Self::Refund];
}

/// A set of calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct InFlight(u8);

impl InFlight {
    /// Adds a call.
    pub fn send(&mut self, call: Call) {
        self.0 |= 1 << call as u8;
    }

    /// Takes a call out.
    pub fn arrive(&mut self, call: Call) {
        self.0 &= !(1 << call as u8);
    }

    /// True where this call is under way.
    pub fn has(self, call: Call) -> bool {
        self.0 & (1 << call as u8) != 0
    }

    /// How many are under way.
    pub fn count(self) -> u32 {
        self.0.count_ones()
    }

    /// One bit a call.
    pub fn bits(self) -> u8 {
        self.0
    }
}

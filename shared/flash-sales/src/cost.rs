use std::ops::AddAssign;

/// What an answer cost in the store.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct ClaimCost {
    /// Requests that were sent and answered, one after the other.
    pub round_trips: u32,
    /// Write units: as DynamoDB counted them, and one for each write that its condition refused.
    pub write_units: f64,
    /// Items that were read.
    pub reads: u32,
}

impl ClaimCost {
    /// So many items were read, one after the other.
    pub(crate) fn read(&mut self, items: u32) {
        self.round_trips += items;
        self.reads += items;
    }
}

impl AddAssign for ClaimCost {
    fn add_assign(&mut self, other: Self) {
        self.round_trips += other.round_trips;
        self.write_units += other.write_units;
        self.reads += other.reads;
    }
}

//! A payment's refunds, as a record or the gateway has them: few, small, in one word.

use std::fmt;

/// Refunds for missing units have the number of shortages for a name: at most three.
pub const SHORT: [u8; 3] = [0, 1, 2];
/// What operators ask for.
pub const ASKED: [u8; 2] = [3, 4];
/// What a cancellation gives back.
pub const CANCELLATION: u8 = 5;
/// What somebody makes at the gateway's console.
pub const CONSOLE: u8 = 6;
/// How many there can be.
pub const ALL: u8 = 7;

/// Where a refund stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the protocol's own names")]
pub enum Standing {
    Pending,
    Succeeded,
    Failed,
}

/// Some refunds: four bits each.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Refunds(u32);

impl Refunds {
    /// None.
    pub const EMPTY: Self = Self(0);

    /// Where one stands, and its amount.
    pub fn get(self, id: u8) -> Option<(Standing, u8)> {
        let bits = (self.0 >> (4 * id)) & 15;
        let amount = (bits >> 2) as u8;
        match bits & 3 {
            1 => Some((Standing::Pending, amount)),
            2 => Some((Standing::Succeeded, amount)),
            3 => Some((Standing::Failed, amount)),
            _ => None,
        }
    }

    /// Writes one.
    pub fn set(&mut self, id: u8, standing: Standing, amount: u8) {
        let bits = (u32::from(amount) << 2) | (standing as u32 + 1);
        self.0 = (self.0 & !(15 << (4 * id))) | (bits << (4 * id));
    }

    /// Each of them.
    pub fn iter(self) -> impl Iterator<Item = (u8, Standing, u8)> {
        (0..ALL).filter_map(move |id| self.get(id).map(|(standing, amount)| (id, standing, amount)))
    }

    /// What goes back or has gone back.
    pub fn refunded(self) -> u8 {
        self.iter().filter(|(_, standing, _)| *standing != Standing::Failed).map(|(_, _, amount)| amount).sum()
    }

    /// What was asked for because units are missing, whatever became of it.
    pub fn asked_for_shortages(self) -> u8 {
        SHORT.iter().filter_map(|id| self.get(*id)).map(|(_, amount)| amount).sum()
    }

    /// What somebody chose to give back: an operator, or whoever sat at the gateway's console.
    pub fn by_choice(self) -> u8 {
        let chosen = self
            .iter()
            .filter(|(id, standing, _)| (ASKED.contains(id) || *id == CONSOLE) && *standing != Standing::Failed);
        chosen.map(|(_, _, amount)| amount).sum()
    }

    /// What has failed.
    pub fn failed(self) -> u8 {
        self.iter().filter(|(_, standing, _)| *standing == Standing::Failed).map(|(_, _, amount)| amount).sum()
    }

    /// True while one is on its way.
    pub fn has_pending(self) -> bool {
        self.iter().any(|(_, standing, _)| standing == Standing::Pending)
    }
}

impl fmt::Debug for Refunds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

use std::collections::BTreeMap;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ids::CheckoutId;

/// What a row remembers of a checkout. A mark stays until nobody can still be on the way to hold for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Entry {
    /// So many units are held; none where the row was passed on the way to the next.
    Held(u32),
    /// A mark: so many units have left.
    Sold {
        /// How many.
        units: u32,
        /// When that was written.
        at: Timestamp,
    },
    /// A mark: nothing is held, and nothing may be.
    Released {
        /// When that was written.
        at: Timestamp,
    },
}

/// A text that is no entry of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not what a row remembers of a checkout")]
pub struct EntryError;

/// What a row remembers of each checkout, under the shortest name that a checkout has: each write of a row pays
/// for all of it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Holds(BTreeMap<String, Entry>);

impl Entry {
    /// The units that it holds.
    pub fn held(self) -> u32 {
        match self {
            Self::Held(units) => units,
            Self::Sold { .. } | Self::Released { .. } => 0,
        }
    }

    /// When it became a mark; `None` where it is none.
    pub fn marked_at(self) -> Option<Timestamp> {
        match self {
            Self::Held(_) => None,
            Self::Sold { at, .. } | Self::Released { at } => Some(at),
        }
    }
}

impl From<Entry> for String {
    fn from(entry: Entry) -> Self {
        match entry {
            Entry::Held(units) => units.to_string(),
            Entry::Sold { units, at } => format!("S{units}@{}", at.as_millisecond()),
            Entry::Released { at } => format!("R@{}", at.as_millisecond()),
        }
    }
}

impl TryFrom<String> for Entry {
    type Error = EntryError;

    fn try_from(text: String) -> Result<Self, EntryError> {
        let units = |text: &str| text.parse().map_err(|_| EntryError);
        let Some((kind, at)) = text.split_once('@') else { return units(&text).map(Self::Held) };
        let at = at.parse().ok().and_then(|at| Timestamp::from_millisecond(at).ok()).ok_or(EntryError)?;
        match kind.strip_prefix('S') {
            Some(sold) => Ok(Self::Sold { units: units(sold)?, at }),
            None if kind == "R" => Ok(Self::Released { at }),
            None => Err(EntryError),
        }
    }
}

impl Holds {
    /// What a checkout is called in a row: the 128 bits of its id in 22 characters.
    pub fn key(checkout_id: &CheckoutId) -> String {
        let hex = checkout_id.as_str().trim_start_matches("chk_");
        // What is no UUID is its own name: no checkout's id is.
        Uuid::parse_str(hex).map_or_else(|_| hex.to_owned(), |uuid| BASE64_URL_SAFE_NO_PAD.encode(uuid.as_bytes()))
    }

    /// What is remembered of a checkout.
    pub fn get(&self, checkout_id: &CheckoutId) -> Option<Entry> {
        self.0.get(&Self::key(checkout_id)).copied()
    }

    /// Each checkout of which something is remembered. A name that is no checkout's is left out.
    pub fn iter(&self) -> impl Iterator<Item = (CheckoutId, Entry)> {
        self.0.iter().filter_map(|(key, entry)| Some((checkout_of(key)?, *entry)))
    }

    /// All units that are held.
    pub fn units(&self) -> u32 {
        self.0.values().fold(0, |sum: u32, entry| sum.saturating_add(entry.held()))
    }

    /// Of how many checkouts something is remembered.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Of how many checkouts there is a mark.
    pub fn marks(&self) -> usize {
        self.0.values().filter(|entry| entry.marked_at().is_some()).count()
    }

    /// True where nothing is remembered.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn put(&mut self, checkout_id: &CheckoutId, entry: Option<Entry>) {
        match entry {
            Some(entry) => self.0.insert(Self::key(checkout_id), entry),
            None => self.0.remove(&Self::key(checkout_id)),
        };
    }
}

fn checkout_of(key: &str) -> Option<CheckoutId> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(key).ok()?;
    Some(CheckoutId::from_uuid(Uuid::from_slice(&bytes).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_stored_as_short_text_and_read_again() {
        let at = Timestamp::from_millisecond(1_764_444_444_123).unwrap();
        for (entry, text) in [
            (Entry::Held(0), "0"),
            (Entry::Held(12), "12"),
            (Entry::Sold { units: 3, at }, "S3@1764444444123"),
            (Entry::Released { at }, "R@1764444444123"),
        ] {
            assert_eq!(String::from(entry), text);
            assert_eq!(Entry::try_from(text.to_owned()), Ok(entry));
        }
        for bad in ["", "-1", "x", "S@1", "S1", "R1@1", "R@", "X@1", "S1@x"] {
            assert_eq!(Entry::try_from(bad.to_owned()), Err(EntryError), "{bad}");
        }
    }

    #[test]
    fn a_checkout_is_found_by_its_short_name_and_named_again() {
        let id = CheckoutId::from_uuid(Uuid::from_u128(0x0123_4567_89ab_cdef));
        let mut holds = Holds::default();
        holds.put(&id, Some(Entry::Held(2)));
        assert_eq!(Holds::key(&id).len(), 22);
        assert_eq!(holds.get(&id), Some(Entry::Held(2)));
        assert_eq!(holds.iter().collect::<Vec<_>>(), [(id.clone(), Entry::Held(2))]);
        holds.put(&id, None);
        assert!(holds.is_empty());
    }
}

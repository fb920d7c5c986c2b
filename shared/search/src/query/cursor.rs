//! Where the next page begins, as an opaque text for clients: signed, and bound to the query that made it.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac as _};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::Sha256;
use souk_dynamo::CursorError;
use souk_wiring::{ConfigError, Environment, FromEnvironment};

use super::plan::Plan;

/// The variable that names the secret.
const SECRET: &str = "SEARCH_CURSORS_SECRET_ID";
const VERSION: u8 = 2;
const TAG_BYTES: usize = 16;
const MARK_BYTES: usize = 4;
/// So many products are remembered as shown, the latest ones. With them a cursor stays below half of the longest path
/// and query that are taken. What was shown before them, and has changed since, may be shown once more.
const MARKS_MAX: usize = 360;
/// Longer texts are refused before they are decoded.
const MAX_TEXT: usize = 3_000;

/// Where the next page begins.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Place {
    pub(super) order: Order,
    /// The marks of the products that were shown.
    pub(super) marks: Vec<u32>,
}

/// What the first page was made with, and the place in its order.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Order {
    /// The place in the order after which the page begins.
    #[serde(rename = "a")]
    pub(super) after: Vec<Value>,
    /// What was written from then on, in milliseconds since 1970, may have changed its place since the first page.
    #[serde(rename = "s")]
    pub(super) since: i64,
    /// How many products there were in all.
    #[serde(rename = "n")]
    pub(super) total: u64,
    /// The version of the synonyms.
    #[serde(rename = "y")]
    pub(super) synonyms: u64,
    /// How the words were read.
    #[serde(rename = "p", default, skip_serializing_if = "Plan::is_plain")]
    pub(super) plan: Plan,
}

/// The key that cursors are signed with. Another one makes those that are out there unreadable, which is said so.
#[derive(Clone)]
pub struct CursorKey(Vec<u8>);

impl std::fmt::Debug for CursorKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CursorKey")
    }
}

#[derive(Deserialize)]
struct Stored {
    key: String,
}

/// From the secret that is named.
impl FromEnvironment for CursorKey {
    async fn from_environment(environment: &Environment) -> Result<Self, ConfigError> {
        let stored: Stored = environment.secret(SECRET).await?;
        if stored.key.len() < TAG_BYTES {
            return Err(ConfigError::Invalid { name: SECRET, reason: "the key is too short".to_owned() });
        }
        Ok(Self::new(stored.key))
    }
}

impl CursorKey {
    /// This key.
    pub fn new(key: impl Into<Vec<u8>>) -> Self {
        Self(key.into())
    }

    /// The text of a place. `query` is everything that filters or orders what is found.
    pub(super) fn seal(&self, place: &Place, query: &str) -> String {
        let order = serde_json::to_vec(&place.order).unwrap_or_default();
        let latest = &place.marks[place.marks.len().saturating_sub(MARKS_MAX)..];
        let mut body = u16::try_from(order.len()).unwrap_or_default().to_be_bytes().to_vec();
        body.extend(order);
        body.extend(latest.iter().flat_map(|mark| mark.to_be_bytes()));
        let mut bytes = vec![VERSION];
        bytes.extend_from_slice(&self.signature(query, &body).finalize().into_bytes()[..TAG_BYTES]);
        bytes.extend(body);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads a text that was made for the same query.
    pub(super) fn open(&self, text: &str, query: &str) -> Result<Place, CursorError> {
        if text.len() > MAX_TEXT {
            return Err(CursorError);
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| CursorError)?;
        let (head, body) = bytes.split_at_checked(1 + TAG_BYTES).ok_or(CursorError)?;
        if head[0] != VERSION {
            return Err(CursorError);
        }
        self.signature(query, body).verify_truncated_left(&head[1..]).map_err(|_| CursorError)?;
        let (length, rest) = body.split_first_chunk::<2>().ok_or(CursorError)?;
        let (order, marks) = rest.split_at_checked(u16::from_be_bytes(*length).into()).ok_or(CursorError)?;
        let order = serde_json::from_slice(order).map_err(|_| CursorError)?;
        let marks = marks.chunks_exact(MARK_BYTES).filter_map(|mark| Some(u32::from_be_bytes(mark.try_into().ok()?)));
        Ok(Place { order, marks: marks.collect() })
    }

    fn signature(&self, query: &str, body: &[u8]) -> Hmac<Sha256> {
        // Keys of any length are taken.
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).unwrap_or_else(|_| unreachable!("any key will do"));
        mac.update(query.as_bytes());
        mac.update(&[0]);
        mac.update(body);
        mac
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn place(marks: u32) -> Place {
        let order = Order { after: vec![json!(17.25), json!("p-1")], since: 5, total: 9, ..Order::default() };
        Place { order, marks: (0..marks).collect() }
    }

    #[test]
    fn a_cursor_comes_back_only_with_its_key_and_to_its_query() {
        let key = CursorKey::new("one");
        let text = key.seal(&place(24), "boots");
        assert_eq!(key.open(&text, "boots"), Ok(place(24)));
        assert_eq!(key.open(&text, "shoes"), Err(CursorError));
        assert_eq!(CursorKey::new("two").open(&text, "boots"), Err(CursorError));
    }

    #[test]
    fn what_was_tampered_with_is_refused() {
        let key = CursorKey::new("one");
        let text = key.seal(&place(2), "q");
        for at in 0..text.len() {
            let other = if text.as_bytes()[at] == b'A' { "B" } else { "A" };
            let forged = format!("{}{other}{}", &text[..at], &text[at + 1..]);
            assert_eq!(key.open(&forged, "q"), Err(CursorError), "{at}");
        }
        for damaged in ["", "x", "äöü", &text[1..], &format!("{text}A"), &"A".repeat(5000)] {
            assert_eq!(key.open(damaged, "q"), Err(CursorError), "{damaged}");
        }
    }

    #[test]
    fn a_cursor_is_small_however_far_one_goes() {
        let key = CursorKey::new("one");
        assert!(key.seal(&place(24), "q").len() < 250);
        let far = key.seal(&place(5_000), "q");
        assert!(far.len() < 2_100, "{}", far.len());
        let marks = key.open(&far, "q").unwrap().marks;
        assert_eq!((marks.len(), marks.last()), (MARKS_MAX, Some(&4_999)));
    }
}

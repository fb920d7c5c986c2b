use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest as _, Sha256};

/// The place where the next page begins, as an opaque text for clients.
///
/// It is bound to the query that made it by a checksum, so that a cursor of one list is refused by
/// another. It carries no secret and is not a permission: whose items are read always comes from the
/// token and the path, never from here, so a forged cursor shows its owner only what is theirs anyway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor<T>(pub T);

/// A cursor that this query did not make.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the cursor is damaged or belongs to another query; start again without it")]
pub struct CursorError;

const VERSION: u8 = 1;
const CHECKSUM_BYTES: usize = 8;
/// Longer texts are refused before they are decoded.
const MAX_TEXT: usize = 4096;

impl<T: Serialize + DeserializeOwned> Cursor<T> {
    /// The cursor's text. `query` names the list and everything that filters or orders it.
    pub fn encode(&self, query: &str) -> String {
        let body = serde_json::to_vec(&self.0).unwrap_or_default();
        let mut bytes = vec![VERSION];
        bytes.extend_from_slice(&checksum(query, &body));
        bytes.extend_from_slice(&body);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads a cursor that [`Cursor::encode`] made for the same query.
    ///
    /// # Errors
    /// [`CursorError`] for anything else.
    pub fn decode(text: &str, query: &str) -> Result<Self, CursorError> {
        if text.len() > MAX_TEXT {
            return Err(CursorError);
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| CursorError)?;
        let (head, body) = bytes.split_at_checked(1 + CHECKSUM_BYTES).ok_or(CursorError)?;
        if head[0] != VERSION || head[1..] != checksum(query, body) {
            return Err(CursorError);
        }
        serde_json::from_slice(body).map(Cursor).map_err(|_| CursorError)
    }
}

fn checksum(query: &str, body: &[u8]) -> [u8; CHECKSUM_BYTES] {
    let digest = Sha256::new().chain_update(query.as_bytes()).chain_update([0]).chain_update(body).finalize();
    let mut out = [0; CHECKSUM_BYTES];
    out.copy_from_slice(&digest[..CHECKSUM_BYTES]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_only_to_its_own_query() {
        let text = Cursor(("a".to_owned(), 7)).encode("orders of u1");
        assert_eq!(Cursor::decode(&text, "orders of u1"), Ok(Cursor(("a".to_owned(), 7))));
        assert_eq!(Cursor::<(String, i32)>::decode(&text, "orders of u2"), Err(CursorError));
    }

    #[test]
    fn damaged_cursors_are_refused() {
        let text = Cursor(7).encode("q");
        for damaged in ["", "x", "äöü", &text[1..], &format!("{text}A"), &"A".repeat(5000)] {
            assert_eq!(Cursor::<i32>::decode(damaged, "q"), Err(CursorError), "{damaged}");
        }
    }
}

//! What has changed, as one stream of lines that does not end.
//!
//! Each line is `{"table", "old", "new", "expired"}`: an item before and after, in DynamoDB's JSON, `null`
//! where there is none. One reader takes them, once: the emulator, which lives and dies with the tables.

use std::{
    convert::Infallible,
    sync::{Arc, Mutex, PoisonError},
};

use axum::body::Body;
use bytes::Bytes;
use dynoxide::types::Item;
use futures_util::stream;
use serde::Serialize;
use tokio::sync::Notify;

/// One item before and after a write.
#[derive(Debug, Serialize)]
pub struct Change<'a> {
    /// The table's name.
    pub table: &'a str,
    /// The item before.
    pub old: Option<&'a Item>,
    /// The item after.
    pub new: Option<&'a Item>,
    /// Whether its time to live was over.
    pub expired: bool,
}

/// What was not taken yet.
#[derive(Debug, Clone, Default)]
pub struct Changes {
    lines: Arc<Mutex<Vec<u8>>>,
    added: Arc<Notify>,
}

impl Changes {
    /// Adds a change, if it is one: a write of the same item again is none.
    pub fn add(&self, change: &Change<'_>) {
        if change.old == change.new {
            return;
        }
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        if serde_json::to_writer(&mut *lines, change).is_ok() {
            lines.push(b'\n');
        }
        drop(lines);
        self.added.notify_one();
    }

    /// A body that hands them out as long as somebody reads it.
    pub fn follow(&self) -> Body {
        Body::from_stream(stream::unfold(self.clone(), |changes| async {
            loop {
                let lines = std::mem::take(&mut *changes.lines.lock().unwrap_or_else(PoisonError::into_inner));
                if !lines.is_empty() {
                    return Some((Ok::<_, Infallible>(Bytes::from(lines)), changes));
                }
                changes.added.notified().await;
            }
        }))
    }
}

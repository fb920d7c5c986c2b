//! The state file: written whole beside the old one, then renamed over it.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::dispute::Dispute;
use crate::gateway::Books;
use crate::idempotency::{Keys, Record};
use crate::intent::{Intent, Seconds};
use crate::ledger::Ledger;
use crate::refund::Refund;

#[derive(Debug, Default, Serialize, Deserialize)]
struct Snapshot {
    intents: Vec<Intent>,
    refunds: Vec<Refund>,
    #[serde(default)]
    disputes: Vec<Dispute>,
    #[serde(default)]
    customers: Vec<String>,
    keys: HashMap<String, Record>,
}

/// Reads the books back; empty ones where there is no file.
///
/// # Errors
/// When the file cannot be read, or is not one of ours.
pub fn load(path: Option<&Path>, hold_seconds: Seconds) -> io::Result<Books> {
    let snapshot = match path.map(fs::read) {
        None => Snapshot::default(),
        Some(Ok(bytes)) => serde_json::from_slice(&bytes)?,
        Some(Err(error)) if error.kind() == io::ErrorKind::NotFound => Snapshot::default(),
        Some(Err(error)) => return Err(error),
    };
    let Snapshot { intents, refunds, disputes, customers, keys } = snapshot;
    let ledger = Ledger::new(hold_seconds, intents, refunds, disputes).with_customers(customers);
    Ok(Books { ledger, keys: Keys::new(keys) })
}

/// Writes the books.
///
/// # Errors
/// When the file cannot be written; the old one is then untouched.
pub fn save(path: &Path, books: &Books) -> io::Result<()> {
    let snapshot = Snapshot {
        intents: books.ledger.intents().to_vec(),
        refunds: books.ledger.refunds().to_vec(),
        disputes: books.ledger.disputes().to_vec(),
        customers: books.ledger.customers().to_vec(),
        keys: books.keys.answered().clone(),
    };
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let mut file = File::create(&beside)?;
    file.write_all(&serde_json::to_vec(&snapshot)?)?;
    file.sync_all()?;
    fs::rename(&beside, path)
}

//! The index behind its aliases: making it, and filling a new one beside the old.
//!
//! A reindex first makes the new index one of those that are written, then reads all pages. What
//! changes after that reaches the new index by itself, what changed before is read; both carry their
//! versions, so it does not matter which comes first. At the end the read alias moves in one step.

use opensearch::http::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use souk_dynamo::StoreError;

use super::{BulkFailure, IndexError, READ_ALIAS, SearchIndex, WRITE_ALIAS, schema};
use crate::page::Pages;

/// How many items of the table one step of a reindex reads.
const ITEMS_PER_STEP: i32 = 200;

/// What ensuring the index found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ensured {
    /// The index that is searched.
    pub index: String,
    /// True where it was made just now.
    pub created: bool,
    /// True where it was made for another schema than this code has: a reindex is due.
    pub outdated: bool,
}

/// How far a reindex has got; hand it back to go on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reindex {
    /// The index that is being filled.
    pub index: String,
    /// The last key of the table that was read; `None` at the beginning.
    #[serde(default)]
    pub after: Option<String>,
    /// How many pages have been read.
    #[serde(default)]
    pub pages: u64,
    /// True where the new index is the one that is searched now.
    #[serde(default)]
    pub done: bool,
}

/// Why a reindex did not get on. It can be gone on with from where it stood.
#[derive(Debug, thiserror::Error)]
pub enum ReindexError {
    /// The table could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The search service did not answer or refused.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// A document was not taken.
    #[error("a document was not taken: {0}")]
    Document(BulkFailure),
}

impl SearchIndex {
    /// Makes sure that there is an index behind the aliases.
    ///
    /// # Errors
    /// [`IndexError`]; repeating is safe.
    pub async fn ensure(&self, new_index: &str) -> Result<Ensured, IndexError> {
        if let Some(index) = self.indices_behind(READ_ALIAS).await?.into_iter().next() {
            let outdated = self.schema_version(&index).await? != Some(schema::SCHEMA_VERSION);
            return Ok(Ensured { index, created: false, outdated });
        }
        self.create(new_index).await?;
        self.aliases(&[add(new_index, READ_ALIAS), add(new_index, WRITE_ALIAS)]).await?;
        Ok(Ensured { index: new_index.to_owned(), created: true, outdated: false })
    }

    /// Begins a reindex into a new index of this name.
    ///
    /// # Errors
    /// [`IndexError`]; repeating with the same name is safe.
    pub async fn begin_reindex(&self, new_index: &str) -> Result<Reindex, IndexError> {
        self.create(new_index).await?;
        self.aliases(&[add(new_index, WRITE_ALIAS)]).await?;
        Ok(Reindex { index: new_index.to_owned(), after: None, pages: 0, done: false })
    }

    /// Goes on with a reindex by one bounded step; the last one moves the aliases and drops the old index.
    ///
    /// # Errors
    /// [`ReindexError`]; repeating the step is safe.
    pub async fn continue_reindex(&self, pages: &Pages, so_far: Reindex) -> Result<Reindex, ReindexError> {
        let slice = pages.scan(so_far.after.as_deref(), ITEMS_PER_STEP).await?;
        let actions: Vec<_> = slice.pages.iter().flat_map(|page| page.actions()).collect();
        if let Some(failure) = self.write_to(&so_far.index, &actions).await?.into_iter().next() {
            return Err(ReindexError::Document(failure));
        }
        let read = so_far.pages + slice.pages.len() as u64;
        let done = slice.next.is_none();
        if done {
            self.switch_to(&so_far.index).await?;
        }
        Ok(Reindex { index: so_far.index, after: slice.next, pages: read, done })
    }

    async fn switch_to(&self, index: &str) -> Result<(), IndexError> {
        self.call(Method::Post, &format!("/{index}/_refresh"), None).await?;
        let mut old = self.indices_behind(READ_ALIAS).await?;
        old.extend(self.indices_behind(WRITE_ALIAS).await?);
        old.sort();
        old.dedup();
        old.retain(|name| name != index);
        let mut actions = vec![add(index, READ_ALIAS), add(index, WRITE_ALIAS)];
        // Removing an index takes it out of its aliases in the same atomic step.
        actions.extend(old.iter().map(|name| json!({"remove_index": {"index": name}})));
        self.aliases(&actions).await
    }

    async fn create(&self, index: &str) -> Result<(), IndexError> {
        match self.call(Method::Put, &format!("/{index}"), Some(schema::definition().to_string())).await {
            Err(IndexError::Refused { kind, .. }) if kind == "resource_already_exists_exception" => Ok(()),
            other => other.map(drop),
        }
    }

    async fn aliases(&self, actions: &[Value]) -> Result<(), IndexError> {
        self.call(Method::Post, "/_aliases", Some(json!({"actions": actions}).to_string())).await.map(drop)
    }

    async fn schema_version(&self, index: &str) -> Result<Option<u64>, IndexError> {
        let answer = self.call(Method::Get, &format!("/{index}/_mapping"), None).await?;
        Ok(answer[index]["mappings"]["_meta"]["schema_version"].as_u64())
    }
}

fn add(index: &str, alias: &str) -> Value {
    json!({"add": {"index": index, "alias": alias}})
}

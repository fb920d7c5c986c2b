//! The indices and their aliases. The read alias stands before the one index that is complete, the write
//! alias also before one that is being filled; and each index has an alias of its own that documents go
//! through.

use opensearch::http::Method;
use serde_json::{Value, json};

use super::{IndexError, SearchIndex, schema};

/// The alias through which documents reach an index, for as long as the index is one of ours.
pub(super) fn documents_alias(index: &str) -> String {
    format!("{index}-documents")
}

impl SearchIndex {
    /// The index that is searched; `None` where there is none yet.
    pub(crate) async fn live(&self) -> Result<Option<String>, IndexError> {
        Ok(self.indices_behind(self.read_alias()).await?.into_iter().next())
    }

    /// Makes an index of so many shards and has it written from now on. Repeating is safe.
    pub(crate) async fn prepare(&self, index: &str, shards: u32) -> Result<(), IndexError> {
        match self.call(Method::Put, &format!("/{index}"), Some(schema::definition(shards).to_string())).await {
            Err(IndexError::Refused { kind, .. }) if kind == "resource_already_exists_exception" => {}
            other => other.map(drop)?,
        }
        self.aliases(&[add(index, &documents_alias(index)), add(index, &self.write_alias())]).await
    }

    /// Searches this index from now on, in one step; the one that was searched before stays as it is, and is written no
    /// more: its name. Fails where the index is no longer there. Repeating is safe, but tells no name.
    pub(crate) async fn switch_to(&self, index: &str) -> Result<Option<String>, IndexError> {
        self.call(Method::Post, &format!("/{index}/_refresh"), None).await.map_err(|error| gone(error, index))?;
        let old: Vec<_> =
            self.indices_behind(self.read_alias()).await?.into_iter().filter(|name| name != index).collect();
        let mut actions = vec![add(index, self.read_alias())];
        let write_alias = self.write_alias();
        let aliases = [self.read_alias(), &write_alias];
        actions.extend(old.iter().flat_map(|old| aliases.map(|alias| remove(old, alias))));
        self.aliases(&actions).await.map_err(|error| gone(error, index))?;
        Ok(old.into_iter().next())
    }

    /// Has an index that is there written from now on.
    pub(crate) async fn write_also(&self, index: &str) -> Result<(), IndexError> {
        self.aliases(&[add(index, &self.write_alias())]).await.map_err(|error| gone(error, index))
    }

    /// Has an index written no more, unless it is the one that is searched. Repeating is safe.
    pub(crate) async fn write_no_more(&self, index: &str) -> Result<(), IndexError> {
        if self.indices_behind(self.read_alias()).await?.iter().any(|live| live == index) {
            return Ok(());
        }
        match self.aliases(&[remove(index, &self.write_alias())]).await {
            Err(error) if error.is_absent() => Ok(()),
            other => other,
        }
    }

    /// Removes an index, unless it is the one that is searched. Repeating is safe.
    pub(crate) async fn remove_unless_live(&self, index: &str) -> Result<(), IndexError> {
        if self.indices_behind(self.read_alias()).await?.iter().any(|live| live == index) {
            return Ok(());
        }
        match self.call(Method::Delete, &format!("/{index}"), None).await {
            Err(error) if error.is_absent() => Ok(()),
            other => other.map(drop),
        }
    }

    /// Removes what earlier reindexes left: of the indices that were named before this one, all but the one
    /// that is searched and one that is kept. A worker that was overtaken can so do no harm to those that came after it.
    pub(crate) async fn remove_left_before(&self, name: &str, kept: Option<&str>) -> Result<(), IndexError> {
        let prefix = self.prefix();
        let all = self.call(Method::Get, &format!("/{prefix}*/_alias"), None).await?;
        let all = all.as_object().into_iter().flatten().map(|(index, _)| index.as_str());
        for index in all.filter(|index| index.starts_with(&prefix) && *index < name && kept != Some(*index)) {
            self.remove_unless_live(index).await?;
        }
        Ok(())
    }

    /// The schema that an index was made for; `None` where it does not say.
    pub(crate) async fn schema_of(&self, index: &str) -> Result<Option<String>, IndexError> {
        let answer = self.call(Method::Get, &format!("/{index}/_mapping"), None).await;
        let answer = answer.map_err(|error| gone(error, index))?;
        Ok(answer[index]["mappings"]["_meta"]["schema"].as_str().map(str::to_owned))
    }

    /// The names of the indices behind an alias.
    pub(super) async fn indices_behind(&self, alias: &str) -> Result<Vec<String>, IndexError> {
        match self.call(Method::Get, &format!("/_alias/{alias}"), None).await {
            Ok(answer) => Ok(answer.as_object().map(|indices| indices.keys().cloned().collect()).unwrap_or_default()),
            Err(error) if error.is_absent() => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    async fn aliases(&self, actions: &[Value]) -> Result<(), IndexError> {
        self.call(Method::Post, "/_aliases", Some(json!({ "actions": actions }).to_string())).await.map(drop)
    }
}

fn add(index: &str, alias: &str) -> Value {
    json!({ "add": { "index": index, "alias": alias } })
}

fn remove(index: &str, alias: &str) -> Value {
    json!({ "remove": { "index": index, "alias": alias, "must_exist": false } })
}

pub(super) fn gone(error: IndexError, index: &str) -> IndexError {
    if error.is_absent() { IndexError::Gone(index.to_owned()) } else { error }
}

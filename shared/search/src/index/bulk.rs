use opensearch::http::Method;
use serde_json::{Value, json};

use super::{IndexError, SearchIndex, WRITE_ALIAS};
use crate::document::Action;

/// A bulk request is cut where it would exceed this many bytes.
const BYTES_AT_ONCE: usize = 4 * 1024 * 1024;

/// An action that the index did not take.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{sku}: {reason}")]
pub struct BulkFailure {
    /// The action's place among those that were sent.
    pub position: usize,
    /// Which document.
    pub sku: String,
    /// Status, and OpenSearch's name of the error: its reason quotes the document.
    pub reason: String,
}

impl SearchIndex {
    /// Brings actions to every index that is being written, now also to one that a reindex is filling:
    /// its name is asked for each time, so whatever is told after a reindex has begun reaches it too.
    ///
    /// # Errors
    /// [`IndexError`] where nothing is known of the outcome; repeating is safe.
    pub async fn write(&self, actions: &[Action]) -> Result<Vec<BulkFailure>, IndexError> {
        let targets = self.indices_behind(WRITE_ALIAS).await?;
        if targets.is_empty() {
            return Err(IndexError::Unavailable("there is no index yet".to_owned()));
        }
        let mut failures = Vec::new();
        for target in &targets {
            failures.extend(self.write_to(target, actions).await?);
        }
        failures.sort_by_key(|failure| failure.position);
        Ok(failures)
    }

    /// Brings actions to one index.
    pub(super) async fn write_to(&self, index: &str, actions: &[Action]) -> Result<Vec<BulkFailure>, IndexError> {
        let mut failures = Vec::new();
        let mut body = String::new();
        let mut first = 0;
        for (position, action) in actions.iter().enumerate() {
            push(&mut body, action);
            if body.len() >= BYTES_AT_ONCE || position + 1 == actions.len() {
                let answer =
                    self.call(Method::Post, &format!("/{index}/_bulk"), Some(std::mem::take(&mut body))).await?;
                failures.extend(failures_of(&answer, first)?);
                first = position + 1;
            }
        }
        Ok(failures)
    }

    /// The names of the indices behind an alias.
    pub(super) async fn indices_behind(&self, alias: &str) -> Result<Vec<String>, IndexError> {
        match self.call(Method::Get, &format!("/_alias/{alias}"), None).await {
            Ok(answer) => Ok(answer.as_object().map(|indices| indices.keys().cloned().collect()).unwrap_or_default()),
            Err(error) if error.is_absent() => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }
}

fn push(body: &mut String, action: &Action) {
    let (operation, sku, version, document) = match action {
        Action::Index { sku, version, document } => ("index", sku, version, Some(document)),
        Action::Delete { sku, version } => ("delete", sku, version, None),
    };
    let head = json!({operation: {"_id": sku, "version": version, "version_type": "external"}});
    body.push_str(&head.to_string());
    body.push('\n');
    if let Some(document) = document {
        body.push_str(&document.to_string());
        body.push('\n');
    }
}

/// A version conflict says that the index knows better already, and an absent document that there was
/// nothing to delete: both are as it should be.
fn failures_of(answer: &Value, first: usize) -> Result<Vec<BulkFailure>, IndexError> {
    let items =
        answer["items"].as_array().ok_or_else(|| IndexError::Unavailable("a bulk answer without items".into()))?;
    let results = items.iter().enumerate().filter_map(|(i, item)| Some((i, item.as_object()?.values().next()?)));
    let failed = results.filter(|(_, result)| !matches!(result["status"].as_u64(), Some(200..=299 | 404 | 409)));
    Ok(failed
        .map(|(i, result)| BulkFailure {
            position: first + i,
            sku: result["_id"].as_str().unwrap_or_default().to_owned(),
            reason: format!("{} {}", result["status"], result["error"]["type"].as_str().unwrap_or("unknown")),
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_is_two_lines_with_an_external_version_and_a_deletion_one() {
        let mut body = String::new();
        push(&mut body, &Action::Index { sku: "A".parse().unwrap(), version: 7, document: json!({"sku": "A"}) });
        push(&mut body, &Action::Delete { sku: "B".parse().unwrap(), version: 8 });
        let lines: Vec<Value> = body.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines[0], json!({"index": {"_id": "A", "version": 7, "version_type": "external"}}));
        assert_eq!(lines[1], json!({"sku": "A"}));
        assert_eq!(lines[2], json!({"delete": {"_id": "B", "version": 8, "version_type": "external"}}));
    }

    #[test]
    fn only_what_was_really_refused_is_a_failure() {
        let answer = json!({"errors": true, "items": [
            {"index": {"_id": "A", "status": 201}},
            {"index": {"_id": "B", "status": 409, "error": {"reason": "version conflict"}}},
            {"delete": {"_id": "C", "status": 404}},
            {"index": {"_id": "D", "status": 429, "error": {"type": "rejected", "reason": "canary"}}},
        ]});
        let failures = failures_of(&answer, 10).unwrap();
        assert_eq!(failures.len(), 1);
        assert_eq!((failures[0].position, failures[0].sku.as_str()), (13, "D"));
        assert_eq!(failures[0].reason, "429 rejected");
    }
}

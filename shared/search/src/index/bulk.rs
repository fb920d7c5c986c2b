use std::ops::Range;

use jiff::Timestamp;
use opensearch::http::Method;
use serde_json::{Value, json};

use super::{IndexError, SearchIndex, indices::documents_alias};
use crate::document::Action;

/// A bulk request is cut where it would exceed this many bytes.
const BYTES_AT_ONCE: usize = 4 * 1024 * 1024;

/// A document that the index refuses for what it holds: it will not take it another time either.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{product_id}: {reason}")]
pub struct RefusedDocument {
    /// The action's place among those that were sent.
    pub position: usize,
    /// Which document.
    pub product_id: String,
    /// OpenSearch's name of the error, and of the field where it says which.
    pub reason: String,
}

/// What a write does to a document of the same version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SameVersion {
    /// Leaves it: it says the same.
    Keeps,
    /// Writes it again: it may have been made by another schema's code, or be damaged.
    Replaces,
}

impl SearchIndex {
    /// Brings actions to every index that is being written, now also to one that a reindex is filling:
    /// its name is asked for each time, so whatever is written after a reindex has begun reaches it too.
    /// Answers with those that were refused for what they hold.
    ///
    /// # Errors
    /// [`IndexError`] where the others may not all have been taken; repeating is safe.
    pub async fn write(&self, actions: &[Action]) -> Result<Vec<RefusedDocument>, IndexError> {
        let targets = self.indices_behind(&self.write_alias()).await?;
        if targets.is_empty() {
            return Err(IndexError::Unavailable("there is no index yet".to_owned()));
        }
        let mut refused = Vec::new();
        for target in &targets {
            refused.extend(self.write_to(target, actions, SameVersion::Keeps).await?);
        }
        refused.sort_by_key(|document| document.position);
        Ok(refused)
    }

    /// Brings actions to one index, as [`SearchIndex::write`] does.
    pub(crate) async fn write_to(
        &self,
        index: &str,
        actions: &[Action],
        same: SameVersion,
    ) -> Result<Vec<RefusedDocument>, IndexError> {
        let now = Timestamp::now();
        let lines: Vec<_> = actions.iter().map(|action| lines(action, same, now)).collect();
        let mut refused = Vec::new();
        let mut chunks = chunks(&lines);
        while let Some(chunk) = chunks.pop() {
            let path = format!("/{}/_bulk", documents_alias(index));
            match self.call(Method::Post, &path, Some(lines[chunk.clone()].concat())).await {
                Ok(answer) => refused.extend(refused_in(&answer, chunk.start)?),
                // The request as a whole, for what one of its documents holds: the halves tell which.
                Err(IndexError::Refused { status: 400 | 413, .. }) if chunk.len() > 1 => {
                    let middle = chunk.start + chunk.len() / 2;
                    chunks.extend([middle..chunk.end, chunk.start..middle]);
                }
                Err(IndexError::Refused { status: 400 | 413, kind, .. }) => {
                    let product_id = actions[chunk.start].product_id().to_string();
                    refused.push(RefusedDocument { position: chunk.start, product_id, reason: kind });
                }
                Err(error) if error.is_absent() => return Err(IndexError::Gone(index.to_owned())),
                Err(error) => return Err(error),
            }
        }
        Ok(refused)
    }
}

/// Which lines go together, the first ones last.
fn chunks(lines: &[String]) -> Vec<Range<usize>> {
    let mut chunks = Vec::new();
    let (mut start, mut bytes) = (0, 0);
    for (end, line) in (1..).zip(lines) {
        bytes += line.len();
        if bytes >= BYTES_AT_ONCE || end == lines.len() {
            chunks.push(start..end);
            (start, bytes) = (end, 0);
        }
    }
    chunks.reverse();
    chunks
}

/// One or two lines of a bulk request. A document goes through an alias of its index only: where the index
/// has been removed, OpenSearch would make one of that name with a mapping of its own.
///
/// A document says when it was written: what changed after a page of hits was made is told by that.
fn lines(action: &Action, same: SameVersion, now: Timestamp) -> String {
    let version_type = match same {
        SameVersion::Keeps => "external",
        SameVersion::Replaces => "external_gte",
    };
    match action {
        Action::Index { product_id, version, document } => {
            let head = json!({
                "_id": product_id, "version": version, "version_type": version_type, "require_alias": true,
            });
            let mut document = document.clone();
            document["written_at"] = json!(now.as_millisecond());
            format!("{}\n{document}\n", json!({ "index": head }))
        }
        Action::Delete { product_id, version } => {
            let head = json!({ "_id": product_id, "version": version, "version_type": version_type });
            format!("{}\n", json!({ "delete": head }))
        }
    }
}

/// A version conflict says that the index knows better already, and an absent document that there was
/// nothing to delete: both are as it should be. Of the rest, only a 400 is about the document.
fn refused_in(answer: &Value, first: usize) -> Result<Vec<RefusedDocument>, IndexError> {
    let items =
        answer["items"].as_array().ok_or_else(|| IndexError::Unavailable("a bulk answer without items".into()))?;
    let mut refused = Vec::new();
    for (position, item) in (first..).zip(items) {
        let Some(result) = item.as_object().and_then(|item| item.values().next()) else { continue };
        let error = &result["error"];
        match result["status"].as_u64().unwrap_or_default() {
            _ if error.is_null() => {}
            409 => {}
            400 => refused.push(RefusedDocument {
                position,
                product_id: result["_id"].as_str().unwrap_or_default().to_owned(),
                reason: reason(error),
            }),
            404 => return Err(IndexError::Gone(result["_index"].as_str().unwrap_or_default().to_owned())),
            status => return Err(IndexError::Unavailable(format!("{status}: {}", kind(error)))),
        }
    }
    Ok(refused)
}

fn kind(error: &Value) -> &str {
    error["type"].as_str().unwrap_or("an unnamed error")
}

/// The error's own text quotes what the document holds.
fn reason(error: &Value) -> String {
    let fields = error["reason"].as_str().and_then(|text| text.split("field [").nth(1)?.split(']').next());
    match fields {
        Some(field) => format!("{} in {field}", kind(error)),
        None => kind(error).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_is_two_lines_with_an_external_version_and_a_deletion_one() {
        let now = Timestamp::from_millisecond(5).unwrap();
        let index = Action::Index { product_id: "A".parse().unwrap(), version: 7, document: json!({"title": "A"}) };
        let delete = Action::Delete { product_id: "B".parse().unwrap(), version: 8 };
        let body = lines(&index, SameVersion::Keeps, now) + &lines(&delete, SameVersion::Replaces, now);
        let lines: Vec<Value> = body.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let head = json!({"_id": "A", "version": 7, "version_type": "external", "require_alias": true});
        assert_eq!(lines[0], json!({ "index": head }));
        assert_eq!(lines[1], json!({"title": "A", "written_at": 5}));
        assert_eq!(lines[2], json!({"delete": {"_id": "B", "version": 8, "version_type": "external_gte"}}));
    }

    #[test]
    fn a_request_is_cut_where_it_grows_too_large_and_nothing_is_left_out() {
        let line = "x".repeat(BYTES_AT_ONCE / 2);
        assert_eq!(chunks(&[line.clone(), line.clone(), line.clone()]), [2..3, 0..2]);
        assert_eq!(chunks(&[line]), std::slice::from_ref(&(0..1)));
        assert_eq!(chunks(&[]), []);
    }

    fn answer(status: u64, kind: &str) -> Value {
        json!({"errors": true, "items": [
            {"index": {"_id": "A", "status": 201}},
            {"index": {"_id": "B", "status": 409, "error": {"type": "version_conflict_engine_exception"}}},
            {"delete": {"_id": "C", "status": 404, "result": "not_found"}},
            {"index": {"_id": "D", "_index": "gone", "status": status, "error": {
                "type": kind, "reason": "failed to parse field [rating_count] of type [integer]. Preview: '3000000000'",
            }}},
        ]})
    }

    #[test]
    fn only_what_a_document_holds_makes_it_refused() {
        let refused = refused_in(&answer(400, "mapper_parsing_exception"), 10).unwrap();
        let expected = RefusedDocument {
            position: 13,
            product_id: "D".to_owned(),
            reason: "mapper_parsing_exception in rating_count".to_owned(),
        };
        assert_eq!(refused, [expected]);
        for (status, kind) in [(429, "rejected_execution_exception"), (403, "cluster_block_exception"), (500, "x")] {
            let error = refused_in(&answer(status, kind), 0).unwrap_err();
            assert!(matches!(error, IndexError::Unavailable(_)), "{status}: {error}");
        }
        let error = refused_in(&answer(404, "index_not_found_exception"), 0).unwrap_err();
        assert!(matches!(error, IndexError::Gone(_)), "{error}");
    }
}

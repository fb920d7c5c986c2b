//! Many resources put by one request. Each row is taken or refused by itself, as if it had been put alone.

use std::{
    collections::{HashMap, hash_map::Entry},
    hash::Hash,
};

use futures_util::{StreamExt as _, stream};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value, value::RawValue};
use utoipa::ToSchema;

use super::{Effect, HttpResult, Problem, Request, Response, description::ProblemDocument, request};

/// The most rows of one request: what a function can put well within its time.
pub const ROWS_MAX: usize = 100;
/// The largest body of rows, in bytes: whatever fits a PUT by itself fits a body of rows.
pub const ROWS_MAX_BYTES: usize = 1024 * 1024;
/// How many rows are put at once, so that memory and connections stay bounded.
const AT_ONCE: usize = 8;

/// One row: what a PUT of one resource takes from its path, its `If-Match` and its body.
pub trait Row: DeserializeOwned {
    /// What the row puts.
    type Key: Hash + Eq;
    /// The row's field that names what it puts.
    const KEY_FIELD: &'static str;

    /// What the row puts. One request may put it once: of two rows nobody could say which comes last.
    fn key(&self) -> Self::Key;
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    rows: Vec<Box<RawValue>>,
}

/// What a request of rows looks like; [`put_rows`] reads the rows one by one.
#[derive(Debug, ToSchema)]
pub struct Rows<R> {
    /// The rows, each judged by itself.
    #[schema(min_items = 1, max_items = 100)]
    pub rows: Vec<R>,
}

/// What became of the rows.
#[derive(Debug, Serialize, ToSchema)]
pub struct RowAnswers {
    /// In the order of the request.
    rows: Vec<RowAnswer>,
}

/// What became of a row.
#[derive(Debug, Serialize, ToSchema)]
struct RowAnswer {
    /// The row's place in the request, from 0.
    position: usize,
    #[serde(flatten)]
    outcome: RowOutcome,
}

/// A row's fate.
#[derive(Debug, PartialEq, Serialize, ToSchema)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum RowOutcome {
    /// It was not there before.
    Created {
        /// The version that it has now.
        version: u64,
    },
    /// It was there, and is another now.
    Changed {
        /// The version that it has now.
        version: u64,
    },
    /// It was there and equal.
    Unchanged {
        /// The version that it has.
        version: u64,
    },
    /// Nothing of it was put.
    Refused {
        /// Why.
        #[schema(value_type = ProblemDocument)]
        problem: Map<String, Value>,
    },
}

/// Puts the rows of a request, some at once, by the same use case as a single PUT; `put` answers with
/// the version that the row's resource has now. Which rows were refused, and why, is in the answer.
///
/// # Errors
/// 400 and 413 where the body is no body of 1 to [`ROWS_MAX`] rows; then nothing was put.
pub async fn put_rows<R, F, Fut>(request: &Request, put: F) -> HttpResult
where
    R: Row,
    F: Fn(R) -> Fut,
    Fut: Future<Output = Result<(Effect, u64), Problem>>,
{
    let Body { rows } = request.json_within(ROWS_MAX_BYTES)?;
    if rows.is_empty() || rows.len() > ROWS_MAX {
        return Err(Problem::invalid_field("rows", format!("must have 1 to {ROWS_MAX} entries")));
    }
    let outcomes = put_each(read::<R>(&rows), |row| async {
        match row {
            Ok(row) => put(row).await,
            Err(problem) => Err(problem),
        }
    });
    let rows = outcomes.await.into_iter().enumerate().map(|(position, outcome)| RowAnswer { position, outcome });
    Ok(Response::json(200, &RowAnswers { rows: rows.collect() }))
}

/// Puts many things, some at once, each judged by itself; what became of them, in their order.
pub async fn put_each<T, F, Fut>(things: Vec<T>, put: F) -> Vec<RowOutcome>
where
    F: Fn(T) -> Fut,
    Fut: Future<Output = Result<(Effect, u64), Problem>>,
{
    let puts = things.into_iter().map(put);
    let results: Vec<_> = stream::iter(puts).buffered(AT_ONCE).collect().await;
    results.into_iter().enumerate().map(|(position, result)| outcome(position, result)).collect()
}

fn read<R: Row>(rows: &[Box<RawValue>]) -> Vec<Result<R, Problem>> {
    let mut seen = HashMap::new();
    let rows = rows.iter().enumerate().map(|(position, raw)| {
        let row: R = request::json(raw.get().as_bytes())?;
        match seen.entry(row.key()) {
            Entry::Occupied(first) => {
                Err(Problem::unprocessable(R::KEY_FIELD, format!("is put by the row at {} already", first.get())))
            }
            Entry::Vacant(place) => {
                place.insert(position);
                Ok(row)
            }
        }
    });
    rows.collect()
}

fn outcome(position: usize, result: Result<(Effect, u64), Problem>) -> RowOutcome {
    match result {
        Ok((Effect::Created, version)) => RowOutcome::Created { version },
        Ok((Effect::Changed, version)) => RowOutcome::Changed { version },
        Ok((Effect::Unchanged, version)) => RowOutcome::Unchanged { version },
        Err(problem) => {
            if problem.status() >= 500 {
                let (kind, cause) = (problem.kind.name, problem.cause().unwrap_or_default());
                tracing::error!(position, status = problem.status(), kind, cause, "row failed");
            }
            RowOutcome::Refused { problem: problem.into_members() }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use lambda_http::Body as HttpBody;
    use serde_json::json;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Count {
        sku: String,
        quantity: u32,
    }

    impl Row for Count {
        type Key = String;
        const KEY_FIELD: &'static str = "sku";
        fn key(&self) -> String {
            self.sku.clone()
        }
    }

    fn request(body: String) -> Request {
        let request = http::Request::builder().header("content-type", "application/json");
        Request::from(request.body(HttpBody::Text(body)).unwrap())
    }

    async fn put(body: &str) -> Result<Value, Problem> {
        let request = request(body.to_owned());
        let put = async |row: Count| match row.quantity {
            0 => Err(Problem::stale(4)),
            1 => Ok((Effect::Unchanged, 1)),
            2 => Ok((Effect::Changed, 3)),
            _ => Ok((Effect::Created, 1)),
        };
        let response = put_rows(&request, put).await?;
        assert_eq!(response.status, 200);
        Ok(serde_json::from_str(response.body().unwrap()).unwrap())
    }

    #[tokio::test]
    async fn each_row_is_answered_in_its_place() {
        let rows = json!({ "rows": [
            { "sku": "a", "quantity": 3 }, { "sku": "b", "quantity": 0 }, { "sku": "c", "quantity": 1 }, { "sku": "d", "quantity": 2 },
        ] });
        let answer = put(&rows.to_string()).await.unwrap();
        let rows = answer["rows"].as_array().unwrap();
        let told: Vec<_> = rows.iter().map(|row| (row["position"].as_u64(), row["outcome"].as_str())).collect();
        let expected = ["created", "refused", "unchanged", "changed"];
        assert_eq!(told, (0..4).map(Some).zip(expected.map(Some)).collect::<Vec<_>>());
        assert_eq!(rows[3]["version"], 3);
        let problem = &rows[1]["problem"];
        assert_eq!((&problem["status"], &problem["present_version"]), (&json!(412), &json!(4)));
        assert_eq!(problem["type"], "https://souk.example/problems/stale-version");
    }

    #[tokio::test]
    async fn a_bad_row_names_its_field_and_the_others_are_put() {
        let rows =
            r#"{"rows":[{"sku":"a","quantity":-1},7,{"sku":"b","quantity":3,"price":1},{"sku":"c","quantity":3}]}"#;
        let answer = put(rows).await.unwrap();
        assert_eq!(answer["rows"][0]["problem"]["errors"][0]["field"], "quantity");
        assert_eq!(answer["rows"][1]["problem"]["status"], 400);
        assert_eq!(answer["rows"][2]["problem"]["errors"][0]["field"], "price");
        assert_eq!(answer["rows"][3]["outcome"], "created");
    }

    #[tokio::test]
    async fn a_row_is_read_as_strictly_as_a_body() {
        let rows = r#"{"rows":[["a",3],{"sku":"a","sku":"b","quantity":3},{"sku":"c","quantity":3}]}"#;
        let answer = put(rows).await.unwrap();
        assert_eq!(answer["rows"][0]["problem"]["status"], 400);
        assert_eq!(answer["rows"][1]["problem"]["errors"][0]["field"], "sku");
        assert_eq!(answer["rows"][2]["outcome"], "created");
        assert_eq!(put(r#"{"rows":[],"rows":[]}"#).await.unwrap_err().status(), 400);
    }

    #[tokio::test]
    async fn what_two_rows_put_is_put_by_the_first() {
        let rows = r#"{"rows":[{"sku":"a","quantity":3},{"sku":"b","quantity":3},{"sku":"a","quantity":2}]}"#;
        let answer = put(rows).await.unwrap();
        assert_eq!(answer["rows"][0]["outcome"], "created");
        let problem = &answer["rows"][2]["problem"];
        assert_eq!((&problem["status"], &problem["errors"][0]["field"]), (&json!(422), &json!("sku")));
        assert_eq!(problem["errors"][0]["detail"], "is put by the row at 0 already");
    }

    #[tokio::test]
    async fn rows_and_bytes_are_bounded() {
        let rows = |count: usize| {
            let rows: Vec<_> = (0..count).map(|n| json!({ "sku": n.to_string(), "quantity": 3 })).collect();
            json!({ "rows": rows }).to_string()
        };
        assert_eq!(put(&rows(ROWS_MAX)).await.unwrap()["rows"].as_array().unwrap().len(), ROWS_MAX);
        for body in [rows(0), rows(ROWS_MAX + 1), "{}".to_owned(), r#"{"rows":[],"all":true}"#.to_owned()] {
            assert_eq!(put(&body).await.unwrap_err().status(), 400);
        }
        let large = format!("{{\"rows\":[{}]}}", " ".repeat(ROWS_MAX_BYTES));
        let problem = put(&large).await.unwrap_err();
        assert_eq!((problem.status(), problem.kind.name), (413, "body-too-large"));
    }

    #[tokio::test]
    async fn only_some_rows_are_put_at_once() {
        let rows: Vec<_> = (0..40).map(|n| json!({ "sku": n.to_string(), "quantity": 3 })).collect();
        let request = request(json!({ "rows": rows }).to_string());
        let (running, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let put = async |_: Count| {
            most.fetch_max(running.fetch_add(1, Ordering::Relaxed) + 1, Ordering::Relaxed);
            tokio::task::yield_now().await;
            running.fetch_sub(1, Ordering::Relaxed);
            Ok((Effect::Created, 1))
        };
        put_rows(&request, put).await.unwrap();
        assert_eq!(most.into_inner(), AT_ONCE);
    }
}

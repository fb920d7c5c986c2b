use serde_json::{Value, json};

use super::Api;

/// What became of rows that were put by one request.
#[derive(Debug)]
pub struct Rows(Vec<Value>);

impl Rows {
    /// Puts rows into a collection (`products`, `prices`, `inventory`).
    pub async fn put(api: &Api, collection: &str, rows: &[Value]) -> Self {
        let reply = api.post(&format!("/admin/{collection}"), json!({ "rows": rows })).await.expect(200);
        let rows_put = reply.body["rows"].as_array().unwrap().clone();
        let positions: Vec<_> = rows_put.iter().map(|row| row["position"].as_u64().unwrap()).collect();
        assert!(positions.into_iter().eq(0..rows.len() as u64), "{}", reply.body);
        Self(rows_put)
    }

    /// `created 1` of a row that was taken, `428 if-match-required` of one that was refused.
    pub fn outcomes(&self) -> Vec<String> {
        let outcome = |row: &Value| match row["outcome"].as_str().unwrap() {
            "refused" => {
                let problem = &row["problem"];
                let kind = problem["type"].as_str().unwrap().rsplit('/').next().unwrap();
                format!("{} {kind}", problem["status"])
            }
            outcome => format!("{outcome} {}", row["version"]),
        };
        self.0.iter().map(outcome).collect()
    }

    /// The problem of a row.
    pub fn problem(&self, position: usize) -> &Value {
        &self.0[position]["problem"]
    }

    /// The field that a row was refused for.
    pub fn field(&self, position: usize) -> &str {
        self.problem(position)["errors"][0]["field"].as_str().unwrap()
    }
}

//! A public beacon that needs no network: it looks like drand's quicknet, round by round, and is as
//! predictable as its source code. Only for machines that cannot reach the real one.

use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::Problem;

/// When the chain's first round was out (seconds of the Unix epoch), and how long a round is (s).
const GENESIS: i64 = 1_692_803_367;
const PERIOD: i64 = 3;

/// `GET /beacon/public/{round}`: 404 before the round's time, as there.
pub(super) async fn round(Path(round): Path<u64>) -> Result<Json<Value>, Problem> {
    let due = i64::try_from(round.saturating_sub(1)).unwrap_or(i64::MAX).saturating_mul(PERIOD).saturating_add(GENESIS);
    if round == 0 || due > jiff::Timestamp::now().as_second() {
        return Err(Problem(StatusCode::NOT_FOUND, format!("round {round} is not out yet")));
    }
    let randomness = hex::encode(Sha256::digest(format!("local beacon {round}")));
    Ok(Json(json!({ "round": round, "randomness": randomness })))
}

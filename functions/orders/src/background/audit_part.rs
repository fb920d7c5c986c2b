//! A part of the audit, as `statemachines/audit.asl.json` asks for it: the plan, each part, and their sum.

use serde::{Deserialize, Serialize};
use souk_dynamo::Segment;
use souk_runtime::task::TaskError;
use souk_wiring::Call;
pub use souk_workflows::audit::parts::AuditParts as Deps;
use souk_workflows::audit::parts::PartReport;

/// What is asked for.
#[derive(Debug, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case")]
pub enum Input {
    /// Which parts there are.
    Plan,
    /// One of them.
    Audit {
        /// Which.
        part: Segment,
    },
    /// What all of them found.
    Sum {
        /// Their reports.
        reports: Vec<PartReport>,
    },
}

/// What is answered.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Output {
    /// The parts.
    Plan {
        /// Each of them.
        parts: Vec<Segment>,
    },
    /// What was found.
    Report(PartReport),
}

/// Does it. It reads everything and writes nothing, so it may be repeated.
///
/// # Errors
/// `AuditUnavailable`: a table or the gateway could not be read.
pub async fn handle(deps: &Deps, input: Input, call: Call) -> Result<Output, TaskError> {
    Ok(match input {
        Input::Plan => Output::Plan { parts: deps.plan() },
        Input::Audit { part } => {
            let audited = deps.run(part, &call).await;
            Output::Report(audited.map_err(|error| TaskError::new("AuditUnavailable", error))?)
        }
        Input::Sum { reports } => Output::Report(deps.sum(reports)),
    })
}

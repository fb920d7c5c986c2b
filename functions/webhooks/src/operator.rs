//! What the operators' endpoints share.

use souk_domain::ids::WebhookId;
use souk_runtime::http::{Problem, Request, Role};
use souk_webhooks::{Guarded, Webhooks};
use souk_wiring::FromEnvironment;

/// The subscriptions.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    pub(crate) webhooks: Webhooks,
}

pub(crate) fn require_operator(request: &Request) -> Result<(), Problem> {
    request.caller()?.require_any(&[Role::Operator])
}

/// The subscription that an operator's request names.
pub(crate) fn webhook_of(request: &Request) -> Result<WebhookId, Problem> {
    require_operator(request)?;
    request.path("webhook_id")
}

pub(crate) fn no_such_webhook() -> Problem {
    Problem::not_found("webhook")
}

/// What a change under `If-Match` came to.
pub(crate) fn guarded<T>(outcome: Guarded<T>) -> Result<T, Problem> {
    match outcome {
        Guarded::Done(done) => Ok(done),
        Guarded::Unknown => Err(no_such_webhook()),
        Guarded::VersionNeeded(version) => Err(Problem::version_needed(version)),
        Guarded::Stale(version) => Err(Problem::stale(version)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_outcome_has_its_status() {
        let status = |outcome: Guarded<()>| guarded(outcome).map_err(|problem| problem.status());
        assert_eq!(status(Guarded::Done(())), Ok(()));
        assert_eq!(status(Guarded::Unknown), Err(404));
        assert_eq!(status(Guarded::VersionNeeded(3)), Err(428));
        assert_eq!(status(Guarded::Stale(3)), Err(412));
    }
}

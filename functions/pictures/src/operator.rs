use souk_runtime::http::{Problem, Request, Role};

/// Pictures are the operators' business.
pub(crate) fn require_operator(request: &Request) -> Result<(), Problem> {
    request.caller()?.require_any(&[Role::Operator])
}

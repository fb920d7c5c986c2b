use souk_dynamo::sdk_failure;
use souk_wiring::{ConfigError, Environment};

/// The address that the domain `OPENSEARCH_DOMAIN` says it has. While a stack is being made, nobody else
/// can know it.
pub(super) async fn endpoint(environment: &Environment) -> Result<String, ConfigError> {
    let unreachable = |reason: String| ConfigError::Unreachable { what: "the OpenSearch domain", reason };
    let domains = aws_sdk_opensearch::Client::new(&environment.aws);
    let name = environment.required("OPENSEARCH_DOMAIN")?;
    let answer = domains.describe_domain().domain_name(name).send().await;
    let answer = answer.map_err(|e| unreachable(sdk_failure(&e)))?;
    let domain = answer.domain_status.ok_or_else(|| unreachable("it is not described".to_owned()))?;
    if domain.deleted == Some(true) {
        return Err(unreachable("it is being deleted".to_owned()));
    }
    // A domain inside a VPC has its address elsewhere.
    let in_vpc = domain.endpoints.as_ref().and_then(|endpoints| endpoints.get("vpc"));
    let host = domain.endpoint.as_ref().or(in_vpc).ok_or_else(|| unreachable("it is still being made".to_owned()))?;
    Ok(format!("https://{host}"))
}

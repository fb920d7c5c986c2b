//! What this context's functions are built from; each variable's name stands here once.

use souk_catalog::Catalog;
use souk_dynamo::sdk_failure;
use souk_runtime::{ConfigError, Environment};
use souk_search::{Pages, SearchIndex};

use crate::refreshes::Refreshes;

const OPENSEARCH_ENDPOINT: &str = "OPENSEARCH_ENDPOINT";

pub(crate) fn pages(environment: &Environment) -> Result<Pages, ConfigError> {
    Ok(Pages::new(environment.table("PRODUCT_PAGES_TABLE")?))
}

pub(crate) fn catalog(environment: &Environment) -> Result<Catalog, ConfigError> {
    Ok(Catalog::new(environment.table("CATALOG_TABLE")?))
}

pub(crate) fn refreshes(environment: &Environment) -> Result<Refreshes, ConfigError> {
    let queue_url = environment.required("PAGE_REFRESHES_URL")?;
    Ok(Refreshes::new(aws_sdk_sqs::Client::new(&environment.aws), queue_url))
}

pub(crate) fn index(environment: &Environment) -> Result<SearchIndex, ConfigError> {
    index_at(environment, &environment.required(OPENSEARCH_ENDPOINT)?)
}

/// The index at the endpoint that is configured, or else at the one that the domain says it has.
pub(crate) async fn index_of_domain(environment: &Environment) -> Result<SearchIndex, ConfigError> {
    if environment.optional(OPENSEARCH_ENDPOINT).is_some() {
        return index(environment);
    }
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
    index_at(environment, &format!("https://{host}"))
}

fn index_at(environment: &Environment, endpoint: &str) -> Result<SearchIndex, ConfigError> {
    SearchIndex::connect(endpoint, &environment.aws)
        .map_err(|error| ConfigError::Invalid { name: OPENSEARCH_ENDPOINT, reason: error.to_string() })
}

//! Whoever waits has more time than what they wait for.

use std::{collections::BTreeMap, time::Duration};

use super::{
    sources,
    template::{Function, with_functions},
};

/// API Gateway waits 30 seconds for a function.
const GATEWAY: u64 = 30;
/// What an answer needs after the last call has failed.
const TO_ANSWER: Duration = Duration::from_millis(500);

/// The longest that one call of a function may take, by what its variables show that it calls.
fn longest_call(function: &Function<'_>) -> Duration {
    if function.handler() == "staff-groups" {
        return souk_fn_identity::staff_groups::WITHIN;
    }
    let variables = function.variables();
    let by_variable = [
        ("OPENSEARCH_ENDPOINT", souk_search::WITHIN),
        ("GATEWAY_URL", souk_payments::stripe::WITHIN),
        ("JWKS_URL", souk_runtime::http::KEYS_WITHIN),
        ("BEACON_URL", souk_workflows::BEACON_WITHIN),
        ("WEBHOOK_LOOPBACK", souk_webhooks::WITHIN),
    ];
    let called = by_variable.into_iter().filter(|(name, _)| variables.contains_key(name)).map(|(_, within)| within);
    called.chain([souk_wiring::OPERATION]).max().unwrap()
}

#[test]
fn a_function_outlives_its_calls() {
    for template in with_functions() {
        for function in template.functions() {
            let timeout = Duration::from_secs(function.timeout());
            let call = longest_call(&function);
            assert!(timeout > call + TO_ANSWER, "{}: {timeout:?} for calls of {call:?}", function.name);
        }
    }
}

#[test]
fn the_gateway_outlives_its_functions() {
    for template in with_functions() {
        for function in template.functions().iter().filter(|function| function.is_routed()) {
            assert!(function.timeout() < GATEWAY, "{}", function.name);
        }
    }
}

#[test]
fn a_query_ends_before_its_client_gives_up() {
    assert!(souk_search::QUERY_WITHIN < souk_search::WITHIN);
}

/// What makes a client. Those of the SDKs are made from the environment's configuration, which has the
/// time limits; every other place is listed, and a silent server tests it.
const MAKES: [&str; 4] = ["Connector::builder(", "TransportBuilder::new(", "reqwest::Client::", "from_conf("];
const KNOWN: [&str; 7] = [
    "functions/identity/src/staff_groups.rs",
    "functions/search/src/search_index_manager/custom_resource.rs",
    "shared/notifications/src/mailer.rs",
    "shared/payments/src/stripe/transport.rs",
    "shared/search/src/index/client.rs",
    "shared/webhooks/src/subscribers.rs",
    "shared/wiring/src/fetch.rs",
];

#[test]
fn every_client_with_limits_of_its_own_is_known() {
    let mut found = BTreeMap::new();
    for folder in ["functions", "shared"] {
        sources::visit(folder, &mut |path, text| {
            let makes = MAKES.iter().filter(|constructor| text.contains(**constructor)).count();
            if makes > 0 && !path.contains("/tests/") && !path.starts_with("shared/testkit/") {
                found.insert(path.to_owned(), makes);
            }
        });
    }
    assert_eq!(found.into_keys().collect::<Vec<_>>(), KNOWN);
}

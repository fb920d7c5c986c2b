//! Templates, lists and descriptions tell of the same routes.

use std::collections::{BTreeMap, BTreeSet};

use super::document::{Operation, document, followed, operations};
use crate::architecture::{routes, with_functions};

#[test]
fn every_route_of_a_template_is_described_and_every_described_one_is_in_a_template() {
    let described: BTreeSet<_> = operations(&document()).iter().map(Operation::route).collect();
    let deployed: BTreeSet<_> = routes().iter().map(|route| route.key()).collect();
    let only_in = |these: &BTreeSet<String>, others| these.difference(others).cloned().collect::<Vec<_>>();
    assert_eq!(only_in(&deployed, &described), [""; 0], "in a template, described by no handler");
    assert_eq!(only_in(&described, &deployed), [""; 0], "described by a handler, in no template");
    assert!(described.len() >= 50, "{}", described.len());
}

/// So the name in the description finds the block in the template and the line in the list.
#[test]
fn an_operation_is_called_as_its_function_is() {
    let worlds = with_functions();
    let functions = worlds.iter().flat_map(|world| world.functions());
    let by_route: BTreeMap<String, String> = functions
        .flat_map(|function| {
            let routes = function.http_routes().into_iter();
            routes.map(|route| (route.key(), function.handler().to_owned())).collect::<Vec<_>>()
        })
        .collect();
    for operation in operations(&document()) {
        let route = operation.route();
        assert_eq!(operation.value["operationId"].as_str(), by_route.get(&route).map(String::as_str), "{route}");
    }
}

#[test]
fn a_guarded_route_says_who_may_ask_and_an_open_one_does_not_ask_for_a_token() {
    // Guests use the cart, too, so its functions look at the token themselves.
    let looks_itself = ["POST /cart/merge"];
    let guarded: BTreeMap<_, _> = routes().iter().map(|route| (route.key(), route.guarded)).collect();
    for operation in operations(&document()) {
        let route = operation.route();
        let alternatives = operation.alternatives();
        assert!(!alternatives.is_empty(), "{route} does not say who may ask");
        let needs_user = alternatives.iter().all(|needed| needed.iter().any(|(scheme, _)| scheme == "user"));
        let is_guarded = guarded.get(&route).copied().unwrap_or_default() || looks_itself.contains(&route.as_str());
        assert_eq!(needs_user, is_guarded, "{route}: {alternatives:?}");
    }
}

#[test]
fn what_staff_do_names_a_role_and_what_shoppers_do_names_none() {
    for operation in operations(&document()) {
        let alternatives = operation.alternatives();
        let has_role = alternatives.iter().flatten().any(|(_, roles)| !roles.is_empty());
        assert_eq!(has_role, operation.path.starts_with("/admin/"), "{}: {alternatives:?}", operation.route());
    }
}

#[test]
fn every_answer_has_words_and_every_refusal_a_type() {
    let document = document();
    for operation in operations(&document) {
        let route = operation.route();
        let responses = operation.value["responses"].as_object().unwrap();
        assert!(operation.value["summary"].as_str().is_some_and(|summary| !summary.is_empty()), "{route}");
        assert!(responses.keys().any(|status| status.starts_with('2')), "{route} never succeeds");
        for (status, response) in responses {
            let response = followed(&document, response);
            let number: u16 = status.parse().unwrap_or_else(|_| panic!("{route}: {status} is no status"));
            assert!(response["description"].as_str().is_some_and(|text| !text.is_empty()), "{route} {status}");
            let content = response["content"].as_object();
            let is_told = content.is_some_and(|types| {
                types.contains_key("application/problem+json") || types.contains_key("application/json")
            });
            assert!(is_told || number < 400, "{route} {status}");
        }
    }
}

//! What shoppers browse is at most five minutes old, whoever kept it; and nothing splits the distribution's cache
//! that no answer depends on.

use std::{collections::BTreeSet, time::Duration};

use serde_yaml_ng::Value;
use souk_fn_search::kept::{ALL, Kept};
use souk_testkit::templates;

use super::template::{Route, Template, routes, texts};
use crate::api::{document, operations};

const AT_MOST: Duration = Duration::from_secs(300);

/// What describes the API changes with a deployment only; nothing that is sold is in it.
const NO_PAGES: [&str; 1] = ["/openapi.json"];

/// These refuse a parameter that they do not read, and a refusal is not kept.
const REFUSING: [&str; 2] = ["/search", "/search/suggestions"];

struct Edge(Template);

impl Edge {
    fn read() -> Self {
        Self(Template::read("edge"))
    }

    /// The behaviours in order, the default one last.
    fn behaviors(&self) -> Vec<(String, &Value)> {
        let config = &self.0.resources("AWS::CloudFront::Distribution").pop().unwrap().1["DistributionConfig"];
        let named = config["CacheBehaviors"].as_sequence().unwrap().iter();
        let named = named.map(|behavior| (behavior["PathPattern"].as_str().unwrap().to_owned(), behavior));
        named.chain([("*".to_owned(), &config["DefaultCacheBehavior"])]).collect()
    }

    /// The behaviour under which a path falls.
    fn behavior(&self, path: &str) -> (String, &Value) {
        let matches = |pattern: &str| match pattern.split_once('*') {
            None => pattern == path,
            Some((before, "")) => path.starts_with(before),
            Some((before, after)) => match after.strip_suffix('*') {
                Some(inner) => path.strip_prefix(before).is_some_and(|rest| rest.contains(inner)),
                None => path.starts_with(before) && path.ends_with(after),
            },
        };
        self.behaviors().into_iter().find(|(pattern, _)| matches(pattern)).expect(path)
    }

    /// The policy of our own by which a path is kept; none where nothing is.
    fn policy(&self, path: &str) -> Option<&Value> {
        let (_, behavior) = self.behavior(path);
        let id = texts(&behavior["CachePolicyId"]).pop()?;
        let policies = self.0.resources("AWS::CloudFront::CachePolicy");
        policies.into_iter().find(|(name, _)| *name == id).map(|(_, policy)| &policy["CachePolicyConfig"])
    }
}

/// The seconds of a directive.
fn seconds(cache_control: &str, directive: &str) -> Option<u64> {
    let mut directives = cache_control.split(',').filter_map(|part| part.trim().split_once('='));
    directives.find(|(name, _)| *name == directive).map(|(_, value)| value.parse().unwrap())
}

/// The oldest that somebody may see, while the shop answers.
fn oldest(kept: Kept, policy: &Value) -> Duration {
    let said = |directive| seconds(kept.cache_control, directive);
    let bound = |name: &str| policy[name].as_u64().unwrap();
    let stale = said("stale-while-revalidate").unwrap_or_default();
    let at_the_edge = said("s-maxage").or(said("max-age")).unwrap_or_else(|| bound("DefaultTTL"));
    let at_the_edge = at_the_edge.clamp(bound("MinTTL"), bound("MaxTTL")) + stale;
    let in_the_browser = said("max-age").unwrap_or_default() + stale;
    kept.in_memory + Duration::from_secs(at_the_edge + in_the_browser)
}

#[test]
fn all_that_keep_a_page_keep_it_for_five_minutes_together() {
    let edge = Edge::read();
    for kept in ALL {
        let oldest = oldest(kept, edge.policy(kept.path).expect(kept.path));
        println!("{}: at most {} s old", kept.path, oldest.as_secs());
        assert!(oldest <= AT_MOST, "{}: {oldest:?}", kept.path);
    }
}

#[test]
fn every_page_of_the_discovery_world_says_how_long_it_is_kept() {
    let edge = Edge::read();
    let open = |route: &Route| route.world == "discovery" && route.method == "GET" && !route.guarded;
    let pages: BTreeSet<_> = routes().into_iter().filter(open).map(|route| route.pattern).collect();
    let told: BTreeSet<_> = ALL.iter().map(|kept| kept.path).chain(NO_PAGES).map(str::to_owned).collect();
    assert_eq!(pages, told);
    assert!(pages.iter().all(|page| edge.policy(page).is_some()), "each falls under a behaviour that keeps it");
}

#[test]
fn no_parameter_splits_the_cache_that_no_answer_depends_on() {
    let edge = Edge::read();
    let document = document();
    let mut looked_at = 0;
    for operation in operations(&document).into_iter().filter(|operation| operation.method == "GET") {
        let Some(policy) = edge.policy(&operation.path) else { continue };
        let key = &policy["ParametersInCacheKeyAndForwardedToOrigin"];
        let parameters = operation.value["parameters"].as_array().into_iter().flatten();
        let read: BTreeSet<_> = parameters
            .filter(|parameter| parameter["in"] == "query")
            .map(|parameter| parameter["name"].as_str().unwrap().to_owned())
            .collect();
        match key["QueryStringsConfig"]["QueryStringBehavior"].as_str().unwrap() {
            "none" => assert_eq!(read, BTreeSet::new(), "{}", operation.path),
            "whitelist" => {
                let listed = texts(&key["QueryStringsConfig"]["QueryStrings"]);
                assert_eq!(read, listed.into_iter().collect(), "{}", operation.path);
            }
            _ => assert!(REFUSING.contains(&operation.path.as_str()), "{}", operation.path),
        }
        assert_eq!(key["CookiesConfig"]["CookieBehavior"], "none", "{}", operation.path);
        looked_at += 1;
    }
    assert!(looked_at > ALL.len(), "{looked_at}");
}

/// CloudFront's quota.
#[test]
fn a_policy_lists_ten_parameters_at_most() {
    for (name, policy) in Edge::read().0.resources("AWS::CloudFront::CachePolicy") {
        let key = &policy["CachePolicyConfig"]["ParametersInCacheKeyAndForwardedToOrigin"];
        assert!(texts(&key["QueryStringsConfig"]["QueryStrings"]).len() <= 10, "{name}");
    }
}

#[test]
fn the_edge_lets_head_through_wherever_it_lets_get() {
    let edge = Edge::read();
    for (pattern, behavior) in edge.behaviors() {
        let methods = texts(&behavior["AllowedMethods"]);
        assert!(methods.contains(&"GET".to_owned()) && methods.contains(&"HEAD".to_owned()), "{pattern}");
    }
    assert!(!templates::resources(&edge.0.document, "AWS::CloudFront::Distribution").is_empty());
}

//! The APIs answer what comes through the distribution, and nothing else.

use super::template::{Template, routes, texts, worlds};

const HEADER: &str = "souk-edge-secret";

#[test]
fn every_function_with_a_route_knows_the_secret_and_its_predecessor() {
    for world in worlds() {
        for function in world.functions() {
            for (variable, key) in [("EDGE_SECRET", "present"), ("EDGE_SECRET_BEFORE", "former")] {
                let reference = format!("{{{{resolve:secretsmanager:${{EdgeSecret}}:SecretString:{key}}}}}");
                let said = texts(&function.globals()["Environment"]["Variables"][variable]);
                let knows = said == ["ShowsSecret", reference.as_str(), ""];
                assert!(knows || said.is_empty() && !function.is_routed(), "{}: {said:?}", function.name);
            }
            let own = function.variables();
            assert!(!own.contains_key("EDGE_SECRET") && !own.contains_key("EDGE_SECRET_BEFORE"), "{}", function.name);
        }
    }
}

#[test]
fn the_distribution_shows_it_to_each_api() {
    let edge = Template::read("edge");
    let (_, distribution) = edge.resources("AWS::CloudFront::Distribution").pop().unwrap();
    let origins = distribution["DistributionConfig"]["Origins"].as_sequence().unwrap();
    let apis = origins.iter().filter(|origin| texts(&origin["DomainName"])[0].contains(".execute-api."));
    let mut shown = 0;
    for api in apis {
        let said = texts(&api["OriginCustomHeaders"]);
        assert_eq!(
            said,
            ["ShowsSecret", HEADER, "{{resolve:secretsmanager:${EdgeSecret}:SecretString:present}}", "AWS::NoValue"],
            "{:?}",
            api["Id"]
        );
        shown += 1;
    }
    assert_eq!(shown, worlds().len());
}

/// Whether a path fits a behaviour's pattern, in which `*` stands for anything.
fn fits(pattern: &str, path: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == path,
        Some((before, rest)) => path.strip_prefix(before).is_some_and(|path| {
            (0..=path.len()).any(|skipped| path.is_char_boundary(skipped) && fits(rest, &path[skipped..]))
        }),
    }
}

#[test]
fn the_distribution_brings_each_route_to_its_own_api() {
    let edge = Template::read("edge");
    let (_, distribution) = edge.resources("AWS::CloudFront::Distribution").pop().unwrap();
    let config = &distribution["DistributionConfig"];
    let behaviours = config["CacheBehaviors"].as_sequence().unwrap();
    for route in routes() {
        let path = route.path("some-id");
        let first = behaviours.iter().find(|behaviour| fits(behaviour["PathPattern"].as_str().unwrap(), &path));
        let target = &first.unwrap_or(&config["DefaultCacheBehavior"])["TargetOriginId"];
        assert_eq!(target, route.world, "{}", route.key());
    }
}

#[test]
fn nobody_deploys_without_having_thought_of_it() {
    assert!(Template::read("template").document["Parameters"]["EdgeSecret"]["Default"].is_null());
}

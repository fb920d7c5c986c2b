//! The APIs answer what comes through the distribution, and nothing else.

use super::template::{Template, texts, worlds};

const HEADER: &str = "souk-edge-secret";

#[test]
fn every_function_with_a_route_knows_the_secret_and_its_predecessor() {
    for world in worlds() {
        for (variable, parameter) in [("EDGE_SECRET", "EdgeSecret"), ("EDGE_SECRET_BEFORE", "EdgeSecretBefore")] {
            assert_eq!(texts(&world.global_variables()[variable]), [parameter], "{}", world.name);
            assert_eq!(world.document["Parameters"][parameter]["NoEcho"], true, "{}", world.name);
        }
        for function in world.functions() {
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
        assert_eq!(said, ["ShowsSecret", HEADER, "EdgeSecret", "AWS::NoValue"], "{:?}", api["Id"]);
        shown += 1;
    }
    assert_eq!(shown, worlds().len());
    assert_eq!(edge.document["Parameters"]["EdgeSecret"]["NoEcho"], true);
}

#[test]
fn nobody_deploys_without_having_thought_of_it() {
    let root = Template::read("template");
    let secret = &root.document["Parameters"]["EdgeSecret"];
    assert!(secret["Default"].is_null() && secret["NoEcho"] == true);
    assert_eq!(root.document["Parameters"]["EdgeSecretBefore"]["NoEcho"], true);
}

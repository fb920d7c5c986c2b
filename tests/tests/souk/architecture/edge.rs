//! The APIs answer what comes through the distribution, and nothing else.

use super::template::{Template, texts, worlds};

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

#[test]
fn nobody_deploys_without_having_thought_of_it() {
    assert!(Template::read("template").document["Parameters"]["EdgeSecret"]["Default"].is_null());
}

//! What of the user pool can never be changed, and what its tokens are worth.

use super::template::{Template, mentions, texts};

fn pool(shared: &Template) -> &serde_yaml_ng::Value {
    shared.resources("AWS::Cognito::UserPool").pop().expect("a user pool").1
}

#[test]
fn names_are_taken_in_any_case_and_a_second_factor_is_offered() {
    let shared = Template::read("shared");
    assert_eq!(pool(&shared)["UsernameConfiguration"]["CaseSensitive"], false);
    assert_eq!(pool(&shared)["MfaConfiguration"], "OPTIONAL");
    assert_eq!(texts(&pool(&shared)["EnabledMfas"]), ["SOFTWARE_TOKEN_MFA"]);
}

#[test]
fn staff_need_the_second_factor_unless_a_parameter_says_otherwise() {
    let root = Template::read("template");
    assert_eq!(root.document["Parameters"]["StaffMfa"]["Default"], "required");
    let shared = Template::read("shared");
    let asks = texts(&pool(&shared)["LambdaConfig"]);
    assert_eq!(asks, ["StaffNeedMfa", "StaffGroupsFunction.Arn", "V2_0", "AWS::NoValue"]);
    assert_eq!(texts(&shared.document["Conditions"]["StaffNeedMfa"]), ["StaffMfa", "required"]);
    let (_, policy) = shared.resources("AWS::IAM::Policy").pop().unwrap();
    assert!(mentions(&policy["Roles"], "StaffGroupsFunctionRole"));
    let statements = policy["PolicyDocument"]["Statement"].as_sequence().unwrap();
    assert_eq!(texts(&statements[0]["Action"]), ["cognito-idp:AdminGetUser"]);
    assert_eq!((statements.len(), texts(&statements[0]["Resource"])), (1, vec!["UserPool.Arn".to_owned()]));
}

#[test]
fn a_token_ends_soon_and_a_refresh_token_can_be_ended() {
    let shared = Template::read("shared");
    for (id, client) in shared.resources("AWS::Cognito::UserPoolClient") {
        assert_eq!(client["EnableTokenRevocation"], true, "{id}");
        assert_eq!(texts(&client["AccessTokenValidity"]), ["AccessTokenMinutes"], "{id}");
    }
    let minutes = &Template::read("template").document["Parameters"]["AccessTokenMinutes"];
    // Dismissed staff keep their rights as long as the last token that they got.
    assert_eq!(minutes["Default"], 5);
    assert!(minutes["MaxValue"].as_u64().is_some_and(|minutes| minutes <= 60));
}

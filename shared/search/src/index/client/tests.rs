use std::time::Instant;

use aws_config::{BehaviorVersion, Region};
use hmac::{Hmac, Mac as _};
use sha2::{Digest as _, Sha256};
use souk_testkit::stand_in::{Received, StandIn};

use super::*;

const KEY_ID: &str = "AKIDEXAMPLE";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

fn index(server: &StandIn, signing: Option<Credentials>) -> SearchIndex {
    SearchIndex::at(Url::parse(server.url()).unwrap(), signing).unwrap()
}

async fn signing() -> Credentials {
    let keys = aws_sdk_dynamodb::config::Credentials::new(KEY_ID, SECRET, Some("session".to_owned()), None, "test");
    let aws = aws_config::defaults(BehaviorVersion::latest()).region(Region::new("eu-west-1"));
    Credentials::try_from(&aws.credentials_provider(keys).load().await).unwrap()
}

#[tokio::test]
async fn a_service_that_never_answers_is_given_up() {
    let silent = StandIn::silent().unwrap();
    let began = Instant::now();
    let given_up = index(&silent, None).call(Method::Get, "/_alias/products", None).await;
    assert!(matches!(&given_up, Err(IndexError::Unavailable(why)) if why.contains("timed out")), "{given_up:?}");
    assert!(began.elapsed() < WITHIN + Duration::from_secs(1), "{:?}", began.elapsed());
    assert_eq!(silent.asked(), 1);
}

#[tokio::test]
async fn a_query_carries_its_time_and_a_part_of_an_answer_says_so() {
    let slow = StandIn::answering(|request| {
        let query: Value = serde_json::from_slice(&request.body).unwrap();
        assert_eq!((&query["size"], &query["timeout"]), (&json!(1), &json!("6000ms")));
        Some((200, json!({"timed_out": true, "hits": {"hits": []}}).to_string()))
    })
    .unwrap();
    let part = index(&slow, None).ask(json!({"size": 1})).await.unwrap();
    assert_eq!(part["timed_out"], true);
}

#[tokio::test]
async fn of_two_searches_each_is_judged_by_itself() {
    let busy = StandIn::answering(|request| {
        assert_eq!(
            (request.target.as_str(), request.body.iter().filter(|b| **b == b'\n').count()),
            ("/products/_msearch", 4)
        );
        let rejected = json!({"status": 429, "error": {"type": "rejected_execution_exception"}});
        Some((200, json!({"responses": [{"status": 200}, rejected]}).to_string()))
    })
    .unwrap();
    let refused = index(&busy, None).ask_both([json!({"size": 1}), json!({"size": 0})]).await.unwrap_err();
    assert!(matches!(refused, IndexError::Unavailable(_)), "{refused}");
}

#[tokio::test]
async fn what_the_service_says_of_a_query_is_not_repeated() {
    let refusing = StandIn::answering(|_| {
        let cause = json!({"type": "query_shard_exception", "reason": "Failed to parse query [canary]"});
        Some((400, json!({"error": {"type": "x", "reason": "canary", "root_cause": [cause]}}).to_string()))
    })
    .unwrap();
    let refused = index(&refusing, None).ask(json!({})).await.unwrap_err();
    assert_eq!(refused.to_string(), "the search service refused (400 query_shard_exception)");
    assert!(!format!("{refused:?}").contains("canary"));
}

/// AWS recomputes the signature from what arrived; whatever was signed must be what was sent.
#[tokio::test]
async fn a_signed_request_with_parameters_is_one_that_aws_takes() {
    let aws = StandIn::answering(|request| {
        let sent = request.header("authorization").unwrap_or_default();
        let right = authorization(request);
        let status = if sent == right { 200 } else { 403 };
        Some((status, json!({"sent": sent, "right": right}).to_string()))
    })
    .unwrap();
    let index = index(&aws, Some(signing().await));
    for (method, path, body) in [
        (Method::Post, "/products/_refresh?expand_wildcards=open%2Chidden", None),
        (Method::Post, "/products/_msearch?max_concurrent_searches=2&pretty", Some("{}\n{}\n")),
        (Method::Post, "/products-1/_bulk?timeout=5s&refresh", Some("{}\n")),
        (Method::Post, "/_search", Some(r#"{"query":{"match":{"title":"Rucksäcke & 100 % wool"}}}"#)),
        (Method::Get, "/_alias/products", None),
        (Method::Put, "/products-2", Some("{}")),
    ] {
        let answer = index.call(method, path, body.map(str::to_owned)).await;
        assert!(answer.is_ok(), "{path}: {answer:?}");
    }
    assert_eq!(aws.asked(), 6);
}

/// The header that AWS expects, by the description of Signature Version 4 and nothing of the client's.
fn authorization(request: &Received) -> String {
    let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
    let mut parameters: Vec<_> = query.split('&').filter(|part| !part.is_empty()).collect();
    parameters.sort_unstable();
    let with_values =
        parameters.iter().map(|part| if part.contains('=') { (*part).to_owned() } else { format!("{part}=") });
    let signed = signed_headers(request);
    let headers: String = signed.iter().map(|name| format!("{name}:{}\n", request.header(name).unwrap())).collect();
    let canonical = format!(
        "{}\n{path}\n{}\n{headers}\n{}\n{}",
        request.method,
        with_values.collect::<Vec<_>>().join("&"),
        signed.join(";"),
        hex::encode(Sha256::digest(&request.body)),
    );
    let time = request.header("x-amz-date").unwrap();
    let (day, scope) = (&time[..8], format!("{}/eu-west-1/es/aws4_request", &time[..8]));
    let to_sign = format!("AWS4-HMAC-SHA256\n{time}\n{scope}\n{}", hex::encode(Sha256::digest(canonical)));
    let key = ["eu-west-1", "es", "aws4_request"]
        .iter()
        .fold(hmac(format!("AWS4{SECRET}").as_bytes(), day), |key, part| hmac(&key, part));
    format!(
        "AWS4-HMAC-SHA256 Credential={KEY_ID}/{scope}, SignedHeaders={}, Signature={}",
        signed.join(";"),
        hex::encode(hmac(&key, &to_sign))
    )
}

/// Those that the client says it signed; AWS wants the host and all of its own among them.
fn signed_headers(request: &Received) -> Vec<String> {
    let sent = request.header("authorization").unwrap_or_default();
    let list = sent.split("SignedHeaders=").nth(1).and_then(|rest| rest.split(',').next()).unwrap_or_default();
    let signed: Vec<String> = list.split(';').map(str::to_owned).collect();
    for (name, _) in &request.headers {
        assert!(!(name == "host" || name.starts_with("x-amz-")) || signed.contains(name), "{name} is not signed");
    }
    assert!(signed.iter().any(|name| name == "x-amz-security-token") && signed.is_sorted(), "{signed:?}");
    signed
}

fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

//! The words that search takes for each other, as operators change them.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::Mutex;

use crate::support::{Api, Shop, eventually, fresh, stack};

const FILE: &str = "/admin/search/synonyms";
/// A minute, as a warm function reads the file again; and what a slow machine takes.
const WITHIN: Duration = Duration::from_secs(100);

/// There is one file: these tests take turns.
static TURN: Mutex<()> = Mutex::const_new(());

async fn lines(operator: &Api) -> (Vec<Value>, u64) {
    let file = operator.get(FILE).await.expect(200).body;
    (file["lines"].as_array().unwrap().clone(), file["version"].as_u64().unwrap())
}

async fn put(operator: &Api, lines: &[Value], version: u64) -> crate::support::Reply {
    let if_match = format!("\"{version}\"");
    operator.send(reqwest::Method::PUT, FILE, &[("if-match", &if_match)], Some(json!({ "lines": lines }))).await
}

#[tokio::test]
async fn a_word_that_an_operator_adds_is_understood_within_a_minute() {
    let _turn = TURN.lock().await;
    let operator = stack().sign_in("operator").await;
    let shop = Shop::open(&operator).await;
    let word = |text: &str| format!("{text}{}", &fresh("w")[2..14]);
    let (sold_as, asked_for) = (word("zq"), word("qz"));
    let id = shop.list(&format!("Plain {sold_as}")).await;
    shop.found(&format!("q={sold_as}"), "the product", |hit| hit["product_id"] == id.as_str()).await;
    let (mut all, version) = lines(&operator).await;
    all.push(json!(format!("{asked_for}, {sold_as}")));
    let changed = put(&operator, &all, version).await.expect(200).body;
    assert_eq!(changed["version"], version + 1);
    eventually("the new word is understood", WITHIN, || async {
        let found = operator.get(&format!("/search?q={asked_for}")).await.expect(200).body;
        (found["hits"][0]["product_id"] == id.as_str()).then_some(())
    })
    .await;
    let former = operator.get(&format!("{FILE}?version={version}")).await.expect(200).body;
    all.pop();
    assert_eq!(former["lines"], json!(all), "every version stays");
    let refused = operator.get("/admin/search/synonyms?version=first").await;
    refused.expect_problem(400, "invalid-request").about_field("version");
    put(&operator, &all, version + 1).await.expect(200);
}

#[tokio::test]
async fn lines_that_cannot_be_read_are_refused_by_their_numbers_and_nothing_changes() {
    let _turn = TURN.lock().await;
    let operator = stack().sign_in("operator").await;
    let (before, version) = lines(&operator).await;
    let wrong = [json!("couch, sofa"), json!("a => b => c"), json!("alone")];
    let refused = put(&operator, &wrong, version).await;
    refused.expect_problem(400, "invalid-request").about_field("lines[1]");
    put(&operator, &[json!("a, b")], version + 7).await.expect_problem(412, "stale-version");
    let body = json!({ "lines": ["a, b"] });
    operator.put(FILE, body.clone()).await.expect_problem(428, "if-match-required");
    assert_eq!(lines(&operator).await, (before, version));
    operator.get(&format!("{FILE}?version=999999")).await.expect_problem(404, "not-found");
    stack().sign_in("shopper").await.put(FILE, body).await.expect_problem(403, "forbidden");
}

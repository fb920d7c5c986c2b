use std::{sync::Mutex, time::Duration};

use serde_json::json;

use super::*;

fn event(names: &[&str]) -> Value {
    let record = |(position, name): (usize, &&str)| {
        json!({
            "awsRegion": "us-east-1", "eventID": position.to_string(), "eventName": "INSERT",
            "dynamodb": {
                "ApproximateCreationDateTime": 1.0, "Keys": { "pk": { "S": name } }, "NewImage": { "pk": { "S": name } },
                "SequenceNumber": position.to_string(), "SizeBytes": 1,
            },
        })
    };
    json!({ "Records": names.iter().enumerate().map(record).collect::<Vec<_>>() })
}

/// A handler that does to each record what its name says.
fn handler() -> Handler {
    Arc::new(|records| {
        Box::pin(each(records, 4, async |record| match record.key("pk") {
            Some("outage") => Err(RecordFailure::Outage("down".into())),
            Some("poison") => Err(RecordFailure::Poison("bad".into())),
            Some("panic") => panic!("no good"),
            Some("hang") => std::future::pending().await,
            _ => Ok(()),
        }))
    })
}

/// From which record on the batch is to come again, and which were set aside.
async fn run_batch(event: Value, can_keep: bool) -> Result<(Option<String>, Vec<String>), Error> {
    let kept = Mutex::new(Vec::new());
    let keep = async |record: &Value, _: &str| {
        if !can_keep {
            return Err("no bucket".into());
        }
        kept.lock().unwrap().push(record["dynamodb"]["SequenceNumber"].as_str().unwrap().to_owned());
        Ok(())
    };
    let response = batch(&handler(), event, Deadline::after(Duration::from_millis(100)), keep).await?;
    let failed = response.batch_item_failures.into_iter().next();
    Ok((failed.and_then(|failure| failure.item_identifier), kept.into_inner().unwrap()))
}

#[track_caller]
fn is(found: (Option<String>, Vec<String>), again_from: Option<&str>, kept: &[&str]) {
    assert_eq!(
        (found.0.as_deref(), found.1.iter().map(String::as_str).collect::<Vec<_>>()),
        (again_from, kept.to_vec())
    );
}

#[tokio::test]
async fn an_outage_comes_again_and_is_not_set_aside() {
    is(run_batch(event(&["a", "outage", "poison"]), true).await.unwrap(), Some("1"), &[]);
}

#[tokio::test]
async fn poison_is_set_aside_and_what_is_behind_it_comes_again() {
    is(run_batch(event(&["a", "poison", "outage"]), true).await.unwrap(), Some("2"), &["1"]);
    is(run_batch(event(&["a", "poison"]), true).await.unwrap(), None, &["1"]);
}

#[tokio::test]
async fn poison_that_could_not_be_set_aside_comes_again() {
    is(run_batch(event(&["a", "poison"]), false).await.unwrap(), Some("1"), &[]);
}

#[tokio::test]
async fn a_record_that_cannot_be_read_is_poison_once_those_before_it_are_done() {
    let mut event = event(&["a", "outage", "c"]);
    event["Records"][2]["dynamodb"]["Keys"] = json!({ "pk": { "X": 1 } });
    is(run_batch(event.clone(), true).await.unwrap(), Some("1"), &[]);
    event["Records"][1]["dynamodb"]["Keys"] = json!({ "pk": { "S": "b" } });
    is(run_batch(event, true).await.unwrap(), None, &["2"]);
}

#[tokio::test]
async fn a_record_over_which_the_handler_panics_is_poison_once_it_is_alone() {
    assert!(run_batch(event(&["a", "panic"]), true).await.is_err(), "the mapping has to bisect");
    is(run_batch(event(&["panic"]), true).await.unwrap(), None, &["0"]);
}

#[tokio::test]
async fn a_batch_whose_time_is_over_is_bisected_and_its_last_record_comes_again() {
    assert!(run_batch(event(&["a", "hang"]), true).await.is_err(), "the mapping has to bisect");
    is(run_batch(event(&["hang"]), true).await.unwrap(), Some("0"), &[]);
}

#[test]
fn only_what_the_store_cannot_read_or_take_is_poison() {
    assert!(matches!(StoreError::corrupt("x").into(), RecordFailure::Poison(_)));
    for outage in [StoreError::Unavailable(String::new()), StoreError::Busy(String::new())] {
        assert!(matches!(outage.into(), RecordFailure::Outage(_)));
    }
}

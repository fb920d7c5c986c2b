//! Whatever may wait for a person calls one.

use std::collections::BTreeSet;

use serde_yaml_ng::Value;

use super::template::{Template, mentions, texts, worlds};

/// The queues in which ends what could not be handled: of queues and of rules.
fn dead_letter_queues(world: &Template) -> BTreeSet<&str> {
    let queues = world.resources("AWS::SQS::Queue");
    let mut ends: Vec<&Value> = Vec::new();
    ends.extend(queues.iter().map(|(_, queue)| &queue["RedrivePolicy"]["deadLetterTargetArn"]));
    for (_, rule) in world.resources("AWS::Events::Rule") {
        ends.extend(rule["Targets"].as_sequence().into_iter().flatten().map(|target| &target["DeadLetterConfig"]));
    }
    let is_end = |id: &str| ends.iter().any(|end| mentions(end, id));
    queues.iter().map(|(id, _)| *id).filter(|id| is_end(id)).collect()
}

/// Namespace, metric and what the dimension names, of the alarms that go off at the first occurrence.
fn alarms(world: &Template) -> BTreeSet<(String, String, String)> {
    let mut alarms = BTreeSet::new();
    for (id, alarm) in world.resources("AWS::CloudWatch::Alarm") {
        // The stack that has the topic calls it otherwise than those that are given it.
        let told = texts(&alarm["AlarmActions"]);
        assert!(told == ["AlarmsTopic"] || told == ["Alarms"], "{id} tells nobody");
        assert_eq!((&alarm["Threshold"], &alarm["EvaluationPeriods"]), (&Value::from(0), &Value::from(1)), "{id}");
        assert_eq!(alarm["ComparisonOperator"], "GreaterThanThreshold", "{id}");
        let text = |name: &str| alarm[name].as_str().unwrap_or_default().to_owned();
        let dimensions = alarm["Dimensions"].as_sequence().into_iter().flatten();
        let subjects = dimensions.flat_map(|dimension| texts(&dimension["Value"]));
        alarms.extend(subjects.map(|subject| (text("Namespace"), text("MetricName"), subject)));
    }
    alarms
}

fn alarm(namespace: &str, metric: &str, subject: &str) -> (String, String, String) {
    (namespace.to_owned(), metric.to_owned(), subject.to_owned())
}

#[test]
fn every_dead_letter_queue_has_an_alarm() {
    for world in worlds() {
        let alarms = alarms(&world);
        let queues = dead_letter_queues(&world);
        assert!(queues.len() > 1, "{}: {queues:?}", world.name);
        for queue in queues {
            let wanted = alarm("AWS/SQS", "ApproximateNumberOfMessagesVisible", &format!("{queue}.QueueName"));
            assert!(alarms.contains(&wanted), "{}: {queue} has no alarm", world.name);
        }
    }
}

/// What consumers of streams could not do ends there, whichever of them it was.
#[test]
fn the_bucket_of_what_was_set_aside_has_alarms_for_what_comes_and_for_what_waits() {
    let alarms = alarms(&Template::read("shared"));
    for metric in ["PutRequests", "NumberOfObjects"] {
        assert!(alarms.contains(&alarm("AWS/S3", metric, "SetAside")), "{metric}: {alarms:?}");
    }
}

#[test]
fn a_saga_that_fails_and_a_job_that_finds_something_have_an_alarm() {
    let alarms: BTreeSet<_> = worlds().iter().flat_map(alarms).collect();
    for wanted in [
        alarm("AWS/States", "ExecutionsFailed", "OrderSaga"),
        alarm("AWS/States", "ExecutionsTimedOut", "OrderSaga"),
        alarm("Souk", "violations", "audit"),
        alarm("Souk", "reported", "reconcile-payments"),
        alarm("Souk", "differences", "compare-index"),
    ] {
        assert!(alarms.contains(&wanted), "{wanted:?}");
    }
}

//! Whatever may wait for a person calls one.

use std::collections::BTreeSet;

use serde_yaml_ng::Value;

use super::template::{Template, mentions, texts, worlds};

/// The queues in which ends what could not be handled: of queues, of streams and of rules.
fn dead_letter_queues(world: &Template) -> BTreeSet<&str> {
    let (queues, mappings) = (world.resources("AWS::SQS::Queue"), world.mappings());
    let mut ends: Vec<&Value> = Vec::new();
    ends.extend(queues.iter().map(|(_, queue)| &queue["RedrivePolicy"]["deadLetterTargetArn"]));
    ends.extend(mappings.iter().map(|mapping| &mapping.properties["DestinationConfig"]["OnFailure"]));
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
        assert_eq!(texts(&alarm["AlarmActions"]), ["AlarmsTopic"], "{id} tells nobody");
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
        assert!(queues.len() > 3, "{}: {queues:?}", world.name);
        for queue in queues {
            let wanted = alarm("AWS/SQS", "ApproximateNumberOfMessagesVisible", &format!("{queue}.QueueName"));
            assert!(alarms.contains(&wanted), "{}: {queue} has no alarm", world.name);
        }
    }
}

#[test]
fn a_saga_that_fails_and_a_job_that_finds_something_have_an_alarm() {
    let alarms = alarms(&Template::read("transactions"));
    for wanted in [
        alarm("AWS/States", "ExecutionsFailed", "OrderSaga"),
        alarm("AWS/States", "ExecutionsTimedOut", "OrderSaga"),
        alarm("Souk", "violations", "audit"),
        alarm("Souk", "reported", "reconcile-payments"),
    ] {
        assert!(alarms.contains(&wanted), "{wanted:?}");
    }
}

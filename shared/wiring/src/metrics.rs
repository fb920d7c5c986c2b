//! Metrics as CloudWatch's embedded metric format: a log line that CloudWatch turns into a metric.

use std::sync::{
    LazyLock,
    atomic::{AtomicBool, Ordering},
};

use serde_json::{Map, Value, json};

/// The CloudWatch namespace of all of Souk's metrics.
const NAMESPACE: &str = "Souk";

/// The root stack, as the template names it to every function: two stacks of one account count apart.
static STACK: LazyLock<String> = LazyLock::new(|| variable("STACK_NAME"));
static FUNCTION: LazyLock<String> = LazyLock::new(|| variable("AWS_LAMBDA_FUNCTION_NAME"));

/// True in a function, whose output is collected; false in tests and tools.
static IS_COLLECTED: AtomicBool = AtomicBool::new(false);

/// Says that the output of this process is collected.
pub fn collect() {
    IS_COLLECTED.store(true, Ordering::Relaxed);
}

/// Writes one line with counts under the dimensions `stack` and `operation`; outside of a function,
/// where nobody collects lines, nothing.
///
/// `unit` is CloudWatch's: `Count`, `Milliseconds`, `Bytes`.
pub fn emit(operation: &str, unit: &str, values: &[(&str, f64)]) {
    write(("operation", operation), unit, values);
}

/// Counts a scheduled run that was completed, under the dimensions `stack` and `function`. An alarm
/// goes off where the count is missing.
pub fn completed() {
    write(("function", &FUNCTION), "Count", &[("completed", 1.0)]);
}

/// Says how much a scheduled run has left behind, under the dimensions `stack` and `function`. An alarm goes off where each run of
/// an hour leaves some.
#[expect(clippy::cast_precision_loss, reason = "a count of one run")]
pub fn left(count: usize) {
    write(("function", &FUNCTION), "Count", &[("left", count as f64)]);
}

fn write(subject: (&str, &str), unit: &str, values: &[(&str, f64)]) {
    if IS_COLLECTED.load(Ordering::Relaxed) {
        println!("{}", line(&STACK, subject, unit, values, jiff::Timestamp::now().as_millisecond()));
    }
}

fn line(stack: &str, (dimension, subject): (&str, &str), unit: &str, values: &[(&str, f64)], at_ms: i64) -> Value {
    let metrics: Vec<Value> = values.iter().map(|(name, _)| json!({ "Name": name, "Unit": unit })).collect();
    let described = json!({ "Namespace": NAMESPACE, "Dimensions": [["stack", dimension]], "Metrics": metrics });
    let mut object = Map::from_iter([
        ("stack".to_owned(), json!(stack)),
        (dimension.to_owned(), json!(subject)),
        ("_aws".to_owned(), json!({ "Timestamp": at_ms, "CloudWatchMetrics": [described] })),
    ]);
    object.extend(values.iter().map(|(name, value)| ((*name).to_owned(), json!(value))));
    Value::Object(object)
}

fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_names_each_metric_and_its_dimensions_and_carries_their_values() {
        let line = line("souk", ("operation", "reserve"), "Count", &[("write_units", 4.0)], 17);
        assert_eq!(line["write_units"], 4.0);
        let described = &line["_aws"]["CloudWatchMetrics"][0];
        assert_eq!(described["Metrics"][0]["Name"], "write_units");
        assert_eq!(described["Dimensions"], json!([["stack", "operation"]]));
        assert_eq!((&line["stack"], &line["operation"]), (&json!("souk"), &json!("reserve")));
        assert_eq!(line["_aws"]["Timestamp"], 17);
    }
}

//! Metrics as CloudWatch's embedded metric format: a log line that CloudWatch turns into a metric.

use serde_json::{Map, Value, json};

/// The CloudWatch namespace of all of Souk's metrics.
const NAMESPACE: &str = "Souk";

/// Writes one line with counts under the dimension `operation`; outside of a function, where nobody
/// collects lines, nothing.
///
/// `unit` is CloudWatch's: `Count`, `Milliseconds`, `Bytes`.
pub fn emit(operation: &str, unit: &str, values: &[(&str, f64)]) {
    if !crate::log::is_collected() {
        return;
    }
    println!("{}", line(operation, unit, values, jiff::Timestamp::now().as_millisecond()));
}

fn line(operation: &str, unit: &str, values: &[(&str, f64)], at_ms: i64) -> Value {
    let metrics: Vec<Value> = values.iter().map(|(name, _)| json!({ "Name": name, "Unit": unit })).collect();
    let mut object = Map::from_iter([
        ("operation".to_owned(), json!(operation)),
        (
            "_aws".to_owned(),
            json!({
                "Timestamp": at_ms,
                "CloudWatchMetrics": [{ "Namespace": NAMESPACE, "Dimensions": [["operation"]], "Metrics": metrics }],
            }),
        ),
    ]);
    object.extend(values.iter().map(|(name, value)| ((*name).to_owned(), json!(value))));
    Value::Object(object)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_names_each_metric_and_carries_its_value() {
        let line = line("reserve", "Count", &[("write_units", 4.0)], 17);
        assert_eq!(line["write_units"], 4.0);
        assert_eq!(line["_aws"]["CloudWatchMetrics"][0]["Metrics"][0]["Name"], "write_units");
        assert_eq!(line["_aws"]["Timestamp"], 17);
    }
}

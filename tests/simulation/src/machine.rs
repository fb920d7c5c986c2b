//! Runs the saga's state machine from its own definition, as far as that definition uses the Amazon
//! States Language.

use std::{collections::BTreeMap, rc::Rc, sync::OnceLock, time::Duration};

use serde::Deserialize;
use serde_json::{Map, Value};

/// The deployed definition.
const DEFINITION: &str = include_str!("../../../statemachines/order.asl.json");

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Machine {
    #[serde(rename = "Comment")]
    _comment: Option<String>,
    start_at: String,
    timeout_seconds: u64,
    states: BTreeMap<String, State>,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "Type")]
enum State {
    #[serde(rename_all = "PascalCase")]
    Task {
        resource: String,
        parameters: Option<Map<String, Value>>,
        next: String,
        #[serde(default)]
        retry: Vec<Retry>,
    },
    #[serde(rename_all = "PascalCase")]
    Choice {
        choices: Vec<Rule>,
        default: String,
    },
    Succeed {},
    #[serde(rename_all = "PascalCase")]
    Fail {
        error: String,
    },
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Retry {
    error_equals: Vec<String>,
    max_attempts: u32,
    /// What a retrier without attempts does not say.
    #[serde(default)]
    interval_seconds: f64,
    #[serde(default)]
    backoff_rate: f64,
    #[serde(default)]
    max_delay_seconds: f64,
    #[serde(rename = "JitterStrategy")]
    _full_jitter: Option<String>,
}

impl Retry {
    fn is_about(&self, error: &str) -> bool {
        self.error_equals.iter().any(|name| name == "States.ALL" || name == error)
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Rule {
    variable: String,
    string_equals: String,
    next: String,
}

/// Whoever runs the steps.
pub trait Steps {
    /// Runs the function behind a resource; the name of its error where it fails.
    fn run(&self, resource: &str, input: Value) -> impl Future<Output = Result<Value, String>>;
    /// A number from 0 to 1, for the jitter of retries.
    fn jitter(&self) -> f64;
    /// The execution comes to a state.
    fn enters(&self) {}
}

/// How an execution ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// In this final state.
    In(String),
    /// By this error.
    Failed(String),
}

fn machine() -> &'static Machine {
    static MACHINE: OnceLock<Machine> = OnceLock::new();
    MACHINE.get_or_init(|| serde_json::from_str(DEFINITION).expect("the definition uses what is interpreted here"))
}

/// Executes the machine from the top.
pub async fn execute(steps: Rc<impl Steps>, input: Value) -> Ended {
    let limit = Duration::from_secs(machine().timeout_seconds);
    match tokio::time::timeout(limit, walk(&*steps, input)).await {
        Ok(ended) => ended,
        Err(_) => Ended::Failed("States.Timeout".to_owned()),
    }
}

async fn walk(steps: &impl Steps, mut data: Value) -> Ended {
    let mut name = &machine().start_at;
    loop {
        let Some(state) = machine().states.get(name) else { return Ended::Failed(format!("no state {name}")) };
        steps.enters();
        match state {
            State::Task { resource, parameters, next, retry } => {
                let input = parameters.as_ref().map_or_else(|| data.clone(), |template| fill(template, &data));
                match task(steps, resource, &input, retry).await {
                    Ok(output) => data = output,
                    Err(error) => return Ended::Failed(error),
                }
                name = next;
            }
            State::Choice { choices, default } => {
                let rule =
                    choices.iter().find(|rule| path(&data, &rule.variable).as_str() == Some(&rule.string_equals));
                name = rule.map_or(default, |rule| &rule.next);
            }
            State::Succeed {} => return Ended::In(name.clone()),
            State::Fail { error } => return Ended::Failed(error.clone()),
        }
    }
}

async fn task(steps: &impl Steps, resource: &str, input: &Value, retries: &[Retry]) -> Result<Value, String> {
    let function = resource.trim_start_matches("${").trim_end_matches("FunctionArn}");
    let mut attempts: Vec<u32> = vec![0; retries.len()];
    loop {
        let error = match steps.run(function, input.clone()).await {
            Ok(output) => return Ok(output),
            Err(error) => error,
        };
        let retrier = retries.iter().position(|retry| retry.is_about(&error));
        let Some(index) = retrier else { return Err(error) };
        let retry = &retries[index];
        if attempts[index] == retry.max_attempts {
            return Err(error);
        }
        let exponent = i32::try_from(attempts[index]).unwrap_or(i32::MAX);
        let bound = (retry.interval_seconds * retry.backoff_rate.powi(exponent)).min(retry.max_delay_seconds);
        attempts[index] += 1;
        tokio::time::sleep(Duration::from_secs_f64(bound * steps.jitter())).await;
    }
}

/// `"order_id.$": "$.order_id"` is a path into the data; everything else stands for itself.
fn fill(template: &Map<String, Value>, data: &Value) -> Value {
    let pairs = template.iter().map(|(name, value)| match (name.strip_suffix(".$"), value.as_str()) {
        (Some(name), Some(text)) => (name.to_owned(), path(data, text).clone()),
        _ => (name.clone(), value.clone()),
    });
    Value::Object(pairs.collect())
}

fn path<'a>(data: &'a Value, path: &str) -> &'a Value {
    path.trim_start_matches("$.").split('.').fold(data, |value, name| &value[name])
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use serde_json::json;

    use super::*;

    /// Answers by name, and remembers who was asked.
    struct Script {
        answers: Vec<(&'static str, Result<&'static str, &'static str>)>,
        asked: RefCell<Vec<String>>,
    }

    impl Steps for Script {
        async fn run(&self, resource: &str, input: Value) -> Result<Value, String> {
            let index = self.asked.borrow().len();
            self.asked.borrow_mut().push(resource.to_owned());
            assert_eq!(input["order_id"], "o");
            let (expected, answer) = self.answers[index];
            assert_eq!(expected, resource);
            answer.map(|outcome| json!({"order_id": "o", "outcome": outcome})).map_err(str::to_owned)
        }
        fn jitter(&self) -> f64 {
            1.0
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_definition_leads_from_step_to_step_and_retries_all_that_may_pass() {
        let script = Script {
            answers: vec![
                ("AuthorizePayment", Err("StoreBusy")),
                ("AuthorizePayment", Err("Sandbox.Timedout")),
                ("AuthorizePayment", Ok("declined")),
                ("CancelOrder", Ok("authorized")),
                ("AuthorizePayment", Ok("confirmed")),
                ("ConfirmOrder", Err("OrderUnknown")),
            ],
            asked: RefCell::default(),
        };
        let ended = execute(Rc::new(script), json!({"order_id": "o"})).await;
        assert_eq!(ended, Ended::Failed("OrderUnknown".to_owned()));
    }

    #[tokio::test(start_paused = true)]
    async fn retries_end() {
        let script = Script { answers: vec![("AuthorizePayment", Err("StoreBusy")); 6], asked: RefCell::default() };
        let ended = execute(Rc::new(script), json!({"order_id": "o"})).await;
        assert_eq!(ended, Ended::Failed("StoreBusy".to_owned()));
    }
}

use std::time::Duration;

use reqwest::{Client, Method};
use serde_json::{Value, json};
use tokio::sync::OnceCell;

use super::{Stack, eventually, signed::Call};

/// How long an audit may say that something is still moving: a row must rest, and its ledger follow.
const AT_REST: Duration = Duration::from_secs(60);
/// No function's name is shortened to fewer letters by the stacks of tests.
const SHORTENED_TO: usize = 14;
const FUNCTIONS: &str = "/2015-03-31/functions";

impl Stack {
    /// Runs a job of the deployed stack now; what it reports.
    pub async fn job(&self, function: &str) -> Value {
        self.invoke(function, &json!({})).await.unwrap_or_else(|error| panic!("{function}: {error}"))
    }

    /// Invokes a function of the deployed stack; what it answers, or its error.
    pub async fn invoke(&self, function: &str, input: &Value) -> Result<Value, Value> {
        let path = format!("{FUNCTIONS}/{}/invocations", self.function_name(function).await);
        let answer = self.lambda(Method::POST, path, &input.to_string()).await;
        let failed = !answer.status().is_success() || answer.headers().contains_key("x-amz-function-error");
        let body: Value = answer.json().await.unwrap();
        if failed { Err(body) } else { Ok(body) }
    }

    /// The variables of a function's environment.
    pub async fn variables(&self, function: &str) -> Value {
        let path = format!("{FUNCTIONS}/{}/configuration", self.function_name(function).await);
        let configuration: Value = self.lambda(Method::GET, path, "").await.json().await.unwrap();
        configuration["Environment"]["Variables"].clone()
    }

    /// Gives a function other variables.
    pub async fn set_variables(&self, function: &str, variables: &Value) {
        let path = format!("{FUNCTIONS}/{}/configuration", self.function_name(function).await);
        let body = json!({ "Environment": { "Variables": variables } }).to_string();
        let answer = self.lambda(Method::PUT, path, &body).await;
        assert!(answer.status().is_success(), "{answer:?}");
    }

    async fn function_name(&self, function: &str) -> &'static str {
        static NAMES: OnceCell<Vec<String>> = OnceCell::const_new();
        let names = NAMES.get_or_init(|| self.function_names()).await;
        named(names, function).unwrap_or_else(|| panic!("no function {function}: {names:?}"))
    }

    async fn function_names(&self) -> Vec<String> {
        let (mut names, mut marker) = (Vec::new(), String::new());
        loop {
            let page = self.lambda(Method::GET, format!("{FUNCTIONS}/?MaxItems=50{marker}"), "").await;
            let page: Value = page.json().await.unwrap();
            let functions = page["Functions"].as_array().unwrap_or_else(|| panic!("{page}"));
            names.extend(functions.iter().map(|found| found["FunctionName"].as_str().unwrap().to_owned()));
            let Some(next) = page["NextMarker"].as_str() else { return names };
            marker = format!("&Marker={next}");
        }
    }

    async fn lambda(&self, method: Method, path: String, body: &str) -> reqwest::Response {
        let call = Call { method, path, headers: &[], body: body.to_owned() };
        self.signed(&Client::new(), "lambda", call).await
    }

    /// What an audit says of these SKUs and orders once they are at rest. Other tests run beside this one, some of which
    /// break things on purpose.
    pub async fn violations_of(&self, ids: &[&str]) -> Vec<Value> {
        let report = eventually("all of them are at rest", AT_REST, || async {
            let report = self.job("Audit").await;
            let moving = report["moving"].as_array().unwrap();
            let settled = moving.iter().all(|id| !ids.contains(&id.as_str().unwrap()));
            settled.then_some(report)
        })
        .await;
        let about = |violation: &&Value| {
            ["sku", "order_id", "sale_id"]
                .iter()
                .any(|field| violation[field].as_str().is_some_and(|id| ids.contains(&id)))
        };
        report["violations"].as_array().unwrap().iter().filter(about).cloned().collect()
    }
}

/// The deployed name of a function of the template. CloudFormation puts the stack before it and a number behind it, and
/// shortens it at its end, as far as the stack's own name wants it. One function's name may begin with another's.
fn named<'a>(names: &'a [String], function: &str) -> Option<&'a str> {
    let whole = format!("{function}Function");
    let is_the_functions = |part: &str| part.len() >= whole.len().min(SHORTENED_TO) && whole.starts_with(part);
    names.iter().map(String::as_str).find(|name| name.split('-').any(is_the_functions))
}

#[test]
fn a_function_is_not_taken_for_another_whose_name_begins_as_its_own() {
    let names = ["souk-AuditPartFunction-1", "souk-AuditFunction-2", "souk-ReconcilePayme-3"].map(str::to_owned);
    assert_eq!(named(&names, "Audit"), Some("souk-AuditFunction-2"));
    assert_eq!(named(&names, "AuditPart"), Some("souk-AuditPartFunction-1"));
    assert_eq!(named(&names, "ReconcilePayments"), Some("souk-ReconcilePayme-3"));
    assert_eq!(named(&names, "Reconcile"), None);
}

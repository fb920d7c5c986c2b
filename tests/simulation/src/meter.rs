//! What a purchase costs: what its steps ask of AWS, and what that is at list prices.

use std::fmt;

use serde_json::Value;

use crate::{
    call::{Answer, Call},
    fault::Service,
};

/// List prices per million, in US dollars (us-east-1, November 2026, <https://aws.amazon.com/pricing/>): on-demand
/// DynamoDB, Lambda's requests, HTTP API, SQS, EventBridge's custom events, Express executions.
const WRITE_UNIT: f64 = 0.625;
const READ_UNIT: f64 = 0.125;
const FUNCTION: f64 = 0.20;
const HTTP_REQUEST: f64 = 1.00;
const MESSAGE: f64 = 0.40;
const EVENT: f64 = 1.00;
const EXECUTION: f64 = 1.00;
/// Lambda's GB-second, and what an invocation takes of it: 256 MB on ARM for 30 ms, as measured of warm functions.
const GB_SECOND: f64 = 13.3334;
const GB_SECONDS: f64 = 0.25 * 0.030;

/// What something costs.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Cost {
    /// Write units of tables.
    pub writes: f64,
    /// Write units of their indexes.
    pub index_writes: f64,
    /// Read units.
    pub reads: f64,
    /// Requests of the shop's API, the gateway's webhooks among them.
    pub requests: u32,
    /// Functions that were called.
    pub functions: u32,
    /// Executions of the state machine.
    pub executions: u32,
    /// States that they went through.
    pub transitions: u32,
    /// Events on the bus.
    pub events: u32,
    /// Messages that were sent, received or deleted.
    pub messages: u32,
    /// Requests to the gateway.
    pub gateway: u32,
    /// Bytes that were sent to AWS.
    pub bytes: usize,
}

impl Cost {
    /// Its list price for a million of it, in US dollars. Data transfer, logs and the gateway's own price are not in it.
    pub fn dollars_per_million(&self) -> f64 {
        let function = FUNCTION + GB_SECOND * GB_SECONDS;
        self.write_units() * WRITE_UNIT
            + self.reads * READ_UNIT
            + f64::from(self.functions) * function
            + f64::from(self.requests) * HTTP_REQUEST
            + f64::from(self.executions) * EXECUTION
            + f64::from(self.events) * EVENT
            + f64::from(self.messages) * MESSAGE
    }

    /// Write units of tables and indexes.
    pub fn write_units(&self) -> f64 {
        self.writes + self.index_writes
    }

    fn plus(&mut self, other: &Self) {
        self.writes += other.writes;
        self.index_writes += other.index_writes;
        self.reads += other.reads;
        self.requests += other.requests;
        self.functions += other.functions;
        self.executions += other.executions;
        self.transitions += other.transitions;
        self.events += other.events;
        self.messages += other.messages;
        self.gateway += other.gateway;
        self.bytes += other.bytes;
    }
}

/// Costs by step, in the order in which the steps first came.
#[derive(Debug, Clone, Default)]
pub struct Meter {
    steps: Vec<(String, Cost)>,
}

impl Meter {
    /// What comes now is this step's.
    pub fn step(&mut self, name: &str) {
        match self.steps.iter().position(|(known, _)| known == name) {
            // The last one is the present one.
            Some(at) => {
                let step = self.steps.remove(at);
                self.steps.push(step);
            }
            None => self.steps.push((name.to_owned(), Cost::default())),
        }
    }

    /// The present step's cost.
    pub fn now(&mut self) -> &mut Cost {
        if self.steps.is_empty() {
            self.step("before");
        }
        let last = self.steps.len() - 1;
        &mut self.steps[last].1
    }

    /// The request to DynamoDB with the question of its price.
    pub fn asking(body: &str) -> String {
        let mut body: Value = serde_json::from_str(body).unwrap_or_default();
        body["ReturnConsumedCapacity"] = "INDEXES".into();
        body.to_string()
    }

    /// Takes an answer down.
    pub fn note(&mut self, call: &Call, answer: &Answer) {
        let bytes = call.body.len();
        let cost = self.now();
        match call.service {
            Service::Store => {
                cost.bytes += bytes;
                let body: Value = serde_json::from_str(&answer.body).unwrap_or_default();
                let (table, index) = consumed(&body["ConsumedCapacity"]);
                if ["GetItem", "BatchGetItem", "Query"].contains(&call.operation.as_str()) {
                    cost.reads += table + index;
                } else if answer.status == 200 {
                    cost.writes += table;
                    cost.index_writes += index;
                } else {
                    // A refused write costs what it would have written; here, no more than a kilobyte.
                    cost.writes += 1.0;
                }
            }
            Service::Workflows => {
                cost.bytes += bytes;
                cost.executions += 1;
            }
            Service::Queues => {
                cost.bytes += bytes;
                cost.messages += 1;
            }
            Service::Bus => {
                cost.bytes += bytes;
                let entries = call.json["Entries"].as_array().map_or(0, Vec::len);
                cost.events += u32::try_from(entries).unwrap_or(u32::MAX);
            }
            Service::Gateway => cost.gateway += 1,
            Service::Secrets | Service::Pool | Service::Mail => {}
        }
    }

    /// All of it.
    pub fn total(&self) -> Cost {
        let mut total = Cost::default();
        self.steps.iter().for_each(|(_, cost)| total.plus(cost));
        total
    }
}

/// Units of the tables, and of their indexes.
fn consumed(answer: &Value) -> (f64, f64) {
    let tables = answer.as_array().cloned().unwrap_or_else(|| vec![answer.clone()]);
    let mut sum = (0.0, 0.0);
    for table in &tables {
        let all = table["CapacityUnits"].as_f64().unwrap_or_default();
        let indexes = table["GlobalSecondaryIndexes"].as_object().into_iter().flatten();
        let index: f64 = indexes.filter_map(|(_, index)| index["CapacityUnits"].as_f64()).sum();
        sum.0 += all - index;
        sum.1 += index;
    }
    sum
}

impl fmt::Display for Meter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "| step | writes | index | reads | http | functions | starts | states | events | messages | gateway | bytes | $/million |"
        )?;
        writeln!(f, "|---|---|---|---|---|---|---|---|---|---|---|---|---|")?;
        let total = ("**sum**".to_owned(), self.total());
        for (name, cost) in self.steps.iter().chain(std::iter::once(&total)) {
            writeln!(
                f,
                "| {name} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {:.2} |",
                cost.writes,
                cost.index_writes,
                cost.reads,
                cost.requests,
                cost.functions,
                cost.executions,
                cost.transitions,
                cost.events,
                cost.messages,
                cost.gateway,
                cost.bytes,
                cost.dollars_per_million(),
            )?;
        }
        Ok(())
    }
}

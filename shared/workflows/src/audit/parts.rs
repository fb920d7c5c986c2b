//! An audit in parts, which are run side by side: for a shop whose tables one function does not read within its time.

use aws_sdk_sfn::Client;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use souk_dynamo::{Segment, sdk_failure};
use souk_wiring::{Call, ConfigError, Environment, FromEnvironment};

use super::{Audit, Checked, Report, measure};
use crate::Failure;

/// The most violations, and the most of what moved, that the report of a part names. Its log names all. A hundred parts must
/// fit into what a state machine passes on, 256 KB.
const NAMED: usize = 4;

/// What a part of an audit, or all of them together, looked at and found.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartReport {
    checked: Checked,
    /// How many looked wrong and moved meanwhile.
    moving: usize,
    /// How many violations were found.
    violations: usize,
    /// Some of them.
    named: Vec<Value>,
}

impl PartReport {
    fn of(report: &Report) -> Result<Self, serde_json::Error> {
        Ok(Self {
            checked: report.checked.clone(),
            moving: report.moving.len(),
            violations: report.violations.len(),
            named: report.violations.iter().take(NAMED).map(serde_json::to_value).collect::<Result<_, _>>()?,
        })
    }

    /// The parts of an audit as one.
    pub fn sum(parts: impl IntoIterator<Item = Self>) -> Self {
        parts.into_iter().fold(Self::default(), |mut sum, part| {
            sum.checked.add(&part.checked);
            sum.moving += part.moving;
            sum.violations += part.violations;
            sum.named.extend(part.named);
            sum
        })
    }
}

impl Checked {
    fn add(&mut self, other: &Self) {
        let Self { rows, reservations, holds, shards, orders, payments, payments_left, unsettled } = other;
        self.rows += rows;
        self.reservations += reservations;
        self.holds += holds;
        self.shards += shards;
        self.orders += orders;
        self.payments += payments;
        self.payments_left |= payments_left;
        self.unsettled += unsettled;
    }
}

/// The parts of an audit, as the state machine asks for them.
#[derive(Debug, FromEnvironment)]
pub struct AuditParts {
    audit: Audit,
    #[variable("AUDIT_PARTS")]
    parts: u32,
}

impl AuditParts {
    /// Which parts there are.
    pub fn plan(&self) -> Vec<Segment> {
        Segment::all(self.parts.max(1)).collect()
    }

    /// Audits one of them.
    ///
    /// # Errors
    /// Where a table or the gateway's list cannot be read.
    pub async fn run(&self, part: Segment, call: &Call) -> Result<PartReport, Failure> {
        Ok(PartReport::of(&self.audit.of(part, call.now).await?)?)
    }

    /// Sums up what all of them found, and counts it for the alarm.
    pub fn sum(&self, parts: Vec<PartReport>) -> PartReport {
        let sum = PartReport::sum(parts);
        measure(sum.violations, sum.moving);
        sum
    }
}

/// The audit as it is scheduled: whole, or in parts.
#[derive(Debug)]
pub struct ScheduledAudit {
    audit: Audit,
    machine: Option<(Client, String)>,
}

impl FromEnvironment for ScheduledAudit {
    async fn from_environment(environment: &Environment) -> Result<Self, ConfigError> {
        let machine = if environment.parse::<u32>("AUDIT_PARTS")? > 1 {
            Some((Client::new(&environment.aws), environment.required("AUDIT_MACHINE_ARN")?))
        } else {
            None
        };
        Ok(Self { audit: Audit::from_environment(environment).await?, machine })
    }
}

/// What a scheduled audit has done.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Scheduled {
    /// All of it.
    Done(Report),
    /// It has begun, in parts: this execution's output is the report.
    Started {
        /// The execution of the state machine.
        execution: String,
    },
}

impl ScheduledAudit {
    /// Audits everything, or sees to it that it is audited in parts.
    ///
    /// # Errors
    /// As [`Audit::run`], or where the state machine does not start.
    pub async fn run(&self, call: &Call) -> Result<Scheduled, Failure> {
        let Some((client, machine)) = &self.machine else { return Ok(Scheduled::Done(self.audit.run(call).await?)) };
        let started = client.start_execution().state_machine_arn(machine).input("{}").send().await;
        let started = started.map_err(|error| format!("the audit in parts does not start: {}", sdk_failure(&error)))?;
        Ok(Scheduled::Started { execution: started.execution_arn })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use souk_domain::audit::Violation;

    fn report(orders: usize, violations: usize) -> Report {
        let order_id = "ord_0123456789abcdef0123456789abcdef";
        let aside = |amount: usize| Violation::MoneyAside {
            order_id: order_id.parse().unwrap(),
            intent_id: "pi_1".to_owned(),
            amount: i64::try_from(amount).unwrap(),
        };
        Report {
            checked: Checked { orders, rows: 1, payments_left: violations > 9, ..Checked::default() },
            moving: vec!["a".to_owned(); 2],
            violations: (0..violations).map(aside).collect(),
        }
    }

    #[test]
    fn the_sum_of_the_parts_counts_all_and_names_some() {
        let parts: Vec<_> =
            [report(3, 0), report(4, 10), report(5, 2)].iter().map(|it| PartReport::of(it).unwrap()).collect();
        let passed: Vec<PartReport> = serde_json::from_str(&serde_json::to_string(&parts).unwrap()).unwrap();
        let sum = PartReport::sum(passed);
        assert_eq!((sum.checked.orders, sum.checked.rows, sum.checked.payments_left), (12, 3, true));
        assert_eq!((sum.moving, sum.violations, sum.named.len()), (6, 12, NAMED + 2));
    }

    /// What Step Functions passes from one state to the next.
    #[test]
    fn the_reports_of_a_hundred_parts_fit_between_two_states() {
        let part = PartReport::of(&report(usize::MAX, 1_000)).unwrap();
        let all = serde_json::to_string(&vec![part; 100]).unwrap();
        assert!(all.len() < 256 * 1024 / 2, "{}", all.len());
    }
}

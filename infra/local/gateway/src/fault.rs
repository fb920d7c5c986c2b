//! Faults on demand: what goes wrong, for which requests, how often.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::command::Operation;
use crate::event::{Event, EventType};

/// What goes wrong with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequestFault {
    /// The effect happens, the answer never comes: the connection is closed after `delay_ms`.
    TimeoutAfterEffect,
    /// Nothing happens and no answer comes: the connection is closed after `delay_ms`.
    TimeoutBeforeEffect,
    /// 500 before anything happens; a repeat of the key is carried out.
    ServerError,
    /// The effect happens, the answer is 500, and repeats of the key get that 500 again.
    ServerErrorAfterEffect,
    /// 429 before anything happens.
    RateLimited,
    /// 402: the bank will not; nothing happens, and repeats of the key get that 402 again.
    Refused,
    /// The effect happens, and is answered, only after `delay_ms` (1 s unless given), even if the caller hangs up.
    Slow,
}

/// What goes wrong with the delivery of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WebhookFault {
    /// Delivered twice.
    Duplicate,
    /// Delivered before the request that caused it is answered.
    Early,
    /// Delivered after `delay_ms` (5 s unless given).
    Late,
    /// Never delivered, except by a resend.
    Lost,
    /// Delivered after the next event of the same intent, or after `delay_ms` (5 s unless given) where none follows.
    Reordered,
}

/// A fault of either kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Fault {
    /// Of a request.
    Request(RequestFault),
    /// Of a delivery.
    Webhook(WebhookFault),
}

/// A fault that was asked for.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// `fault_…`, given by the gateway.
    #[serde(default)]
    pub id: String,
    /// What goes wrong.
    pub fault: Fault,
    /// Only for this kind of request.
    pub operation: Option<Operation>,
    /// Only for this type of event.
    pub event_type: Option<EventType>,
    /// Only for this order.
    pub order_id: Option<String>,
    /// Only for this intent.
    pub intent: Option<String>,
    /// How many times more.
    #[serde(default = "once")]
    pub times: u32,
    /// See the fault.
    pub delay_ms: Option<u64>,
}

fn once() -> u32 {
    1
}

impl Rule {
    /// Says what is wrong with a rule that could never apply.
    ///
    /// # Errors
    /// A sentence for people.
    pub fn check(&self) -> Result<(), &'static str> {
        match self.fault {
            Fault::Request(_) if self.event_type.is_some() => Err("event_type is for webhook faults"),
            Fault::Request(_) if self.operation.is_none() => Err("a request fault needs an operation"),
            Fault::Webhook(_) if self.operation.is_some() => Err("operation is for request faults"),
            _ if self.times == 0 => Err("times must be at least 1"),
            _ => Ok(()),
        }
    }

    fn addresses(&self, order_id: Option<&str>, intent: Option<&str>) -> bool {
        let same = |wanted: &Option<String>, actual: Option<&str>| wanted.is_none() || wanted.as_deref() == actual;
        same(&self.order_id, order_id) && same(&self.intent, intent)
    }

    /// How long to wait, `default` unless the rule says.
    fn delay(&self, default: Duration) -> Duration {
        self.delay_ms.map_or(default, Duration::from_millis)
    }
}

/// The faults still to come. The first rule that fits is used up first.
#[derive(Debug, Default)]
pub struct Faults(Vec<Rule>);

impl Faults {
    /// Adds a rule and returns it with its id.
    pub fn add(&mut self, rule: Rule) -> Rule {
        let rule = Rule { id: crate::id::fresh("fault"), ..rule };
        self.0.push(rule.clone());
        rule
    }

    /// The rules not used up.
    pub fn rules(&self) -> &[Rule] {
        &self.0
    }

    /// Drops the rules for one order, or all.
    pub fn clear(&mut self, order_id: Option<&str>) {
        self.0.retain(|rule| order_id.is_some() && rule.order_id.as_deref() != order_id);
    }

    /// The fault for a request, with its delay.
    pub fn for_request(
        &mut self,
        operation: Operation,
        order_id: Option<&str>,
        intent: Option<&str>,
    ) -> Option<(RequestFault, Duration)> {
        self.take(|rule| match rule.fault {
            Fault::Request(fault) if rule.operation == Some(operation) && rule.addresses(order_id, intent) => {
                let default = match fault {
                    RequestFault::Slow => Duration::from_secs(1),
                    _ => Duration::ZERO,
                };
                Some((fault, rule.delay(default)))
            }
            _ => None,
        })
    }

    /// The fault for a delivery, with its delay.
    pub fn for_event(&mut self, event: &Event) -> Option<(WebhookFault, Duration)> {
        self.take(|rule| match rule.fault {
            Fault::Webhook(fault)
                if rule.event_type.is_none_or(|wanted| wanted == event.event_type)
                    && rule.addresses(event.order_id.as_deref(), Some(&event.intent)) =>
            {
                Some((fault, rule.delay(Duration::from_secs(5))))
            }
            _ => None,
        })
    }

    fn take<T>(&mut self, fits: impl Fn(&Rule) -> Option<T>) -> Option<T> {
        let (position, found) = self.0.iter().enumerate().find_map(|(i, rule)| fits(rule).map(|found| (i, found)))?;
        if let Some(rule) = self.0.get_mut(position) {
            rule.times -= 1;
            if rule.times == 0 {
                self.0.remove(position);
            }
        }
        Some(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(json: &str) -> Rule {
        serde_json::from_str(json).expect("a rule")
    }

    #[test]
    fn a_rule_is_used_as_often_as_it_says_and_only_where_it_points() {
        let mut faults = Faults::default();
        faults.add(rule(r#"{"operation":"confirm","fault":"slow","order_id":"a","times":2,"delay_ms":7}"#));
        assert_eq!(faults.for_request(Operation::Confirm, Some("b"), None), None);
        assert_eq!(faults.for_request(Operation::Capture, Some("a"), None), None);
        let hit = Some((RequestFault::Slow, Duration::from_millis(7)));
        assert_eq!(faults.for_request(Operation::Confirm, Some("a"), None), hit);
        assert_eq!(faults.for_request(Operation::Confirm, Some("a"), None), hit);
        assert_eq!(faults.for_request(Operation::Confirm, Some("a"), None), None);
        assert!(faults.rules().is_empty());
    }

    #[test]
    fn clearing_one_order_leaves_the_others() {
        let mut faults = Faults::default();
        faults.add(rule(r#"{"fault":"lost","order_id":"a"}"#));
        faults.add(rule(r#"{"fault":"lost","order_id":"b"}"#));
        faults.add(rule(r#"{"fault":"lost"}"#));
        faults.clear(Some("a"));
        assert_eq!(faults.rules().len(), 2);
        faults.clear(None);
        assert!(faults.rules().is_empty());
    }

    #[test]
    fn a_rule_that_could_never_apply_is_refused() {
        assert!(rule(r#"{"fault":"slow"}"#).check().is_err());
        assert!(rule(r#"{"fault":"lost","operation":"confirm"}"#).check().is_err());
        assert!(rule(r#"{"fault":"slow","operation":"confirm","event_type":"charge.refunded"}"#).check().is_err());
        assert!(rule(r#"{"fault":"slow","operation":"confirm","times":0}"#).check().is_err());
        assert!(rule(r#"{"fault":"slow","operation":"confirm"}"#).check().is_ok());
        assert!(serde_json::from_str::<Rule>(r#"{"fault":"lost","order":"a"}"#).is_err());
    }
}

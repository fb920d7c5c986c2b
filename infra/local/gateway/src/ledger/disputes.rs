//! Disputes in the books.

use serde_json::Value;

use super::{Ledger, paginate};
use crate::command::PageRequest;
use crate::dispute::{Dispute, Status};
use crate::error::ApiError;
use crate::event::{Event, EventType};
use crate::id::fresh;
use crate::intent::{Refusal, Seconds};
use crate::render;

/// How long a shop may take to answer.
const ANSWER_WITHIN: Seconds = 7 * 24 * 3600;

/// What a shopper disputes.
#[derive(Debug)]
pub struct NewDispute {
    /// The intent.
    pub intent: String,
    /// How much; what was taken where nothing is said.
    pub amount: Option<i64>,
    /// What the shopper says.
    pub reason: String,
    /// Whether the bank only asks, for the time being.
    pub inquiry: bool,
}

impl Ledger {
    /// All disputes, oldest first.
    pub fn disputes(&self) -> &[Dispute] {
        &self.disputes
    }

    /// A shopper goes to their bank.
    ///
    /// # Errors
    /// 404 for an unknown intent, 400 where nothing was taken or less than is disputed.
    pub fn open_dispute(&mut self, new: NewDispute, now: Seconds, events: &mut Vec<Event>) -> Result<Value, ApiError> {
        let intent = self.intent_mut(&new.intent)?;
        let received = intent.amount_received();
        let amount = new.amount.unwrap_or(received);
        if amount < 1 || amount > received {
            return Err(ApiError::refused(&Refusal::NothingCaptured, intent));
        }
        let dispute = Dispute {
            id: fresh("dp"),
            payment_intent: intent.id.clone(),
            charge: intent.latest_charge.clone(),
            amount,
            currency: intent.currency.clone(),
            reason: new.reason,
            status: if new.inquiry { Status::WarningNeedsResponse } else { Status::NeedsResponse },
            due_by: now + ANSWER_WITHIN,
            created: now,
        };
        intent.disputed = true;
        events.push(Event::of_dispute(EventType::DisputeCreated, &dispute, intent, now));
        let rendered = render::dispute(&dispute);
        self.disputes.push(dispute);
        Ok(rendered)
    }

    /// A dispute moves on; one that is over stays so.
    ///
    /// # Errors
    /// 404 for an unknown dispute.
    pub fn move_dispute(
        &mut self,
        id: &str,
        to: Status,
        now: Seconds,
        events: &mut Vec<Event>,
    ) -> Result<Value, ApiError> {
        let dispute = self.disputes.iter_mut().find(|dispute| dispute.id == id);
        let dispute = dispute.ok_or_else(|| ApiError::no_such("dispute", id))?;
        let position = self.positions.get(&dispute.payment_intent).copied();
        let intent = position.and_then(|position| self.intents.get(position));
        if let Some(intent) = intent
            && !dispute.status.is_over()
            && dispute.status != to
        {
            dispute.status = to;
            let event_type = if to.is_over() { EventType::DisputeClosed } else { EventType::DisputeUpdated };
            events.push(Event::of_dispute(event_type, dispute, intent, now));
        }
        Ok(render::dispute(dispute))
    }

    /// True where the bank has taken money of this payment, or given it to the shopper.
    pub(super) fn is_withdrawn(&self, intent: &str) -> bool {
        self.disputes.iter().any(|dispute| dispute.payment_intent == intent && dispute.status.withdraws())
    }

    pub(super) fn list_disputes(&self, intent: Option<&str>, page: &PageRequest) -> Result<Value, ApiError> {
        let matching = self.disputes.iter().filter(|dispute| intent.is_none_or(|id| dispute.payment_intent == id));
        let (data, has_more) = paginate(matching, page, |dispute| (&dispute.id, dispute.created), "dispute")?;
        let data: Vec<Value> = data.into_iter().map(render::dispute).collect();
        Ok(render::list("/v1/disputes", data, has_more))
    }
}

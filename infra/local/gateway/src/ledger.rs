//! All intents and refunds, and the one function that changes them.

mod customers;
mod disputes;

pub use disputes::NewDispute;

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use crate::command::{Command, PageRequest};
use crate::dispute::Dispute;
use crate::error::ApiError;
use crate::event::{Event, EventType};
use crate::id::fresh;
use crate::intent::{Confirmation, Intent, Refusal, Seconds, State};
use crate::payment_method::{PaymentMethod, Presented};
use crate::refund::{Refund, Status};
use crate::render;

/// What a command led to.
#[derive(Debug)]
pub struct Applied {
    /// The answer.
    pub result: Result<Value, ApiError>,
    /// What happened, in order.
    pub events: Vec<Event>,
    /// The intent it was about.
    pub intent: Option<String>,
}

/// The gateway's books. Oldest first; nothing is ever removed.
#[derive(Clone, Debug)]
pub struct Ledger {
    hold_seconds: Seconds,
    intents: Vec<Intent>,
    positions: HashMap<String, usize>,
    refunds: Vec<Refund>,
    disputes: Vec<Dispute>,
    customers: Vec<String>,
}

impl Ledger {
    /// Books that hold what was read back from a state file.
    pub fn new(hold_seconds: Seconds, intents: Vec<Intent>, refunds: Vec<Refund>, disputes: Vec<Dispute>) -> Self {
        let positions = intents.iter().enumerate().map(|(position, intent)| (intent.id.clone(), position)).collect();
        Self { hold_seconds, intents, positions, refunds, disputes, customers: Vec::new() }
    }

    /// These books, which know these customers.
    #[must_use]
    pub fn with_customers(self, customers: Vec<String>) -> Self {
        Self { customers, ..self }
    }

    /// All intents, oldest first.
    pub fn intents(&self) -> &[Intent] {
        &self.intents
    }

    /// All refunds, oldest first.
    pub fn refunds(&self) -> &[Refund] {
        &self.refunds
    }

    /// One intent.
    pub fn intent(&self, id: &str) -> Option<&Intent> {
        self.positions.get(id).and_then(|position| self.intents.get(*position))
    }

    /// Carries out a command at the time `now`.
    pub fn apply(&mut self, command: Command, now: Seconds) -> Applied {
        let mut events = Vec::new();
        let mut intent = command.intent().map(str::to_owned);
        // Housekeeping expires holds too, but only now and then: a caller must never catch a lapsed one.
        if let Some(intent) = intent.as_deref().and_then(|id| self.intent_mut(id).ok())
            && intent.expire(now)
        {
            events.push(Event::new(EventType::Canceled, intent, now));
        }
        let result = match command {
            Command::Create { new, confirm } => {
                if let Some(refused) = self.refuses(&new) {
                    return Applied { result: Err(refused), events, intent };
                }
                let id = fresh("pi");
                let secret = fresh(&format!("{id}_secret"));
                self.positions.insert(id.clone(), self.intents.len());
                self.intents.push(Intent::new(id.clone(), secret, new, now));
                intent = Some(id.clone());
                let created = self.change(&id, EventType::Created, now, &mut events, |_| Ok(()));
                if confirm { self.confirm(&id, (None, false), now, &mut events) } else { created }
            }
            Command::Confirm { intent, payment_method, off_session, expand } => {
                let answer = self.confirm(&intent, (payment_method, off_session), now, &mut events);
                answer.and_then(|answer| if expand { self.shown(&intent, true) } else { Ok(answer) })
            }
            Command::Capture { intent, amount } => {
                self.change(&intent, EventType::Succeeded, now, &mut events, |intent| intent.capture(amount))
            }
            Command::Cancel { intent, reason } => {
                self.change(&intent, EventType::Canceled, now, &mut events, |intent| intent.cancel(reason, now))
            }
            Command::Retrieve { intent, expand } => self.shown(&intent, expand),
            Command::Refund { intent, amount, reason, metadata } => {
                self.refund(&intent, amount, reason, metadata, now, &mut events)
            }
            Command::NewCustomer => Ok(self.new_customer(now)),
            Command::ListIntents { page, expands } => self.list_intents(&page, expands),
            Command::ListRefunds { intent, page } => self.list_refunds(intent.as_deref(), &page),
            Command::ListDisputes { intent, page } => self.list_disputes(intent.as_deref(), &page),
        };
        Applied { result, events, intent }
    }

    /// The customer answers a challenge.
    ///
    /// # Errors
    /// 404 for an unknown intent, 400 where no challenge is open.
    pub fn authenticate(
        &mut self,
        id: &str,
        succeeded: bool,
        now: Seconds,
        events: &mut Vec<Event>,
    ) -> Result<Value, ApiError> {
        let hold_until = now + self.hold_seconds;
        let intent = self.intent_mut(id)?;
        let charge = fresh("ch");
        let confirmation = intent
            .authenticate(succeeded, charge, hold_until)
            .map_err(|refusal| ApiError::refused(&refusal, intent))?;
        events.push(Event::new(event_of(&confirmation), intent, now));
        Ok(render::intent(intent))
    }

    /// Lets every hold lapse whose time has come.
    pub fn expire(&mut self, now: Seconds) -> Vec<Event> {
        let expired = self.intents.iter_mut().filter_map(|intent| intent.expire(now).then_some(&*intent));
        expired.map(|intent| Event::new(EventType::Canceled, intent, now)).collect()
    }

    /// Lets one hold lapse now, whatever time it had left.
    ///
    /// # Errors
    /// 404 for an unknown intent.
    pub fn expire_one(&mut self, id: &str, now: Seconds) -> Result<(Value, Option<Event>), ApiError> {
        let intent = self.intent_mut(id)?;
        if let State::RequiresCapture { capture_before } = &mut intent.state {
            *capture_before = now;
        }
        let event = intent.expire(now).then(|| Event::new(EventType::Canceled, intent, now));
        Ok((render::intent(intent), event))
    }

    /// Lets a hold end so many seconds from now.
    ///
    /// # Errors
    /// 404 for an unknown intent.
    pub fn age(&mut self, id: &str, seconds: Seconds, now: Seconds) -> Result<Value, ApiError> {
        let intent = self.intent_mut(id)?;
        if let State::RequiresCapture { capture_before } = &mut intent.state {
            *capture_before = now + seconds;
        }
        Ok(render::expanded_intent(intent))
    }

    fn shown(&self, id: &str, expand: bool) -> Result<Value, ApiError> {
        let render = if expand { render::expanded_intent } else { render::intent };
        self.intent(id).map(render).ok_or_else(|| ApiError::no_such("payment_intent", id))
    }

    fn intent_mut(&mut self, id: &str) -> Result<&mut Intent, ApiError> {
        let position = self.positions.get(id).copied();
        position
            .and_then(|position| self.intents.get_mut(position))
            .ok_or_else(|| ApiError::no_such("payment_intent", id))
    }

    fn change(
        &mut self,
        id: &str,
        event_type: EventType,
        now: Seconds,
        events: &mut Vec<Event>,
        transition: impl FnOnce(&mut Intent) -> Result<(), Refusal>,
    ) -> Result<Value, ApiError> {
        let intent = self.intent_mut(id)?;
        transition(intent).map_err(|refusal| ApiError::refused(&refusal, intent))?;
        events.push(Event::new(event_type, intent, now));
        Ok(render::intent(intent))
    }

    fn confirm(
        &mut self,
        id: &str,
        (presented, off_session): (Option<Presented>, bool),
        now: Seconds,
        events: &mut Vec<Event>,
    ) -> Result<Value, ApiError> {
        let hold_until = now + self.hold_seconds;
        let unpaid = self.intent(id).filter(|intent| !intent.was_paid());
        let named = unpaid.and_then(|intent| {
            let attached = || intent.payment_method.as_deref().and_then(Presented::parse);
            Some((presented.clone().or_else(attached)?, intent.customer.as_deref()))
        });
        if let Some(refused) = named.and_then(|(named, customer)| self.refuses_method(&named, customer)) {
            return Err(refused);
        }
        let intent = self.intent_mut(id)?;
        let confirmation = intent
            .confirm(presented, off_session, fresh("ch"), hold_until)
            .map_err(|refusal| ApiError::refused(&refusal, intent))?;
        events.push(Event::new(event_of(&confirmation), intent, now));
        match confirmation {
            Confirmation::Declined(decline) => Err(ApiError::declined(decline, intent)),
            _ => Ok(render::intent(intent)),
        }
    }

    /// Gives money back, as the API does, or somebody at the console, who names no metadata.
    ///
    /// # Errors
    /// As the API.
    pub fn refund(
        &mut self,
        id: &str,
        amount: Option<i64>,
        reason: Option<&str>,
        metadata: BTreeMap<String, String>,
        now: Seconds,
        events: &mut Vec<Event>,
    ) -> Result<Value, ApiError> {
        let is_withdrawn = self.is_withdrawn(id);
        let intent = self.intent_mut(id)?;
        if is_withdrawn {
            return Err(ApiError::refused(&Refusal::Disputed, intent));
        }
        let amount = intent.refund(amount).map_err(|refusal| ApiError::refused(&refusal, intent))?;
        let refund = Refund {
            id: fresh("re"),
            payment_intent: intent.id.clone(),
            charge: intent.latest_charge.clone(),
            amount,
            currency: intent.currency.clone(),
            reason: reason.map(str::to_owned),
            metadata,
            created: now,
            status: if intent.paid_with(PaymentMethod::PendingRefund) { Status::Pending } else { Status::Succeeded },
        };
        events.push(Event::of_refund(EventType::RefundCreated, &refund, intent, now));
        events.push(Event::new(EventType::ChargeRefunded, intent, now));
        let rendered = render::refund(&refund);
        self.refunds.push(refund);
        Ok(rendered)
    }

    /// The bank takes a refund, or sends its money back. One that has failed stays so.
    ///
    /// # Errors
    /// 404 for an unknown refund.
    pub fn settle_refund(
        &mut self,
        id: &str,
        succeeded: bool,
        now: Seconds,
        events: &mut Vec<Event>,
    ) -> Result<Value, ApiError> {
        let position = self.refunds.iter().position(|refund| refund.id == id);
        let refund = position.and_then(|position| self.refunds.get_mut(position));
        let refund = refund.ok_or_else(|| ApiError::no_such("refund", id))?;
        let to = if succeeded { Status::Succeeded } else { Status::Failed };
        let position = self.positions.get(&refund.payment_intent).copied();
        let intent = position.and_then(|position| self.intents.get_mut(position));
        if let Some(intent) = intent
            && refund.status != Status::Failed
            && refund.status != to
        {
            refund.status = to;
            let mut types = vec![EventType::RefundUpdated, EventType::ChargeRefundUpdated];
            if !succeeded {
                intent.refund_failed(refund.amount);
                types.push(EventType::RefundFailed);
            }
            events.extend(types.into_iter().map(|what| Event::of_refund(what, refund, intent, now)));
        }
        Ok(render::refund(refund))
    }

    fn list_intents(&self, page: &PageRequest, expands: bool) -> Result<Value, ApiError> {
        let (data, has_more) =
            paginate(self.intents.iter(), page, |intent| (&intent.id, intent.created), "payment_intent")?;
        let data: Vec<Value> = data
            .into_iter()
            .map(|intent| if expands { render::expanded_intent(intent) } else { render::intent(intent) })
            .collect();
        Ok(render::list("/v1/payment_intents", data, has_more))
    }

    fn list_refunds(&self, intent: Option<&str>, page: &PageRequest) -> Result<Value, ApiError> {
        let matching = self.refunds.iter().filter(|refund| intent.is_none_or(|id| refund.payment_intent == id));
        let (data, has_more) = paginate(matching, page, |refund| (&refund.id, refund.created), "refund")?;
        let data: Vec<Value> = data.into_iter().map(render::refund).collect();
        Ok(render::list("/v1/refunds", data, has_more))
    }
}

/// The newest-first page of an oldest-first sequence, and whether more follows it.
fn paginate<'a, T>(
    oldest_first: impl DoubleEndedIterator<Item = &'a T>,
    page: &PageRequest,
    key: impl Fn(&T) -> (&String, Seconds),
    what: &str,
) -> Result<(Vec<&'a T>, bool), ApiError> {
    let mut rest = oldest_first.rev();
    if let Some(cursor) = &page.starting_after
        && !rest.by_ref().any(|item| key(item).0 == cursor)
    {
        return Err(ApiError::no_such(what, cursor));
    }
    let mut matching = rest.filter(|item| (page.created_from..=page.created_to).contains(&key(item).1));
    let data: Vec<&T> = matching.by_ref().take(page.limit).collect();
    Ok((data, matching.next().is_some()))
}

fn event_of(confirmation: &Confirmation) -> EventType {
    match confirmation {
        Confirmation::Authorized => EventType::AmountCapturableUpdated,
        Confirmation::Captured => EventType::Succeeded,
        Confirmation::ActionRequired => EventType::RequiresAction,
        Confirmation::Declined(_) => EventType::PaymentFailed,
    }
}

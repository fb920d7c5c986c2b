//! What can happen in a state, and what it does.

use souk_domain::order::{OrderEvent, OrderStatus};
use souk_domain::payment::PaymentState;

use crate::{
    bounds::RUNS,
    calls::Call,
    guards::Guard,
    pc::{Chance, Outcome, Pc},
    protocol::Protocol,
    state::{Checkout, Intent, Order, Sin, State, Units},
    steps::{Step, gateway, stock, write_status},
};

/// One thing that happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// A shopper checks out: units are held.
    Reserve(u8),
    /// An order is placed on a checkout.
    Place(u8, u8),
    /// A shopper gives a checkout up.
    GiveUp(u8),
    /// The units of a checkout that was given up are released.
    ReleaseGivenUp(u8),
    /// The timer, or the sweeper in its stead.
    Timer(u8),
    /// The customer or an operator cancels.
    PeopleCancel(u8),
    /// A run of the saga starts, for whatever reason: the order was placed, a webhook came (early, late, twice,
    /// out of order), a timer, a sweeper, a replay.
    Start(u8),
    /// The warehouse ships, or a sweeper resumes that.
    StartShipping(u8),
    /// A run does its next step.
    Step(u8, u8, Chance),
    /// It does, and the answer is lost: the function does it again.
    Lose(u8, u8, Chance),
    /// A call to the gateway is under way and takes effect later, or never; nobody waits for it.
    Delay(u8, u8),
    /// A run is killed.
    Kill(u8, u8),
    /// A delayed call reaches the gateway.
    Arrive(u8, Call, Chance),
    /// The shopper pays with the intent's secret.
    Pay(u8, Chance),
    /// The hold runs out at the gateway.
    Lapse(u8),
    /// The gateway forgets what it answered under the capture's idempotency key, a day later.
    Forget(u8),
    /// Only where `WebhookOnlyStarts` is off: an old "authorised" event is believed.
    Believe(u8),
}

impl Protocol {
    pub(crate) fn enabled(&self, state: &State, actions: &mut Vec<Action>) {
        for hold in 0..self.bounds.contest.checkouts() {
            self.shopping(state, hold, actions);
        }
        for &(order, hold) in self.bounds.contest.placings() {
            if self.can_place(state, order, hold) {
                actions.push(Action::Place(order, hold));
            }
        }
        for lane in 0..state.lanes.len() as u8 {
            if state.lanes[usize::from(lane)].order.is_some() {
                self.people_and_starts(state, lane, actions);
                self.runs(state, lane, actions);
                self.at_the_gateway(state, lane, actions);
            }
        }
    }

    fn shopping(&self, state: &State, hold: u8, actions: &mut Vec<Action>) {
        let found = state.holds[usize::from(hold)];
        if found.units == Units::Absent {
            if state.row.available > 0 || !self.guards.has(Guard::ReserveAvailable) {
                actions.push(Action::Reserve(hold));
            }
            return;
        }
        if found.checkout == Checkout::Open {
            actions.push(Action::GiveUp(hold));
        }
        let given_up = found.checkout == Checkout::Abandoned || !self.guards.has(Guard::AbandonUnconsumed);
        if given_up && found.units == Units::Held {
            actions.push(Action::ReleaseGivenUp(hold));
        }
        if stock::can_expire(self.guards, found) {
            actions.push(Action::Timer(hold));
        }
    }

    fn can_place(&self, state: &State, order: u8, hold: u8) -> bool {
        let checkout = state.holds[usize::from(hold)];
        let checkout_fits = match checkout.checkout {
            Checkout::Open => true,
            Checkout::Consumed => !self.guards.has(Guard::PlaceCheckoutUnconsumed),
            Checkout::Abandoned => !self.guards.has(Guard::PlaceCheckoutOpen),
        };
        let order_fits = state.lanes[usize::from(order)].order.is_none() || !self.guards.has(Guard::PlaceOrderAbsent);
        let cart_fits = state.marker.is_none() || !self.guards.has(Guard::PlaceCartUnmarked);
        checkout.units != Units::Absent && checkout_fits && order_fits && cart_fits
    }

    fn people_and_starts(&self, state: &State, number: u8, actions: &mut Vec<Action>) {
        let lane = &state.lanes[usize::from(number)];
        let cancellable = match lane.status() {
            Some(OrderStatus::PendingPayment | OrderStatus::Confirmed) => true,
            Some(OrderStatus::Shipped) => !self.guards.has(Guard::PeopleCancelUnshipped),
            _ => false,
        };
        if cancellable {
            actions.push(Action::PeopleCancel(number));
        }
        let running = lane.runs[..RUNS].iter().filter(|run| **run != Pc::Idle).count();
        if running < self.bounds.at_once && (self.bounds.starts.is_none() || lane.starts > 0) {
            actions.push(Action::Start(number));
        }
        let shipping = lane.runs[RUNS..].iter().filter(|run| **run != Pc::Idle).count();
        if shipping < self.bounds.shipping {
            let shippable = lane.status() == Some(OrderStatus::Confirmed)
                || (lane.status() == Some(OrderStatus::PendingPayment) && !self.guards.has(Guard::ShipReadsConfirmed));
            if shippable {
                actions.push(Action::StartShipping(number));
            }
        }
        if !self.guards.has(Guard::WebhookOnlyStarts) && lane.was_held && lane.record.is_some() {
            actions.push(Action::Believe(number));
        }
    }

    fn runs(&self, state: &State, number: u8, actions: &mut Vec<Action>) {
        let lane = &state.lanes[usize::from(number)];
        for (slot, &pc) in lane.runs.iter().enumerate() {
            // Of two runs that stand at the same step it does not matter which goes on.
            if pc == Pc::Idle || (slot > 0 && slot != RUNS && lane.runs[slot - 1] == pc) {
                continue;
            }
            let slot = slot as u8;
            actions.push(Action::Kill(number, slot));
            for &chance in self.chances(state, number, pc) {
                actions.push(Action::Step(number, slot, chance));
                if self.bounds.lost_answers && !pc.only_reads() && !pc.ships() && chance != Chance::Invalid {
                    actions.push(Action::Lose(number, slot, chance));
                }
            }
            if let Some(call) = pc.call()
                && !lane.in_flight.has(call)
                && lane.in_flight.count() < self.bounds.in_flight
            {
                actions.push(Action::Delay(number, slot));
            }
        }
    }

    fn chances(&self, state: &State, number: u8, pc: Pc) -> &'static [Chance] {
        let lane = &state.lanes[usize::from(number)];
        match (pc, pc.call()) {
            (Pc::Read, _) if lane.status() == Some(OrderStatus::PendingPayment) => &[Chance::None, Chance::Overdue],
            (Pc::Create, _) if lane.intent == Intent::None && self.guards.has(Guard::CreateConfirmApart) => {
                &[Chance::None, Chance::Invalid]
            }
            (_, Some(call)) => gateway::chances(self.guards, lane, call),
            _ => &[Chance::None],
        }
    }

    fn at_the_gateway(&self, state: &State, number: u8, actions: &mut Vec<Action>) {
        let lane = &state.lanes[usize::from(number)];
        for call in Call::ALL.into_iter().filter(|call| lane.in_flight.has(*call)) {
            for &chance in gateway::chances(self.guards, lane, call) {
                actions.push(Action::Arrive(number, call, chance));
            }
        }
        if lane.known && gateway::is_payable(lane.intent) {
            actions.push(Action::Pay(number, Chance::Holds));
            if lane.intent != Intent::Declined {
                actions.push(Action::Pay(number, Chance::Declines));
            }
            if lane.intent != Intent::RequiresAction {
                actions.push(Action::Pay(number, Chance::AsksShopper));
            }
        }
        // No call and no function lives for a day.
        if lane.refusal_kept && !lane.in_flight.has(Call::Capture) && !lane.is_running() {
            actions.push(Action::Forget(number));
        }
        if self.bounds.lapses && lane.intent == Intent::Held {
            actions.push(Action::Lapse(number));
        }
    }

    /// Does what an action says, and leaves every run in its slot.
    pub fn apply(&self, state: &mut State, action: Action) {
        match action {
            Action::Reserve(hold) => stock::reserve(state, hold.into()),
            Action::Place(order, hold) => self.place(state, order, hold),
            Action::GiveUp(hold) => state.holds[usize::from(hold)].checkout = Checkout::Abandoned,
            Action::ReleaseGivenUp(hold) => stock::abandon(self.guards, state, hold.into()),
            Action::Timer(hold) => stock::expire(self.guards, state, hold.into()),
            Action::PeopleCancel(lane) => {
                let unsettled = self.guards.has(Guard::CancelUnsettles).then_some(true);
                write_status(state, lane.into(), OrderEvent::Cancel, OrderStatus::Cancelled, unsettled);
            }
            Action::Start(lane) => {
                let lane = &mut state.lanes[usize::from(lane)];
                lane.starts = lane.starts.saturating_sub(1);
                if let Some(slot) = lane.runs[..RUNS].iter_mut().find(|run| **run == Pc::Idle) {
                    *slot = Pc::Read;
                }
            }
            Action::StartShipping(lane) => {
                if let Some(slot) = state.lanes[usize::from(lane)].runs[RUNS..].iter_mut().find(|r| **r == Pc::Idle) {
                    *slot = Pc::ShipRead;
                }
            }
            Action::Forget(lane) => state.lanes[usize::from(lane)].refusal_kept = false,
            Action::Step(lane, slot, chance) => {
                self.step(state, lane, slot, chance);
            }
            Action::Lose(lane, slot, chance) => {
                let pc = state.lanes[usize::from(lane)].runs[usize::from(slot)];
                let next = Step { protocol: self, state, lane: lane.into() }.run(pc, chance);
                // A step that failed has had no effect that could have been lost.
                let again = if next == Pc::Idle && pc.call().is_some() { Pc::Idle } else { self.again(pc) };
                state.lanes[usize::from(lane)].runs[usize::from(slot)] = again;
            }
            Action::Delay(lane, slot) => {
                let lane = &mut state.lanes[usize::from(lane)];
                let pc = lane.runs[usize::from(slot)];
                if let Some(call) = pc.call() {
                    lane.in_flight.send(call);
                }
                lane.runs[usize::from(slot)] = self.again(pc);
            }
            Action::Kill(lane, slot) => state.lanes[usize::from(lane)].runs[usize::from(slot)] = Pc::Idle,
            Action::Arrive(lane, call, chance) => {
                let lane = &mut state.lanes[usize::from(lane)];
                lane.in_flight.arrive(call);
                gateway::take(self.guards, lane, call, chance);
            }
            Action::Pay(lane, chance) => gateway::pay(&mut state.lanes[usize::from(lane)], chance),
            Action::Lapse(lane) => state.lanes[usize::from(lane)].intent = Intent::Lapsed,
            Action::Believe(lane) => state.lanes[usize::from(lane)].record = Some(PaymentState::Authorized),
        }
    }

    /// A run's next step. Without faults it goes on in the protocol or ends: so every run ends.
    pub(crate) fn step(&self, state: &mut State, lane: u8, slot: u8, chance: Chance) {
        let (lane, slot) = (usize::from(lane), usize::from(slot));
        let pc = state.lanes[lane].runs[slot];
        let next = Step { protocol: self, state, lane }.run(pc, chance);
        // A fence that was overtaken looks again: it is overtaken only as often as other runs write.
        let again = matches!((pc, next), (Pc::Advance(_), Pc::Advance(_)));
        if next != Pc::Idle && next.code() <= pc.code() && !again {
            state.sins.commit(Sin::WentBack);
        }
        state.lanes[lane].runs[slot] = next;
    }

    fn again(&self, pc: Pc) -> Pc {
        match pc {
            Pc::Confirm if !self.guards.has(Guard::AskWhenLost) => Pc::Keep(Outcome::Authorized),
            Pc::Create | Pc::KeepId | Pc::Ask if !self.guards.has(Guard::RecordBeforeCreate) => Pc::Create,
            _ => pc.again(),
        }
    }

    fn place(&self, state: &mut State, order: u8, hold: u8) {
        let lane = &mut state.lanes[usize::from(order)];
        if lane.order.is_some() {
            state.sins.commit(Sin::OrderLost);
        }
        let unsettled = self.guards.has(Guard::PlaceUnsettled);
        lane.order = Some(Order { status: OrderStatus::PendingPayment, unsettled, hold });
        state.holds[usize::from(hold)].checkout = Checkout::Consumed;
        if self.bounds.contest.has_marker() {
            state.marker = Some(order);
        }
    }
}

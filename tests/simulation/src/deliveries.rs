//! What services bring to functions: executions, messages, events, stream records. All of them at
//! least once, in any order, early or late; some are lost.

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, BTreeSet, VecDeque},
    rc::Rc,
};

use serde_json::{Value, json};
use souk_events::inventory::ReservationTimer;
use souk_fn_fulfilment::background::follow_orders;
use souk_fn_orders::background::{archive_orders, publish_orders, reservation_timer};
use souk_fn_payments::{payment_webhook, publish_payments};
use souk_gateway::{offline::Notice, signature};
use souk_runtime::{queue::Message, stream::Record};
use souk_wiring::Call;

use crate::{
    clock::pause_millis,
    executor::{ActorId, Killed},
    flash_sale,
    functions::{INTENTS, RESERVATION_TIMERS},
    machine::{self, Steps},
    messages,
    observer::StreamRecord,
    requests::request,
    sim::{MAX_SKEW_MILLIS, Sim, Theme},
    tables::readers,
    world::{Parcel, WEBHOOK_SECRET},
};

/// A queue gives a message out so often before it goes to the dead letters.
const RECEIVES: u32 = 5;
/// A message that failed comes back after so many milliseconds.
const VISIBILITY_MILLIS: u64 = 30_000;
/// The gateway tries so often to deliver an event.
const WEBHOOK_ATTEMPTS: u32 = 6;

/// The carriers of a schedule.
#[derive(Clone)]
pub struct Deliveries {
    sim: Sim,
    archive: Rc<Pump>,
    outbox: Rc<Pump>,
    payments: Rc<Pump>,
    acknowledged: Rc<RefCell<BTreeSet<String>>>,
    /// The invocations that handled each event.
    handlers: Rc<RefCell<BTreeMap<String, Vec<ActorId>>>>,
}

#[derive(Default)]
struct Pump {
    records: RefCell<VecDeque<StreamRecord>>,
    runs: Cell<bool>,
}

/// Runs a saga's steps as invocations of their functions.
struct Saga(Sim);

impl Steps for Saga {
    async fn run(&self, resource: &str, input: Value) -> Result<Value, String> {
        let (functions, call, step) = (self.0.functions, self.0.function_call(), resource.to_owned());
        let invocation =
            self.0.invoke(&saga_function(resource), async move { functions.step(&step, input, call).await });
        match invocation.await {
            Ok(Ok(output)) => Ok(output),
            Ok(Err(error)) => Err(error.name.to_owned()),
            // Now and then the whole execution is lost with its step.
            Err(Killed) if self.0.fault(150) => Err("States.ExecutionLost".to_owned()),
            Err(Killed) => Err("Lambda.Unknown".to_owned()),
        }
    }

    fn jitter(&self) -> f64 {
        self.0.fraction()
    }
}

/// `AuthorizePayment` is deployed as `saga-authorize-payment`.
fn saga_function(resource: &str) -> String {
    let mut name = "saga".to_owned();
    for letter in resource.chars() {
        if letter.is_ascii_uppercase() {
            name.push('-');
        }
        name.push(letter.to_ascii_lowercase());
    }
    name
}

impl Deliveries {
    /// Carriers that have nothing to carry yet.
    pub fn new(sim: Sim) -> Self {
        Self {
            sim,
            archive: Rc::default(),
            outbox: Rc::default(),
            payments: Rc::default(),
            acknowledged: Rc::default(),
            handlers: Rc::default(),
        }
    }

    /// Takes over what the services have accepted. True where there was anything.
    pub fn collect(&self) -> bool {
        let parcels = self.sim.network.with(|world| std::mem::take(&mut world.parcels));
        let any = !parcels.is_empty();
        for parcel in parcels {
            match parcel {
                Parcel::Execution(input) => self.execute(&input),
                Parcel::Message { queue, body, delay_seconds } => match queue.as_str() {
                    INTENTS => flash_sale::queue::bring(&self.sim, body, self.copies(), || self.lateness()),
                    RESERVATION_TIMERS => self.bring_message(&body, delay_seconds),
                    // Nobody conducts the simulated sale: its admissions are signed without a waiting room.
                    _ => {}
                },
                Parcel::Webhook(notice) => self.bring_event(&notice),
                Parcel::Stream(record) => self.bring_record(&record),
                Parcel::Event(envelope) => {
                    messages::bring(&self.sim, &envelope, self.copies().max(1), || self.lateness());
                    if crate::world::FOLLOWED.iter().any(|followed| envelope["detail-type"] == *followed) {
                        self.bring_order_event(&envelope);
                    }
                }
            }
        }
        any
    }

    /// How often an execution or a message arrives: mostly once.
    fn copies_of_work(&self) -> usize {
        let is_lost = self.sim.theme == Theme::Backstop && self.sim.fault(700);
        if is_lost { 0 } else { self.copies() }
    }

    /// How often something arrives: mostly once.
    fn copies(&self) -> usize {
        let per_mille = self.sim.plan.delivery_per_mille();
        if self.sim.fault(per_mille / 2) {
            0
        } else if self.sim.fault(per_mille) {
            2
        } else {
            1
        }
    }

    /// How late something comes, in milliseconds.
    fn lateness(&self) -> u64 {
        let per_mille = self.sim.plan.delivery_per_mille();
        if self.sim.fault(per_mille) {
            let longest = self.sim.pick(&[100, 5_000, 60_000, 1_000_000]);
            self.sim.within(0..longest)
        } else {
            0
        }
    }

    fn execute(&self, input: &Value) {
        for _ in 0..self.copies_of_work() {
            let (sim, input, late) = (self.sim.clone(), input.clone(), self.lateness());
            self.sim.executor.spawn("execution", async move {
                pause_millis(late).await;
                machine::execute(Rc::new(Saga(sim)), input).await
            });
        }
    }

    fn bring_message(&self, body: &str, delay_seconds: u64) {
        // Nobody makes up for a checkout's timer: it is never lost, and what fails comes back.
        let is_of_checkout = body.contains("checkout_id");
        let copies = if is_of_checkout { self.copies().max(1) } else { self.copies_of_work() };
        let receives = if is_of_checkout { u32::MAX } else { RECEIVES };
        for _ in 0..copies {
            let (sim, body) = (self.sim.clone(), body.to_owned());
            // Clocks differ: a timer may ring a little early.
            let early = if sim.fault(200) { sim.within(0..3_000) } else { 0 };
            let delay = (delay_seconds * 1000).saturating_sub(early) + self.lateness();
            self.sim.executor.spawn("message", async move {
                pause_millis(delay).await;
                for receive_count in 1..=receives {
                    let Ok(timer) = serde_json::from_str::<ReservationTimer>(&body) else { return };
                    let (functions, call) = (sim.functions, sim.function_call());
                    let message = Message { body: timer, id: "m".to_owned(), receive_count };
                    let handled = sim.invoke("reservation-timer", async move {
                        reservation_timer::handle(&functions.reservation_timer, message, call).await.is_ok()
                    });
                    if handled.await == Ok(true) {
                        return;
                    }
                    pause_millis(VISIBILITY_MILLIS).await;
                }
            });
        }
    }

    /// To the queue of the warehouses' work: late, doubled, out of order, never lost; what fails comes back.
    fn bring_order_event(&self, event: &Value) {
        for _ in 0..self.copies().max(1) {
            let (sim, event, late) = (self.sim.clone(), event.clone(), self.lateness());
            self.sim.executor.spawn("message", async move {
                pause_millis(late).await;
                loop {
                    let Ok(body) = serde_json::from_value(event.clone()) else { return };
                    let (functions, call) = (sim.functions, sim.function_call());
                    let message = Message { body, id: "m".to_owned(), receive_count: 1 };
                    let handled = sim.invoke("follow-orders", async move {
                        follow_orders::handle(&functions.follow_orders, message, call).await.is_ok()
                    });
                    if handled.await == Ok(true) {
                        return;
                    }
                    pause_millis(VISIBILITY_MILLIS).await;
                }
            });
        }
    }

    fn bring_event(&self, notice: &Notice) {
        for _ in 0..self.copies() {
            let (this, notice, late) = (self.clone(), notice.clone(), self.lateness());
            self.sim.executor.spawn("delivery", async move {
                pause_millis(late).await;
                let mut pause = 500;
                for _ in 0..WEBHOOK_ATTEMPTS {
                    if this.deliver(&notice).await {
                        return;
                    }
                    pause_millis(pause).await;
                    pause *= 2;
                }
            });
        }
    }

    /// One attempt; true where it was acknowledged.
    async fn deliver(&self, notice: &Notice) -> bool {
        let seen_before = self.acknowledged.borrow().contains(&notice.id);
        let signed = signature(WEBHOOK_SECRET, self.sim.clock.now().as_second(), &notice.payload);
        let (status, started) = self.post(&notice.payload, &signed, Some(&notice.id)).await;
        let told = |text: &str| self.sim.promises.borrow_mut().violations.push(format!("{text} ({})", notice.id));
        if seen_before && started > 0 {
            told("invariant_i8: an event that was acknowledged has started the saga again");
        }
        if status == Some(204) {
            // Any delivery of it may have done what there was to do.
            let starts: usize = self.sim.network.with(|world| {
                let actors = self.handlers.borrow();
                actors.get(&notice.id).into_iter().flatten().map(|actor| world.starts_by(*actor)).sum()
            });
            // What is about refunds starts nothing: they are asked about at once. Nor does what nobody waits for.
            if starts == 0 && self.is_waited_for(notice) {
                told("invariant_i9: an event was acknowledged, and nothing came of it");
            }
            self.acknowledged.borrow_mut().insert(notice.id.clone());
        }
        status == Some(204)
    }

    /// True where the payment still waits for what this event says.
    fn is_waited_for(&self, notice: &Notice) -> bool {
        let event: Value = serde_json::from_str(&notice.payload).unwrap_or_default();
        let can_change = ["amount_capturable_updated", "payment_failed", "canceled"];
        let is_listened_for = event["type"]
            .as_str()
            .and_then(|it| it.strip_prefix("payment_intent."))
            .is_some_and(|it| can_change.contains(&it));
        let intent = &event["data"]["object"];
        let id = format!("order#{}", intent["metadata"]["order_id"].as_str().unwrap_or_default());
        let record = self.sim.network.with(|world| world.store.item("payments", &json!({"id": {"S": id}})));
        is_listened_for
            && record.is_some_and(|record| {
                let (state, gateway_id) = (&record["state"]["S"], record.get("gateway_id"));
                let is_ours = gateway_id.is_none_or(|ours| ours["S"] == intent["id"]);
                // What failed before another card was named says nothing of that one.
                let named = record.get("other_methods").and_then(|others| others["L"].as_array()?.last());
                let named_at = named.and_then(|other| other["M"]["at"]["N"].as_str()?.parse::<i64>().ok());
                let happened_at = event["created"].as_i64().unwrap_or_default() * 1000;
                let is_of_another = event["type"] == "payment_intent.payment_failed"
                    && named_at.is_some_and(|named_at| happened_at <= named_at + MAX_SKEW_MILLIS);
                is_ours && !is_of_another && (state == "INTENT" || state == "REQUIRES_ACTION")
            })
    }

    /// Posts to the webhook; the status, and how many executions that started.
    async fn post(&self, payload: &str, signed: &str, event: Option<&str>) -> (Option<u16>, usize) {
        let request = request("POST", "/webhooks/payments").header("stripe-signature", signed).body(payload).build();
        let (functions, call) = (self.sim.functions, Call::at(self.sim.clock.now()));
        let invocation = self.sim.invoke("payment-webhook", async move {
            match payment_webhook::handle(&functions.payment_webhook, request, call).await {
                Ok(response) => response.status,
                Err(problem) => problem.status(),
            }
        });
        let actor = invocation.actor;
        self.sim.network.with(|world| world.webhooks.insert(actor));
        if let Some(event) = event {
            self.handlers.borrow_mut().entry(event.to_owned()).or_default().push(actor);
        }
        let status = invocation.await.ok();
        (status, self.sim.network.with(|world| world.starts_by(actor)))
    }

    /// Somebody who does not know the secret, or repeats an old delivery, tries to pass for the gateway.
    pub async fn forge(&self, order_id: &str) {
        let payload = format!(
            r#"{{"id":"evt_forged","type":"payment_intent.succeeded","created":1,"data":{{"object":{{"object":"payment_intent","id":"pi_x","metadata":{{"order_id":"{order_id}"}}}}}}}}"#
        );
        let now = self.sim.clock.now().as_second();
        let (secret, at) = if self.sim.chance(500) { ("whsec_guessed", now) } else { (WEBHOOK_SECRET, now - 301) };
        let checks = self.sim.network.with(|world| world.mutation.checks_signatures());
        let signed = if checks { signature(secret, at, &payload) } else { signature(WEBHOOK_SECRET, now, &payload) };
        let (status, started) = self.post(&payload, &signed, None).await;
        if status == Some(204) || started > 0 {
            let text = format!("invariant_i6: a forged event was answered {status:?} and started {started} executions");
            self.sim.promises.borrow_mut().violations.push(text);
        }
    }

    /// To those who read the table's stream, where their filters let it through.
    fn bring_record(&self, record: &StreamRecord) {
        for reader in readers(record.table).filter(|reader| reader.wants(&record.json())) {
            let (pump, consumer) = match reader.function.as_str() {
                "archive-orders" => (&self.archive, Consumer::Archive),
                "publish-orders" => (&self.outbox, Consumer::Outbox),
                "publish-payments" => (&self.payments, Consumer::Payments),
                other => unreachable!("{other} reads a stream that is not simulated"),
            };
            pump.records.borrow_mut().push_back(record.clone());
            if !pump.runs.replace(true) {
                let (sim, pump) = (self.sim.clone(), Rc::clone(pump));
                self.sim.executor.spawn("stream", async move { pump.run(sim, consumer).await });
            }
        }
    }
}

#[derive(Clone, Copy)]
enum Consumer {
    Archive,
    Outbox,
    Payments,
}

impl Pump {
    /// Brings records in order, again from the first that failed, until none is left.
    async fn run(&self, sim: Sim, consumer: Consumer) {
        loop {
            let batch: Vec<StreamRecord> = self.records.borrow().iter().take(3).cloned().collect();
            if batch.is_empty() {
                self.runs.set(false);
                return;
            }
            let done: usize = consume(&sim, consumer, &batch).await.unwrap_or_default();
            if done < batch.len() {
                pause_millis(1_000).await;
            }
            // A record may come again though it was handled.
            if !(done > 0 && sim.fault(sim.plan.delivery_per_mille())) {
                self.records.borrow_mut().drain(..done);
            }
        }
    }
}

/// How many records of the batch were handled.
async fn consume(sim: &Sim, consumer: Consumer, batch: &[StreamRecord]) -> Result<usize, Killed> {
    let records: Vec<Record> = batch.iter().filter_map(|record| Record::from_json(record.json()).ok()).collect();
    let (functions, call, all) = (sim.functions, sim.function_call(), records.len());
    let failed_at = match consumer {
        Consumer::Archive => sim.invoke("archive-orders", async move {
            archive_orders::handle(&functions.archive_orders, records, call).await.map_err(|(index, _)| index)
        }),
        Consumer::Payments => sim.invoke("publish-payments", async move {
            publish_payments::handle(&functions.publish_payments, records, call).await.map_err(|(index, _)| index)
        }),
        Consumer::Outbox => sim.invoke("publish-orders", async move {
            publish_orders::handle(&functions.publish_orders, records, call).await.map_err(|(index, _)| index)
        }),
    };
    Ok(failed_at.await?.err().unwrap_or(all))
}

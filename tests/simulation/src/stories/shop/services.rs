//! What services do.

use std::{rc::Rc, time::Duration};

use serde_json::{Value, json};
use souk_events::inventory::ReservationTimer;
use souk_fn_orders::background;
use souk_fn_payments::payment_webhook;
use souk_gateway::{offline::Notice, signature};
use souk_runtime::queue::Message;
use souk_wiring::Call;

use super::{Reply, Saga, Shop};
use crate::{
    machine::{self, Ended},
    requests::request,
    world::{Parcel, WEBHOOK_SECRET},
};

impl Shop {
    /// Runs the order's saga from the top.
    pub fn saga(&self, order_id: &str) -> impl Future<Output = Ended> + use<> {
        machine::execute(Rc::new(Saga(self.clone())), json!({"order_id": order_id}))
    }

    /// Runs one step of the order's saga.
    pub async fn step(&self, resource: &str, order_id: &str) -> Value {
        let call = Call::at(self.now());
        self.functions.step(resource, json!({"order_id": order_id}), call).await.unwrap()
    }

    /// Forgets what was started until now; how many executions that was.
    pub fn lose_executions(&self) -> usize {
        self.take(|parcel| match parcel {
            Parcel::Execution(_) => Ok(()),
            other => Err(other),
        })
        .len()
    }

    /// Runs all executions that were started; how many that was.
    pub async fn run_executions(&self) -> usize {
        let started = self.take(|parcel| match parcel {
            Parcel::Execution(input) => Ok(input),
            other => Err(other),
        });
        for input in &started {
            machine::execute(Rc::new(Saga(self.clone())), input.clone()).await;
        }
        started.len()
    }

    /// The gateway's events that were not delivered yet.
    pub fn take_events(&self) -> Vec<Notice> {
        self.take(|parcel| match parcel {
            Parcel::Webhook(notice) => Ok(notice),
            other => Err(other),
        })
    }

    /// Brings an event to the webhook.
    pub fn deliver(&self, event: &Notice) -> impl Future<Output = Reply> + use<> {
        self.deliver_text(&event.payload)
    }

    /// Brings an authentic event that says the order's money is held, whatever is the case.
    pub fn deliver_success(&self, order_id: &str) -> impl Future<Output = Reply> + use<> {
        let intent = self.intents(order_id).first().map_or_else(|| "pi_x".to_owned(), |intent| intent.id.clone());
        let object = json!({"object": "payment_intent", "id": intent, "metadata": {"order_id": order_id}});
        let held = "payment_intent.amount_capturable_updated";
        let event = json!({"id": "evt_x", "type": held, "created": 1, "data": {"object": object}});
        self.deliver_text(&event.to_string())
    }

    fn deliver_text(&self, payload: &str) -> impl Future<Output = Reply> + use<> {
        let (functions, now) = (self.functions, self.now());
        let signed = signature(WEBHOOK_SECRET, now.as_second(), payload);
        let request = request("POST", "/webhooks/payments").header("stripe-signature", &signed).body(payload).build();
        async move { payment_webhook::handle(&functions.payment_webhook, request, Call::at(now)).await.into() }
    }

    /// Brings all timers that were wound, whatever time it is; how many there were.
    pub async fn ring_timers(&self) -> usize {
        let timers = self.take(|parcel| match parcel {
            Parcel::Message { body, .. } => Ok(body),
            other => Err(other),
        });
        for timer in &timers {
            self.ring(serde_json::from_str(timer).unwrap()).await;
        }
        timers.len()
    }

    /// Brings a timer.
    pub async fn ring(&self, body: ReservationTimer) {
        let message = Message { body, id: "m".to_owned(), receive_count: 1 };
        let call = Call::at(self.now());
        assert!(background::reservation_timer::handle(&self.functions.reservation_timer, message, call).await.is_ok());
    }

    /// The shopper passes their bank's challenge for this order.
    pub fn authenticate(&self, order_id: &str) {
        let intents = self.intents(order_id);
        self.network.with(|world| intents.iter().for_each(|intent| world.authenticate(&intent.id, true)));
    }

    /// Time passes.
    pub async fn pass(&self, seconds: u64) {
        tokio::time::advance(Duration::from_secs(seconds)).await;
    }

    fn take<T>(&self, sort: impl Fn(Parcel) -> Result<T, Parcel>) -> Vec<T> {
        self.network.with(|world| {
            let (mut taken, mut left) = (Vec::new(), Vec::new());
            for parcel in std::mem::take(&mut world.parcels) {
                match sort(parcel) {
                    Ok(wanted) => taken.push(wanted),
                    Err(other) => left.push(other),
                }
            }
            world.parcels = left;
            taken
        })
    }
}

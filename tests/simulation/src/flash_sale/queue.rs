//! The queue of intents: at least once, late or early, in any order; what fails five times lies in the
//! dead letters until somebody sends it on. What it has accepted it does not lose.

use souk_events::flash_sales::PurchaseIntent;
use souk_fn_flash_sales::background::order_intents;
use souk_runtime::queue::Message;

use crate::{clock::pause_millis, sim::Sim};

/// So many receives, then the dead letters.
const RECEIVES: u32 = 5;
/// A message that failed comes back after so many milliseconds.
const VISIBILITY_MILLIS: u64 = 180_000;

/// What lies in the queue and its dead letters.
#[derive(Debug, Default)]
pub struct IntentsQueue {
    /// Messages that are not handled yet.
    pub waiting: u32,
    /// Those that nobody could handle.
    pub dead: Vec<String>,
}

/// Brings a message, after some time.
pub fn bring(sim: &Sim, body: String, copies: usize, late_millis: impl Fn() -> u64) {
    for _ in 0..copies.max(1) {
        sim.network.with(|world| world.intents.waiting += 1);
        // Now and then the queue is so full that the sweeper's patience ends first.
        let backlog = if sim.fault(120) { sim.within(900_000..2_000_000) } else { 0 };
        let (this, body, late) = (sim.clone(), body.clone(), late_millis() + backlog);
        sim.executor.spawn("message", async move {
            pause_millis(late).await;
            let handled = receive(&this, &body).await;
            this.network.with(|world| {
                world.intents.waiting -= 1;
                if !handled {
                    world.intents.dead.push(body);
                }
            });
        });
    }
}

async fn receive(sim: &Sim, body: &str) -> bool {
    for receive_count in 1..=RECEIVES {
        if let Ok(intent) = serde_json::from_str::<PurchaseIntent>(body) {
            let (functions, call) = (sim.functions, sim.function_call());
            let message = Message { body: intent, id: "m".to_owned(), receive_count };
            let handled = sim.invoke("order-intents", async move {
                order_intents::handle(&functions.order_intents, message, call).await.is_ok()
            });
            if handled.await == Ok(true) {
                return true;
            }
        }
        pause_millis(VISIBILITY_MILLIS).await;
    }
    false
}

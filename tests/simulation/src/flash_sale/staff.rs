//! The operator who ends a sale, the sweeper, and whoever empties the dead letters.

use std::rc::Rc;

use souk_fn_flash_sales::{admin::close_sale, background::sweep_sales};

use super::{SALE_ID, Shop, queue};
use crate::{
    clock::pause_millis,
    requests::request,
    sim::{Sim, Theme},
};

const ATTEMPTS: usize = 4;

/// What happens beside the shoppers.
pub fn work(shop: &Shop) {
    let sim = &shop.sim;
    if sim.chance(750) {
        let millis = sim.pick(&[300, 3_000, 60_000, 200_000, 950_000, 2_500_000]);
        for _ in 0..1 + u32::from(sim.chance(400)) {
            let this = sim.clone();
            sim.executor.spawn("operator", async move { end(&this, millis).await });
        }
    }
    for millis in [61_000, 190_000, 255_000, 400_000, 1_000_000, 1_001_000, 1_600_000] {
        if sim.chance(if sim.theme == Theme::Backstop { 800 } else { 350 }) {
            let this = sim.clone();
            sim.executor.spawn("schedule", async move {
                pause_millis(millis).await;
                sweep_sales(&this);
            });
        }
    }
}

async fn end(sim: &Sim, after_millis: u64) {
    pause_millis(after_millis).await;
    for _ in 0..ATTEMPTS {
        let path = format!("/admin/sales/{SALE_ID}/close");
        let request = request("POST", &path).by_staff("operator").path("sale_id", SALE_ID).build();
        let (functions, call) = (sim.functions, sim.function_call());
        let run = async move { close_sale::handle(&functions.close_sale, request, call).await };
        match sim.http("close-sale", run).await {
            Some(response) if response.status < 500 => return,
            // Nobody asks again: the sweeper must finish it.
            _ if sim.chance(300) => return,
            _ => pause_millis(sim.within(50..3_000)).await,
        }
    }
}

/// Runs the sales' sweeper.
pub fn sweep_sales(sim: &Sim) {
    let (deps, call) = (Rc::clone(&sim.sweep_sales), sim.function_call());
    sim.invoke("sweep-sales", async move { sweep_sales::handle(&deps, call).await.is_ok() });
}

/// Sends the dead letters on.
pub fn redrive(sim: &Sim) {
    let dead = sim.network.with(|world| std::mem::take(&mut world.intents.dead));
    for body in dead {
        queue::bring(sim, body, 1, || 0);
    }
}

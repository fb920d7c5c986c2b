//! A warehouse's staff: they pick, give up, pack and ship what leaves from them, whatever its customer does meanwhile.

use serde_json::{Value, json};
use souk_fn_fulfilment::{
    carriers::carrier_webhook,
    warehouse::{
        claim_fulfilment, deliver_parcel, pack_fulfilment, release_fulfilment, report_shortage, ship_fulfilment,
    },
};
use souk_gateway::signature;
use souk_runtime::http::Request;

use crate::{
    clock::pause_millis,
    requests::request,
    scenario::SKUS,
    sim::{Sim, Theme},
    staff,
    world::CARRIER_SECRET,
};

const ATTEMPTS: usize = 4;

/// One warehouse's work for one order, step by step, until it has left or cannot.
pub async fn work(sim: &Sim, order_id: &str, place: &str) {
    let desk = Desk { sim, order_id, place };
    for pause in [20, 200, 1_000, 5_000, 70_000] {
        pause_millis(pause).await;
        if desk.claim().await != Some(200) {
            continue;
        }
        pause_millis(sim.pick(&[0, 10, 500, 65_000])).await;
        if sim.chance(150) {
            desk.release().await;
            continue;
        }
        if sim.chance(if sim.theme == Theme::Parcels { 500 } else { 250 }) {
            desk.miss().await;
            desk.regret();
        }
        match desk.pack().await {
            Some(200) => return desk.ship().await,
            // Its customer wants to cancel.
            Some(409) if sim.chance(700) => drop(desk.release().await),
            _ => {}
        }
    }
}

struct Desk<'a> {
    sim: &'a Sim,
    order_id: &'a str,
    place: &'a str,
}

impl Desk<'_> {
    fn request(&self, step: &str, body: &Value) -> Request {
        let path = format!("/admin/orders/{}/fulfilments/{}/{step}", self.order_id, self.place);
        let request = request("POST", &path).by_staff(&format!("warehouse:{}", self.place));
        let request = request.path("order_id", self.order_id).path("warehouse_id", self.place).path("parcel", "1");
        request.body(&body.to_string()).build()
    }

    async fn claim(&self) -> Option<u16> {
        let (functions, call, request) =
            (self.sim.functions, self.sim.function_call(), self.request("claim", &json!({})));
        let run = async move { claim_fulfilment::handle(&functions.claim, request, call).await };
        Some(self.sim.http("claim-fulfilment", run).await?.status)
    }

    async fn release(&self) -> Option<u16> {
        let (functions, call, request) =
            (self.sim.functions, self.sim.function_call(), self.request("release", &json!({})));
        let run = async move { release_fulfilment::handle(&functions.release, request, call).await };
        Some(self.sim.http("release-fulfilment", run).await?.status)
    }

    /// Finds fewer units than there should be, or as many, and says so once or twice.
    async fn miss(&self) {
        let body = json!({"sku": self.sim.pick(SKUS), "found": self.sim.within(0..2)});
        for _ in 0..=self.sim.within(0..2) {
            let (functions, call, request) =
                (self.sim.functions, self.sim.function_call(), self.request("shortages", &body));
            let run = async move { report_shortage::handle(&functions.report_shortage, request, call).await };
            let _taken_down_or_not = self.sim.http("report-shortage", run).await;
            pause_millis(self.sim.pick(&[0, 20, 1_000])).await;
        }
    }

    async fn pack(&self) -> Option<u16> {
        let parcels = if self.sim.chance(500) { json!([self.label()]) } else { json!([]) };
        let body = json!({"parcels": parcels, "anyway": self.sim.chance(300)});
        for _ in 0..ATTEMPTS {
            let (functions, call, request) =
                (self.sim.functions, self.sim.function_call(), self.request("pack", &body));
            let run = async move { pack_fulfilment::handle(&functions.pack, request, call).await };
            match self.sim.http("pack-fulfilment", run).await.map(|response| response.status) {
                Some(status) if status < 500 => return Some(status),
                _ => pause_millis(500).await,
            }
        }
        None
    }

    async fn ship(&self) {
        for pause in [0, 50, 1_000, 10_000, 70_000] {
            pause_millis(pause).await;
            let (functions, call) = (self.sim.functions, self.sim.function_call());
            let request = self.request("ship", &json!({"parcels": [self.label()]}));
            let run = async move { ship_fulfilment::handle(&functions.ship, request, call).await };
            match self.sim.http("ship-fulfilment", run).await {
                Some(response) if response.status == 200 => {
                    self.regret();
                    return self.deliver().await;
                }
                // Nobody asks again for what went wrong so badly: the sweeper must finish it.
                None if self.sim.chance(600) => return,
                _ => {}
            }
        }
    }

    /// An operator cancels just when units are missing, or a part has left and the rest perhaps has not.
    fn regret(&self) {
        if self.sim.chance(200) {
            let (sim, order_id) = (self.sim.clone(), self.order_id.to_owned());
            self.sim.executor.spawn("operator", async move { staff::cancel(&sim, &order_id).await });
        }
    }

    async fn deliver(&self) {
        if self.sim.chance(500) {
            return self.arrive().await;
        }
        let (functions, call, request) =
            (self.sim.functions, self.sim.function_call(), self.request("parcels/1/deliver", &json!({})));
        let run = async move { deliver_parcel::handle(&functions.deliver_parcel, request, call).await };
        let _delivered_or_not = self.sim.http("deliver-parcel", run).await;
    }

    /// The carrier says that it has arrived, once or several times, maybe before the shop knows whose parcel it is; or
    /// says nothing.
    async fn arrive(&self) {
        for _ in 0..self.sim.within(0..4) {
            pause_millis(self.sim.pick(&[0, 1_000, 90_000])).await;
            let (now, number) = (self.sim.clock.now(), self.number());
            let event = json!({"type": "parcel.delivered", "tracking_number": number, "occurred_at": now.to_string()});
            let body = event.to_string();
            let signed = signature(CARRIER_SECRET, now.as_second(), &body);
            let request = request("POST", "/webhooks/carriers/c").path("carrier", "c");
            let request = request.header("souk-signature", &signed).body(&body).build();
            let (functions, call) = (self.sim.functions, self.sim.function_call());
            let run = async move { carrier_webhook::handle(&functions.carrier_webhook, request, call).await };
            let _taken_or_not = self.sim.http("carrier-webhook", run).await;
        }
    }

    fn number(&self) -> String {
        format!("{}-{}", self.order_id, self.place)
    }

    fn label(&self) -> Value {
        json!({"carrier": "c", "tracking_number": self.number()})
    }
}

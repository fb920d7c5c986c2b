//! A shop in which nothing happens by itself: a story says what does, and when.

use std::{cell::Cell, collections::BTreeSet, rc::Rc, time::Duration};

use jiff::Timestamp;
use serde_json::{Value, json};
use souk_cart::Owner;
use souk_domain::{ids::OrderId, money::Money, quantity::Quantity};
use souk_events::inventory::ReservationTimer;
use souk_fn_fulfilment::{
    admin::{deliver_order, ship_order},
    background::follow_orders,
};
use souk_fn_orders::{
    background,
    checkouts::{create_checkout, delete_checkout},
    orders,
};
use souk_fn_payments::payment_webhook;
use souk_gateway::{
    intent::{Intent, State},
    offline::Notice,
    signature,
};
use souk_pricing::{CatalogFact, Terms};
use souk_runtime::{http::HttpResult, queue::Message};
use souk_wiring::Call;
use uuid::Uuid;

use crate::{
    clock::Clock,
    executor::Executor,
    functions::Functions,
    machine::{self, Ended, Steps},
    mutation::{Mutation, SeededBug},
    network::{Network, Verdict},
    observer::{Image, sku_of},
    requests::{address, request},
    shopper::body_of,
    world::{Parcel, WEBHOOK_SECRET, World},
};

/// What a unit costs.
const PRICE: i64 = 500;
/// Where all units lie.
pub(super) const WAREHOUSE: &str = "east";

/// The shop. Cheap to clone.
#[derive(Clone)]
pub struct Shop {
    pub(super) network: Network,
    pub(super) functions: &'static Functions,
    /// `POST /checkouts` by either edition of the order protocol.
    create_checkout: Rc<[create_checkout::Deps; 2]>,
    clock: Clock,
    checkouts: Rc<Cell<u128>>,
    second_edition: bool,
}

/// What a client was answered.
#[derive(Debug, Clone)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// The problem's stable name; empty where there is none.
    pub problem: &'static str,
    /// The body of what is no problem.
    pub body: Value,
}

impl From<HttpResult> for Reply {
    fn from(result: HttpResult) -> Self {
        match result {
            Ok(response) => Self { status: response.status, problem: "", body: body_of(&response) },
            Err(problem) => Self { status: problem.status(), problem: problem.kind.name, body: Value::Null },
        }
    }
}

impl Reply {
    /// The id that was answered.
    pub fn id(&self, name: &str) -> String {
        self.body[name].as_str().unwrap_or_else(|| panic!("no {name} in {self:?}")).to_owned()
    }
}

thread_local! {
    static BUG: Cell<Mutation> = const { Cell::new(Mutation::NONE) };
}

/// True where the story fails in a shop that has this bug.
pub fn notices(bug: &'static SeededBug, story: fn()) -> bool {
    BUG.set(Mutation::of(bug));
    let played = std::panic::catch_unwind(story);
    BUG.set(Mutation::NONE);
    played.is_err()
}

/// Plays a story once for each moment of something that it [interrupts](Shop::interrupt), in a shop of its
/// own each time, for as long as it returns true. How many moments there were.
pub fn at_every_moment(story: impl AsyncFn(&Shop, usize) -> bool) -> usize {
    let mut moment = 0;
    loop {
        let mut goes_on = false;
        play(async |shop| goes_on = story(&shop, moment).await);
        if !goes_on {
            return moment;
        }
        moment += 1;
    }
}

/// Plays a story in a shop of its own; no write of it may break I1 or I5.
pub fn play(story: impl AsyncFnOnce(Shop)) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    runtime.block_on(tokio::task::unconstrained(async {
        let (network, clock) = (Network::default(), Clock::start());
        let mut world = World::new(clock, BUG.get(), fastrand::Rng::with_seed(1));
        world.indexes_lag = false;
        network.enter(world);
        let functions = Functions::start(&network).await;
        let checkouts = Rc::default();
        let create_checkout = Rc::new([functions.create_checkout(false).await, functions.create_checkout(true).await]);
        let second_edition = false;
        story(Shop { network: network.clone(), functions, create_checkout, clock, checkouts, second_edition }).await;
        let violations = network.with(|world| world.observer.violations.clone());
        assert!(violations.is_empty(), "{violations:?}");
    }));
}

/// Runs steps one after the other, each as soon as it is due.
pub(super) struct Saga(pub(super) Shop);

impl Steps for Saga {
    async fn run(&self, resource: &str, input: Value) -> Result<Value, String> {
        let Shop { functions, clock, .. } = self.0;
        self.0.network.with(|world| {
            if let Some(meter) = &mut world.meter {
                meter.step(resource);
                meter.now().functions += 1;
            }
        });
        functions.step(resource, input, Call::at(clock.now())).await.map_err(|error| error.name.to_owned())
    }

    fn jitter(&self) -> f64 {
        1.0
    }

    fn enters(&self) {
        self.0.network.with(|world| {
            if let Some(meter) = &mut world.meter {
                meter.now().transitions += 1;
            }
        });
    }
}

/// What the shop's people do.
impl Shop {
    /// The same shop, whose checkouts follow the order protocol's second edition.
    pub fn of_holds(self) -> Self {
        Self { second_edition: true, ..self }
    }

    /// A unit costs something else from now on.
    pub async fn reprice(&self, sku: &str, price: i64) {
        let sku = sku.parse().unwrap();
        let version = self.functions.prices.get(&sku).await.unwrap().map(|priced| priced.version);
        self.functions.prices.set(&sku, Terms::at(Money::usd(price).unwrap()), version).await.map(drop).unwrap();
    }

    /// So many units are counted.
    pub async fn stock(&self, sku: &str, units: u32) {
        self.reprice(sku, PRICE).await;
        let (sku, warehouse) = (sku.parse().unwrap(), WAREHOUSE.parse().unwrap());
        let listed = CatalogFact::Listed { title: "Bag".to_owned(), variant: None };
        self.functions.prices.record_fact(&sku, 1, &listed).await.map(drop).unwrap();
        let by = "operator".parse().unwrap();
        let counted = self.functions.stock.set_quantity((&sku, &warehouse), units, None, &by, self.now()).await;
        counted.map(drop).unwrap();
    }

    /// The shopper puts units into their cart.
    pub async fn put_into_cart(&self, user: &str, sku: &str, units: u32) {
        let owner = Owner::User(user.parse().unwrap());
        let (sku, quantity) = (sku.parse().unwrap(), Quantity::new(units).unwrap());
        self.functions.carts.put(&owner, &sku, quantity, None, self.now()).await.map(drop).unwrap();
    }

    /// The shopper checks out one unit.
    pub fn check_out(&self, user: &str, sku: &str) -> impl Future<Output = Reply> + use<> {
        self.check_out_with(user, &json!({"lines": [{"sku": sku, "quantity": 1}]}))
    }

    /// The shopper checks their whole cart out.
    pub fn check_out_cart(&self, user: &str) -> impl Future<Output = Reply> + use<> {
        self.check_out_with(user, &json!({}))
    }

    fn check_out_with(&self, user: &str, body: &Value) -> impl Future<Output = Reply> + use<> {
        self.checkouts.set(self.checkouts.get() + 1);
        let id = Uuid::from_u128(self.checkouts.get());
        let request = request("POST", "/checkouts").by(user).body(&body.to_string()).build();
        let (deps, edition, now) = (Rc::clone(&self.create_checkout), usize::from(self.second_edition), self.now());
        async move { create_checkout::handle(&deps[edition], request, Call::at(now).making(id)).await.into() }
    }

    /// The shopper gives a checkout up.
    pub async fn give_up(&self, user: &str, checkout: &Reply) {
        let request = request("DELETE", "/checkouts").by(user).path("checkout_id", &checkout.id("checkout_id")).build();
        let deleted = delete_checkout::handle(&self.functions.delete_checkout, request, Call::at(self.now()));
        assert_eq!(Reply::from(deleted.await).status, 204);
    }

    /// The shopper orders what they have checked out, with a good card.
    pub fn place(&self, user: &str, key: &str, checkout: &Reply) -> impl Future<Output = Reply> + use<> {
        self.place_with(user, key, checkout, "pm_card_visa")
    }

    /// The shopper orders with this payment method.
    pub fn place_with(
        &self,
        user: &str,
        key: &str,
        checkout: &Reply,
        method: &str,
    ) -> impl Future<Output = Reply> + use<> {
        let mut body = json!({"checkout_id": checkout.id("checkout_id"), "payment_method": method});
        body["shipping_address"] = Value::Object(address());
        let request = request("POST", "/orders").by(user).header("idempotency-key", key).body(&body.to_string());
        let (request, functions, now) = (request.build(), self.functions, self.now());
        async move { orders::place_order::handle(&functions.place_order, request, Call::at(now)).await.into() }
    }

    /// The shopper names another payment method for their order.
    pub async fn pay_with(&self, user: &str, key: &str, order_id: &str, method: &str) -> Reply {
        let body = json!({"payment_method": method}).to_string();
        let request = request("POST", &format!("/orders/{order_id}/payment")).by(user).path("order_id", order_id);
        let request = request.header("idempotency-key", key).body(&body).build();
        orders::pay_order::handle(&self.functions.pay_order, request, Call::at(self.now())).await.into()
    }

    /// The shopper cancels.
    pub async fn cancel(&self, user: &str, order_id: &str) -> Reply {
        let request = request("POST", "/orders/cancel").by(user).path("order_id", order_id).build();
        orders::cancel_order::handle(&self.functions.cancel_order, request, Call::at(self.now())).await.into()
    }

    /// The warehouse sends the parcel.
    pub fn ship(&self, order_id: &str) -> impl Future<Output = Reply> + use<> {
        let body = json!({"carrier": "c", "tracking_number": "t"}).to_string();
        let request = request("POST", "/ship").by_staff("warehouse").path("order_id", order_id).body(&body).build();
        let (functions, now) = (self.functions, self.now());
        async move { ship_order::handle(&functions.ship_order, request, Call::at(now)).await.into() }
    }

    /// The warehouses' work follows an order, as an event tells of it.
    pub fn follow(&self, order_id: &str) -> impl Future<Output = bool> + use<> {
        let event = json!({"detail-type": "an order's", "detail": {"order_id": order_id}});
        let body = serde_json::from_value(event).unwrap();
        let (functions, call) = (self.functions, Call::at(self.now()));
        let message = Message { body, id: "m".to_owned(), receive_count: 1 };
        async move { follow_orders::handle(&functions.follow_orders, message, call).await.is_ok() }
    }

    /// All parcels have arrived.
    pub async fn arrive(&self, order_id: &str) -> Reply {
        let request = request("POST", "/deliver").by_staff("warehouse").path("order_id", order_id).build();
        deliver_order::handle(&self.functions.deliver_order, request, Call::at(self.now())).await.into()
    }
}

/// What services do.
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

/// Who goes first.
impl Shop {
    /// Runs all at once. Nobody's request that begins like this is carried out before everybody has come
    /// to such a request.
    pub async fn meet_at<T: 'static>(&self, gate: &str, all: Vec<impl Future<Output = T> + 'static>) -> Vec<T> {
        let executor = Executor::default();
        let everybody = all.len();
        let joins: Vec<_> = all.into_iter().map(|one| executor.spawn("shopper", one)).collect();
        self.drive(&executor, |waiting| waiting.starts_with(gate)).await;
        assert_eq!(self.network.waiting().len(), everybody, "not everybody comes to {gate}");
        self.drive(&executor, |_| false).await;
        let mut results = Vec::new();
        for join in joins {
            results.push(join.await.unwrap());
        }
        results
    }

    /// Runs `first` up to its request with this number, then all of `meanwhile`, then the rest of `first`.
    /// False where `first` has fewer requests.
    pub async fn interrupt<T: 'static>(
        &self,
        first: impl Future<Output = T> + 'static,
        moment: usize,
        meanwhile: impl AsyncFnOnce(),
    ) -> bool {
        self.interrupt_and(Verdict::Proceed, first, moment, meanwhile).await
    }

    /// The same, and the answer to that request is lost, so that it is made a second time.
    pub async fn interrupt_and_repeat<T: 'static>(
        &self,
        first: impl Future<Output = T> + 'static,
        moment: usize,
        meanwhile: impl AsyncFnOnce(),
    ) -> bool {
        self.interrupt_and(Verdict::LoseAnswer, first, moment, meanwhile).await
    }

    async fn interrupt_and<T: 'static>(
        &self,
        verdict: Verdict,
        first: impl Future<Output = T> + 'static,
        moment: usize,
        meanwhile: impl AsyncFnOnce(),
    ) -> bool {
        let executor = Executor::default();
        let join = executor.spawn("first", first);
        let seen = Cell::new(0);
        self.drive(&executor, |_| seen.replace(seen.get() + 1) == moment).await;
        let waiting = self.network.waiting();
        meanwhile().await;
        for request in &waiting {
            self.network.decide(request.ticket, verdict);
        }
        self.drive(&executor, |_| false).await;
        join.await.unwrap();
        !waiting.is_empty()
    }

    /// Lets every request through that `holds` does not hold, until all others wait or have ended.
    async fn drive(&self, executor: &Executor, holds: impl Fn(&str) -> bool) {
        let mut held = BTreeSet::new();
        loop {
            executor.run_woken();
            let waiting: Vec<_> =
                self.network.waiting().into_iter().filter(|waiting| !held.contains(&waiting.ticket)).collect();
            for one in &waiting {
                if holds(&one.request) {
                    held.insert(one.ticket);
                } else {
                    self.network.decide(one.ticket, Verdict::Proceed);
                }
            }
            if executor.is_empty() || (waiting.is_empty() && !held.is_empty()) {
                return;
            }
            if waiting.is_empty() {
                executor.any_woken().await;
            }
        }
    }
}

/// How things stand.
impl Shop {
    /// The time.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Payments are compared with the gateway, as their schedule does.
    pub async fn reconcile(&self) {
        let call = Call::at(self.now());
        background::reconcile_payments::handle(&self.functions.reconcile_payments, call).await.unwrap();
    }

    /// `quantity`, `reserved_quantity` and `available`, of all rows.
    pub fn units(&self, sku: &str) -> (i64, i64, i64) {
        let rows = self.images("inventory");
        let number = |name: &str| {
            let of_sku = rows.iter().filter(|row| sku_of(row) == sku);
            of_sku.map(|row| row[name].as_i64().unwrap()).sum()
        };
        (number("quantity"), number("reserved_quantity"), number("available"))
    }

    /// The id that an order has by its user and key.
    pub fn order_id(user: &str, key: &str) -> String {
        OrderId::of_request(&user.parse().unwrap(), key).to_string()
    }

    /// How many checkouts there are. What their shoppers have open is counted beside them.
    pub fn checkouts(&self) -> usize {
        let images = self.images("checkouts");
        images.iter().filter(|item| item["id"].as_str().is_some_and(|id| id.starts_with("chk_"))).count()
    }

    /// All orders.
    pub fn orders(&self) -> Vec<Image> {
        self.images("orders")
    }

    /// Every status that the order has had.
    pub fn history(&self, order_id: &str) -> Vec<String> {
        let orders = self.orders();
        let order = orders.iter().find(|order| order["order_id"] == order_id).unwrap();
        let history = order["history"].as_array().unwrap();
        history.iter().map(|transition| transition["status"].as_str().unwrap().to_owned()).collect()
    }

    /// True where nothing is left to do for the order.
    pub fn is_settled(&self, order_id: &str) -> bool {
        self.orders().iter().any(|order| order["order_id"] == order_id && !order.contains_key("unsettled"))
    }

    /// A table's items.
    pub fn images(&self, table: &str) -> Vec<Image> {
        self.network.with(|world| world.observer.images(table))
    }

    /// The order's payments as the gateway has them.
    pub fn intents(&self, order_id: &str) -> Vec<Intent> {
        self.network.with(|world| {
            let intents = world.gateway.intents().iter();
            intents.filter(|intent| intent.order_id() == Some(order_id)).cloned().collect()
        })
    }

    /// How many of the order's payments hold money now, how often money was held for it, and how often taken.
    pub fn money(&self, order_id: &str) -> (usize, u32, u32) {
        let intents = self.intents(order_id);
        let held = intents.iter().filter(|intent| matches!(intent.state, State::RequiresCapture { .. })).count();
        let effects = || intents.iter().map(|intent| intent.effects);
        (held, effects().map(|effects| effects.authorizations).sum(), effects().map(|effects| effects.captures).sum())
    }
}

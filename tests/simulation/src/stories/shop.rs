//! A shop in which nothing happens by itself: a story says what does, and when.

mod interleaving;
mod people;
mod services;
mod standing;

use std::{cell::Cell, rc::Rc};

use serde_json::Value;
use souk_fn_orders::checkouts::create_checkout;
use souk_runtime::http::HttpResult;
use souk_wiring::Call;

use crate::{
    clock::Clock,
    functions::Functions,
    machine::Steps,
    mutation::{Mutation, SeededBug},
    network::Network,
    shopper::body_of,
    world::World,
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

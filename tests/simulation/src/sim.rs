//! What every actor of a schedule works with.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use jiff::SignedDuration;
use souk_fn_flash_sales::background::sweep_sales;
use souk_fn_orders::checkouts::create_checkout;
use souk_runtime::http::{HttpResult, Response};
use souk_wiring::Call;

use crate::{
    clock::Clock,
    executor::{Executor, Join, Killed},
    fault::FaultPlan,
    functions::Functions,
    network::Network,
    promises::Promises,
};

/// By how much a function's clock may be wrong, in milliseconds.
pub const MAX_SKEW_MILLIS: i64 = 2_000;

/// What a schedule is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    /// Anything.
    Mixed,
    /// Little stock, many shoppers.
    Scarcity,
    /// Good cards and enough stock: orders are shipped, and cancelled at the same time.
    Fulfilment,
    /// As `Fulfilment`, of orders that leave from two warehouses.
    Parcels,
    /// As `Fulfilment`, and the bank lets holds lapse in between.
    Lapse,
    /// Executions and messages get lost, so that sweepers do the work.
    Backstop,
}

const THEMES: &[Theme] = &[
    Theme::Mixed,
    Theme::Scarcity,
    Theme::Fulfilment,
    Theme::Fulfilment,
    Theme::Parcels,
    Theme::Lapse,
    Theme::Backstop,
];

impl Theme {
    /// True where orders are to be paid and shipped.
    pub fn ships(self) -> bool {
        matches!(self, Self::Fulfilment | Self::Parcels | Self::Lapse)
    }
}

/// A running schedule. Cheap to clone.
#[derive(Clone)]
pub struct Sim {
    /// The network, and the world behind it.
    pub network: Network,
    /// The actors.
    pub executor: Executor,
    /// The production functions.
    pub functions: &'static Functions,
    /// `POST /checkouts`, which remembers warehouses.
    pub create_checkout: Rc<create_checkout::Deps>,
    /// The sweeper over sales, which remembers offers.
    pub sweep_sales: Rc<sweep_sales::Deps>,
    /// The time.
    pub clock: Clock,
    /// What it is about.
    pub theme: Theme,
    /// Whether checkouts are made by the order protocol's second edition.
    pub second_edition: bool,
    /// What goes wrong.
    pub plan: Rc<FaultPlan>,
    /// What shoppers were promised.
    pub promises: Rc<RefCell<Promises>>,
    rng: Rc<RefCell<fastrand::Rng>>,
    faults_off: Rc<Cell<bool>>,
    skew_millis: i64,
}

impl Sim {
    /// A schedule that is about to begin.
    pub async fn new(
        network: Network,
        functions: &'static Functions,
        clock: Clock,
        plan: FaultPlan,
        second_edition: bool,
        theme: Option<Theme>,
        mut rng: fastrand::Rng,
    ) -> Self {
        // Clocks of functions differ by up to two seconds in one schedule of three.
        let skew_millis = if rng.u32(0..3) == 0 { MAX_SKEW_MILLIS } else { 0 };
        Self {
            network,
            executor: Executor::default(),
            functions,
            create_checkout: Rc::new(functions.create_checkout(second_edition).await),
            sweep_sales: Rc::new(functions.sweep_sales().await),
            clock,
            theme: theme.unwrap_or_else(|| *rng.choice(THEMES).unwrap_or(&Theme::Mixed)),
            second_edition,
            plan: Rc::new(plan),
            promises: Rc::default(),
            rng: Rc::new(RefCell::new(rng)),
            faults_off: Rc::default(),
            skew_millis,
        }
    }

    /// Starts an invocation of a function: what it does is struck by faults, and it may be killed.
    pub fn invoke<T: 'static>(&self, function: &str, run: impl Future<Output = T> + 'static) -> Join<T> {
        self.executor.spawn(function, run)
    }

    /// Calls an HTTP function; `None` where it died.
    pub async fn http(&self, function: &str, run: impl Future<Output = HttpResult> + 'static) -> Option<Response> {
        match self.invoke(function, run).await {
            Ok(Ok(response)) => Some(response),
            Ok(Err(problem)) => Some(Response::empty(problem.status())),
            Err(Killed) => None,
        }
    }

    /// A call that begins now, as the function's own clock shows it.
    pub fn function_call(&self) -> Call {
        let skew =
            if self.skew_millis == 0 { 0 } else { self.rng.borrow_mut().i64(-self.skew_millis..=self.skew_millis) };
        Call::at(self.clock.now() + SignedDuration::from_millis(skew))
    }

    /// True once faults have stopped.
    pub fn faults_are_off(&self) -> bool {
        self.faults_off.get()
    }

    /// Faults stop.
    pub fn stop_faults(&self) {
        self.faults_off.set(true);
        self.network.with(|world| world.indexes_lag = false);
    }

    /// True so many times out of 1000, before faults stop.
    pub fn fault(&self, per_mille: u32) -> bool {
        !self.faults_are_off() && self.chance(per_mille)
    }

    /// True so many times out of 1000.
    pub fn chance(&self, per_mille: u32) -> bool {
        self.rng.borrow_mut().u32(0..1000) < per_mille
    }

    /// A number from a range.
    pub fn within(&self, range: std::ops::Range<u64>) -> u64 {
        self.rng.borrow_mut().u64(range)
    }

    /// One of several.
    pub fn pick<T: Copy>(&self, from: &[T]) -> T {
        from[self.rng.borrow_mut().usize(..from.len())]
    }

    /// A random id's bits.
    pub fn bits(&self) -> u128 {
        self.rng.borrow_mut().u128(..)
    }

    /// A number from 0 to 1.
    pub fn fraction(&self) -> f64 {
        self.rng.borrow_mut().f64()
    }
}

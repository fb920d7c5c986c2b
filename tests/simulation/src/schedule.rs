//! One schedule: a seed decides who does what, what goes wrong, and who goes next.

use std::{collections::BTreeMap, time::Duration};

use jiff::{SignedDuration, Timestamp};

use crate::{
    clock::Clock,
    coverage::Hits,
    deliveries::Deliveries,
    fault::{Aim, Fault, FaultPlan, Point, Service},
    flash_sale::{self, rest::Stand},
    functions::{Functions, SWEEP_AFTER_SECONDS},
    invariants,
    mutation::Mutation,
    network::{Network, Verdict, Waiting},
    scenario,
    sim::Sim,
    staff,
    subject::Subject,
    world::World,
};

/// No schedule needs more requests than this to come to rest.
const MAX_STEPS: usize = 20_000;
/// How often the sweepers may run until everything has come to rest.
const SWEEPS: usize = 6;
/// How often they run past all deadlines while faults go on.
const SWEEPS_UNDER_FAULTS: usize = 2;
/// Faults of one schedule; whoever is struck for ever never gets anywhere.
const MAX_FAULTS: usize = 60;

/// How a schedule went.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// What it was about.
    pub subject: Subject,
    /// The schedule.
    pub seed: u64,
    /// The faults that it looked for.
    pub aims: Vec<Aim>,
    /// What must not be.
    pub violations: Vec<String>,
    /// What happened, one line a request.
    pub trace: Vec<String>,
    /// A digest of the trace: two runs of a seed have the same.
    pub fingerprint: u64,
    /// Which point was hit by which fault, how often.
    pub hits: Hits,
    /// Orders in the end, by status.
    pub orders: BTreeMap<String, usize>,
}

/// Functions over a network, ready for one schedule after another.
pub struct Worker {
    network: Network,
    functions: &'static Functions,
}

/// How the next request is chosen.
#[derive(Debug, Clone, Copy)]
enum Order {
    /// Any.
    Random,
    /// Mostly the same actor as before.
    Sticky,
    /// Mostly the one that came last: whoever came first starves.
    NewestFirst,
}

impl Default for Worker {
    fn default() -> Self {
        Self::new()
    }
}

impl Worker {
    /// Starts all functions.
    ///
    /// # Panics
    /// Where no runtime can be had.
    pub fn new() -> Self {
        let network = Network::default();
        let functions = runtime().block_on(async {
            network.enter(World::new(Clock::start(), Mutation::NONE, fastrand::Rng::with_seed(0)));
            let functions = Functions::start(&network).await;
            network.leave();
            functions
        });
        Self { network, functions }
    }

    /// Runs the schedule of a seed.
    pub fn run(&self, subject: Subject, seed: u64, mutation: Mutation, verbose: bool) -> Report {
        self.run_aiming(subject, seed, mutation, &[], verbose)
    }

    /// The same, with faults that it looks for.
    pub fn run_aiming(&self, subject: Subject, seed: u64, mutation: Mutation, aims: &[Aim], verbose: bool) -> Report {
        // Production code and the gateway draw from the thread's generator.
        fastrand::seed(seed);
        runtime().block_on(tokio::task::unconstrained(self.schedule(subject, seed, mutation, aims, verbose)))
    }

    async fn schedule(&self, subject: Subject, seed: u64, mutation: Mutation, aims: &[Aim], verbose: bool) -> Report {
        let mut rng = fastrand::Rng::with_seed(seed);
        let clock = Clock::start();
        self.network.enter(World::new(clock, mutation, rng.fork()));
        let plan = FaultPlan::draw(&mut rng).aiming(aims);
        let second_edition = subject == Subject::Orders;
        let theme = mutation.bug().and_then(|bug| bug.theme);
        let sim = Sim::new(self.network.clone(), self.functions, clock, plan, second_edition, theme, rng.fork()).await;
        let deliveries = Deliveries::new(sim.clone());
        let order =
            *rng.choice(&[Order::Random, Order::Random, Order::Sticky, Order::NewestFirst]).unwrap_or(&Order::Random);
        let report = Report { subject, seed, aims: aims.to_vec(), ..Report::default() };
        let mut scheduler = Scheduler {
            sim: sim.clone(),
            deliveries,
            rng,
            order,
            last: None,
            held: BTreeMap::new(),
            steps: 0,
            faults: 0,
            verbose,
            report,
        };
        let shop = match subject {
            Subject::FirstEdition | Subject::Orders => {
                scenario::open(&sim, &scheduler.deliveries).await;
                None
            }
            Subject::FlashSale => Some(flash_sale::open(&sim, &scheduler.deliveries).await),
        };
        scheduler.until_all_have_ended().await;
        // Sweepers first work under faults, then without.
        scheduler.sweep(SWEEPS_UNDER_FAULTS).await;
        sim.stop_faults();
        if shop.is_some() && sim.chance(500) {
            flash_sale::staff::redrive(&sim);
            scheduler.until_all_have_ended().await;
        }
        if !scheduler.sweep(SWEEPS).await {
            scheduler.report_unfinished();
        }
        // Only where a webhook may be lost for good: it must not make up for anything else.
        if sim.network.with(|world| world.refunds_came_back) {
            staff::reconcile(&sim);
            scheduler.until_all_have_ended().await;
        }
        let mut report = scheduler.report;
        drop(scheduler.deliveries);
        self.network.with(|world| {
            report.violations.extend(world.observer.violations.iter().cloned());
            report.violations.extend(invariants::judge(subject, world, &sim.promises.borrow()));
            report.orders = invariants::orders_by_status(world);
        });
        if let Some(shop) = shop {
            report.violations.extend(flash_sale::invariants::invariant_i9_every_intent_has_ended(&sim).await);
            report.violations.extend(flash_sale::invariants::a_latecomer_is_told_the_truth(&shop).await);
        }
        self.network.leave();
        report
    }
}

fn runtime() -> tokio::runtime::Runtime {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("a runtime")
}

struct Scheduler {
    sim: Sim,
    deliveries: Deliveries,
    rng: fastrand::Rng,
    order: Order,
    last: Option<u64>,
    /// Requests that let others go first, until so many steps have been made.
    held: BTreeMap<u64, usize>,
    steps: usize,
    faults: usize,
    verbose: bool,
    report: Report,
}

impl Scheduler {
    /// Runs until no actor is left.
    async fn until_all_have_ended(&mut self) {
        loop {
            self.sim.executor.run_woken();
            for actor in self.sim.network.take_doomed() {
                self.sim.executor.kill(actor);
            }
            if self.deliveries.collect() {
                continue;
            }
            if self.steps > MAX_STEPS {
                self.report.violations.push(format!("invariant_i7: still busy after {MAX_STEPS} requests"));
                return;
            }
            let waiting = self.sim.network.waiting();
            if !waiting.is_empty() {
                self.steps += 1;
                if self.let_time_pass().await {
                    // Whoever has waited too long gives up before anything else happens.
                    continue;
                }
                let chosen = self.choose(waiting);
                self.serve(&chosen).await;
            } else if self.sim.executor.is_empty() {
                return;
            } else {
                self.sim.executor.any_woken().await;
            }
        }
    }

    /// Past all deadlines: sweepers and timers run until nothing is left to do; false where it takes
    /// them more than so many runs.
    async fn sweep(&mut self, runs: usize) -> bool {
        let horizon = self.sim.network.with(|world| world.observer.last_deadline());
        let late = horizon.duration_since(self.sim.clock.now()).max(SignedDuration::ZERO);
        tokio::time::advance(late.unsigned_abs()).await;
        for _ in 0..runs {
            let unfinished = self.unfinished();
            if unfinished.is_empty() {
                return true;
            }
            tokio::time::advance(Duration::from_secs(SWEEP_AFTER_SECONDS + 5)).await;
            for index in unfinished {
                staff::sweep(&self.sim, index);
            }
            self.until_all_have_ended().await;
        }
        self.unfinished().is_empty()
    }

    /// What some sweeper still has to do.
    fn unfinished(&self) -> Vec<&'static str> {
        self.sim.network.with(|world| {
            let mut unfinished = world.observer.unfinished();
            let owes = Stand::of(&world.observer).is_some_and(|stand| !stand.owes().is_empty());
            unfinished.extend(owes.then_some("sale"));
            unfinished
        })
    }

    fn report_unfinished(&mut self) {
        let left = self.unfinished();
        self.report.violations.push(format!("invariant_i7: after {SWEEPS} sweeps not at rest: {left:?}"));
    }

    /// Now and then the world is slow.
    async fn let_time_pass(&mut self) -> bool {
        if self.sim.faults_are_off() {
            return false;
        }
        let longest = match self.rng.u32(0..2_000) {
            0 => 900_000,
            1..=6 => 60_000,
            7..=60 => 1_000,
            _ => return false,
        };
        tokio::time::advance(Duration::from_millis(self.rng.u64(1..longest))).await;
        true
    }

    fn choose(&mut self, waiting: Vec<Waiting>) -> Waiting {
        let steps = self.steps;
        self.held.retain(|_, until| *until > steps);
        let mut ready: Vec<Waiting> =
            waiting.iter().filter(|waiting| !self.held.contains_key(&waiting.ticket)).cloned().collect();
        if ready.is_empty() {
            ready = waiting;
        }
        let same = ready.iter().position(|waiting| Some(waiting.actor) == self.last);
        let index = match self.order {
            Order::Sticky if self.rng.u32(0..4) > 0 => same,
            Order::NewestFirst if self.rng.u32(0..4) > 0 => Some(ready.len() - 1),
            _ => None,
        };
        let index = index.unwrap_or_else(|| self.rng.usize(..ready.len()));
        ready.swap_remove(index)
    }

    async fn serve(&mut self, waiting: &Waiting) {
        let function = self.sim.executor.name(waiting.actor).to_string();
        let point = Point { function, service: waiting.service, request: waiting.request.clone() };
        let strikes = !self.sim.faults_are_off() && self.faults < MAX_FAULTS && waiting.service != Service::Secrets;
        let fault = match strikes {
            true if waiting.lacks_guard && self.rng.u32(0..3) == 0 => Some(self.strike_unguarded()),
            true => self.sim.plan.strike(&point, &mut self.rng),
            false => None,
        };
        self.faults += usize::from(fault.is_some());
        self.last = Some(waiting.actor);
        self.trace(waiting.actor, point, fault);
        let verdict = match fault {
            None => Verdict::Proceed,
            Some(Fault::KillBefore) => return self.sim.executor.kill(waiting.actor),
            Some(Fault::KillAfter) => Verdict::ProceedThenDie,
            Some(Fault::LoseRequest) => Verdict::LoseRequest,
            Some(Fault::LoseAnswer) => Verdict::LoseAnswer,
            Some(Fault::Throttle) => Verdict::Throttle,
            Some(Fault::Break) => Verdict::Break,
            Some(Fault::Refuse) => Verdict::Refuse,
            Some(Fault::Delay) => {
                self.held.insert(waiting.ticket, self.steps + self.rng.usize(5..80));
                let millis = self.rng.u64(1..10_000);
                return tokio::time::advance(Duration::from_millis(millis)).await;
            }
        };
        self.sim.network.decide(waiting.ticket, verdict);
    }

    /// A missing guard shows where others go first, or where the request is made once more.
    fn strike_unguarded(&mut self) -> Fault {
        *self.rng.choice(&[Fault::Delay, Fault::Delay, Fault::LoseAnswer, Fault::KillAfter]).unwrap_or(&Fault::Delay)
    }

    fn trace(&mut self, actor: u64, point: Point, fault: Option<Fault>) {
        let now = self.sim.clock.now();
        let note = fault.map_or_else(String::new, |fault| format!("  <- {fault}"));
        let line = format!("{} #{actor} {point}{note}", since_epoch(now));
        for byte in line.bytes() {
            self.report.fingerprint = (self.report.fingerprint ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        if self.verbose {
            self.report.trace.push(line);
        }
        self.report.hits.count(point, fault);
    }
}

fn since_epoch(now: Timestamp) -> String {
    let millis = now.as_millisecond() - Clock::epoch().as_millisecond();
    format!("{:>5}.{:03}", millis / 1000, millis % 1000)
}

//! The network: every request of production code stops here, and goes on when the scheduler says so.

use std::{
    collections::BTreeMap,
    fmt,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
    time::Duration,
};

use aws_smithy_runtime_api::client::{
    http::{HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector},
    orchestrator::{HttpRequest, HttpResponse},
    result::ConnectorError,
    runtime_components::RuntimeComponents,
};
use aws_smithy_types::body::SdkBody;
use souk_gateway::offline::Mishap;

use crate::{
    call::{Answer, Call},
    executor::{self, ActorId},
    fault::Service,
    world::World,
};

/// How the SDK pauses before it sends a request again.
const SDK_PAUSE: Duration = Duration::from_millis(50);

/// What the scheduler decided about a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It arrives, and so does its answer.
    Proceed,
    /// It arrives, and its sender dies.
    ProceedThenDie,
    /// It does not arrive.
    LoseRequest,
    /// It arrives; its answer does not.
    LoseAnswer,
    /// The service asks for less.
    Throttle,
    /// It arrives and is answered with a server error.
    Break,
    /// It arrives and is refused.
    Refuse,
}

/// A request that waits for its verdict.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// Identifies it.
    pub ticket: u64,
    /// Who sent it.
    pub actor: ActorId,
    /// Whom it is for.
    pub service: Service,
    /// What it asks for.
    pub request: String,
    /// Whether a seeded bug has taken its guard away.
    pub lacks_guard: bool,
}

#[derive(Default)]
struct Gate {
    next_ticket: u64,
    waiting: Vec<Waiting>,
    wakers: BTreeMap<u64, Waker>,
    verdicts: BTreeMap<u64, Verdict>,
    doomed: Vec<ActorId>,
}

#[derive(Default)]
struct State {
    gate: Gate,
    world: Option<World>,
}

/// The one connector of all clients of a worker. Each schedule brings a world of its own.
#[derive(Clone, Default)]
pub struct Network(Arc<Mutex<State>>);

impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Network")
    }
}

impl Network {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a schedule in this world.
    pub fn enter(&self, world: World) {
        *self.state() = State { gate: Gate::default(), world: Some(world) };
    }

    /// Ends the schedule; its world remains.
    pub fn leave(&self) -> Option<World> {
        self.state().world.take()
    }

    /// The present world.
    ///
    /// # Panics
    /// Between schedules.
    pub fn with<T>(&self, use_it: impl FnOnce(&mut World) -> T) -> T {
        use_it(self.state().world.as_mut().expect("a schedule runs"))
    }

    /// The requests that wait, oldest first.
    pub fn waiting(&self) -> Vec<Waiting> {
        self.state().gate.waiting.clone()
    }

    /// Lets a request go on.
    pub fn decide(&self, ticket: u64, verdict: Verdict) {
        let mut state = self.state();
        state.gate.waiting.retain(|waiting| waiting.ticket != ticket);
        state.gate.verdicts.insert(ticket, verdict);
        let waker = state.gate.wakers.remove(&ticket);
        drop(state);
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// The actors that must die now.
    pub fn take_doomed(&self) -> Vec<ActorId> {
        std::mem::take(&mut self.state().gate.doomed)
    }

    fn arrive(&self, actor: ActorId, call: &Call) -> Passage {
        let mut state = self.state();
        let ticket = state.gate.next_ticket;
        state.gate.next_ticket += 1;
        let request = call.request.clone();
        let lacks_guard = state.world.as_ref().is_some_and(|world| world.mutation.touches(call));
        state.gate.waiting.push(Waiting { ticket, actor, service: call.service, request, lacks_guard });
        Passage { network: self.clone(), ticket }
    }

    async fn exchange(self, actor: ActorId, call: Call) -> Result<Answer, ConnectorError> {
        // What the functions repeat by themselves, or not at all, the SDK does not.
        let is_sent_once = matches!(call.service, Service::Gateway | Service::Mail);
        let mut attempts_left = if is_sent_once { 1 } else { self.with(|world| world.sdk_attempts) };
        loop {
            attempts_left -= 1;
            let verdict = self.arrive(actor, &call).await;
            let outcome = match verdict {
                Verdict::Proceed => Ok(self.with(|world| world.carry_out(&call, Mishap::None))),
                Verdict::Break => Ok(self.with(|world| world.carry_out(&call, Mishap::Breaks))),
                Verdict::Refuse => Ok(self.with(|world| world.carry_out(&call, Mishap::Refuses))),
                Verdict::Throttle => Ok(self.with(|world| world.throttle(&call))),
                Verdict::LoseRequest => Err(broken()),
                Verdict::LoseAnswer => {
                    self.with(|world| world.carry_out(&call, Mishap::None));
                    Err(broken())
                }
                Verdict::ProceedThenDie => {
                    self.with(|world| world.carry_out(&call, Mishap::None));
                    self.state().gate.doomed.push(actor);
                    std::future::pending().await
                }
            };
            // What the SDK's standard retries do: the same bytes again, request token and all.
            let again = match &outcome {
                Ok(answer) => answer.is_worth_repeating(),
                Err(_) => true,
            };
            if !again || attempts_left == 0 {
                if again && call.operation == "SendMessage" {
                    self.with(|world| world.sending_failed(&call));
                }
                return outcome;
            }
            tokio::time::sleep(SDK_PAUSE).await;
        }
    }
}

fn broken() -> ConnectorError {
    ConnectorError::io("the connection broke".into())
}

/// A request at the gate.
struct Passage {
    network: Network,
    ticket: u64,
}

impl Future for Passage {
    type Output = Verdict;
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Verdict> {
        let mut state = self.network.state();
        match state.gate.verdicts.remove(&self.ticket) {
            Some(verdict) => Poll::Ready(verdict),
            None => {
                state.gate.wakers.insert(self.ticket, context.waker().clone());
                Poll::Pending
            }
        }
    }
}

impl Drop for Passage {
    /// Whoever is killed, or gives up waiting, has sent nothing.
    fn drop(&mut self) {
        let mut state = self.network.state();
        state.gate.waiting.retain(|waiting| waiting.ticket != self.ticket);
        state.gate.wakers.remove(&self.ticket);
    }
}

impl HttpConnector for Network {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let network = self.clone();
        let call = Call::read(&request);
        match executor::current() {
            Some(actor) => HttpConnectorFuture::new(async move { network.exchange(actor, call).await?.into_http() }),
            None => HttpConnectorFuture::ready(network.with(|world| world.carry_out(&call, Mishap::None)).into_http()),
        }
    }
}

impl HttpClient for Network {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl Answer {
    fn into_http(self) -> Result<HttpResponse, ConnectorError> {
        let status = self.status.try_into().map_err(|error| ConnectorError::user(Box::new(error)))?;
        let mut response = HttpResponse::new(status, SdkBody::from(self.body));
        for (name, value) in self.headers {
            response.headers_mut().insert(name, value);
        }
        Ok(response)
    }
}

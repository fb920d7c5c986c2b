//! A cooperative executor: actors are polled one at a time, in an order that only the schedule decides,
//! and any of them can be killed where it waits.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    pin::Pin,
    rc::Rc,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
};

/// Identifies an actor within its schedule; ids rise in the order of their start.
pub type ActorId = u64;

/// The actor was killed before it had a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Killed;

thread_local! {
    static CURRENT: Cell<Option<ActorId>> = const { Cell::new(None) };
}

/// The actor that is being polled; `None` outside of all actors.
pub fn current() -> Option<ActorId> {
    CURRENT.get()
}

type Task = Pin<Box<dyn Future<Output = ()>>>;

struct Actor {
    name: Rc<str>,
    task: Option<Task>,
    alarm: Arc<Alarm>,
}

/// Wakes an actor, and whoever drives the executor.
struct Alarm {
    rung: AtomicBool,
    driver: Arc<Mutex<Option<Waker>>>,
}

impl Wake for Alarm {
    fn wake(self: Arc<Self>) {
        self.rung.store(true, Ordering::SeqCst);
        if let Some(driver) = self.driver.lock().unwrap_or_else(PoisonError::into_inner).take() {
            driver.wake();
        }
    }
}

/// All actors of a schedule. Cheap to clone.
#[derive(Clone, Default)]
pub struct Executor {
    actors: Rc<RefCell<BTreeMap<ActorId, Actor>>>,
    next: Rc<Cell<ActorId>>,
    driver: Arc<Mutex<Option<Waker>>>,
}

/// Waits for an actor's result.
pub struct Join<T> {
    /// Which actor.
    pub actor: ActorId,
    outcome: Rc<Outcome<T>>,
}

struct Outcome<T> {
    result: RefCell<Option<Result<T, Killed>>>,
    waiter: RefCell<Option<Waker>>,
}

impl<T> Outcome<T> {
    fn set(&self, result: Result<T, Killed>) {
        let mut slot = self.result.borrow_mut();
        if slot.is_none() {
            *slot = Some(result);
            if let Some(waiter) = self.waiter.borrow_mut().take() {
                waiter.wake();
            }
        }
    }
}

/// Tells the waiter of an actor that is dropped without a result.
struct OnDrop<T>(Rc<Outcome<T>>);

impl<T> Drop for OnDrop<T> {
    fn drop(&mut self) {
        self.0.set(Err(Killed));
    }
}

impl<T> Future for Join<T> {
    type Output = Result<T, Killed>;
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.outcome.result.borrow_mut().take() {
            Some(result) => Poll::Ready(result),
            None => {
                *self.outcome.waiter.borrow_mut() = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }
}

impl Executor {
    /// Starts an actor.
    pub fn spawn<T: 'static>(&self, name: impl Into<Rc<str>>, task: impl Future<Output = T> + 'static) -> Join<T> {
        let outcome = Rc::new(Outcome { result: RefCell::new(None), waiter: RefCell::new(None) });
        let on_drop = OnDrop(Rc::clone(&outcome));
        let task = async move { on_drop.0.set(Ok(task.await)) };
        let id = self.next.get();
        self.next.set(id + 1);
        let alarm = Arc::new(Alarm { rung: AtomicBool::new(true), driver: Arc::clone(&self.driver) });
        let actor = Actor { name: name.into(), task: Some(Box::pin(task)), alarm };
        self.actors.borrow_mut().insert(id, actor);
        Join { actor: id, outcome }
    }

    /// Ends an actor where it stands; whoever joined it hears that it was killed.
    pub fn kill(&self, id: ActorId) {
        let actor = self.actors.borrow_mut().remove(&id);
        drop(actor);
    }

    /// An actor's name.
    pub fn name(&self, id: ActorId) -> Rc<str> {
        self.actors.borrow().get(&id).map_or_else(|| Rc::from("?"), |actor| Rc::clone(&actor.name))
    }

    /// True where nobody is left.
    pub fn is_empty(&self) -> bool {
        self.actors.borrow().is_empty()
    }

    /// Polls every actor that was woken, until all wait.
    pub fn run_woken(&self) {
        while let Some((id, mut task, alarm)) = self.take_woken() {
            let waker = Waker::from(alarm);
            CURRENT.set(Some(id));
            let polled = task.as_mut().poll(&mut Context::from_waker(&waker));
            CURRENT.set(None);
            let mut actors = self.actors.borrow_mut();
            if polled.is_ready() {
                actors.remove(&id);
            } else if let Some(actor) = actors.get_mut(&id) {
                actor.task = Some(task);
            }
        }
    }

    fn take_woken(&self) -> Option<(ActorId, Task, Arc<Alarm>)> {
        let mut actors = self.actors.borrow_mut();
        let woken = |actor: &Actor| actor.task.is_some() && actor.alarm.rung.swap(false, Ordering::SeqCst);
        let (id, actor) = actors.iter_mut().find(|(_, actor)| woken(actor))?;
        Some((*id, actor.task.take()?, Arc::clone(&actor.alarm)))
    }

    /// Waits until an actor is woken from outside, which is to say: until time has moved on.
    pub async fn any_woken(&self) {
        std::future::poll_fn(|context| {
            *self.driver.lock().unwrap_or_else(PoisonError::into_inner) = Some(context.waker().clone());
            let woken = self.actors.borrow().values().any(|actor| actor.alarm.rung.load(Ordering::SeqCst));
            if woken || self.is_empty() { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_joins_a_killed_actor_hears_of_it() {
        let executor = Executor::default();
        let stuck = executor.spawn("stuck", std::future::pending::<()>());
        let heard = Rc::new(Cell::new(None));
        let note = Rc::clone(&heard);
        executor.spawn("waits", async move { note.set(Some(stuck.await)) });
        executor.run_woken();
        assert_eq!(heard.get(), None);
        executor.kill(0);
        executor.run_woken();
        assert_eq!(heard.get(), Some(Err(Killed)));
        assert!(executor.is_empty());
    }
}

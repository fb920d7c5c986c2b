//! Who waits for a place on the machine, and who is next.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{sync::oneshot, time::timeout};

/// The line in front of the machine: so many invocations run, the others wait. Functions take turns, and
/// each function's invocations come in order, so that a crowd at one of them does not shut the others out.
#[derive(Debug)]
pub struct Line {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    free: usize,
    /// Functions with somebody waiting, the next first.
    turns: VecDeque<String>,
    waiting: HashMap<String, VecDeque<oneshot::Sender<Slot>>>,
}

/// The right to run one invocation; dropping it lets the next one in.
#[derive(Debug)]
pub struct Slot {
    line: Arc<Line>,
}

impl Line {
    /// A line in front of `slots` places.
    #[must_use]
    pub fn new(slots: usize) -> Arc<Self> {
        Arc::new(Self { state: Mutex::new(State { free: slots.max(1), ..State::default() }) })
    }

    /// Waits for a place, at most `patience` long; `None` when that is over.
    pub async fn enter(self: &Arc<Self>, function: &str, patience: Duration) -> Option<Slot> {
        let turn = {
            let mut state = self.state();
            if state.free > 0 {
                state.free -= 1;
                return Some(Slot { line: Arc::clone(self) });
            }
            let (sender, turn) = oneshot::channel();
            let waiting = state.waiting.entry(function.to_owned()).or_default();
            waiting.push_back(sender);
            if waiting.len() == 1 {
                state.turns.push_back(function.to_owned());
            }
            turn
        };
        timeout(patience, turn).await.ok()?.ok()
    }

    fn admit_next(self: &Arc<Self>) {
        let mut state = self.state();
        while let Some(function) = state.turns.pop_front() {
            let Some(waiting) = state.waiting.get_mut(&function) else { continue };
            let next = waiting.pop_front();
            if waiting.is_empty() {
                state.waiting.remove(&function);
            } else {
                state.turns.push_back(function);
            }
            let slot = Slot { line: Arc::clone(self) };
            match next.map_or(Err(None), |next| next.send(slot).map_err(Some)) {
                Ok(()) => return,
                // Whoever stood here has left; the place goes to the one behind, not back through `drop`.
                Err(refused) => std::mem::forget(refused),
            }
        }
        state.free += 1;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.line.admit_next();
    }
}

#[cfg(test)]
mod tests {
    use std::{pin::pin, task::Poll};

    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    /// Polls once, so that the call stands in line.
    async fn poll_once<F: Future>(future: &mut std::pin::Pin<&mut F>) -> Option<F::Output> {
        std::future::poll_fn(|context| match future.as_mut().poll(context) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending => Poll::Ready(None),
        })
        .await
    }

    #[tokio::test(start_paused = true)]
    async fn functions_take_turns_however_many_wait_at_one_of_them() {
        let line = Line::new(1);
        let first = line.enter("crowded", LONG).await;
        let (mut a, mut b, mut c) =
            (pin!(line.enter("crowded", LONG)), pin!(line.enter("crowded", LONG)), pin!(line.enter("quiet", LONG)));
        assert!(
            poll_once(&mut a).await.is_none() && poll_once(&mut b).await.is_none() && poll_once(&mut c).await.is_none()
        );
        drop(first);
        let second = poll_once(&mut a).await.expect("the first in line").expect("a place");
        drop(second);
        assert!(poll_once(&mut b).await.is_none(), "it is the other function's turn");
        let third = poll_once(&mut c).await.expect("its turn").expect("a place");
        drop(third);
        assert!(poll_once(&mut b).await.is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_loses_patience_leaves_no_hole_in_the_line() {
        let line = Line::new(1);
        let held = line.enter("f", LONG).await;
        assert!(line.enter("f", Duration::from_secs(1)).await.is_none());
        let mut behind = pin!(line.enter("f", LONG));
        assert!(poll_once(&mut behind).await.is_none());
        drop(held);
        let held = poll_once(&mut behind).await.expect("the place was handed on").expect("a place");
        drop(held);
        assert!(line.enter("g", LONG).await.is_some());
    }
}

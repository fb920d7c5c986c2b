//! Who goes first.

use std::{cell::Cell, collections::BTreeSet};

use super::Shop;
use crate::{executor::Executor, network::Verdict};

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

    /// The same, with another verdict on that request than to let it through.
    pub async fn interrupt_and<T: 'static>(
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

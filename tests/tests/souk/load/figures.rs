use std::{
    collections::BTreeMap,
    fmt::Write as _,
    sync::Mutex,
    time::{Duration, Instant},
};

use crate::support::Reply;

/// What each kind of request took, and what the server could not answer.
#[derive(Debug, Default)]
pub struct Figures {
    kinds: Mutex<BTreeMap<&'static str, Kind>>,
}

#[derive(Debug, Default)]
struct Kind {
    took: Vec<Duration>,
    server_errors: Vec<String>,
}

impl Figures {
    /// Waits for a reply and notes it under its kind.
    pub async fn note(&self, kind: &'static str, reply: impl Future<Output = Reply>) -> Reply {
        let began = Instant::now();
        let reply = reply.await;
        let took = began.elapsed();
        let mut kinds = self.kinds.lock().unwrap();
        let kind = kinds.entry(kind).or_default();
        kind.took.push(took);
        if reply.status >= 500 {
            kind.server_errors.push(format!("{}: {}", reply.status, reply.body));
        }
        reply
    }

    /// Answers with a status of 500 and above, with the kind of request.
    pub fn server_errors(&self) -> Vec<String> {
        let kinds = self.kinds.lock().unwrap();
        kinds
            .iter()
            .flat_map(|(name, kind)| kind.server_errors.iter().map(move |error| format!("{name} {error}")))
            .collect()
    }

    /// One line a kind: count, median and 99th percentile in milliseconds.
    pub fn table(&self) -> String {
        let mut kinds = self.kinds.lock().unwrap();
        kinds.iter_mut().fold(String::new(), |mut table, (name, kind)| {
            kind.took.sort_unstable();
            let at = |share: f64| percentile(&kind.took, share).as_secs_f64() * 1000.0;
            writeln!(table, "    {name:<34}{:>7}{:>10.0}{:>10.0}", kind.took.len(), at(0.5), at(0.99)).unwrap();
            table
        })
    }
}

/// The nearest rank of a share in sorted durations.
pub fn percentile(sorted: &[Duration], share: f64) -> Duration {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a rank within the list")]
    let rank = (share * (sorted.len() as f64)).ceil() as usize;
    sorted[rank.clamp(1, sorted.len()) - 1]
}

//! Looks at every payment once at each of two ages, at every refund and dispute once at each of its own, and is never behind by
//! more than a run can catch up with.
//!
//! The time since the last look is walked through in parts, a page of each at once; how far each has come is kept after
//! every page. `docs/background.md` says how many payments a second that is.

use futures_util::future::{join_all, try_join_all};
use jiff::{SignedDuration, Timestamp};
use souk_payments::{
    Look, Part,
    gateway::{Back, BackPage, Gateway as _, IntentPage},
};
use tokio::time::Instant;

use super::{LOOKS_WITHIN, NAMED, ReconcilePayments, Report};
use crate::Failure;

/// What the gateway lists by when it was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Subject {
    Payments,
    Back(Back),
}

const DAY: i64 = 24;

/// When what is looked at. A payment: after its order must be settled, and after its authorisation has ended. What was made
/// at the gateway's console, or by a bank, of whose webhooks none has come: after some hours, and after its end. A bank that
/// sends a refund back does so within a month; a dispute is over within three.
const LOOKS: [(&str, Subject, SignedDuration); 7] = [
    ("settled", Subject::Payments, SignedDuration::from_hours(2)),
    ("refunds", Subject::Back(Back::Refund), SignedDuration::from_hours(2)),
    ("refunds-ended", Subject::Back(Back::Refund), SignedDuration::from_hours(DAY * 35)),
    ("disputes", Subject::Back(Back::Dispute), SignedDuration::from_hours(2)),
    ("disputes-answered", Subject::Back(Back::Dispute), SignedDuration::from_hours(DAY * 30)),
    ("disputes-ended", Subject::Back(Back::Dispute), SignedDuration::from_hours(DAY * 100)),
    ("ended", Subject::Payments, SignedDuration::from_hours(DAY * 8)),
];

/// A page of any of them.
enum Page {
    Payments(IntentPage),
    Back(Back, BackPage),
}

impl Page {
    fn next(&self) -> Option<String> {
        match self {
            Self::Payments(page) => page.next.clone(),
            Self::Back(_, page) => page.next.clone(),
        }
    }
}
/// How far back the first run looks; what is older is left to the walk.
const AT_FIRST: SignedDuration = SignedDuration::from_mins(15);
/// How many parts are walked through at once.
const PARTS: u32 = 16;

impl ReconcilePayments {
    /// The older look comes last: money that nobody accounts for is found by the first.
    pub(super) async fn look_at_all(&self, report: &mut Report, now: Timestamp) -> Result<(), Failure> {
        let begun = Instant::now();
        for (name, subject, age) in LOOKS {
            let due = now - age;
            let known = self.cursor.look(name).await?;
            let mut look = known.unwrap_or_else(|| Look::since(due - AT_FIRST));
            while look.until < due && begun.elapsed() < LOOKS_WITHIN {
                look.go_on(due, PARTS);
                if look.parts().next().is_none() {
                    break;
                }
                let pages = walk(&look, |part| self.list(subject, part)).await?;
                let next: Vec<_> = pages.iter().map(Page::next).collect();
                let compared = pages.into_iter().map(|page| async move {
                    let mut part = Report::default();
                    match page {
                        Page::Payments(page) => self.compare_page(page.intents, &mut part, now).await,
                        Page::Back(what, page) => self.compare_back(what, page.items, &mut part, now).await,
                    }
                    part
                });
                join_all(compared).await.into_iter().for_each(|part| report.add(part));
                look.advance(next);
                self.cursor.keep_look(name, &look).await?;
            }
            report.behind = report.behind.max(due.duration_since(look.until).as_secs());
        }
        Ok(())
    }

    async fn list(&self, subject: Subject, part: Part) -> Result<Page, Failure> {
        let (gateway, window) = (&self.shipping.gateway, part.window());
        Ok(match subject {
            Subject::Payments => Page::Payments(gateway.list(window, part.after()).await?),
            Subject::Back(what) => Page::Back(what, gateway.list_back(what, window, part.after()).await?),
        })
    }
}

/// The next page of each part.
async fn walk<F>(look: &Look, list: impl Fn(Part) -> F) -> Result<Vec<Page>, Failure>
where
    F: Future<Output = Result<Page, Failure>>,
{
    try_join_all(look.parts().cloned().map(list)).await
}

impl Report {
    fn add(&mut self, part: Self) {
        self.compared += part.compared;
        self.back += part.back;
        self.taken_over += part.taken_over;
        self.failed += part.failed;
        let room = NAMED.saturating_sub(self.reported.len());
        self.reported.extend(part.reported.into_iter().take(room));
        part.found.into_iter().for_each(|(kind, count)| *self.found.entry(kind).or_default() += count);
        part.actions.into_iter().for_each(|(action, count)| *self.actions.entry(action).or_default() += count);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// 140 orders a second are looked at twice; the gateway answers a page of a hundred in 400 ms, and comparing it takes
    /// 100 ms.
    #[tokio::test(start_paused = true)]
    async fn a_quarter_of_an_hour_of_140_a_second_is_looked_at_twice_within_a_run() {
        let begun = Instant::now();
        let mut looked = 0;
        for _look in LOOKS.iter().filter(|(_, subject, _)| *subject == Subject::Payments) {
            let mut look = Look::since(Timestamp::UNIX_EPOCH);
            let due = Timestamp::UNIX_EPOCH + SignedDuration::from_mins(15);
            while look.until < due {
                look.go_on(due, PARTS);
                let list = |part: Part| async move {
                    tokio::time::sleep(Duration::from_millis(400)).await;
                    let made = part.window().to.duration_since(part.window().from).as_millis() * 140 / 1_000;
                    let page = part.after().map_or(1, |after| after.parse::<i128>().unwrap() + 1);
                    let next = (page * 100 < made).then(|| page.to_string());
                    Ok(Page::Payments(IntentPage { intents: Vec::new(), next }))
                };
                let pages = walk(&look, list).await.unwrap();
                tokio::time::sleep(Duration::from_millis(100)).await;
                looked += pages.len() * 100;
                look.advance(pages.iter().map(Page::next));
            }
        }
        assert!(looked >= 2 * 15 * 60 * 140, "{looked}");
        assert!(begun.elapsed() < LOOKS_WITHIN, "{:?}", begun.elapsed());
    }
}

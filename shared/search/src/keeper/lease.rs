//! Work that one worker at a time carries on, and how far it has come: an item of the pages' table. A
//! worker that was overtaken finds out when it wants to keep its progress, and stops.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use souk_dynamo::{AttributeValue, Condition, Outcome, StoreError, Table, Update, attribute, decode, n, s};
use uuid::Uuid;

/// A worker that is silent for so long has died: no step takes longer.
const LEASE: SignedDuration = SignedDuration::from_mins(2);
/// How often a worker is stopped that gets on meanwhile.
const ATTEMPTS: usize = 20;

/// A worker's hold on a piece of work.
#[derive(Debug)]
pub(crate) struct Lease {
    table: Table,
    key: &'static str,
    owner: String,
}

/// What came of wanting to carry on a piece of work.
#[derive(Debug)]
pub(crate) enum Taken<P> {
    /// It is the worker's; `progress` is how far it had come, `None` where there is none that it can read.
    Ours { lease: Lease, progress: Option<P> },
    /// Somebody else is at it, at least until then.
    Theirs { until: Timestamp },
}

#[derive(Debug, Deserialize)]
struct Stored {
    owner: String,
    held_until: i64,
    #[serde(default)]
    progress: Option<String>,
}

impl Stored {
    fn progress<P: DeserializeOwned>(&self) -> Option<P> {
        self.progress.as_deref().and_then(|text| serde_json::from_str(text).ok())
    }
}

impl Lease {
    /// Takes the work of this name for a worker of its own, if nobody holds it now.
    pub(crate) async fn take<P: DeserializeOwned>(
        table: &Table,
        key: &'static str,
        now: Timestamp,
    ) -> Result<Taken<P>, StoreError> {
        Self::take_as(&Uuid::now_v7().to_string(), table, key, now).await
    }

    /// Takes the work for this worker, if nobody else holds it now.
    pub(crate) async fn take_as<P: DeserializeOwned>(
        owner: &str,
        table: &Table,
        key: &'static str,
        now: Timestamp,
    ) -> Result<Taken<P>, StoreError> {
        let held = attribute("held_until");
        let is_free = held.clone().is_absent().or(held.clone().is_below(n(now.as_millisecond())));
        let update = Update::new().set("owner", s(owner)).set(held, until(now)).when(is_free.or(is_held_by(owner)));
        Ok(match table.update(&[("pk", key)], update).await? {
            Outcome::Written(item) => {
                let stored: Stored = decode(item)?;
                let lease = Self { table: table.clone(), key, owner: owner.to_owned() };
                Taken::Ours { lease, progress: stored.progress() }
            }
            Outcome::Refused(item) => {
                let stored: Stored = decode(item.unwrap_or_default())?;
                let until = Timestamp::from_millisecond(stored.held_until).map_err(StoreError::corrupt)?;
                Taken::Theirs { until }
            }
        })
    }

    /// Keeps the progress and goes on holding the work. False where it is no longer the worker's.
    pub(crate) async fn renew(&self, progress: &impl Serialize, now: Timestamp) -> Result<bool, StoreError> {
        let update =
            Update::new().set("held_until", until(now)).set("progress", text(progress)?).when(is_held_by(&self.owner));
        Ok(self.table.update(&[("pk", self.key)], update).await?.is_written())
    }

    /// The hold of a worker that has taken the work before, and how far it has come; `None` where it is no longer
    /// this worker's. Going on holding it is written down seldom: many may be at a part of it.
    pub(crate) async fn held<P: DeserializeOwned>(
        owner: &str,
        table: &Table,
        key: &'static str,
        now: Timestamp,
    ) -> Result<Option<(Self, P)>, StoreError> {
        let Some(stored) = table.get::<Stored>(&[("pk", key)]).await?.filter(|stored| stored.owner == owner) else {
            return Ok(None);
        };
        if stored.held_until < (now + LEASE / 2).as_millisecond() {
            let update = Update::new().set("held_until", until(now)).when(is_held_by(owner));
            if !table.update(&[("pk", key)], update).await?.is_written() {
                return Ok(None);
            }
        }
        let lease = Self { table: table.clone(), key, owner: owner.to_owned() };
        Ok(stored.progress().map(|progress| (lease, progress)))
    }

    /// Lets go of the work, so that the next worker need not wait. Does nothing where it was no longer
    /// this worker's.
    pub(crate) async fn release(&self) -> Result<(), StoreError> {
        let update = Update::new().set("held_until", n(0)).when(is_held_by(&self.owner));
        self.table.update(&[("pk", self.key)], update).await.map(drop)
    }

    /// Takes the work out of the hands of whoever is at it, if `decide` wants to put another progress in
    /// the place of what is there; asked again where that has changed meanwhile. What was put, if anything.
    pub(crate) async fn take_over<P: Serialize + DeserializeOwned>(
        table: &Table,
        key: &'static str,
        decide: impl Fn(Option<P>) -> Option<P>,
    ) -> Result<Option<P>, StoreError> {
        for _ in 0..ATTEMPTS {
            let Some(stored) = table.get::<Stored>(&[("pk", key)]).await? else { return Ok(None) };
            let Some(wanted) = decide(stored.progress()) else { return Ok(None) };
            let update = Update::new()
                .set("owner", s("nobody"))
                .set("held_until", n(0))
                .set("progress", text(&wanted)?)
                .when(is_held_by(&stored.owner))
                .when(attribute("progress").equals(s(stored.progress.unwrap_or_default())));
            if table.update(&[("pk", key)], update).await?.is_written() {
                return Ok(Some(wanted));
            }
        }
        Err(StoreError::Busy(format!("the {key} gets on faster than it can be stopped")))
    }
}

/// The progress of a piece of work, whoever is at it.
pub(crate) async fn progress<P: DeserializeOwned>(table: &Table, key: &'static str) -> Result<Option<P>, StoreError> {
    let stored: Option<Stored> = table.get(&[("pk", key)]).await?;
    Ok(stored.and_then(|stored| stored.progress()))
}

fn is_held_by(owner: &str) -> Condition {
    attribute("owner").equals(s(owner))
}

fn until(now: Timestamp) -> AttributeValue {
    n((now + LEASE).as_millisecond())
}

fn text(progress: &impl Serialize) -> Result<AttributeValue, StoreError> {
    serde_json::to_string(progress).map(s).map_err(StoreError::corrupt)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORK: &str = "work";

    async fn table() -> Table {
        let client = souk_testkit::dynamodb::with_tables_of("discovery").await.unwrap();
        Table::new(client, "ProductPagesTable")
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    async fn take(table: &Table, seconds: i64) -> Option<(Lease, Option<u32>)> {
        match Lease::take(table, WORK, at(seconds)).await.unwrap() {
            Taken::Ours { lease, progress } => Some((lease, progress)),
            Taken::Theirs { .. } => None,
        }
    }

    #[tokio::test]
    async fn of_many_who_want_it_at_once_one_gets_it() {
        let table = table().await;
        let all = (0..20).map(|_| {
            let table = table.clone();
            tokio::spawn(async move { take(&table, 0).await.is_some() })
        });
        let mut winners = 0;
        for one in all.collect::<Vec<_>>() {
            winners += usize::from(one.await.unwrap());
        }
        assert_eq!(winners, 1);
    }

    #[tokio::test]
    async fn a_worker_that_was_silent_is_overtaken_and_finds_out() {
        let table = table().await;
        let (first, progress) = take(&table, 0).await.unwrap();
        assert_eq!(progress, None);
        assert!(first.renew(&1, at(60)).await.unwrap(), "it goes on holding what it renews");
        assert!(take(&table, 150).await.is_none(), "it was renewed at 60");
        let (second, progress) = take(&table, 181).await.unwrap();
        assert_eq!(progress, Some(1), "the work goes on where it stood");
        assert!(!first.renew(&2, at(182)).await.unwrap());
        first.release().await.unwrap();
        assert!(take(&table, 183).await.is_none(), "what it no longer holds it cannot let go of");
        assert!(second.renew(&3, at(184)).await.unwrap());
        second.release().await.unwrap();
        assert_eq!(take(&table, 185).await.unwrap().1, Some(3));
    }

    #[tokio::test]
    async fn a_worker_of_many_parts_goes_on_holding_and_is_told_when_it_does_not() {
        let table = table().await;
        let take = async |owner, seconds| match Lease::take_as::<u32>(owner, &table, WORK, at(seconds)).await.unwrap() {
            Taken::Ours { lease, .. } => Some(lease),
            Taken::Theirs { .. } => None,
        };
        let held = async |owner, seconds| {
            Lease::held::<u32>(owner, &table, WORK, at(seconds)).await.unwrap().map(|(_, progress)| progress)
        };
        let lease = take("one", 0).await.unwrap();
        assert!(lease.renew(&7, at(0)).await.unwrap());
        assert!(take("one", 10).await.is_some() && take("two", 10).await.is_none(), "the same may begin again");
        assert_eq!((held("one", 100).await, held("two", 100).await), (Some(7), None));
        assert!(take("two", 200).await.is_none(), "it was held on to at 100");
        assert!(take("two", 221).await.is_some());
        assert_eq!(held("one", 222).await, None);
    }

    #[tokio::test]
    async fn work_can_be_taken_over_and_only_where_that_is_wanted() {
        let table = table().await;
        assert_eq!(
            Lease::take_over(&table, WORK, |_: Option<u32>| Some(0)).await.unwrap(),
            None,
            "nobody ever was at it"
        );
        let (lease, _) = take(&table, 0).await.unwrap();
        assert!(lease.renew(&7, at(1)).await.unwrap());
        assert_eq!(
            Lease::take_over(&table, WORK, |seen: Option<u32>| seen.filter(|seen| *seen < 7)).await.unwrap(),
            None
        );
        assert!(lease.renew(&7, at(2)).await.unwrap(), "nothing was taken from it");
        let taken = Lease::take_over(&table, WORK, |seen: Option<u32>| seen.map(|seen| seen + 1)).await.unwrap();
        assert_eq!(taken, Some(8));
        assert!(!lease.renew(&9, at(3)).await.unwrap());
        assert_eq!(progress::<u32>(&table, WORK).await.unwrap(), Some(8));
        assert_eq!(take(&table, 4).await.unwrap().1, Some(8), "and anybody may go on");
    }

    #[tokio::test]
    async fn progress_that_an_older_worker_wrote_otherwise_is_none() {
        let table = table().await;
        let (lease, _) = take(&table, 0).await.unwrap();
        assert!(lease.renew(&"otherwise", at(1)).await.unwrap());
        lease.release().await.unwrap();
        assert_eq!(take(&table, 2).await.unwrap().1, None);
    }
}

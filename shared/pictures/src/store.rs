use jiff::{SignedDuration, Timestamp};
use souk_domain::{
    ids::{PictureId, ProductId},
    picture::Picture,
};
use souk_dynamo::{Outcome, StoreError, Table, TimeIndex, Update, attribute, decode, n, s, value};
use souk_wiring::FromEnvironment;

use crate::{
    Kind, PICTURES_MAX, PictureRecord, Refusal,
    record::{Shape, Status},
};

/// How long a file may be on its way: longer than its form is good, so that what comes at the last moment is known.
const AWAITED_FOR: SignedDuration = SignedDuration::from_hours(24);
/// How long an operator can read why a file was refused.
const REFUSED_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How long a picture may wait to be shown.
const UNUSED_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How long after it was named a picture is left alone: much longer than a product that names it takes to be written.
const NAMED_FOR: SignedDuration = SignedDuration::from_mins(2);
/// When a picture that is shown is looked at again.
const SHOWN_FOR: SignedDuration = SignedDuration::from_hours(30 * 24);
/// How often a file is read before it is given up. A function that dies over one cannot say so.
const TRIES: u32 = 3;

/// Pictures by when they are looked at next. There are few changes, so one partition holds them all.
const CHECKS: TimeIndex = TimeIndex { name: "checks", shard: "checks", time: "check_at" };
const SHARD: &str = "0";

/// The table of pictures: one partition a product.
#[derive(Debug, Clone, FromEnvironment)]
pub struct Pictures {
    #[variable("PICTURES_TABLE")]
    table: Table,
}

/// What became of the wish to send a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RequestOutcome {
    /// It is awaited.
    Awaited(Box<PictureRecord>),
    /// The product has as many as it may.
    TooMany,
}

/// Whether a file is to be read now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begun {
    /// It is, and should be this.
    Read(Kind),
    /// It was tried often enough.
    GivenUp,
    /// Nobody waits for it, or it was read already.
    NotAwaited,
}

/// What became of a picture that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finished {
    /// It is ready now.
    Ready,
    /// Somebody else has read it.
    Already,
    /// Nobody wants it any more: its files are to go.
    Unwanted,
}

impl Pictures {
    /// The pictures in this table.
    pub fn new(table: Table) -> Self {
        Self { table }
    }

    /// Notes that a picture will be sent. How many a product has is a limit of convenience: two who ask at the same
    /// moment may have one more.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn request(
        &self,
        product_id: &ProductId,
        picture_id: PictureId,
        kind: Kind,
        now: Timestamp,
    ) -> Result<RequestOutcome, StoreError> {
        if self.of_product(product_id).await?.len() >= PICTURES_MAX {
            return Ok(RequestOutcome::TooMany);
        }
        let record = PictureRecord {
            product_id: product_id.clone(),
            picture_id,
            kind,
            requested_at: now,
            status: Status::Awaited,
            files: None,
            refusal: None,
            named_at: None,
            expires_at: Some((now + AWAITED_FOR).as_second()),
        };
        self.table.put(&record).await?;
        Ok(RequestOutcome::Awaited(Box::new(record)))
    }

    /// A product's pictures, in the order in which they were asked for.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn of_product(&self, product_id: &ProductId) -> Result<Vec<PictureRecord>, StoreError> {
        self.table.partition("product_id", product_id.as_str()).await
    }

    /// One picture.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn find(
        &self,
        product_id: &ProductId,
        picture_id: &PictureId,
    ) -> Result<Option<PictureRecord>, StoreError> {
        self.table.get(&key(product_id, picture_id)).await
    }

    /// Counts one more try to read a file that has come.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn begin(&self, product_id: &ProductId, picture_id: &PictureId) -> Result<Begun, StoreError> {
        let tries = attribute("tries");
        let update = Update::new()
            .add("tries", n(1))
            .when(is(Status::Awaited))
            .when(tries.clone().is_absent().or(tries.is_below(n(TRIES))));
        match self.table.update(&key(product_id, picture_id), update).await? {
            Outcome::Written(item) => Ok(Begun::Read(decode::<PictureRecord>(item)?.kind)),
            Outcome::Refused(None) => Ok(Begun::NotAwaited),
            Outcome::Refused(Some(item)) => Ok(match decode::<PictureRecord>(item)?.status {
                Status::Awaited => Begun::GivenUp,
                Status::Ready | Status::Refused | Status::Leaving => Begun::NotAwaited,
            }),
        }
    }

    /// Notes that a picture can be shown: its files are there.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn finish(
        &self,
        product_id: &ProductId,
        picture: &Picture,
        now: Timestamp,
    ) -> Result<Finished, StoreError> {
        let update = due_in(Update::new(), UNUSED_FOR, now)
            .set("status", s(Status::Ready.name()))
            .set("files", value(&Shape::from(picture))?)
            .set(CHECKS.name, s(SHARD))
            .remove("ttl")
            .when(is(Status::Awaited));
        Ok(match self.table.update(&key(product_id, &picture.picture_id), update).await? {
            Outcome::Written(_) => Finished::Ready,
            Outcome::Refused(Some(_)) => Finished::Already,
            Outcome::Refused(None) => Finished::Unwanted,
        })
    }

    /// Notes why a file is not shown.
    ///
    /// # Errors
    /// [`StoreError`]; repeating is safe.
    pub async fn refuse(
        &self,
        product_id: &ProductId,
        picture_id: &PictureId,
        refusal: Refusal,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let update = Update::new()
            .set("status", s(Status::Refused.name()))
            .set("refusal", value(&refusal)?)
            .set("ttl", n((now + REFUSED_FOR).as_second()))
            .when(is(Status::Awaited));
        self.table.update(&key(product_id, picture_id), update).await.map(drop)
    }

    /// Notes that a product is about to show this picture: nobody removes it within the next minutes. False where the
    /// product has no such picture that is ready.
    ///
    /// # Errors
    /// [`StoreError`]; repeating is safe.
    pub async fn name(&self, product_id: &ProductId, picture: &Picture, now: Timestamp) -> Result<bool, StoreError> {
        let files = attribute("files").equals(value(&Shape::from(picture))?);
        let update = due_in(Update::new(), UNUSED_FOR, now).set("named_at", n(now.as_millisecond()));
        let update = update.when(is(Status::Ready)).when(files);
        Ok(self.table.update(&key(product_id, &picture.picture_id), update).await?.is_written())
    }

    /// Decides that a picture goes which its product did not show when it was looked at. False where it was named a
    /// moment ago, or since: then the product may be about to show it. From then on no product can name it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn withdraw(&self, seen: &PictureRecord, now: Timestamp) -> Result<bool, StoreError> {
        let named_at = attribute("named_at");
        let as_seen = match seen.named_at {
            None => named_at.is_absent(),
            Some(seen) if seen > (now - NAMED_FOR).as_millisecond() => return Ok(false),
            Some(seen) => named_at.equals(n(seen)),
        };
        let update = due_in(Update::new(), SignedDuration::ZERO, now)
            .set("status", s(Status::Leaving.name()))
            .when(is(Status::Ready))
            .when(as_seen);
        Ok(self.table.update(&key(&seen.product_id, &seen.picture_id), update).await?.is_written())
    }

    /// Forgets a picture that has no files, or whose files are gone. False where it has some again.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn forget(&self, seen: &PictureRecord) -> Result<bool, StoreError> {
        let has_none = !is(Status::Ready);
        Ok(self.table.delete_if(&key(&seen.product_id, &seen.picture_id), has_none).await?.is_written())
    }

    /// Pictures that have to be looked at by now, the longest due first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn due(&self, now: Timestamp, at_most: usize) -> Result<Vec<PictureRecord>, StoreError> {
        let due = self.table.due(CHECKS, SHARD, 0..=now.as_millisecond(), at_most, |_, _: &PictureRecord| true).await?;
        Ok(due.into_iter().map(|(_, record)| record).collect())
    }

    /// Looks at a picture again later: its product shows it, or may be about to.
    ///
    /// # Errors
    /// [`StoreError`]; repeating is safe.
    pub async fn look_later(&self, seen: &PictureRecord, is_shown: bool, now: Timestamp) -> Result<(), StoreError> {
        let update = due_in(Update::new(), if is_shown { SHOWN_FOR } else { NAMED_FOR }, now).when(is(Status::Ready));
        self.table.update(&key(&seen.product_id, &seen.picture_id), update).await.map(drop)
    }
}

fn due_in(update: Update, time: SignedDuration, now: Timestamp) -> Update {
    update.set(CHECKS.time, n((now + time).as_millisecond()))
}

fn is(status: Status) -> souk_dynamo::Condition {
    attribute("status").equals(s(status.name()))
}

fn key<'a>(product_id: &'a ProductId, picture_id: &'a PictureId) -> [(&'static str, &'a str); 2] {
    [("product_id", product_id.as_str()), ("picture_id", picture_id.as_str())]
}

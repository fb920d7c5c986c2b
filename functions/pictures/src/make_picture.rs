//! `make-picture`: looks at a file that has come, and makes of it what is served.

use serde::Deserialize;
use souk_pictures::{Arrived, Begun, Files, Finished, Kind, Made, Pictures, Place, Refusal, make};
use souk_runtime::queue::{Failure, Message};
use souk_wiring::{Call, FromEnvironment};

/// S3's event, as the bus puts it into the queue.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Event {
    detail: Detail,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Detail {
    object: Object,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Object {
    key: String,
}

/// The pictures and their files.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    pictures: Pictures,
    files: Files,
}

/// Makes one picture. What cannot be shown is refused, and its file waits in the bucket for a week.
///
/// # Errors
/// Where table or bucket did not answer; the message comes back, repeating is safe.
pub async fn handle(deps: &Deps, message: Message<Event>, call: Call) -> Result<(), Failure> {
    let place: Place = message.body.detail.object.key.parse()?;
    let Some(arrived) = deps.files.sent(&place).await? else { return Ok(()) };
    match deps.pictures.begin(&place.product_id, &place.picture_id).await? {
        Begun::NotAwaited => Ok(deps.files.remove_sent(&place).await?),
        Begun::GivenUp => refuse(deps, &place, Refusal::Unreadable, &call).await,
        Begun::Read(kind) => match look_at(arrived, kind).await? {
            Looked::Good(made) => finish(deps, &place, made, &call).await,
            Looked::Bad(refusal) => refuse(deps, &place, refusal, &call).await,
        },
    }
}

/// What a file turned out to be.
enum Looked {
    Good(Made),
    Bad(Refusal),
}

/// Beside the runtime, which goes on counting the time that is left.
async fn look_at(arrived: Arrived, kind: Kind) -> Result<Looked, Failure> {
    let Arrived::Bytes(bytes) = arrived else { return Ok(Looked::Bad(Refusal::TooLarge)) };
    let made = tokio::task::spawn_blocking(move || make(&bytes, kind)).await?;
    Ok(made.map_or_else(Looked::Bad, Looked::Good))
}

async fn refuse(deps: &Deps, place: &Place, refusal: Refusal, call: &Call) -> Result<(), Failure> {
    tracing::info!(picture_id = %place.picture_id, ?refusal, "a picture was refused");
    Ok(deps.pictures.refuse(&place.product_id, &place.picture_id, refusal, call.now).await?)
}

async fn finish(deps: &Deps, place: &Place, made: Made, call: &Call) -> Result<(), Failure> {
    let picture = made.picture(place.picture_id.clone());
    deps.files.serve(&picture, made.files).await?;
    if deps.pictures.finish(&place.product_id, &picture, call.now).await? == Finished::Unwanted {
        deps.files.remove(&picture).await?;
    }
    Ok(deps.files.remove_sent(place).await?)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_key_is_read_from_the_event_around_it() {
        let event = json!({
            "version": "0", "id": "1", "detail-type": "Object Created", "source": "aws.s3", "account": "1",
            "time": "2026-11-29T10:00:00Z", "region": "us-east-1", "resources": ["arn:aws:s3:::pictures"],
            "detail": {
                "version": "0", "bucket": {"name": "pictures"}, "request-id": "r", "requester": "1", "reason": "PostObject",
                "object": {"key": "uploads/p/pic_0", "size": 5, "etag": "e", "version-id": "v", "sequencer": "1"},
            },
        });
        let event: Event = serde_json::from_value(event).unwrap();
        assert_eq!(event.detail.object.key, "uploads/p/pic_0");
    }
}

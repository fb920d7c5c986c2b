use jiff::{SignedDuration, Timestamp};
use souk_domain::{
    ids::{PictureId, ProductId},
    picture::{Format, Picture, Size},
};
use souk_pictures::{Begun, Finished, Kind, PICTURES_MAX, PictureRecord, Pictures, Refusal, RequestOutcome, State};
use uuid::Uuid;

use super::{at, tables::Tables};

const DAY: SignedDuration = SignedDuration::from_hours(24);
const MINUTE: SignedDuration = SignedDuration::from_mins(1);

async fn pictures() -> Pictures {
    Pictures::new(Tables::of("discovery").await.table("PicturesTable"))
}

fn kettle() -> ProductId {
    "kettle".parse().unwrap()
}

fn id(number: u128) -> PictureId {
    PictureId::from_uuid(Uuid::from_u128(number))
}

fn picture(number: u128) -> Picture {
    Picture { picture_id: id(number), size: Size { width: 600, height: 400 }, format: Format::Jpeg }
}

async fn asked_for(pictures: &Pictures, number: u128, now: Timestamp) {
    let outcome = pictures.request(&kettle(), id(number), Kind::Png, now).await.unwrap();
    assert!(matches!(outcome, RequestOutcome::Awaited(_)), "{outcome:?}");
}

async fn ready(pictures: &Pictures, number: u128, now: Timestamp) {
    asked_for(pictures, number, now).await;
    assert_eq!(pictures.begin(&kettle(), &id(number)).await.unwrap(), Begun::Read(Kind::Png));
    assert_eq!(pictures.finish(&kettle(), &picture(number), now).await.unwrap(), Finished::Ready);
}

async fn found(pictures: &Pictures, number: u128) -> PictureRecord {
    pictures.find(&kettle(), &id(number)).await.unwrap().expect("a picture")
}

#[tokio::test]
async fn a_picture_is_awaited_then_ready_and_then_never_forgotten_by_itself() {
    let pictures = pictures().await;
    asked_for(&pictures, 1, at(0)).await;
    let awaited = found(&pictures, 1).await;
    assert_eq!((awaited.state(), awaited.expires_at()), (State::Awaited, Some(at(0) + DAY)));
    assert_eq!(pictures.begin(&kettle(), &id(1)).await.unwrap(), Begun::Read(Kind::Png));
    assert_eq!(pictures.finish(&kettle(), &picture(1), at(5)).await.unwrap(), Finished::Ready);
    let ready = found(&pictures, 1).await;
    assert_eq!((ready.state(), ready.expires_at()), (State::Ready(picture(1)), None));
    // The same event again, and one that was slower.
    assert_eq!(pictures.begin(&kettle(), &id(1)).await.unwrap(), Begun::NotAwaited);
    assert_eq!(pictures.finish(&kettle(), &picture(1), at(6)).await.unwrap(), Finished::Already);
    pictures.refuse(&kettle(), &id(1), Refusal::Unreadable, at(6)).await.unwrap();
    assert_eq!(found(&pictures, 1).await, ready);
}

#[tokio::test]
async fn what_was_refused_says_why_for_a_week() {
    let pictures = pictures().await;
    asked_for(&pictures, 1, at(0)).await;
    pictures.refuse(&kettle(), &id(1), Refusal::TooManyPixels, at(5)).await.unwrap();
    let refused = found(&pictures, 1).await;
    assert_eq!(
        (refused.state(), refused.expires_at()),
        (State::Refused(Refusal::TooManyPixels), Some(at(5) + DAY * 7))
    );
    assert_eq!(pictures.begin(&kettle(), &id(1)).await.unwrap(), Begun::NotAwaited);
    assert!(!pictures.name(&kettle(), &picture(1), at(6)).await.unwrap());
}

#[tokio::test]
async fn a_file_over_which_the_function_dies_is_given_up_after_three_tries() {
    let pictures = pictures().await;
    asked_for(&pictures, 1, at(0)).await;
    for _ in 0..3 {
        assert_eq!(pictures.begin(&kettle(), &id(1)).await.unwrap(), Begun::Read(Kind::Png));
    }
    assert_eq!(pictures.begin(&kettle(), &id(1)).await.unwrap(), Begun::GivenUp);
    assert_eq!(pictures.begin(&kettle(), &id(2)).await.unwrap(), Begun::NotAwaited, "nobody asked for it");
}

#[tokio::test]
async fn a_picture_that_was_deleted_while_it_was_made_is_unwanted() {
    let pictures = pictures().await;
    asked_for(&pictures, 1, at(0)).await;
    pictures.begin(&kettle(), &id(1)).await.unwrap();
    assert!(pictures.forget(&found(&pictures, 1).await).await.unwrap());
    assert_eq!(pictures.finish(&kettle(), &picture(1), at(5)).await.unwrap(), Finished::Unwanted);
    assert_eq!(pictures.find(&kettle(), &id(1)).await.unwrap(), None);
}

#[tokio::test]
async fn a_product_names_its_own_pictures_as_they_are_and_no_other() {
    let pictures = pictures().await;
    ready(&pictures, 1, at(0)).await;
    assert!(pictures.name(&kettle(), &picture(1), at(9)).await.unwrap());
    let other: ProductId = "teapot".parse().unwrap();
    assert!(!pictures.name(&other, &picture(1), at(9)).await.unwrap());
    assert!(!pictures.name(&kettle(), &picture(2), at(9)).await.unwrap());
    let larger = Picture { size: Size { width: 960, height: 640 }, ..picture(1) };
    assert!(!pictures.name(&kettle(), &larger, at(9)).await.unwrap(), "it has no such file");
}

/// Whoever removes a picture has seen that its product does not show it; one that is named at that moment stays.
#[tokio::test]
async fn a_picture_that_is_being_named_is_not_withdrawn() {
    let pictures = pictures().await;
    ready(&pictures, 1, at(0)).await;
    let seen = found(&pictures, 1).await;
    assert!(pictures.name(&kettle(), &picture(1), at(0) + MINUTE * 10).await.unwrap());
    assert!(!pictures.withdraw(&seen, at(0) + MINUTE * 60).await.unwrap(), "it was named since");
    let seen = found(&pictures, 1).await;
    assert!(!pictures.withdraw(&seen, at(0) + MINUTE * 11).await.unwrap(), "it was named a minute ago");
    assert!(!pictures.forget(&seen).await.unwrap(), "it has files");
    assert!(pictures.withdraw(&seen, at(0) + MINUTE * 12).await.unwrap());
    assert_eq!(found(&pictures, 1).await.state(), State::Leaving(picture(1)));
    assert!(!pictures.name(&kettle(), &picture(1), at(0) + MINUTE * 13).await.unwrap(), "nobody can show it any more");
    assert!(pictures.forget(&found(&pictures, 1).await).await.unwrap());
    assert_eq!(pictures.find(&kettle(), &id(1)).await.unwrap(), None);
}

#[tokio::test]
async fn a_picture_that_was_never_named_is_withdrawn_at_once() {
    let pictures = pictures().await;
    ready(&pictures, 1, at(0)).await;
    assert!(pictures.withdraw(&found(&pictures, 1).await, at(1)).await.unwrap());
}

#[tokio::test]
async fn what_waits_is_looked_at_after_a_week_and_what_is_shown_after_a_month() {
    let pictures = pictures().await;
    ready(&pictures, 1, at(0)).await;
    asked_for(&pictures, 2, at(0)).await;
    let due = async |now| {
        let due = pictures.due(now, 10).await.unwrap();
        due.into_iter().map(|record| record.picture_id).collect::<Vec<_>>()
    };
    assert_eq!(due(at(0) + DAY * 7 - MINUTE).await, []);
    let week = at(0) + DAY * 7;
    assert_eq!(due(week).await, [id(1)], "awaited ones are forgotten by themselves");
    pictures.look_later(&found(&pictures, 1).await, true, week).await.unwrap();
    assert_eq!((due(week + DAY * 29).await, due(week + DAY * 30).await), (vec![], vec![id(1)]));
    // One whose removal stopped half-way is due at once.
    assert!(pictures.withdraw(&found(&pictures, 1).await, week).await.unwrap());
    assert_eq!(due(week).await, [id(1)]);
}

#[tokio::test]
async fn a_product_has_sixty_pictures_at_most_in_the_order_in_which_they_were_asked_for() {
    let pictures = pictures().await;
    for number in 0..PICTURES_MAX as u128 {
        asked_for(&pictures, number, at(0)).await;
    }
    let one_more = pictures.request(&kettle(), id(99), Kind::Png, at(0)).await.unwrap();
    assert_eq!(one_more, RequestOutcome::TooMany);
    let listed = pictures.of_product(&kettle()).await.unwrap();
    assert_eq!(listed.len(), PICTURES_MAX);
    assert!(listed.windows(2).all(|two| two[0].picture_id.as_str() < two[1].picture_id.as_str()));
}

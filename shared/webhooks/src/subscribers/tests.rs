use std::{
    sync::{Arc, Mutex},
    time::Instant,
};

use souk_domain::{ids::EventId, webhook::EventType};
use souk_testkit::stand_in::{Received, StandIn};
use uuid::Uuid;

use super::*;

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn event() -> Event {
    Event::new(EventId::from_uuid(Uuid::from_u128(7)), EventType::Ping, NOW, &serde_json::json!({})).unwrap()
}

fn local(stand_in: &StandIn) -> WebhookUrl {
    WebhookUrl::parse(&format!("{}/hook", stand_in.url()), Reach::PublicAndLoopback).unwrap()
}

async fn answer(status: u16) -> Answer {
    let subscriber = StandIn::answering(move |_| Some((status, "x".repeat(1_000_000)))).unwrap();
    let subscribers = Subscribers::new(Reach::PublicAndLoopback, WITHIN);
    let answer = subscribers.send(&local(&subscriber), &event(), [].into_iter(), NOW).await;
    assert_eq!(subscriber.asked(), 1, "{status}: one request, and no redirect");
    answer
}

#[tokio::test]
async fn only_2xx_is_a_delivery_and_410_is_the_end() {
    for status in [200, 202, 204] {
        assert_eq!(answer(status).await, Answer::Delivered { status });
    }
    assert_eq!(answer(410).await, Answer::Gone);
    for status in [301, 307, 400, 404, 429, 500, 503] {
        assert_eq!(answer(status).await, Answer::Refused { status, retry_after: None });
    }
}

#[tokio::test]
async fn a_request_is_signed_with_each_secret_over_what_is_sent() {
    let received: Arc<Mutex<Vec<Received>>> = Arc::default();
    let kept = Arc::clone(&received);
    let subscriber = StandIn::answering(move |request| {
        kept.lock().unwrap().push(request.clone());
        Some((200, String::new()))
    });
    let secrets = [Secret::generate().unwrap(), Secret::generate().unwrap()];
    let subscribers = Subscribers::new(Reach::PublicAndLoopback, WITHIN);
    subscribers.send(&local(&subscriber.unwrap()), &event(), secrets.iter(), NOW).await;
    let request = received.lock().unwrap()[0].clone();
    assert_eq!((request.method.as_str(), request.target.as_str()), ("POST", "/hook"));
    assert_eq!(String::from_utf8(request.body.clone()).unwrap(), event().body);
    assert_eq!(request.header("webhook-id"), Some("evt_00000000000000000000000000000007"));
    assert_eq!(request.header("webhook-timestamp"), Some("0"));
    let signatures = secrets.map(|secret| secret.sign(&event().event_id, NOW, &event().body).unwrap()).join(" ");
    assert_eq!(request.header("webhook-signature"), Some(signatures.as_str()));
}

#[tokio::test]
async fn a_subscriber_that_never_answers_is_given_up() {
    let silent = StandIn::silent().unwrap();
    let began = Instant::now();
    let subscribers = Subscribers::new(Reach::PublicAndLoopback, Duration::from_millis(200));
    let answer = subscribers.send(&local(&silent), &event(), [].into_iter(), NOW).await;
    assert_eq!(answer, Answer::None(AttemptFailure::Timeout));
    assert!(began.elapsed() < Duration::from_secs(2));
}

#[tokio::test]
async fn this_machine_is_not_asked_unless_the_reach_says_so() {
    let subscriber = StandIn::answering(|_| Some((200, String::new()))).unwrap();
    let subscribers = Subscribers::new(Reach::Public, WITHIN);
    let answer = subscribers.send(&local(&subscriber), &event(), [].into_iter(), NOW).await;
    assert_eq!((answer, subscriber.asked()), (Answer::None(AttemptFailure::Address), 0));
}

/// As a name of the internet may be made to do: it leads to this machine.
#[tokio::test]
async fn a_name_that_leads_to_this_machine_is_not_connected_to() {
    let subscriber = StandIn::answering(|_| Some((200, String::new()))).unwrap();
    let port = subscriber.url().rsplit(':').next().unwrap();
    let request = http::Request::post(format!("http://localhost:{port}/")).body(SdkBody::empty()).unwrap();
    let error = network().call(HttpRequest::try_from(request).unwrap()).await.unwrap_err();
    assert_eq!((failure(&error), subscriber.asked()), (AttemptFailure::Address, 0), "{error:?}");
}

#[test]
fn one_private_address_among_public_ones_is_enough_to_refuse() {
    let addresses = |texts: &[&str]| texts.iter().map(|text| text.parse().unwrap()).collect::<Vec<IpAddr>>();
    assert!(judged(addresses(&["1.1.1.1", "2606:4700::1111"])).is_ok());
    assert!(judged(addresses(&["1.1.1.1", "169.254.169.254"])).is_err());
    assert!(judged(addresses(&[])).is_err());
}

#[test]
fn retry_after_is_seconds_or_a_date() {
    assert_eq!(retry_after("120", NOW), Some(SignedDuration::from_secs(120)));
    assert_eq!(retry_after("Thu, 01 Jan 1970 01:00:00 GMT", NOW), Some(SignedDuration::from_hours(1)));
    for nonsense in ["-1", "soon", "", "99999999999999"] {
        assert_eq!(retry_after(nonsense, NOW), None, "{nonsense}");
    }
}

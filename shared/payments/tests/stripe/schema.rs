//! The adapter's requests against `stripe-mock`, which checks them by Stripe's published schema and remembers nothing.

use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use http::Request;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use souk_domain::ids::RefundId;
use souk_domain::money::Money;
use souk_payments::gateway::{Back, Gateway, KeptMethod, NewIntent, NewRefund, NewRenewal, Window};
use souk_payments::stripe::StripeGateway;

use crate::till::order;

/// A running `stripe-mock`, ended with the test.
struct StripeMock {
    process: Child,
    url: String,
}

impl StripeMock {
    /// Starts the binary that `STRIPE_MOCK` names, or the one on the path; `None` where neither is there.
    fn start() -> Option<Self> {
        let named = std::env::var("STRIPE_MOCK").ok();
        let address = format!("127.0.0.1:{}", free_port());
        // It listens for HTTPS in any case, on all interfaces unless told where.
        let spawned = Command::new(named.as_deref().unwrap_or("stripe-mock"))
            .args(["-http-addr", &address, "-https-addr", "127.0.0.1:0"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let process = match (spawned, named) {
            (Ok(process), _) => process,
            (Err(error), Some(name)) => panic!("STRIPE_MOCK={name}: {error}"),
            (Err(_), None) => return None,
        };
        let mock = Self { process, url: format!("http://{address}") };
        let deadline = Instant::now() + Duration::from_secs(20);
        while TcpStream::connect(&address).is_err() {
            assert!(Instant::now() < deadline, "stripe-mock does not listen");
            std::thread::sleep(Duration::from_millis(20));
        }
        Some(mock)
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

impl Drop for StripeMock {
    fn drop(&mut self) {
        let _gone = self.process.kill();
        let _reaped = self.process.wait();
    }
}

#[tokio::test]
async fn every_request_is_one_that_stripe_understands() {
    let Some(mock) = StripeMock::start() else {
        println!(
            "skipped: no stripe-mock (go install github.com/stripe/stripe-mock@v0.203.0, or name it in STRIPE_MOCK)"
        );
        return;
    };
    let gateway = StripeGateway::new(&mock.url, "sk_test_souk").unwrap();
    let order = order("schema");
    let new = NewIntent {
        order_id: &order,
        amount: Money::usd(500).unwrap(),
        payment_method: "pm_card_visa",
        attempt: 0,
        customer: None,
    };

    let created = gateway.create(&new).await.unwrap();
    let customer = gateway.create_customer(&"ann".parse().unwrap(), &order, None).await.unwrap();
    gateway.create(&NewIntent { customer: Some(&customer), ..new }).await.unwrap();
    let kept = KeptMethod { customer, payment_method: "pm_card_visa".to_owned() };
    let renewal = NewRenewal { order_id: &order, amount: Money::usd(500).unwrap(), number: 1, kept: &kept };
    let renewed = gateway.create_renewal(&renewal).await.unwrap();
    gateway.confirm_renewal(&order, &renewed.id, 1).await.unwrap();
    assert!(created.id.starts_with("pi_"));
    gateway.confirm(&order, &created.id).await.unwrap();
    gateway.confirm_with(&order, &created.id, 1, "pm_card_visa").await.unwrap();
    gateway.capture(&order, &created.id, 1, None).await.unwrap();
    gateway.cancel(&order, &created.id).await.unwrap();
    let refund_id = RefundId::of_cancellation(&order);
    let refund = NewRefund { order_id: &order, intent_id: &created.id, refund_id: &refund_id, amount: None };
    gateway.refund(&refund).await.unwrap();
    gateway.refunds(&created.id).await.unwrap();
    gateway.disputes(&created.id, jiff::Timestamp::now()).await.unwrap();
    gateway.order_of(&created.id).await.unwrap();
    gateway.retrieve(&created.id).await.unwrap();
    let window = Window { from: jiff::Timestamp::UNIX_EPOCH, to: jiff::Timestamp::now() };
    gateway.list(window, Some(&created.id)).await.unwrap();
    for what in [Back::Refund, Back::Dispute] {
        gateway.list_back(what, window, None).await.unwrap();
    }

    // And it does judge: what the schema does not have is refused.
    let unheard_of = post(&format!("{}/v1/payment_intents", mock.url), "amount=500&currency=usd&colour=red").await;
    assert_eq!(unheard_of, 400);
}

async fn post(url: &str, form: &str) -> u16 {
    let client = Client::builder(TokioExecutor::new()).build_http();
    let request = Request::post(url)
        .header("authorization", "Bearer sk_test_souk")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form.to_owned())
        .unwrap();
    client.request(request).await.unwrap().status().as_u16()
}

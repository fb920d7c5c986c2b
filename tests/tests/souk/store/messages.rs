//! A message is sent once, whatever is repeated, refused or lost.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use aws_sdk_cognitoidentityprovider as cognito;
use aws_sdk_sesv2 as ses;
use jiff::Timestamp;
use serde_json::{Value, json};
use souk_domain::{
    ids::{OrderId, RefundId, UserId},
    money::Money,
    order::{FromFlashSale, Label, Order, OrderLine, OrderStatus, Origin, Parcel, Shipment},
    payment::PaymentState,
    quantity::Quantity,
};
use souk_notifications::{
    About, BeginOutcome, Contacts, EmailAddress, EndOutcome, Feedback, Happened, Kind, Mailer, Message, Messages,
    Standing, Templates, Withheld,
};
use souk_orders::{Archive, OrderRecord, Orders};
use souk_payments::PaymentRecords;
use souk_testkit::stand_in::{Answer, Received, StandIn};
use souk_wiring::Call;
use souk_workflows::send_message::{News, SendError, SendMessage, SendOutcome};

use super::{
    at,
    meter::{Meter, units},
    order as id,
    tables::Tables,
};

const ADDRESS: &str = "ada@souk.test";
/// A delivery that comes again.
const SAME: &str = "same";
/// Shorter than the SDK's own patience.
const PATIENCE: Duration = Duration::from_millis(300);

/// What the provider does with a mail.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Provider {
    Takes,
    /// It takes the mail, and the answer is lost.
    LosesAnswer,
    /// It never answers, and takes nothing.
    IsSilent,
    Throttles,
}

struct World {
    tables: Tables,
    messages: Messages,
    send: SendMessage,
    provider: Arc<Mutex<Provider>>,
    mails: Arc<Mutex<Vec<Value>>>,
    deliveries: AtomicU32,
    /// User pool and provider.
    aws: StandIn,
}

fn answer(request: &Received, provider: Provider, mails: &Mutex<Vec<Value>>) -> Answer {
    if request.header("x-amz-target").is_some_and(|target| target.ends_with(".AdminGetUser")) {
        let attributes = json!([{ "Name": "email", "Value": ADDRESS }, { "Name": "email_verified", "Value": "true" }]);
        return Some((200, json!({ "Username": "u", "UserAttributes": attributes }).to_string()));
    }
    assert_eq!(request.target, "/v2/email/outbound-emails");
    let mail = || mails.lock().unwrap().push(serde_json::from_slice(&request.body).unwrap());
    match provider {
        Provider::Takes => {
            mail();
            Some((200, json!({ "MessageId": "ses-1" }).to_string()))
        }
        Provider::LosesAnswer => {
            mail();
            Some((500, String::new()))
        }
        Provider::IsSilent => None,
        Provider::Throttles => Some((429, json!({ "__type": "TooManyRequestsException" }).to_string())),
    }
}

impl World {
    async fn new() -> Self {
        Self::over(Tables::of("transactions").await)
    }

    fn over(tables: Tables) -> Self {
        let (provider, mails) = (Arc::new(Mutex::new(Provider::Takes)), Arc::new(Mutex::new(Vec::new())));
        let (asked, kept) = (Arc::clone(&provider), Arc::clone(&mails));
        let aws = StandIn::answering(move |request| answer(request, *asked.lock().unwrap(), &kept)).unwrap();
        let messages = Messages::new(tables.table("MessagesTable"));
        let region = ses::config::Region::new("us-east-1");
        let credentials = ses::config::Credentials::new("test", "test", None, None, "test");
        let patience = ses::config::timeout::TimeoutConfig::builder().operation_attempt_timeout(PATIENCE).build();
        let pool = cognito::Config::builder()
            .behavior_version(cognito::config::BehaviorVersion::latest())
            .region(region.clone())
            .credentials_provider(credentials.clone())
            .endpoint_url(aws.url());
        let mail = ses::Config::builder()
            .behavior_version(ses::config::BehaviorVersion::latest())
            .region(region)
            .credentials_provider(credentials)
            .endpoint_url(aws.url())
            .timeout_config(patience);
        let send = SendMessage::new(
            (Orders::new(tables.table("OrdersTable")), Archive::new(tables.table("OrderArchiveTable"))),
            PaymentRecords::new(tables.table("PaymentsTable")),
            Contacts::new(cognito::Client::from_conf(pool.build()), "pool".to_owned()),
            messages.clone(),
            Templates::new("https://shop.test").unwrap(),
            Mailer::new(mail, "orders@souk.test".to_owned(), "set".to_owned()),
        );
        Self { tables, messages, send, provider, mails, deliveries: AtomicU32::new(0), aws }
    }

    async fn holds(&self, order: &Order) {
        self.tables.table("OrdersTable").put(&OrderRecord::from(order)).await.unwrap();
    }

    /// The event comes by a delivery of its own.
    async fn tells(&self, happened: Happened, now: Timestamp) -> Result<SendOutcome, SendError> {
        let delivery = self.deliveries.fetch_add(1, Ordering::Relaxed).to_string();
        self.brings(happened, delivery, now).await
    }

    /// The same delivery comes again.
    async fn tells_again(&self, happened: Happened, now: Timestamp) -> Result<SendOutcome, SendError> {
        self.brings(happened, SAME.to_owned(), now).await
    }

    async fn brings(&self, happened: Happened, delivery: String, now: Timestamp) -> Result<SendOutcome, SendError> {
        self.send.run(&News { order_id: id(1), happened, version: Some(1), delivery }, Call::at(now)).await
    }

    fn provider(&self, does: Provider) {
        *self.provider.lock().unwrap() = does;
    }

    fn mails(&self) -> usize {
        self.mails.lock().unwrap().len()
    }

    async fn standing(&self, kind: Kind) -> (Standing, u32) {
        self.messages.standing(&message(kind).id()).await.unwrap().unwrap()
    }
}

fn user() -> UserId {
    "u".parse().unwrap()
}

fn message(kind: Kind) -> Message {
    Message { order_id: id(1), user_id: user(), kind, about: About::Order }
}

fn order(order_id: OrderId, status: OrderStatus) -> Order {
    let line = OrderLine {
        sku: "BAG".parse().unwrap(),
        title: Some("<b>Bag</b>".to_owned()),
        variant: None,
        quantity: Quantity::new(1).unwrap(),
        unit_price: Money::usd(900).unwrap(),
    };
    let from = FromFlashSale { sale_id: "sale".parse().unwrap(), shard: 0, warehouse_id: "w".parse().unwrap() };
    Order {
        order_id,
        user_id: user(),
        status,
        version: 1,
        origin: Origin::FlashSale(from),
        lines: vec![line],
        total: Money::usd(900).unwrap(),
        shipping_address: None,
        payment_method: None,
        created_at: at(0),
        pay_by: at(900),
        settled: true,
        cancel_reason: None,
        shipments: Vec::new(),
        shortages: Vec::new(),
        history: Vec::new(),
        promise: None,
        address_changes: Vec::new(),
        stock: souk_domain::order::StockTrail::default(),
    }
}

async fn world() -> World {
    let world = World::new().await;
    world.holds(&order(id(1), OrderStatus::Confirmed)).await;
    world
}

fn sent(attempt: u32) -> SendOutcome {
    SendOutcome::Sent { attempt }
}

#[tokio::test]
async fn a_message_is_sent_once_however_often_its_event_comes() {
    let world = world().await;
    assert_eq!(world.tells(Happened::Placed, at(1)).await.unwrap(), sent(1));
    for second in [1, 2, 1000] {
        let again = world.tells(Happened::Placed, at(second)).await.unwrap();
        assert_eq!(again, SendOutcome::Done(Standing::Sent));
    }
    assert_eq!(world.tells(Happened::Confirmed, at(3)).await.unwrap(), sent(1), "another message");
    assert_eq!(world.mails(), 2);
    let mail = world.mails.lock().unwrap()[0].clone();
    assert_eq!(mail["Destination"]["ToAddresses"], json!([ADDRESS]));
    assert_eq!(mail["ConfigurationSetName"], "set");
    let html = mail["Content"]["Simple"]["Body"]["Html"]["Data"].as_str().unwrap();
    assert!(html.contains("&lt;b&gt;Bag") && !html.contains("<b>Bag"), "{html}");
}

#[tokio::test]
async fn of_many_at_once_one_sends() {
    let world = world().await;
    let all = (0..8).map(|_| world.tells(Happened::Placed, at(1)));
    let ended = futures_util::future::join_all(all).await;
    assert_eq!(ended.iter().filter(|end| matches!(end, Ok(SendOutcome::Sent { attempt: 1 }))).count(), 1);
    assert_eq!(world.mails(), 1);
}

/// The function died after its write: before or after the mail went out, nobody knows.
#[tokio::test]
async fn what_was_begun_and_comes_again_is_sent_once_more_and_says_so() {
    let world = world().await;
    let begun = async |second| world.messages.begin(&message(Kind::OrderPlaced), SAME, at(second)).await.unwrap();
    assert!(matches!(begun(0).await, BeginOutcome::Begun(turn) if turn.attempt == 1));
    for second in [1, 59, 3600] {
        let another = world.tells(Happened::Placed, at(second)).await.unwrap();
        assert_eq!(another, SendOutcome::Done(Standing::Sent), "whoever has taken it comes again");
    }
    assert!(matches!(world.tells_again(Happened::Placed, at(59)).await, Err(SendError::Busy)), "it may be alive");
    assert_eq!(world.mails(), 0);
    assert_eq!(world.tells_again(Happened::Placed, at(60)).await.unwrap(), sent(2));
    assert_eq!(world.standing(Kind::OrderPlaced).await, (Standing::Sent, 2), "the item tells");
    assert_eq!(world.mails(), 1);
}

#[tokio::test]
async fn after_two_senders_that_died_nothing_more_is_sent() {
    let world = world().await;
    for (second, attempt) in [(0, 1), (60, 2)] {
        let begun = world.messages.begin(&message(Kind::OrderPlaced), SAME, at(second)).await.unwrap();
        assert!(matches!(begun, BeginOutcome::Begun(turn) if turn.attempt == attempt));
    }
    for _ in 0..2 {
        let ended = world.tells_again(Happened::Placed, at(120)).await.unwrap();
        assert_eq!(ended, SendOutcome::Done(Standing::Unknown));
    }
    assert_eq!(world.tells(Happened::Placed, at(121)).await.unwrap(), SendOutcome::Done(Standing::Unknown));
    assert_eq!(world.mails(), 0);
}

/// A mail that went out is not noted: a queue that brings its event once more than it should has it sent twice, never thrice.
#[tokio::test]
async fn a_delivery_that_was_done_and_comes_again_sends_a_second_mail_and_no_third() {
    let world = world().await;
    assert_eq!(world.tells_again(Happened::Placed, at(0)).await.unwrap(), sent(1));
    assert_eq!(world.tells_again(Happened::Placed, at(60)).await.unwrap(), sent(2));
    for second in [120, 180] {
        let ended = world.tells_again(Happened::Placed, at(second)).await.unwrap();
        assert_eq!(ended, SendOutcome::Done(Standing::Unknown));
    }
    assert_eq!(world.mails(), 2);
}

#[tokio::test]
async fn a_lost_answer_is_not_repeated_by_the_sdk_and_counts_as_an_attempt() {
    for lost in [Provider::LosesAnswer, Provider::IsSilent] {
        let world = world().await;
        world.provider(lost);
        world.tells_again(Happened::Placed, at(0)).await.unwrap_err();
        assert!(world.mails() <= 1, "{lost:?}: one request");
        world.provider(Provider::Takes);
        assert!(matches!(world.tells_again(Happened::Placed, at(30)).await, Err(SendError::Busy)));
        assert_eq!(world.tells_again(Happened::Placed, at(60)).await.unwrap(), sent(2));
        assert!(world.mails() <= 2, "{lost:?}");
    }
}

#[tokio::test]
async fn what_the_provider_refuses_is_tried_until_it_is_taken_and_was_never_sent_before() {
    let world = world().await;
    world.provider(Provider::Throttles);
    for second in 0..5 {
        let refused = world.tells(Happened::Placed, at(second)).await.unwrap_err();
        assert_eq!(refused.to_string(), "the mail was refused: TooManyRequestsException");
        assert_eq!(world.standing(Kind::OrderPlaced).await, (Standing::Waiting, 1));
    }
    world.provider(Provider::Takes);
    assert_eq!(world.tells(Happened::Placed, at(6)).await.unwrap(), sent(1));
    assert_eq!(world.mails(), 1);
}

#[tokio::test]
async fn whoever_was_overtaken_ends_nothing() {
    let world = world().await;
    let begin = async |second| match world.messages.begin(&message(Kind::OrderPlaced), SAME, at(second)).await.unwrap()
    {
        BeginOutcome::Begun(turn) => turn,
        other => panic!("{other:?}"),
    };
    let (late, present) = (begin(0).await, begin(60).await);
    let end = async |turn, standing| world.messages.end(turn, &standing, at(61)).await.unwrap();
    assert_eq!(end(&late, Standing::Waiting).await, EndOutcome::Overtaken);
    let done = Standing::Withheld { why: Withheld::Declined };
    assert_eq!(end(&present, done.clone()).await, EndOutcome::Kept);
    assert_eq!(world.standing(Kind::OrderPlaced).await, (done, 2));
}

#[tokio::test]
async fn nothing_goes_to_an_address_that_bounced_or_to_whoever_complained() {
    let world = world().await;
    let placed = message(Kind::OrderPlaced).id();
    world.tells(Happened::Placed, at(0)).await.unwrap();
    let feedback = Feedback {
        name: "complained",
        message: Some(placed.clone()),
        suppressed: vec![EmailAddress::new(ADDRESS.to_uppercase())],
    };
    for _ in 0..2 {
        world.messages.record(&feedback, at(5)).await.unwrap();
    }
    let item: Value = world.tables.table("MessagesTable").get(&[("id", placed.as_str())]).await.unwrap().unwrap();
    assert_eq!((&item["feedback"], &item["state"]), (&json!("complained"), &json!("SENT")));
    let withheld = world.tells(Happened::Confirmed, at(6)).await.unwrap();
    assert_eq!(withheld, SendOutcome::Withheld(Withheld::Suppressed));
    assert!(matches!(world.standing(Kind::SaleWon).await.0, Standing::Withheld { why: Withheld::Suppressed }));
    assert_eq!(world.mails(), 1);
}

#[tokio::test]
async fn a_shopper_declines_news_of_parcels_and_still_hears_of_the_order() {
    let world = world().await;
    world.messages.decline(&user(), [Kind::OrderShipped, Kind::SaleWon].into()).await.unwrap();
    let shipped = world.tells(Happened::ParcelShipped { shipment: 1 }, at(0)).await.unwrap();
    assert_eq!(shipped, SendOutcome::Withheld(Withheld::Declined));
    assert_eq!(world.tells(Happened::Confirmed, at(0)).await.unwrap(), sent(1), "this one may not be declined");
    assert_eq!(world.mails(), 1);
}

/// A payment's record with these refunds, each of nine dollars.
async fn refunded(world: &World, refunds: &[(&RefundId, &str)]) {
    let item = json!({
        "id": format!("order#{}", id(1)), "order_id": id(1), "state": "CAPTURED", "version": 3,
        "amount": { "amount": 1800, "currency": "USD" }, "created_at": 0, "updated_at": 0,
        "refunds": refunds.iter().map(|(refund_id, state)| json!({
            "refund_id": refund_id, "amount": { "amount": 900, "currency": "USD" }, "by": "CANCELLATION",
            "state": state, "asked_at": 0, "changed_at": 0,
        })).collect::<Vec<_>>(),
    });
    world.tables.table("PaymentsTable").put(&item).await.unwrap();
}

#[tokio::test]
async fn each_shipment_and_each_correction_is_told_once() {
    let world = world().await;
    let label = Label { carrier: "c".to_owned(), tracking_number: "1".to_owned() };
    let left = |from: &str| Shipment {
        parcels: vec![Parcel::new(label.clone())],
        shipped_at: Some(at(1)),
        ..Shipment::new(from.parse().unwrap(), Vec::new())
    };
    let mut shipped = order(id(1), OrderStatus::Shipped);
    shipped.shipments = vec![left("east"), left("west")];
    world.holds(&shipped).await;
    let corrected = |correction| Happened::TrackingChanged { shipment: 2, parcel: 1, correction };
    let told =
        [Happened::ParcelShipped { shipment: 1 }, Happened::ParcelShipped { shipment: 2 }, corrected(1), corrected(2)];
    for happened in told {
        assert_eq!(world.tells(happened.clone(), at(2)).await.unwrap(), sent(1), "{happened:?}");
        assert!(matches!(world.tells(happened, at(3)).await.unwrap(), SendOutcome::Done(Standing::Sent)));
    }
    assert_eq!(world.mails(), 4);
}

#[tokio::test]
async fn each_refund_is_told_once_with_its_amount_and_only_while_it_stands() {
    let world = world().await;
    let [first, second] = ["a", "b"].map(|key| RefundId::of_request(&id(1), key));
    let tells = async |refund_id: &RefundId| world.tells(Happened::Refunded(refund_id.clone()), at(0)).await.unwrap();
    assert_eq!(tells(&first).await, SendOutcome::Nothing, "there is no payment");
    refunded(&world, &[(&first, "SUCCEEDED"), (&second, "FAILED")]).await;
    assert_eq!(tells(&second).await, SendOutcome::Nothing, "the bank has sent it back meanwhile");
    assert_eq!(tells(&first).await, sent(1));
    assert!(matches!(tells(&first).await, SendOutcome::Done(_)));
    refunded(&world, &[(&first, "SUCCEEDED"), (&second, "SUCCEEDED")]).await;
    assert_eq!(tells(&second).await, sent(1));
    assert_eq!(world.mails(), 2);
    assert!(world.mails.lock().unwrap()[0].to_string().contains("Returned to you: $9.00"));
}

#[tokio::test]
async fn a_refund_of_an_archived_order_is_told_too() {
    let world = World::new().await;
    let archived = order(id(1), OrderStatus::Delivered);
    world.tables.table("OrderArchiveTable").put(&OrderRecord::from(&archived)).await.unwrap();
    let refund_id = RefundId::of_request(&id(1), "a");
    refunded(&world, &[(&refund_id, "SUCCEEDED")]).await;
    assert_eq!(world.tells(Happened::Refunded(refund_id), at(0)).await.unwrap(), sent(1));
}

#[tokio::test]
async fn a_challenge_is_told_only_while_the_payment_waits_for_it() {
    let world = world().await;
    world.holds(&order(id(1), OrderStatus::PendingPayment)).await;
    let payments = PaymentRecords::new(world.tables.table("PaymentsTable"));
    payments.open(&id(1), PaymentState::RequiresAction, Money::usd(900).unwrap(), at(0)).await.unwrap();
    assert_eq!(world.tells(Happened::ActionRequired, at(0)).await.unwrap(), sent(1));
    assert!(matches!(world.tells(Happened::ActionRequired, at(0)).await.unwrap(), SendOutcome::Done(_)));

    let late = World::new().await;
    late.holds(&order(id(1), OrderStatus::Confirmed)).await;
    assert_eq!(late.tells(Happened::ActionRequired, at(0)).await.unwrap(), SendOutcome::Nothing);
}

#[tokio::test]
async fn an_order_that_is_not_there_is_a_failure_and_no_message() {
    let world = World::new().await;
    assert!(matches!(world.tells(Happened::Placed, at(0)).await, Err(SendError::UnknownOrder)));
}

/// A call of a function, a message, a read of the user pool and a mail each, besides.
#[tokio::test]
async fn what_an_orders_messages_cost() {
    let (meter, client) = Meter::to_a_new_store().await;
    let world = World::over(Tables::reached_by(client));
    world.holds(&order(id(1), OrderStatus::Confirmed)).await;
    meter.bill();
    let (mut writes, mut reads) = (0.0, 0.0);
    let left = Happened::ParcelShipped { shipment: 1 };
    for happened in [Happened::Placed, Happened::Confirmed, left, Happened::Delivered] {
        assert_eq!(world.tells(happened.clone(), at(0)).await.unwrap(), sent(1));
        let bill = meter.bill();
        let (written, read) = units(&bill);
        println!("{happened:?}: {written} write units, {read} read units, {bill:?}");
        writes += written;
        reads += read;
    }
    let (mails, asked) = (world.mails(), world.aws.asked());
    println!("an order: {writes} write units, {reads} read units, {mails} mails, {} reads of the pool", asked - mails);
    assert_eq!((mails, asked), (4, 8));
    assert_eq!(writes, 4.0, "each message is written once");
    assert!(reads <= 5.0, "the order, the address's suppression, and what is declined where it may be: {reads}");
}

//! What an order's own writes keep: its list, its addresses, its notes, its timeline.

use futures_util::future::join_all;
use jiff::SignedDuration;
use serde_json::json;
use souk_domain::{
    fulfilment::Fulfilment,
    ids::{NoteId, OrderId, UserId, WarehouseId},
    money::Money,
    order::{
        Actor, Address, FromFlashSale, Label, Order, OrderLine, OrderStatus, Origin, Promise, Shipment, ShipmentItem,
        Terms, Transition,
    },
    payment::PaymentState,
    quantity::Quantity,
};
use souk_fulfilment::Fulfilments;
use souk_notifications::{About, BeginOutcome, Kind, Message, Messages};
use souk_orders::{
    Archive, ArchiveOutcome, ConfirmOutcome, Note, NoteOutcome, OrderNotes, OrderRecord, Orders, ReviseOutcome,
    SettleOutcome,
};
use souk_payments::{PaymentRecords, SeenEvents};
use souk_wiring::Call;
use souk_workflows::{
    change_address::{ChangeAddress, Outcome},
    order_timeline::{By, Entry, MessageState, OrderTimeline, What},
    write_note::{self, Author, WriteNote},
};

use super::{at, order as id, tables::Tables};

/// What is promised.
pub const TERMS: Terms =
    Terms { dispatch: SignedDuration::from_hours(2 * 24), delivery: SignedDuration::from_hours(5 * 24) };

/// What leaves of it from one warehouse.
fn from_the_east() -> Shipment {
    let item = ShipmentItem { sku: "BAG".parse().unwrap(), quantity: 1 };
    Shipment::new("east".parse().unwrap(), vec![item])
}

/// All of an order leaves, in one parcel from one warehouse.
pub async fn leaves(orders: &Orders, order_id: &OrderId, second: i64) -> Order {
    let label = Label { carrier: "Speedy".to_owned(), tracking_number: "SP-1".to_owned() };
    let departures = vec![("east".parse().unwrap(), vec![label])];
    let leave = |order: &mut Order| {
        order.shipments = vec![from_the_east()];
        order.leave(&departures, at(second))
    };
    let ReviseOutcome::Revised(order) = orders.revise(order_id, leave).await.unwrap() else {
        panic!("it cannot leave")
    };
    *order
}

/// An order that was placed at this second, and waits for its payment.
pub fn placed(n: u128, second: i64) -> Order {
    let line = OrderLine {
        sku: "BAG".parse().unwrap(),
        title: None,
        variant: None,
        quantity: Quantity::new(1).unwrap(),
        unit_price: Money::usd(900).unwrap(),
    };
    let from = FromFlashSale { sale_id: "sale".parse().unwrap(), shard: 0, warehouse_id: "w".parse().unwrap() };
    let status = OrderStatus::PendingPayment;
    Order {
        order_id: id(n),
        user_id: user(),
        status,
        version: 1,
        origin: Origin::FlashSale(from),
        lines: vec![line],
        total: Money::usd(900).unwrap(),
        shipping_address: Some(address("1 Analytical Row")),
        payment_method: Some("pm_card_visa".to_owned()),
        created_at: at(second),
        pay_by: at(second + 900),
        settled: false,
        cancel_reason: None,
        shipments: Vec::new(),
        shortages: Vec::new(),
        history: vec![Transition { status, at: at(second), by: Actor::Customer }],
        promise: None,
        address_changes: Vec::new(),
        stock: souk_domain::order::StockTrail::default(),
    }
}

fn user() -> UserId {
    "u".parse().unwrap()
}

fn address(line1: &str) -> Address {
    let address = json!({ "name": "Ada", "line1": line1, "city": "London", "postal_code": "N1 9GU", "country": "GB" });
    serde_json::from_value(address).unwrap()
}

struct World {
    tables: Tables,
    orders: Orders,
    archive: Archive,
    change: ChangeAddress,
}

impl World {
    async fn with_an_order() -> Self {
        let tables = Tables::of("transactions").await;
        let orders = Orders::new(tables.table("OrdersTable"));
        let archive = Archive::new(tables.table("OrderArchiveTable"));
        let change =
            ChangeAddress::new(orders.clone(), archive.clone(), Fulfilments::new(tables.table("FulfilmentsTable")));
        tables.table("OrdersTable").put(&OrderRecord::from(&placed(1, 0))).await.unwrap();
        Self { tables, orders, archive, change }
    }

    async fn change(&self, seen: Option<u64>, line1: &str, second: i64) -> Outcome {
        self.change.run(&id(1), &user(), seen, &address(line1), &Call::at(at(second))).await.unwrap()
    }

    fn write_note(&self) -> WriteNote {
        let fulfilments = Fulfilments::new(self.tables.table("FulfilmentsTable"));
        WriteNote::new(self.orders.clone(), self.archive.clone(), fulfilments, self.notes())
    }

    fn notes(&self) -> OrderNotes {
        OrderNotes::new(self.tables.table("OrderNotesTable"))
    }

    async fn archived(&self) {
        let cancelled = self.orders.cancel(&id(1), souk_domain::order::Canceller::Customer, at(50)).await.unwrap();
        assert!(matches!(cancelled, souk_orders::CancelOutcome::Cancelled(_)));
        assert_eq!(self.orders.settle(&id(1), &[OrderStatus::Cancelled]).await.unwrap(), SettleOutcome::Settled);
        let order = self.orders.get(&id(1)).await.unwrap().unwrap();
        assert_eq!(self.archive.keep(&self.orders, &order, at(60)).await.unwrap(), ArchiveOutcome::Archived);
        self.tables.table("OrdersTable").delete(&[("order_id", id(1).as_str())]).await.unwrap();
    }
}

/// Other terms promise something else to those who buy from then on, and to nobody else.
#[tokio::test]
async fn what_is_promised_is_said_once_with_the_confirmation_and_stays() {
    let world = World::with_an_order().await;
    let promise = async || world.orders.get(&id(1)).await.unwrap().unwrap().promise;
    assert_eq!(promise().await, None);
    for (terms, now) in [(TERMS, 10), (Terms { dispatch: SignedDuration::ZERO, ..TERMS }, 20)] {
        assert!(matches!(world.orders.confirm(&id(1), terms, at(now)).await.unwrap(), ConfirmOutcome::Confirmed(_)));
        let day = 24 * 3600;
        assert_eq!(promise().await, Some(Promise { leave_by: at(10 + 2 * day), arrive_by: at(10 + 7 * day) }));
    }
    let left = leaves(&world.orders, &id(1), 30).await;
    assert_eq!((left.promise, left.version), (promise().await, 3));
    let record = serde_json::to_value(OrderRecord::from(&left)).unwrap();
    assert_eq!(Order::from(serde_json::from_value::<OrderRecord>(record).unwrap()), left);
}

#[tokio::test]
async fn each_address_that_an_order_had_is_kept_with_who_changed_it_and_when() {
    let world = World::with_an_order().await;
    let Outcome::Changed(first) = world.change(Some(1), "2 Engine Road", 10).await else { panic!("refused") };
    assert_eq!((first.version, first.shipping_address.clone()), (2, Some(address("2 Engine Road"))));
    let Outcome::Changed(again) = world.change(Some(2), "2 Engine Road", 11).await else { panic!("refused") };
    assert_eq!(again.version, 2, "it goes there already");
    assert!(matches!(world.orders.confirm(&id(1), TERMS, at(12)).await.unwrap(), ConfirmOutcome::Confirmed(_)));
    let Outcome::Changed(second) = world.change(Some(3), "3 Store Street", 13).await else { panic!("refused") };
    let kept: Vec<_> = second.address_changes.iter().map(|change| (change.at, change.by, &change.before)).collect();
    let (one, two) = (address("1 Analytical Row"), address("2 Engine Road"));
    assert_eq!(kept, [(at(10), Actor::Customer, &one), (at(13), Actor::Customer, &two)]);
    assert_eq!(world.orders.get(&id(1)).await.unwrap().as_ref(), Some(&*second));
}

#[tokio::test]
async fn an_address_is_changed_at_the_version_that_was_seen_and_by_its_owner() {
    let world = World::with_an_order().await;
    assert_eq!(world.change(None, "2", 1).await, Outcome::VersionNeeded(1));
    assert_eq!(world.change(Some(2), "2", 1).await, Outcome::Stale(1));
    let other = world.change.run(&id(1), &"v".parse().unwrap(), Some(1), &address("2"), &Call::at(at(1))).await;
    assert_eq!(other.unwrap(), Outcome::Unknown);
    let streets: Vec<_> = (0..8).map(|n| format!("{n} Street")).collect();
    let ended = join_all(streets.iter().map(|line| world.change(Some(1), line, 2))).await;
    assert_eq!(ended.iter().filter(|end| matches!(end, Outcome::Changed(_))).count(), 1, "one of eight at once");
    assert!(ended.iter().all(|end| matches!(end, Outcome::Changed(_) | Outcome::Stale(2))));
}

#[tokio::test]
async fn an_address_stays_while_somebody_picks_and_not_after_their_claim() {
    let world = World::with_an_order().await;
    let mut work = Fulfilment::new(&placed(1, 0), "east".parse().unwrap(), Vec::new());
    work.claim(&user(), SignedDuration::from_secs(60), at(1)).unwrap();
    assert_eq!(Fulfilments::new(world.tables.table("FulfilmentsTable")).open(&work).await.unwrap(), None);
    assert!(matches!(world.change(Some(1), "2", 60).await, Outcome::Fixed(_)));
    assert!(matches!(world.change(Some(1), "2", 61).await, Outcome::Changed(_)));
}

#[tokio::test]
async fn an_address_stays_once_a_part_is_packed_or_the_order_has_ended() {
    let world = World::with_an_order().await;
    assert!(matches!(world.orders.confirm(&id(1), TERMS, at(1)).await.unwrap(), ConfirmOutcome::Confirmed(_)));
    let pack = |order: &mut Order| {
        order.shipments = vec![from_the_east()];
        order.pack(&"east".parse().unwrap(), &[], at(2))
    };
    assert!(matches!(world.orders.revise(&id(1), pack).await.unwrap(), ReviseOutcome::Revised(_)));
    assert!(matches!(world.change(Some(3), "2", 2).await, Outcome::Fixed(order) if order.version == 3));
    let world = World::with_an_order().await;
    world.archived().await;
    assert!(
        matches!(world.change(Some(1), "2", 99).await, Outcome::Fixed(order) if order.status == OrderStatus::Cancelled)
    );
}

#[tokio::test]
async fn a_note_with_a_key_is_kept_once_and_outlives_the_hot_order() {
    let world = World::with_an_order().await;
    let (write, user_id) = (world.write_note(), user());
    let author = Author { user_id: &user_id, only_in: None };
    let run = async |order_id: OrderId, key: Option<&str>, text: &str, second| {
        write.run(&order_id, author, key, text.to_owned(), &Call::at(at(second))).await.unwrap()
    };
    let first = run(id(1), Some("k"), "Once.", 1).await;
    assert!(matches!(&first, write_note::Outcome::Kept(note) if note.at == at(1) && note.author == user()));
    assert_eq!(run(id(1), Some("k"), "Once.", 2).await, first);
    assert_eq!(run(id(1), Some("k"), "Twice.", 3).await, write_note::Outcome::KeyReused);
    assert_eq!(run(id(2), Some("k"), "Once.", 3).await, write_note::Outcome::Unknown);
    world.archived().await;
    for second in [70, 71] {
        assert!(matches!(run(id(1), None, "Again.", second).await, write_note::Outcome::Kept(_)));
    }
    let kept = world.notes().of_order(&id(1)).await.unwrap();
    assert_eq!(kept.iter().map(|note| note.text.as_str()).collect::<Vec<_>>(), ["Once.", "Again.", "Again."]);
    assert!(!format!("{kept:?}").contains("Once"), "a note is about people");
}

#[tokio::test]
async fn a_warehouses_staff_writes_about_what_it_packs_and_knows_of_nothing_else() {
    let world = World::with_an_order().await;
    let (write, user_id) = (world.write_note(), user());
    let writes = async |order_id: OrderId, own: &[&str], second| {
        let own: Vec<WarehouseId> = own.iter().map(|id| id.parse().unwrap()).collect();
        let author = Author { user_id: &user_id, only_in: Some(&own) };
        let outcome = write.run(&order_id, author, None, "Fragile.".to_owned(), &Call::at(at(second))).await.unwrap();
        matches!(outcome, write_note::Outcome::Kept(_))
    };
    assert!(!writes(id(1), &["east"], 1).await, "nobody packs it yet");
    let work = Fulfilment::new(&placed(1, 0), "east".parse().unwrap(), Vec::new());
    assert_eq!(Fulfilments::new(world.tables.table("FulfilmentsTable")).open(&work).await.unwrap(), None);
    assert!(writes(id(1), &["west", "east"], 2).await);
    for (order_id, own) in [(id(1), vec!["west"]), (id(1), vec![]), (id(2), vec!["east"])] {
        assert!(!writes(order_id, &own, 3).await, "{own:?}");
    }
    world.archived().await;
    assert!(writes(id(1), &["east"], 70).await, "also long after it has left");
    assert_eq!(world.notes().of_order(&id(1)).await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_timeline_is_made_of_every_source_oldest_first_also_in_the_archive() {
    let world = World::with_an_order().await;
    let payments = PaymentRecords::new(world.tables.table("PaymentsTable"));
    let messages = Messages::new(world.tables.table("MessagesTable"));
    payments.open(&id(1), PaymentState::Intent, Money::usd(900).unwrap(), at(5)).await.unwrap();
    assert!(matches!(world.change(Some(1), "2 Engine Road", 10).await, Outcome::Changed(_)));
    let note = Note {
        order_id: id(1),
        note_id: NoteId::of_request(&id(1), &user(), "k"),
        author: user(),
        at: at(20),
        text: "Rang.".to_owned(),
    };
    assert!(matches!(world.notes().keep(note).await.unwrap(), NoteOutcome::Kept(_)));
    let message = Message { order_id: id(1), user_id: user(), kind: Kind::OrderPlaced, about: About::Order };
    assert!(matches!(messages.begin(&message, "d", at(30)).await.unwrap(), BeginOutcome::Begun(_)));
    world.archived().await;

    let seen = SeenEvents::new(world.tables.table("PaymentsTable"));
    let timeline =
        OrderTimeline::new(world.orders.clone(), world.archive.clone(), (payments, seen), messages, world.notes());
    assert_eq!(timeline.run(&id(2)).await.unwrap(), None);
    let entries = timeline.run(&id(1)).await.unwrap().unwrap();
    assert!(entries.is_sorted_by_key(|entry| entry.at));
    let story: Vec<_> = entries.iter().map(|entry| (entry.at, entry.by, told(entry))).collect();
    let expected = [
        (at(0), By::Customer, "PENDING_PAYMENT"),
        (at(5), By::Shop, "opened"),
        (at(5), By::Shop, "INTENT"),
        (at(10), By::Customer, "1 Analytical Row"),
        (at(20), By::Staff, "Rang."),
        (at(30), By::Shop, "sent"),
        (at(50), By::Customer, "CANCELLED"),
    ];
    assert_eq!(story, expected.map(|(at, by, what)| (at, by, what.to_owned())));
}

fn told(entry: &Entry) -> String {
    match &entry.what {
        What::Status { status, .. } => status.to_string(),
        What::AddressChanged { before } => before.line1.clone(),
        What::PaymentOpened { .. } => "opened".to_owned(),
        What::PaymentChanged { status, .. } => status.as_str().to_owned(),
        What::Message { state: MessageState::Sent, .. } => "sent".to_owned(),
        What::Note { text, .. } => text.clone(),
        other => format!("{other:?}"),
    }
}

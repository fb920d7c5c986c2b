//! What a purchase costs, through the production handlers and the deployed state machine. Each story prints its table
//! and holds its bounds: who raises one says why. `docs/cost.md` shows how to read them.

use std::{rc::Rc, sync::Arc};

use serde_json::{Value, json};
use souk_domain::flash_sale::{FlashSaleDraft, FlashSaleTerms, LotteryKey, ShardPlan, ShopperKey};
use souk_domain::{
    money::Money,
    stock::{COLLECT_FROM, RowKey},
};
use souk_events::inventory::{RowGrown, RowTask};
use souk_flash_sales::{ClaimOutcome, Claims, Conductor, RoomCache};
use souk_fn_flash_sales::background::order_intents;
use souk_fn_fulfilment::background::follow_orders;
use souk_fn_notifications::send_messages::{OrderEvent, news};
use souk_fn_orders::background::{archive_orders, maintain_row, publish_orders, reservation_timer};
use souk_fn_payments::publish_payments;
use souk_inventory::AllotOutcome;
use souk_payments::webhook::EVENT_TYPES;
use souk_runtime::{queue::Message, stream::Record};
use souk_wiring::Call;

use super::shop::{Reply, Shop, WAREHOUSE, play};
use crate::{
    machine,
    meter::{Cost, Meter},
    observer::StreamRecord,
    requests::address,
    tables::readers,
    world::{FOLLOWED, Parcel},
};

/// What a story may cost at most. Units come back before the money, behind a fence of the payment's record that is a write of
/// its own.
struct Bound {
    writes: f64,
    reads: f64,
    functions: u32,
    dollars: f64,
}

/// A second attempt of anything would be a cost of its own.
const CARD: &str = "pm_card_visa";
const DECLINED: &str = "pm_card_chargeDeclined";

impl Shop {
    /// What comes now is this step's, and is a function's work.
    fn called(&self, step: &str, cost: Cost) {
        self.network.with(|world| {
            if let Some(meter) = &mut world.meter {
                meter.step(step);
                let now = meter.now();
                now.functions += cost.functions;
                now.requests += cost.requests;
                now.messages += cost.messages;
            }
        });
    }

    fn http(&self, step: &str) {
        self.called(step, Cost { functions: 1, requests: 1, ..Cost::default() });
    }

    /// A message costs its receiving and its deleting, too.
    fn message(&self, step: &str) {
        self.called(step, Cost { functions: 1, messages: 2, ..Cost::default() });
    }

    fn stream(&self, step: &str) {
        self.called(step, Cost { functions: 1, ..Cost::default() });
    }

    /// Brings all that is on its way, until nothing is; timers when they are due, and all else before.
    async fn bring_all(&self) {
        loop {
            let parcels = self.network.with(|world| std::mem::take(&mut world.parcels));
            let (timers, due): (Vec<_>, Vec<_>) = parcels
                .into_iter()
                .partition(|parcel| matches!(parcel, Parcel::Message { delay_seconds, .. } if *delay_seconds > 0));
            if due.is_empty() {
                match timers.into_iter().next() {
                    Some(timer) => {
                        self.pass(901).await;
                        self.bring(timer).await;
                        continue;
                    }
                    None => return,
                }
            }
            self.network.with(|world| world.parcels = timers);
            for parcel in due {
                self.bring(parcel).await;
            }
        }
    }

    async fn bring(&self, parcel: Parcel) {
        let (functions, call) = (self.functions, Call::at(self.now()));
        match parcel {
            Parcel::Execution(input) => {
                let _ended = machine::execute(Rc::new(super::shop::Saga(self.clone())), input).await;
            }
            Parcel::Message { body, queue, .. } if queue == crate::functions::INTENTS => {
                self.message("intent");
                let message =
                    Message { body: serde_json::from_str(&body).unwrap(), id: "m".to_owned(), receive_count: 1 };
                order_intents::handle(&functions.order_intents, message, call).await.unwrap();
            }
            Parcel::Message { body, .. } => {
                self.message("timer");
                let message =
                    Message { body: serde_json::from_str(&body).unwrap(), id: "m".to_owned(), receive_count: 1 };
                reservation_timer::handle(&functions.reservation_timer, message, call).await.unwrap();
            }
            // The gateway sends no others (DEPLOY.md).
            Parcel::Webhook(notice) if !EVENT_TYPES.iter().any(|told| notice.payload.contains(told)) => {}
            Parcel::Webhook(notice) => {
                self.http("webhooks");
                assert_eq!(self.deliver(&notice).await.status, 204);
            }
            Parcel::Stream(record) => self.bring_record(&record, call).await,
            Parcel::Event(envelope) => {
                if FOLLOWED.iter().any(|followed| envelope["detail-type"] == *followed) {
                    self.message("follow-orders");
                    let body = serde_json::from_value(envelope.clone()).unwrap();
                    let message = Message { body, id: "m".to_owned(), receive_count: 1 };
                    follow_orders::handle(&functions.follow_orders, message, call).await.unwrap();
                }
                if let Ok(body) = serde_json::from_value::<OrderEvent>(envelope) {
                    self.message("send-messages");
                    let news = news(Message { body, id: "m".to_owned(), receive_count: 1 });
                    functions.send_message.run(&news, call).await.unwrap();
                }
            }
        }
    }

    /// One record a call: at rest batches are that small. A filter drops a record of which its function would make nothing.
    async fn bring_record(&self, record: &StreamRecord, call: Call) {
        for reader in readers(record.table) {
            if reader.wants(&record.json()) {
                self.stream(&reader.function);
                self.read_record(&reader.function, record, call).await;
            } else {
                let counted = self.network.with(|world| world.meter.replace(Meter::default()));
                self.read_record(&reader.function, record, call).await;
                let done = self.network.with(|world| std::mem::replace(&mut world.meter, counted));
                let done = done.unwrap_or_default().total();
                assert_eq!(done, Cost::default(), "{} is not told of {}", reader.function, record.json());
            }
        }
    }

    async fn read_record(&self, function: &str, record: &StreamRecord, call: Call) {
        let (functions, records) = (self.functions, vec![Record::from_json(record.json()).unwrap()]);
        match function {
            "publish-orders" => publish_orders::handle(&functions.publish_orders, records, call).await.unwrap(),
            "archive-orders" => archive_orders::handle(&functions.archive_orders, records, call).await.unwrap(),
            "publish-payments" => publish_payments::handle(&functions.publish_payments, records, call).await.unwrap(),
            other => panic!("nobody knows {other}"),
        }
    }

    async fn checked_out(&self, lines: &[&str]) -> Reply {
        for sku in lines {
            self.stock(sku, 10).await;
            self.put_into_cart("ann", sku, 1).await;
        }
        // Warm: the table of warehouses, and the shopper's count, are there.
        let first = self.check_out_cart("ann").await;
        self.give_up("ann", &first).await;
        self.is_known("ann").await;
        self.forget();
        self.http("POST /checkouts");
        self.check_out_cart("ann").await
    }

    /// The gateway knows the shopper from an order before; with the first one it costs a call of it and a write more.
    async fn is_known(&self, user: &str) {
        let customer = self.network.with(|world| world.make_customer());
        let kept = self.functions.payments.keep_customer(&user.parse().unwrap(), &customer, self.now()).await;
        assert_eq!(kept.unwrap(), customer);
    }

    /// Nothing is on its way, and nothing was counted.
    fn forget(&self) {
        self.network.with(|world| {
            world.parcels.clear();
            world.meter = Some(Meter::default());
        });
    }

    async fn ordered(&self, lines: &[&str], method: &str) -> String {
        let checkout = self.checked_out(lines).await;
        assert_eq!(checkout.status, 201, "{checkout:?}");
        self.http("POST /orders");
        let placed = self.place_with("ann", "key", &checkout, method).await;
        assert_eq!(placed.status, 201, "{placed:?}");
        self.bring_all().await;
        placed.id("order_id")
    }

    async fn sent_and_arrived(&self, order_id: &str) {
        self.http("POST …/ship");
        assert_eq!(self.ship(order_id).await.status, 200);
        self.bring_all().await;
        self.http("POST …/deliver");
        assert_eq!(self.arrive(order_id).await.status, 200);
        self.bring_all().await;
    }

    #[track_caller]
    fn holds(&self, story: &str, bound: &Bound) {
        let table = self.network.with(|world| world.meter.take().unwrap_or_default());
        println!("\n{story}\n\n{table}");
        let cost = table.total();
        assert!(cost.write_units() <= bound.writes, "{story}: {} write units", cost.write_units());
        assert!(cost.reads <= bound.reads, "{story}: {} read units", cost.reads);
        assert!(cost.functions <= bound.functions, "{story}: {} functions", cost.functions);
        assert!(cost.dollars_per_million() <= bound.dollars, "{story}: {} dollars", cost.dollars_per_million());
    }
}

/// Plays it in the order protocol's first edition and in its second; without the second one's collector, whose share
/// `a_row_that_forgets_eight_orders` counts.
fn costs(name: &str, [first, second]: [Bound; 2], story: impl AsyncFn(&Shop)) {
    play(async |shop| {
        story(&shop).await;
        shop.holds(&format!("{name}, first edition"), &first);
    });
    play(async |shop| {
        let shop = shop.of_holds();
        story(&shop).await;
        shop.holds(&format!("{name}, second edition"), &second);
    });
}

#[test]
fn a_delivered_order_of_one_line() {
    let bounds = [
        Bound { writes: 56.0, reads: 25.0, functions: 19, dollars: 60.9 },
        Bound { writes: 42.0, reads: 25.0, functions: 19, dollars: 52.2 },
    ];
    costs("One line, delivered", bounds, async |shop| {
        let order_id = shop.ordered(&["tea"], CARD).await;
        shop.sent_and_arrived(&order_id).await;
        assert_eq!(shop.history(&order_id), ["PENDING_PAYMENT", "CONFIRMED", "SHIPPED", "DELIVERED"]);
    });
}

#[test]
fn a_delivered_order_of_five_lines() {
    let bounds = [
        Bound { writes: 78.0, reads: 33.0, functions: 19, dollars: 75.7 },
        Bound { writes: 59.0, reads: 37.0, functions: 19, dollars: 64.3 },
    ];
    costs("Five lines, delivered", bounds, async |shop| {
        let order_id = shop.ordered(&["tea", "pot", "cup", "tin", "jug"], CARD).await;
        shop.sent_and_arrived(&order_id).await;
        assert_eq!(shop.history(&order_id), ["PENDING_PAYMENT", "CONFIRMED", "SHIPPED", "DELIVERED"]);
    });
}

/// Its last event is that it is settled, of which subscribers hear; so it is of every cancellation.
#[test]
fn an_order_whose_card_is_declined() {
    let bounds = [
        Bound { writes: 40.0, reads: 17.5, functions: 16, dollars: 44.7 },
        Bound { writes: 31.0, reads: 24.5, functions: 18, dollars: 41.5 },
    ];
    costs("One line, declined", bounds, async |shop| {
        let order_id = shop.ordered(&["tea"], DECLINED).await;
        assert_eq!(shop.history(&order_id).last().map(String::as_str), Some("CANCELLED"));
    });
}

#[test]
fn an_order_that_its_customer_cancels() {
    let bounds = [
        Bound { writes: 58.0, reads: 25.5, functions: 21, dollars: 62.0 },
        Bound { writes: 41.0, reads: 27.5, functions: 22, dollars: 51.9 },
    ];
    costs("One line, cancelled", bounds, async |shop| {
        let order_id = shop.ordered(&["tea"], CARD).await;
        shop.http("POST …/cancel");
        assert_eq!(shop.cancel("ann", &order_id).await.status, 200);
        shop.bring_all().await;
        assert_eq!(shop.history(&order_id), ["PENDING_PAYMENT", "CONFIRMED", "CANCELLED"]);
    });
}

/// What the row's stream sets off: a write for eight orders, and a read of each.
#[test]
fn a_row_that_forgets_eight_orders() {
    play(async |shop| {
        let shop = shop.of_holds();
        shop.stock("tea", 10).await;
        for n in 0..COLLECT_FROM {
            let user = format!("shopper-{n}");
            let checkout = shop.check_out(&user, "tea").await;
            assert_eq!(shop.place_with(&user, "key", &checkout, CARD).await.status, 201);
            shop.bring_all().await;
        }
        shop.forget();
        shop.message("maintain-row");
        let row = RowKey::first(&"tea".parse().unwrap(), &WAREHOUSE.parse().unwrap());
        let body = RowGrown { row, task: RowTask::Collect };
        let message = Message { body, id: "m".to_owned(), receive_count: 1 };
        maintain_row::handle(&shop.functions.maintain_rows, message, Call::at(shop.now())).await.unwrap();
        shop.holds("Eight orders, forgotten", &Bound { writes: 1.0, reads: 9.0, functions: 1, dollars: 3.0 });
        let row = shop.functions.stock.of_sku(&"tea".parse().unwrap()).await.unwrap().remove(0);
        assert!(row.holds.is_empty(), "{row:?}");
    });
}

/// From the intent on: what the waiting room and the claim cost, `tests/tests/souk/store/flash_sales/figures.rs` counts.
#[test]
fn an_order_of_a_flash_sale() {
    play(async |shop| {
        let (functions, now) = (shop.functions, shop.now());
        let (sale_id, user) = ("launch".parse().unwrap(), "00000000-0000-0000-0000-000000000007");
        shop.stock("console", 10).await;
        let sku = "console".parse().unwrap();
        let draft = FlashSaleDraft {
            sku: "console".parse().unwrap(),
            units: 5,
            price: Money::usd(1_500).unwrap(),
            opens_at: now + jiff::SignedDuration::from_secs(1),
            closes_at: None,
            admission_rate: None,
            expected_shoppers: None,
        };
        let terms = FlashSaleTerms::new(draft).unwrap();
        let _defined = functions.sales.define(&sale_id, &terms, &LotteryKey::new([7; 32]), now).await.unwrap();
        let allotted = functions.sale_units.allot(&sale_id, &sku, 5, now).await.unwrap();
        let AllotOutcome::Allotted(lines) = allotted else { panic!("the units are there") };
        let runs =
            lines.iter().map(|line| json!({"warehouse_id": line.warehouse_id, "units": line.quantity, "shards": 1}));
        let plan: ShardPlan = serde_json::from_value(runs.collect()).unwrap();
        functions.shards.create(&sale_id, &plan).await.map(drop).unwrap();
        let _scheduled = functions.sales.prepared(&sale_id, &plan).await.unwrap();
        shop.pass(2).await;
        let conductor = Conductor::new(functions.sales.clone(), "conductor", jiff::SignedDuration::from_secs(5));
        let _opened = conductor.tick(&sale_id, shop.now(), async |_| Ok::<_, String>(None)).await.unwrap();
        let claims = Claims::new(functions.shards.clone(), Arc::new(RoomCache::new(functions.sales.clone())));
        let key = ShopperKey::of(&user.parse().unwrap()).unwrap();
        // Warm: the room and the definition are known.
        let _room = claims.rooms().get(&sale_id, shop.now()).await.unwrap();
        shop.is_known(user).await;
        shop.forget();
        shop.http("POST …/intents");
        let claimed = claims.claim(&sale_id, &key, shop.now()).await.unwrap().outcome;
        assert!(matches!(claimed, ClaimOutcome::Claimed(_)), "{claimed:?}");
        let now = shop.now();
        let intent = json!({
            "sale_id": sale_id, "user_id": user, "shard": 0, "warehouse_id": lines[0].warehouse_id,
            "claimed_at": now.as_second(), "sku": "console", "title": "Console",
            "unit_price": {"amount": 1500, "currency": "USD"}, "payment_method": CARD,
            "shipping_address": Value::Object(address()),
        });
        shop.message("intent");
        let message = Message { body: serde_json::from_value(intent).unwrap(), id: "m".to_owned(), receive_count: 1 };
        order_intents::handle(&functions.order_intents, message, Call::at(now)).await.unwrap();
        shop.bring_all().await;
        let order_id = shop.orders()[0]["order_id"].as_str().unwrap().to_owned();
        assert_eq!(shop.history(&order_id), ["PENDING_PAYMENT", "CONFIRMED"]);
        shop.sent_and_arrived(&order_id).await;
        shop.holds("A flash sale's, delivered", &Bound { writes: 37.0, reads: 14.0, functions: 18, dollars: 46.0 });
    });
}

//! What shoppers are told by mail, from the purchase to the mailbox. On AWS nobody sees the mailbox: there these
//! tests buy, and look at the messages' items only.

use std::time::Duration;

use serde_json::{Value, json};
use souk_dynamo::Table;

use crate::support::{Api, FlashSale, Shelf, eventually, stack};

/// Mails are sent at their own pace, and the other tests' are before ours.
const DELIVERY: Duration = Duration::from_secs(120);

/// The message's item, once it stands so.
async fn message(table: &Table, order_id: &str, kind: &str, state: &str) -> Value {
    let id = format!("{order_id}-{kind}");
    eventually(&format!("{id} {state}"), DELIVERY, || async {
        let item: Option<Value> = table.get(&[("id", &id)]).await.unwrap();
        item.filter(|item| item["state"] == state)
    })
    .await
}

fn subjects(mails: &[Value]) -> Vec<String> {
    mails.iter().map(|mail| mail["Subject"].as_str().unwrap().to_owned()).collect()
}

async fn ship(order_id: &str) {
    let warehouse = stack().sign_in("warehouse").await;
    let parcel = json!({ "carrier": "Speedy", "tracking_number": "SP-17" });
    warehouse.post(&format!("/admin/orders/{order_id}/ship"), parcel).await.expect(200);
    warehouse.post(&format!("/admin/orders/{order_id}/deliver"), json!({})).await.expect(200);
}

#[tokio::test]
async fn a_shopper_reads_of_each_step_of_an_order_once_in_their_language() {
    let operator = stack().sign_in("operator").await;
    let person = stack().person(&[]).await;
    person.speaks(stack(), "de-AT").await;
    let shopper = stack().guest().with_token(&person.sign_in(stack()).await.access);
    let shelf = Shelf::stocked(&operator, 123_450, 2).await;
    let placed = shopper.buy(&shelf.sku, 2, "pm_card_visa").await;
    let order_id = placed["order_id"].as_str().unwrap();
    shopper.order_in(order_id, "CONFIRMED").await;
    operator.settled(order_id).await;
    ship(order_id).await;

    let messages = stack().table("MessagesTable").await;
    for kind in ["order_placed", "order_confirmed", "order_shipped", "order_delivered"] {
        let item = message(&messages, order_id, kind, "SENT").await;
        assert_eq!(item["attempt"], 1, "{item}");
        assert!(!item.to_string().contains(&person.name), "no address is kept");
    }
    let Some(mails) = stack().mails_that_came(&person.name, 4).await else { return };
    let mut told = subjects(&mails);
    told.sort();
    let expected = [
        "Ihre Bestellung ist bestätigt",
        "Ihre Bestellung ist eingegangen",
        "Ihre Bestellung ist unterwegs",
        "Ihre Bestellung ist zugestellt",
    ];
    assert_eq!(told, expected.map(|subject| format!("{subject} ({order_id})")));

    let shipped = mails.iter().find(|mail| mail["Subject"].as_str().unwrap().contains("unterwegs")).unwrap();
    let text = shipped["BodyText"].as_str().unwrap();
    assert!(text.contains("2.469,00\u{A0}$") && text.contains("SP-17"), "{text}");
    assert_link_works(&shopper, text).await;
}

/// It leads to the order, for whom it belongs to.
async fn assert_link_works(shopper: &Api, text: &str) {
    let link = text.split_whitespace().find(|word| word.starts_with("http")).expect("a link");
    let path = link.strip_prefix(&stack().api_url).unwrap_or_else(|| panic!("{link} leads away from the shop"));
    assert_eq!(shopper.get(path).await.expect(200).text("status"), "DELIVERED");
}

#[tokio::test]
async fn a_shopper_reads_why_an_order_was_cancelled() {
    let operator = stack().sign_in("operator").await;
    let person = stack().person(&[]).await;
    let shopper = stack().guest().with_token(&person.sign_in(stack()).await.access);
    let shelf = Shelf::stocked(&operator, 900, 1).await;
    let placed = shopper.buy(&shelf.sku, 1, "pm_card_chargeDeclined").await;
    let order_id = placed["order_id"].as_str().unwrap();
    shopper.lapsed(order_id).await;
    operator.settled(order_id).await;

    let messages = stack().table("MessagesTable").await;
    for kind in ["order_placed", "order_cancelled"] {
        message(&messages, order_id, kind, "SENT").await;
    }
    let Some(mails) = stack().mails_that_came(&person.name, 2).await else { return };
    let cancelled = mails.iter().find(|mail| mail["Subject"].as_str().unwrap().contains("cancelled")).unwrap();
    assert!(cancelled["BodyHtml"].as_str().unwrap().contains("The payment was declined."));
    assert_eq!(mails.len(), 2, "nothing was taken, so nothing is given back: {:?}", subjects(&mails));
}

#[tokio::test]
async fn nothing_is_sent_to_an_address_that_does_not_take_mail() {
    let operator = stack().sign_in("operator").await;
    let person = stack().person(&[]).await;
    let bounce = json!({
        "source": "aws.ses", "detail-type": "Email Bounced",
        "detail": {
            "eventType": "Bounce",
            "bounce": { "bounceType": "Permanent", "bouncedRecipients": [{ "emailAddress": person.name }] },
            "mail": { "messageId": "m", "tags": {} },
        },
    });
    let record = json!({
        "messageId": "m", "body": bounce.to_string(), "attributes": {}, "messageAttributes": {}, "eventSource": "aws:sqs",
    });
    let done = stack().invoke("RecordMailFeedback", &json!({ "Records": [record] })).await.unwrap();
    assert_eq!(done["batchItemFailures"], json!([]), "{done}");

    let shopper = stack().guest().with_token(&person.sign_in(stack()).await.access);
    let shelf = Shelf::stocked(&operator, 900, 1).await;
    let placed = shopper.buy(&shelf.sku, 1, "pm_card_visa").await;
    let order_id = placed["order_id"].as_str().unwrap();
    let messages = stack().table("MessagesTable").await;
    let item = message(&messages, order_id, "order_placed", "WITHHELD").await;
    assert_eq!(item["why"], "suppressed");
    assert_eq!(subjects(&stack().mails_to(&person.name).await.unwrap_or_default()), [""; 0]);
}

#[tokio::test]
async fn a_shopper_declines_what_may_be_declined_and_only_for_themselves() {
    let operator = stack().sign_in("operator").await;
    let person = stack().person(&[]).await;
    let shopper = stack().guest().with_token(&person.sign_in(stack()).await.access);
    let path = "/message-preferences";
    assert_eq!(stack().guest().get(path).await.status, 401);
    let declined = shopper.put(path, json!({ "declined": ["order_shipped"] })).await.expect(200).body;
    assert_eq!(
        declined["may_be_declined"],
        json!(["order_shipped", "parcel_shipped", "tracking_changed", "order_delivered"])
    );
    assert_eq!(shopper.get(path).await.expect(200).body, declined);
    let refused = shopper.put(path, json!({ "declined": ["order_confirmed"] })).await;
    refused.expect_problem(400, "invalid-request").about_field("declined");
    shopper.put(path, json!({ "declined": ["newsletter"] })).await.expect_problem(400, "invalid-request");
    assert_eq!(operator.get(path).await.expect(200).body["declined"], json!([]), "another's are their own");

    let shelf = Shelf::stocked(&operator, 900, 1).await;
    let placed = shopper.buy(&shelf.sku, 1, "pm_card_visa").await;
    let order_id = placed["order_id"].as_str().unwrap();
    shopper.order_in(order_id, "CONFIRMED").await;
    operator.settled(order_id).await;
    ship(order_id).await;
    let messages = stack().table("MessagesTable").await;
    assert_eq!(message(&messages, order_id, "order_shipped", "WITHHELD").await["why"], "declined");
    message(&messages, order_id, "order_delivered", "SENT").await;
}

#[tokio::test]
async fn a_shopper_reads_of_each_part_that_leaves_and_of_each_corrected_number_once() {
    let operator = stack().sign_in("operator").await;
    let (person, warehouse) = (stack().person(&[]).await, stack().sign_in("warehouse").await);
    let shopper = stack().guest().with_token(&person.sign_in(stack()).await.access);
    let shelf = Shelf::stocked(&operator, 900, 1).await;
    shelf.also_in("w2", 1).await;
    let placed = shopper.buy(&shelf.sku, 2, "pm_card_visa").await;
    let order_id = placed["order_id"].as_str().unwrap();
    shopper.order_in(order_id, "CONFIRMED").await;
    operator.settled(order_id).await;
    let parcel =
        |from: &str| json!({ "warehouse_id": from, "carrier": "Speedy", "tracking_number": format!("SP-{from}") });
    let parcels = json!({ "parcels": [parcel("w1"), parcel("w2")] });
    warehouse.post(&format!("/admin/orders/{order_id}/ship"), parcels).await.expect(200);
    let path = format!("/admin/orders/{order_id}/fulfilments/w2/parcels/1");
    warehouse.put(&path, json!({ "carrier": "Speedy", "tracking_number": "SP-99" })).await.expect(200);

    let messages = stack().table("MessagesTable").await;
    for kind in ["parcel_shipped-1", "parcel_shipped-2", "tracking_changed-2-1-1"] {
        assert_eq!(message(&messages, order_id, kind, "SENT").await["attempt"], 1);
    }
    // It was placed and confirmed, too.
    let Some(mails) = stack().mails_that_came(&person.name, 5).await else { return };
    let about = |subject: &str| {
        let mails = mails.iter().filter(|mail| mail["Subject"].as_str().unwrap().starts_with(subject));
        mails.map(|mail| mail["BodyText"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let parts = about("A part of your order is on its way");
    assert_eq!(parts.len(), 2);
    assert!(parts.iter().any(|text| text.contains("SP-w1") && !text.contains("SP-w2")), "{parts:?}");
    assert!(matches!(&about("Your parcel has another tracking number")[..], [text] if text.contains("SP-99")));
    assert_eq!(about("Your order is on its way"), [""; 0], "nothing is told twice");
}

#[tokio::test]
async fn whoever_wins_in_a_sale_or_loses_by_the_payment_reads_so() {
    let (operator, winner) = (stack().sign_in("operator").await, stack().sign_in("shopper").await);
    let loser = stack().sign_in("shopper2").await;
    let sale = FlashSale::open(&operator, 2).await;
    let messages = stack().table("MessagesTable").await;
    for (shopper, card, status, kind) in
        [(&winner, "pm_card_visa", "PAID", "sale_won"), (&loser, "pm_card_chargeDeclined", "CANCELLED", "sale_lost")]
    {
        let asked = sale.buy(shopper, card).await.expect(202);
        let ended = sale.intent_in(shopper, asked.text("intent_id"), status).await;
        message(&messages, ended["order_id"].as_str().unwrap(), kind, "SENT").await;
    }
    sale.end().await;
}

//! Money and webhooks.

use super::shop::{Shop, at_every_moment, play};

/// The card whose bank wants the shopper to prove who they are.
const CHALLENGED: &str = "pm_card_authenticationRequired";

/// saleor/saleor#14733: a payment went through when its units were out of stock already, and the money
/// stayed where it was, without an order.
#[test]
pub fn saleor_14733_money_that_comes_when_the_units_are_gone_is_given_back() {
    let moments = at_every_moment(async |shop, moment| {
        shop.stock("tea", 1).await;
        let anns = shop.check_out("ann", "tea").await;
        let late = shop.place("ann", "key", &anns).await.id("order_id");
        shop.lose_executions();
        shop.pass(800).await;
        // While the saga pays, the shopper's time runs out, the order is ended and the unit is sold to somebody else.
        let overtake = async || {
            shop.pass(101).await;
            shop.ring_timers().await;
            shop.saga(&late).await;
            let bobs = shop.check_out("bob", "tea").await;
            if bobs.status == 201 {
                shop.place("bob", "key", &bobs).await;
                shop.run_executions().await;
            }
        };
        let goes_on = shop.interrupt(shop.saga(&late), moment, overtake).await;
        let bought = Shop::order_id("bob", "key");
        let (loses, paid) = (shop.history(&late).contains(&"CANCELLED".to_owned()), (1, 1, 0));
        assert_eq!(shop.money(&bought) == paid, loses, "moment {moment}");
        assert_eq!((shop.money(&late).0 == 0, shop.is_settled(&late)), (loses, true), "moment {moment}");
        assert_eq!(shop.units("tea"), (0, 0, 0), "moment {moment}");
        goes_on
    });
    assert!(moments > 8, "the saga makes more requests than {moments}");
}

/// saleor/saleor#14733, where it is the shopper who is late: their bank lets them pass while the order is being
/// cancelled.
#[test]
fn saleor_14733_a_challenge_that_is_passed_too_late_leaves_no_money_held() {
    at_every_moment(async |shop, moment| {
        shop.stock("tea", 1).await;
        let checkout = shop.check_out("ann", "tea").await;
        let order_id = shop.place_with("ann", "key", &checkout, CHALLENGED).await.id("order_id");
        shop.run_executions().await;
        assert_eq!(shop.history(&order_id), ["PENDING_PAYMENT"]);
        shop.pass(901).await;
        let pass_challenge = async || shop.authenticate(&order_id);
        let goes_on = shop.interrupt(shop.saga(&order_id), moment, pass_challenge).await;
        assert_eq!(shop.history(&order_id), ["PENDING_PAYMENT", "CANCELLED"], "moment {moment}");
        assert_eq!((shop.money(&order_id).0, shop.units("tea")), (0, (1, 0, 1)), "moment {moment}");
        goes_on
    });
}

/// medusajs/medusa#13301 and saleor/saleor#19220: the gateway's webhook completed an order while the
/// shopper's own request was completing it, and both did the whole of it.
#[test]
pub fn medusa_13301_and_saleor_19220_a_webhook_at_any_moment_makes_one_payment() {
    let moments = at_every_moment(async |shop, moment| {
        shop.stock("tea", 10).await;
        let checkout = shop.check_out("ann", "tea").await;
        let order_id = shop.place("ann", "key", &checkout).await.id("order_id");
        shop.lose_executions();
        let webhook = async || {
            assert_eq!(shop.deliver_success(&order_id).await.status, 204);
            assert!(shop.run_executions().await <= 1, "none, where nobody waits for it");
        };
        let goes_on = shop.interrupt(shop.saga(&order_id), moment, webhook).await;
        assert_eq!(shop.history(&order_id), ["PENDING_PAYMENT", "CONFIRMED"], "moment {moment}");
        assert_eq!(shop.money(&order_id), (1, 1, 0), "moment {moment}");
        assert_eq!(shop.units("tea"), (9, 0, 9), "moment {moment}");
        assert!(shop.is_settled(&order_id), "moment {moment}");
        goes_on
    });
    assert!(moments > 8, "the saga makes more requests than {moments}");
}

/// medusajs/medusa#14205: a webhook that came early completed a cart that the shopper had not ordered.
#[test]
fn medusa_14205_an_event_about_an_order_that_is_not_placed_makes_none() {
    play(async |shop| {
        shop.stock("tea", 10).await;
        shop.put_into_cart("ann", "tea", 1).await;
        let checkout = shop.check_out_cart("ann").await;
        let order_id = Shop::order_id("ann", "key");
        assert_eq!(shop.deliver_success(&order_id).await.status, 204);
        shop.run_executions().await;
        assert_eq!((shop.orders().len(), shop.units("tea")), (0, (10, 1, 9)));
        // The shopper can still order, and pays once.
        assert_eq!(shop.place("ann", "key", &checkout).await.status, 201);
        shop.run_executions().await;
        assert_eq!((shop.history(&order_id).len(), shop.money(&order_id)), (2, (1, 1, 0)));
    });
}

/// medusajs/medusa#14205, where the order waits for its shopper: an event is a reason to ask the gateway,
/// and what it says is not believed.
#[test]
fn medusa_14205_an_event_that_runs_ahead_of_the_money_confirms_nothing() {
    play(async |shop| {
        shop.stock("tea", 10).await;
        let checkout = shop.check_out("ann", "tea").await;
        let order_id = shop.place_with("ann", "key", &checkout, CHALLENGED).await.id("order_id");
        shop.run_executions().await;
        assert_eq!(shop.deliver_success(&order_id).await.status, 204);
        assert_eq!(shop.run_executions().await, 1);
        assert_eq!((shop.history(&order_id).len(), shop.money(&order_id)), (1, (0, 0, 0)));
        shop.authenticate(&order_id);
        shop.take_events();
        shop.saga(&order_id).await;
        assert_eq!(shop.history(&order_id), ["PENDING_PAYMENT", "CONFIRMED"]);
    });
}

/// Pinelab-studio/pinelab-vendure-plugins#620: one webhook, delivered more than once and handled at the same
/// time, settled a payment three times.
#[test]
pub fn pinelab_vendure_plugins_620_an_event_that_comes_three_times_settles_once() {
    play(async |shop| {
        shop.stock("tea", 10).await;
        let checkout = shop.check_out("ann", "tea").await;
        let order_id = shop.place_with("ann", "key", &checkout, CHALLENGED).await.id("order_id");
        shop.run_executions().await;
        shop.authenticate(&order_id);
        let held = "payment_intent.amount_capturable_updated";
        let event = shop.take_events().into_iter().find(|event| event.payload.contains(held)).unwrap();
        // All three find that the payment waits for it.
        let thrice = (0..3).map(|_| shop.deliver(&event)).collect();
        for reply in shop.meet_at("GetItem payments", thrice).await {
            assert_eq!(reply.status, 204);
        }
        assert!(shop.lose_executions() >= 1);
        for _ in 0..2 {
            // The payment still waits.
            assert_eq!(shop.deliver(&event).await.status, 204);
            assert_eq!(shop.lose_executions(), 0, "an event that was acknowledged starts nothing");
        }
        shop.saga(&order_id).await;
        assert_eq!(shop.ship(&order_id).await.status, 200);
        for event in shop.take_events() {
            assert_eq!(shop.deliver(&event).await.status, 204);
            assert_eq!(shop.run_executions().await, 0, "what the shop did itself starts nothing");
        }
        assert_eq!(shop.history(&order_id), ["PENDING_PAYMENT", "CONFIRMED", "SHIPPED"]);
        assert_eq!((shop.money(&order_id), shop.units("tea")), ((0, 1, 1), (9, 0, 9)));
    });
}

/// The webhook is lost, and the payment is older than any look at payments: the refund is found by when it was made.
#[test]
fn a_refund_of_an_old_payment_that_nobody_told_of_is_taken_over_within_hours() {
    const DAY: u64 = 24 * 3_600;
    play(async |shop| {
        shop.stock("tea", 1).await;
        let checkout = shop.check_out("ann", "tea").await;
        let order_id = shop.place("ann", "key", &checkout).await.id("order_id");
        shop.run_executions().await;
        assert_eq!(shop.ship(&order_id).await.status, 200);
        shop.pass(20 * DAY).await;
        shop.reconcile().await;
        shop.network.with(|world| world.refund_unheard(&order_id, 100));
        let refunds = || {
            let records = shop.images("payments");
            let record = records.iter().find(|record| record["id"] == format!("order#{order_id}")).unwrap().clone();
            record.get("refunds").and_then(|refunds| refunds.as_array()).map_or(0, Vec::len)
        };
        shop.pass(3_600).await;
        shop.reconcile().await;
        assert_eq!(refunds(), 0, "its webhook has two hours");
        shop.pass(2 * 3_600).await;
        shop.reconcile().await;
        assert_eq!(refunds(), 1);
        shop.reconcile().await;
        assert_eq!(refunds(), 1, "once");
    });
}

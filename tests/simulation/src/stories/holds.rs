//! What the order protocol's second edition is for: nothing is held twice, and nothing is forgotten.

use souk_events::inventory::ReservationTimer;

use super::shop::{Shop, at_every_moment, play};

/// A shop of the second edition.
fn play_holds(story: impl AsyncFnOnce(Shop)) {
    play(async |shop| story(shop.of_holds()).await);
}

/// Units that are for sale.
fn available(shop: &Shop) -> i64 {
    shop.units("tea").2
}

/// The back button, a second tab: whoever holds the last unit asks for it again.
#[test]
fn who_asks_again_takes_over_their_own_units() {
    play_holds(async |shop| {
        shop.stock("tea", 1).await;
        let first = shop.check_out("ann", "tea").await;
        shop.pass(1).await;
        let second = shop.check_out("ann", "tea").await;
        assert_eq!((first.status, second.status), (201, 201));
        assert_ne!(first.id("checkout_id"), second.id("checkout_id"));
        assert_eq!(shop.check_out("bob", "tea").await.problem, "out-of-stock");
        assert_eq!(shop.place("ann", "key-1", &first).await.problem, "checkout-expired");
        let order_id = shop.place("ann", "key-2", &second).await.id("order_id");
        shop.run_executions().await;
        assert_eq!((shop.units("tea"), shop.is_settled(&order_id)), ((0, 0, 0), true));
        shop.pass(2_000).await;
        shop.ring_timers().await;
        assert_eq!(shop.units("tea"), (0, 0, 0), "the first one's timer gives nothing back");
    });
}

#[test]
fn the_same_cart_is_one_checkout_and_its_next_version_replaces_it() {
    play_holds(async |shop| {
        shop.stock("tea", 3).await;
        shop.put_into_cart("ann", "tea", 2).await;
        let (first, again) = (shop.check_out_cart("ann").await, shop.check_out_cart("ann").await);
        assert_eq!((first.status, first.id("checkout_id")), (201, again.id("checkout_id")));
        assert_eq!(available(&shop), 1);
        shop.pass(1).await;
        shop.put_into_cart("ann", "tea", 3).await;
        let next = shop.check_out_cart("ann").await;
        assert_eq!((next.status, available(&shop)), (201, 0));
        assert_eq!(shop.place("ann", "key-1", &first).await.problem, "checkout-expired");
        assert_eq!(shop.place("ann", "key-2", &next).await.status, 201);
        shop.run_executions().await;
        assert_eq!(shop.units("tea"), (0, 0, 0));
        assert_eq!(shop.check_out_cart("ann").await.problem, "cart-empty", "the bag is emptied once it is paid");
    });
}

#[test]
fn after_a_new_price_the_cart_is_checked_out_anew_with_the_same_units() {
    play_holds(async |shop| {
        shop.stock("tea", 1).await;
        shop.put_into_cart("ann", "tea", 1).await;
        let old = shop.check_out_cart("ann").await;
        shop.reprice("tea", 700).await;
        assert_eq!(shop.place("ann", "key", &old).await.problem, "price-changed");
        shop.pass(1).await;
        let new = shop.check_out_cart("ann").await;
        assert_eq!((new.status, new.body["total"]["amount"].as_i64()), (201, Some(700)));
        assert_eq!(shop.place("ann", "key", &old).await.problem, "checkout-expired");
        assert_eq!(shop.place("ann", "key", &new).await.status, 201);
        assert_eq!(available(&shop), 0);
    });
}

/// A declined card leaves the bag as it was, and the same cart can be checked out once more.
#[test]
fn a_declined_card_leaves_the_bag_and_another_order_can_be_made_of_it() {
    play_holds(async |shop| {
        shop.stock("tea", 1).await;
        shop.put_into_cart("ann", "tea", 1).await;
        let first = shop.check_out_cart("ann").await;
        let declined = shop.place_with("ann", "key-1", &first, "pm_card_chargeDeclined").await.id("order_id");
        assert_eq!(shop.check_out_cart("ann").await.problem, "cart-consumed", "one order at a time");
        shop.run_executions().await;
        assert_eq!(shop.history(&declined), ["PENDING_PAYMENT"], "it waits for another card");
        shop.pass(901).await;
        shop.saga(&declined).await;
        assert_eq!(shop.history(&declined), ["PENDING_PAYMENT", "CANCELLED"]);
        let second = shop.check_out_cart("ann").await;
        let bought = shop.place("ann", "key-2", &second).await.id("order_id");
        shop.run_executions().await;
        assert_eq!(shop.history(&bought), ["PENDING_PAYMENT", "CONFIRMED"]);
        assert_eq!(shop.units("tea"), (0, 0, 0));
    });
}

/// An order that waits for its payment is paid by another card, without a new one, while its units are held.
#[test]
fn a_declined_order_is_paid_by_another_card() {
    play_holds(async |shop| {
        shop.stock("tea", 1).await;
        let checkout = shop.check_out("ann", "tea").await;
        let order_id = shop.place_with("ann", "key", &checkout, "pm_card_chargeDeclined").await.id("order_id");
        assert_eq!(
            shop.pay_with("ann", "0", &order_id, "pm_card_visa").await.problem,
            "payment-not-awaited",
            "too early"
        );
        shop.run_executions().await;
        assert_eq!(shop.pay_with("bob", "1", &order_id, "pm_card_visa").await.status, 404);
        assert_eq!(shop.pay_with("ann", "1", &order_id, "4242424242424242").await.status, 400);
        for unusable in ["pm_card_chargeDeclinedInsufficientFunds", "pm_nobody_knows"] {
            assert_eq!(shop.pay_with("ann", unusable, &order_id, unusable).await.status, 202);
            shop.run_executions().await;
            assert_eq!(shop.history(&order_id), ["PENDING_PAYMENT"], "{unusable}");
        }
        assert_eq!(shop.check_out("bob", "tea").await.problem, "out-of-stock", "its units are held");
        assert_eq!(shop.pay_with("ann", "2", &order_id, "pm_card_visa").await.status, 202);
        assert_eq!(shop.pay_with("ann", "2", &order_id, "pm_card_visa").await.status, 202, "a repeat is the same");
        assert_eq!(shop.pay_with("ann", "2", &order_id, "pm_card_mastercard").await.problem, "idempotency-key-reused");
        shop.run_executions().await;
        assert_eq!(shop.history(&order_id), ["PENDING_PAYMENT", "CONFIRMED"]);
        assert_eq!(shop.money(&order_id).0, 1, "one intent");
        assert_eq!(shop.pay_with("ann", "3", &order_id, "pm_card_visa").await.problem, "payment-not-awaited");
    });
}

#[test]
fn a_shopper_tries_five_other_cards_and_no_more() {
    play_holds(async |shop| {
        shop.stock("tea", 1).await;
        let checkout = shop.check_out("ann", "tea").await;
        let order_id = shop.place_with("ann", "key", &checkout, "pm_card_chargeDeclined").await.id("order_id");
        shop.run_executions().await;
        for key in ["1", "2", "3", "4", "5"] {
            assert_eq!(shop.pay_with("ann", key, &order_id, "pm_card_chargeDeclined").await.status, 202, "{key}");
            shop.run_executions().await;
        }
        assert_eq!(shop.pay_with("ann", "6", &order_id, "pm_card_visa").await.problem, "too-many-payment-methods");
        assert_eq!(shop.cancel("ann", &order_id).await.status, 200);
        shop.run_executions().await;
        assert_eq!(shop.units("tea"), (1, 0, 1));
    });
}

/// Whoever pays late, or whose order is over, hears so; nothing is held twice.
#[test]
fn another_card_comes_too_late_once_the_time_to_pay_is_over() {
    play_holds(async |shop| {
        shop.stock("tea", 1).await;
        let checkout = shop.check_out("ann", "tea").await;
        let order_id = shop.place_with("ann", "key", &checkout, "pm_card_chargeDeclined").await.id("order_id");
        shop.run_executions().await;
        shop.pass(901).await;
        assert_eq!(shop.pay_with("ann", "1", &order_id, "pm_card_visa").await.problem, "payment-not-awaited");
        shop.saga(&order_id).await;
        assert_eq!(shop.history(&order_id), ["PENDING_PAYMENT", "CANCELLED"]);
        assert_eq!(shop.pay_with("ann", "2", &order_id, "pm_card_visa").await.problem, "payment-not-awaited");
        assert_eq!(shop.units("tea").2, 1, "free again");
    });
}

/// What was answered with 201 does not die because the hold ran out a second later.
#[test]
fn an_order_keeps_its_units_from_the_request_on_that_placed_it() {
    play_holds(async |shop| {
        shop.stock("tea", 1).await;
        let checkout = shop.check_out("ann", "tea").await;
        shop.pass(899).await;
        let order_id = shop.place("ann", "key", &checkout).await.id("order_id");
        shop.lose_executions();
        shop.pass(2).await;
        shop.ring_timers().await;
        assert_eq!(shop.check_out("bob", "tea").await.problem, "out-of-stock");
        shop.saga(&order_id).await;
        assert_eq!(shop.history(&order_id), ["PENDING_PAYMENT", "CONFIRMED"]);
    });
}

/// Its saga was late: an outage between the authorisation and the decision.
#[test]
fn a_paid_order_is_not_cancelled_by_a_clock() {
    play_holds(async |shop| {
        shop.stock("tea", 1).await;
        let checkout = shop.check_out("ann", "tea").await;
        let order_id = shop.place("ann", "key", &checkout).await.id("order_id");
        shop.lose_executions();
        assert_eq!(shop.step("AuthorizePayment", &order_id).await["outcome"], "authorized");
        shop.pass(3_000).await;
        shop.ring_timers().await;
        // What stood before the cancellation when the outage began goes on there, and is sent back.
        assert_eq!(shop.step("CancelOrder", &order_id).await["outcome"], "authorized");
        shop.saga(&order_id).await;
        assert_eq!(shop.history(&order_id), ["PENDING_PAYMENT", "CONFIRMED"]);
        assert_eq!((shop.units("tea"), shop.money(&order_id)), ((0, 0, 0), (1, 1, 0)));
    });
}

/// The step that gives units back asks no gateway.
#[test]
fn a_cancelled_orders_units_are_back_before_its_money_is() {
    play_holds(async |shop| {
        shop.stock("tea", 1).await;
        let checkout = shop.check_out("ann", "tea").await;
        let order_id = shop.place("ann", "key", &checkout).await.id("order_id");
        shop.run_executions().await;
        assert_eq!(shop.cancel("ann", &order_id).await.status, 200);
        shop.lose_executions();
        assert_eq!(shop.step("ReleaseReservation", &order_id).await["outcome"], "released");
        assert_eq!((shop.units("tea"), shop.money(&order_id)), ((1, 0, 1), (1, 1, 0)));
        shop.saga(&order_id).await;
        assert_eq!((shop.units("tea"), shop.money(&order_id)), ((1, 0, 1), (0, 1, 0)));
        assert!(shop.is_settled(&order_id));
    });
}

/// Seed 12781: whoever ships an order that is not paid yet, and slowly. Meanwhile it is paid and settled, and its row
/// forgets it.
#[test]
fn a_slow_shipment_takes_no_money_for_parcels_that_do_not_leave() {
    let requests = at_every_moment(async |shop, moment| {
        let shop = &shop.clone().of_holds();
        shop.stock("tea", 1).await;
        let checkout = shop.check_out("ann", "tea").await;
        let order_id = shop.place("ann", "key", &checkout).await.id("order_id");
        let settle_and_forget = async || {
            shop.run_executions().await;
            shop.pass(120).await;
            shop.maintain().await;
        };
        let goes_on = shop.interrupt(shop.ship(&order_id), moment, settle_and_forget).await;
        let has_left = shop.history(&order_id).contains(&"SHIPPED".to_owned());
        assert_eq!(shop.money(&order_id).2 > 0, has_left, "at {moment}: {:?}", shop.history(&order_id));
        assert_eq!(shop.ship(&order_id).await.status, 200);
        goes_on
    });
    assert!(requests > 0);
}

/// Seed 12498: the timer is wound before the checkout is stored, and its request dies in between.
#[test]
fn the_timer_of_a_checkout_that_never_was_ends() {
    play_holds(async |shop| {
        let checkout_id = format!("chk_{}", "0".repeat(32)).parse().unwrap();
        shop.ring(ReservationTimer::Checkout { checkout_id, look_at: shop.now() }).await;
        let mut wound = 1;
        shop.pass(120).await;
        while shop.ring_timers().await > 0 {
            wound += 1;
            assert!(wound < 4, "it is wound for ever");
            shop.pass(120).await;
        }
    });
}

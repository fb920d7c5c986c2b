//! Stock and orders.

use super::shop::{Reply, Shop, at_every_moment, play};
use crate::network::Verdict;

fn statuses(replies: &[Reply]) -> Vec<u16> {
    let mut statuses: Vec<u16> = replies.iter().map(|reply| reply.status).collect();
    statuses.sort_unstable();
    statuses
}

/// medusajs/medusa#16825: of two shoppers who completed their carts for the last unit, the loser was left
/// with an order that nothing stood behind.
#[test]
pub fn medusa_16825_who_loses_the_race_for_the_last_unit_has_no_order() {
    play(async |shop| {
        shop.stock("tea", 1).await;
        let both = vec![shop.check_out("ann", "tea"), shop.check_out("bob", "tea")];
        let replies = shop.meet_at("TransactWriteItems reservations HELD", both).await;
        assert_eq!(statuses(&replies), [201, 409]);
        assert_eq!(replies.iter().find(|reply| reply.status == 409).unwrap().problem, "out-of-stock");
        assert_eq!((shop.checkouts(), shop.images("reservations").len()), (1, 1));
        assert_eq!(shop.orders().len(), 0);
    });
}

/// medusajs/medusa#16825, the other way into it: the order is written, yet its units went back on sale and
/// to somebody else before the saga began.
#[test]
fn medusa_16825_an_order_whose_units_are_gone_ends_cancelled_and_holds_no_money() {
    play(async |shop| {
        shop.stock("tea", 1).await;
        let anns = shop.check_out("ann", "tea").await;
        shop.pass(899).await;
        let late = shop.place("ann", "key", &anns).await.id("order_id");
        shop.lose_executions();
        shop.pass(2).await;
        shop.ring_timers().await;
        let bobs = shop.check_out("bob", "tea").await;
        let bought = shop.place("bob", "key", &bobs).await.id("order_id");
        shop.saga(&late).await;
        shop.saga(&bought).await;
        assert_eq!(shop.history(&late), ["PENDING_PAYMENT", "CANCELLED"]);
        assert_eq!((shop.money(&late), shop.is_settled(&late)), ((0, 0, 0), true));
        assert_eq!(shop.history(&bought), ["PENDING_PAYMENT", "CONFIRMED"]);
        assert_eq!(shop.units("tea"), (0, 0, 0));
    });
}

/// medusajs/medusa#16569 and #12401: the count of reserved units drifted, and fell below nothing, when what
/// held them was released more than once.
#[test]
fn medusa_16569_and_12401_what_is_reserved_is_released_once_however_often_asked() {
    play(async |shop| {
        shop.stock("tea", 10).await;
        let checkout = shop.check_out("ann", "tea").await;
        assert_eq!(shop.units("tea"), (10, 1, 9));
        let order_id = shop.place("ann", "key", &checkout).await.id("order_id");
        shop.run_executions().await;
        assert_eq!(shop.units("tea"), (9, 0, 9));
        for _ in 0..2 {
            assert_eq!(shop.cancel("ann", &order_id).await.status, 200);
            shop.run_executions().await;
            assert_eq!(shop.units("tea"), (10, 0, 10));
        }
        shop.pass(2_000).await;
        shop.ring_timers().await;
        shop.saga(&order_id).await;
        assert_eq!(shop.units("tea"), (10, 0, 10));

        let given_up = shop.check_out("bob", "tea").await;
        assert_eq!(given_up.status, 201);
        shop.pass(2_000).await;
        shop.ring_timers().await;
        shop.ring_timers().await;
        assert_eq!(shop.units("tea"), (10, 0, 10));
    });
}

/// vendure-ecommerce/vendure#3508: availability was checked in one transaction and allocated in another, so
/// that two shoppers could both pass the check.
#[test]
pub fn vendure_3508_two_who_have_both_seen_the_last_unit_do_not_both_get_it() {
    play(async |shop| {
        shop.stock("tea", 2).await;
        let all = ["ann", "bob", "cid", "dan"].map(|user| shop.check_out(user, "tea"));
        let replies = shop.meet_at("TransactWriteItems reservations HELD", all.into()).await;
        assert_eq!(statuses(&replies), [201, 201, 409, 409]);
        assert_eq!(shop.units("tea"), (2, 2, 0));
    });
}

/// shopware/shopware#19943: a second tab ordered the cart that the first had ordered already.
#[test]
pub fn shopware_19943_two_tabs_order_a_cart_once() {
    play(async |shop| {
        shop.stock("tea", 10).await;
        shop.put_into_cart("ann", "tea", 2).await;
        let (one, another) = (shop.check_out_cart("ann").await, shop.check_out_cart("ann").await);
        let both = vec![shop.place("ann", "tab-1", &one), shop.place("ann", "tab-2", &another)];
        let replies = shop.meet_at("TransactWriteItems orders", both).await;
        assert_eq!(statuses(&replies), [201, 409]);
        // And after that: neither the checkout that was left nor the cart makes another.
        let again = shop.place("ann", "tab-3", &another).await;
        assert_eq!((again.status, again.problem), (409, "cart-consumed"));
        assert_ne!(shop.check_out_cart("ann").await.status, 201);
        assert_eq!(shop.orders().len(), 1);
        shop.run_executions().await;
        shop.pass(901).await;
        shop.ring_timers().await;
        assert_eq!(shop.units("tea"), (8, 0, 8));
    });
}

/// aws-samples/aws-serverless-ecommerce-platform#180: the function that creates orders was not idempotent,
/// and a retry made a second order.
#[test]
fn aws_serverless_ecommerce_platform_180_a_repeated_request_makes_one_order() {
    play(async |shop| {
        shop.stock("tea", 10).await;
        let checkout = shop.check_out("ann", "tea").await;
        let twice = vec![shop.place("ann", "key", &checkout), shop.place("ann", "key", &checkout)];
        let mut replies = shop.meet_at("TransactWriteItems orders", twice).await;
        assert_eq!(statuses(&replies), [200, 201]);
        shop.run_executions().await;
        replies.push(shop.place("ann", "key", &checkout).await);
        shop.run_executions().await;
        let order_id = Shop::order_id("ann", "key");
        assert!(replies.iter().all(|reply| reply.id("order_id") == order_id));
        assert_eq!(shop.orders().len(), 1);
        assert_eq!((shop.money(&order_id), shop.units("tea")), ((1, 1, 0), (9, 0, 9)));
    });
}

/// Seed 8371: the request that opens a warehouse's work is repeated, and the order is cancelled before.
#[test]
fn nobody_picks_what_was_cancelled_while_its_work_was_opened() {
    at_every_moment(async |shop, moment| {
        shop.stock("tea", 1).await;
        let checkout = shop.check_out("ann", "tea").await;
        let order_id = shop.place("ann", "key", &checkout).await.id("order_id");
        shop.run_executions().await;
        let cancel = async || {
            assert_eq!(shop.cancel("ann", &order_id).await.status, 200);
            shop.run_executions().await;
            assert!(shop.follow(&order_id).await);
        };
        // Its answer is lost, so it is made a second time.
        let goes_on = shop.interrupt_and(Verdict::LoseAnswer, shop.follow(&order_id), moment, cancel).await;
        let work = shop.images("fulfilments");
        assert!(work.iter().all(|work| work["state"] == "CANCELLED"), "at {moment}: {work:?}");
        goes_on
    });
}

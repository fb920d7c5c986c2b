//! What the order protocol's first edition does otherwise: orders whose units a reservation holds go on so.

use super::shop::play;

/// The order ends with its decline, and the cart it was made of can be checked out anew.
#[test]
fn a_decline_ends_an_order_whose_units_a_reservation_holds() {
    play(async |shop| {
        shop.stock("tea", 1).await;
        shop.put_into_cart("ann", "tea", 1).await;
        let checkout = shop.check_out_cart("ann").await;
        let order_id = shop.place_with("ann", "key", &checkout, "pm_card_chargeDeclined").await.id("order_id");
        shop.run_executions().await;
        assert_eq!(shop.history(&order_id), ["PENDING_PAYMENT", "CANCELLED"]);
        assert_eq!((shop.units("tea"), shop.money(&order_id).0), ((1, 0, 1), 0));
        assert_eq!(shop.pay_with("ann", "k", &order_id, "pm_card_visa").await.problem, "payment-not-awaited");
        let again = shop.check_out_cart("ann").await;
        assert_eq!(shop.place("ann", "key-2", &again).await.status, 201);
    });
}

/// There the key names the order.
#[test]
fn a_key_that_was_used_with_another_body_is_refused_and_another_key_finds_nothing() {
    play(async |shop| {
        shop.stock("tea", 3).await;
        let checkout = shop.check_out("ann", "tea").await;
        assert_eq!(shop.place("ann", "key", &checkout).await.status, 201);
        let otherwise = shop.place_with("ann", "key", &checkout, "pm_card_mastercard").await;
        assert_eq!((otherwise.status, otherwise.problem), (422, "idempotency-key-reused"));
        assert_eq!(shop.place("ann", "another", &checkout).await.problem, "checkout-consumed");
    });
}

/// Nobody takes units over there: who asks again competes with what they hold.
#[test]
fn who_asks_again_waits_for_their_own_reservation_to_end() {
    play(async |shop| {
        shop.stock("tea", 1).await;
        assert_eq!(shop.check_out("ann", "tea").await.status, 201);
        assert_eq!(shop.check_out("ann", "tea").await.problem, "out-of-stock");
        shop.pass(901).await;
        shop.ring_timers().await;
        assert_eq!(shop.check_out("ann", "tea").await.status, 201);
    });
}

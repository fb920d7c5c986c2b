//! The SDK repeats a request whose answer it did not get; the effect may have been there already.

use souk_domain::flash_sale::FlashSaleEvent;
use souk_dynamo::StoreError;
use souk_flash_sales::{ClaimOutcome, DefineOutcome, ReleaseClaimOutcome, TickOutcome, TransitionOutcome};

use super::market::{Market, at, lottery_key, no_beacon, shard_of, shopper, terms};

#[tokio::test]
async fn a_claim_whose_answer_was_lost_is_repeated_and_finds_itself() {
    let market = Market::open(3).await;
    let function = market.function();
    market.wire.lose_answers("UpdateItem", 1);
    let before = market.wire.sent("UpdateItem");
    let outcome = function.claim(1, 1).await;
    assert!(market.wire.has_lost_them());
    assert!(market.wire.sent("UpdateItem") >= before + 2, "it was sent again");
    assert!(matches!(outcome, ClaimOutcome::AlreadyClaimed(_)), "{outcome:?}");
    let totals = market.totals().await;
    assert_eq!((totals.claimed, totals.left), (1, 2));
}

#[tokio::test]
async fn a_claim_is_repeated_at_its_own_shard_also_where_the_sdk_gives_up() {
    let market = Market::open(3).await;
    let function = market.function();
    // The SDK tries three times; the claim itself tries again after that.
    market.wire.lose_answers("UpdateItem", 4);
    let outcome = function.claim(1, 1).await;
    assert!(market.wire.has_lost_them());
    assert!(matches!(outcome, ClaimOutcome::AlreadyClaimed(_)), "{outcome:?}");
    assert_eq!(market.totals().await.claimed, 1);
}

#[tokio::test]
async fn a_claim_that_nobody_answers_is_an_error_and_stands() {
    let market = Market::open(3).await;
    let function = market.function();
    market.wire.lose_answers("UpdateItem", 1000);
    let error = function.try_claim(1, 1).await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
    market.wire.lose_answers("UpdateItem", 0);
    assert_eq!(market.totals().await.claimed, 1, "never undone, and no second shard was asked");
    shard_of(&function.claim(1, 2).await);
    assert_eq!(market.totals().await.claimed, 1);
}

#[tokio::test]
async fn a_release_whose_answer_was_lost_gives_one_unit_back_and_tells_the_room() {
    let market = Market::open(1).await;
    let function = market.function();
    let shard = shard_of(&function.claim(1, 1).await);
    assert_eq!(function.claim(2, 1).await, ClaimOutcome::SoldOut);
    market.wire.lose_answers("UpdateItem", 1);
    let release = market.shards.release(&market.sale_id, shard, &shopper(1)).await.unwrap();
    assert!(market.wire.has_lost_them());
    assert_eq!(release, ReleaseClaimOutcome::Nothing, "the repeat found it done");
    assert_eq!(market.totals().await.left, 1);
    assert_eq!(shard_of(&function.claim(2, 3).await), shard, "the room was told all the same");
}

#[tokio::test]
async fn a_late_release_whose_answer_was_lost_goes_to_stock_once() {
    let market = Market::open(2).await;
    let shard = shard_of(&market.function().claim(1, 1).await);
    market.shards.close_all(&market.sale_id, 2).await.unwrap();
    // The first answer says that the shard is closed; the second one is lost.
    market.wire.lose_answers("UpdateItem", 2);
    let _release = market.shards.release(&market.sale_id, shard, &shopper(1)).await.unwrap();
    let totals = market.totals().await;
    assert_eq!((totals.drained, totals.returned, totals.units()), (2, 1, 2));
}

#[tokio::test]
async fn closing_defining_and_pausing_survive_a_lost_answer() {
    let market = Market::empty().await;
    market.wire.lose_answers("TransactWriteItems", 1);
    let defined = market.sales.define(&market.sale_id, &terms(5), &lottery_key(), at(-9)).await.unwrap();
    assert!(matches!(defined, DefineOutcome::Defined(_)), "the repeat bears the same token: {defined:?}");
    assert!(market.wire.has_lost_them());

    let market = Market::open(5).await;
    market.wire.lose_answers("UpdateItem", 1);
    let paused = market.sales.transition(&market.sale_id, FlashSaleEvent::Pause, at(1)).await.unwrap();
    assert!(matches!(paused, TransitionOutcome::Already(_)), "{paused:?}");
    market.wire.lose_answers("UpdateItem", 1);
    let _closed = market.shards.close_shard(&market.sale_id, 0).await.unwrap();
    assert_eq!(market.totals().await.drained, 1);
}

#[tokio::test]
async fn a_step_whose_answer_was_lost_is_overtaken_by_itself_and_the_next_goes_on() {
    let market = Market::open(5).await;
    let conductor = market.conductor("first");
    market.wire.lose_answers("UpdateItem", 1);
    assert_eq!(conductor.tick(&market.sale_id, at(2), no_beacon).await.unwrap(), TickOutcome::Overtaken);
    assert!(matches!(conductor.tick(&market.sale_id, at(3), no_beacon).await.unwrap(), TickOutcome::Ticked(_)));
}

use souk_domain::flash_sale::{ClaimEntry, FlashSaleEvent};
use souk_dynamo::{Table, Update, attribute, n};
use souk_flash_sales::{ClaimOutcome, ReleaseClaimOutcome};

use super::market::{Market, at, shard_of, shopper};

#[tokio::test]
async fn a_unit_that_is_given_back_is_sold_again_once() {
    let market = Market::open(1).await;
    let function = market.function();
    let shard = shard_of(&function.claim(1, 1).await);
    assert_eq!(function.claim(2, 1).await, ClaimOutcome::SoldOut);
    let release = async || market.shards.release(&market.sale_id, shard, &shopper(1)).await.unwrap();
    assert_eq!(release().await, ReleaseClaimOutcome::Released);
    assert_eq!(release().await, ReleaseClaimOutcome::Nothing);
    let totals = market.totals().await;
    assert_eq!((totals.claimed, totals.returned, totals.left), (0, 1, 1));
    // The function's copy of the room is a second old at most.
    assert_eq!(shard_of(&function.claim(2, 2).await), shard);
    assert_eq!(function.claim(3, 2).await, ClaimOutcome::SoldOut);
    assert_eq!(market.totals().await.units(), 1);
}

#[tokio::test]
async fn there_is_nothing_to_give_back_where_nothing_was_claimed() {
    let market = Market::open(5).await;
    let epoch = market.sales.room(&market.sale_id).await.unwrap().unwrap().epoch;
    let release = market.shards.release(&market.sale_id, 3, &shopper(1)).await.unwrap();
    assert_eq!(release, ReleaseClaimOutcome::Nothing);
    assert_eq!(market.totals().await.left, 5);
    assert_eq!(market.sales.room(&market.sale_id).await.unwrap().unwrap().epoch, epoch);
}

#[tokio::test]
async fn a_release_that_died_between_its_writes_is_finished_by_its_repeat() {
    let market = Market::open(1).await;
    let function = market.function();
    let shard = shard_of(&function.claim(1, 1).await);
    assert_eq!(function.claim(2, 1).await, ClaimOutcome::SoldOut);
    half_release(&market, shard).await;
    assert_eq!(market.function().claim(2, 3).await, ClaimOutcome::SoldOut, "the room knows of nothing");
    let repeat = market.shards.release(&market.sale_id, shard, &shopper(1)).await.unwrap();
    assert_eq!(repeat, ReleaseClaimOutcome::Nothing);
    assert_eq!(shard_of(&market.function().claim(2, 4).await), shard);
}

#[tokio::test]
async fn a_release_that_died_between_its_writes_is_repaired_by_the_sweeper() {
    let market = Market::open(1).await;
    let function = market.function();
    let shard = shard_of(&function.claim(1, 1).await);
    assert!(market.shards.repair_empty_marks(&market.sale_id).await.unwrap().is_empty(), "an empty shard is in order");
    half_release(&market, shard).await;
    assert_eq!(market.shards.repair_empty_marks(&market.sale_id).await.unwrap(), [shard]);
    assert!(market.shards.repair_empty_marks(&market.sale_id).await.unwrap().is_empty());
    assert_eq!(shard_of(&function.claim(2, 3).await), shard);
}

/// The first write of a release of shopper 1, and then the function dies.
async fn half_release(market: &Market, shard: u32) {
    let claim = attribute("c").key(shopper(1).as_str());
    let update = Update::new().set(claim, n(i64::from(ClaimEntry::GivenBack))).add("left", n(1));
    let table = Table::new(market.client.clone(), "SaleShardsTable");
    let key = format!("{}#{shard}", market.sale_id);
    assert!(table.update(&[("shard", &key)], update).await.unwrap().is_written());
}

/// A function finds the shard empty, a unit comes back, and only then does the function say what it found.
#[tokio::test]
async fn a_late_note_that_a_shard_is_empty_does_not_hide_a_unit_that_came_back() {
    let market = Market::open(1).await;
    let (early, other) = (market.function(), market.function());
    // Both know the room of this moment.
    for function in [&early, &other] {
        assert!(function.rooms.get(&market.sale_id, at(1)).await.unwrap().is_some());
    }
    let shard = shard_of(&other.claim(1, 1).await);
    let _released = market.shards.release(&market.sale_id, shard, &shopper(1)).await.unwrap();
    // Takes the last unit under the old epoch; its note comes too late and is refused.
    let ClaimOutcome::Claimed(_) = early.claim(2, 1).await else { panic!("one is left") };
    let room = market.sales.room(&market.sale_id).await.unwrap().unwrap();
    assert_eq!((room.epoch, room.empty.len()), (1, 0), "refused: the epoch has passed");
    // Whoever asks next finds it empty under the new epoch, and says so.
    assert_eq!(other.claim(3, 3).await, ClaimOutcome::SoldOut);
    assert!(market.sales.room(&market.sale_id).await.unwrap().unwrap().empty.contains(&shard));
    let _released = market.shards.release(&market.sale_id, shard, &shopper(2)).await.unwrap();
    let room = market.sales.room(&market.sale_id).await.unwrap().unwrap();
    assert_eq!((room.epoch, room.empty.len()), (2, 0), "a note that was in time is withdrawn");
}

#[tokio::test]
async fn notes_of_emptiness_do_not_stand_in_the_conductors_way() {
    let market = Market::open(2).await;
    let before = market.sales.room(&market.sale_id).await.unwrap().unwrap();
    let shard = shard_of(&market.function().claim(1, 1).await);
    let _released = market.shards.release(&market.sale_id, shard, &shopper(1)).await.unwrap();
    let after = market.sales.room(&market.sale_id).await.unwrap().unwrap();
    assert_eq!((after.version, after.epoch), (before.version, before.epoch + 1));
    let paused = market.sales.transition(&market.sale_id, FlashSaleEvent::Pause, at(2)).await.unwrap();
    assert!(matches!(paused, souk_flash_sales::TransitionOutcome::Done(_)));
}

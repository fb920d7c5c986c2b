use souk_domain::{
    flash_sale::{FlashSaleEvent, FlashSaleStatus, FlashSaleTerms, LotteryKey, ShardPlan},
    money::Money,
};
use souk_flash_sales::{ChangeOutcome, Created, DefineOutcome, PreparedOutcome};

use super::market::{Market, at, draft, lottery_key, no_beacon, terms};

#[tokio::test]
async fn a_sale_is_defined_once_and_keeps_its_first_key() {
    let market = Market::empty().await;
    let id = &market.sale_id;
    let DefineOutcome::Defined(sale) = market.sales.define(id, &terms(50), &lottery_key(), at(-9)).await.unwrap()
    else {
        panic!("it is new")
    };
    assert_eq!(sale.commitment, lottery_key().commitment());
    let again = market.sales.define(id, &terms(60), &LotteryKey::new([8; 32]), at(-8)).await.unwrap();
    assert_eq!(again, DefineOutcome::Exists(sale.clone()));
    assert_eq!(market.sales.get(id).await.unwrap().as_ref(), Some(&*sale));
    assert_eq!(market.sales.lottery_key(id).await.unwrap(), lottery_key());
    assert_eq!(market.sales.room(id).await.unwrap().unwrap().status, FlashSaleStatus::Preparing);
    let active = market.sales.active().await.unwrap();
    assert_eq!(active.iter().map(|sale| &sale.sale_id).collect::<Vec<_>>(), [id]);
    market.sales.retire(id).await.unwrap();
    market.sales.retire(id).await.unwrap();
    assert!(market.sales.active().await.unwrap().is_empty());
    assert!(market.sales.get(id).await.unwrap().is_some(), "what it was stays known");
}

#[tokio::test]
async fn a_preparation_that_died_half_way_is_finished_by_the_next() {
    let market = Market::empty().await;
    let id = &market.sale_id;
    let _defined = market.sales.define(id, &terms(50), &lottery_key(), at(-9)).await.unwrap();
    let half = ShardPlan::of([("east".parse().unwrap(), 8)]);
    let whole = ShardPlan::of([("east".parse().unwrap(), 50), ("west".parse().unwrap(), 30)]);
    assert_eq!(market.shards.create(id, &half).await.unwrap(), Created { new: 8, existing: 0 });
    assert_eq!(market.shards.create(id, &whole).await.unwrap(), Created { new: whole.count() - 8, existing: 8 });
    assert_eq!(market.sales.prepared(id, &whole).await.unwrap(), PreparedOutcome::Scheduled);
    let prepared = market.sale().await;
    assert_eq!(prepared.plan, whole);
    assert_eq!(market.sales.prepared(id, &whole).await.unwrap(), PreparedOutcome::Scheduled);
    assert_eq!(market.sale().await, prepared, "a repeat changes nothing");
    assert_eq!(market.sales.room(id).await.unwrap().unwrap().sale_version, prepared.version);
    let unknown = "other".parse().unwrap();
    assert_eq!(market.sales.prepared(&unknown, &whole).await.unwrap(), PreparedOutcome::Unknown);
}

#[tokio::test]
async fn terms_change_in_the_version_that_was_seen_until_the_opening_comes() {
    let market = Market::scheduled(&terms(50)).await;
    let (id, sales) = (&market.sale_id, &market.sales);
    let version = market.sale().await.version;
    let mut cheaper = draft(50);
    cheaper.price = Money::usd(100).unwrap();
    cheaper.opens_at = at(600);
    cheaper.closes_at = Some(at(900));
    let cheaper = FlashSaleTerms::new(cheaper).unwrap();

    let stale = sales.change(id, &cheaper, version - 1, at(-9)).await.unwrap();
    assert!(matches!(stale, ChangeOutcome::Stale(_)), "{stale:?}");
    let ChangeOutcome::Changed(changed) = sales.change(id, &cheaper, version, at(-9)).await.unwrap() else {
        panic!("it is early enough")
    };
    assert_eq!(market.sale().await, *changed);
    let room = sales.room(id).await.unwrap().unwrap();
    assert_eq!((room.opens_at, room.closes_at, room.sale_version), (at(600), Some(at(900)), changed.version));
    assert_eq!(sales.change(id, &cheaper, version + 1, at(-9)).await.unwrap(), ChangeOutcome::Unchanged(changed));
    assert!(matches!(sales.change(id, &terms(50), version, at(-9)).await.unwrap(), ChangeOutcome::Stale(_)));

    let back = sales.change(id, &terms(50), version + 1, at(-9)).await.unwrap();
    assert!(matches!(back, ChangeOutcome::Changed(_)), "{back:?}");
    assert_eq!(sales.room(id).await.unwrap().unwrap().closes_at, None);
    assert_eq!(
        sales.change(id, &cheaper, version + 2, at(0)).await.unwrap(),
        ChangeOutcome::TooLate(FlashSaleStatus::Scheduled)
    );
    let _opened = market.conductor("c").tick(id, at(1), no_beacon).await.unwrap();
    assert_eq!(
        sales.change(id, &cheaper, version + 2, at(-9)).await.unwrap(),
        ChangeOutcome::TooLate(FlashSaleStatus::Open)
    );
    assert_eq!(sales.change(&"other".parse().unwrap(), &cheaper, 1, at(-9)).await.unwrap(), ChangeOutcome::Unknown);
}

#[tokio::test]
async fn what_is_sold_and_how_many_of_it_is_fixed() {
    let market = Market::scheduled(&terms(50)).await;
    let version = market.sale().await.version;
    let mut other = draft(50);
    other.sku = "other".parse().unwrap();
    for (terms, field) in [(terms(51), "units"), (FlashSaleTerms::new(other).unwrap(), "sku")] {
        let outcome = market.sales.change(&market.sale_id, &terms, version, at(-9)).await.unwrap();
        assert_eq!(outcome, ChangeOutcome::Fixed(field));
    }
}

#[tokio::test]
async fn whoever_sees_an_open_sale_sees_the_terms_that_it_was_opened_with() {
    let market = Market::scheduled(&terms(50)).await;
    let function = market.function();
    let price =
        async |second| function.rooms.get(&market.sale_id, at(second)).await.unwrap().unwrap().sale.terms.price();
    assert_eq!(price(-10).await, terms(50).price());
    let mut cheaper = draft(50);
    cheaper.price = Money::usd(100).unwrap();
    let version = market.sale().await.version;
    let changed =
        market.sales.change(&market.sale_id, &FlashSaleTerms::new(cheaper).unwrap(), version, at(-5)).await.unwrap();
    assert!(matches!(changed, ChangeOutcome::Changed(_)));
    let _opened = market.conductor("c").tick(&market.sale_id, at(0), no_beacon).await.unwrap();
    assert_eq!(price(0).await, Money::usd(100).unwrap());
    assert_eq!(
        market.sales.room(&market.sale_id).await.unwrap().unwrap().status,
        FlashSaleStatus::Scheduled.apply(FlashSaleEvent::Open).unwrap()
    );
}

#[tokio::test]
async fn a_sale_without_units_is_withdrawn_only_while_it_is_being_prepared() {
    let market = Market::empty().await;
    let id = &market.sale_id;
    let _defined = market.sales.define(id, &terms(50), &lottery_key(), at(-9)).await.unwrap();
    assert!(market.sales.withdraw(id).await.unwrap());
    assert_eq!((market.sales.get(id).await.unwrap(), market.sales.room(id).await.unwrap()), (None, None));
    assert!(market.sales.active().await.unwrap().is_empty());
    let market = Market::scheduled(&terms(50)).await;
    assert!(!market.sales.withdraw(&market.sale_id).await.unwrap());
    assert!(market.sales.get(&market.sale_id).await.unwrap().is_some());
}

#[tokio::test]
async fn a_sweep_goes_on_where_the_last_one_ended_and_never_earlier() {
    let market = Market::scheduled(&terms(5)).await;
    let until = async || market.sales.active().await.unwrap()[0].swept_until;
    for (second, kept) in [(60, 60), (30, 60), (90, 90)] {
        market.sales.swept(&market.sale_id, at(second)).await.unwrap();
        assert_eq!(until().await, at(kept));
    }
    market.sales.retire(&market.sale_id).await.unwrap();
    market.sales.swept(&market.sale_id, at(120)).await.unwrap();
    assert!(market.sales.active().await.unwrap().is_empty(), "a late sweep lists no sale again");
}

use jiff::{SignedDuration, Timestamp};
use souk_cart::{Cart, Carts, ChangeOutcome, GuestToken, MergeOutcome, Owner};
use souk_domain::{
    ids::{Sku, UserId},
    money::Money,
    quantity::Quantity,
};

use super::tables::Tables;

async fn carts() -> Carts {
    Carts::new(Tables::of("transactions").await.table("CartsTable"))
}

fn user() -> UserId {
    "5f0c".parse().unwrap()
}

fn sku(text: &str) -> Sku {
    text.parse().unwrap()
}

fn now() -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_secs(1_800_000_000)
}

async fn put(carts: &Carts, owner: &Owner, s: &str, units: u32) -> Cart {
    let price = Money::usd(100).ok();
    match carts.put(owner, &sku(s), Quantity::new(units).unwrap(), price, now()).await.unwrap() {
        ChangeOutcome::Done(cart) => cart,
        other => panic!("{other:?}"),
    }
}

fn lines(cart: &Cart) -> Vec<(&str, u32)> {
    cart.lines.iter().map(|(s, line)| (s.as_str(), line.quantity.get())).collect()
}

#[tokio::test]
async fn carts_of_users_and_guests_are_apart_and_each_change_is_a_version() {
    let carts = carts().await;
    let (user, guest) = (Owner::User(user()), Owner::Guest(GuestToken::random().unwrap()));
    let first = put(&carts, &user, "a", 1).await;
    assert_eq!(put(&carts, &user, "a", 1).await, first);
    let second = put(&carts, &user, "b", 2).await;
    assert_eq!(second.version, first.version + 1);
    assert_eq!(carts.get(&user, now()).await.unwrap(), second);
    assert!(carts.get(&guest, now()).await.unwrap().lines.is_empty());
    for _ in 0..3 {
        let ChangeOutcome::Done(cart) = carts.remove(&user, &sku("a"), now()).await.unwrap() else { panic!() };
        assert_eq!((lines(&cart), cart.version), (vec![("b", 2)], second.version + 1));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_tab_undoes_what_another_put_in() {
    let carts = carts().await;
    let owner = Owner::User(user());
    let puts: Vec<_> = (0..6)
        .map(|n| {
            let (carts, owner) = (carts.clone(), owner.clone());
            tokio::spawn(async move { put(&carts, &owner, &format!("s{n}"), 1).await })
        })
        .collect();
    for one in puts {
        one.await.unwrap();
    }
    assert_eq!(carts.of_user(&user(), now()).await.unwrap().lines.len(), 6);
}

#[tokio::test]
async fn an_order_takes_its_lines_out_of_the_cart_once() {
    let carts = carts().await;
    let owner = Owner::User(user());
    put(&carts, &owner, "a", 1).await;
    let ordered = put(&carts, &owner, "b", 2).await;
    put(&carts, &owner, "b", 5).await;
    put(&carts, &owner, "c", 1).await;
    let skus = [sku("a"), sku("b")];
    for _ in 0..3 {
        let taken = carts.take_ordered(&user(), ordered.version, &skus, now()).await.unwrap();
        let ChangeOutcome::Done(cart) = taken else { panic!("{taken:?}") };
        assert_eq!(lines(&cart), [("b", 5), ("c", 1)]);
    }
    // Put in again after the order: a late repeat must not take it.
    put(&carts, &owner, "a", 1).await;
    let _done = carts.take_ordered(&user(), ordered.version, &skus, now()).await.unwrap();
    assert_eq!(lines(&carts.of_user(&user(), now()).await.unwrap()), [("a", 1), ("b", 5), ("c", 1)]);
}

/// A "migrate cart" of a well-known shop adds the quantities again when it is called again.
#[tokio::test]
async fn merging_is_done_once_however_often_it_is_asked() {
    let carts = carts().await;
    let (owner, token) = (Owner::User(user()), GuestToken::random().unwrap());
    let guest = Owner::Guest(token.clone());
    put(&carts, &owner, "a", 1).await;
    put(&carts, &owner, "b", 5).await;
    put(&carts, &guest, "a", 3).await;
    put(&carts, &guest, "b", 2).await;
    put(&carts, &guest, "c", 1).await;
    let mut versions = Vec::new();
    for _ in 0..3 {
        let merged = carts.merge(&user(), &token, now()).await.unwrap();
        let MergeOutcome::Merged(cart) = merged else { panic!("{merged:?}") };
        assert_eq!(lines(&cart), [("a", 3), ("b", 5), ("c", 1)]);
        versions.push(cart.version);
    }
    assert_eq!(versions[0], versions[2]);
    assert!(carts.get(&guest, now()).await.unwrap().lines.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn merging_at_once_from_two_tabs_loses_and_doubles_nothing() {
    let carts = carts().await;
    let token = GuestToken::random().unwrap();
    put(&carts, &Owner::Guest(token.clone()), "a", 2).await;
    let merges: Vec<_> = (0..4)
        .map(|_| {
            let (carts, token) = (carts.clone(), token.clone());
            tokio::spawn(async move { carts.merge(&user(), &token, now()).await.unwrap() })
        })
        .collect();
    for merge in merges {
        let merged = merge.await.unwrap();
        assert!(matches!(&merged, MergeOutcome::Merged(cart) if lines(cart) == [("a", 2)]), "{merged:?}");
    }
}

#[tokio::test]
async fn a_full_cart_leaves_the_rest_with_the_guest() {
    let carts = carts().await;
    let (owner, token) = (Owner::User(user()), GuestToken::random().unwrap());
    for n in 0..50 {
        put(&carts, &owner, &format!("s{n}"), 1).await;
    }
    let full = carts.put(&owner, &sku("more"), Quantity::new(1).unwrap(), None, now()).await.unwrap();
    assert_eq!(full, ChangeOutcome::TooManyLines);
    let guest = Owner::Guest(token.clone());
    put(&carts, &guest, "z", 1).await;
    for _ in 0..2 {
        let merged = carts.merge(&user(), &token, now()).await.unwrap();
        assert!(matches!(&merged, MergeOutcome::Full(cart, left) if cart.lines.len() == 50 && *left == [sku("z")]));
    }
    assert_eq!(lines(&carts.get(&guest, now()).await.unwrap()), [("z", 1)]);
}

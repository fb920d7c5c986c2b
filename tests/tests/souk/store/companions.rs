use souk_domain::ids::Sku;
use souk_search::Companions;

use super::{at, order, tables::Tables};

async fn companions() -> Companions {
    Companions::new(Tables::of("discovery").await.table("CompanionsTable"))
}

fn skus(names: &str) -> Vec<Sku> {
    names.split(' ').map(|name| name.parse().unwrap()).collect()
}

async fn of(companions: &Companions, names: &str) -> Vec<String> {
    companions.of(&skus(names), at(0)).await.unwrap().iter().map(ToString::to_string).collect()
}

#[tokio::test]
async fn what_three_orders_have_is_bought_together_the_most_frequent_first() {
    let companions = companions().await;
    for n in 0..4 {
        let bought = if n == 0 { "cup tea" } else { "cup tea milk" };
        companions.count(&order(n), &skus(bought), at(0)).await.unwrap();
        // Told again, it counts no more.
        companions.count(&order(n), &skus(bought), at(0)).await.unwrap();
        let shown: &[&str] = if n < 2 {
            &[]
        } else if n == 2 {
            &["tea"]
        } else {
            &["tea", "milk"]
        };
        assert_eq!(of(&companions, "cup").await, shown, "{n}");
    }
    assert_eq!(of(&companions, "milk").await, ["cup", "tea"]);
    assert_eq!(of(&companions, "cup tea").await, ["milk"], "what is asked for is no companion of itself");
    assert_eq!(of(&companions, "nothing").await, [""; 0]);
}

#[tokio::test]
async fn one_thing_alone_and_a_whole_shops_order_say_nothing_of_pairs() {
    let companions = companions().await;
    let many: Vec<_> = (0..11).map(|n| format!("sku-{n}")).collect();
    for n in 0..5 {
        companions.count(&order(n), &skus("cup cup"), at(0)).await.unwrap();
        companions.count(&order(n + 10), &skus(&many.join(" ")), at(0)).await.unwrap();
    }
    assert_eq!((of(&companions, "cup").await, of(&companions, "sku-0").await), (vec![], vec![]));
}

#[tokio::test]
async fn orders_that_are_counted_at_once_are_all_counted() {
    let companions = companions().await;
    let (companions, bought) = (&companions, skus("cup tea"));
    let counted = (0..4).map(|n| {
        let bought = bought.clone();
        async move { companions.count(&order(n), &bought, at(0)).await }
    });
    for result in futures_util::future::join_all(counted).await {
        result.unwrap();
    }
    assert_eq!(of(companions, "tea").await, ["cup"]);
}

//! Pages of an index that is written while somebody turns them.

use std::collections::{BTreeSet, HashSet};

use reqwest::Method;
use serde_json::json;
use souk_search::{SearchQuery, Sort};

use super::generated::{Dice, Generated, page};

const PRODUCTS: u64 = 160;
const LIMIT: usize = 9;
/// So many products change between two pages.
const CHANGES: u64 = 12;

#[tokio::test]
async fn nothing_is_shown_twice_or_lost_whatever_is_written_between_pages() {
    let shop = Generated::of(PRODUCTS, 2).await;
    let mut new = 10_000;
    for (round, (sort, q)) in [
        (Sort::PriceAsc, None),
        (Sort::PriceDesc, Some("boots")),
        (Sort::Relevance, None),
        (Sort::Relevance, Some("boots")),
        (Sort::Relevance, Some("blue lamp")),
        (Sort::Relevance, Some("tables")),
        (Sort::Rating, None),
        (Sort::Newest, Some("plain")),
    ]
    .into_iter()
    .enumerate()
    {
        let mut dice = Dice(round as u64 * 77 + 5);
        age(&shop).await;
        let search = SearchQuery { sort, q: q.map(str::to_owned), limit: LIMIT, ..SearchQuery::default() };
        let before = all(&shop, &search).await;
        let (mut seen, mut always, mut cursor, mut pages) = (Vec::new(), before.clone(), None, 0);
        loop {
            let answer = shop.search.search(&search, cursor.as_deref()).await.unwrap();
            assert!(answer.hits.len() <= LIMIT && (answer.cursor.is_none() || !answer.hits.is_empty()), "{search:?}");
            seen.extend(answer.hits.into_iter().map(|hit| hit.product_id));
            cursor = answer.cursor;
            pages += 1;
            if cursor.is_none() || pages > 60 {
                break;
            }
            assert!(cursor.as_ref().unwrap().len() < 2_100);
            churn(&shop, &mut dice, &mut new).await;
            always = &always & &all(&shop, &search).await;
        }
        let distinct: HashSet<_> = seen.iter().collect();
        assert_eq!(distinct.len(), seen.len(), "{search:?}: shown twice");
        let lost: Vec<_> = always.iter().filter(|id| !distinct.contains(id)).collect();
        assert_eq!(lost, Vec::<&String>::new(), "{search:?}: never shown, of {} in {pages} pages", always.len());
        assert!(pages > 1 && always.len() > LIMIT, "{search:?}: {pages} pages");
    }
    shop.end().await;
}

/// Ratings, prices, stock and dates of some change; some leave, some are new.
async fn churn(shop: &Generated, dice: &mut Dice, new: &mut u64) {
    let numbers: Vec<_> = shop.pages.lock().await.keys().copied().collect();
    for _ in 0..CHANGES {
        let number = numbers[dice.below(numbers.len() as u64) as usize];
        let known = shop.pages.lock().await[&number].clone();
        if known.product.is_some() {
            shop.change(number, page(number, known.revision + 1)).await;
        }
    }
    shop.delete(numbers[dice.below(numbers.len() as u64) as usize]).await;
    *new += 1;
    shop.change(*new, page(*new, 1)).await;
    shop.refresh().await;
}

/// As if all had been written long ago: only what changes from now on may have moved.
async fn age(shop: &Generated) {
    shop.refresh().await;
    let script = json!({ "script": "ctx._source.written_at = 1000" });
    let path = format!("{}/_update_by_query?refresh=true", shop.name);
    let aged = shop.opensearch(Method::POST, &path, Some(&script)).await;
    assert_eq!(aged["failures"], json!([]), "{aged}");
    // That was a version of its own.
    let numbers: Vec<_> = shop.pages.lock().await.keys().copied().collect();
    for number in numbers {
        shop.pages.lock().await.get_mut(&number).unwrap().revision += 100;
    }
}

/// All that a search finds at this moment.
async fn all(shop: &Generated, search: &SearchQuery) -> BTreeSet<String> {
    let answer = shop.search.search(&SearchQuery { limit: 1_000, ..search.clone() }, None).await.unwrap();
    assert_eq!(answer.hits.len() as u64, answer.total);
    answer.hits.into_iter().map(|hit| hit.product_id).collect()
}

#[tokio::test]
async fn a_product_is_sorted_by_the_price_that_it_shows() {
    let shop = Generated::of(80, 1).await;
    for (sort, attributes, in_stock) in [
        (Sort::PriceAsc, "colour=red", false),
        (Sort::PriceDesc, "colour=blue", true),
        (Sort::PriceAsc, "size=M", true),
    ] {
        let attributes = vec![attributes.parse().unwrap()];
        let search = SearchQuery { sort, attributes, in_stock, limit: 7, ..SearchQuery::default() };
        let (mut prices, mut cursor) = (Vec::new(), None);
        loop {
            let answer = shop.search.search(&search, cursor.as_deref()).await.unwrap();
            for hit in answer.hits {
                let (name, value) = (&search.attributes[0].name, &search.attributes[0].value);
                assert_eq!(hit.attributes[name], value.as_str());
                prices.push(hit.price.map(|price| price.amount()));
            }
            cursor = answer.cursor;
            if cursor.is_none() {
                break;
            }
        }
        let mut sorted = prices.clone();
        // What has no price yet stands last, either way.
        sorted.sort_by_key(|price| (price.is_none(), price.map(|p| if sort == Sort::PriceAsc { p } else { -p })));
        assert_eq!(prices, sorted);
        assert!(prices.len() > 10, "{prices:?}");
    }
    shop.end().await;
}

#[tokio::test]
async fn a_forged_cursor_or_one_of_another_search_is_refused() {
    let shop = Generated::of(20, 1).await;
    let search = SearchQuery { limit: 3, ..SearchQuery::default() };
    let cursor = shop.search.search(&search, None).await.unwrap().cursor.unwrap();
    assert!(cursor.len() < 200, "{}", cursor.len());
    let larger = SearchQuery { limit: 5, ..search.clone() };
    assert!(shop.search.search(&larger, Some(&cursor)).await.is_ok(), "a page may have another size");
    let other = SearchQuery { in_stock: true, ..search.clone() };
    for (search, cursor) in [(&other, cursor.clone()), (&search, format!("B{}", &cursor[1..])), (&search, "x".into())] {
        let refused = shop.search.search(search, Some(&cursor)).await;
        assert!(matches!(refused, Err(souk_search::QueryError::Cursor(_))), "{refused:?}");
    }
    shop.end().await;
}

//! Facets, filters and pages over the sample.

use std::collections::HashSet;

use souk_search::{SearchAnswer, SearchQuery};

use super::sample;

async fn asked(search: SearchQuery) -> SearchAnswer {
    let limit = if search.limit == 0 { 100 } else { search.limit };
    sample().await.index.search(&SearchQuery { limit, ..search }, None).await.unwrap()
}

fn query(q: &str, attributes: &[&str]) -> SearchQuery {
    let attributes = attributes.iter().map(|pair| pair.parse().unwrap()).collect();
    SearchQuery { q: Some(q.to_owned()), attributes, ..SearchQuery::default() }
}

fn values(answer: &SearchAnswer, name: &str) -> Vec<(String, u64)> {
    let facets = answer.facets.as_ref().unwrap();
    let facet = facets.attributes.iter().find(|facet| facet.name == name).unwrap_or_else(|| panic!("{facets:?}"));
    facet.values.iter().map(|value| (value.value.clone(), value.count)).collect()
}

#[tokio::test]
async fn a_facet_says_what_another_choice_of_it_would_bring() {
    let all = asked(query("backpack", &[])).await;
    let black = asked(query("backpack", &["colour=black"])).await;
    assert!(black.total < all.total && black.total > 0);
    assert!(black.hits.iter().all(|hit| hit.attributes["colour"] == "black"), "{:?}", black.hits);
    assert_eq!(values(&all, "colour"), values(&black, "colour"));
    let count = |value: &str| values(&all, "colour").into_iter().find(|(name, _)| name == value).unwrap().1;
    assert_eq!(black.total, count("black"));
    let other = asked(query("backpack", &["colour=chestnut"])).await;
    assert_eq!(other.total, count("chestnut"));
    let either = asked(query("backpack", &["colour=black", "colour=chestnut"])).await;
    assert!(either.total <= black.total + other.total && either.total >= black.total.max(other.total));
    let cheap = asked(SearchQuery { max_price: Some(5_000), ..query("backpack", &[]) }).await;
    let (all, cheap) = (all.facets.unwrap(), cheap.facets.unwrap());
    assert_eq!(all.prices, cheap.prices, "a price filter does not empty the dearer ranges");
    assert_ne!(all.categories, cheap.categories);
}

#[tokio::test]
async fn categories_come_with_their_tree_and_sellers_with_their_names() {
    let answer = asked(query("backpack", &[])).await.facets.unwrap();
    let packs = answer.categories.iter().find(|category| category.category_id == "backpacks").unwrap();
    assert_eq!(packs.parent_id.as_deref(), Some("bags"));
    let bags = answer.categories.iter().find(|category| category.category_id == "bags").unwrap();
    assert!(bags.count >= packs.count && answer.in_stock > 0);
    let seller = &answer.sellers[0];
    assert_eq!(seller.name, "Harbour & Hide");
    let theirs = SearchQuery { seller: Some(seller.seller_id.parse().unwrap()), ..query("backpack", &[]) };
    assert_eq!(asked(theirs).await.total, seller.count);
}

#[tokio::test]
async fn the_variant_shown_matches_words_and_filters() {
    let answer = asked(query("black backpack", &[])).await;
    assert_eq!(answer.hits[0].attributes["colour"], "black", "{:?}", answer.hits[0]);
    let answer = asked(query("running shoes", &["size=9"])).await;
    assert!(!answer.hits.is_empty() && answer.hits.iter().all(|hit| hit.attributes["size"] == "9"));
}

#[tokio::test]
async fn pages_of_a_query_whose_words_were_given_up_go_on_as_they_began() {
    for q in ["red shoes", "turquoise boots", "lether bakpack", "shoes under 150"] {
        let (mut seen, mut cursor, mut total) = (Vec::new(), None, 0);
        loop {
            let search = SearchQuery { limit: 3, ..query(q, &[]) };
            let page = sample().await.index.search(&search, cursor.as_deref()).await.unwrap();
            total = total.max(page.total);
            seen.extend(page.hits.into_iter().map(|hit| hit.product_id));
            cursor = page.cursor;
            if cursor.is_none() {
                break;
            }
        }
        let distinct: HashSet<_> = seen.iter().collect();
        assert_eq!((seen.len() as u64, distinct.len()), (total, seen.len()), "{q}");
    }
}

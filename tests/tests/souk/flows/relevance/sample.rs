//! What shoppers type and what the sample has for it.

use souk_search::{SearchAnswer, Sort};

use super::sample;

fn titles(answer: &SearchAnswer) -> Vec<&str> {
    answer.hits.iter().map(|hit| hit.title.as_str()).collect()
}

fn stands_in(answer: &SearchAnswer, place: usize, category: &str) -> bool {
    answer.hits.get(place).is_some_and(|hit| hit.category_names.iter().any(|name| name == category))
}

#[tokio::test]
async fn a_kind_and_what_narrows_it_finds_that_kind() {
    for (q, category) in [
        ("red shoes", "Footwear"),
        ("gold ring", "Rings"),
        ("cheap laptop", "Laptops & Tablets"),
        ("women dress", "Dresses"),
        ("womens dress", "Dresses"),
        ("mens shoes", "Footwear"),
        ("red scarf", "Hats, Scarves & Gloves"),
        ("blue jacket", "Jackets & Coats"),
        ("black boots", "Boots"),
        ("laptop under 2000", "Laptops & Tablets"),
        ("lether bakpack", "Backpacks"),
        ("chef knife", "Knives & Boards"),
        ("chefs knife", "Knives & Boards"),
        ("back pack", "Backpacks"),
        ("tshirt", "T-Shirts"),
        ("t-shirt", "T-Shirts"),
        ("couch", "Sofas"),
        ("cellphone", "Phones"),
        ("rucksack", "Backpacks"),
        ("wifi speaker", "Speakers"),
        ("hat", "Hats, Scarves & Gloves"),
        ("tee", "T-Shirts"),
        ("bag", "Bags"),
    ] {
        let answer = sample().await.search(q).await;
        assert!(stands_in(&answer, 0, category), "{q}: {:?}", titles(&answer));
    }
}

#[tokio::test]
async fn colours_and_people_decide_among_the_kind() {
    let answer = sample().await.search("red shoes").await;
    assert_eq!(answer.hits[0].attributes["colour"], "red", "{:?}", titles(&answer));
    let answer = sample().await.search("gold ring").await;
    assert_eq!(answer.hits[0].attributes["colour"], "gold", "{:?}", titles(&answer));
    let answer = sample().await.search("mens shoes").await;
    assert_eq!(answer.hits[0].attributes["audience"], "men", "{:?}", titles(&answer));
}

#[tokio::test]
async fn what_is_given_up_is_said_and_a_kind_is_not_given_up() {
    let answer = sample().await.search("turquoise boots").await;
    assert!(stands_in(&answer, 0, "Boots"), "{:?}", titles(&answer));
    assert_eq!(answer.dropped_words, ["turquoise"]);
    let answer = sample().await.search("leather backpack zzyzx").await;
    assert!(stands_in(&answer, 0, "Backpacks"), "{:?}", titles(&answer));
    assert_eq!(answer.dropped_words, ["zzyzx"]);
    assert!(sample().await.search("zzyzx").await.hits.is_empty());
}

#[tokio::test]
async fn typing_errors_neither_decide_who_is_in_nor_hide_what_was_typed() {
    for q in ["hat", "tee", "bag"] {
        let answer = sample().await.sorted(q, Sort::PriceAsc).await;
        let kinds = ["Hats, Scarves & Gloves", "T-Shirts", "Bags", "Tops"];
        for place in 0..3.min(answer.hits.len()) {
            let hit = &answer.hits[place];
            let is_of_kind = kinds.iter().any(|kind| hit.category_names.iter().any(|name| name == kind));
            let says = hit
                .title
                .to_lowercase()
                .split(|c: char| !c.is_alphanumeric())
                .any(|word| word == q || word == format!("{q}s"));
            assert!(is_of_kind || says, "{q}: {:?}", titles(&answer));
        }
        assert!(answer.corrected_words.is_empty(), "{q}: {:?}", answer.corrected_words);
    }
    let answer = sample().await.search("lether bakpack").await;
    let corrected: Vec<_> =
        answer.corrected_words.iter().map(|word| (word.typed.as_str(), word.read_as.as_str())).collect();
    assert_eq!(corrected, [("lether", "leather"), ("bakpack", "backpack")]);
    assert_eq!(answer.did_you_mean.as_deref(), Some("leather backpack"));
    assert!(sample().await.search("12345678901").await.hits.is_empty(), "digits are never misspelt");
}

#[tokio::test]
async fn a_word_of_descriptions_that_is_all_but_a_kind_is_that_kind() {
    let answer = sample().await.search("patns").await;
    assert_eq!(answer.did_you_mean.as_deref(), Some("pant"), "letters change places");
    assert!(answer.hits[..2].iter().all(|hit| hit.category_id == "trousers"), "{:?}", titles(&answer));
}

#[tokio::test]
async fn suggestions_are_products_categories_and_queries_and_forgive_errors() {
    let index = &sample().await.suggester;
    let found = index.suggest("leather backp").await.unwrap();
    assert!(found.suggestions.iter().all(|product| product.text.contains("Leather")), "{found:?}");
    assert_eq!((found.queries[0].as_str(), found.categories[0].name.as_str()), ("leather backpacks", "Backpacks"));
    for typed in ["lether", "walden lether", "lether backpack"] {
        let found = index.suggest(typed).await.unwrap();
        assert!(found.did_you_mean.as_deref().is_some_and(|meant| meant.contains("leather")), "{typed}: {found:?}");
        assert!(found.suggestions[0].text.contains("Leather"), "{typed}: {found:?}");
    }
    for typed in ["😀".repeat(200), "靴".repeat(200), "a-".repeat(100), "x ".repeat(100)] {
        assert!(index.suggest(&typed).await.is_ok(), "{typed}");
    }
}

#[tokio::test]
async fn prices_in_words_are_prices() {
    let answer = sample().await.sorted("shoes under 100", Sort::PriceDesc).await;
    assert_eq!(answer.max_price, Some(10_000));
    let prices: Vec<_> = answer.hits.iter().map(|hit| hit.price.unwrap().amount()).collect();
    assert!(
        !prices.is_empty() && prices.iter().all(|price| *price <= 10_000) && prices.is_sorted_by(|a, b| a >= b),
        "{prices:?}"
    );
}

#[tokio::test]
async fn a_code_is_found_whole_or_by_its_beginning_with_any_punctuation() {
    let sample = sample().await;
    let product = &sample.catalogue.products[3];
    let sku = product["variants"][0]["sku"].as_str().unwrap();
    for q in [sku.to_owned(), sku.to_lowercase(), sku.replace('-', "_"), sku.replace('-', " ")] {
        let answer = sample.search(&q).await;
        assert_eq!(answer.hits[0].sku, sku, "{q}: {:?}", titles(&answer));
    }
    let answer = sample.search(&sku[..sku.len() - 3]).await;
    assert_eq!(answer.hits[0].product_id, product["id"].as_str().unwrap(), "{:?}", titles(&answer));
}

//! The figures, beside what a plain query and the careful one of the literature reach over the same index.

use reqwest::Client;
use serde_json::{Value, json};

use super::{
    Measured,
    judged::{Group, Judged, judged},
    opensearch, retail, sample,
};

/// What a search of a group must at least reach.
type Floors = [(Group, f64); 4];

/// Where both are all but perfect, one product's place decides.
const NEAR: f64 = 0.01;

#[derive(Debug, Clone, Copy)]
enum Way {
    Ours,
    Plain,
    Careful,
}

#[tokio::test]
async fn the_sample_catalogue_is_found_as_judged() {
    let floors = [(Group::Kinds, 0.98), (Group::Modifiers, 0.97), (Group::Misspelt, 0.94), (Group::KnownItems, 0.98)];
    measure(&sample().await, floors).await;
}

#[tokio::test]
async fn the_real_catalogue_is_found_as_judged() {
    let Some(retail) = retail().await else { return };
    let floors = [(Group::Kinds, 0.98), (Group::Modifiers, 0.95), (Group::Misspelt, 0.95), (Group::KnownItems, 0.98)];
    measure(&retail, floors).await;
}

async fn measure(measured: &Measured, floors: Floors) {
    let all = judged(&measured.catalogue);
    println!("{:30} {:>7} {:>9} {:>9} {:>9} {:>5}", measured.name, "queries", "ours", "careful", "plain", "empty");
    let mut reached = Vec::new();
    for (group, floor) in floors {
        let queries: Vec<_> = all.iter().filter(|judged| judged.group == group).collect();
        let (ours, empty) = score(measured, &queries, Way::Ours).await;
        let (careful, _) = score(measured, &queries, Way::Careful).await;
        let (plain, _) = score(measured, &queries, Way::Plain).await;
        println!(
            "{:30} {:>7} {ours:>9.4} {careful:>9.4} {plain:>9.4} {empty:>5}",
            format!("{group:?} ({})", group.measure()),
            queries.len()
        );
        reached.push((group, ours, floor, careful, empty, queries.len()));
    }
    for (group, ours, floor, careful, empty, queries) in reached {
        assert!(ours >= floor, "{group:?}: {ours:.4} is below {floor}");
        assert!(ours >= careful - NEAR, "{group:?}: {ours:.4}, and a careful query reaches {careful:.4}");
        assert!(empty * 50 <= 1 + queries, "{group:?}: queries that find nothing");
    }
}

/// The mean over the queries, and how many of them found nothing.
async fn score(measured: &Measured, queries: &[&Judged], way: Way) -> (f64, usize) {
    let (mut sum, mut empty) = (0.0, 0);
    for judged in queries {
        let found = match way {
            Way::Ours => {
                let answer = measured.search(&judged.q).await;
                answer.hits.into_iter().map(|hit| hit.product_id).collect()
            }
            Way::Plain => asked(measured, plain(&judged.q)).await,
            Way::Careful => asked(measured, careful(&judged.q)).await,
        };
        let value = judged.value_of(&found);
        if matches!(way, Way::Ours) && value < 0.85 && std::env::var("SOUK_RELEVANCE_SHOW").is_ok() {
            let titles: Vec<_> = found.iter().take(6).map(|id| judged.described(&measured.catalogue, id)).collect();
            println!("  {value:.3} {}: {titles:#?}", judged.q);
        }
        sum += value;
        empty += usize::from(found.is_empty());
    }
    (sum / queries.len().max(1) as f64, empty)
}

async fn asked(measured: &Measured, query: Value) -> Vec<String> {
    let query = json!({ "nested": { "path": "variants", "query": query, "score_mode": "max" } });
    let body = json!({ "query": query, "size": 10, "_source": ["product_id"] });
    let request = Client::new().post(format!("{}/{}/_search", opensearch(), measured.name)).json(&body);
    let answer: Value = request.send().await.unwrap().json().await.unwrap();
    let hits = answer["hits"]["hits"].as_array().unwrap_or_else(|| panic!("{answer}"));
    hits.iter().map(|hit| hit["_source"]["product_id"].as_str().unwrap().to_owned()).collect()
}

/// What one writes first.
fn plain(q: &str) -> Value {
    let fields = ["title", "description", "category_names", "attribute_words"].map(|field| format!("variants.{field}"));
    json!({ "multi_match": { "query": q, "fields": fields, "fuzziness": "AUTO" } })
}

/// What handbooks recommend: terms over all fields together, the telling ones boosted, phrases and typing errors.
fn careful(q: &str) -> Value {
    let of_variant = |field: &str| format!("variants.{field}");
    let fields = ["title^3", "category_names^2", "attribute_words^2", "variant_title", "description"].map(of_variant);
    let few = ["title^3", "category_names^2", "description"].map(of_variant);
    let fuzzy = json!({ "query": q, "fuzziness": "AUTO", "prefix_length": 1, "fields": few });
    json!({ "bool": {
        "minimum_should_match": 1,
        "should": [
            { "multi_match": { "query": q, "type": "cross_fields", "operator": "and", "fields": fields, "boost": 3 } },
            { "multi_match": { "query": q, "type": "most_fields", "fields": fields } },
            { "multi_match": { "query": q, "type": "phrase", "slop": 2, "fields": [of_variant("title^3")] } },
            { "multi_match": fuzzy },
        ],
    } })
}

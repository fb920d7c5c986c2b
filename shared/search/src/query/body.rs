//! Queries in OpenSearch's language.

use serde_json::{Value, json};

use super::{SearchQuery, Sort};

/// What a hit shows; descriptions stay behind but for their highlights.
const SHOWN: [&str; 14] = [
    "sku",
    "product_id",
    "title",
    "variant_title",
    "category_id",
    "category_names",
    "seller_id",
    "seller_name",
    "attributes",
    "rating_average",
    "rating_count",
    "price",
    "available",
    "image",
];

/// Where the price facet's ranges begin, in minor units.
pub(super) const PRICE_STEPS: [i64; 5] = [0, 2_500, 5_000, 10_000, 25_000];
/// The rating facet's thresholds.
pub(super) const RATING_STEPS: [i64; 4] = [4, 3, 2, 1];
const CATEGORY_FACETS: usize = 100;

/// The whole query without paging: filters, words, order, highlights.
pub(super) fn query(search: &SearchQuery) -> Value {
    let mut body = json!({
        "query": {"bool": {"must": [words(search)], "filter": filters(search)}},
        "sort": sort(search),
        "_source": SHOWN,
        "track_total_hits": false,
    });
    if let Some(q) = &search.q {
        let plain = fuzzy(q);
        body["highlight"] = json!({
            // Titles and descriptions are the sellers' text: only our own marks may be markup.
            "encoder": "html",
            "fields": {
                "title.plain": {"number_of_fragments": 0, "highlight_query": {"match": {"title.plain": plain}}},
                "description.plain": {
                    "number_of_fragments": 2, "fragment_size": 120,
                    "highlight_query": {"match": {"description.plain": plain}},
                },
            },
        });
    }
    body
}

/// The first page: one hit a product, with its best variant; counts and facets.
pub(super) fn first_page(search: &SearchQuery) -> Value {
    let mut body = query(search);
    // One more than asked for tells whether there is more.
    body["size"] = json!(search.limit + 1);
    body["collapse"] = json!({"field": "product_id"});
    body["aggs"] = facets();
    body["aggs"]["total"] = products(40_000);
    body
}

/// Documents after a place. They cannot be collapsed: OpenSearch does not combine that with
/// `search_after`, and it would let a product come back with its second-best variant. Nor can they be
/// counted: `search_after` lets it skip documents, in aggregations too (seen in 3.6).
pub(super) fn documents_after(search: &SearchQuery, after: &[Value], size: usize) -> Value {
    let mut body = query(search);
    body["size"] = json!(size);
    body["search_after"] = json!(after);
    body
}

/// The best variant of each of these products, by the same query and order: a product belongs on the
/// page on which its best variant stands.
pub(super) fn best_variants(search: &SearchQuery, product_ids: &[&str]) -> Value {
    let mut filters = filters(search);
    filters.push(json!({"terms": {"product_id": product_ids}}));
    json!({
        "query": {"bool": {"must": [words(search)], "filter": filters}},
        "sort": sort(search),
        "_source": ["sku"],
        "collapse": {"field": "product_id"},
        "size": product_ids.len(),
        "track_total_hits": false,
    })
}

fn filters(search: &SearchQuery) -> Vec<Value> {
    let mut filters = Vec::new();
    if let Some(category) = &search.category {
        filters.push(json!({"term": {"category_ids": category}}));
    }
    if search.min_price.is_some() || search.max_price.is_some() {
        let mut range = json!({});
        if let Some(least) = search.min_price {
            range["gte"] = json!(least);
        }
        if let Some(most) = search.max_price {
            range["lte"] = json!(most);
        }
        filters.push(json!({"range": {"price": range}}));
    }
    if let Some(least) = search.min_rating {
        filters.push(json!({"range": {"rating_average": {"gte": least}}}));
    }
    if search.in_stock {
        filters.push(json!({"term": {"in_stock": true}}));
    }
    filters
}

/// What has to match, and what makes a match better.
fn words(search: &SearchQuery) -> Value {
    let Some(q) = &search.q else { return json!({"match_all": {}}) };
    let exactly = |field: &str| json!({"term": {field: {"value": q, "case_insensitive": true, "boost": 1000}}});
    let mut misspelt = fuzzy(q);
    misspelt["minimum_should_match"] = json!(ENOUGH);
    let stemmed = ["title^3", "variant_title", "category_names^2", "seller_name", "attribute_words", "description"];
    json!({"bool": {
        "must": [{"bool": {"minimum_should_match": 1, "should": [
            exactly("sku"),
            exactly("product_id"),
            {"match": {"all_words": misspelt}},
            {"multi_match": {"query": q, "type": "cross_fields", "fields": stemmed, "minimum_should_match": ENOUGH}},
        ]}}],
        // Words in the title say what a thing is; in a description, what it goes with.
        "should": [
            {"match": {"title": {"query": q, "boost": 4}}},
            {"match": {"title.plain": boosted(fuzzy(q), 4)}},
            {"match_phrase": {"title": {"query": q, "slop": 2, "boost": 4}}},
            {"match": {"category_names.plain": boosted(fuzzy(q), 2)}},
            {"match": {"attribute_words.plain": fuzzy(q)}},
        ],
    }})
}

/// Both of two words, two of three, and so on.
const ENOUGH: &str = "2<75%";

/// Typing errors: one in a word of three letters or more, two in one of six; the first letter is right.
fn fuzzy(q: &str) -> Value {
    json!({"query": q, "fuzziness": "AUTO", "prefix_length": 1, "max_expansions": 50})
}

fn boosted(mut clause: Value, boost: u32) -> Value {
    clause["boost"] = json!(boost);
    clause
}

/// The SKU ends every order, so that it is total and a place in it exact.
fn sort(search: &SearchQuery) -> Value {
    let last = json!({"sku": "asc"});
    match (search.sort, &search.q) {
        (Sort::Relevance, Some(_)) => json!([{"_score": "desc"}, last]),
        (Sort::Relevance, None) => json!([{"rating_count": "desc"}, last]),
        (Sort::PriceAsc, _) => json!([{"price": {"order": "asc", "missing": "_last"}}, last]),
        (Sort::PriceDesc, _) => json!([{"price": {"order": "desc", "missing": "_last"}}, last]),
        (Sort::Rating, _) => json!([{"rating_average": "desc"}, {"rating_count": "desc"}, last]),
        (Sort::Newest, _) => json!([{"created_at": "desc"}, last]),
    }
}

/// Facets count products, documents are variants.
fn facets() -> Value {
    let per_product = json!({"products": products(1_000)});
    let prices: Vec<_> = PRICE_STEPS
        .iter()
        .enumerate()
        .map(|(i, from)| match PRICE_STEPS.get(i + 1) {
            Some(to) => json!({"from": from, "to": to}),
            None => json!({"from": from}),
        })
        .collect();
    let ratings: Vec<_> = RATING_STEPS.iter().map(|from| json!({"from": from})).collect();
    json!({
        "categories": {"terms": {"field": "category_facets", "size": CATEGORY_FACETS}, "aggs": per_product},
        "prices": {"range": {"field": "price", "ranges": prices}, "aggs": per_product},
        "ratings": {"range": {"field": "rating_average", "ranges": ratings}, "aggs": per_product},
    })
}

fn products(exact_up_to: u32) -> Value {
    json!({"cardinality": {"field": "product_id", "precision_threshold": exact_up_to}})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_hold_exactly_what_was_asked_for() {
        let search = SearchQuery {
            category: Some("bags".parse().unwrap()),
            min_price: Some(100),
            min_rating: Some(4.0),
            in_stock: true,
            ..SearchQuery::default()
        };
        assert_eq!(
            json!(filters(&search)),
            json!([
                {"term": {"category_ids": "bags"}},
                {"range": {"price": {"gte": 100}}},
                {"range": {"rating_average": {"gte": 4.0}}},
                {"term": {"in_stock": true}},
            ])
        );
        assert_eq!(filters(&SearchQuery::default()), Vec::<Value>::new());
    }

    #[test]
    fn typing_errors_are_looked_for_in_plain_words_only() {
        let words = words(&SearchQuery { q: Some("lether".to_owned()), ..SearchQuery::default() }).to_string();
        for clause in words.split("\"match\":").skip(1) {
            let field = clause.split('"').nth(1).unwrap();
            let is_plain = field.ends_with(".plain") || field == "all_words";
            let clause = clause.split("}}").next().unwrap();
            assert_eq!(clause.contains("fuzziness"), is_plain, "{clause}");
        }
    }

    #[test]
    fn every_order_is_total() {
        for sort_by in [Sort::Relevance, Sort::PriceAsc, Sort::PriceDesc, Sort::Rating, Sort::Newest] {
            let order = sort(&SearchQuery { sort: sort_by, ..SearchQuery::default() });
            assert_eq!(order.as_array().unwrap().last(), Some(&json!({"sku": "asc"})));
        }
    }

    #[test]
    fn only_the_first_page_is_collapsed() {
        let search = SearchQuery { limit: 24, ..SearchQuery::default() };
        let first = first_page(&search);
        assert_eq!((&first["size"], &first["collapse"]), (&json!(25), &json!({"field": "product_id"})));
        let later = documents_after(&search, &[json!(1), json!("A")], 72);
        assert_eq!((later.get("collapse"), later.get("aggs")), (None, None));
        assert_eq!(later["search_after"], json!([1, "A"]));
        assert_eq!(best_variants(&search, &["p"])["sort"], later["sort"]);
    }
}

//! Queries in OpenSearch's language.

use serde_json::{Value, json};

use super::{
    SearchQuery, Sort, clauses, facets,
    filters::Filters,
    plan::Plan,
    words::{Word, Words},
};

/// What a hit shows of its product.
const SHOWN: [&str; 12] = [
    "product_id",
    "mark",
    "title",
    "category_id",
    "category_names",
    "seller_id",
    "seller_name",
    "brand",
    "condition",
    "rating_average",
    "rating_count",
    "image",
];
/// What it shows of the variant that matches best; descriptions stay behind but for their highlights.
const SHOWN_OF_VARIANT: [&str; 5] =
    ["variants.sku", "variants.variant_title", "variants.attributes", "variants.price", "variants.available"];

/// A search, and how its words are read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) search: &'a SearchQuery,
    pub(super) words: &'a Words,
    pub(super) plan: &'a Plan,
}

/// Which way an order is followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Direction {
    Forward,
    Backward,
}

/// What has been shown already, and when that began.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shown<'a> {
    /// The place of the last one in the order.
    pub(super) after: &'a [Value],
    /// The marks of those that were shown.
    pub(super) marks: &'a [u32],
    /// What was written from then on may have changed its place since; in milliseconds since 1970.
    pub(super) since: i64,
}

impl Asked<'_> {
    /// The first page: one more than asked for tells whether there is more.
    pub(super) fn first_page(self) -> Value {
        let mut body = self.hits(&[], Direction::Forward);
        body["size"] = json!(self.search.limit + 1);
        body
    }

    /// How all that matches divides up, whatever the page.
    pub(super) fn facets(self) -> Value {
        facets::counts(&Filters::of(self.search), self.found())
    }

    /// The one product that matches best, to learn which words it matches.
    pub(super) fn best(self) -> Value {
        let mut body = self.hits(&[], Direction::Forward);
        body["size"] = json!(1);
        body
    }

    /// What comes after a place in the order, but for what was shown and has moved there since.
    pub(super) fn after(self, shown: Shown<'_>) -> Value {
        let moved = json!({"bool": {"filter": [written_since(shown.since), marked(shown.marks)]}});
        let mut body = self.hits(&[json!({"bool": {"must_not": moved}})], Direction::Forward);
        body["size"] = json!(self.search.limit + 1);
        body["search_after"] = json!(shown.after);
        body
    }

    /// What has moved to before that place since, without having been shown: nearest to it first.
    pub(super) fn moved_before(self, shown: Shown<'_>) -> Value {
        let unseen = json!({"bool": {"must_not": marked(shown.marks)}});
        let mut body = self.hits(&[written_since(shown.since), unseen], Direction::Backward);
        body["size"] = json!(self.search.limit + 1);
        body["search_after"] = json!(shown.after);
        body
    }

    /// Which variants match the words; `None` where all do.
    fn found(self) -> Option<Value> {
        self.search.q.as_ref().map(|_| clauses::found(self.words, self.plan))
    }

    /// Without paging: what matches, its order, highlights.
    fn hits(self, also: &[Value], direction: Direction) -> Value {
        let filters = Filters::of(self.search);
        let words = self.search.q.as_ref().map(|_| clauses::scored(self.words, self.plan));
        let is_scored = words.is_some();
        let variant = json!({"bool": {
            "must": words.into_iter().collect::<Vec<_>>(), "filter": filters.of_variants(),
        }});
        let nested = json!({"nested": {
            "path": "variants", "query": variant, "score_mode": if is_scored { "max" } else { "none" },
            "inner_hits": self.best_variant(),
        }});
        let of_products: Vec<_> = filters.of_products().into_iter().chain(also.iter().cloned()).collect();
        let matches = json!({"bool": {"must": [nested], "filter": of_products}});
        let query = match is_scored {
            true => json!({"function_score": {
                "query": matches, "boost_mode": "sum",
                "functions": [{"field_value_factor": {"field": "popularity", "missing": 0}}],
            }}),
            false => matches,
        };
        // Where it need not count, OpenSearch skips what cannot compete, and fails where it sorts by what is nested and is
        // filtered by numbers (seen in 3.6).
        json!({"query": query, "sort": self.sort(direction), "_source": SHOWN, "track_total_hits": true})
    }

    /// Of the variants that match, the one that is shown: the one that the product was sorted by.
    fn best_variant(self) -> Value {
        let price = |order: &str| json!({"variants.price": {"order": order, "missing": "_last"}});
        let (in_stock, sku) = (json!({"variants.in_stock": "desc"}), json!({"variants.sku": "asc"}));
        let sort = match (self.search.sort, &self.search.q) {
            (Sort::PriceAsc, _) => json!([price("asc"), in_stock, sku]),
            (Sort::PriceDesc, _) => json!([price("desc"), in_stock, sku]),
            (_, Some(_)) => json!([{"_score": "desc"}, in_stock, sku]),
            (_, None) => json!([in_stock, price("asc"), sku]),
        };
        let mut shown = json!({"size": 1, "sort": sort, "_source": SHOWN_OF_VARIANT});
        let words: Vec<_> = self.words.words.iter().flat_map(Word::all).collect();
        if !words.is_empty() {
            let marked = |field: &str| json!({"match": {field: words.join(" ")}});
            shown["highlight"] = json!({
                // Titles and descriptions are the sellers' text: only our own marks may be markup.
                "encoder": "html",
                "fields": {
                    "variants.title": {"number_of_fragments": 0, "highlight_query": marked("variants.title")},
                    "variants.description": {
                        "number_of_fragments": 2, "fragment_size": 120, "highlight_query": marked("variants.description"),
                    },
                },
            });
        }
        shown
    }

    /// The product's id ends every order, so that it is total and a place in it exact. A price is that of a variant
    /// that matches words and filters.
    fn sort(self, direction: Direction) -> Value {
        let (up, down, last) = match direction {
            Direction::Forward => ("asc", "desc", "_last"),
            Direction::Backward => ("desc", "asc", "_first"),
        };
        let variants: Vec<_> = Filters::of(self.search).of_variants().into_iter().chain(self.found()).collect();
        let price = |order: &str, mode: &str| {
            json!({"variants.price": {
                "order": order, "mode": mode, "missing": last,
                "nested": {"path": "variants", "filter": {"bool": {"filter": variants}}},
            }})
        };
        let (in_stock, id) = (json!({"in_stock": down}), json!({"product_id": up}));
        match (self.search.sort, &self.search.q) {
            (Sort::Relevance, Some(_)) => json!([{"_score": down}, id]),
            (Sort::Relevance, None) => json!([{"popularity": down}, in_stock, id]),
            (Sort::PriceAsc, _) => json!([price(up, "min"), in_stock, id]),
            (Sort::PriceDesc, _) => json!([price(down, "max"), in_stock, id]),
            (Sort::Rating, _) => json!([{"rating_weighted": down}, in_stock, id]),
            (Sort::Newest, _) => json!([{"created_at": down}, in_stock, id]),
        }
    }
}

fn written_since(since: i64) -> Value {
    json!({"range": {"written_at": {"gte": since}}})
}

fn marked(marks: &[u32]) -> Value {
    json!({"terms": {"mark": marks}})
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::{Synonyms, words};

    fn with<T>(search: &SearchQuery, ask: impl FnOnce(Asked<'_>) -> T) -> T {
        let words = search
            .q
            .as_deref()
            .map(|q| words::read(q, &Synonyms::standard(), souk_domain::money::Currency::USD))
            .unwrap_or_default();
        ask(Asked { search, words: &words, plan: &Plan::first(search) })
    }

    const ORDERS: [Sort; 5] = [Sort::Relevance, Sort::PriceAsc, Sort::PriceDesc, Sort::Rating, Sort::Newest];

    #[test]
    fn every_order_is_total_and_can_be_followed_backward() {
        for (sort, q) in ORDERS.into_iter().flat_map(|sort| [(sort, None), (sort, Some("boot".to_owned()))]) {
            let search = SearchQuery { sort, q, ..SearchQuery::default() };
            let [forward, backward] =
                [Direction::Forward, Direction::Backward].map(|direction| with(&search, |asked| asked.sort(direction)));
            assert_eq!(forward.as_array().unwrap().last(), Some(&json!({"product_id": "asc"})));
            let turned = forward.to_string().replace("\"asc\"", "\"up\"").replace("\"desc\"", "\"asc\"");
            let turned = turned.replace("\"up\"", "\"desc\"").replace("_last", "_first");
            assert_eq!(backward, serde_json::from_str::<Value>(&turned).unwrap());
        }
    }

    #[test]
    fn a_price_is_sorted_by_and_shown_of_the_same_variants() {
        let search =
            SearchQuery { sort: Sort::PriceAsc, in_stock: true, q: Some("boot".to_owned()), ..SearchQuery::default() };
        let (sort, shown) = with(&search, |asked| (asked.sort(Direction::Forward), asked.best_variant()));
        let filter = sort[0]["variants.price"]["nested"]["filter"].to_string();
        assert!(filter.contains("in_stock") && filter.contains("boot"), "{sort}");
        assert_eq!(shown["sort"][0], json!({"variants.price": {"order": "asc", "missing": "_last"}}));
    }

    #[test]
    fn no_query_has_a_fuzzy_clause_or_more_clauses_than_opensearch_takes() {
        let many = ["wander ponder yonder ", "靴鞄帽", "😀", "a-b.c'd ", "blue red woman shoe bag couch tv cup "];
        for q in many.map(|part| part.repeat(200).chars().take(200).collect::<String>()) {
            let search = SearchQuery { q: Some(q.clone()), limit: 10, ..SearchQuery::default() };
            let body = with(&search, |asked| clauses::scored(asked.words, asked.plan)).to_string();
            assert!(!body.contains("fuzziness"));
            let clauses = body.matches("\"match").count() + body.matches("\"term").count();
            assert!(clauses < 300, "{q}: {clauses}");
        }
    }
}

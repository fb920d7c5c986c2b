//! Queries in OpenSearch's language.

use serde_json::{Value, json};

use super::{
    SearchQuery, Sort, clauses, facets,
    facets::Filters,
    plan::Plan,
    words::{Word, Words},
};

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

/// A search, and how its words are read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) search: &'a SearchQuery,
    pub(super) words: &'a Words,
    pub(super) plan: &'a Plan,
}

impl Asked<'_> {
    /// The first page: one hit a product, with its best variant; counts and facets.
    pub(super) fn first_page(self) -> Value {
        let filters = Filters::of(self.search);
        let mut body = self.hits(self.matches());
        // One more than asked for tells whether there is more.
        body["size"] = json!(self.search.limit + 1);
        body["collapse"] = json!({"field": "product_id"});
        // Facets count without their own filter: so filters come after what is counted.
        body["post_filter"] = filters.all();
        body["aggs"] = facets::counts(&filters);
        body
    }

    /// The one product that matches best, to learn which words it matches.
    pub(super) fn best(self) -> Value {
        json!({
            "query": {"bool": {"must": [self.matches()], "filter": [Filters::of(self.search).all()]}},
            "size": 1, "_source": false, "track_total_hits": false,
        })
    }

    /// Documents after a place. They cannot be collapsed: OpenSearch does not combine that with
    /// `search_after`, and it would let a product come back with its second-best variant. Nor can they be
    /// counted: `search_after` lets it skip documents, in aggregations too (seen in 3.6).
    pub(super) fn documents_after(self, after: &[Value], size: usize) -> Value {
        let filters = Filters::of(self.search).all();
        let mut body = self.hits(json!({"bool": {"must": [self.matches()], "filter": [filters]}}));
        body["size"] = json!(size);
        body["search_after"] = json!(after);
        body
    }

    /// The best variant of each of these products, by the same query and order: a product belongs on the
    /// page on which its best variant stands.
    pub(super) fn best_variants(self, product_ids: &[&str]) -> Value {
        let filters = [Filters::of(self.search).all(), json!({"terms": {"product_id": product_ids}})];
        json!({
            "query": {"bool": {"must": [self.matches()], "filter": filters}},
            "sort": self.sort(),
            "_source": ["sku"],
            "collapse": {"field": "product_id"},
            "size": product_ids.len(),
            "track_total_hits": false,
        })
    }

    fn matches(self) -> Value {
        match self.search.q {
            Some(_) => clauses::scored(self.words, self.plan),
            None => json!({"match_all": {}}),
        }
    }

    /// Without paging: what matches, its order, highlights.
    fn hits(self, query: Value) -> Value {
        let mut body = json!({"query": query, "sort": self.sort(), "_source": SHOWN, "track_total_hits": false});
        let words: Vec<_> = self.words.words.iter().flat_map(Word::all).collect();
        if !words.is_empty() {
            let marked = |field: &str| json!({"match": {field: words.join(" ")}});
            body["highlight"] = json!({
                // Titles and descriptions are the sellers' text: only our own marks may be markup.
                "encoder": "html",
                "fields": {
                    "title": {"number_of_fragments": 0, "highlight_query": marked("title")},
                    "description": {
                        "number_of_fragments": 2, "fragment_size": 120, "highlight_query": marked("description"),
                    },
                },
            });
        }
        body
    }

    /// The SKU ends every order, so that it is total and a place in it exact.
    fn sort(self) -> Value {
        let last = json!({"sku": "asc"});
        match (self.search.sort, &self.search.q) {
            (Sort::Relevance, Some(_)) => json!([{"_score": "desc"}, last]),
            (Sort::Relevance, None) => json!([{"popularity": "desc"}, {"in_stock": "desc"}, last]),
            (Sort::PriceAsc, _) => json!([{"price": {"order": "asc", "missing": "_last"}}, {"in_stock": "desc"}, last]),
            (Sort::PriceDesc, _) => {
                json!([{"price": {"order": "desc", "missing": "_last"}}, {"in_stock": "desc"}, last])
            }
            (Sort::Rating, _) => json!([{"rating_weighted": "desc"}, {"in_stock": "desc"}, last]),
            (Sort::Newest, _) => json!([{"created_at": "desc"}, {"in_stock": "desc"}, last]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::{Synonyms, words};

    fn with<T>(search: &SearchQuery, ask: impl FnOnce(Asked<'_>) -> T) -> T {
        let words = search.q.as_deref().map(|q| words::read(q, &Synonyms::standard())).unwrap_or_default();
        ask(Asked { search, words: &words, plan: &Plan::first(search) })
    }

    #[test]
    fn every_order_is_total() {
        for sort in [Sort::Relevance, Sort::PriceAsc, Sort::PriceDesc, Sort::Rating, Sort::Newest] {
            let order = with(&SearchQuery { sort, ..SearchQuery::default() }, |asked| asked.sort());
            assert_eq!(order.as_array().unwrap().last(), Some(&json!({"sku": "asc"})));
        }
    }

    #[test]
    fn only_the_first_page_is_collapsed() {
        let search = SearchQuery { limit: 24, ..SearchQuery::default() };
        let first = with(&search, |asked| asked.first_page());
        assert_eq!((&first["size"], &first["collapse"]), (&json!(25), &json!({"field": "product_id"})));
        let later = with(&search, |asked| asked.documents_after(&[json!(1), json!("A")], 72));
        assert_eq!((later.get("collapse"), later.get("aggs")), (None, None));
        assert_eq!(later["search_after"], json!([1, "A"]));
        assert_eq!(with(&search, |asked| asked.best_variants(&["p"]))["sort"], later["sort"]);
    }

    #[test]
    fn no_query_has_a_fuzzy_clause_or_more_clauses_than_opensearch_takes() {
        let many = ["wander ponder yonder ", "靴鞄帽", "😀", "a-b.c'd ", "blue red woman shoe bag couch tv cup "];
        for q in many.map(|part| part.repeat(200).chars().take(200).collect::<String>()) {
            let search = SearchQuery { q: Some(q.clone()), limit: 10, ..SearchQuery::default() };
            let body = with(&search, |asked| asked.first_page())["query"].to_string();
            assert!(!body.contains("fuzziness"));
            let clauses = body.matches("\"match").count() + body.matches("\"term").count();
            assert!(clauses < 300, "{q}: {clauses}");
        }
    }
}

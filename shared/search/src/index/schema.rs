//! How documents are analysed. A change of this needs a reindex: the deployment names the schema's
//! fingerprint, so a changed one makes it run the index manager, which compares it with the index's.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// Names what the schema says; kept in the index's metadata and in the deployment.
pub fn fingerprint() -> String {
    hex::encode(&Sha256::digest(sorted(schema()).to_string())[..8])
}

/// The order of keys says nothing, and is not the same in every build of the JSON library.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let fields: BTreeMap<_, _> = fields.into_iter().map(|(name, field)| (name, sorted(field))).collect();
            fields.into_iter().collect()
        }
        other => other,
    }
}

/// Settings and mappings of an index of so many shards, with the schema's fingerprint. The number is no part of that: it
/// says where documents lie, not what they are, and holds from the next reindex on.
pub fn definition(shards: u32) -> Value {
    let mut definition = schema();
    definition["settings"]["number_of_shards"] = json!(shards);
    definition["mappings"]["_meta"] = json!({ "schema": fingerprint() });
    definition
}

/// Nouns whose plural no stemmer finds.
const IRREGULAR: [&str; 16] = [
    "scarves => scarf",
    "knives => knife",
    "shelves => shelf",
    "loaves => loaf",
    "leaves => leaf",
    "halves => half",
    "wolves => wolf",
    "wives => wife",
    "mice => mouse",
    "feet => foot",
    "teeth => tooth",
    "geese => goose",
    "men, mens => man",
    "women, womens => woman",
    "children, childrens => child",
    "people => person",
];

/// Text is stemmed, to find `backpacks` by `backpack`. What says what a product is, is kept with its neighbours
/// joined too, so that `wifi` finds `Wi-Fi` and `500ml` finds `500 ml`. `strong` is all of that in one field;
/// `spelling` and `all_words` are the words as they stand, which typing errors are compared with. Prices are `long` minor units: sorting
/// on a scaled float loses hits.
fn schema() -> Value {
    let before = ["cjk_width", "lowercase", "english_possessive", "asciifolding"];
    let chain = |after: &[&'static str]| before.iter().chain(after).copied().collect::<Vec<_>>();

    json!({
        "settings": {
            "auto_expand_replicas": "0-1",
            "refresh_interval": "1s",
            // For as long as a stream keeps its records, a late one must find the version of a deletion.
            "gc_deletes": "24h",
            "similarity": {
                "share": {"type": "scripted", "script": {"source": "return query.boost / Math.sqrt(doc.length);"}},
            },
            "analysis": {
                "filter": {
                    "english_possessive": {"type": "stemmer", "language": "possessive_english"},
                    "english_stemmer": {"type": "stemmer", "language": "english"},
                    "irregular": {"type": "stemmer_override", "rules": IRREGULAR},
                    "neighbours": {"type": "shingle", "token_separator": "", "filler_token": ""},
                    // One ideograph is a word, too, in a document; a query asks for pairs where it has them.
                    "ideographs": {"type": "cjk_bigram", "output_unigrams": true},
                    "ideographs_asked": {"type": "cjk_bigram"},
                },
                "analyzer": {
                    "plain": {"tokenizer": "standard", "filter": chain(&["ideographs"])},
                    "plain_asked": {"tokenizer": "standard", "filter": chain(&["ideographs_asked"])},
                    "stemmed": {"tokenizer": "standard", "filter": chain(&["irregular", "english_stemmer", "ideographs"])},
                    "joined": {"tokenizer": "standard", "filter": chain(&["neighbours", "irregular", "english_stemmer"])},
                    "stemmed_asked": {
                        "tokenizer": "standard", "filter": chain(&["irregular", "english_stemmer", "ideographs_asked"]),
                    },
                },
                "normalizer": {"whole": {"type": "custom", "filter": ["lowercase", "asciifolding"]}},
            },
        },
        "mappings": {
            "dynamic": false,
            "properties": {
                "product_id": {"type": "keyword"},
                "mark": {"type": "long"},
                "written_at": {"type": "long"},
                "title": typed_title(),
                "category_id": {"type": "keyword"},
                "category_ids": {"type": "keyword"},
                "category_facets": {"type": "keyword"},
                "collection_ids": {"type": "keyword"},
                "collection_facets": {"type": "keyword"},
                "tags": {"type": "keyword"},
                "brand": {"type": "keyword"},
                "condition": {"type": "keyword"},
                "seller_id": {"type": "keyword"},
                "seller_facet": {"type": "keyword"},
                "rating_average": {"type": "double"},
                "rating_count": {"type": "integer"},
                "rating_weighted": {"type": "double"},
                "popularity": {"type": "double"},
                "in_stock": {"type": "boolean"},
                "created_at": {"type": "long"},
                "variants": {"type": "nested", "properties": variant()},
            },
        },
    })
}

/// What is matched within one variant: its own, and what all variants of the product share.
fn variant() -> Value {
    json!({
        "sku": {"type": "keyword"},
        "sku_key": {"type": "keyword"},
        "product_key": {"type": "keyword"},
        "title": title(),
        "variant_title": telling(),
        "description": described(),
        "category_names": telling(),
        "kinds": kinds(),
        "tag_words": telling(),
        "seller_name": telling(),
        "attribute_words": telling(),
        "attribute_pairs": {"type": "keyword"},
        "numbers": {"type": "nested", "properties": {
            "name": {"type": "keyword"}, "facet": {"type": "keyword"}, "value": {"type": "double"},
        }},
        "strong": {"type": "text", "analyzer": "joined", "search_analyzer": "stemmed_asked", "norms": false},
        "spelling": {"type": "text", "analyzer": "plain", "search_analyzer": "plain_asked", "norms": false},
        "all_words": {"type": "text", "analyzer": "plain", "search_analyzer": "plain_asked", "norms": false},
        "price": {"type": "long"},
        "available": {"type": "long"},
        "in_stock": {"type": "boolean"},
    })
}

/// The nouns of categories, with their spelling.
fn kinds() -> Value {
    json!({
        "type": "text", "analyzer": "joined", "search_analyzer": "stemmed_asked", "norms": false,
        "fields": {"plain": {"type": "text", "analyzer": "plain", "search_analyzer": "plain_asked", "norms": false}},
    })
}

/// Words that say what a product is.
fn telling() -> Value {
    text("joined", &["variants.strong", "variants.spelling", "variants.all_words"])
}

/// Words about a product.
fn described() -> Value {
    text("stemmed", &["variants.all_words"])
}

fn text(analyzer: &str, copies: &[&str]) -> Value {
    json!({
        "type": "text", "analyzer": analyzer, "search_analyzer": "stemmed_asked", "copy_to": copies,
    })
}

fn title() -> Value {
    let mut title = telling();
    title["fields"] = json!({
        "whole": {"type": "keyword", "normalizer": "whole"},
        // What was asked counts by how much of the title it is. It must not count by what else is in the index: a score
        // that changed with every write would move products from page to page.
        "share": {
            "type": "text", "analyzer": "stemmed", "search_analyzer": "stemmed_asked", "similarity": "share",
        },
    });
    title
}

/// The title as it is being typed.
fn typed_title() -> Value {
    json!({
        "type": "text", "analyzer": "plain", "search_analyzer": "plain_asked", "norms": false,
        "fields": {"typed": {"type": "search_as_you_type", "analyzer": "plain"}},
    })
}

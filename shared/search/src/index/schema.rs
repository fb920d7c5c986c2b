//! How documents are analysed. A change of this has to raise [`SCHEMA_VERSION`] and needs a reindex.

use serde_json::{Value, json};

/// The version of what this file says, kept in the index's metadata.
pub(super) const SCHEMA_VERSION: u64 = 1;

/// Settings and mappings of an index.
///
/// Text is kept twice: stemmed, to find `backpacks` by `backpack`; and plain, for what must see the
/// words as they stand: typing errors, highlights, suggestions. Prices are `long` minor units: sorting
/// on a scaled float loses hits.
pub(super) fn definition() -> Value {
    json!({
        "settings": {
            "number_of_shards": 1,
            "auto_expand_replicas": "0-1",
            "refresh_interval": "1s",
            // For as long as a stream keeps its records, a late one must find the version of a deletion.
            "gc_deletes": "24h",
            "analysis": {
                "filter": {"english_stemmer": {"type": "stemmer", "language": "english"}},
                "analyzer": {
                    "plain": {"tokenizer": "standard", "filter": ["lowercase", "asciifolding"]},
                    "stemmed": {"tokenizer": "standard", "filter": ["lowercase", "asciifolding", "english_stemmer"]},
                },
            },
        },
        "mappings": {
            "_meta": {"schema_version": SCHEMA_VERSION},
            "dynamic": false,
            "properties": {
                "sku": {"type": "keyword"},
                "product_id": {"type": "keyword"},
                "title": title(),
                "variant_title": text(),
                "description": text(),
                "category_id": {"type": "keyword"},
                "category_ids": {"type": "keyword"},
                "category_names": text(),
                "category_facets": {"type": "keyword"},
                "seller_id": {"type": "keyword"},
                "seller_name": text(),
                "attribute_words": text(),
                "all_words": {"type": "text", "analyzer": "plain", "norms": false},
                "rating_average": {"type": "double"},
                "rating_count": {"type": "integer"},
                "price": {"type": "long"},
                "available": {"type": "long"},
                "in_stock": {"type": "boolean"},
                "created_at": {"type": "long"},
            },
        },
    })
}

fn text() -> Value {
    json!({
        "type": "text", "analyzer": "stemmed", "copy_to": "all_words",
        "fields": {"plain": {"type": "text", "analyzer": "plain"}},
    })
}

fn title() -> Value {
    let mut title = text();
    title["fields"]["typed"] = json!({"type": "search_as_you_type", "analyzer": "plain"});
    title
}

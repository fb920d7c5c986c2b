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

/// Settings and mappings of an index, with the schema's fingerprint.
pub fn definition() -> Value {
    let mut definition = schema();
    definition["mappings"]["_meta"] = json!({ "schema": fingerprint() });
    definition
}

/// Text is kept twice: stemmed, to find `backpacks` by `backpack`; and plain, for what must see the
/// words as they stand: typing errors, highlights, suggestions. Prices are `long` minor units: sorting
/// on a scaled float loses hits.
fn schema() -> Value {
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

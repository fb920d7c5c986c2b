//! Product metadata: products, variants, categories, sellers.
#![forbid(unsafe_code)]

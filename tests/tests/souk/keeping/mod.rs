//! How soon discovery shows what has changed. These measure, so they run one after the other and alone:
//! `make freshness` on the running stack, and a phase of `make test`.

mod freshness;
mod renames;

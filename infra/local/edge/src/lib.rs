//! Plays CloudFront on a developer's machine.
//!
//! Requests go to the origin of the first behaviour whose path pattern matches, and what may be
//! cached is cached, by the rules of the deployed distribution (see [`config`]). It does not play
//! edge locations, error caching, compression or functions at the edge.
#![forbid(unsafe_code)]

pub mod config;
pub mod edge;
pub mod freshness;
mod origin;
pub mod pattern;
pub mod store;

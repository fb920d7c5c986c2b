//! What tests share and nothing else needs: a DynamoDB in the process with the tables that the templates
//! declare, servers that stand in for others.
//! A dev-dependency only.
#![forbid(unsafe_code)]

pub mod dynamodb;
pub mod stand_in;
pub mod streams;
pub mod templates;

//! What tests share and nothing else needs: a DynamoDB in the process, servers that stand in for others.
//! A dev-dependency only.
#![forbid(unsafe_code)]

pub mod dynamodb;
pub mod stand_in;

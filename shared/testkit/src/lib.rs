//! What tests share and nothing else needs: a DynamoDB in the process. A dev-dependency only.
#![forbid(unsafe_code)]

pub mod dynamodb;

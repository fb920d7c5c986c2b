//! Builders, an in-process DynamoDB and the local stack's clients, for tests only.
#![forbid(unsafe_code)]

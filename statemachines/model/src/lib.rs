//! An explicit-state model of the order protocol, explored exhaustively.
#![forbid(unsafe_code)]

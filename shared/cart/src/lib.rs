//! Carts of users and of guests.
#![forbid(unsafe_code)]

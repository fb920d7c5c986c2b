//! Plays CloudFront on a developer's machine.
#![forbid(unsafe_code)]

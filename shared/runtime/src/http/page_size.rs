use std::ops::RangeInclusive;

use super::Problem;

/// How many entries a page holds: as many as were asked for with `limit`, or else `default`.
///
/// # Errors
/// 400 where it is not within `allowed`.
pub fn page_size(asked: Option<usize>, default: usize, allowed: RangeInclusive<usize>) -> Result<usize, Problem> {
    let size = asked.unwrap_or(default);
    let refused = || Problem::invalid_field("limit", format!("must be from {} to {}", allowed.start(), allowed.end()));
    if allowed.contains(&size) { Ok(size) } else { Err(refused()) }
}

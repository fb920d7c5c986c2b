//! Labels as requests bear them.

use souk_domain::order::Label;
use souk_runtime::http::Problem;

/// The most parcels of one warehouse's shipment.
const MAX_PARCELS: usize = 50;

/// Labels that can be printed, of no more parcels than a shipment has; `field` is where they stand.
///
/// # Errors
/// 400 that names the first field that is not.
pub(crate) fn checked(field: &str, labels: Vec<Label>) -> Result<Vec<Label>, Problem> {
    if labels.len() > MAX_PARCELS {
        return Err(Problem::invalid_field(field.to_owned(), format!("has more than {MAX_PARCELS} parcels")));
    }
    labels.into_iter().enumerate().map(|(index, label)| printable(&format!("{field}[{index}]."), label)).collect()
}

/// A label that can be printed; `place` is what stands before its fields' names.
///
/// # Errors
/// 400 that names the field that cannot.
pub(crate) fn printable(place: &str, label: Label) -> Result<Label, Problem> {
    match label.unprintable() {
        None => Ok(label),
        Some(field) => Err(Problem::invalid_field(format!("{place}{field}"), "must be 1 to 100 printable characters")),
    }
}

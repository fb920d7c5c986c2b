use souk_domain::{
    order::{Address, AddressError},
    payment::check_method,
};

use super::Problem;

/// How whoever buys pays, and where it goes: every endpoint that takes both judges them here. The address comes back
/// as it is kept.
///
/// # Errors
/// 400 that names the field.
pub fn check_purchase(payment_method: &str, shipping_address: Address) -> Result<Address, Problem> {
    check_method(payment_method).map_err(|error| Problem::invalid_field("payment_method", error.to_string()))?;
    shipping_address
        .checked()
        .map_err(|AddressError { field, problem }| Problem::invalid_field(format!("shipping_address.{field}"), problem))
}

/// Of a body that is an address.
impl From<AddressError> for Problem {
    fn from(AddressError { field, problem }: AddressError) -> Self {
        Self::invalid_field(field, problem)
    }
}

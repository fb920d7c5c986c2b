//! How setting a price is answered.

use souk_pricing::SetPriceOutcome;
use souk_runtime::http::{HttpResult, Problem};

use crate::operator::answer;

pub(crate) fn set_price(outcome: SetPriceOutcome) -> HttpResult {
    match outcome {
        SetPriceOutcome::Created(price) => Ok(answer(201, &price)),
        SetPriceOutcome::Changed(price) | SetPriceOutcome::Unchanged(price) => Ok(answer(200, &price)),
        SetPriceOutcome::VersionNeeded(_) => Err(Problem::precondition_required()),
        SetPriceOutcome::Stale(Some(present)) => Err(Problem::stale(present.version)),
        SetPriceOutcome::Stale(None) => Err(Problem::nothing_to_match()),
    }
}

#[cfg(test)]
mod tests {
    use souk_domain::money::Money;
    use souk_pricing::PricedSku;

    use super::*;

    #[test]
    fn each_outcome_has_its_status() {
        let price = PricedSku { sku: "a".parse().unwrap(), price: Money::ZERO, version: 3 };
        let status = |outcome| match set_price(outcome) {
            Ok(response) => response.status,
            Err(problem) => problem.status,
        };
        assert_eq!(status(SetPriceOutcome::Created(price.clone())), 201);
        assert_eq!(status(SetPriceOutcome::Changed(price.clone())), 200);
        assert_eq!(status(SetPriceOutcome::Unchanged(price.clone())), 200);
        assert_eq!(status(SetPriceOutcome::VersionNeeded(price.clone())), 428);
        assert_eq!(status(SetPriceOutcome::Stale(Some(price))), 412);
        assert_eq!(status(SetPriceOutcome::Stale(None)), 412);
    }
}

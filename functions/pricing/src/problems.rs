//! How setting a price is answered.

use souk_pricing::{PricedSku, SetPriceOutcome};
use souk_runtime::http::{Effect, Problem};

pub(crate) fn set_price(outcome: SetPriceOutcome) -> Result<(Effect, PricedSku), Problem> {
    match outcome {
        SetPriceOutcome::Created(price) => Ok((Effect::Created, price)),
        SetPriceOutcome::Changed(price) => Ok((Effect::Changed, price)),
        SetPriceOutcome::Unchanged(price) => Ok((Effect::Unchanged, price)),
        SetPriceOutcome::VersionNeeded(present) => Err(Problem::version_needed(present.version)),
        SetPriceOutcome::Stale(Some(present)) => Err(Problem::stale(present.version)),
        SetPriceOutcome::Stale(None) => Err(Problem::nothing_to_match()),
        SetPriceOutcome::Refused(why) => Err(Problem::invalid_field(format!("price.{}", why.field()), why.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use souk_domain::money::{Currency, Money};
    use souk_pricing::{PriceError, PricedSku};

    use super::*;

    #[test]
    fn each_outcome_has_its_effect_or_its_status() {
        let price =
            PricedSku { sku: "a".parse().unwrap(), price: Money::usd(50).unwrap(), max_per_order: None, version: 3 };
        let done = |outcome| set_price(outcome).unwrap().0;
        assert_eq!(done(SetPriceOutcome::Created(price.clone())), Effect::Created);
        assert_eq!(done(SetPriceOutcome::Changed(price.clone())), Effect::Changed);
        assert_eq!(done(SetPriceOutcome::Unchanged(price.clone())), Effect::Unchanged);
        let refused = |outcome| set_price(outcome).unwrap_err().status();
        assert_eq!(refused(SetPriceOutcome::VersionNeeded(price.clone())), 428);
        assert_eq!(refused(SetPriceOutcome::Stale(Some(price))), 412);
        assert_eq!(refused(SetPriceOutcome::Stale(None)), 412);
        let foreign = SetPriceOutcome::Refused(PriceError::OtherCurrency(Currency::USD));
        assert_eq!(refused(foreign), 400);
    }
}

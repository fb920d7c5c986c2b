use serde::{Deserialize, Serialize};

use crate::{
    ids::WarehouseId,
    order::is_country,
    text::{TextError, TextRule},
};

/// A part of a country as addresses name it: a state, a province.
const REGION: TextRule = TextRule::name(64);

/// Where goods come from or go to, as far as that tells which warehouse is near.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Area {
    /// ISO 3166-1, two capital letters.
    #[cfg_attr(feature = "openapi", schema(pattern = "^[A-Z]{2}$", example = "US"))]
    pub country: String,
    /// A state or province, as addresses there name it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 256, example = "TN"))]
    pub region: Option<String>,
}

/// What is no area.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AreaError {
    /// No country has this code.
    #[error("must be a country's two capital letters (ISO 3166-1)")]
    Country,
    /// The region is no name.
    #[error(transparent)]
    Region(#[from] TextError),
}

impl AreaError {
    /// Which field of the area is wrong.
    pub fn field(&self) -> &'static str {
        match self {
            Self::Country => "country",
            Self::Region(_) => "region",
        }
    }
}

impl Area {
    /// The same, where it is one.
    ///
    /// # Errors
    /// [`AreaError`].
    pub fn checked(self) -> Result<Self, AreaError> {
        if !is_country(&self.country) {
            return Err(AreaError::Country);
        }
        let region = self.region.map(|region| REGION.parse(&region)).transpose()?;
        Ok(Self { region, ..self })
    }

    /// The same region of the same country, whatever its letters' case.
    fn is_in_region_of(&self, other: &Self) -> bool {
        let same = |a: &String, b: &String| a.to_lowercase() == b.to_lowercase();
        self.country == other.country
            && self.region.as_ref().zip(other.region.as_ref()).is_some_and(|(a, b)| same(a, b))
    }
}

/// A warehouse, as far as it tells what it is near to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// Which warehouse.
    pub warehouse_id: WarehouseId,
    /// Where it is.
    pub area: Area,
    /// Among equally near ones that of the lowest number sends first.
    pub priority: u32,
}

/// The warehouses in the order in which they send: those of the destination's region first, then those of its country,
/// then all others; among equals by priority, then by id. Where the destination is not known priority alone decides.
pub fn nearest(sites: &[Site], destination: Option<&Area>) -> Vec<WarehouseId> {
    let distance = |site: &Site| match destination {
        Some(to) if site.area.is_in_region_of(to) => 0,
        Some(to) if site.area.country == to.country => 1,
        _ => 2,
    };
    let mut ordered: Vec<_> = sites.iter().collect();
    ordered.sort_by_key(|site| (distance(site), site.priority, &site.warehouse_id));
    ordered.into_iter().map(|site| site.warehouse_id.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn area(country: &str, region: Option<&str>) -> Area {
        Area { country: country.to_owned(), region: region.map(str::to_owned) }
    }

    fn site(id: &str, country: &str, region: Option<&str>, priority: u32) -> Site {
        Site { warehouse_id: id.parse().unwrap(), area: area(country, region), priority }
    }

    fn order(to: Option<Area>) -> Vec<String> {
        let sites = [
            site("amsterdam", "NL", None, 5),
            site("berlin", "DE", Some("BE"), 9),
            site("memphis", "US", Some("TN"), 1),
            site("reno", "US", Some("NV"), 0),
        ];
        nearest(&sites, to.as_ref()).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_region_comes_first_then_the_country_then_priority() {
        assert_eq!(order(Some(area("US", Some("tn")))), ["memphis", "reno", "amsterdam", "berlin"]);
        assert_eq!(order(Some(area("US", None))), ["reno", "memphis", "amsterdam", "berlin"]);
        assert_eq!(order(Some(area("DE", Some("BY")))), ["berlin", "reno", "memphis", "amsterdam"]);
        assert_eq!(order(Some(area("GB", None))), ["reno", "memphis", "amsterdam", "berlin"]);
        assert_eq!(order(None), ["reno", "memphis", "amsterdam", "berlin"]);
        assert!(nearest(&[], Some(&area("US", None))).is_empty());
    }

    #[test]
    fn a_region_of_another_country_is_another() {
        assert_eq!(order(Some(area("GB", Some("TN"))))[0], "reno");
    }

    #[test]
    fn an_area_is_in_a_country() {
        assert_eq!(area("US", Some(" TN ")).checked().unwrap(), area("US", Some("TN")));
        assert_eq!(area("us", None).checked().unwrap_err().field(), "country");
        assert_eq!(area("XX", None).checked().unwrap_err().field(), "country");
        assert_eq!(area("US", Some("\n")).checked().unwrap_err().field(), "region");
    }
}

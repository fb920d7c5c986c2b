use souk_wiring::{ConfigError, Environment, FromVariable};

/// Which edition of the order protocol new checkouts follow. Those that are there go on as they began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderProtocol {
    /// A reservation beside the rows of stock.
    First,
    /// The rows of stock hold their holds.
    Second,
}

/// Its number.
impl FromVariable for OrderProtocol {
    fn from_variable(environment: &Environment, name: &'static str) -> Result<Self, ConfigError> {
        match environment.parse::<u8>(name)? {
            1 => Ok(Self::First),
            2 => Ok(Self::Second),
            other => Err(ConfigError::Invalid { name, reason: format!("there is no edition {other}") }),
        }
    }
}

use std::{fmt::Display, str::FromStr};

use jiff::SignedDuration;
use souk_dynamo::Table;

use crate::{ConfigError, Environment};

/// Something that one variable tells all about.
pub trait FromVariable: Sized {
    /// What the variable of this name holds.
    ///
    /// # Errors
    /// [`ConfigError`] where it is absent or unreadable.
    fn from_variable(environment: &Environment, name: &'static str) -> Result<Self, ConfigError>;
}

/// The text itself.
impl FromVariable for String {
    fn from_variable(environment: &Environment, name: &'static str) -> Result<Self, ConfigError> {
        environment.required(name)
    }
}

/// The table of this name.
impl FromVariable for Table {
    fn from_variable(environment: &Environment, name: &'static str) -> Result<Self, ConfigError> {
        environment.table(name)
    }
}

/// So many seconds.
impl FromVariable for SignedDuration {
    fn from_variable(environment: &Environment, name: &'static str) -> Result<Self, ConfigError> {
        environment.parse(name).map(Self::from_secs)
    }
}

/// The number.
impl FromVariable for u32 {
    fn from_variable(environment: &Environment, name: &'static str) -> Result<Self, ConfigError> {
        environment.parse(name)
    }
}

/// A time that is set in whole days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Days(pub SignedDuration);

/// So many days of 24 hours.
impl FromVariable for Days {
    fn from_variable(environment: &Environment, name: &'static str) -> Result<Self, ConfigError> {
        environment.parse::<u16>(name).map(|days| Self(SignedDuration::from_hours(24 * i64::from(days))))
    }
}

/// Whatever can be read from the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parsed<T>(pub T);

impl<T: FromStr<Err: Display>> FromVariable for Parsed<T> {
    fn from_variable(environment: &Environment, name: &'static str) -> Result<Self, ConfigError> {
        environment.parse(name).map(Self)
    }
}

/// What may be absent or empty.
impl FromVariable for Option<String> {
    fn from_variable(environment: &Environment, name: &'static str) -> Result<Self, ConfigError> {
        Ok(environment.optional(name))
    }
}

use serde::{Deserialize, Serialize};

/// Where the delivery of an event to a subscription stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DeliveryState {
    /// It is tried, now or later.
    Pending,
    /// The subscriber has answered with 2xx.
    Delivered,
    /// It is tried no more; an operator may replay it.
    Failed,
}

impl DeliveryState {
    /// The name that is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Delivered => "DELIVERED",
            Self::Failed => "FAILED",
        }
    }
}

impl std::str::FromStr for DeliveryState {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let all = [Self::Pending, Self::Delivered, Self::Failed];
        all.into_iter().find(|state| state.as_str() == text).ok_or("is not PENDING, DELIVERED or FAILED")
    }
}

/// Why a delivery is tried no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = DeliveryFailureReason))]
#[serde(rename_all = "snake_case")]
pub enum FailureReason {
    /// It was refused for three days.
    GivenUp,
    /// The subscriber has answered 410: it wants no more.
    Gone,
    /// The subscription was disabled before it was delivered.
    Disabled,
    /// The subscription was deleted before it was delivered.
    Unsubscribed,
}

impl FailureReason {
    /// The name that is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::GivenUp => "given_up",
            Self::Gone => "gone",
            Self::Disabled => "disabled",
            Self::Unsubscribed => "unsubscribed",
        }
    }
}

/// Why an attempt did not deliver.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AttemptFailure {
    /// The answer was no 2xx.
    Status,
    /// There was no answer in time.
    Timeout,
    /// There was no connection, or it broke.
    Connection,
    /// The host's name has no address, or one that is not public.
    Address,
}

impl AttemptFailure {
    /// The name that is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::Timeout => "timeout",
            Self::Connection => "connection",
            Self::Address => "address",
        }
    }
}

/// Why a subscription was disabled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = WebhookDisabledReason))]
#[serde(rename_all = "snake_case")]
pub enum DisabledReason {
    /// By an operator.
    Operator,
    /// The subscriber has answered 410.
    Gone,
    /// Every attempt of five days has failed.
    Failing,
}

impl DisabledReason {
    /// The name that is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::Gone => "gone",
            Self::Failing => "failing",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stored_name_is_the_serialised_one() {
        for state in [DeliveryState::Pending, DeliveryState::Delivered, DeliveryState::Failed] {
            assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
            assert_eq!(state.as_str().parse(), Ok(state));
        }
        use FailureReason::{Disabled, GivenUp, Gone, Unsubscribed};
        for reason in [GivenUp, Gone, Disabled, Unsubscribed] {
            assert_eq!(serde_json::to_value(reason).unwrap(), reason.as_str());
        }
        use AttemptFailure::{Address, Connection, Status, Timeout};
        for failure in [Status, Timeout, Connection, Address] {
            assert_eq!(serde_json::to_value(failure).unwrap(), failure.as_str());
        }
        for reason in [DisabledReason::Operator, DisabledReason::Gone, DisabledReason::Failing] {
            assert_eq!(serde_json::to_value(reason).unwrap(), reason.as_str());
        }
    }
}

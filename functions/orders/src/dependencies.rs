//! What this context's functions are built from; each variable's name stands here once.

use souk_cart::Carts;
use souk_inventory::{ReservationBook, Reservations, StockRows};
use souk_orders::{Archive, Checkouts, Orders, Saga};
use souk_payments::{PaymentRecords, stripe::StripeGateway};
use souk_pricing::Prices;
use souk_runtime::{ConfigError, Environment, queue::Sender};
use souk_sales::{Sales, Shards};

use crate::timers::ReservationTimers;

pub(crate) fn orders(environment: &Environment) -> Result<Orders, ConfigError> {
    Ok(Orders::new(environment.table("ORDERS_TABLE")?))
}

pub(crate) fn archive(environment: &Environment) -> Result<Archive, ConfigError> {
    Ok(Archive::new(environment.table("ORDER_ARCHIVE_TABLE")?))
}

pub(crate) fn checkouts(environment: &Environment) -> Result<Checkouts, ConfigError> {
    Ok(Checkouts::new(environment.table("CHECKOUTS_TABLE")?))
}

pub(crate) fn stock_rows(environment: &Environment) -> Result<StockRows, ConfigError> {
    Ok(StockRows::new(environment.table("INVENTORY_TABLE")?))
}

/// For functions that leave the rows alone.
pub(crate) fn reservation_book(environment: &Environment) -> Result<ReservationBook, ConfigError> {
    Ok(ReservationBook::new(environment.table("RESERVATIONS_TABLE")?))
}

pub(crate) fn reservations(environment: &Environment) -> Result<Reservations, ConfigError> {
    Ok(Reservations::new(environment.table("RESERVATIONS_TABLE")?, stock_rows(environment)?))
}

/// Where the units of flash sales' orders go back to.
pub(crate) fn shards(environment: &Environment) -> Result<Shards, ConfigError> {
    Ok(Shards::new(environment.table("SALE_SHARDS_TABLE")?, sales(environment)?))
}

pub(crate) fn sales(environment: &Environment) -> Result<Sales, ConfigError> {
    Ok(Sales::new(environment.table("SALES_TABLE")?))
}

pub(crate) fn timers(environment: &Environment) -> Result<ReservationTimers, ConfigError> {
    Ok(ReservationTimers::new(Sender::from_environment(environment, "RESERVATION_TIMERS_URL")?))
}

pub(crate) fn prices(environment: &Environment) -> Result<Prices, ConfigError> {
    Ok(Prices::new(environment.table("PRICES_TABLE")?))
}

pub(crate) fn carts(environment: &Environment) -> Result<Carts, ConfigError> {
    Ok(Carts::new(environment.table("CARTS_TABLE")?))
}

pub(crate) fn payments(environment: &Environment) -> Result<PaymentRecords, ConfigError> {
    Ok(PaymentRecords::new(environment.table("PAYMENTS_TABLE")?))
}

pub(crate) fn saga(environment: &Environment) -> Result<Saga, ConfigError> {
    Ok(Saga::new(aws_sdk_sfn::Client::new(&environment.aws), environment.required("ORDER_SAGA_ARN")?))
}

/// The gateway, with its key from the secret that the template made.
pub(crate) async fn gateway(environment: &Environment) -> Result<StripeGateway, ConfigError> {
    #[derive(serde::Deserialize)]
    struct Secret {
        api_key: String,
    }
    let secret: Secret = environment.secret("GATEWAY_SECRET_ID").await?;
    let url = environment.required("GATEWAY_URL")?;
    let gateway = match environment.connector() {
        Some(connector) => StripeGateway::over(connector.clone(), &url, &secret.api_key),
        None => StripeGateway::new(&url, &secret.api_key),
    };
    gateway.map_err(|error| ConfigError::Invalid { name: "GATEWAY_URL", reason: error.to_string() })
}

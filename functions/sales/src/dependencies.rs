//! What this context's functions are built from; each variable's name stands here once.

use std::sync::Arc;

use jiff::SignedDuration;
use souk_inventory::{SaleUnits, StockRows};
use souk_orders::{Archive, Orders, Saga};
use souk_runtime::{ConfigError, Environment, queue::Sender};
use souk_sales::{Intents, IntentsBacklog, KeyRing, ManagedSecret, RoomCache, Sales, Shards, WaitingRoom};

use crate::conductors::Conductors;

pub(crate) fn sales(environment: &Environment) -> Result<Sales, ConfigError> {
    Ok(Sales::new(environment.table("SALES_TABLE")?))
}

pub(crate) fn shards(environment: &Environment) -> Result<Shards, ConfigError> {
    Ok(Shards::new(environment.table("SALE_SHARDS_TABLE")?, sales(environment)?))
}

pub(crate) fn rooms(environment: &Environment) -> Result<Arc<RoomCache>, ConfigError> {
    Ok(Arc::new(RoomCache::new(sales(environment)?)))
}

/// The keys are loaded when they are first needed.
pub(crate) fn key_ring(environment: &Environment) -> Result<KeyRing, ConfigError> {
    let client = aws_sdk_secretsmanager::Client::new(&environment.aws);
    Ok(KeyRing::new(ManagedSecret::new(client, environment.required("SALE_KEYS_SECRET_ID")?)))
}

pub(crate) fn waiting_room(
    environment: &Environment,
    admission_lifetime: SignedDuration,
) -> Result<WaitingRoom, ConfigError> {
    Ok(WaitingRoom::new(rooms(environment)?, key_ring(environment)?, admission_lifetime))
}

pub(crate) fn intents(environment: &Environment) -> Result<Intents, ConfigError> {
    Ok(Intents::new(aws_sdk_sqs::Client::new(&environment.aws), environment.required("INTENTS_URL")?))
}

pub(crate) fn backlog(environment: &Environment) -> Result<IntentsBacklog, ConfigError> {
    Ok(IntentsBacklog::new(
        aws_sdk_sqs::Client::new(&environment.aws),
        environment.required("INTENTS_URL")?,
        environment.required("INTENTS_DEAD_LETTERS_URL")?,
    ))
}

pub(crate) fn conductors(environment: &Environment) -> Result<Conductors, ConfigError> {
    Ok(Conductors::new(Sender::from_environment(environment, "SALE_CONDUCTORS_URL")?))
}

pub(crate) fn orders(environment: &Environment) -> Result<Orders, ConfigError> {
    Ok(Orders::new(environment.table("ORDERS_TABLE")?))
}

pub(crate) fn archive(environment: &Environment) -> Result<Archive, ConfigError> {
    Ok(Archive::new(environment.table("ORDER_ARCHIVE_TABLE")?))
}

pub(crate) fn saga(environment: &Environment) -> Result<Saga, ConfigError> {
    Ok(Saga::new(aws_sdk_sfn::Client::new(&environment.aws), environment.required("ORDER_SAGA_ARN")?))
}

pub(crate) fn sale_units(environment: &Environment) -> Result<SaleUnits, ConfigError> {
    let rows = StockRows::new(environment.table("INVENTORY_TABLE")?);
    Ok(SaleUnits::new(environment.table("RESERVATIONS_TABLE")?, rows))
}

pub(crate) fn seconds(environment: &Environment, name: &'static str) -> Result<SignedDuration, ConfigError> {
    Ok(SignedDuration::from_secs(environment.parse(name)?))
}

//! The production functions, wired as their environment wires them, over the simulated network.

use std::{collections::BTreeMap, time::Duration};

use aws_config::{BehaviorVersion, Region, SdkConfig, retry::RetryConfig, timeout::TimeoutConfig};
use aws_sdk_dynamodb::config::{Credentials, IdentityCache, SharedCredentialsProvider, StalledStreamProtectionConfig};
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_runtime_api::client::http::SharedHttpConnector;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use souk_cart::Carts;
use souk_flash_sales::{FlashSales, Shards};
use souk_fn_flash_sales::{
    admin::close_sale,
    background::{order_intents, sweep_sales},
    shop::{get_intent, post_intent},
};
use souk_fn_fulfilment::{
    admin as shipping,
    background::{follow_orders, sweep_shipments},
    carriers::carrier_webhook,
    warehouse,
};
use souk_fn_orders::{admin, background, checkouts, orders, saga};
use souk_inventory::{FlashSaleUnits, StockRows};
#[cfg(test)]
use souk_payments::PaymentRecords;
use souk_pricing::Prices;
use souk_runtime::task::TaskError;
use souk_wiring::{Call, Environment, FromEnvironment};
use souk_workflows::send_message::SendMessage;

use crate::{network::Network, tables::tables, world::CARRIERS};

/// How long whoever picks keeps others from it.
const PICK_SECONDS: u64 = 60;
/// How long a checkout holds its units.
pub const RESERVATION_SECONDS: u64 = 900;
/// How long an order waits for its payment.
pub const PAYMENT_SECONDS: u64 = 900;
/// How old trouble must be for a sweeper.
pub const SWEEP_AFTER_SECONDS: u64 = 60;

/// How old a claim must be for the sales' sweeper.
const CLAIM_GRACE_SECONDS: i64 = 180;
/// When a claim without an order ends whatever the queues hold.
pub const CLAIM_DEADLINE_SECONDS: i64 = 900;
/// The queues' names.
pub const RESERVATION_TIMERS: &str = "timers";
/// As [`RESERVATION_TIMERS`].
pub const INTENTS: &str = "intents";
/// As [`RESERVATION_TIMERS`].
pub const DEAD_LETTERS: &str = "intents-dead-letters";
/// The secret with the sale's keys.
pub const SALE_KEYS: &str = "sale-keys";

/// Every function of the order core, and those of the flash sale. Those that remember something from call to call are
/// started by each schedule anew: none may find what another one has left in it.
pub struct Functions {
    /// `DELETE /checkouts/{checkout_id}`
    pub delete_checkout: checkouts::delete_checkout::Deps,
    /// `POST /orders`
    pub place_order: orders::place_order::Deps,
    /// `POST /orders/{order_id}/cancel`
    pub cancel_order: orders::cancel_order::Deps,
    /// `POST /orders/{order_id}/payment`
    pub pay_order: orders::pay_order::Deps,
    /// `POST /admin/orders/{order_id}/cancel`
    pub admin_cancel_order: admin::cancel_order::Deps,
    /// `POST /admin/orders/{order_id}/ship`
    pub ship_order: shipping::ship_order::Deps,
    /// `POST /admin/orders/{order_id}/deliver`
    pub deliver_order: shipping::deliver_order::Deps,
    /// `POST …/claim`
    pub claim: warehouse::claim_fulfilment::Deps,
    /// `POST …/release`
    pub release: warehouse::release_fulfilment::Deps,
    /// `POST …/shortages`
    pub report_shortage: warehouse::report_shortage::Deps,
    /// `POST …/pack`
    pub pack: warehouse::pack_fulfilment::Deps,
    /// `POST …/ship`
    pub ship: warehouse::ship_fulfilment::Deps,
    /// `POST …/parcels/{parcel}/deliver`
    pub deliver_parcel: warehouse::deliver_parcel::Deps,
    /// `POST /webhooks/carriers/{carrier}`
    pub carrier_webhook: carrier_webhook::Deps,
    /// What opens and closes warehouses' work.
    pub follow_orders: follow_orders::Deps,
    /// `POST /webhooks/payments`
    pub payment_webhook: souk_fn_payments::payment_webhook::Deps,
    /// The reservations' timer.
    pub reservation_timer: background::reservation_timer::Deps,
    /// What lets rows forget what is over.
    pub maintain_rows: background::maintain_rows::Deps,
    /// The sweeper over unsettled orders.
    pub sweep_orders: background::sweep_orders::Deps,
    /// The sweeper over held reservations.
    pub sweep_reservations: background::sweep_reservations::Deps,
    /// The sweeper over shipments.
    pub sweep_shipments: sweep_shipments::Deps,
    /// `POST /admin/orders/{order_id}/refunds`
    pub refund_order: souk_fn_payments::refund_order::Deps,
    /// The sweeper over refunds.
    pub sweep_refunds: souk_fn_payments::sweep_refunds::Deps,
    /// The comparison with the gateway.
    pub reconcile_payments: background::reconcile_payments::Deps,
    /// The payments' outbox.
    pub publish_payments: souk_fn_payments::publish_payments::Deps,
    /// The archive.
    pub archive_orders: background::archive_orders::Deps,
    /// The outbox.
    pub publish_orders: background::publish_orders::Deps,
    /// What tells shoppers of the orders' events: the use case, since its function keeps a pace by the real clock.
    pub send_message: SendMessage,
    /// Payments, for shoppers whom the gateway knows at first.
    #[cfg(test)]
    pub payments: PaymentRecords,
    /// Carts, for what stands in them at first.
    pub carts: Carts,
    /// Prices, which operators change.
    pub prices: Prices,
    /// Stock, as it was counted.
    pub stock: StockRows,
    /// FlashSales, for what is defined at first.
    pub sales: FlashSales,
    /// Their shards.
    pub shards: Shards,
    /// Their units in stock.
    pub sale_units: FlashSaleUnits,
    /// The worker that turns intents into orders.
    pub order_intents: order_intents::Deps,
    /// `GET /sales/{sale_id}/intents/{intent_id}`
    pub get_intent: get_intent::Deps,
    /// `POST /admin/sales/{sale_id}/close`
    pub close_sale: close_sale::Deps,
    environment: Environment,
    second_edition: Environment,
    authorize_payment: saga::authorize_payment::Deps,
    confirm_order: saga::confirm_order::Deps,
    saga_cancel_order: saga::cancel_order::Deps,
    void_payment: saga::void_payment::Deps,
    release_reservation: saga::release_reservation::Deps,
}

impl Functions {
    /// All functions, as they start up. They live as long as the process, as functions do.
    ///
    /// # Panics
    /// Where a function asks its environment for something that is not there.
    pub async fn start(network: &Network) -> &'static Self {
        let second_edition = environment(network, 2);
        let environment = environment(network, 1);
        let functions = Self {
            maintain_rows: deps(&environment).await,
            delete_checkout: deps(&environment).await,
            place_order: deps(&environment).await,
            cancel_order: deps(&environment).await,
            pay_order: deps(&environment).await,
            admin_cancel_order: deps(&environment).await,
            ship_order: deps(&environment).await,
            deliver_order: deps(&environment).await,
            claim: deps(&environment).await,
            release: deps(&environment).await,
            report_shortage: deps(&environment).await,
            pack: deps(&environment).await,
            ship: deps(&environment).await,
            deliver_parcel: deps(&environment).await,
            carrier_webhook: deps(&environment).await,
            follow_orders: deps(&environment).await,
            payment_webhook: deps(&environment).await,
            reservation_timer: deps(&environment).await,
            sweep_orders: deps(&environment).await,
            sweep_reservations: deps(&environment).await,
            sweep_shipments: deps(&environment).await,
            refund_order: deps(&environment).await,
            sweep_refunds: deps(&environment).await,
            reconcile_payments: deps(&environment).await,
            publish_payments: deps(&environment).await,
            archive_orders: deps(&environment).await,
            publish_orders: deps(&environment).await,
            send_message: deps(&environment).await,
            #[cfg(test)]
            payments: deps(&environment).await,
            carts: deps(&environment).await,
            prices: deps(&environment).await,
            stock: deps(&environment).await,
            sales: deps(&environment).await,
            shards: deps(&environment).await,
            sale_units: deps(&environment).await,
            order_intents: deps(&environment).await,
            get_intent: deps(&environment).await,
            close_sale: deps(&environment).await,
            authorize_payment: deps(&environment).await,
            confirm_order: deps(&environment).await,
            saga_cancel_order: deps(&environment).await,
            void_payment: deps(&environment).await,
            release_reservation: deps(&environment).await,
            environment,
            second_edition,
        };
        Box::leak(Box::new(functions))
    }

    /// `POST /checkouts`, freshly started.
    pub async fn create_checkout(&self, second_edition: bool) -> checkouts::create_checkout::Deps {
        deps(if second_edition { &self.second_edition } else { &self.environment }).await
    }

    /// The sweeper over sales, freshly started.
    pub async fn sweep_sales(&self) -> sweep_sales::Deps {
        deps(&self.environment).await
    }

    /// `POST /sales/{sale_id}/intents`, freshly started.
    pub async fn post_intent(&self) -> post_intent::Deps {
        deps(&self.environment).await
    }

    /// Runs a step of the saga, whose resource the state machine names.
    ///
    /// # Errors
    /// As the step.
    pub async fn step(&'static self, resource: &str, input: Value, call: Call) -> Result<Value, TaskError> {
        match resource {
            "AuthorizePayment" => {
                write(saga::authorize_payment::handle(&self.authorize_payment, read(input)?, call).await?)
            }
            "ConfirmOrder" => write(saga::confirm_order::handle(&self.confirm_order, read(input)?, call).await?),
            "CancelOrder" => write(saga::cancel_order::handle(&self.saga_cancel_order, read(input)?, call).await?),
            "VoidPayment" => write(saga::void_payment::handle(&self.void_payment, read(input)?, call).await?),
            "ReleaseReservation" => {
                write(saga::release_reservation::handle(&self.release_reservation, read(input)?, call).await?)
            }
            other => Err(TaskError::new("UnknownResource", other)),
        }
    }
}

fn read<T: DeserializeOwned>(input: Value) -> Result<T, TaskError> {
    serde_json::from_value(input).map_err(|error| TaskError::new("InvalidInput", error))
}

fn write<T: Serialize>(output: T) -> Result<Value, TaskError> {
    serde_json::to_value(output).map_err(|error| TaskError::new("InvalidOutput", error))
}

async fn deps<D: FromEnvironment>(environment: &Environment) -> D {
    D::from_environment(environment).await.expect("the simulated environment has everything")
}

fn environment(network: &Network, order_protocol: u8) -> Environment {
    let mut variables: BTreeMap<&'static str, String> =
        tables().iter().map(|table| (table.variable.as_str(), table.name.clone())).collect();
    variables.extend([
        ("ORDER_SAGA_ARN", "arn:aws:states:us-east-1:000000000000:stateMachine:order".to_owned()),
        ("RESERVATION_TIMERS_URL", queue_url(RESERVATION_TIMERS)),
        ("INTENTS_URL", queue_url(INTENTS)),
        ("INTENTS_DEAD_LETTERS_URL", queue_url(DEAD_LETTERS)),
        ("SALE_CONDUCTORS_URL", queue_url("conductors")),
        ("SALE_KEYS_SECRET_ID", SALE_KEYS.to_owned()),
        ("CLAIM_GRACE_SECONDS", CLAIM_GRACE_SECONDS.to_string()),
        ("CLAIM_DEADLINE_SECONDS", CLAIM_DEADLINE_SECONDS.to_string()),
        ("BUS_NAME", "souk".to_owned()),
        ("USER_POOL_ID", "us-east-1_souk".to_owned()),
        ("MAIL_FROM", "orders@souk.test".to_owned()),
        ("MAIL_CONFIGURATION_SET", "souk".to_owned()),
        ("SHOP_URL", "https://souk.test".to_owned()),
        ("GATEWAY_SECRET_ID", "gateway".to_owned()),
        ("CARRIER_SECRET_ID", CARRIERS.to_owned()),
        ("GATEWAY_URL", "https://gateway.test".to_owned()),
        ("CURRENCY", "USD".to_owned()),
        ("RENEW_AUTHORIZATIONS", "true".to_owned()),
        ("DISPATCH_DAYS", "2".to_owned()),
        ("DELIVERY_DAYS", "5".to_owned()),
        ("PICK_SECONDS", PICK_SECONDS.to_string()),
        ("SHOPPER_CHECKOUTS", "1000".to_owned()),
        ("SHOPPER_UNITS", "100000".to_owned()),
        ("RESERVATION_SECONDS", RESERVATION_SECONDS.to_string()),
        ("ORDER_PROTOCOL", order_protocol.to_string()),
        ("PAYMENT_SECONDS", PAYMENT_SECONDS.to_string()),
        ("SWEEP_AFTER_SECONDS", SWEEP_AFTER_SECONDS.to_string()),
    ]);
    Environment::given(sdk_config(network), variables, SharedHttpConnector::new(network.clone()))
}

fn queue_url(name: &str) -> String {
    format!("https://sqs.us-east-1.amazonaws.com/000000000000/{name}")
}

/// The SDK without retries of its own: they pause in real time and remember earlier schedules. The
/// network repeats requests as they would.
fn sdk_config(network: &Network) -> SdkConfig {
    let credentials = Credentials::new("simulation", "simulation", None, None, "simulation");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("us-east-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .identity_cache(IdentityCache::no_cache())
        .http_client(network.clone())
        .retry_config(RetryConfig::disabled())
        .sleep_impl(TokioSleep::new())
        .timeout_config(TimeoutConfig::builder().operation_timeout(Duration::from_secs(3600)).build())
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .build()
}

use serde::Serialize;
use souk_domain::flash_sale::{FlashSaleStatus, Position};
use souk_flash_sales::Queueing;
use utoipa::ToSchema;

/// Where a shopper stands, as they are told.
#[derive(Serialize, ToSchema)]
#[schema(as = QueuePlace)]
pub(super) struct QueueView {
    status: FlashSaleStatus,
    /// The window of their joining, and their place in it: 0.25 is a quarter down the first window.
    #[serde(skip_serializing_if = "Option::is_none")]
    position: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ahead: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    wait_seconds: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    poll_after_seconds: Option<f64>,
    sold_out: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    ticket: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    admission: Option<String>,
}

impl QueueView {
    pub(super) fn new(queueing: &Queueing, ticket: Option<String>, admission: Option<String>) -> Self {
        let seconds = |duration: std::time::Duration| (duration.as_secs_f64() * 1000.0).round() / 1000.0;
        Self {
            status: queueing.status,
            position: queueing.position.map(shown),
            ahead: queueing.ahead,
            wait_seconds: queueing.wait.map(seconds),
            poll_after_seconds: queueing.poll_after.map(seconds),
            sold_out: queueing.sold_out,
            ticket,
            admission,
        }
    }
}

fn shown(position: Position) -> f64 {
    f64::from(position.cohort().number()) + f64::from(position.fraction()) / 2.0_f64.powi(32)
}

#[cfg(test)]
mod tests {
    use souk_domain::flash_sale::Cohort;

    use super::*;

    #[test]
    fn a_position_is_shown_as_window_and_place() {
        assert!((shown(Cohort::new(3).start()) - 3.0).abs() < f64::EPSILON);
    }
}

//! What operators do with a sale while it lasts: open it early, pause it, resume it.

use souk_domain::{flash_sale::FlashSaleEvent, ids::FlashSaleId};
use souk_dynamo::StoreError;
use souk_flash_sales::{FlashSales, TransitionOutcome};
use souk_wiring::{Call, FromEnvironment};

use crate::conductors::Conductors;

/// The sales, and their conductors: for words after which shoppers are let in.
#[derive(Debug, FromEnvironment)]
pub struct RunFlashSale {
    sales: FlashSales,
    conductors: Conductors,
}

impl RunFlashSale {
    /// Puts the opening at this moment and starts the conductor, who opens the sale as soon as the public
    /// beacon of the moment is out: within some seconds. Repeating it changes nothing.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown.
    pub async fn open_early(&self, sale_id: &FlashSaleId, call: &Call) -> Result<TransitionOutcome, StoreError> {
        let outcome = self.sales.open_early(sale_id, call.now).await?;
        if let TransitionOutcome::Done(_) | TransitionOutcome::Already(_) = &outcome {
            self.conductors.start(sale_id, call).await;
        }
        Ok(outcome)
    }

    /// Lets shoppers in again, where the threshold stood. Repeating it changes nothing.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown.
    pub async fn resume(&self, sale_id: &FlashSaleId, call: &Call) -> Result<TransitionOutcome, StoreError> {
        let outcome = self.sales.transition(sale_id, FlashSaleEvent::Resume, call.now).await?;
        if let TransitionOutcome::Done(_) = &outcome {
            self.conductors.start(sale_id, call).await;
        }
        Ok(outcome)
    }
}

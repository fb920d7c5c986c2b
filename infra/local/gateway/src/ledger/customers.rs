//! Customers, and which payment methods they may use again.

use serde_json::{Value, json};

use super::Ledger;
use crate::error::ApiError;
use crate::id::fresh;
use crate::intent::{Intent, NewIntent, Seconds};
use crate::payment_method::Presented;

impl Ledger {
    /// All customers, oldest first.
    pub fn customers(&self) -> &[String] {
        &self.customers
    }

    /// Somebody deletes all customers at the console.
    pub fn delete_customers(&mut self) {
        self.customers.clear();
    }

    pub(super) fn new_customer(&mut self, now: Seconds) -> Value {
        let id = fresh("cus");
        self.customers.push(id.clone());
        json!({ "id": id, "object": "customer", "created": now, "livemode": false })
    }

    /// Why an intent cannot be made.
    pub(super) fn refuses(&self, new: &NewIntent) -> Option<ApiError> {
        let is_known = |customer: &str| self.customers.iter().any(|known| known == customer);
        if let Some(customer) = new.customer.as_deref().filter(|customer| !is_known(customer)) {
            return Some(ApiError::no_such_customer(customer));
        }
        self.refuses_method(new.payment_method.as_ref()?, new.customer.as_deref())
    }

    /// Why a method cannot pay for an intent of this customer: what has paid before is the customer's to whom it was
    /// attached then, and nobody else's.
    pub(super) fn refuses_method(&self, named: &Presented, customer: Option<&str>) -> Option<ApiError> {
        if !named.was_used() {
            return None;
        }
        let paid = |other: &&Intent| other.was_paid() && other.payment_method.as_deref() == Some(&*named.id);
        let mut paid = self.intents().iter().filter(paid).peekable();
        if paid.peek().is_none() {
            return Some(ApiError::no_such_method(&named.id));
        }
        match paid.find_map(Intent::attaches) {
            None => Some(ApiError::method_used_up()),
            Some(owner) if Some(owner) == customer => None,
            Some(_) => Some(ApiError::method_of_another(&named.id)),
        }
    }
}

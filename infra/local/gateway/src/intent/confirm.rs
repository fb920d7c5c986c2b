//! Confirming an intent, and the customer's answer to an authentication challenge.

use super::{CaptureMethod, Intent, Refusal, Seconds, State};
use crate::payment_method::{Decline, Presented, Verdict};

/// How a confirmation that was carried out ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Confirmation {
    /// The amount is held.
    Authorized,
    /// The amount was taken (automatic capture).
    Captured,
    /// The customer must authenticate first.
    ActionRequired,
    /// The bank said no; another payment method may be tried.
    Declined(Decline),
}

impl Intent {
    /// Tries to charge the attached payment method, or `replacement` where one is given. `off_session`: the customer is not
    /// there to authenticate.
    ///
    /// # Errors
    /// Refused once the payment is held, taken or canceled, and without a payment method.
    pub fn confirm(
        &mut self,
        replacement: Option<Presented>,
        off_session: bool,
        charge_id: String,
        hold_until: Seconds,
    ) -> Result<Confirmation, Refusal> {
        const ALLOWED: &[&str] = &["requires_payment_method", "requires_confirmation", "requires_action"];
        if !ALLOWED.contains(&self.state.name()) {
            return Err(Refusal::UnexpectedState { attempted: "confirmed", allowed: ALLOWED });
        }
        let attached = self.payment_method.as_deref().and_then(Presented::parse);
        let Some(presented) = replacement.or(attached) else {
            return Err(Refusal::PaymentMethodMissing);
        };
        self.payment_method = Some(presented.id.clone());
        Ok(match presented.method.verdict() {
            Verdict::Approve => self.approve(charge_id, hold_until),
            Verdict::Decline(decline) => {
                self.latest_charge = Some(charge_id);
                self.decline(decline)
            }
            Verdict::Challenge if off_session => {
                self.latest_charge = Some(charge_id);
                self.decline(Decline::authentication_required())
            }
            Verdict::Challenge => {
                self.state = State::RequiresAction;
                Confirmation::ActionRequired
            }
        })
    }

    /// The customer answers the challenge of a payment in `requires_action`.
    ///
    /// # Errors
    /// Refused in every other state.
    pub fn authenticate(
        &mut self,
        succeeded: bool,
        charge_id: String,
        hold_until: Seconds,
    ) -> Result<Confirmation, Refusal> {
        if self.state != State::RequiresAction {
            return Err(Refusal::UnexpectedState { attempted: "authenticated", allowed: &["requires_action"] });
        }
        Ok(if succeeded { self.approve(charge_id, hold_until) } else { self.decline(Decline::authentication_failed()) })
    }

    fn approve(&mut self, charge_id: String, hold_until: Seconds) -> Confirmation {
        let presented = self.payment_method.as_deref().and_then(Presented::parse);
        self.payment_method = presented.map(|presented| presented.used(&charge_id));
        self.latest_charge = Some(charge_id);
        self.last_payment_error = None;
        match self.capture_method {
            CaptureMethod::Manual => {
                self.effects.authorizations += 1;
                self.state = State::RequiresCapture { capture_before: hold_until };
                Confirmation::Authorized
            }
            CaptureMethod::Automatic => {
                self.effects.captures += 1;
                self.state = State::Succeeded { received: self.amount, refunded: 0 };
                Confirmation::Captured
            }
        }
    }

    fn decline(&mut self, decline: Decline) -> Confirmation {
        self.effects.declines += 1;
        // A declined method is detached: the intent waits for another one and can still be paid.
        self.payment_method = None;
        self.last_payment_error = Some(decline.clone());
        self.state = State::RequiresPaymentMethod;
        Confirmation::Declined(decline)
    }
}

//! How a payment ends: captured, canceled, expired, refunded.

use super::{CancellationReason, Intent, Refusal, Seconds, State};

impl Intent {
    /// Takes the held money, or `amount` of it; what is left of the hold is given back.
    ///
    /// # Errors
    /// Refused unless the money is held, and above the amount held.
    pub fn capture(&mut self, amount: Option<i64>) -> Result<(), Refusal> {
        let State::RequiresCapture { .. } = self.state else {
            return Err(Refusal::UnexpectedState { attempted: "captured", allowed: &["requires_capture"] });
        };
        let received = amount.unwrap_or(self.amount);
        if received > self.amount {
            return Err(Refusal::CaptureAboveHold { held: self.amount });
        }
        self.effects.captures += 1;
        self.state = State::Succeeded { received, refunded: 0 };
        Ok(())
    }

    /// Ends the payment and gives back what is held.
    ///
    /// # Errors
    /// Refused once the money was taken or the intent is canceled already.
    pub fn cancel(&mut self, reason: Option<CancellationReason>, now: Seconds) -> Result<(), Refusal> {
        match self.state {
            State::Succeeded { .. } | State::Canceled { .. } => Err(Refusal::UnexpectedState {
                attempted: "canceled",
                allowed: &[
                    "requires_payment_method",
                    "requires_capture",
                    "requires_confirmation",
                    "requires_action",
                    "processing",
                ],
            }),
            State::RequiresCapture { .. } => {
                self.effects.voids += 1;
                self.state = State::Canceled { at: now, reason };
                Ok(())
            }
            State::RequiresPaymentMethod | State::RequiresConfirmation | State::RequiresAction => {
                self.state = State::Canceled { at: now, reason };
                Ok(())
            }
        }
    }

    /// Lets a hold lapse whose time has come. Returns whether it did.
    pub fn expire(&mut self, now: Seconds) -> bool {
        match self.state {
            State::RequiresCapture { capture_before } if capture_before <= now => {
                self.effects.voids += 1;
                self.state = State::Canceled { at: now, reason: Some(CancellationReason::Automatic) };
                true
            }
            _ => false,
        }
    }

    /// The bank has sent the money of a refund back.
    pub fn refund_failed(&mut self, amount: i64) {
        if let State::Succeeded { refunded, .. } = &mut self.state {
            *refunded -= amount;
        }
    }

    /// Gives back `amount`, or all that is left. Returns the minor units given back.
    ///
    /// # Errors
    /// Refused unless money was taken and that much of it is left.
    pub fn refund(&mut self, amount: Option<i64>) -> Result<i64, Refusal> {
        let State::Succeeded { received, refunded } = self.state else {
            return Err(Refusal::NothingCaptured);
        };
        let rest = received - refunded;
        if rest == 0 {
            return Err(Refusal::AlreadyRefunded);
        }
        let amount = amount.unwrap_or(rest);
        if amount > rest {
            return Err(Refusal::RefundAboveRest { rest });
        }
        self.effects.refunds += 1;
        self.state = State::Succeeded { received, refunded: refunded + amount };
        Ok(amount)
    }
}

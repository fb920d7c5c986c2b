//! The gateway's rules: what a call does there, whenever it arrives.

use super::Chance;
use crate::{
    guards::{Guard, Guards},
    refunds::Standing,
    state::{Intent, Sin, State},
};

/// Takes `amount`. Under its idempotency key a refusal is repeated, and nothing is done. True where it was taken, now
/// or before.
pub fn capture(guards: Guards, state: &mut State, amount: u8, chance: Chance) -> bool {
    let there = &mut state.gateway;
    if there.refusal_kept {
        return false;
    }
    match there.intent {
        Intent::Captured(_) => return true,
        Intent::Held if chance == Chance::None => {
            there.intent = Intent::Captured(amount);
            return true;
        }
        Intent::Canceled if !guards.has(Guard::GatewayCaptureAfterCancel) => {
            there.intent = Intent::Captured(amount);
            return true;
        }
        _ => {}
    }
    there.refusal_kept = guards.has(Guard::CaptureKey);
    false
}

/// Lets the hold go. False where there is none.
pub fn cancel(guards: Guards, state: &mut State) -> bool {
    match state.gateway.intent {
        Intent::Held => {
            state.gateway.intent = Intent::Canceled;
            true
        }
        Intent::Captured(_) => !guards.has(Guard::GatewayCancelAfterCapture),
        _ => false,
    }
}

/// Refunds. Under its idempotency key, while that is remembered, a repetition finds the first. False where it will not.
pub fn refund(guards: Guards, state: &mut State, id: u8, amount: u8) -> bool {
    let there = &mut state.gateway;
    let Intent::Captured(captured) = there.intent else { return false };
    let known = there.refunds.get(id);
    if known.is_some() && guards.has(Guard::RefundKey) && there.keys & (1 << id) != 0 {
        return true;
    }
    let within = there.refunds.refunded() + amount <= captured;
    if amount == 0 || (!within && guards.has(Guard::GatewayRefundsWithin)) {
        return false;
    }
    if known.is_some() {
        // There are two now; the model remembers that it is so, and keeps the first.
        state.sin(Sin::RefundedTwice);
        return true;
    }
    there.refunds.set(id, Standing::Pending, amount);
    there.keys |= 1 << id;
    if !within {
        state.sin(Sin::RefundsExceed);
    }
    true
}

//! The gateway's rules: what a call does there, whenever it arrives.

use super::Chance;
use crate::{
    guards::{Guard, Guards},
    state::{Call, Intent, Lane},
};

/// What a call does. False where the gateway refuses it because of the intent's state.
pub fn take(guards: Guards, lane: &mut Lane, call: Call, chance: Chance) -> bool {
    let refused = chance == Chance::Refused;
    lane.intent = match (call, lane.intent) {
        (Call::Create, Intent::None) => Intent::Created,
        (Call::Confirm, Intent::Created | Intent::Declined) if refused => Intent::Declined,
        (Call::Confirm, Intent::Created | Intent::Declined) => Intent::Held,
        (Call::Confirm, Intent::Canceled) if !guards.has(Guard::GatewayConfirmAfterCancel) => Intent::Held,
        (Call::Cancel, Intent::Created | Intent::Declined | Intent::Held) => Intent::Canceled,
        // Without its rule the gateway says yes, and keeps the money.
        (Call::Cancel, Intent::Captured) => return !guards.has(Guard::GatewayCancelAfterCapture),
        (Call::Capture, Intent::Held) => Intent::Captured,
        (Call::Refund, Intent::Captured) => {
            lane.refunds += 1;
            if refused { Intent::RefundFailed } else { Intent::Refunded }
        }
        (Call::Refund, Intent::Refunded | Intent::RefundFailed) => {
            if !guards.has(Guard::RefundKey) {
                lane.refunds = 2;
            }
            return true;
        }
        _ => return false,
    };
    true
}

/// True where the shopper can still pay with the intent's secret.
pub fn is_payable(intent: Intent) -> bool {
    matches!(intent, Intent::Created | Intent::Declined)
}

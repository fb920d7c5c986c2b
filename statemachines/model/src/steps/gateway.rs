//! The gateway's rules: what a call does there, whenever it arrives.

use crate::{
    calls::Call,
    guards::{Guard, Guards},
    pc::Chance,
    state::{Intent, Lane},
};

/// What a call does. False where the gateway refuses it because of the intent's state.
pub fn take(guards: Guards, lane: &mut Lane, call: Call, chance: Chance) -> bool {
    match call {
        Call::Create => create(guards, lane, chance),
        Call::Confirm => confirm(guards, lane, chance),
        Call::Cancel => cancel(guards, lane),
        Call::Capture => capture(guards, lane, chance),
        Call::Refund => refund(guards, lane),
    }
}

/// The ways in which a call can turn out.
pub fn chances(guards: Guards, lane: &Lane, call: Call) -> &'static [Chance] {
    const CONFIRMED: &[Chance] = &[Chance::Holds, Chance::AsksShopper, Chance::Declines];
    const CAPTURED: &[Chance] = &[Chance::None, Chance::Refuses];
    let confirms = match call {
        Call::Capture if lane.intent == Intent::Held && !lane.refusal_kept => return CAPTURED,
        Call::Create => lane.intent == Intent::None && !guards.has(Guard::CreateConfirmApart),
        Call::Confirm => can_be_confirmed(guards, lane.intent),
        _ => false,
    };
    if confirms { CONFIRMED } else { &[Chance::None] }
}

/// What becomes of an intent that somebody pays.
pub fn pay(lane: &mut Lane, chance: Chance) {
    lane.intent = match chance {
        Chance::AsksShopper => Intent::RequiresAction,
        Chance::Declines => Intent::Declined,
        _ => {
            lane.was_held = true;
            Intent::Held
        }
    };
}

/// True where the shopper can still pay with the intent's secret.
pub fn is_payable(intent: Intent) -> bool {
    matches!(intent, Intent::Created | Intent::RequiresAction | Intent::Declined)
}

/// The idempotency key makes a second creation find the first.
fn create(guards: Guards, lane: &mut Lane, chance: Chance) -> bool {
    if lane.intent == Intent::None {
        lane.intent = Intent::Created;
        if !guards.has(Guard::CreateConfirmApart) {
            pay(lane, chance);
        }
    }
    true
}

fn can_be_confirmed(guards: Guards, intent: Intent) -> bool {
    intent == Intent::Created || (intent == Intent::Canceled && !guards.has(Guard::GatewayConfirmAfterCancel))
}

fn confirm(guards: Guards, lane: &mut Lane, chance: Chance) -> bool {
    let takes = can_be_confirmed(guards, lane.intent);
    if takes {
        pay(lane, chance);
    }
    takes
}

fn cancel(guards: Guards, lane: &mut Lane) -> bool {
    match lane.intent {
        Intent::Created | Intent::RequiresAction | Intent::Declined | Intent::Held => {
            lane.intent = Intent::Canceled;
            true
        }
        // Without its rule the gateway says yes, and keeps the money.
        Intent::Captured => !guards.has(Guard::GatewayCancelAfterCapture),
        _ => false,
    }
}

/// Under its idempotency key a refusal is repeated, and nothing is done.
fn capture(guards: Guards, lane: &mut Lane, chance: Chance) -> bool {
    if lane.refusal_kept {
        return false;
    }
    let takes = (lane.intent == Intent::Held && chance != Chance::Refuses)
        || (lane.intent == Intent::Canceled && !guards.has(Guard::GatewayCaptureAfterCancel));
    if takes {
        lane.intent = Intent::Captured;
    }
    let is_replay_of_success = matches!(lane.intent, Intent::Captured | Intent::Refunded);
    lane.refusal_kept = !is_replay_of_success && guards.has(Guard::CaptureKey);
    takes
}

/// Repeated under its key it gives back nothing more.
fn refund(guards: Guards, lane: &mut Lane) -> bool {
    match lane.intent {
        Intent::Captured => {
            lane.intent = Intent::Refunded;
            lane.refunds = 1;
            true
        }
        Intent::Refunded => {
            if !guards.has(Guard::RefundKey) {
                lane.refunds = 2;
            }
            true
        }
        _ => false,
    }
}

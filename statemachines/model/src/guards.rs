//! The order protocol's guards, each of which can be taken away.

/// Which guards are in force.
pub type Guards = souk_exploration::Guards<Guard>;

souk_exploration::guards! {
    /// One guard of the protocol.
    Guard:
    ReserveAvailable, "reserve", "enough units are available";
    PlaceOrderAbsent, "place", "the order is absent";
    PlaceCheckoutUnconsumed, "place", "no order has consumed the checkout";
    PlaceCheckoutOpen, "place", "the checkout was not given up";
    PlaceCartUnmarked, "place", "the cart's version was not ordered";
    PlaceUnsettled, "place", "the order is born unsettled";
    AbandonUnconsumed, "abandon", "no order has consumed the checkout";
    AbandonUnattached, "abandon", "no order has the units";
    ReadConfirmed, "S0", "a confirmed order goes on at S4";
    ReadCancelled, "S0", "a cancelled order goes on at F2";
    ReadOverdue, "S0", "past its time to pay an order is cancelled";
    PayByNeverMoves, "S1", "a re-entry leaves the deadline alone";
    AttachHeld, "S1", "the units are held";
    AttachOwn, "S1", "no other order has the units";
    RecordBeforeCreate, "S2a", "the record is written before the gateway hears of it";
    RecordAbsent, "S2a", "there is no record yet";
    CreateConfirmApart, "S2b", "create and confirm are two calls";
    KeepIdFromIntent, "S2c", "the gateway's id is kept only in an INTENT";
    FencedNeverConfirms, "S2c", "whoever may not keep the id does not confirm";
    AskWhenLost, "S2d", "a lost answer is asked for, not guessed";
    OutcomeNeverUnfences, "S2e", "no outcome is kept in a fenced record";
    AuthorizedNeverUndoesCapture, "S2e", "AUTHORIZED is not kept once capturing began";
    DeclineNeverUndoesAuthorized, "S2e", "DECLINED is not kept in an authorised record";
    ActionNeverUndoesAuthorized, "S2e", "REQUIRES_ACTION is not kept in an authorised record";
    ActionNeverUndoesDecline, "S2e", "REQUIRES_ACTION is not kept in a declined record";
    ConfirmAuthorized, "S3", "the money is held";
    ConfirmPending, "S3", "the order is pending";
    CommitAfterConfirm, "S4", "stock is committed after the order is confirmed";
    CommitHeld, "S4", "the units are held";
    CommitOwn, "S4", "the units are held for this order";
    SettleAfterCommit, "S5", "settling comes after the commit";
    SettleDecided, "S5", "the order still is confirmed or shipped";
    SagaCancelsPending, "F1", "the saga cancels pending orders only";
    ConfirmedGoesForward, "F1", "a confirmed order goes forward, never into compensation";
    PeopleCancelUnshipped, "cancel", "the order is pending or confirmed";
    CancelUnsettles, "cancel", "the cancelled order is unsettled in the same write";
    FenceFirst, "F2a", "the record is fenced before the gateway is told";
    FenceAbsent, "F2a", "a cancelled order without record gets one that is VOIDED";
    CloseUnknownOnly, "F2a", "a record with an id is never closed without the gateway";
    CloseWhileUnknown, "F2a", "the closing write asks that no id was kept meanwhile";
    FenceDeclined, "F2a", "a declined intent is voided too";
    FenceCapturing, "F2a", "a capturing record is fenced too";
    FenceCaptured, "F2a", "a captured record is fenced too";
    FenceAsSeen, "F2a", "the record still is what was judged";
    VoidAtGateway, "F2b", "the gateway is told before the record says VOIDED";
    RefundCaptured, "F2b", "what was captured is refunded";
    RefundKey, "F2b", "a refund carries its idempotency key";
    EndVoiding, "F2c", "the record is VOIDING";
    ReleaseHeld, "F3", "the units are held";
    ReleaseOwn, "F3", "no other order has the units";
    ReleaseUnattached, "F3", "units of the order's checkout go back though it never attached";
    ReturnCommitted, "F3", "units that had left come back";
    ReturnOnce, "F3", "they come back once";
    SettleLast, "F4", "settling comes after money and stock went back";
    UnmarkFirst, "F4", "the cart's mark goes before the order is settled";
    UnmarkCart, "F4", "the cart's mark is taken away";
    UnmarkOwn, "F4", "only the order's own mark is taken away";
    TimerHeld, "timer", "the units are held";
    TimerUnattached, "timer", "no order has the units";
    ShipReadsConfirmed, "ship", "the order is read as confirmed";
    ClaimAuthorized, "ship 1", "the record is authorised";
    CaptureFirst, "ship 2", "the money is taken before the order is shipped";
    CapturedFromCapturing, "ship 2", "CAPTURED is kept only while CAPTURING";
    ShipConfirmed, "ship 3", "the order is confirmed";
    ClaimNotes, "ship 1", "the claim is noted for the sweeper in the same write";
    CaptureAnswerRead, "ship 2", "the intent in a capture's answer is read: an answer may be the replay of a refusal";
    RefusedFromCapturing, "ship 2", "a refused claim is given back only while CAPTURING";
    RefusedOwnAttempt, "ship 2", "a refused claim is given back only by its own attempt";
    CaptureKey, "ship 2", "a capture carries its idempotency key, under which a refusal stays a refusal";
    NoteEndsWithOrder, "ship 3", "the sweeper's note goes with the claim, or when the order is seen to be no longer confirmed";
    LapsedIsCancelled, "ship", "an order whose authorisation lapsed is cancelled";
    LapsedDecisionFirst, "ship", "the order is cancelled before the record of a lapsed hold is closed";
    SweepOrders, "sweep", "unsettled orders are driven again";
    SweepHolds, "sweep", "held reservations past their time are ended";
    SweepCaptures, "sweep", "noted captures are resumed";
    WebhookOnlyStarts, "webhook", "a webhook writes nothing, it starts the saga";
    GatewayConfirmAfterCancel, "gateway", "a cancelled intent cannot be confirmed";
    GatewayCaptureAfterCancel, "gateway", "a cancelled intent cannot be captured";
    GatewayCancelAfterCapture, "gateway", "a captured intent cannot be cancelled";
}

//! The guards of how an order leaves, each of which can be taken away.

/// Which guards are in force.
pub type Guards = souk_exploration::Guards<Guard>;

souk_exploration::guards! {
    /// One guard of the protocol.
    Guard:
    PackConfirmed, "pack", "the order is confirmed";
    PackWritesOrder, "pack", "the order says that a part is packed";
    CustomerUnpacked, "cancel", "a customer cancels while nothing is packed";
    CancelUndeparted, "cancel", "nobody cancels once a part has left";
    CancelUnsettles, "cancel", "the cancelled order is unsettled in the same write";
    ShortUnpacked, "short 1", "what is missed is not packed, not leaving and not gone";
    ShortConfirmed, "short 1", "the order is confirmed";
    ShortCancelsEmpty, "short 1", "with the last unit of all the order is cancelled";
    ShortUnsettles, "short 1", "the order that is cancelled so is unsettled in the same write";
    ShortShipsRest, "short 1", "with the last shipment that is waited for the order is shipped";
    BeginConfirmed, "ship 0", "the order is confirmed";
    BeginSaysLeaving, "ship 0", "the order says what is about to leave";
    BeginKeepsOthers, "ship 0", "who else wants them to leave is not forgotten";
    ClaimAuthorized, "ship 1", "the record is authorised";
    ClaimNotes, "ship 1", "the claim is noted for the sweeper in the same write";
    ClaimDue, "ship 1", "the claim takes what is due, not the total";
    CaptureFirst, "ship 2", "the money is taken before the parcels leave";
    CapturedFromCapturing, "ship 2", "CAPTURED is kept only while CAPTURING";
    CapturedAsTold, "ship 2", "what is kept is the sum that the gateway took";
    RefusedFromCapturing, "ship 2", "a refused claim is given back only while CAPTURING";
    RefusedOwnAttempt, "ship 2", "a refused claim is given back only by its own attempt";
    CaptureKey, "ship 2", "a capture carries its idempotency key, under which a refusal stays a refusal";
    LapsedIsCancelled, "ship 2", "an order whose authorisation lapsed is cancelled";
    StaySaid, "ship 2", "who hears that parcels stay has said so in the order";
    StayOwn, "ship 2", "only the call's own parcels stay";
    LeaveConfirmed, "ship 3", "the order is confirmed";
    LeaveOnce, "ship 3", "what has left does not leave again";
    LastShips, "ship 3", "with the last parcel the order is shipped";
    ShortfallAfterShip, "short 4", "whoever has taken the money gives back what is not due";
    ShortfallByEvent, "short 4", "the shortage's event gives back what is not due";
    ShortfallCounts, "short 4", "what was asked for before is not asked for again";
    ShortfallAllows, "short 4", "no more is asked for than can be refunded";
    EndWhenNothingLeaves, "ship 3", "the sweeper's note stays while something else is leaving";
    EndOfDecided, "ship 3", "of what has not left the note goes only while no money is taken or being taken";
    ResumeConfirmed, "resume", "the order is confirmed";
    ResumeStanding, "resume", "it goes on with the claim that it finds, and begins none";
    ResumeAsItIs, "resume", "what leaves is what the order names when it leaves, not when it was found";
    FenceCapturing, "F2a", "a capturing record is fenced too";
    FenceCaptured, "F2a", "a captured record is fenced too";
    RefundRest, "F2b", "what goes back is what is left, not the whole";
    CancellationOnce, "F2b", "a cancellation refunds once, also where that has failed";
    ListAgain, "F2b", "the refunds are listed again after the last was made";
    GivenBackFromVoiding, "F2c", "the record is VOIDING";
    GivenBackAsRead, "F2c", "the record still is what was read";
    UnheardFail, "F2c", "what the gateway never heard of has failed";
    ReturnOnce, "F3", "units come back once";
    ReturnFound, "F3", "what is missing does not come back";
    SettleLast, "F4", "settling comes after money and stock went back";
    AskCaptured, "refund 1", "the money was taken";
    AskWithin, "refund 1", "no more than was taken and is not going back";
    MakeUntold, "refund 2", "only what the gateway's list does not tell is made";
    RefundKey, "refund 2", "each refund has an idempotency key of its own";
    ListAfterRecord, "refund 3", "the list is younger than the record that was read";
    LearnAsRead, "refund 3", "the record still is what was read";
    LearnFailures, "refund 3", "a refund that had succeeded may fail";
    LearnStrangers, "refund 3", "what others refunded is written down";
    LearnRefusals, "refund 3", "what the gateway would not make has failed";
    SweepOrders, "sweep", "unsettled orders are driven again";
    SweepCaptures, "sweep", "noted captures are resumed";
    SweepRefunds, "sweep", "pending refunds are settled";
    Reconcile, "sweep", "sums that differ from the gateway's are settled";
    Redeliver, "queue", "an event whose consumer died comes again";
    GatewayRefundsWithin, "gateway", "no more is refunded than was taken";
    GatewayCancelAfterCapture, "gateway", "a captured intent cannot be cancelled";
    GatewayCaptureAfterCancel, "gateway", "a cancelled intent cannot be captured";
}

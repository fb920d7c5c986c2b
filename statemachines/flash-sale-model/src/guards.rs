//! The flash sale's guards, each of which can be taken away.

/// Which guards are in force.
pub type Guards = souk_exploration::Guards<Guard>;

souk_exploration::guards! {
    /// One guard of the protocol.
    Guard:
    ClaimLeft, "claim", "a unit is left";
    ClaimOnce, "claim", "the shopper has no claim in the shard";
    ClaimNotAgain, "claim", "the shopper has given no claim in the shard back";
    ClaimOpen, "claim", "the shard is open";
    ClaimOneWrite, "claim", "the unit and the entry are one write";
    ClaimNeverUndone, "claim", "a claim whose answer is lost is repeated, never undone";
    ProbeOnce, "claim", "a request probes a shard once";
    MarkEpoch, "sold out", "the epoch is the one that was read";
    MarkEarlyRead, "sold out", "it was read before the shard was probed";
    SendNeverUndone, "send", "a claim whose send failed is left alone";
    AnswerAfterSend, "send", "202 is answered after the send";
    PlaceAbsent, "order", "the order is absent";
    ReleaseGround, "order", "a claim is released only if its order is cancelled or names another shard";
    ReleaseForeign, "order", "the worker releases a claim whose order names another shard";
    ReleaseCancelled, "order", "the worker releases a claim whose order is cancelled";
    OrderBeforeAck, "order", "the message is acknowledged after the order is there";
    SweepOrderless, "sweep", "claims without an order are ended";
    SweepForeign, "sweep", "claims whose order names another shard are released";
    SweepCancelled, "sweep", "claims whose order is cancelled are released";
    SweepGrace, "sweep", "the claim is older than the grace time";
    SweepDrained, "sweep", "queue and dead-letter queue are drained";
    SweepDeadline, "sweep", "past the hard deadline it does not matter whether they are";
    TombstoneFirst, "sweep", "the tombstone is put before the release";
    TombstoneAbsent, "sweep", "the order is absent";
    TombstoneReadsOrder, "sweep", "where an order won, it is judged anew";
    ReleaseOnce, "release", "the claim was not given back";
    ReleaseOneWrite, "release", "the unit and the entry are one write";
    ReleaseOpen, "release", "the shard is open, for the unit to be claimed again";
    ReleaseDrains, "release", "in a closed shard the unit counts as drained";
    RoomAfterShard, "release", "the shared item hears of it after the shard";
    RaiseEpoch, "release", "the epoch moves on";
    UnmarkEmpty, "release", "the shard leaves the set of the empty ones";
    RepairRoom, "sweep", "a shard that is called empty and is not is taken out of the set";
    RepairEpoch, "sweep", "the epoch moves on with that";
    CloseOpen, "close", "the shard is open";
    CloseFence, "close", "no claim follows: the shard is closed in the write that drains it";
    CloseOneWrite, "close", "what is drained is what is left in the moment of the write";
    CloseEmpties, "close", "nothing is left in a closed shard";
    CreditAsRead, "credit", "the record still is the one that was read";
    CreditCumulative, "credit", "what comes back is the difference to the record";
    CreditForward, "credit", "the record only grows";
    CreditSwept, "credit", "closed shards with uncredited units are credited again";
}

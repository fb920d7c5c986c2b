//! What the shopper was told.

use souk_domain::{ids::RefundId, order::Order};
use souk_dynamo::StoreError;
use souk_notifications::{Messages, Standing, Withheld};

use super::{By, Entry, MessageState, What};

pub(super) async fn entries(
    messages: &Messages,
    order: &Order,
    refunds: &[RefundId],
) -> Result<Vec<Entry>, StoreError> {
    let told = messages.of_order(order, refunds).await?.into_iter().map(|message| {
        let state = match message.standing {
            Standing::Sending => MessageState::Sending,
            Standing::Waiting => MessageState::Waiting,
            Standing::Sent => MessageState::Sent,
            Standing::Unknown => MessageState::Unknown,
            Standing::Withheld { why: Withheld::NoAddress } => MessageState::NoAddress,
            Standing::Withheld { why: Withheld::Declined } => MessageState::Declined,
            Standing::Withheld { why: Withheld::Suppressed } => MessageState::Suppressed,
        };
        let what = What::Message { message: message.kind, state, attempt: message.attempt };
        Entry { at: message.updated_at, by: By::Shop, user_id: None, what }
    });
    Ok(told.collect())
}

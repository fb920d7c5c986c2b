//! Identifiers. Those that clients choose share one syntax; those that the server makes carry a
//! prefix that says what they identify.

use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::webhook::EventType;

/// A text that is not an identifier of the expected kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not {expected}")]
pub struct IdError {
    pub(crate) expected: &'static str,
}

/// The longest identifier that a client may choose, in characters.
const CLIENT_ID_MAX: usize = 64;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $expected:literal, $valid:expr) => {
        $crate::text::judged_text!($(#[$doc])* $name, IdError, |text| {
            let valid: fn(&str) -> bool = $valid;
            if valid(text) { Ok(text.to_owned()) } else { Err(IdError { expected: $expected }) }
        });
    };
}

pub(crate) use id;

macro_rules! client_id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        id!($(#[$doc])* $name, "an id: a letter or digit, then up to 63 letters, digits, '.', '_' or '-'", is_client_id);
    )+};
}

client_id! {
    /// A product of the catalog.
    ProductId,
    /// A category of the catalog's tree.
    CategoryId,
    /// A collection: products that operators have put together.
    CollectionId,
    /// Whoever sells a product.
    SellerId,
    /// A warehouse that holds stock.
    WarehouseId,
    /// A flash sale.
    FlashSaleId,
    /// A stock-keeping unit: one variant of a product, and the only key that contexts share.
    Sku,
}

id!(
    /// A user of the pool: the subject of the access token.
    UserId,
    "a user id",
    |text| (1..=128).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_:.".contains(&b))
);

impl UserId {
    /// The user of a pool that names its users by UUIDs.
    pub fn from_uuid(uuid: Uuid) -> Self {
        Self(uuid.as_hyphenated().to_string())
    }
}

macro_rules! server_id {
    ($($(#[$doc:meta])* $name:ident, $prefix:literal, $expected:literal);+ $(;)?) => {$(
        id!($(#[$doc])* $name, $expected, |text| is_server_id(text, $prefix));

        impl $name {
            /// The identifier with this random or derived part.
            pub fn from_uuid(uuid: Uuid) -> Self {
                Self(format!(concat!($prefix, "{}"), uuid.simple()))
            }
        }
    )+};
}

server_id! {
    /// A checkout: prices and stock held for a shopper for a while.
    CheckoutId, "chk_", "a checkout id";
    /// An order.
    OrderId, "ord_", "an order id";
    /// Units held for a checkout or an order.
    ReservationId, "res_", "a reservation id";
    /// A note about an order.
    NoteId, "note_", "a note id";
    /// Money that goes back to a shopper.
    RefundId, "ref_", "a refund id";
    /// A subscriber's webhook.
    WebhookId, "whk_", "a webhook id";
    /// A picture that was uploaded.
    PictureId, "pic_", "a picture id";
    /// Something that subscribers are told: the same for all of them, and for every repetition.
    EventId, "evt_", "an event id";
}

impl NoteId {
    /// The id of the one note about this order that this author can write with this idempotency key.
    pub fn of_request(order_id: &OrderId, author: &UserId, idempotency_key: &str) -> Self {
        Self::from_uuid(derived(&["note", order_id.as_str(), author.as_str(), idempotency_key]))
    }
}

impl RefundId {
    /// The one refund of this order that a request with this idempotency key can make.
    pub fn of_request(order_id: &OrderId, idempotency_key: &str) -> Self {
        Self::from_uuid(derived(&["refund", order_id.as_str(), idempotency_key]))
    }

    /// The one new attempt of a refund that has failed.
    pub fn of_retry(failed: &Self) -> Self {
        Self::from_uuid(derived(&["refund-retry", failed.as_str()]))
    }

    /// The one refund that a cancelled order makes of what was taken for it.
    pub fn of_cancellation(order_id: &OrderId) -> Self {
        Self::from_uuid(derived(&["cancellation-refund", order_id.as_str()]))
    }

    /// What goes back of what was taken for an order that has so many shortages.
    pub fn of_shortages(order_id: &OrderId, shortages: usize) -> Self {
        Self::from_uuid(derived(&["shortage-refund", order_id.as_str(), &shortages.to_string()]))
    }

    /// A refund that somebody else made at the gateway, by the gateway's id of it.
    pub fn of_gateway(order_id: &OrderId, gateway_id: &str) -> Self {
        Self::from_uuid(derived(&["gateway-refund", order_id.as_str(), gateway_id]))
    }
}

impl ReservationId {
    /// The one reservation of a flash sale's units.
    pub fn of_sale(sale_id: &FlashSaleId) -> Self {
        Self::from_uuid(derived(&["sale-units", sale_id.as_str()]))
    }
}

impl CheckoutId {
    /// The id of the one checkout that this user can make with this idempotency key.
    pub fn of_request(user_id: &UserId, idempotency_key: &str) -> Self {
        Self::from_uuid(derived(&["checkout", user_id.as_str(), idempotency_key]))
    }

    /// The id of a user's checkout of this version of their cart: the first, or where that came to nothing the next.
    pub fn of_cart(user_id: &UserId, cart_version: u64, attempt: u32) -> Self {
        let (version, attempt) = (cart_version.to_string(), attempt.to_string());
        Self::from_uuid(derived(&["cart-checkout", user_id.as_str(), &version, &attempt]))
    }

    /// The reservation that holds this checkout's units.
    pub fn reservation(&self) -> ReservationId {
        ReservationId(self.0.replacen("chk_", "res_", 1))
    }
}

impl OrderId {
    /// The id of the one order that this user can make with this idempotency key. Derived, so that
    /// the conditional put of the order is the idempotency guard.
    pub fn of_request(user_id: &UserId, idempotency_key: &str) -> Self {
        Self::from_uuid(derived(&["order", user_id.as_str(), idempotency_key]))
    }

    /// The id of the one order that can be made of this checkout, where the checkout holds its units in rows of stock:
    /// checkout, holds, order and payment share one id.
    pub fn of_checkout(checkout_id: &CheckoutId) -> Self {
        Self(checkout_id.0.replacen("chk_", "ord_", 1))
    }

    /// The id of the one order that this user can make in this sale.
    pub fn of_sale(user_id: &UserId, sale_id: &FlashSaleId) -> Self {
        Self::from_uuid(derived(&["sale", sale_id.as_str(), user_id.as_str()]))
    }
}

impl EventId {
    /// The id of an order's shortage of this number.
    pub fn of_shortage(order_id: &OrderId, shortage: u32) -> Self {
        Self::from_uuid(derived(&["webhook", "shortage", order_id.as_str(), &shortage.to_string()]))
    }

    /// The id of what happened to an order, whenever and however often it is published.
    pub fn of_order(event_type: EventType, order_id: &OrderId, version: u64) -> Self {
        Self::from_uuid(derived(&["webhook", event_type.as_str(), order_id.as_str(), &version.to_string()]))
    }
}

/// The SHA-256 of length-prefixed parts.
pub(crate) fn digest(parts: &[&str]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().into()
}

/// A UUID (version 8, RFC 9562) from the digest of the parts.
pub(crate) fn derived(parts: &[&str]) -> Uuid {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest(parts)[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

fn is_client_id(text: &str) -> bool {
    let mut bytes = text.bytes();
    text.len() <= CLIENT_ID_MAX
        && bytes.next().is_some_and(|first| first.is_ascii_alphanumeric())
        && bytes.all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
}

pub(crate) fn is_server_id(text: &str, prefix: &str) -> bool {
    text.strip_prefix(prefix)
        .is_some_and(|rest| rest.len() == 32 && rest.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn client_ids_keep_to_their_syntax() {
        for good in ["a", "A-1", "6579c22f-be2b-444c-a52b-0116dd82df6c", "x.y_z", &"a".repeat(64)] {
            assert!(good.parse::<Sku>().is_ok(), "{good}");
        }
        for bad in ["", "-a", ".a", "a b", "a/b", "ä", "a#b", &"a".repeat(65)] {
            assert!(bad.parse::<Sku>().is_err(), "{bad}");
        }
    }

    #[test]
    fn server_ids_name_their_kind() {
        let id = OrderId::from_uuid(Uuid::from_u128(7));
        assert_eq!(id.as_str().parse::<OrderId>().as_ref(), Ok(&id));
        assert!(id.as_str().parse::<CheckoutId>().is_err());
        assert!("ord_7".parse::<OrderId>().is_err());
    }

    #[test]
    fn a_carts_checkouts_have_ids_of_their_own_and_share_them_with_their_orders() {
        let user = "u".parse::<UserId>().unwrap();
        let ids = [(1, 0), (1, 1), (11, 0)].map(|(version, attempt)| CheckoutId::of_cart(&user, version, attempt));
        assert!(ids[0] != ids[1] && ids[1] != ids[2] && ids[0] != ids[2]);
        assert_eq!(OrderId::of_checkout(&ids[0]).as_str()[4..], ids[0].as_str()[4..]);
        assert_ne!(CheckoutId::of_request(&user, "k"), CheckoutId::of_request(&user, "l"));
    }

    #[test]
    fn one_user_and_key_make_one_order_id_and_parts_do_not_run_together() {
        let user = |text: &str| text.parse::<UserId>().unwrap();
        assert_eq!(OrderId::of_request(&user("u1"), "k"), OrderId::of_request(&user("u1"), "k"));
        assert_ne!(OrderId::of_request(&user("u1"), "k"), OrderId::of_request(&user("u2"), "k"));
        assert_ne!(OrderId::of_request(&user("u1"), "2k"), OrderId::of_request(&user("u12"), "k"));
    }
}

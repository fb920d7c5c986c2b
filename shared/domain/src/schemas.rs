//! What the API's description says of the types that judge their own values, each beside none of the others'
//! rules: what a type refuses is told here in OpenAPI's words.

use std::borrow::Cow;

use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        RefOr, Schema,
        schema::{AdditionalProperties, ObjectBuilder, SchemaType, Type},
    },
};

use crate::{
    flash_sale::{Commitment, IntentId},
    ids::{
        CategoryId, CheckoutId, CollectionId, EventId, FlashSaleId, NoteId, OrderId, PictureId, ProductId, RefundId,
        ReservationId, SellerId, Sku, UserId, WarehouseId, WebhookId,
    },
    measure::{Length, Weight},
    money::{Currency, Money},
    names::{Brand, Tag},
    order::{CarrierId, ParcelNumber},
    quantity::Quantity,
};

macro_rules! texts {
    ($($name:ident: $pattern:literal, $description:literal, $example:literal;)+) => {$(
        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                let text = ObjectBuilder::new().schema_type(SchemaType::new(Type::String)).pattern(Some($pattern));
                text.description(Some($description)).examples([$example]).into()
            }
        }

        impl ToSchema for $name {
            fn name() -> Cow<'static, str> {
                stringify!($name).into()
            }
        }
    )+};
}

texts! {
    ProductId: "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$", "A product; operators choose its id.", "kettle";
    CategoryId: "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$", "A category; operators choose its id.", "kitchen";
    CollectionId: "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$", "A collection; operators choose its id.", "summer";
    SellerId: "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$", "Whoever sells a product; operators choose the id.", "harbour";
    WarehouseId: "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$", "A warehouse; it begins to exist with its first row of stock.", "memphis";
    FlashSaleId: "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$", "A flash sale; operators choose its id.", "launch";
    Sku: "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$", "A stock-keeping unit: one variant of a product.", "KETTLE-1";
    Tag: "^.{1,480}$", "A free word on a product: at most 40 characters that are seen; kept in small letters.", "gift";
    Brand: "^.{1,1200}$", "Who makes a product: at most 100 characters that are seen.", "Harbour";
    Weight: "^ *[0-9]{1,12}(\\.[0-9]{1,9})? *[A-Za-z]{1,12} *$", "A weight with its unit: mg, g, kg, oz or lb. Kept and told in grams.", "1200 g";
    Length: "^ *[0-9]{1,12}(\\.[0-9]{1,9})? *[A-Za-z]{1,12} *$", "A length with its unit: mm, cm, m, in or ft. Kept and told in millimetres.", "300 mm";
    CarrierId: "^.{1,100}$", "A carrier: what its labels say, in lower case, with hyphens for all but letters and digits.", "swift-parcel";
    UserId: "^[A-Za-z0-9:._-]{1,128}$", "A user of the pool.", "6579c22f-be2b-444c-a52b-0116dd82df6c";
    CheckoutId: "^chk_[0-9a-f]{32}$", "A checkout.", "chk_0123456789abcdef0123456789abcdef";
    OrderId: "^ord_[0-9a-f]{32}$", "An order.", "ord_0123456789abcdef0123456789abcdef";
    ReservationId: "^res_[0-9a-f]{32}$", "Units held for a checkout.", "res_0123456789abcdef0123456789abcdef";
    NoteId: "^note_[0-9a-f]{32}$", "A note about an order.", "note_0123456789abcdef0123456789abcdef";
    RefundId: "^ref_[0-9a-f]{32}$", "Money that goes back to a shopper.", "ref_0123456789abcdef0123456789abcdef";
    PictureId: "^pic_[0-9a-f]{32}$", "A picture that was uploaded.", "pic_0123456789abcdef0123456789abcdef";
    WebhookId: "^whk_[0-9a-f]{32}$", "A subscriber's webhook.", "whk_0123456789abcdef0123456789abcdef";
    EventId: "^evt_[0-9a-f]{32}$", "What a subscriber is told; also the header `webhook-id`.", "evt_0123456789abcdef0123456789abcdef";
    IntentId: "^int_[0-9a-f]{32}_(0|[1-9][0-9]*)$", "A claim of a flash sale's unit.", "int_0123456789abcdef0123456789abcdef_7";
    Commitment: "^[0-9a-f]{64}$", "The SHA-256 that a draw's key was bound by before the sale opened.", "5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b46729d73a27fb57e9";
}

impl PartialSchema for Quantity {
    fn schema() -> RefOr<Schema> {
        let number = ObjectBuilder::new().schema_type(SchemaType::new(Type::Integer));
        number.minimum(Some(1)).maximum(Some(Self::MAX)).description(Some("Units of one line.")).into()
    }
}

impl ToSchema for Quantity {}

impl PartialSchema for ParcelNumber {
    fn schema() -> RefOr<Schema> {
        let number = ObjectBuilder::new().schema_type(SchemaType::new(Type::Integer)).minimum(Some(1));
        number.description(Some("The number of a parcel among those of its shipment.")).examples([1]).into()
    }
}

impl ToSchema for ParcelNumber {}

impl PartialSchema for Money {
    fn schema() -> RefOr<Schema> {
        let amount = ObjectBuilder::new().schema_type(SchemaType::new(Type::Integer)).minimum(Some(0));
        let amount = amount.maximum(Some(Currency::USD.maximum()));
        let amount = amount.description(Some("Minor units: cents, or whole yen. Of rupiahs up to 12 digits."));
        let currency = ObjectBuilder::new().schema_type(SchemaType::new(Type::String)).pattern(Some("^[A-Z]{3}$"));
        let currency = currency.description(Some("ISO 4217; the shop sells in one.")).examples(["USD"]);
        let money = ObjectBuilder::new().property("amount", amount).required("amount");
        let money = money.property("currency", currency).required("currency");
        let money = money.additional_properties(Some(AdditionalProperties::FreeForm(false)));
        money.description(Some("An amount of money.")).into()
    }
}

impl ToSchema for Money {}

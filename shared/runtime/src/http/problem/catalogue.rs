//! Every problem type of the API, each once. `docs/problems.md` is made of this.

use super::{Kind, ProblemType};

/// A type for each kind, so that an endpoint's description can name what its handler makes.
macro_rules! catalogue {
    ($($name:ident: $status:literal $kind:literal $title:literal, when $when:literal, then $remedy:literal
        $(, with $($member:literal)+)?;)+) => {
        $(
            #[doc = $when]
            #[derive(Debug, Clone, Copy, PartialEq, Eq)]
            pub struct $name;

            impl ProblemType for $name {
                const KIND: &'static Kind = &Kind {
                    name: $kind,
                    status: $status,
                    title: $title,
                    when: $when,
                    remedy: $remedy,
                    members: &[$($($member),+)?],
                };
            }
        )+

        /// All of them.
        pub const ALL: &[&Kind] = &[$($name::KIND),+];
    };
}

catalogue! {
    // ------------------------------------------------------------------------------ any endpoint
    InvalidRequest: 400 "invalid-request" "The request is malformed",
        when "Body, header or parameter cannot be read, is unknown, or is out of range; `errors` names the fields.",
        then "Correct the request. Repeating it as it is does not help.";
    Unprocessable: 422 "unprocessable" "The request does not make sense",
        when "The request is well formed, but refers to what is not there or contradicts itself; `errors` names the fields.",
        then "Correct the request. Repeating it as it is does not help.";
    BodyTooLarge: 413 "body-too-large" "The body is too large",
        when "The body is larger than the endpoint takes.",
        then "Send less; rows can be sent by several requests.";
    TargetTooLong: 414 "target-too-long" "Path and query are too long",
        when "Path and query together are longer than any endpoint needs.",
        then "Send less; what the endpoint takes is in its description.";
    UnsupportedMediaType: 415 "unsupported-media-type" "The body is of another type",
        when "The body is not said to be JSON in UTF-8, or is compressed.",
        then "Send `Content-Type: application/json`, and no `Content-Encoding`.";
    Unauthorized: 401 "unauthorized" "Sign in first",
        when "There is no access token, or one that is not good; or a header that says who somebody is was sent twice or cannot be read.",
        then "Sign in, and send the access token once, as a bearer token.";
    Forbidden: 403 "forbidden" "Not allowed",
        when "The caller is known and lacks the role for this.",
        then "Ask somebody who has the role. Staff have theirs only after signing in with a one-time password.";
    NotThroughTheEdge: 403 "not-through-the-edge" "Not this way",
        when "The request reached the API's own address instead of coming through the distribution.",
        then "Use the shop's address.";
    NotFound: 404 "not-found" "Not found",
        when "It does not exist, or it is another user's.",
        then "Check the id in the path.";
    NoSuchPath: 404 "no-such-path" "Not found",
        when "The API has no such path.",
        then "Look the path up in `GET /openapi.json`.";
    MethodNotAllowed: 405 "method-not-allowed" "Not with this method",
        when "The path exists and does not take this method.",
        then "Use a method of the header `Allow`.";
    TooManyRequests: 429 "too-many-requests" "Too many requests",
        when "The caller has asked this route as often as one user may in a minute.",
        then "Repeat the request after `Retry-After`: nothing was done.";
    Internal: 500 "internal" "Something went wrong",
        when "The fault is on the shop's side and has been recorded.",
        then "Report the `request_id`. Repeating a request that is safe to repeat may help.";
    TryAgain: 503 "try-again" "Busy",
        when "Something behind the endpoint is busy or away for a moment.",
        then "Repeat the request after `Retry-After`: nothing was done, or repeating it is safe.";

    // ------------------------------------------------------------------- versions and repetitions
    IfMatchRequired: 428 "if-match-required" "If-Match is needed",
        when "The resource exists already, and the request does not say which version it changes.",
        then "Read the resource and send its `ETag` in `If-Match`.",
        with "present_version";
    StaleVersion: 412 "stale-version" "The resource has changed",
        when "The resource has another version than `If-Match` says, or does not exist.",
        then "Read it again, decide again, and repeat with its present `ETag`; to create it, leave `If-Match` out.",
        with "present_version";
    IdempotencyKeyRequired: 400 "idempotency-key-required" "Idempotency-Key is needed",
        when "The endpoint needs an `Idempotency-Key`, and there is none.",
        then "Send a fresh UUID, and the same one whenever this request is repeated.";
    IdempotencyKeyReused: 422 "idempotency-key-reused" "Idempotency-Key was used before",
        when "Another request was made with this key.",
        then "Use a fresh key for another request; repeat the first one unchanged to hear its answer.";

    // ----------------------------------------------------------------------- catalogue and search
    SkuTaken: 409 "sku-taken" "A SKU belongs to another product",
        when "A variant's SKU belongs to another product, and does so for good.",
        then "Choose another SKU.",
        with "sku" "product_id";
    ProductDeleted: 410 "product-deleted" "The product was deleted",
        when "The product was deleted, less than 180 days ago; after that it is not found.",
        then "Take it out of lists and links. It can be put back under the same id.";
    TooManyPictures: 409 "too-many-pictures" "Too many pictures",
        when "A product has as many pictures as it may, those among them that it does not show.",
        then "Delete some that it does not need.";
    PictureShown: 409 "picture-shown" "The product shows it",
        when "A picture is to be deleted that its product shows, or was about to show within the last minutes.",
        then "Take it out of the product's `images` first; then wait two minutes, and delete it.";
    SearchUnavailable: 503 "search-unavailable" "Search is not available",
        when "The search index does not answer, is missing, or is being moved.",
        then "Repeat the request after `Retry-After`.";

    // -------------------------------------------------------------------------------------- stock
    BelowReserved: 409 "below-reserved" "More units are reserved",
        when "The change would leave fewer units than are reserved.",
        then "Wait for the reservations to end, or take away fewer.",
        with "present";
    TooMuchStock: 409 "too-much-stock" "Too much stock",
        when "The row would hold more units than a row may.",
        then "Add fewer.",
        with "present";
    TooFewUnits: 409 "too-few-units" "Fewer units than are held",
        when "Reservations hold more units than the row has: no repair can tell which is wrong.",
        then "Count, set the quantity, then repair.",
        with "quantity" "held";
    RowMoving: 409 "row-moving" "The row was changed a moment ago",
        when "Only a row at rest can be repaired, and this one was written in the last seconds.",
        then "Look at it again in some seconds.";

    // ---------------------------------------------------------------------- cart, checkout, order
    CartFull: 409 "cart-full" "The cart is full",
        when "The cart has as many lines as a cart may.",
        then "Take a line out, or check out.";
    UnknownSku: 422 "unknown-sku" "Unknown SKU",
        when "Nothing is sold under this SKU.",
        then "Take a SKU from a product's page.";
    NotForSale: 409 "not-for-sale" "Not for sale",
        when "The SKU was withdrawn, or has no price.",
        then "Take it out of the cart.",
        with "sku";
    CartEmpty: 422 "cart-empty" "There is nothing to buy",
        when "The whole cart was to be bought, and it is empty.",
        then "Put something into the cart, or name lines.";
    OutOfStock: 409 "out-of-stock" "Out of stock",
        when "Fewer units can be had than were asked for.",
        then "Ask for at most `available` units.",
        with "sku" "requested" "available";
    TooScattered: 409 "too-scattered" "Too many warehouses",
        when "The units lie in too many warehouses for one order.",
        then "Order fewer lines at once.";
    AboveOrderLimit: 409 "above-order-limit" "More than one order may have",
        when "An order may have only so many units of this SKU.",
        then "Ask for `max_per_order` units of `sku`, or fewer.",
        with "sku" "max_per_order";
    TooManyCheckouts: 429 "too-many-checkouts" "Too many open checkouts",
        when "The shopper has as many open checkouts as one may have.",
        then "Order one or delete one, or wait for `Retry-After`, when the first of them ends.";
    TooManyUnitsHeld: 409 "too-many-units-held" "Too many units held",
        when "The shopper's open checkouts would hold more units than one may hold.",
        then "Check out fewer units than `max_units` less `held`; or order or delete an open checkout first.",
        with "held" "max_units";
    CheckoutExpired: 409 "checkout-expired" "The checkout has expired",
        when "The checkout's time is over, it was given up, or a newer one took its place: it holds nothing any more.",
        then "Check out again.";
    CheckoutConsumed: 409 "checkout-consumed" "Already ordered",
        when "The checkout has become an order.",
        then "Look at the orders.";
    CartConsumed: 409 "cart-consumed" "Already ordered",
        when "An order was made of the cart as it is.",
        then "Look at the orders. One that waits for its payment can be paid by another method, or cancelled to order the cart anew.";
    PriceChanged: 409 "price-changed" "A price has changed",
        when "Prices have changed since the checkout; nothing was ordered.",
        then "Show `changes` to the shopper and check out again.",
        with "changes";
    IllegalTransition: 409 "illegal-transition" "Its status does not allow this now",
        when "An order, a fulfilment or a flash sale has a status from which this step is not possible.",
        then "Read it again; `order_status`, `fulfilment_state` or `sale_status` tells where it stands.",
        with "order_status" "fulfilment_state" "sale_status";
    AddressFixed: 409 "address-fixed" "The address cannot be changed any more",
        when "The order is being picked or is packed, has left or has ended, or its address was changed as often as it may.",
        then "Read the order again; until it leaves, the shop's staff can still be asked.",
        with "order_status";
    AlreadyPacked: 409 "already-packed" "It is packed",
        when "The warehouse has packed the order or a part of it, so its customer cannot cancel it any more.",
        then "Ask the shop, or send the goods back.";
    PartlyShipped: 409 "partly-shipped" "A part has left",
        when "A part of the order has left, so it cannot be cancelled any more.",
        then "Ship the rest.";
    PaymentNotAuthorized: 409 "payment-not-authorized" "The payment is not authorised",
        when "The order is to be shipped, and there is no money to capture.",
        then "Wait for the payment, or cancel the order.",
        with "payment_status";
    AuthorizationLapsed: 409 "authorization-lapsed" "The authorisation has lapsed",
        when "The gateway no longer held the money when the order was to be shipped, so the order was cancelled.",
        then "Nothing: the units go back, and the customer can order again.";
    CaptureRefused: 409 "capture-refused" "The capture was refused",
        when "The gateway would not capture the money; the order stays confirmed.",
        then "Try again, or cancel the order.",
        with "gateway_code";
    NothingCaptured: 409 "nothing-captured" "Nothing was taken",
        when "The order is to be refunded, and no money was taken for it.",
        then "Cancel the order: whatever is held for it is released.",
        with "payment_status";
    PaymentNotAwaited: 409 "payment-not-awaited" "No other payment method is awaited",
        when "Another payment method is named for an order that is not waiting for one: it is paid, cancelled, its payment is still being tried, or its time to pay is over.",
        then "Look at `order_status` and `payment_status`. Of a cancelled order the lines are in the cart: check out again.",
        with "order_status" "payment_status";
    TooManyPaymentMethods: 409 "too-many-payment-methods" "Too many payment methods were declined",
        when "As many other payment methods as may be were tried for the order, and all were declined.",
        then "Cancel the order, and check out again.";
    RefundTooLarge: 409 "refund-too-large" "More than can be refunded",
        when "The refund is more than what was taken and has not been refunded.",
        then "Refund `refundable` at the most.",
        with "refundable";
    RefundNotFailed: 409 "refund-not-failed" "The refund has not failed",
        when "Only a refund that has failed is tried again.",
        then "Look at `refund_state`. What is pending is asked about by itself; what has succeeded needs nothing.",
        with "refund_state";
    RefundRefused: 409 "refund-refused" "The refund was refused",
        when "The gateway would not make the refund; nothing goes back.",
        then "Look at `gateway_code`, and ask again with a fresh key.",
        with "gateway_code";
    TooManyRefunds: 409 "too-many-refunds" "Too many refunds",
        when "An order has as many refunds as are kept of one.",
        then "Refund what is left at the gateway; it is written down here.";
    ClaimedByAnother: 409 "claimed-by-another" "Somebody else picks it",
        when "Another member of the warehouse picks this fulfilment, until `claimed_until`.",
        then "Pick another one, or wait until then.",
        with "claimed_until";
    CancelRequested: 409 "cancel-requested" "The customer wants to cancel",
        when "The customer asked to cancel while the fulfilment was picked, and nobody has answered.",
        then "Release it, and the order is cancelled; or pack it with `anyway`.";
    NotPacked: 409 "not-packed" "It is not packed",
        when "What leaves from this warehouse is to be shipped or delivered before the step that comes first.",
        then "Claim it and pack it, then ship it.";
    AlreadyShipped: 409 "already-shipped" "It has left under another label",
        when "The parcels have left under other labels than those of the request.",
        then "Correct a label with `PUT /admin/orders/{order_id}/fulfilments/{warehouse_id}/parcels/{parcel}`.";
    BadSignature: 401 "bad-signature" "The signature is not good",
        when "A webhook's signature is missing, wrong, or too old.",
        then "Sign the body as it is sent, with the secret and the time of now.";

    // ----------------------------------------------------------------------------------- webhooks
    TooManyWebhooks: 409 "too-many-webhooks" "Too many webhooks",
        when "There are as many webhooks as there may be.",
        then "Delete one that nobody needs.";
    WebhookDisabled: 409 "webhook-disabled" "The webhook is disabled",
        when "Something was to be sent to a webhook that is disabled.",
        then "Enable it, with its present `ETag`.";

    // --------------------------------------------------------------------------------- flash sale
    AccountNotEligible: 403 "account-not-eligible" "This account cannot take part",
        when "The account is none of the shop's own user pool.",
        then "Sign in with an account of the shop.";
    SaleNotOpen: 409 "sale-not-open" "The sale is not open",
        when "The sale has not opened, is paused, or is over; `sale_status` tells which.",
        then "Keep the place in the queue and ask again, unless the sale is over.",
        with "sale_status";
    SoldOut: 410 "sold-out" "Sold out",
        when "Every unit is claimed.",
        then "Ask the queue again: units that are not paid for come back.";
    TicketRequired: 401 "ticket-required" "A ticket is needed",
        when "The header `Souk-Ticket` is missing.",
        then "Join the queue and send the ticket that it gives.";
    TicketNotValid: 403 "ticket-not-valid" "The ticket is not valid here",
        when "The ticket is not this shopper's for this sale, or was not made here.",
        then "Join the queue again for a new ticket.";
    AdmissionRequired: 401 "admission-required" "An admission is needed",
        when "The header `Souk-Admission` is missing.",
        then "Wait for your turn in the queue and send the admission that it gives.";
    AdmissionNotValid: 403 "admission-not-valid" "The admission is not valid here",
        when "The admission is not this shopper's for this sale, or has expired.",
        then "Ask the queue for a new one.";
}

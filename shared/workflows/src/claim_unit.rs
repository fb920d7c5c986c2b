//! An admitted shopper claims a unit of a flash sale and says how they pay.
//!
//! Two round trips: one write that claims, one message that will become an order. A claim is never
//! undone here: a send whose answer was lost may have taken effect.

use souk_domain::{
    flash_sale::{FlashSaleStatus, FlashSaleTerms, IntentId, ShopperKey},
    ids::{FlashSaleId, OrderId, Sku, UserId},
    order::{Address, Order, Origin},
};
use souk_dynamo::StoreError;
use souk_events::flash_sales::PurchaseIntent;
use souk_flash_sales::{Claim, ClaimOutcome, Claims, Intents, KeyRing, QueueError, TokenError};
use souk_orders::Orders;
use souk_pricing::{Offer, RecentOffers};
use souk_wiring::{Call, FromEnvironment};

/// Claims, the queue, and the keys that admissions are signed with.
#[derive(Debug, FromEnvironment)]
pub struct ClaimUnit {
    claims: Claims,
    intents: Intents,
    orders: Orders,
    offers: RecentOffers,
    ring: KeyRing,
}

/// What the shopper asks for.
#[derive(Debug)]
pub struct Request<'a> {
    /// Who.
    pub user_id: UserId,
    /// Who, as the sale knows them.
    pub shopper: ShopperKey,
    /// Of which sale.
    pub sale_id: FlashSaleId,
    /// What lets them in, where they sent it.
    pub admission: Option<&'a str>,
    /// The gateway's token of how it is paid.
    pub payment_method: String,
    /// Where it goes.
    pub shipping_address: Address,
}

/// How it ended.
#[derive(Debug)]
#[must_use]
pub enum Outcome {
    /// The unit is theirs, and its order is on the way.
    Claimed(IntentId),
    /// They have an order in this sale, whatever became of it, and get no other.
    Ordered(IntentId, Box<Order>),
    /// Every unit is claimed.
    SoldOut,
    /// The shards that were asked were empty; others may not be.
    TryAgain,
    /// Nobody can claim now.
    NotOpen(FlashSaleStatus),
    /// Its product is withdrawn: the sale sells no more of it. Who has a claim keeps it.
    NotForSale(Sku),
    /// There is no such sale.
    Unknown,
}

/// Nothing was claimed, or it is not known: the same request finds the claim.
#[derive(Debug, thiserror::Error)]
pub enum ClaimError {
    /// They were not let in.
    #[error(transparent)]
    Admission(#[from] TokenError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The unit is claimed, and the queue has not said that it has the intent.
    #[error(transparent)]
    Queue(#[from] QueueError),
}

impl ClaimUnit {
    /// Claims a unit. A repeat finds the first claim.
    ///
    /// # Errors
    /// [`ClaimError`].
    pub async fn run(&self, request: Request<'_>, call: &Call) -> Result<Outcome, ClaimError> {
        let (sale_id, shopper) = (&request.sale_id, &request.shopper);
        self.ring.admission(request.admission, sale_id, shopper, call.now).await?;
        let Some(snapshot) = self.claims.rooms().get(sale_id, call.now).await? else { return Ok(Outcome::Unknown) };
        let terms = &snapshot.sale.terms;
        let offer = self.offers.get(terms.sku(), call.now).await?;
        if !offer.is_listed() {
            return self.claimed_before(&request, terms.sku()).await;
        }
        let answer = self.claims.claim(sale_id, shopper, call.now).await?;
        let claim = match answer.outcome {
            ClaimOutcome::Claimed(claim) => claim,
            // They ask again: the order may be there. Else what was sent may be lost, and is sent again.
            ClaimOutcome::AlreadyClaimed(claim) => match self.ordered(&request, claim.shard).await? {
                Some(known) => return Ok(known),
                None => claim,
            },
            // The order that came to nothing is the answer, and it stays the only one.
            ClaimOutcome::GivenBack { shard } => {
                let known = self.ordered(&request, shard).await?;
                return known.ok_or_else(|| StoreError::corrupt("a claim was given back without an order").into());
            }
            ClaimOutcome::SoldOut => return Ok(Outcome::SoldOut),
            ClaimOutcome::TryAgain => return Ok(Outcome::TryAgain),
            ClaimOutcome::NotOpen(status) => return Ok(Outcome::NotOpen(status)),
            ClaimOutcome::Unknown => return Ok(Outcome::Unknown),
        };
        let intent_id = IntentId::of(sale_id, &request.user_id, claim.shard);
        tracing::info!(%sale_id, %intent_id, cost = ?answer.cost, "a unit is claimed");
        self.intents.send(&purchase(request, claim, terms, offer)).await?;
        Ok(Outcome::Claimed(intent_id))
    }

    /// What is withdrawn is not claimed; whose order is there is told of it.
    async fn claimed_before(&self, request: &Request<'_>, sku: &Sku) -> Result<Outcome, ClaimError> {
        let order = self.orders.get(&OrderId::of_sale(&request.user_id, &request.sale_id)).await?;
        let claim = order.and_then(|order| match &order.origin {
            Origin::FlashSale(origin) => Some((origin.shard, order)),
            Origin::Checkout(_) => None,
        });
        Ok(match claim {
            Some((shard, order)) => {
                Outcome::Ordered(IntentId::of(&request.sale_id, &request.user_id, shard), Box::new(order))
            }
            None => Outcome::NotForSale(sku.clone()),
        })
    }

    async fn ordered(&self, request: &Request<'_>, shard: u32) -> Result<Option<Outcome>, StoreError> {
        let order = self.orders.get(&OrderId::of_sale(&request.user_id, &request.sale_id)).await?;
        let intent_id = IntentId::of(&request.sale_id, &request.user_id, shard);
        Ok(order.map(|order| Outcome::Ordered(intent_id, Box::new(order))))
    }
}

fn purchase(request: Request<'_>, claim: Claim, terms: &FlashSaleTerms, offer: Offer) -> PurchaseIntent {
    PurchaseIntent {
        sale_id: request.sale_id,
        user_id: request.user_id,
        shard: claim.shard,
        warehouse_id: claim.warehouse_id,
        claimed_at: claim.claimed_at.into(),
        sku: terms.sku().clone(),
        title: offer.title,
        variant: offer.variant,
        unit_price: terms.price(),
        payment_method: request.payment_method,
        shipping_address: request.shipping_address,
    }
}

//! A changed name on its way to the pages that show it.
//!
//! A list of products is made in segments, one after the other, and each hands its pages on in parts: these
//! are brought up to date by as many workers as the queue is given. Nothing hangs on a single message, each
//! may be repeated, and a page that cannot be brought up to date is tried by itself, so that no other waits
//! for it; in the end it is the only one in the dead-letter queue.

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use jiff::Timestamp;
use souk_catalog::{Catalog, Key, ProductsOf};
use souk_domain::ids::{CategoryId, CollectionId, ProductId};
use souk_dynamo::StoreError;
use souk_events::search::{Listing, NameOf, PageRefresh};
use souk_runtime::queue::Failure;
use souk_search::{CategoryPath, CollectionName, PRODUCTS_A_PART, Pages, Segment, SellerName};
use souk_wiring::FromEnvironment;

/// So many products are listed by one message at the most.
const PRODUCTS_A_SEGMENT: usize = 10_000;
/// So many pages are written at once.
const AT_ONCE: usize = 16;

/// Where products are listed by category, collection and seller, and their pages.
#[derive(Debug, FromEnvironment)]
pub struct Renaming {
    catalog: Catalog,
    pages: Pages,
}

/// A name as it is now.
enum Name {
    Category(CategoryPath),
    Collection(CollectionId, CollectionName),
    Seller(SellerName),
}

impl Renaming {
    /// The renaming of these pages, whose products this catalog lists.
    pub fn new(catalog: Catalog, pages: Pages) -> Self {
        Self { catalog, pages }
    }

    /// Does what a message asks for, and answers with what is to be sent then.
    ///
    /// # Errors
    /// Where none of it could be done, or a store did not answer; the message comes back, repeating is safe.
    pub async fn handle(&self, message: PageRefresh, now: Timestamp) -> Result<Vec<PageRefresh>, Failure> {
        match message {
            PageRefresh::Category { category_id, listing } => {
                let mut next = match listing.segment {
                    0 => self.below(&category_id, &listing.rename, now).await?,
                    _ => Vec::new(),
                };
                next.extend(self.list(NameOf::Category(category_id), listing, now).await?);
                Ok(next)
            }
            PageRefresh::Collection { collection_id, listing } => {
                Ok(self.list(NameOf::Collection(collection_id), listing, now).await?)
            }
            PageRefresh::Seller { seller_id, listing } => {
                Ok(self.list(NameOf::Seller(seller_id), listing, now).await?)
            }
            PageRefresh::Pages { name, products, rename, segment, part } => {
                let segment = Segment { rename, of: name.to_string(), number: segment };
                self.refresh(name, products, segment, part, now).await
            }
        }
    }

    /// Also the products of the categories below show the name.
    async fn below(&self, id: &CategoryId, rename: &str, now: Timestamp) -> Result<Vec<PageRefresh>, StoreError> {
        // An instance of the code from before may have written there a moment ago.
        self.pages.take_whole_tree_apart().await?;
        let next = self.catalog.children(id).await?.into_iter().map(|child| async move {
            let name = NameOf::Category(child);
            let listing = Listing { rename: rename.to_owned(), ..Listing::default() };
            self.pages.rename_is_to_list(&segment(&name, &listing), now).await?;
            Ok(PageRefresh::list(name, listing))
        });
        stream::iter(next).buffer_unordered(AT_ONCE).try_collect().await
    }

    async fn list(&self, name: NameOf, listing: Listing, now: Timestamp) -> Result<Vec<PageRefresh>, StoreError> {
        let of = match &name {
            NameOf::Category(id) => ProductsOf::Category(id.clone()),
            NameOf::Collection(id) => ProductsOf::Collection(id.clone()),
            NameOf::Seller(id) => ProductsOf::Seller(id.clone()),
        };
        let mut products = Vec::new();
        let mut after = listing.after.as_deref().and_then(key);
        loop {
            let left = i32::try_from(PRODUCTS_A_SEGMENT - products.len()).unwrap_or(i32::MAX);
            let listed = self.catalog.products_of(&of, after.as_ref(), left).await?;
            products.extend(listed.product_ids);
            after = listed.next;
            if after.is_none() || products.len() >= PRODUCTS_A_SEGMENT {
                break;
            }
        }
        let this = segment(&name, &listing);
        let mut next = Vec::new();
        if let Some(after) = after {
            let listing = Listing { segment: listing.segment + 1, after: Some(after.to_string()), ..listing.clone() };
            self.pages.rename_is_to_list(&segment(&name, &listing), now).await?;
            next.push(PageRefresh::list(name.clone(), listing));
        }
        self.pages.rename_has_listed(&this, products.len(), now).await?;
        let parts = (0..).zip(products.chunks(PRODUCTS_A_PART));
        next.extend(parts.map(|(part, products)| PageRefresh::Pages {
            name: name.clone(),
            products: products.to_vec(),
            rename: this.rename.clone(),
            segment: this.number,
            part: Some(part),
        }));
        Ok(next)
    }

    async fn refresh(
        &self,
        name: NameOf,
        products: Vec<ProductId>,
        segment: Segment,
        part: Option<u32>,
        now: Timestamp,
    ) -> Result<Vec<PageRefresh>, Failure> {
        let Some(current) = self.current(&name).await? else { return Ok(Vec::new()) };
        let current = &current;
        let written = products.clone().into_iter().map(|id| async move {
            let written = self.write(&id, current).await;
            written.map_err(|error| (id, error))
        });
        let written: Vec<_> = stream::iter(written).buffer_unordered(AT_ONCE).collect().await;
        let mut failed: Vec<_> = written.into_iter().filter_map(Result::err).collect();
        match (part, failed.len()) {
            (Some(part), 0) => self.pages.rename_has_done(&segment, part, &[], now).await?,
            (None, 0) => self.pages.rename_has_healed(&segment, &products, now).await?,
            // One by itself, or nothing was done at all: then it is rather the store that fails.
            (None, _) => return Err(failed.remove(0).1.into()),
            (Some(_), count) if count == products.len() && count > 1 => return Err(failed.remove(0).1.into()),
            (Some(part), _) => {
                let failed: Vec<_> = failed.into_iter().map(|(id, _)| id).collect();
                self.pages.rename_has_done(&segment, part, &failed, now).await?;
                let alone = |id| PageRefresh::Pages {
                    name: name.clone(),
                    products: vec![id],
                    rename: segment.rename.clone(),
                    segment: segment.number,
                    part: None,
                };
                return Ok(failed.into_iter().map(alone).collect());
            }
        }
        Ok(Vec::new())
    }

    /// The name as it is now; `None` of a collection or seller that was not heard of.
    async fn current(&self, name: &NameOf) -> Result<Option<Name>, StoreError> {
        Ok(match name {
            NameOf::Category(id) => Some(Name::Category(self.pages.category_path(id).await?)),
            NameOf::Collection(id) => {
                self.pages.collection_name(id).await?.map(|name| Name::Collection(id.clone(), name))
            }
            NameOf::Seller(id) => self.pages.seller_name(id).await?.map(Name::Seller),
        })
    }

    async fn write(&self, id: &ProductId, name: &Name) -> Result<(), StoreError> {
        match name {
            Name::Category(path) => self.pages.refresh_category(id, path).await,
            Name::Collection(collection_id, name) => self.pages.refresh_collection(id, collection_id, name).await,
            Name::Seller(seller) => self.pages.refresh_seller(id, seller).await,
        }
    }
}

/// Where a list goes on; messages of before name a product.
fn key(text: &str) -> Option<Key> {
    text.parse().ok().or_else(|| text.parse().ok().map(Key::Product))
}

fn segment(name: &NameOf, listing: &Listing) -> Segment {
    Segment { rename: listing.rename.clone(), of: name.to_string(), number: listing.segment }
}

//! Removing a picture that its product does not show.

use jiff::Timestamp;
use souk_catalog::Catalog;
use souk_domain::picture::Picture;
use souk_dynamo::StoreError;
use souk_pictures::{Files, PictureRecord, Pictures, State};
use souk_wiring::FromEnvironment;

/// The pictures with their files, and the products that may show them.
#[derive(Debug, FromEnvironment)]
pub struct Remover {
    pub(crate) pictures: Pictures,
    files: Files,
    catalog: Catalog,
}

/// What became of a picture that was to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Removal {
    /// It is gone, or was.
    Removed,
    /// Its product shows it.
    Shown,
    /// Its product may be about to show it.
    Named,
}

impl Remover {
    /// Removes a picture as it was just read. First it is decided, then its files go, then its item: whoever repeats
    /// this goes on where it stopped.
    pub(crate) async fn remove(&self, record: &PictureRecord, now: Timestamp) -> Result<Removal, StoreError> {
        match record.state() {
            State::Ready(picture) => {
                if self.is_shown(record, &picture).await? {
                    return Ok(Removal::Shown);
                }
                if !self.pictures.withdraw(record, now).await? {
                    return Ok(Removal::Named);
                }
                self.files.remove(&picture).await?;
            }
            State::Leaving(picture) => self.files.remove(&picture).await?,
            // What was sent is removed by the bucket's lifecycle, or when it is looked at.
            State::Awaited | State::Refused(_) => {}
        }
        // One that became ready meanwhile is there again.
        let is_forgotten = self.pictures.forget(record).await?;
        Ok(if is_forgotten { Removal::Removed } else { Removal::Named })
    }

    async fn is_shown(&self, record: &PictureRecord, picture: &Picture) -> Result<bool, StoreError> {
        let product = self.catalog.product(&record.product_id).await?;
        let path = picture.to_string();
        Ok(product.is_some_and(|product| product.details.images.iter().any(|image| image.url == path)))
    }
}

//! The files of pictures in the bucket: those that were sent, below `uploads/`, which nobody is shown, and those that
//! are served, below `images/`.

use std::{fmt, str::FromStr};

use aws_sdk_s3::{Client, error::SdkError, operation::get_object::GetObjectError};
use souk_domain::{
    ids::{PictureId, ProductId},
    picture::Picture,
};
use souk_dynamo::StoreError;
use souk_wiring::{ConfigError, Environment, FromEnvironment};

use crate::{BYTES_MAX, File};

/// Under its address a file never changes.
const CACHE_CONTROL: &str = "public, max-age=31536000, immutable";
const UPLOADS: &str = "uploads/";

/// Where a file is sent to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Whose picture it is.
    pub product_id: ProductId,
    /// Which one.
    pub picture_id: PictureId,
}

/// A key at which no file of ours is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not where a picture is sent to")]
pub struct PlaceError;

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{UPLOADS}{}/{}", self.product_id, self.picture_id)
    }
}

impl FromStr for Place {
    type Err = PlaceError;
    fn from_str(key: &str) -> Result<Self, PlaceError> {
        let (product, picture) = key.strip_prefix(UPLOADS).and_then(|rest| rest.split_once('/')).ok_or(PlaceError)?;
        let product_id = product.parse().map_err(|_| PlaceError)?;
        Ok(Self { product_id, picture_id: picture.parse().map_err(|_| PlaceError)? })
    }
}

/// A file that somebody sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Arrived {
    /// Its bytes.
    Bytes(Vec<u8>),
    /// It is larger than it may be. The form lets none such in.
    TooLarge,
}

/// The bucket of pictures.
#[derive(Debug, Clone)]
pub struct Files {
    client: Client,
    bucket: String,
}

impl FromEnvironment for Files {
    async fn from_environment(environment: &Environment) -> Result<Self, ConfigError> {
        Ok(Self { client: Client::new(&environment.aws), bucket: environment.required("IMAGES_BUCKET")? })
    }
}

impl Files {
    /// A file that was sent; `None` where it is not there (any more).
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn sent(&self, place: &Place) -> Result<Option<Arrived>, StoreError> {
        let answer = match self.client.get_object().bucket(&self.bucket).key(place.to_string()).send().await {
            Ok(answer) => answer,
            Err(SdkError::ServiceError(error)) if matches!(error.err(), GetObjectError::NoSuchKey(_)) => {
                return Ok(None);
            }
            Err(error) => return Err(StoreError::from_sdk(error)),
        };
        if answer.content_length().is_none_or(|length| u64::try_from(length).is_ok_and(|length| length > BYTES_MAX)) {
            return Ok(Some(Arrived::TooLarge));
        }
        let body = answer.body.collect().await.map_err(|error| StoreError::Unavailable(error.to_string()))?;
        Ok(Some(Arrived::Bytes(body.to_vec())))
    }

    /// Removes a file that was sent.
    ///
    /// # Errors
    /// [`StoreError`]; repeating is safe.
    pub async fn remove_sent(&self, place: &Place) -> Result<(), StoreError> {
        self.remove_key(&place.to_string()).await
    }

    /// Puts the files of a picture where they are served.
    ///
    /// # Errors
    /// [`StoreError`]; repeating is safe.
    pub async fn serve(&self, picture: &Picture, files: Vec<File>) -> Result<(), StoreError> {
        for File { size, bytes } in files {
            let call = self
                .client
                .put_object()
                .bucket(&self.bucket)
                .key(key(&picture.path(size)))
                .content_type(picture.format.content_type())
                .cache_control(CACHE_CONTROL)
                .body(bytes.into());
            call.send().await.map_err(StoreError::from_sdk)?;
        }
        Ok(())
    }

    /// Removes the files of a picture.
    ///
    /// # Errors
    /// [`StoreError`]; repeating is safe.
    pub async fn remove(&self, picture: &Picture) -> Result<(), StoreError> {
        for size in picture.sizes() {
            self.remove_key(key(&picture.path(size))).await?;
        }
        Ok(())
    }

    async fn remove_key(&self, key: &str) -> Result<(), StoreError> {
        let call = self.client.delete_object().bucket(&self.bucket).key(key);
        call.send().await.map(drop).map_err(StoreError::from_sdk)
    }
}

/// A path without its first slash.
fn key(path: &str) -> &str {
    path.trim_start_matches('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_reads_back_and_nothing_else_is_one() {
        let key = format!("uploads/a.b_c/pic_{}", "0".repeat(32));
        assert_eq!(key.parse::<Place>().unwrap().to_string(), key);
        for other in ["uploads/a", "uploads/a/b", "images/a/pic_0", "uploads//pic_0", ""] {
            assert_eq!(other.parse::<Place>(), Err(PlaceError), "{other}");
        }
    }
}

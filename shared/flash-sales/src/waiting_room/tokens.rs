use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{Algorithm, Header, Validation, decode, decode_header, encode, errors::ErrorKind};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use souk_domain::{flash_sale::ShopperKey, ids::FlashSaleId};

use super::{
    KeyRing,
    key_ring::Lookup,
    keys::{KeySourceError, Purpose},
};

/// The longest that an admission may live.
pub const ADMISSION_MAX: SignedDuration = SignedDuration::from_secs(120);
/// By how much the clocks of two functions may differ.
pub const CLOCK_SKEW: SignedDuration = SignedDuration::from_secs(5);
/// Longer texts are refused before they are decoded.
const MAX_TEXT: usize = 1024;

/// Why a ticket or an admission is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// There is none.
    #[error("it is missing")]
    Missing,
    /// It is not a token of this kind.
    #[error("it cannot be read")]
    Malformed,
    /// None of the live keys has signed it as it stands.
    #[error("its signature is not ours")]
    Forged,
    /// Its time is over.
    #[error("it has expired")]
    Expired,
    /// It is for another sale.
    #[error("it is for another sale")]
    OtherSale,
    /// It is another shopper's.
    #[error("it is another shopper's")]
    OtherShopper,
    /// Nobody can say just now whether it is good: ask again in some seconds.
    #[error("it cannot be checked now: {0}")]
    Unverifiable(String),
}

/// A shopper's place in the queue: when they joined. It has no end but the sale's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    /// In which sale.
    pub sale_id: FlashSaleId,
    /// Whose.
    pub shopper: ShopperKey,
    /// When they joined.
    pub joined: Timestamp,
}

/// The permission to claim a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admission {
    /// In which sale.
    pub sale_id: FlashSaleId,
    /// Whose.
    pub shopper: ShopperKey,
    /// Until when, to the second.
    pub expires_at: Timestamp,
    /// What tells it from every other one.
    pub id: String,
}

#[derive(Serialize, Deserialize)]
struct TicketClaims {
    aud: String,
    sub: String,
    /// Milliseconds of the Unix epoch.
    joined: i64,
}

#[derive(Serialize, Deserialize)]
struct AdmissionClaims {
    aud: String,
    sub: String,
    /// Seconds of the Unix epoch.
    exp: i64,
    jti: String,
}

impl From<KeySourceError> for TokenError {
    fn from(error: KeySourceError) -> Self {
        Self::Unverifiable(error.to_string())
    }
}

impl KeyRing {
    /// Signs a ticket.
    ///
    /// # Errors
    /// [`KeySourceError`] where there is no key yet.
    pub async fn issue_ticket(&self, ticket: &Ticket, now: Timestamp) -> Result<String, KeySourceError> {
        let claims = TicketClaims {
            aud: audience(Purpose::Ticket, &ticket.sale_id),
            sub: ticket.shopper.to_string(),
            joined: ticket.joined.as_millisecond(),
        };
        self.sign(Purpose::Ticket, &claims, now).await
    }

    /// Reads a ticket that must be this shopper's for this sale.
    ///
    /// # Errors
    /// [`TokenError`].
    pub async fn ticket(
        &self,
        text: Option<&str>,
        sale_id: &FlashSaleId,
        shopper: &ShopperKey,
        now: Timestamp,
    ) -> Result<Ticket, TokenError> {
        let claims: TicketClaims = self.verify(Purpose::Ticket, text, now).await?;
        belongs(Purpose::Ticket, (&claims.aud, &claims.sub), sale_id, shopper)?;
        let joined = Timestamp::from_millisecond(claims.joined).map_err(|_| TokenError::Malformed)?;
        Ok(Ticket { sale_id: sale_id.clone(), shopper: shopper.clone(), joined })
    }

    /// Signs an admission that lives for this time, and for [`ADMISSION_MAX`] at most.
    ///
    /// # Errors
    /// [`KeySourceError`] where there is no key or no randomness.
    pub async fn issue_admission(
        &self,
        sale_id: &FlashSaleId,
        shopper: &ShopperKey,
        lifetime: SignedDuration,
        now: Timestamp,
    ) -> Result<String, KeySourceError> {
        let mut id = [0; 16];
        getrandom::fill(&mut id).map_err(|error| KeySourceError(error.to_string()))?;
        let claims = AdmissionClaims {
            aud: audience(Purpose::Admission, sale_id),
            sub: shopper.to_string(),
            exp: now.as_second().saturating_add(lifetime.min(ADMISSION_MAX).as_secs()),
            jti: hex::encode(id),
        };
        self.sign(Purpose::Admission, &claims, now).await
    }

    /// Reads an admission that must be this shopper's for this sale. Nothing is read or written for it
    /// but, rarely, the keys. Using it twice is harmless: the second claim finds the first.
    ///
    /// # Errors
    /// [`TokenError`].
    pub async fn admission(
        &self,
        text: Option<&str>,
        sale_id: &FlashSaleId,
        shopper: &ShopperKey,
        now: Timestamp,
    ) -> Result<Admission, TokenError> {
        let claims: AdmissionClaims = self.verify(Purpose::Admission, text, now).await?;
        belongs(Purpose::Admission, (&claims.aud, &claims.sub), sale_id, shopper)?;
        if now.as_second() >= claims.exp.saturating_add(CLOCK_SKEW.as_secs()) {
            return Err(TokenError::Expired);
        }
        let expires_at = Timestamp::from_second(claims.exp).map_err(|_| TokenError::Malformed)?;
        Ok(Admission { sale_id: sale_id.clone(), shopper: shopper.clone(), expires_at, id: claims.jti })
    }

    async fn sign<T: Serialize>(&self, purpose: Purpose, claims: &T, now: Timestamp) -> Result<String, KeySourceError> {
        let keys = self.signing(now).await?;
        let header = Header { kid: Some(keys.id.clone()), ..Header::new(Algorithm::HS256) };
        encode(&header, claims, keys.signing(purpose)).map_err(|error| KeySourceError(error.to_string()))
    }

    async fn verify<T: DeserializeOwned>(
        &self,
        purpose: Purpose,
        text: Option<&str>,
        now: Timestamp,
    ) -> Result<T, TokenError> {
        let text = text.filter(|text| !text.is_empty()).ok_or(TokenError::Missing)?;
        if text.len() > MAX_TEXT {
            return Err(TokenError::Malformed);
        }
        let key_id = decode_header(text).map_err(|_| TokenError::Malformed)?.kid.ok_or(TokenError::Forged)?;
        let keys = match self.find(&key_id, now).await? {
            Lookup::Found(keys) => keys,
            Lookup::Unknown => return Err(TokenError::Forged),
            Lookup::NotYet => return Err(TokenError::Unverifiable("its key is not known yet".to_owned())),
        };
        // The algorithm is ours to say, not the token's. Times and audience are compared by the caller,
        // who has the clock and tells one reason from the other.
        let mut rules = Validation::new(Algorithm::HS256);
        rules.required_spec_claims.clear();
        rules.validate_exp = false;
        rules.validate_aud = false;
        decode::<T>(text, keys.verifying(purpose), &rules).map(|token| token.claims).map_err(|error| {
            match error.kind() {
                ErrorKind::InvalidSignature | ErrorKind::InvalidAlgorithm => TokenError::Forged,
                _ => TokenError::Malformed,
            }
        })
    }
}

fn audience(purpose: Purpose, sale_id: &FlashSaleId) -> String {
    format!("{}:{sale_id}", purpose.name())
}

fn belongs(
    purpose: Purpose,
    (aud, sub): (&str, &str),
    sale_id: &FlashSaleId,
    shopper: &ShopperKey,
) -> Result<(), TokenError> {
    if aud != audience(purpose, sale_id) {
        return Err(TokenError::OtherSale);
    }
    if sub != shopper.as_str() {
        return Err(TokenError::OtherShopper);
    }
    Ok(())
}

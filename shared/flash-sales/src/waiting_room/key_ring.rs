use std::sync::{Arc, PoisonError, RwLock};

use jiff::{SignedDuration, Timestamp};
use souk_wiring::{ConfigError, Environment, FromEnvironment};

use super::keys::{KeySource, KeySourceError, ManagedSecret, TokenKeys};

/// Between two loads that unknown key ids cause: invented ones must not become a flood of requests.
const MIN_INTERVAL: SignedDuration = SignedDuration::from_secs(5);
/// A warm function looks for a rotation at least this often, so that it does not sign with a key
/// that the others have forgotten.
const MAX_AGE: SignedDuration = SignedDuration::from_mins(5);

/// The two live signing keys, loaded when first needed and again when a token names another.
#[derive(Debug)]
pub struct KeyRing {
    source: Box<dyn KeySource>,
    loaded: RwLock<Option<Arc<Loaded>>>,
    loading: tokio::sync::Mutex<()>,
}

#[derive(Debug)]
struct Loaded {
    at: Timestamp,
    /// The current one first.
    keys: Vec<TokenKeys>,
}

/// What the ring knows of a key id.
#[derive(Debug)]
pub(super) enum Lookup {
    Found(TokenKeys),
    /// No live key has it.
    Unknown,
    /// No key in hand has it, and it is too early to look for a rotation.
    NotYet,
}

/// The keys are loaded when they are first needed.
impl FromEnvironment for KeyRing {
    async fn from_environment(environment: &Environment) -> Result<Self, ConfigError> {
        let client = aws_sdk_secretsmanager::Client::new(&environment.aws);
        Ok(Self::new(ManagedSecret::new(client, environment.required("SALE_KEYS_SECRET_ID")?)))
    }
}

impl KeyRing {
    /// A ring of the keys that this source's secret makes.
    pub fn new(source: impl KeySource + 'static) -> Self {
        Self { source: Box::new(source), loaded: RwLock::new(None), loading: tokio::sync::Mutex::new(()) }
    }

    /// The key that new tokens are signed with.
    pub(super) async fn signing(&self, now: Timestamp) -> Result<TokenKeys, KeySourceError> {
        let loaded = match self.loaded() {
            Some(loaded) if now.duration_since(loaded.at) < MAX_AGE => loaded,
            stale => match self.load(now, MAX_AGE).await {
                Ok(loaded) => loaded,
                // Better an old key, which is live somewhere, than nobody admitted.
                Err(error) => stale.ok_or(error)?,
            },
        };
        loaded.keys.first().cloned().ok_or_else(|| KeySourceError("the ring is empty".to_owned()))
    }

    pub(super) async fn find(&self, id: &str, now: Timestamp) -> Result<Lookup, KeySourceError> {
        if let Some(loaded) = self.loaded() {
            if let Some(key) = loaded.key(id) {
                return Ok(Lookup::Found(key));
            }
            if now.duration_since(loaded.at) < MIN_INTERVAL {
                return Ok(Lookup::NotYet);
            }
        }
        let loaded = self.load(now, MIN_INTERVAL).await?;
        Ok(loaded.key(id).map_or(Lookup::Unknown, Lookup::Found))
    }

    fn loaded(&self) -> Option<Arc<Loaded>> {
        self.loaded.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// One load at a time; whoever waited takes what the other has brought.
    async fn load(&self, now: Timestamp, older_than: SignedDuration) -> Result<Arc<Loaded>, KeySourceError> {
        let _one = self.loading.lock().await;
        if let Some(loaded) = self.loaded()
            && now.duration_since(loaded.at) < older_than
        {
            return Ok(loaded);
        }
        let secrets = self.source.load().await?;
        let keys = [Some(secrets.current), secrets.previous];
        let keys = keys.iter().flatten().map(|secret| TokenKeys::derived_from(secret)).collect();
        let loaded = Arc::new(Loaded { at: now, keys });
        *self.loaded.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&loaded));
        Ok(loaded)
    }
}

impl Loaded {
    fn key(&self, id: &str) -> Option<TokenKeys> {
        self.keys.iter().find(|key| key.id == id).cloned()
    }
}

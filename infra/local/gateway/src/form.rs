//! Form-encoded parameters with Stripe's bracket nesting, read strictly: what nobody asked for is an error.

use std::collections::BTreeMap;

use crate::error::ApiError;

/// The parameters of one request. Each is taken out once; [`Params::finish`] refuses what is left.
#[derive(Clone, Debug, Default)]
pub struct Params(Vec<(String, String)>);

impl Params {
    /// Decodes a query string or a form body.
    pub fn parse(encoded: &[u8]) -> Self {
        Self(form_urlencoded::parse(encoded).into_owned().collect())
    }

    /// The parameters in a canonical order: the same for two requests that ask for the same thing.
    pub fn fingerprint(&self) -> String {
        let mut pairs = self.0.clone();
        pairs.sort();
        form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
    }

    /// A parameter without taking it out.
    pub fn peek(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// A string; an empty one counts as absent.
    pub fn take(&mut self, name: &str) -> Option<String> {
        let position = self.0.iter().position(|(key, _)| key == name)?;
        Some(self.0.remove(position).1).filter(|value| !value.is_empty())
    }

    /// A string that must be there.
    ///
    /// # Errors
    /// `parameter_missing`.
    pub fn require(&mut self, name: &str) -> Result<String, ApiError> {
        self.take(name).ok_or_else(|| missing(name))
    }

    /// An integer.
    ///
    /// # Errors
    /// `parameter_invalid_integer`.
    pub fn take_integer(&mut self, name: &str) -> Result<Option<i64>, ApiError> {
        let parse = |text: String| {
            text.parse()
                .map_err(|_| ApiError::parameter("parameter_invalid_integer", name, format!("Invalid integer: {text}")))
        };
        self.take(name).map(parse).transpose()
    }

    /// An amount in minor units, at least 1.
    ///
    /// # Errors
    /// `parameter_invalid_integer`.
    pub fn take_amount(&mut self, name: &str) -> Result<Option<i64>, ApiError> {
        match self.take_integer(name)? {
            Some(amount) if amount < 1 => Err(ApiError::parameter(
                "parameter_invalid_integer",
                name,
                "This value must be greater than or equal to 1.",
            )),
            amount => Ok(amount),
        }
    }

    /// `true` or `false`.
    ///
    /// # Errors
    /// `parameter_invalid_boolean` for anything else.
    pub fn take_boolean(&mut self, name: &str) -> Result<Option<bool>, ApiError> {
        match self.take(name).as_deref() {
            None => Ok(None),
            Some("true") => Ok(Some(true)),
            Some("false") => Ok(Some(false)),
            Some(other) => {
                Err(ApiError::parameter("parameter_invalid_boolean", name, format!("Invalid boolean: {other}")))
            }
        }
    }

    /// A word out of a closed set.
    ///
    /// # Errors
    /// `parameter_invalid_enum`, hence 400, for a word outside of it.
    pub fn take_word<T: Copy>(&mut self, name: &str, words: &[(&str, T)]) -> Result<Option<T>, ApiError> {
        let Some(given) = self.take(name) else { return Ok(None) };
        match words.iter().find(|(word, _)| *word == given) {
            Some((_, value)) => Ok(Some(*value)),
            None => {
                let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
                let message = format!("Invalid {name}: must be one of {}", known.join(", "));
                Err(ApiError::parameter("parameter_invalid_enum", name, message))
            }
        }
    }

    /// `name[key]=value` pairs.
    pub fn take_map(&mut self, name: &str) -> BTreeMap<String, String> {
        let mut map = BTreeMap::new();
        self.0.retain(|(full, value)| match nested_key(full, name) {
            Some(key) => {
                map.insert(key.to_owned(), value.clone());
                false
            }
            None => true,
        });
        map
    }

    /// `name[]=value` or `name[0]=value` entries, in the order given.
    pub fn take_list(&mut self, name: &str) -> Vec<String> {
        let mut list = Vec::new();
        self.0.retain(|(full, value)| match nested_key(full, name) {
            Some(_) => {
                list.push(value.clone());
                false
            }
            None => true,
        });
        list
    }

    /// Refuses what was not taken.
    ///
    /// # Errors
    /// `parameter_unknown`.
    pub fn finish(self) -> Result<(), ApiError> {
        match self.0.first() {
            None => Ok(()),
            Some((name, _)) => {
                Err(ApiError::parameter("parameter_unknown", name, format!("Received unknown parameter: {name}")))
            }
        }
    }
}

/// `parameter_missing`.
pub fn missing(name: &str) -> ApiError {
    ApiError::parameter("parameter_missing", name, format!("Missing required param: {name}."))
}

fn nested_key<'a>(full: &'a str, name: &str) -> Option<&'a str> {
    full.strip_prefix(name)?.strip_prefix('[')?.strip_suffix(']')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_nest() {
        let mut params = Params::parse(b"metadata[order_id]=ord_1&metadata[a%20b]=c&payment_method_types[]=card&x=1");
        assert_eq!(params.take_map("metadata").get("order_id").map(String::as_str), Some("ord_1"));
        assert_eq!(params.take_list("payment_method_types"), ["card"]);
        assert_eq!(params.clone().finish().expect_err("x is unknown").param.as_deref(), Some("x"));
        assert_eq!(params.take_integer("x"), Ok(Some(1)));
        assert_eq!(params.finish(), Ok(()));
    }

    #[test]
    fn the_fingerprint_ignores_order_and_nothing_else() {
        let fingerprint = |body: &str| Params::parse(body.as_bytes()).fingerprint();
        assert_eq!(fingerprint("a=1&b=2"), fingerprint("b=2&a=1"));
        assert_ne!(fingerprint("a=1&b=2"), fingerprint("a=1&b=3"));
        assert_ne!(fingerprint("a=1"), fingerprint("a=1&b="));
        assert_ne!(fingerprint("a=1%26b%3D2"), fingerprint("a=1&b=2"));
    }

    #[test]
    fn values_are_checked() {
        let mut params = Params::parse(b"amount=0&limit=ten&confirm=yes");
        assert!(params.take_amount("amount").is_err());
        assert!(params.take_integer("limit").is_err());
        assert!(params.take_boolean("confirm").is_err());
        assert_eq!(params.take("absent"), None);
    }
}

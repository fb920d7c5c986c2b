//! JSON that a client wrote, read to the letter.
//!
//! Serde's derived structs also take their fields as a list in order, and enums take `{"name": null}`; a map keeps the
//! last of two equal keys. A client who sends that means something else, so it is refused, at whatever depth.

use std::{cell::RefCell, collections::HashSet, fmt};

use serde::{
    Deserializer,
    de::{
        DeserializeSeed, EnumAccess, Error, IntoDeserializer, MapAccess, SeqAccess, Unexpected, VariantAccess, Visitor,
        value::{MapAccessDeserializer, StrDeserializer, StringDeserializer},
    },
};

/// How deep lists and objects may be nested in a body.
pub const MAX_JSON_DEPTH: usize = 16;

/// The key that an object had twice, where that is what is wrong.
#[derive(Debug, Default)]
pub(super) struct Repeated(RefCell<Option<String>>);

impl Repeated {
    pub(super) fn take(&self) -> Option<String> {
        self.0.take()
    }
}

/// A deserializer that judges what passes through.
pub(super) struct Strict<'a, D> {
    inner: D,
    place: Place<'a>,
}

/// Where in the text something stands.
#[derive(Clone, Copy)]
struct Place<'a> {
    depth: usize,
    repeated: &'a Repeated,
}

impl<'a, D> Strict<'a, D> {
    pub(super) fn new(inner: D, repeated: &'a Repeated) -> Self {
        Self { inner, place: Place { depth: 0, repeated } }
    }
}

impl Place<'_> {
    fn deeper<E: Error>(self) -> Result<Self, E> {
        if self.depth == MAX_JSON_DEPTH {
            return Err(E::custom(format_args!("is nested deeper than {MAX_JSON_DEPTH} levels")));
        }
        Ok(Self { depth: self.depth + 1, ..self })
    }
}

macro_rules! judged {
    ($taken:expr; $($method:ident($($argument:ident: $type:ty),*))+) => {
        $(fn $method<V: Visitor<'de>>(self, $($argument: $type,)* visitor: V) -> Result<V::Value, D::Error> {
            self.inner.$method($($argument,)* Judge { visitor, place: self.place, taken: $taken })
        })+
    };
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Strict<'_, D> {
    type Error = D::Error;

    judged! {
        Taken::Whole;
        deserialize_i8() deserialize_i16() deserialize_i32() deserialize_i64() deserialize_i128()
        deserialize_u8() deserialize_u16() deserialize_u32() deserialize_u64() deserialize_u128()
    }

    judged! {
        Taken::AsWritten;
        deserialize_any() deserialize_bool() deserialize_f32() deserialize_f64() deserialize_char() deserialize_str() deserialize_string()
        deserialize_bytes() deserialize_byte_buf() deserialize_option() deserialize_unit() deserialize_seq()
        deserialize_map() deserialize_identifier() deserialize_ignored_any() deserialize_unit_struct(name: &'static str)
        deserialize_newtype_struct(name: &'static str) deserialize_tuple(len: usize)
        deserialize_tuple_struct(name: &'static str, len: usize)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.inner.deserialize_struct(name, fields, Judge { visitor, place: self.place, taken: Taken::Object })
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.inner.deserialize_any(Choice { visitor, place: self.place })
    }

    fn is_human_readable(&self) -> bool {
        self.inner.is_human_readable()
    }
}

/// What a type takes otherwise than serde hands it over.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Taken {
    AsWritten,
    /// No list.
    Object,
    /// `2.0` as well as `2`: to JSON, and to JSON Schema's `integer`, they are one number.
    Whole,
}

/// Numbers up to here have no neighbour that is written differently and read the same (RFC 8259, section 6).
const EXACT: f64 = 9_007_199_254_740_991.0;

/// Hands everything on to the type's own visitor, but for what it takes otherwise.
struct Judge<'a, V> {
    visitor: V,
    place: Place<'a>,
    taken: Taken,
}

macro_rules! handed_on {
    ($($method:ident($type:ty))+) => {
        $(fn $method<E: Error>(self, value: $type) -> Result<V::Value, E> {
            self.visitor.$method(value)
        })+
    };
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Judge<'_, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.visitor.expecting(f)
    }

    handed_on! {
        visit_bool(bool) visit_i64(i64) visit_i128(i128) visit_u64(u64) visit_u128(u128) visit_char(char)
        visit_str(&str) visit_borrowed_str(&'de str) visit_string(String) visit_bytes(&[u8])
        visit_borrowed_bytes(&'de [u8]) visit_byte_buf(Vec<u8>)
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<V::Value, E> {
        if self.taken == Taken::Whole && value.fract() == 0.0 && value.abs() <= EXACT {
            #[expect(clippy::cast_possible_truncation, reason = "it is whole, and within what is exact")]
            return self.visitor.visit_i64(value as i64);
        }
        self.visitor.visit_f64(value)
    }

    fn visit_none<E: Error>(self) -> Result<V::Value, E> {
        self.visitor.visit_none()
    }

    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        self.visitor.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        self.visitor.visit_some(Strict { inner, place: self.place })
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        self.visitor.visit_newtype_struct(Strict { inner, place: self.place })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, inner: A) -> Result<V::Value, A::Error> {
        if self.taken == Taken::Object {
            return Err(A::Error::invalid_type(Unexpected::Seq, &"an object"));
        }
        self.visitor.visit_seq(Items { inner, place: self.place.deeper()? })
    }

    fn visit_map<A: MapAccess<'de>>(self, inner: A) -> Result<V::Value, A::Error> {
        self.visitor.visit_map(Members { inner, place: self.place.deeper()?, seen: HashSet::new() })
    }
}

struct Items<'a, A> {
    inner: A,
    place: Place<'a>,
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Items<'_, A> {
    type Error = A::Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, A::Error> {
        self.inner.next_element_seed(Seed { seed, place: self.place })
    }

    fn size_hint(&self) -> Option<usize> {
        self.inner.size_hint()
    }
}

struct Members<'a, A> {
    inner: A,
    place: Place<'a>,
    seen: HashSet<String>,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Members<'_, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        let Some(key) = self.inner.next_key::<String>()? else { return Ok(None) };
        if !self.seen.insert(key.clone()) {
            self.place.repeated.0.replace(Some(key));
            return Err(A::Error::custom("is there twice"));
        }
        let key: StringDeserializer<A::Error> = key.into_deserializer();
        seed.deserialize(key).map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, A::Error> {
        self.inner.next_value_seed(Seed { seed, place: self.place })
    }
}

struct Seed<'a, T> {
    seed: T,
    place: Place<'a>,
}

impl<'de, T: DeserializeSeed<'de>> DeserializeSeed<'de> for Seed<'_, T> {
    type Value = T::Value;

    fn deserialize<D: Deserializer<'de>>(self, inner: D) -> Result<T::Value, D::Error> {
        self.seed.deserialize(Strict { inner, place: self.place })
    }
}

/// An enum: a text names a variant, and an object with one member one that holds something.
struct Choice<'a, V> {
    visitor: V,
    place: Place<'a>,
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Choice<'_, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.visitor.expecting(f)
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<V::Value, E> {
        let name: StrDeserializer<'_, E> = name.into_deserializer();
        self.visitor.visit_enum(name)
    }

    fn visit_map<A: MapAccess<'de>>(self, inner: A) -> Result<V::Value, A::Error> {
        let members = Members { inner, place: self.place.deeper()?, seen: HashSet::new() };
        self.visitor.visit_enum(Holding(MapAccessDeserializer::new(members)))
    }
}

/// A variant with something in it.
struct Holding<A>(A);

impl<'de, A: EnumAccess<'de>> EnumAccess<'de> for Holding<A> {
    type Error = A::Error;
    type Variant = Holding<A::Variant>;

    fn variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<(T::Value, Self::Variant), A::Error> {
        self.0.variant_seed(seed).map(|(name, variant)| (name, Holding(variant)))
    }
}

impl<'de, A: VariantAccess<'de>> VariantAccess<'de> for Holding<A> {
    type Error = A::Error;

    fn unit_variant(self) -> Result<(), A::Error> {
        Err(A::Error::invalid_type(Unexpected::Map, &"a text"))
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, A::Error> {
        self.0.newtype_variant_seed(seed)
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, A::Error> {
        self.0.tuple_variant(len, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        self.0.struct_variant(fields, visitor)
    }
}

#[cfg(test)]
mod tests;

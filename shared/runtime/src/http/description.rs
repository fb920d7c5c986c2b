//! Words for the descriptions that stand beside the handlers (`#[utoipa::path]`).
//!
//! A handler tells what it alone does. What holds for all of them is added where the one document is made, in
//! `tests/tests/souk/api`: what the runtime and the gateway refuse, path parameters, and what comes with a body
//! or with `If-Match`.

use std::{collections::BTreeMap, marker::PhantomData};

use serde::Serialize;
use utoipa::{
    IntoParams, IntoResponses, ToSchema,
    openapi::{
        RefOr, Required, Response, ResponseBuilder,
        extensions::ExtensionsBuilder,
        path::{Parameter, ParameterBuilder, ParameterIn},
        schema::{ObjectBuilder, Type},
    },
};

use super::{
    FieldError,
    problem::{Kind, ProblemType},
};

/// The member of a response that names its problem types, until the document is made.
pub const KINDS: &str = "x-kinds";

/// The problem types that a handler makes, in its list of responses: `Problems<(NotFound, OutOfStock)>`. A handler has
/// one list, or the later one's kinds of a status take the place of the earlier one's; a long one has lists in it.
#[derive(Debug)]
pub struct Problems<L>(PhantomData<L>);

/// One problem type, or a tuple of them, or of such tuples.
pub trait ProblemTypes {
    /// Their kinds.
    fn kinds() -> Vec<&'static Kind>;
}

impl<T: ProblemType> ProblemTypes for T {
    fn kinds() -> Vec<&'static Kind> {
        vec![T::KIND]
    }
}

macro_rules! tuples {
    ($($name:ident)+) => {
        impl<$($name: ProblemTypes),+> ProblemTypes for ($($name,)+) {
            fn kinds() -> Vec<&'static Kind> {
                [$($name::kinds()),+].concat()
            }
        }
    };
}

tuples!(A B);
tuples!(A B C);
tuples!(A B C D);
tuples!(A B C D E);
tuples!(A B C D E F);
tuples!(A B C D E F G);
tuples!(A B C D E F G H);

impl<L: ProblemTypes> IntoResponses for Problems<L> {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let mut by_status: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for kind in L::kinds() {
            by_status.entry(kind.status.to_string()).or_default().push(kind.name);
        }
        let response = |kinds| {
            let extensions = ExtensionsBuilder::new().add(KINDS, kinds).build();
            RefOr::T(ResponseBuilder::new().extensions(Some(extensions)).build())
        };
        by_status.into_iter().map(|(status, kinds)| (status, response(kinds))).collect()
    }
}

/// What every refusal looks like. A type may add members of its own.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemDocument {
    /// Which kind of refusal: stable, made for programs.
    #[schema(format = "uri")]
    r#type: String,
    /// What the kind means.
    title: String,
    /// The HTTP status.
    status: u16,
    /// What happened here, for people.
    detail: String,
    /// The fields that were refused.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldError>,
    /// What the shop's logs know the request by; absent from the problem of a row.
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
}

/// What API Gateway says by itself, before any function is asked.
#[derive(Debug, Serialize, ToSchema)]
pub struct GatewayMessage {
    /// In a word or two.
    message: String,
}

/// The header `If-Match`.
#[derive(Debug)]
pub struct IfMatch;

/// The header `If-None-Match`.
#[derive(Debug)]
pub struct IfNoneMatch;

/// The header `Idempotency-Key`, where it is needed.
#[derive(Debug)]
pub struct IdempotencyKey;

/// The header `Idempotency-Key`, where it may be left out.
#[derive(Debug)]
pub struct OptionalIdempotencyKey;

const KEY: &str = "1 to 128 visible ASCII characters. The same key with the same request is done once.";

fn header(name: &str, required: Required, pattern: Option<&str>, description: &str) -> Vec<Parameter> {
    let text = ObjectBuilder::new().schema_type(Type::String).pattern(pattern);
    let parameter = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Header).required(required);
    vec![parameter.description(Some(description)).schema(Some(text)).build()]
}

/// `*`, or tags of ours. RFC 9110 allows empty elements as well.
const TAGS: &str = r#"^(\*|[ \t,]*(W/)?"(0|[1-9][0-9]*)"([ \t]*,[ \t]*((W/)?"(0|[1-9][0-9]*)")?)*)$"#;

impl IntoParams for IfMatch {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let description = "The `ETag` of the resource that is changed, weak or strong; several where any of them may be \
            there; `*` for whatever is there. Left out to create one.";
        header("If-Match", Required::False, Some(TAGS), description)
    }
}

impl IntoParams for IfNoneMatch {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        header("If-None-Match", Required::False, None, "The `ETag` of the copy that the client has.")
    }
}

impl IntoParams for IdempotencyKey {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        header("Idempotency-Key", Required::True, Some("^[!-~]{1,128}$"), KEY)
    }
}

impl IntoParams for OptionalIdempotencyKey {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        header("Idempotency-Key", Required::False, Some("^[!-~]{1,128}$"), KEY)
    }
}

//! `#[derive(FromEnvironment)]`: see `souk_wiring::FromEnvironment`.
#![forbid(unsafe_code)]

use proc_macro::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Error, Field, Fields, LitStr, parse_macro_input, spanned::Spanned as _};

/// Builds each field from the environment: one with `#[variable("NAME")]` from that variable, by
/// `FromVariable`; any other by its own `FromEnvironment`.
#[proc_macro_derive(FromEnvironment, attributes(variable))]
pub fn from_environment(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    expand(&input).unwrap_or_else(|error| error.to_compile_error()).into()
}

fn expand(input: &DeriveInput) -> Result<proc_macro2::TokenStream, Error> {
    let Data::Struct(data) = &input.data else {
        return Err(Error::new(input.span(), "only a struct is built from its environment"));
    };
    let built = data.fields.iter().map(build).collect::<Result<Vec<_>, _>>()?;
    let built = match data.fields {
        Fields::Unnamed(_) => quote! { Self(#(#built),*) },
        _ => quote! { Self { #(#built),* } },
    };
    let (name, (generics, types, bounds)) = (&input.ident, input.generics.split_for_impl());
    Ok(quote! {
        impl #generics ::souk_wiring::FromEnvironment for #name #types #bounds {
            async fn from_environment(
                environment: &::souk_wiring::Environment,
            ) -> ::std::result::Result<Self, ::souk_wiring::ConfigError> {
                ::std::result::Result::Ok(#built)
            }
        }
    })
}

fn build(field: &Field) -> Result<proc_macro2::TokenStream, Error> {
    let (name, kind) = (field.ident.iter(), &field.ty);
    let variable = field.attrs.iter().find(|attribute| attribute.path().is_ident("variable"));
    let value = match variable {
        Some(variable) => {
            let variable: LitStr = variable.parse_args()?;
            quote! { <#kind as ::souk_wiring::FromVariable>::from_variable(environment, #variable)? }
        }
        None => quote! { <#kind as ::souk_wiring::FromEnvironment>::from_environment(environment).await? },
    };
    Ok(quote! { #(#name:)* #value })
}

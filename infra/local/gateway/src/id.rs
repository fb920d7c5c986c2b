//! Identifiers in Stripe's form.

/// A new id: the prefix, an underscore and 24 random letters and digits.
pub fn fresh(prefix: &str) -> String {
    let random: String = std::iter::repeat_with(fastrand::alphanumeric).take(24).collect();
    format!("{prefix}_{random}")
}

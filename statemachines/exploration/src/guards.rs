//! A protocol's guards, each of which can be taken away.
//!
//! A guard is a condition of a write, a step's place in the sequence, or the way an answer is taken.
//! The tests take them away one at a time: the model must then break, or the guard protects nothing.

use std::{fmt::Debug, marker::PhantomData};

/// One guard of a protocol: an enum that [`guards!`](crate::guards) makes.
pub trait Guard: Copy + Debug + Eq + Send + Sync + 'static {
    /// All of them, in the protocol's order.
    const ALL: &'static [Self];

    /// The step that it belongs to.
    fn step(self) -> &'static str;

    /// What it demands.
    fn rule(self) -> &'static str;

    /// Its place in [`Guard::ALL`].
    fn number(self) -> u32;
}

/// Makes an enum of guards from lines of `Name, "step", "what it demands";`.
#[macro_export]
macro_rules! guards {
    ($(#[$doc:meta])* $guards:ident: $($name:ident, $step:literal, $rule:literal;)*) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $guards {
            $(#[doc = concat!($step, ": ", $rule, ".")] $name,)*
        }

        impl $crate::Guard for $guards {
            const ALL: &'static [Self] = &[$(Self::$name,)*];

            fn step(self) -> &'static str {
                match self { $(Self::$name => $step,)* }
            }

            fn rule(self) -> &'static str {
                match self { $(Self::$name => $rule,)* }
            }

            fn number(self) -> u32 {
                self as u32
            }
        }

        // One bit each.
        const _: () = assert!(<$guards as $crate::Guard>::ALL.len() <= 128);
    };
}

/// Which guards are in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Guards<G> {
    bits: u128,
    of: PhantomData<G>,
}

impl<G: Guard> Guards<G> {
    /// The whole protocol.
    pub const ALL: Self = Self { bits: u128::MAX, of: PhantomData };

    /// All of these but one.
    #[must_use]
    pub fn without(self, guard: G) -> Self {
        Self { bits: self.bits & !(1 << guard.number()), ..self }
    }

    /// True where this guard is in force.
    pub fn has(self, guard: G) -> bool {
        self.bits & (1 << guard.number()) != 0
    }
}

//! Lambda handlers of the user pool.
#![forbid(unsafe_code)]

pub mod staff_groups;

souk_runtime::functions! {
    task "staff-groups" => staff_groups::handle,
}

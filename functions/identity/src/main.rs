//! The program of the identity context: see `souk_runtime::functions`.

use souk_fn_identity::staff_groups;

souk_runtime::functions! {
    task "staff-groups" => staff_groups::handle,
}

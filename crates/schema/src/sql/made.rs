//! Steps that need a name.

use super::super::step::{Name, SchemaAction};

pub(super) fn make_unknown_create(why: &str) -> SchemaAction {
    SchemaAction::Unknown {
        why: why.to_owned(),
    }
}

pub(super) fn make_named_action(
    name: Option<Name>,
    make: impl FnOnce(Name) -> SchemaAction,
) -> SchemaAction {
    name.map_or_else(|| make_unknown_create("the name is missing"), make)
}

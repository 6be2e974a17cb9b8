//! What the program runs on.

pub(super) mod application_image;
pub(super) mod base_image;
mod changes;
mod chart_selector;
pub(super) mod chart_values;
pub(super) mod database_statement;
pub(super) mod declared_in_program;
pub(super) mod definition;
pub(super) mod definition_schema;
mod image;
pub(super) mod images;
pub(super) mod immutable;
mod immutable_fields;
mod installed_stores;
pub(super) mod keeps_running;
pub(crate) mod manifest;
pub(super) mod pipeline;
mod rendered;
pub(super) mod resource_added;
pub(super) mod resource_removed;
pub(super) mod store_attribute;
pub(super) mod store_image;
mod template;
mod terraform;

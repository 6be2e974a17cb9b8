//! The person's own settings: a theme and more keys.

pub mod entries;
pub mod own_key;
pub mod reading;
pub mod schema;

//! Libraries and runtimes: manifests and lock files of the usual package managers, compared by name
//! and version.

pub(super) mod added;
pub(super) mod changed;
mod installed;
mod library;
pub(super) mod major_change;
mod read;
pub(super) mod removed;
pub(super) mod runtime;
pub(super) mod stored_format;
mod version;

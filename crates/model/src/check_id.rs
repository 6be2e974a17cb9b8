//! Ids of checks, and those of them that more than their own room has to know.

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;

use serde::{Deserialize, Serialize};

/// Id of a check, `database/not-null-without-default`; `backout explain` knows it. It is made where
/// a check is declared, or read from a saved file, whose checks this version need not
/// know.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CheckId(Cow<'static, str>);

impl CheckId {
    /// The previous release reads a key that the configuration of current no longer sets.
    pub const KEY_REMOVED: Self = Self::named("config/key-removed");
    /// A column that a migration fills: it is filled again for rows that the previous release
    /// writes meanwhile.
    pub const BACKFILL_AGAIN: Self = Self::named("database/backfill-again");
    /// The previous release has a security hole that current closed.
    pub const HOLE_REOPENED: Self = Self::named("security/hole-reopened");
    /// Stored rows were rewritten.
    pub const DATA_REWRITTEN: Self = Self::named("database/data-rewritten");
    /// The previous release repairs the history of its migration tool by itself.
    pub const HISTORY_REPAIRED: Self = Self::named("database/history-repaired");
    /// A list in program text grows by what the previous release does not have.
    pub const LIST_GROWS: Self = Self::named("stored-form/list-grows");
    /// A library that reads stored data changes its version.
    pub const LIBRARY_VERSION: Self = Self::named("stored-form/library-version");
    /// A side of the deployment can stay up.
    pub const STAGED: Self = Self::named("deployment/staged");
    /// The cluster stores a definition that previous no longer serves.
    pub const DEFINITION_STORED: Self = Self::named("infrastructure/definition-stored");
    /// A field that the cluster does not let anybody change.
    pub const IMMUTABLE_FIELD: Self = Self::named("infrastructure/immutable-field");
    /// Progress is kept under another name.
    pub const PROGRESS_NAME: Self = Self::named("stored-form/progress-name");
    /// What is stored or sent lies in another place.
    pub const PLACE_MOVED: Self = Self::named("stored-form/place-moved");
    /// Browsers keep something that only the newer release gave them.
    pub const KEPT_BY_CLIENTS: Self = Self::named("stored-form/kept-by-clients");
    /// A member of an enumeration that is stored by its place has another place.
    pub const POSITION_MOVED: Self = Self::named("stored-form/position-moved");
    /// Previous drops stored data by itself when it starts.
    pub const EMPTIED_AT_START: Self = Self::named("stored-form/emptied-at-start");
    /// The version of something that is stored rises.
    pub const VERSION_RAISED: Self = Self::named("stored-form/version-raised");
    /// Something that only the newer release has goes on running.
    pub const KEEPS_RUNNING: Self = Self::named("infrastructure/keeps-running");
    /// The image of a data store, which does not read the files of a newer one.
    pub const STORE_IMAGE: Self = Self::named("infrastructure/store-image");

    /// Those that are named above; each is one of the registry.
    pub const NAMED: [Self; 18] = [
        Self::KEY_REMOVED,
        Self::BACKFILL_AGAIN,
        Self::DATA_REWRITTEN,
        Self::HISTORY_REPAIRED,
        Self::HOLE_REOPENED,
        Self::LIST_GROWS,
        Self::LIBRARY_VERSION,
        Self::STAGED,
        Self::DEFINITION_STORED,
        Self::IMMUTABLE_FIELD,
        Self::PROGRESS_NAME,
        Self::PLACE_MOVED,
        Self::KEPT_BY_CLIENTS,
        Self::POSITION_MOVED,
        Self::EMPTIED_AT_START,
        Self::VERSION_RAISED,
        Self::KEEPS_RUNNING,
        Self::STORE_IMAGE,
    ];

    const fn named(id: &'static str) -> Self {
        Self(Cow::Borrowed(id))
    }

    /// Of a check that this version has, as its documentation declares it.
    pub const fn declared(id: &'static str) -> Self {
        Self::named(id)
    }

    /// As a saved file has it, whatever version wrote it.
    pub fn saved(id: impl Into<String>) -> Self {
        Self(Cow::Owned(id.into()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What it found is work that has to be done again once the newer release or a fix is live.
    pub fn is_done_again(&self) -> bool {
        [Self::BACKFILL_AGAIN, Self::DATA_REWRITTEN].contains(self)
    }
}

impl Deref for CheckId {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CheckId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl PartialEq<str> for CheckId {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for CheckId {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

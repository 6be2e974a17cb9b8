//! One change of contents under many paths: where nothing else of the paths counts, its row is made
//! once.

use std::collections::HashMap;

use model::FileChange;

use super::standing_row::DomainStandings;
use super::understood_lines::InfrastructureFormat;

// 300 files of one text were worked out line by line each; the answer is the same for all
/// Which reader makes a row, and all that it takes from the path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum RowOf {
    /// Settings, by their lines alone.
    Settings,
    /// What the program runs on.
    Infrastructure(InfrastructureWay),
}

/// What the path of a file of infrastructure says about how its text is read; two files of one text
/// that are read in the same way stand alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct InfrastructureWay {
    pub form: Option<InfrastructureFormat>,
    pub pipeline: bool,
    pub builds: bool,
    /// It builds, checks or serves, and keeps nothing.
    pub keeps_nothing: bool,
    /// It says how the program is served or started.
    pub serves: bool,
    /// What it describes may write to volumes that outlive it.
    pub volumes: bool,
    /// A pipeline that only checks.
    pub only_checks: bool,
    /// Its commands run by themselves: a pipeline.
    pub commands: bool,
    /// A workflow of a forge, whose jobs say what they can reach.
    pub workflow: bool,
}

/// A reader, and the contents before and after.
type Key = (RowOf, Option<String>, Option<String>);

/// Rows by what they were made from.
#[derive(Default)]
pub(super) struct KnownRows {
    known: HashMap<Key, DomainStandings>,
}

impl KnownRows {
    /// The row of a change; `make` makes it where no change of the same contents came before.
    /// Contents that carry no name of their own are read each time.
    pub(super) fn get(
        &mut self,
        of: RowOf,
        change: &FileChange,
        (old, new): (Option<&str>, Option<&str>),
        make: impl FnOnce() -> DomainStandings,
    ) -> DomainStandings {
        // a text without a name may be any, and two of them are not known to be equal
        let named = |text: Option<&str>, id: &Option<String>| {
            text.is_none() || id.as_ref().is_some_and(|id| !id.is_empty())
        };
        if !named(old, &change.old_id) || !named(new, &change.new_id) {
            return make();
        }
        let id = |text: Option<&str>, id: &Option<String>| text.and(id.clone());
        let key = (of, id(old, &change.old_id), id(new, &change.new_id));
        self.known.entry(key).or_insert_with(make).clone()
    }
}

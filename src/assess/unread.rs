//! What of a repository is not there or is beyond what is read, before anything is compared.

use crate::model::{RepositoryInfo, Unchecked};
use crate::repository::Releases;

/// History that a shallow clone lacks, and tags beyond the most that are read.
pub(super) fn list_unread_history(info: &RepositoryInfo, releases: &Releases) -> Vec<Unchecked> {
    let mut found = Vec::new();
    let mut add = |what: String, why: &str, settle_with: &str| {
        found.push(Unchecked {
            what: what.into(),
            why: why.into(),
            settle_with: Some(settle_with.into()),
        })
    };
    if info.shallow {
        add(
            "the history that this clone leaves out".to_owned(),
            "this clone does not hold the whole history",
            "git fetch --unshallow",
        );
    }
    if releases.unread_tags > 0 {
        let why = "there are more tags than are read, so newer releases, and the ones between \
            these two, can be missing";
        add(
            format!("{} tags", releases.unread_tags),
            why,
            "narrow them with --tag-pattern, such as 'v*', or name both releases",
        );
    }
    found
}

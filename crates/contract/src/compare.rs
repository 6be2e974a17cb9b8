//! Two sets of contract files against each other, without git and without a repository around them.

use std::collections::BTreeSet;

use super::changed_file::ChangedContractFile;
use super::gather::ContractGatherer;
use super::{detect, finish_contract_outcome};
use coverage::ContractOutcome;
use model::{Config, Snapshot};

/// Compares every contract of two trees. Two single contract files of different names are taken for
/// one that was renamed. Paths named in no folder rule are left out here: who names a file wants it
/// compared.
pub fn compare_files(old: &dyn Snapshot, new: &dyn Snapshot) -> ContractOutcome {
    let paths = |tree: &dyn Snapshot| -> Vec<String> {
        tree.list()
            .iter()
            .map(|entry| entry.path.clone())
            .filter(|path| detect::may_be(path))
            .collect()
    };
    let (mut was, mut is) = (paths(old), paths(new));
    // who names two files means them, whatever they are called
    if let ([a], [b]) = (old.list(), new.list()) {
        (was, is) = (vec![a.path.clone()], vec![b.path.clone()]);
    }
    let mut files: Vec<ChangedContractFile> = Vec::new();
    let mut sure = Vec::new();
    if let ([a], [b]) = (was.as_slice(), is.as_slice()) {
        files.push(ChangedContractFile {
            old: Some(a.clone()),
            new: Some(b.clone()),
        });
        sure.push(b.clone());
    } else {
        let all: BTreeSet<&String> = was.iter().chain(&is).collect();
        let (before, after): (BTreeSet<&String>, BTreeSet<&String>) =
            (was.iter().collect(), is.iter().collect());
        for path in all {
            let side = |paths: &BTreeSet<&String>| paths.contains(path).then(|| path.clone());
            let (a, b) = (side(&before), side(&after));
            let same = a.is_some()
                && b.is_some()
                && matches!((old.read(path), new.read(path)), (Ok(a), Ok(b)) if a == b);
            if !same {
                files.push(ChangedContractFile { old: a, new: b });
            }
        }
        pair_renames(&mut files, old, new);
    }
    let named: Vec<String> = files.iter().map(|file| file.path().to_owned()).collect();
    finish_contract_outcome(
        ContractGatherer::run(old, new, &files, &named, &sure),
        &[],
        &Config::default(),
        "",
    )
}

/// Whether a file that somebody names can be a contract at all: running text is none, and comparing
/// against it would find nothing changed. A file that cannot be read counts, because the comparison
/// tells why.
pub fn can_be_contract(tree: &dyn Snapshot, path: &str) -> bool {
    // the comparison says why it cannot be read
    let Ok(text) = tree.read_text(path) else {
        return true;
    };
    let parsed = || {
        span_tree::Tree::parse(&text).is_ok_and(|tree| {
            tree.root()
                .is_some_and(|root| root.text().is_none() || root.as_bool().is_some())
        })
    };
    // a text in quotes is JSON too; running text parses as one YAML scalar
    detect::kind_of_named(path, &text).is_some() || text.trim_start().starts_with('"') || parsed()
}

/// Compares the paths as a release would, where nobody names a file.
#[cfg(test)]
pub(super) fn compare_with(
    old: &dyn Snapshot,
    new: &dyn Snapshot,
    paths: &[&str],
) -> ContractOutcome {
    let files: Vec<ChangedContractFile> = paths
        .iter()
        .map(|path| ChangedContractFile {
            old: Some((*path).to_owned()),
            new: Some((*path).to_owned()),
        })
        .collect();
    finish_contract_outcome(
        ContractGatherer::run(old, new, &files, &[], &[]),
        &[],
        &Config::default(),
        "",
    )
}

/// Files of one side only with equal contents on the other are the same file under another name.
fn pair_renames(files: &mut Vec<ChangedContractFile>, old: &dyn Snapshot, new: &dyn Snapshot) {
    let gone: Vec<String> = files
        .iter()
        .filter(|file| file.new.is_none())
        .filter_map(|file| file.old.clone())
        .collect();
    for path in gone {
        let Ok(text) = old.read(&path) else { continue };
        let twin = files.iter().position(|file| {
            file.old.is_none()
                && file
                    .new
                    .as_ref()
                    .is_some_and(|other| new.read(other).is_ok_and(|own| own == text))
        });
        if let Some(at) = twin {
            files[at].old = Some(path.clone());
            files.retain(|file| !(file.new.is_none() && file.old.as_deref() == Some(&path)));
        }
    }
}

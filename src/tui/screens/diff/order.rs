//! The order of the files: riskiest first, in folders that can be folded.

use std::collections::{BTreeMap, HashMap};

use crate::model::{FileChange, FileKind, Finding, Severity};
use crate::tui::screens::diff::state::{DiffPart, DiffScreen, FileTreeRow, split_folder_and_name};

/// The worst that findings say of each file, where it is more than a note.
fn find_worst_findings(findings: &[Finding]) -> HashMap<&str, Severity> {
    let mut worst: HashMap<&str, Severity> = HashMap::new();
    for finding in findings {
        if !matches!(finding.severity, Severity::Blocks | Severity::Warns) {
            continue;
        }
        for path in finding.evidence.iter().filter_map(|place| place.raw_path()) {
            let known = worst.entry(path).or_insert(finding.severity);
            if finding.severity == Severity::Blocks {
                *known = Severity::Blocks;
            }
        }
    }
    worst
}

/// The worst that findings say of a file, and what a person reads first: what going back meets, then
/// what runs, then what only people read.
fn rank_file(file: &FileChange, worst: &HashMap<&str, Severity>) -> (u8, u8) {
    let found = [Some(file.path.as_str()), file.old_path.as_deref()]
        .into_iter()
        .flatten()
        .filter_map(|path| worst.get(path))
        .map(|severity| u8::from(*severity != Severity::Blocks))
        .min();
    let kind = match file.kind {
        FileKind::Database | FileKind::Contract => 0,
        FileKind::Config | FileKind::Infrastructure => 1,
        FileKind::Code | FileKind::Dependency | FileKind::Other => 2,
        FileKind::Markup | FileKind::Styling => 3,
        FileKind::Test => 4,
        FileKind::Documentation => 5,
    };
    (found.unwrap_or(2), kind)
}

/// Puts the files that are shown in their order, and below their folders.
pub(super) fn sort_diff_files(state: &mut DiffScreen, all: &[FileChange], findings: &[Finding]) {
    let wanted = |file: &FileChange| match &state.part {
        DiffPart::Everything => true,
        DiffPart::Kind(kind) => file.kind == *kind,
        DiffPart::Component(name) => file.component.as_ref() == Some(name),
    };
    let worst = find_worst_findings(findings);
    let mut ranked: Vec<(usize, &FileChange, (u8, u8))> = all
        .iter()
        .enumerate()
        .filter(|(_, file)| wanted(file))
        .map(|(at, file)| (at, file, rank_file(file, &worst)))
        .collect();
    ranked.sort_by_key(|(_, file, rank)| (*rank, split_folder_and_name(&file.path)));
    let files: Vec<usize> = ranked.iter().map(|(at, ..)| *at).collect();
    let marks = ranked
        .iter()
        .filter_map(|(at, _, (found, _))| match found {
            0 => Some((*at, Severity::Blocks)),
            1 => Some((*at, Severity::Warns)),
            _ => None,
        })
        .collect();
    let flat = fold_in_place(&ranked, &state.folded);
    // a folder stands where its weightiest file would
    let mut folders: BTreeMap<&str, (u8, u8)> = BTreeMap::new();
    for (_, file, rank) in &ranked {
        let here = folders
            .entry(split_folder_and_name(&file.path).0)
            .or_insert(*rank);
        *here = (*rank).min(*here);
    }
    ranked.sort_by_key(|(_, file, rank)| {
        let (folder, name) = split_folder_and_name(&file.path);
        (folders.get(folder).copied(), folder, *rank, name)
    });
    let mut tree: Vec<FileTreeRow> = Vec::new();
    let mut folder = None;
    for (at, file, _) in &ranked {
        let (here, _) = split_folder_and_name(&file.path);
        if folder != Some(here) {
            tree.push(FileTreeRow::Folder(here.to_owned()));
            folder = Some(here);
        }
        if !state.folded.contains(here) {
            tree.push(FileTreeRow::File(*at));
        }
    }
    (state.files, state.marks, state.flat, state.tree) = (files, marks, flat, tree);
}

/// The files in their order; of a folder that is folded one row, where its first file would stand.
fn fold_in_place(
    ranked: &[(usize, &FileChange, (u8, u8))],
    folded: &std::collections::BTreeSet<String>,
) -> Vec<FileTreeRow> {
    let mut rows = Vec::new();
    let mut shown = std::collections::BTreeSet::new();
    for (at, file, _) in ranked {
        let (folder, _) = split_folder_and_name(&file.path);
        if !folded.contains(folder) {
            rows.push(FileTreeRow::File(*at));
        } else if shown.insert(folder) {
            rows.push(FileTreeRow::Folder(folder.to_owned()));
        }
    }
    rows
}

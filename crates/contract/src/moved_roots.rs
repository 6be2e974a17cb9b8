//! Documents that moved: one that went and one that came are the same where they say so.

use super::changed_file::{ChangedContractFile, Seen};
use model::ContractKind;

// git pairs files by their lines; a contract that was moved and rewritten keeps its title
/// A document that went and one that came under the same title are one that moved.
pub(super) fn pair_by_title(roots: &mut Vec<(ChangedContractFile, ContractKind)>, seen: &[Seen]) {
    let title = |file: &ChangedContractFile| {
        let found = seen.iter().find(|other| other.file == *file)?;
        let text = found.new.as_ref().or(found.old.as_ref())?;
        let (tree, _) = super::template::read_tree(text.clone()).ok()?;
        tree.root()?
            .at(&["info", "title"])?
            .text()
            .map(str::to_owned)
    };
    let gone: Vec<ChangedContractFile> = roots
        .iter()
        .filter(|(file, _)| file.new.is_none())
        .map(|(file, _)| file.clone())
        .collect();
    let came: Vec<ChangedContractFile> = roots
        .iter()
        .filter(|(file, _)| file.old.is_none())
        .map(|(file, _)| file.clone())
        .collect();
    if gone.is_empty() || came.is_empty() {
        return;
    }
    for old in gone {
        let Some(name) = title(&old) else { continue };
        let Some(new) = came.iter().find(|new| title(new).as_deref() == Some(&name)) else {
            continue;
        };
        if let Some((entry, _)) = roots
            .iter_mut()
            .find(|(file, _)| file == new && file.old.is_none())
        {
            entry.old.clone_from(&old.old);
            roots.retain(|(file, _)| *file != old);
        }
    }
}

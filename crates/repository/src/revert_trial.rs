//! Whether one commit could be reverted on current, tried in memory: what libgit2 would write goes
//! to a pack that is thrown away.

use git2::{DiffOptions, MergeOptions, Oid};

use model::{Release, RevertTrial, escape_invisible};

use super::handles::Handles;
use super::history::commit_id;
use super::walk::display_path;

/// Most files that are named.
const FILES: usize = 500;

/// Tries the revert. A merge is reverted along its first parent.
pub fn revert_trial(handles: &Handles, current: &Release, commit: &str) -> RevertTrial {
    // a handle of its own, since objects in memory would stay visible to the next reader
    let handle = match handles.fresh() {
        Ok(handle) => handle,
        Err(error) => return RevertTrial::Impossible(error.to_string()),
    };
    let current = match commit_id(current) {
        Ok(id) => id,
        Err(error) => return RevertTrial::Impossible(error.to_string()),
    };
    attempt_revert(&handle, current, commit).unwrap_or_else(|error| {
        let says = escape_invisible(error.message()).into_owned();
        RevertTrial::Impossible(match error.code() {
            git2::ErrorCode::NotFound => {
                format!(
                    "the revert cannot be tried because an object is not in this clone \
                    ({says}); `git fetch --refetch --no-filter` brings it"
                )
            }
            _ => format!("the revert cannot be tried: {says}"),
        })
    })
}

fn attempt_revert(
    repo: &git2::Repository,
    current: Oid,
    commit: &str,
) -> Result<RevertTrial, git2::Error> {
    let odb = repo.odb()?;
    // merged files become objects; they must never reach the repository
    let _in_memory = odb.add_new_mempack_backend(1000)?;
    let reverted = repo.revparse_single(commit)?.peel_to_commit()?;
    let ours = repo.find_commit(current)?;
    if reverted.parent_count() == 0 {
        return Ok(RevertTrial::Impossible(
            "the first commit of a history cannot be reverted".to_owned(),
        ));
    }
    // a revert of what current does not have may apply cleanly and would change nothing
    if reverted.id() != current && !repo.graph_descendant_of(current, reverted.id())? {
        return Ok(RevertTrial::Impossible(format!(
            "{:.12} is not part of the current release",
            reverted.id()
        )));
    }
    // git demands the side to keep; the first parent is the branch that it was merged into
    let mainline = u32::from(reverted.parent_count() > 1);
    let index = repo.revert_commit(
        &reverted,
        &ours,
        mainline,
        // conflicts are what is asked for, so the merge has to go on behind the first one
        Some(MergeOptions::new().fail_on_conflict(false)),
    )?;
    if index.has_conflicts() {
        let mut files: Vec<String> = Vec::new();
        for conflict in index.conflicts()?.take(FILES) {
            let conflict = conflict?;
            if let Some(entry) = conflict.our.or(conflict.their).or(conflict.ancestor) {
                files.push(display_path(&entry.path));
            }
        }
        files.sort();
        files.dedup();
        return Ok(RevertTrial::Conflicts { files });
    }
    let tree = ours.tree()?;
    let diff = repo.diff_tree_to_index(
        Some(&tree),
        Some(&index),
        Some(DiffOptions::new().context_lines(0)),
    )?;
    let mut files: Vec<String> = diff
        .deltas()
        .take(FILES)
        .filter_map(|delta| {
            delta
                .new_file()
                .path_bytes()
                .or(delta.old_file().path_bytes())
                .map(display_path)
        })
        .collect();
    files.sort();
    Ok(if files.is_empty() {
        // the change is there no more: somebody took it back already
        RevertTrial::Empty
    } else {
        RevertTrial::Clean { files }
    })
}

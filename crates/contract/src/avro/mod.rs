//! Avro schemas and protocols: can each side read what the other wrote?

mod compare;
mod diff;
mod fields;
mod read;
mod union;

use super::broken::describe_unreadable;
use super::change::{ChangeSubject, Log};
use super::changed_file::ChangedContractFile;
use super::document::{LineIndex, Spot, cut_line_excerpt};
use super::template::read_tree;
use model::Unchecked;

/// Compares one file; returns what could not be read.
pub(super) fn compare_avro_file(
    file: &ChangedContractFile,
    old: Option<&str>,
    new: Option<&str>,
    log: &mut Log,
) -> Vec<Unchecked> {
    let path = file.path();
    let mut problems = Vec::new();
    let mut tree = |side: Option<&str>, path: &str| {
        let text = side?;
        let read = read_tree(text.to_owned()).map_err(|error| error.to_string());
        // Avro itself refuses a record with a field twice
        let whole = read.and_then(|(tree, _)| match read::find_double_field(&tree) {
            Some((line, why)) => Err(format!("line {line}: {why}")),
            None => Ok(tree),
        });
        match whole {
            Ok(tree) => Some(tree),
            Err(why) => {
                problems.push(Unchecked {
                    what: path.into(),
                    why: format!("it is not readable: {why}").into(),
                    settle_with: Some("repair the file, or compare by hand".into()),
                });
                None
            }
        }
    };
    let old_path = file.old.as_deref().unwrap_or(path);
    let (a, b) = (tree(old, old_path), tree(new, path));
    let indexes = [old, new].map(|text| text.map(LineIndex::new).unwrap_or_default());
    let whole = |path: &str, text: Option<&str>| {
        text.map(|text| Spot {
            path: path.to_owned(),
            line: 1,
            excerpt: cut_line_excerpt(text, &LineIndex::new(text), 1, text.lines().count().max(1)),
        })
    };
    match (&a, &b, file.old.is_some(), file.new.is_some()) {
        (Some(a), Some(b), ..) => compare::compare_avro_schemas(
            diff::AvroSide {
                path: old_path,
                text: old.unwrap_or(""),
                index: &indexes[0],
                tree: a,
            },
            diff::AvroSide {
                path,
                text: new.unwrap_or(""),
                index: &indexes[1],
                tree: b,
            },
            log,
        ),
        // a side that is there and cannot be read is no side that is missing
        (None, Some(b), false, _) => log.note(
            "avro-schema-added",
            &read::find_avro_title(b, path),
            format!("{path} is new"),
            None,
            whole(path, new),
            ChangeSubject::None,
        ),
        (Some(a), None, _, false) => log.note(
            "avro-schema-removed",
            &read::find_avro_title(a, path),
            format!("{path} is gone"),
            whole(old_path, old),
            None,
            ChangeSubject::None,
        ),
        // equal texts are equal, also where neither can be read
        _ if old == new => {}
        _ => log.note(
            "unreadable",
            path,
            describe_unreadable(
                path,
                (old.is_none() || a.is_some(), new.is_none() || b.is_some()),
                problems.first().map(|problem| problem.why.as_raw()),
            ),
            whole(old_path, old),
            whole(path, new),
            ChangeSubject::None,
        ),
    }
    problems
}

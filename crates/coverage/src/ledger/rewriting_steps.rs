//! Does a change feed a step that rewrites rows? A step of an upgrade holds its statement once, and
//! lists and constants say what it walks through: one more word there rewrites more rows, and no
//! changed line holds a statement.

use super::is_program;
use super::place::{is_live, is_vendored};
use super::signs::{LedgerSign, find_sign_lines};
use crate::changed_lines::ChangedLine;
use model::{FileChange, FileStatus, Snapshot};

/// Most steps that are read, and the longest, in bytes.
const STEPS: usize = 60;
const LENGTH: usize = 1024 * 1024;

/// Lines above a changed one in which the list that holds it may begin.
const ABOVE: usize = 200;

/// Words of bulk updates as the search wants them: lower case.
const CALLS: [&str; 16] = [
    "updatemany",
    "update_many",
    "updateall",
    "update_all",
    "bulkwrite",
    "bulk_write",
    "bulk_update",
    "bulkupdate",
    "executeupdate",
    "execute_update",
    "update_columns",
    "find_each",
    "in_batches",
    "update_by_query",
    "updatebyquery",
    "update ",
];

/// Program text whose path says that it moves what is stored from one release to the next.
pub(super) fn is_step(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    ["migrat", "upgrade", "backfill"]
        .iter()
        .any(|word| lower.contains(word))
}

/// A bulk update in a file whose purpose is to rewrite: a migration, a routine, a command, a job;
/// or in a file that is new.
pub(super) fn rewrites_by_purpose(change: &FileChange) -> bool {
    let lower = change.path.to_ascii_lowercase();
    let purpose = [
        "migrat", "upgrade", "backfill", "convert", "routine", "task", "command", "job", "worker",
        "fix", "script", "update", "patch",
    ];
    change.status == FileStatus::Added && purpose.iter().any(|word| lower.contains(word))
        || ["migrat", "backfill", "upgrade"]
            .iter()
            .any(|word| lower.contains(word))
}

/// A new file that runs once and moves rows, beside the migrations of the schema: by its folder, by
/// a version in its name where the folder alone tells too little, or by the library that runs it.
pub(super) fn moves_rows_once(change: &FileChange, text: &str) -> bool {
    if change.status != FileStatus::Added {
        return false;
    }
    let lower = change.path.to_ascii_lowercase();
    let (folder, name) = lower.rsplit_once('/').unwrap_or(("", &lower));
    if name.starts_with("__init__") || name.starts_with("index.") {
        return false;
    }
    let bare = |part: &str| part.replace(['_', '-'], "");
    let digits = bare(name).bytes().take_while(u8::is_ascii_digit).count();
    let named = folder.split('/').any(|part| {
        matches!(
            bare(part).as_str(),
            "datamigrations"
                | "datamigration"
                | "manualmigrations"
                | "onetimeoperations"
                | "datapatches"
                | "afterparty"
                | "dataoperations"
                | "backfills"
        )
    });
    // `db/data` of data_migrate, `operations` of one-time operations, `patches` of Frappe
    let versioned = digits >= 8
        && (format!("/{folder}/").contains("/db/data/")
            || folder.split('/').any(|part| {
                matches!(
                    bare(part).as_str(),
                    "operations" | "patches" | "postdeploy" | "postdeployment"
                )
            }));
    const LIBRARIES: [&str; 6] = [
        "MaintenanceTasks::Task",
        "OneTimeOperation",
        "DataMigration::",
        "SimpleDataMigration",
        "AfterParty",
        "DataMigrate",
    ];
    named || versioned || LIBRARIES.iter().any(|library| text.contains(library))
}

/// The text holds a statement or a call that rewrites many rows.
pub(super) fn rewrites_rows(text: &str) -> bool {
    let lines: Vec<(usize, &str)> = text
        .lines()
        .enumerate()
        .map(|(at, line)| (at + 1, line))
        .collect();
    find_sign_lines(&lines)
        .iter()
        .any(|line| line.shows(LedgerSign::RowsRewritten))
}

/// Steps of the newer release that rewrite rows, by path.
#[derive(Debug, Default)]
pub(super) struct RewritingSteps {
    texts: Vec<(String, String)>,
}

impl RewritingSteps {
    /// One search of the tree.
    pub(super) fn find(tree: &dyn Snapshot) -> Self {
        let words = CALLS.map(str::to_owned);
        let files =
            |path: &str| is_step(path) && is_program(path) && is_live(path) && !is_vendored(path);
        let (hits, _) = tree.search_many(&words, true, STEPS, &files);
        let mut paths: Vec<String> = hits.into_iter().map(|hit| hit.path).collect();
        paths.sort();
        paths.dedup();
        let texts = paths.into_iter().take(STEPS).filter_map(|path| {
            let text = tree.read_text(&path).ok()?;
            (text.len() <= LENGTH && rewrites_rows(&text)).then_some((path, text))
        });
        Self {
            texts: texts.collect(),
        }
    }

    /// The list or constant of a file that changed and that a step of another file names, and the
    /// path of that step.
    pub(super) fn find_fed(
        &self,
        path: &str,
        text: &str,
        changed: &[ChangedLine<'_>],
    ) -> Option<(String, &str)> {
        if self.texts.is_empty() || changed.is_empty() {
            return None;
        }
        let lines: Vec<&str> = text.lines().collect();
        let mut names: Vec<&str> = changed
            .iter()
            .take(ABOVE)
            .filter_map(|(line, _)| find_constant(&lines, *line))
            .collect();
        names.dedup();
        // the step names the file that it takes the constant from, or lies beside it
        let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
        let stem = file.split('.').next().unwrap_or(file);
        let near = |other: &str, text: &str| {
            other.rsplit_once('/').map_or("", |(folder, _)| folder) == folder
                || text_scan::has_whole_word(text, stem)
        };
        names.into_iter().find_map(|name| {
            let (step, _) = self.texts.iter().find(|(other, text)| {
                other != path && near(other, text) && text_scan::has_whole_word(text, name)
            })?;
            Some((name.to_owned(), step.as_str()))
        })
    }
}

/// The constant whose value holds a line: the nearest line at or above it that stands further left
/// and gives a list, a table or a text to a name in capitals or to an exported one.
fn find_constant<'l>(lines: &[&'l str], line: usize) -> Option<&'l str> {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let own = lines.get(line.checked_sub(1)?)?;
    let mut depth = indent(own);
    if let Some(name) = given_constant(own) {
        return Some(name);
    }
    for above in lines.get(..line - 1)?.iter().rev().take(ABOVE) {
        if above.trim().is_empty() || indent(above) >= depth {
            continue;
        }
        if let Some(name) = given_constant(above) {
            return Some(name);
        }
        depth = indent(above);
        if depth == 0 {
            return None;
        }
    }
    None
}

/// The name in capitals, or one that a line at the left edge exports, that the line gives a value.
fn given_constant(line: &str) -> Option<&str> {
    let (left, _) = line.split_once('=')?;
    let left = left.split(':').next().unwrap_or(left);
    let name = left
        .split(|c: char| !c.is_alphanumeric() && c != '_')
        .rfind(|word| !word.is_empty())?;
    let capitals = name.len() > 3
        && name.chars().any(|c| c.is_ascii_uppercase())
        && !name.chars().any(|c| c.is_ascii_lowercase());
    let exported = [
        "export const ",
        "export let ",
        "pub const ",
        "pub static ",
        "exports.",
    ]
    .iter()
    .any(|word| line.starts_with(word))
        || line.starts_with("var ") && name.starts_with(|c: char| c.is_ascii_uppercase());
    (capitals || exported && name.len() > 5).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::super::tests::one;
    use super::*;
    use model::CoverageDomain as D;

    #[test]
    fn a_word_more_in_a_list_of_a_rewriting_step_is_open() {
        let step = |flags: &str| {
            format!(
                "const FLAGS = [\n  'allowsLabels',\n{flags}];\n\nasync function run(db) {{\n  for (const flag of FLAGS) {{\n    await db.collection('boards').updateMany({{ [flag]: null }}, {{ $set: {{ [flag]: true }} }});\n  }}\n}}\n"
            )
        };
        let (old, new) = (step(""), step("  'allowsFields',\n"));
        assert_eq!(
            one("server/upgradeSteps.js", &old, &new, D::Schema),
            "open:3"
        );
        let python = |more: &str| {
            format!(
                "KINDS = [\n    \"a\",\n{more}]\n\n\ndef run(db):\n    db.execute(\"UPDATE jar SET kind = 'x' WHERE kind = ANY(%s)\", KINDS)\n"
            )
        };
        let (old, new) = (python(""), python("    \"b\",\n"));
        assert_eq!(one("shelf/backfill.py", &old, &new, D::Schema), "open:3");
        // a page that tells how far an upgrade is rewrites nothing
        let page = |word: &str| format!("const WORDS = [\n  'a',\n{word}];\nshow(WORDS);\n");
        let (old, new) = (page(""), page("  'b',\n"));
        assert_eq!(
            one("client/upgradeProgress.js", &old, &new, D::Schema),
            "no-schema-sign"
        );
    }

    #[test]
    fn a_constant_that_a_step_of_another_file_names_is_found() {
        let step = "import { FLAGS } from './flags';\nexport const run = (db) => db.boards.updateMany({}, { $set: FLAGS });\n";
        let tree = model::MemorySnapshot::new([("server/migrations/run.js", step)]);
        let steps = RewritingSteps::find(&tree);
        let flags = "export const FLAGS = {\n  labels: true,\n  fields: true,\n};\nconst OTHERS = [\n  1,\n];\n";
        let fed = |line: usize| steps.find_fed("server/flags.js", flags, &[(line, "x")]);
        assert_eq!(
            fed(3),
            Some(("FLAGS".to_owned(), "server/migrations/run.js"))
        );
        assert_eq!(fed(6), None);
        let local = "function draw() {\n  const shared = [\n    1,\n  ];\n}\n";
        let names_local = [(
            "server/migrations/run.js",
            "const shared = 1;\nflags;\ndb.a.updateMany({});\n",
        )];
        let steps_of_local = RewritingSteps::find(&model::MemorySnapshot::new(names_local));
        assert_eq!(
            steps_of_local.find_fed("server/flags.js", local, &[(3, "1,")]),
            None
        );
        let elsewhere = steps.find_fed("client/page.js", flags, &[(3, "x")]);
        assert_eq!(elsewhere, None, "a step that takes it from another file");
    }
}

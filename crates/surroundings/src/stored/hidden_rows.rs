//! `stored-form/rows-hidden`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

use super::{LIMIT, StoredCheck, StoredInput, StoredOutcome, build_stored_finding, cite_text_line};
use coverage::changed_lines::ChangedLines;
use coverage::guard;
use coverage::place::{FileRole, classify_path_place};
use model::{
    CheckDeclaration, CheckDoc, Confidence, Direction, Domain, Evidence, FileKind, FileStatus,
    Severity, check_cases,
};
use text_scan::has_whole_word;

const DOC: CheckDoc = CheckDoc {
    id: "stored-form/rows-hidden",
    title: "The newer release hides rows by a column that the previous release does not know",
    domain: Domain::StoredForm,
    direction: Direction::Rollback,
    looks_for: "Columns that the range adds and by which program text of the newer release newly chooses rows: a condition in a statement, a filter of a mapping, a mark that deletes softly (SoftDeletes, DeleteDateColumn, paranoid, acts_as_paranoid, gorm.DeletedAt, SQLRestriction), a column of a tenant.",
    why: "The previous release works on the schema and reads without the condition: what people deleted is there again, drafts are published, and rows of one customer are shown to another. Nothing fails.",
    action: "Count the rows that the newer release hides. Move or remove them before the previous release starts, put a view with the condition in the place of the table, or go forward.",
    example: "jars gets deleted_at, and store.go reads WHERE deleted_at IS NULL from now on.",
    source: "Public reports: soft deletion, tenants and visibility added in one release.",
};

pub(super) const CHECK: StoredCheck = StoredCheck {
    declared: CheckDeclaration {
        doc: DOC,
        grades: None,
        place: module_path!(),
        cases: check_cases!(test, |_| super::fixture::try_fixtures(make_fixtures())),
    },
    run: find_hidden_rows,
};

// each is searched for in the whole of previous
/// Most names of new columns that are looked at.
const NAMES: usize = 200;
/// Most changed files of languages that nothing else here reads.
const OTHERS: usize = 500;

/// A line that declares a column: of a statement, a migration in a language, or a mapping.
static DECLARES: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r#"(?xi) \badd\s+(?:column\s+)?(?:if\s+not\s+exists\s+)?[`"\[]?[a-z_]\w+[`"\]]?\s+[a-z]
        | \b(?:add_?column|addfield|add|column|t\.\w+|table\.\w+|\$table->\w+|tablecolumn|newcolumn)\b .* ["':]
        | @(?:\w*Column|Field|Prop)\b | \b(?:models|fields|sa|orm|mapped_column|field)[.(]
        | `[^`]*\b(?:db|gorm|bun|sql|bson):"#,
    )
    .ok()
});

/// Names on such a line: after `add column`, in quotes, behind a colon, before an equals sign.
static NAME: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r#"(?xi) \badd\s+(?:column\s+)?(?:if\s+not\s+exists\s+)?[`"\[]?([a-z_]\w{2,})
        | ["'`:]([a-z_]\w{2,})["'`]? | ^\s*([a-z_]\w{2,})\s*[:=]"#,
    )
    .ok()
});

/// A line that chooses rows.
static CHOOSES: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?xi) \b(?:where|and|having)\s | \bis\s+(?:not\s+)?null\b
        | \b(?:where|filter|exclude|scope|restriction|reject|find|select|only|without|has)\w*\s*[({:'\x22@]
        | \b(?:is_nil|isNull|isNotNull|whereNull|HasQueryFilter)\b | __isnull | \bdefault_scope\b",
    )
    .ok()
});

/// Marks of libraries that hide rows by a column of their own, and that column.
const MARKS: [(&str, &str); 12] = [
    ("SoftDeletes;", "deleted_at"),
    ("@DeleteDateColumn", "a date of deletion"),
    ("paranoid: true", "deletedAt"),
    ("acts_as_paranoid", "deleted_at"),
    ("include Discard::Model", "discarded_at"),
    ("gorm.DeletedAt", "deleted_at"),
    ("gorm.Model", "deleted_at"),
    ("@SoftDelete", "its mark of deletion"),
    ("@SQLDelete", "its mark of deletion"),
    ("SafeDeleteModel", "its mark of deletion"),
    ("SoftDeleteableEntity", "deletedAt"),
    ("#[SoftDeleteable", "its field of deletion"),
];

fn find_hidden_rows(look: &StoredInput<'_>, outcome: &mut StoredOutcome) {
    let declared = list_new_columns(look);
    let known = look
        .files
        .iter()
        .filter(|file| !file.vendored && !file.old.is_empty() && !file.new.is_empty())
        .map(|file| (file.path.clone(), file.old.clone(), file.new.clone()));
    for (path, old, new) in known.chain(list_other_programs(look, !declared.is_empty())) {
        let lines = ChangedLines::between(Some(&old), Some(&new));
        let told = find_condition(&lines, &declared)
            .map(|(line, name, place)| (line, name, Some(place)))
            .or_else(|| find_mark(&lines, &old).map(|(line, name)| (line, name, None)));
        if let Some((line, name, place)) = told {
            let at = cite_text_line(&path, line, &new);
            tell_hidden(look, at, name, place, outcome);
        }
    }
}

/// Path and both texts of changed program text in languages that no other check takes apart, and
/// of queries in files of their own; nothing where no column is new.
fn list_other_programs<'a>(
    look: &'a StoredInput<'_>,
    wanted: bool,
) -> impl Iterator<Item = (String, String, String)> + 'a {
    let range = look.range;
    let others = range.changes.iter().filter(move |change| {
        wanted
            && matches!(change.kind, FileKind::Code | FileKind::Database)
            && matches!(change.status, FileStatus::Modified | FileStatus::Renamed)
            && guard::find_language(&change.path).is_none()
            && classify_path_place(&change.path) == FileRole::Live
    });
    others.take(OTHERS).filter_map(|change| {
        let old_path = change.old_path.as_deref().unwrap_or(&change.path);
        let old = range.previous.read_text(old_path).ok()?;
        let new = range.current.read_text(&change.path).ok()?;
        (old.len().max(new.len()) <= LIMIT).then(|| (change.path.clone(), old, new))
    })
}

/// Where a new column is declared.
struct NewColumn {
    path: String,
    line: usize,
    text: String,
}

/// Names that lines of the range declare as columns, and that previous has nowhere.
fn list_new_columns(look: &StoredInput<'_>) -> BTreeMap<String, NewColumn> {
    let mut names: BTreeMap<String, NewColumn> = BTreeMap::new();
    let describes_tables = |path: &str| {
        let lower = path.to_ascii_lowercase();
        [
            "migrat",
            "schema",
            "changelog",
            "changeset",
            "entit",
            "model",
        ]
        .iter()
        .any(|word| lower.contains(word))
    };
    for change in look.range.changes {
        let wanted = change.kind == FileKind::Database || describes_tables(&change.path);
        let live = classify_path_place(&change.path) == FileRole::Live;
        if !wanted || !live || change.status == FileStatus::Deleted || names.len() >= NAMES {
            continue;
        }
        let Ok(new) = look.range.current.read_text(&change.path) else {
            continue;
        };
        let old_path = change.old_path.as_deref().unwrap_or(&change.path);
        let old = look.range.previous.read_text(old_path).ok();
        let lines = ChangedLines::between(old.as_deref(), Some(&new));
        for (line, text) in &lines.fresh {
            let (Some(declares), Some(name)) = (DECLARES.as_ref(), NAME.as_ref()) else {
                continue;
            };
            if !declares.is_match(text) {
                continue;
            }
            for found in name.captures_iter(text) {
                let word = found.iter().skip(1).flatten().next();
                if let Some(word) = word.filter(|_| names.len() < NAMES) {
                    names.entry(word.as_str().to_owned()).or_insert(NewColumn {
                        path: change.path.clone(),
                        line: *line,
                        text: text.trim().to_owned(),
                    });
                }
            }
        }
    }
    // a name that previous knows says nothing: what it does with it is not known
    let words: Vec<String> = names.keys().cloned().collect();
    let live = |path: &str| classify_path_place(path) != FileRole::NotLive;
    let (hits, _) = look.range.previous.search_many(&words, true, 20, &live);
    for hit in hits {
        if let Some(word) = words.get(hit.word)
            && has_whole_word(&hit.text.to_ascii_lowercase(), &word.to_ascii_lowercase())
        {
            names.remove(word);
        }
    }
    names
}

/// The first line that newly chooses rows by a new column.
fn find_condition<'a>(
    lines: &ChangedLines<'_>,
    columns: &'a BTreeMap<String, NewColumn>,
) -> Option<(usize, &'a str, &'a NewColumn)> {
    let chooses = CHOOSES.as_ref()?;
    lines.fresh.iter().find_map(|(line, text)| {
        if !chooses.is_match(text) {
            return None;
        }
        columns.iter().find_map(|(name, place)| {
            let named = list_spellings(name)
                .iter()
                .any(|spelling| has_whole_word(text, spelling));
            // the line that declares the column chooses nothing
            (named && text.trim() != place.text).then_some((*line, name.as_str(), place))
        })
    })
}

/// A name as a column and as a field: `deleted_at`, `deletedAt`, `DeletedAt`, `deleted_at__isnull`.
fn list_spellings(name: &str) -> Vec<String> {
    let mut camel = String::new();
    let mut upper = false;
    for c in name.chars() {
        match c {
            '_' => upper = !camel.is_empty(),
            _ if upper => {
                camel.extend(c.to_uppercase());
                upper = false;
            }
            _ => camel.push(c),
        }
    }
    let mut pascal = camel.clone();
    if let Some(first) = pascal.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    vec![name.to_owned(), camel, pascal, format!("{name}__isnull")]
}

/// A mark of a library that hides rows from now on.
fn find_mark(lines: &ChangedLines<'_>, old: &str) -> Option<(usize, &'static str)> {
    lines.fresh.iter().find_map(|(line, text)| {
        let trimmed = text.trim_start();
        let remark = ["//", "#!", "# ", "*", "--"];
        if remark.iter().any(|sign| trimmed.starts_with(sign)) {
            return None;
        }
        MARKS
            .iter()
            .find(|(mark, _)| text.contains(mark) && !old.contains(mark))
            .map(|(_, column)| (*line, *column))
    })
}

fn tell_hidden(
    look: &StoredInput<'_>,
    at: Evidence,
    name: &str,
    place: Option<&NewColumn>,
    outcome: &mut StoredOutcome,
) {
    let (previous, current) = (look.range.previous_version, look.range.current_version);
    let (path, line) = (
        at.raw_path().unwrap_or_default(),
        at.line.unwrap_or_default(),
    );
    let says = format!(
        "{current} chooses rows by {name} ({path}:{line}), and {previous} does not know it: \
         {previous} shows what {current} hides, such as rows that were deleted since or that \
         belong to somebody else"
    );
    let mut evidence = vec![at];
    if let Some(place) = place {
        evidence.push(Evidence::at(&place.path, place.line).with_excerpt(&place.text));
    }
    outcome.findings.push(build_stored_finding(
        &DOC,
        // whether rows are hidden by now is for somebody to count
        Severity::Warns,
        Confidence::Likely,
        name,
        &says,
        evidence,
    ));
}

#[cfg(test)]
fn make_fixtures() -> (super::fixture::StoredFixture, super::fixture::StoredFixture) {
    use super::fixture::StoredFixture;
    let old = "package a\nconst list = `SELECT id FROM jars ORDER BY id`\n";
    let step = "ALTER TABLE jars ADD COLUMN deleted_at timestamptz;\n";
    (
        StoredFixture::of(
            "store.go",
            old,
            "package a\nconst list = `SELECT id FROM jars WHERE deleted_at IS NULL ORDER BY id`\n",
        )
        .and("migrations/2.sql", None, Some(step)),
        // the column is written and shown, and no row is hidden by it
        StoredFixture::of(
            "store.go",
            old,
            "package a\nconst list = `SELECT id, deleted_at FROM jars ORDER BY id`\n",
        )
        .and("migrations/2.sql", None, Some(step)),
    )
}

#[cfg(test)]
mod tests {
    use super::super::fixture::StoredFixture;
    use super::*;

    fn count_findings(fixture: &StoredFixture) -> usize {
        fixture.of_check(DOC.id).0.len()
    }

    #[test]
    fn a_filter_of_a_mapping_and_a_tenant_are_told() {
        for (path, old, new, step_path, step) in [
            (
                "app/models/jar.rb",
                "class Jar < ApplicationRecord\nend\n",
                "class Jar < ApplicationRecord\n  default_scope { where(archived_on: nil) }\nend\n",
                "db/migrate/2_archive.rb",
                "class Archive < ActiveRecord::Migration[7.1]\n  def change\n    add_column :jars, :archived_on, :date\n  end\nend\n",
            ),
            (
                "Data/Context.cs",
                "class Context {\n}\n",
                "class Context {\n  void On(ModelBuilder b) => b.Entity<Jar>().HasQueryFilter(j => j.TenantId == tenant);\n}\n",
                "Migrations/2_Tenant.cs",
                "class Tenant : Migration {\n  void Up(MigrationBuilder b) {\n    b.AddColumn<int>(name: \"TenantId\", table: \"Jars\");\n  }\n}\n",
            ),
            (
                "app/Models/Jar.php",
                "<?php\nclass Jar extends Model {\n}\n",
                "<?php\nclass Jar extends Model {\n    use SoftDeletes;\n}\n",
                "database/migrations/2_jars.php",
                "<?php\nSchema::table('jars', fn ($table) => $table->softDeletes());\n",
            ),
        ] {
            let leak = |text: &str| -> &'static str { Box::leak(text.to_owned().into_boxed_str()) };
            let fixture = StoredFixture::of(leak(path), leak(old), leak(new)).and(
                leak(step_path),
                None,
                Some(leak(step)),
            );
            assert_eq!(count_findings(&fixture), 1, "{path}");
        }
    }

    #[test]
    fn a_column_that_previous_knows_hides_nothing_new() {
        let fixture = StoredFixture::of(
            "store.go",
            "package a\nconst one = `SELECT id, state FROM jars`\n",
            "package a\nconst one = `SELECT id, state FROM jars WHERE state = 1`\n",
        )
        .and(
            "migrations/2.sql",
            None,
            Some("ALTER TABLE lids ADD COLUMN state int;\n"),
        );
        assert_eq!(count_findings(&fixture), 0);
    }
}

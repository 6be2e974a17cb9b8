//! `stored-form/rows-hidden`.

use std::collections::{BTreeMap, BTreeSet};
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
    looks_for: "Columns that the range adds to a table which the previous release has, and by which the newer release chooses rows where both read: a statement that was there and gains a condition, a filter that all reads of a mapping take (default_scope, HasQueryFilter, SQLRestriction), a mark that deletes softly (SoftDeletes, DeleteDateColumn, paranoid, acts_as_paranoid). What only new statements ask for hides nothing.",
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

/// A line that chooses rows by something: the name is asked of the line apart.
static CHOOSES: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?xi) \b(?:where|and)\s | \b(?:where|filter|exclude|find|all|get|count)\w*\s*[({]
        | \b(?:is_nil|isNull|isNotNull|whereNull)\b | __isnull | ^\s*(?:where|and)\b",
    )
    .ok()
});

/// A line that all reads of a mapping obey.
static FILTERS_ALL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?x) \bdefault_scope\b | \bHasQueryFilter\b | @SQLRestriction\b | @Where\( | \b[aA]ddGlobalScope\(
        | \bacts_as_tenant\b",
    )
    .ok()
});

/// A line that begins with a condition, as one that was put into a statement does.
static INSERTED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?xi) ^\s* (?: (?:and|where)\b | && | (?:\.|->|\|>\s*) (?:where|filter|exclude|and_?where)\w* )",
    )
    .ok()
});

/// Where a table is made, and where one is changed.
static MAKES_TABLE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)create_?table|create\s+(?:\w+\s+)*table|createmodel|schema::create").ok()
});
static CHANGES_TABLE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)alter_?\s*table|change_table|add_?column|addfield|add_reference|schema::table|alter\s+table",
    )
    .ok()
});
/// The head of a type whose fields are columns.
static HEADS_TYPE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^\s*(?:\w+\s+)*(?:class|struct|type|model|entity|interface|schema|defmodule)\s")
        .ok()
});

/// Marks of libraries that hide rows by a column of their own, and that column.
const MARKS: [(&str, &str); 11] = [
    ("SoftDeletes;", "deleted_at"),
    ("@DeleteDateColumn", "a date of deletion"),
    ("paranoid: true", "deletedAt"),
    ("acts_as_paranoid", "deleted_at"),
    ("include Discard::Model", "discarded_at"),
    ("gorm.DeletedAt", "deleted_at"),
    ("@SoftDelete", "its mark of deletion"),
    ("@SQLDelete", "its mark of deletion"),
    ("SafeDeleteModel", "its mark of deletion"),
    ("SoftDeleteableEntity", "deletedAt"),
    ("#[SoftDeleteable", "its field of deletion"),
];

fn find_hidden_rows(look: &StoredInput<'_>, outcome: &mut StoredOutcome) {
    let declared = list_new_columns(look);
    // one place of a column is enough
    let mut said: BTreeSet<&str> = BTreeSet::new();
    let known = look
        .files
        .iter()
        .filter(|file| !file.vendored && !file.old.is_empty() && !file.new.is_empty())
        .map(|file| (file.path.clone(), file.old.clone(), file.new.clone()));
    for (path, old, new) in known.chain(list_other_programs(look, !declared.is_empty())) {
        let lines = ChangedLines::between(Some(&old), Some(&new));
        let told = find_condition(&lines, &new, &declared)
            .map(|(line, name, place)| (line, name, Some(place)))
            .or_else(|| find_mark(&lines, &old, &new).map(|(line, name)| (line, name, None)));
        if let Some((line, name, place)) = told
            && (place.is_none() || said.insert(name))
        {
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
            if !declares.is_match(text)
                || !adds_to_old_table(&new, *line, old.as_deref().unwrap_or_default())
            {
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

/// Most lines above a column among which its table is looked for.
const ABOVE: usize = 60;

/// Whether a column is put into a table that was there: into one that is changed, or into a type
/// that the old text has. Nobody reads a new table without a condition.
fn adds_to_old_table(text: &str, line: usize, old: &str) -> bool {
    let (Some(makes), Some(changes), Some(heads)) = (
        MAKES_TABLE.as_ref(),
        CHANGES_TABLE.as_ref(),
        HEADS_TYPE.as_ref(),
    ) else {
        return false;
    };
    let lines: Vec<&str> = text.lines().take(line).collect();
    for above in lines.iter().rev().take(ABOVE) {
        if changes.is_match(above) {
            return true;
        }
        if makes.is_match(above) {
            return false;
        }
        if heads.is_match(above) {
            return old.contains(above.trim());
        }
    }
    false
}

/// The first line by which a read that both releases have newly chooses rows by a new column.
fn find_condition<'a>(
    lines: &ChangedLines<'_>,
    new: &str,
    columns: &'a BTreeMap<String, NewColumn>,
) -> Option<(usize, &'a str, &'a NewColumn)> {
    let (chooses, filters) = (CHOOSES.as_ref()?, FILTERS_ALL.as_ref()?);
    let all: Vec<&str> = new.lines().collect();
    lines.fresh.iter().find_map(|(line, text)| {
        let of_all = filters.is_match(text);
        if !of_all && !chooses.is_match(text) {
            return None;
        }
        let (name, place) = columns.iter().find(|(name, place)| {
            // the line that declares the column chooses nothing
            text.trim() != place.text
                && list_spellings(name)
                    .iter()
                    .any(|spelling| has_whole_word(text, spelling))
        })?;
        let gained = of_all || extends_old_line(lines, text) || was_put_in(lines, &all, *line);
        gained.then_some((*line, name.as_str(), place))
    })
}

/// A line of previous holds the same statement without the condition.
fn extends_old_line(lines: &ChangedLines<'_>, fresh: &str) -> bool {
    let words = |text: &str| -> Vec<String> {
        text.split(|c: char| !(c.is_alphanumeric() || c == '_'))
            .filter(|word| !word.is_empty())
            .map(str::to_ascii_lowercase)
            .collect()
    };
    const READS: [&str; 9] = [
        "select", "from", "where", "find", "filter", "all", "get", "count", "query",
    ];
    let now = words(fresh);
    lines.gone.iter().any(|(_, gone)| {
        let before = words(gone);
        let reads = before
            .iter()
            .any(|word| READS.iter().any(|read| word.starts_with(read)));
        // all words of the old line stand in the new one, in their order
        let mut rest = now.iter();
        reads
            && before.len() >= 3
            && before.len() < now.len()
            && before.iter().all(|word| rest.any(|one| one == word))
    })
}

/// A condition of its own on a line that was put below one which both releases have.
fn was_put_in(lines: &ChangedLines<'_>, all: &[&str], line: usize) -> bool {
    let at = |line: usize| all.get(line.wrapping_sub(1)).copied().unwrap_or_default();
    let begins = INSERTED
        .as_ref()
        .is_some_and(|inserted| inserted.is_match(at(line)));
    let above = (1..line).rev().find(|line| !at(*line).trim().is_empty());
    begins
        && above.is_some_and(|above| {
            let fresh = lines.fresh.iter().any(|(fresh, _)| *fresh == above);
            // a block that opens above holds statements of its own
            !fresh && !at(above).trim_end().ends_with(['{', ';', ':'])
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

/// A mark of a library that hides rows from now on, in a type that the old text has.
fn find_mark(lines: &ChangedLines<'_>, old: &str, new: &str) -> Option<(usize, &'static str)> {
    let heads = HEADS_TYPE.as_ref()?;
    let all: Vec<&str> = new.lines().collect();
    lines.fresh.iter().find_map(|(line, text)| {
        let trimmed = text.trim_start();
        let remark = ["//", "#!", "# ", "*", "--"];
        if remark.iter().any(|sign| trimmed.starts_with(sign)) {
            return None;
        }
        let (_, column) = MARKS
            .iter()
            .find(|(mark, _)| text.contains(mark) && !old.contains(mark))?;
        // an annotation stands above its type, or above a field within
        let above = all.iter().take(*line).rev().take(ABOVE);
        let below = all.iter().skip(*line).take(4);
        let head = below.chain(above).find(|one| heads.is_match(one));
        head.is_none_or(|head| old.contains(head.trim()))
            .then_some((*line, *column))
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
    fn a_condition_of_its_own_line_is_told() {
        let fixture = StoredFixture::of(
            "src/ledger/db.clj",
            "(def entries \"SELECT id, label\n  FROM entries\n  ORDER BY id\")\n",
            "(def entries \"SELECT id, label\n  FROM entries\n  WHERE tenant = ?\n  ORDER BY id\")\n",
        )
        .and(
            "resources/migrations/2.up.sql",
            None,
            Some("ALTER TABLE entries ADD COLUMN tenant text;\n"),
        );
        assert_eq!(count_findings(&fixture), 1);
    }

    #[test]
    fn new_statements_and_new_tables_hide_nothing() {
        let old = "package a\n\nfunc list() string {\n\treturn `SELECT id FROM jars`\n}\n";
        let add = "ALTER TABLE jars ADD COLUMN slug text;\n";
        for (new, step) in [
            (
                "package a\n\nfunc list() string {\n\treturn `SELECT id FROM jars`\n}\n\nfunc bySlug() string {\n\treturn `SELECT id FROM jars WHERE slug = $1`\n}\n",
                add,
            ),
            (
                "package a\n\nfunc list() string {\n\treturn `SELECT id FROM jars`\n}\n\nfunc lids() string {\n\treturn `SELECT id FROM lids WHERE slug IS NULL`\n}\n",
                "CREATE TABLE lids (\n  id int,\n  slug text\n);\n",
            ),
            (
                "package a\n\nfunc list() string {\n\treturn `SELECT id, slug FROM jars`\n}\n",
                add,
            ),
        ] {
            let leak = |text: &str| -> &'static str { Box::leak(text.to_owned().into_boxed_str()) };
            let fixture = StoredFixture::of("store.go", old, leak(new)).and(
                "migrations/2.sql",
                None,
                Some(step),
            );
            assert_eq!(count_findings(&fixture), 0, "{new}");
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

//! Migrations of which no step was understood. They do something all the same, unless their text
//! shows that they do nothing: no statement, an empty list of operations, an empty body.

use std::sync::LazyLock;

use regex::Regex;

use super::step::SchemaAction;
use crate::unit::Unit;
use model::{
    DeployEffect, Down, DownKind, DownState, Operation, RevertEffect, RollbackEffect, Snapshot,
};

/// Longest text that is looked at, in bytes.
const LENGTH: usize = 512 * 1024;

/// Comments over a line and in a block, as the languages of migrations write them.
static COMMENTS: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"(?s)/\*.*?\*/|"""[^"]*"""|(?m:^\s*(?://|#|--)[^\n]*$)"#).ok());

/// Bodies that do nothing.
static EMPTY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?ix) \boperations \s* (?: :[^=\n]* )? = \s* \[ \s* \]          # Django
          | \bdef \s+ upgrade \s* \( [^)]* \) [^:\n]* : \s* pass\b           # Alembic
          | \bdef \s+ (?:change|up) \s+ end\b                               # Rails
          | \bdef \s+ (?:change|up) \s* (?:\(\s*\))? \s* do \s+ (?: :ok \s+ )? end\b | \bdef \s+ (?:change|up) \s* , \s* do: \s* (?: :ok | nil )
          | \bup \s* (?:\([^)]*\))? [^{};=]* (?:=>\s*)? \{ \s* (?:return;? \s*)? \}  # JavaScript, PHP, C#, Java
          ",
    )
    .ok()
});

/// Ways by which an empty list is filled after all.
const FILLED: [&str; 4] = [
    "operations.append",
    "operations.extend",
    "operations +=",
    "operations.insert",
];

/// The one operation of a migration that runs and of which nothing was understood; `None` where it
/// does nothing.
pub(super) fn unknown_step(unit: &Unit, current: &dyn Snapshot) -> Option<Operation> {
    let steps = &unit.reading.up.steps;
    let place = &unit.found.place;
    // a file that cannot be read was noted as unchecked before
    let text = current
        .read_text(&place.path)
        .ok()
        .filter(|text| text.len() <= LENGTH);
    // what is included from another file was not read here
    let includes = text.as_deref().is_some_and(|text| {
        place.path.to_ascii_lowercase().ends_with(".sql") && text.lines().any(is_include)
    });
    // a statement that reads only, or sets the session, was understood and does nothing
    let understood = !steps.is_empty()
        && steps
            .iter()
            .all(|step| step.action == SchemaAction::Nothing);
    // `\i other.sql` does what the other file does, which is not nothing
    if !includes
        && (understood
            || text
                .as_deref()
                .is_some_and(|text| does_nothing(&place.path, text)))
    {
        return None;
    }
    let line = if includes {
        text.as_deref()
            .and_then(|text| text.lines().position(is_include))
            .map_or(unit.reading.line, |at| at + 1)
    } else {
        unit.reading.line
    };
    Some(Operation {
        kind: model::OperationKind::Unknown.into(),
        object: model::escape_invisible(place.path.rsplit('/').next().unwrap_or_default())
            .into_owned(),
        line,
        rollback: RollbackEffect::Doubt,
        alone: RollbackEffect::Doubt,
        on_deploy: DeployEffect::Unknown,
        revert: RevertEffect::Unknown,
        why: if includes {
            "it includes another file, which is not read here"
        } else {
            "no step of this migration was understood"
        }
        .to_owned(),
        used_by: Vec::new(),
        compatibility_step: None,
        query: None,
    })
}

/// Where a program was not understood, a way down that was not found may be there all the same: its
/// text speaks of one.
pub(super) fn doubt_way_down(down: &mut Down, unit: &Unit, current: &dyn Snapshot) {
    const WORDS: [&str; 5] = ["down", "change", "revert", "rollback", "undo"];
    let path = unit.found.place.path.as_str();
    // a down that does nothing undoes only what did nothing
    if down.state == Some(DownState::Complete) {
        down.state = None;
        down.loses_data = None;
        down.why = Some(
            "no step of the way up was understood, so nobody can tell whether the down undoes it"
                .to_owned(),
        );
        return;
    }
    // an SQL file without a way down has none; a program may build it in a form that is not known
    if down.kind != DownKind::None || path.to_ascii_lowercase().ends_with(".sql") {
        return;
    }
    let text = current
        .read_text(path)
        .ok()
        .filter(|text| text.len() <= LENGTH)
        .unwrap_or_default()
        .to_ascii_lowercase();
    if WORDS.iter().any(|word| text.contains(word)) {
        let why = Some(
            "no step of this migration was understood, and so neither was its way down".to_owned(),
        );
        *down = Down {
            kind: DownKind::Script,
            state: None,
            path: Some(path.to_owned()),
            line: Some(unit.reading.line),
            loses_data: None,
            why,
            rehearse: false,
        };
    }
}

/// `\\i other.sql` of psql, `SOURCE other.sql` of MySQL, `@other.sql` of Oracle.
fn is_include(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("\\i ")
        || line.starts_with("\\ir ")
        || line.starts_with("\\include")
        || line
            .get(..7)
            .is_some_and(|word| word.eq_ignore_ascii_case("source "))
}

fn does_nothing(path: &str, text: &str) -> bool {
    let (Some(comments), Some(empty)) = (COMMENTS.as_ref(), EMPTY.as_ref()) else {
        return false;
    };
    let bare = comments.replace_all(text, " ");
    // comments alone are an empty migration in every tool
    if path.to_ascii_lowercase().ends_with(".sql") {
        return bare.trim().is_empty();
    }
    // `operations = []` that a loop fills is no empty list
    empty.is_match(&bare) && !FILLED.iter().any(|sign| bare.contains(sign))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_body_does_nothing_and_one_that_is_not_understood_may() {
        for (path, text) in [
            ("1.sql", "-- nothing yet\n\n/* later */\n"),
            (
                "0002_merge.py",
                "class Migration(migrations.Migration):\n    operations = [\n    ]\n",
            ),
            ("a_merge.py", "def upgrade() -> None:\n    pass\n"),
            (
                "1_a.rb",
                "class A < ActiveRecord::Migration[7.0]\n  def change\n    # later\n  end\nend\n",
            ),
            ("1_a.exs", "def change do\nend\n"),
            (
                "B.cs",
                "protected override void Up(MigrationBuilder b)\n{\n}\n",
            ),
            ("1.php", "public function up(): void\n{\n    //\n}\n"),
            ("1.ts", "export async function up(knex) {}\n"),
        ] {
            assert!(does_nothing(path, text), "{path}");
        }
        for (path, text) in [
            ("1.sql", "SELECT slim();"),
            (
                "0002_b.py",
                "operations = []\nfor n in names:\n    operations.append(migrations.RemoveField('jar', n))\n",
            ),
            (
                "b2.py",
                "from helpers import slim\ndef upgrade():\n    slim()\n",
            ),
            ("2_b.rb", "def up\n  Jar.backfill_now\nend\n"),
            (
                "B.cs",
                "protected override void Up(MigrationBuilder b) => b.DropColumn(name: \"Shelf\", table: \"Jars\");",
            ),
            (
                "2.ts",
                "async up(q) { for (const s of steps) await q.query(s) }",
            ),
        ] {
            assert!(!does_nothing(path, text), "{path}");
        }
        assert!(
            is_include("\\i ../slim.txt")
                && is_include("SOURCE a.sql;")
                && !is_include("SELECT source FROM a")
        );
    }
}

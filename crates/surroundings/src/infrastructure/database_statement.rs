//! `database/statement-in-deployment`.

use crate::check::{SurroundingsCheck, SurroundingsInput, WithEvidence, build_check_finding};
use crate::texts::{LIMIT, new_path, old_path};
use coverage::changed_lines::{ChangedLine, ChangedLines};
use coverage::database_step::{
    DatabaseEffect, DatabaseStatement, find_database_command, find_database_step, only_checks,
};
use coverage::ledger::{is_live, is_program, is_vendored};
use coverage::place::{FileRole, classify_path_place};
use model::{
    CheckDeclaration, CheckDoc, Confidence, Direction, Domain, Evidence, FileChange, FileKind,
    Finding, Severity, check_cases, shorten_text,
};

const DOC: CheckDoc = CheckDoc {
    id: "database/statement-in-deployment",
    title: "What deploys or starts the program changes the database",
    domain: Domain::Database,
    direction: Direction::Rollback,
    looks_for: "New statements (ALTER, DROP, UPDATE, DELETE and the like) in pipelines, manifests, images, scripts of a package and Makefiles, and where the previous release names what they change.",
    why: "Such a statement runs outside the migrations: no history tells whether it ran, and nothing takes it back when the previous release is deployed.",
    action: "Find out whether it ran in production (the log of the pipeline or of the job), and whether the previous release works on what it left; write down how it is taken back before going back.",
    example: "A step of the workflow runs psql -c \"ALTER TABLE jars DROP COLUMN lid\", and the previous release reads jars.lid.",
    source: "The guide (`backout guide 5`): code goes back more easily than a database.",
};

pub(crate) const CHECK: SurroundingsCheck = SurroundingsCheck {
    declared: CheckDeclaration {
        doc: DOC,
        grades: None,
        place: module_path!(),
        cases: check_cases!(any(test, feature = "fixtures"), |_| {
            crate::case::try_fixtures(find_deployment_statements, make_fixtures())
        }),
    },
    run: find_deployment_statements,
};

/// Most places of the previous release that are looked up for one name.
const USES: usize = 20;

fn find_deployment_statements(look: &SurroundingsInput<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for change in look.range.changes.iter().filter(|change| may_hold(change)) {
        let read = |tree: &dyn model::Snapshot, path: Option<&str>| {
            path.and_then(|path| tree.read_text(path).ok())
                .filter(|text| text.len() <= LIMIT)
        };
        let Some(new) = read(look.range.current, new_path(change)) else {
            continue;
        };
        let find = |lines: &[ChangedLine<'_>]| {
            // settings speak of much, so a statement there needs a client beside it
            if change.kind == FileKind::Config {
                find_database_command(lines, &new)
            } else {
                find_database_step(lines)
            }
        };
        // most files hold none at all: comparing them line by line costs more than reading them
        let all: Vec<(usize, &str)> = (1..).zip(new.lines()).collect();
        if find(&all).is_none() {
            continue;
        }
        let old = read(look.range.previous, old_path(change));
        let fresh = ChangedLines::between(old.as_deref(), Some(&new)).fresh;
        let step = find(&fresh);
        let Some((step, statement)) =
            // a command without a statement may do anything, and is an open place of the ledger
            step.and_then(|step| step.statement.clone().map(|statement| (step, statement)))
        else {
            continue;
        };
        findings.push(tell_statement(
            look,
            change,
            step.line,
            step.effect,
            &statement,
        ));
    }
    findings
}

/// Files that deploy or start the program. Program text and migrations have readers of their own.
fn may_hold(change: &FileChange) -> bool {
    matches!(
        change.kind,
        FileKind::Infrastructure | FileKind::Config | FileKind::Dependency
    ) && !is_program(&change.path)
        // a lock file holds no commands
        && !change.path.to_ascii_lowercase().contains("lock")
        && is_live(&change.path)
        && !is_vendored(&change.path)
        && classify_path_place(&change.path) == FileRole::Live
        && !only_checks(&change.path)
}

fn tell_statement(
    look: &SurroundingsInput<'_>,
    change: &FileChange,
    line: usize,
    effect: DatabaseEffect,
    statement: &DatabaseStatement,
) -> Finding {
    let previous = look.range.previous_version;
    let wanted = named_by(statement);
    let used = wanted.as_deref().and_then(|name| {
        let (hits, _) =
            look.range
                .previous
                .search_many(&[name.to_owned()], true, USES, &|path: &str| {
                    // the file of the statement itself names the table as well
                    path != change.path && is_program(path) && is_live(path) && !is_vendored(path)
                });
        hits.into_iter().next()
    });
    let shown = shorten_text(&statement.text, 120);
    let on = match &statement.object {
        Some(object) if !statement.text.is_empty() => format!(" on {object}"),
        _ => String::new(),
    };
    let what = if effect == DatabaseEffect::Schema {
        "changes the schema"
    } else {
        "writes or removes rows"
    };
    let mut says = format!(
        "a new {}{on} in {}:{line} {what} outside the migrations ({shown}); whether it ran is not known, and nothing takes it back",
        statement.verb, change.path
    );
    if let (Some(hit), Some(name)) = (&used, &wanted) {
        says.push_str(&format!(
            "; {previous} names {name} in {}:{}",
            hit.path, hit.line
        ));
    }
    // the verb is the first word alone
    let takes_away = !matches!(&*statement.verb, "CREATE" | "INSERT");
    // a statement that only adds leaves the older release what it had; rows that change may not fit
    // it
    let severity = if takes_away || used.is_some() && effect == DatabaseEffect::Rows {
        Severity::Warns
    } else {
        Severity::Notes
    };
    let subject = statement
        .object
        .clone()
        .unwrap_or_else(|| change.path.clone());
    let mut places = vec![Evidence::at(&*change.path, line).with_excerpt(&shown)];
    if let Some(hit) = used {
        places.push(Evidence::at(hit.path.as_str(), hit.line).with_excerpt(&hit.text));
    }
    build_check_finding(&DOC, severity, Confidence::Likely, subject, says).at(places)
}

/// The name whose use in the previous release matters: a column that goes or is renamed, else the
/// table.
fn named_by(statement: &DatabaseStatement) -> Option<String> {
    let words: Vec<&str> = statement.text.split_whitespace().collect();
    let column = words
        // a column that goes hurts whoever names it, wherever the table is read
        .iter()
        .position(|word| word.eq_ignore_ascii_case("column"))
        .and_then(|at| {
            words[at + 1..].iter().find(|word| {
                !["if", "exists", "not"]
                    .iter()
                    .any(|other| word.eq_ignore_ascii_case(other))
            })
        })
        .copied();
    let bare = |name: &str| {
        name.rsplit('.')
            .next()
            .unwrap_or(name)
            .chars()
            .filter(|c| c.is_alphanumeric() || *c == '_')
            .collect::<String>()
    };
    column
        .or(statement.object.as_deref())
        .map(bare)
        .filter(|name| name.len() > 1)
}

#[cfg(any(test, feature = "fixtures"))]
fn make_fixtures() -> (crate::case::Fixture, crate::case::Fixture) {
    use crate::case::Fixture;
    let of = |run: &str| {
        &*format!("jobs:\n  ship:\n    steps:\n      - run: {run}\n      - run: ./ship.sh\n").leak()
    };
    (
        Fixture::of(
            ".github/workflows/ship.yml",
            FileKind::Infrastructure,
            of("./ask.sh"),
            of("psql \"$URL\" -c \"ALTER TABLE jars DROP COLUMN lid\""),
        )
        .and(
            "store.py",
            FileKind::Code,
            Some("Q = \"SELECT lid FROM jars\"\n"),
            Some("Q = \"SELECT id FROM jars\"\n"),
        ),
        Fixture::of(
            ".github/workflows/ship.yml",
            FileKind::Infrastructure,
            of("./ask.sh"),
            of("psql \"$URL\" -c \"SELECT 1\""),
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::Fixture;

    fn found(path: &'static str, kind: FileKind, new: &'static str) -> Vec<Finding> {
        Fixture::of(path, kind, "", new).of_check(DOC.id)
    }

    #[test]
    fn the_use_in_the_previous_release_is_named() {
        let found = make_fixtures().0.of_check(DOC.id);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].severity, Severity::Warns);
        assert!(
            found[0]
                .says
                .as_raw()
                .contains("3.0.0 names lid in store.py:1")
                && found[0].subject == "jars",
            "{}",
            found[0].says
        );
    }

    #[test]
    fn statements_are_found_wherever_something_is_deployed_or_started() {
        let infrastructure = FileKind::Infrastructure;
        for (path, kind, text) in [
            (
                "Dockerfile",
                infrastructure,
                "FROM a\nCMD psql -c 'DROP TABLE jars'; exec shop\n",
            ),
            (
                "Makefile",
                infrastructure,
                "ship:\n\tmysql shop -e \"UPDATE jars SET size = 2\"\n",
            ),
            (
                "k8s/tidy.yaml",
                infrastructure,
                "kind: Job\nargs:\n  - psql\n  - -c\n  - DELETE FROM jars\n",
            ),
            (
                "Jenkinsfile",
                infrastructure,
                "sh 'psql -c \"ALTER TABLE jars RENAME TO pots\"'\n",
            ),
            (
                "package.json",
                FileKind::Dependency,
                "{\"scripts\": {\"predeploy\": \"psql -c 'DROP TABLE jars'\"}}\n",
            ),
        ] {
            let found = found(path, kind, text);
            assert_eq!(
                (found.len(), found[0].subject.as_raw()),
                (1, "jars"),
                "{path}"
            );
        }
        for text in [
            "kind: Job\nspec:\n  command: [\"psql\"]\n  args: [\"-c\", \"ALTER TABLE jars DROP COLUMN lid\"]\n",
            "- hosts: db\n  tasks:\n    - community.mysql.mysql_query:\n        query: DELETE FROM jars\n",
        ] {
            let found = found("chart/templates/tidy.yaml", FileKind::Config, text);
            assert_eq!(
                (found.len(), found[0].subject.as_raw()),
                (1, "jars"),
                "{text}"
            );
        }
        for (path, kind, text) in [
            (
                ".github/workflows/test.yml",
                infrastructure,
                "- run: psql -c 'DROP TABLE jars'\n",
            ),
            (
                "config/words.yml",
                FileKind::Config,
                "hint: delete from basket\n",
            ),
            (
                "package.json",
                FileKind::Dependency,
                "{\"description\": \"jars\"}\n",
            ),
        ] {
            assert!(found(path, kind, text).is_empty(), "{path}");
        }
    }

    #[test]
    fn what_only_adds_is_a_note() {
        let made = found(
            "Makefile",
            FileKind::Infrastructure,
            "ship:\n\tpsql -c 'CREATE INDEX jars_size ON jars (size)'\n",
        );
        assert_eq!(made[0].severity, Severity::Notes);
        let rows = found(
            "Makefile",
            FileKind::Infrastructure,
            "ship:\n\tpsql -c \"INSERT INTO jars (size) VALUES (2)\"\n",
        );
        assert_eq!(rows[0].severity, Severity::Notes);
        let gone = found(
            "Makefile",
            FileKind::Infrastructure,
            "ship:\n\tpsql -c \"DELETE FROM jars WHERE size = 2\"\n",
        );
        assert_eq!(gone[0].severity, Severity::Warns);
    }
}

//! What authors declare about going back, held against what was read.
//!
//! A declaration clears nothing. One that says *no* where nothing was found adds a doubt, and one
//! that says *yes* where something was found is told with it.

mod labels;

use std::collections::HashSet;

use model::{
    Changelog, ChangelogEntry, CheckDeclaration, CheckDoc, Confidence, Declaration, Declared,
    Direction, Domain, Evidence, Finding, Migration, Severity, check_cases,
    find_strictest_declaration, shorten_text,
};

pub use labels::{LABELS_LIMIT, LabelFile, read_label_file};

/// Most findings of declarations; the rest is counted.
const MOST: usize = 20;

pub(crate) static NOT_SAFE: CheckDeclaration = CheckDeclaration {
    doc: CheckDoc {
        id: "history/declared-not-safe",
        title: "Its author says that it cannot be rolled back",
        domain: Domain::History,
        direction: Direction::Rollback,
        looks_for: "Trailers (Rollback-Safe: no), boxes of a request's template in the message of \
            the merge, and labels of --labels that say a change cannot be rolled back, where \
            nothing was found that says why; and boxes for it that were left open beside others \
            that were ticked.",
        why: "The author knows what no reader sees: rows that are written, a partner that was \
            told, a job that ran.",
        action: "Ask the author what does not come back, before going back.",
        example: "A squashed request whose message ends with Rollback-Safe: no: the partner \
            switched.",
        source: "Git's trailers; templates of requests on GitHub and GitLab.",
    },
    grades: None,
    place: module_path!(),
    cases: check_cases!(test, |_| tests::make_not_safe_fixtures().into()),
};

pub(crate) static SAFE: CheckDeclaration = CheckDeclaration {
    doc: CheckDoc {
        id: "history/declared-safe-but-breaks",
        title: "Its author says that it can be rolled back, and what was read says otherwise",
        domain: Domain::History,
        direction: Direction::Rollback,
        looks_for: "A change that a trailer, a box or a label declares as safe to roll back, whose \
            files hold something that blocks the way back.",
        why: "What was read stands: a declaration is written before the release, often by ticking \
            a box.",
        action: "Follow what was read; tell the author, so that the next declaration is right.",
        example: "A ticked box This change can be rolled back over a migration that drops a column \
            that the previous release reads.",
        source: "Git's trailers; templates of requests on GitHub and GitLab.",
    },
    grades: None,
    place: module_path!(),
    cases: check_cases!(test, |_| tests::make_safe_fixtures().into()),
};

pub(crate) static MIGRATION: CheckDeclaration = CheckDeclaration {
    doc: CheckDoc {
        id: "history/declared-migration",
        title: "It is labelled as a migration, and none was found",
        domain: Domain::History,
        direction: Direction::Rollback,
        looks_for: "Changes with a label such as migration in a range in which no migration was \
            found.",
        why: "The schema may be changed by something that is not read here: another tool, another \
            repository, a script that somebody runs.",
        action: "Ask the author where the migration is, and name its folder as database.migrations \
            in backout.yaml.",
        example: "A request labelled db-migration whose script lies in the wiki.",
        source: "Labels of requests on GitHub and GitLab.",
    },
    grades: None,
    place: module_path!(),
    cases: check_cases!(test, |_| tests::make_migration_fixtures().into()),
};

/// What comes of declarations.
#[derive(Debug, Default)]
pub struct DeclarationOutcome {
    /// Where what is declared and what was read differ.
    pub findings: Vec<Finding>,
    /// How many changes say something, and how many nothing; `None` where nobody declares anything.
    pub line: Option<String>,
    /// Files of each change that is declared as not safe with nothing found that says why, and the
    /// words.
    pub doubts: Vec<(Vec<String>, Declaration)>,
}

/// Adds what the labels of a file declare to the entries; how many entries the file knows.
pub fn add_label_declarations(log: &mut Changelog, file: &LabelFile) -> usize {
    let mut matched = 0;
    for entry in &mut log.entries {
        let (found, known) = file.declarations_of(entry);
        matched += usize::from(known);
        for one in found {
            if !entry.declared.contains(&one) {
                entry.declared.push(one);
            }
        }
    }
    matched
}

/// Holds what is declared against what was read. `labelled`: a file of labels was given.
pub fn compare_declarations(
    log: &Changelog,
    findings: &[Finding],
    migrations: &[Migration],
    labelled: bool,
) -> DeclarationOutcome {
    let mut out = DeclarationOutcome::default();
    // what was taken back inside the range, or is in previous as well, does not go
    let entries: Vec<&ChangelogEntry> = log
        .entries
        .iter()
        .filter(|entry| entry.cancelled_by.is_none() && !entry.in_previous)
        .collect();
    let (mut no, mut yes, mut other) = (0usize, 0usize, 0usize);
    let mut said = HashSet::new();
    for entry in &entries {
        let Some(strictest) = find_strictest_declaration(&entry.declared) else {
            continue;
        };
        match strictest.declared {
            Declared::NotSafe => no += 1,
            Declared::Safe => yes += 1,
            Declared::Doubt | Declared::Migration => other += 1,
        }
        // the merge of a request and its only commit carry the same words
        let key = entry
            .pull_request
            .map_or_else(|| entry.commit.clone(), |number| format!("#{number}"));
        if !said.insert((key, strictest.declared)) {
            continue;
        }
        hold_declaration_against_findings(entry, strictest, findings, migrations, &mut out);
    }
    let more = out.findings.len().saturating_sub(MOST);
    out.findings.truncate(MOST);
    let silent = entries.len() - (no + yes + other);
    if no + yes + other > 0 || labelled {
        let beyond = if more > 0 {
            format!("; {more} more differ from what was read and are not listed")
        } else {
            String::new()
        };
        out.line = Some(format!(
            "declared by authors: {no} not safe to roll back, {yes} safe, {other} with a condition \
                or a migration; {silent} of {} changes say nothing{beyond}",
            entries.len()
        ));
    }
    out
}

/// One entry: what its author said, beside what was read in its files.
fn hold_declaration_against_findings(
    entry: &ChangelogEntry,
    strictest: &Declaration,
    findings: &[Finding],
    migrations: &[Migration],
    out: &mut DeclarationOutcome,
) {
    let blocking = find_blocking(entry, findings);
    let labelled_migration = entry
        .declared
        .iter()
        .find(|one| one.declared == Declared::Migration)
        .filter(|_| migrations.is_empty());
    if let Some(label) = labelled_migration {
        out.findings.push(make_declaration_finding(
            &MIGRATION,
            Severity::Warns,
            entry,
            format!(
                "{} is {} ({}), and none was found in this range.",
                name_entry(entry),
                label.declared.says(),
                label.quote()
            ),
            None,
        ));
    }
    match (strictest.declared, blocking) {
        (Declared::NotSafe, None) => {
            out.findings.push(make_declaration_finding(
                &NOT_SAFE,
                Severity::Warns,
                entry,
                format!(
                    "{} is {} ({}); nothing that was read says why.",
                    name_entry(entry),
                    strictest.declared.says(),
                    strictest.quote()
                ),
                None,
            ));
            if out.doubts.len() < MOST {
                out.doubts.push((entry.paths.clone(), strictest.clone()));
            }
        }
        (Declared::Doubt, None) => out.findings.push(make_declaration_finding(
            &NOT_SAFE,
            Severity::Notes,
            entry,
            format!(
                "{} is {} ({}).",
                name_entry(entry),
                strictest.declared.says(),
                strictest.quote()
            ),
            None,
        )),
        (Declared::Safe, Some(found)) => out.findings.push(make_declaration_finding(
            &SAFE,
            Severity::Warns,
            entry,
            format!(
                "{} is {} ({}), and {} blocks the way back: what was read stands.",
                name_entry(entry),
                strictest.declared.says(),
                strictest.quote(),
                found.subject.shown()
            ),
            found.evidence.first().cloned(),
        )),
        _ => {}
    }
}

/// Something in the files of an entry that blocks the way back.
fn find_blocking<'a>(entry: &ChangelogEntry, findings: &'a [Finding]) -> Option<&'a Finding> {
    findings.iter().find(|finding| {
        finding.severity == Severity::Blocks
            && finding.direction != Direction::Deploy
            && finding
                .evidence
                .iter()
                .filter_map(|place| place.raw_path())
                .any(|path| entry.paths.iter().any(|own| own == path))
    })
}

/// `Fix the rounding (#12)`, else with its commit.
fn name_entry(entry: &ChangelogEntry) -> String {
    let title = entry.title.shown();
    let title = shorten_text(&title, 60);
    match entry.pull_request {
        Some(number) => format!("{title} (#{number})"),
        None => {
            let commit: String = entry.commit.chars().take(10).collect();
            format!("{title} ({commit})")
        }
    }
}

fn make_declaration_finding(
    check: &CheckDeclaration,
    severity: Severity,
    entry: &ChangelogEntry,
    says: String,
    shown: Option<Evidence>,
) -> Finding {
    let own = Evidence {
        path: entry.paths.first().cloned().map(model::Untrusted::from),
        commit: Some(entry.commit.clone()),
        ..Evidence::default()
    };
    check.doc.make_finding(
        severity,
        Confidence::Likely,
        name_entry(entry),
        says,
        vec![shown.unwrap_or(own)],
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{CheckId, DeclaredIn};

    fn entry(number: u64, declared: &[Declared], path: &str) -> ChangelogEntry {
        ChangelogEntry {
            commit: format!("{number:040x}"),
            title: format!("Change {number}\u{1b}[2J").into(),
            pull_request: Some(number),
            paths: vec![path.to_owned()],
            declared: declared
                .iter()
                .map(|one| Declaration {
                    declared: *one,
                    place: DeclaredIn::Trailer,
                    text: "the words".into(),
                })
                .collect(),
            ..ChangelogEntry::default()
        }
    }

    fn blocking(path: &str) -> Finding {
        Finding {
            check: CheckId::declared("database/dropped-column"),
            domain: Domain::Database,
            severity: Severity::Blocks,
            direction: Direction::Rollback,
            confidence: Confidence::Proven,
            subject: "orders.note".into(),
            says: Default::default(),
            why: Default::default(),
            action: Default::default(),
            compatibility_step: None,
            evidence: vec![Evidence::at(path, 1)],
        }
    }

    fn compare(entries: Vec<ChangelogEntry>, findings: &[Finding]) -> DeclarationOutcome {
        let log = Changelog {
            entries,
            ..Changelog::default()
        };
        compare_declarations(&log, findings, &[], false)
    }

    fn checks(out: &DeclarationOutcome) -> Vec<String> {
        out.findings
            .iter()
            .map(|finding| finding.check.to_string())
            .collect()
    }

    fn find_both(one: ChangelogEntry, other: ChangelogEntry) -> (Vec<Finding>, Vec<Finding>) {
        let found = [blocking("db/1.sql")];
        [one, other]
            .map(|entry| compare(vec![entry], &found).findings)
            .into()
    }

    /// What was found says why, or it does not.
    pub(super) fn make_not_safe_fixtures() -> (Vec<Finding>, Vec<Finding>) {
        find_both(
            entry(1, &[Declared::NotSafe], "src/a.rs"),
            entry(1, &[Declared::NotSafe], "db/1.sql"),
        )
    }

    pub(super) fn make_safe_fixtures() -> (Vec<Finding>, Vec<Finding>) {
        find_both(
            entry(1, &[Declared::Safe], "db/1.sql"),
            entry(1, &[Declared::Safe], "src/a.rs"),
        )
    }

    pub(super) fn make_migration_fixtures() -> (Vec<Finding>, Vec<Finding>) {
        find_both(
            entry(1, &[Declared::Migration], "a"),
            entry(1, &[Declared::Doubt], "a"),
        )
    }

    #[test]
    fn declared_no_with_nothing_found_warns_and_is_a_doubt() {
        let out = compare(vec![entry(12, &[Declared::NotSafe], "src/a.rs")], &[]);
        assert_eq!(checks(&out), ["history/declared-not-safe"]);
        assert_eq!(out.findings[0].severity, Severity::Warns);
        assert_eq!(
            out.findings[0].says,
            "Change 12␛[2J (#12) is declared as not safe to roll back (trailer \"the words\"); \
                nothing that was read says why."
        );
        assert_eq!(out.doubts[0].0, ["src/a.rs"]);
    }

    #[test]
    fn what_agrees_is_no_finding_and_what_was_read_stands() {
        let found = [blocking("db/1.sql")];
        let agrees = compare(vec![entry(1, &[Declared::NotSafe], "db/1.sql")], &found);
        assert_eq!(checks(&agrees), Vec::<String>::new());
        assert!(agrees.doubts.is_empty());
        let safe = compare(vec![entry(1, &[Declared::Safe], "src/a.rs")], &found);
        assert_eq!(checks(&safe), Vec::<String>::new());
        let against = compare(vec![entry(1, &[Declared::Safe], "db/1.sql")], &found);
        assert_eq!(checks(&against), ["history/declared-safe-but-breaks"]);
        assert!(
            against.findings[0]
                .says
                .as_raw()
                .contains("orders.note blocks the way back: what was read stands")
        );
        assert!(against.doubts.is_empty());
    }

    #[test]
    fn what_does_not_go_back_and_what_is_said_twice_counts_once() {
        let mut gone = entry(1, &[Declared::NotSafe], "a");
        gone.cancelled_by = Some("f".repeat(40));
        let mut theirs = entry(2, &[Declared::NotSafe], "a");
        theirs.in_previous = true;
        assert_eq!(
            checks(&compare(vec![gone, theirs], &[])),
            Vec::<String>::new()
        );
        let twice = vec![
            entry(3, &[Declared::NotSafe], "a"),
            entry(3, &[Declared::NotSafe], "a"),
        ];
        assert_eq!(checks(&compare(twice, &[])).len(), 1);
        // the strictest of one entry counts
        let both = compare(
            vec![entry(4, &[Declared::Safe, Declared::NotSafe], "a")],
            &[],
        );
        assert_eq!(checks(&both), ["history/declared-not-safe"]);
    }

    #[test]
    fn how_many_say_nothing_is_one_line_and_none_where_nobody_declares() {
        let silent = || entry(9, &[], "a");
        assert_eq!(compare(vec![silent(), silent()], &[]).line, None);
        let out = compare(
            vec![
                silent(),
                entry(1, &[Declared::NotSafe], "a"),
                entry(2, &[Declared::Safe], "a"),
            ],
            &[],
        );
        assert_eq!(
            out.line.as_deref(),
            Some(
                "declared by authors: 1 not safe to roll back, 1 safe, 0 with a condition or a \
                    migration; 1 of 3 changes say nothing"
            )
        );
    }

    #[test]
    fn a_migration_that_is_labelled_and_not_found_warns() {
        let out = compare(vec![entry(1, &[Declared::Migration], "a")], &[]);
        assert_eq!(checks(&out), ["history/declared-migration"]);
    }

    #[test]
    fn labels_are_added_to_the_entries_they_are_about() {
        let mut log = Changelog {
            entries: vec![entry(12, &[], "a"), entry(13, &[], "a")],
            ..Changelog::default()
        };
        let file = read_label_file("labels.json", br#"{"12":["no-rollback"]}"#).unwrap();
        assert_eq!(add_label_declarations(&mut log, &file), 1);
        assert_eq!(log.entries[0].declared[0].quote(), "label \"no-rollback\"");
        assert!(log.entries[1].declared.is_empty());
    }
}

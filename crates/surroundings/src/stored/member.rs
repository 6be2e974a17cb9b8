//! `stored-form/reader-widened`.

use super::{
    ChangedProgram, StoredCheck, StoredInput, StoredOutcome, build_stored_finding, cite_text_line,
    guard_places,
};
use coverage::guard::words::{STORES_STRONG, has_part, names_elsewhere};
use coverage::guard::{Compares, VersionGuard};
use model::{
    CheckDeclaration, CheckDoc, Confidence, Direction, Domain, Finding, Severity, check_cases,
};
use text_scan::has_whole_word;

const DOC: CheckDoc = CheckDoc {
    id: "stored-form/reader-widened",
    title: "The new release takes versions or types that the previous release refuses",
    domain: Domain::StoredForm,
    direction: Direction::Rollback,
    looks_for: "Comparisons and switches over the version or the type of something stored that end in an error in the previous release, and that take more versions or types in the new release (another number, another case, a new type of record), or are gone.",
    why: "A reader is widened because something new is written; the previous release stops when it meets it.",
    action: "Find out whether the new version or type was written; if so, convert or remove it, restore what was saved before, or go forward.",
    example: "ledger/replay.go: the switch over recordType gets noteRecord, and the previous release returns an error for a type that it does not know.",
    source: "Public reports of ways back that failed without SQL: a log with one more type of record, a format with a literal guard.",
};

pub(super) const CHECK: StoredCheck = StoredCheck {
    declared: CheckDeclaration {
        doc: DOC,
        grades: None,
        place: module_path!(),
        cases: check_cases!(test, |_| super::fixture::try_fixtures(make_fixtures())),
    },
    run: find_widened_readers,
};

fn find_widened_readers(look: &StoredInput<'_>, outcome: &mut StoredOutcome) {
    // what a tool writes anew from a description is judged by that description
    let written = |file: &&ChangedProgram| !file.new.is_empty() && !super::is_generated(&file.new);
    for file in look.files.iter().filter(written) {
        let mut seen: Vec<(&[String], usize)> = Vec::new();
        for old in file
            .old_digest()
            .guards
            .iter()
            .filter(|guard| guard.refuses())
        {
            // the same question in current: by its subject, in order
            let subject = names_of(old);
            // two switches over one value in a file are met in their order
            let nth = seen.iter().filter(|(other, _)| *other == subject).count();
            seen.push((subject, nth));
            let new = file
                .new_guards()
                .iter()
                // the comparison has to ask the same: a switch that became an `if` is judged as
                // gone
                .filter(|new| {
                    new.compares == old.compares
                        && is_same_guard_subject(names_of(new), subject, old)
                })
                .nth(nth);
            outcome
                .findings
                .extend(judge_widened_guard(look, file, old, new));
        }
    }
}

fn names_of(guard: &VersionGuard) -> &[String] {
    guard.subject()
}

/// The same question: the subject of a switch is the same, the comparison names the same things.
fn is_same_guard_subject(new: &[String], old: &[String], guard: &VersionGuard) -> bool {
    // names of a comparison may be written anew, its first one is what is asked about
    if guard.compares == Compares::UnknownMember {
        new == old
    } else {
        old.first() == new.first()
    }
}

/// Names that come and go without a meaning for what is stored.
fn is_unrelated_guard(file: &ChangedProgram, guard: &VersionGuard) -> bool {
    // words of calls, commands and text: their types and codes are of the moment
    const OTHER: [&str; 22] = [
        "status", "code", "method", "command", "cmd", "arg", "flag", "verb", "node", "expr",
        "token", "lexer", "ast", "http", "event", "action", "mime", "content", "os", "arch",
        "error", "argv",
    ];
    // a name of the language's own calls: the reader lost its way
    const CALLS: [&str; 9] = [
        "unwrap", "expect", "is_some", "is_none", "is_ok", "is_err", "len", "iter", "await",
    ];
    if guard
        .subject()
        .iter()
        .all(|name| CALLS.contains(&name.as_str()))
    {
        return true;
    }
    let subject_other = guard
        .subject()
        .iter()
        .any(|name| names_elsewhere(name) || has_part(name, &OTHER));
    subject_other && !is_guard_of_stored_data(file, guard)
}

// the narrow list: `data` and `state` are said of what nobody keeps
/// The file, the subject, a case or the message speaks of something that is kept.
fn is_guard_of_stored_data(file: &ChangedProgram, guard: &VersionGuard) -> bool {
    let speaks = |text: &str| has_part(text, &STORES_STRONG);
    speaks(&file.old_path) || speaks(&guard.message) || guard.names.iter().any(|name| speaks(name))
}

fn judge_widened_guard(
    look: &StoredInput<'_>,
    file: &ChangedProgram,
    old: &VersionGuard,
    new: Option<&VersionGuard>,
) -> Option<Finding> {
    if is_unrelated_guard(file, old) {
        return None;
    }
    let (previous, current) = (look.range.previous_version, look.range.current_version);
    let (line, refusal) = old.lines();
    let place = format!("{}:{}", file.old_path, refusal.unwrap_or(line));
    let Some(new) = new else {
        return judge_vanished_guard(look, file, old, &place);
    };
    let numbers: Vec<u64> = new
        .literals
        .iter()
        .copied()
        .filter(|number| !old.literals.contains(number))
        .collect();
    let raised = match old.compares {
        Compares::Newer => {
            numbers.iter().max() > old.literals.iter().max() && !old.literals.is_empty()
        }
        _ => !numbers.is_empty(),
    };
    let old_labels = &old.names[old.subjects.min(old.names.len())..];
    let labels: Vec<&String> = new.names[new.subjects.min(new.names.len())..]
        .iter()
        .filter(|name| !old.names.contains(name))
        .collect();
    // cases that only got another name are as many as before
    let more = old.compares == Compares::UnknownMember
        && new.names.len() - new.subjects > old_labels.len()
        && !labels.is_empty();
    if !raised && !more {
        return None;
    }
    if !old.about_version() && !is_guard_of_stored_data(file, old) {
        return None;
    }
    let what = if more {
        labels
            .iter()
            .take(4)
            .map(|label| label.as_str())
            .collect::<Vec<_>>()
            .join(", ")
    } else {
        numbers
            .iter()
            .take(4)
            .map(u64::to_string)
            .collect::<Vec<_>>()
            .join(", ")
    };
    let says = format!(
        "{current} accepts {what} at {}:{}, and {previous} stops with an error there when it meets one that it does not know ({place})",
        file.path, new.line
    );
    // a named type that is new is seen; a bare number may only be read, not written
    let sure = more
        && is_guard_of_stored_data(file, old)
        && !file.vendored
        && labels.iter().any(|label| !has_whole_word(&file.old, label));
    let (severity, confidence) = if sure {
        (Severity::Blocks, Confidence::Proven)
    } else {
        (Severity::Warns, Confidence::Likely)
    };
    let mut places = Vec::new();
    let declared = labels.first().and_then(|label| {
        file.new
            .lines()
            .position(|line| has_whole_word(line, label))
            .map(|index| index + 1)
    });
    places.extend(declared.map(|line| cite_text_line(&file.path, line, &file.new)));
    places.push(cite_text_line(&file.path, new.line, &file.new));
    places.extend(guard_places(&file.old_path, &file.old, old));
    places.dedup();
    let subject = if more {
        labels
            .first()
            .map_or(what.clone(), |label| (*label).clone())
    } else {
        old.subject().last().cloned().unwrap_or(what.clone())
    };
    Some(build_stored_finding(
        &DOC, severity, confidence, &subject, &says, places,
    ))
}

/// The whole question is gone: only where it was about a version, and the words around it are still
/// there.
fn judge_vanished_guard(
    look: &StoredInput<'_>,
    file: &ChangedProgram,
    old: &VersionGuard,
    place: &str,
) -> Option<Finding> {
    let (previous, current) = (look.range.previous_version, look.range.current_version);
    let gone = old.about_version()
        // a switch that is gone may have become a table
        && old.compares != Compares::UnknownMember
        // a comparison with zero asks whether anything is there
        && old.literals.iter().any(|number| *number > 0);
    let says = format!(
        "{previous} stops with an error at {place} when it meets another version, and {current} no longer does"
    );
    (gone && !file.vendored && is_guard_of_stored_data(file, old)).then(|| {
        // what is not asked any more may be asked at another place, so it warns
        build_stored_finding(
            &DOC,
            Severity::Warns,
            Confidence::Likely,
            place,
            &says,
            guard_places(&file.old_path, &file.old, old),
        )
    })
}

#[cfg(test)]
fn make_fixtures() -> (super::fixture::StoredFixture, super::fixture::StoredFixture) {
    use super::fixture::StoredFixture;
    (
        StoredFixture::of(
            "journal/Replay.kt",
            "fun replay(kind: Int) {\n  when (kind) {\n    OPEN, MOVE -> go()\n    else -> throw IllegalStateException(\"journal holds an entry that is not known\")\n  }\n}",
            "fun replay(kind: Int) {\n  when (kind) {\n    OPEN, MOVE, NOTE -> go()\n    else -> throw IllegalStateException(\"journal holds an entry that is not known\")\n  }\n}",
        ),
        StoredFixture::of(
            "menu/Menu.kt",
            "fun go(kind: Int) {\n  when (kind) {\n    OPEN -> go()\n    else -> throw IllegalStateException(\"no such entry of the menu\")\n  }\n}",
            "fun go(kind: Int) {\n  when (kind) {\n    OPEN, CLOSE -> go()\n    else -> throw IllegalStateException(\"no such entry of the menu\")\n  }\n}",
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::super::fixture::StoredFixture;
    use super::*;

    #[test]
    fn a_new_type_of_record_blocks() {
        let (found, _) = make_fixtures().0.of_check(DOC.id);
        assert_eq!(
            (found[0].severity, found[0].subject.as_raw()),
            (Severity::Blocks, "NOTE")
        );
    }

    #[test]
    fn a_literal_guard_warns() {
        let of = |path, old, new| StoredFixture::of(path, old, new).of_check(DOC.id).0;
        let found = of(
            "a/seg.rs",
            "if meta.version != 1 { return Err(E::Unknown); }",
            "if meta.version != 1 && meta.version != 2 { return Err(E::Unknown); }",
        );
        assert_eq!(found[0].severity, Severity::Warns);
        let found = of(
            "a/seg.php",
            "<?php if ($version > 3) { throw new E('x'); }",
            "<?php if ($version > 4) { throw new E('x'); }",
        );
        assert_eq!(found[0].severity, Severity::Warns);
        let found = of(
            "vendor/l/b.go",
            "func f(version int) error {\n\tif version != 1 {\n\t\treturn errBad\n\t}\n}",
            "func f(version int) error {\n\tif version != 1 && version != 2 {\n\t\treturn errBad\n\t}\n}",
        );
        assert_eq!(found[0].severity, Severity::Warns);
        let found = of(
            "a/b.ex",
            "case version do\n  1 -> one()\n  _ -> raise \"x\"\nend\n",
            "case version do\n  1 -> one()\n  2 -> two()\n  _ -> raise \"x\"\nend\n",
        );
        assert_eq!(found[0].severity, Severity::Warns);
    }

    #[test]
    fn what_a_tool_wrote_is_judged_elsewhere() {
        let (found, _) = StoredFixture::of(
            "journal/record.pb.go",
            "// Code generated by a tool. DO NOT EDIT.\nfunc read(recordType int) error {\n\tif recordType != 1 {\n\t\treturn errBad\n\t}\n}",
            "// Code generated by a tool. DO NOT EDIT.\nfunc read(recordType int) error {\n\tif recordType != 1 && recordType != 2 {\n\t\treturn errBad\n\t}\n}",
        )
        .of_check(DOC.id);
        assert!(found.is_empty(), "{found:?}");
        // a warning to people is no mark of a generator
        let (found, _) = StoredFixture::of(
            "journal/record.go",
            "// DO NOT EDIT the numbers below: they are on disk.\nfunc read(recordType int) error {\n\tif recordType != 1 {\n\t\treturn errBad\n\t}\n}",
            "// DO NOT EDIT the numbers below: they are on disk.\nfunc read(recordType int) error {\n\tif recordType != 1 && recordType != 2 {\n\t\treturn errBad\n\t}\n}",
        )
        .of_check(DOC.id);
        assert_eq!(found.len(), 1);
    }

    #[test]
    fn a_new_number_of_a_record_that_is_read_back_warns() {
        let reader = |more: &str| {
            format!(
                "class Replay {{\n  void all(DataInputStream in) throws IOException {{\n    int code = in.readUnsignedByte();\n    switch (code) {{\n      case 1: put(in); break;\n{more}      default: throw new IOException(\"the journal holds a record of type \" + code + \" that is not known\");\n    }}\n  }}\n}}\n"
            )
        };
        let (old, new) = (reader(""), reader("      case 2: weigh(in); break;\n"));
        let (old, new): (&'static str, &'static str) = (old.leak(), new.leak());
        let (found, _) = StoredFixture::of("log/Replay.java", old, new).of_check(DOC.id);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].severity, Severity::Warns);
    }
}

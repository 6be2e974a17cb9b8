//! `stored-form/position-moved`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

use super::positional_list::{PositionalList, list_positional_lists};
use super::{
    ChangedProgram, StoredCheck, StoredInput, StoredOutcome, build_stored_finding, cite_text_line,
};
use coverage::place::{FileRole, classify_path_place};
use model::{
    CheckDeclaration, CheckDoc, Confidence, Direction, Domain, Evidence, Hit, Severity, Snapshot,
    check_cases,
};
use text_scan::has_whole_word;

const DOC: CheckDoc = CheckDoc {
    id: "stored-form/position-moved",
    title: "A value that is stored by its position has another position",
    domain: Domain::StoredForm,
    direction: Direction::Rollback,
    looks_for: "Enumerations whose members are stored as the number of their place, and in which a member that both releases have moved: enums of Rails in a list, of JPA without EnumType.STRING, of C# and TypeScript in entities, of Go with iota in tagged fields, of Swift with Int, of Dart by index.",
    why: "What the newer release writes under a number means another member to the previous release, and nothing fails: orders that were paid are open again.",
    action: "Count the rows that were written since; write their numbers anew with the way back, or go forward with explicit numbers.",
    example: "Status gets PACKED between PAID and SENT: 2 is PACKED in current and SENT in previous.",
    source: "Jakarta Persistence (EnumType.ORDINAL), Active Record (enum), documentation of the languages.",
};

pub(super) const CHECK: StoredCheck = StoredCheck {
    declared: CheckDeclaration {
        doc: DOC,
        grades: None,
        place: module_path!(),
        cases: check_cases!(test, |_| super::fixture::try_fixtures(make_fixtures())),
    },
    run: find_moved_positions,
};

// each enumeration costs a search through the whole tree
/// Most enumerations of a range whose use is searched.
const SEARCHED: usize = 20;

fn find_moved_positions(look: &StoredInput<'_>, outcome: &mut StoredOutcome) {
    let mut searched = 0;
    for file in look
        .files
        .iter()
        .filter(|file| !file.vendored && !file.old.is_empty() && !file.new.is_empty())
    {
        let new_lists = list_positional_lists(&file.path, &file.new);
        if new_lists.is_empty() {
            continue;
        }
        for old in list_positional_lists(&file.old_path, &file.old) {
            let Some(new) = new_lists.iter().find(|new| new.name == old.name) else {
                continue;
            };
            let Some(moved) = find_moved_member(&old, new) else {
                continue;
            };
            searched += 1;
            if searched <= SEARCHED
                // only previous is asked, since it is what reads the number
                && let Some(kept) = find_storing_place(look.range.previous, file, &old)
            {
                tell_moved(look, file, &old, &moved, kept, outcome);
            }
        }
    }
}

/// A member with its number and line before and after.
struct MovedMember {
    name: String,
    before: (i64, usize),
    after: (i64, usize),
}

/// The first member of both that has another number.
fn find_moved_member(old: &PositionalList, new: &PositionalList) -> Option<MovedMember> {
    let after: BTreeMap<&str, (i64, usize)> = new
        .members
        .iter()
        .map(|member| (member.name.as_str(), (member.number, member.line)))
        .collect();
    old.members.iter().find_map(|member| {
        // a member that one of the two lacks moved nothing by itself
        let now = *after.get(member.name.as_str())?;
        (now.0 != member.number).then(|| MovedMember {
            name: member.name.clone(),
            before: (member.number, member.line),
            after: now,
        })
    })
}

/// Where previous stores the number.
enum StoringPlace {
    /// The declaration itself says so.
    Declared,
    /// A mapping that stores the number.
    Mapped(Hit),
    /// A field of something that is stored or sent, whose form may be the number.
    Likely(Hit),
}

fn find_storing_place(
    previous: &dyn Snapshot,
    file: &ChangedProgram,
    list: &PositionalList,
) -> Option<StoringPlace> {
    let language = file.path.rsplit('.').next().unwrap_or_default();
    match language {
        // Active Record stores the place whenever the members are a list
        "rb" => Some(StoringPlace::Declared),
        // without `Int` an enumeration of Swift has no number
        "swift" => list.declared_as_number.then_some(StoringPlace::Declared),
        "java" | "kt" | "groovy" => {
            // JPA stores the number unless it is told otherwise, so the mapping has to be found
            find_ordinal_mapping(previous, &list.name).map(StoringPlace::Mapped)
        }
        _ => {
            let fits = FIELDS.get(language)?.as_ref()?;
            let hits = search_live(previous, &[list.name.as_str()]);
            hits.into_iter()
                .find(|hit| fits.is_match(&hit.text) && has_whole_word(&hit.text, &list.name))
                .map(StoringPlace::Likely)
        }
    }
}

// whether a field of such a thing is stored as its number hangs on the library, so it is likely
/// How a field of a stored or sent thing looks on its line, by ending of the file.
static FIELDS: LazyLock<BTreeMap<&'static str, Option<Regex>>> = LazyLock::new(|| {
    [
        ("cs", r"\{\s*get\b"),
        ("ts", r"(?i)@(?:column|prop|field)\b|\benum\s*:|^\s*(?:public\s+|readonly\s+)*\w+[?!]?\s*:\s*[\w.]+(?:\s*\|\s*null)?\s*;"),
        ("go", r"`[^`]*\b(?:json|db|gorm|bson|sql|xml|yaml|msgpack)\b[^`]*`|\bgorm\."),
        ("dart", r"\.index\b|\.values\s*\["),
    ]
    .into_iter()
    .map(|(language, pattern)| (language, Regex::new(pattern).ok()))
    .collect()
});

/// A mapping of JPA that stores the place of a member: `@Enumerated` without `STRING`, with the
/// name of the enumeration within the next lines; or a call of `ordinal` beside the name.
fn find_ordinal_mapping(previous: &dyn Snapshot, name: &str) -> Option<Hit> {
    // annotation and field stand in neighbouring lines
    const LINES_BELOW: usize = 4;
    let hits = search_live(previous, &["@Enumerated", ".ordinal"]);
    hits.into_iter().find(|hit| {
        // with `STRING` the word is stored, and its place does not matter
        if hit.text.contains("EnumType.STRING") || hit.text.contains("(STRING)") {
            return false;
        }
        let Ok(text) = previous.read_text(&hit.path) else {
            return false;
        };
        // a call of `ordinal` names its enumeration somewhere in the file
        if hit.text.contains(".ordinal") {
            return has_whole_word(&text, name);
        }
        text.lines()
            .skip(hit.line.saturating_sub(1))
            .take(LINES_BELOW)
            .any(|line| has_whole_word(line, name))
    })
}

fn search_live(tree: &dyn Snapshot, words: &[&str]) -> Vec<Hit> {
    const HITS: usize = 200;
    let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
    let live = |path: &str| classify_path_place(path) == FileRole::Live;
    tree.search_many(&words, false, HITS, &live).0
}

fn tell_moved(
    look: &StoredInput<'_>,
    file: &ChangedProgram,
    list: &PositionalList,
    moved: &MovedMember,
    kept: StoringPlace,
    outcome: &mut StoredOutcome,
) {
    let (previous, current) = (look.range.previous_version, look.range.current_version);
    let (severity, confidence) = match &kept {
        // here the place itself is what is stored, and both releases give it another number
        StoringPlace::Declared | StoringPlace::Mapped(_) => (Severity::Blocks, Confidence::Proven),
        StoringPlace::Likely(_) => (Severity::Warns, Confidence::Likely),
    };
    let (name, member) = (&list.name, &moved.name);
    let ((was, old_line), (is, new_line)) = (moved.before, moved.after);
    let place = match &kept {
        StoringPlace::Declared => String::new(),
        StoringPlace::Mapped(at) => {
            format!(", and that number is stored ({}:{})", at.path, at.line)
        }
        StoringPlace::Likely(at) => {
            format!(
                ", and that number may be stored or sent ({}:{})",
                at.path, at.line
            )
        }
    };
    let says = format!(
        "{member} of {name} is {was} in {previous} ({}:{old_line}) and {is} in {current} ({}:{new_line}){place}: what {current} wrote, {previous} reads as another value, and nothing fails",
        file.old_path, file.path
    );
    let mut evidence = vec![
        cite_text_line(&file.path, new_line, &file.new),
        cite_text_line(&file.old_path, old_line, &file.old),
    ];
    if let StoringPlace::Mapped(at) | StoringPlace::Likely(at) = kept {
        evidence.push(Evidence::at(at.path.as_str(), at.line).with_excerpt(at.text.trim()));
    }
    outcome.findings.push(build_stored_finding(
        &DOC, severity, confidence, name, &says, evidence,
    ));
}

#[cfg(test)]
fn make_fixtures() -> (super::fixture::StoredFixture, super::fixture::StoredFixture) {
    use super::fixture::StoredFixture;
    (
        StoredFixture::of(
            "app/models/jar.rb",
            "class Jar < ApplicationRecord\n  enum :state, [:empty, :full]\nend\n",
            "class Jar < ApplicationRecord\n  enum :state, [:empty, :half, :full]\nend\n",
        ),
        StoredFixture::of(
            "app/models/jar.rb",
            "class Jar < ApplicationRecord\n  enum :state, { empty: 0, full: 1 }\nend\n",
            "class Jar < ApplicationRecord\n  enum :state, { empty: 0, half: 2, full: 1 }\nend\n",
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::super::fixture::StoredFixture;
    use super::*;

    fn severities(fixture: &StoredFixture) -> Vec<Severity> {
        let found = fixture.of_check(DOC.id).0;
        found.iter().map(|finding| finding.severity).collect()
    }

    #[test]
    fn a_number_that_means_another_member_is_told_where_it_is_stored() {
        let jpa = |annotation: &str| -> StoredFixture {
            let entity: &'static str = Box::leak(
                format!("class Jar {{\n  {annotation}\n  private State state;\n}}\n").into(),
            );
            StoredFixture::of(
                "src/main/java/jars/State.java",
                "public enum State { EMPTY, FULL }\n",
                "public enum State {\n  EMPTY,\n  /* since 1.1 */ HALF(\"h, i\"),\n  FULL;\n}\n",
            )
            .and("src/main/java/jars/Jar.java", Some(entity), Some(entity))
        };
        assert_eq!(severities(&jpa("@Enumerated")), [Severity::Blocks]);
        assert_eq!(
            severities(&jpa("@Enumerated(EnumType.ORDINAL)")),
            [Severity::Blocks]
        );
        assert_eq!(severities(&jpa("@Enumerated(EnumType.STRING)")), []);
        assert_eq!(severities(&jpa("@Transient")), []);
        let go = StoredFixture::of(
            "jar.go",
            "package jar\n\ntype State int\n\nconst (\n\tEmpty State = iota\n\tFull\n)\n\ntype Jar struct {\n\tState State `json:\"state\"`\n}\n",
            "package jar\n\ntype State int\n\nconst (\n\tEmpty State = iota\n\tHalf\n\tFull\n)\n\ntype Jar struct {\n\tState State `json:\"state\"`\n}\n",
        );
        assert_eq!(severities(&go), [Severity::Warns]);
        let csharp = StoredFixture::of(
            "Jar.cs",
            "public enum State { Empty, Full }\npublic class Jar { public State State { get; set; } }\n",
            "public enum State { Half, Empty, Full }\npublic class Jar { public State State { get; set; } }\n",
        );
        assert_eq!(severities(&csharp), [Severity::Warns]);
        let swift = StoredFixture::of(
            "Jar.swift",
            "enum State: Int, Codable {\n  case empty, full\n}\n",
            "enum State: Int, Codable {\n  case empty\n  case half\n  case full\n}\n",
        );
        assert_eq!(severities(&swift), [Severity::Blocks]);
    }

    #[test]
    fn members_at_the_end_and_numbers_that_are_written_down_move_nothing() {
        for (path, old, new) in [
            (
                "app/models/jar.rb",
                "  enum state: %i[empty full]\n",
                "  enum state: %i[empty full broken]\n",
            ),
            (
                "Jar.cs",
                "public enum State { Empty = 1, Full = 2 }\npublic class Jar { public State State { get; set; } }\n",
                "public enum State { Empty = 1, Half = 3, Full = 2 }\npublic class Jar { public State State { get; set; } }\n",
            ),
            (
                "State.swift",
                "enum State: String {\n  case empty, full\n}\n",
                "enum State: String {\n  case empty, half, full\n}\n",
            ),
            (
                "tone.go",
                "package a\nconst (\n\tLow Tone = iota\n\tHigh\n)\n",
                "package a\nconst (\n\tLow Tone = iota\n\tMid\n\tHigh\n)\n",
            ),
        ] {
            assert_eq!(severities(&StoredFixture::of(path, old, new)), [], "{new}");
        }
    }
}

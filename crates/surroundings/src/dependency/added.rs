//! `dependency/added`.

use super::library::{list_by_package, without_major};
use crate::check::{
    SurroundingsCheck, SurroundingsInput, WithEvidence, build_check_finding, join_shortened_names,
};
use model::{
    CheckDeclaration, CheckDoc, Confidence, Direction, Domain, Evidence, Finding, Severity,
    check_cases,
};

const DOC: CheckDoc = CheckDoc {
    id: "dependency/added",
    title: "Libraries are new",
    domain: Domain::Dependency,
    direction: Direction::Both,
    looks_for: "Libraries that only the new release's manifests or lock files name.",
    why: "On the way out they must be installable where the program is built; on the way back they are simply gone.",
    action: "Nothing, unless the previous release is deployed onto the same installed libraries.",
    example: "package.json gains stripe 12.0.0.",
    source: "The guide (`backout guide 7`): redeploying runs the process as it existed when the release was created.",
};

pub(crate) const CHECK: SurroundingsCheck = SurroundingsCheck {
    declared: CheckDeclaration {
        doc: DOC,
        grades: None,
        place: module_path!(),
        cases: check_cases!(any(test, feature = "fixtures"), |_| {
            crate::case::try_fixtures(find_added_dependencies, make_fixtures())
        }),
    },
    run: find_added_dependencies,
};

fn find_added_dependencies(look: &SurroundingsInput<'_>) -> Vec<Finding> {
    // of a new manifest everything would be new
    let files = look.libraries.iter().filter(|file| !file.whole);
    files
        .filter_map(|file| {
            // Go writes the major version into the name
            let on_other_side = list_by_package(&file.old);
            let found: Vec<_> = file
                .new
                .iter()
                .filter(|(name, _)| !on_other_side.contains_key(without_major(name)))
                .collect();
            // what the project asks for itself is named first
            let (direct, others): (Vec<_>, Vec<_>) =
                found.iter().partition(|(name, _)| file.direct(name));
            let shown: Vec<&String> = direct
                .iter()
                .chain(&others)
                .map(|(name, _)| *name)
                .collect();
            let subject = if shown.len() == 1 {
                shown.first()?.to_string()
            } else {
                format!("{} libraries", shown.len())
            };
            let verb = if shown.len() == 1 {
                "is new in"
            } else {
                "are new in"
            };
            let says = format!(
                "{} {verb} {} ({})",
                join_shortened_names(&shown),
                look.range.current_version,
                file.path
            );
            let places = direct
                .iter()
                .chain(&others)
                .take(12)
                .map(|(name, library)| {
                    Evidence::at(&*file.path, library.line).with_excerpt(&library.excerpt(name))
                });
            shown.first()?;
            Some(
                // what going back takes along keeps nothing, so it is a note
                build_check_finding(&DOC, Severity::Notes, Confidence::Proven, subject, says)
                    .at(places),
            )
        })
        .collect()
}

#[cfg(any(test, feature = "fixtures"))]
fn make_fixtures() -> (crate::case::Fixture, crate::case::Fixture) {
    use crate::case::Fixture;
    use model::FileKind;
    let (one, two) = (
        "{\"dependencies\": {\"a\": \"1.0.0\"}}",
        "{\"dependencies\": {\"a\": \"1.0.0\", \"b\": \"2.0.0\"}}",
    );
    let with = |old, new| Fixture::of("package.json", FileKind::Dependency, old, new);
    (with(one, two), with(two, one))
}

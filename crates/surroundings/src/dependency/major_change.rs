//! `dependency/major-change`.

use std::collections::HashMap;

use super::library::{LibraryVersion, list_by_package, without_major};
use super::stored_format::names_stored_format_step;
use super::version::{is_lower_version, major_step};
use crate::check::{
    APART, SurroundingsCheck, SurroundingsInput, WithEvidence, build_check_finding,
    join_shortened_names,
};
use model::{
    CheckDeclaration, CheckDoc, Confidence, Direction, Domain, Evidence, Finding, Severity,
    check_cases,
};

const DOC: CheckDoc = CheckDoc {
    id: "dependency/major-change",
    title: "A library moves to another major version",
    domain: Domain::Dependency,
    direction: Direction::Both,
    looks_for: "Libraries whose major version differs (the second number while the first is 0), in Cargo, npm, Yarn, pnpm, Bundler, Go, Python, Composer, Mix, Maven, Gradle, NuGet, pub, CocoaPods and Swift files. Libraries that the project asks for itself are named one by one, many without a version 1 and those that other libraries need together.",
    why: "Going back takes the library back too: what the newer one wrote (sessions, caches, serialised objects, queue messages) may not be readable by the older one.",
    action: "Ask whether the library stores or sends anything, and clear or drain it if the older one cannot read it.",
    example: "Gemfile.lock: rails goes from 6.1.7 to 7.0.4.",
    source: "Semantic versioning; hints dependency-downgraded of the changelog.",
};

pub(crate) const CHECK: SurroundingsCheck = SurroundingsCheck {
    declared: CheckDeclaration {
        doc: DOC,
        grades: None,
        place: module_path!(),
        cases: check_cases!(any(test, feature = "fixtures"), |_| {
            crate::case::try_fixtures(find_major_changes, make_fixtures())
        }),
    },
    run: find_major_changes,
};

fn find_major_changes(look: &SurroundingsInput<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in &look.libraries {
        // Go writes the major version into the name
        let packages = list_by_package(&file.new);
        let moved = file.old.iter().filter_map(|(name, old)| {
            let new = file.new.get(name);
            // `example.org/store/v3` takes the place of `example.org/store/v2`
            let new = new.or_else(|| Some(packages.get(without_major(name))?.1))?;
            Some((name, old, new))
        });
        let steps: Vec<_> = moved
            .filter(|(name, old, new)| {
                // told once, by what it keeps
                !names_stored_format_step(name, old, new)
                    // below 1.0 the second number is the major one, and a downgrade may be any step
                    && (major_step(&old.version, &new.version)
                        || is_lower_version(&old.version, &new.version))
            })
            .collect();
        let (direct, indirect): (Vec<_>, Vec<_>) =
            steps.into_iter().partition(|(name, ..)| file.direct(name));
        let is_early = |version: &str| {
            version
                .trim_start_matches(['v', '^', '~'])
                .starts_with("0.")
        };
        let (mut early, mut direct): (Vec<_>, Vec<_>) =
            direct.into_iter().partition(|(_, old, new)| {
                is_early(&old.version)
                    && is_early(&new.version)
                    && !is_lower_version(&old.version, &new.version)
            });
        // few are named one by one
        if early.len() <= APART {
            direct.append(&mut early);
            direct.sort_by_key(|(name, ..)| *name);
        }
        if !early.is_empty() {
            let shown: Vec<&String> = early.iter().map(|(name, ..)| *name).collect();
            let says = format!(
                "{} libraries that have no version 1 yet move on, and going back takes them back: {}",
                shown.len(),
                join_shortened_names(&shown)
            );
            let places = early.iter().take(12).map(|(name, _, new)| {
                Evidence::at(&*file.path, new.line).with_excerpt(&format!("{name} {}", new.version))
            });
            findings.push(
                build_check_finding(
                    &DOC,
                    Severity::Notes,
                    Confidence::Hint,
                    file.path.as_str(),
                    says,
                )
                .at(places),
            );
        }
        for (name, old, new) in direct {
            findings.push(tell_one_step(&file.path, name, old, new));
        }
        // libraries of libraries are many, and nobody in the project chose them
        if !indirect.is_empty() {
            let shown: Vec<&String> = indirect.iter().map(|(name, ..)| *name).collect();
            let says = if shown.len() == 1 {
                format!(
                    "a library that another library needs moves to another major version: {}",
                    join_shortened_names(&shown)
                )
            } else {
                format!(
                    "{} libraries that other libraries need move to another major version: {}",
                    shown.len(),
                    join_shortened_names(&shown)
                )
            };
            let places = indirect.iter().take(12).map(|(name, _, new)| {
                Evidence::at(&*file.path, new.line).with_excerpt(&format!("{name} {}", new.version))
            });
            findings.push(
                build_check_finding(
                    &DOC,
                    Severity::Notes,
                    Confidence::Hint,
                    file.path.as_str(),
                    says,
                )
                .at(places),
            );
        }
    }
    tell_each_step_once(findings)
}

/// The step of one library that the project asks for itself.
fn tell_one_step(path: &str, name: &str, old: &LibraryVersion, new: &LibraryVersion) -> Finding {
    let down = if is_lower_version(&old.version, &new.version) {
        " (a downgrade)"
    } else {
        ""
    };
    let says = format!(
        "{name} goes from {} to {}{down}; going back takes it to {} again",
        old.version, new.version, old.version
    );
    let place = Evidence::at(path, new.line).with_excerpt(&format!("{name} {}", new.version));
    build_check_finding(
        &DOC,
        Severity::Notes,
        // whether the library keeps anything is not known, so it is a note
        Confidence::Proven,
        name,
        says,
    )
    .at([place])
}

/// A step that several manifests of one repository take is one line, with each of its places.
fn tell_each_step_once(findings: Vec<Finding>) -> Vec<Finding> {
    let mut places: HashMap<model::Untrusted, usize> = HashMap::new();
    let mut told: Vec<Finding> = Vec::new();
    for finding in findings {
        match places.get(&finding.says) {
            Some(at) => told[*at].evidence.extend(finding.evidence),
            None => {
                places.insert(finding.says.as_raw().into(), told.len());
                told.push(finding);
            }
        }
    }
    told
}

#[cfg(any(test, feature = "fixtures"))]
fn make_fixtures() -> (crate::case::Fixture, crate::case::Fixture) {
    use crate::case::Fixture;
    use model::FileKind;
    (
        Fixture::of(
            "Gemfile.lock",
            FileKind::Dependency,
            "GEM\n  specs:\n    rails (6.1.7)\n",
            "GEM\n  specs:\n    rails (7.0.4)\n",
        ),
        Fixture::of(
            "Gemfile.lock",
            FileKind::Dependency,
            "GEM\n  specs:\n    rails (7.0.3)\n",
            "GEM\n  specs:\n    rails (7.0.4)\n",
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::Fixture;
    use model::FileKind;

    #[test]
    fn what_go_needs_by_others_and_what_has_no_version_1_is_told_together() {
        let text = |jam: &str, minor: u8| {
            let early: String = ["a", "b", "c", "d", "e", "f", "g", "h", "i"]
                .iter()
                .map(|name| format!("\tx.example/{name} v0.{minor}.0\n"))
                .collect();
            format!(
                "module jars\n\nrequire (\n\tx.example/jam v{jam}\n\tx.example/lid v{jam} // indirect\n{early})\n"
            )
            .leak()
        };
        let (old, new): (&'static str, &'static str) = (text("1.0.0", 3), text("2.0.0", 4));
        let found = Fixture::of("go.mod", FileKind::Dependency, old, new).of_check(DOC.id);
        let subjects: Vec<&str> = found.iter().map(|one| one.subject.as_raw()).collect();
        assert_eq!(subjects, ["x.example/jam", "go.mod", "go.mod"], "{found:?}");
    }

    #[test]
    fn one_step_in_two_manifests_is_one_line() {
        let text = |version: &str| {
            format!("module jars\n\nrequire example.invalid/shelf v{version}\n").leak()
        };
        let (old, new): (&'static str, &'static str) = (text("1.4.0"), text("2.0.0"));
        let found = Fixture::of("go.mod", FileKind::Dependency, old, new)
            .and("server/go.mod", FileKind::Dependency, Some(old), Some(new))
            .of_check(DOC.id);
        assert_eq!((found.len(), found[0].evidence.len()), (1, 2));
    }
}

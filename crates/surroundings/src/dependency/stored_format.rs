//! `dependency/stored-format`.

use std::sync::LazyLock;

use super::installed::list_installing_files;
use super::library::{LibraryVersion, list_by_package, without_major};
use super::version::list_leading_numbers;
use crate::check::{SurroundingsCheck, SurroundingsInput, WithEvidence, build_check_finding};
use model::{
    CheckDeclaration, CheckDoc, Confidence, Direction, Domain, Evidence, Finding, Severity,
    check_cases,
};

const DOC: CheckDoc = CheckDoc {
    id: "dependency/stored-format",
    title: "A library that keeps data writes it in another form",
    domain: Domain::StoredForm,
    direction: Direction::Rollback,
    looks_for: "Libraries that write database files, indexes or stored objects (H2, Lucene, DuckDB, LiteDB, Badger, redb, Realm and others of a dated table) and that take a step with which their form changed.",
    why: "The library upgrades what it finds or writes it in its newer form, and the older library of the previous release does not read that.",
    action: "Go back with the newer library, or restore what it keeps from a backup that was made before the newer release ran; what can be built anew, such as an index or a cache, is deleted and built again.",
    example: "pom.xml: com.h2database:h2 goes from 1.4.200 to 2.2.224.",
    source: "What is commonly known of how these libraries keep data; the dated table is assets/library-formats.txt.",
};

pub(crate) const CHECK: SurroundingsCheck = SurroundingsCheck {
    declared: CheckDeclaration {
        doc: DOC,
        grades: None,
        place: module_path!(),
        cases: check_cases!(any(test, feature = "fixtures"), |_| {
            crate::case::try_fixtures(find_stored_format_steps, make_fixtures())
        }),
    },
    run: find_stored_format_steps,
};

/// `what is kept | packages | versions`, one library a line.
const TABLE: &str = include_str!("../../../../assets/library-formats.txt");

/// A library that keeps something.
struct KeepingLibrary {
    keeps: &'static str,
    packages: Vec<&'static str>,
    steps: &'static str,
}

/// The table, taken apart once.
static LIBRARIES: LazyLock<Vec<KeepingLibrary>> = LazyLock::new(|| {
    TABLE
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| {
            let mut columns = line.split('|').map(str::trim);
            Some(KeepingLibrary {
                keeps: columns.next()?,
                packages: columns.next()?.split_whitespace().collect(),
                steps: columns.next()?,
            })
        })
        .collect()
});

fn find_stored_format_steps(look: &SurroundingsInput<'_>) -> Vec<Finding> {
    let mut told = std::collections::BTreeSet::new();
    let mut findings = Vec::new();
    // images and build files install such libraries without a manifest
    let installed = list_installing_files(look);
    for file in look.libraries.iter().chain(&installed) {
        let (old, new) = (list_by_package(&file.old), list_by_package(&file.new));
        for (name, (shown, is)) in &new {
            let Some(library) = find_keeping_library(name, &is.packages) else {
                continue;
            };
            // a library that is new has kept nothing for the older release
            let Some((_, was)) = old.get(name) else {
                continue;
            };
            if !changes_form(library.steps, &was.version, &is.version)
                // several services of one repository share a library, and its step is told once
                || !told.insert((*name, was.version.clone(), is.version.clone()))
            {
                continue;
            }
            let says = format!(
                "{shown} goes from {} to {} ({}:{}), which writes {} in another form; {} does not read what {} has written",
                was.version,
                is.version,
                file.path,
                is.line,
                library.keeps,
                look.range.previous_version,
                look.range.current_version
            );
            let places = [
                Evidence::at(&*file.path, is.line).with_excerpt(&format!("{shown} {}", is.version)),
                Evidence::at(&*file.old_path, was.line)
                    .with_excerpt(&format!("{shown} {}", was.version)),
            ];
            findings.push(
                // whether the program uses what keeps data is not seen, so it is likely and no more
                build_check_finding(&DOC, Severity::Warns, Confidence::Likely, *shown, says)
                    .at(places),
            );
        }
    }
    findings
}

/// The library of the table that an entry of a manifest names, or one of the packages that take
/// their version from it.
fn find_keeping_library(name: &str, packages: &[String]) -> Option<&'static KeepingLibrary> {
    LIBRARIES.iter().find(|library| {
        let known = |name: &str| library.packages.contains(&name);
        known(name) || packages.iter().any(|package| known(package))
    })
}

/// Whether a step of a library is told by this check.
pub(super) fn names_stored_format_step(
    name: &str,
    old: &LibraryVersion,
    new: &LibraryVersion,
) -> bool {
    find_keeping_library(without_major(name), &new.packages)
        .is_some_and(|library| changes_form(library.steps, &old.version, &new.version))
}

/// Whether going from one version to the other passes a step of the table, in either direction.
/// Versions without numbers pass none.
fn changes_form(steps: &str, old: &str, new: &str) -> bool {
    let (old, new) = (list_leading_numbers(old), list_leading_numbers(new));
    // `latest` or a branch may be any version, and a step that nobody sees is not claimed
    let (Some(_), Some(_)) = (old.first(), new.first()) else {
        return false;
    };
    // a product that changes its files in each major version needs no list of versions
    match steps {
        "major" => old.first() != new.first(),
        "minor" => old.first() != new.first() || old.get(1) != new.get(1),
        listed => listed.split_whitespace().any(|step| {
            // going over the border in either direction: a downgrade has the same trouble forward
            let step = list_leading_numbers(step);
            (old < step) != (new < step)
        }),
    }
}

#[cfg(any(test, feature = "fixtures"))]
fn make_fixtures() -> (crate::case::Fixture, crate::case::Fixture) {
    use crate::case::Fixture;
    use model::FileKind;
    let pom = |version: &str| {
        let text = format!(
            "<project><dependencies><dependency>\n<groupId>com.h2database</groupId>\n<artifactId>h2</artifactId>\n<version>{version}</version>\n</dependency></dependencies></project>\n"
        );
        &*text.leak()
    };
    (
        Fixture::of(
            "pom.xml",
            FileKind::Dependency,
            pom("1.4.200"),
            pom("2.1.214"),
        ),
        Fixture::of(
            "pom.xml",
            FileKind::Dependency,
            pom("2.1.210"),
            pom("2.1.214"),
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::Fixture;
    use model::FileKind;

    fn count(path: &'static str, old: &'static str, new: &'static str) -> usize {
        Fixture::of(path, FileKind::Dependency, old, new)
            .of_check(DOC.id)
            .len()
    }

    #[test]
    fn libraries_of_other_languages_that_keep_files_are_told() {
        // the major version is a part of the name in Go
        assert_eq!(
            count(
                "go.mod",
                "module jars\n\nrequire github.com/dgraph-io/badger/v3 v3.2103.2\n",
                "module jars\n\nrequire github.com/dgraph-io/badger/v4 v4.1.0\n"
            ),
            1
        );
        assert_eq!(
            count(
                "Cargo.toml",
                "[dependencies]\nredb = \"1.4\"\n",
                "[dependencies]\nredb = { version = \"2.0\" }\n"
            ),
            1
        );
        assert_eq!(
            count(
                "gradle/libs.versions.toml",
                "[versions]\nlucene = \"8.11.1\"\n[libraries]\nl = { module = \"org.apache.lucene:lucene-core\", version.ref = \"lucene\" }\n",
                "[versions]\nlucene = \"9.4.0\"\n[libraries]\nl = { module = \"org.apache.lucene:lucene-core\", version.ref = \"lucene\" }\n"
            ),
            1
        );
    }

    #[test]
    fn a_version_of_a_catalog_is_known_by_the_packages_that_take_it() {
        assert_eq!(
            count(
                "gradle/libs.versions.toml",
                "[versions]\nembedded = \"1.4.200\"\n[libraries]\nl = { module = \"com.h2database:h2\", version.ref = \"embedded\" }\n",
                "[versions]\nembedded = \"2.1.214\"\n[libraries]\nl = { module = \"com.h2database:h2\", version.ref = \"embedded\" }\n"
            ),
            1
        );
    }

    #[test]
    fn a_library_is_met_in_every_form_of_a_manifest() {
        assert_eq!(
            count(
                "build.gradle",
                "implementation group: 'com.h2database', name: 'h2', version: '1.4.200'\n",
                "implementation group: 'com.h2database', name: 'h2', version: '2.1.214'\n"
            ),
            1
        );
        assert_eq!(
            count(
                "Cargo.toml",
                "[target.'cfg(unix)'.dependencies]\nredb.version = \"1.4\"\n",
                "[target.'cfg(unix)'.dependencies]\nredb.version = \"2.0\"\n"
            ),
            1
        );
        // a comment is none
        assert_eq!(
            count(
                "build.gradle",
                "// 'com.h2database:h2:1.4.200'\n",
                "// 'com.h2database:h2:2.1.214'\n"
            ),
            0
        );
    }

    #[test]
    fn a_library_is_met_where_it_is_installed_without_a_manifest() {
        let infrastructure = |path, old, new| {
            Fixture::of(path, FileKind::Infrastructure, old, new)
                .of_check(DOC.id)
                .len()
        };
        for (path, old, new) in [
            (
                "Dockerfile",
                "FROM python:3.12\nRUN pip install chromadb==0.4.24 flask==3.0.1\n",
                "FROM python:3.12\nRUN pip install chromadb==0.6.3 flask==3.0.1\n",
            ),
            (
                "CMakeLists.txt",
                "FetchContent_Declare(\n  rocksdb\n  GIT_REPOSITORY https://host.example/owner/rocksdb.git\n  GIT_TAG v7.10.2\n)\n",
                "FetchContent_Declare(\n  rocksdb\n  GIT_REPOSITORY https://host.example/owner/rocksdb.git\n  GIT_TAG v9.1.0\n)\n",
            ),
            (
                "WORKSPACE",
                "http_archive(\n    name = \"rocksdb\",\n    url = \"https://host.example/owner/rocksdb/archive/v7.10.2.tar.gz\",\n)\n",
                "http_archive(\n    name = \"rocksdb\",\n    url = \"https://host.example/owner/rocksdb/archive/v9.1.0.tar.gz\",\n)\n",
            ),
        ] {
            assert_eq!(infrastructure(path, old, new), 1, "{path}");
        }
        assert_eq!(
            infrastructure(
                "Dockerfile",
                "FROM python:3.12\nRUN pip install flask==2.0.1\n",
                "FROM python:3.12\nRUN pip install flask==3.0.1\n",
            ),
            0
        );
    }

    #[test]
    fn a_step_within_one_form_and_another_library_are_none() {
        assert_eq!(
            count(
                "requirements.txt",
                "duckdb==1.1.0\nclick==7.0\n",
                "duckdb==1.1.3\nclick==8.0\n"
            ),
            0
        );
        assert_eq!(
            count(
                "go.mod",
                "module jars\n\nrequire github.com/example/menu/v3 v3.0.0\n",
                "module jars\n\nrequire github.com/example/menu/v4 v4.0.0\n"
            ),
            0
        );
    }

    #[test]
    fn a_library_is_told_once() {
        let (found, _) = make_fixtures();
        assert_eq!(found.run().findings.len(), 1);
        let go = Fixture::of(
            "go.mod",
            FileKind::Dependency,
            "module jars\n\nrequire github.com/dgraph-io/badger/v3 v3.2103.2\n",
            "module jars\n\nrequire github.com/dgraph-io/badger/v4 v4.1.0\n",
        );
        assert_eq!(go.run().findings.len(), 1);
    }

    #[test]
    fn each_line_of_the_table_can_be_read() {
        for library in LIBRARIES.iter() {
            assert!(!library.keeps.is_empty() && !library.packages.is_empty());
            let listed = library
                .steps
                .split_whitespace()
                .all(|step| !list_leading_numbers(step).is_empty());
            assert!(
                listed || matches!(library.steps, "major" | "minor"),
                "{}",
                library.keeps
            );
        }
    }
}

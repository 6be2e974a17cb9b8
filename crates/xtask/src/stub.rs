//! `cargo xtask new KIND NAME`: a file to begin with, and what is left to do.

use std::fmt::Write;
use std::path::{Path, PathBuf};

/// A file that is written, or a piece that a person puts into a table.
enum Part {
    /// In a folder that is found by the end of its path.
    File {
        folder: &'static [&'static str],
        name: String,
        text: String,
    },
    /// Into a file that is there.
    Piece { place: &'static str, text: String },
}

/// Writes the stub of a kind and says what comes next.
pub fn write_stub(root: &Path, arguments: &[String]) -> Result<String, String> {
    let [kind, name] = arguments else {
        return Err("a kind and a name: cargo xtask new check config/key-moved".to_owned());
    };
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '/';
    if name.is_empty() || !name.chars().all(plain) {
        return Err(format!(
            "{name:?} is no name: lower-case letters, digits and - (a check: domain/name)"
        ));
    }
    let (parts, page) = match kind.as_str() {
        "check" => (check_parts(name)?, "check"),
        "migration-tool" => (tool_parts(name), "migration-tool"),
        "state-file" => (state_parts(name), "state-file"),
        "contract-format" => (format_parts(name), "contract-format"),
        other => {
            return Err(format!(
                "{other:?} is none of check, migration-tool, state-file, contract-format"
            ));
        }
    };
    let mut out = String::new();
    for part in parts {
        match part {
            Part::File { folder, name, text } => {
                let path = find_folder(root, folder)?.join(name);
                if path.exists() {
                    return Err(format!("{} is there already", path.display()));
                }
                std::fs::write(&path, text)
                    .map_err(|error| format!("{}: {error}", path.display()))?;
                let shown = path.strip_prefix(root).unwrap_or(&path);
                let _ = writeln!(out, "written: {}", shown.display());
            }
            Part::Piece { place, text } => {
                let _ = writeln!(out, "\ninto {place}:\n\n{text}");
            }
        }
    }
    let _ = writeln!(out, "\nwhat is left to do: docs/src/adding/{page}.md");
    Ok(out)
}

/// The folder whose path ends so, in the program or in one of its packages.
fn find_folder(root: &Path, ends: &[&str]) -> Result<PathBuf, String> {
    let mut open = vec![
        root.join("src"),
        root.join("crates"),
        root.join("docs/src"),
        root.join("tests/fixtures"),
    ];
    while let Some(folder) = open.pop() {
        if ends.iter().any(|end| folder.ends_with(end)) {
            return Ok(folder);
        }
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            if entry.path().is_dir() {
                open.push(entry.path());
            }
        }
    }
    Err(format!("there is no folder {}", ends.join(" or ")))
}

/// A template with its words filled in: `@name@` stands for the word `name`.
fn fill_template(template: &str, words: &[(&str, &str)]) -> String {
    words
        .iter()
        .fold(template.to_owned(), |text, (word, value)| {
            text.replace(&format!("@{word}@"), value)
        })
}

fn write_snake_case(name: &str) -> String {
    name.replace('-', "_")
}

/// `key-moved` is `KeyMoved`.
fn write_camel_case(name: &str) -> String {
    name.split('-')
        .map(|word| {
            let mut letters = word.chars();
            letters
                .next()
                .map(|first| first.to_ascii_uppercase().to_string() + letters.as_str())
                .unwrap_or_default()
        })
        .collect()
}

fn check_parts(id: &str) -> Result<Vec<Part>, String> {
    let (domain, name) = id
        .split_once('/')
        .ok_or_else(|| format!("{id}: a check is named domain/name"))?;
    match domain {
        "config" => Ok(check_file(id, name, "Config", &["surroundings/src/config"])),
        "dependency" => Ok(check_file(
            id,
            name,
            "Dependency",
            &["surroundings/src/dependency"],
        )),
        "infrastructure" => Ok(check_file(
            id,
            name,
            "Infrastructure",
            &["surroundings/src/infrastructure"],
        )),
        "stored-form" => Ok(check_file(
            id,
            name,
            "StoredForm",
            &["surroundings/src/stored"],
        )),
        "contract" => Ok(vec![Part::Piece {
            place: "the file of its format in `contract::rules`, together with the row of its \
                mirror; a mutation of the format's document into `contract::tests`",
            text: format!(
                "    declare_rule!(\"{id}\", \"contract/MIRROR\", [C, B, C], CLIENTS, Vanishes, \"H01\", \"what changed\", \"an example\"),\n\n    (\"before\", \"after\", \"{name}\"),"
            ),
        }]),
        "database" => Ok(database_parts(id, name)),
        "process" | "deployment" | "history" => Ok(vec![deployment_part(id, domain, name)]),
        other => Err(format!(
            "{other:?} has no table of its own; config, contract, database, dependency, \
                deployment, history, infrastructure, process, stored-form have"
        )),
    }
}

/// The documentation of a check, as the declarations of all rooms have it.
fn write_doc(id: &str, domain: &str) -> String {
    fill_template(
        include_str!("../templates/check_doc.rs.txt"),
        &[("id", id), ("domain", domain)],
    )
}

/// The same with each line further inside.
fn write_inner_doc(id: &str, domain: &str) -> String {
    write_doc(id, domain).replace('\n', "\n    ")
}

fn deployment_part(id: &str, domain: &str, name: &str) -> Part {
    let file = write_snake_case(name);
    let cases = format!("check_cases!(test, |_| tests::make_{file}_fixtures().into())");
    let rest = fill_template(
        include_str!("../templates/check_cases.rs.txt"),
        &[("file", &file)],
    );
    Part::Piece {
        place: "the file of its reader in the package `deployment` (the cases into its tests), and \
            `CHECKS` of `deployment::registry`",
        text: fill_template(
            include_str!("../templates/check_declaration.rs.txt"),
            &[
                ("doc", &write_inner_doc(id, &write_camel_case(domain))),
                ("constant", &file.to_uppercase()),
                ("cases", &cases),
                ("rest", &rest),
                ("seen", "(crate)"),
                ("module", "MODULE"),
            ],
        ),
    }
}

fn database_parts(id: &str, name: &str) -> Vec<Part> {
    let constant = write_snake_case(name).to_uppercase();
    vec![
        Part::Piece {
            place: "the file of its subject in `schema::checks`, and `CHECKS` of \
                `schema::checks::registry`",
            text: fill_template(
                include_str!("../templates/check_declaration.rs.txt"),
                &[
                    ("doc", &write_inner_doc(id, "Database")),
                    ("constant", &constant),
                    (
                        "cases",
                        &format!("CheckCases::InFile(\"database/{name}.txt\")"),
                    ),
                    ("rest", ""),
                    ("seen", ""),
                    ("module", "SUBJECT"),
                ],
            ),
        },
        Part::File {
            folder: &["tests/fixtures/database"],
            name: format!("{name}.txt"),
            text: include_str!("../templates/check_fixture.txt").to_owned(),
        },
    ]
}

/// A check in a file of its own.
fn check_file(id: &str, name: &str, domain: &str, folder: &'static [&'static str]) -> Vec<Part> {
    // the checks of the surroundings are told the kind of a file as well, and lend their cases
    let own: &[(&str, &str)] = if domain == "StoredForm" {
        &[
            (
                "uses",
                "use super::{StoredCheck, StoredInput, StoredOutcome};",
            ),
            ("finding", ""),
            ("seen", "super"),
            ("check", "StoredCheck"),
            ("case", "super::fixture::StoredFixture"),
            ("try", "super::fixture::try_fixtures(make_fixtures())"),
            ("kind", ""),
            ("lent", "test"),
            (
                "body",
                "fn find_it(_look: &StoredInput<'_>, _outcome: &mut StoredOutcome) {}\n",
            ),
        ]
    } else {
        &[
            (
                "uses",
                "use crate::check::{SurroundingsCheck, SurroundingsInput};",
            ),
            ("finding", ", Finding"),
            ("seen", "crate"),
            ("check", "SurroundingsCheck"),
            ("case", "crate::case::Fixture"),
            ("try", "crate::case::try_fixtures(find_it, make_fixtures())"),
            ("kind", "model::FileKind::Config, "),
            ("lent", "any(test, feature = \"fixtures\")"),
            (
                "body",
                "fn find_it(_look: &SurroundingsInput<'_>) -> Vec<Finding> {\n    Vec::new()\n}\n",
            ),
        ]
    };
    let doc = write_doc(id, domain);
    let mut words = vec![("doc", doc.as_str()), ("id", id)];
    words.extend(own);
    vec![
        Part::File {
            folder,
            name: format!("{}.rs", write_snake_case(name)),
            text: fill_template(include_str!("../templates/check.rs.txt"), &words),
        },
        Part::Piece {
            place: "the module above it, and its list of checks",
            text: format!("mod {0};\n    {0}::CHECK,", write_snake_case(name)),
        },
    ]
}

fn tool_parts(name: &str) -> Vec<Part> {
    let (file, tool) = (write_snake_case(name), write_camel_case(name));
    vec![
        Part::File {
            folder: &["schema/src/tool"],
            name: format!("{file}.rs"),
            text: fill_template(
                include_str!("../templates/migration_tool.rs.txt"),
                &[("name", name), ("file", &file), ("tool", &tool)],
            ),
        },
        Part::File {
            folder: &["schema/src/host"],
            name: format!("{file}.rs"),
            text: fill_template(
                include_str!("../templates/migration_tool_host.rs.txt"),
                &[("name", name), ("file", &file), ("tool", &tool)],
            ),
        },
        Part::Piece {
            place: "`Framework` of the model, `schema::tool` (the module), \
                `schema::tool::registry` (the list) and `schema::host` (the module)",
            text: format!(
                "        /// {name}.\n        {tool} = \"{name}\";\n\nmod {file};\n    \
                    &{file}::{tool}Tool,\npub mod {file};"
            ),
        },
        Part::Piece {
            place: "docs/src/databases.md, the tables of tools and of the start",
            text: format!("| {name} | files | order | way back | its table |"),
        },
    ]
}

fn state_parts(name: &str) -> Vec<Part> {
    vec![
        Part::File {
            folder: &["deployment/src/live"],
            name: format!("{}.rs", write_snake_case(name)),
            text: fill_template(
                include_str!("../templates/state_file.rs.txt"),
                &[("name", name), ("file", &write_snake_case(name))],
            ),
        },
        Part::Piece {
            place: "docs/src/what-is-live.md",
            text: format!(
                "* `{name}`: what it is\n\n  ```sh\n  {name} history APP --json > {name}.json\n  \
                    ```"
            ),
        },
    ]
}

fn format_parts(name: &str) -> Vec<Part> {
    vec![
        Part::File {
            folder: &["contract/src/rules"],
            name: format!("{}.rs", write_snake_case(name)),
            text: fill_template(
                include_str!("../templates/contract_rules.rs.txt"),
                &[("name", name)],
            ),
        },
        Part::File {
            folder: &["docs/src/taxonomy"],
            name: format!("{name}.md"),
            text: fill_template(
                include_str!("../templates/taxonomy.md.txt"),
                &[("name", name)],
            ),
        },
        Part::Piece {
            place: "docs/src/SUMMARY.md and docs/src/taxonomy/README.md",
            text: format!("  - [{name}](taxonomy/{name}.md)"),
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(parts: &[Part]) -> Vec<&str> {
        let text_of = |part| match part {
            &Part::File { ref text, .. } | &Part::Piece { ref text, .. } => text.as_str(),
        };
        parts.iter().map(text_of).collect()
    }

    #[test]
    fn every_word_of_a_template_is_filled_in() {
        let domains = [
            "config",
            "contract",
            "database",
            "dependency",
            "deployment",
            "history",
            "infrastructure",
            "process",
            "stored-form",
        ];
        let mut all: Vec<Part> = domains
            .iter()
            .flat_map(|domain| check_parts(&format!("{domain}/jar-moved")).unwrap())
            .collect();
        all.extend(tool_parts("jam-jar"));
        all.extend(state_parts("jam-jar"));
        all.extend(format_parts("jam-jar"));
        for text in texts(&all) {
            assert!(!text.contains('@'), "{text}");
        }
    }

    #[test]
    fn a_check_is_declared_with_its_case_and_one_that_looks_alike() {
        for domain in ["config", "database", "stored-form", "process"] {
            let parts = check_parts(&format!("{domain}/jar-moved")).unwrap();
            let declared = texts(&parts).concat();
            for part in [
                "CheckDeclaration {",
                "CheckDoc {",
                "id: \"",
                "looks_for: ",
                "source: ",
                "place: module_path!()",
                "cases: ",
            ] {
                assert!(declared.contains(part), "{domain}: {part}");
            }
        }
    }
}

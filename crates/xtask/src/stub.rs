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
pub fn run(root: &Path, arguments: &[String]) -> Result<String, String> {
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
    let mut open = vec![root.join("src"), root.join("crates"), root.join("docs/src")];
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

fn snake(name: &str) -> String {
    name.replace('-', "_")
}

/// `key-moved` is `KeyMoved`.
fn camel(name: &str) -> String {
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
    let folder: &[&str] = match domain {
        "config" => &["surroundings/src/config"],
        "dependency" => &["surroundings/src/dependency"],
        "infrastructure" => &["surroundings/src/infrastructure"],
        "stored-form" => &["surroundings/src/stored"],
        "contract" => {
            return Ok(vec![Part::Piece {
                place: "the table of its format in `contract::rules`, together with the row of its mirror",
                text: format!(
                    "    row(\"contract/{name}\", \"contract/MIRROR\", [C, B, C], CLIENTS, Vanishes, \"H01\", \"what changed\", \"an example\"),"
                ),
            }]);
        }
        "database" => {
            return Ok(vec![Part::Piece {
                place: "`schema::checks`",
                text: format!(
                    "    {} {{ \"{name}\", \"What it finds\", Rollback,\n        looks_for: \"...\",\n        why: \"...\",\n        action: \"...\",\n        example: \"...\",\n        source: \"Taxonomy of schema changes, row N: docs/src/taxonomy/PAGE.md#row-N\" }}",
                    camel(name)
                ),
            }]);
        }
        other => {
            return Err(format!(
                "{other:?} has no registry of its own; config, contract, database, dependency, infrastructure, stored-form have"
            ));
        }
    };
    let text = match domain {
        "stored-form" => check_text(
            id,
            "StoredForm",
            "use super::{StoredCheck, StoredInput, StoredOutcome};",
            "super",
            "fn find_it(_look: &StoredInput<'_>, _outcome: &mut StoredOutcome) {}\n",
        ),
        domain => check_text(
            id,
            &camel(domain),
            "use crate::check::{SurroundingsCheck, SurroundingsInput};",
            "crate",
            "fn find_it(_look: &SurroundingsInput<'_>) -> Vec<Finding> {\n    Vec::new()\n}\n",
        ),
    };
    Ok(vec![
        Part::File {
            folder,
            name: format!("{}.rs", snake(name)),
            text,
        },
        Part::Piece {
            place: "the module above it, and its list of checks",
            text: format!("mod {0};\n    {0}::CHECK,", snake(name)),
        },
    ])
}

fn check_text(id: &str, domain: &str, uses: &str, seen: &str, body: &str) -> String {
    let finding = if body.contains("Finding") {
        ", Finding"
    } else {
        ""
    };
    // the checks of the surroundings are told the kind of a file as well, and lend their cases
    let (check, case, kind, lent) = if finding.is_empty() {
        ("StoredCheck", "super::fixture::StoredFixture", "", "test")
    } else {
        (
            "SurroundingsCheck",
            "crate::case::Fixture",
            "model::FileKind::Config, ",
            "any(test, feature = \"fixtures\")",
        )
    };
    format!(
        "//! `{id}`.

{uses}
use model::{{CheckDoc, Direction, Domain{finding}}};

static DOC: CheckDoc = CheckDoc {{
    id: \"{id}\",
    title: \"What it finds, in a few words\",
    domain: Domain::{domain},
    direction: Direction::Rollback,
    looks_for: \"What is compared, in which files.\",
    why: \"What happens to the previous release, or to what is stored.\",
    action: \"What to do before going back.\",
    example: \"A change that it finds.\",
    source: \"The page and row of docs/src/taxonomy, or where it was read.\",
}};

pub({seen}) const CHECK: {check} = {check} {{
    doc: &DOC,
    run: find_it,
    #[cfg({lent})]
    fixtures,
}};

{body}
// The first has to be found, the second looks alike and must not be.
#[cfg({lent})]
fn fixtures() -> ({case}, {case}) {{
    (
        {case}::of(\"a/file\", {kind}\"before\\n\", \"after\\n\"),
        {case}::of(\"a/file\", {kind}\"before\\n\", \"before, too\\n\"),
    )
}}
"
    )
}

fn tool_parts(name: &str) -> Vec<Part> {
    let (file, tool) = (snake(name), camel(name));
    vec![
        Part::File {
            folder: &["schema/src/tool"],
            name: format!("{file}.rs"),
            text: format!(
                "//! {name}.

use super::declaration::{{DownStyle, Habit, MigrationTool, ToolRecord}};
use crate::host::{file}::read_{file};
use crate::host::source::read_with_grammar;
use crate::host::syntax::has_function;
use crate::layout::candidate::CandidateFile;
use crate::migration_file::{{MigrationFile, MigrationLanguage}};
use crate::reading::{{MigrationReading, MigrationSource}};
use model::Framework;

/// What {name} is.
pub struct {tool}Tool;

impl MigrationTool for {tool}Tool {{
    fn record(&self) -> ToolRecord {{
        // the habit is read in the source of the tool, never guessed
        ToolRecord::new(
            Framework::{tool},
            \"TABLE_OF_VERSIONS\",
            Habit::Unknown,
            DownStyle::InFile,
        )
    }}

    fn recognise(&self, file: &CandidateFile<'_>) -> Option<MigrationFile> {{
        let fits = file.extension == \"py\"
            && file.is_inside(\"migration\")
            && file.text()?.contains(\"A SIGN OF THE TOOL\");
        fits.then(|| {{
            file.place_here(
                Framework::{tool},
                MigrationLanguage::Python,
                file.digits,
                file.stem,
            )
        }})
    }}

    fn read_program(&self, source: &MigrationSource<'_>) -> MigrationReading {{
        read_with_grammar(
            source,
            tree_sitter_python::LANGUAGE.into(),
            |items| has_function(items, &[\"up\"]),
            |items| read_{file}(source.place, items, source.dialect),
        )
    }}
}}
"
            ),
        },
        Part::File {
            folder: &["schema/src/host"],
            name: format!("{file}.rs"),
            text: format!(
                "//! {name}: what its calls do, as the same steps that SQL gives.

use super::sides::{{WayReader, read_up_and_down}};
use super::syntax::{{FunctionCall, SyntaxItem}};
use super::write::Writer;
use crate::dialect::Dialect;
use crate::migration_file::MigrationFile;
use crate::reading::{{DownMigration, MigrationReading}};

/// Reads a migration.
pub fn read_{file}(
    place: &MigrationFile,
    items: &[SyntaxItem],
    dialect: Dialect,
) -> MigrationReading {{
    read_up_and_down(place, items, [\"up\", \"down\"], DownMigration::None, |body| {{
        let mut reader = {tool}Reader {{
            writer: Writer::new(dialect),
        }};
        reader.body_and_helpers(items, body);
        reader.writer.script
    }})
}}

struct {tool}Reader {{
    writer: Writer,
}}

impl WayReader for {tool}Reader {{
    fn writer(&mut self) -> &mut Writer {{
        &mut self.writer
    }}

    fn call(&mut self, call: &FunctionCall, certain: bool) {{
        // what is not understood has to become an unknown step with its line, never nothing
        if !self.writer.statements_of(call, certain) {{
            self.writer.unknown(\"this call is not known\", call, certain);
        }}
    }}
}}
"
            ),
        },
        Part::Piece {
            place: "`Framework` of the model, `schema::tool` (the module), `schema::tool::registry` (the list) and `schema::host` (the module)",
            text: format!(
                "        /// {name}.\n        {tool} = \"{name}\";\n\nmod {file};\n    &{file}::{tool}Tool,\npub mod {file};"
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
            name: format!("{}.rs", snake(name)),
            text: format!(
                "//! {name}: what its state file says.

use serde_json::Value;

use super::{{LiveReport, Read}};

/// Works as it stands; words in capitals are for the person who runs it.
pub(super) const PRODUCER: &str = \"{name} history APP --json > {name}.json\";

pub(super) fn read(_value: &Value, _report: &mut LiveReport) -> Read {{
    Err(\"no deployment\".into())
}}
"
            ),
        },
        Part::Piece {
            place: "docs/src/what-is-live.md",
            text: format!(
                "* `{name}`: what it is\n\n  ```sh\n  {name} history APP --json > {name}.json\n  ```"
            ),
        },
    ]
}

fn format_parts(name: &str) -> Vec<Part> {
    vec![
        Part::File {
            folder: &["contract/src/rules"],
            name: format!("{}.rs", snake(name)),
            text: format!(
                "//! Rows for {name}.

use super::Effect::{{Returns, Vanishes}};
use super::{{B, C, CLIENTS, Rule, row}};

#[rustfmt::skip] // one row a line
pub(in super::super) static RULES: &[Rule] = &[
    row(\"contract/{name}-part-added\", \"contract/{name}-part-removed\", [C, B, C], CLIENTS, Vanishes, \"X01\", \"a part was added\", \"an example\"),
    row(\"contract/{name}-part-removed\", \"contract/{name}-part-added\", [B, C, C], CLIENTS, Returns, \"X02\", \"a part was removed\", \"an example\"),
];
"
            ),
        },
        Part::File {
            folder: &["docs/src/taxonomy"],
            name: format!("{name}.md"),
            text: format!(
                "# {name}

How to read it: [contracts in both directions](directions.md).

| row | change in the range | callers of previous, forward | callers of current, on the way back | what current stored |
| --- | --- | --- | --- | --- |
| <a id=\"x01\"></a>X01 | A part is new. | compatible | breaking | – |
| <a id=\"x02\"></a>X02 | A part is gone. | breaking | compatible | – |
"
            ),
        },
        Part::Piece {
            place: "docs/src/SUMMARY.md and docs/src/taxonomy/README.md",
            text: format!("  - [{name}](taxonomy/{name}.md)"),
        },
    ]
}

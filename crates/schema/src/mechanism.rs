//! How does this program change its schema? Found once a range: migration tools that are read,
//! tools that are known and not read, models and statements by which the program makes its tables
//! itself, a driver without any of these, or no database in sight.
//!
//! The question decides whether "no migration in the range" means that the schema is untouched.

use std::collections::BTreeSet;

use super::database_signs::{find_kept_schema, names_driver, names_store};
use super::layout::{Manifest, recognise_migration};
use super::mechanism_words::{BY_MODEL, DRIVERS, IN_CODE, MODELS, NOT_READ, OWN, STORES};
use coverage::ReleaseRange;
use coverage::ledger::{Mark, is_live, is_program, is_vendored};
use coverage::place::list_purpose_folders;
use model::Framework;
use model::{CoverageDomain, FileChange, FileKind, FileStatus, Hit, Snapshot};

/// Most files whose text is read to tell tools apart.
const READS: usize = 60;

/// Most files of program text that are searched for tables that the program makes itself.
const SEARCHED: usize = 3_000;

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mechanism {
    /// In words, for the ledger: `goose and Flyway, read`.
    pub says: String,
    /// A change of the schema in this range would have been seen.
    pub would_be_seen: bool,
    /// Tables are made from models of the program.
    pub models: bool,
    /// Files of the range that belong to a tool that is not read, and others that are open for
    /// this reason.
    pub marks: Vec<Mark>,
}

/// Looks for the mechanism in both releases.
pub fn find_mechanism(range: &ReleaseRange<'_>) -> Mechanism {
    // both releases: a tool that was taken out in the range still ran for previous
    let (old, new) = (
        Manifest::read(range.previous, &range.config.database),
        Manifest::read(range.current, &range.config.database),
    );
    let read: BTreeSet<Framework> = [(range.current, &new), (range.previous, &old)]
        .into_iter()
        .flat_map(|(tree, manifest)| find_migration_tools(tree, manifest))
        .collect();
    let named_in_either = |word: &str| old.names(word) || new.names(word);
    let mut found = Mechanism {
        would_be_seen: true,
        ..Mechanism::default()
    };
    let mut parts: Vec<String> = Vec::new();
    if !read.is_empty() {
        let names: Vec<&str> = read.iter().map(|tool| tool.id()).collect();
        parts.push(format!("{}, read", names.join(" and ")));
    }
    let known: Vec<&str> = NOT_READ
        .iter()
        .filter(|(word, _)| named_in_either(word))
        .map(|(_, name)| *name)
        // Umzug runs files in the form of Sequelize, which are read
        .filter(|name| *name != "Umzug" || !read.contains(&Framework::Sequelize))
        .collect();
    let in_code: Vec<&str> = IN_CODE
        .iter()
        .filter(|(word, _)| named_in_either(word))
        .map(|(_, name)| *name)
        .collect();
    parts.extend(
        in_code
            .iter()
            .map(|name| format!("{name}, read where its functions hold statements")),
    );
    let (named, unread) = mark_unread_files(range, &known, !in_code.is_empty(), &mut found.marks);
    if !named.is_empty() {
        parts.push(say_unread_tools(&named, unread));
        // a tool that is not read may keep its files in forms and folders that nobody here knows
        found.would_be_seen = false;
    }
    let driver = DRIVERS
        .iter()
        .find(|word| names_driver(&old, word) || names_driver(&new, word));
    let store = STORES
        .iter()
        .find(|word| names_store(&old, word) || names_store(&new, word));
    let may_act = |change: &FileChange| is_program(&change.path) || change.kind == FileKind::Config;
    let files = range
        .changes
        .iter()
        .any(|change| may_act(change) && is_live(&change.path) && !is_vendored(&change.path));
    // a store beside tables that are read keeps forms of its own: those of stored forms
    let searched = !((driver.is_some() || read.is_empty()) && files)
        || own_tables(range, &mut found, &mut parts);
    if parts.is_empty() {
        let kept = find_kept_schema(range);
        let (says, would_be_seen) =
            say_without_tools(driver.copied(), store.copied(), kept, searched);
        parts.push(says);
        found.would_be_seen &= would_be_seen;
    }
    found.says = parts.join("; ");
    found
}

/// What is said where no tool was seen, and whether a change of the schema would have been.
fn say_without_tools(
    driver: Option<&str>,
    store: Option<&str>,
    kept_schema: Option<&str>,
    searched: bool,
) -> (String, bool) {
    match driver {
        Some(_) if let Some(path) = kept_schema => {
            let path = model::escape_invisible(path);
            let says = format!("the schema as a whole is kept in {path}, which did not change");
            (says, true)
        }
        Some(driver) => {
            let driver = driver.trim_matches(|c: char| !c.is_alphanumeric());
            let says = format!(
                "a database library ({driver}) is among the dependencies, and how the schema is changed was not found"
            );
            (says, false)
        }
        None if let Some(store) = store => {
            let store = store.trim_matches(|c: char| !c.is_alphanumeric());
            let says = format!(
                "the program keeps its data in {store}, which has no schema that a tool changes; whether it changes what stands there was not found"
            );
            (says, false)
        }
        None if searched => {
            let says = "no sign of a database: no library, no statement, no schema file";
            (says.to_owned(), true)
        }
        None => {
            let says = "no database library is among the dependencies, and not all program text was searched for statements";
            (says.to_owned(), false)
        }
    }
}

fn say_unread_tools(named: &BTreeSet<&str>, unread: usize) -> String {
    let names: Vec<&str> = named.iter().copied().collect();
    let files = match unread {
        0 => "no file of the range looks like one of its migrations".to_owned(),
        1 => "1 file of the range looks like one of its migrations".to_owned(),
        more => format!("{more} files of the range look like its migrations"),
    };
    format!("{} is used here and not read; {files}", names.join(" and "))
}

/// Marks files of the range that may be migrations of a tool that is not read. Gives the tools, and
/// how many files look like theirs. `known`: tools that the dependencies name; `in_code`: one of them
/// has its migrations in functions.
fn mark_unread_files<'n>(
    range: &ReleaseRange<'_>,
    known: &[&'n str],
    in_code: bool,
    marks: &mut Vec<Mark>,
) -> (BTreeSet<&'n str>, usize) {
    let mut unread = 0;
    let mut named: BTreeSet<&str> = known.iter().copied().collect();
    for change in range.changes.iter().filter(|change| {
        change.status != FileStatus::Deleted && is_program(&change.path) && is_live(&change.path)
    }) {
        let lower_path = change.path.to_ascii_lowercase();
        // a file is read only where its path or a dependency gives a reason
        if known.is_empty() && !in_code && !lower_path.contains("migrat") {
            continue;
        }
        let Ok(text) = range.current.read_text(&change.path) else {
            continue;
        };
        // imports and the class stand at the start of a file
        let head: String = text
            .lines()
            .take(60)
            .collect::<Vec<_>>()
            .join("\n")
            .to_ascii_lowercase();
        // statements in such functions are read elsewhere; a model is known to the library alone
        if let Some((_, name)) = IN_CODE.iter().find(|(word, _)| head.contains(word))
            && let Some((line, call)) = find_new_model_call(range, change, &text)
        {
            let call = call.trim_end_matches('(').trim_start_matches('.');
            let why = format!(
                "a migration of {name} may change the schema by a model here ({call}), and only statements are read there"
            );
            let schema = CoverageDomain::Schema;
            marks.push(Mark::open(&change.path, schema, Some(line), why));
            continue;
        }
        let tool = NOT_READ.iter().find(|(word, name)| {
            head.contains(word) && (known.contains(name) || lower_path.contains("migrat"))
        });
        let Some((_, name)) = tool else { continue };
        named.insert(name);
        unread += 1;
        let why =
            format!("{name} is used here and not read, and this file may be one of its migrations");
        marks.push(Mark::open(
            &change.path,
            CoverageDomain::Schema,
            Some(1),
            why,
        ));
    }
    (named, unread)
}

/// The first new line of a file that changes the schema by a model, and the call.
fn find_new_model_call(
    range: &ReleaseRange<'_>,
    change: &FileChange,
    text: &str,
) -> Option<(usize, &'static str)> {
    let earlier = match change.status {
        FileStatus::Added => None,
        _ => {
            let path = change.old_path.as_deref().unwrap_or(&change.path);
            range.previous.read_text(path).ok()
        }
    };
    let known: BTreeSet<&str> = earlier
        .as_deref()
        .map(|earlier| earlier.lines().map(str::trim).collect())
        .unwrap_or_default();
    text.lines()
        .enumerate()
        .filter(|(_, line)| !known.contains(line.trim()) && !is_code_comment(line))
        .find_map(|(at, line)| {
            let lower = line.to_ascii_lowercase();
            let call = BY_MODEL.iter().find(|call| lower.contains(*call))?;
            Some((at + 1, *call))
        })
}

/// Tools whose files lie in a tree.
fn find_migration_tools(tree: &dyn Snapshot, manifest: &Manifest) -> BTreeSet<Framework> {
    let mut out = BTreeSet::new();
    let mut reads = 0;
    let likely = |path: &str| {
        let lower = path.to_ascii_lowercase();
        lower.ends_with(".sql")
            || [
                "migrat",
                "changelog",
                "alembic",
                "versions/",
                "evolutions",
                "schema.prisma",
                "liquibase",
                "flyway",
                "delta/",
            ]
            .iter()
            .any(|word| lower.contains(word))
    };
    for entry in
        // newest files first by name: the tool in use is the one of the last migrations
        tree.list().iter().rev().filter(|entry| {
            likely(&entry.path) && is_live(&entry.path) && !is_vendored(&entry.path)
        })
    {
        let mut text = || {
            reads += 1;
            if reads > READS {
                None
            } else {
                tree.read_text(&entry.path).ok()
            }
        };
        if let Some(place) = recognise_migration(&entry.path, tree, manifest, &mut text) {
            out.insert(place.framework);
        }
        // no repository has more tools; the list is for a sentence
        if out.len() > 5 {
            break;
        }
    }
    out
}

/// Tables that the program makes itself: from models, or by statements and a version of its own.
/// Gives whether all program text of current was searched.
fn own_tables(range: &ReleaseRange<'_>, found: &mut Mechanism, parts: &mut Vec<String>) -> bool {
    let words: Vec<String> = MODELS
        .iter()
        .map(|(word, _)| (*word).to_owned())
        .chain(OWN.iter().map(|word| (*word).to_owned()))
        .collect();
    let hinted = |path: &str| {
        let lower = path.to_ascii_lowercase();
        [
            "db",
            "database",
            "store",
            "storage",
            "model",
            "schema",
            "entit",
            "repositor",
            "main",
            "app",
            "init",
            "server",
            "config",
            "application",
            "persist",
        ]
        .iter()
        .any(|word| lower.contains(word))
    };
    let settings = |path: &str| {
        let lower = path.to_ascii_lowercase();
        lower.contains("application")
            && [".yml", ".yaml", ".properties"]
                .iter()
                .any(|end| lower.ends_with(end))
            || lower.ends_with("persistence.xml")
    };
    let wanted = |path: &str| {
        (is_program(path) || settings(path))
            && is_live(path)
            && !is_vendored(path)
            && !is_test_path(path)
    };
    let count = range
        .current
        .list()
        .iter()
        .filter(|entry| wanted(&entry.path))
        .count();
    // in a large tree only files whose path speaks of data are searched, and that is said
    let (hits, failed) = range.current.search_many(&words, true, 3, &|path| {
        wanted(path) && (count <= SEARCHED || hinted(path))
    });
    // Hibernate that only compares, or leaves the schema alone, makes nothing
    let makes_nothing = |hit: &Hit| {
        let lower = hit.text.to_ascii_lowercase();
        lower.contains("auto")
            && ["validate", "none", "false"].iter().any(|word| {
                lower
                    .trim_end_matches(['"', '\'', ';', '>', '/', ' ', '<'])
                    .ends_with(word)
                    || lower.contains(&format!(">{word}<"))
            })
    };
    let model: Option<&Hit> = hits
        .iter()
        .find(|hit| hit.word < MODELS.len() && !is_code_comment(&hit.text) && !makes_nothing(hit));
    if let Some(hit) = model {
        found.models = true;
        parts.push(format!(
            "the program makes tables from its models ({}, {}:{})",
            MODELS[hit.word].1,
            model::escape_invisible(&hit.path),
            hit.line
        ));
    }
    if let Some(hit) = hits
        .iter()
        .find(|hit| hit.word >= MODELS.len() && !is_code_comment(&hit.text))
    {
        parts.push(format!(
            "statements or a version of its own in program text ({}:{})",
            model::escape_invisible(&hit.path),
            hit.line
        ));
    }
    // a search that left files out cannot end in *no sign*
    count <= SEARCHED && failed.is_empty()
}

fn is_test_path(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    list_purpose_folders(path).chain([name]).any(|part| {
        let lower = part.to_ascii_lowercase();
        lower.starts_with("test")
            || lower.starts_with("spec")
            || lower.ends_with("tests")
            || lower.contains("_test.")
            || lower.contains(".test.")
    })
}

fn is_code_comment(text: &str) -> bool {
    let text = text.trim_start();
    text.starts_with("//")
        || text.starts_with('#')
        || text.starts_with('*')
        || text.starts_with("/*")
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Config, MemorySnapshot};

    #[test]
    fn a_word_within_another_name_is_no_database_library() {
        for (file, text) in [
            ("jars.cabal", "library\n  exposed-modules: Jars\n"),
            (
                "pom.xml",
                "<dependency><groupId>org.hibernate.validator</groupId><artifactId>hibernate-validator</artifactId></dependency>",
            ),
            (
                "package.json",
                "{\"devDependencies\": {\"mongodb-memory-server\": \"9\", \"typeorm-naming-strategies\": \"4\"}}",
            ),
        ] {
            let found = found_in(&[(file, text)]);
            assert!(
                found.says.starts_with("no sign of a database"),
                "{}",
                found.says
            );
        }
        for (file, text, name) in [
            (
                "pom.xml",
                "<artifactId>hibernate-validator</artifactId><artifactId>hibernate-core</artifactId>",
                "(hibernate)",
            ),
            (
                "build.gradle.kts",
                "implementation(\"org.jetbrains.exposed:exposed-core:0.50.0\")",
                "(exposed)",
            ),
            (
                "package.json",
                "{\"dependencies\": {\"mongodb\": \"6\"}}",
                "(mongodb)",
            ),
        ] {
            let found = found_in(&[(file, text)]);
            assert!(
                found.says.contains(name) && !found.would_be_seen,
                "{}",
                found.says
            );
        }
    }

    #[test]
    fn a_store_in_the_program_is_a_database() {
        for (file, text, name) in [
            (
                "crates/engine/Cargo.toml",
                "[dependencies]\nheed = \"0.22\"\n",
                "heed",
            ),
            ("Cargo.toml", "[dependencies]\nsled = \"0.34\"\n", "sled"),
            ("go.mod", "require go.etcd.io/bbolt v1.3.9\n", "bbolt"),
            (
                "build.sbt",
                "libraryDependencies += \"org.thehive-project\" %% \"elastic4play\" % \"1.13\"\n",
                "elastic4play",
            ),
            (
                "project/Dependencies.scala",
                "val e = \"com.sksamuel.elastic4s\" %% \"elastic4s-core\" % \"7\"\n",
                "elastic4s",
            ),
            (
                "pom.xml",
                "<dependency><groupId>org.apache.lucene</groupId><artifactId>lucene-core</artifactId></dependency>",
                "lucene",
            ),
        ] {
            let found = found_in(&[(file, text)]);
            assert!(
                found.says.contains(name) && !found.would_be_seen,
                "{file}: {}",
                found.says
            );
        }
        for (file, text) in [
            (
                "package.json",
                "{\"dependencies\": {\"elastic-apm-node\": \"4\"}}",
            ),
            (
                "Cargo.toml",
                "[dependencies]\nheedful = \"1\"\nbobsled = \"1\"\n",
            ),
        ] {
            let found = found_in(&[(file, text)]);
            assert!(found.says.starts_with("no sign"), "{file}: {}", found.says);
        }
    }

    #[test]
    fn a_schema_that_is_kept_whole_shows_how_it_changes() {
        let manifest = ("requirements.txt", "asyncpg==0.29\n");
        let table = "CREATE TABLE jars (id int);\n";
        let kept = found_in(&[manifest, ("db/schema.sql", table)]);
        assert!(
            kept.would_be_seen && kept.says.contains("db/schema.sql"),
            "{}",
            kept.says
        );
        for path in ["tests/schema.sql", "db/jars.sql"] {
            let found = found_in(&[manifest, (path, table)]);
            assert!(!found.would_be_seen, "{path}: {}", found.says);
        }
        let empty = found_in(&[manifest, ("db/schema.sql", "SELECT 1;\n")]);
        assert!(!empty.would_be_seen, "{}", empty.says);
    }

    fn found_in(files: &[(&str, &str)]) -> Mechanism {
        let tree = MemorySnapshot::new(files.iter().copied());
        let config = Config::default();
        find_mechanism(&ReleaseRange {
            previous: &tree,
            current: &tree,
            changes: &[],
            config: &config,
            previous_version: "3.0.0",
            current_version: "3.1.0",
        })
    }

    #[test]
    fn umzug_is_read_where_it_runs_the_files_of_sequelize() {
        let file = "module.exports = {\n  async up(queryInterface, Sequelize) {\n    await queryInterface.addIndex(\"jars\", [\"label\"]);\n  },\n};\n";
        let package =
            "{ \"dependencies\": { \"sequelize\": \"6\", \"umzug\": \"3\", \"pg\": \"8\" } }";
        let both = found_in(&[
            ("package.json", package),
            ("migrations/20250101000000-jars.js", file),
        ]);
        assert!(
            both.would_be_seen && !both.says.contains("Umzug"),
            "{}",
            both.says
        );
        let alone = found_in(&[(
            "package.json",
            "{ \"dependencies\": { \"umzug\": \"3\", \"pg\": \"8\" } }",
        )]);
        assert!(
            !alone.would_be_seen
                && alone
                    .says
                    .contains("Umzug is used here and not read; no file"),
            "{}",
            alone.says
        );
    }

    #[test]
    fn functions_of_gormigrate_are_read_but_for_what_a_model_tells() {
        let manifest = (
            "go.mod",
            "module example.test/jars\n\nrequire github.com/go-gormigrate/gormigrate/v2 v2.1.0\n",
        );
        let file = |body: &str| {
            format!(
                "package steps\n\nimport \"github.com/go-gormigrate/gormigrate/v2\"\n\nvar all = []*gormigrate.Migration{{\n{body}}}\n"
            )
        };
        let before = file("");
        let old = MemorySnapshot::new([manifest, ("steps/all.go", before.as_str())]);
        let config = Config::default();
        let found = |body: &str| {
            let after = file(body);
            let new = MemorySnapshot::new([manifest, ("steps/all.go", after.as_str())]);
            let changes = old.changes_to(&new);
            find_mechanism(&ReleaseRange {
                previous: &old,
                current: &new,
                changes: &changes,
                config: &config,
                previous_version: "3.0.0",
                current_version: "3.1.0",
            })
        };
        let plain = found(
            "\t{ID: \"2\", Migrate: func(tx *gorm.DB) error { return tx.Exec(\"ALTER TABLE jars DROP COLUMN lid\").Error }},\n",
        );
        assert!(
            plain.would_be_seen && plain.marks.is_empty(),
            "{}",
            plain.says
        );
        let model = found(
            "\t{ID: \"2\", Migrate: func(tx *gorm.DB) error { return tx.AutoMigrate(&Jar{}) }},\n",
        );
        assert_eq!(model.marks.len(), 1);
    }
}

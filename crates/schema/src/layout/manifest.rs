//! What a tree says about its tools and its database: manifests, configuration, schema files.

use super::dialect_words::{SIGNS, STATED};
use crate::dialect::{Dialect, DialectSigns};
use crate::tree_path::{file_name, find_parent_folder};
use model::{DatabaseConfig, Evidence, Snapshot};

/// Most manifests that are read.
const FILES: usize = 80;

/// Longest manifest that is read, in bytes.
const LENGTH: usize = 512 * 1024;

/// Names found in a tree's manifests.
#[derive(Debug, Clone, Default)]
pub struct Manifest {
    text: String,
    /// Where each file begins in the text.
    files: Vec<(usize, String)>,
    folders: Vec<String>,
    dialects: Vec<Dialect>,
    /// Folder of migrations, and the database that its lock file names.
    providers: Vec<(String, Dialect)>,
    flyway: Prefixes,
    /// A step somewhere starts golang-migrate.
    starts_golang_migrate: bool,
    /// Major version of Laravel that the tree asks for.
    laravel: Option<u32>,
}

/// How Flyway's files begin; configurable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prefixes {
    /// Of a versioned script.
    pub versioned: String,
    /// Of a script that undoes a version.
    pub undo: String,
    /// Of a script that runs again.
    pub repeatable: String,
}

impl Default for Prefixes {
    fn default() -> Self {
        Self {
            versioned: "V".to_owned(),
            undo: "U".to_owned(),
            repeatable: "R".to_owned(),
        }
    }
}

impl Manifest {
    /// Reads the manifests of a tree. Unreadable ones are passed over: they only help to tell tools
    /// apart.
    pub fn read(tree: &dyn Snapshot, config: &DatabaseConfig) -> Self {
        let mut wanted: Vec<&str> = tree
            .list()
            .iter()
            .map(|entry| entry.path.as_str())
            .filter(|path| is_manifest(path))
            .collect();
        // manifests at the top tell most about the program
        wanted.sort_by_key(|path| (path.matches('/').count(), *path));
        let mut text = String::new();
        let mut flyway = Prefixes::default();
        let (mut laravel, mut providers, mut files) = (None, Vec::new(), Vec::new());
        for path in wanted.into_iter().take(FILES) {
            if let Ok(contents) = tree.read_text(path)
                && contents.len() <= LENGTH
            {
                let lower = contents.to_ascii_lowercase();
                let set = |slot: &mut String, keys: &[&str]| {
                    if let Some(value) = keys
                        .iter()
                        .find_map(|key| find_setting(&contents, &lower, key))
                    {
                        *slot = value;
                    }
                };
                set(
                    &mut flyway.versioned,
                    &["sqlmigrationprefix", "sql-migration-prefix"],
                );
                set(
                    &mut flyway.undo,
                    &["undosqlmigrationprefix", "undo-sql-migration-prefix"],
                );
                set(
                    &mut flyway.repeatable,
                    &[
                        "repeatablesqlmigrationprefix",
                        "repeatable-sql-migration-prefix",
                    ],
                );
                laravel = laravel
                    .or_else(|| find_major_version(&lower, "\"laravel/framework\""))
                    .or_else(|| find_major_version(&lower, "\"illuminate/database\""));
                // a lock file names the database of its folder alone, so its words do not count for
                // the tree
                if file_name(path) == "migration_lock.toml"
                    && let Some(dialect) = find_setting(&contents, &lower, "provider")
                        .as_deref()
                        .and_then(Dialect::from_word)
                {
                    providers.push((find_parent_folder(path).to_owned(), dialect));
                    continue;
                }
                files.push((text.len(), path.to_owned()));
                text.push_str(&lower);
                text.push('\n');
            }
        }
        let folders = config
            .migrations
            .iter()
            .map(|folder| folder.trim_end_matches(['*', '/']).to_owned())
            .collect();
        let mut dialects: Vec<Dialect> = config
            .dialects
            .iter()
            .filter_map(|word| Dialect::from_word(word))
            .collect();
        dialects.dedup();
        Self {
            text,
            files,
            folders,
            dialects,
            providers,
            flyway,
            starts_golang_migrate: starts_golang_migrate(tree),
            laravel,
        }
    }

    /// Whether something names golang-migrate: a manifest, or a step that starts it.
    pub fn names_golang_migrate(&self) -> bool {
        self.starts_golang_migrate || self.mentions("golang-migrate")
    }

    /// The database that a lock file in a folder of migrations names.
    pub fn provider(&self, folder: &str) -> Option<Dialect> {
        self.providers
            .iter()
            .find(|(of, _)| of == folder)
            .map(|(_, dialect)| *dialect)
    }

    /// How Flyway's files begin here.
    pub fn flyway(&self) -> &Prefixes {
        &self.flyway
    }

    /// Laravel before 11 keeps what a changed column does not state; later ones drop it.
    pub fn laravel_keeps(&self) -> bool {
        self.laravel.is_some_and(|major| major < 11)
    }

    /// A word occurs in one of the manifests.
    pub fn mentions(&self, word: &str) -> bool {
        self.text.contains(word)
    }

    /// The names of which a word is a part, each with all that belongs to it:
    /// `org.hibernate.validator` around `hibernate`.
    pub fn names_around<'m>(&'m self, word: &'m str) -> impl Iterator<Item = &'m str> {
        let part = |c: char| c.is_ascii_alphanumeric() || "-_./@".contains(c);
        // a short word may stand in thousands of places
        self.text.match_indices(word).take(500).map(move |(at, _)| {
            let from = self.text[..at]
                .char_indices()
                .rev()
                .take(100)
                .take_while(|(_, c)| part(*c))
                .last()
                .map_or(at, |(from, _)| from);
            let end = at + word.len();
            let length: usize = self.text[end..]
                .chars()
                .take(100)
                .take_while(|c| part(*c))
                .map(char::len_utf8)
                .sum();
            &self.text[from..end + length]
        })
    }

    /// The line that names a dependency: as a whole name, or as the end or beginning of one with
    /// more to it (`delayed_job` in `delayed_job_active_record`,
    /// `org.quartz-scheduler:quartz`).
    pub fn dependency(&self, package: &str) -> Option<Evidence> {
        self.line_of(package, |before, after| {
            !before.is_some_and(is_package_name_character)
                && !after.is_some_and(char::is_alphanumeric)
        })
    }

    /// The line of a dependency of which the word is a part: `django-jobq==1.3`, `"jobq"` in a list
    /// of applications.
    pub fn dependency_like(&self, word: &str) -> Option<Evidence> {
        self.line_of(word, |before, after| {
            !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
        })
    }

    fn line_of(
        &self,
        word: &str,
        fits: impl Fn(Option<char>, Option<char>) -> bool,
    ) -> Option<Evidence> {
        self.text.match_indices(word).take(500).find_map(|(at, _)| {
            let (before, after) = (&self.text[..at], &self.text[at + word.len()..]);
            let start = before.rfind('\n').map_or(0, |at| at + 1);
            let line = self.text[start..].lines().next().unwrap_or_default();
            // the names that the project has itself
            let trimmed = line
                .trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '{' | '"' | '<'));
            let own = ["name", "module ", "#", "//", "description", "dbname"]
                .iter()
                .any(|sign| trimmed.starts_with(sign))
                || ["artifactid", "groupid"]
                    .iter()
                    .any(|sign| trimmed.starts_with(sign))
                    && !self.in_dependency(start);
            if own || !fits(before.chars().next_back(), after.chars().next()) {
                return None;
            }
            let (from, path) = self.files.iter().rev().find(|(from, _)| *from <= at)?;
            let number = self.text[*from..at].matches('\n').count() + 1;
            Some(Evidence::at(path.as_str(), number).with_excerpt(line.trim()))
        })
    }

    /// A line of `pom.xml` stands inside a `<dependency>`.
    fn in_dependency(&self, at: usize) -> bool {
        let before = &self.text[..at];
        // `None` is smaller than any place
        before.rfind("<dependency>") > before.rfind("</dependency>")
    }

    /// A name occurs in a manifest of this file name, as a whole word: what is a library of one
    /// language may be the name of another one elsewhere.
    pub fn depends_in(&self, file: &str, name: &str) -> bool {
        let ends = self.files.iter().skip(1).map(|(from, _)| *from);
        let ends = ends.chain([self.text.len()]);
        self.files.iter().zip(ends).any(|((from, path), end)| {
            file_name(path) == file
                && self.text.get(*from..end).is_some_and(|text| {
                    text.match_indices(name).any(|(at, _)| {
                        !text[..at].ends_with(is_package_name_character)
                            && !text[at + name.len()..].starts_with(is_package_name_character)
                    })
                })
        })
    }

    /// A name occurs in one of the manifests, and not as a part of a longer one.
    pub fn names(&self, name: &str) -> bool {
        let part = |c: char| c.is_ascii_alphanumeric();
        self.text.match_indices(name).any(|(at, _)| {
            !self.text[..at].ends_with(part) && !self.text[at + name.len()..].starts_with(part)
        })
    }

    /// `backout.yaml` names the folder of this path.
    pub fn named(&self, path: &str) -> bool {
        self.folders.iter().any(|folder| {
            !folder.is_empty()
                && path
                    .strip_prefix(folder.as_str())
                    .is_some_and(|rest| rest.starts_with('/'))
        })
    }

    /// Dialects that are live, from `backout.yaml`.
    pub fn live(&self) -> &[Dialect] {
        &self.dialects
    }

    /// The database of the tree, where only one is mentioned.
    pub fn dialect(&self) -> Option<Dialect> {
        if let [only] = self.dialects[..] {
            return Some(only);
        }
        // What the configuration says outright goes before what libraries are there.
        if let [only] = self.list_mentioned(&STATED)[..] {
            return Some(only);
        }
        let found = self.list_mentioned(&SIGNS);
        match found[..] {
            [only] => Some(only),
            // A database in a file beside a server is the one of tests.
            [Dialect::Sqlite, Dialect::Mssql] => Some(Dialect::Mssql),
            // a file beside PostgreSQL is for tests or small installations
            _ if found.contains(&Dialect::Postgres)
                && !found.contains(&Dialect::MySql)
                && !found.contains(&Dialect::Mssql) =>
            {
                Some(Dialect::Postgres)
            }
            _ => None,
        }
    }

    /// Databases of which a word stands in the manifests.
    fn list_mentioned(&self, words: &[(Dialect, &[&str])]) -> Vec<Dialect> {
        words
            .iter()
            .filter(|(_, words)| words.iter().any(|word| self.mentions(word)))
            .map(|(dialect, _)| *dialect)
            .collect()
    }
}

fn is_package_name_character(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-')
}

/// Whether a pipeline, a container, a script or program text starts golang-migrate. Looked for only
/// where files have the form that it reads: most trees have none.
fn starts_golang_migrate(tree: &dyn Snapshot) -> bool {
    const SIGNS: [&str; 5] = [
        "golang-migrate",
        "migrate/migrate",
        "migrate -path",
        "migrate -source",
        "migrate -database",
    ];
    let pairs = |path: &str| path.ends_with(".up.sql");
    if !tree.list().iter().any(|entry| pairs(&entry.path)) {
        return false;
    }
    let steps = |path: &str| {
        let name = file_name(path).to_ascii_lowercase();
        let ends = [".yml", ".yaml", ".sh", ".mk", ".go", ".toml", ".tf", ".hcl"];
        let begins = [
            "dockerfile",
            "containerfile",
            "makefile",
            "justfile",
            "procfile",
            "jenkinsfile",
        ];
        ends.iter().any(|end| name.ends_with(end))
            || begins.iter().any(|start| name.starts_with(start))
    };
    let words = SIGNS.map(str::to_owned);
    let (hits, _) = tree.search_many(&words, false, 1, &steps);
    !hits.is_empty()
}

fn is_manifest(path: &str) -> bool {
    // manifests of copied packages and of examples far down
    if path.contains("node_modules/") || path.contains("vendor/") || path.matches('/').count() > 5 {
        return false;
    }
    matches!(
        file_name(path),
        "Cargo.toml"
            | "go.mod"
            | "package.json"
            | "Gemfile"
            | "mix.exs"
            | "Package.swift"
            | "cpanfile"
            | "package.yaml"
            | "deps.edn"
            | "project.clj"
            | "build.sbt"
            | "Dependencies.scala"
            | "libs.versions.toml"
            | "pubspec.yaml"
            | "composer.json"
            | "pyproject.toml"
            | "requirements.txt"
            | "pom.xml"
            | "build.gradle"
            | "build.gradle.kts"
            | "schema.prisma"
            | "database.yml"
            | "database.php"
            | "settings.py"
            | "diesel.toml"
            | "drizzle.config.ts"
            | "Pipfile"
            | "sqitch.conf"
            | "flyway.conf"
            | "flyway.toml"
            | "application.properties"
            | "application.yml"
            | "application.yaml"
            | "migration_lock.toml"
            | "Directory.Packages.props"
    ) || [".csproj", ".fsproj", ".cabal"]
        .iter()
        .any(|end| path.ends_with(end))
}

/// The value of a setting, wherever `key = value` or `key: value` stands. `lower` is `text` in
/// lower case.
fn find_setting(text: &str, lower: &str, key: &str) -> Option<String> {
    let at = lower
        .match_indices(key)
        // `undoSqlMigrationPrefix` ends with `sqlMigrationPrefix`
        .find(|(at, _)| !lower[..*at].ends_with(|c: char| c.is_ascii_alphanumeric() || c == '-'))?
        .0;
    let rest = text
        .get(at + key.len()..)?
        .trim_start_matches([' ', '"', '\'']);
    let value = rest
        .strip_prefix(['=', ':', '>'])?
        .lines()
        .next()?
        // in `pom.xml` the value ends at the next tag
        .split('<')
        .next()?
        .trim()
        .trim_matches(['"', '\'', ',']);
    // a prefix is short; what is longer is an expression
    (!value.is_empty() && value.len() <= 20).then(|| value.to_owned())
}

/// The first number behind a package's name: `"laravel/framework": "^10.3"` is 10.
fn find_major_version(text: &str, package: &str) -> Option<u32> {
    let rest = &text[text.find(package)? + package.len()..];
    let line = rest.lines().next().unwrap_or_default();
    let digits: String = line
        .chars()
        .skip_while(|c| !c.is_ascii_digit())
        .take_while(char::is_ascii_digit)
        .collect();
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::MemorySnapshot;

    #[test]
    fn settings_and_versions() {
        let tree = MemorySnapshot::new([
            (
                "conf/flyway.conf",
                "flyway.locations=filesystem:sql\nflyway.undoSqlMigrationPrefix=W\nflyway.sqlMigrationPrefix=M\n",
            ),
            (
                "src/main/resources/application.yml",
                "spring:\n  flyway:\n    repeatable-sql-migration-prefix: RR\n",
            ),
            (
                "composer.json",
                "{ \"require\": { \"php\": \"^8.1\", \"laravel/framework\": \"^10.3\" } }",
            ),
            (
                "db/migrations/migration_lock.toml",
                "provider = \"sqlite\"\n",
            ),
        ]);
        let manifest = Manifest::read(&tree, &DatabaseConfig::default());
        assert_eq!(
            manifest.flyway(),
            &Prefixes {
                versioned: "M".to_owned(),
                undo: "W".to_owned(),
                repeatable: "RR".to_owned()
            }
        );
        assert!(manifest.laravel_keeps());
        assert_eq!(
            (manifest.provider("db/migrations"), manifest.provider("db")),
            (Some(Dialect::Sqlite), None)
        );
    }
}

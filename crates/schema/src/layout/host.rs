//! Layouts of migrations written in a host language, and of Liquibase changelogs.

use super::super::dialect::{Dialect, DialectSigns};
use super::super::framework::Framework;
use super::{
    Manifest, MigrationFile, MigrationLanguage, MigrationSide, file_name, find_parent_folder,
    in_release, leading_version,
};
use model::Snapshot;

/// Recognises a path whose file is not SQL.
pub fn recognise_host_file(
    path: &str,
    tree: &dyn Snapshot,
    manifest: &Manifest,
    text: &mut dyn FnMut() -> Option<String>,
) -> Option<MigrationFile> {
    let name = file_name(path);
    let (stem, extension) = name.rsplit_once('.')?;
    let here = find_parent_folder(path);
    let parent = file_name(here);
    let inside = |word: &str| {
        here.split('/')
            .any(|part| part.to_ascii_lowercase().contains(word))
    };
    let digits = leading_version(stem);
    let number = |length: usize| digits.len() >= length;
    let place = |framework, set: &str, version: &str, identity: &str, language| {
        Some(MigrationFile {
            path: path.to_owned(),
            framework,
            set: set.to_owned(),
            version: version.to_owned(),
            identity: identity.to_owned(),
            side: MigrationSide::Up,
            repeatable: false,
            baseline: false,
            language,
            dialect: Dialect::from_path(here),
        })
    };
    let release = in_release(path);
    match extension {
        "py" => {
            if name == "__init__.py"
                || name == "env.py"
                || !(inside("migration")
                    || inside("versions")
                    || inside("alembic")
                    || release.is_some())
            {
                return None;
            }
            let contents = text()?;
            if contents.contains("migrations.Migration")
                || contents.contains("(Migration)") && contents.contains("operations")
            {
                let app = find_app_label(tree, find_parent_folder(here))
                    .unwrap_or_else(|| file_name(find_parent_folder(here)).to_owned());
                return place(
                    Framework::Django,
                    "django",
                    stem,
                    &format!("{app}.{stem}"),
                    MigrationLanguage::Python,
                );
            }
            if (contents.contains("from yoyo import") || contents.contains("import yoyo"))
                && contents.contains("step")
            {
                return place(Framework::Yoyo, here, stem, stem, MigrationLanguage::Python);
            }
            if contents.contains("down_revision") && contents.contains("revision") {
                let revision =
                    python_string(&contents, "revision").unwrap_or_else(|| stem.to_owned());
                return place(
                    Framework::Alembic,
                    here,
                    &revision,
                    &revision,
                    MigrationLanguage::Python,
                );
            }
            let (all, version) = release?;
            let runs = [
                "def run_create(",
                "def run_upgrade(",
                "def upgrade(",
                "def migrate(",
                "def up(",
            ]
            .iter()
            .any(|sign| contents.contains(sign));
            runs.then(|| {
                place(
                    Framework::Plain,
                    all,
                    version,
                    &format!("{parent}/{stem}"),
                    MigrationLanguage::Python,
                )
            })
            .flatten()
        }
        "rb" if number(3) && (parent.ends_with("migrate") || inside("migrate")) => {
            // `db/migrate` and `db/post_migrate` of the program and its engines share a database;
            // other folders have their own.
            let own = here
                .rsplit('/')
                .find(|part| part.contains("migrate"))
                .is_none_or(|part| part == "migrate" || part.starts_with("post"));
            let set = if inside("geo") || !own { here } else { "rails" };
            place(
                Framework::Rails,
                set,
                digits,
                digits,
                MigrationLanguage::Ruby,
            )
        }
        "php" => {
            let dated = stem.len() > 18
                && stem.as_bytes()[..17].iter().enumerate().all(|(at, byte)| {
                    if matches!(at, 4 | 7 | 10) {
                        *byte == b'_'
                    } else {
                        byte.is_ascii_digit()
                    }
                });
            if dated && inside("migration") {
                return place(
                    Framework::Laravel,
                    here,
                    &stem[..17],
                    stem,
                    MigrationLanguage::Php,
                );
            }
            if stem.strip_prefix("Version").is_some_and(|version| {
                !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit())
            }) && text()?.contains("AbstractMigration")
            {
                return place(
                    Framework::Doctrine,
                    here,
                    &stem[7..],
                    stem,
                    MigrationLanguage::Php,
                );
            }
            if digits.len() == 14 && inside("migration") && text()?.contains("Migration") {
                return place(
                    Framework::Phinx,
                    here,
                    digits,
                    digits,
                    MigrationLanguage::Php,
                );
            }
            None
        }
        "exs" if number(3) && inside("migration") => place(
            Framework::Ecto,
            here,
            digits,
            digits,
            MigrationLanguage::Elixir,
        ),
        "cs" if digits.len() == 14
            && !stem.ends_with(".Designer")
            && text()?.contains("MigrationBuilder") =>
        {
            place(
                Framework::EfCore,
                here,
                digits,
                stem,
                MigrationLanguage::CSharp,
            )
        }
        "cs" if inside("migration") || number(1) || manifest.mentions("fluentmigrator") => {
            let contents = text()?;
            let stated = contents
                .split_once("Migration(")
                .filter(|_| contents.contains("FluentMigrator") && contents.contains("Migration("))?
                .1;
            let version: String = stated
                .chars()
                .take(40)
                .take_while(|c| c.is_ascii_digit() || matches!(c, '_' | ',' | ' '))
                .filter(char::is_ascii_digit)
                .collect();
            let version = if version.is_empty() { digits } else { &version };
            (!version.is_empty())
                .then(|| {
                    place(
                        Framework::FluentMigrator,
                        here,
                        version,
                        version,
                        MigrationLanguage::CSharp,
                    )
                })
                .flatten()
        }
        "java" | "kt" => {
            let (head, _) = stem.split_once("__")?;
            let version = head.get(1..).filter(|version| {
                version
                    .bytes()
                    .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'_'))
            })?;
            let kind = head
                .chars()
                .next()
                .filter(|kind| matches!(kind, 'V' | 'U' | 'R'))?;
            if (kind == 'R') != version.is_empty() || !text()?.contains("Migration") {
                return None;
            }
            // Classes and scripts of one location share a history.
            let set = here
                .replacen("src/main/java/", "src/main/resources/", 1)
                .replacen("src/main/kotlin/", "src/main/resources/", 1);
            let version = version.replace('_', ".");
            let identity = if kind == 'R' {
                stem.split_once("__").map_or(stem, |(_, name)| name)
            } else {
                &version
            };
            let mut found = place(
                Framework::Flyway,
                &set,
                &version,
                identity,
                MigrationLanguage::Java,
            )?;
            (found.repeatable, found.side) = (
                kind == 'R',
                if kind == 'U' {
                    MigrationSide::Down
                } else {
                    MigrationSide::Up
                },
            );
            Some(found)
        }
        "rs" if manifest.mentions("refinery")
            && stem.starts_with(['V', 'U'])
            && stem.contains("__") =>
        {
            let version = stem[1..].split("__").next().filter(|version| {
                !version.is_empty()
                    && version
                        .bytes()
                        .all(|byte| byte.is_ascii_digit() || byte == b'.')
            })?;
            place(
                Framework::Refinery,
                here,
                version,
                version,
                MigrationLanguage::Rust,
            )
        }
        "js" | "ts" | "cjs" | "mjs" if !name.ends_with(".d.ts") => {
            recognise_javascript(path, stem, digits, text)
        }
        "go" if number(3) && inside("migration") && !stem.ends_with("_test") => {
            let contents = text()?;
            let goose = contents.contains("goose.");
            goose
                .then(|| {
                    place(
                        Framework::Goose,
                        here,
                        digits,
                        digits,
                        MigrationLanguage::Go,
                    )
                })
                .flatten()
        }
        "rs" if stem.starts_with('m')
            && stem.len() > 16
            && stem.as_bytes()[1..9].iter().all(u8::is_ascii_digit) =>
        {
            place(Framework::SeaOrm, here, stem, stem, MigrationLanguage::Rust)
        }
        "xml" | "yaml" | "yml" | "json"
            if inside("changelog")
                || inside("liquibase")
                || inside("migration")
                || stem.to_ascii_lowercase().contains("changelog") =>
        {
            let contents = text()?;
            let head: String = contents.chars().take(20_000).collect();
            if !head.contains("databaseChangeLog") {
                return None;
            }
            // The tool records the path on the class path, or the one that the file states for
            // good.
            let logical = head.split_once("logicalFilePath").and_then(|(_, rest)| {
                rest.trim_start_matches([' ', '=', ':', '"', '\''])
                    .split(['"', '\'', '\n', '>', ','])
                    .next()
            });
            let recorded = logical.filter(|path| !path.is_empty()).unwrap_or_else(|| {
                path.rsplit_once("resources/")
                    .map_or(path, |(_, rest)| rest)
            });
            place(
                Framework::Liquibase,
                "liquibase",
                stem,
                recorded.trim(),
                MigrationLanguage::Changelog,
            )
        }
        _ => None,
    }
}

/// Words of db-migrate's scripts.
const DB_MIGRATE: [&str; 10] = [
    "db.runSql",
    "db.createTable",
    "db.dropTable",
    "db.addColumn",
    "db.removeColumn",
    "db.renameColumn",
    "db.changeColumn",
    "db.addIndex",
    "db-migrate",
    "'sqls'",
];

/// JavaScript and TypeScript: the text tells Knex, Sequelize, TypeORM, MikroORM and node-pg-migrate
/// apart.
fn recognise_javascript(
    path: &str,
    stem: &str,
    digits: &str,
    text: &mut dyn FnMut() -> Option<String>,
) -> Option<MigrationFile> {
    let here = find_parent_folder(path);
    let mikro =
        stem.starts_with("Migration") && stem[9..].starts_with(|c: char| c.is_ascii_digit());
    let sounds = here
        .split('/')
        .any(|part| part.to_ascii_lowercase().contains("migration"));
    if !(mikro || digits.len() >= 10 || (sounds && stem.bytes().any(|byte| byte.is_ascii_digit())))
    {
        return None;
    }
    let contents = text()?;
    let goes_up = [
        "exports.up",
        "function up",
        "const up",
        "up:",
        "up(",
        "up =",
    ]
    .iter()
    .any(|sign| contents.contains(sign));
    let framework = if contents.contains("MigrationInterface")
        || contents.contains("queryRunner") && contents.contains("class ")
    {
        Framework::TypeOrm
    } else if mikro && contents.contains("addSql") {
        Framework::MikroOrm
    } else if contents.contains("queryInterface") || contents.contains("QueryInterface") {
        Framework::Sequelize
    } else if (contents.contains("knex") || contents.contains("Knex")) && goes_up {
        Framework::Knex
    } else if contents.contains("pgm.") && contents.contains("up") {
        Framework::NodePg
    } else if goes_up && DB_MIGRATE.iter().any(|sign| contents.contains(sign)) {
        Framework::DbMigrate
    } else {
        return None;
    };
    let language = if path.ends_with(".ts") {
        MigrationLanguage::TypeScript
    } else {
        MigrationLanguage::JavaScript
    };
    let version = if digits.is_empty() { stem } else { digits };
    Some(MigrationFile {
        path: path.to_owned(),
        framework,
        set: here.to_owned(),
        version: version.to_owned(),
        identity: stem.to_owned(),
        side: MigrationSide::Up,
        repeatable: false,
        baseline: false,
        language,
        dialect: Dialect::from_path(here),
    })
}

/// The label of a Django application, where its configuration gives one of its own.
fn find_app_label(tree: &dyn Snapshot, app: &str) -> Option<String> {
    let config = if app.is_empty() {
        "apps.py".to_owned()
    } else {
        format!("{app}/apps.py")
    };
    if !tree.has(&config) {
        return None;
    }
    let text = tree.read_text(&config).ok()?;
    text.lines()
        .find_map(|line| python_string(line.trim_start(), "label"))
}

/// The string assigned to a module-level name.
pub fn python_string(text: &str, name: &str) -> Option<String> {
    text.lines().find_map(|line| {
        let rest = line.strip_prefix(name)?;
        let rest = rest.trim_start();
        let value = if let Some(rest) = rest.strip_prefix(':') {
            rest.split_once('=')?.1
        } else {
            rest.strip_prefix('=')?
        };
        let value = value.trim();
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        value[1..].split(quote).next().map(str::to_owned)
    })
}

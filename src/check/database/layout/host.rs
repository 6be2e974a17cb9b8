//! Layouts of migrations written in a host language, and of Liquibase changelogs.

use super::super::dialect::Dialect;
use super::super::framework::Framework;
use super::{Language, Place, Side, file_name, folder, leading_version};

/// Recognises a path whose file is not SQL.
pub fn recognise(path: &str, text: &mut dyn FnMut() -> Option<String>) -> Option<Place> {
    let name = file_name(path);
    let (stem, extension) = name.rsplit_once('.')?;
    let here = folder(path);
    let parent = file_name(here);
    let inside = |word: &str| here.split('/').any(|part| part.to_ascii_lowercase().contains(word));
    let digits = leading_version(stem);
    let number = |length: usize| digits.len() >= length;
    let place = |framework, set: &str, version: &str, identity: &str, language| {
        Some(Place {
            path: path.to_owned(),
            framework,
            set: set.to_owned(),
            version: version.to_owned(),
            identity: identity.to_owned(),
            side: Side::Up,
            repeatable: false,
            language,
            dialect: Dialect::from_path(here),
        })
    };
    match extension {
        "py" => {
            if name == "__init__.py" || name == "env.py" || !(inside("migration") || inside("versions") || inside("alembic")) {
                return None;
            }
            let contents = text()?;
            if contents.contains("migrations.Migration") || contents.contains("(Migration)") && contents.contains("operations") {
                let app = file_name(folder(here));
                return place(Framework::Django, "django", stem, &format!("{app}.{stem}"), Language::Python);
            }
            if contents.contains("from yoyo import") || contents.contains("import yoyo") {
                return place(Framework::Yoyo, here, stem, stem, Language::Unread);
            }
            if contents.contains("down_revision") && contents.contains("revision") {
                let revision = python_string(&contents, "revision").unwrap_or_else(|| stem.to_owned());
                return place(Framework::Alembic, here, &revision, &revision, Language::Python);
            }
            None
        }
        "rb" if number(3) && (parent.ends_with("migrate") || inside("migrate")) => {
            let set = if inside("geo") { here } else { "rails" };
            place(Framework::Rails, set, digits, digits, Language::Ruby)
        }
        "php" => {
            let dated = stem.len() > 18
                && stem.as_bytes()[..17].iter().enumerate().all(|(at, byte)| if matches!(at, 4 | 7 | 10) { *byte == b'_' } else { byte.is_ascii_digit() });
            if dated && inside("migration") {
                return place(Framework::Laravel, here, &stem[..17], stem, Language::Php);
            }
            if stem.starts_with("Version") && stem[7..].starts_with(|c: char| c.is_ascii_digit()) {
                return place(Framework::Doctrine, here, &stem[7..], stem, Language::Php);
            }
            if digits.len() == 14 && inside("migration") {
                return place(Framework::Phinx, here, digits, digits, Language::Unread);
            }
            None
        }
        "exs" if number(3) && inside("migration") => place(Framework::Ecto, here, digits, digits, Language::Elixir),
        "cs" if digits.len() == 14 && !stem.ends_with(".Designer") => place(Framework::EfCore, here, digits, stem, Language::CSharp),
        "js" | "ts" | "cjs" | "mjs" if !name.ends_with(".d.ts") => script(path, stem, digits, text),
        "go" if number(3) && inside("migration") && !stem.ends_with("_test") => {
            let contents = text()?;
            let goose = contents.contains("goose.");
            goose.then(|| place(Framework::Goose, here, digits, digits, Language::Go)).flatten()
        }
        "rs" if stem.starts_with('m') && stem.len() > 16 && stem.as_bytes()[1..9].iter().all(u8::is_ascii_digit) => {
            place(Framework::SeaOrm, here, stem, stem, Language::Unread)
        }
        "xml" | "yaml" | "yml" | "json"
            if inside("changelog") || inside("liquibase") || inside("migration") || stem.to_ascii_lowercase().contains("changelog") =>
        {
            let contents = text()?;
            let head: String = contents.chars().take(20_000).collect();
            if head.contains("databaseChangeLog") { place(Framework::Liquibase, "liquibase", stem, path, Language::Changelog) } else { None }
        }
        _ => None,
    }
}

/// JavaScript and TypeScript: the text tells Knex, Sequelize, TypeORM, MikroORM and node-pg-migrate apart.
fn script(path: &str, stem: &str, digits: &str, text: &mut dyn FnMut() -> Option<String>) -> Option<Place> {
    let here = folder(path);
    let mikro = stem.starts_with("Migration") && stem[9..].starts_with(|c: char| c.is_ascii_digit());
    let sounds = here.split('/').any(|part| part.to_ascii_lowercase().contains("migration"));
    if !(mikro || digits.len() >= 10 || (sounds && stem.bytes().any(|byte| byte.is_ascii_digit()))) {
        return None;
    }
    let contents = text()?;
    let framework = if contents.contains("MigrationInterface") {
        Framework::TypeOrm
    } else if mikro && contents.contains("addSql") {
        Framework::MikroOrm
    } else if contents.contains("queryInterface") || contents.contains("QueryInterface") {
        Framework::Sequelize
    } else if (contents.contains("knex") || contents.contains("Knex"))
        && (contents.contains("exports.up") || contents.contains("function up") || contents.contains("const up") || contents.contains("up:"))
    {
        Framework::Knex
    } else if contents.contains("exports.up")
        && ["db.runSql", "db.createTable", "db.dropTable", "db.addColumn", "db.removeColumn", "db.renameColumn", "db.changeColumn", "db.addIndex", "db-migrate"]
            .iter()
            .any(|sign| contents.contains(sign))
    {
        Framework::DbMigrate
    } else if contents.contains("pgm.") && contents.contains("up") {
        Framework::NodePg
    } else {
        return None;
    };
    let language = if path.ends_with(".ts") { Language::TypeScript } else { Language::JavaScript };
    let language = if framework == Framework::NodePg { Language::Unread } else { language };
    let version = if digits.is_empty() { stem } else { digits };
    Some(Place {
        path: path.to_owned(),
        framework,
        set: here.to_owned(),
        version: version.to_owned(),
        identity: stem.to_owned(),
        side: Side::Up,
        repeatable: false,
        language,
        dialect: Dialect::from_path(here),
    })
}

/// The string assigned to a module-level name.
pub fn python_string(text: &str, name: &str) -> Option<String> {
    text.lines().find_map(|line| {
        let rest = line.strip_prefix(name)?;
        let rest = rest.trim_start();
        let value = if let Some(rest) = rest.strip_prefix(':') { rest.split_once('=')?.1 } else { rest.strip_prefix('=')? };
        let value = value.trim();
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        value[1..].split(quote).next().map(str::to_owned)
    })
}

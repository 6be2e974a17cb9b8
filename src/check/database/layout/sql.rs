//! Layouts of SQL files.

use super::super::dialect::Dialect;
use super::super::framework::Framework;
use super::{Language, Manifest, Place, Side, file_name, folder, leading_version};
use crate::model::Snapshot;

/// Recognises a `.sql` path.
pub fn recognise(path: &str, tree: &dyn Snapshot, manifest: &Manifest, text: &mut dyn FnMut() -> Option<String>) -> Option<Place> {
    let name = file_name(path);
    let (name, engine) = match name.rsplit_once('.') {
        Some((rest, end)) if rest.ends_with(".sql") => (rest, Dialect::from_word(end)),
        _ => (name, None),
    };
    let found = by_shape(path, name, tree, manifest, text)?;
    Some(Place { dialect: engine.or(found.dialect), ..found })
}

fn by_shape(path: &str, name: &str, tree: &dyn Snapshot, manifest: &Manifest, text: &mut dyn FnMut() -> Option<String>) -> Option<Place> {
    let stem = name.strip_suffix(".sql").or_else(|| name.strip_suffix(".SQL"))?;
    let parent = file_name(folder(path));
    if matches!(name, "up.sql" | "down.sql") && parent.starts_with(|c: char| c.is_ascii_digit()) {
        return Some(folders(path, parent, name == "down.sql"));
    }
    if matches!(name, "migration.sql" | "down.sql") && parent.starts_with(|c: char| c.is_ascii_digit()) {
        let set = folder(folder(path)).to_owned();
        return Some(place(path, Framework::Prisma, set, leading_version(parent), parent, if name == "down.sql" { Side::Down } else { Side::Up }));
    }
    if let Some(found) = flyway(path, stem, manifest) {
        return Some(found);
    }
    if let Some(found) = pair(path, stem, tree, manifest) {
        return Some(found);
    }
    if matches!(parent, "deploy" | "revert") && tree.has(&join(folder(folder(path)), "sqitch.plan")) {
        let set = folder(folder(path)).to_owned();
        return Some(place(path, Framework::Sqitch, set, stem, stem, if parent == "revert" { Side::Down } else { Side::Up }));
    }
    numbered(path, stem, tree, manifest, text)
}

fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

fn place(path: &str, framework: Framework, set: String, version: &str, identity: &str, side: Side) -> Place {
    let dialect = Dialect::from_path(folder(path)).or_else(|| Dialect::from_path(file_name(path).trim_end_matches(".sql")));
    Place {
        path: path.to_owned(),
        framework,
        set,
        version: version.to_owned(),
        identity: identity.to_owned(),
        side,
        repeatable: false,
        language: Language::Sql,
        dialect,
    }
}

/// Diesel: `migrations/2024-01-01-000000_name/up.sql`. The version is the folder's name up to the underscore, dashes stripped.
fn folders(path: &str, parent: &str, down: bool) -> Place {
    let version = parent.split('_').next().unwrap_or(parent).replace('-', "");
    let set = folder(folder(path)).to_owned();
    let mut found = place(path, Framework::Diesel, set, parent.split('_').next().unwrap_or(parent), &version, if down { Side::Down } else { Side::Up });
    found.dialect = Dialect::from_path(folder(folder(path)));
    found
}

/// `V1__name.sql`, `U1__name.sql`, `R__name.sql`: Flyway, or refinery (where `U` is not an undo).
fn flyway(path: &str, stem: &str, manifest: &Manifest) -> Option<Place> {
    let (head, name) = stem.split_once("__")?;
    let kind = head.chars().next()?;
    let version = &head[kind.len_utf8()..];
    let numeric = !version.is_empty() && version.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '_'));
    if !(matches!(kind, 'V' | 'U' | 'B') && numeric || kind == 'R' && version.is_empty()) {
        return None;
    }
    let refinery = manifest.mentions("refinery");
    let framework = if refinery { Framework::Refinery } else { Framework::Flyway };
    let down = kind == 'U' && !refinery;
    let version_key = version.replace('_', ".");
    let mut found =
        place(path, framework, folder(path).to_owned(), &version_key, if kind == 'R' { name } else { &version_key }, if down { Side::Down } else { Side::Up });
    found.repeatable = kind == 'R';
    Some(found)
}

/// `0001_name.up.sql` beside `0001_name.down.sql`, and other spellings of the pair.
fn pair(path: &str, stem: &str, tree: &dyn Snapshot, manifest: &Manifest) -> Option<Place> {
    let lower = stem.to_ascii_lowercase();
    let (base, side) = [
        (".up", Side::Up),
        (".down", Side::Down),
        ("_up", Side::Up),
        ("_down", Side::Down),
        ("-up", Side::Up),
        ("-down", Side::Down),
        (".undo", Side::Down),
        (".rollback", Side::Down),
        ("_rollback", Side::Down),
        (".do", Side::Up),
    ]
    .into_iter()
    .find_map(|(end, side)| lower.ends_with(end).then(|| (&stem[..stem.len() - end.len()], side)))?;
    let digits = base.trim_start_matches(['V', 'v']);
    if !digits.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    // `_up` alone is a word like any other: it needs its counterpart.
    let dotted = stem.len() - base.len() > 0 && stem[base.len()..].starts_with('.');
    if !dotted {
        let other = if side == Side::Up {
            stem[base.len()..].replace("up", "down").replace("UP", "DOWN")
        } else {
            stem[base.len()..].replace("down", "up").replace("rollback", "up")
        };
        if !tree.has(&join(folder(path), &format!("{base}{other}.sql"))) {
            return None;
        }
    }
    let version = leading_version(digits);
    let plain_number = base.starts_with(|c: char| c.is_ascii_digit()) && base.as_bytes().get(version.len()).is_none_or(|next| *next == b'_');
    let framework = if !dotted || !plain_number {
        Framework::Pairs
    } else if manifest.mentions("golang-migrate") {
        Framework::GolangMigrate
    } else if manifest.mentions("mattermost/morph") {
        Framework::Morph
    } else if manifest.mentions("ory/x") || manifest.mentions("gobuffalo") {
        Framework::Fizz
    } else if manifest.mentions("sqlx") {
        Framework::Sqlx
    } else if version.len() <= 14 && !version.contains(['.', '-']) {
        Framework::GolangMigrate
    } else {
        Framework::Pairs
    };
    let identity = if framework == Framework::Fizz { base } else { version };
    Some(place(path, framework, folder(path).to_owned(), version, identity, side))
}

/// One file a version: its text or its neighbours tell the tool.
fn numbered(path: &str, stem: &str, tree: &dyn Snapshot, manifest: &Manifest, text: &mut dyn FnMut() -> Option<String>) -> Option<Place> {
    let digits = stem.trim_start_matches(['V', 'v']);
    let begins = digits.starts_with(|c: char| c.is_ascii_digit());
    let here = folder(path);
    let sounds = here.split('/').any(sounds_like_migrations) || manifest.named(path);
    if !sounds && !begins {
        return None;
    }
    let contents = text().unwrap_or_default();
    let head: String = contents.chars().take(200_000).collect();
    let marked = if head.contains("-- +goose") || head.contains("--+goose") {
        Some(Framework::Goose)
    } else if head.contains("-- migrate:up") || head.contains("--migrate:up") {
        Some(Framework::Dbmate)
    } else if head.contains("-- +migrate Up") {
        Some(Framework::SqlMigrate)
    } else if head.contains("---- create above / drop below ----") {
        Some(Framework::Tern)
    } else if head.contains("-- Up Migration") {
        Some(Framework::NodePg)
    } else if head.trim_start().starts_with("--liquibase formatted sql") || head.trim_start().starts_with("-- liquibase formatted sql") {
        let mut found = place(path, Framework::Liquibase, "liquibase".to_owned(), stem, path, Side::Up);
        found.language = Language::Changelog;
        return Some(found);
    } else if head.contains("--> statement-breakpoint") {
        Some(Framework::Drizzle)
    } else {
        None
    };
    if !begins || (!sounds && marked.is_none()) {
        return None;
    }
    let version = leading_version(digits);
    let framework = marked.unwrap_or_else(|| {
        if tree.has(&join(here, "meta/_journal.json")) {
            Framework::Drizzle
        } else if tree.has(&join(here, "atlas.sum")) {
            Framework::Atlas
        } else if here.ends_with("supabase/migrations") {
            Framework::Supabase
        } else if is_date(stem) {
            Framework::DbUp
        } else if manifest.mentions("sqlx") && stem.as_bytes().get(version.len()) == Some(&b'_') {
            Framework::Sqlx
        } else {
            Framework::Plain
        }
    });
    let numeric = matches!(framework, Framework::Goose | Framework::Dbmate | Framework::Sqlx | Framework::Tern | Framework::Supabase);
    Some(place(path, framework, here.to_owned(), version, if numeric { version } else { stem }, Side::Up))
}

/// `2024-01-31_00_Name`.
fn is_date(stem: &str) -> bool {
    let bytes = stem.as_bytes();
    bytes.len() > 10 && bytes[4] == b'-' && bytes[7] == b'-' && bytes[..4].iter().all(u8::is_ascii_digit)
}

fn sounds_like_migrations(part: &str) -> bool {
    let lower = part.to_ascii_lowercase();
    lower.contains("migrat")
        || lower.contains("dbscripts")
        || matches!(
            lower.as_str(),
            "changelog"
                | "changelogs"
                | "changes"
                | "delta"
                | "deltas"
                | "upgrade"
                | "upgrades"
                | "versioned"
                | "drizzle"
                | "db-scripts"
                | "evolutions"
                | "patches"
                | "schema-updates"
        )
}

//! Layouts of SQL files.

use super::candidate::CandidateFile;
use super::manifest::Manifest;
use super::names::{leading_version, sounds_like_migrations, split_sql_file_name};
use super::sql_numbered::recognise_numbered_file;
use super::sql_place::{find_claimant, make_sql_place};
use crate::dialect::{Dialect, DialectSigns};
use crate::migration_file::{MigrationFile, MigrationSide};
use crate::tool::declaration::SharedShape;
use crate::tree_path::{file_name, find_parent_folder, join_path};
use model::{Framework, Snapshot};

/// Moments at which Flyway runs a script of that name, whatever its version.
const CALLBACKS: [&str; 6] = [
    "afterMigrate",
    "afterMigrateApplied",
    "beforeMigrate",
    "afterEachMigrate",
    "beforeEachMigrate",
    "afterVersioned",
];

/// Recognises the path of a SQL file.
pub fn recognise_sql_file(file: &CandidateFile<'_>) -> Option<MigrationFile> {
    let name = file_name(file.path);
    let (stem, stated) = split_sql_file_name(name)?;
    if file.parent() == "sqls" && has_driving_script(file.path, stem, file.tree) {
        return None; // the script beside the folder runs it, and is the migration
    }
    let mut found =
        recognise_sql_path(file, name, stem).or_else(|| recognise_numbered_file(file, stem))?;
    // the ending speaks of this very file
    found.dialect = stated.or(found.dialect);
    Some(found)
}

/// What the shape of the path alone tells.
fn recognise_sql_path(file: &CandidateFile<'_>, name: &str, stem: &str) -> Option<MigrationFile> {
    let (path, tree, manifest) = (file.path, file.tree, file.manifest);
    let (here, parent) = (file.here, file.parent());
    let digits = parent.starts_with(|c: char| c.is_ascii_digit());
    // Prisma and newer Drizzle make a folder a migration
    if name == "migration.sql" && digits
        || name == "down.sql" && digits && tree.has(&join_path(here, "migration.sql"))
    {
        let side = if name == "down.sql" {
            MigrationSide::Down
        } else {
            MigrationSide::Up
        };
        let framework = if tree.has(&join_path(here, "snapshot.json")) {
            Framework::Drizzle
        } else {
            Framework::Prisma
        };
        let mut found = make_sql_place(
            path,
            framework,
            find_parent_folder(here).to_owned(),
            leading_version(parent),
            parent,
            side,
        );
        found.dialect = manifest
            .provider(find_parent_folder(here))
            .or(found.dialect);
        return Some(found);
    }
    // Diesel makes a folder a migration, with a file each way
    if matches!(name, "up.sql" | "down.sql") && digits {
        return Some(recognise_diesel_folder(path, parent, name == "down.sql"));
    }
    // db-migrate keeps SQL in a folder beside the scripts that run it
    if parent == "sqls"
        && let Some((base, side)) = [("-up", MigrationSide::Up), ("-down", MigrationSide::Down)]
            .into_iter()
            .find_map(|(end, side)| Some((stem.strip_suffix(end)?, side)))
    {
        return Some(make_sql_place(
            path,
            Framework::Pairs,
            here.to_owned(),
            leading_version(base),
            base,
            side,
        ));
    }
    if let Some(found) = recognise_flyway(path, stem, manifest) {
        return Some(found);
    }
    if let Some(found) =
        recognise_postgrator(path, stem).or_else(|| recognise_up_down_pair(file, stem))
    {
        return Some(found);
    }
    if let Some(found) = recognise_roundhouse(file, stem) {
        return Some(found);
    }
    if let Some(found) = recognise_sqitch(path, stem, tree) {
        return Some(found);
    }
    // the weakest sign comes last
    script_numbered(path, stem, manifest)
}

/// A script of the same name beside the folder `sqls`.
fn has_driving_script(path: &str, stem: &str, tree: &dyn Snapshot) -> bool {
    let set = find_parent_folder(find_parent_folder(path));
    let base = stem
        .strip_suffix("-up")
        .or_else(|| stem.strip_suffix("-down"))
        .unwrap_or(stem);
    ["js", "ts", "cjs", "mjs"]
        .iter()
        .any(|end| tree.has(&join_path(set, &format!("{base}.{end}"))))
}

/// `deploy/x.sql` and `revert/x.sql` beside a plan; changes may lie in folders.
fn recognise_sqitch(path: &str, stem: &str, tree: &dyn Snapshot) -> Option<MigrationFile> {
    let parts: Vec<&str> = path.split('/').collect();
    let at = parts
        .iter()
        .rposition(|part| matches!(*part, "deploy" | "revert"))?;
    let set = parts[..at].join("/");
    if !tree.has(&join_path(&set, "sqitch.plan")) {
        return None;
    }
    let inside = parts[at + 1..parts.len() - 1].join("/");
    let name = join_path(&inside, stem);
    Some(make_sql_place(
        path,
        Framework::Sqitch,
        set,
        &name,
        &name,
        if parts[at] == "revert" {
            MigrationSide::Down
        } else {
            MigrationSide::Up
        },
    ))
}

/// `001.do.name.sql` and `001.undo.name.sql`: Postgrator.
fn recognise_postgrator(path: &str, stem: &str) -> Option<MigrationFile> {
    let mut parts = stem.split('.');
    let version = parts.next()?;
    // `orders.do.sql` may be any file
    if version.is_empty() || !version.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let side = match parts.next()? {
        "do" => MigrationSide::Up,
        "undo" => MigrationSide::Down,
        _ => return None,
    };
    Some(make_sql_place(
        path,
        Framework::Postgrator,
        find_parent_folder(path).to_owned(),
        version,
        version,
        side,
    ))
}

/// Folders of RoundhousE whose scripts run once, and those whose scripts run again when their text
/// changes.
const ONCE: [&str; 2] = ["up", "runfirstafterup"];
const AGAIN: [&str; 8] = [
    "functions",
    "views",
    "sprocs",
    "triggers",
    "indexes",
    "permissions",
    "runafterotheranytimescripts",
    "runbeforeup",
];

/// `up/0001_name.sql`, `views/name.sql` and the like, where RoundhousE or grate is among the tools.
fn recognise_roundhouse(file: &CandidateFile<'_>, stem: &str) -> Option<MigrationFile> {
    let signs = ["roundhouse", "dotnet-grate", "erikbra/grate", "\"grate\""];
    if !signs.iter().any(|sign| file.manifest.mentions(sign)) {
        return None;
    }
    let parts: Vec<&str> = file.here.split('/').collect();
    let at = parts.iter().rposition(|part| {
        let lower = part.to_ascii_lowercase();
        ONCE.contains(&lower.as_str()) || AGAIN.contains(&lower.as_str())
    })?;
    let set = parts[..at].join("/");
    let again = AGAIN.contains(&parts[at].to_ascii_lowercase().as_str());
    // views of any program lie in such a folder: the one that runs once lies beside them
    let beside = |name: &str| {
        let folder = format!("{}/", join_path(&set, name));
        file.tree
            .list()
            .iter()
            .any(|entry| entry.path.starts_with(&folder))
    };
    if again && !beside("up") {
        return None;
    }
    let inside = parts[at..].join("/");
    let name = join_path(&inside, stem);
    let mut found = make_sql_place(
        file.path,
        Framework::Roundhouse,
        set,
        if again { "" } else { stem },
        &name,
        MigrationSide::Up,
    );
    found.repeatable = again;
    Some(found)
}

/// `Script0001 - Name.sql`, or any number before a name: embedded scripts of DbUp.
fn script_numbered(path: &str, stem: &str, manifest: &Manifest) -> Option<MigrationFile> {
    let named = manifest.mentions("dbup");
    let sounds = || {
        find_parent_folder(path)
            .split('/')
            .any(sounds_like_migrations)
    };
    let digits = match stem
        .strip_prefix("Script")
        .or_else(|| stem.strip_prefix("script"))
    {
        Some(rest) if named || sounds() => rest.trim_start_matches(['_', '-', ' ']),
        Some(_) => return None,
        // a number before a name tells DbUp only where it is used
        None if named => stem,
        None => return None,
    };
    if !digits.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    Some(make_sql_place(
        path,
        Framework::DbUp,
        find_parent_folder(path).to_owned(),
        leading_version(digits),
        stem,
        MigrationSide::Up,
    ))
}

/// Diesel: `migrations/2024-01-01-000000_name/up.sql`. The version is the folder's name up to the
/// underscore, dashes stripped.
fn recognise_diesel_folder(path: &str, parent: &str, down: bool) -> MigrationFile {
    let version = parent.split('_').next().unwrap_or(parent).replace('-', "");
    let set = find_parent_folder(find_parent_folder(path)).to_owned();
    let mut found = make_sql_place(
        path,
        Framework::Diesel,
        set,
        parent.split('_').next().unwrap_or(parent),
        &version,
        if down {
            MigrationSide::Down
        } else {
            MigrationSide::Up
        },
    );
    found.dialect = Dialect::from_path(find_parent_folder(find_parent_folder(path)));
    found
}

/// `V1__name.sql`, `U1__name.sql`, `R__name.sql`: Flyway, or refinery (where `U` is not an undo).
fn recognise_flyway(path: &str, stem: &str, manifest: &Manifest) -> Option<MigrationFile> {
    let here = find_parent_folder(path);
    if CALLBACKS.iter().any(|name| {
        stem == *name
            || stem
                .strip_prefix(name)
                .is_some_and(|rest| rest.starts_with("__"))
    }) {
        let mut found = make_sql_place(
            path,
            Framework::Flyway,
            here.to_owned(),
            "",
            stem,
            MigrationSide::Up,
        );
        found.repeatable = true;
        return Some(found);
    }
    let (head, name) = stem.split_once("__")?;
    let named = manifest.flyway();
    let numeric = |version: &str| {
        !version.is_empty()
            && version
                .chars()
                .all(|c| c.is_ascii_digit() || matches!(c, '.' | '_'))
    };
    let behind = |prefix: &str| head.strip_prefix(prefix);
    let (kind, version) =
        if let Some(version) = behind(&named.versioned).filter(|version| numeric(version)) {
            ('V', version)
        } else if let Some(version) = behind(&named.undo).filter(|version| numeric(version)) {
            ('U', version)
        // Flyway starts a new database at its newest baseline script
        } else if let Some(version) = behind("B").filter(|version| numeric(version)) {
            ('B', version)
        } else if head == named.repeatable || head == "A" && manifest.mentions("schemachange") {
            ('R', "")
        } else {
            return None;
        };
    // several tools took over the names of Flyway
    let framework = if manifest.mentions("refinery") {
        Framework::Refinery
    } else if manifest.mentions("\"evolve\"") || manifest.mentions("evolve.tool") {
        Framework::Evolve
    } else if manifest.mentions("schemachange") {
        Framework::Schemachange
    } else {
        Framework::Flyway
    };
    // for refinery U marks a version that may come late, and goes up
    let side = if kind == 'U' && framework == Framework::Flyway {
        MigrationSide::Down
    } else {
        MigrationSide::Up
    };
    // Flyway reads V1_1 as 1.1
    let version_key = version.replace('_', ".");
    let mut found = make_sql_place(
        path,
        framework,
        here.to_owned(),
        &version_key,
        // a repeatable script has no version
        if kind == 'R' { name } else { &version_key },
        side,
    );
    found.repeatable = kind == 'R';
    found.baseline = kind == 'B';
    // a baseline may have the version of a script that it stands for
    if found.baseline {
        found.identity = format!("baseline {version_key}");
    }
    Some(found)
}

/// `0001_name.up.sql` beside `0001_name.down.sql`, and other spellings of the pair.
fn recognise_up_down_pair(file: &CandidateFile<'_>, stem: &str) -> Option<MigrationFile> {
    let (path, tree) = (file.path, file.tree);
    let lower = stem.to_ascii_lowercase();
    let (base, side) = [
        (".up", MigrationSide::Up),
        (".down", MigrationSide::Down),
        ("_up", MigrationSide::Up),
        ("_down", MigrationSide::Down),
        ("-up", MigrationSide::Up),
        ("-down", MigrationSide::Down),
        (".undo", MigrationSide::Down),
        (".rollback", MigrationSide::Down),
        ("_rollback", MigrationSide::Down),
        (".do", MigrationSide::Up),
    ]
    .into_iter()
    .find_map(|(end, side)| {
        lower
            .ends_with(end)
            .then(|| (&stem[..stem.len() - end.len()], side))
    })?;
    let digits = base.trim_start_matches(['V', 'v']);
    if !digits.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    // yoyo: `0004.more.sql` goes back with `0004.more.rollback.sql`.
    if matches!(&lower[base.len()..], ".rollback" | ".undo")
        && tree.has(&join_path(find_parent_folder(path), &format!("{base}.sql")))
    {
        let framework = if file.manifest.mentions("yoyo") {
            Framework::Yoyo
        } else {
            Framework::Plain
        };
        return Some(make_sql_place(
            path,
            framework,
            find_parent_folder(path).to_owned(),
            leading_version(base),
            base,
            side,
        ));
    }
    // `_up` alone is a word like any other: it needs its counterpart.
    let dotted = stem.len() - base.len() > 0 && stem[base.len()..].starts_with('.');
    if !dotted {
        let other = if side == MigrationSide::Up {
            stem[base.len()..]
                .replace("up", "down")
                .replace("UP", "DOWN")
        } else {
            stem[base.len()..]
                .replace("down", "up")
                .replace("rollback", "up")
        };
        if !tree.has(&join_path(
            find_parent_folder(path),
            &format!("{base}{other}.sql"),
        )) {
            return None;
        }
    }
    let version = leading_version(digits);
    let plain_number = base.starts_with(|c: char| c.is_ascii_digit())
        && base
            .as_bytes()
            .get(version.len())
            .is_none_or(|next| *next == b'_');
    let dashed = dotted && base.as_bytes().get(version.len()) == Some(&b'-');
    let framework = if dashed && let Some(tool) = find_claimant(file, SharedShape::DashedPair) {
        tool
    } else if !dotted || !plain_number {
        Framework::Pairs
    } else if let Some(tool) = find_claimant(file, SharedShape::Pair) {
        tool
    } else {
        // the form alone tells no tool
        Framework::Pairs
    };
    let identity = if framework == Framework::Fizz {
        base
    } else {
        version
    };
    Some(make_sql_place(
        path,
        framework,
        // fizz chooses the file by the database, and keeps the files for all beside them
        find_pair_set(path, base, framework != Framework::Fizz),
        version,
        identity,
        side,
    ))
}

/// The set of a pair: its folder, and the database that its name ends with where it names one.
/// `2_b.mysql.up.sql` and `2_b.postgres.up.sql` are two migrations of two databases.
fn find_pair_set(path: &str, base: &str, split: bool) -> String {
    let folder = find_parent_folder(path);
    base.rsplit_once('.')
        .map(|(_, word)| word.to_ascii_lowercase())
        .filter(|word| split && Dialect::from_word(word).is_some())
        .map_or_else(|| folder.to_owned(), |word| join_path(folder, &word))
}

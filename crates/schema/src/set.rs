//! Migrations of one database: its history in the previous release, its units in the range.

use std::rc::Rc;

use super::dialect::{Dialect, DialectSigns};
use super::layout::{Manifest, recognise_migration};
use super::liquibase::MovedChangeSets;
use super::order;
use super::read::read_migration;
use super::relation_column;
use super::schema::Schema;
use super::step::SchemaAction;
use crate::migration_file::{MatchedMigration, MigrationFile, MigrationLanguage, MigrationSide};
use crate::reading::{Around, MigrationReading, MigrationSource};
use crate::text_cache::MigrationTextCache;
use crate::tree_path::{find_parent_folder, is_in_set};
use crate::unit::Unit;
use coverage::ReleaseRange;
use model::Framework;
use model::{MigrationChange, Snapshot, Unchecked};

/// Most migrations of the history that are replayed.
const HISTORY: usize = 6000;

/// Most bytes of the history that are replayed.
const HISTORY_BYTES: usize = 64 * 1024 * 1024;

/// Migrations that run against one database, in order.
pub struct Set {
    /// Its database.
    pub dialect: Dialect,
    /// Its tool.
    pub framework: Framework,
    /// Its name, as the layout gives it: a folder, or the tool's own.
    pub set: String,
    /// What differs.
    pub units: Vec<Unit>,
    /// The schema of the previous release.
    pub before: Schema,
}

impl Set {
    /// Reads everything that differs, and the history of what lies before.
    pub fn build(
        range: &ReleaseRange<'_>,
        old: &Manifest,
        new: &Manifest,
        found: Vec<MatchedMigration>,
        unchecked: &mut Vec<Unchecked>,
    ) -> Option<Self> {
        let first = found.first()?.clone();
        let framework = first.place.framework;
        // all files of one set agree in tool and folder
        let set = first.place.set.clone();
        let dialect = first
            .place
            .dialect
            .unwrap_or_else(|| guess_set_dialect(range, old, new, &found));
        // a range of edits runs nothing, so nobody asks what the schema was
        let needs_history = found.iter().any(|found| {
            runs_on_deploy(found.change)
                || found.place.repeatable
                || found.place.language == MigrationLanguage::Changelog
        });
        let mut found = found;
        order::arrange_by_tool_order(&mut found, |found| &found.place, range.current);
        let mut before = if needs_history {
            build_previous_schema(range, old, &set, &first.place, dialect, unchecked)
        } else {
            Schema::default()
        };
        // only a program that shows no sign of any database starts with an empty one
        before.fresh = !before.replayed
            && needs_history
            && old.dialect().is_none()
            && has_no_database(range.previous, &set);
        let moved = find_moved_change_sets(range, framework, &found);
        let paths: Vec<String> = found
            .iter()
            .filter(|found| is_read_alone(found))
            .map(|found| found.place.path.clone())
            .collect();
        let mut reader = UnitReader {
            range,
            manifests: (old, new),
            dialect,
            moved,
            same: MigrationTextCache::new(range.current, paths.iter().map(String::as_str)),
            before: &mut before,
        };
        let mut units = Vec::new();
        for found in found {
            units.extend(reader.read_units(found, unchecked));
        }
        if framework == Framework::Django {
            relation_column::name_relation_columns(&before, &mut units);
        }
        Some(Self {
            dialect,
            framework,
            set,
            units,
            before,
        })
    }
}

fn runs_on_deploy(change: MigrationChange) -> bool {
    matches!(
        change,
        MigrationChange::Added | MigrationChange::RenamedRunsAgain
    )
}

/// No other file has to be read with it: files of the same text then say the same.
fn is_read_alone(found: &MatchedMigration) -> bool {
    // a removed file is read from previous, and a baseline is cut to one step
    found.change != MigrationChange::Removed && found.down.is_none() && !found.place.baseline
}

/// Reads the units of a set, one file after the other.
struct UnitReader<'a> {
    range: &'a ReleaseRange<'a>,
    /// Of the previous and of the current release.
    manifests: (&'a Manifest, &'a Manifest),
    dialect: Dialect,
    moved: MovedChangeSets,
    /// What files of the same text say, and the file that was read.
    same: MigrationTextCache<'a, (Rc<MigrationReading>, String)>,
    before: &'a mut Schema,
}

impl UnitReader<'_> {
    fn read_units(&mut self, found: MatchedMigration, unchecked: &mut Vec<Unchecked>) -> Vec<Unit> {
        let (tree, manifest) = if found.change == MigrationChange::Removed {
            (self.range.previous, self.manifests.0)
        } else {
            (self.range.current, self.manifests.1)
        };
        let text = match tree.read_text(&found.place.path) {
            Ok(text) => text,
            Err(error) => {
                let why = error.to_string();
                unchecked.push(Unchecked {
                    what: found.place.path.clone().into(),
                    why: why.clone().into(),
                    settle_with: Some(
                        "read the migration, or fetch the missing object and assess again".into(),
                    ),
                });
                let reading = Rc::new(MigrationReading::unknown(why));
                // what would have run stays in the list as unknown; what would not is only noted
                return runs_on_deploy(found.change)
                    .then(|| Unit::of_file(found, reading, None))
                    .into_iter()
                    .collect();
            }
        };
        match found.place.language {
            MigrationLanguage::Changelog => self.read_change_sets(&found, &text, tree),
            MigrationLanguage::Embedded => vec![read_embedded_unit(
                self.range,
                found,
                &text,
                self.dialect,
                self.before,
            )],
            _ => vec![self.read_file(found, &text, Around { tree, manifest })],
        }
    }

    fn read_change_sets(
        &self,
        found: &MatchedMigration,
        text: &str,
        tree: &dyn Snapshot,
    ) -> Vec<Unit> {
        let earlier = found.from.as_deref().unwrap_or(&found.place.path);
        let earlier = self.range.previous.read_text(earlier).ok();
        super::liquibase::list_changed_units(
            found,
            text,
            earlier.as_deref(),
            self.dialect,
            tree,
            &self.moved,
        )
    }

    fn read_file(&mut self, found: MatchedMigration, text: &str, around: Around<'_>) -> Unit {
        let place = found.place.clone();
        let source = MigrationSource {
            place: &place,
            text,
            dialect: self.dialect,
            around,
        };
        // a sibling's text is a part of what is said
        if !is_read_alone(&found) {
            let reading = read_with_down(&found, &source, self.range.current);
            return Unit::of_file(found, Rc::new(reading), None);
        }
        let (reading, read_as) = &*self.same.get(&place, || {
            (Rc::new(read_migration(&source, None)), place.path.clone())
        });
        Unit::of_file(found, Rc::clone(reading), Some(read_as.clone()))
    }
}

/// Statements in the strings of a program: what they were in the previous release is the schema that
/// the new ones meet.
fn read_embedded_unit(
    range: &ReleaseRange<'_>,
    found: MatchedMigration,
    text: &str,
    dialect: Dialect,
    before: &mut Schema,
) -> Unit {
    let earlier = range
        .previous
        .read_text(found.from.as_deref().unwrap_or(&found.place.path))
        .ok();
    // the statements that stood there before are the history of such a program
    if let Some(earlier) = &earlier {
        super::embedded::read_all_statements(&found.place.path, earlier, dialect)
            .steps
            .iter()
            .for_each(|step| {
                before.apply(&step.action);
            });
        before.replayed = true;
        before.settle();
    }
    let reading =
        super::embedded::read_embedded_changes(&found.place, text, earlier.as_deref(), dialect);
    Unit::of_file(found, Rc::new(reading), None)
}

/// Reads a file by itself: its way down lies in another file, or it is a baseline.
fn read_with_down(
    found: &MatchedMigration,
    source: &MigrationSource<'_>,
    current: &dyn Snapshot,
) -> MigrationReading {
    let down = found
        .down
        .as_deref()
        .and_then(|path| current.read_text(path).ok().map(|text| (path, text)));
    let mut reading = read_migration(
        source,
        down.as_ref().map(|(path, text)| (*path, text.as_str())),
    );
    if found.place.baseline {
        // its steps made what is in the database already
        reading.up.steps.truncate(1);
        for step in &mut reading.up.steps {
            step.action = SchemaAction::StateOnly {
                what: "a baseline runs only on a database that is still empty".to_owned(),
            };
        }
    }
    reading
}

/// A tree without a statement, and without anything where the migrations lie or beside them.
fn has_no_database(tree: &dyn Snapshot, set: &str) -> bool {
    let around = find_parent_folder(set);
    let beside = |path: &str| {
        around.is_empty()
            // beside the migrations lies the program that would use them
            || path
                .strip_prefix(around)
                .is_some_and(|rest| rest.starts_with('/'))
    };
    !set.is_empty()
        && !tree.list().is_empty()
        && tree
            .list()
            .iter()
            // a tree without program text proves nothing about a database
            .any(|entry| super::usage::is_program(&entry.path))
        && !tree.list().iter().any(|entry| {
            entry.path.ends_with(".sql")
                || entry.path.ends_with(".prisma")
                || set.contains('/') && beside(&entry.path)
        })
        && tree
            .search_many(
                &[
                    "select ",
                    "insert into",
                    "create table",
                    "sqlite",
                    "postgres",
                    "mysql",
                ]
                .map(str::to_owned),
                true,
                1,
                &super::usage::is_code,
            )
            .0
            .is_empty()
}

/// Change sets that went from one changelog of the range to another.
fn find_moved_change_sets(
    range: &ReleaseRange<'_>,
    framework: Framework,
    found: &[MatchedMigration],
) -> MovedChangeSets {
    // other tools know a migration by its file
    if framework != Framework::Liquibase {
        return MovedChangeSets::default();
    }
    let files: Vec<(String, String, Option<String>)> = found
        .iter()
        .filter(|found| {
            // an added changelog has nothing that could have moved
            matches!(
                found.change,
                MigrationChange::Modified | MigrationChange::Removed
            )
        })
        .filter_map(|found| {
            let path = found.place.path.clone();
            let before = range.previous.read_text(&path).ok()?;
            let after = range.current.read_text(&path).ok();
            Some((path, before, after))
        })
        .collect();
    MovedChangeSets::between(&files, range.previous)
}

/// The database of a set: what the manifests say, else what its texts look like; the texts of its
/// history too.
pub(super) fn guess_set_dialect(
    range: &ReleaseRange<'_>,
    old: &Manifest,
    new: &Manifest,
    found: &[MatchedMigration],
) -> Dialect {
    let by_text = |tree: &dyn Snapshot, paths: &mut dyn Iterator<Item = (&str, bool)>| {
        let texts: Vec<Dialect> = paths
            // twenty files tell it; a history has thousands
            .take(20)
            .filter_map(|(path, sql)| tree.read_text(path).ok().map(|text| (text, sql)))
            .filter_map(|(text, sql)| Dialect::from_text(&text, sql))
            .collect();
        texts
            .iter()
            // the majority: one copied file of another database must not decide
            .max_by_key(|dialect| texts.iter().filter(|other| other == dialect).count())
            .copied()
    };
    let sql = found
        .iter()
        .any(|found| found.place.language == MigrationLanguage::Sql);
    let is_sql = |language: MigrationLanguage| {
        matches!(
            language,
            MigrationLanguage::Sql | MigrationLanguage::Changelog
        )
    };
    let fresh = by_text(
        range.current,
        &mut found
            .iter()
            .map(|found| (found.place.path.as_str(), is_sql(found.place.language))),
    );
    let stated = new.dialect().or_else(|| old.dialect());
    let shipped = || {
        let set = found.first().map_or("", |found| found.place.set.as_str());
        let list = range
            .previous
            .list()
            .iter()
            .map(|entry| entry.path.as_str())
            .filter(|path| {
                let end = path.rsplit('.').next().unwrap_or_default();
                is_in_set(path, set)
                    && matches!(
                        end,
                        "sql"
                            | "py"
                            | "rb"
                            | "php"
                            | "exs"
                            | "cs"
                            | "js"
                            | "ts"
                            | "go"
                            | "rs"
                            | "xml"
                            | "yaml"
                    )
            });
        by_text(
            range.previous,
            &mut list.map(|path| (path, path.ends_with("sql"))),
        )
    };
    // the text of SQL shows its dialect; programs hide it behind a builder, and manifests know
    if sql {
        fresh.or(stated)
    } else {
        stated.or(fresh)
    }
    .or_else(shipped)
    .unwrap_or_default()
}

/// The migrations of a set that a tree has, in the order of the tool.
pub(super) fn list_earlier_migrations(
    tree: &dyn Snapshot,
    manifest: &Manifest,
    set: &str,
    like: &MigrationFile,
) -> Vec<MigrationFile> {
    let extension = like.path.rsplit('.').next().unwrap_or_default();
    // these sets are spread over the tree by their tools, one folder an app or engine
    let spread = matches!(set, "django" | "rails" | "liquibase");
    // Changes of sqitch may lie in folders of any depth.
    let deep = like.framework == Framework::Sqitch;
    let below = |path: &str, set: &str| {
        set.is_empty()
            || path
                .strip_prefix(set)
                .is_some_and(|rest| rest.starts_with('/'))
    };
    let mut places: Vec<MigrationFile> = tree
        .list()
        .iter()
        .filter(|entry| {
            if spread {
                entry.path.ends_with(extension)
            } else {
                is_in_set(&entry.path, set) || deep && below(&entry.path, set)
            }
        })
        .filter_map(|entry| {
            recognise_migration(&entry.path, tree, manifest, &mut || {
                tree.read_text(&entry.path).ok()
            })
        })
        // a way down is no part of the history
        .filter(|place| place.set == set && place.side == MigrationSide::Up)
        .collect();
    order::arrange_by_tool_order(&mut places, |place| place, tree);
    places
}

/// The schema of the previous release, from the migrations it has.
fn build_previous_schema(
    range: &ReleaseRange<'_>,
    manifest: &Manifest,
    set: &str,
    like: &MigrationFile,
    dialect: Dialect,
    unchecked: &mut Vec<Unchecked>,
) -> Schema {
    let tree = range.previous;
    let places = list_earlier_migrations(tree, manifest, set, like);
    let around = Around { tree, manifest };
    let mut schema = Schema::default();
    let mut same = MigrationTextCache::new(tree, places.iter().map(|place| place.path.as_str()));
    let mut missing: Vec<String> = Vec::new();
    let mut bytes = 0;
    if places.len() > HISTORY {
        let more = places.len() - HISTORY;
        missing.push(format!(
            "{more} migrations are more than the {HISTORY} that are replayed"
        ));
    }
    for place in places.iter().take(HISTORY) {
        let text = match tree.read_text(&place.path) {
            Ok(text) => text,
            Err(error) => {
                missing.push(error.to_string());
                // one unreadable file leaves a gap: its tables count as never seen, not as absent
                continue;
            }
        };
        bytes += text.len();
        if bytes > HISTORY_BYTES {
            missing.push(format!("the migrations from {} on are more than the {HISTORY_BYTES} bytes that are replayed", place.path));
            break;
        }
        // each is played as soon as it is read: a long history is not held at once
        schema.replayed = true;
        let scripts = if place.language == MigrationLanguage::Changelog {
            Rc::new(super::liquibase::read_change_set_scripts(
                place, &text, dialect, tree,
            ))
        } else {
            same.get(place, || {
                let source = MigrationSource {
                    place,
                    text: &text,
                    dialect,
                    around,
                };
                vec![read_migration(&source, None).up]
            })
        };
        for step in scripts.iter().flat_map(|script| &script.steps) {
            let column = (like.framework == Framework::Django)
                .then(|| relation_column::name_relation_column(&schema, &step.action))
                .flatten();
            schema.apply(column.as_ref().unwrap_or(&step.action));
        }
        // the history of a long project drops more than it keeps
        schema.forget_gone(false);
    }
    if let Some(first) = missing.first() {
        let more = if missing.len() > 1 {
            format!(", and {} more", missing.len() - 1)
        } else {
            String::new()
        };
        unchecked.push(Unchecked {
            what: format!("earlier migrations in {set}").into(),
            why: format!("{first}{more}: the schema of the previous release is known in part")
                .into(),
            settle_with: Some("fetch what is missing and assess again".into()),
        });
    }
    schema.settle();
    schema
}

//! Tools whose migrations are written in Python.

use super::declaration::{
    DownStyle, Habit, MigrationTool, SharedShape, StartSigns, TableHolds, ToolOrder, ToolRecord,
};
use crate::host::python_names::{
    list_alembic_parents, list_django_parents, list_yoyo_parents, python_string,
};
use crate::host::source::read_with_grammar;
use crate::host::syntax::{SyntaxItem, has_function};
use crate::host::{alembic, django, yoyo};
use crate::layout::candidate::{CandidateFile, RecordedAs};
use crate::migration_file::{MigrationFile, MigrationLanguage};
use crate::reading::{MigrationReading, MigrationSource};
use crate::tree_path::{file_name, find_parent_folder, join_path};
use model::{Framework, Snapshot};

/// Parses a file in Python and has it read.
pub fn read_python(
    source: &MigrationSource<'_>,
    goes_up: impl Fn(&[SyntaxItem]) -> bool,
    read: impl FnOnce(&[SyntaxItem]) -> MigrationReading,
) -> MigrationReading {
    read_with_grammar(source, tree_sitter_python::LANGUAGE.into(), goes_up, read)
}

/// The text of a file in Python that lies where migrations do.
fn read_candidate<'f>(file: &'f CandidateFile<'_>) -> Option<&'f str> {
    let fits = file.extension == "py"
        // `env.py` of Alembic runs migrations and is none
        && !matches!(file.stem, "__init__" | "env")
        && (["migration", "versions", "alembic"]
            .iter()
            .any(|word| file.is_inside(word))
            || file.release().is_some());
    fits.then(|| file.text()).flatten()
}

/// Django: a graph of files in each application.
pub struct DjangoTool;

impl MigrationTool for DjangoTool {
    fn record(&self) -> ToolRecord {
        ToolRecord {
            order: ToolOrder::Parents {
                list: list_django_parents,
                by_version: false,
            },
            ..ToolRecord::new(
                Framework::Django,
                "django_migrations",
                Habit::Ignores,
                DownStyle::Derived,
            )
        }
    }

    fn recognise(&self, file: &CandidateFile<'_>) -> Option<MigrationFile> {
        let text = read_candidate(file)?;
        // `(Migration)` alone may be any class
        if !(text.contains("migrations.Migration")
            || text.contains("(Migration)") && text.contains("operations"))
        {
            return None;
        }
        let folder = find_parent_folder(file.here);
        // the label of an app is its folder unless its configuration says otherwise
        let app = find_app_label(file.tree, folder).unwrap_or_else(|| file_name(folder).to_owned());
        Some(file.place(
            Framework::Django,
            MigrationLanguage::Python,
            &RecordedAs {
                // applications depend on one another, so all of them are one graph
                set: "django",
                version: file.stem,
                identity: &format!("{app}.{}", file.stem),
            },
        ))
    }

    fn read_program(&self, source: &MigrationSource<'_>) -> MigrationReading {
        read_python(
            source,
            |items| {
                items.iter().any(
                    |item| matches!(item, SyntaxItem::Assign { name, .. } if name == "operations"),
                )
            },
            |items| django::read_django(source.place, items, source.dialect),
        )
    }
}

/// The label of a Django application, where its configuration gives one of its own.
fn find_app_label(tree: &dyn Snapshot, app: &str) -> Option<String> {
    let config = join_path(app, "apps.py");
    if !tree.has(&config) {
        return None;
    }
    let text = tree.read_text(&config).ok()?;
    text.lines()
        .find_map(|line| python_string(line.trim_start(), "label"))
}

/// yoyo: steps in Python or SQL.
pub struct YoyoTool;

impl MigrationTool for YoyoTool {
    fn record(&self) -> ToolRecord {
        ToolRecord {
            order: ToolOrder::Parents {
                list: list_yoyo_parents,
                by_version: false,
            },
            ..ToolRecord::new(
                Framework::Yoyo,
                "_yoyo_migration",
                Habit::Ignores,
                DownStyle::InFile,
            )
        }
    }

    fn recognise(&self, file: &CandidateFile<'_>) -> Option<MigrationFile> {
        let text = read_candidate(file)?;
        let fits = (text.contains("from yoyo import") || text.contains("import yoyo"))
            && text.contains("step");
        fits.then(|| {
            file.place_here(
                Framework::Yoyo,
                MigrationLanguage::Python,
                file.stem,
                file.stem,
            )
        })
    }

    fn claims(&self, file: &CandidateFile<'_>, shape: SharedShape<'_>) -> bool {
        matches!(shape, SharedShape::Numbered { .. }) && file.manifest.mentions("yoyo")
    }

    fn read_program(&self, source: &MigrationSource<'_>) -> MigrationReading {
        read_python(
            source,
            // steps stand outside of any function
            |_| true,
            |items| yoyo::read_yoyo(source.place, items, source.dialect),
        )
    }
}

/// Alembic, which refuses a revision that it has no file for.
pub struct AlembicTool;

impl MigrationTool for AlembicTool {
    fn record(&self) -> ToolRecord {
        ToolRecord {
            order: ToolOrder::Parents {
                list: list_alembic_parents,
                by_version: true,
            },
            start: StartSigns {
                packages: &["alembic", "flask-migrate", "flask_migrate"],
                calls: &[
                    "command.upgrade(",
                    "alembic upgrade",
                    "alembic -c",
                    "alembic.command",
                    "flask db upgrade",
                    "upgrade(\"head\")",
                ],
                command: Some(("alembic", &["upgrade"])),
            },
            holds: TableHolds::Newest,
            ..ToolRecord::new(
                Framework::Alembic,
                "alembic_version",
                Habit::Refuses,
                DownStyle::InFile,
            )
        }
    }

    fn recognise(&self, file: &CandidateFile<'_>) -> Option<MigrationFile> {
        let text = read_candidate(file)?;
        // env.py and helpers lie beside the revisions, and state none
        if !(text.contains("down_revision") && text.contains("revision")) {
            return None;
        }
        // the name of the file is free: Alembic goes by the revision
        let revision = python_string(text, "revision").unwrap_or_else(|| file.stem.to_owned());
        Some(file.place_here(
            Framework::Alembic,
            MigrationLanguage::Python,
            &revision,
            &revision,
        ))
    }

    fn read_program(&self, source: &MigrationSource<'_>) -> MigrationReading {
        read_python(
            source,
            |items| has_function(items, &["upgrade"]),
            |items| alembic::read_alembic(source.place, items, source.dialect),
        )
    }
}

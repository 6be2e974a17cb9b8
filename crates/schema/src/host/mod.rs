//! Migrations in host languages to the same steps as SQL: one file a framework, over one small
//! syntax.

mod alembic;
mod code;
mod db_migrate;
mod django;
mod django_rows;
mod doctrine;
mod ecto;
mod efcore;
mod expression;
mod fluent;
mod go;
mod grammar;
pub mod invert;
mod knex;
mod laravel;
mod literals;
mod node_kinds;
mod node_pg;
mod phinx;
mod rails;
mod rails_table;
mod resolve;
mod script;
mod sea_orm;
mod strings;
mod syntax;
mod typeorm;
mod write;
mod yoyo;

pub use literals::fill_format_verbs;

use super::dialect::Dialect;
use super::framework::Framework;
use super::layout::MigrationFile;
use super::read::{Around, DownMigration, MigrationReading};
use super::sql;
use super::step::{MigrationStep, SchemaAction, Script};

/// Nothing could be made of the file.
fn make_unreadable_reading(why: &str) -> MigrationReading {
    let up = Script {
        steps: vec![MigrationStep {
            line: 1,
            text: String::new(),
            certain: true,
            action: SchemaAction::Unknown {
                why: why.to_owned(),
            },
        }],
        has_text: true,
        ..Script::default()
    };
    MigrationReading {
        up,
        down: DownMigration::None,
        line: 1,
    }
}

fn read_with_grammar(
    place: &MigrationFile,
    text: &str,
    around: Around<'_>,
    grammar: tree_sitter::Language,
    read: impl FnOnce(&[syntax::SyntaxItem]) -> MigrationReading,
) -> MigrationReading {
    match grammar::parse_items(text, &grammar) {
        Some(grammar::ParsedSource {
            mut items,
            broken,
            too_deep,
        }) => {
            resolve::resolve_sql_files(&mut items, &|name| {
                around
                    .file(place, name)
                    .map(|(_, text)| sql::on_one_line(&text))
            });
            let symbols = grammar::has_symbols(&grammar);
            resolve::resolve_constants(&mut items, |name| {
                !symbols || name.starts_with(|c: char| c.is_ascii_uppercase())
            });
            let mut reading = read(&items);
            let up = &mut reading.up;
            let why = match broken {
                Some(line) if up.steps.is_empty() => {
                    Some((line, "the file cannot be read from here on"))
                }
                None if up.steps.is_empty() && !goes_up(place, &items) => {
                    Some((1, "its way up is not found"))
                }
                _ => None,
            };
            if let Some((line, why)) = why {
                up.has_text = true;
                up.steps.push(MigrationStep {
                    line,
                    text: String::new(),
                    certain: true,
                    action: SchemaAction::Unknown {
                        why: why.to_owned(),
                    },
                });
            }
            if let Some(line) = too_deep {
                leave_open(&mut reading, &place.path, line);
            }
            reading
        }
        None => make_unreadable_reading("the file is too long, or too tangled, to be read"),
    }
}

/// Something of the file lies deeper than is read: neither way is known whole, whatever else was
/// understood.
fn leave_open(reading: &mut MigrationReading, own: &str, line: usize) {
    let why = "from here on the program is nested deeper than is read";
    let step = || MigrationStep {
        line,
        text: String::new(),
        certain: true,
        action: SchemaAction::Unknown {
            why: why.to_owned(),
        },
    };
    reading.up.has_text = true;
    reading.up.steps.push(step());
    match &mut reading.down {
        DownMigration::Derived(script) => script.steps.push(step()),
        DownMigration::Written { script, path, .. } if path == own => script.steps.push(step()),
        _ => {}
    }
}

/// The file has what its tool runs.
fn goes_up(place: &MigrationFile, items: &[syntax::SyntaxItem]) -> bool {
    let has = |name: &str| syntax::find_function_body(items, name).is_some();
    match place.framework {
        Framework::Django => items.iter().any(
            |item| matches!(item, syntax::SyntaxItem::Assign { name, .. } if name == "operations"),
        ),
        Framework::Alembic => has("upgrade"),
        Framework::Yoyo | Framework::Plain => true,
        Framework::EfCore => has("Up"),
        Framework::FluentMigrator => items.iter().any(|item| {
            matches!(
                item,
                syntax::SyntaxItem::Function { .. } | syntax::SyntaxItem::Call(..)
            )
        }),
        _ => has("up") || has("change"),
    }
}

/// Django, Alembic, yoyo, and scripts of no tool.
pub fn read_python(
    place: &MigrationFile,
    text: &str,
    dialect: Dialect,
    around: Around<'_>,
) -> MigrationReading {
    read_with_grammar(
        place,
        text,
        around,
        tree_sitter_python::LANGUAGE.into(),
        |items| match place.framework {
            Framework::Django => django::read_django(place, items, dialect),
            Framework::Yoyo => yoyo::read_yoyo(place, items, dialect),
            Framework::Alembic => alembic::read_alembic(place, items, dialect),
            _ => code::read_code_migration(place, items, dialect),
        },
    )
}

/// Rails.
pub fn read_ruby(
    place: &MigrationFile,
    text: &str,
    dialect: Dialect,
    around: Around<'_>,
) -> MigrationReading {
    read_with_grammar(
        place,
        text,
        around,
        tree_sitter_ruby::LANGUAGE.into(),
        |items| rails::read_rails(place, items, dialect, around),
    )
}

/// Laravel, Doctrine and Phinx.
pub fn read_php(
    place: &MigrationFile,
    text: &str,
    dialect: Dialect,
    around: Around<'_>,
) -> MigrationReading {
    read_with_grammar(
        place,
        text,
        around,
        tree_sitter_php::LANGUAGE_PHP.into(),
        |items| match place.framework {
            Framework::Doctrine => doctrine::read_doctrine(place, items, dialect),
            Framework::Phinx => phinx::read_phinx(place, items, dialect),
            _ => laravel::read_laravel(place, items, dialect, around.manifest.laravel_keeps()),
        },
    )
}

/// Ecto.
pub fn read_elixir(
    place: &MigrationFile,
    text: &str,
    dialect: Dialect,
    around: Around<'_>,
) -> MigrationReading {
    read_with_grammar(
        place,
        text,
        around,
        tree_sitter_elixir::LANGUAGE.into(),
        |items| ecto::read_ecto(place, items, dialect),
    )
}

/// Entity Framework Core and FluentMigrator.
pub fn read_csharp(
    place: &MigrationFile,
    text: &str,
    dialect: Dialect,
    around: Around<'_>,
) -> MigrationReading {
    read_with_grammar(
        place,
        text,
        around,
        tree_sitter_c_sharp::LANGUAGE.into(),
        |items| match place.framework {
            Framework::FluentMigrator => fluent::read_fluent(place, items, dialect),
            _ => efcore::read_efcore(place, items, dialect, around),
        },
    )
}

/// Knex, Sequelize, TypeORM, MikroORM, node-pg-migrate and db-migrate.
pub fn read_javascript(
    place: &MigrationFile,
    text: &str,
    dialect: Dialect,
    around: Around<'_>,
) -> MigrationReading {
    let grammar = if place.path.ends_with(".ts") {
        tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into()
    } else {
        tree_sitter_javascript::LANGUAGE.into()
    };
    read_with_grammar(place, text, around, grammar, |items| {
        match place.framework {
            Framework::NodePg => node_pg::read_node_pg(place, items, dialect),
            Framework::DbMigrate => db_migrate::read_db_migrate(place, items, dialect, around),
            _ => script::read_script_migration(place, items, dialect),
        }
    })
}

/// SeaORM, and refinery's migrations in Rust.
pub fn read_rust(
    place: &MigrationFile,
    text: &str,
    dialect: Dialect,
    around: Around<'_>,
) -> MigrationReading {
    match place.framework {
        Framework::SeaOrm => read_with_grammar(
            place,
            text,
            around,
            tree_sitter_rust::LANGUAGE.into(),
            |items| sea_orm::read_sea_orm(place, items, dialect, text),
        ),
        _ => read_embedded_sql(place, text, dialect, "it builds its SQL in Rust"),
    }
}

/// Flyway's migrations in Java and Kotlin.
pub fn read_java(place: &MigrationFile, text: &str, dialect: Dialect) -> MigrationReading {
    read_embedded_sql(place, text, dialect, "it runs code of the JVM")
}

/// SQL in the strings of a file; without any, the file is host code.
fn read_embedded_sql(
    place: &MigrationFile,
    text: &str,
    dialect: Dialect,
    what: &str,
) -> MigrationReading {
    let mut reading = super::embedded::read_embedded_changes(place, text, None, dialect);
    if reading.up.steps.is_empty() {
        reading.up.has_text = true;
        reading.up.steps.push(MigrationStep {
            line: 1,
            text: String::new(),
            certain: true,
            action: SchemaAction::HostCode {
                what: what.to_owned(),
            },
        });
    }
    reading
}

/// goose migrations in Go.
pub fn read_go(place: &MigrationFile, text: &str, dialect: Dialect) -> MigrationReading {
    go::read_goose(place, text, dialect)
}

/// What a migration in Python names as its parents.
pub fn python_parents(framework: Framework, text: &str) -> Vec<String> {
    match framework {
        Framework::Django => pairs_behind(text, "dependencies"),
        Framework::Yoyo => strings_behind(text, "__depends__"),
        _ => strings_behind(text, "down_revision")
            .into_iter()
            .chain(strings_behind(text, "depends_on"))
            .collect(),
    }
}

/// Migrations that a squash of Django stands for.
pub fn django_replaces(text: &str) -> Vec<String> {
    pairs_behind(text, "replaces")
}

/// The value given to a name: to the end of its line, or to the bracket that closes it.
fn value_behind<'a>(text: &'a str, name: &str) -> &'a str {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let trimmed = line.trim_start();
        let Some(rest) = trimmed
            .strip_prefix(name)
            .filter(|rest| rest.trim_start().starts_with(['=', ':']))
        else {
            continue;
        };
        let Some(equals) = rest.find('=') else {
            continue;
        };
        let value = &text[start + line.len() - rest.len() + equals + 1..];
        let mut depth = 0usize;
        for (end, c) in value.char_indices() {
            match c {
                '(' | '[' | '{' => depth += 1,
                ')' | ']' | '}' => depth = depth.saturating_sub(1),
                '\n' if depth == 0 => return &value[..end],
                _ => {}
            }
        }
        return value;
    }
    ""
}

fn strings_behind(text: &str, name: &str) -> Vec<String> {
    value_behind(text, name)
        .split(['"', '\''])
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}

/// Pairs of strings as `application.name`.
fn pairs_behind(text: &str, name: &str) -> Vec<String> {
    let value = value_behind(text, name);
    let tuples = value.split('(').filter_map(|part| {
        let strings: Vec<&str> = part
            .split(')')
            .next()
            .unwrap_or_default()
            .split(['"', '\''])
            .skip(1)
            .step_by(2)
            .collect();
        if let [app, stem] = strings[..] {
            Some(format!("{app}.{stem}"))
        } else {
            None
        }
    });
    tuples.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parents_in_every_spelling() {
        let alembic = |text: &str| python_parents(Framework::Alembic, text);
        assert_eq!(alembic("revision = 'b'\ndown_revision = 'a'\n"), ["a"]);
        assert_eq!(
            alembic("down_revision: Union[str, None] = \"a\"  # x\n"),
            ["a"]
        );
        assert_eq!(
            alembic("down_revision = (\n    'a',\n    'b',\n)\ndepends_on = None\n"),
            ["a", "b"]
        );
        assert!(alembic("down_revision: str | None = None\n").is_empty());
        let django = "class Migration(migrations.Migration):\n    dependencies = [\n        (\"shop\", \"0001_initial\"),\n        migrations.swappable_dependency(settings.X),\n    ]\n    operations = [(\"a\", \"b\")]\n";
        assert_eq!(
            python_parents(Framework::Django, django),
            ["shop.0001_initial"]
        );
        assert_eq!(
            python_parents(Framework::Yoyo, "__depends__ = {'0001.init'}\n"),
            ["0001.init"]
        );
    }
}

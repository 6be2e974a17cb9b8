//! The blueprint of a table: what the calls of Laravel's closures do.

use super::super::step::{
    Column, Constraint, ConstraintKind, DefaultValue, Name, SchemaAction, TableIndex,
};
use super::syntax::{Expr, FunctionCall};

/// A chain on the blueprint: `$table->string('a')->nullable()->change()`.
pub(super) fn read_blueprint(
    call: &FunctionCall,
    table: &Name,
    certain: bool,
    keeps: bool,
    out: &mut Vec<(SchemaAction, usize, bool)>,
) {
    if read_blueprint_rule(call, table, certain, out)
        || read_blueprint_dropped_rule(call, table, certain, out)
        || read_blueprint_shorthand(call, table, certain, out)
    {
        return;
    }
    let chain = call.chain();
    let Some(first) = chain.first() else { return };
    let t = || table.clone();
    let list = || first.args.first().map(Expr::texts).unwrap_or_default();
    let line = first.line;
    let mut push = |action: SchemaAction| out.push((action, line, certain));
    match first.name.as_str() {
        "drop" | "dropIfExists" => push(SchemaAction::DropTable {
            table: t(),
            if_exists: first.name == "dropIfExists",
            cascade: false,
        }),
        "hasColumn" | "getTable" | "getColumns" | "tableComment" | "create" => {}
        "dropColumn" => list()
            .into_iter()
            .for_each(|column| push(SchemaAction::DropColumn { table: t(), column })),
        "renameColumn" => push(SchemaAction::RenameColumn {
            table: t(),
            column: first.text(0).unwrap_or_default().to_owned(),
            to: first.text(1).unwrap_or_default().to_owned(),
        }),
        "renameIndex" => push(SchemaAction::RenameIndex {
            name: first.text(0).unwrap_or_default().to_owned(),
            to: first.text(1).unwrap_or_default().to_owned(),
        }),
        "rename" => push(SchemaAction::RenameTable {
            table: t(),
            to: first.text(0).map(Name::new).unwrap_or_default(),
        }),
        // Removes a column from the blueprint, not from the table.
        "removeColumn" => push(SchemaAction::StateOnly {
            what: "removeColumn drops nothing from the database".to_owned(),
        }),
        "engine" | "charset" | "collation" | "comment" | "temporary" => {
            push(SchemaAction::TableOption {
                table: t(),
                what: first.name.clone(),
            })
        }
        _ => read_blueprint_column(call, table, certain, keeps, out),
    }
}

/// A column, by the name of its type.
pub(super) fn read_blueprint_column(
    call: &FunctionCall,
    table: &Name,
    certain: bool,
    keeps: bool,
    out: &mut Vec<(SchemaAction, usize, bool)>,
) {
    let chain = call.chain();
    let Some(first) = chain.first() else { return };
    let has = |name: &str| has_modifier(&chain, name);
    let line = first.line;
    let mut push = |action: SchemaAction| out.push((action, line, certain));
    let index = |columns: Vec<String>, unique: bool| {
        let kind = if unique { "unique" } else { "index" };
        // the name that Laravel gives an index
        let name = format!("{}_{}_{kind}", table.name, columns.join("_")).to_lowercase();
        SchemaAction::CreateIndex(TableIndex {
            name: Some(name),
            table: table.clone(),
            columns,
            unique,
            partial: false,
            concurrently: false,
        })
    };
    let name = name_blueprint_column(first);
    let Some(data_type) = data_type(&first.name, first).filter(|_| !name.is_empty()) else {
        let why = format!("{} is not a column type that is known", first.name);
        push(SchemaAction::Unknown { why });
        return;
    };
    let column = build_blueprint_column(&chain, &name, data_type);
    if has("change") {
        if keeps {
            read_laravel_change(&chain, table, &column)
                .into_iter()
                .for_each(push);
        } else {
            push(SchemaAction::RestateColumn {
                table: table.clone(),
                from: name,
                column,
                // Laravel drops what is not stated anew, from version 11 on
                keeps_default: false,
            });
        }
        return;
    }
    push(SchemaAction::AddColumn {
        table: table.clone(),
        column,
        if_not_exists: false,
    });
    if has("unique") {
        push(index(vec![name.clone()], true));
    }
    if has("index") {
        push(index(vec![name], false));
    }
}

/// Laravel: `->nullable(false)` takes a modifier back.
fn has_modifier(chain: &[&FunctionCall], name: &str) -> bool {
    chain
        .iter()
        .any(|call| call.name == name && call.args.first() != Some(&Expr::Bool(false)))
}

/// The name of a column; some types have one of their own.
fn name_blueprint_column(first: &FunctionCall) -> String {
    let kind = first.name.as_str();
    let name = if kind == "foreignIdFor" {
        first.text(1).map(str::to_owned).or_else(|| {
            first
                .args
                .first()
                .map(|class| key_of_class(class.text().unwrap_or_default()))
        })
    } else {
        first.text(0).map(str::to_owned)
    };
    name.unwrap_or_else(|| match kind {
        "id" | "increments" | "bigIncrements" => "id".to_owned(),
        "uuid" | "ulid" | "ipAddress" | "macAddress" => convert_laravel_to_snake(kind),
        _ => String::new(),
    })
}

fn build_blueprint_column(chain: &[&FunctionCall], name: &str, data_type: String) -> Column {
    let has = |name: &str| has_modifier(chain, name);
    let mut column = Column::new(name.to_owned(), data_type);
    let kind = chain.first().map_or("", |first| first.name.as_str());
    column.auto = matches!(
        kind,
        "id" | "increments"
            | "bigIncrements"
            | "smallIncrements"
            | "mediumIncrements"
            | "tinyIncrements"
    ) || has("autoIncrement");
    // a column that counts up is the key
    column.primary = column.auto || has("primary");
    // columns of Laravel refuse NULL unless they say nullable
    column.nullable = has("nullable");
    column.generated = has("storedAs") || has("virtualAs");
    if let Some(default) = chain
        .iter()
        .find(|call| call.name == "default")
        .and_then(|call| call.args.first())
    {
        column.default = DefaultValue::from_text(&default.literal());
    }
    if has("useCurrent") {
        column.default = DefaultValue::Volatile("CURRENT_TIMESTAMP".to_owned());
    }
    column.references = chain
        .iter()
        .find(|call| matches!(call.name.as_str(), "constrained" | "on"))
        .map(|call| {
            call.text(0).map_or_else(
                // `constrained()` guesses the table from the name of the column
                || Name::new(&write_plural(name.strip_suffix("_id").unwrap_or(name))),
                Name::new,
            )
        });
    column
}

/// A word of English in the plural, by the rules alone: words with forms of their own stay as the
/// rules make them.
fn write_plural(word: &str) -> String {
    let vowel = |c: char| matches!(c, 'a' | 'e' | 'i' | 'o' | 'u');
    match word.strip_suffix('y') {
        Some(stem) if !stem.ends_with(vowel) => format!("{stem}ies"),
        _ if ["s", "x", "z", "ch", "sh"]
            .iter()
            .any(|end| word.ends_with(end)) =>
        {
            format!("{word}es")
        }
        _ => format!("{word}s"),
    }
}

/// Indexes and keys that a blueprint adds.
pub(super) fn read_blueprint_rule(
    call: &FunctionCall,
    table: &Name,
    certain: bool,
    out: &mut Vec<(SchemaAction, usize, bool)>,
) -> bool {
    let chain = call.chain();
    let Some(first) = chain.first() else {
        return false;
    };
    let t = || table.clone();
    let list = || first.args.first().map(Expr::texts).unwrap_or_default();
    let line = first.line;
    let mut push = |action: SchemaAction| out.push((action, line, certain));
    let index = |columns: Vec<String>, unique: bool, name: Option<&str>| {
        let kind = if unique { "unique" } else { "index" };
        let own = format!("{}_{}_{kind}", table.name, columns.join("_")).to_lowercase();
        SchemaAction::CreateIndex(TableIndex {
            name: Some(name.map_or(own, str::to_owned)),
            table: table.clone(),
            columns,
            unique,
            partial: false,
            concurrently: false,
        })
    };
    match first.name.as_str() {
        "index" | "fullText" | "spatialIndex" => push(index(list(), false, first.text(1))),
        "rawIndex" => push(index(list(), false, first.text(1))),
        "unique" => push(index(list(), true, first.text(1))),
        "primary" => push(SchemaAction::AddConstraint {
            table: t(),
            constraint: Constraint {
                name: None,
                kind: ConstraintKind::Primary,
                columns: list(),
                references: None,
                text: call.text.clone(),
            },
        }),
        "foreign" => {
            let on = chain
                .iter()
                .find(|call| matches!(call.name.as_str(), "on" | "constrained"))
                .and_then(|call| call.text(0))
                .map(Name::new);
            push(SchemaAction::AddConstraint {
                table: t(),
                constraint: Constraint {
                    name: None,
                    kind: ConstraintKind::Foreign,
                    columns: list(),
                    references: on,
                    text: call.text.clone(),
                },
            });
        }
        _ => return false,
    }
    true
}

/// Indexes and keys that a blueprint drops.
pub(super) fn read_blueprint_dropped_rule(
    call: &FunctionCall,
    table: &Name,
    certain: bool,
    out: &mut Vec<(SchemaAction, usize, bool)>,
) -> bool {
    let chain = call.chain();
    let Some(first) = chain.first() else {
        return false;
    };
    let t = || table.clone();
    let list = || first.args.first().map(Expr::texts).unwrap_or_default();
    let line = first.line;
    let mut push = |action: SchemaAction| out.push((action, line, certain));
    match first.name.as_str() {
        "dropIndex" | "dropUnique" | "dropFullText" | "dropSpatialIndex" => {
            let name = match first.args.first() {
                Some(Expr::List(columns)) => format!(
                    "{}_{}_{}",
                    table.name,
                    columns
                        .iter()
                        .filter_map(Expr::text)
                        .collect::<Vec<_>>()
                        .join("_"),
                    if first.name == "dropUnique" {
                        "unique"
                    } else {
                        "index"
                    }
                )
                .to_lowercase(),
                other => other.and_then(Expr::text).unwrap_or_default().to_owned(),
            };
            push(SchemaAction::DropIndex {
                name,
                table: Some(t()),
            });
        }
        "dropForeign"
        | "dropConstrainedForeignId"
        | "dropForeignIdFor"
        | "dropConstrainedForeignIdFor" => {
            let columns: Vec<String> = match first.args.first() {
                // a class may name the column: `dropForeignIdFor(User::class)`
                Some(Expr::Name(class)) if first.name.ends_with("For") => vec![key_of_class(class)],
                Some(Expr::List(_)) => list(),
                _ if first.name == "dropForeign" => Vec::new(),
                _ => list(),
            };
            let own = || format!("{}_{}_foreign", table.name, columns.join("_")).to_lowercase();
            let name = if columns.is_empty() {
                first.text(0).map(str::to_owned)
            } else {
                Some(own())
            };
            // `dropForeignIdFor` drops the column alone
            if first.name != "dropForeignIdFor" {
                push(SchemaAction::DropConstraint {
                    table: t(),
                    name,
                    kind: Some(ConstraintKind::Foreign),
                    columns: columns.clone(),
                });
            }
            // `dropForeign` keeps the column
            if first.name != "dropForeign" {
                columns
                    .into_iter()
                    .for_each(|column| push(SchemaAction::DropColumn { table: t(), column }));
            }
        }
        "dropPrimary" => push(SchemaAction::DropConstraint {
            table: t(),
            name: None,
            kind: Some(ConstraintKind::Primary),
            columns: Vec::new(),
        }),
        _ => return false,
    }
    true
}

/// Columns that one word stands for.
pub(super) fn read_blueprint_shorthand(
    call: &FunctionCall,
    table: &Name,
    certain: bool,
    out: &mut Vec<(SchemaAction, usize, bool)>,
) -> bool {
    let chain = call.chain();
    let Some(first) = chain.first() else {
        return false;
    };
    let t = || table.clone();
    let line = first.line;
    let mut push = |action: SchemaAction| out.push((action, line, certain));
    match first.name.as_str() {
        "dropTimestamps" | "dropTimestampsTz" | "dropSoftDeletes" | "dropSoftDeletesTz"
        | "dropRememberToken" => {
            let names: Vec<&str> = match first.name.as_str() {
                "dropTimestamps" | "dropTimestampsTz" => vec!["created_at", "updated_at"],
                "dropSoftDeletes" | "dropSoftDeletesTz" => {
                    vec![first.text(0).unwrap_or("deleted_at")]
                }
                _ => vec!["remember_token"],
            };
            names.into_iter().for_each(|column| {
                push(SchemaAction::DropColumn {
                    table: t(),
                    column: column.to_owned(),
                })
            });
        }
        "dropMorphs" => {
            let base = first.text(0).unwrap_or_default();
            ["type", "id"].iter().for_each(|end| {
                push(SchemaAction::DropColumn {
                    table: t(),
                    column: format!("{base}_{end}"),
                })
            });
        }
        "timestamps" | "timestampsTz" | "nullableTimestamps" => {
            ["created_at", "updated_at"].iter().for_each(|name| {
                push(SchemaAction::AddColumn {
                    table: t(),
                    column: Column::new(*name, "timestamp"),
                    if_not_exists: false,
                })
            })
        }
        "softDeletes" | "softDeletesTz" => push(SchemaAction::AddColumn {
            table: t(),
            column: Column::new(first.text(0).unwrap_or("deleted_at"), "timestamp"),
            if_not_exists: false,
        }),
        "rememberToken" => push(SchemaAction::AddColumn {
            table: t(),
            column: Column::new("remember_token", "varchar(100)"),
            if_not_exists: false,
        }),
        "morphs"
        | "nullableMorphs"
        | "uuidMorphs"
        | "nullableUuidMorphs"
        | "ulidMorphs"
        | "nullableUlidMorphs"
        | "numericMorphs"
        | "nullableNumericMorphs" => {
            let base = first.text(0).unwrap_or_default();
            let key = match first.name.to_ascii_lowercase() {
                name if name.contains("uuid") => "uuid",
                name if name.contains("ulid") => "char(26)",
                _ => "bigint",
            };
            for (end, kind) in [("type", "varchar(255)"), ("id", key)] {
                let mut column = Column::new(format!("{base}_{end}"), kind);
                column.nullable = first.name.starts_with("nullable");
                push(SchemaAction::AddColumn {
                    table: t(),
                    column,
                    if_not_exists: false,
                });
            }
        }
        _ => return false,
    }
    true
}

/// A change that keeps what it does not state.
pub(super) fn read_laravel_change(
    chain: &[&FunctionCall],
    table: &Name,
    column: &Column,
) -> Vec<SchemaAction> {
    let (t, c) = (|| table.clone(), || column.name.clone());
    let mut out = vec![SchemaAction::ChangeType {
        table: t(),
        column: c(),
        to: column.data_type.clone(),
    }];
    match chain
        .iter()
        .find(|call| call.name == "nullable")
        .map(|call| call.args.first())
    {
        Some(Some(Expr::Bool(false))) => out.push(SchemaAction::SetNotNull {
            table: t(),
            column: c(),
        }),
        Some(_) => out.push(SchemaAction::DropNotNull {
            table: t(),
            column: c(),
        }),
        None => {}
    }
    if chain
        .iter()
        .any(|call| matches!(call.name.as_str(), "default" | "useCurrent"))
    {
        // `default(null)` takes the default away
        out.push(match &column.default {
            DefaultValue::None => SchemaAction::DropDefault {
                table: t(),
                column: c(),
            },
            value => SchemaAction::SetDefault {
                table: t(),
                column: c(),
                value: value.clone(),
            },
        });
    }
    out
}

/// The column that refers to a model: `App\Models\User::class` is `user_id`.
pub(super) fn key_of_class(class: &str) -> String {
    let class = class.trim_end_matches("::class");
    format!(
        "{}_id",
        convert_laravel_to_snake(class.rsplit('\\').next().unwrap_or(class))
    )
}

pub(super) fn convert_laravel_to_snake(name: &str) -> String {
    let mut out = String::new();
    for (at, c) in name.chars().enumerate() {
        if c.is_ascii_uppercase() && at > 0 {
            out.push('_');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

pub(super) fn data_type(kind: &str, call: &FunctionCall) -> Option<String> {
    let number = |at: usize| {
        call.args.get(at).and_then(|arg| {
            if let Expr::Number(number) = arg {
                Some(number.clone())
            } else {
                None
            }
        })
    };
    Some(match kind {
        "id" | "bigIncrements" | "bigInteger" | "unsignedBigInteger" | "foreignId"
        | "foreignIdFor" => "bigint".to_owned(),
        "increments" | "integer" | "unsignedInteger" => "int".to_owned(),
        "tinyInteger" | "unsignedTinyInteger" | "tinyIncrements" => "tinyint".to_owned(),
        "smallInteger" | "unsignedSmallInteger" | "smallIncrements" => "smallint".to_owned(),
        "mediumInteger" | "unsignedMediumInteger" | "mediumIncrements" => "mediumint".to_owned(),
        "string" => format!("varchar({})", number(1).unwrap_or_else(|| "255".to_owned())),
        "char" => format!("char({})", number(1).unwrap_or_else(|| "255".to_owned())),
        "text" => "text".to_owned(),
        "tinyText" => "tinytext".to_owned(),
        "mediumText" => "mediumtext".to_owned(),
        "longText" => "longtext".to_owned(),
        // MySQL has no boolean
        "boolean" => "tinyint(1)".to_owned(),
        "decimal" | "unsignedDecimal" => format!(
            "decimal({}, {})",
            number(1).unwrap_or_else(|| "8".to_owned()),
            number(2).unwrap_or_else(|| "2".to_owned())
        ),
        "float" | "double" => "double".to_owned(),
        "dateTime" | "dateTimeTz" | "timestamp" | "timestampTz" => match number(1) {
            Some(digits) => format!("timestamp({digits})"),
            None => "timestamp".to_owned(),
        },
        "date" => "date".to_owned(),
        "time" => "time".to_owned(),
        "year" => "year".to_owned(),
        "json" | "jsonb" => "json".to_owned(),
        // MySQL has no type for these, so they are texts
        "uuid" | "foreignUuid" => "char(36)".to_owned(),
        "ulid" | "foreignUlid" => "char(26)".to_owned(),
        "timeTz" => "time".to_owned(),
        "unsignedFloat" | "unsignedDouble" => "double".to_owned(),
        "binary" => "blob".to_owned(),
        "enum" | "set" => "enum".to_owned(),
        "ipAddress" => "varchar(45)".to_owned(),
        "macAddress" => "varchar(17)".to_owned(),
        "geometry" | "point" | "geography" | "vector" | "lineString" | "polygon" | "multiPoint"
        | "multiPolygon" | "geometryCollection" | "computed" | "rawColumn" => kind.to_owned(),
        _ => return None,
    })
}

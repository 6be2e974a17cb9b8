//! `ALTER` of what is no table.

use super::super::step::{Name, SchemaAction};
use super::cursor::{Cursor, text_of};
use super::made::{make_named_action, make_unknown_create};
use super::routine::parse_create_routine;

/// `ALTER ..` of anything but a table; the cursor stands behind `ALTER`.
pub fn parse_alter_object(cursor: &mut Cursor<'_>) -> SchemaAction {
    let materialized = cursor.eat("MATERIALIZED");
    let object = cursor.raw(0).to_ascii_uppercase();
    cursor.at += 1;
    cursor.eat_all(&["IF", "EXISTS"]);
    if let Some(action) = parse_alter_program(cursor, &object, materialized) {
        return action;
    }
    match object.as_str() {
        "DATABASE" | "SYSTEM" | "ROLE" | "USER" | "LOGIN" => {
            let name = if object == "SYSTEM" {
                String::new()
            } else {
                cursor.ident().unwrap_or_default()
            };
            // a setting of the server or of a role outlives the migration and changes results
            if cursor.eat("SET") || cursor.find("SET").is_some() {
                SchemaAction::Setting {
                    name: cursor.rest().to_owned(),
                }
            } else {
                // rights, passwords and memberships of who connects
                SchemaAction::Revoke { object: name }
            }
        }
        "DEFAULT" => {
            // default privileges are those of objects that are made later
            if cursor.find("REVOKE").is_some() {
                SchemaAction::Revoke {
                    object: "default privileges".to_owned(),
                }
            } else {
                SchemaAction::Grant {
                    object: "default privileges".to_owned(),
                }
            }
        }
        "KEYSPACE" => SchemaAction::TableOption {
            table: Name::default(),
            what: "keyspace".to_owned(),
        },
        "EXTENSION" => SchemaAction::AlterExtension {
            name: cursor.ident().unwrap_or_default(),
        },
        "POLICY" => {
            let name = cursor.ident().unwrap_or_default();
            cursor.eat("ON");
            make_named_action(cursor.name(), |table| SchemaAction::CreatePolicy {
                name,
                table,
            })
        }
        "SCHEMA" => {
            let name = cursor.ident().unwrap_or_default();
            alter_schema(cursor, name)
        }
        "TYPE" | "DOMAIN" => make_named_action(cursor.name(), |name| alter_type(cursor, name)),
        "SEQUENCE" => make_named_action(cursor.name(), |name| alter_sequence(cursor, name)),
        "INDEX" => alter_index(cursor),
        "PUBLICATION" | "SUBSCRIPTION" | "EVENT" | "SERVER" | "RULE" | "OPERATOR" => {
            SchemaAction::RareObject {
                what: object.to_ascii_lowercase(),
                name: cursor.ident().unwrap_or_default(),
            }
        }
        "STATISTICS" | "COLLATION" | "TEXT" | "TABLESPACE" | "LARGE" => SchemaAction::TableOption {
            table: Name::default(),
            what: object.to_ascii_lowercase(),
        },
        _ => make_unknown_create(&format!("`ALTER {object}` is not known")),
    }
}

fn alter_schema(cursor: &mut Cursor<'_>, name: String) -> SchemaAction {
    if cursor.eat_all(&["RENAME", "TO"]) {
        return SchemaAction::RenameSchema {
            name,
            to: cursor.ident().unwrap_or_default(),
        };
    }
    // SQL Server moves a table by its new schema
    if cursor.eat("TRANSFER") {
        return make_named_action(cursor.name(), |table| SchemaAction::MoveTable {
            table,
            schema: name,
        });
    }
    SchemaAction::Revoke { object: name }
}

fn alter_sequence(cursor: &mut Cursor<'_>, name: Name) -> SchemaAction {
    if cursor.eat_all(&["RENAME", "TO"]) {
        SchemaAction::RenameSequence {
            name,
            to: cursor.ident().unwrap_or_default(),
        }
    } else if cursor.is(0, "OWNED") {
        SchemaAction::TableOption {
            table: name,
            what: "sequence owner".to_owned(),
        }
    } else {
        SchemaAction::AlterSequence { name }
    }
}

fn alter_index(cursor: &mut Cursor<'_>) -> SchemaAction {
    let name = cursor.name().map(|name| name.name).unwrap_or_default();
    if cursor.eat_all(&["RENAME", "TO"]) {
        SchemaAction::RenameIndex {
            name,
            to: cursor.ident().unwrap_or_default(),
        }
    } else if ["DISABLE", "UNUSABLE", "IGNORE_DUP_KEY"]
        .iter()
        .any(|word| cursor.find(word).is_some())
    {
        // SQL Server: a clustered index that is off closes its table, a unique one takes its rule away
        make_unknown_create("an index is switched off, or no longer refuses what its rule forbids")
    } else {
        SchemaAction::TableOption {
            table: Name::new(&name),
            what: "index".to_owned(),
        }
    }
}

/// `ALTER` of a view, a routine or a trigger.
pub(super) fn parse_alter_program(
    cursor: &mut Cursor<'_>,
    object: &str,
    materialized: bool,
) -> Option<SchemaAction> {
    Some(match object {
        "VIEW" => make_named_action(cursor.name(), |name| {
            if cursor.eat_all(&["RENAME", "TO"]) {
                cursor.name().map_or_else(
                    || make_unknown_create("the new name is missing"),
                    |to| SchemaAction::RenameView { name, to },
                )
            } else if cursor.is(0, "AS") || cursor.is(0, "(") || cursor.is(0, "WITH") {
                SchemaAction::CreateView {
                    name,
                    replace: true,
                    materialized,
                    body: text_of(cursor.text, cursor.rest_tokens()),
                }
            } else if cursor.is(0, "OWNER") {
                SchemaAction::Revoke {
                    object: name.to_string(),
                }
            } else {
                SchemaAction::RareObject {
                    what: "view option".to_owned(),
                    name: name.to_string(),
                }
            }
        }),
        "FUNCTION" | "PROCEDURE" | "PROC" | "AGGREGATE" | "ROUTINE" => {
            let mark = *cursor;
            let Some(name) = cursor.name() else {
                return Some(make_unknown_create("the name is missing"));
            };
            let parenthesised = cursor.group().is_some();
            if cursor.eat_all(&["RENAME", "TO"]) {
                return Some(SchemaAction::RenameRoutine {
                    name,
                    to: cursor.ident().unwrap_or_default(),
                });
            }
            if cursor.is(0, "OWNER") {
                return Some(SchemaAction::Revoke {
                    object: name.to_string(),
                });
            }
            // without RETURNS no new body is stated: owner, cost, settings
            if (parenthesised || cursor.is(0, "SET") || cursor.is(0, "RESET"))
                && cursor.find("RETURNS").is_none()
            {
                return Some(SchemaAction::RareObject {
                    what: "routine option".to_owned(),
                    name: name.to_string(),
                });
            }
            *cursor = mark;
            parse_create_routine(cursor, true)
        }
        "TRIGGER" => {
            let name = cursor.name().map(|name| name.name).unwrap_or_default();
            cursor.eat("ON");
            make_named_action(cursor.name(), |table| SchemaAction::CreateTrigger {
                name,
                table,
                body: text_of(cursor.text, cursor.tokens),
            })
        }
        _ => return None,
    })
}

pub(super) fn alter_type(cursor: &mut Cursor<'_>, name: Name) -> SchemaAction {
    if cursor.eat_all(&["ADD", "VALUE"]) {
        cursor.eat_all(&["IF", "NOT", "EXISTS"]);
        return SchemaAction::AddEnumValue {
            name,
            value: cursor.ident().unwrap_or_default(),
        };
    }
    if cursor.eat_all(&["RENAME", "VALUE"]) {
        let value = cursor.ident().unwrap_or_default();
        cursor.eat("TO");
        return SchemaAction::RenameEnumValue {
            name,
            value,
            to: cursor.ident().unwrap_or_default(),
        };
    }
    if cursor.eat_all(&["RENAME", "TO"]) {
        return SchemaAction::RenameType {
            name,
            to: cursor.ident().unwrap_or_default(),
        };
    }
    if cursor.is(0, "OWNER") {
        return SchemaAction::Revoke {
            object: name.to_string(),
        };
    }
    // a domain that demands more refuses rows of every table that has it
    let adds_constraint = (cursor.is(0, "ADD") && !cursor.is(1, "ATTRIBUTE"))
        || (cursor.is(0, "SET") && cursor.is(1, "NOT"));
    SchemaAction::AlterType {
        name,
        adds_constraint,
    }
}

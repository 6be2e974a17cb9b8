//! Names of tables and columns out of each kind of snapshot, with their lines. These files are
//! written by tools, so they are read by their fixed shape; a line of another shape is passed over.

use std::collections::{BTreeMap, BTreeSet};

use super::super::dialect::{Dialect, DialectSigns};
use super::super::sql as statements;
use super::super::step::{Name, SchemaAction};
use super::tables::{SnapshotTable, Tables};

/// The first quoted text of a line.
fn find_first_quoted(text: &str) -> Option<&str> {
    let rest = text.split_once('"')?.1;
    rest.split_once('"').map(|(inside, _)| inside)
}

fn put_snapshot_table(out: &mut Tables, table: SnapshotTable) {
    out.insert(Name::new(&table.name).key(), table);
}

/// Rails: `create_table "orders", .. do |t|`, then `t.string "note"`.
pub fn schema_rb(path: &str, text: &str, out: &mut Tables) {
    let mut open: Option<SnapshotTable> = None;
    // line by line: Rails writes this file in one form, and every place needs its line
    for (at, line) in text.lines().enumerate() {
        let trimmed = line.trim();
        if let Some(rest) = trimmed.strip_prefix("create_table ") {
            open = find_first_quoted(rest).map(|name| SnapshotTable {
                name: name.to_owned(),
                path: path.to_owned(),
                line: at + 1,
                columns: BTreeMap::new(),
            });
        } else if trimmed == "end" {
            if let Some(table) = open.take() {
                put_snapshot_table(out, table);
            }
        } else if let (Some(table), Some(rest)) = (open.as_mut(), trimmed.strip_prefix("t.")) {
            let kind = rest.split([' ', '(']).next().unwrap_or_default();
            // these stand among columns and are none
            let column = !matches!(
                kind,
                "index"
                    | "check_constraint"
                    | "unique_constraint"
                    | "exclusion_constraint"
                    | "foreign_key"
            );
            if let Some(name) = find_first_quoted(rest).filter(|_| column) {
                table.columns.insert(name.to_lowercase(), at + 1);
            }
        }
    }
}

/// Dumps in SQL.
pub fn read_sql_dump(path: &str, text: &str, out: &mut Tables) -> Result<(), String> {
    if text.len() > statements::TEXT_LIMIT {
        return Err(format!(
            "it has {} bytes, more than the {} that are read",
            text.len(),
            statements::TEXT_LIMIT
        ));
    }
    let lines: Vec<&str> = text.lines().collect();
    let script = statements::read_sql(
        text,
        Dialect::from_text(text, true).unwrap_or(Dialect::Postgres),
        1,
    );
    for step in &script.steps {
        let SchemaAction::CreateTable(table) = &step.action else {
            continue;
        };
        // A partition has the columns of its parent, and comes and goes without a migration.
        if table.partition_of.is_some() || table.temporary {
            continue;
        }
        let line_of = |column: &str| {
            let from = lines
                .iter()
                .enumerate()
                .skip(step.line)
                .take(table.columns.len().saturating_mul(3) + 3);
            let starts = |line: &str| {
                let lower = line
                    .trim_start()
                    .trim_start_matches(['"', '`', '['])
                    .to_lowercase();
                lower
                    .strip_prefix(&column.to_lowercase())
                    .is_some_and(|rest| {
                        rest.starts_with(|c: char| !c.is_alphanumeric() && c != '_')
                    })
            };
            from.into_iter()
                .find(|(_, line)| starts(line))
                .map_or(step.line, |(at, _)| at + 1)
        };
        let columns = table
            .columns
            .iter()
            .map(|column| (column.key(), line_of(&column.name)))
            .collect();
        put_snapshot_table(
            out,
            SnapshotTable {
                name: table.name.to_string(),
                path: path.to_owned(),
                line: step.line,
                columns,
            },
        );
    }
    // What a dump attaches is a partition too, written as a table of its own before.
    for line in &lines {
        if let Some((_, rest)) = line.split_once(" ATTACH PARTITION ") {
            out.remove(&Name::new(rest.split([' ', ';']).next().unwrap_or_default()).key());
        }
    }
    Ok(())
}

/// Prisma: models with their fields; relations are no columns.
pub fn read_prisma_models(texts: &[(&str, String)], out: &mut Tables) {
    let starts = |line: &str, word: &str| {
        // A field may be called `type` or `model`.
        let rest = line
            .trim_start()
            .strip_prefix(word)
            .filter(|_| line.trim_end().ends_with('{'))?;
        rest.split([' ', '{'])
            .find(|part| !part.is_empty())
            .map(str::to_owned)
    };
    // A field whose type is a model or a composite type is a relation; an enumeration is a column.
    let opens = |line: &str| {
        ["model ", "type ", "view "]
            .iter()
            .find_map(|word| starts(line, word))
    };
    let models: BTreeSet<String> = texts
        .iter()
        .flat_map(|(_, text)| text.lines())
        .filter_map(opens)
        .collect();
    for (path, text) in texts {
        let mut open: Option<(SnapshotTable, Option<String>)> = None;
        for (at, line) in text.lines().enumerate() {
            // a remark behind a field; `//` within a default such as `http://a` has no blank before
            // it
            let trimmed = line.split(" //").next().unwrap_or_default().trim();
            if let Some(name) = starts(trimmed, "model ") {
                open = Some((
                    SnapshotTable {
                        name,
                        path: (*path).to_owned(),
                        line: at + 1,
                        columns: BTreeMap::new(),
                    },
                    None,
                ));
                continue;
            }
            if trimmed == "}" {
                if let Some((mut table, schema)) = open.take() {
                    if let Some(schema) = schema.filter(|schema| schema != "public") {
                        table.name = format!("{schema}.{}", table.name);
                    }
                    put_snapshot_table(out, table);
                }
                continue;
            }
            let Some((table, schema)) = open.as_mut() else {
                continue;
            };
            if let Some(rest) = trimmed.strip_prefix("@@") {
                match (rest.split('(').next(), find_first_quoted(rest)) {
                    (Some("map"), Some(name)) => table.name = name.to_owned(),
                    (Some("schema"), Some(name)) => *schema = Some(name.to_owned()),
                    _ => {}
                }
                continue;
            }
            let mut words = trimmed.split_whitespace();
            let (Some(field), Some(kind)) = (words.next(), words.next()) else {
                continue;
            };
            let bare = kind.trim_end_matches(['?', ']', '[', '!']);
            // a relation is a field without a column of its own
            if models.contains(bare) || !field.starts_with(|c: char| c.is_ascii_alphabetic()) {
                continue;
            }
            let name = trimmed
                .split(" @map(")
                .nth(1)
                .and_then(find_first_quoted)
                .unwrap_or(field);
            table.columns.insert(name.to_lowercase(), at + 1);
        }
    }
}

/// An entity of EF Core's model.
#[derive(Default)]
struct EfEntity {
    table: Option<String>,
    base: Option<String>,
    line: usize,
    columns: Vec<(String, usize)>,
}

/// EF Core: `modelBuilder.Entity("..", b => ..)` with `b.Property<..>("Id")`,
/// `b.ToTable("orders")`.
pub fn read_model_snapshot(path: &str, text: &str, out: &mut Tables) {
    let mut model = EfModel::default();
    for (at, line) in text.lines().enumerate() {
        model.read_line(at + 1, line);
    }
    for (key, entity) in &model.entities {
        let Some(name) = model.table_of(key) else {
            continue;
        };
        let table = out
            .entry(Name::new(&name).key())
            .or_insert_with(|| SnapshotTable {
                name,
                path: path.to_owned(),
                line: entity.line,
                columns: BTreeMap::new(),
            });
        table.columns.extend(
            entity
                .columns
                .iter()
                .map(|(column, line)| (column.to_lowercase(), *line)),
        );
    }
}

/// A model as far as it is read.
#[derive(Default)]
struct EfModel {
    entities: BTreeMap<String, EfEntity>,
    /// Which entity each builder stands for: `b`, and `b1` for what is owned.
    builders: BTreeMap<String, String>,
    /// The property that the last lines are about: its entity, and its place there.
    last: Option<(String, usize)>,
}

impl EfModel {
    fn read_line(&mut self, number: usize, line: &str) {
        let trimmed = line.trim();
        let opens = [".Entity(\"", ".OwnsOne(\"", ".OwnsMany(\""]
            .iter()
            .find_map(|sign| trimmed.find(sign));
        if let Some(place) = opens {
            self.open_entity(number, trimmed, place);
            return;
        }
        let own = trimmed
            .split_once('.')
            .and_then(|(builder, rest)| Some((self.builders.get(builder)?.clone(), rest)));
        if let Some((key, rest)) = own
            && !self.read_sentence(number, key, rest)
        {
            return;
        }
        if let (Some(place), Some((key, column))) = (line.find(".HasColumnName("), &self.last)
            && let (Some(name), Some(slot)) = (
                find_first_quoted(&line[place..]),
                self.entities
                    .get_mut(key)
                    .and_then(|entity| entity.columns.get_mut(*column)),
            )
        {
            slot.0 = name.to_owned();
        }
    }

    fn open_entity(&mut self, number: usize, trimmed: &str, place: usize) {
        let name = find_first_quoted(&trimmed[place..]).unwrap_or_default();
        let owned = !trimmed[place..].starts_with(".Entity");
        let builder = trimmed.rsplit_once("=>").map(|(head, _)| {
            head.trim()
                .rsplit([' ', ',', '('])
                .next()
                .unwrap_or("b")
                .to_owned()
        });
        // The second block of an entity, which states its references, adds to the first.
        let key = if owned {
            format!("{name} {number}")
        } else {
            name.to_owned()
        };
        self.entities
            .entry(key.clone())
            .or_insert_with(|| EfEntity {
                line: number,
                ..EfEntity::default()
            });
        let builder = builder.filter(|builder| !builder.is_empty());
        self.builders
            .insert(builder.unwrap_or_else(|| "b".to_owned()), key);
        self.last = None;
    }

    /// What is said of an entity by its builder. `false` for one that is not known.
    fn read_sentence(&mut self, number: usize, key: String, rest: &str) -> bool {
        self.last = None;
        let Some(entity) = self.entities.get_mut(&key) else {
            return false;
        };
        if rest.starts_with("Property<") || rest.starts_with("Property(") {
            if let Some(name) = find_first_quoted(rest) {
                entity.columns.push((name.to_owned(), number));
                self.last = Some((key, entity.columns.len() - 1));
            }
        } else if rest.starts_with("ToTable(") {
            if let Some(name) = find_first_quoted(rest) {
                let schema = rest.split("\", ").nth(1).and_then(find_first_quoted);
                entity.table = Some(
                    schema.map_or_else(|| name.to_owned(), |schema| format!("{schema}.{name}")),
                );
            }
        } else if rest.starts_with("HasBaseType(") {
            entity.base = find_first_quoted(rest).map(str::to_owned);
        }
        true
    }

    /// A class below another one lies in the table of the one at the top.
    fn table_of(&self, key: &str) -> Option<String> {
        let mut key = key;
        // a circle of base classes in a broken file must end
        for _ in 0..20 {
            let entity = self.entities.get(key)?;
            match (&entity.table, &entity.base) {
                (Some(table), _) => return Some(table.clone()),
                (None, Some(base)) => key = base,
                (None, None) => return None,
            }
        }
        None
    }
}

/// Drizzle: `tables` with their `columns`, in JSON.
pub fn read_drizzle_snapshot(path: &str, text: &str, out: &mut Tables) -> Result<(), String> {
    let whole: serde_json::Value = serde_json::from_str(text)
        .map_err(|error| format!("it cannot be read as JSON: {error}"))?;
    let Some(tables) = whole.get("tables").and_then(serde_json::Value::as_object) else {
        return Err("it has no tables".to_owned());
    };
    let lines: Vec<&str> = text.lines().collect();
    let line_of = |from: usize, name: &str| {
        let sign = format!("\"name\": \"{name}\"");
        lines
            .iter()
            .enumerate()
            .skip(from)
            .find(|(_, line)| line.contains(&sign))
            .map(|(at, _)| at + 1)
    };
    for (key, table) in tables {
        let word = |key: &str| {
            table
                // an empty word means the default schema
                .get(key)
                .and_then(serde_json::Value::as_str)
                .filter(|text| !text.is_empty())
        };
        let name = word("name").unwrap_or(key);
        let line = line_of(0, name).unwrap_or(1);
        let columns = table
            .get("columns")
            .and_then(serde_json::Value::as_object)
            .into_iter()
            .flatten()
            .map(|(key, column)| {
                let name = column
                    .get("name")
                    .and_then(serde_json::Value::as_str)
                    .unwrap_or(key);
                (name.to_lowercase(), line_of(line, name).unwrap_or(line))
            });
        let columns = columns.collect();
        let name = word("schema")
            .filter(|schema| *schema != "public")
            .map_or_else(|| name.to_owned(), |schema| format!("{schema}.{name}"));
        put_snapshot_table(
            out,
            SnapshotTable {
                name,
                path: path.to_owned(),
                line,
                columns,
            },
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(tables: &Tables) -> String {
        let columns = |table: &SnapshotTable| {
            table
                .columns
                .iter()
                .map(|(column, line)| format!("{column}:{line}"))
                .collect::<Vec<_>>()
                .join(" ")
        };
        tables
            .values()
            .map(|table| format!("{}:{} ({})", table.name, table.line, columns(table)))
            .collect::<Vec<_>>()
            .join(", ")
    }

    #[test]
    fn each_kind_gives_tables_and_columns_with_lines() {
        let mut out = Tables::new();
        schema_rb(
            "db/schema.rb",
            "ActiveRecord::Schema[7.1].define(version: 1) do\n  create_table \"orders\", force: :cascade do |t|\n    t.string \"note\", null: false\n    t.index [\"note\"], name: \"i\"\n  end\nend\n",
            &mut out,
        );
        assert_eq!(shown(&out), "orders:2 (note:3)");
        let mut out = Tables::new();
        read_sql_dump(
            "db/structure.sql",
            "-- dump\nCREATE TABLE public.orders (\n    id bigint NOT NULL,\n    note text\n);\nCREATE TABLE p PARTITION OF q FOR VALUES IN (1);\nCREATE TABLE public.r (\n    id bigint\n);\nALTER TABLE ONLY public.q ATTACH PARTITION public.r DEFAULT;\n",
            &mut out,
        )
        .unwrap();
        assert_eq!(shown(&out), "orders:2 (id:3 note:4)");
        let mut out = Tables::new();
        read_prisma_models(&[("schema.prisma", "enum State {\n  NEW\n}\nmodel Order {\n  id Int @id // key\n  userId Int @map(\"user_id\")\n  user User @relation(fields: [userId], references: [id])\n  state State @default(NEW)\n  @@map(\"orders\")\n}\nmodel User {\n  id Int @id\n  type String @default(\"http://a\") @map(\"kind\")\n  orders Order[]\n}\n".to_owned())], &mut out);
        assert_eq!(
            shown(&out),
            "orders:4 (id:5 state:8 user_id:6), User:11 (id:12 kind:13)"
        );
        let mut out = Tables::new();
        read_model_snapshot(
            "S.cs",
            "modelBuilder.Entity(\"App.Order\", b =>\n{\n    b.Property<int>(\"Id\")\n        .HasColumnName(\"order_id\");\n    b.Property<string>(\"Note\");\n    b.ToTable(\"Orders\", (string)null);\n});\nmodelBuilder.Entity(\"App.Gift\", b =>\n{\n    b.HasBaseType(\"App.Order\");\n    b.Property<string>(\"Ribbon\");\n});\n",
            &mut out,
        );
        assert_eq!(shown(&out), "Orders:8 (note:5 order_id:3 ribbon:11)");
        let mut out = Tables::new();
        read_drizzle_snapshot("m/0001_snapshot.json", "{\n \"tables\": {\n  \"public.orders\": {\n   \"name\": \"orders\",\n   \"schema\": \"\",\n   \"columns\": {\n    \"id\": {\n     \"name\": \"id\"\n    }\n   }\n  }\n }\n}\n", &mut out).unwrap();
        assert_eq!(shown(&out), "orders:4 (id:8)");
        assert!(read_drizzle_snapshot("m.json", "{", &mut Tables::new()).is_err());
    }

    proptest::proptest! {
        #[test]
        fn nothing_panics(text in "(create_table \"|t\\.x \"a\"|end|model |type |\\{|\\}|@@map\\(|\"|b\\.Property<|\\.Entity\\(|=>|ToTable\\(|\\PC|\n){0,60}") {
            let mut out = Tables::new();
            schema_rb("a", &text, &mut out);
            let _ = read_sql_dump("a", &text, &mut out);
            read_prisma_models(&[("a", text.clone())], &mut out);
            read_model_snapshot("a", &text, &mut out);
            let _ = read_drizzle_snapshot("a", &text, &mut out);
        }
    }
}

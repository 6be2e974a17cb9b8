//! The schema of a database of PostgreSQL, from its catalogue.

use std::collections::{BTreeMap, HashMap};

use crate::answer_rows::{read_object_row, text_or_empty};
use crate::catalogue::{ColumnKind, DatabaseColumn, DatabaseTable, ForeignKey, SchemaObjects};
use crate::connection::Connection;
use crate::fault::StatementFault;

/// The schema of the mark, and its table.
pub const OWN_SCHEMA: &str = "backout_rehearsal";

/// Schemas that are not looked at.
pub const SCHEMAS_OF_OTHERS: &str =
    "('pg_catalog', 'information_schema', 'pg_toast', 'backout_rehearsal')";

/// No extension brought it.
const OF_NO_EXTENSION: &str =
    "NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')";

/// What a type holds, by its name and category.
pub fn tell_kind(name: &str, category: &str) -> ColumnKind {
    match name {
        "int2" => ColumnKind::Integer(i64::from(i16::MAX)),
        "int4" => ColumnKind::Integer(i64::from(i32::MAX)),
        "int8" | "oid" => ColumnKind::Integer(i64::from(i32::MAX)),
        "numeric" | "float4" | "float8" | "money" => ColumnKind::Number,
        "bool" => ColumnKind::Boolean,
        "bytea" => ColumnKind::Bytes,
        "date" => ColumnKind::Date,
        "time" | "timetz" => ColumnKind::Time,
        "timestamp" | "timestamptz" => ColumnKind::Timestamp,
        "interval" => ColumnKind::Interval,
        "uuid" => ColumnKind::Uuid,
        "json" | "jsonb" => ColumnKind::Json,
        "xml" => ColumnKind::Xml,
        "inet" | "cidr" => ColumnKind::Network,
        "bit" | "varbit" => ColumnKind::Bits,
        "vector" | "halfvec" => ColumnKind::Vector(1),
        "point" => ColumnKind::Point,
        _ if name.starts_with('_') || category == "A" => ColumnKind::Array,
        _ if category == "R" => ColumnKind::Range,
        "hstore" | "tsvector" | "tsquery" => ColumnKind::Text,
        _ if category == "S" || category.is_empty() => ColumnKind::Text,
        _ => ColumnKind::Other,
    }
}

fn holds_word(value: &Option<String>, word: &str) -> bool {
    value.as_deref() == Some(word)
}

/// The key of a table in the rows of the catalogue.
type TableKey = (String, String);

/// Tables that rows can be written to.
pub fn list_tables(database: &mut dyn Connection) -> Result<Vec<DatabaseTable>, StatementFault> {
    let labels = database
        .rows("SELECT enumtypid, enumlabel FROM pg_enum ORDER BY enumtypid, enumsortorder")?;
    let mut enums: HashMap<String, Vec<String>> = HashMap::new();
    for row in labels {
        if let [Some(id), Some(label)] = row.as_slice() {
            enums.entry(id.clone()).or_default().push(label.clone());
        }
    }
    let rules = database.rows(
        "SELECT contypid, pg_get_constraintdef(oid) FROM pg_constraint WHERE contypid <> 0",
    )?;
    let mut of_domains: HashMap<String, Vec<String>> = HashMap::new();
    for row in rules {
        if let [Some(id), Some(rule)] = row.as_slice() {
            of_domains.entry(id.clone()).or_default().push(rule.clone());
        }
    }
    let columns = database.rows(&format!(
        "SELECT n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod), \
            a.attnotnull OR t.typnotnull, a.atthasdef OR t.typdefault IS NOT NULL,
                a.attidentity, a.attgenerated, b.typname, b.typcategory, b.oid, CASE WHEN \
                t.typbasetype = 0 THEN a.atttypmod ELSE t.typtypmod END,
                coalesce(pg_get_expr(f.adbin, f.adrelid), ''), t.oid
           FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
           JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
           JOIN pg_type t ON t.oid = a.atttypid
           JOIN pg_type b ON b.oid = CASE WHEN t.typbasetype = 0 THEN t.oid ELSE t.typbasetype END
           LEFT JOIN pg_attrdef f ON f.adrelid = c.oid AND f.adnum = a.attnum
          WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname NOT IN \
          {SCHEMAS_OF_OTHERS} AND n.nspname NOT LIKE 'pg\\_t%' AND {OF_NO_EXTENSION}
          ORDER BY n.nspname, c.relname, a.attnum"
    ))?;
    let mut tables: BTreeMap<TableKey, DatabaseTable> = BTreeMap::new();
    for row in columns {
        let Ok(row) = <[Option<String>; 14]>::try_from(row) else {
            continue;
        };
        let table = tables
            .entry((text_or_empty(&row[0]), text_or_empty(&row[1])))
            .or_insert_with(|| DatabaseTable::new(row[0].clone(), text_or_empty(&row[1])));
        let name = text_or_empty(&row[2]);
        if let Some(rules) = row[13].as_ref().and_then(|id| of_domains.get(id)) {
            let quoted = format!("\"{name}\"");
            table
                .rules
                .extend(rules.iter().map(|rule| rule.replace("VALUE", &quoted)));
        }
        table.columns.push(build_column(&row, name, &enums));
    }
    read_constraints(database, &mut tables)?;
    Ok(tables.into_values().collect())
}

fn build_column(
    row: &[Option<String>; 14],
    name: String,
    enums: &HashMap<String, Vec<String>>,
) -> DatabaseColumn {
    let base = text_or_empty(&row[8]);
    let modifier: i64 = row[11]
        .as_deref()
        .and_then(|text| text.parse().ok())
        .unwrap_or(-1);
    let mut kind = tell_kind(&base, row[9].as_deref().unwrap_or_default());
    let mut digits = None;
    let mut longest = None;
    match base.as_str() {
        // PostgreSQL counts four bytes of a header into the modifier of these types
        "varchar" | "bpchar" if modifier > 4 => longest = usize::try_from(modifier - 4).ok(),
        "bit" | "varbit" if modifier > 0 => longest = usize::try_from(modifier).ok(),
        "char" => longest = Some(1),
        "numeric" if modifier > 4 => {
            // precision in the upper 16 bits, scale in the lower 11
            let packed = modifier - 4;
            digits = usize::try_from((packed >> 16) & 0xffff)
                .ok()
                .zip(usize::try_from(packed & 0x7ff).ok());
        }
        "vector" | "halfvec" if modifier > 0 => {
            kind = ColumnKind::Vector(usize::try_from(modifier).unwrap_or(1));
        }
        _ => {}
    }
    // a column of type serial is known only by its default
    let numbers_itself = row[12]
        .as_deref()
        .is_some_and(|text| text.starts_with("nextval("));
    DatabaseColumn {
        name,
        type_name: text_or_empty(&row[3]),
        kind,
        nullable: holds_word(&row[4], "f"),
        has_default: holds_word(&row[5], "t"),
        numbered: numbers_itself || !row[6].as_deref().unwrap_or_default().is_empty(),
        computed: !row[7].as_deref().unwrap_or_default().is_empty(),
        longest,
        digits,
        only: row[10]
            .as_ref()
            .and_then(|id| enums.get(id))
            .cloned()
            .unwrap_or_default(),
    }
}

/// Names of the columns of a constraint, in its order.
fn names_of(of: &str, table: &str) -> String {
    format!(
        "(SELECT string_agg(a.attname, chr(31) ORDER BY u.ord) FROM unnest({of}) WITH ORDINALITY u \
            (num, ord) JOIN pg_attribute a ON a.attrelid = {table} AND a.attnum = u.num)"
    )
}

fn read_constraints(
    database: &mut dyn Connection,
    tables: &mut BTreeMap<TableKey, DatabaseTable>,
) -> Result<(), StatementFault> {
    let here = names_of("k.conkey", "k.conrelid");
    let there = names_of("k.confkey", "k.confrelid");
    let rows = database.rows(&format!(
        "SELECT n.nspname, c.relname, k.contype, {here}, pg_get_constraintdef(k.oid), \
            coalesce(CASE WHEN fn.nspname = 'public' THEN '' ELSE fn.nspname || '.' END || \
            f.relname, ''), coalesce({there}, '')
           FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid \
           = c.relnamespace
           LEFT JOIN pg_class f ON f.oid = k.confrelid LEFT JOIN pg_namespace fn ON fn.oid = \
           f.relnamespace
          WHERE k.contype IN ('p', 'u', 'f', 'c') ORDER BY k.oid"
    ))?;
    let list = |value: &Option<String>| -> Vec<String> {
        let text = text_or_empty(value);
        text.split('\u{1f}')
            .filter(|name| !name.is_empty())
            .map(str::to_owned)
            .collect()
    };
    for row in rows {
        let Ok(row) = <[Option<String>; 7]>::try_from(row) else {
            continue;
        };
        let Some(table) = tables.get_mut(&(text_or_empty(&row[0]), text_or_empty(&row[1]))) else {
            continue;
        };
        match row[2].as_deref() {
            Some("p") => table.key = list(&row[3]),
            Some("u") => table.unique.push(list(&row[3])),
            Some("f") => table.refers.push(ForeignKey {
                columns: list(&row[3]),
                table: text_or_empty(&row[5]),
                references: list(&row[6]),
            }),
            _ => table.rules.push(text_or_empty(&row[4])),
        }
    }
    Ok(())
}

/// Queries for objects: a name in words, and the definition.
fn list_object_queries() -> Vec<String> {
    let outside = |schema: &str| {
        format!("{schema} NOT IN {SCHEMAS_OF_OTHERS} AND {schema} NOT LIKE 'pg\\_t%'")
    };
    let named = "CASE WHEN n.nspname = 'public' THEN '' ELSE n.nspname || '.' END || c.relname";
    let at = outside("n.nspname");
    let of_class =
        format!("JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {at} AND {OF_NO_EXTENSION}");
    vec![
        format!(
            "SELECT 'schema ' || n.nspname, '' FROM pg_namespace n WHERE {at} AND n.nspname <> \
            'public'"
        ),
        format!(
            "SELECT 'table ' || {named}, CASE WHEN c.relkind = 'p' THEN \
            pg_get_partkeydef(c.oid) ELSE '' END || CASE WHEN c.relrowsecurity THEN ' row \
            security' ELSE '' END FROM pg_class c {of_class} AND c.relkind IN ('r', 'p', 'f')"
        ),
        format!(
            "SELECT 'column ' || {named} || '.' || a.attname, format_type(a.atttypid, \
            a.atttypmod) || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END || coalesce(CASE \
            WHEN a.attgenerated <> '' THEN ' generated ' ELSE ' default ' END || \
            pg_get_expr(f.adbin, f.adrelid), '') || CASE WHEN a.attidentity <> '' THEN ' identity \
            ' || a.attidentity::text ELSE '' END || CASE WHEN a.attcollation <> t.typcollation \
            THEN ' collate ' || a.attcollation::regcollation::text ELSE '' END
                   FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_type t ON \
                   t.oid = a.atttypid LEFT JOIN pg_attrdef f ON f.adrelid = c.oid AND f.adnum = \
                   a.attnum {of_class} AND c.relkind IN ('r', 'p', 'f') AND a.attnum > 0 AND NOT \
                   a.attisdropped"
        ),
        format!(
            "SELECT 'order of the columns of ' || {named}, string_agg(a.attname, ', ' ORDER BY \
            a.attnum) FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid {of_class} AND \
            c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped GROUP BY 1"
        ),
        format!(
            "SELECT 'constraint ' || k.conname || ' of ' || {named}, \
            pg_get_constraintdef(k.oid) || CASE WHEN k.convalidated THEN '' ELSE ' not valid' END \
            FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid {of_class} AND k.contype IN \
            ('p', 'u', 'f', 'c', 'x')"
        ),
        format!(
            "SELECT 'index ' || {named}, pg_get_indexdef(c.oid) || CASE WHEN i.indisvalid THEN \
            '' ELSE ' invalid' END FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid \
            {of_class} AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = c.oid AND \
            k.contype IN ('p', 'u', 'x'))"
        ),
        format!(
            "SELECT 'view ' || {named}, pg_get_viewdef(c.oid) FROM pg_class c {of_class} AND \
            c.relkind IN ('v', 'm')"
        ),
        format!(
            "SELECT 'sequence ' || {named}, format_type(s.seqtypid, NULL) || ' ' || \
            s.seqincrement || ' ' || s.seqmin || ' ' || s.seqmax FROM pg_sequence s JOIN pg_class \
            c ON c.oid = s.seqrelid {of_class}"
        ),
        format!(
            "SELECT 'trigger ' || g.tgname || ' of ' || {named}, pg_get_triggerdef(g.oid) || ' \
            ' || g.tgenabled::text FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid \
            {of_class} AND NOT g.tgisinternal"
        ),
        format!(
            "SELECT 'policy ' || g.polname || ' of ' || {named}, g.polcmd::text || ' ' || \
            coalesce(pg_get_expr(g.polqual, g.polrelid), '') || ' ' || \
            coalesce(pg_get_expr(g.polwithcheck, g.polrelid), '') FROM pg_policy g JOIN pg_class c \
            ON c.oid = g.polrelid {of_class}"
        ),
        format!(
            "SELECT 'routine ' || CASE WHEN n.nspname = 'public' THEN '' ELSE n.nspname || '.' \
            END || c.proname || '(' || pg_get_function_identity_arguments(c.oid) || ')', CASE WHEN \
            c.prokind IN ('f', 'p') THEN pg_get_functiondef(c.oid) ELSE '' END FROM pg_proc c JOIN \
            pg_namespace n ON n.oid = c.pronamespace WHERE {at} AND {OF_NO_EXTENSION}"
        ),
        format!(
            "SELECT 'type ' || CASE WHEN n.nspname = 'public' THEN '' ELSE n.nspname || '.' \
            END || c.typname, CASE c.typtype WHEN 'e' THEN (SELECT string_agg(e.enumlabel, ', ' \
            ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = c.oid) WHEN 'd' THEN \
            format_type(c.typbasetype, c.typtypmod) || coalesce((SELECT ' ' || \
            string_agg(pg_get_constraintdef(k.oid), ' ' ORDER BY k.conname) FROM pg_constraint k \
            WHERE k.contypid = c.oid), '') ELSE '' END
                   FROM pg_type c JOIN pg_namespace n ON n.oid = c.typnamespace WHERE {at} AND \
                   {OF_NO_EXTENSION} AND (c.typtype IN ('e', 'd') OR c.typtype = 'c' AND EXISTS \
                   (SELECT 1 FROM pg_class r WHERE r.oid = c.typrelid AND r.relkind = 'c'))"
        ),
        "SELECT 'extension ' || extname, '' FROM pg_extension WHERE extname <> \
            'plpgsql'"
            .to_owned(),
    ]
}

/// Everything the schema consists of.
pub fn list_objects(database: &mut dyn Connection) -> Result<SchemaObjects, StatementFault> {
    let mut out = SchemaObjects::new();
    for query in list_object_queries() {
        let rows = database.rows(&query)?;
        out.extend(rows.iter().filter_map(|row| read_object_row(row)));
    }
    Ok(out)
}

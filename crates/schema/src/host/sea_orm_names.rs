//! Names and types as SeaORM writes them.

use super::script::make_numeric;
use super::syntax::{Expr, FunctionCall};
use std::collections::BTreeMap;

/// Names that the enumerations of the file give: `Post::Title` is `title`, unless an attribute says
/// otherwise.
pub(super) fn collect_iden_names(text: &str) -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    let mut rest = text;
    while let Some(at) = rest.find("enum ") {
        rest = &rest[at + 5..];
        let (Some(open), Some(close)) = (rest.find('{'), rest.find('}')) else {
            break;
        };
        // the next `}` closes what was open before
        if open > close {
            continue;
        }
        let name = rest[..open].trim().to_owned();
        let mut stated: Option<String> = None;
        let mut table = convert_iden_to_snake(&name);
        for line in rest[open + 1..close].lines() {
            let line = line.trim();
            if line.starts_with("#[") {
                // an attribute names the variant in the next line
                stated = line.split('"').nth(1).map(str::to_owned).or(stated);
                continue;
            }
            let variant: String = line
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect();
            if variant.is_empty() {
                continue;
            }
            let own = stated.take().unwrap_or_else(|| {
                if variant == "Table" {
                    convert_iden_to_snake(&name)
                } else {
                    convert_iden_to_snake(&variant)
                }
            });
            if variant == "Table" {
                table.clone_from(&own);
            }
            out.insert(format!("{name}::{variant}"), own);
        }
        // without a variant `Table` the enumeration names the table
        out.entry(format!("{name}::Table")).or_insert(table);
        rest = &rest[close..];
    }
    out
}

pub(super) fn convert_iden_to_snake(name: &str) -> String {
    let mut out = String::new();
    for (at, c) in name.chars().enumerate() {
        if c.is_ascii_uppercase() && at > 0 {
            out.push('_');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

pub(super) fn data_type(part: &FunctionCall) -> Option<String> {
    let size = part.args.iter().find_map(|arg| {
        if let Expr::Number(number) = arg {
            Some(number.clone())
        } else {
            None
        }
    });
    Some(match part.name.as_str() {
        "integer" | "unsigned" => "integer".to_owned(),
        "big_integer" | "big_unsigned" => "bigint".to_owned(),
        "small_integer" | "small_unsigned" => "smallint".to_owned(),
        "tiny_integer" | "tiny_unsigned" => "tinyint".to_owned(),
        "string" => "varchar".to_owned(),
        "string_len" => format!("varchar({})", size.unwrap_or_default()),
        "char" | "char_len" => {
            size.map_or_else(|| "char".to_owned(), |size| format!("char({size})"))
        }
        "text" => "text".to_owned(),
        "boolean" => "boolean".to_owned(),
        "float" => "real".to_owned(),
        "double" => "double precision".to_owned(),
        "decimal" | "decimal_len" => make_numeric(&part.args),
        "money" => "numeric".to_owned(),
        "timestamp" | "date_time" => "timestamp".to_owned(),
        "timestamp_with_time_zone" => "timestamp with time zone".to_owned(),
        "date" => "date".to_owned(),
        "time" => "time".to_owned(),
        "json" => "json".to_owned(),
        "json_binary" => "jsonb".to_owned(),
        "uuid" => "uuid".to_owned(),
        "binary" | "blob" | "var_binary" | "binary_len" => "bytea".to_owned(),
        "array" => "array".to_owned(),
        "enumeration" | "custom" => part
            .args
            .first()
            .map(Expr::literal)
            .unwrap_or_else(|| "enum".to_owned()),
        _ => return None,
    })
}

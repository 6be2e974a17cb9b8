//! The spellings under which a table or column stands in code.

use std::collections::BTreeSet;

use model::Hit;

/// Spellings of a table, in small letters: the name, without underscores (class names), and both in
/// the singular. With `models`, also without the first part, which is the application in Django's
/// names.
pub fn list_table_spellings(name: &str, models: bool) -> BTreeSet<String> {
    let lower = name.to_lowercase();
    let mut out = BTreeSet::new();
    let mut add = |name: &str| {
        for form in std::iter::once(name.to_owned()).chain(list_singulars(name)) {
            out.insert(form.replace(['_', '-'], ""));
            out.insert(form);
        }
    };
    add(&lower);
    if models {
        // The name of an application may have underscores itself.
        for (at, _) in lower.match_indices('_').take(4) {
            add(&lower[at + 1..]);
        }
    }
    // a single letter stands everywhere
    out.retain(|form| form.len() > 1);
    out
}

/// Spellings of a column, in small letters.
pub fn list_column_spellings(name: &str) -> BTreeSet<String> {
    let lower = name.to_lowercase();
    [lower.replace('_', ""), lower]
        .into_iter()
        .filter(|form| form.len() > 1)
        .collect()
}

/// Plurals that no rule makes, as the frameworks know them.
const IRREGULAR: [(&str, &str); 24] = [
    ("people", "person"),
    ("children", "child"),
    ("men", "man"),
    ("women", "woman"),
    ("mice", "mouse"),
    ("geese", "goose"),
    ("feet", "foot"),
    ("teeth", "tooth"),
    ("oxen", "ox"),
    ("quizzes", "quiz"),
    ("matrices", "matrix"),
    ("vertices", "vertex"),
    ("indices", "index"),
    ("appendices", "appendix"),
    ("criteria", "criterion"),
    ("media", "medium"),
    ("data", "datum"),
    ("leaves", "leaf"),
    ("shelves", "shelf"),
    ("halves", "half"),
    ("lives", "life"),
    ("knives", "knife"),
    ("wives", "wife"),
    ("movies", "movie"),
];

/// What a name in the plural may be in the singular; of a name with several parts the last is
/// turned.
fn list_singulars(name: &str) -> Vec<String> {
    let (head, last) = name
        .rsplit_once('_')
        .map_or(("", name), |(head, last)| (&name[..head.len() + 1], last));
    let mut out = Vec::new();
    let mut add = |single: String| out.push(format!("{head}{single}"));
    if let Some((_, single)) = IRREGULAR.iter().find(|(plural, _)| *plural == last) {
        add((*single).to_owned());
    }
    if let Some(stem) = last.strip_suffix("ies") {
        add(format!("{stem}y"));
    } else if last.ends_with("yses") || last.ends_with("ases") && last.ends_with("bases") {
        add(format!("{}is", &last[..last.len() - 2])); // analyses, bases
        add(last[..last.len() - 1].to_owned());
    } else if last.ends_with("ses")
        || last.ends_with("shes")
        || last.ends_with("ches")
        || last.ends_with("xes")
        || last.ends_with("zes")
        || last.ends_with("oes")
    {
        add(last[..last.len() - 2].to_owned()); // statuses, aliases
        add(last[..last.len() - 1].to_owned()); // houses
    } else if last.ends_with('s') && !last.ends_with("ss") && !last.ends_with("us") {
        add(last[..last.len() - 1].to_owned());
    }
    out
}

/// A class in a module: `billing_invoices` is `Billing::Invoice`. The prefix, and the spellings of
/// the rest.
pub fn list_namespaced_spellings(name: &str) -> Vec<(String, BTreeSet<String>)> {
    let lower = name.to_lowercase();
    let at = |at: usize| {
        (
            lower[..at].to_owned(),
            list_table_spellings(&lower[at + 1..], false),
        )
    };
    lower
        .match_indices('_')
        .take(3)
        .map(|(place, _)| at(place))
        // two letters are no module
        .filter(|(prefix, rest)| prefix.len() > 2 && !rest.is_empty())
        .collect()
}

/// The place stands in the module or folder of that name.
pub fn in_namespace(hit: &Hit, prefix: &str) -> bool {
    let bare = prefix.replace('_', "");
    let same = |part: &str| part.to_lowercase().replace(['_', '-'], "") == bare;
    let folders = hit.path.rsplit_once('/').map_or("", |(folders, _)| folders);
    let text = hit.text.to_lowercase().replace('_', "");
    folders.split('/').any(same)
        || [":", ".", "\\"]
            .iter()
            .any(|sign| text.contains(&format!("{bare}{sign}")))
}

/// Suffixes that make a class name of a table's name.
const SUFFIXES: [&str; 12] = [
    "model",
    "entity",
    "table",
    "record",
    "dao",
    "repository",
    "schema",
    "row",
    "dto",
    "form",
    "query",
    "orm",
];

/// Prefixes that make a method name of a column's name.
const PREFIXES: [&str; 7] = ["get", "set", "is", "by", "with", "has", "where"];

/// The word stands in the line as a name of its own, or as a class or accessor of that name.
pub fn stands_alone(text: &str, word: &str) -> bool {
    let lower = text.to_lowercase();
    if lower.len() != text.len() {
        return lower.contains(word); // a letter changed its length: bytes no longer line up
    }
    let part = |c: char| c.is_alphanumeric() || c == '_';
    lower.match_indices(word).any(|(at, _)| {
        let before: String = lower[..at]
            .chars()
            .rev()
            .take_while(|c| part(*c))
            .collect::<Vec<_>>()
            .into_iter()
            .rev()
            .collect();
        let after: String = lower[at + word.len()..]
            .chars()
            .take_while(|c| part(*c))
            .collect();
        let starts_big = text[at..].chars().next().is_some_and(char::is_uppercase);
        // `getShareId` names the column, `nobody` does not name `body`
        let fits_before = before.is_empty()
            || (starts_big
                && PREFIXES
                    .iter()
                    .any(|prefix| before == *prefix || before.ends_with(&format!("_{prefix}"))))
            || matches!(before.as_str(), "_" | "find_by_" | "by_");
        let fits_after = after.is_empty() || SUFFIXES.contains(&after.as_str()) || after == "_";
        fits_before && fits_after
    })
}

/// In a `.sql` file, a line that defines or grants is not a use.
pub fn defines_in_sql(hit: &Hit) -> bool {
    if !hit.path.ends_with(".sql") {
        return false;
    }
    // A byte-order mark at the start of a file is no part of its first word.
    let upper = hit
        .text
        .trim_start_matches("<U+FEFF>")
        .trim_start_matches(['\u{feff}', ' ', '\t'])
        .to_ascii_uppercase();
    let uses = [
        "SELECT ", "FROM ", "JOIN ", "INTO ", "UPDATE ", "EXEC ", "CALL ", "WHERE ", "SET ", " = ",
        "PERFORM ",
    ]
    .iter()
    .any(|word| upper.contains(word) || upper.starts_with(word.trim_start()));
    let defines = [
        "CREATE",
        "ALTER",
        "DROP",
        "COMMENT",
        "GRANT",
        "REVOKE",
        "CONSTRAINT",
        "ADD ",
        "REFERENCES",
        "--",
    ]
    .iter()
    .any(|word| upper.starts_with(word));
    defines || !uses && looks_like_column_definition(&upper)
}

fn looks_like_column_definition(upper: &str) -> bool {
    [
        " VARCHAR",
        " TEXT",
        " INT",
        " BIGINT",
        " UUID",
        " BOOL",
        " TIMESTAMP",
        " JSON",
        " NVARCHAR",
        " BIT",
        " DATETIME",
        " NUMERIC",
        " UNIQUEIDENTIFIER",
        " SMALLINT",
        " TINYINT",
        " DATE",
        " FLOAT",
        " DOUBLE",
        " NOT NULL",
    ]
    .iter()
    .any(|word| upper.contains(word))
}

/// A short common word counts as a table only where the line treats it as one.
pub fn names_a_table(text: &str, word: &str) -> bool {
    // Quotes inside of strings are escaped.
    let lower = text.to_lowercase().replace('\\', "");
    let sign = |before: &str, after: &str| lower.contains(&format!("{before}{word}{after}"));
    [
        "from ",
        "join ",
        "into ",
        "update ",
        "table ",
        "class ",
        "model ",
        "struct ",
        "entity ",
        "interface ",
        "type ",
        "defmodule ",
        "from \"",
        "from `",
        "from [dbo].[",
        "join \"",
        "into \"",
        "update \"",
        "schema \"",
        "prisma.",
        "object ",
        "record ",
        "db.",
    ]
    .iter()
    .any(|before| sign(before, ""))
        || [
            ("\"", "\""),
            ("'", "'"),
            ("`", "`"),
            ("[", "]"),
            ("", " (id)"),
            ("", " ("),
            ("table!(", ""),
            (":", ","),
            (":", "\n"),
        ]
        .iter()
        .any(|(before, after)| sign(before, after))
        || SUFFIXES
            .iter()
            .any(|suffix| lower.contains(&format!("{word}{suffix}")))
        || in_a_schema(&lower, word)
}

/// A statement names the table with its schema or database in front: `FROM depot.parcels`. An
/// import of a module is none. In small letters.
fn in_a_schema(lower: &str, word: &str) -> bool {
    let line = lower.trim_start();
    if ["import ", "export ", "use ", "using ", "package "]
        .iter()
        .any(|sign| line.starts_with(sign))
        || line.starts_with("from ") && line.contains(" import ")
    {
        return false;
    }
    let bare = lower.replace(['"', '`', '[', ']'], "");
    let part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '$');
    bare.match_indices(&format!(".{word}")).any(|(at, found)| {
        let ends = !bare[at + found.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '_');
        let before = bare[..at].trim_end_matches(part);
        ends && before.len() < at
            && [
                "from ",
                "join ",
                "into ",
                "update ",
                "table ",
                "only ",
                "using ",
                "truncate ",
            ]
            .iter()
            .any(|sign| before.ends_with(sign))
    })
}

/// The file is named after the table.
pub fn file_of(path: &str, table_forms: &BTreeSet<String>) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_lowercase();
    let stem = name
        .split('.')
        .next()
        .unwrap_or_default()
        .replace(['_', '-'], "");
    let stem = SUFFIXES
        .iter()
        .find_map(|suffix| stem.strip_suffix(suffix))
        .unwrap_or(&stem);
    // a file of statements may hold any table
    !path.ends_with(".sql") && table_forms.contains(stem)
}

/// Order in which places are shown: statements and definitions first, imports and comments last.
pub fn rank_hit(hit: &Hit) -> u8 {
    let lower = hit.text.trim_start().to_ascii_lowercase();
    if lower.starts_with("//")
        || lower.starts_with('#')
        || lower.starts_with('*')
        || lower.starts_with("--")
    {
        4
    } else if lower.starts_with("use ")
        || lower.starts_with("import ")
        || lower.starts_with("from ") && lower.contains(" import ")
    {
        3
    } else if ["select ", "insert ", "update ", "from ", "join ", "delete "]
        .iter()
        .any(|word| lower.contains(word))
    {
        0
    } else {
        1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_may_name_the_schema_of_a_table() {
        for line in [
            "cur.execute(\"SELECT mark FROM depot.parcels\")",
            "`insert into \"depot\".\"parcels\" (id)`",
            "UPDATE [depot].[Parcels] SET mark = 1",
        ] {
            assert!(names_a_table(line, "parcels"), "{line}");
        }
        for line in [
            "from depot.parcels import sort",
            "total = depot.parcels_left",
            "x = depot.parcels",
            "SELECT a FROM depot.parcels_old",
        ] {
            assert!(!names_a_table(line, "parcels"), "{line}");
        }
    }

    #[test]
    fn spellings_of_a_table() {
        let forms = list_table_spellings("user_roles", false);
        for form in ["user_roles", "userroles", "user_role", "userrole"] {
            assert!(forms.contains(form), "{form}");
        }
        assert!(list_table_spellings("api_flip", true).contains("flip"));
        assert!(!list_table_spellings("api_flip", false).contains("flip"));
        assert!(list_table_spellings("companies", false).contains("company"));
        for (plural, single) in [
            ("statuses", "status"),
            ("aliases", "alias"),
            ("people", "person"),
            ("order_addresses", "order_address"),
            ("houses", "house"),
            ("boxes", "box"),
        ] {
            assert!(
                list_table_spellings(plural, false).contains(single),
                "{plural}"
            );
        }
        assert!(
            list_table_spellings("dock_yard_berth", true).contains("berth")
                && list_table_spellings("dock_yard_berth", true).contains("yardberth")
        );
    }

    #[test]
    fn words_stand_alone() {
        assert!(stands_alone("SELECT share_id FROM website", "share_id"));
        assert!(stands_alone("  shareId: string;", "shareid"));
        assert!(stands_alone("user.getShareId()", "shareid"));
        assert!(stands_alone("class UserRoleEntity {", "userrole"));
        assert!(!stands_alone("rawBody", "body"));
        assert!(!stands_alone("nobody", "body"));
        assert!(!stands_alone("body_raw", "body"));
    }
}

//! Classes that say which columns a table has: where all that stand for it lack one, a member of
//! that name is one of something else.

use std::collections::BTreeSet;

use super::super::step::Name;
use super::making_lines::list_bare_words;
use super::{LOOKED_AT, PreviousUsage};

/// Words that a file says of a class whose members are the columns.
const MAPS: [&str; 10] = [
    "@Entity",
    "ORM\\Entity",
    "models.Model",
    "Ecto.Schema",
    "DeriveEntityModel",
    "gorm:",
    "[Table",
    "__tablename__",
    "bun:\"",
    "datasource db",
];

/// Most lines of a class.
const LINES: usize = 400;

impl PreviousUsage<'_> {
    /// A class of old code says which columns the table has, and this is not among them; what it
    /// takes from another class is not known, and counts as having it.
    pub(super) fn entity_lacks(&self, table: &Name, column: &str, models: bool) -> bool {
        let bare = column.to_lowercase().replace('_', "");
        let mentions = self.mentions(table, models);
        // `DbSet<Parcel>` maps a class that has no mark of its own
        let sets: BTreeSet<&str> = mentions
            .iter()
            .filter(|(hit, form)| {
                let lower = hit.text.to_lowercase();
                lower.contains(&format!("dbset<{form}>"))
            })
            .map(|(_, form)| form.as_str())
            .collect();
        let mut any = false;
        for (hit, form) in mentions.iter().take(LOOKED_AT) {
            let lower = hit.text.to_lowercase();
            if !opens_class(&lower, form) {
                continue;
            }
            let Some(program) = self.program(&hit.path) else {
                continue;
            };
            let maps = MAPS.iter().any(|sign| program.text.contains(sign));
            // a class without a mark may be of anything
            if !maps && !sets.contains(form.as_str()) {
                continue;
            }
            let body = read_class(&program.text, hit.line);
            // members of an included part or a base class are not seen here
            let more = ["embedd", "mapped_superclass", "fragment", "include "]
                .iter()
                .any(|sign| body.to_lowercase().contains(sign));
            if more || takes_from_others(&lower) || list_all_words(&body).contains(&bare) {
                return false;
            }
            any = true;
        }
        // a line of the class may still make the column
        any && self.derived_column(table, column, models).is_empty()
    }
}

/// `class Parcel`, `model Parcel {`, `schema "parcel" do`. In small letters.
fn opens_class(line: &str, form: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    [
        "class ",
        "struct ",
        "model ",
        "record ",
        "schema \"",
        "type ",
    ]
    .iter()
    .any(|word| {
        let sign = format!("{word}{form}");
        line.match_indices(&sign)
            .any(|(at, _)| !line[at + sign.len()..].starts_with(part))
    })
}

/// The class has a base class of the program. In small letters.
fn takes_from_others(line: &str) -> bool {
    let bases = ["(models.model)", "(base)", "(db.model)", "(sqlmodel"];
    let extends = line.contains(" extends ")
        || line.split_once("class ").is_some_and(|(_, rest)| {
            rest.contains(':') && !rest.trim_end().ends_with(':') || rest.contains('(')
        });
    extends && !bases.iter().any(|base| line.contains(base))
}

/// The lines of a class: to the bracket that closes it, or to the next line that stands as far to
/// the left.
fn read_class(text: &str, line: usize) -> String {
    let mut lines = text.lines().skip(line.saturating_sub(1)).take(LINES);
    let Some(head) = lines.next() else {
        return String::new();
    };
    let indent = |line: &str| line.len() - line.trim_start().len();
    let count = |line: &str| line.matches('{').count() as i32 - line.matches('}').count() as i32;
    let mut out = format!("{head}\n");
    let (mut depth, mut braces) = (count(head), head.contains('{'));
    for (at, line) in lines.enumerate() {
        // C# opens its bracket in the line below the head
        braces |= at == 0 && line.trim() == "{";
        if braces && depth <= 0 && !line.trim_start().starts_with('{') {
            break;
        }
        if !braces && !line.trim().is_empty() && indent(line) <= indent(head) {
            break;
        }
        out.push_str(line);
        out.push('\n');
        depth += count(line);
    }
    out
}

fn list_all_words(text: &str) -> BTreeSet<String> {
    text.lines().flat_map(list_bare_words).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_is_read_to_its_end() {
        let java = "@Entity\npublic class Parcel {\n  private String label;\n}\nclass Other {\n  String code;\n}\n";
        let body = read_class(java, 2);
        assert!(body.contains("label") && !body.contains("code"), "{body}");
        let csharp = "public class Buyer\n{\n  public int Id { get; set; }\n}\npublic class X\n{\n  int Rank;\n}\n";
        let body = read_class(csharp, 1);
        assert!(body.contains("Id") && !body.contains("Rank"), "{body}");
        let python =
            "class Job(models.Model):\n    title = 1\n\nclass Run(models.Model):\n    code = 1\n";
        let body = read_class(python, 1);
        assert!(body.contains("title") && !body.contains("code"), "{body}");
        assert!(opens_class("public class parcel {", "parcel"));
        assert!(!opens_class("public class parcels {", "parcel"));
        assert!(takes_from_others("class parcel extends base {"));
        assert!(!takes_from_others("class job(models.model):"));
    }
}

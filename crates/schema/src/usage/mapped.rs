//! Names that are not written beside each other: a class that says which table it stands for, and a
//! table that joins two models without a class of its own.

use std::collections::{BTreeMap, BTreeSet};

use super::super::step::Name;
use super::{PreviousUsage, SHOWN, forms, make_usage_evidence};
use model::{Evidence, Hit, Snapshot};

/// Words beside which a table's name is that of a class.
const SIGNS: [&str; 14] = [
    "table_name",
    "tablename",
    "$table",
    "totable(",
    "db_table",
    "@table",
    "@@map",
    "[table(",
    "orm\\table",
    "settable(",
    "table =",
    "table:",
    "protected $table",
    "tablename()",
];

/// Words of relations between two models that have a table of their own.
pub const RELATIONS: [&str; 7] = [
    "belongstomany",
    "has_and_belongs_to_many",
    "manytomany",
    "many_to_many",
    "belongs_to_many",
    "jointable",
    "many2many",
];

/// Most files that are read for the classes.
const FILES: usize = 200;

/// Lines between the table's name and the line of its class.
const APART: usize = 40;

/// The classes that stand for tables under another name: by table, in small letters.
pub fn find_mapped_classes(
    tree: &dyn Snapshot,
    tables: &BTreeSet<String>,
    words: &[String],
    hits: &[Hit],
) -> BTreeMap<String, BTreeSet<String>> {
    let mut out: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut texts: BTreeMap<&str, Option<Vec<String>>> = BTreeMap::new();
    for hit in hits {
        let Some(word) = words.get(hit.word).filter(|word| tables.contains(*word)) else {
            continue;
        };
        let lower = hit.text.to_lowercase();
        if !SIGNS.iter().any(|sign| lower.contains(sign))
            // `return "inv"` is the body of Go's `TableName()`
            && !lower.trim_start().starts_with("return ")
            || !forms::stands_alone(&hit.text, word)
        {
            continue;
        }
        // each file is read whole, and a common word stands in thousands
        if texts.len() >= FILES && !texts.contains_key(hit.path.as_str()) {
            continue;
        }
        let lines = texts.entry(hit.path.as_str()).or_insert_with(|| {
            tree.read_text(&hit.path)
                .ok()
                .filter(|text| text.len() < 1024 * 1024)
                .map(|text| text.lines().map(str::to_owned).collect())
        });
        let Some(class) = lines.as_ref().and_then(|lines| class_of(lines, hit.line)) else {
            continue;
        };
        let known = forms::list_table_spellings(word, false);
        // a class whose name follows from the table's is found without help
        if !known.contains(&class) && class.len() > 2 {
            out.entry(word.clone()).or_default().insert(class);
        }
    }
    out
}

/// The class to which a table's name on a line belongs, in small letters.
fn class_of(lines: &[String], line: usize) -> Option<String> {
    let at = line.checked_sub(1)?;
    let own = lines.get(at)?;
    let lower = own.to_lowercase();
    let entity = |line: &String| {
        let (_, rest) = line.split_once("Entity<")?;
        rest.split(['>', ','])
            .next()
            .map(|name| name.trim().to_lowercase())
    };
    // EF Core names the class in the call around
    if lower.contains("totable(") {
        return lines[at.saturating_sub(APART)..=at]
            .iter()
            .rev()
            .find_map(entity);
    }
    // An attribute stands above its class.
    let attribute = lower.trim_start().starts_with(['@', '[', '#']) && !lower.contains("@@map");
    if attribute {
        return lines
            .iter()
            .skip(at)
            .take(8)
            .find_map(|line| find_defined_name(line));
    }
    if lower.trim_start().starts_with("return ") {
        // Go: `func (Invoice) TableName() string {`
        let head = lines[at.saturating_sub(3)..=at]
            .iter()
            .rev()
            .find(|line| line.contains("TableName"))?;
        let receiver = head.split_once("func (")?.1.split(')').next()?;
        return receiver
            .split_whitespace()
            .next_back()
            .map(|name| name.trim_start_matches('*').to_lowercase());
    }
    if own.contains("TableName()") && own.contains("func (") {
        let receiver = own.split_once("func (")?.1.split(')').next()?;
        return receiver
            .split_whitespace()
            .next_back()
            .map(|name| name.trim_start_matches('*').to_lowercase());
    }
    lines[at.saturating_sub(APART)..=at]
        .iter()
        .rev()
        .find_map(|line| find_defined_name(line))
}

/// The name that a line defines: `class Invoice < Base`, `model Invoice {`.
fn find_defined_name(line: &str) -> Option<String> {
    let words: Vec<&str> = line
        .split(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | ':'))
        .filter(|word| !word.is_empty())
        .collect();
    let at = words
        .iter()
        .position(|word| matches!(*word, "class" | "model" | "struct" | "record" | "object"))?;
    let name = words.get(at + 1)?.rsplit("::").next()?;
    name.starts_with(char::is_uppercase)
        .then(|| name.to_lowercase())
}

impl PreviousUsage<'_> {
    /// Where old code relates two models whose names, joined, are the table's: `label_post` where a
    /// post belongs to many labels.
    pub fn joined(&self, name: &Name, is_table: &dyn Fn(&str) -> bool) -> Vec<Evidence> {
        let lower = name.name.to_lowercase();
        let mut out = Vec::new();
        for (at, _) in lower.match_indices('_').take(6) {
            let (left, right) = (&lower[..at], &lower[at + 1..]);
            let (left, right) = (
                forms::list_table_spellings(left, true),
                forms::list_table_spellings(right, true),
            );
            if !left.iter().any(|form| is_table(form)) || !right.iter().any(|form| is_table(form)) {
                continue;
            }
            for hit in RELATIONS.iter().flat_map(|word| self.of(word)).take(400) {
                let named = |forms: &BTreeSet<String>| {
                    forms
                        .iter()
                        .any(|form| forms::stands_alone(&hit.text, form))
                };
                let of =
                    |forms: &BTreeSet<String>| named(forms) || forms::file_of(&hit.path, forms);
                if (named(&left) && of(&right) || named(&right) && of(&left)) && out.len() < SHOWN {
                    out.push(make_usage_evidence(hit));
                }
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_class_of_a_table_is_found() {
        let class = |text: &str, line: usize| {
            class_of(&text.lines().map(str::to_owned).collect::<Vec<_>>(), line)
        };
        assert_eq!(
            class("class Bill < Base\n  self.table_name = \"inv\"\nend", 2).as_deref(),
            Some("bill")
        );
        assert_eq!(
            class("@Table(name = \"inv\")\npublic class Bill {", 1).as_deref(),
            Some("bill")
        );
        assert_eq!(
            class("modelBuilder.Entity<Bill>(e => {\n  e.ToTable(\"inv\");", 2).as_deref(),
            Some("bill")
        );
        assert_eq!(
            class(
                "func (b *Bill) TableName() string {\n\treturn \"inv\"\n}",
                2
            )
            .as_deref(),
            Some("bill")
        );
        assert_eq!(
            class("model Bill {\n  id Int\n  @@map(\"inv\")\n}", 3).as_deref(),
            Some("bill")
        );
        assert_eq!(class("x = 'inv'", 1), None);
    }
}

//! What old code states of columns: whether they may be null, and what is unique.

use super::PreviousUsage;
use super::SHOWN;
use super::definition::Nullability;
use super::ranked::make_usage_evidence;
use crate::step::Name;
use model::{Evidence, Hit};
use std::collections::BTreeSet;

impl PreviousUsage<'_> {
    /// Whether the previous release's own definition of the column allows NULL, with the place that
    /// says so.
    pub fn nullability(
        &self,
        table: &Name,
        column: &str,
        models: bool,
    ) -> Option<(Nullability, Evidence)> {
        self.definitions(table, column, models)
            .find_map(|(hit, text)| {
                super::definition::read_nullability(&text, column, &hit.path)
                    .map(|found| (found, make_usage_evidence(hit)))
            })
    }

    /// Whether the previous release's own definition gives every row a value of its own (a UUID).
    pub fn fills_unique(&self, table: &Name, column: &str, models: bool) -> Option<Evidence> {
        self.definitions(table, column, models)
            .find(|(hit, text)| {
                super::definition::read_nullability(text, column, &hit.path).is_some()
                    && super::definition::fills_unique(text)
            })
            .map(|(hit, _)| make_usage_evidence(hit))
    }

    /// Places that may define the column, in blocks that belong to the table, with their text.
    pub(super) fn definitions(
        &self,
        table: &Name,
        column: &str,
        models: bool,
    ) -> impl Iterator<Item = (&Hit, String)> {
        let names = super::forms::list_table_spellings(&table.name, models);
        self.column_hits(table, column, models)
            .into_iter()
            .map(|(_, hit, _)| hit)
            .take(200)
            .filter_map(move |hit| {
                let text = self.tree.read_text(&hit.path).ok()?;
                // a definition within another class is that class's column
                if super::definition::find_enclosing_class_line(&text, hit.line).is_some_and(
                    |owner| {
                        // `Security::Price` is the class of `security_prices`
                        let joined = owner.replace("::", "");
                        !names.iter().any(|name| {
                            super::forms::stands_alone(&owner, name)
                                || super::forms::stands_alone(&joined, name)
                        })
                    },
                ) {
                    return None;
                }
                Some((
                    hit,
                    super::definition::read_definition_text(&text, hit.line),
                ))
            })
    }

    /// Places where an upsert names exactly these columns as its conflict target, in a file that
    /// names the table.
    pub fn upsert(&self, table: &Name, columns: &[String], models: bool) -> Vec<Evidence> {
        let mut files: BTreeSet<&str> = BTreeSet::new();
        for form in super::forms::list_table_spellings(&table.name, models) {
            let own = self
                .of(&form)
                .filter(|hit| !self.is_of_other_service(hit, table));
            files.extend(own.map(|hit| hit.path.as_str()));
        }
        let mut out = Vec::new();
        for path in files.into_iter().take(400) {
            if let Ok(text) = self.tree.read_text(path) {
                out.extend(
                    super::upserts::find_upserts(&text, columns)
                        .into_iter()
                        .map(|(line, excerpt)| Evidence::at(path, line).with_excerpt(&excerpt)),
                );
            }
        }
        out.truncate(SHOWN);
        out
    }
}

//! Where old code names a column, and how near to its table that is.

use std::collections::BTreeMap;

use super::super::step::Name;
use super::ranked::{collect_first_evidence, make_usage_evidence};
use super::sought::{SoughtObject, Stand};
use super::{ABOVE, BELOW, CLOSE, LOOKED_AT, Near, PreviousUsage, forms};
use model::{Evidence, Hit};

impl PreviousUsage<'_> {
    /// Where the program says that its model of the table leaves the column out.
    pub fn ignored(&self, table: &Name, column: &str, models: bool) -> Option<Evidence> {
        let hits = self.column_hits(table, column, models);
        let listed = |hit: &&Hit| {
            self.program(&hit.path).is_some_and(|program| {
                let near = program
                    .text
                    .lines()
                    .skip(hit.line.saturating_sub(12))
                    .take(12)
                    .any(|line| line.contains("ignored_columns"));
                near && program.left_out(hit.line, &hit.text)
            })
        };
        hits.into_iter()
            .map(|(_, hit, _)| hit)
            .take(LOOKED_AT)
            .find(listed)
            .map(make_usage_evidence)
    }

    /// Where the column is named together with its table.
    pub fn column(&self, table: &Name, column: &str, models: bool) -> Vec<Evidence> {
        let hits = self.column_hits(table, column, models);
        // What stands far from its table is shown only where nothing is nearer.
        let tables = self.spellings(table, models);
        let sought = SoughtObject::Column(&tables);
        let mut hits: Vec<(Near, &Hit, String)> = hits
            .into_iter()
            .filter(|(_, hit, form)| self.stand(hit, form, sought) > Stand::Not)
            .take(LOOKED_AT)
            .collect();
        let nearest = hits
            .iter()
            .map(|(near, ..)| *near)
            .min()
            .unwrap_or_default();
        hits.retain(|(near, ..)| *near < Near::Far || nearest == Near::Far);
        hits.sort_by_key(|(near, hit, _)| {
            (*near, forms::rank_hit(hit), hit.path.as_str(), hit.line)
        });
        let hits: Vec<(&Hit, String)> =
            hits.into_iter().map(|(_, hit, form)| (hit, form)).collect();
        let stated = |hit: &Hit, form: &str| {
            self.program(&hit.path)
                .is_some_and(|program| program.statement_of(hit.line, form).is_some())
        };
        let members = |(hit, form): &(&Hit, String)| !stated(hit, form);
        if hits.iter().any(members) && self.entity_lacks(table, column, models) {
            // members of that name are of something else, as far as classes tell
            let (members, in_statements): (Vec<_>, Vec<_>) = hits.into_iter().partition(members);
            if !in_statements.is_empty() {
                return collect_first_evidence(self.looked_at(in_statements, sought));
            }
            let places = collect_first_evidence(self.looked_at(members, sought));
            let mut hints = self.hints.borrow_mut();
            let of = |place: &Evidence| Some((place.raw_path()?.to_owned(), place.line?));
            hints.extend(places.iter().filter_map(of));
            return places;
        }
        collect_first_evidence(self.looked_at(hits, sought))
    }

    /// Places that name the column, each with how near to its table that is.
    pub(super) fn column_hits(
        &self,
        table: &Name,
        column: &str,
        models: bool,
    ) -> Vec<(Near, &Hit, String)> {
        let mut tables: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        let mut table_forms = forms::list_table_spellings(&table.name, models);
        table_forms.extend(
            self.classes
                .get(&table.name.to_lowercase())
                .into_iter()
                .flatten()
                .cloned(),
        );
        for (hit, _) in self.mentions(table, models) {
            tables.entry(hit.path.as_str()).or_default().push(hit.line);
        }
        let mut found: Vec<(Near, &Hit, String)> = Vec::new();
        for form in forms::list_column_spellings(column) {
            let hits = self
                .of(&form)
                // a line that defines the column in SQL is the schema and no use
                .filter(|hit| !forms::defines_in_sql(hit) && !self.is_of_other_service(hit, table));
            for hit in hits {
                let own_file = forms::file_of(&hit.path, &table_forms);
                let lines = tables.get(hit.path.as_str()).into_iter().flatten();
                // A definition stands below its table's name; only a line or two of a statement may
                // be above it.
                let apart = lines
                    .filter(|&&line| line <= hit.line + ABOVE && hit.line <= line + BELOW)
                    .map(|&line| {
                        if line > hit.line {
                            (line - hit.line) * (CLOSE / 2)
                        } else {
                            hit.line - line
                        }
                    })
                    .min();
                match apart {
                    Some(lines) if lines <= CLOSE => found.push((Near::Close, hit, form.clone())),
                    _ if own_file => found.push((Near::OwnFile, hit, form.clone())),
                    Some(_) => found.push((Near::Far, hit, form.clone())),
                    None => {}
                }
            }
        }
        found
    }
}

//! What is asked of old code.

use super::super::step::Name;
use super::{forms, mapped};
use std::collections::BTreeSet;

/// Names to look for.
#[derive(Debug, Default)]
pub struct WantedNames {
    pub words: BTreeSet<String>,
    pub tables: BTreeSet<String>,
    /// Names of tables as they are, in small letters.
    pub exact: BTreeSet<String>,
    /// Spellings that only the control group needs.
    pub control: BTreeSet<String>,
    /// Names that may be looked for in vain: program text may put them together.
    pub vain: BTreeSet<String>,
}

impl WantedNames {
    /// A table.
    pub fn table(&mut self, name: &Name, models: bool) {
        let forms = forms::list_table_spellings(&name.name, models);
        self.tables.extend(forms.iter().cloned());
        self.words.extend(forms);
        self.words.extend(
            forms::list_namespaced_spellings(&name.name)
                .into_iter()
                .flat_map(|(_, rest)| rest),
        );
        // a table between two models is named by the words of the relation
        if name.name.contains('_') {
            self.words.extend(mapped::RELATIONS.map(str::to_owned));
        }
        self.exact.insert(name.name.to_lowercase());
    }

    /// A column.
    pub fn column(&mut self, column: &str) {
        self.words.extend(forms::list_column_spellings(column));
    }

    /// A table of the control group.
    pub fn control_table(&mut self, name: &Name, models: bool) {
        self.control
            .extend(forms::list_table_spellings(&name.name, models));
        self.control.extend(
            forms::list_namespaced_spellings(&name.name)
                .into_iter()
                .flat_map(|(_, rest)| rest),
        );
    }

    /// A column of the control group.
    pub fn control_column(&mut self, column: &str) {
        self.control.extend(forms::list_column_spellings(column));
    }

    /// A view, routine, type, sequence or anything else that is used by its own name.
    pub fn word(&mut self, word: &str) {
        if word.len() > 1 {
            self.words.insert(word.to_lowercase());
        }
    }
}

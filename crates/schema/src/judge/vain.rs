//! What was looked for in vain: safe where the same search finds what is certainly there, a
//! question where it does not.

use super::super::checks;
use super::super::control::Rate;
use super::super::operation::OperationKind;
use super::super::step::Name;
use super::judgement::{JudgeInput, OperationJudgement};
use model::RollbackEffect;

impl JudgeInput<'_> {
    /// A table, or something on it, for which no use of the table was found.
    pub fn vain_table(&self, kind: OperationKind, table: &Name) -> OperationJudgement {
        let named = table.to_string();
        if let Some(place) = self.libraries.owner(table) {
            let why = format!(
                "{} depends on {}, to which the table {named} belongs by its name",
                self.previous, place.0
            );
            return self.open(kind, &why, &named).used(vec![place.1]);
        }
        self.vain(
            kind,
            &named,
            &table.name,
            "tables of this schema",
            self.tables(),
        )
    }

    /// A column for which no use beside its table was found.
    pub fn vain_column(
        &self,
        kind: OperationKind,
        table: &Name,
        column: &str,
    ) -> OperationJudgement {
        if let Some(place) = self.usage.ignored(table, column, self.models) {
            return OperationJudgement::safe(
                kind,
                format!(
                    "the model of {} says itself that it leaves {table}.{column} out",
                    self.previous
                ),
            )
            .used(vec![place]);
        }
        if !self.usage.has_table(table, self.models) && !self.usage.not_searchable(column) {
            return self.vain_table(kind, table);
        }
        let rate = *self
            .control
            .columns
            .get_or_init(|| self.control.group.columns_found(self.usage, self.models));
        self.vain(
            kind,
            &format!("{table}.{column}"),
            column,
            "columns of tables of this schema",
            rate,
        )
    }

    /// A view, routine, type, sequence or schema. Its names are looked for as those of tables are.
    pub fn vain_word(&self, kind: OperationKind, what: &str, name: &str) -> OperationJudgement {
        self.vain(
            kind,
            &format!("the {what} {name}"),
            name,
            "tables of this schema",
            self.tables(),
        )
    }

    fn tables(&self) -> Rate {
        *self
            .control
            .tables
            .get_or_init(|| self.control.group.tables_found(self.usage, self.models))
    }

    fn vain(
        &self,
        kind: OperationKind,
        named: &str,
        word: &str,
        group: &str,
        rate: Rate,
    ) -> OperationJudgement {
        let Rate { found, of } = rate;
        let previous = self.previous;
        if !self.usage.has_code {
            return self.open(
                kind,
                &format!("this repository holds no program text in which {named} could be found"),
                named,
            );
        }
        if self.usage.not_searchable(word) {
            return self.open(
                kind,
                &format!("the name of {named} is too short or too common to be searched for"),
                named,
            );
        }
        if let Some(first) = self.usage.unread().first() {
            let more = self.usage.unread().len() - 1;
            let more = match more {
                0 => String::new(),
                1 => ", and 1 more file could not be searched".to_owned(),
                more => format!(", and {more} more files could not be searched"),
            };
            return self.open(kind, &format!("{named} is not found in the code of {previous} as far as it can be searched: {first}{more}"), named);
        }
        if rate.tells() {
            return OperationJudgement::safe(
                kind,
                format!(
                    "{found} of {of} {group} are found in the code of {previous}; {named} is not among them"
                ),
            );
        }
        let why = if of == 0 {
            format!(
                "{named} is not found in the code of {previous}. Nothing else is there to search for, so nobody knows whether such a search would find it"
            )
        } else {
            format!(
                "{named} is not found in the code of {previous}. Only {found} of {of} other {group} are found there, which is too few to rely on the search"
            )
        };
        self.open(kind, &why, named)
    }

    fn open(&self, kind: OperationKind, why: &str, named: &str) -> OperationJudgement {
        OperationJudgement::new(
            kind,
            RollbackEffect::Doubt,
            format!(
                "{why}. Does anything that runs with {} still use {named}?",
                self.previous
            ),
        )
        .check(&checks::NOT_FOUND_IN_CODE)
    }
}

//! What was looked for in vain: safe where the same search finds what is certainly there, a
//! question where it does not.

use super::super::checks;
use super::super::control::Rate;
use super::super::derived_kind::{find_derived_kind, find_table_of_history, split_joined_name};
use super::super::operation::OperationKind;
use super::super::step::Name;
use super::judgement::{JudgeInput, OperationJudgement};
use model::RollbackEffect;

/// In the reason of what is left behind by a search that finds what is certainly there.
pub const SEARCHED: &str = "are found in the code of";

/// Most tables that are asked whether a class stands for them.
const MAPPED: usize = 40;

/// What was looked for in vain.
#[derive(Clone, Copy)]
struct SoughtName<'a> {
    /// As a sentence names it.
    named: &'a str,
    /// The name itself.
    word: &'a str,
    /// The table of a column.
    table: Option<&'a Name>,
    /// Its name may be made by an object mapper, and the group is of such names.
    made: bool,
}

impl JudgeInput<'_> {
    /// A table, or something on it, for which no use of the table was found.
    pub fn vain_table(&self, kind: OperationKind, table: &Name) -> OperationJudgement {
        let named = table.to_string();
        // `oban_jobs` stands in no statement of the program: the library writes them
        if let Some(place) = self.libraries.owner(table) {
            let why = format!(
                "{} depends on {}, to which the table {named} belongs by its name",
                self.previous, place.0
            );
            return self.open(kind, &why, &named).used(vec![place.1]);
        }
        // `posts_tags` is written out nowhere where a mapper makes it, so other such names are the
        // group
        let made = self.is_made_of_others(table) && self.maps_tables();
        let (group, rate) = if made {
            let alike = |other: &Name| self.is_made_of_others(other);
            let group = self.control.group;
            (
                "tables with names that are made of those of others",
                group.tables_found_alike(self.usage, self.models, &alike),
            )
        } else {
            ("tables of this schema", self.tables())
        };
        let sought = SoughtName {
            named: &named,
            word: &table.name,
            table: None,
            made,
        };
        self.vain(kind, sought, group, rate)
    }

    /// The name is made of those of two tables, or says that the table keeps the history of one.
    fn is_made_of_others(&self, table: &Name) -> bool {
        let joined = split_joined_name(&table.name)
            .iter()
            .any(|(left, right)| self.is_known_table(left) && self.is_known_table(right));
        // `orders_audit` is made by what keeps the history of `orders`
        joined || find_table_of_history(&table.name).is_some_and(|base| self.is_known_table(&base))
    }

    /// Classes of old code stand for tables of the schema.
    fn maps_tables(&self) -> bool {
        *self.control.mapped.get_or_init(|| {
            let mut tables = self.control.group.tables.iter().take(MAPPED);
            tables.any(|table| self.usage.is_mapped(table, self.models))
        })
    }

    /// A column for which no use beside its table was found.
    pub fn vain_column(
        &self,
        kind: OperationKind,
        table: &Name,
        column: &str,
    ) -> OperationJudgement {
        // `self.ignored_columns` is the author's own word that the column is left out
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
        // where the table is not found either, the question is about the table
        if !self.usage.has_table(table, self.models) && !self.usage.not_searchable(column) {
            return self.vain_table(kind, table);
        }
        // what a class makes is held against what classes make
        // held against ordinary names, four in ten made names read as unused though they were not
        let made = find_derived_kind(column).filter(|_| self.usage.is_mapped(table, self.models));
        let known = self.control.columns.borrow().get(&made).copied();
        let rate = known.unwrap_or_else(|| {
            let group = self.control.group;
            let rate = group.columns_found(self.usage, self.models, made);
            self.control.columns.borrow_mut().insert(made, rate);
            rate
        });
        let group = made.map_or_else(
            || "columns of tables of this schema".to_owned(),
            |made| format!("{} in tables of this schema", made.describe()),
        );
        let sought = SoughtName {
            named: &format!("{table}.{column}"),
            word: column,
            table: Some(table),
            made: made.is_some(),
        };
        self.vain(kind, sought, &group, rate)
    }

    /// A view, routine, type, sequence or schema. Its names are looked for as those of tables are.
    pub fn vain_word(&self, kind: OperationKind, what: &str, name: &str) -> OperationJudgement {
        let sought = SoughtName {
            named: &format!("the {what} {name}"),
            word: name,
            table: None,
            made: false,
        };
        self.vain(kind, sought, "tables of this schema", self.tables())
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
        sought: SoughtName<'_>,
        group: &str,
        rate: Rate,
    ) -> OperationJudgement {
        let Rate { found, of } = rate;
        let SoughtName {
            named,
            word,
            table,
            made,
        } = sought;
        let previous = self.previous;
        // documentation and settings alone hold no use of a table
        if !self.usage.has_code {
            return self.open(
                kind,
                &format!("this repository holds no program text in which {named} could be found"),
                named,
            );
        }
        // `id` or `type` is found everywhere, which tells nothing
        if self.usage.not_searchable(word) {
            return self.open(
                kind,
                &format!("the name of {named} is too short or too common to be searched for"),
                named,
            );
        }
        // a search that left files out cannot say that something is nowhere
        if let Some(first) = self.usage.unread().first() {
            let more = self.usage.unread().len() - 1;
            let more = match more {
                0 => String::new(),
                1 => ", and 1 more file could not be searched".to_owned(),
                more => format!(", and {more} more files could not be searched"),
            };
            return self.open(kind, &format!("{named} is not found in the code of {previous} as far as it can be searched: {first}{more}"), named);
        }
        // `"title_" + lang` writes a column that no search for the whole name finds
        if let Some((part, place)) = self.usage.put_together(word, table) {
            let at = match (&place.path, place.line) {
                (Some(path), Some(line)) => format!("{path}:{line}"),
                _ => "a place".to_owned(),
            };
            let why = format!(
                "{named} is not written out in the code of {previous}, but {at} puts a name together of which {part} is a part"
            );
            return self.open(kind, &why, named).used(vec![place]);
        }
        // beyond the bound the parts were not looked for, so *not found* would claim too much
        if self.usage.leaves_parts_out() {
            let why = format!(
                "{named} is not found in the code of {previous}; the range has more names than are looked for part by part, so it may be put together there"
            );
            return self.open(kind, &why, named);
        }
        // the search finds at least 60 of 100 names that are certainly used, so it would have found
        // this one
        if rate.tells() {
            return OperationJudgement::safe(
                kind,
                format!("{found} of {of} {group} {SEARCHED} {previous}; {named} is not among them"),
            );
        }
        let why = if of == 0 && made {
            format!(
                "{named} is not found in the code of {previous}. A library or an object mapper may make its name, and no other {group} are there to search for, so nobody knows whether such a search would find it"
            )
        } else if of == 0 {
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

//! Columns whose type changes.

use super::super::checks;
use super::super::compatibility;
use super::super::enumeration::read_enum_members;
use super::super::operation::OperationKind as K;
use super::super::question;
use super::super::step::Column;
use super::column::JudgedColumn;
use super::compare::{TypeChange, compare_types};
use super::judgement::OperationJudgement;
use crate::client::read_time_precision;
use model::{Evidence, RollbackEffect};

impl JudgedColumn<'_, '_> {
    pub(super) fn retyped(
        &self,
        old: Option<String>,
        to: &str,
        end: &Column,
    ) -> OperationJudgement {
        let (case, table, name) = (self.case, self.table, self.name);
        let Some(old) = old else {
            return self.new_column();
        };
        let mut used = case.uses_column(table, &old);
        if used.is_empty() {
            // Rows that are written by place hold it as well.
            used = case.usage.inserts_without_columns(table);
        }
        let before = case
            .old_column(self.touched)
            .map(|state| state.column.data_type.clone())
            .unwrap_or_default();
        // a later step may have changed the type again; old code meets the last one
        let now = if end.data_type.is_empty() {
            to
        } else {
            &end.data_type
        };
        let alike = match compare_types(&before, now, case.dialect) {
            // a wider text hurts nobody who is not found; a narrower one may hurt a writer who is
            // not found
            TypeChange::Same | TypeChange::Wider => true,
            TypeChange::WiderInteger => case.client.width.is_none(),
            _ => false,
        };
        let alike = alike && !self.notices(&before, now);
        if used.is_empty()
            && (!alike || to.contains(" COLLATE ") || read_enum_members(now).is_some())
        {
            return self.unused();
        }
        // a collation changes which texts are equal, whatever the type
        if let Some((_, collation)) = to.split_once(" COLLATE ") {
            return OperationJudgement::new(
                K::Collation,
                RollbackEffect::Doubt,
                format!("texts in {table}.{name} compare and sort as {collation} says"),
            )
            .used(used)
            .check(&checks::COLLATION_CHANGED);
        }
        let back = case.old_column(self.touched).and_then(|state| {
            let end = Column {
                name: end.name.clone(),
                ..state.column.clone()
            };
            compatibility::set_type(case.dialect, self.on(), &end)
        });
        // an enumeration within the column is compared by its members, not by its length
        if let (Some(known), Some(members)) = (read_enum_members(&before), read_enum_members(now)) {
            return self
                .members_changed(&known, &members, &end.name)
                .used(used)
                .step(back);
        }
        // before the type itself: a program that does not start makes no statement
        if let Some(verdict) = self.held_against_mappings(&before, now, &used) {
            return verdict;
        }
        if let Some(why) = self
            .reads_no_fractions(&before, now)
            .filter(|_| !used.is_empty())
        {
            return OperationJudgement::new(K::ChangeType, RollbackEffect::Doubt, why)
                .used(used)
                .step(back)
                .check(&checks::TYPE_CHANGED);
        }
        self.judge_other_type(&before, now, used, back)
    }

    /// `back` is the statement that puts the old type back.
    fn judge_other_type(
        &self,
        before: &str,
        now: &str,
        used: Vec<Evidence>,
        back: Option<String>,
    ) -> OperationJudgement {
        let (case, table, name) = (self.case, self.table, self.name);
        let make =
            |kind, effect, why: String| OperationJudgement::new(kind, effect, why).used(used);
        // values that current stored and that the old type would not hold
        let ask = || question::ask_unfit_values(case.dialect, table, name, before);
        let wider = || {
            OperationJudgement::safe(
                K::WidenType,
                format!("{table}.{name} takes everything it took before ({before} to {now})"),
            )
            .ask(ask())
        };
        // the comparison is by what the old type took, since old code writes that
        match compare_types(before, now, case.dialect) {
            TypeChange::Same => self.safe(format!("{table}.{name} keeps its type ({now})")),
            TypeChange::Wider => wider(),
            TypeChange::WiderInteger => match self.width_reader(now) {
                Some(client) => make(
                    K::WidenType,
                    RollbackEffect::Doubt,
                    format!("{table}.{name} grows from {before} to {now}, and {client}"),
                )
                .ask(ask())
                .check(&checks::TYPE_CHANGED),
                None => wider(),
            },
            // who writes is not found: the smaller type refuses somebody else at most
            TypeChange::Narrower if case.usage.never_written(table, case.models) => make(
                K::NarrowType,
                RollbackEffect::Doubt,
                format!(
                    "{table}.{name} shrinks from {before} to {now}; {} reads {table}, and who writes it is not found in its code",
                    case.previous
                ),
            )
            .step(back)
            .check(&checks::TYPE_NARROWED),
            TypeChange::Narrower => make(
                K::NarrowType,
                RollbackEffect::BreaksWrites,
                format!(
                    "{table}.{name} shrinks from {before} to {now}: values that {} writes may be refused",
                    case.previous
                ),
            )
            .step(back)
            .check(&checks::TYPE_NARROWED),
            TypeChange::Incompatible => make(
                K::ChangeType,
                RollbackEffect::BreaksReads,
                format!(
                    "{table}.{name} changes from {before} to {now}: statements of {} do not fit",
                    case.previous
                ),
            )
            .step(back)
            .check(&checks::TYPE_CHANGED),
            // drivers differ: some convert, some refuse another kind
            TypeChange::Other => make(
                K::ChangeType,
                RollbackEffect::Doubt,
                format!(
                    "{table}.{name} changes from {before} to {now}: whether values of {} fit depends on its driver",
                    case.previous
                ),
            )
            .check(&checks::TYPE_CHANGED),
            TypeChange::Unknown => make(
                K::ChangeType,
                RollbackEffect::Doubt,
                format!("{table}.{name} becomes {now}, and its old type is not known"),
            )
            .check(&checks::TYPE_CHANGED),
        }
    }

    /// Why the client notices that an integer grew.
    fn width_reader(&self, now: &str) -> Option<&'static str> {
        let client = &self.case.client;
        let lower = now.to_lowercase();
        let eight = ["bigint", "int8", "bigserial"]
            .iter()
            .any(|word| lower.starts_with(word));
        // JavaScript gets four bytes as a number and eight as a text
        client.width.filter(|_| eight || !client.only_eight_bytes)
    }

    /// The client notices a change that keeps every value.
    fn notices(&self, before: &str, now: &str) -> bool {
        self.reads_no_fractions(before, now).is_some()
            || (self.case.client.validates.is_some() && has_another_type_code(before, now))
    }

    fn reads_no_fractions(&self, before: &str, now: &str) -> Option<String> {
        let (case, table, name) = (self.case, self.table, self.name);
        let client = case.client.fractions?;
        let (was, is) = (
            read_time_precision(before, case.dialect)?,
            read_time_precision(now, case.dialect)?,
        );
        // only the step from whole seconds to fractions changes the text that a program gets
        (was == 0 && is > 0).then(|| {
            format!(
                "{table}.{name} keeps fractions of a second now ({before} to {now}), and {client}"
            )
        })
    }

    /// The program holds its mappings against the schema when it starts, and the type is another.
    fn held_against_mappings(
        &self,
        before: &str,
        now: &str,
        used: &[Evidence],
    ) -> Option<OperationJudgement> {
        let (case, table, name) = (self.case, self.table, self.name);
        let place = case.client.validates.as_ref()?;
        // Hibernate holds classes against the schema, and those are Java and Kotlin
        let mapped = used.iter().any(|place| {
            place
                .path
                .as_ref()
                .map(model::Untrusted::as_raw)
                .is_some_and(|path| path.ends_with(".java") || path.ends_with(".kt"))
        });
        (mapped && has_another_type_code(before, now)).then(|| {
            let mut used = used.to_vec();
            used.insert(0, place.clone());
            let why = format!(
                "{} holds its mappings against the schema when it starts ({}), and {table}.{name} is {now} instead of {before}: it does not start",
                case.previous,
                place.excerpt.as_ref().map(model::Untrusted::as_raw).unwrap_or("validate")
            );
            OperationJudgement::new(K::ChangeType, RollbackEffect::BreaksReads, why)
                .used(used)
                .check(&checks::TYPE_CHANGED)
        })
    }

    /// An enumeration that is part of the column (MySQL): what was added may not be readable, what
    /// was removed cannot be written.
    fn members_changed(&self, known: &[String], now: &[String], name: &str) -> OperationJudgement {
        let (case, table) = (self.case, self.table);
        let missing = |from: &[String], other: &[String]| {
            from.iter()
                .filter(|value| !other.contains(value))
                .cloned()
                .collect::<Vec<_>>()
        };
        let (gone, added) = (missing(known, now), missing(now, known));
        // MySQL compares members as it compares texts, nearly always without their case: the value
        // is taken as before and shown in the new spelling
        let spelled = |value: &String| {
            let lower = value.to_lowercase();
            now.iter().any(|other| other.to_lowercase() == lower)
        };
        if !gone.is_empty() && gone.iter().all(spelled) {
            let why = format!(
                "{table}.{name} spells {} with other capital letters, and {} reads it so",
                gone.join(", "),
                case.previous
            );
            return OperationJudgement::new(K::ChangeType, RollbackEffect::Doubt, why)
                .check(&checks::ENUM_CHANGED);
        }
        // a value that is taken away is refused at once; added ones only come by current
        if !gone.is_empty() {
            let why = format!(
                "{table}.{name} no longer takes {}, which {} may write",
                gone.join(", "),
                case.previous
            );
            return OperationJudgement::new(K::ChangeType, RollbackEffect::BreaksWrites, why)
                .check(&checks::ENUM_CHANGED);
        }
        // MySQL sorts an enumeration by the number of its members
        if added.is_empty() && known != now {
            let why = format!(
                "{table}.{name} holds the same values in another order: it sorts them differently, and their numbers change"
            );
            return OperationJudgement::new(K::ChangeType, RollbackEffect::Doubt, why)
                .check(&checks::ENUM_CHANGED);
        }
        if added.is_empty() {
            return self.safe(format!("{table}.{name} keeps its values"));
        }
        OperationJudgement::new(
            K::AddEnumValue,
            RollbackEffect::Doubt,
            format!(
                "rows may hold {}, which {} may not be able to read",
                added.join(", "),
                case.previous
            ),
        )
        .ask(question::with_values(case.dialect, table, name, &added))
        .check(&checks::ENUM_CHANGED)
    }
}

/// Hibernate compares the code of the type and not its length: `varchar(20)` and `varchar(40)` are
/// one, `integer` and `bigint` are not.
fn has_another_type_code(before: &str, now: &str) -> bool {
    let code = |text: &str| {
        let lower = text.to_lowercase();
        let word = lower
            .split(|c: char| !c.is_alphanumeric() && c != '_')
            .next()
            .unwrap_or_default()
            .to_owned();
        // codes of JDBC, to which Hibernate maps these words
        match word.as_str() {
            "int" | "int4" | "serial" | "mediumint" => "integer".to_owned(),
            "int8" | "bigserial" => "bigint".to_owned(),
            "int2" | "smallserial" => "smallint".to_owned(),
            "character" | "varchar2" => "varchar".to_owned(),
            "decimal" => "numeric".to_owned(),
            _ => word,
        }
    };
    !before.is_empty() && !now.is_empty() && code(before) != code(now)
}

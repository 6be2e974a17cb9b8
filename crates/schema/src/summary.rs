//! The outcome as the catalogue's facts want it: one value, one sentence and its places a key.

use model::{CheckDeclaration, fact_key};
use std::collections::BTreeSet;

use super::checks;
use super::operation::OperationKind as K;
use coverage::DatabaseOutcome;
use model::{
    Dialect, DownKind, DownState, Evidence, Finding, Framework, Migration, Operation,
    RollbackEffect, Severity, operation_title,
};

/// Most queries that are given for what only production knows.
const QUERIES: usize = 12;

/// One fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SummaryFact {
    /// Key of the catalogue.
    pub key: &'static str,
    /// One of the words of its domain, or `unknown`.
    pub value: &'static str,
    /// One short sentence.
    pub source: String,
    /// Places that show it; for `database.compatibility_step` the SQL statements in order, for
    /// `database.new_form_rows` the queries.
    pub evidence: Vec<Evidence>,
    /// Whether it can be relied on; a value that only a rehearsal would show is not.
    pub sure: bool,
}

/// All facts that the database checks settle. A key that does not apply is absent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DatabaseSummary {
    /// In the catalogue's order.
    pub facts: Vec<SummaryFact>,
}

impl DatabaseSummary {
    /// The fact of a key.
    pub fn get(&self, key: &str) -> Option<&SummaryFact> {
        self.facts.iter().find(|fact| fact.key == key)
    }
}

/// Sums an outcome up. Migrations for databases that are not live (`database.dialects` of
/// `backout.yaml`) do not count.
pub fn summarize_database(outcome: &DatabaseOutcome) -> DatabaseSummary {
    let live = |migration: &&Migration| {
        outcome.dialects.is_empty()
            // a dialect that is not known may be the live one
            || migration.dialect == Dialect::Unknown
            || outcome
                .dialects
                .iter()
                .any(|live| migration.dialect == *live)
    };
    let runs: Vec<&Migration> = outcome
        .migrations
        .iter()
        .filter(live)
        // what waits or was left alone changed nothing
        .filter(|migration| migration.runs())
        .collect();
    let mut facts = vec![summarize_schema_change(&runs), old_code(&runs)];
    facts.extend(compatibility_step(&runs));
    if let Some(applied) = &outcome.applied {
        let ran = |key, value| {
            make_summary_fact(key, value, applied.says.clone(), applied.evidence.clone())
        };
        facts.push(ran(fact_key::RANGE_APPLIED, applied.word));
        // what rests on no migration having run says so
        if applied.word == "none" && runs.is_empty() {
            for fact in &mut facts {
                fact.source.clone_from(&applied.says);
                fact.evidence.clone_from(&applied.evidence);
            }
        }
    }
    let of = |check: &'static CheckDeclaration| {
        outcome
            .findings
            .iter()
            .find(|finding| finding.check == check.doc.id)
    };
    facts.push(from_finding(
        fact_key::DATABASE_VIEWS_ON_NEW,
        of(&checks::OLD_OBJECT_USES_NEW_TABLE),
        |_| "yes",
        "no view, routine or trigger of the old release uses a new table",
    ));
    facts.push(start_gate(outcome, &runs, of(&checks::START_GATE)));
    facts.push(data_migrated(&runs, &outcome.rewritten_by_program));
    facts.extend(to_count(&runs));
    // where one tool's gate asks for the way down only its own migrations have to go
    facts.extend(summarize_downs(&of_the_gate(&runs, outcome.gate_tool)));
    DatabaseSummary { facts }
}

fn make_summary_fact(
    key: &'static str,
    value: &'static str,
    source: impl Into<String>,
    evidence: Vec<Evidence>,
) -> SummaryFact {
    SummaryFact {
        key,
        value,
        source: source.into(),
        evidence,
        sure: true,
    }
}

fn from_finding(
    key: &'static str,
    finding: Option<&Finding>,
    value: impl Fn(&Finding) -> &'static str,
    otherwise: &str,
) -> SummaryFact {
    match finding {
        Some(finding) => make_summary_fact(
            key,
            value(finding),
            finding.says.to_string(),
            finding.evidence.clone(),
        ),
        None => make_summary_fact(key, "no", otherwise, Vec::new()),
    }
}

/// *No* needs a tool whose habit is known, and no comparison with the stored version that was not
/// understood.
fn start_gate(
    outcome: &DatabaseOutcome,
    runs: &[&Migration],
    gate: Option<&Finding>,
) -> SummaryFact {
    let key = fact_key::DATABASE_START_GATE;
    if gate.is_none() {
        // a comparison that nobody understood may stop the start, so *no* would be a guess
        if let Some(entry) = &outcome.start_not_understood {
            return make_summary_fact(
                key,
                "unknown",
                format!("{}: {}", entry.what, entry.why),
                Vec::new(),
            );
        }
        if let Some(why) = outcome
            .start_not_known
            .as_ref()
            // without a migration of the range no tool meets a version that it does not know
            .filter(|_| !runs.is_empty())
        {
            return make_summary_fact(key, "unknown", why.clone(), Vec::new());
        }
    }
    from_finding(
        key,
        gate,
        |finding| {
            match finding.severity {
                Severity::Blocks => "yes",
                // what is live is below what it refuses
                Severity::Notes => "no",
                _ => "likely",
            }
        },
        "nothing was found that stops the old release when it starts",
    )
}

/// Where one tool's gate asks for the way down, its own downs count, as long as no other database
/// of the range breaks old code.
fn of_the_gate<'m>(runs: &[&'m Migration], tool: Option<Framework>) -> Vec<&'m Migration> {
    let own = |migration: &&&Migration| tool.is_some_and(|tool| migration.framework == tool);
    let breaks = |migration: &&Migration| {
        matches!(
            migration.rollback,
            RollbackEffect::BreaksReads | RollbackEffect::BreaksWrites
        )
    };
    let (gated, others): (Vec<&&Migration>, Vec<&&Migration>) = runs.iter().partition(own);
    // going down with one tool mends nothing where another database breaks old code
    if gated.is_empty() || others.into_iter().any(breaks) {
        runs.to_vec()
    } else {
        gated.into_iter().copied().collect()
    }
}

fn make_operation_evidence(migration: &Migration, operation: &Operation) -> Evidence {
    Evidence::at(migration.file.as_str(), operation.line)
}

fn list_operations<'a>(
    runs: &'a [&'a Migration],
) -> impl Iterator<Item = (&'a Migration, &'a Operation)> {
    runs.iter().flat_map(|migration| {
        migration
            .operations
            .iter()
            .map(move |operation| (*migration, operation))
    })
}

/// How far the schema moved: 4 destructive, 3 changed, 2 additive, 1 tweak, 0 nothing.
fn rank_operation(operation: &Operation) -> u8 {
    let Some(kind) = operation.kind.known() else {
        // a kind of a newer program: nothing is known, so it counts as a change
        return 3;
    };
    match kind {
        K::Nothing | K::StateOnly | K::Comment => 0,
        K::CreateIndex
        | K::DropIndex
        | K::RenameIndex
        | K::CreateView
        | K::ReplaceView
        | K::RefreshView
        | K::CreateRoutine
        | K::ReplaceRoutine
        | K::TableOption
        | K::ColumnOption
        | K::ValidateConstraint
        | K::Grant => 1,
        // additions by their words, and old code still meets them in its writes
        K::AddRequiredColumn | K::AddUnique | K::AddCheck | K::AddForeignKey | K::AddPrimaryKey => {
            3
        }
        K::Backfill | K::InsertRows => 2,
        kind if kind.is_addition() || kind.is_creation() => 2,
        K::DropTable
        | K::ReplaceTable
        | K::DropColumn
        | K::Truncate
        | K::DropPartition
        | K::DeleteRows
        | K::NarrowType
        | K::DropSchema
            // dropping what old code does not use destroys nothing for it
            if operation.rollback != RollbackEffect::Safe =>
        {
            4
        }
        _ => 3,
    }
}

fn summarize_schema_change(runs: &[&Migration]) -> SummaryFact {
    let worst = list_operations(runs).max_by_key(|(_, operation)| rank_operation(operation));
    let Some((migration, operation)) = worst.filter(|(_, operation)| rank_operation(operation) > 0)
    else {
        return make_summary_fact(
            fact_key::DATABASE_SCHEMA,
            "none",
            "no migration in this range changes the schema",
            Vec::new(),
        );
    };
    let value = ["none", "tweak", "additive", "changed", "destructive"]
        [usize::from(rank_operation(operation)).min(4)];
    make_summary_fact(
        fact_key::DATABASE_SCHEMA,
        value,
        describe_change(operation),
        vec![make_operation_evidence(migration, operation)],
    )
}

/// What an operation does, in words of SQL: `drop column of jars.note`. One that was not taken apart
/// is said to be that, because its place stands beside the sentence.
fn describe_change(operation: &Operation) -> String {
    if operation.kind == K::Unknown {
        return "a step of a migration that was not understood".to_owned();
    }
    let title = operation_title(&operation.kind);
    if operation.object.is_empty() {
        title
    } else {
        format!("{title} of {}", operation.object)
    }
}

fn old_code(runs: &[&Migration]) -> SummaryFact {
    let worst = list_operations(runs)
        // of equal effects the one with a place in old code explains more
        .max_by_key(|(_, operation)| (operation.rollback, !operation.used_by.is_empty()));
    let Some((migration, operation)) =
        worst.filter(|(_, operation)| operation.rollback != RollbackEffect::Safe)
    else {
        let why = if runs.is_empty() {
            "no migration in this range"
        } else {
            "old code works with every change of every migration"
        };
        return make_summary_fact(fact_key::DATABASE_OLD_CODE, "safe", why, Vec::new());
    };
    let value = match operation.rollback {
        RollbackEffect::Safe => "safe",
        RollbackEffect::Doubt => "doubt",
        RollbackEffect::DataChanged => "data-changed",
        RollbackEffect::BreaksWrites => "breaks-writes",
        RollbackEffect::BreaksReads => "breaks-reads",
    };
    let evidence = std::iter::once(make_operation_evidence(migration, operation))
        .chain(operation.used_by.iter().cloned())
        .collect();
    make_summary_fact(
        fact_key::DATABASE_OLD_CODE,
        value,
        operation.why.clone(),
        evidence,
    )
}

fn compatibility_step(runs: &[&Migration]) -> Option<SummaryFact> {
    let at_least = |effect: RollbackEffect| {
        list_operations(runs)
            .filter(move |(_, operation)| operation.rollback >= effect)
            .collect::<Vec<_>>()
    };
    let breaking = at_least(RollbackEffect::BreaksWrites);
    let doubtful: Vec<_> = list_operations(runs)
        .filter(|(_, operation)| operation.rollback == RollbackEffect::Doubt)
        .collect();
    // where something breaks its steps decide; doubts are mended along
    let decisive: Vec<(&Migration, &Operation)> = if breaking.is_empty() {
        doubtful.clone()
    } else {
        breaking.clone()
    };
    let (_, first) = decisive.first()?;
    if let Some((migration, without)) = decisive
        .iter()
        .find(|(_, operation)| operation.compatibility_step.is_none())
    {
        // Of a doubt a person may know more.
        let none = || {
            make_summary_fact(
                fact_key::DATABASE_COMPATIBILITY_STEP,
                "none",
                format!("no small step makes {} usable again", without.object),
                vec![make_operation_evidence(migration, without)],
            )
        };
        return (!breaking.is_empty()).then(none);
    }
    let mut evidence: Vec<Evidence> = Vec::new();
    let mut steps: Vec<(&Migration, &Operation)> =
        breaking.iter().copied().chain(doubtful).collect();
    // Columns are mended under the name that a table has now; what gives it the old one again comes
    // last.
    steps.sort_by_key(|(_, operation)| operation.kind.is_one_of(&[K::RenameTable, K::MoveTable]));
    for (migration, operation) in steps
        .into_iter()
        .filter(|(_, operation)| operation.compatibility_step.is_some())
    {
        let step = operation.compatibility_step.as_deref().unwrap_or_default();
        let place = make_operation_evidence(migration, operation).with_statement(step);
        if !evidence.iter().any(|other| other.excerpt == place.excerpt) {
            evidence.push(place);
        }
    }
    Some(make_summary_fact(
        fact_key::DATABASE_COMPATIBILITY_STEP,
        "exists",
        format!(
            "{} old code work on {}",
            if evidence.len() == 1 {
                "one statement makes"
            } else {
                "a few statements make"
            },
            first.object
        ),
        evidence,
    ))
}

fn data_migrated(runs: &[&Migration], by_program: &[Evidence]) -> SummaryFact {
    // filling what is new in the range rewrites nothing that was stored
    let rewritten = list_operations(runs).find(|(_, operation)| {
        operation.rollback == RollbackEffect::DataChanged
            || operation.kind == K::UpdateRows && operation.rollback > RollbackEffect::DataChanged
    });
    // what a program does to rows was not read, and so *no* is not known either
    let unread = list_operations(runs).find(|(_, operation)| {
        operation.kind == K::HostCode && operation.rollback == RollbackEffect::Doubt
    });
    if let Some((migration, operation)) = unread.filter(|_| rewritten.is_none()) {
        return make_summary_fact(
            fact_key::DATABASE_DATA_MIGRATED,
            "unknown",
            operation.why.clone(),
            vec![make_operation_evidence(migration, operation)],
        );
    }
    match rewritten {
        Some((migration, operation)) => make_summary_fact(
            fact_key::DATABASE_DATA_MIGRATED,
            "yes",
            operation.why.clone(),
            vec![make_operation_evidence(migration, operation)],
        ),
        // program text alone never proves that it ran, and *no* would be wrong if it did
        None if !by_program.is_empty() => make_summary_fact(
            fact_key::DATABASE_DATA_MIGRATED,
            "unknown",
            "new program text rewrites rows outside any migration, and when it runs is not known",
            by_program.to_vec(),
        ),
        // a no that rests on the migrations only, which the sentence says
        None => make_summary_fact(
            fact_key::DATABASE_DATA_MIGRATED,
            "no",
            "no migration of this range rewrites rows",
            Vec::new(),
        ),
    }
}

/// Operations whose query counts rows in a form that old code does not know.
pub(crate) fn can_tell_new_form<'m>(runs: &[&'m Migration]) -> Vec<(&'m Migration, &'m Operation)> {
    // a column filled by the range has values in all rows, so counting them tells nothing of
    // current's use
    let filled: BTreeSet<&str> = list_operations(runs)
        .filter(|(_, operation)| operation.kind == K::Backfill)
        .map(|(_, operation)| operation.object.as_str())
        .collect();
    let tells = |operation: &Operation| {
        operation.rollback != RollbackEffect::Safe
            || operation
                .kind
                // a new table or column holds rows of the new form as soon as current writes there
                .known()
                .is_some_and(|kind| kind == K::CreateTable || kind.is_addition())
    };
    runs.iter()
        .flat_map(|migration| {
            let operations = migration.operations.iter();
            operations.map(move |operation| (*migration, operation))
        })
        .filter(|(_, operation)| operation.query.is_some() && tells(operation))
        // Of a column that the migration fills itself every row says something.
        .filter(|(_, operation)| {
            operation.rollback != RollbackEffect::Safe
                || !operation
                    .object
                    .rsplit_once('.')
                    .is_some_and(|(table, _)| filled.contains(table))
        })
        .collect()
}

/// What only production knows: queries that count what old code could not read, first where it is
/// in doubt, then in what is new.
fn to_count(runs: &[&Migration]) -> Option<SummaryFact> {
    let mut found = can_tell_new_form(runs);
    // the worst first, since only some queries are shown
    found.sort_by_key(|(_, operation)| std::cmp::Reverse(operation.rollback));
    let mut evidence: Vec<Evidence> = Vec::new();
    for (migration, operation) in found {
        let query = operation.query.as_deref().unwrap_or_default();
        let place = make_operation_evidence(migration, operation).with_query(query);
        if evidence.len() < QUERIES && !evidence.iter().any(|other| other.excerpt == place.excerpt)
        {
            evidence.push(place);
        }
    }
    (!evidence.is_empty()).then(|| {
        let source = if evidence.len() == 1 {
            "a query counts them".to_owned()
        } else {
            format!("{} queries count them", evidence.len())
        };
        make_summary_fact(
            fact_key::DATABASE_NEW_FORM_ROWS,
            "unknown",
            source,
            evidence,
        )
    })
}

fn summarize_downs(runs: &[&Migration]) -> Vec<SummaryFact> {
    let counted: Vec<&&Migration> = runs
        .iter()
        // a migration that does nothing needs no way down
        .filter(|migration| !migration.operations.is_empty())
        .collect();
    if counted.is_empty() {
        return Vec::new();
    }
    // the order is that of harm: a down that destroys is worse than one that stops
    let grade = |migration: &Migration| match (migration.down.kind, migration.down.state) {
        (_, Some(DownState::Harmful)) => 0,
        (_, Some(DownState::Failing)) => 1,
        (DownKind::None | DownKind::Irreversible, _) => 2,
        (_, Some(DownState::Incomplete | DownState::Empty)) => 3,
        // Not understood, or told only by the rows that it meets.
        (_, None) if !migration.down.rehearse => 4,
        (_, None) => 5,
        _ => 6,
    };
    let place = |migration: &Migration| {
        Evidence::at(
            migration.down.path.as_deref().unwrap_or(&migration.file),
            migration.down.line.unwrap_or(migration.line),
        )
    };
    let mut out = Vec::new();
    if let Some(worst) = counted.iter().min_by_key(|migration| grade(migration)) {
        let value = [
            "harmful",
            "failing",
            "none",
            "incomplete",
            "unknown",
            "complete",
            "complete",
        ][grade(worst)];
        // a down that only rows decide is complete as far as its text goes, and not sure
        let sure = grade(worst) != 5;
        let why = match &worst.down.why {
            Some(why) if value != "complete" || !sure => format!("{}: {why}", worst.path),
            _ if value == "complete" => {
                "every migration of the range has a down that undoes it".to_owned()
            }
            _ => format!("{} has no usable down", worst.path),
        };
        out.push(SummaryFact {
            sure,
            ..make_summary_fact(fact_key::DATABASE_DOWNS, value, why, vec![place(worst)])
        });
    }
    match counted
        .iter()
        .find(|migration| migration.down.loses_data == Some(true))
    {
        Some(migration) => {
            let why = migration
                .down
                .why
                .clone()
                .unwrap_or_else(|| "its down loses data".to_owned());
            out.push(make_summary_fact(
                fact_key::DATABASE_DOWNS_LOSE_DATA,
                "yes",
                format!("{}: {why}", migration.path),
                vec![place(migration)],
            ));
        }
        // one down of which nobody knows whether it loses keeps the answer open
        None if counted
            .iter()
            .all(|migration| migration.down.loses_data == Some(false)) =>
        {
            out.push(make_summary_fact(
                fact_key::DATABASE_DOWNS_LOSE_DATA,
                "no",
                "no down of the range removes data",
                Vec::new(),
            ))
        }
        None => {}
    }
    out
}

//! Facts about schema and stored data, from the judged migrations.

use super::{PLACES, word};
use crate::model::{Confidence, DownKind, DownState, Effect, Evidence, Fact, Finding, Migration, MigrationChange, Operation, RevertEffect, Severity};

/// All facts of the group.
pub(super) fn facts(migrations: &[Migration], findings: &[Finding], previous: &str) -> Vec<Fact> {
    let present: Vec<&Migration> =
        migrations.iter().filter(|migration| !matches!(migration.change, MigrationChange::Renamed | MigrationChange::Removed)).collect();
    let operations: Vec<(&Migration, &Operation)> =
        present.iter().flat_map(|migration| migration.operations.iter().map(move |operation| (*migration, operation))).collect();
    let mut facts = vec![schema(&present, &operations)];
    let worst = operations.iter().rev().max_by_key(|(_, operation)| operation.rollback);
    let effect = worst.map_or(Effect::Safe, |(_, operation)| operation.rollback);
    let source = match worst {
        None => "no migration changed".to_owned(),
        Some(_) if effect == Effect::Safe => format!("{previous} runs on the new schema as far as its use can be seen"),
        Some((_, operation)) => operation.why.clone(),
    };
    let evidence = worst
        .filter(|_| effect > Effect::Safe)
        .into_iter()
        .flat_map(|(migration, operation)| std::iter::once(Evidence::at(&*migration.file, operation.line)).chain(operation.used_by.iter().cloned()));
    facts.push(Fact::derived("database.old_code", word(effect_word(effect))).with_source(source).with_evidence(evidence.take(PLACES)));
    if effect >= Effect::BreaksWrites {
        facts.push(compatibility(&operations));
    }
    let rewriting: Vec<_> = operations.iter().filter(|(_, operation)| [operation.rollback, operation.alone].contains(&Effect::DataChanged)).collect();
    let migrated = match rewriting.first() {
        Some((_, operation)) => Fact::sensed("database.data_migrated", word("yes")).with_source(format!("{} rewrites rows", operation.object)),
        None => Fact::sensed("database.data_migrated", word("no")).with_source("no migration of the range rewrites rows"),
    };
    facts.push(migrated.with_evidence(rewriting.iter().take(PLACES).map(|(migration, operation)| Evidence::at(&*migration.file, operation.line))));
    if !present.is_empty() {
        facts.extend(downs(&present));
    }
    facts.extend(start_gate(findings, present.is_empty()));
    facts
}

fn effect_word(effect: Effect) -> &'static str {
    match effect {
        Effect::Safe => "safe",
        Effect::Doubt => "doubt",
        Effect::DataChanged => "data-changed",
        Effect::BreaksWrites => "breaks-writes",
        Effect::BreaksReads => "breaks-reads",
    }
}

fn schema(present: &[&Migration], operations: &[(&Migration, &Operation)]) -> Fact {
    let tweak = |kind: &str| ["index", "view", "procedure", "function", "comment", "statistics"].iter().any(|part| kind.contains(part));
    let losing = |operation: &Operation| {
        operation.revert == RevertEffect::Irreversible
            || operation.kind.starts_with("drop-table")
            || operation.kind.starts_with("drop-column")
            || operation.kind.starts_with("truncate")
    };
    let adding = |operation: &Operation| (operation.kind.starts_with("create-") || operation.kind.starts_with("add-")) && operation.rollback == Effect::Safe;
    let first = |test: &dyn Fn(&Operation) -> bool| operations.iter().find(|(_, operation)| test(operation));
    let (value, shown) = if let Some(found) = first(&losing) {
        ("destructive", Some(found))
    } else if operations.is_empty() {
        (if present.is_empty() { "none" } else { "changed" }, None)
    } else if operations.iter().all(|(_, operation)| tweak(&operation.kind)) {
        ("tweak", operations.first())
    } else if let Some(found) = first(&|operation| !adding(operation) && !tweak(&operation.kind)) {
        ("changed", Some(found))
    } else {
        ("additive", operations.first())
    };
    let count = present.len();
    let source = match (count, shown) {
        (0, _) => "no migration changed".to_owned(),
        (_, Some((_, operation))) => format!(
            "{} of {}{}",
            operation.kind.replace('-', " "),
            operation.object,
            if count > 1 { format!(", {count} migrations in all") } else { String::new() }
        ),
        (_, None) => format!("{count} migrations, none of which could be read"),
    };
    let evidence = shown.map(|(migration, operation)| Evidence::at(&*migration.file, operation.line));
    Fact::derived("database.schema", word(value)).with_source(source).with_evidence(evidence)
}

fn compatibility(operations: &[(&Migration, &Operation)]) -> Fact {
    let breaking: Vec<_> = operations.iter().filter(|(_, operation)| operation.rollback >= Effect::BreaksWrites).collect();
    let lacking = breaking.iter().find(|(_, operation)| operation.compatibility_step.is_none());
    match lacking {
        Some((_, operation)) => Fact::derived("database.compatibility_step", word("none")).with_source(format!(
            "no statement makes old code work again after {} of {}",
            operation.kind.replace('-', " "),
            operation.object
        )),
        None => {
            let evidence = breaking.iter().filter_map(|(migration, operation)| {
                Some(Evidence::at(&*migration.file, operation.line).with_excerpt(operation.compatibility_step.as_deref()?))
            });
            Fact::derived("database.compatibility_step", word("exists"))
                .with_source("each break has a statement that makes old code work")
                .with_evidence(evidence)
        }
    }
}

fn downs(present: &[&Migration]) -> Vec<Fact> {
    // in the order of the catalogue, worst first
    let rank = |migration: &&&Migration| match (migration.down.kind, migration.down.state) {
        (_, Some(DownState::Harmful)) => 0,
        (_, Some(DownState::Failing)) | (DownKind::Irreversible, _) => 1,
        (DownKind::None, _) | (_, Some(DownState::Empty)) => 2,
        (_, Some(DownState::Incomplete)) => 3,
        _ => 4,
    };
    let Some(worst) = present.iter().min_by_key(rank) else { return Vec::new() };
    let value = ["harmful", "failing", "none", "incomplete", "complete"][rank(&worst)];
    let source = match &worst.down.why {
        Some(why) => why.clone(),
        None if value == "none" => format!("{} has no way down", worst.path),
        None => format!("the way down of {}", worst.path),
    };
    let place = Evidence { path: worst.down.path.clone().or_else(|| Some(worst.file.clone())), line: worst.down.line, ..Evidence::default() };
    let mut facts = vec![Fact::derived("database.downs", word(value)).with_source(source).with_evidence([place])];
    let losing = present.iter().find(|migration| migration.down.loses_data == Some(true));
    if let Some(migration) = losing {
        let place = Evidence { path: migration.down.path.clone(), line: migration.down.line, ..Evidence::default() };
        facts.push(
            Fact::derived("database.downs_lose_data", word("yes"))
                .with_source(format!("the way down of {} drops what was written since", migration.path))
                .with_evidence([place]),
        );
    } else if present.iter().all(|migration| migration.down.loses_data == Some(false)) {
        facts.push(Fact::derived("database.downs_lose_data", word("no")).with_source("no way down drops what was written since"));
    }
    facts
}

fn start_gate(findings: &[Finding], nothing: bool) -> Option<Fact> {
    let gate = findings.iter().find(|finding| finding.check == "database/start-gate");
    let value = match gate {
        Some(finding) if finding.severity == Severity::Blocks && finding.confidence == Confidence::Proven => "yes",
        Some(finding) if finding.severity <= Severity::Warns => "likely",
        Some(_) => "no",
        None if nothing => "no",
        None => return None,
    };
    let source = gate.map_or_else(|| "no migration changed".to_owned(), |finding| finding.says.clone());
    Some(
        Fact::sensed("database.start_gate", word(value))
            .with_source(source)
            .with_evidence(gate.into_iter().flat_map(|finding| finding.evidence.iter().cloned()).take(PLACES)),
    )
}

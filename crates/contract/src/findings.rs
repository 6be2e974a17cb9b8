//! From changes to findings: what blocks, what warns, and the one sentence that says all is well.

use std::collections::BTreeMap;

use super::examined::Examined;
use super::rules::{self, ContractEffect};
use model::{
    Adoption, Affects, CheckId, Confidence, Contract, ContractChange, ContractKind, Direction,
    Domain, Evidence, Finding, Grade, Severity, Untrusted,
};

// more places are in the report of the contract itself
/// Most places a finding lists.
const MAX_EVIDENCE: usize = 12;

/// A change with what it does on the way back.
type ChangeWithEffect<'a> = (&'a ContractChange, ContractEffect);

/// Findings of all contracts, worst first.
pub(super) fn list_contract_findings(
    examined: &[Examined],
    contracts: &[Contract],
) -> Vec<Finding> {
    let mut groups: BTreeMap<(Severity, CheckId, String, bool), Vec<ChangeWithEffect<'_>>> =
        BTreeMap::new();
    for (file, contract) in examined.iter().zip(contracts) {
        for (own, change) in file.changes.iter().zip(&contract.changes) {
            // harmless both ways: it stands in the report and is no finding
            let Some(severity) = judge_change_severity(change) else {
                continue;
            };
            // a reading call that is answered as if it had not asked shows more than it wanted;
            // nothing fails and nothing is done twice
            let shown = own.rule.effect == ContractEffect::Ignores
                && own.only_reads()
                && change.adoption != Adoption::Used;
            let severity = if shown {
                severity.max(Severity::Warns)
            } else {
                severity
            };
            // a schema says nothing of who writes documents by it: an editor, an operator, a
            // service
            let document =
                contract.kind == ContractKind::JsonSchema && change.adoption != Adoption::Used;
            let severity = if document {
                severity.max(Severity::Warns)
            } else {
                severity
            };
            let used = change.adoption == Adoption::Used;
            // what is used is told one by one, the rest by kind
            let apart = if used {
                change.location.clone()
            } else {
                String::new()
            };
            groups
                .entry((
                    severity,
                    change.check.clone(),
                    format!("{}{apart}", contract.root),
                    used,
                ))
                .or_default()
                .push((change, own.rule.effect));
        }
    }
    // worst first by the order of the map
    let mut findings: Vec<Finding> = groups
        .into_iter()
        .map(|((severity, check, ..), changes)| build_contract_finding(severity, check, &changes))
        .collect();
    let calm = findings
        .iter()
        .all(|finding| finding.severity >= Severity::Notes);
    // only where nothing else is worth a look
    if calm && !contracts.is_empty() {
        findings.push(build_unchanged_finding(contracts));
    }
    findings.sort_by_key(|finding| (finding.severity, finding.confidence));
    findings
}

/// Blocking needs use, or a break of which nobody knows whether it is used.
fn judge_change_severity(change: &ContractChange) -> Option<Severity> {
    let code_only = change.affects == [Affects::GeneratedCode];
    // what was stored outlives the way back, so the worse of both counts
    let back = change.on_rollback.max(change.stored);
    let for_clients = match (back, change.adoption) {
        // nobody searched, or nothing could be: then a break is not *unused*
        (Grade::Breaking, Adoption::Used | Adoption::Unknown) => Some(Severity::Blocks),
        (Grade::Breaking, Adoption::CouldBeUsed) => Some(Severity::Warns),
        (Grade::Breaking, Adoption::NotAdopted) => Some(Severity::Notes),
        (Grade::Doubt, Adoption::Used | Adoption::CouldBeUsed) => Some(Severity::Warns),
        // generated code breaks when it is built, and nobody builds it to go back
        (Grade::Doubt, Adoption::Unknown) if !code_only => Some(Severity::Warns),
        (Grade::Doubt, _) => Some(Severity::Notes),
        // it breaks on the way out only
        (Grade::Compatible, _) if change.on_deploy == Grade::Breaking => Some(Severity::Notes),
        (Grade::Compatible, _) => None,
    };
    // stored messages do not ask who took the change up, and whether any were written nobody knows
    // here
    match for_clients {
        Some(Severity::Blocks)
            if change.on_rollback < Grade::Breaking && change.adoption != Adoption::Used =>
        {
            Some(Severity::Warns)
        }
        other => other,
    }
}

fn build_contract_finding(
    severity: Severity,
    check: CheckId,
    changes: &[ChangeWithEffect<'_>],
) -> Finding {
    let (first, effect) = changes[0];
    let more = changes.len() - 1;
    let mut evidence: Vec<Evidence> = Vec::new();
    for (change, _) in changes.iter().take(MAX_EVIDENCE) {
        let places = change.used_by.iter().map(|place| Evidence {
            path: Some(format!("{} {}", place.dependent, place.path).into()),
            line: place.line,
            excerpt: place.excerpt.clone().map(model::Untrusted::from),
            ..Evidence::default()
        });
        evidence.extend(places.take(4));
        evidence.extend(change.new.clone().or_else(|| change.old.clone()));
    }
    evidence.truncate(MAX_EVIDENCE * 2);
    let subject = if more == 0 {
        first.location.clone()
    } else {
        format!("{} and {more} more", first.location)
    };
    let says = match first.adoption {
        Adoption::Used => {
            // one dependent has many places
            let mut users: Vec<&str> = first
                .used_by
                .iter()
                .map(|place| place.dependent.as_str())
                .collect();
            users.dedup();
            format!("{}; {} uses it", first.says, users.join(", "))
        }
        _ if more == 0 => first.says.clone(),
        _ => format!(
            "{}; {more} more of the kind: {}",
            first.says,
            changes
                .iter()
                .skip(1)
                .take(5)
                .map(|(c, _)| c.location.as_str())
                .collect::<Vec<_>>()
                .join(", ")
        ),
    };
    // the direction is what it hurts, not what changed
    let rollback = first.on_rollback.max(first.stored) > Grade::Compatible;
    Finding {
        check,
        domain: Domain::Contract,
        severity,
        direction: match (rollback, first.on_deploy > Grade::Compatible) {
            (true, false) => Direction::Rollback,
            (true, true) => Direction::Both,
            _ => Direction::Deploy,
        },
        confidence: match first.adoption {
            Adoption::Used => Confidence::Proven,
            Adoption::NotAdopted => Confidence::Hint,
            _ => Confidence::Likely,
        },
        subject: subject.into(),
        says: model::shorten_text(&says, 600).into(),
        why: effect.why().into(),
        action: effect.action().into(),
        compatibility_step: None,
        evidence,
    }
}

fn build_unchanged_finding(contracts: &[Contract]) -> Finding {
    let silent = contracts
        .iter()
        .filter(|contract| contract.changes.is_empty())
        .count();
    let files = |n: usize| {
        if n == 1 {
            "1 contract file".to_owned()
        } else {
            format!("{n} contract files")
        }
    };
    let says = if silent == contracts.len() {
        format!("{} changed, none in its meaning", files(silent))
    } else {
        format!(
            "{} changed; nobody is known to use what goes away on the way back",
            files(contracts.len())
        )
    };
    Finding {
        check: CheckId::declared(rules::NO_DANGER.doc.id),
        domain: Domain::Contract,
        severity: Severity::Fine,
        direction: Direction::Rollback,
        confidence: Confidence::Proven,
        subject: contracts
            .first()
            .map_or_else(Untrusted::default, |contract| contract.path.as_str().into()),
        says: says.into(),
        why: rules::NO_DANGER.doc.why.into(),
        action: rules::NO_DANGER.doc.action.into(),
        compatibility_step: None,
        evidence: contracts
            .iter()
            .take(MAX_EVIDENCE)
            .map(|contract| Evidence {
                path: Some(contract.path.as_str().into()),
                ..Evidence::default()
            })
            .collect(),
    }
}

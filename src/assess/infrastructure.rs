//! `infrastructure.way_back`: whether applying the infrastructure of previous is refused, or takes
//! something with it that holds data.

use super::coverage::Grounds;
use super::stored::{and_more, collect_finding_evidence, told_by_definitions};
use crate::model::fact_key;
use crate::model::{
    Assessment, CheckId, Confidence, CoverageDomain, Direction, Domain, Evidence, Fact, FactValue,
    Finding, OpenPlace, Severity,
};

/// Most places given as evidence of the fact.
const PLACES: usize = 12;

/// Whether a finding says something about the way back of infrastructure that no other fact
/// carries.
fn is_infrastructure_evidence(finding: &Finding) -> bool {
    finding.domain == Domain::Infrastructure
        && finding.severity <= Severity::Warns
        && finding.direction != Direction::Deploy
        && finding.check != CheckId::KEEPS_RUNNING
        && !told_by_definitions(finding)
}

/// `infrastructure.left_running`: *yes* where something of the newer release goes on running beside
/// the previous one, and has to be removed by somebody.
pub(super) fn left_running(assessment: &Assessment, facts: &mut Vec<Fact>) {
    let found: Vec<&Finding> = assessment
        .findings
        .iter()
        .filter(|finding| {
            finding.check == CheckId::KEEPS_RUNNING && finding.severity <= Severity::Warns
        })
        .collect();
    let Some(first) = found.first() else { return };
    facts.push(
        Fact::derived(
            fact_key::INFRASTRUCTURE_LEFT_RUNNING,
            FactValue::word("yes"),
        )
        .with_source(and_more(first.says.as_raw(), found.len()))
        .with_evidence(collect_finding_evidence(&found)),
    );
}

/// Every finding about infrastructure that warns or blocks makes it *harmful*; where none does and
/// something is open it is *doubt*, which a question settles; *safe* where every changed line was
/// understood. What nobody read yet is left out.
pub(super) fn way_back(assessment: &Assessment, grounds: &Grounds<'_>, facts: &mut Vec<Fact>) {
    let key = fact_key::INFRASTRUCTURE_WAY_BACK;
    let found: Vec<&Finding> = assessment
        .findings
        .iter()
        .filter(|finding| is_infrastructure_evidence(finding))
        .collect();
    if let Some(first) = found
        .iter()
        .min_by_key(|finding| (finding.severity, finding.confidence))
    {
        let fact = Fact::derived(key, FactValue::word("harmful"))
            .with_source(and_more(first.says.as_raw(), found.len()))
            .with_evidence(collect_finding_evidence(&found));
        let proven = found
            .iter()
            .any(|finding| finding.confidence == Confidence::Proven);
        facts.push(if proven { fact } else { fact.low() });
        return;
    }
    let Some(ledger) = grounds.ledger else { return };
    // whatever is open is asked; a file that cannot matter is closed in the ledger, with its reason
    let open: Vec<OpenPlace> = ledger.open_in(CoverageDomain::Infrastructure);
    let doubt = |source: String, evidence: Vec<Evidence>| {
        Fact::derived(key, FactValue::word("doubt"))
            .with_source(source)
            .with_evidence(evidence)
            .low()
    };
    facts.push(match open.first() {
        Some(first) => {
            let at = first.line.map_or_else(
                || first.path.shown().into_owned(),
                |line| format!("{}:{line}", first.path.shown()),
            );
            let count = if open.len() == 1 {
                "1 changed file".to_owned()
            } else {
                format!(
                    "{} \
                changed files",
                    open.len()
                )
            };
            let verb = if open.len() == 1 { "was" } else { "were" };
            let source = format!(
                "not known: {count} of infrastructure {verb} not understood; the \
                first is {at} ({})",
                first.why.shown()
            );
            let evidence = open.iter().take(PLACES).map(|place| Evidence {
                path: Some(place.path.as_raw().into()),
                line: place.line,
                ..Evidence::default()
            });
            doubt(source, evidence.collect())
        }
        None if grounds.outside > 0 => doubt(
            "not known: changed files lie outside the paths given \
            with --path"
                .to_owned(),
            Vec::new(),
        ),
        None => Fact::derived(key, FactValue::word("safe")).with_source(
            "every changed line of \
            infrastructure was understood, and none takes data with it",
        ),
    });
}

#[cfg(test)]
#[path = "infrastructure/tests.rs"]
mod tests;

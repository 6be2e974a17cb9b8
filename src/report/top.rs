//! What stands first in every report: the verdict is followed by the one strongest risk with its
//! place, by what is open, and by the next question. Who reads no further has read what can hurt.

use super::words;
use crate::model::{
    Assessment, Decision, Direction, Domain, Finding, Gate, NextQuestion, Provenance, Severity,
    Strength, escape_invisible, shorten_paths_in, shorten_text,
};

/// Most things that could not be checked which are named; the rest is counted.
const NAMED: usize = 2;
/// Longest name of one of them, in characters.
const NAME: usize = 60;

/// The strongest risk on the way back.
pub(super) struct Risk {
    /// `blocks`, `warns` or `notes`; with the words that say so where it is about what is not out
    /// at this gate.
    pub(super) severity: String,
    /// What it is about and what it is.
    pub(super) says: String,
    /// Where, and which check says so.
    pub(super) place: String,
}

/// What the verdict rests on: answers of people, facts were read, and that something is missing
/// where it is.
pub(super) fn rests_on(assessment: &Assessment) -> String {
    let known = || {
        assessment
            .facts
            .values()
            .filter(|fact| fact.value.is_known())
    };
    let said = known()
        .filter(|fact| fact.provenance == Provenance::Stated)
        .count() as u64;
    let read = known().count() as u64 - said;
    // as many as the verdict counts: what one question settles is one answer
    let stated = assessment
        .verdict
        .as_ref()
        .map_or(said, |decision| decision.rests_on.answers.min(said));
    let mut parts = vec![words::write_count(
        read,
        "fact that was read",
        "facts that were read",
    )];
    if let Some(files) = assessment
        .looked_at
        .filter(|files| files.judged + files.open > 0)
    {
        let all = words::write_count(
            files.judged + files.open,
            "file that could matter",
            "files that could matter",
        );
        parts.push(format!("{} of {all}", files.judged));
    }
    if stated == 0 {
        return format!(
            "{}; nobody has answered a question yet",
            parts.join(" and ")
        );
    }
    let last = parts.pop().unwrap_or_default();
    let comma = if parts.is_empty() { "" } else { "," };
    parts.insert(0, words::write_count(stated, "answer", "answers"));
    format!("{}{comma} and {last}", parts.join(", "))
}

/// The one risk that should be known if only one is: of the way back first, then of deploying.
pub(super) fn find_strongest_risk(assessment: &Assessment) -> Option<Risk> {
    let all = || {
        [false, true]
            .into_iter()
            .flat_map(|deploying| words::filter_findings(assessment, deploying))
    };
    // what counts at this gate comes before what counts once more is out
    let first = all()
        .find(|finding| !is_later(assessment, finding))
        .filter(|finding| finding.severity <= Severity::Warns)
        .or_else(|| all().next());
    first
        .filter(|finding| finding.severity != Severity::Fine)
        .map(|finding| {
            let places = words::list_evidence_places(&finding.evidence, 2).join(" · ");
            let place = if places.is_empty() {
                finding.check.to_string()
            } else {
                format!("{places} · {}", finding.check)
            };
            // the place stands below
            let says = if words::is_place(finding) {
                finding.says.to_string()
            } else {
                words::write_finding_sentence(finding)
            };
            let later = if is_later(assessment, finding) {
                " once it is out"
            } else {
                ""
            };
            Risk {
                severity: format!("{}{later}", words::write_severity(finding.severity)),
                says: escape_invisible(&says).into_owned(),
                place: escape_invisible(&place).into_owned(),
            }
        })
}

/// Whether a finding is about what is not out at the gate of the assessment: before the services
/// are out, nobody calls or stores anything new.
fn is_later(assessment: &Assessment, finding: &Finding) -> bool {
    matches!(assessment.gate, Some(Gate::Start | Gate::Database))
        && matches!(finding.domain, Domain::Contract | Domain::StoredForm)
        && finding.direction != Direction::Deploy
}

/// What stands for a risk where none was found: a silence says what it rests on.
pub(super) fn no_risk(assessment: &Assessment) -> &'static str {
    if assessment.coverage.is_empty() {
        return "none was found, but nobody knows how much was looked at";
    }
    if super::coverage::open_line(assessment).is_some() {
        "none was found in what was looked at"
    } else {
        "none was found on the way back"
    }
}

/// What is open, one sentence each, the widest first: domains with files that nobody took apart,
/// what could not be checked, and questions.
pub(super) fn list_open_points(assessment: &Assessment) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(domains) = super::coverage::open_line(assessment) {
        let first = assessment
            .coverage
            .iter()
            .flat_map(|row| &row.places)
            .next();
        let first = first.map_or_else(String::new, |place| {
            format!(
                "; first {}{}",
                place.path.shown(),
                place
                    .line
                    .map_or_else(String::new, |line| format!(":{line}"))
            )
        });
        lines.push(format!("not looked at: {domains}{first}"));
    }
    let unchecked = &assessment.unchecked;
    if !unchecked.is_empty() {
        let names: Vec<String> = unchecked
            .iter()
            .take(NAMED)
            .map(|one| {
                let what = shorten_paths_in(&one.what.shown(), NAME, "…");
                shorten_text(&what, NAME).into_owned()
            })
            .collect();
        let more = unchecked.len().saturating_sub(NAMED);
        let more = if more == 0 {
            String::new()
        } else {
            format!(" and {more} more")
        };
        lines.push(format!(
            "{} not checked: {}{more}",
            words::write_count(unchecked.len() as u64, "thing", "things"),
            names.join("; ")
        ));
    }
    let questions = assessment
        .verdict
        .as_ref()
        .map_or(0, |decision| decision.questions.len()) as u64;
    let firm = assessment
        .verdict
        .as_ref()
        .is_some_and(|decision| decision.strength == Strength::Firm);
    if questions > 0 && firm {
        // such as what is restored beside whatever else is done
        lines.push(format!(
            "{} beside the verdict, which no answer can change",
            words::write_count(questions, "unanswered question", "unanswered questions")
        ));
    } else if questions > 0 {
        lines.push(format!(
            "{} can still change the verdict",
            words::write_count(questions, "unanswered question", "unanswered questions")
        ));
    }
    if lines.is_empty() {
        lines.push(if assessment.verdict.is_some() {
            "nothing: every question is answered".to_owned()
        } else {
            "everything, because there is no verdict yet".to_owned()
        });
    }
    lines
}

/// Why the next question is asked now, who would know, and how long an answer takes.
pub(super) fn about_next(next: &NextQuestion) -> String {
    let minutes = next.minutes.map(|minutes| {
        if minutes < 1.0 {
            "seconds".to_owned()
        } else {
            format!("{} min", words::write_weight(minutes, false))
        }
    });
    let who = next.who.as_ref().map(|who| format!("{who} would know"));
    let parts = [
        Some(next.why_now.shown().trim_end_matches('.').to_owned()),
        who,
        minutes,
    ];
    parts
        .into_iter()
        .flatten()
        .filter(|text| !text.is_empty())
        .collect::<Vec<_>>()
        .join(" · ")
}

/// The strongest reason; the others stand below.
pub(super) fn find_strongest_reason(decision: &Decision) -> Option<String> {
    decision.because.first().map(words::write_weighted_reason)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Confidence;

    #[test]
    fn what_is_not_out_at_a_gate_is_no_risk_of_that_gate() {
        let finding = |domain, says: &str| Finding {
            severity: Severity::Blocks,
            confidence: Confidence::Proven,
            direction: Direction::Rollback,
            domain,
            says: says.into(),
            ..super::super::sample::assessment().findings[0].clone()
        };
        let mut assessment = super::super::sample::assessment();
        assessment.findings = vec![
            finding(Domain::Contract, "an operation goes away"),
            finding(Domain::Database, "a column is gone"),
        ];
        assessment.gate = Some(Gate::Database);
        let risk = find_strongest_risk(&assessment).unwrap();
        assert_eq!(
            (
                risk.severity.as_str(),
                risk.says.contains("a column is gone")
            ),
            ("blocks", true),
            "{}",
            risk.says
        );
        assessment.findings.truncate(1);
        assert_eq!(
            find_strongest_risk(&assessment).unwrap().severity,
            "blocks once it is out"
        );
        assessment.gate = Some(Gate::Backend);
        assert_eq!(find_strongest_risk(&assessment).unwrap().severity, "blocks");
    }
}

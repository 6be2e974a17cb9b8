//! Words and orders that all reports share.

use std::cmp::Reverse;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::model::{
    Assessment, ChangelogEntry, CheckState, Decision, Direction, Evidence, Fact, Finding, Flip,
    Gate, OptionId, OptionState, Provenance, Reason, Reverting, Severity, StepMode, Strength,
    Sureness, escape_invisible,
};

/// `1 file`, `2 files`.
pub(super) fn write_count(number: u64, one: &str, many: &str) -> String {
    format!(
        "{} {}",
        group_digits(number),
        if number == 1 { one } else { many }
    )
}

/// Digits in groups of three: `12,345`.
pub(super) fn group_digits(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A weight or margin: `2`, `1.5`, `+0.5` with a sign.
pub(super) fn write_weight(number: f64, signed: bool) -> String {
    let sign = if signed && number > 0.0 { "+" } else { "" };
    // adding zero takes the sign off a negative zero
    format!("{sign}{}", (number * 100.0).round() / 100.0 + 0.0)
}

/// Which way the weights lean: `1.5 more for going forward`.
pub(super) fn write_weight_lean(margin: f64) -> String {
    match write_weight(margin.abs(), false).as_str() {
        "0" => "even".to_owned(),
        more => format!(
            "{more} more for going {}",
            if margin > 0.0 { "back" } else { "forward" }
        ),
    }
}

/// The first letters of a commit id.
pub(super) fn abbreviate_commit_id(commit: &str) -> String {
    escape_invisible(&commit.chars().take(10).collect::<String>()).into_owned()
}

/// Name of the service as well as it is known: the folder of the repository.
pub(super) fn find_service_name(assessment: &Assessment) -> String {
    crate::model::folder_name(&assessment.repository.path).unwrap_or_default()
}

/// A finding in one sentence, with what it is about where the sentence does not begin with that.
pub(super) fn write_finding_sentence(finding: &Finding) -> String {
    if finding.says.as_raw().contains(finding.subject.as_raw()) {
        return finding.says.to_string();
    }
    // what happened stands before a long path, which would be all that a short line shows
    if is_place(finding) {
        return format!("{}: {}", finding.says, finding.subject);
    }
    format!("{}: {}", finding.subject, finding.says)
}

/// Whether what a finding is about is a file, and so the place that shows it.
pub(super) fn is_place(finding: &Finding) -> bool {
    let subject = finding.subject.as_raw();
    let mut paths = finding.evidence.iter().filter_map(|one| one.path.as_ref());
    paths.any(|path| subject.starts_with(path.as_raw()))
}

/// What was read about the deployment, and what sources say otherwise: the question, and the answer
/// with its source.
pub(super) fn list_deployment_answers(assessment: &Assessment) -> Vec<(String, String)> {
    let ours = |key: &str| key.starts_with("deployment.") || key.starts_with("process.");
    let wording = crate::usecase::Wording::shipped(
        assessment.previous.version.as_raw(),
        assessment.current.version.as_raw(),
    );
    let says = |fact: &Fact| match &fact.source {
        Some(source) => format!("{} ({})", wording.value(fact), source.shown()),
        None => wording.value(fact),
    };
    let mut rows = Vec::new();
    for (key, fact) in &assessment.facts {
        let others: Vec<&Fact> = assessment
            .also_said
            .iter()
            .filter(|other| other.key == *key)
            .collect();
        if others.is_empty()
            && !(ours(key) && fact.provenance == Provenance::Sensed && fact.value.is_known())
        {
            continue;
        }
        let mut text = says(fact);
        for other in others {
            text.push_str(&format!("; sources disagree: {}", says(other)));
        }
        rows.push((wording.asks(key), text));
    }
    rows
}

/// `Roll back to 3.0.0`; what the option means for this pair.
pub(super) fn option_title(option: OptionId, previous: &str) -> String {
    let previous = escape_invisible(previous);
    match option {
        OptionId::RollBack if !previous.is_empty() => format!("Roll back to {previous}"),
        OptionId::RollBackWithConditions if !previous.is_empty() => {
            format!("Roll back to {previous}, with conditions")
        }
        option => option.title().to_owned(),
    }
}

/// `to roll back to 3.0.0`: an option after *decided* or *recommended*.
pub(super) fn to_do(option: OptionId, previous: &str) -> String {
    let previous = escape_invisible(previous);
    match option {
        OptionId::Go => "to go on".to_owned(),
        OptionId::NoGo => "not to start".to_owned(),
        OptionId::Hold => "to hold".to_owned(),
        OptionId::StopHarm => "to stop the harm".to_owned(),
        OptionId::FlagOff => "to switch the change off".to_owned(),
        OptionId::ShiftTraffic => format!("to move traffic back to {previous}"),
        OptionId::RollBack => format!("to roll back to {previous}"),
        OptionId::RollBackWithConditions => format!("to roll back to {previous}, with conditions"),
        OptionId::RollForward => "to roll forward".to_owned(),
        OptionId::Restore => "to restore data".to_owned(),
    }
}

/// The verdict as a headline: the option, and what has to come first or follows.
pub(super) fn write_decision_headline(decision: &Decision, previous: &str) -> String {
    let mut text = option_title(decision.option, previous);
    let status = decision
        .options
        .iter()
        .find(|status| status.option == decision.option);
    if decision.option == OptionId::RollBackWithConditions
        && status.is_some_and(|status| status.state == OptionState::NotCleared)
    {
        let open = status.map_or(0, |status| status.blockers.len().max(1)) as u64;
        text = format!(
            "Roll back to {}, once {} settled",
            escape_invisible(previous),
            write_count(open, "point is", "points are")
        );
    }
    match decision.then.filter(|then| *then != decision.option) {
        Some(then) => format!(
            "{text}, then {}",
            lowercase_first_letter(&option_title(then, previous))
        ),
        None => text,
    }
}

/// With a small first letter; versions stay as they are written.
pub(super) fn lowercase_first_letter(title: &str) -> String {
    let mut letters = title.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(letters).collect()
    })
}

/// The strength with what it means.
pub(super) fn write_strength(decision: &Decision) -> String {
    let open = decision.questions.len() as u64;
    match decision.strength {
        Strength::Firm => format!("{} · no open answer can change it", decision.firmness()),
        Strength::Close => "close · a small thing could change it".to_owned(),
        Strength::Open if open == 0 => "open · an answer can change it".to_owned(),
        Strength::Open => format!(
            "open · {} can change it",
            write_count(open, "answer", "answers")
        ),
        Strength::Forced => format!(
            "forced · decided with {} assumed",
            write_count(decision.assumed.len() as u64, "value", "values")
        ),
    }
}

/// The state of an option.
pub(super) fn write_option_state(state: OptionState) -> &'static str {
    match state {
        OptionState::Cleared => "cleared",
        OptionState::Conditional => "on conditions",
        OptionState::NotCleared => "not settled",
        OptionState::Removed => "removed",
    }
}

/// How a check before the way back came out.
pub(super) fn write_check_state(state: CheckState) -> &'static str {
    match state {
        CheckState::Wrong => "wrong",
        CheckState::Open => "open",
        CheckState::Fine => "fine",
    }
}

/// How a step of the plan is treated.
pub(super) fn write_step_mode(how: StepMode) -> &'static str {
    match how {
        StepMode::Condition => "condition",
        StepMode::Check => "look",
        StepMode::Run => "run",
        StepMode::Skip => "skip",
        StepMode::RollbackOnly => "rollback only",
        StepMode::Verify => "verify",
        StepMode::Afterwards => "afterwards",
    }
}

/// A severity.
pub(super) fn write_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Blocks => "blocks",
        Severity::Warns => "warns",
        Severity::Notes => "notes",
        Severity::Fine => "fine",
    }
}

/// A gate with a capital letter.
pub(super) fn write_gate_name(gate: Gate) -> &'static str {
    match gate {
        Gate::Start => "Start",
        Gate::Database => "Database",
        Gate::Backend => "Backend",
        Gate::Frontend => "Frontend",
        Gate::Complete => "Complete",
    }
}

/// Said of a change when nothing is known of taking it back.
pub(super) const UNCLEAR: &str = "not clear";

/// What would happen if a change were taken back.
pub(super) fn write_reverting(word: Reverting) -> &'static str {
    match word {
        Reverting::Nothing => "nothing",
        Reverting::FeatureLost => "a feature is lost",
        Reverting::BugReturns => "a fixed bug returns",
        Reverting::SecurityReopened => "a security hole is open again",
        Reverting::DataUnreadable => "data cannot be read",
        Reverting::DependentBreaks => "a dependent breaks",
        Reverting::MigrationOrphaned => "a migration stays without its code",
        Reverting::ContractVanishes => "something others call is gone",
        Reverting::ConfigMismatch => "the configuration no longer fits",
        Reverting::DependencyDowngraded => "a library goes back to an older version",
        Reverting::Unknown => UNCLEAR,
    }
}

fn rank_reverting_danger(word: Reverting) -> u32 {
    match word {
        Reverting::Nothing => 0,
        Reverting::Unknown | Reverting::FeatureLost => 1,
        Reverting::BugReturns => 2,
        Reverting::DependencyDowngraded => 3,
        Reverting::ConfigMismatch => 4,
        Reverting::MigrationOrphaned => 6,
        Reverting::ContractVanishes => 7,
        Reverting::DependentBreaks => 9,
        Reverting::SecurityReopened => 10,
        Reverting::DataUnreadable => 12,
    }
}

/// What is said of an entry: the person's word, else the sensed hints.
pub(super) fn entry_words(entry: &ChangelogEntry) -> String {
    match entry.answer {
        Some(answer) => format!("{} (answered)", write_reverting(answer)),
        None => entry
            .if_reverted
            .iter()
            .map(|&word| write_reverting(word))
            .collect::<Vec<_>>()
            .join(", "),
    }
}

/// Changes that going back really takes away, riskiest first; the changelog's order among equals.
/// What a later commit of the range cancels, and what previous has as well, would not disappear.
pub(super) fn sort_riskiest_entries(entries: &[ChangelogEntry]) -> Vec<&ChangelogEntry> {
    let risk = |entry: &ChangelogEntry| {
        let hints = match entry.answer {
            Some(answer) => rank_reverting_danger(answer) * 3,
            None => {
                entry
                    .if_reverted
                    .iter()
                    .map(|&word| rank_reverting_danger(word))
                    .max()
                    .unwrap_or(0)
                    * 2
                    + entry.if_reverted.len() as u32
            }
        };
        hints + u32::from(entry.breaking) + u32::from(!entry.security.is_empty()) * 4
    };
    let mut list: Vec<&ChangelogEntry> = entries
        .iter()
        .filter(|entry| {
            entry.cancelled_by.is_none() && entry.reverts.is_none() && !entry.in_previous
        })
        .collect();
    list.sort_by_key(|entry| Reverse(risk(entry)));
    list
}

/// Findings of one way, worst first; `fine` ones left out.
pub(super) fn filter_findings(assessment: &Assessment, deploy_only: bool) -> Vec<&Finding> {
    let way = |finding: &&Finding| {
        (finding.direction == Direction::Deploy) == deploy_only
            && finding.severity != Severity::Fine
    };
    let mut list: Vec<&Finding> = assessment.findings.iter().filter(way).collect();
    list.sort_by_key(|finding| (finding.severity, finding.confidence));
    list
}

/// `1 blocks · 2 warn · 3 notes`, without what is zero.
pub(super) fn tally_severities(findings: &[&Finding]) -> String {
    let of = |severity: Severity| {
        findings
            .iter()
            .filter(|finding| finding.severity == severity)
            .count() as u64
    };
    let parts = [
        (Severity::Blocks, "blocks", "block"),
        (Severity::Warns, "warns", "warn"),
        (Severity::Notes, "note", "notes"),
    ];
    parts
        .iter()
        .filter(|(severity, ..)| of(*severity) > 0)
        .map(|(severity, one, many)| write_count(of(*severity), one, many))
        .collect::<Vec<_>>()
        .join(" · ")
}

/// `db/migrate/7.sql:3`, or the commit when there is no file.
pub(super) fn write_source_place(evidence: &Evidence) -> Option<String> {
    match (&evidence.path, evidence.line, &evidence.commit) {
        (Some(path), Some(line), _) => Some(format!("{path}:{line}")),
        (Some(path), None, _) => Some(path.to_string()),
        (None, _, Some(commit)) => Some(format!("commit {}", abbreviate_commit_id(commit))),
        (None, ..) => None,
    }
}

/// The first places of a list, and how many more there are in words.
pub(super) fn places_and_more(evidence: &[Evidence], most: usize) -> (Vec<String>, Option<String>) {
    let mut all: Vec<String> = evidence.iter().filter_map(write_source_place).collect();
    all.dedup();
    let more = all.len().saturating_sub(most);
    all.truncate(most);
    (all, (more > 0).then(|| format!("and {more} more")))
}

/// The same in one list.
pub(super) fn list_evidence_places(evidence: &[Evidence], most: usize) -> Vec<String> {
    let (mut all, more) = places_and_more(evidence, most);
    all.extend(more);
    all
}

/// A reason with its weight, where it has one.
pub(super) fn write_weighted_reason(reason: &Reason) -> String {
    match reason.weight {
        Some(number) => format!(
            "{} (weight {})",
            reason.says.shown(),
            write_weight(number, false)
        ),
        None => reason.says.shown().into_owned(),
    }
}

/// One answer that would change the verdict.
pub(super) fn write_flip(flip: &Flip, previous: &str) -> String {
    if !flip.says.is_empty() {
        return flip.says.shown().into_owned();
    }
    let name = |key: &str, value: &crate::model::FactValue| {
        format!(
            "{} is {}",
            crate::usecase::fact_name(key),
            crate::usecase::write_fact_value(value)
        )
    };
    let with = flip
        .with
        .iter()
        .map(|(key, value)| format!(" and {}", name(key, value)))
        .collect::<String>();
    escape_invisible(&format!(
        "{}{with} → {}",
        name(&flip.fact, &flip.value),
        lowercase_first_letter(&option_title(flip.option, previous))
    ))
    .into_owned()
}

/// How a fact came to be known.
pub(super) fn write_fact_provenance(fact: &Fact) -> &'static str {
    match (fact.provenance, fact.confidence) {
        (Provenance::Sensed, _) => "read",
        (Provenance::Derived, _) => "follows from what was read",
        (Provenance::Assumed, _) => "assumed",
        (Provenance::Stated, Sureness::High) => "said",
        (Provenance::Stated, Sureness::Low) => "believed",
    }
}

/// The source of a fact: words, else the first place.
pub(super) fn write_fact_source(fact: &Fact) -> String {
    fact.source
        .clone()
        .or_else(|| {
            fact.evidence
                .iter()
                .find_map(write_source_place)
                .map(Into::into)
        })
        .map_or_else(String::new, |text| text.shown().into_owned())
}

/// `2026-11-24 22:31 UTC (23:31 +01:00)`; the local part is left out where it says the same.
pub(super) fn write_utc_and_local_time(at: Timestamp, zone: &TimeZone) -> String {
    let utc = at.strftime("%Y-%m-%d %H:%M UTC");
    let local = at.to_zoned_datetime(zone.clone());
    if local.offset().is_zero() {
        utc.to_string()
    } else {
        format!("{utc} ({})", local.strftime("%H:%M %:z"))
    }
}

/// A span of time in words: `34 min`, `2 h 05 min`, `3 d 4 h`.
pub(super) fn write_elapsed_span(from: Timestamp, to: Timestamp) -> String {
    let minutes = (to.as_second() - from.as_second()).max(0) / 60;
    match minutes {
        0 => "less than a minute".to_owned(),
        1..60 => format!("{minutes} min"),
        60..1440 => format!("{} h {:02} min", minutes / 60, minutes % 60),
        _ => format!("{} d {} h", minutes / 1440, minutes % 1440 / 60),
    }
}

/// Seconds as a person says them.
pub(super) fn write_seconds(seconds: u64) -> String {
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7200 => format!("{} min", seconds / 60),
        _ => format!("{} h {:02} min", seconds / 3600, seconds % 3600 / 60),
    }
}

pub(super) fn capitalize_first_letter(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!(
            [
                group_digits(0),
                group_digits(999),
                group_digits(1000),
                group_digits(1234567)
            ],
            ["0", "999", "1,000", "1,234,567"]
        );
        assert_eq!(
            [
                write_weight(1.5, true),
                write_weight(-0.5, true),
                write_weight(2.0, false),
                write_weight(-0.0, false)
            ],
            ["+1.5", "-0.5", "2", "0"]
        );
        let at = |second| Timestamp::from_second(second).unwrap();
        assert_eq!(
            [
                write_elapsed_span(at(0), at(59)),
                write_elapsed_span(at(0), at(3900)),
                write_elapsed_span(at(0), at(90_000))
            ],
            ["less than a minute", "1 h 05 min", "1 d 1 h"]
        );
    }

    #[test]
    fn what_would_not_disappear_is_not_a_risk() {
        let entry = |commit: &str, hints: &[Reverting]| ChangelogEntry {
            commit: commit.to_owned(),
            if_reverted: hints.to_vec(),
            ..ChangelogEntry::default()
        };
        let mut entries = vec![
            entry("a", &[Reverting::FeatureLost]),
            entry("b", &[Reverting::SecurityReopened, Reverting::BugReturns]),
            entry("c", &[Reverting::DataUnreadable]),
            entry("d", &[Reverting::BugReturns]),
            entry("e", &[Reverting::BugReturns]),
        ];
        entries[2].cancelled_by = Some("x".to_owned());
        entries[4].answer = Some(Reverting::DataUnreadable);
        assert_eq!(
            sort_riskiest_entries(&entries)
                .iter()
                .map(|entry| entry.commit.as_str())
                .collect::<Vec<_>>(),
            ["e", "b", "d", "a"]
        );
    }
}

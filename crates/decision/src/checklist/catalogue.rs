//! The fact catalogue: keys, domains in order from the value that restricts going back most, and
//! how each fact comes to be known.

use model::FactValue;
use model::fact_key::{self, OfDependent};

/// What values a fact can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Values {
    /// One of these words, the one that restricts going back most first.
    Words(&'static [&'static str]),
    /// A number in this unit.
    Number(&'static str),
}

/// One fact of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FactDef {
    /// Its key; `dependent[].copes` stands for every dependent.
    pub key: &'static str,
    /// What it can be.
    pub values: Values,
    /// How it comes to be known: any of `S` sensed, `D` derived, `A` asked.
    pub how: &'static str,
    /// The question in short.
    pub asks: &'static str,
    /// Who would know.
    pub who: &'static str,
}

const NO_YES: Values = Values::Words(&["no", "yes"]);
const YES_NO: Values = Values::Words(&["yes", "no"]);
const GRADE: Values = Values::Words(&["breaking", "doubt", "compatible"]);

const fn define_fact(
    key: &'static str,
    values: Values,
    how: &'static str,
    asks: &'static str,
    who: &'static str,
) -> FactDef {
    FactDef {
        key,
        values,
        how,
        asks,
        who,
    }
}

const LEAD: &str = "incident lead";
const DEPLOYER: &str = "whoever deploys";
const DBA: &str = "database owner";
const OWNER: &str = "service owner";

static ALL: &[FactDef] = &[
    define_fact(
        fact_key::HARM_IRREVERSIBLE,
        Values::Words(&["confirmed", "suspected", "none"]),
        "A",
        "Is it doing damage right now that nobody can undo: wrong or leaked data, wrong payments, people at risk, messages sent?",
        LEAD,
    ),
    define_fact(
        fact_key::IMPACT_NOW,
        Values::Words(&["none", "cosmetic", "degraded", "down"]),
        "A",
        "How badly are users affected right now?",
        "monitoring",
    ),
    define_fact(
        fact_key::IMPACT_ALL_USERS,
        NO_YES,
        "A",
        "Are all users affected?",
        "monitoring",
    ),
    define_fact(
        fact_key::IMPACT_EXPECTED,
        YES_NO,
        "A",
        "Will it get worse, as far as you know (a leak that fills up, a job tonight, the next upgrade)?",
        LEAD,
    ),
    define_fact(
        fact_key::CAUSE_ATTRIBUTION,
        Values::Words(&["contradicted", "weak", "plausible", "strong"]),
        "SA",
        "Would the trouble end if the release were taken back?",
        LEAD,
    ),
    define_fact(
        fact_key::CAUSE_SELF_SUSTAINING,
        YES_NO,
        "A",
        "Does an overload keep itself going (retries, cold caches)?",
        "monitoring",
    ),
    define_fact(
        fact_key::RELIEF_KNOWN,
        NO_YES,
        "A",
        "Is something known that helps at once (restart, more capacity, fail over, shed load)?",
        OWNER,
    ),
    define_fact(
        fact_key::DATA_DAMAGED,
        YES_NO,
        "A",
        "Is stored data already wrong?",
        DBA,
    ),
    define_fact(
        fact_key::DEPLOYMENT_GATE,
        Values::Words(&["start", "database", "backend", "frontend", "complete"]),
        "SA",
        "Where in the deployment are we?",
        DEPLOYER,
    ),
    define_fact(
        fact_key::DEPLOYMENT_IN_PROGRESS,
        YES_NO,
        "SA",
        "Is a deployment running right now?",
        DEPLOYER,
    ),
    define_fact(
        fact_key::DEPLOYMENT_MIXED,
        YES_NO,
        "SA",
        "Do targets run different versions?",
        DEPLOYER,
    ),
    define_fact(
        fact_key::DEPLOYMENT_LIVE_MINUTES,
        Values::Number("minutes"),
        "SA",
        "How long has it been live?",
        DEPLOYER,
    ),
    define_fact(
        fact_key::DEPLOYMENT_ENVIRONMENT,
        Values::Words(&["production", "test"]),
        "SA",
        "Is this production or a test environment?",
        DEPLOYER,
    ),
    define_fact(
        fact_key::DEPLOYMENT_STRATEGY,
        Values::Words(&[
            "none",
            "rolling",
            "canary",
            "weighted",
            "slots",
            "blue-green",
        ]),
        "SA",
        "How are new releases brought out?",
        DEPLOYER,
    ),
    define_fact(
        fact_key::DEPLOYMENT_OLD_SIDE_WARM,
        NO_YES,
        "SA",
        "Can traffic go back to the old side right now?",
        DEPLOYER,
    ),
    define_fact(
        fact_key::DEPLOYMENT_OLD_SIDE_MINUTES_LEFT,
        Values::Number("minutes"),
        "S",
        "How long is the old side kept up?",
        DEPLOYER,
    ),
    define_fact(
        fact_key::DEPLOYMENT_PREVIOUS_AVAILABLE,
        NO_YES,
        "SA",
        "Is the previous release still there to deploy?",
        DEPLOYER,
    ),
    define_fact(
        fact_key::DEPLOYMENT_PREVIOUS_SOURCE,
        NO_YES,
        "SA",
        "Is the source of the previous release still there, so that it can be built again?",
        DEPLOYER,
    ),
    define_fact(
        fact_key::DEPLOYMENT_PREVIOUS_GOOD,
        NO_YES,
        "SA",
        "Was the previous release itself good?",
        OWNER,
    ),
    define_fact(
        fact_key::DEPLOYMENT_UNDO_PATH,
        Values::Words(&["broken", "ok"]),
        "SA",
        "Do tool, permission and access for going back work now?",
        DEPLOYER,
    ),
    define_fact(
        fact_key::DEPLOYMENT_PREVIOUS_INSTALLED,
        NO_YES,
        "S",
        "Is the previous release still installed on its targets?",
        DEPLOYER,
    ),
    define_fact(
        fact_key::DEPLOYMENT_MINUTES_BACK,
        Values::Number("minutes"),
        "SA",
        "How long does going back take?",
        DEPLOYER,
    ),
    define_fact(
        fact_key::DEPLOYMENT_MINUTES_FORWARD,
        Values::Number("minutes"),
        "SA",
        "How long does shipping a fix take?",
        OWNER,
    ),
    define_fact(
        fact_key::DEPLOYMENT_USAGE_CLASS,
        Values::Words(&["always-on", "company-hours", "team-hours", "dozen-daily"]),
        "A",
        "Who uses it, and how much of the day?",
        OWNER,
    ),
    define_fact(
        fact_key::RELEASE_SIZE,
        Values::Words(&["many", "some", "few"]),
        "D",
        "How many changes would go back?",
        OWNER,
    ),
    define_fact(
        fact_key::RELEASE_DAYS_SINCE_PREVIOUS,
        Values::Number("days"),
        "S",
        "How long ago was the previous production release?",
        DEPLOYER,
    ),
    define_fact(
        fact_key::RELEASE_STYLING_ONLY,
        NO_YES,
        "D",
        "Is it styling or markup only?",
        OWNER,
    ),
    define_fact(
        fact_key::RELEASE_SECURITY_FIX,
        YES_NO,
        "SA",
        "Does the new release close a security hole, or bring something that must not go back (legal, prices)?",
        "security owner",
    ),
    define_fact(
        fact_key::DATABASE_SCHEMA,
        Values::Words(&["destructive", "changed", "additive", "tweak", "none"]),
        "D",
        "How did the schema change?",
        DBA,
    ),
    define_fact(
        fact_key::DATABASE_OLD_CODE,
        Values::Words(&[
            "breaks-reads",
            "breaks-writes",
            "data-changed",
            "doubt",
            "safe",
        ]),
        "D",
        "Does the previous release work on the new schema?",
        DBA,
    ),
    define_fact(
        fact_key::DATABASE_COMPATIBILITY_STEP,
        Values::Words(&["none", "exists"]),
        "D",
        "Is there a small step that makes old code work?",
        DBA,
    ),
    define_fact(
        fact_key::DATABASE_VERIFIED,
        NO_YES,
        "SA",
        "Was the previous release tested on the new schema (changed views also while the new tables are empty)?",
        DBA,
    ),
    define_fact(
        fact_key::DATABASE_VIEWS_ON_NEW,
        YES_NO,
        "S",
        "Do views, procedures or triggers use something new?",
        DBA,
    ),
    define_fact(
        fact_key::DATABASE_START_GATE,
        Values::Words(&["yes", "likely", "no"]),
        "S",
        "Does the previous release refuse to start on this schema?",
        DBA,
    ),
    define_fact(
        fact_key::DATABASE_DATA_MIGRATED,
        YES_NO,
        "S",
        "Were stored rows rewritten?",
        DBA,
    ),
    define_fact(
        fact_key::DATABASE_NEW_FORM_ROWS,
        YES_NO,
        "SA",
        "Have users written data that only the new release reads (rows, tokens, queue messages, JSON, caches)?",
        DBA,
    ),
    define_fact(
        fact_key::DATABASE_DOWNS,
        Values::Words(&["harmful", "failing", "none", "incomplete", "complete"]),
        "D",
        "Are there down migrations for everything, and do they work?",
        DBA,
    ),
    define_fact(
        fact_key::DATABASE_DOWNS_LOSE_DATA,
        YES_NO,
        "D",
        "Do the down migrations lose data?",
        DBA,
    ),
    define_fact(
        fact_key::CONTRACT_WAY_BACK,
        GRADE,
        "D",
        "Does something that others call or read go away on the way back?",
        OWNER,
    ),
    define_fact(
        fact_key::CONTRACT_STORED,
        GRADE,
        "D",
        "Can the previous release read what was stored since?",
        OWNER,
    ),
    define_fact(
        fact_key::CONTRACT_PROGRESS_MOVED,
        YES_NO,
        "SA",
        "Is it kept under another name than before how far a consumer, a scheduler or a job came?",
        OWNER,
    ),
    define_fact(
        fact_key::CONTRACT_KEPT_BY_CLIENTS,
        YES_NO,
        "SA",
        "Do browsers keep something that only the new release gave them: HTTPS only, a service worker?",
        OWNER,
    ),
    define_fact(
        fact_key::CONTRACT_IS_THE_FAULT,
        NO_YES,
        "A",
        "Is it the changed interface itself that causes the trouble?",
        LEAD,
    ),
    define_fact(
        fact_key::DEPENDENT_USES,
        YES_NO,
        "SA",
        "Does the dependent already use what goes away?",
        "the dependent's team",
    ),
    define_fact(
        fact_key::DEPENDENT_COPES,
        NO_YES,
        "A",
        "Does the dependent still work when it is gone? (tested, not just believed)",
        "the dependent's team",
    ),
    define_fact(
        fact_key::DEPENDENT_CAN_GO_BACK,
        NO_YES,
        "A",
        "Can the dependent go back too?",
        "the dependent's team",
    ),
    define_fact(
        fact_key::CONFIG_NEWER_THAN_PREVIOUS,
        YES_NO,
        "SA",
        "Does live configuration or infrastructure need the new release?",
        DEPLOYER,
    ),
    define_fact(
        fact_key::INFRASTRUCTURE_WAY_BACK,
        Values::Words(&["harmful", "doubt", "safe"]),
        "SA",
        "Would applying the infrastructure of the previous release be refused, or remove, replace or shrink something that holds data?",
        DEPLOYER,
    ),
    define_fact(
        fact_key::INFRASTRUCTURE_LEFT_RUNNING,
        YES_NO,
        "SA",
        "Does something that only the new release has go on running after the previous one was applied?",
        DEPLOYER,
    ),
    define_fact(
        fact_key::FIX_STATE,
        Values::Words(&["tested", "written", "known", "none"]),
        "SA",
        "How far is a fix?",
        OWNER,
    ),
    define_fact(
        fact_key::FIX_ISOLATED,
        YES_NO,
        "SA",
        "Can the fix be released without other unfinished work?",
        OWNER,
    ),
    define_fact(
        fact_key::SWITCH_EXISTS,
        NO_YES,
        "SA",
        "Is there a switch that turns the change off?",
        OWNER,
    ),
    define_fact(
        fact_key::SWITCH_TESTED_OFF,
        NO_YES,
        "A",
        "Was the switch tried lately, and does it take effect step by step?",
        OWNER,
    ),
    define_fact(
        fact_key::USERS_NOTICE,
        Values::Words(&["all", "some", "none"]),
        "A",
        "Will users notice what going back takes away?",
        "product owner",
    ),
    define_fact(
        fact_key::RANGE_APPLIED,
        Values::Words(&["all", "some", "none"]),
        "S",
        "Which migrations of the range have run?",
        DBA,
    ),
    define_fact(
        fact_key::REHEARSAL_LEVEL,
        Values::Number("level"),
        "D",
        "How well is going back rehearsed? (0 to 4)",
        DEPLOYER,
    ),
    define_fact(
        fact_key::REHEARSAL_DAYS_SINCE,
        Values::Number("days"),
        "D",
        "When was going back rehearsed last?",
        DEPLOYER,
    ),
    define_fact(
        fact_key::PROCESS_DATABASE_STEP_RERUNS,
        YES_NO,
        "SA",
        "Would redeploying run the database step again?",
        DEPLOYER,
    ),
    define_fact(
        fact_key::WINDOW_MINUTES_LEFT,
        Values::Number("minutes"),
        "A",
        "When does the window (freeze, peak, people) end?",
        LEAD,
    ),
    define_fact(
        fact_key::BACKUP_AGE_MINUTES,
        Values::Number("minutes"),
        "SA",
        "How old is the last good backup?",
        DBA,
    ),
];

/// Facts that every dependent has. In the table they stand one after another, in this order: the
/// values of a dependent lie side by side wherever facts are evaluated.
pub const OF_DEPENDENT: [OfDependent; 3] = OfDependent::ALL;

/// A fact's place in the table is a byte in compiled conditions.
const _: () = assert!(ALL.len() <= u8::MAX as usize);

/// Minutes that shrink while time passes, so that nothing may be left of them.
pub const RUNS_OUT: [&str; 2] = [
    fact_key::WINDOW_MINUTES_LEFT,
    fact_key::DEPLOYMENT_OLD_SIDE_MINUTES_LEFT,
];

/// All facts, in the order of the documentation.
pub fn list_fact_definitions() -> &'static [FactDef] {
    ALL
}

/// `dependent[storefront].copes` as `(storefront, copes)`; `None` for keys of another form.
pub fn split_dependent_key(key: &str) -> Option<(&str, &str)> {
    let (name, field) = key.strip_prefix("dependent[")?.rsplit_once("].")?;
    Some((name, field))
}

/// The pattern behind a key: `dependent[].copes` for `dependent[storefront].copes`, other keys
/// unchanged.
pub fn find_key_pattern(key: &str) -> String {
    split_dependent_key(key).map_or_else(
        || key.to_owned(),
        |(_, field)| format!("dependent[].{field}"),
    )
}

/// Place of a definition in [`list_fact_definitions`].
pub fn find_fact_position(key: &str) -> Option<usize> {
    let wanted = find_key_pattern(key);
    ALL.iter().position(|def| def.key == wanted)
}

/// The definition behind a key; `dependent[storefront].copes` finds `dependent[].copes`.
pub fn find_fact_definition(key: &str) -> Option<&'static FactDef> {
    find_fact_position(key).map(|at| &ALL[at])
}

/// Place of a word in its fact's domain: 0 restricts going back most. `None` for other values and
/// other facts.
pub fn rank_restriction(key: &str, value: &FactValue) -> Option<usize> {
    match (find_fact_definition(key)?.values, value) {
        (Values::Words(words), FactValue::Word(word)) => {
            words.iter().position(|known| known == word)
        }
        _ => None,
    }
}

/// Whether a value belongs to the fact's domain (unknown and not-applicable always do).
pub fn is_admissible_value(key: &str, value: &FactValue) -> bool {
    match (find_fact_definition(key).map(|def| def.values), value) {
        (None, _) => false,
        (_, FactValue::Unknown | FactValue::NotApplicable) => true,
        (Some(Values::Words(words)), FactValue::Word(word)) => words.contains(&word.as_str()),
        (Some(Values::Number(_)), FactValue::Number(number)) => number.is_finite(),
        _ => false,
    }
}

/// A value as people type it (`--answer KEY=VALUE`): a word of the domain, `unknown`,
/// `not-applicable`, a number, or for minutes a duration such as `2 h`. The error is one sentence
/// that lists the valid words or names the nearest key.
pub fn parse_fact_value(key: &str, text: &str) -> Result<FactValue, String> {
    let key = key.trim();
    let Some(def) = find_fact_definition(key) else {
        let hint = nearest_key(key)
            .map(|near| format!("; the nearest is {near}"))
            .unwrap_or_default();
        return Err(format!(
            "there is no fact {}{hint}; `backout checklist facts` lists them",
            model::escape_invisible(key)
        ));
    };
    let word = text.trim().to_lowercase().replace([' ', '_'], "-");
    match word.as_str() {
        "unknown" | "?" | "dont-know" | "don't-know" => return Ok(FactValue::Unknown),
        "not-applicable" | "n/a" | "na" | "does-not-apply" => return Ok(FactValue::NotApplicable),
        _ => {}
    }
    match def.values {
        Values::Words(words) => {
            let said = match word.as_str() {
                "y" | "true" if words.contains(&"yes") => "yes",
                "n" | "false" if words.contains(&"no") => "no",
                other => other,
            };
            match words.iter().find(|known| **known == said) {
                Some(known) => Ok(FactValue::word(*known)),
                None => {
                    let hint = find_nearest_candidate(said, words.iter().copied())
                        .map(|near| format!("; did you mean {near}"))
                        .unwrap_or_default();
                    Err(format!(
                        "{key} is one of {}, unknown or not-applicable, not `{}`{hint}",
                        words.join(", "),
                        model::escape_invisible(text.trim())
                    ))
                }
            }
        }
        Values::Number(unit) => {
            let number = parse_number(&word, unit)
                .filter(|number| number.is_finite() && *number >= 0.0 && *number <= 1e9);
            // nothing is shipped, put back or has been live in no time; only what runs out can be
            // at nothing
            if unit == "minutes" && number == Some(0.0) && !RUNS_OUT.contains(&key) {
                return Err(format!(
                    "{key} is never 0 minutes: say 1 for less than a minute, or unknown"
                ));
            }
            number.map(FactValue::Number).ok_or_else(|| {
                let like = match unit {
                    "minutes" => "such as 47, 2 h or 1 d 4 h",
                    "days" => "such as 14 or 2 weeks",
                    _ => "such as 2",
                };
                format!(
                    "{key} is a number of {unit} {like}, unknown or not-applicable, not `{}`",
                    model::escape_invisible(text.trim())
                )
            })
        }
    }
}

/// A number in `unit`, or a sum of spans (`2h`, `1-d-4-h`) brought to that unit.
fn parse_number(word: &str, unit: &str) -> Option<f64> {
    if let Ok(number) = word.parse::<f64>() {
        return Some(number);
    }
    let per_unit = match unit {
        "minutes" => 1.0,
        "days" => 24.0 * 60.0,
        _ => return None,
    };
    let (mut minutes, mut rest) = (0.0, word.trim_end_matches("-ago").replace('-', ""));
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let number: f64 = rest[..digits].parse().ok()?;
        let tail = rest[digits..].to_owned();
        let letters = tail
            .find(|c: char| c.is_ascii_digit())
            .unwrap_or(tail.len());
        minutes += number
            * match &tail[..letters] {
                "s" | "sec" | "second" | "seconds" => 1.0 / 60.0,
                "m" | "min" | "mins" | "minute" | "minutes" => 1.0,
                "h" | "hr" | "hour" | "hours" => 60.0,
                "d" | "day" | "days" => 24.0 * 60.0,
                "w" | "week" | "weeks" => 7.0 * 24.0 * 60.0,
                _ => return None,
            };
        rest = tail[letters..].to_owned();
    }
    Some(minutes / per_unit)
}

/// The catalogue key nearest to what was typed, when one is near.
pub fn nearest_key(typed: &str) -> Option<&'static str> {
    find_nearest_candidate(&find_key_pattern(typed), ALL.iter().map(|def| def.key))
}

/// The candidate nearest to `typed` by edit distance, when it is near enough to be what was meant.
pub fn find_nearest_candidate<'a>(
    typed: &str,
    candidates: impl Iterator<Item = &'a str>,
) -> Option<&'a str> {
    let typed = typed.to_lowercase();
    candidates
        .map(|candidate| (measure_word_distance(&typed, candidate), candidate))
        .filter(|(far, candidate)| *far <= (candidate.len().max(typed.len()) / 3).max(2))
        .min_by_key(|(far, candidate)| (*far, candidate.len()))
        .map(|(_, candidate)| candidate)
}

/// Edits (insert, delete, replace, swap of neighbours) between two words; words over 64 characters
/// are infinitely far.
fn measure_word_distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len() > 64 || b.len() > 64 {
        return usize::MAX;
    }
    let mut rows = vec![vec![0usize; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            rows[i][j] = if i == 0 || j == 0 {
                i + j
            } else {
                let replaced = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
                let mut best = replaced.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
                if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                    best = best.min(rows[i - 2][j - 2] + 1);
                }
                best
            };
        }
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_unique_and_dependents_are_found_by_pattern() {
        let mut keys: Vec<_> = ALL.iter().map(|def| def.key).collect();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), ALL.len());
        assert_eq!(
            find_fact_definition("dependent[store.front].copes").map(|def| def.key),
            Some("dependent[].copes")
        );
        assert!(find_fact_definition("dependent[x].colour").is_none());
        assert!(find_fact_definition("dependent[x]").is_none());
    }

    #[test]
    fn answers_are_read_forgivingly() {
        assert_eq!(
            parse_fact_value("impact.now", " Degraded "),
            Ok(FactValue::word("degraded"))
        );
        assert_eq!(
            parse_fact_value("database.old_code", "breaks_reads"),
            Ok(FactValue::word("breaks-reads"))
        );
        assert_eq!(
            parse_fact_value("switch.exists", "y"),
            Ok(FactValue::word("yes"))
        );
        assert_eq!(
            parse_fact_value("switch.exists", "unknown"),
            Ok(FactValue::Unknown)
        );
        assert_eq!(
            parse_fact_value("switch.exists", "n/a"),
            Ok(FactValue::NotApplicable)
        );
        assert_eq!(
            parse_fact_value("deployment.live_minutes", "47 min ago"),
            Ok(FactValue::Number(47.0))
        );
        assert_eq!(
            parse_fact_value("deployment.live_minutes", "2 h"),
            Ok(FactValue::Number(120.0))
        );
        assert_eq!(
            parse_fact_value("deployment.live_minutes", "1d 4h"),
            Ok(FactValue::Number(1680.0))
        );
        assert_eq!(
            parse_fact_value("release.days_since_previous", "2 weeks"),
            Ok(FactValue::Number(14.0))
        );
        assert_eq!(
            parse_fact_value("dependent[storefront].copes", "no"),
            Ok(FactValue::word("no"))
        );
    }

    #[test]
    fn a_wrong_answer_names_what_is_meant() {
        assert!(
            parse_fact_value("impact.nwo", "down")
                .unwrap_err()
                .contains("the nearest is impact.now")
        );
        assert!(
            parse_fact_value("impact.now", "degarded")
                .unwrap_err()
                .contains("did you mean degraded")
        );
        assert!(
            parse_fact_value("deployment.live_minutes", "soon")
                .unwrap_err()
                .contains("2 h")
        );
        assert!(parse_fact_value("deployment.live_minutes", "-4").is_err());
        assert!(parse_fact_value("deployment.live_minutes", "NaN").is_err());
        assert!(parse_fact_value("deployment.live_minutes", "inf").is_err());
        assert!(parse_fact_value("\x1b[2J", "x").unwrap_err().contains('␛'));
    }

    #[test]
    fn the_table_has_every_key_once_and_those_of_a_dependent_side_by_side() {
        let keys: Vec<&str> = list_fact_definitions().iter().map(|def| def.key).collect();
        assert_eq!(keys, fact_key::ALL);
        let first = find_fact_position(OF_DEPENDENT[0].pattern()).unwrap();
        let patterns = OF_DEPENDENT.map(OfDependent::pattern);
        assert_eq!(keys[first..first + OF_DEPENDENT.len()], patterns);
        let of_dependents = keys.iter().filter(|key| key.contains("[]")).count();
        assert_eq!(of_dependents, OF_DEPENDENT.len());
    }

    #[test]
    fn domains_are_ordered_from_the_most_restricting() {
        assert_eq!(
            rank_restriction("harm.irreversible", &FactValue::word("confirmed")),
            Some(0)
        );
        assert_eq!(
            rank_restriction("deployment.previous_good", &FactValue::word("no")),
            Some(0)
        );
        assert!(!is_admissible_value("impact.now", &FactValue::word("dwon")));
        assert!(is_admissible_value("impact.now", &FactValue::NotApplicable));
    }
}

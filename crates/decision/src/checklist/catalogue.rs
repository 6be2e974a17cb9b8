//! The fact catalogue: keys, domains in order from the value that restricts going back most, and
//! how each fact comes to be known.

mod definition;
mod nearest;
mod table;

pub use definition::{FactDef, Values};
pub use nearest::find_nearest_candidate;

use model::FactValue;
use model::fact_key::{self, OfDependent};
use table::ALL;

/// Facts that every dependent has. In the table they stand one after another, in this order: the
/// values of a dependent lie side by side wherever facts are evaluated.
pub const OF_DEPENDENT: [OfDependent; 3] = OfDependent::ALL;

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

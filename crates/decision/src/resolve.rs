//! Sensed and stated facts brought together.

use model::fact_key;
use std::collections::BTreeMap;

use super::{Conflict, Resolved};
use crate::checklist::catalogue::{self, Values};
use model::{Fact, FactValue, Facts, Provenance, Sureness};

/// Ages that differ by no more than this many minutes, or this share of the larger, are the same.
const CLOCK_MINUTES: f64 = 5.0;
/// See [`CLOCK_MINUTES`].
const CLOCK_SHARE: f64 = 0.05;

/// See [`super::resolve`].
pub(super) fn resolve(sensed: &[Fact], stated: &[Fact]) -> Resolved {
    let mut by_key: BTreeMap<&str, (Vec<&Fact>, Vec<&Fact>)> = BTreeMap::new();
    for fact in sensed {
        by_key.entry(&fact.key).or_default().0.push(fact);
    }
    for fact in stated {
        by_key.entry(&fact.key).or_default().1.push(fact);
    }
    let mut out = Resolved {
        facts: Facts::new(),
        conflicts: Vec::new(),
    };
    for (key, (sensed, stated)) in by_key {
        let (fact, conflict) = one(key, &sensed, &stated);
        if let Some(fact) = fact {
            out.facts.insert(key.to_owned(), fact);
        }
        out.conflicts.extend(conflict);
    }
    out
}

fn one(key: &str, sensed: &[&Fact], stated: &[&Fact]) -> (Option<Fact>, Option<Conflict>) {
    // people correct themselves: the last word counts
    let said = stated.last().copied();
    if let Some(word) = said
        && let Some(proof) = proven(key, sensed)
            .filter(|proof| word.value != FactValue::Unknown && !agree(key, proof, word))
    {
        return (
            Some(proof.clone()),
            Some(Conflict {
                key: key.to_owned(),
                said: vec![proof.clone(), word.clone()],
            }),
        );
    }
    if let Some(word) = said
        && (word.supersedes || sensed.is_empty())
    {
        return (Some(word.clone()), None);
    }
    let known: Vec<&Fact> = sensed
        .iter()
        .copied()
        .filter(|fact| fact.value != FactValue::Unknown)
        .collect();
    let Some(word) = said else {
        return strictest(key, if known.is_empty() { sensed } else { &known });
    };
    // what was not seen, or only guessed, gives way to a person who is sure
    let firm: Vec<&Fact> = known
        .iter()
        .copied()
        .filter(|fact| fact.confidence == Sureness::High || word.confidence == Sureness::Low)
        .collect();
    if word.value == FactValue::Unknown {
        return if known.is_empty() {
            (Some(word.clone()), None)
        } else {
            strictest(key, &known)
        };
    }
    if firm.is_empty() {
        return (Some(word.clone()), None);
    }
    // sources that contradict each other are what the person was asked about
    if word.confidence == Sureness::High
        && firm.iter().any(|fact| agree(key, fact, word))
        && !firm.iter().all(|fact| agree(key, fact, word))
    {
        return (Some(word.clone()), None);
    }
    let mut all = vec![word];
    all.extend(firm);
    strictest(key, &all)
}

/// What both trees prove about definitions (a cluster or a data store refuses the older one) is not
/// unsaid by a word about settings; both are shown.
fn proven<'a>(key: &str, sensed: &[&'a Fact]) -> Option<&'a Fact> {
    let seen = |fact: &&&Fact| {
        fact.provenance == Provenance::Sensed
            && fact.confidence == Sureness::High
            && !fact.evidence.is_empty()
            && fact.value.as_word() == Some("yes")
    };
    sensed
        .iter()
        .find(|fact| key == fact_key::CONFIG_NEWER_THAN_PREVIOUS && seen(fact))
        .copied()
}

/// The value that restricts going back most; where values differ the conflict is reported and the
/// fact counts as low confidence.
fn strictest(key: &str, said: &[&Fact]) -> (Option<Fact>, Option<Conflict>) {
    let Some(first) = said.first() else {
        return (None, None);
    };
    let mut order: Vec<&Fact> = said.to_vec();
    order.sort_by(|a, b| rank(key, &a.value).total_cmp(&rank(key, &b.value)));
    let mut fact = (*order.first().unwrap_or(first)).clone();
    if order.iter().all(|other| agree(key, other, &fact)) {
        return (Some((*first).clone()), None);
    }
    let conflict = Conflict {
        key: key.to_owned(),
        said: order.into_iter().cloned().collect(),
    };
    fact.confidence = Sureness::Low;
    (Some(fact), Some(conflict))
}

/// Two clocks, or a person's memory, that differ by minutes mean the same time.
fn agree(key: &str, one: &Fact, other: &Fact) -> bool {
    match (&one.value, &other.value) {
        (FactValue::Number(a), FactValue::Number(b))
            if matches!(
                key,
                fact_key::DEPLOYMENT_LIVE_MINUTES | fact_key::BACKUP_AGE_MINUTES
            ) =>
        {
            let apart = match (one.at, other.at) {
                (Some(one), Some(other)) => (one.as_second() - other.as_second()) as f64 / 60.0,
                _ => 0.0,
            };
            (a - b - apart).abs() <= (a.max(*b) * CLOCK_SHARE).max(CLOCK_MINUTES)
        }
        (a, b) => a == b,
    }
}

/// Lower restricts more. For numbers the larger restricts more, but for a window the smaller.
fn rank(key: &str, value: &FactValue) -> f64 {
    match (value, catalogue::find(key).map(|def| def.values)) {
        (FactValue::Word(_), _) => {
            catalogue::restriction(key, value).map_or(f64::MAX, |place| place as f64)
        }
        (FactValue::Number(number), Some(Values::Number(_)))
            if matches!(
                key,
                fact_key::WINDOW_MINUTES_LEFT
                    | fact_key::DEPLOYMENT_OLD_SIDE_MINUTES_LEFT
                    | fact_key::REHEARSAL_LEVEL
                    | fact_key::DEPLOYMENT_MINUTES_FORWARD
            ) =>
        {
            *number
        }
        (FactValue::Number(number), _) => -number,
        (FactValue::NotApplicable, _) => f64::MAX,
        (FactValue::Unknown, _) => f64::INFINITY,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(text: &str) -> FactValue {
        FactValue::word(text)
    }

    #[test]
    fn the_more_restricting_value_wins_and_the_conflict_stays_visible() {
        let out = resolve(
            &[Fact::sensed("deployment.mixed", word("yes"))],
            &[Fact::stated("deployment.mixed", word("no"))],
        );
        assert_eq!(out.facts["deployment.mixed"].value, word("yes"));
        assert_eq!(out.facts["deployment.mixed"].confidence, Sureness::Low);
        assert_eq!(out.conflicts.len(), 1);
        assert_eq!(out.conflicts[0].said.len(), 2);
    }

    #[test]
    fn an_explicit_word_replaces_what_was_sensed() {
        let mut stated = Fact::stated("deployment.mixed", word("no"));
        stated.supersedes = true;
        let out = resolve(&[Fact::sensed("deployment.mixed", word("yes"))], &[stated]);
        assert_eq!(out.facts["deployment.mixed"].value, word("no"));
        assert!(out.conflicts.is_empty());
    }

    #[test]
    fn a_definition_that_both_trees_prove_refused_is_not_unsaid() {
        let key = "config.newer_than_previous";
        let mut stated = Fact::stated(key, word("no"));
        stated.supersedes = true;
        let seen =
            Fact::sensed(key, word("yes")).with_evidence([model::Evidence::at("crds/a.yaml", 1)]);
        let out = resolve(std::slice::from_ref(&seen), std::slice::from_ref(&stated));
        assert_eq!(
            (out.facts[key].value.clone(), out.conflicts.len()),
            (word("yes"), 1)
        );
        let out = resolve(&[seen.low()], &[stated]);
        assert_eq!(
            (out.facts[key].value.clone(), out.conflicts.len()),
            (word("no"), 0)
        );
    }

    #[test]
    fn a_person_decides_between_sources_that_contradict_each_other() {
        let key = "deployment.previous_available";
        let read = [
            Fact::sensed(key, word("yes")),
            Fact::sensed(key, word("no")),
        ];
        let out = resolve(&read, &[]);
        assert_eq!(
            (
                out.facts[key].value.clone(),
                out.facts[key].confidence,
                out.conflicts.len()
            ),
            (word("no"), Sureness::Low, 1)
        );
        let out = resolve(&read, &[Fact::stated(key, word("yes"))]);
        assert_eq!(
            (out.facts[key].value.clone(), out.conflicts.len()),
            (word("yes"), 0)
        );
        let out = resolve(&read, &[Fact::stated(key, word("yes")).low()]);
        assert_eq!(
            (out.facts[key].value.clone(), out.conflicts.len()),
            (word("no"), 1)
        );
    }

    #[test]
    fn minutes_that_differ_by_a_little_are_the_same() {
        let key = "deployment.live_minutes";
        let at = |text: &str| text.parse().unwrap();
        let said = Fact::stated(key, FactValue::Number(47.0)).observed(at("2026-03-01T03:00:00Z"));
        let read = Fact::sensed(key, FactValue::Number(59.0)).observed(at("2026-03-01T03:10:00Z"));
        assert!(
            resolve(std::slice::from_ref(&read), std::slice::from_ref(&said))
                .conflicts
                .is_empty()
        );
        let read = Fact::sensed(key, FactValue::Number(90.0)).observed(at("2026-03-01T03:10:00Z"));
        assert_eq!(resolve(&[read], &[said]).conflicts.len(), 1);
    }

    #[test]
    fn later_statements_replace_earlier_ones() {
        let out = resolve(
            &[],
            &[
                Fact::stated("impact.now", word("down")),
                Fact::stated("impact.now", word("none")),
            ],
        );
        assert_eq!(out.facts["impact.now"].value, word("none"));
        assert!(out.conflicts.is_empty());
    }

    #[test]
    fn knowing_beats_not_knowing_and_sure_beats_guessed() {
        let unknown = Fact::sensed("dependent[shop].uses", FactValue::Unknown);
        let out = resolve(
            &[unknown],
            &[Fact::stated("dependent[shop].uses", word("no"))],
        );
        assert_eq!(out.facts["dependent[shop].uses"].value, word("no"));
        let out = resolve(
            &[Fact::sensed("database.start_gate", word("likely")).low()],
            &[Fact::stated("database.start_gate", word("no"))],
        );
        assert_eq!(out.facts["database.start_gate"].value, word("no"));
        assert!(out.conflicts.is_empty());
        let out = resolve(
            &[Fact::sensed("release.size", word("few"))],
            &[Fact::stated("release.size", FactValue::Unknown)],
        );
        assert_eq!(out.facts["release.size"].value, word("few"));
    }
}

//! No fact that restricts going back more moves the verdict towards going back.

use crate::support;
use backout::checklist::catalogue::{self, Values};
use backout::model::{Fact, FactValue, Facts, OptionId};
use support::{opened, verdict};

/// How far an option takes the release away.
fn towards_back(option: OptionId) -> u8 {
    match option {
        OptionId::RollBack | OptionId::FlagOff | OptionId::ShiftTraffic => 2,
        OptionId::RollBackWithConditions => 1,
        _ => 0,
    }
}

/// A small generator, so that a seed gives the same assignments everywhere.
struct Random(u64);

impl Random {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % most.max(1)
    }
}

/// Numbers from the one that restricts going back least; those without a direction are left out (a
/// window that shrinks bars whatever does not fit).
fn numbers(key: &str) -> Option<Vec<f64>> {
    Some(match key {
        "deployment.live_minutes"
        | "release.days_since_previous"
        | "deployment.minutes_back"
        | "backup.age_minutes"
        | "rehearsal.days_since" => {
            vec![1.0, 15.0, 31.0, 90.0, 300.0, 9000.0]
        }
        "deployment.minutes_forward" => vec![2400.0, 240.0, 60.0, 20.0, 5.0, 1.0],
        "rehearsal.level" => vec![4.0, 3.0, 2.0, 1.0, 0.0],
        _ => return None,
    })
}

/// The values of a fact from the least to the most restricting.
fn values(key: &str) -> Vec<FactValue> {
    // neither how it is brought out nor where it stands restricts anything by itself
    if ["deployment.strategy", "deployment.gate"].contains(&key) {
        return Vec::new();
    }
    match catalogue::find_fact_definition(key).map(|def| def.values) {
        Some(Values::Words(words)) => words
            .iter()
            .rev()
            .filter(|word| **word != "likely")
            .map(|word| FactValue::word(*word))
            .collect(),
        _ => numbers(key)
            .unwrap_or_default()
            .into_iter()
            .map(FactValue::Number)
            .collect(),
    }
}

/// How many assignments are tried: `BACKOUT_WORSENINGS=20000` for the long run.
fn tries() -> usize {
    std::env::var("BACKOUT_WORSENINGS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(160)
}

#[test]
fn what_restricts_more_never_moves_the_verdict_towards_going_back() {
    let keys: Vec<String> = catalogue::list_fact_definitions()
        .iter()
        .map(|def| def.key.replacen("[]", "[storefront]", 1))
        .collect();
    let movable: Vec<&String> = keys.iter().filter(|key| values(key).len() > 1).collect();
    let mut random = Random(20_260_301);
    for round in 0..tries() {
        let base = if round % 2 == 0 {
            Facts::new()
        } else {
            opened(support::STORIES[random.below(support::STORIES.len())])
        };
        let mut facts = base;
        for key in &keys {
            let known = values(key);
            // half of the assignments stay near a story, so that both ways are possible
            if known.is_empty() || (round % 2 == 1 && random.below(6) > 0) || random.below(8) == 0 {
                continue;
            }
            let value = known[random.below(known.len())].clone();
            facts.insert(key.clone(), Fact::stated(key, value));
        }
        let key = movable[random.below(movable.len())];
        let known = values(key);
        let better = random.below(known.len() - 1);
        let worse = better + 1 + random.below(known.len() - better - 1);
        let with = |at: usize| {
            let mut facts = facts.clone();
            facts.insert(key.clone(), Fact::stated(key, known[at].clone()));
            verdict(&facts)
        };
        let (before, after) = (with(better), with(worse));
        let told = || {
            format!(
                "round {round}: {key} {} -> {}\n{}\n\n{}",
                known[better],
                known[worse],
                before.trace.join("\n"),
                after.trace.join("\n")
            )
        };
        assert!(
            towards_back(after.option) <= towards_back(before.option),
            "{}",
            told()
        );
        if after.option == before.option
            && let (Some(first), Some(second)) = (before.then, after.then)
        {
            assert!(
                towards_back(second) <= towards_back(first),
                "what follows, {}",
                told()
            );
        }
    }
}

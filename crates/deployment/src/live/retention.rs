//! What a target still holds after the next deployment: Calamari's retention, simulated.
//!
//! By days everything older goes, good or not, and nothing is kept because it is the previous one;
//! the clean-up runs with a deployment, so the deployment of the bad release may be the one that
//! removed the good. By count the current and N further successful ones stay.

use jiff::Timestamp;

use super::{Deployment, DeploymentOutcome};

/// How long targets keep what was extracted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retention {
    /// All of it.
    Forever,
    /// That many days.
    Days(u32),
    /// The current one and that many successful ones before it.
    Count(u32),
}

impl Retention {
    /// As a person writes it: `5 days`, `3 releases`, `forever`.
    pub fn of(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_lowercase();
        if matches!(text.as_str(), "forever" | "all" | "everything") {
            return Some(Self::Forever);
        }
        // a bare number says neither days nor releases, and the two keep different things
        let (number, unit) = text.split_once(|c: char| !c.is_ascii_digit())?;
        let number: u32 = number
            .parse()
            .ok()
            // zero would be read as "nothing is kept" and means the opposite
            .filter(|number| (1..=100_000).contains(number))?;
        match unit.trim() {
            "day" | "days" | "d" => Some(Self::Days(number)),
            "release" | "releases" | "item" | "items" => Some(Self::Count(number)),
            _ => None,
        }
    }

    /// In words.
    pub fn words(self) -> String {
        match self {
            Self::Forever => "everything is kept".to_owned(),
            Self::Days(1) => "one day is kept".to_owned(),
            Self::Days(days) => format!("{days} days are kept"),
            Self::Count(count) => format!("the current and {count} before it are kept"),
        }
    }
}

/// Whether each entry of one policy set would survive one more successful deployment at `now`.
/// Entries newest first.
pub(super) fn survive_next(
    entries: &[&Deployment],
    retention: Retention,
    now: Timestamp,
) -> Vec<bool> {
    match retention {
        Retention::Forever => vec![true; entries.len()],
        // zero days is Octopus' way to say that nothing is cleaned
        Retention::Days(0) => vec![true; entries.len()],
        Retention::Days(days) => {
            let oldest = now.as_second().saturating_sub(i64::from(days) * 86_400);
            entries
                .iter()
                // without a time nobody can say that it is over it
                .map(|entry| entry.at.is_none_or(|at| at.as_second() >= oldest))
                .collect()
        }
        Retention::Count(count) => {
            let count = count as usize;
            // the deployment to come is the current one, so `count` of today's stay beside it
            let good = entries
                .iter()
                .filter(|entry| entry.outcome == DeploymentOutcome::Success)
                .count();
            // with fewer good ones than it keeps, Calamari cleans nothing, not even what failed
            if good < count {
                return vec![true; entries.len()];
            }
            let mut kept = 0;
            entries
                .iter()
                .map(|entry| {
                    let keep = entry.outcome == DeploymentOutcome::Success && kept < count;
                    kept += usize::from(keep);
                    keep
                })
                .collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn entry(days_ago: i64, good: bool) -> Deployment {
        let mut made = Deployment::new(
            "journal",
            if good {
                DeploymentOutcome::Success
            } else {
                DeploymentOutcome::Failed
            },
        );
        made.at = Timestamp::from_second(1_800_000_000 - days_ago * 86_400).ok();
        made
    }

    fn now() -> Timestamp {
        Timestamp::from_second(1_800_000_000).unwrap()
    }

    fn run(entries: &[Deployment], retention: Retention) -> Vec<bool> {
        survive_next(&entries.iter().collect::<Vec<_>>(), retention, now())
    }

    #[test]
    fn people_write_it_in_words() {
        assert_eq!(Retention::of("5 days"), Some(Retention::Days(5)));
        assert_eq!(Retention::of(" 3 Releases"), Some(Retention::Count(3)));
        assert_eq!(Retention::of("forever"), Some(Retention::Forever));
        for odd in [
            "",
            "days",
            "5",
            "0 days",
            "-1 days",
            "5 moons",
            "99999999999 days",
        ] {
            assert_eq!(Retention::of(odd), None, "{odd}");
        }
    }

    #[test]
    fn by_days_the_previous_release_is_not_spared() {
        let entries = [entry(0, true), entry(7, true)];
        assert_eq!(run(&entries, Retention::Days(5)), [true, false]);
        assert_eq!(run(&entries, Retention::Days(30)), [true, true]);
        assert_eq!(run(&entries, Retention::Days(0)), [true, true]);
    }

    #[test]
    fn by_count_failed_ones_are_not_counted_and_go() {
        let entries = [
            entry(0, true),
            entry(1, false),
            entry(7, true),
            entry(9, true),
        ];
        assert_eq!(
            run(&entries, Retention::Count(2)),
            [true, false, true, false]
        );
        assert_eq!(
            run(&entries, Retention::Count(1)),
            [true, false, false, false]
        );
        assert_eq!(run(&entries, Retention::Count(4)), [true, true, true, true]);
        assert_eq!(run(&entries, Retention::Forever), [true; 4]);
    }

    proptest! {
        #[test]
        fn keeping_more_never_loses_one(list in prop::collection::vec((0i64..400, any::<bool>()), 0..12), few in 0u32..6, more in 0u32..6) {
            let mut entries: Vec<Deployment> = list.iter().map(|&(days, good)| entry(days, good)).collect();
            entries.sort_by_key(|entry| std::cmp::Reverse(entry.at));
            let (small, large) = (run(&entries, Retention::Count(few)), run(&entries, Retention::Count(few + more)));
            prop_assert!(small.iter().zip(&large).all(|(small, large)| !small || *large));
            let (small, large) = (run(&entries, Retention::Days(few + 1)), run(&entries, Retention::Days(few + 1 + more)));
            prop_assert!(small.iter().zip(&large).all(|(small, large)| !small || *large));
        }
    }
}

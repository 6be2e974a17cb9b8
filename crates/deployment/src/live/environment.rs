//! Which environment of a state file the question is about.

use super::LiveReport;
use super::gathered::{About, GatheredFacts};
use model::fact_key;

// the same choice as the facts make, without telling its notes twice
/// The environment of a file that the question is about, as the facts choose it.
pub(super) fn chosen_environment(report: &LiveReport, about: &About<'_>) -> Option<Option<String>> {
    choose_report_environment(
        report,
        about,
        &mut GatheredFacts {
            facts: Vec::new(),
            notes: Vec::new(),
        },
    )
}

/// The environment of a file that the question is about: `Some(None)` when the file names none.
pub(super) fn choose_report_environment(
    report: &LiveReport,
    about: &About<'_>,
    out: &mut GatheredFacts,
) -> Option<Option<String>> {
    let names = report.environments();
    let chosen = match (about.environment, names.as_slice()) {
        // a file of one service alone names none, and there is nothing to choose
        (_, []) => return Some(None),
        (Some(wanted), names) => names
            .iter()
            .find(|name| name.eq_ignore_ascii_case(wanted))
            // `prod` is asked for and `Production` stands there
            .or_else(|| {
                names
                    .iter()
                    .find(|name| is_production_name(name) && is_production_name(wanted))
            })
            .copied(),
        (None, [only]) => Some(*only),
        // without a word the question is about production, and two of them may be two customers
        (None, names) => {
            let mut candidates = names.iter().filter(|name| is_production_name(name));
            candidates
                .next()
                .filter(|_| candidates.next().is_none())
                .copied()
        }
    };
    // ids such as `Environments-3` say nothing about which environment it is
    let opaque = names.iter().all(|name| name.starts_with("Environments-"));
    match chosen {
        Some(name) => {
            if let Some(kind) = kind_of(name) {
                out.word(
                    fact_key::DEPLOYMENT_ENVIRONMENT,
                    kind,
                    format!("{} is about {name}", report.name),
                    &[],
                );
            }
            Some(Some(name.to_owned()))
        }
        // one id is one environment, whatever it is
        None if opaque && names.len() == 1 => Some(None),
        None => {
            out.notes.push(match about.environment {
                Some(wanted) => format!(
                    "{} knows nothing of {wanted}; it has {}",
                    report.name,
                    names.join(", ")
                ),
                None => format!(
                    "{} has several environments ({}); name one with --env",
                    report.name,
                    names.join(", ")
                ),
            });
            None
        }
    }
}

fn is_production_name(name: &str) -> bool {
    kind_of(name) == Some("production")
}

pub(super) fn kind_of(name: &str) -> Option<&'static str> {
    let name = name.to_ascii_lowercase();
    let words: Vec<&str> = name.split(|c: char| !c.is_ascii_alphanumeric()).collect();
    // whole words only: `reproduction` is no production; a number behind one says which of several
    let some = |list: &[&str]| {
        words
            .iter()
            .any(|word| list.contains(&word.trim_end_matches(|c: char| c.is_ascii_digit())))
    };
    // `int` and `pre` are what teams call the last step before production
    if some(&[
        "test",
        "testing",
        "qa",
        "dev",
        "development",
        "staging",
        "stage",
        "stg",
        "uat",
        "preview",
        "review",
        "sandbox",
        "preprod",
        "integration",
        "int",
        "pre",
        "nonprod",
    ]) {
        Some("test")
    } else if some(&["production", "prod", "prd", "live", "gprd"]) {
        Some("production")
    } else {
        None
    }
}

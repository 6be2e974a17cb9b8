//! The back-test as text, Markdown and JSON.

use std::fmt::Write;

use serde::Serialize;

use super::score::{ActionFamily, Recommendation, Score};
use crate::model::{escape_invisible, wrap_text};

/// Everything that is printed.
#[derive(Debug, Clone, Serialize)]
pub struct Result {
    /// Where the incidents come from.
    pub file: String,
    /// How many there are.
    pub incidents: usize,
    /// How many have no best action that is one of the program's; they count only as harm.
    pub without_best: usize,
    /// The program, told also what was coded afterwards.
    pub with_extra_facts: Score,
    /// The program, told only what could be known.
    pub without_extra_facts: Score,
    /// Plain policies.
    pub plain: [Score; 4],
}

const NOTE: &str = "A sanity check on one coder's labels, not a measure of accuracy. Harmful: an \
    action of a recommended family made it worse or lost data in \
                    that very case, and another family was the best. What follows after a pause \
                    counts as recommended.";

/// As JSON.
pub fn write_backtest_json(result: &Result) -> anyhow::Result<String> {
    #[derive(Serialize)]
    struct BacktestOutput<'a> {
        schema: &'static str,
        #[serde(flatten)]
        result: &'a Result,
    }
    let mut text = serde_json::to_string_pretty(&BacktestOutput {
        schema: "backout.backtest/1",
        result,
    })?;
    text.push('\n');
    Ok(text)
}

/// Rows of the table: name and score.
fn list_score_rows(result: &Result) -> Vec<(String, &Score)> {
    let mut rows = vec![
        (
            "backout, with extra_facts".to_owned(),
            &result.with_extra_facts,
        ),
        ("backout, without".to_owned(), &result.without_extra_facts),
    ];
    rows.extend(
        result
            .plain
            .iter()
            .map(|score| (score.policy.to_owned(), score)),
    );
    rows
}

const FAMILIES: [(ActionFamily, &str); 4] = [
    (ActionFamily::Undo, "undo"),
    (ActionFamily::Forward, "forward"),
    (ActionFamily::Restore, "restore"),
    (ActionFamily::Pause, "pause"),
];

fn format_family_agreement(score: &Score, family: ActionFamily) -> String {
    score
        .by_family
        .iter()
        .find(|(one, ..)| *one == family)
        .map(|(_, cases, agree)| format!("{agree}/{cases}"))
        .unwrap_or_default()
}

/// What is recommended, what follows it, and how much it holds.
fn describe_recommendation(said: &Recommendation) -> String {
    let then = said
        .then
        .map(|then| format!(", then {then}"))
        .unwrap_or_default();
    let strength = said
        .strength
        .map(|strength| format!(" ({})", strength.id()))
        .unwrap_or_default();
    format!("{}{then}{strength}", said.action)
}

fn summarize_incident_counts(result: &Result) -> String {
    format!(
        "{}: {} incidents, {} with a best action",
        result.file, result.incidents, result.with_extra_facts.cases
    )
}

/// As text, `width` columns at most.
pub fn write_backtest_text(result: &Result, width: usize) -> String {
    let mut out = format!(
        "{}\n\n",
        escape_invisible(&summarize_incident_counts(result))
    );
    let _ = writeln!(
        out,
        "{:39}{:>6}{:>8}{:>7}{:>9}{:>9}{:>7}{:>9}",
        "", "exact", "family", "undo", "forward", "restore", "pause", "harmful"
    );
    for (name, score) in list_score_rows(result) {
        let _ = write!(out, "{name:39}{:>6}{:>8}", score.exact, score.family);
        for ((family, _), width) in FAMILIES.into_iter().zip([7, 9, 9, 7]) {
            let _ = write!(out, "{:>width$}", format_family_agreement(score, family));
        }
        let _ = writeln!(out, "{:>9}", score.harmful);
    }
    for (title, score) in [
        ("with", &result.with_extra_facts),
        ("without", &result.without_extra_facts),
    ] {
        let _ = writeln!(
            out,
            "\nDisagreements, {title} extra_facts: {}",
            score.disagreements.len()
        );
        for said in &score.disagreements {
            let harm = if said.harmful { "  HARMFUL" } else { "" };
            let _ = writeln!(
                out,
                "  {}: {}, best {}{harm}",
                escape_invisible(&said.id),
                describe_recommendation(said),
                escape_invisible(&said.best)
            );
            for line in wrap_text(
                &escape_invisible(&said.rule),
                width.saturating_sub(6).max(30),
            ) {
                let _ = writeln!(out, "      {line}");
            }
        }
    }
    let _ = writeln!(out);
    for line in wrap_text(NOTE, width.max(30)) {
        let _ = writeln!(out, "{line}");
    }
    out
}

/// As Markdown.
pub fn write_backtest_markdown(result: &Result) -> String {
    let cell = |text: &str| {
        escape_invisible(text)
            .replace('|', "\\|")
            .replace('<', "&lt;")
    };
    let mut out = format!(
        "# Back-test\n\n{}.\n\n",
        cell(&summarize_incident_counts(result))
    );
    out.push_str(
        "| | exact | family | undo | forward | restore | pause | harmful |\n| --- | --: | \
        --: | --: | --: | --: | --: | --: |\n",
    );
    for (name, score) in list_score_rows(result) {
        let families: Vec<String> = FAMILIES
            .into_iter()
            .map(|(family, _)| format_family_agreement(score, family))
            .collect();
        let _ = writeln!(
            out,
            "| {name} | {} | {} | {} | {} |",
            score.exact,
            score.family,
            families.join(" | "),
            score.harmful
        );
    }
    for (title, score) in [
        ("with", &result.with_extra_facts),
        ("without", &result.without_extra_facts),
    ] {
        let _ = writeln!(
            out,
            "\n## Disagreements, {title} `extra_facts`\n\n| incident | recommended | best | \
                harmful | rule |\n| --- | --- | --- | --- | --- |"
        );
        for said in &score.disagreements {
            let harm = if said.harmful { "yes" } else { "" };
            let _ = writeln!(
                out,
                "| {} | {} | {} | {harm} | {} |",
                cell(&said.id),
                describe_recommendation(said),
                cell(&said.best),
                cell(&said.rule)
            );
        }
    }
    let _ = writeln!(out, "\n{NOTE}");
    out
}

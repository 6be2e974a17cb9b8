//! `backout guide`: the rollback guide rule by rule, and where the program keeps each.

use std::fmt::Write;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use serde::Deserialize;

use super::cli::GuideArgs;
use crate::checklist::catalogue;
use crate::model::wrap_text;

const GUIDE: &str = include_str!("../../assets/guide.yaml");

/// One rule of the guide.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct GuideRule {
    rule: String,
    section: String,
    class: RuleClass,
    #[serde(rename = "where")]
    place: String,
    says: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum RuleClass {
    Decides,
    Asks,
    Shows,
    Background,
}

impl RuleClass {
    fn id(self) -> &'static str {
        match self {
            Self::Decides => "decides",
            Self::Asks => "asks",
            Self::Shows => "shows",
            Self::Background => "background",
        }
    }

    fn says(self) -> &'static str {
        match self {
            Self::Decides => "decides: it can change the verdict",
            Self::Asks => "asks: a question whose answer matters",
            Self::Shows => "shows: a text, a screen or a step of the plan",
            Self::Background => "background: said where it helps, changes nothing by itself",
        }
    }
}

fn load_guide_rules() -> Result<Vec<GuideRule>> {
    serde_yaml::from_str(GUIDE).context("the guide's table")
}

/// Runs it.
pub fn run_guide(args: &GuideArgs) -> Result<ExitCode> {
    let rules = load_guide_rules()?;
    match &args.rule {
        None => super::print_output(&write_rule_list(&rules)),
        Some(number) => match rules
            .iter()
            .find(|rule| rule.rule.eq_ignore_ascii_case(number))
        {
            Some(rule) => super::print_output(&write_rule_page(rule)),
            None => Err(super::UsageError(format!(
                "the guide has no rule {number}; it has 1 to 100 and N1 to N18"
            ))
            .into()),
        },
    }
}

fn write_rule_list(rules: &[GuideRule]) -> String {
    let mut out = String::new();
    let mut section = "";
    for rule in rules {
        if rule.section != section {
            let _ = writeln!(
                out,
                "{}{}",
                if section.is_empty() { "" } else { "\n" },
                rule.section
            );
            section = &rule.section;
        }
        for (n, line) in wrap_text(&rule.says, 74).iter().enumerate() {
            let _ = if n == 0 {
                writeln!(out, "  {:>4}  {:10}  {line}", rule.rule, rule.class.id())
            } else {
                writeln!(out, "                    {line}")
            };
        }
    }
    out
}

fn write_rule_page(rule: &GuideRule) -> String {
    let mut out = format!(
        "Rule {} of the rollback guide  ({})\n\n",
        rule.rule, rule.section
    );
    for line in wrap_text(&rule.says, 88) {
        let _ = writeln!(out, "  {line}");
    }
    let _ = writeln!(
        out,
        "\n  {}\n  {}",
        rule.class.says(),
        describe_rule_place(&rule.place)
    );
    out
}

fn describe_rule_place(text: &str) -> String {
    match text.split_once(':') {
        Some(("fact", key)) => {
            let asks = catalogue::find_fact_definition(key)
                .map(|fact| fact.asks)
                .unwrap_or_default();
            format!(
                "kept as the fact {key}{}",
                if asks.is_empty() {
                    String::new()
                } else {
                    format!(" ({asks})")
                }
            )
        }
        Some(("check", id)) => {
            let title = crate::check::list_checks()
                .iter()
                .find(|check| check.doc.id == id)
                .map(|check| check.doc.title)
                .unwrap_or_default();
            format!("kept as the check {id} ({title}); `backout explain {id}` says more")
        }
        Some(("screen", name)) => format!("kept on the screen '{name}'"),
        Some(("command", name)) => format!("kept in the command `backout {name}`"),
        _ => "kept in docs/src/guide.md".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn every_rule_has_a_place_that_exists() {
        let rules = load_guide_rules().expect("a table");
        let numbers: Vec<String> = (1..=100)
            .map(|n| n.to_string())
            .chain((1..=18).map(|n| format!("N{n}")))
            .collect();
        assert_eq!(
            rules
                .iter()
                .map(|rule| rule.rule.clone())
                .collect::<Vec<_>>(),
            numbers
        );
        let screens = [
            "now",
            "gates",
            "questions",
            "changelog",
            "diff",
            "risks",
            "plan",
            "record",
        ];
        for rule in &rules {
            let found = match rule.place.split_once(':') {
                Some(("fact", key)) => catalogue::find_fact_definition(key).is_some(),
                Some(("check", id)) => crate::check::list_checks()
                    .iter()
                    .any(|check| check.doc.id == id),
                Some(("screen", name)) => screens.contains(&name),
                Some(("command", name)) => super::super::cli::Cli::command()
                    .find_subcommand(name)
                    .is_some(),
                Some(("doc", "guide")) => rule.class == RuleClass::Background,
                _ => false,
            };
            assert!(found, "rule {}: {}", rule.rule, rule.place);
        }
    }
}

//! `backout gate GATE --automatic`: may a rollback be triggered here without a person?

use crate::model::fact_key;
use std::fmt::Write;
use std::process::ExitCode;

use anyhow::Result;
use serde::Serialize;

use crate::checklist::Checklist;
use crate::command::cli::{GateArgs, SheetFormat};
use crate::command::output::{UsageError, find_output_width, print_output};
use crate::command::situation::Situation;
use crate::decision;
use crate::deployment::ladder::{self, Ladder};
use crate::model::{Assessment, Config, escape_invisible, wrap_text};

/// It may not be.
const REFUSED: u8 = 12;

/// What is asked about.
pub struct Asked<'a> {
    pub args: &'a GateArgs,
    pub situation: &'a Situation,
    pub checklist: &'a Checklist,
    pub assessment: &'a Assessment,
    pub config: &'a Config,
}

#[derive(Serialize)]
struct AutomaticGateAnswer {
    schema: &'static str,
    allowed: bool,
    /// Level of the ladder by what is recorded, 0 to 4.
    level: u8,
    missing: Vec<String>,
    conditions: Vec<String>,
    stop: Option<String>,
    rungs: Vec<(u8, &'static str, Option<String>)>,
}

/// Prints the answer. Ends 0 when it may be, 12 when not.
pub fn run_automatic_gate(asked: &Asked<'_>) -> Result<ExitCode> {
    let (held, _) =
        ladder::collect_rehearsals(asked.config, asked.situation.request.rehearsals.get());
    let ladder = ladder::assess_automation_ladder(
        &asked.assessment.process,
        asked.config,
        &held,
        asked.situation.now,
    );
    let answer = decide_automatic_rollback(asked, &ladder);
    let text = match asked.args.format {
        SheetFormat::Json => format!("{}\n", serde_json::to_string_pretty(&answer)?),
        SheetFormat::Text => write_automatic_answer(&answer, asked, "  ", find_output_width()),
        SheetFormat::Markdown => write_automatic_answer(&answer, asked, "- ", 1000),
        SheetFormat::Html => {
            return Err(UsageError(
                "whether a trigger may be automatic is printed as text, json or markdown; html is \
                    the sheet of a gate"
                    .to_owned(),
            )
            .into());
        }
    };
    print_output(&text)?;
    Ok(if answer.allowed {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(REFUSED)
    })
}

/// What is recorded carries the ladder; what somebody states about its level cannot raise it, only
/// lower it. What is known of this very deployment comes on top: schema and contract untouched, and
/// a condition that is named.
fn decide_automatic_rollback(asked: &Asked<'_>, ladder: &Ladder) -> AutomaticGateAnswer {
    let mut facts = asked.assessment.facts.clone();
    let stated = facts
        .get(fact_key::REHEARSAL_LEVEL)
        .and_then(|fact| fact.value.as_number())
        .map_or(4.0, |level| level.clamp(0.0, 4.0));
    let level = ladder.level.min(stated as u8);
    let value = crate::model::FactValue::Number(f64::from(level));
    facts.insert(
        fact_key::REHEARSAL_LEVEL.to_owned(),
        crate::model::Fact::derived(fact_key::REHEARSAL_LEVEL, value),
    );
    let here = decision::judge_automation(
        &facts,
        asked.checklist,
        &asked.situation.context(asked.assessment),
    );
    let mut missing = ladder.missing();
    if level < ladder.level {
        missing.push(format!("somebody stated level {level} of the ladder"));
    }
    missing.extend(here.missing);
    if let Some(condition) = &asked.args.condition
        && !ladder
            .conditions
            .iter()
            .any(|name| name == condition.trim())
    {
        let named = if ladder.conditions.is_empty() {
            "none is".to_owned()
        } else {
            format!("these are: {}", ladder.conditions.join(", "))
        };
        missing.push(format!(
            "the condition {} is not named in `automation.conditions` of backout.yaml; {named}",
            escape_invisible(condition)
        ));
    }
    let stop = asked
        .config
        .automation
        .stop
        .as_deref()
        .map(|who| escape_invisible(who.trim()).into_owned())
        .filter(|who| !who.is_empty());
    AutomaticGateAnswer {
        schema: "backout.automatic/1",
        allowed: missing.is_empty() && here.allowed,
        level,
        missing,
        conditions: ladder.conditions.clone(),
        stop,
        rungs: ladder
            .rungs
            .iter()
            .map(|rung| (rung.level, rung.asks, rung.there.clone()))
            .collect(),
    }
}

fn write_automatic_answer(
    answer: &AutomaticGateAnswer,
    asked: &Asked<'_>,
    bullet: &str,
    width: usize,
) -> String {
    let pair = format!(
        "{} to {}",
        asked.assessment.current.version.shown(),
        asked.assessment.previous.version.shown()
    );
    let mut out = if answer.allowed {
        let stop = answer.stop.as_deref().unwrap_or("a person");
        format!(
            "YES: going back from {pair} may be triggered without a person, for these conditions \
                only; {stop} can stop it.\n\n"
        )
    } else {
        format!(
            "NO: trigger going back from {pair} by hand. Level {} of the ladder is reached, 4 is \
                needed.\n\n",
            answer.level
        )
    };
    let mut list = |title: &str, items: &[String]| {
        if items.is_empty() {
            return;
        }
        let _ = writeln!(out, "{title}");
        for item in items {
            for (at, line) in wrap_text(item, width.saturating_sub(6).max(30))
                .iter()
                .enumerate()
            {
                let _ = writeln!(out, "{}{line}", if at == 0 { bullet } else { "    " });
            }
        }
        out.push('\n');
    };
    list("Missing:", &answer.missing);
    list("Conditions:", &answer.conditions);
    let rungs: Vec<String> = answer
        .rungs
        .iter()
        .map(|(level, asks, there)| {
            format!(
                "{level}. {asks}: {}",
                there.as_deref().unwrap_or("nothing yet")
            )
        })
        .collect();
    list("The ladder:", &rungs);
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

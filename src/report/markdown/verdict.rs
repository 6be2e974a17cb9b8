//! The verdict as Markdown: the headline, its reasons, conditions and options.

use crate::model::{Assessment, Condition, Decision, checklist_line, past_rollbacks_line};
use crate::report::escape::{escape_markdown_text, is_sql, write_code_fence, write_inline_code};
use crate::report::standing::list_option_standings;
use crate::report::{top, words};

pub(super) fn write_markdown_head(assessment: &Assessment) -> String {
    let (title, strength) = match &assessment.verdict {
        Some(decision) => (
            words::write_decision_headline(decision, &assessment.previous.version.shown()),
            words::write_strength(decision),
        ),
        None => ("Not decided yet".to_owned(), String::new()),
    };
    let mut about = vec![
        format!(
            "**{}**",
            escape_markdown_text(&words::find_service_name(assessment))
        ),
        format!(
            "{} is out, {} is what we would go back to",
            write_inline_code(&assessment.current.version.shown()),
            write_inline_code(&assessment.previous.version.shown())
        ),
    ];
    about.extend(
        assessment
            .environment
            .as_ref()
            .map(|environment| escape_markdown_text(environment)),
    );
    about.extend(assessment.gate.map(|gate| format!("gate {}", gate.id())));
    about.extend(
        assessment
            .verdict
            .as_ref()
            .and_then(|decision| decision.deadline)
            .map(|at| format!("decide by {}", at.strftime("%Y-%m-%d %H:%M UTC"))),
    );
    let strength = if strength.is_empty() {
        String::new()
    } else {
        format!("*{strength}*\n\n")
    };
    format!(
        "## {}\n\n{strength}{}\n",
        escape_markdown_text(&title),
        about.join(" · ")
    )
}

pub(super) fn write_markdown_verdict(decision: &Decision, assessment: &Assessment) -> String {
    let mut rows: Vec<(&str, String)> =
        vec![("Rests on", escape_markdown_text(&top::rests_on(assessment)))];
    rows.extend(
        checklist_line(&assessment.checklist_changes)
            .map(|line| ("Checklist", escape_markdown_text(&line))),
    );
    rows.extend(
        top::find_strongest_reason(decision)
            .map(|reason| ("Because", escape_markdown_text(&reason))),
    );
    rows.extend(
        decision
            .meanwhile
            .iter()
            .map(|relief| ("Meanwhile", escape_markdown_text(&relief.says.shown()))),
    );
    rows.extend(
        past_rollbacks_line(&assessment.rolled_back_before)
            .map(|line| ("Before", escape_markdown_text(&line))),
    );
    rows.push(match top::find_strongest_risk(assessment) {
        Some(risk) => (
            "Strongest risk",
            format!(
                "*{}* {}<br>{}",
                risk.severity,
                escape_markdown_text(&risk.says),
                escape_markdown_text(&risk.place)
            ),
        ),
        None => ("Strongest risk", top::no_risk(assessment).to_owned()),
    });
    rows.extend(
        top::list_open_points(assessment)
            .iter()
            .map(|line| ("Open", escape_markdown_text(line))),
    );
    if let Some(next) = &decision.next_question {
        rows.push((
            "Next",
            format!(
                "**{}**<br>{}",
                escape_markdown_text(&next.asks.shown()),
                escape_markdown_text(&top::about_next(next))
            ),
        ));
    }
    rows.extend(decision.because.iter().skip(1).map(|reason| {
        (
            "And because",
            escape_markdown_text(&words::write_weighted_reason(reason)),
        )
    }));
    rows.extend(decision.against.iter().take(3).map(|reason| {
        (
            "Against",
            escape_markdown_text(&words::write_weighted_reason(reason)),
        )
    }));
    rows.extend(decision.flips.iter().map(|flip| {
        (
            "Flips if",
            escape_markdown_text(&words::write_flip(
                flip,
                &assessment.previous.version.shown(),
            )),
        )
    }));
    let wording = crate::usecase::Wording::shipped(
        assessment.previous.version.as_raw(),
        assessment.current.version.as_raw(),
    );
    let assumed = crate::report::subject::list_assumed(decision, &wording);
    rows.extend(
        assumed
            .iter()
            .map(|(asks, value)| ("Assumed", escape_markdown_text(&format!("{asks} {value}")))),
    );
    let mut out = "| | |\n| --- | --- |\n".to_owned();
    let mut last = "";
    for (label, cell) in rows {
        let shown = if label == last {
            String::new()
        } else {
            format!("**{label}**")
        };
        out.push_str(&format!("| {shown} | {cell} |\n"));
        last = label;
    }
    out
}

pub(super) fn write_markdown_conditions(conditions: &[Condition]) -> String {
    if conditions.is_empty() {
        return String::new();
    }
    let mut out = String::new();
    for (at, condition) in conditions.iter().enumerate() {
        // before what is done, and after it: each has a title of its own
        let begins = at == 0 || conditions[at - 1].after != condition.after;
        match condition.after {
            false if begins => out.push_str("### First\n\n"),
            true if begins => out.push_str("### Afterwards\n\n"),
            _ => {}
        }
        out.push_str(&format!(
            "**{}.** {}\n\n",
            at + 1,
            escape_markdown_text(&condition.says.shown())
        ));
        out.push_str(&write_markdown_steps(&condition.steps));
    }
    out
}

/// Steps in order: sentences as items, SQL fenced.
fn write_markdown_steps(steps: &[String]) -> String {
    let mut out = String::new();
    let mut sql: Vec<&str> = Vec::new();
    for step in steps {
        if is_sql(step) {
            sql.push(step);
            continue;
        }
        flush_sql_block(&mut out, &mut sql);
        out.push_str(&format!("- {}\n", escape_markdown_text(step)));
    }
    flush_sql_block(&mut out, &mut sql);
    if !out.is_empty() && !out.ends_with("\n\n") {
        out.push('\n');
    }
    out
}

fn flush_sql_block(out: &mut String, sql: &mut Vec<&str>) {
    if !sql.is_empty() {
        let blank = if out.is_empty() || out.ends_with("\n\n") {
            ""
        } else {
            "\n"
        };
        out.push_str(&format!(
            "{blank}{}\n",
            write_code_fence(&sql.join("\n"), "sql")
        ));
        sql.clear();
    }
}

pub(in crate::report) fn write_markdown_options(decision: &Decision, previous: &str) -> String {
    let mut out = "| Option | State | Why |\n| --- | --- | --- |\n".to_owned();
    let (standings, questions) = list_option_standings(decision);
    for one in &standings {
        let status = one.status;
        let mut why: Vec<String> = one
            .blockers
            .iter()
            .map(|blocker| escape_markdown_text(&blocker.says.shown()))
            .collect();
        why.extend(
            one.first
                .iter()
                .map(|condition| format!("→ {}", escape_markdown_text(&condition.says.shown()))),
        );
        why.extend(one.open_line().map(|line| escape_markdown_text(&line)));
        why.extend(one.settle_line().map(|line| format!("→ {line}")));
        let title = escape_markdown_text(&words::option_title(status.option, previous));
        let title = if status.option == decision.option {
            format!("**{title}**")
        } else {
            title
        };
        out.push_str(&format!(
            "| {title} | {} | {} |\n",
            words::write_option_state(status.state),
            why.join("<br>")
        ));
    }
    if let Some(margin) = decision.margin {
        let [back, forward] =
            [decision.back, decision.forward].map(|sum| words::write_weight(sum, false));
        out.push_str(&format!(
            "\nWeights: {back} for going back, {forward} for going forward: {}.\n",
            words::write_weight_lean(margin)
        ));
    }
    if !questions.is_empty() {
        out.push_str("\nThese answers would settle what is open:\n\n");
        questions.iter().enumerate().for_each(|(at, asks)| {
            out.push_str(&format!("{}. {}\n", at + 1, escape_markdown_text(asks)))
        });
    }
    out
}

//! The session for a post-mortem, as Markdown.

use super::details::{
    LEFT_OUT, format_event_clock, format_utc_clock, group_by_reason, is_utc, list_session_details,
    local_name, moment_title, plan_title, tell_runs,
};
use crate::model::{Assessment, Decision};
use crate::report::escape::escape_markdown_text;
use crate::report::markdown;
use crate::report::run;
use crate::report::story::SessionStory;
use crate::report::subject::ReportSubject;
use crate::report::words;
use crate::session::Event;
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Most lines of one note.
const NOTE_LINES: usize = 40;

/// The session as Markdown: summary, timeline in UTC and local time, what was known, unknown and
/// assumed at the decision, the verdict over time, gates, notes, overrides and the plan. Roles are
/// shown; names only with `names`, and names that the events mention are replaced in free text as
/// well.
pub fn session_markdown(
    events: &[Event],
    assessment: Option<&Assessment>,
    decision: Option<&Decision>,
    names: bool,
) -> String {
    session_markdown_in(events, assessment, decision, names, &TimeZone::system())
}

struct MarkdownTable(String);

impl MarkdownTable {
    fn new(columns: &[&str]) -> Self {
        Self(format!(
            "| {} |\n|{}\n",
            columns.join(" | "),
            " --- |".repeat(columns.len())
        ))
    }

    /// Cells are escaped already.
    fn row(&mut self, cells: &[String]) {
        self.0.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
}

pub(in crate::report) fn session_markdown_in(
    events: &[Event],
    assessment: Option<&Assessment>,
    decision: Option<&Decision>,
    names: bool,
    zone: &TimeZone,
) -> String {
    let subject = ReportSubject::of_session_in(events, assessment, decision, names, zone.clone());
    let story = SessionStory::new(events, decision, &subject.names);
    let mut out = write_markdown_lead(&subject, &story, zone);

    write_markdown_decisions(&mut out, &story, zone);

    write_markdown_known(&mut out, &story);
    write_markdown_open(&mut out, &story);

    write_markdown_timeline(&mut out, &story, zone);

    write_markdown_calls(&mut out, &story);
    write_markdown_notes(&mut out, &story);
    out.push_str(&run::write_markdown_runs(&tell_runs(
        events, assessment, names, &story,
    )));
    if let Some(decision) = decision {
        write_markdown_standings(&mut out, &story, decision);
    }
    match assessment {
        Some(assessment) => {
            write_markdown_reading(&mut out, &story, assessment);
        }
        None => out.push_str(&format!("\n{}\n", escape_markdown_text(LEFT_OUT))),
    }
    if let Some(assessment) = assessment {
        write_markdown_gaps(&mut out, assessment);
    }
    out
}

/// The headline, the session in sentences, and what it was about.
fn write_markdown_lead(
    subject: &ReportSubject<'_>,
    story: &SessionStory,
    zone: &TimeZone,
) -> String {
    let mut out = format!("# {}\n\n", escape_markdown_text(&subject.headline()));
    out.push_str(
        &story
            .summary()
            .iter()
            .map(|sentence| escape_markdown_text(sentence))
            .collect::<Vec<_>>()
            .join(" "),
    );
    out.push('\n');
    let mut table = MarkdownTable::new(&["", ""]);
    for (label, value) in list_session_details(story, zone) {
        table.row(&[format!("**{label}**"), escape_markdown_text(&value)]);
    }
    out.push_str(&format!("\n{}", table.0));
    out
}

fn write_markdown_decisions(out: &mut String, story: &SessionStory, zone: &TimeZone) {
    for decided in &story.decisions {
        let title = format!(
            "Decision: {}",
            words::option_title(decided.option, &story.pair.0)
        );
        let title = if decided.overrides() {
            format!("{title}, against the recommendation")
        } else {
            title
        };
        let mut table = MarkdownTable::new(&["", ""]);
        table.row(&[
            "**at**".to_owned(),
            words::write_utc_and_local_time(decided.at, zone),
        ]);
        for (label, value) in &decided.text {
            table.row(&[format!("**{label}**"), escape_markdown_text(value)]);
        }
        out.push_str(&format!(
            "\n## {}\n\n{}",
            escape_markdown_text(&title),
            table.0
        ));
    }
}

fn write_markdown_known(out: &mut String, story: &SessionStory) {
    out.push_str(&format!("\n## {}\n", moment_title(story)));
    let mut table = MarkdownTable::new(&["Question", "Answer", "How it is known", "From"]);
    story.known.iter().for_each(|fact| {
        table.row(&[
            escape_markdown_text(&fact.asks),
            escape_markdown_text(&fact.value),
            escape_markdown_text(&fact.how),
            escape_markdown_text(&fact.source),
        ])
    });
    out.push_str(&if story.known.is_empty() {
        "\nNothing was known.\n".to_owned()
    } else {
        format!("\n{}", table.0)
    });
}

/// What was not known, what was assumed, and what was asked elsewhere.
fn write_markdown_open(out: &mut String, story: &SessionStory) {
    let list = |title: &str, items: Vec<String>, none: &str| {
        let items: String = items.iter().map(|item| format!("- {item}\n")).collect();
        format!(
            "\n**{title}**\n\n{}",
            if items.is_empty() {
                format!("{none}\n")
            } else {
                items
            }
        )
    };
    let groups = group_by_reason(&story.unknown);
    if groups.is_empty() {
        out.push_str(&list("Not known", Vec::new(), "No question stayed open."));
    }
    for (why, asks) in groups {
        let items = asks.into_iter().map(escape_markdown_text).collect();
        out.push_str(&list(
            &format!("Not known: {}", escape_markdown_text(why)),
            items,
            "",
        ));
    }
    let assumed = story
        .assumed
        .iter()
        .map(|(asks, value)| {
            format!(
                "{} {}",
                escape_markdown_text(asks),
                escape_markdown_text(value)
            )
        })
        .collect();
    out.push_str(&list("Assumed", assumed, "Nothing was assumed."));
    if !story.asked.is_empty() {
        let asked = story
            .asked
            .iter()
            .map(|(_, asks, who)| {
                format!(
                    "{}: {}",
                    escape_markdown_text(who),
                    escape_markdown_text(asks)
                )
            })
            .collect();
        out.push_str(&list("Asked elsewhere, no answer yet", asked, ""));
    }
}

fn write_markdown_timeline(out: &mut String, story: &SessionStory, zone: &TimeZone) {
    out.push_str("\n## Timeline\n\n");
    let days = |at: Option<Timestamp>| {
        at.map(|at| at.strftime("%Y-%m-%d").to_string())
            .unwrap_or_default()
    };
    let one_day = days(story.began) == days(story.ended);
    out.push_str(&format!(
        "{} {}\n\n",
        if one_day { "All on" } else { "From" },
        days(story.began)
    ));
    let local = escape_markdown_text(&local_name(story, zone));
    // beside UTC stands the local time, unless it is the same
    let beside = !is_utc(story, zone);
    let mut heads = vec!["#", "UTC"];
    heads.extend(beside.then_some(local.as_str()));
    heads.extend(["Who", "What"]);
    let mut table = MarkdownTable::new(&heads);
    for line in &story.timeline {
        let (utc, here) = format_event_clock(line.at, zone);
        let utc = if one_day {
            utc
        } else {
            format!("{} {utc}", line.at.strftime("%m-%d"))
        };
        let what = escape_markdown_text(&line.what);
        let what = match (line.withdrawn, line.weighty) {
            (true, _) => format!("~~{what}~~ (taken back)"),
            (false, true) => format!("**{what}**"),
            _ => what,
        };
        let who = escape_markdown_text(&line.who);
        let mut row = vec![line.seq.to_string(), utc];
        row.extend(beside.then_some(here));
        row.extend([who, what]);
        table.row(&row);
    }
    out.push_str(&table.0);
}

/// The verdict over time, and what was called and said at the gates.
fn write_markdown_calls(out: &mut String, story: &SessionStory) {
    if !story.verdicts.is_empty() {
        let mut table = MarkdownTable::new(&["UTC", "Verdict", "Because"]);
        story.verdicts.iter().for_each(|(at, verdict, why)| {
            table.row(&[
                format_utc_clock(*at),
                escape_markdown_text(verdict),
                escape_markdown_text(why),
            ])
        });
        out.push_str(&format!("\n## Verdict over time\n\n{}", table.0));
    }
    if !story.calls.is_empty() || !story.polls.is_empty() {
        out.push_str("\n## Gates\n");
        let mut table = MarkdownTable::new(&["Gate", "Call", "Reason"]);
        story.calls.iter().for_each(|(gate, call, reason)| {
            table.row(&[
                escape_markdown_text(gate),
                escape_markdown_text(call),
                escape_markdown_text(reason),
            ])
        });
        out.push_str(&if story.calls.is_empty() {
            String::new()
        } else {
            format!("\n{}", table.0)
        });
        let mut table = MarkdownTable::new(&["Gate", "Role", "Said", "Objection"]);
        story
            .polls
            .iter()
            .for_each(|(gate, role, call, objection)| {
                table.row(&[
                    escape_markdown_text(gate),
                    escape_markdown_text(role),
                    escape_markdown_text(call),
                    escape_markdown_text(objection),
                ])
            });
        out.push_str(&if story.polls.is_empty() {
            String::new()
        } else {
            format!("\n{}", table.0)
        });
    }
}

fn write_markdown_notes(out: &mut String, story: &SessionStory) {
    if !story.notes.is_empty() {
        out.push_str("\n## Notes\n\n");
        for (at, note) in &story.notes {
            let note = note
                .lines()
                .take(NOTE_LINES)
                .map(escape_markdown_text)
                .collect::<Vec<_>>()
                .join("<br>");
            out.push_str(&format!("- {} UTC: {note}\n", format_utc_clock(*at)));
        }
    }
}

/// Where each option stood, and what would have changed that.
fn write_markdown_standings(out: &mut String, story: &SessionStory, decision: &Decision) {
    out.push_str(&format!(
        "\n## Where each option stood\n\n{}",
        markdown::write_markdown_options(decision, &story.pair.0)
    ));
    if !decision.flips.is_empty() {
        out.push_str(if story.decisions.is_empty() {
            "\nWhat would change the verdict:\n\n"
        } else {
            "\nWhat would have changed the verdict:\n\n"
        });
    }
    for flip in &decision.flips {
        let says = words::write_flip(flip, &story.pair.0);
        out.push_str(&format!("- {}\n", escape_markdown_text(&says)));
    }
}

/// What was read in the repository.
fn write_markdown_reading(out: &mut String, story: &SessionStory, assessment: &Assessment) {
    out.push_str(&format!(
        "\n## Risks on the way back\n\n{}",
        markdown::write_markdown_findings(&words::filter_findings(assessment, false))
    ));
    let forward = words::filter_findings(assessment, true);
    if !forward.is_empty() {
        out.push_str(&format!(
            "\n## Risks while deploying\n\n{}",
            markdown::write_markdown_findings(&forward)
        ));
    }
    out.push_str(&format!(
        "\n## What would disappear\n\n{}",
        markdown::write_markdown_entries(assessment)
    ));
    if !assessment.plan.is_empty() {
        out.push_str(&format!(
            "\n## {}\n\n{}",
            escape_markdown_text(&plan_title(story)),
            markdown::write_markdown_plan(assessment)
        ));
    }
}

/// What was looked at, and what could not be.
fn write_markdown_gaps(out: &mut String, assessment: &Assessment) {
    if let Some(looked) = markdown::write_markdown_coverage(assessment) {
        out.push_str(&format!("\n## What was looked at\n\n{looked}"));
    }
    if !assessment.unchecked.is_empty() {
        out.push_str(&format!(
            "\n## Could not check\n\n{}",
            markdown::write_markdown_unchecked(assessment)
        ));
    }
}

//! The session for a post-mortem, as Markdown and as text.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::escape::escape_markdown_text;
use super::layout::ReportSheet;
use super::markdown;
use super::run;
use super::story::{PersonNames, SessionStory};
use super::subject::ReportSubject;
use super::words;
use crate::model::{Assessment, Decision, Mode, checklist_line};
use crate::session::Event;

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

/// The session as plain text, `width` columns at most. See [`session_markdown`].
pub fn session_text(
    events: &[Event],
    assessment: Option<&Assessment>,
    decision: Option<&Decision>,
    names: bool,
    width: usize,
) -> String {
    session_text_in(
        events,
        assessment,
        decision,
        names,
        width,
        &TimeZone::system(),
    )
}

fn name_session_mode(mode: Mode) -> &'static str {
    match mode {
        Mode::Incident => "incident",
        Mode::Deployment => "deployment",
        Mode::Rehearsal => "rehearsal",
        Mode::Review => "review",
    }
}

fn format_event_clock(at: Timestamp, zone: &TimeZone) -> (String, String) {
    (
        at.strftime("%H:%M:%S").to_string(),
        at.to_zoned_datetime(zone.clone())
            .strftime("%H:%M:%S")
            .to_string(),
    )
}

/// Whether the zone's clock shows UTC from the session's beginning to its end.
fn is_utc(story: &SessionStory, zone: &TimeZone) -> bool {
    [story.began, story.ended]
        .into_iter()
        .flatten()
        .all(|at| zone.to_offset(at).is_zero())
}

/// The header of the local column: the zone's name, or its distance from UTC.
fn local_name(story: &SessionStory, zone: &TimeZone) -> String {
    let offset = story.began.map(|at| {
        at.to_zoned_datetime(zone.clone())
            .strftime("UTC%:z")
            .to_string()
    });
    zone.iana_name()
        .map(str::to_owned)
        .or(offset)
        .unwrap_or_else(|| "local".to_owned())
}

/// `(label, value)` of what the session was about.
fn list_session_details(story: &SessionStory, zone: &TimeZone) -> Vec<(&'static str, String)> {
    let mut rows = Vec::new();
    if let Some(start) = &story.start {
        rows.extend(
            start
                .service
                .as_ref()
                .map(|service| ("service", service.clone())),
        );
        rows.push((
            "releases",
            format!(
                "{} was live, {} was the one to go back to",
                story.pair.1, story.pair.0
            ),
        ));
        rows.extend(
            start
                .environment
                .as_ref()
                .map(|environment| ("environment", environment.clone())),
        );
        rows.push(("mode", name_session_mode(start.mode).to_owned()));
        rows.extend(
            start
                .deployed_at
                .map(|at| ("deployed", words::write_utc_and_local_time(at, zone))),
        );
        rows.extend(
            start
                .deadline
                .map(|at| ("decide by", words::write_utc_and_local_time(at, zone))),
        );
    }
    if let (Some(began), Some(ended)) = (story.began, story.ended) {
        let state = if story.closed { "closed" } else { "still open" };
        rows.push((
            "session",
            format!(
                "{} to {}, {}, {state}",
                words::write_utc_and_local_time(began, zone),
                words::write_utc_and_local_time(ended, zone),
                words::write_elapsed_span(began, ended)
            ),
        ));
    }
    rows.extend(
        story
            .start
            .as_ref()
            .and_then(|start| checklist_line(&start.checklist_changes))
            .map(|line| ("checklist", line)),
    );
    rows.push(("record", find_story_session_id(story)));
    rows.extend(story.start.as_ref().map(|start| {
        (
            "tool",
            format!(
                "{}, checklist {}",
                start.tool,
                words::abbreviate_commit_id(&start.checklist_digest)
            ),
        )
    }));
    rows
}

fn find_story_session_id(story: &SessionStory) -> String {
    story
        .start
        .as_ref()
        .map_or_else(|| "unknown".to_owned(), |start| start.session.clone())
}

/// Title of what was known, by whether something was decided.
fn moment_title(story: &SessionStory) -> &'static str {
    if story.decisions.is_empty() {
        "What is known"
    } else {
        "What was known at the decision"
    }
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

pub(super) fn session_markdown_in(
    events: &[Event],
    assessment: Option<&Assessment>,
    decision: Option<&Decision>,
    names: bool,
    zone: &TimeZone,
) -> String {
    let subject = ReportSubject::of_session_in(events, assessment, decision, names, zone.clone());
    let story = SessionStory::new(events, decision, &subject.names);
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
    for (label, value) in list_session_details(&story, zone) {
        table.row(&[format!("**{label}**"), escape_markdown_text(&value)]);
    }
    out.push_str(&format!("\n{}", table.0));

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

    out.push_str(&format!("\n## {}\n", moment_title(&story)));
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
    let local = escape_markdown_text(&local_name(&story, zone));
    // beside UTC stands the local time, unless it is the same
    let beside = !is_utc(&story, zone);
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

    if !story.verdicts.is_empty() {
        let mut table = MarkdownTable::new(&["UTC", "Verdict", "Because"]);
        story.verdicts.iter().for_each(|(at, verdict, why)| {
            table.row(&[
                format_event_clock(*at, zone).0,
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
    if !story.notes.is_empty() {
        out.push_str("\n## Notes\n\n");
        for (at, note) in &story.notes {
            let note = note
                .lines()
                .take(NOTE_LINES)
                .map(escape_markdown_text)
                .collect::<Vec<_>>()
                .join("<br>");
            out.push_str(&format!(
                "- {} UTC: {note}\n",
                format_event_clock(*at, zone).0
            ));
        }
    }
    out.push_str(&run::write_markdown_runs(&tell_runs(
        events, assessment, names, &story,
    )));
    if let Some(decision) = decision {
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
    match assessment {
        Some(assessment) => {
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
                    escape_markdown_text(&plan_title(&story)),
                    markdown::write_markdown_plan(assessment)
                ));
            }
        }
        None => out.push_str(&format!("\n{}\n", escape_markdown_text(LEFT_OUT))),
    }
    if let Some(assessment) = assessment {
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
    out
}

/// The plans that were run, with the steps of the last one that nobody marked.
fn tell_runs(
    events: &[Event],
    assessment: Option<&Assessment>,
    names: bool,
    story: &SessionStory,
) -> Vec<run::ToldRun> {
    let plan = assessment.map_or(&[][..], |assessment| &assessment.plan);
    let names = PersonNames::new(events, names);
    run::tell_plan_runs(events, plan, &names, &story.pair.0)
}

/// Said where the repository was not read for the report.
const LEFT_OUT: &str = "The repository was not read for this report, so the risks on the way back, the changes and the plan are not in it.";

/// What the plan is of.
fn plan_title(story: &SessionStory) -> String {
    let option = story
        .decisions
        .last()
        .map(|decided| words::option_title(decided.option, &story.pair.0));
    option.map_or_else(
        || "Plan of what is recommended".to_owned(),
        |option| format!("Plan: {option}"),
    )
}

pub(super) fn session_text_in(
    events: &[Event],
    assessment: Option<&Assessment>,
    decision: Option<&Decision>,
    names: bool,
    width: usize,
    zone: &TimeZone,
) -> String {
    let subject = ReportSubject::of_session_in(events, assessment, decision, names, zone.clone());
    let story = SessionStory::new(events, decision, &subject.names);
    let mut sheet = ReportSheet::new(width);
    sheet.ends(
        &subject.headline(),
        if story.closed { "closed" } else { "open" },
    );
    sheet.rule();
    sheet.gap();
    story
        .summary()
        .iter()
        .for_each(|sentence| sheet.hang("", sentence, 0));
    sheet.gap();
    list_session_details(&story, zone)
        .iter()
        .for_each(|(label, value)| sheet.hang(label, value, 13));

    for decided in &story.decisions {
        let against = if decided.overrides() {
            "against the recommendation"
        } else {
            "as recommended"
        };
        sheet.title("Decision", against);
        sheet.hang(
            "decided",
            &words::option_title(decided.option, &story.pair.0),
            13,
        );
        sheet.hang("at", &words::write_utc_and_local_time(decided.at, zone), 13);
        decided
            .text
            .iter()
            .for_each(|(label, value)| sheet.hang(label, value, 13));
    }

    sheet.title(
        moment_title(&story),
        &words::write_count(story.known.len() as u64, "fact", "facts"),
    );
    for fact in &story.known {
        sheet.hang("", &format!("{} {}", fact.asks, fact.value), 0);
        let from = if fact.source.is_empty() {
            fact.how.clone()
        } else {
            format!("{}: {}", fact.how, fact.source)
        };
        sheet.hang("", &from, 4);
    }
    let open = group_by_reason(&story.unknown)
        .into_iter()
        .flat_map(|(why, asks)| {
            std::iter::once(format!("{why}:"))
                .chain(asks.into_iter().map(|asks| format!("- {asks}")))
        })
        .collect();
    let assumed = story
        .assumed
        .iter()
        .map(|(asks, value)| format!("{asks} {value}"))
        .collect();
    let asked = story
        .asked
        .iter()
        .map(|(_, asks, who)| format!("{who}: {asks}"))
        .collect();
    for (label, list) in [("not known", open), ("assumed", assumed), ("asked", asked)] {
        let list: Vec<String> = list;
        if !list.is_empty() {
            sheet.gap();
        }
        list.iter()
            .enumerate()
            .for_each(|(at, item)| sheet.label(if at == 0 { label } else { "" }, item));
    }

    let beside = !is_utc(&story, zone);
    sheet.title(
        "Timeline",
        &if beside {
            format!("UTC · {}", local_name(&story, zone))
        } else {
            "UTC".to_owned()
        },
    );
    let mut day = String::new();
    for line in &story.timeline {
        let date = line.at.strftime("%Y-%m-%d").to_string();
        if date != day {
            sheet.gap();
            sheet.hang("", &date, 0);
            day = date;
        }
        let (utc, here) = format_event_clock(line.at, zone);
        let who = format!("{}: ", line.who);
        let gone = if line.withdrawn { " (taken back)" } else { "" };
        let mark = if line.weighty { "▸" } else { " " };
        let (times, indent) = if beside {
            (format!("{utc}  {here} {mark}"), 21)
        } else {
            (format!("{utc} {mark}"), 11)
        };
        sheet.hang(&times, &format!("{who}{}{gone}", line.what), indent);
    }

    if !story.verdicts.is_empty() {
        sheet.title("Verdict over time", "");
        for (at, verdict, why) in &story.verdicts {
            sheet.hang(&format_event_clock(*at, zone).0, verdict, 10);
            sheet.hang("", why, 10);
        }
    }
    if !story.calls.is_empty() || !story.polls.is_empty() {
        sheet.title("Gates", "");
        story
            .calls
            .iter()
            .for_each(|(gate, call, reason)| sheet.label(gate, &format!("{call}. {reason}")));
        sheet.gap();
        for (gate, role, call, objection) in &story.polls {
            let objection = if objection.is_empty() {
                String::new()
            } else {
                format!("; objects: {objection}")
            };
            sheet.label(gate, &format!("{role}: {call}{objection}"));
        }
    }
    if !story.notes.is_empty() {
        sheet.title("Notes", "");
        story
            .notes
            .iter()
            .for_each(|(at, note)| sheet.hang(&format_event_clock(*at, zone).0, note, 10));
    }
    run::write_text_runs(&mut sheet, &tell_runs(events, assessment, names, &story));
    if let Some(decision) = decision {
        super::text::write_text_options(&mut sheet, decision, &story.pair.0);
    }
    match assessment {
        Some(assessment) => {
            super::text::write_text_risks(&mut sheet, assessment);
            super::text::write_text_lost_changes(&mut sheet, assessment);
            super::text::write_text_plan(&mut sheet, assessment);
        }
        None => {
            sheet.gap();
            sheet.hang("", LEFT_OUT, 0);
        }
    }
    sheet.finish()
}

/// What was not known, with what all of it has in common said once, in the order of the first.
pub(super) fn group_by_reason(unknown: &[(String, String)]) -> Vec<(&str, Vec<&str>)> {
    let mut groups: Vec<(&str, Vec<&str>)> = Vec::new();
    for (asks, why) in unknown {
        match groups.iter_mut().find(|(known, _)| *known == why.as_str()) {
            Some((_, all)) => all.push(asks),
            None => groups.push((why, vec![asks])),
        }
    }
    groups
}

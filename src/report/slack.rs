//! The report as a message for a channel: Block Kit JSON within its limits of 50 blocks, 3,000
//! characters a text and 150 a header.

use serde_json::{Value, json};

use super::plan_row::{list_plan_rows, tell_subject_runs};
use super::standing::list_option_standings;
use super::subject::ReportSubject;
use super::{top, words};
use crate::model::{OptionState, Severity, StepMode, escape_invisible, shorten_text};

/// Limits of the format, in characters. Counted as UTF-16 has them, which is never less.
const HEADER: usize = 150;
const TEXT: usize = 3_000;
#[cfg(test)]
pub(super) const LIMITS: (usize, usize, usize) = (50, TEXT, HEADER);
/// Longest line, before it is escaped.
const LINE: usize = 300;
/// Most texts of one topic.
const TEXTS: usize = 2;
/// Most lines of one topic.
const LINES: usize = 20;
/// Most risks and events.
const RISKS: usize = 8;
const EVENTS: usize = 15;

/// Lines of one topic, escaped; what does not fit is counted.
struct Topic<'a> {
    subject: &'a ReportSubject<'a>,
    texts: Vec<String>,
    lines: usize,
    left: usize,
}

impl<'a> Topic<'a> {
    fn new(subject: &'a ReportSubject<'a>, title: &'static str) -> Self {
        Self {
            subject,
            texts: vec![format!("*{title}*")],
            lines: 0,
            left: 0,
        }
    }

    /// A line that begins with a sign of ours.
    fn line(&mut self, lead: &str, text: &str) {
        let line = format!("{lead}{}", escape_mrkdwn(&self.subject.names.clean(text)));
        let fits = |text: &str| count_units(text) + count_units(&line) < TEXT;
        if self.lines == LINES {
            self.left += 1;
        } else if let Some(last) = self.texts.last_mut().filter(|last| fits(last.as_str())) {
            last.push('\n');
            last.push_str(&line);
            self.lines += 1;
        } else if self.texts.len() < TEXTS {
            self.texts.push(line);
            self.lines += 1;
        } else {
            self.left += 1;
        }
    }

    /// The blocks of it; none where nothing was said.
    fn blocks(self) -> Vec<Value> {
        if self.lines == 0 {
            return Vec::new();
        }
        let mut blocks: Vec<Value> = self
            .texts
            .iter()
            .map(|text| make_section_block(text))
            .collect();
        if self.left > 0 {
            blocks.push(make_context_block(&format!(
                "{} more; the page has them (--format html)",
                self.left
            )));
        }
        blocks
    }
}

fn count_units(text: &str) -> usize {
    text.encode_utf16().count()
}

/// `verbatim`: nothing in it becomes a link to a person or a channel.
fn make_section_block(text: &str) -> Value {
    json!({ "type": "section", "text": { "type": "mrkdwn", "text": text, "verbatim": true } })
}

fn make_context_block(text: &str) -> Value {
    json!({ "type": "context", "elements": [{ "type": "mrkdwn", "text": text, "verbatim": true }] })
}

/// Text from outside: three signs are entities, as the format asks, and a sign that could set type
/// gets a blank of no width before it. It is cut before, so that no entity is cut in two.
fn escape_mrkdwn(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let line = escape_invisible(&line);
    let mut out = String::with_capacity(line.len());
    let mut in_word = false;
    for c in shorten_text(&line, LINE).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '_' if in_word => out.push('_'),
            '*' | '_' | '~' | '`' => {
                out.push('\u{200b}');
                out.push(c);
            }
            c => out.push(c),
        }
        in_word = c.is_alphanumeric();
    }
    out
}

/// The report as a message: one JSON object with `text` for notifications and `blocks`.
pub fn write_slack_message(subject: &ReportSubject<'_>) -> String {
    let headline = subject.names.clean(&subject.headline());
    let headline = escape_invisible(&headline).into_owned();
    // plain text has no syntax, but not every reader of it knows that
    let plain = headline.split_whitespace().collect::<Vec<_>>().join(" ");
    let plain = plain.replace('<', "‹").replace('>', "›");
    let mut header = shorten_text(&plain, HEADER).into_owned();
    // letters beyond the first plane are two units each, so what has few enough letters may be too
    // long
    while count_units(&header) > HEADER {
        header.pop();
    }
    let mut blocks = vec![
        json!({ "type": "header", "text": { "type": "plain_text", "text": header, "emoji": false } }),
        make_context_block(&escape_mrkdwn(
            &subject.names.clean(&subject.facts_line().join(" · ")),
        )),
    ];
    let mut remarks = Topic::new(subject, "On the journal");
    for remark in &subject.remarks {
        remarks.line("▲ ", remark);
    }
    blocks.extend(remarks.blocks());
    blocks.extend(write_verdict(subject));
    blocks.extend(write_options(subject));
    blocks.extend(write_unknown(subject));
    blocks.extend(write_events(subject));
    blocks.extend(write_risks(subject));
    blocks.extend(write_plan(subject));
    blocks.push(make_context_block(&escape_mrkdwn(&write_origin(subject))));
    let message = json!({ "text": escape_mrkdwn(&headline), "blocks": blocks });
    format!("{message:#}\n")
}

fn write_origin(subject: &ReportSubject<'_>) -> String {
    let start = subject
        .story
        .as_ref()
        .and_then(|story| story.start.as_ref());
    let session = start.map_or_else(String::new, |start| format!(" · session {}", start.session));
    let unread = if subject.assessment.is_none() {
        " · the repository was not read for this report"
    } else {
        ""
    };
    format!("{}{session}{unread}", subject.tool())
}

fn write_verdict(subject: &ReportSubject<'_>) -> Vec<Value> {
    let mut topic;
    match (subject.decided(), subject.decision) {
        (Some(decided), _) => {
            topic = Topic::new(subject, "Decided");
            let title = words::option_title(decided.option, &subject.pair.0);
            let beside = if decided.overrides() {
                ", against the recommendation"
            } else {
                ", as recommended"
            };
            topic.line("", &format!("{title}{beside}"));
            for (label, value) in &decided.text {
                topic.line("", &format!("{label}: {value}"));
            }
            let seen = subject.story.as_ref().and_then(|story| story.seen());
            if let Some((met, text)) = seen {
                topic.line("", &format!("seen, {met}: {text}"));
            }
        }
        (None, Some(decision)) => {
            topic = Topic::new(subject, "Recommended");
            let title = words::write_decision_headline(decision, &subject.pair.0);
            topic.line("", &title);
            topic.line("", &words::write_strength(decision));
        }
        (None, None) => {
            topic = Topic::new(subject, "Verdict");
            topic.line("", "Nothing is decided yet.");
        }
    }
    if let Some(reason) = subject
        .decision
        .and_then(|decision| decision.because.first())
    {
        topic.line("", &format!("because: {}", reason.says));
    }
    if let Some(relief) = subject
        .decision
        .and_then(|decision| decision.meanwhile.as_ref())
    {
        topic.line("", &format!("meanwhile: {}", relief.says));
    }
    if let Some(assessment) = subject.assessment {
        match top::find_strongest_risk(assessment) {
            Some(risk) => topic.line(
                "",
                &format!(
                    "strongest risk: {} {} ({})",
                    risk.severity, risk.says, risk.place
                ),
            ),
            None => topic.line("", &format!("strongest risk: {}", top::no_risk(assessment))),
        }
    }
    topic.blocks()
}

fn write_options(subject: &ReportSubject<'_>) -> Vec<Value> {
    let Some(decision) = subject.decision else {
        return Vec::new();
    };
    let mut topic = Topic::new(subject, "Options");
    for one in list_option_standings(decision).0 {
        let sign = match one.status.state {
            OptionState::Cleared => "● ",
            OptionState::Conditional => "◐ ",
            OptionState::NotCleared => "○ ",
            OptionState::Removed => "✗ ",
        };
        let why = one
            .blockers
            .first()
            .map(|blocker| blocker.says.clone())
            .or_else(|| one.open_line().map(Into::into))
            .map_or_else(String::new, |why| format!(": {why}"));
        let title = words::option_title(one.status.option, &subject.pair.0);
        let state = words::write_option_state(one.status.state);
        topic.line(sign, &format!("{title} ({state}){why}"));
    }
    topic.blocks()
}

fn write_unknown(subject: &ReportSubject<'_>) -> Vec<Value> {
    let mut topic = Topic::new(subject, "Not known");
    for (asks, _) in subject.unknown() {
        topic.line("? ", &asks);
    }
    for (asks, value) in subject.assumed() {
        topic.line("? ", &format!("taken for granted: {asks} {value}"));
    }
    if let Some(open) = subject.not_looked_at() {
        topic.line("? ", &format!("not looked at: {open}"));
    }
    topic.blocks()
}

fn write_events(subject: &ReportSubject<'_>) -> Vec<Value> {
    let Some(story) = &subject.story else {
        return Vec::new();
    };
    let mut topic = Topic::new(subject, "What happened (UTC)");
    let all = || {
        story
            .timeline
            .iter()
            .filter(|line| line.weighty && !line.withdrawn)
    };
    // the end says more than the beginning
    let skip = all().count().saturating_sub(EVENTS);
    for line in all().skip(skip) {
        topic.line("", &format!("{} {}", line.at.strftime("%H:%M"), line.what));
    }
    topic.left += skip;
    topic.blocks()
}

fn write_risks(subject: &ReportSubject<'_>) -> Vec<Value> {
    let Some(assessment) = subject.assessment else {
        return Vec::new();
    };
    let mut topic = Topic::new(subject, "Risks on the way back");
    let all = words::filter_findings(assessment, false);
    for finding in all.iter().take(RISKS) {
        let sign = match finding.severity {
            Severity::Blocks => "■ ",
            Severity::Warns => "▲ ",
            Severity::Notes | Severity::Fine => "· ",
        };
        let severity = words::write_severity(finding.severity);
        let places = words::list_evidence_places(&finding.evidence, 1).join(" ");
        let says = words::write_finding_sentence(finding);
        topic.line(sign, &format!("{severity}: {says} {places}"));
    }
    topic.left += all.len().saturating_sub(RISKS);
    topic.blocks()
}

/// The plan as it was run, else as it was made.
fn write_plan(subject: &ReportSubject<'_>) -> Vec<Value> {
    if let Some(run) = tell_subject_runs(subject).last() {
        let mut topic = Topic::new(subject, "The plan as it was run");
        topic.line("", &format!("{}: {}", run.title, run.progress));
        for step in &run.steps {
            let sign = match step.ended {
                "done" => "✓ ",
                "failed" => "✗ ",
                "left out" => "⊘ ",
                "begun" => "▸ ",
                _ => "○ ",
            };
            let took = if step.took.is_empty() {
                String::new()
            } else {
                format!(", {}", step.took)
            };
            topic.line(sign, &format!("{} ({}{took})", step.says, step.ended));
        }
        return topic.blocks();
    }
    let Some(assessment) = subject.assessment else {
        return Vec::new();
    };
    let mut topic = Topic::new(subject, "Plan");
    for row in list_plan_rows(assessment) {
        let left_out = if row.how == StepMode::Skip {
            " (left out)"
        } else {
            ""
        };
        topic.line(
            &format!("{}. ", row.number),
            &format!("{}{left_out}", row.step),
        );
    }
    topic.blocks()
}

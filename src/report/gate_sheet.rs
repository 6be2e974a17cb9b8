//! The sheet of one gate: a page that says whether the deployment goes on, what was looked at, who
//! said what, and how it goes back from here.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::escape::escape_markdown_text as cell;
use super::layout::{ReportSheet, pad_report_text};
use super::words;
use crate::model::{
    ChecklistChange, Gate, OptionId, PastRollback, Strength, checklist_line, escape_invisible,
    past_rollbacks_line,
};
use crate::usecase::{GateCall, GateItemResult, Voice};

/// Everything on the sheet.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GateSheet {
    /// `backout.gate/1`.
    pub schema: &'static str,
    /// The gate.
    pub gate: Gate,
    /// Its title.
    pub title: String,
    /// What is out by now, in words.
    pub deployed: String,
    /// Gates that are still to come.
    pub to_come: Vec<Gate>,
    /// Name of the service.
    pub service: String,
    /// Version we would go back to.
    pub previous: String,
    /// Version that is coming out.
    pub current: String,
    /// Environment.
    pub environment: Option<String>,
    /// When the sheet was made.
    pub at: Timestamp,
    /// What facts, poll and call together say: `go`, `hold`, `no-go`, or what to do instead.
    pub outcome: OptionId,
    /// Why, in one sentence.
    pub why: String,
    /// What the facts alone say.
    pub recommended: OptionId,
    /// And how firmly.
    pub strength: Strength,
    /// The strongest reasons, without their rules.
    pub because: Vec<String>,
    /// What was looked at.
    pub checks: Vec<GateItemResult>,
    /// What may be concluded at this gate while no incident is stated.
    pub may_conclude: Vec<OptionId>,
    /// Roles and what they said.
    pub poll: Vec<Voice>,
    /// The last call.
    pub call: Option<GateCall>,
    /// What to find out next, and who would know.
    pub next: Option<(String, Option<String>)>,
    /// How the way back stands from here, and its conditions in order.
    pub way_back: Vec<String>,
    /// Whether a trigger may be automatic, in one sentence.
    pub automatic: String,
    /// Times this release was rolled back before.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rolled_back_before: Vec<PastRollback>,
    /// Id of the session it is recorded in.
    pub session: Option<String>,
    /// What the checklist of the repository changes about the rules, also where it does not count.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub checklist_changes: Vec<ChecklistChange>,
}

impl GateSheet {
    fn about(&self) -> String {
        let environment = self
            .environment
            .as_deref()
            .map_or_else(String::new, |name| format!(" · {}", escape_invisible(name)));
        format!(
            "{} · {} ◀ {}{environment}",
            escape_invisible(&self.service),
            escape_invisible(&self.previous),
            escape_invisible(&self.current)
        )
    }

    fn still_to_come(&self) -> String {
        let names: Vec<&str> = self.to_come.iter().map(|gate| gate.id()).collect();
        if names.is_empty() {
            "nothing is to come".to_owned()
        } else {
            format!("to come: {}", names.join(", "))
        }
    }

    pub(super) fn concluding(&self) -> String {
        // rolling back with conditions is rolling back, when its conditions are met
        let shown = self
            .may_conclude
            .iter()
            .filter(|option| **option != OptionId::RollBackWithConditions);
        let all: Vec<String> = shown.map(|option| option.title().to_lowercase()).collect();
        let incident = if self.gate == Gate::Start {
            ""
        } else {
            ", and every option once an incident is stated"
        };
        format!("{}; stop the harm at any time{incident}", all.join(", "))
    }

    pub(super) fn advice(&self) -> String {
        format!("{} ({})", self.recommended.title(), self.strength.id())
    }

    pub(super) fn called(&self, zone: &TimeZone) -> Option<String> {
        let call = self.call.as_ref()?;
        let minutes = call
            .minutes
            .map_or_else(String::new, |minutes| format!(" for {minutes} min"));
        let role = call
            .role
            .as_ref()
            .map_or_else(String::new, |role| format!(" by {}", role.shown()));
        let stands = if call.stands {
            ""
        } else {
            " (no longer counts: something changed since)"
        };
        Some(format!(
            "{}{minutes}{role}, {}: {}{stands}",
            call.call.title(),
            words::write_utc_and_local_time(call.at, zone),
            call.reason.shown()
        ))
    }
}

pub(super) fn describe_voice(voice: &Voice) -> String {
    let objection = voice
        .objection
        .as_ref()
        .map_or_else(String::new, |text| format!("; objects: {}", text.shown()));
    format!(
        "{}{objection}",
        voice.says.replace('-', " ").replace("no go", "no-go")
    )
}

/// A time on the sheet: UTC, as the sheet is read in several zones.
pub(super) fn write_sheet_time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

/// What was looked at and what is known of it, which may be the same sentence.
fn describe_look(look: &GateItemResult) -> String {
    let (says, known) = (escape_invisible(&look.says), look.follows());
    let origin = look.write_origin(write_sheet_time);
    let origin = if origin.is_empty() {
        origin
    } else {
        format!("; {origin}")
    };
    if says == known.as_str() {
        format!("{known}{origin}")
    } else {
        format!("{says} ({known}{origin})")
    }
}

/// The sheet as plain text, `width` columns at most.
pub fn gate_text(sheet: &GateSheet, width: usize) -> String {
    gate_text_in(sheet, width, &TimeZone::system())
}

/// How it goes back from here, step by step.
fn write_way_back(sheet: &mut ReportSheet, gate: &GateSheet) {
    sheet.title("the way back from here", "");
    for line in &gate.way_back {
        let line = escape_invisible(line);
        match line.split_once(". ") {
            Some((number, says)) if number.parse::<u8>().is_ok() => {
                sheet.hang(&format!("{number}."), says, number.len() + 2);
            }
            _ => sheet.hang("", &line, 0),
        }
    }
    sheet.gap();
}

pub(super) fn gate_text_in(gate: &GateSheet, width: usize, zone: &TimeZone) -> String {
    let mut sheet = ReportSheet::new(width);
    sheet.ends(
        &format!(
            "{} at gate {}",
            gate.outcome.title().to_uppercase(),
            gate.gate.id()
        ),
        &words::write_utc_and_local_time(gate.at, zone),
    );
    sheet.ends(&gate.about(), "");
    sheet.rule();
    sheet.label("why", &gate.why);
    if let Some(line) = checklist_line(&gate.checklist_changes) {
        sheet.label("checklist", &line);
    }
    if let Some(line) = past_rollbacks_line(&gate.rolled_back_before) {
        sheet.label("before", &line);
    }
    sheet.label(
        "out",
        &format!(
            "{}; {}",
            escape_invisible(&gate.deployed),
            gate.still_to_come()
        ),
    );
    sheet.label("facts say", &gate.advice());
    // what stands above is not said again
    let because = gate.because.iter().filter(|reason| **reason != gate.why);
    for (at, reason) in because.enumerate() {
        sheet.label(
            if at == 0 { "because" } else { "" },
            &escape_invisible(reason),
        );
    }
    sheet.label("may end in", &gate.concluding());
    sheet.title("looked at", &format!("{} things", gate.checks.len()));
    for look in &gate.checks {
        sheet.hang(look.sign(), &describe_look(look), 5);
    }
    let answered = gate
        .poll
        .iter()
        .filter(|voice| matches!(voice.says, "go" | "no-go"))
        .count();
    sheet.title(
        "poll",
        &format!(
            "{answered} of {} answered; silence does not count as go",
            gate.poll.len()
        ),
    );
    let label = gate
        .poll
        .iter()
        .map(|voice| voice.role.shown().chars().count())
        .max()
        .unwrap_or(0)
        .clamp(4, 24)
        + 2;
    for one in &gate.poll {
        let at = one.at.map(write_sheet_time);
        let at = at.map_or_else(String::new, |at| format!(", {at}"));
        sheet.hang(
            &pad_report_text(&one.role.shown(), label - 1),
            &format!("{}{at}", describe_voice(one)),
            label,
        );
    }
    let call = gate.called(zone).unwrap_or_else(|| "not called".to_owned());
    sheet.hang(&pad_report_text("call", label - 1), &call, label);
    write_way_back(&mut sheet, gate);
    if let Some((asks, who)) = &gate.next {
        sheet.label(
            "find out",
            &format!(
                "{}{}",
                escape_invisible(asks),
                who.as_deref()
                    .map_or_else(String::new, |who| format!(" ({})", escape_invisible(who)))
            ),
        );
    }
    sheet.label("trigger", &escape_invisible(&gate.automatic));
    sheet.gap();
    match &gate.session {
        Some(session) => sheet.label("session", &escape_invisible(session)),
        None => sheet.label("session", "not recorded"),
    }
    sheet.finish()
}

/// The sheet as Markdown.
pub fn gate_markdown(sheet: &GateSheet) -> String {
    gate_markdown_in(sheet, &TimeZone::system())
}

pub(super) fn gate_markdown_in(gate: &GateSheet, zone: &TimeZone) -> String {
    let mut out = format!(
        "# Gate {}: {}\n\n{}\n\n",
        gate.gate.id(),
        gate.outcome.title().to_lowercase(),
        cell(&gate.about())
    );
    let mut rows = vec![
        ("why", gate.why.clone()),
        (
            "checklist",
            checklist_line(&gate.checklist_changes).unwrap_or_default(),
        ),
        (
            "before",
            past_rollbacks_line(&gate.rolled_back_before).unwrap_or_default(),
        ),
        ("at", words::write_utc_and_local_time(gate.at, zone)),
        (
            "out",
            format!("{}; {}", gate.deployed, gate.still_to_come()),
        ),
        (
            "facts say",
            format!("{}: {}", gate.advice(), gate.because.join("; ")),
        ),
        ("may end in", gate.concluding()),
        (
            "call",
            gate.called(zone).unwrap_or_else(|| "not called".to_owned()),
        ),
    ];
    rows.extend(gate.next.as_ref().map(|(asks, who)| {
        (
            "find out",
            format!(
                "{asks}{}",
                who.as_deref()
                    .map_or_else(String::new, |who| format!(" ({who})"))
            ),
        )
    }));
    rows.push(("trigger", gate.automatic.clone()));
    rows.push((
        "session",
        gate.session
            .clone()
            .unwrap_or_else(|| "not recorded".to_owned()),
    ));
    out.push_str("| | |\n| --- | --- |\n");
    for (label, value) in rows.into_iter().filter(|(_, value)| !value.is_empty()) {
        out.push_str(&format!("| **{label}** | {} |\n", cell(&value)));
    }
    out.push_str("\n## Looked at\n\n| | what | what is known |\n| --- | --- | --- |\n");
    for look in &gate.checks {
        out.push_str(&format!(
            "| {} | {} | {} |\n",
            look.sign(),
            cell(&look.says),
            cell(&look.follows())
        ));
    }
    out.push_str("\n## Poll\n\n| role | says | objection |\n| --- | --- | --- |\n");
    for one in &gate.poll {
        let plain = Voice {
            objection: None,
            ..one.clone()
        };
        out.push_str(&format!(
            "| {} | {} | {} |\n",
            cell(&one.role.shown()),
            describe_voice(&plain),
            one.objection
                .as_ref()
                .map_or_else(|| "–".to_owned(), |text| cell(&text.shown()))
        ));
    }
    out.push_str("\n## The way back from here\n\n");
    for line in &gate.way_back {
        out.push_str(&format!("- {}\n", cell(line)));
    }
    out
}

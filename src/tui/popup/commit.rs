//! The commit step: choose an option, then say why, type the version where it cannot be taken back,
//! and what should be seen.
//!
//! Every decision has a reason and a last step that no repeated key goes through: *yes* is chosen,
//! or the version is typed where it cannot be taken back. A second person is named where data is
//! lost. Harm and mixed versions are asked for again when the answer is older than ten minutes.

use crate::model::fact_key;
use ratatui::Frame;
use ratatui::crossterm::event::KeyEvent;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::form::{Form, FormField, FormPurpose};
use super::{Next, Popup};
use crate::model::{Decision, Fact, FactValue, OptionId, OptionState, Provenance, Strength};
use crate::session::EventKind;
use crate::tui::model::Model;
use crate::tui::state;
use crate::tui::theme::{Role, Theme};
use crate::tui::update::append_event;
use crate::tui::view::{options, widgets, words};
use crate::tui::{Effect, key};

/// Fields of facts that are asked for again, in order.
const AGAIN: [&str; 4] = ["again-1", "again-2", "again-3", "again-4"];

/// The choice of an option.
#[derive(Debug, Clone, Default)]
pub struct CommitPopup {
    cursor: usize,
}

/// Opens the step with the cursor on the recommended option.
pub fn open_commit_popup(model: &mut Model) -> Vec<Effect> {
    if model.decision().is_some() {
        let next = model
            .next_option()
            .or_else(|| state::plan::find_offered_option(model));
        let cursor = model
            .decision()
            .and_then(|decision| {
                list_commit_options(decision)
                    .into_iter()
                    .position(|option| Some(option) == next)
            })
            .unwrap_or(0);
        model.popups.push(Popup::Commit(CommitPopup { cursor }));
    }
    Vec::new()
}

/// Whether carrying it out can be taken back by carrying out another option.
pub fn is_option_reversible(option: OptionId) -> bool {
    !matches!(
        option,
        OptionId::RollBack | OptionId::RollBackWithConditions | OptionId::Restore
    )
}

/// Whether data is lost, so that a second person has to agree.
pub fn two_persons(decision: &Decision, option: OptionId) -> bool {
    let status = decision
        .options
        .iter()
        .find(|status| status.option == option);
    let own = status
        .map(|status| status.conditions.as_slice())
        .unwrap_or_default();
    let all = own.iter().chain(
        decision
            .conditions
            .iter()
            .filter(|_| option == decision.option),
    );
    option == OptionId::Restore
        || all
            .into_iter()
            .any(|condition| condition.kind == crate::model::ConditionKind::TwoPersons)
}

/// The name of an option in its hue, bold under the cursor.
fn name_style(theme: Theme, option: OptionId, here: bool) -> Style {
    let hue = theme
        .style(Theme::option(option))
        .remove_modifier(Modifier::BOLD);
    if here {
        hue.add_modifier(Modifier::BOLD)
    } else {
        hue
    }
}

/// Options that can be chosen, the recommended one first, `hold` always among them. Those of a gate
/// stand only where one is passed.
fn list_commit_options(decision: &Decision) -> Vec<OptionId> {
    let gate = |status: &&crate::model::OptionStatus| {
        matches!(status.option, OptionId::Go | OptionId::NoGo)
            && status.state == OptionState::Removed
    };
    let mut all: Vec<OptionId> = options::sort_options(decision)
        .into_iter()
        .filter(|status| !gate(status))
        .map(|status| status.option)
        .collect();
    if !all.contains(&decision.option) {
        all.insert(0, decision.option);
    }
    if !all.contains(&OptionId::Hold) {
        all.push(OptionId::Hold);
    }
    all
}

/// Dangerous facts whose answer is old: key, word, value, minutes. What is asked again, and after
/// how long, is the checklist's.
fn list_stale_answers(model: &Model) -> Vec<(String, String, FactValue, f64)> {
    let Some(decided) = &model.decided else {
        return Vec::new();
    };
    let facts = &decided.resolved.facts;
    crate::decision::list_stale_facts(facts, &model.checklist, model.now)
        .into_iter()
        .filter_map(|(key, minutes)| {
            let word = match key.as_str() {
                fact_key::HARM_IRREVERSIBLE => "harm".to_owned(),
                fact_key::DEPLOYMENT_MIXED => "mixed versions".to_owned(),
                other => words::fact_asks(model, other),
            };
            let value = facts.get(&key)?.value.clone();
            Some((key, word, value, minutes as f64))
        })
        .collect()
}

impl CommitPopup {
    /// A key.
    pub fn key(&mut self, model: &mut Model, event: &KeyEvent) -> (Next, Vec<Effect>) {
        let Some(decision) = model.decision() else {
            return (Next::Close, Vec::new());
        };
        let all = list_commit_options(decision);
        let name = key::spell_key(event).unwrap_or_default();
        match name.as_str() {
            "esc" | "ctrl-c" => return (Next::Close, Vec::new()),
            "up" | "k" => self.cursor = self.cursor.saturating_sub(1),
            "down" | "j" => self.cursor = (self.cursor + 1).min(all.len().saturating_sub(1)),
            "enter" => {
                let Some(option) = all.get(self.cursor).copied() else {
                    return (Next::Stay, Vec::new());
                };
                model.committing = Some(option);
                let form = build_commit_form(model, option);
                model.popups.push(Popup::Form(Box::new(form)));
            }
            "?" => model.popups.push(super::make_help_popup(model)),
            _ => model.warn("Up and down choose an option, Enter goes on, Esc leaves it."),
        }
        (Next::Stay, Vec::new())
    }

    /// Draws it.
    pub fn draw(&self, frame: &mut Frame, body: Rect, model: &Model) {
        let theme = model.theme;
        let Some(decision) = model.decision() else {
            return;
        };
        let wide = body.width.saturating_sub(4).min(100);
        let columns = usize::from(wide).saturating_sub(4);
        let all = list_commit_options(decision);
        let mut lines: Vec<Line> = Vec::new();
        let mut at_line = 0;
        for (at, option) in all.iter().enumerate() {
            let here = at == self.cursor;
            let status = decision
                .options
                .iter()
                .find(|status| status.option == *option);
            let (glyph, word, role) = match (status, *option == decision.option) {
                (Some(status), _) => options::label_option_standing(model, status),
                (None, true) => (theme.tick(), "recommended", Role::Good),
                (None, false) => (theme.tick(), "always possible", Role::Dim),
            };
            let word = if *option == decision.option {
                format!("recommended, {}", decision.strength.id())
            } else {
                word.to_owned()
            };
            if here {
                at_line = lines.len();
            }
            lines.push(widgets::draw_left_right_line(
                vec![
                    Span::styled(
                        format!("{} ", if here { theme.cursor() } else { " " }),
                        theme.style(Role::Focus),
                    ),
                    Span::styled(format!("{glyph} "), theme.style(role)),
                    Span::styled(
                        model.option_title(*option),
                        name_style(theme, *option, here),
                    ),
                ],
                vec![Span::styled(word, theme.style(role))],
                columns,
            ));
            if here {
                let says = match state::plan::describe_failed_step(model, *option) {
                    Some(failed) => vec![format!("It failed: {failed}")],
                    None => describe_commit_option(decision, *option),
                };
                for text in says.iter().take(3) {
                    for part in widgets::wrap_columns(
                        &crate::model::escape_invisible(text),
                        columns.saturating_sub(6),
                    )
                    .into_iter()
                    .take(2)
                    {
                        lines.push(Line::styled(
                            format!("      {part}"),
                            theme.style(Role::Dim),
                        ));
                    }
                }
            }
        }
        let mut foot: Vec<Line> = vec![Line::default()];
        foot.extend(widgets::draw_wrapped_text(
            &open_points(model, decision),
            columns,
            theme.style(if decision.strength == Strength::Firm {
                Role::Dim
            } else {
                Role::Warn
            }),
        ));
        for (_, word, value, minutes) in list_stale_answers(model) {
            let says = format!(
                "{word}: “{}” was said {} ago and is asked again.",
                words::write_fact_value(&value),
                words::write_minutes(minutes)
            );
            foot.extend(widgets::draw_wrapped_text(
                &says,
                columns,
                theme.style(Role::Warn),
            ));
        }
        foot.push(Line::default());
        let option = all.get(self.cursor).copied().unwrap_or(decision.option);
        let mut keys = vec![
            Span::styled("Up, Down ", theme.style(Role::Key)),
            Span::raw("choose   "),
            Span::styled("Enter ", theme.style(Role::Key)),
            Span::raw(if is_option_reversible(option) {
                "say why   "
            } else {
                "say why and type the version   "
            }),
        ];
        keys.push(Span::styled("Esc ", theme.style(Role::Key)));
        keys.push(Span::raw("leave it"));
        foot.push(Line::from(keys));
        let inside = usize::from(body.height).saturating_sub(2);
        let room = inside.saturating_sub(foot.len()).max(1).min(lines.len());
        // the option under the cursor and what is said about it stay in sight
        let first = (at_line + 3)
            .saturating_sub(room)
            .min(lines.len() - room)
            .min(at_line);
        let rows = u16::try_from(room + foot.len() + 2).unwrap_or(u16::MAX);
        let inner = widgets::draw_popup_frame(
            frame,
            widgets::centre_area(body, wide, rows),
            model,
            "decide",
        );
        let shown = lines
            .iter()
            .skip(first)
            .take(room)
            .cloned()
            .chain(foot)
            .collect::<Vec<_>>();
        frame.render_widget(Paragraph::new(shown), inner);
        widgets::scroll_mark(
            frame,
            Rect {
                x: inner.x + 1,
                height: u16::try_from(room).unwrap_or(0).min(inner.height),
                ..inner
            },
            theme,
            first,
            room,
            lines.len(),
        );
    }
}

/// The options as numbered lines, for terminals without screens.
pub fn write_numbered_options(model: &Model) -> Vec<String> {
    let Some(decision) = model.decision() else {
        return Vec::new();
    };
    let mut lines = Vec::new();
    for (at, option) in list_commit_options(decision).into_iter().enumerate() {
        let word = match decision
            .options
            .iter()
            .find(|status| status.option == option)
        {
            _ if option == decision.option => format!("recommended, {}", decision.strength.id()),
            Some(status) => options::label_option_standing(model, status).1.to_owned(),
            None => "always possible".to_owned(),
        };
        lines.push(format!(
            "  {} {}: {word}",
            at + 1,
            model.option_title(option)
        ));
    }
    lines.push(format!("  {}", open_points(model, decision)));
    lines
}

/// What stands in an option's way, or what it takes.
fn describe_commit_option(decision: &Decision, option: OptionId) -> Vec<String> {
    let Some(status) = decision
        .options
        .iter()
        .find(|status| status.option == option)
    else {
        return if option == OptionId::Hold {
            vec!["Stop here until something is known or done; say until when.".to_owned()]
        } else {
            Vec::new()
        };
    };
    match status.state {
        OptionState::Cleared if option == decision.option => decision
            .because
            .iter()
            .map(|reason| reason.says.clone())
            .collect(),
        OptionState::Cleared => vec!["Nothing speaks against it.".to_owned()],
        OptionState::Conditional => status
            .conditions
            .iter()
            .map(|condition| condition.says.clone())
            .collect(),
        _ => status
            .blockers
            .iter()
            .map(|reason| reason.says.clone())
            .collect(),
    }
}

/// What is open at this moment, in one sentence.
fn open_points(model: &Model, decision: &Decision) -> String {
    let asked = model.session.asked.len();
    let asked = if asked == 0 {
        String::new()
    } else {
        format!(
            " {asked} of them {} handed to somebody.",
            if asked == 1 { "was" } else { "were" }
        )
    };
    let unread = describe_unfinished_reading(model)
        .map(|says| format!("{says} "))
        .unwrap_or_default();
    match decision.questions.len() {
        0 if decision.strength == Strength::Open => {
            format!("{unread}What is not known can still change this.")
        }
        0 => format!("{unread}No open question can change this."),
        1 => format!("{unread}1 question is open and can change this.{asked}"),
        n => format!("{unread}{n} questions are open and can change this.{asked}"),
    }
}

/// How much was read, while not all of it was: whoever decides then must know it.
fn describe_unfinished_reading(model: &Model) -> Option<String> {
    let reading = &model.reading;
    let under_way = !reading.complete && reading.failed.is_none() && model.replay.is_none();
    under_way.then(|| {
        format!(
            "Only {} of {} parts are read; what is still to come can change the recommendation.",
            reading.count(),
            reading.done.len()
        )
    })
}

/// A sentence as it goes on behind another word; names in capitals stay as they are.
fn begin_in_small_letter(says: &str) -> String {
    let mut letters = says.chars();
    match (letters.next(), letters.clone().next()) {
        (Some(first), Some(second)) if second.is_lowercase() || second == ' ' => {
            first.to_lowercase().chain(letters).collect()
        }
        _ => says.to_owned(),
    }
}

/// What the form asks.
fn build_commit_form(model: &Model, option: OptionId) -> Form {
    let mut intro = Vec::new();
    let mut fields = Vec::new();
    if let Some(decision) = model.decision() {
        intro.push(open_points(model, decision));
        let status = decision
            .options
            .iter()
            .find(|status| status.option == option);
        if option != decision.option {
            intro.push(format!(
                "The tool recommends {}, {}.",
                model.option_title(decision.option),
                decision.strength.id()
            ));
        }
        if let Some(status) = status
            .filter(|status| matches!(status.state, OptionState::Removed | OptionState::NotCleared))
        {
            intro.extend(status.blockers.iter().take(2).map(|reason| {
                format!(
                    "In its way: {}",
                    crate::model::escape_invisible(&reason.says)
                )
            }));
        }
        let conditions = if option == decision.option {
            &decision.conditions
        } else {
            status.map_or(&decision.conditions, |status| &status.conditions)
        };
        intro.extend(
            conditions
                .iter()
                .take(3)
                .enumerate()
                .map(|(at, condition)| {
                    let says = crate::model::escape_invisible(&condition.says);
                    let order = if at == 0 { "First" } else { "Then" };
                    format!("{order} {}", begin_in_small_letter(&says))
                }),
        );
        // every form begins with the same field: what is typed first is the reason
        // the strongest reason stands there already; a decision without one helps nobody afterwards
        let reason = decision
            .because
            .first()
            .filter(|_| option == decision.option)
            .map(|reason| crate::model::escape_invisible(&reason.says).into_owned());
        let hint = if reason.is_some() {
            "the strongest reason; change it with Left and Right; typing replaces it"
        } else {
            "in a few words"
        };
        let why = FormField {
            suggested: reason.is_some(),
            input: reason.unwrap_or_default().into(),
            ..FormField::lines("reason", "why", hint)
        };
        fields.push(why);
        for (at, (_, word, value, minutes)) in list_stale_answers(model).into_iter().enumerate() {
            let hint = format!(
                "“{}” was said {} ago; look, then say",
                words::write_fact_value(&value),
                words::write_minutes(minutes)
            );
            let id = AGAIN.get(at).copied().unwrap_or("again");
            fields.push(FormField::words(
                id,
                &word,
                &hint,
                &["look again", "still so", "changed"],
            ));
        }
        if !is_option_reversible(option) {
            fields.push(FormField::text(
                "look",
                "seen now",
                "one figure read from the system itself: error rate, hosts on the version",
                "",
            ));
        }
        if option == OptionId::Hold {
            fields.push(FormField::text(
                "minutes",
                "hold for",
                "minutes; then it is decided again",
                "",
            ));
        } else {
            fields.push(FormField::text(
                "expect",
                "expect",
                "what should be seen if it works",
                "",
            ));
            fields.push(FormField::text(
                "minutes",
                "within",
                "minutes until then; after that, the next option instead of waiting",
                "",
            ));
        }
        if two_persons(decision, option) {
            fields.push(FormField::text(
                "second",
                "second",
                "data is lost: who agreed to it",
                "",
            ));
        }
    }
    if is_option_reversible(option) {
        // Enter alone must not walk through to a decision
        fields.push(FormField::words(
            "sure",
            "decide",
            "left and right choose; nothing is recorded before",
            &["not yet", "yes"],
        ));
    } else {
        fields.push(FormField::text(
            "typed",
            "version",
            &format!(
                "type {} to confirm; this cannot be taken back",
                model.previous()
            ),
            "",
        ));
    }
    let mut form = Form::new(
        model.option_title(option),
        "decide and record it",
        fields,
        FormPurpose::Decision,
    );
    form.intro = intro;
    form
}

/// What was said with a decision.
#[derive(Debug)]
struct CommitForm {
    reason: String,
    typed: Option<String>,
    second: Option<String>,
    expect: Option<String>,
    minutes: Option<u32>,
}

pub(in crate::tui) fn submit_commit_form(
    model: &mut Model,
    form: &Form,
) -> Result<Vec<Effect>, String> {
    let Some(option) = model.committing else {
        return Ok(Vec::new());
    };
    let mut before: Vec<(EventKind, String)> = Vec::new();
    for (at, (key, word, value, _)) in list_stale_answers(model).into_iter().enumerate() {
        match form
            .value(AGAIN.get(at).copied().unwrap_or("again"))
            .as_str()
        {
            "still so" => {
                let fact = Fact {
                    at: Some(model.now),
                    by: model.speaker.by.clone(),
                    role: model.speaker.role.clone(),
                    provenance: Provenance::Stated,
                    ..Fact::stated(key, value)
                };
                let says = format!("{word}: still so");
                before.push((
                    EventKind::Answered {
                        question: None,
                        facts: vec![fact],
                        note: None,
                    },
                    says,
                ));
            }
            "changed" => {
                return Err(format!(
                    "Then answer it first: Esc, 3, and the question about {word}."
                ));
            }
            _ => {
                return Err(format!(
                    "Look again and say whether it is still so: {word}."
                ));
            }
        }
    }
    if !is_option_reversible(option) {
        let look = form
            .filled("look")
            .ok_or("Read one figure from the system itself and type it.")?;
        before.push((
            EventKind::Noted {
                text: format!("Seen before the decision: {look}"),
            },
            "noted".to_owned(),
        ));
    }
    let reason = form.filled("reason").ok_or("Say why, in a few words.")?;
    let minutes = match form.filled("minutes") {
        Some(text) => Some(
            text.trim_end_matches("min")
                .trim()
                .parse::<u32>()
                .map_err(|_| "Minutes are a whole number.".to_owned())?,
        ),
        None if option == OptionId::Hold => {
            return Err("A hold needs minutes: when is it decided again?".to_owned());
        }
        None => None,
    };
    let decision = model.decision().ok_or("There is no verdict.")?;
    let second = form.filled("second");
    if two_persons(decision, option) && second.is_none() {
        return Err("Data is lost: name the second person who agreed.".to_owned());
    }
    if second.is_some() && second == model.speaker.by {
        return Err("The second person has to be another one.".to_owned());
    }
    let typed = form.filled("typed");
    if !is_option_reversible(option) && typed.as_deref() != Some(model.previous()) {
        return Err(format!("Type {} exactly to confirm.", model.previous()));
    }
    if is_option_reversible(option) && form.value("sure") != "yes" {
        return Err("Choose yes with the right arrow, then Enter; Esc leaves it.".to_owned());
    }
    if let Some(says) = describe_unfinished_reading(model) {
        before.push((
            EventKind::Noted {
                text: format!("Decided before everything was read. {says}"),
            },
            "noted".to_owned(),
        ));
    }
    let mut effects: Vec<Effect> = before
        .into_iter()
        .map(|(what, says)| append_event(model, what, says))
        .collect();
    effects.extend(commit_to_option(
        model,
        option,
        CommitForm {
            reason,
            typed,
            second,
            expect: form.filled("expect"),
            minutes,
        },
    ));
    // the choice of the option lies below this form and is over too
    model
        .popups
        .retain(|popup| !matches!(popup, Popup::Commit(_)));
    Ok(effects)
}

fn commit_to_option(model: &mut Model, option: OptionId, said: CommitForm) -> Vec<Effect> {
    let Some(decision) = model.decision() else {
        return Vec::new();
    };
    let (recommended, strength) = (decision.option, decision.strength);
    let mut open: Vec<(String, FactValue)> = decision.assumed.clone();
    for key in &decision.open_facts {
        if !open.iter().any(|(known, _)| known == key) {
            open.push((key.clone(), FactValue::Unknown));
        }
    }
    let says = format!("decided: {}", model.option_title(option));
    let what = EventKind::Decided {
        option,
        recommended,
        strength,
        reason: said.reason,
        typed: said.typed,
        second: said.second,
        expect: said.expect,
        within_minutes: said.minutes,
        open,
    };
    model.committing = None;
    vec![append_event(model, what, says)]
}

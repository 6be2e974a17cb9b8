//! Fields to fill in: notes, calls, confidence and role, numbers.

use ratatui::Frame;
use ratatui::crossterm::event::{Event, KeyEvent};
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};
use tui_input::Input;
use tui_input::backend::crossterm::EventHandler;

use super::{Next, commit};
use crate::tui::model::Model;
use crate::tui::state::plan::run;
use crate::tui::state::{gates, questions, record, session};
use crate::tui::theme::Role;
use crate::tui::view::widgets;
use crate::tui::{Effect, key};

/// Kind of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldKind {
    /// Text of one line.
    Text,
    /// Text of several lines: pasted lines stay lines, Alt-Enter or Ctrl-J begins another.
    Lines,
    /// One of these words; left and right change it.
    Words(Vec<String>),
}

/// One field.
#[derive(Debug, Clone)]
pub struct FormField {
    /// Stable id.
    pub id: &'static str,
    /// In front of it.
    pub label: String,
    /// One line below it while it has the focus.
    pub hint: String,
    /// Kind.
    pub kind: FieldKind,
    /// The text, or the word chosen.
    pub input: Input,
    /// The text was put there and not touched yet: the first letter replaces it, a key that moves
    /// in it keeps it.
    pub suggested: bool,
}

impl FormField {
    /// A text field.
    pub fn text(id: &'static str, label: &str, hint: &str, value: &str) -> Self {
        Self {
            id,
            label: label.to_owned(),
            hint: hint.to_owned(),
            kind: FieldKind::Text,
            input: Input::new(value.to_owned()),
            suggested: false,
        }
    }

    /// A text field of several lines.
    pub fn lines(id: &'static str, label: &str, hint: &str) -> Self {
        Self {
            kind: FieldKind::Lines,
            ..Self::text(id, label, hint, "")
        }
    }

    /// One of a few words; the first is chosen.
    pub fn words(id: &'static str, label: &str, hint: &str, words: &[&str]) -> Self {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        let first = words.first().cloned().unwrap_or_default();
        Self {
            id,
            label: label.to_owned(),
            hint: hint.to_owned(),
            kind: FieldKind::Words(words),
            input: Input::new(first),
            suggested: false,
        }
    }
}

/// Rows of a field of several lines; more of them scroll.
const LINES: usize = 6;

/// A text in rows of at most so many columns, broken behind blanks: where each begins, in
/// characters, and its text. Never empty.
fn lines_of(text: &str, columns: usize) -> Vec<(usize, String)> {
    let wide = |c: char| widgets::measure_text_width(c.encode_utf8(&mut [0; 4]));
    let mut rows = vec![(0, String::new())];
    let mut used = 0;
    for (at, c) in text.chars().enumerate() {
        if c == '\n' {
            rows.push((at + 1, String::new()));
            used = 0;
            continue;
        }
        if used + wide(c) > columns
            && let Some((first, row)) = rows.last_mut()
        {
            // the word that does not fit goes to the next row, unless it fills this one
            let keep = row.rfind(' ').map_or(row.len(), |blank| blank + 1);
            let begun = row.split_off(keep);
            let next = *first + row.chars().count();
            used = widgets::measure_text_width(&begun);
            rows.push((next, begun));
        }
        if let Some((_, row)) = rows.last_mut() {
            row.push(c);
        }
        used += wide(c);
    }
    rows
}

/// What the filled-in form is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FormPurpose {
    /// A gate is called.
    GateCall,
    /// A role says what it thinks of a gate.
    GatePoll,
    /// A step is left out, for this reason.
    StepSkip,
    /// A step did not work.
    StepFail,
    /// A note about a step.
    StepNote,
    /// The number that a question asks for.
    Number,
    /// Whom a question was handed to.
    Asked,
    /// Who speaks next, and how sure.
    Speaker,
    /// A note.
    Note,
    /// What was seen after the decision.
    Observation,
    /// The end of the session.
    SessionEnd,
    /// Another folder for the record.
    RecordFolder,
    /// The decision.
    Decision,
}

/// Carries out a filled-in form.
///
/// # Errors
/// One sentence: what is missing.
fn submit_form(model: &mut Model, form: &Form) -> Result<Vec<Effect>, String> {
    match form.purpose {
        FormPurpose::GateCall => gates::submit_gate_call(model, form),
        FormPurpose::GatePoll => gates::submit_gate_poll(model, form),
        FormPurpose::StepSkip | FormPurpose::StepFail | FormPurpose::StepNote => {
            run::submit_step_form(model, form)
        }
        FormPurpose::Number => questions::submit_number_form(model, form),
        FormPurpose::Asked => questions::submit_asked_form(model, form),
        FormPurpose::Speaker => questions::submit_speaker_form(model, form),
        FormPurpose::Note => record::submit_note_form(model, form),
        FormPurpose::Observation => record::submit_observation_form(model, form),
        FormPurpose::SessionEnd => session::submit_close_form(model, form),
        FormPurpose::RecordFolder => session::submit_record_folder_form(form),
        FormPurpose::Decision => commit::submit_commit_form(model, form),
    }
}

/// Fields to fill in.
#[derive(Debug, Clone)]
pub struct Form {
    /// What it is.
    pub title: String,
    /// Lines above the fields.
    pub intro: Vec<String>,
    /// The fields.
    pub fields: Vec<FormField>,
    /// Field with the focus.
    pub at: usize,
    /// What Enter on the last field does, verb first.
    pub verb: String,
    /// What it is good for once it is filled in.
    pub purpose: FormPurpose,
    /// What is missing.
    pub error: Option<String>,
}

impl Form {
    /// A form with these fields.
    pub fn new(
        title: impl Into<String>,
        verb: &str,
        fields: Vec<FormField>,
        purpose: FormPurpose,
    ) -> Self {
        Self {
            title: title.into(),
            intro: Vec::new(),
            fields,
            at: 0,
            verb: verb.to_owned(),
            purpose,
            error: None,
        }
    }

    /// The trimmed text of a field; empty for unknown ids.
    pub fn value(&self, id: &str) -> String {
        self.fields
            .iter()
            .find(|field| field.id == id)
            .map(|field| super::one_line(field.input.value()))
            .unwrap_or_default()
    }

    /// The text of a field with its lines kept, `None` when it is empty.
    pub fn all_lines(&self, id: &str) -> Option<String> {
        let text = self
            .fields
            .iter()
            .find(|field| field.id == id)
            .map(|field| super::kept_lines(field.input.value()))?;
        Some(text.trim().to_owned()).filter(|text| !text.is_empty())
    }

    /// The trimmed text of a field, `None` when it is empty.
    pub fn filled(&self, id: &str) -> Option<String> {
        Some(self.value(id)).filter(|text| !text.is_empty())
    }

    /// A key.
    pub fn key(&mut self, model: &mut Model, event: &KeyEvent) -> (Next, Vec<Effect>) {
        let name = key::spell_key(event).unwrap_or_default();
        let last = self.fields.len().saturating_sub(1);
        match name.as_str() {
            "esc" | "ctrl-c" => return (Next::Close, Vec::new()),
            "tab" | "down" => self.at = (self.at + 1).min(last),
            "shift-tab" | "up" => self.at = self.at.saturating_sub(1),
            "alt-enter" | "ctrl-j"
                if self
                    .fields
                    .get(self.at)
                    .is_some_and(|field| field.kind == FieldKind::Lines) =>
            {
                if let Some(field) = self.fields.get_mut(self.at) {
                    field
                        .input
                        .handle(tui_input::InputRequest::InsertChar('\n'));
                }
            }
            "enter" if self.at < last => self.at += 1,
            "enter" => match submit_form(model, self) {
                Ok(effects) => return (Next::Close, effects),
                Err(says) => self.error = Some(says),
            },
            _ => {
                self.error = None;
                let Some(field) = self.fields.get_mut(self.at) else {
                    return (Next::Stay, Vec::new());
                };
                match &field.kind {
                    FieldKind::Text | FieldKind::Lines => {
                        let types = name == "space" || name.chars().count() == 1;
                        if std::mem::take(&mut field.suggested) && types {
                            field.input = Input::default();
                        }
                        field.input.handle_event(&Event::Key(*event));
                    }
                    FieldKind::Words(words) => {
                        let chosen = words.iter().position(|word| word == field.input.value());
                        let here = chosen.unwrap_or(0);
                        let next = match name.as_str() {
                            // where nothing is chosen yet, the first
                            "right" | "space" | "l" if chosen.is_none() => Some(0),
                            "right" | "space" | "l" => Some((here + 1) % words.len().max(1)),
                            "left" | "h" => {
                                Some((here + words.len().saturating_sub(1)) % words.len().max(1))
                            }
                            letter => words
                                .iter()
                                .position(|word| !letter.is_empty() && word.starts_with(letter)),
                        };
                        if let Some(word) = next.and_then(|n| words.get(n)) {
                            field.input = Input::new(word.clone());
                        }
                    }
                }
            }
        }
        (Next::Stay, Vec::new())
    }

    /// Pasted text.
    pub fn paste(&mut self, text: &str) {
        if let Some(field) = self.fields.get_mut(self.at) {
            let text = match field.kind {
                FieldKind::Text => super::one_line(text),
                FieldKind::Lines => super::kept_lines(text),
                FieldKind::Words(_) => return,
            };
            if std::mem::take(&mut field.suggested) {
                field.input = Input::default();
            }
            for c in text.chars() {
                field.input.handle(tui_input::InputRequest::InsertChar(c));
            }
        }
    }

    /// Draws it in the middle.
    pub fn draw(&self, frame: &mut Frame, body: Rect, model: &Model) {
        let theme = model.theme;
        let width = body.width.saturating_sub(6).min(76);
        let inside = usize::from(width.saturating_sub(4));
        let mut lines: Vec<Line> = Vec::new();
        for text in &self.intro {
            lines.extend(
                widgets::wrap_columns(text, inside)
                    .into_iter()
                    .map(Line::from),
            );
        }
        if !lines.is_empty() {
            lines.push(Line::default());
        }
        let label = self
            .fields
            .iter()
            .map(|field| widgets::measure_text_width(&field.label))
            .max()
            .unwrap_or(0)
            + 2;
        let mut cursor = None;
        for (at, field) in self.fields.iter().enumerate() {
            let here = at == self.at;
            let mut spans = vec![Span::styled(
                widgets::pad_text(&field.label, label),
                theme.style(if here { Role::Focus } else { Role::Dim }),
            )];
            match &field.kind {
                FieldKind::Text => {
                    let room = inside.saturating_sub(label).max(1);
                    let scroll = field.input.visual_scroll(room.saturating_sub(1));
                    let shown = widgets::slice_text_columns(field.input.value(), scroll, room);
                    if here {
                        let column = label + field.input.visual_cursor().saturating_sub(scroll);
                        cursor = Some((
                            u16::try_from(column).unwrap_or(0),
                            u16::try_from(lines.len()).unwrap_or(0),
                        ));
                    }
                    let blank = room.saturating_sub(widgets::measure_text_width(&shown));
                    spans.push(Span::raw(shown));
                    spans.push(Span::styled(
                        theme
                            .pick("·", ".")
                            .repeat(blank.saturating_sub(room.saturating_sub(40))),
                        theme.style(Role::Dim),
                    ));
                }
                FieldKind::Lines => {
                    let room = inside.saturating_sub(label).max(8);
                    let rows = lines_of(field.input.value(), room);
                    let at = rows
                        .iter()
                        .rposition(|(first, _)| *first <= field.input.cursor())
                        .unwrap_or(0);
                    let first = (at + 1).saturating_sub(LINES);
                    if here && let Some((from, row)) = rows.get(at) {
                        let before: String =
                            row.chars().take(field.input.cursor() - from).collect();
                        let column = label + widgets::measure_text_width(&before);
                        cursor = Some((
                            u16::try_from(column).unwrap_or(0),
                            u16::try_from(lines.len() + at - first).unwrap_or(0),
                        ));
                    }
                    let mut shown = rows
                        .into_iter()
                        .map(|(_, text)| text)
                        .skip(first)
                        .take(LINES);
                    let style = if field.suggested {
                        theme.style(Role::Dim)
                    } else {
                        ratatui::style::Style::default()
                    };
                    spans.push(Span::styled(shown.next().unwrap_or_default(), style));
                    lines.push(Line::from(std::mem::take(&mut spans)));
                    lines.extend(
                        shown.map(|text| {
                            Line::styled(format!("{}{text}", " ".repeat(label)), style)
                        }),
                    );
                }
                FieldKind::Words(words) => {
                    for word in words {
                        let chosen = word == field.input.value();
                        let text = if chosen {
                            format!("[{word}] ")
                        } else {
                            format!(" {word}  ")
                        };
                        // a choice that does not fit stands on the next line, never cut
                        let used = widgets::spans_width(&spans);
                        if used > label && used + widgets::measure_text_width(&text) > inside + 1 {
                            lines.push(Line::from(std::mem::take(&mut spans)));
                            spans.push(Span::raw(" ".repeat(label)));
                        }
                        spans.push(Span::styled(
                            text,
                            theme.style(if chosen { Role::Strong } else { Role::Dim }),
                        ));
                    }
                }
            }
            if !spans.is_empty() {
                lines.push(Line::from(spans));
            }
            if here && !field.hint.is_empty() {
                for part in widgets::wrap_columns(&field.hint, inside.saturating_sub(label)) {
                    lines.push(Line::styled(
                        format!("{}{part}", " ".repeat(label)),
                        theme.style(Role::Dim),
                    ));
                }
            }
        }
        lines.push(Line::default());
        if let Some(error) = &self.error {
            lines.extend(
                widgets::wrap_columns(error, inside)
                    .into_iter()
                    .map(|part| Line::styled(part, theme.style(Role::Bad))),
            );
        }
        let last = self.at + 1 >= self.fields.len();
        let what = if last {
            self.verb.as_str()
        } else {
            "next field"
        };
        lines.push(Line::from(vec![
            Span::styled("Enter ", theme.style(Role::Key)),
            Span::raw(what.to_owned()),
            Span::styled("   Esc ", theme.style(Role::Key)),
            Span::raw("leave it"),
        ]));
        let height = u16::try_from(lines.len())
            .unwrap_or(u16::MAX)
            .saturating_add(2);
        let area = widgets::centre_area(body, width, height);
        let inner = widgets::draw_popup_frame(frame, area, model, &self.title);
        frame.render_widget(ratatui::widgets::Paragraph::new(lines), inner);
        if let Some((x, y)) = cursor
            && y < inner.height
        {
            frame.set_cursor_position(Position::new(
                inner.x + x.min(inner.width.saturating_sub(1)),
                inner.y + y,
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_break_behind_blanks_and_keep_every_character() {
        let rows = |text: &str| {
            lines_of(text, 10)
                .into_iter()
                .map(|(at, row)| format!("{at}:{row}"))
                .collect::<Vec<_>>()
        };
        assert_eq!(rows("must have a value"), ["0:must have ", "10:a value"]);
        assert_eq!(rows("one\ntwo"), ["0:one", "4:two"]);
        assert_eq!(rows("aaaaaaaaaaaaaa b"), ["0:aaaaaaaaaa", "10:aaaa b"]);
        assert_eq!(rows(""), ["0:"]);
    }
}

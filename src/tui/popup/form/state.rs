//! State: fields to fill in.

use tui_input::Input;

use crate::tui::popup::pasted::{kept_lines, one_line};

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
    /// Enter does not go on while it is empty, and this is said.
    pub needed: Option<&'static str>,
}

impl FormField {
    /// The same field, which has to be filled in before Enter goes on.
    pub fn needed(mut self, says: &'static str) -> Self {
        self.needed = Some(says);
        self
    }

    /// A text field.
    pub fn text(id: &'static str, label: &str, hint: &str, value: &str) -> Self {
        Self {
            id,
            label: label.to_owned(),
            hint: hint.to_owned(),
            kind: FieldKind::Text,
            input: Input::new(value.to_owned()),
            suggested: false,
            needed: None,
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
            needed: None,
        }
    }
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
            .map(|field| one_line(field.input.value()))
            .unwrap_or_default()
    }

    /// What is missing in the field with the focus.
    pub fn missing_here(&self) -> Option<&'static str> {
        let field = self.fields.get(self.at)?;
        field
            .needed
            .filter(|_| field.input.value().trim().is_empty())
    }

    /// The text of a field with its lines kept, `None` when it is empty.
    pub fn all_lines(&self, id: &str) -> Option<String> {
        let text = self
            .fields
            .iter()
            .find(|field| field.id == id)
            .map(|field| kept_lines(field.input.value()))?;
        Some(text.trim().to_owned()).filter(|text| !text.is_empty())
    }

    /// The trimmed text of a field, `None` when it is empty.
    pub fn filled(&self, id: &str) -> Option<String> {
        Some(self.value(id)).filter(|text| !text.is_empty())
    }

    /// Puts a text into a field, instead of what stands there; a word that the field does not offer
    /// changes nothing.
    pub fn fill(&mut self, id: &str, text: &str) {
        let Some(field) = self.fields.iter_mut().find(|field| field.id == id) else {
            return;
        };
        let text = match &field.kind {
            FieldKind::Text => one_line(text),
            FieldKind::Lines => kept_lines(text),
            FieldKind::Words(words) if words.iter().any(|word| word == text) => text.to_owned(),
            FieldKind::Words(_) => return,
        };
        field.input = Input::new(text);
        field.suggested = false;
    }

    /// Pasted text.
    pub fn paste(&mut self, text: &str) {
        if let Some(field) = self.fields.get_mut(self.at) {
            let text = match field.kind {
                FieldKind::Text => one_line(text),
                FieldKind::Lines => kept_lines(text),
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
}

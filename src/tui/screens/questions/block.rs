//! The question that is asked now, with its answer keys. Drawn on screen 1 and, with more about it,
//! on screen 3.

use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::checklist::Question;
use crate::model::{Fact, NextQuestion};
use crate::tui::action::Action;
use crate::tui::asking::{Asking, VALUE};
use crate::tui::draw::canvas::Canvas;
use crate::tui::draw::{pieces, text, words};
use crate::tui::model::Model;
use crate::tui::screen::Focus;
use crate::tui::screens::questions::query::list_question_queries;
use crate::tui::theme::Role;
use crate::usecase::write_fact_origin;

/// Lines, and where in them a click does what: line, column, columns, action.
pub struct QuestionBlock {
    /// The lines.
    pub lines: Vec<Line<'static>>,
    /// Who would know and how long it takes, where the lines do not say it.
    pub who: String,
    hits: Vec<(usize, usize, usize, Action)>,
    /// The question, and how many lines it takes until its last answer key.
    asks: Option<(String, usize)>,
}

impl QuestionBlock {
    /// Rows that the question and its answers take: fewer, and no key answers.
    pub fn least(&self) -> u16 {
        self.asks
            .as_ref()
            .map_or(0, |(_, rows)| u16::try_from(*rows).unwrap_or(u16::MAX))
    }
}

/// Draws a block at the top of an area.
pub fn draw_question_block(canvas: &mut Canvas, area: Rect, model: &Model, block: QuestionBlock) {
    for (line, column, columns, action) in &block.hits {
        let (Ok(line), Ok(column), Ok(columns)) = (
            u16::try_from(*line),
            u16::try_from(*column),
            u16::try_from(*columns),
        ) else {
            continue;
        };
        if line < area.height {
            canvas.measured.hit(
                Rect {
                    x: area.x + column,
                    y: area.y + line,
                    width: columns,
                    height: 1,
                }
                .intersection(area),
                *action,
            );
        }
    }
    // its keys count from now on, if all of them are in sight and nothing lies above
    if let Some((name, rows)) = block.asks
        && model.popups.is_empty()
        && rows <= usize::from(area.height)
    {
        canvas.measured.asks(&name);
    }
    canvas.render_widget(Paragraph::new(block.lines), area);
}

/// Key, text and action of an answer.
type AnswerKey = (String, String, Action);

/// The question with its keys; `label` columns are left for the word before it. With none it stands
/// in a panel, whose border says who would know.
pub fn build_question_block(
    model: &Model,
    columns: usize,
    label: usize,
    detailed: bool,
) -> QuestionBlock {
    build_block(model, columns, label, detailed, false)
}

/// The same with as many answers in a line as there is room for: where rows are few, an answer that
/// is not in sight is worse than keys that do not stand below each other.
pub fn build_packed_block(
    model: &Model,
    columns: usize,
    label: usize,
    detailed: bool,
) -> QuestionBlock {
    build_block(model, columns, label, detailed, true)
}

fn build_block(
    model: &Model,
    columns: usize,
    label: usize,
    detailed: bool,
    packed: bool,
) -> QuestionBlock {
    let mut drawing = BlockLines::new(model, columns, label);
    let Some(asking) = model.asking() else {
        drawing.draw_no_question();
        return QuestionBlock {
            lines: drawing.lines,
            who: String::new(),
            hits: Vec::new(),
            asks: None,
        };
    };
    let words = word_question(model, asking, label == 0);
    drawing.draw_words(&words.asks);
    drawing.draw_answers(&asking, words.choices, packed);
    let asks = Some((asking.name(), drawing.lines.len()));
    if !words.note.is_empty() {
        drawing.draw_below(&words.note, Role::Dim);
    }
    if let Asking::Fact { next, question } = asking {
        drawing.draw_known(next);
        if detailed {
            drawing.draw_details(next, question);
        }
    }
    QuestionBlock {
        lines: drawing.lines,
        who: words.who,
        hits: drawing.hits,
        asks,
    }
}

/// A question in words.
struct QuestionWords {
    asks: String,
    /// Keys and what they answer.
    choices: Vec<(char, String)>,
    /// Why it is asked now, or what the answer means.
    note: String,
    /// Who would know, where that stands in the border.
    who: String,
}

fn word_question(model: &Model, asking: Asking, in_panel: bool) -> QuestionWords {
    let (next, question) = match asking {
        Asking::Live { previous, current } => {
            return QuestionWords {
                asks: format!("Is {} what is live now?", current.version),
                choices: vec![('y', "yes".to_owned()), ('n', "no, choose".to_owned())],
                note: format!(
                    "going back would then mean {}; the deploy tool or /version would know",
                    previous.version
                ),
                who: String::new(),
            };
        }
        Asking::Fact { next, question } => (next, question),
    };
    let choices = match question {
        Some(question) if question.choices.is_empty() => vec![(
            VALUE,
            format!("type {}", question.unit.as_deref().unwrap_or("a number")),
        )],
        Some(question) => crate::decision::list_question_answers(question, next, &model.context())
            .into_iter()
            .map(|(key, title, _)| (key, title))
            .collect(),
        None => Vec::new(),
    };
    let dot = format!(" {} ", model.theme.dot());
    let mut note = vec![next.why_now.shown().into_owned()];
    let mut who = String::new();
    if in_panel {
        who = words::list_who_would_know(next).join(&dot);
    } else {
        note.extend(words::list_who_would_know(next));
    }
    note.retain(|part| !part.is_empty());
    QuestionWords {
        asks: model.filled(&next.asks.shown()),
        choices,
        note: note.join(&dot),
        who,
    }
}

/// Columns that keys take side by side.
fn measure_answer_keys(keys: &[AnswerKey]) -> usize {
    keys.iter()
        .map(|(key, title, _)| {
            text::measure_text_width(key) + 1 + text::measure_text_width(title) + 3
        })
        .sum()
}

/// Keys in rows.
struct AnswerRows {
    rows: Vec<Vec<AnswerKey>>,
    /// How many rows at the end are those that every question has.
    always: usize,
    /// Keys that every question has stand closer.
    tight: bool,
}

/// As many keys in a row as fit, in their order.
fn pack_answer_keys(keys: impl Iterator<Item = AnswerKey>, room: usize) -> Vec<Vec<AnswerKey>> {
    let mut rows: Vec<Vec<AnswerKey>> = Vec::new();
    for key in keys {
        match rows.last_mut() {
            // three blanks stand between two keys and none behind the last
            Some(row)
                if measure_answer_keys(row) + measure_answer_keys(std::slice::from_ref(&key))
                    <= room + 3 =>
            {
                row.push(key);
            }
            _ => rows.push(vec![key]),
        }
    }
    rows
}

/// Sets the keys of a question into rows of so many columns.
fn arrange_answer_keys(
    choices: Vec<(char, String)>,
    live: bool,
    room: usize,
    packed: bool,
) -> AnswerRows {
    let others: &[(&str, &str, Action)] = &[
        ("d", "don't know", Action::DontKnow),
        ("x", "does not apply", Action::DoesNotApply),
        ("a", "ask someone", Action::AskSomeone),
    ];
    let own: Vec<AnswerKey> = choices
        .into_iter()
        .map(|(key, title)| (key.to_string(), title, Action::Answer(key)))
        .collect();
    let rest: Vec<AnswerKey> = others
        .iter()
        .take(if live { 1 } else { 3 })
        .map(|(key, title, action)| ((*key).to_owned(), (*title).to_owned(), *action))
        .collect();
    if packed {
        return AnswerRows {
            rows: pack_answer_keys(own.into_iter().chain(rest), room),
            always: 0,
            tight: false,
        };
    }
    // in narrow columns the three that are always there stand closer, or in two lines
    let wide = measure_answer_keys(&rest);
    let tight = wide > room + 3;
    let rest: Vec<Vec<AnswerKey>> = if wide > room + 5 {
        rest.chunks(2).map(<[AnswerKey]>::to_vec).collect()
    } else {
        vec![rest]
    };
    let always = rest.len();
    let behind: usize = rest.iter().map(|row| measure_answer_keys(row)).sum();
    let rows = if measure_answer_keys(&own) + behind <= room + 3 {
        vec![own.into_iter().chain(rest.into_iter().flatten()).collect()]
    } else {
        // what does not fit into one line stands in columns, so that the eye finds the key
        let titles = own.iter();
        let titles = titles.map(|(_, title, _)| text::measure_text_width(title));
        let cell = titles.max().unwrap_or(0) + 5;
        let each = (room / cell.max(1)).clamp(1, 3);
        own.chunks(each)
            .map(<[AnswerKey]>::to_vec)
            .chain(rest)
            .collect()
    };
    AnswerRows {
        rows,
        always,
        tight,
    }
}

/// The lines of a block so far, and where a click answers.
struct BlockLines<'a> {
    model: &'a Model,
    columns: usize,
    /// Columns before every line.
    label: usize,
    /// Columns of the words.
    room: usize,
    focused: bool,
    lines: Vec<Line<'static>>,
    hits: Vec<(usize, usize, usize, Action)>,
}

impl<'a> BlockLines<'a> {
    fn new(model: &'a Model, columns: usize, label: usize) -> Self {
        Self {
            model,
            columns,
            label,
            room: columns.saturating_sub(label).max(20),
            focused: model.focus == Focus::Question && model.popups.is_empty(),
            lines: Vec::new(),
            hits: Vec::new(),
        }
    }

    fn gap(&self) -> Span<'static> {
        Span::raw(" ".repeat(self.label))
    }

    /// The word before the first line.
    fn head(&self, text: &str) -> Span<'static> {
        if self.label == 0 {
            return Span::raw("");
        }
        let role = if self.focused { Role::Focus } else { Role::Dim };
        Span::styled(
            text::pad_text(text, self.label),
            self.model.theme.style(role),
        )
    }

    fn draw_no_question(&mut self) {
        let (model, theme) = (self.model, self.model.theme);
        let says = match model.decision() {
            None => "The first question comes as soon as the releases are found.",
            Some(_) if !model.reading.complete && model.reading.failed.is_none() => {
                "No question yet; more is being read."
            }
            Some(_) => "No open question can change the answer.",
        };
        self.lines
            .push(Line::from(vec![self.head("next"), Span::raw(says)]));
        if model.writable && model.decided.is_some() && model.reading.complete {
            self.lines.push(Line::from(vec![
                self.gap(),
                Span::styled("c ", theme.style(Role::Key)),
                Span::raw("decide   "),
                Span::styled("7 ", theme.style(Role::Key)),
                Span::raw("the steps"),
            ]));
        }
    }

    fn draw_words(&mut self, asks: &str) {
        let theme = self.model.theme;
        let mark = if self.focused {
            format!("{} next", theme.cursor())
        } else {
            "next".to_owned()
        };
        for (at, part) in text::wrap_columns(asks, self.room).into_iter().enumerate() {
            let before = if at == 0 {
                self.head(&mark)
            } else {
                self.gap()
            };
            self.lines.push(Line::from(vec![
                before,
                Span::styled(part, theme.style(Role::Strong)),
            ]));
        }
    }

    /// The role of a key or its text: dim while keys do not count.
    fn choose_key_role(&self, role: Role) -> Role {
        if self.focused && self.model.writable {
            role
        } else {
            Role::Dim
        }
    }

    fn draw_answers(&mut self, asking: &Asking, choices: Vec<(char, String)>, packed: bool) {
        let live = matches!(asking, Asking::Live { .. });
        let AnswerRows {
            rows,
            always,
            tight,
        } = arrange_answer_keys(choices, live, self.room, packed);
        let own = rows.iter().rev().skip(always).flatten();
        let titles = own.map(|(_, title, _)| text::measure_text_width(title));
        let grid = if packed { 0 } else { titles.max().unwrap_or(0) };
        let last = rows.len().saturating_sub(always);
        for (at, row) in rows.into_iter().enumerate() {
            if let [key] = row.as_slice()
                && text::measure_text_width(&key.0) + 1 + text::measure_text_width(&key.1)
                    > self.room
            {
                self.draw_long_answer(key);
                continue;
            }
            let grid = if at < last { grid } else { 0 };
            self.draw_answer_row(row, grid, at >= last && tight);
        }
    }

    /// An answer is read whole: one that is longer than a line goes on below its own beginning.
    fn draw_long_answer(&mut self, (key, title, action): &AnswerKey) {
        let theme = self.model.theme;
        let style = |role| theme.style(self.choose_key_role(role));
        let (key_style, text_style) = (style(Role::Key), style(Role::Text));
        let indent = text::measure_text_width(key) + 1;
        let parts = text::wrap_columns(title, self.room.saturating_sub(indent));
        for (at, part) in parts.into_iter().enumerate() {
            let wide = indent + text::measure_text_width(&part);
            self.hits
                .push((self.lines.len(), self.label, wide, *action));
            let key = if at == 0 { key.as_str() } else { "" };
            self.lines.push(Line::from(vec![
                self.gap(),
                Span::styled(text::pad_text(key, indent), key_style),
                Span::styled(part, text_style),
            ]));
        }
    }

    /// A row of keys, their texts padded to `grid` columns.
    fn draw_answer_row(&mut self, row: Vec<AnswerKey>, grid: usize, tight: bool) {
        let theme = self.model.theme;
        let mut spans = vec![self.gap()];
        let mut used = self.label;
        let count = row.len();
        for (n, (key, title, action)) in row.into_iter().enumerate() {
            let more = n + 1 < count;
            let title = if more {
                text::pad_text(&title, grid)
            } else {
                title
            };
            // no blanks behind the last one: they would be what does not fit
            let behind = match (more, tight) {
                (true, false) => "   ",
                (true, true) => "  ",
                (false, _) => "",
            };
            let wide = text::measure_text_width(&key) + 1 + text::measure_text_width(&title);
            self.hits.push((self.lines.len(), used, wide, action));
            spans.push(Span::styled(
                key,
                theme.style(self.choose_key_role(Role::Key)),
            ));
            spans.push(Span::styled(
                format!(" {title}{behind}"),
                theme.style(self.choose_key_role(Role::Text)),
            ));
            used += wide + behind.len();
        }
        self.lines
            .push(Line::from(text::fit_spans(spans, self.columns, theme)));
    }

    fn draw_below(&mut self, says: &str, role: Role) {
        let style = self.model.theme.style(role);
        for part in text::wrap_columns(says, self.room) {
            self.lines
                .push(Line::from(vec![self.gap(), Span::styled(part, style)]));
        }
    }

    /// Who was asked already, and what is known about it.
    fn draw_known(&mut self, next: &NextQuestion) {
        let (model, theme) = (self.model, self.model.theme);
        let asked = model
            .session
            .asked
            .iter()
            .rev()
            .find(|(id, _)| *id == next.question);
        if let Some((_, who)) = asked {
            self.lines.push(Line::from(vec![
                self.gap(),
                Span::styled(
                    format!("waiting for {}", who.shown()),
                    theme.style(Role::Warn),
                ),
            ]));
        }
        let facts = next.settles.iter().chain([&next.fact]);
        for part in list_known_fact_hints(model, facts, self.room) {
            self.lines.push(Line::from(vec![
                self.gap(),
                Span::styled(part, theme.style(Role::Text)),
            ]));
        }
    }

    /// Queries that settle it, and why it is asked at all.
    fn draw_details(&mut self, next: &NextQuestion, question: Option<&Question>) {
        let (model, theme) = (self.model, self.model.theme);
        let queries = list_question_queries(model, next);
        if !queries.is_empty() {
            self.draw_below(
                "These read-only queries count them in production (Tab to the list, then Y copies \
                    them):",
                Role::Dim,
            );
            self.lines.extend(
                queries.iter().flat_map(|query| {
                    pieces::draw_code_block(query, self.label, self.columns, theme)
                }),
            );
        }
        let why = question.map(|question| question.why.as_str());
        if let Some(why) = why.filter(|why| !why.is_empty() && *why != next.why_now) {
            self.draw_below(&model.filled(why), Role::Dim);
        }
    }
}

/// What is already known about the facts of a question: value, source, age.
fn list_known_fact_hints<'a>(
    model: &Model,
    keys: impl Iterator<Item = &'a String>,
    columns: usize,
) -> Vec<String> {
    let Some(decided) = &model.decided else {
        return Vec::new();
    };
    let mut keys: Vec<&String> = keys.collect();
    keys.sort();
    keys.dedup();
    let mut out = Vec::new();
    let one = keys.len() == 1;
    for fact in keys
        .into_iter()
        .filter_map(|key| decided.resolved.facts.get(key))
    {
        // the question stands above already, where it asks for one thing
        let asks = if one {
            "so far".to_owned()
        } else {
            words::fact_asks(model, &fact.key)
        };
        let text = format!(
            "{asks}: {}; {}",
            words::fact_value(model, fact),
            describe_fact_origin(model, fact)
        )
        .replace("?:", "?");
        out.extend(text::wrap_columns(&text, columns));
    }
    out
}

/// Where a fact comes from and how old it is.
pub fn describe_fact_origin(model: &Model, fact: &Fact) -> String {
    let age = fact.at.map(|at| words::write_time_ago(at, model.now));
    write_fact_origin(fact, &age.unwrap_or_default())
}

//! The question that is asked now, with its answer keys. Drawn on screen 1 and, with more about it,
//! on screen 3.

use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::model::{Fact, Provenance};
use crate::tui::action::Action;
use crate::tui::asking::{Asking, VALUE};
use crate::tui::draw::canvas::Canvas;
use crate::tui::draw::{pieces, text, words};
use crate::tui::model::Model;
use crate::tui::screen::Focus;
use crate::tui::screens::questions::query::list_question_queries;
use crate::tui::theme::Role;

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
    let theme = model.theme;
    let mut lines: Vec<Line> = Vec::new();
    let mut hits = Vec::new();
    let room = columns.saturating_sub(label).max(20);
    let focused = model.focus == Focus::Question && model.popups.is_empty();
    let gap = || Span::raw(" ".repeat(label));
    let mut who = String::new();
    let head = |text: &str| {
        if label == 0 {
            return Span::raw("");
        }
        Span::styled(
            text::pad_text(text, label),
            theme.style(if focused { Role::Focus } else { Role::Dim }),
        )
    };
    let Some(asking) = model.asking() else {
        let says = match model.decision() {
            None => "The first question comes as soon as the releases are found.",
            Some(_) if !model.reading.complete && model.reading.failed.is_none() => {
                "No question yet; more is being read."
            }
            Some(_) => "No open question can change the answer.",
        };
        lines.push(Line::from(vec![head("next"), Span::raw(says)]));
        if model.writable && model.decided.is_some() && model.reading.complete {
            lines.push(Line::from(vec![
                gap(),
                Span::styled("c ", theme.style(Role::Key)),
                Span::raw("decide   "),
                Span::styled("7 ", theme.style(Role::Key)),
                Span::raw("the steps"),
            ]));
        }
        return QuestionBlock {
            lines,
            who,
            hits,
            asks: None,
        };
    };
    let (asks, choices, note) = match asking {
        Asking::Live { previous, current } => (
            format!("Is {} what is live now?", current.version),
            vec![('y', "yes".to_owned()), ('n', "no, choose".to_owned())],
            format!(
                "going back would then mean {}; the deploy tool or /version would know",
                previous.version
            ),
        ),
        Asking::Fact { next, question } => {
            let choices = match question {
                Some(question) if question.choices.is_empty() => vec![(
                    VALUE,
                    format!("type {}", question.unit.as_deref().unwrap_or("a number")),
                )],
                Some(question) => {
                    crate::decision::list_question_answers(question, next, &model.context())
                        .into_iter()
                        .map(|(key, title, _)| (key, title))
                        .collect()
                }
                None => Vec::new(),
            };
            let mut note = vec![crate::model::escape_invisible(&next.why_now).into_owned()];
            let dot = format!(" {} ", theme.dot());
            if label == 0 {
                who = words::list_who_would_know(next).join(&dot);
            } else {
                note.extend(words::list_who_would_know(next));
            }
            note.retain(|part| !part.is_empty());
            (
                model.filled(&next.asks),
                choices,
                note.join(&format!(" {} ", theme.dot())),
            )
        }
    };
    let mark = if focused {
        format!("{} next", theme.cursor())
    } else {
        "next".to_owned()
    };
    for (at, part) in text::wrap_columns(&asks, room).into_iter().enumerate() {
        lines.push(Line::from(vec![
            if at == 0 { head(&mark) } else { gap() },
            Span::styled(part, theme.style(Role::Strong)),
        ]));
    }
    let live = matches!(asking, Asking::Live { .. });
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
    let wide = |keys: &[AnswerKey]| {
        keys.iter()
            .map(|(key, title, _)| {
                text::measure_text_width(key) + 1 + text::measure_text_width(title) + 3
            })
            .sum::<usize>()
    };
    // in narrow columns the three that are always there stand closer, or in two lines
    let tight = wide(&rest) > room + 3;
    let rest: Vec<Vec<AnswerKey>> = if wide(&rest) > room + 5 {
        rest.chunks(2).map(<[AnswerKey]>::to_vec).collect()
    } else {
        vec![rest]
    };
    let always = rest.len();
    let fits = wide(&own) + rest.iter().map(|row| wide(row)).sum::<usize>() <= room + 3;
    let rows: Vec<Vec<AnswerKey>> = if fits {
        vec![own.into_iter().chain(rest.into_iter().flatten()).collect()]
    } else {
        // what does not fit into one line stands in columns, so that the eye finds the key
        let cell = own
            .iter()
            .map(|(_, title, _)| text::measure_text_width(title))
            .max()
            .unwrap_or(0)
            + 5;
        let each = (room / cell.max(1)).clamp(1, 3);
        own.chunks(each)
            .map(<[AnswerKey]>::to_vec)
            .chain(rest)
            .collect()
    };
    let grid = rows
        .iter()
        .rev()
        .skip(always)
        .flatten()
        .map(|(_, title, _)| text::measure_text_width(title))
        .max()
        .unwrap_or(0);
    let live_keys = focused && model.writable;
    let last = rows.len().saturating_sub(always);
    for (at, row) in rows.into_iter().enumerate() {
        // an answer is read whole: one that is longer than a line goes on below its own beginning
        if let [(key, title, action)] = row.as_slice()
            && text::measure_text_width(key) + 1 + text::measure_text_width(title) > room
        {
            let style = |role| theme.style(if live_keys { role } else { Role::Dim });
            let indent = text::measure_text_width(key) + 1;
            for (part_at, part) in text::wrap_columns(title, room.saturating_sub(indent))
                .into_iter()
                .enumerate()
            {
                hits.push((
                    lines.len(),
                    label,
                    indent + text::measure_text_width(&part),
                    *action,
                ));
                let key = if part_at == 0 { key.as_str() } else { "" };
                lines.push(Line::from(vec![
                    gap(),
                    Span::styled(text::pad_text(key, indent), style(Role::Key)),
                    Span::styled(part, style(Role::Text)),
                ]));
            }
            continue;
        }
        let mut spans = vec![gap()];
        let mut used = label;
        let count = row.len();
        for (n, (key, title, action)) in row.into_iter().enumerate() {
            let title = if at < last && n + 1 < count {
                text::pad_text(&title, grid)
            } else {
                title
            };
            // no blanks behind the last one: they would be what does not fit
            let behind = match (n + 1 < count, at >= last && tight) {
                (true, false) => "   ",
                (true, true) => "  ",
                (false, _) => "",
            };
            let wide = text::measure_text_width(&key) + 1 + text::measure_text_width(&title);
            hits.push((lines.len(), used, wide, action));
            spans.push(Span::styled(
                key,
                theme.style(if live_keys { Role::Key } else { Role::Dim }),
            ));
            spans.push(Span::styled(
                format!(" {title}{behind}"),
                theme.style(if live_keys { Role::Text } else { Role::Dim }),
            ));
            used += wide + behind.len();
        }
        lines.push(Line::from(text::fit_spans(spans, columns, theme)));
    }
    let asks = Some((asking.name(), lines.len()));
    if !note.is_empty() {
        for part in text::wrap_columns(&note, room) {
            lines.push(Line::from(vec![
                gap(),
                Span::styled(part, theme.style(Role::Dim)),
            ]));
        }
    }
    if let Asking::Fact { next, question } = asking {
        let asked = model
            .session
            .asked
            .iter()
            .rev()
            .find(|(id, _)| *id == next.question);
        if let Some((_, who)) = asked {
            lines.push(Line::from(vec![
                gap(),
                Span::styled(
                    format!("waiting for {}", crate::model::escape_invisible(who)),
                    theme.style(Role::Warn),
                ),
            ]));
        }
        let said: Vec<Line> =
            list_known_fact_hints(model, next.settles.iter().chain([&next.fact]), room)
                .into_iter()
                .map(|part| Line::from(vec![gap(), Span::styled(part, theme.style(Role::Text))]))
                .collect();
        lines.extend(said);
        let queries = list_question_queries(model, next);
        if detailed && !queries.is_empty() {
            let says = "These read-only queries count them in production (Tab to the list, then Y copies them):";
            lines.extend(
                text::wrap_columns(says, room).into_iter().map(|part| {
                    Line::from(vec![gap(), Span::styled(part, theme.style(Role::Dim))])
                }),
            );
            lines.extend(
                queries
                    .iter()
                    .flat_map(|query| pieces::draw_code_block(query, label, columns, theme)),
            );
        }
        if detailed
            && let Some(why) = question
                .map(|question| question.why.clone())
                .filter(|why| !why.is_empty() && *why != next.why_now)
        {
            for part in text::wrap_columns(&model.filled(&why), room) {
                lines.push(Line::from(vec![
                    gap(),
                    Span::styled(part, theme.style(Role::Dim)),
                ]));
            }
        }
    }
    QuestionBlock {
        lines,
        who,
        hits,
        asks,
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
    let age = fact
        .at
        .map(|at| format!(" {}", words::write_time_ago(at, model.now)))
        .unwrap_or_default();
    let source = fact
        .source
        .as_deref()
        .map(|source| format!(", {}", crate::model::escape_invisible(source)))
        .unwrap_or_default();
    match fact.provenance {
        // the option says already who: whoever typed the command
        Provenance::Stated
            if fact
                .source
                .as_deref()
                .is_some_and(|source| source.starts_with("--")) =>
        {
            format!("given with{}{age}", source.trim_start_matches(','))
        }
        Provenance::Sensed => format!("read{age}{source}"),
        Provenance::Derived => format!("follows from what was read{source}"),
        Provenance::Assumed => format!("assumed{source}"),
        Provenance::Stated => {
            let who = fact
                .role
                .as_deref()
                .or(fact.by.as_deref())
                .map(|who| format!(" by {}", crate::model::escape_invisible(who)))
                .unwrap_or_default();
            let sure = if fact.confidence == crate::model::Sureness::Low {
                ", believed"
            } else {
                ""
            };
            format!("said{who}{age}{sure}{source}")
        }
    }
}

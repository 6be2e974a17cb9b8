//! Drawing: why, down to the quoted line.

use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::model::{Grade, escape_invisible};
use crate::tui::draw::canvas::Canvas;
use crate::tui::draw::options::label_option_state;
use crate::tui::draw::text_popup::draw_popup_keys;
use crate::tui::draw::{lists, panel, pieces, text, verdict, words};
use crate::tui::list::ScrolledPart;
use crate::tui::model::Model;
use crate::tui::popup::why::query::WhyItem;
use crate::tui::popup::why::state::WhyPopup;
use crate::tui::screens::now::query::find_option_status;
use crate::tui::screens::questions::block;
use crate::tui::screens::risks::evidence::draw_all_evidence;
use crate::tui::theme::Role;

/// Columns of the word before a row.
const LABEL: usize = 10;

/// Most rows of the choice where the terminal is low; a higher one gives it a third.
const ROWS: usize = 8;

/// Lines of what is known that the choice leaves free on a high terminal.
const TEXT: usize = 16;

/// Most parts of a contract that are listed.
const PARTS: usize = 30;

impl WhyPopup {
    pub(super) fn say_enter(&self, item: Option<&WhyItem>) -> &'static str {
        match item {
            Some(item) if item.plan.is_some() => "the steps",
            Some(item) if item.asks.is_some() => "what shows it, or ask it",
            _ => "the finding or the file",
        }
    }

    pub(super) fn title(&self, model: &Model) -> String {
        let status = self
            .option
            .and_then(|option| find_option_status(model, option));
        match status {
            Some(status) => format!(
                "{}: {}",
                model.option_title(status.option),
                label_option_state(model.theme, status.state).1
            ),
            None => "why".to_owned(),
        }
    }

    /// Draws it.
    pub fn draw(&self, canvas: &mut Canvas, body: Rect, model: &Model) {
        let theme = model.theme;
        let wide = body.width.saturating_sub(2).min(150);
        let all = self.items(model);
        let weights = match self.option {
            None => verdict::draw_weight_balance(model, usize::from(wide.saturating_sub(4))),
            Some(_) => None,
        };
        // as high as the choice and a text of some length; it does not change with the cursor
        let high = u16::try_from(all.len() + TEXT + 4 + usize::from(weights.is_some()))
            .unwrap_or(u16::MAX);
        let inner = panel::draw_popup_frame(
            canvas,
            panel::centre_area(body, wide, body.height.min(high)),
            model,
            &self.title(model),
        );
        // weights stand where the reasons are explained
        let [scales, inner] = Layout::vertical([
            Constraint::Length(u16::from(weights.is_some())),
            Constraint::Fill(1),
        ])
        .areas(inner);
        if let Some(weights) = weights {
            canvas.render_widget(Paragraph::new(weights), scales);
        }
        let columns = usize::from(inner.width);
        let cursor = self.cursor.min(all.len().saturating_sub(1));
        let height = usize::from(inner.height);
        let beside = height.saturating_sub(TEXT + 2);
        let rows = all
            .len()
            .min(ROWS.max(height / 3).max(beside))
            .min((height / 2).max(beside));
        let [list, rule, text, foot] = Layout::vertical([
            Constraint::Length(u16::try_from(rows).unwrap_or(0)),
            Constraint::Length(1),
            Constraint::Fill(1),
            Constraint::Length(1),
        ])
        .areas(inner);
        let first = (cursor + 1).saturating_sub(rows);
        let below = all.len().saturating_sub(first);
        canvas.measured.popup_rows(list, first, below);
        let lines: Vec<Line> = all
            .iter()
            .enumerate()
            .skip(first)
            .take(rows)
            .map(|(at, item)| {
                let here = at == cursor;
                Line::from(vec![
                    Span::styled(
                        format!("{} ", if here { theme.cursor() } else { " " }),
                        theme.style(Role::Focus),
                    ),
                    Span::styled(text::pad_text(item.label, LABEL), theme.style(Role::Dim)),
                    Span::styled(
                        text::clip_words(&item.says, columns.saturating_sub(LABEL + 3), theme),
                        theme.style(if here { Role::Strong } else { Role::Text }),
                    ),
                ])
            })
            .collect();
        canvas.render_widget(Paragraph::new(lines), list);
        lists::scroll_mark(canvas, list, theme, first, rows, all.len());
        panel::draw_horizontal_rule(canvas, rule, theme);
        if let Some(item) = all.get(cursor) {
            lists::draw_scrolled_lines(
                canvas,
                text,
                model,
                ScrolledPart::Popup,
                &self.scroll,
                draw_why_detail(model, item, columns.saturating_sub(2)),
            );
        }
        let keys = [
            ("Enter", self.say_enter(all.get(cursor))),
            ("Up, Down", "the next"),
            ("Y", "copy"),
            ("Esc", "back"),
        ];
        draw_popup_keys(canvas, foot, &keys, theme);
    }
}

/// What is known about an item: its sentence in full, each fact in the words of its question, and
/// what shows it.
fn draw_why_detail(model: &Model, item: &WhyItem, columns: usize) -> Vec<Line<'static>> {
    let theme = model.theme;
    let mut lines = text::draw_wrapped_text(&item.says, columns, theme.style(Role::Strong));
    for key in &item.facts {
        let fact = model
            .decided
            .as_ref()
            .and_then(|decided| decided.resolved.facts.get(key));
        let known = fact.filter(|fact| fact.value.is_known());
        let (word, role) = if known.is_some() {
            ("known", Role::Good)
        } else {
            ("not known", Role::Warn)
        };
        let says = match fact {
            Some(fact) => format!(
                "{} {} ({})",
                words::fact_asks(model, key),
                words::fact_value(model, fact),
                block::describe_fact_origin(model, fact)
            ),
            // the question stands above already
            None if item.label == "question" && item.facts.len() == 1 => {
                say_who_would_know(model, item)
            }
            None => words::fact_asks(model, key),
        };
        lines.push(Line::default());
        lines.extend(text::draw_labelled_row(
            word,
            LABEL,
            &says,
            columns,
            theme.style(role),
            theme.style(Role::Text),
        ));
        if let Some(fact) = fact.filter(|fact| !fact.evidence.is_empty()) {
            lines.extend(draw_all_evidence(model, &fact.evidence, columns));
        }
    }
    if item.facts.iter().any(|key| key.starts_with("dependent[")) {
        lines.extend(list_missing_in_previous(model, columns));
    }
    if item.facts.is_empty() && item.plan.is_none() {
        lines.push(Line::default());
        lines.extend(text::draw_wrapped_text(
            "It follows from the rules alone; `backout assess --explain-verdict` shows them.",
            columns,
            theme.style(Role::Dim),
        ));
    }
    lines
}

/// That nobody answered a question yet, and who could.
fn say_who_would_know(model: &Model, item: &WhyItem) -> String {
    let open = model
        .decision()
        .into_iter()
        .flat_map(|decision| &decision.questions);
    let who = open
        .filter(|next| model.filled(&next.asks.shown()) == item.says)
        .find_map(|next| next.who.as_ref())
        .map(|who| {
            format!(
                "; {} would know",
                escape_invisible(&model.filled(&who.shown()))
            )
        })
        .unwrap_or_default();
    format!("nobody has answered it yet{who}")
}

/// What the release that would come back does not have, part by part: what a dependent may use.
fn list_missing_in_previous(model: &Model, columns: usize) -> Vec<Line<'static>> {
    let theme = model.theme;
    let contracts = model
        .assessment
        .iter()
        .flat_map(|assessment| &assessment.contracts);
    let parts: Vec<String> = contracts
        .flat_map(|contract| {
            contract
                .changes
                .iter()
                .filter(|change| change.on_rollback == Grade::Breaking)
                .map(move |change| (contract, change))
        })
        .map(|(contract, change)| {
            format!(
                "{}  {}{}",
                escape_invisible(&change.location),
                escape_invisible(&contract.path),
                change
                    .line
                    .map(|line| format!(":{line}"))
                    .unwrap_or_default()
            )
        })
        .collect();
    if parts.is_empty() {
        return Vec::new();
    }
    let mut lines = pieces::draw_small_heading(
        &format!("What {} does not have", model.previous()),
        &parts.len().to_string(),
        columns,
        theme,
    )
    .to_vec();
    let more = parts.len().saturating_sub(PARTS);
    lines.extend(
        parts
            .into_iter()
            .take(PARTS)
            .map(|part| Line::raw(text::clip_words(&part, columns, theme))),
    );
    if more > 0 {
        lines.push(Line::styled(
            format!("and {more} more; 6 shows all"),
            theme.style(Role::Dim),
        ));
    }
    lines
}

//! Why: every reason, flip and open question with what is known about it, down to the quoted line
//! or the query. Enter goes on to the finding or the file, Esc comes back.

use ratatui::Frame;
use ratatui::crossterm::event::KeyEvent;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::{Next, Popup};
use crate::model::{
    Evidence, Fact, Grade, NextQuestion, OptionId, OptionState, escape_invisible, fact_key,
};
use crate::tui::list::Scroll;
use crate::tui::model::{Asking, Model, Screen};
use crate::tui::state::now as board;
use crate::tui::theme::Role;
use crate::tui::update::go_to_screen;
use crate::tui::view::options::label_option_state;
use crate::tui::view::{pieces, question, risks, verdict, widgets, words};
use crate::tui::{Effect, key};

/// Columns of the word before a row.
const LABEL: usize = 10;
/// Most rows of the choice where the terminal is low; a higher one gives it a third.
const ROWS: usize = 8;
/// Lines of what is known that the choice leaves free on a high terminal.
const TEXT: usize = 16;
/// Most places that are shown beside an option.
const MOST_PLACES: usize = 6;
/// Most parts of a contract that are listed.
const PARTS: usize = 30;

/// The overlay.
#[derive(Debug, Clone, Default)]
pub struct WhyPopup {
    /// About this option; `None`: about the verdict.
    option: Option<OptionId>,
    cursor: usize,
    scroll: Scroll,
}

/// One thing that can be asked why about.
#[derive(Debug, Clone, PartialEq)]
pub struct WhyItem {
    /// `because`, `against`, `flips if`, `question`, and for an option what stands in its way.
    pub label: &'static str,
    /// In a sentence.
    pub says: String,
    /// Facts it rests on.
    pub facts: Vec<String>,
    /// The question it is, which Enter asks where no line shows anything.
    pub asks: Option<NextQuestion>,
    /// The option whose steps it stands for, which Enter shows.
    pub plan: Option<OptionId>,
}

impl WhyItem {
    fn new(label: &'static str, says: impl Into<String>, facts: Vec<String>) -> Self {
        Self {
            label,
            says: says.into(),
            facts,
            asks: None,
            plan: None,
        }
    }

    fn question(model: &Model, next: &NextQuestion) -> Self {
        Self {
            asks: Some(next.clone()),
            ..Self::new(
                "question",
                model.filled(&next.asks),
                list_settled_facts(next),
            )
        }
    }
}

/// Reasons for and against, what would change the answer, and what is asked.
pub fn list_why_items(model: &Model) -> Vec<WhyItem> {
    let mut items = Vec::new();
    if let Some(decision) = model.decision() {
        let reasons = |label: &'static str, list: &[crate::model::Reason]| {
            list.iter()
                .map(|reason| {
                    let says = words::write_reason_sentence(reason);
                    WhyItem::new(label, says, reason.facts.clone())
                })
                .collect::<Vec<_>>()
        };
        items.extend(reasons("because", &decision.because));
        items.extend(reasons("against", &decision.against));
        for flip in &decision.flips {
            let facts = std::iter::once(flip.fact.clone())
                .chain(flip.with.iter().map(|(key, _)| key.clone()))
                .collect();
            items.push(WhyItem::new(
                "flips if",
                words::write_short_flip(flip),
                facts,
            ));
        }
        let questions = decision.questions.iter();
        items.extend(questions.map(|next| WhyItem::question(model, next)));
        let headline = board::find_headline_option(model).unwrap_or(decision.option);
        items.extend(make_plan_item(model, headline));
    }
    if let Some(next) = &model.screens.questions.chosen {
        let item = WhyItem::question(model, next);
        if !items.contains(&item) {
            items.push(item);
        }
    }
    items
}

/// What stands in the way of an option, what has to be done first, until when it can be had, what
/// would settle it, and its steps.
pub fn list_option_items(model: &Model, option: OptionId) -> Vec<WhyItem> {
    let Some(status) = board::find_option_status(model, option) else {
        return Vec::new();
    };
    let blocks = if status.state == OptionState::Removed {
        "removed"
    } else {
        "open"
    };
    let mut items: Vec<WhyItem> = status
        .blockers
        .iter()
        .map(|reason| {
            let says = words::write_reason_sentence(reason);
            WhyItem::new(blocks, says, reason.facts.clone())
        })
        .collect();
    items.extend(status.conditions.iter().map(|condition| {
        let says = escape_invisible(&condition.says).into_owned();
        WhyItem::new("first", says, condition.facts.clone())
    }));
    if let Some((minutes, said)) = board::find_option_minutes(model, option) {
        let word = if said { "" } else { ", estimated" };
        let says = format!("{}{word}", words::write_minutes(minutes));
        let key = if board::goes_back(option) {
            fact_key::DEPLOYMENT_MINUTES_BACK
        } else {
            fact_key::DEPLOYMENT_MINUTES_FORWARD
        };
        items.push(WhyItem::new("takes", says, vec![key.to_owned()]));
    }
    for point in crate::tui::state::plan::list_option_deadlines(model, option) {
        let says = escape_invisible(&point.says);
        let when = point.at.map(|at| model.clock(at));
        let says = when.map_or_else(|| says.to_string(), |when| format!("{when}: {says}"));
        items.push(WhyItem::new("until", says, Vec::new()));
    }
    if let Some(next) = board::find_settling_question(model, &status) {
        items.push(WhyItem::question(model, next));
    }
    items.extend(make_plan_item(model, option));
    items
}

/// The steps of an option in a few words.
fn make_plan_item(model: &Model, option: OptionId) -> Option<WhyItem> {
    let steps = crate::tui::state::plan::list_option_steps(model, Some(option));
    let names: Vec<_> = steps
        .iter()
        .filter(|step| step.how != crate::model::StepMode::Skip)
        .map(|step| escape_invisible(&step.step))
        .collect();
    if names.is_empty() {
        return None;
    }
    let count = words::write_number_with_noun(names.len() as u64, "step", "steps");
    let names: Vec<String> = names
        .iter()
        .enumerate()
        .map(|(at, name)| format!("{}. {name}", at + 1))
        .collect();
    Some(WhyItem {
        plan: Some(option),
        ..WhyItem::new("plan", format!("{count}: {}", names.join("; ")), Vec::new())
    })
}

fn list_settled_facts(next: &crate::model::NextQuestion) -> Vec<String> {
    if next.settles.is_empty() {
        vec![next.fact.clone()]
    } else {
        next.settles.clone()
    }
}

/// Opens it on the strongest reason.
pub fn open_why_popup(model: &mut Model) -> Vec<Effect> {
    show_why_at_cursor(model, 0)
}

/// Opens it on the question that is asked now.
pub fn open_question(model: &mut Model) -> Vec<Effect> {
    let asked = match model.asking() {
        Some(Asking::Fact { next, .. }) => Some(model.filled(&next.asks)),
        _ => None,
    };
    let at = list_why_items(model)
        .iter()
        .position(|item| item.label == "question" && Some(&item.says) == asked.as_ref());
    show_why_at_cursor(model, at.unwrap_or(0))
}

fn show_why_at_cursor(model: &mut Model, cursor: usize) -> Vec<Effect> {
    if list_why_items(model).is_empty() {
        return crate::tui::update::go_to_screen(model, crate::tui::model::Screen::Risks);
    }
    model.popups.push(Popup::Why(Box::new(WhyPopup {
        option: None,
        cursor,
        scroll: Scroll::default(),
    })));
    Vec::new()
}

/// Opens it on an option that is not the headline.
pub fn open_option_popup(model: &mut Model, option: OptionId) -> Vec<Effect> {
    if list_option_items(model, option).is_empty() {
        model.say("Nothing stands in its way, and no step is known.");
        return Vec::new();
    }
    model.popups.push(Popup::Why(Box::new(WhyPopup {
        option: Some(option),
        ..WhyPopup::default()
    })));
    Vec::new()
}

/// Facts of an item as they are in force.
fn list_item_facts<'a>(model: &'a Model, item: &'a WhyItem) -> impl Iterator<Item = &'a Fact> {
    item.facts
        .iter()
        .filter_map(|key| model.decided.as_ref()?.resolved.facts.get(key))
}

fn collect_item_evidence(model: &Model, item: &WhyItem) -> Vec<Evidence> {
    list_item_facts(model, item)
        .flat_map(|fact| fact.evidence.clone())
        .collect()
}

/// What shows why an option stands where it does: of the headline its reasons, of another option
/// what stands in its way. Each
/// place once, and only what can be quoted.
pub fn collect_option_evidence(model: &Model, option: OptionId) -> Vec<Evidence> {
    let items = if Some(option) == board::find_headline_option(model) {
        list_why_items(model)
    } else {
        list_option_items(model, option)
    };
    let mut places: Vec<Evidence> = Vec::new();
    for place in items
        .iter()
        .filter(|item| item.asks.is_none())
        .flat_map(|item| collect_item_evidence(model, item))
    {
        if places.len() < MOST_PLACES && place.excerpt.is_some() && !places.contains(&place) {
            places.push(place);
        }
    }
    places
}

impl WhyPopup {
    fn items(&self, model: &Model) -> Vec<WhyItem> {
        match self.option {
            Some(option) => list_option_items(model, option),
            None => list_why_items(model),
        }
    }

    fn say_enter(&self, item: Option<&WhyItem>) -> &'static str {
        match item {
            Some(item) if item.plan.is_some() => "the steps",
            Some(item) if item.asks.is_some() => "what shows it, or ask it",
            _ => "the finding or the file",
        }
    }

    fn title(&self, model: &Model) -> String {
        let status = self
            .option
            .and_then(|option| board::find_option_status(model, option));
        match status {
            Some(status) => format!(
                "{}: {}",
                model.option_title(status.option),
                label_option_state(model.theme, status.state).1
            ),
            None => "why".to_owned(),
        }
    }

    /// What no line of the release shows: the steps of an option are shown, a question is asked.
    fn go_on(model: &mut Model, item: &WhyItem) -> Option<Vec<Effect>> {
        if let Some(option) = item.plan {
            let effects = go_to_screen(model, Screen::Plan);
            model.screens.plan.option = Some(option);
            model.screens.plan.list.cursor = 0;
            return Some(effects);
        }
        let next = item.asks.clone()?;
        let effects = if matches!(model.screen, Screen::Now | Screen::Questions) {
            Vec::new()
        } else {
            go_to_screen(model, Screen::Now)
        };
        board::ask_question_next(model, next);
        Some(effects)
    }

    /// A key.
    pub fn key(&mut self, model: &mut Model, event: &KeyEvent) -> (Next, Vec<Effect>) {
        let all = self.items(model);
        let last = all.len().saturating_sub(1);
        self.cursor = self.cursor.min(last);
        match key::spell_key(event).unwrap_or_default().as_str() {
            "esc" | "ctrl-c" | "q" => return (Next::Close, Vec::new()),
            "up" | "k" => (self.cursor, self.scroll.offset) = (self.cursor.saturating_sub(1), 0),
            "down" | "j" => (self.cursor, self.scroll.offset) = ((self.cursor + 1).min(last), 0),
            "pgup" => self.scroll.by(-8),
            "pgdn" | "space" => self.scroll.by(8),
            "enter" => {
                let Some(item) = all.get(self.cursor) else {
                    return (Next::Close, Vec::new());
                };
                let places = collect_item_evidence(model, item);
                let found = crate::tui::state::risks::reveal_evidence_row(model, &places);
                let found = found.or_else(|| {
                    places.iter().find_map(|place| {
                        crate::tui::state::diff::open_at(model, place.path.as_deref()?, place.line)
                    })
                });
                match found.or_else(|| Self::go_on(model, item)) {
                    Some(effects) => return (Next::Close, effects),
                    None => model.warn(
                        "No line of the release shows this; what is known about it stands here.",
                    ),
                }
            }
            "Y" => {
                let quoted = all.get(self.cursor).and_then(|item| {
                    collect_item_evidence(model, item)
                        .into_iter()
                        .find_map(|place| place.excerpt)
                });
                return match quoted {
                    Some(text) => {
                        model.say("The quoted text is copied.");
                        (Next::Stay, vec![Effect::Copy(text)])
                    }
                    None => {
                        model.warn("Nothing is quoted here that could be copied.");
                        (Next::Stay, Vec::new())
                    }
                };
            }
            _ => {}
        }
        (Next::Stay, Vec::new())
    }

    /// Draws it.
    pub fn draw(&self, frame: &mut Frame, body: Rect, model: &Model) {
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
        let inner = widgets::draw_popup_frame(
            frame,
            widgets::centre_area(body, wide, body.height.min(high)),
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
            frame.render_widget(Paragraph::new(weights), scales);
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
                    Span::styled(widgets::pad_text(item.label, LABEL), theme.style(Role::Dim)),
                    Span::styled(
                        widgets::clip_text(&item.says, columns.saturating_sub(LABEL + 3), theme),
                        theme.style(if here { Role::Strong } else { Role::Text }),
                    ),
                ])
            })
            .collect();
        frame.render_widget(Paragraph::new(lines), list);
        widgets::scroll_mark(frame, list, theme, first, rows, all.len());
        widgets::draw_horizontal_rule(frame, rule, theme);
        if let Some(item) = all.get(cursor) {
            widgets::draw_scrolled_lines(
                frame,
                text,
                model,
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
        let spans: Vec<Span> = keys
            .into_iter()
            .flat_map(|(key, says)| {
                [
                    Span::styled(key, theme.style(Role::Key)),
                    Span::styled(format!(" {says}   "), theme.style(Role::Dim)),
                ]
            })
            .collect();
        frame.render_widget(Paragraph::new(Line::from(spans)), foot);
    }
}

/// What is known about an item: its sentence in full, each fact in the words of its question, and
/// what shows it.
fn draw_why_detail(model: &Model, item: &WhyItem, columns: usize) -> Vec<Line<'static>> {
    let theme = model.theme;
    let mut lines = widgets::draw_wrapped_text(&item.says, columns, theme.style(Role::Strong));
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
                question::describe_fact_origin(model, fact)
            ),
            // the question stands above already
            None if item.label == "question" && item.facts.len() == 1 => {
                say_who_would_know(model, item)
            }
            None => words::fact_asks(model, key),
        };
        lines.push(Line::default());
        lines.extend(widgets::draw_labelled_row(
            word,
            LABEL,
            &says,
            columns,
            theme.style(role),
            theme.style(Role::Text),
        ));
        if let Some(fact) = fact.filter(|fact| !fact.evidence.is_empty()) {
            lines.extend(risks::evidence::draw_all_evidence(
                model,
                &fact.evidence,
                columns,
            ));
        }
    }
    if item.facts.iter().any(|key| key.starts_with("dependent[")) {
        lines.extend(list_missing_in_previous(model, columns));
    }
    if item.facts.is_empty() && item.plan.is_none() {
        lines.push(Line::default());
        lines.extend(widgets::draw_wrapped_text(
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
        .filter(|next| model.filled(&next.asks) == item.says)
        .find_map(|next| next.who.as_deref())
        .map(|who| format!("; {} would know", escape_invisible(&model.filled(who))))
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
        &format!("What {} does not have", escape_invisible(model.previous())),
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
            .map(|part| Line::raw(widgets::clip_text(&part, columns, theme))),
    );
    if more > 0 {
        lines.push(Line::styled(
            format!("and {more} more; 6 shows all"),
            theme.style(Role::Dim),
        ));
    }
    lines
}

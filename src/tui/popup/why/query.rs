//! What is shown and can be chosen: why, down to the quoted line.

use crate::model::{Evidence, Fact, NextQuestion, OptionId, OptionState, fact_key};
use crate::tui::draw::words;
use crate::tui::model::Model;
use crate::tui::popup::why::state::WhyPopup;
use crate::tui::screens::now::query::{
    find_headline_option, find_option_minutes, find_option_status, find_settling_question,
    goes_back,
};
use crate::tui::screens::plan::query::{list_option_deadlines, list_option_steps};

/// Most places that are shown beside an option.
const MOST_PLACES: usize = 6;

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
                model.filled(&next.asks.shown()),
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
        let headline = find_headline_option(model).unwrap_or(decision.option);
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
    let Some(status) = find_option_status(model, option) else {
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
        let says = condition.says.shown().into_owned();
        WhyItem::new("first", says, condition.facts.clone())
    }));
    if let Some((minutes, said)) = find_option_minutes(model, option) {
        let word = if said { "" } else { ", estimated" };
        let says = format!("{}{word}", words::write_minutes(minutes));
        let key = if goes_back(option) {
            fact_key::DEPLOYMENT_MINUTES_BACK
        } else {
            fact_key::DEPLOYMENT_MINUTES_FORWARD
        };
        items.push(WhyItem::new("takes", says, vec![key.to_owned()]));
    }
    for point in list_option_deadlines(model, option) {
        let says = point.says.shown();
        let when = point.at.map(|at| model.clock(at));
        let says = when.map_or_else(|| says.to_string(), |when| format!("{when}: {says}"));
        items.push(WhyItem::new("until", says, Vec::new()));
    }
    if let Some(next) = find_settling_question(model, &status) {
        items.push(WhyItem::question(model, next));
    }
    items.extend(make_plan_item(model, option));
    items
}

/// The steps of an option in a few words.
fn make_plan_item(model: &Model, option: OptionId) -> Option<WhyItem> {
    let steps = list_option_steps(model, Some(option));
    let names: Vec<_> = steps
        .iter()
        .filter(|step| step.how != crate::model::StepMode::Skip)
        .map(|step| step.step.shown())
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

/// Facts of an item as they are in force.
fn list_item_facts<'a>(model: &'a Model, item: &'a WhyItem) -> impl Iterator<Item = &'a Fact> {
    item.facts
        .iter()
        .filter_map(|key| model.decided.as_ref()?.resolved.facts.get(key))
}

pub(super) fn collect_item_evidence(model: &Model, item: &WhyItem) -> Vec<Evidence> {
    list_item_facts(model, item)
        .flat_map(|fact| fact.evidence.iter())
        .map(|place| quote_place(model, place))
        .collect()
}

/// A place with the line that stands there: what follows from findings names their places, and the
/// finding quotes them.
fn quote_place(model: &Model, place: &Evidence) -> Evidence {
    if place.excerpt.is_some() || place.path.is_none() {
        return place.clone();
    }
    let findings = model.assessment.iter().flat_map(|read| &read.findings);
    findings
        .flat_map(|finding| &finding.evidence)
        .find(|quoted| {
            quoted.excerpt.is_some() && quoted.path == place.path && quoted.line == place.line
        })
        .unwrap_or(place)
        .clone()
}

/// What shows why an option stands where it does: of the headline its reasons, of another option
/// what stands in its way. Each
/// place once, and only what can be quoted.
pub fn collect_option_evidence(model: &Model, option: OptionId) -> Vec<Evidence> {
    let items = if Some(option) == find_headline_option(model) {
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
    pub(super) fn items(&self, model: &Model) -> Vec<WhyItem> {
        match self.option {
            Some(option) => list_option_items(model, option),
            None => list_why_items(model),
        }
    }
}

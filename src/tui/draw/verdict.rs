//! The verdict in one line, how much it holds, and the weights where they decided.

use ratatui::text::{Line, Span};

use crate::model::{ConditionKind, Decision, OptionId, Strength, Word};
use crate::tui::draw::{text, words};
use crate::tui::model::Model;
use crate::tui::theme::{Role, Theme};

/// The verdict and how much it holds.
pub(crate) fn draw_verdict_headline(
    model: &Model,
    columns: usize,
) -> (Vec<Span<'static>>, Vec<Span<'static>>) {
    let theme = model.theme;
    let Some(decision) = model.decision() else {
        let says = if model.reading.opened {
            "READING, no verdict yet"
        } else {
            "OPENING THE REPOSITORY"
        };
        return (
            vec![Span::styled(says, theme.style(Role::Verdict))],
            Vec::new(),
        );
    };
    if let Some(both) = after_decision(model, decision, columns) {
        return both;
    }
    let mut left = Vec::new();
    if !model.reading.complete && model.reading.failed.is_none() && model.replay.is_none() {
        left.push(Span::styled(
            format!(
                "READING {} of {}, so far ",
                model.reading.count(),
                model.reading.done.len()
            ),
            theme.style(Role::Dim),
        ));
    }
    let room = columns.saturating_sub(text::spans_width(&left) + decision.strength.id().len() + 2);
    left.push(Span::styled(
        write_verdict_line(model, decision, room),
        theme
            .style(Role::Verdict)
            .patch(theme.style(Theme::option(decision.option))),
    ));
    let held = describe_verdict_strength(decision);
    let right = vec![
        Span::styled(
            decision.strength.id(),
            theme.style(Theme::strength(decision.strength)),
        ),
        Span::raw(format!(" {} {held}", theme.dot())),
    ];
    let short = vec![Span::styled(
        decision.strength.id(),
        theme.style(Theme::strength(decision.strength)),
    )];
    let right = if text::spans_width(&left) + text::spans_width(&right) + 2 > columns {
        short
    } else {
        right
    };
    let room = columns.saturating_sub(text::spans_width(&right) + 2);
    (text::fit_spans(left, room, theme), right)
}

/// Once somebody decided, that is the headline; when it did not work, what comes next is.
fn after_decision(
    model: &Model,
    decision: &Decision,
    columns: usize,
) -> Option<(Vec<Span<'static>>, Vec<Span<'static>>)> {
    let theme = model.theme;
    let taken = model.taken()?;
    let (option, right) = match (model.failed(), model.next_option()) {
        (Some(failed), Some(next)) => (
            next,
            format!("next, as “{}” did not work", failed.title().to_lowercase()),
        ),
        (Some(failed), None) => (
            failed,
            "it did not work, and nothing else is left".to_owned(),
        ),
        _ if taken.option == decision.option => (
            taken.option,
            format!("decided, as recommended ({})", decision.strength.id()),
        ),
        _ => (
            taken.option,
            format!(
                "decided; the tool says {}, {}",
                words::name_option_briefly(decision.option),
                decision.strength.id()
            ),
        ),
    };
    let left = vec![Span::styled(
        words::write_option_headline(model, option),
        theme
            .style(Role::Verdict)
            .patch(theme.style(Theme::option(option))),
    )];
    let right = text::clip_text(
        &right.replace(['“', '”'], theme.pick("\"", "\"")),
        columns.saturating_sub(text::spans_width(&left) + 2),
        theme,
    );
    Some((left, vec![Span::styled(right, theme.style(Role::Text))]))
}

/// The verdict as one line of capitals with what it hangs on: in full where it fits, else the
/// conditions below say it.
fn write_verdict_line(model: &Model, decision: &Decision, room: usize) -> String {
    let full = crate::decision::write_verdict_headline(decision, &model.context());
    if text::measure_text_width(&full) <= room {
        return full;
    }
    let name = words::write_option_headline(model, decision.option);
    let (settle, first) = (
        decision
            .conditions
            .iter()
            .any(|condition| condition.kind == ConditionKind::Settle),
        decision
            .conditions
            .iter()
            .find(|condition| !condition.after),
    );
    match (
        decision.option,
        decision.then.filter(|then| *then != decision.option),
        first,
    ) {
        (OptionId::RollBackWithConditions, _, _) if settle => format!("{name}, once settled"),
        (OptionId::RollBackWithConditions, _, Some(condition)) => {
            format!("{name}, first {}", label_condition_kind(&condition.kind))
        }
        (_, Some(then), _) => format!("{name}, then {}", words::write_option_headline(model, then)),
        _ => name,
    }
}

/// A kind of condition in two words.
fn label_condition_kind(kind: &Word<ConditionKind>) -> &str {
    match kind.known() {
        Some(ConditionKind::CompatibilityStep) => "a compatibility step",
        Some(ConditionKind::SchemaBack) => "the schema back",
        Some(ConditionKind::DependentFirst) => "the dependent",
        Some(ConditionKind::KeepObjects) => "keep the new objects",
        Some(ConditionKind::Settle) => "settle what is open",
        Some(ConditionKind::Repair) => "repair the way back",
        Some(ConditionKind::AcceptRisk) => "accept the risk",
        Some(ConditionKind::TwoPersons) => "two persons",
        Some(ConditionKind::ConfigBack) => "the configuration",
        Some(ConditionKind::KeepInfrastructure) => "infrastructure as it is",
        Some(ConditionKind::TryOnAPart) => "try on a part",
        Some(ConditionKind::Branch) => "a branch from what is live",
        Some(ConditionKind::Drain) => "drain",
        _ => kind.as_str(),
    }
}

fn describe_verdict_strength(decision: &Decision) -> String {
    match decision.strength {
        Strength::Firm => "no open answer can change it".to_owned(),
        Strength::Close if decision.margin.is_some_and(|margin| margin.abs() >= 1.0) => {
            "small answers together could change it".to_owned()
        }
        Strength::Close => "a small thing could change it".to_owned(),
        Strength::Open => match decision.questions.len() {
            0 => "an answer can change it".to_owned(),
            1 => "1 answer can change it".to_owned(),
            n => format!("{n} answers can change it"),
        },
        Strength::Forced => "time is over, values are assumed".to_owned(),
    }
}

/// Where weights decided: reasons for back and forward as two bars from the middle.
pub fn draw_weight_balance(model: &Model, columns: usize) -> Option<Line<'static>> {
    let theme = model.theme;
    let decision = model.decision()?;
    decision.margin?;
    if let Some(says) = explain_default(model) {
        return Some(Line::styled(
            text::clip_text(&says, columns, theme),
            theme.style(Role::Dim),
        ));
    }
    // an empty sum can be a negative zero
    let (back, forward) = (
        decision.back.max(0.0) + 0.0,
        decision.forward.max(0.0) + 0.0,
    );
    let ends = ("back ", " forward");
    let numbers = (format!("{back:.1} "), format!(" {forward:.1}"));
    let half = columns
        .saturating_sub(ends.0.len() + ends.1.len() + numbers.0.len() + numbers.1.len() + 1)
        .min(56)
        / 2;
    let scale = back.max(forward).max(6.0);
    let filled = |value: f64| ((value / scale * half as f64).round() as usize).min(half);
    let (left, right) = (filled(back), filled(forward));
    let (full, none) = (theme.pick("█", "#"), theme.pick("░", "."));
    let spans = vec![
        Span::styled(ends.0, theme.style(Role::Dim)),
        Span::styled(numbers.0, theme.style(Role::Text)),
        Span::styled(none.repeat(half - left), theme.style(Role::Line)),
        Span::styled(full.repeat(left), theme.style(Role::Back)),
        Span::styled(theme.bar(), theme.style(Role::Strong)),
        Span::styled(full.repeat(right), theme.style(Role::Forward)),
        Span::styled(none.repeat(half - right), theme.style(Role::Line)),
        Span::styled(numbers.1, theme.style(Role::Text)),
        Span::styled(ends.1, theme.style(Role::Dim)),
    ];
    Some(Line::from(spans))
}

/// That only what holds always tips the scales.
pub(crate) fn explain_default(model: &Model) -> Option<String> {
    let decision = model.decision()?;
    decision.margin?;
    let way = if decided_by_default(decision)? == OptionId::RollForward {
        "going forward"
    } else {
        "going back"
    };
    Some(format!("no weight decides yet; {way} is the default"))
}

/// The recommended way, where an open verdict rests on nothing but what holds always: without the
/// weights that no fact carries, as much or more speaks for the other way.
fn decided_by_default(decision: &Decision) -> Option<OptionId> {
    if decision.strength != Strength::Open {
        return None;
    }
    let always = |reasons: &[crate::model::Reason]| -> f64 {
        let fixed = reasons.iter().filter(|reason| reason.facts.is_empty());
        fixed.filter_map(|reason| reason.weight).sum()
    };
    let (for_it, against) = if decision.option == OptionId::RollForward {
        (decision.forward, decision.back)
    } else {
        (decision.back, decision.forward)
    };
    let (because, unless) = (always(&decision.because), always(&decision.against));
    (because > 0.0 && for_it - because <= against - unless).then_some(decision.option)
}

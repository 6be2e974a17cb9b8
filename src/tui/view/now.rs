//! Screen 1: the verdict first, its strongest reason second, the next question third.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::{options, question, widgets, words};
use crate::model::{ConditionKind, Decision, Flip, OptionId, Provenance, Reason, Strength, Word};
use crate::tui::Model;
use crate::tui::model::minutes_between;
use crate::tui::theme::{Role, Theme};

const LABEL: usize = 10;

/// How much of the reasons is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Detail {
    /// With places.
    Full,
    /// The strongest ones.
    Short,
}

/// Draws it.
pub fn draw(frame: &mut Frame, area: Rect, model: &Model) {
    if area.width >= super::WIDE {
        let (left, right) = widgets::columns(frame, area, model.theme, 60);
        main(frame, left, model);
        options::draw(frame, right, model);
    } else {
        main(frame, area, model);
    }
}

/// The same as lines of text, for terminals without screens.
pub fn text(model: &Model, columns: usize) -> Vec<String> {
    let block = question::block(model, columns, LABEL, true);
    let groups = reasons(model, columns, Detail::Full)
        .into_iter()
        .flat_map(|group| group.into_iter().chain([Line::default()]));
    [
        headline(model, columns),
        balance(model, columns),
        Line::default(),
    ]
    .into_iter()
    .chain(groups)
    .chain(block.lines)
    .map(|line| line.to_string().trim_end().to_owned())
    .collect()
}

fn main(frame: &mut Frame, area: Rect, model: &Model) {
    let area = widgets::inset(widgets::inset(area));
    let columns = usize::from(area.width);
    let block = question::block(model, columns, LABEL, false);
    let most = area
        .height
        .saturating_sub(6)
        .max(block.least().min(area.height.saturating_sub(3)));
    let below = u16::try_from(block.lines.len())
        .unwrap_or(u16::MAX)
        .min(most);
    let room = area.height.saturating_sub(below + 4);
    // as much as fits: first without blank lines between, then only the strongest reasons; what is
    // left scrolls
    let spaced = |groups: Vec<Vec<Line<'static>>>, apart: bool| -> Vec<Line<'static>> {
        groups
            .into_iter()
            .flat_map(|group| group.into_iter().chain(apart.then(Line::default)))
            .collect()
    };
    let columns_left = columns.saturating_sub(2);
    let lines = [
        (true, Detail::Full),
        (false, Detail::Full),
        (false, Detail::Short),
    ]
    .into_iter()
    .map(|(apart, detail)| spaced(reasons(model, columns_left, detail), apart))
    .find(|lines| lines.len() <= usize::from(room))
    .unwrap_or_else(|| spaced(reasons(model, columns_left, Detail::Short), false));
    // on tall terminals the question stays near the reasons, and still does not move with each of
    // them
    let rows = u16::try_from(lines.len())
        .unwrap_or(u16::MAX)
        .max(13)
        .min(room);
    let [head, rest, _, ask] = Layout::vertical([
        Constraint::Length(3),
        Constraint::Length(rows),
        Constraint::Length(1),
        Constraint::Length(below),
    ])
    .areas(area);
    frame.render_widget(
        Paragraph::new(vec![
            headline(model, columns),
            balance(model, columns),
            Line::default(),
        ]),
        head,
    );
    widgets::scrolled(frame, rest, model, &model.screens.now.scroll, lines);
    question::draw(frame, ask, model, block);
}

/// The verdict and how much it holds.
fn headline(model: &Model, columns: usize) -> Line<'static> {
    let theme = model.theme;
    let Some(decision) = model.decision() else {
        let says = if model.reading.opened {
            "READING, no verdict yet"
        } else {
            "OPENING THE REPOSITORY"
        };
        return Line::styled(says, theme.style(Role::Verdict));
    };
    if let Some(line) = after_decision(model, decision, columns) {
        return line;
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
    let room =
        columns.saturating_sub(widgets::spans_width(&left) + decision.strength.id().len() + 2);
    left.push(Span::styled(
        verdict(model, decision, room),
        theme
            .style(Role::Verdict)
            .patch(theme.style(Theme::option(decision.option))),
    ));
    let held = holds(decision);
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
    let right = if widgets::spans_width(&left) + widgets::spans_width(&right) + 2 > columns {
        short
    } else {
        right
    };
    let room = columns.saturating_sub(widgets::spans_width(&right) + 2);
    widgets::sides(widgets::fit(left, room, theme), right, columns)
}

/// Once somebody decided, that is the headline; when it did not work, what comes next is.
fn after_decision(model: &Model, decision: &Decision, columns: usize) -> Option<Line<'static>> {
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
                words::short(decision.option),
                decision.strength.id()
            ),
        ),
    };
    let left = vec![Span::styled(
        words::headline(model, option),
        theme
            .style(Role::Verdict)
            .patch(theme.style(Theme::option(option))),
    )];
    let right = widgets::clip(
        &right.replace(['“', '”'], theme.pick("\"", "\"")),
        columns.saturating_sub(widgets::spans_width(&left) + 2),
        theme,
    );
    Some(widgets::sides(
        left,
        vec![Span::styled(right, theme.style(Role::Text))],
        columns,
    ))
}

/// The verdict as one line of capitals with what it hangs on: in full where it fits, else the
/// conditions below say it.
fn verdict(model: &Model, decision: &Decision, room: usize) -> String {
    let full = crate::decision::headline(decision, &model.context());
    if widgets::width(&full) <= room {
        return full;
    }
    let name = words::headline(model, decision.option);
    let (settle, first) = (
        decision
            .conditions
            .iter()
            .any(|condition| condition.kind == ConditionKind::Settle),
        decision.conditions.first(),
    );
    match (
        decision.option,
        decision.then.filter(|then| *then != decision.option),
        first,
    ) {
        (OptionId::RollBackWithConditions, _, _) if settle => format!("{name}, once settled"),
        (OptionId::RollBackWithConditions, _, Some(condition)) => {
            format!("{name}, first {}", kind(&condition.kind))
        }
        (_, Some(then), _) => format!("{name}, then {}", words::headline(model, then)),
        _ => name,
    }
}

/// A kind of condition in two words.
fn kind(kind: &Word<ConditionKind>) -> &str {
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

fn holds(decision: &Decision) -> String {
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

/// What decided, in one line: reasons for back and forward as two bars from the middle where
/// weights did, else what stands in the way.
fn balance(model: &Model, columns: usize) -> Line<'static> {
    let theme = model.theme;
    let Some(decision) = model.decision() else {
        return Line::default();
    };
    // nothing is out at the start, so nothing goes back
    if decision.margin.is_none() && model.gate() == Some(crate::model::Gate::Start) {
        return Line::default();
    }
    if decision.margin.is_none() {
        return blocked(model, decision, columns);
    }
    // an empty sum can be a negative zero
    let (back, forward) = (
        decision.back.max(0.0) + 0.0,
        decision.forward.max(0.0) + 0.0,
    );
    let ends = ("back ", " forward");
    // adding zero takes the sign off a negative zero
    let numbers = (
        format!("{:.1} ", back + 0.0),
        format!(" {:.1}", forward + 0.0),
    );
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
    Line::from(spans)
}

/// What stands in the way of the way that was not recommended: no weights were compared.
fn blocked(model: &Model, decision: &Decision, columns: usize) -> Line<'static> {
    let theme = model.theme;
    let back = |option| {
        matches!(
            option,
            OptionId::RollBack | OptionId::RollBackWithConditions
        )
    };
    let other = |option| {
        if back(decision.option) {
            option == OptionId::RollForward
        } else {
            back(option)
        }
    };
    let blocked = decision
        .options
        .iter()
        .filter(|status| other(status.option) && !status.blockers.is_empty())
        .max_by_key(|status| status.state);
    let Some((status, reason)) =
        blocked.and_then(|status| Some((status, status.blockers.first()?)))
    else {
        return Line::default();
    };
    let way = if back(status.option) {
        "going back"
    } else {
        "going forward"
    };
    let word = if status.state == crate::model::OptionState::Removed {
        "blocked by"
    } else {
        "not clear yet:"
    };
    let says = widgets::clip(
        &format!("{way} is {word} {}", crate::model::visible(&reason.says)),
        columns,
        theme,
    );
    Line::styled(says, theme.style(Role::Dim))
}

/// Conditions, reasons, counter-argument and flips.
fn reasons(model: &Model, columns: usize, detail: Detail) -> Vec<Vec<Line<'static>>> {
    let theme = model.theme;
    let (dim, text) = (theme.style(Role::Dim), theme.style(Role::Text));
    let mut groups = vec![decided(model, columns)];
    // rules that came with the branch are said before what they lead to
    if let Some(line) = crate::model::checklist_line(&model.checklist.changes) {
        groups.push(widgets::row(
            "checklist",
            LABEL,
            &crate::model::visible(&line),
            columns,
            dim,
            theme.style(Role::Warn),
        ));
    }
    // a part of the range was looked at, and nothing below is about the rest
    if let Some(paths) = model
        .assessment
        .as_ref()
        .map(|assessment| assessment.only_paths.join(", "))
        .filter(|paths| !paths.is_empty())
    {
        let says = format!(
            "{} was looked at; everything else is open",
            crate::model::visible(&crate::model::shorten(&paths, 40))
        );
        groups.push(widgets::row(
            "only",
            LABEL,
            &says,
            columns,
            dim,
            theme.style(Role::Warn),
        ));
    }
    let Some(decision) = model.decision() else {
        return groups;
    };
    let mut lines = Vec::new();
    for (at, condition) in decision.conditions.iter().enumerate() {
        let says = format!("{}. {}", at + 1, crate::model::visible(&condition.says));
        lines.extend(widgets::row(
            if at == 0 { "first" } else { "" },
            LABEL,
            &says,
            columns,
            dim,
            theme.style(Role::Strong),
        ));
    }
    groups.push(std::mem::take(&mut lines));
    for (at, reason) in decision
        .because
        .iter()
        .take(if detail == Detail::Full { 3 } else { 2 })
        .enumerate()
    {
        let style = theme.style(if at == 0 { Role::Strong } else { Role::Text });
        lines.extend(widgets::row(
            if at == 0 { "because" } else { "" },
            LABEL,
            &words::reason(reason),
            columns,
            dim,
            style,
        ));
        if let Some(place) = place(model, reason)
            && at == 0
            && detail == Detail::Full
            && !reason.places.contains(&place.0)
        {
            let left = vec![
                Span::raw(" ".repeat(LABEL)),
                Span::styled(
                    widgets::clip_left(&place.0, columns.saturating_sub(LABEL + 24), theme),
                    dim,
                ),
            ];
            lines.push(widgets::sides(
                left,
                vec![Span::styled(place.1, dim)],
                columns,
            ));
        }
    }
    groups.push(std::mem::take(&mut lines));
    if let Some(reason) = decision.against.first() {
        lines.extend(widgets::row(
            "against",
            LABEL,
            &words::reason(reason),
            columns,
            dim,
            text,
        ));
    }
    if let Some(holes) = reopened(model) {
        lines.extend(widgets::row(
            "security",
            LABEL,
            &format!("going back opens {holes}"),
            columns,
            dim,
            theme.style(Role::Warn),
        ));
    }
    groups.push(std::mem::take(&mut lines));
    // the option it leads to stands in a column of its own
    let flips: Vec<_> = decision
        .flips
        .iter()
        .take(3)
        .map(|flip| {
            (
                words::flip(flip),
                format!("{} {}", theme.arrow(), leads_to(decision, flip)),
            )
        })
        .collect();
    let arrows = flips
        .iter()
        .map(|(_, to)| widgets::width(to))
        .max()
        .unwrap_or(0);
    let column = flips
        .iter()
        .map(|(says, _)| widgets::width(says))
        .max()
        .unwrap_or(0)
        .min(columns.saturating_sub(LABEL + arrows + 2));
    for (at, (flip, (says, to))) in decision.flips.iter().zip(flips).enumerate() {
        let room = columns.saturating_sub(LABEL + widgets::width(&to) + 2);
        for (part_at, part) in widgets::wrap(&says, room).into_iter().enumerate() {
            let label = if at == 0 && part_at == 0 {
                "flips if"
            } else {
                ""
            };
            let mut spans = vec![
                Span::styled(widgets::pad(label, LABEL), dim),
                Span::styled(widgets::pad(&part, column), text),
            ];
            if part_at == 0 {
                spans.push(Span::styled(
                    format!("  {to}"),
                    theme.style(Theme::option(flip.option)),
                ));
            }
            lines.push(Line::from(spans));
        }
    }
    groups.push(std::mem::take(&mut lines));
    if decision.strength == Strength::Forced && !decision.assumed.is_empty() {
        let assumed = decision
            .assumed
            .iter()
            .map(|(key, value)| {
                format!(
                    "{} {}",
                    words::fact_asks(model, key),
                    words::fact_value(
                        model,
                        &crate::model::Fact::stated(key.clone(), value.clone())
                    )
                )
            })
            .collect::<Vec<_>>()
            .join("; ");
        lines.extend(widgets::row(
            "assumed",
            LABEL,
            &assumed,
            columns,
            dim,
            theme.style(Role::Warn),
        ));
    }
    let unchecked = model
        .assessment
        .as_ref()
        .map_or(0, |assessment| assessment.unchecked.len());
    if unchecked > 0 {
        let says = if unchecked == 1 {
            "1 thing could not be checked (6 shows it)".to_owned()
        } else {
            format!("{unchecked} things could not be checked (6 shows them)")
        };
        lines.extend(widgets::row("unchecked", LABEL, &says, columns, dim, dim));
    }
    groups.push(lines);
    groups.retain(|group| !group.is_empty());
    groups
}

/// Where a flip leads: the option, or what follows it where the option stays.
fn leads_to(decision: &Decision, flip: &Flip) -> String {
    match flip.then {
        Some(then) if then == decision.option && flip.option == then => {
            format!("still {}", then.title().to_lowercase())
        }
        Some(then) if flip.option == decision.option => {
            format!("then {}", then.title().to_lowercase())
        }
        _ => flip.option.title().to_lowercase(),
    }
}

/// Holes that going back would open again: `CVE-2026-1234 and 4 more`.
fn reopened(model: &Model) -> Option<String> {
    let entries = &model.assessment.as_ref()?.changelog.entries;
    let mut ids: Vec<&str> = entries
        .iter()
        .flat_map(|entry| &entry.security)
        .map(String::as_str)
        .collect();
    ids.sort_unstable();
    ids.dedup();
    let first = ids
        .iter()
        .find(|id| id.starts_with("CVE"))
        .or(ids.first())?;
    let more = if ids.len() > 1 {
        format!(" and {} more", ids.len() - 1)
    } else {
        String::new()
    };
    Some(format!(
        "{}{more}; 4 shows them",
        crate::model::visible(first)
    ))
}

/// Where the first fact of a reason shows, and how it is known.
fn place(model: &Model, reason: &Reason) -> Option<(String, String)> {
    let facts = &model.decided.as_ref()?.resolved.facts;
    let fact = reason
        .facts
        .iter()
        .filter_map(|key| facts.get(key))
        .find(|fact| !fact.evidence.is_empty() || fact.provenance == Provenance::Stated)?;
    let shown = fact.evidence.iter().find_map(|evidence| {
        let path = evidence.path.as_deref()?;
        Some(evidence.line.map_or_else(
            || crate::model::visible(path).into_owned(),
            |line| format!("{}:{line}", crate::model::visible(path)),
        ))
    });
    let age = fact
        .at
        .map(|at| format!(" {}", words::ago(at, model.now)))
        .unwrap_or_default();
    let how = match fact.provenance {
        Provenance::Sensed => format!("read{age}"),
        Provenance::Derived => "follows from the code".to_owned(),
        Provenance::Assumed => "assumed".to_owned(),
        Provenance::Stated => format!("said{age}"),
    };
    Some((
        shown
            .or_else(|| {
                let source = crate::model::visible(fact.source.as_deref()?).into_owned();
                Some(if source.starts_with("--") {
                    format!("given with {source}")
                } else {
                    source
                })
            })
            .unwrap_or_else(|| words::said(model, std::slice::from_ref(fact))),
        how,
    ))
}

/// A decision that was taken, its expectation and whether it is time to look, and its first steps.
fn decided(model: &Model, columns: usize) -> Vec<Line<'static>> {
    let theme = model.theme;
    let Some(taken) = model.taken() else {
        return Vec::new();
    };
    let dim = theme.style(Role::Dim);
    let event = model.events.iter().find(|event| event.seq == taken.seq);
    let who = event
        .and_then(|event| event.role.as_deref().or(event.by.as_deref()))
        .map(|who| format!(", {}", crate::model::visible(who)))
        .unwrap_or_default();
    let says = format!(
        "{} at {}{who}",
        model.option_title(taken.option),
        model.clock(taken.at)
    );
    let mut lines = widgets::row(
        "decided",
        LABEL,
        &says,
        columns,
        dim,
        theme.style(Role::Strong),
    );
    let hold = taken.option == OptionId::Hold;
    let (label, says, role) = match (taken.seen, taken.expect, taken.due) {
        (Some((met, text)), _, _) => {
            let (glyph, role) = if met {
                (theme.tick(), Role::Good)
            } else {
                (theme.cross(), Role::Bad)
            };
            (
                "seen",
                format!("{glyph} {}", crate::model::visible(text)),
                role,
            )
        }
        (None, _, Some(due)) if hold && due <= model.now => (
            "hold",
            format!("it ended at {}; c decides again", model.clock(due)),
            Role::Warn,
        ),
        (None, _, Some(due)) if hold => (
            "hold",
            format!("until {}; then it is decided again", model.clock(due)),
            Role::Text,
        ),
        (None, Some(expect), Some(due)) if due <= model.now => (
            "expect",
            format!(
                "{}; it is {} past {}: look now, o records what is seen",
                crate::model::visible(expect),
                words::minutes(minutes_between(due, model.now)),
                model.clock(due)
            ),
            Role::Warn,
        ),
        (None, Some(expect), Some(due)) => (
            "expect",
            format!(
                "{} by {}; o records what is seen",
                crate::model::visible(expect),
                model.clock(due)
            ),
            Role::Text,
        ),
        (None, Some(expect), None) => (
            "expect",
            format!("{}; o records what is seen", crate::model::visible(expect)),
            Role::Text,
        ),
        (None, None, Some(due)) => (
            "look",
            format!("at {}; o records what is seen", model.clock(due)),
            Role::Text,
        ),
        (None, None, None) => (
            "seen",
            "nothing recorded yet; o records what is seen".to_owned(),
            Role::Dim,
        ),
    };
    lines.extend(widgets::row(
        label,
        LABEL,
        &says,
        columns,
        dim,
        theme.style(role),
    ));
    let steps = crate::tui::state::plan::steps(model, Some(taken.option));
    if taken.seen.is_none() && !steps.is_empty() {
        let first: Vec<_> = steps
            .iter()
            .filter(|step| step.how != crate::model::StepMode::Skip)
            .take(3)
            .map(|step| crate::model::visible(&step.step))
            .collect();
        let more = if steps.len() > first.len() {
            format!(" {} 7 shows all {} steps", theme.dot(), steps.len())
        } else {
            String::new()
        };
        let says = first
            .iter()
            .enumerate()
            .map(|(at, step)| format!("{}. {step}", at + 1))
            .collect::<Vec<_>>()
            .join(&format!(" {} ", theme.dot()));
        lines.extend(widgets::row(
            "do",
            LABEL,
            &format!("{says}{more}"),
            columns,
            dim,
            theme.style(Role::Text),
        ));
    }
    lines
}

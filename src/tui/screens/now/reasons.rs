//! Screen 1: the verdict first, its strongest reason second, the options third, and what is asked.

use ratatui::text::{Line, Span};

use crate::model::{Decision, Flip, Provenance, Reason, Strength};
use crate::tui::draw::{text, words};
use crate::tui::model::Model;
use crate::tui::screens::now::LABEL;
use crate::tui::screens::now::decided::draw_decision_taken;
use crate::tui::theme::{Role, Theme};

/// How much of the reasons is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Detail {
    /// With places.
    Full,
    /// The strongest ones.
    Short,
    /// The strongest one.
    Least,
    /// As few lines as it takes to say it at all.
    Lines,
}

impl Detail {
    /// Whether only the strongest reason is shown.
    fn is_least(self) -> bool {
        matches!(self, Self::Least | Self::Lines)
    }
}

/// What was decided, under which rules, on which conditions and why: what stands above the options.
pub(super) fn draw_leading_reasons(
    model: &Model,
    columns: usize,
    detail: Detail,
) -> Vec<Vec<Line<'static>>> {
    let mut groups = vec![draw_decision_taken(model, columns)];
    groups.extend(draw_warnings_before(model, columns, detail));
    let Some(decision) = model.decision() else {
        return groups;
    };
    if let Some(relief) = &decision.meanwhile {
        groups.push(text::draw_labelled_row(
            "meanwhile",
            LABEL,
            &relief.says.shown(),
            columns,
            model.theme.style(Role::Dim),
            model.theme.style(Role::Strong),
        ));
    }
    groups.push(draw_conditions(model, decision, columns, detail));
    groups.push(draw_strongest_reasons(model, decision, columns, detail));
    groups.retain(|group| !group.is_empty());
    groups
}

/// What is said before any verdict: rules of the branch itself, what was not looked at, and that the
/// release was rolled back before.
fn draw_warnings_before(model: &Model, columns: usize, detail: Detail) -> Vec<Vec<Line<'static>>> {
    let theme = model.theme;
    let dim = theme.style(Role::Dim);
    let mut groups = Vec::new();
    // rules that came with the branch are said before what they lead to
    if let Some(line) = crate::model::checklist_line(&model.checklist.changes) {
        groups.push(text::draw_labelled_row(
            "checklist",
            LABEL,
            &crate::model::escape_invisible(&line),
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
            crate::model::escape_invisible(&crate::model::shorten_text(&paths, 40))
        );
        groups.push(text::draw_labelled_row(
            "only",
            LABEL,
            &says,
            columns,
            dim,
            theme.style(Role::Warn),
        ));
    }
    if let Some(says) = write_past_rollbacks(model, columns, detail) {
        groups.push(text::draw_labelled_row(
            "before",
            LABEL,
            &says,
            columns,
            dim,
            theme.style(Role::Warn),
        ));
    }
    groups
}

/// What has to be done first.
fn draw_conditions(
    model: &Model,
    decision: &Decision,
    columns: usize,
    detail: Detail,
) -> Vec<Line<'static>> {
    let theme = model.theme;
    let dim = theme.style(Role::Dim);
    let mut lines = Vec::new();
    // where there is little room the plan says the rest
    let most = match detail {
        _ if detail.is_least() && decision.conditions.len() > 2 => 1,
        _ => decision.conditions.len(),
    };
    for (at, condition) in decision.conditions.iter().take(most).enumerate() {
        let says = format!("{}. {}", at + 1, condition.says.shown());
        lines.extend(text::draw_labelled_row(
            match condition.lead(at) {
                "then" => "",
                lead => lead,
            },
            LABEL,
            &says,
            columns,
            dim,
            theme.style(Role::Strong),
        ));
    }
    if most < decision.conditions.len() {
        lines.push(Line::styled(
            format!(
                "{}and {} more; 7 shows all steps",
                " ".repeat(LABEL),
                decision.conditions.len() - most
            ),
            dim,
        ));
    }
    lines
}

/// The strongest reasons, the first with the place that shows it.
fn draw_strongest_reasons(
    model: &Model,
    decision: &Decision,
    columns: usize,
    detail: Detail,
) -> Vec<Line<'static>> {
    let theme = model.theme;
    let dim = theme.style(Role::Dim);
    let mut lines = Vec::new();
    for (at, reason) in decision
        .because
        .iter()
        .take(match detail {
            Detail::Full => 3,
            Detail::Short => 2,
            Detail::Least | Detail::Lines => 1,
        })
        .enumerate()
    {
        let style = theme.style(if at == 0 { Role::Strong } else { Role::Text });
        let room = columns.saturating_sub(LABEL);
        // a place is cut in its middle, never over two lines
        let says = text::fit_paths(&words::write_reason_sentence(reason), room, theme);
        let says = if detail == Detail::Lines {
            text::clip_words(&says, room, theme)
        } else {
            says
        };
        lines.extend(text::draw_labelled_row(
            if at == 0 { "because" } else { "" },
            LABEL,
            &says,
            columns,
            dim,
            style,
        ));
        if let Some(place) = find_reason_evidence(model, reason)
            && at == 0
            && detail == Detail::Full
            && !reason.places.contains(&place.0)
        {
            let left = vec![
                Span::raw(" ".repeat(LABEL)),
                Span::styled(
                    text::clip_path(
                        &place.0,
                        columns.saturating_sub(LABEL + text::measure_text_width(&place.1) + 2),
                        theme,
                    ),
                    dim,
                ),
            ];
            lines.push(text::draw_left_right_line(
                left,
                vec![Span::styled(place.1, dim)],
                columns,
            ));
        }
    }
    lines
}

/// That the release was rolled back before; the risks hold all of it.
fn write_past_rollbacks(model: &Model, columns: usize, detail: Detail) -> Option<String> {
    let past = &model.assessment.as_ref()?.rolled_back_before;
    let (says, rows) = match detail {
        Detail::Full => (crate::model::past_rollbacks_line(past)?, 3),
        _ => (crate::model::past_rollbacks_short(past)?, 1),
    };
    let most = rows * columns.saturating_sub(LABEL).max(20);
    Some(crate::model::shorten_text(&says, most).into_owned())
}

/// What speaks against it, what would change it, what is not known: what stands below the options.
pub(super) fn draw_other_reasons(
    model: &Model,
    columns: usize,
    detail: Detail,
) -> Vec<Vec<Line<'static>>> {
    let theme = model.theme;
    let (dim, text) = (theme.style(Role::Dim), theme.style(Role::Text));
    let Some(decision) = model.decision() else {
        return Vec::new();
    };
    let (mut groups, mut lines) = (Vec::new(), Vec::new());
    if let Some(reason) = decision.against.first() {
        lines.extend(text::draw_labelled_row(
            "against",
            LABEL,
            &words::write_reason_sentence(reason),
            columns,
            dim,
            text,
        ));
    }
    if let Some(holes) = describe_reopened_holes(model) {
        lines.extend(text::draw_labelled_row(
            "security",
            LABEL,
            &format!("going back opens {holes}"),
            columns,
            dim,
            theme.style(Role::Warn),
        ));
    }
    groups.push(lines);
    groups.push(if detail == Detail::Lines {
        draw_flips_in_line(model, decision, columns)
    } else {
        draw_flips(model, decision, columns)
    });
    groups.push(draw_unknowns(model, decision, columns));
    groups.retain(|group| !group.is_empty());
    groups
}

/// What would change the verdict, and to what.
fn draw_flips(model: &Model, decision: &Decision, columns: usize) -> Vec<Line<'static>> {
    let theme = model.theme;
    let (dim, text) = (theme.style(Role::Dim), theme.style(Role::Text));
    let mut lines = Vec::new();
    // the option it leads to stands in a column of its own
    let flips: Vec<_> = decision
        .flips
        .iter()
        .take(3)
        .map(|flip| {
            (
                words::write_short_flip(flip),
                format!("{} {}", theme.arrow(), leads_to(decision, flip)),
            )
        })
        .collect();
    let arrows = flips
        .iter()
        .map(|(_, to)| text::measure_text_width(to))
        .max()
        .unwrap_or(0);
    let column = flips
        .iter()
        .map(|(says, _)| text::measure_text_width(says))
        .max()
        .unwrap_or(0)
        .min(columns.saturating_sub(LABEL + arrows + 2));
    for (at, (flip, (says, to))) in decision.flips.iter().zip(flips).enumerate() {
        let room = columns.saturating_sub(LABEL + text::measure_text_width(&to) + 2);
        for (part_at, part) in text::wrap_columns(&says, room).into_iter().enumerate() {
            let label = if at == 0 && part_at == 0 {
                "flips if"
            } else {
                ""
            };
            let mut spans = vec![
                Span::styled(text::pad_text(label, LABEL), dim),
                Span::styled(text::pad_text(&part, column), text),
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
    lines
}

/// What would change the verdict, one behind the other.
fn draw_flips_in_line(model: &Model, decision: &Decision, columns: usize) -> Vec<Line<'static>> {
    let theme = model.theme;
    let room = columns.saturating_sub(LABEL);
    // what leads where stays in one line
    let mut rows: Vec<String> = Vec::new();
    for flip in decision.flips.iter().take(3) {
        let to = leads_to(decision, flip);
        let says = format!("{} {} {to}", words::write_short_flip(flip), theme.arrow());
        let wide = text::measure_text_width(&says) + 2;
        match rows.last_mut() {
            Some(row) if text::measure_text_width(row) + wide <= room => {
                row.push_str("; ");
                row.push_str(&says);
            }
            _ => rows.push(says),
        }
    }
    let (dim, plain) = (theme.style(Role::Dim), theme.style(Role::Text));
    let rows = rows.iter().enumerate().flat_map(|(at, says)| {
        let label = if at == 0 { "flips if" } else { "" };
        text::draw_labelled_row(label, LABEL, says, columns, dim, plain)
    });
    rows.collect()
}

/// What was assumed where nothing was known, and how much could not be checked.
fn draw_unknowns(model: &Model, decision: &Decision, columns: usize) -> Vec<Line<'static>> {
    let theme = model.theme;
    let dim = theme.style(Role::Dim);
    let mut lines = Vec::new();
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
        lines.extend(text::draw_labelled_row(
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
        lines.extend(text::draw_labelled_row(
            "unknown", LABEL, &says, columns, dim, dim,
        ));
    }
    lines
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
fn describe_reopened_holes(model: &Model) -> Option<String> {
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
        crate::model::escape_invisible(first)
    ))
}

/// Where the first fact of a reason shows, and how it is known.
fn find_reason_evidence(model: &Model, reason: &Reason) -> Option<(String, String)> {
    let facts = &model.decided.as_ref()?.resolved.facts;
    let fact = reason
        .facts
        .iter()
        .filter_map(|key| facts.get(key))
        .find(|fact| !fact.evidence.is_empty() || fact.provenance == Provenance::Stated)?;
    let shown = fact.evidence.iter().find_map(|evidence| {
        let path = evidence.path.as_ref()?;
        Some(
            evidence
                .line
                .map_or_else(|| path.to_string(), |line| format!("{path}:{line}")),
        )
    });
    let age = fact
        .at
        .map(|at| format!(" {}", words::write_time_ago(at, model.now)))
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
                let source = fact.source.as_ref()?.shown().into_owned();
                Some(if source.starts_with("--") {
                    format!("given with {source}")
                } else {
                    source
                })
            })
            .unwrap_or_else(|| words::write_given_answer(model, std::slice::from_ref(fact))),
        how,
    ))
}

//! Actions of the screen of risks.

use crate::model::{Domain, Evidence};
use crate::tui::action::Action;
use crate::tui::draw::labels;
use crate::tui::effect::Effect;
use crate::tui::model::Model;
use crate::tui::navigation::go_to_screen;
use crate::tui::screen::{Focus, Screen};
use crate::tui::screens::diff::open::open_at;
use crate::tui::screens::part::open_part_choice;
use crate::tui::screens::risks::load::{
    SPEC, follow_risks_cursor, rebuild_risk_rows, request_evidence_file,
};
use crate::tui::screens::risks::query::{
    RiskSubject, find_row_subject, find_selected_subject, list_selected_places, places_of,
};
use crate::tui::screens::risks::rows;
use crate::tui::screens::risks::rows::{RiskRow, RisksPart};

/// Its own actions.
pub fn update_risks(model: &mut Model, action: Action) -> Vec<Effect> {
    use Action as A;
    match action {
        A::Right
            if model.focus != Focus::Detail
                && find_tree_at_cursor(model).is_some_and(|(_, open)| !open) =>
        {
            return fold_tree_at_cursor(model, true);
        }
        A::Left if model.focus != Focus::Detail => return fold_tree_at_cursor(model, false),
        A::Open | A::Focus | A::Right if model.focus != Focus::Detail => {
            if find_selected_subject(model).is_some() {
                model.focus = Focus::Detail;
                return request_evidence_file(model);
            }
        }
        A::Focus | A::Left => model.focus = Focus::Body,
        A::Open => return open_file(model),
        A::Filter => {
            let parts = list_risk_parts(model);
            let now = parts
                .iter()
                .position(|(part, _, _)| *part == model.screens.risks.part)
                .unwrap_or(0);
            let parts: Vec<(String, usize)> = parts
                .into_iter()
                .map(|(_, text, count)| (text, count))
                .collect();
            open_part_choice(model, "Show these findings", &parts, now);
        }
        A::FilterTo(at) => {
            if let Some((part, _, _)) = list_risk_parts(model).into_iter().nth(at) {
                model.screens.risks.part = part;
                model.screens.risks.kept = None;
                rebuild_risk_rows(model);
                return follow_risks_cursor(model);
            }
        }
        A::Copy => return copy_risk_text(model),
        other => {
            model.screens.risks.scroll.act(other);
        }
    }
    Vec::new()
}

/// Path of the tree the cursor is in, and whether it is open.
fn find_tree_at_cursor(model: &Model) -> Option<(String, bool)> {
    let assessment = model.assessment.as_ref()?;
    let state = &model.screens.risks;
    Some(match *state.rows.get(state.list.cursor)? {
        RiskRow::Migration(at, open) => (assessment.migrations.get(at)?.path.clone(), open),
        RiskRow::Operation(at, _) => (assessment.migrations.get(at)?.path.clone(), true),
        RiskRow::Contract(at, open) => (assessment.contracts.get(at)?.path.clone(), open),
        RiskRow::Change(at, _) => (assessment.contracts.get(at)?.path.clone(), true),
        _ => return None,
    })
}

/// Opens or closes the tree under the cursor; the cursor goes to its head.
fn fold_tree_at_cursor(model: &mut Model, open: bool) -> Vec<Effect> {
    let Some((path, _)) = find_tree_at_cursor(model) else {
        return Vec::new();
    };
    let head = |row: &RiskRow| matches!(row, RiskRow::Migration(..) | RiskRow::Contract(..));
    let cursor = model.screens.risks.list.cursor;
    let row = model
        .screens
        .risks
        .rows
        .iter()
        .take(cursor + 1)
        .rposition(head)
        .unwrap_or(cursor);
    model.screens.risks.open.insert(path, open);
    model.screens.risks.list.cursor = row;
    model.screens.risks.kept = Some((SPEC.text)(model, row));
    rebuild_risk_rows(model);
    follow_risks_cursor(model)
}

/// Parts that can be chosen: `(part, text, number of findings)`.
fn list_risk_parts(model: &Model) -> Vec<(RisksPart, String, usize)> {
    let Some(assessment) = &model.assessment else {
        return Vec::new();
    };
    let count = |part| {
        assessment
            .findings
            .iter()
            .filter(|finding| rows::is_finding_in_part(finding, part))
            .count()
    };
    let mut parts = vec![
        (
            RisksPart::Everything,
            "everything".to_owned(),
            assessment.findings.len(),
        ),
        (
            RisksPart::InTheWay,
            "what blocks or warns".to_owned(),
            count(RisksPart::InTheWay),
        ),
    ];
    let mut domains: Vec<Domain> = assessment
        .findings
        .iter()
        .map(|finding| finding.domain)
        .collect();
    domains.sort_unstable();
    domains.dedup();
    parts.extend(domains.into_iter().map(|domain| {
        (
            RisksPart::Domain(domain),
            labels::label_domain(domain).to_owned(),
            count(RisksPart::Domain(domain)),
        )
    }));
    parts.push((
        RisksPart::Fine,
        "looked at, fine".to_owned(),
        count(RisksPart::Fine),
    ));
    parts.push((
        RisksPart::Unchecked,
        "could not be checked".to_owned(),
        assessment.unchecked.len(),
    ));
    parts
}

/// The text that helps most: the step that makes the way back possible, else the command that
/// settles it, else the place.
fn copy_risk_text(model: &mut Model) -> Vec<Effect> {
    let place = |evidence: Option<&Evidence>| {
        let evidence = evidence?;
        let path = evidence.path.as_ref()?;
        Some(
            evidence
                .line
                .map_or_else(|| path.to_string(), |line| format!("{path}:{line}")),
        )
    };
    let (text, says) = match find_selected_subject(model) {
        Some(RiskSubject::Finding(finding)) => match &finding.compatibility_step {
            Some(step) => (
                Some(step.shown_lines()),
                "The step that makes the way back possible is copied.",
            ),
            None => (place(finding.evidence.first()), "The place is copied."),
        },
        Some(RiskSubject::Operation(migration, operation)) => match &operation.compatibility_step {
            Some(step) => (
                Some(step.clone()),
                "The step that makes the way back possible is copied.",
            ),
            None => match &operation.query {
                Some(query) => (Some(query.clone()), "The query that counts it is copied."),
                None => (
                    Some(format!("{}:{}", migration.file, operation.line)),
                    "The place is copied.",
                ),
            },
        },
        Some(RiskSubject::Migration(migration)) => {
            (Some(migration.file.clone()), "The path is copied.")
        }
        Some(RiskSubject::Contract(contract)) => {
            (Some(contract.path.clone()), "The path is copied.")
        }
        Some(RiskSubject::Change(contract, change)) => (
            Some(change.line.map_or(contract.path.clone(), |line| {
                format!("{}:{line}", contract.path)
            })),
            "The place is copied.",
        ),
        Some(RiskSubject::Unchecked(unchecked)) => match &unchecked.settle_with {
            Some(command) => (
                Some(command.shown_lines()),
                "The command that settles it is copied.",
            ),
            None => (
                Some(unchecked.what.to_string()),
                "What was not checked is copied.",
            ),
        },
        Some(RiskSubject::Coverage(coverage)) => match coverage.places.first() {
            Some(place) => (
                Some(place.line.map_or(place.path.to_string(), |line| {
                    format!("{}:{line}", place.path)
                })),
                "The first open place is copied.",
            ),
            None => (None, ""),
        },
        None => (None, ""),
    };
    let Some(text) = text else { return Vec::new() };
    model.say(says);
    vec![Effect::Copy(text)]
}

/// Goes to the row that shows one of these places, with its lines in sight; `None` where no row
/// does.
pub fn reveal_evidence_row(model: &mut Model, places: &[Evidence]) -> Option<Vec<Effect>> {
    if model.screens.risks.part != RisksPart::Everything {
        model.screens.risks.part = RisksPart::Everything;
        rebuild_risk_rows(model);
    }
    let shows = |model: &Model, row: usize, place: &Evidence| {
        let (Some(path), line) = (place.raw_path(), place.line) else {
            return false;
        };
        find_row_subject(model, row).is_some_and(|subject| {
            places_of(Some(subject))
                .iter()
                .any(|(other, at)| other == path && (line.is_none() || *at == line))
        })
    };
    let rows = model.screens.risks.rows.len();
    let row = places
        .iter()
        .find_map(|place| (0..rows).find(|row| shows(model, *row, place)))?;
    SPEC.put(model, row, true);
    let mut effects = follow_risks_cursor(model);
    effects.extend(go_to_screen(model, Screen::Risks));
    model.focus = Focus::Detail;
    effects.extend(request_evidence_file(model));
    Some(effects)
}

/// Shows the first of the places that differs between the releases on the screen of differences.
fn open_file(model: &mut Model) -> Vec<Effect> {
    for (path, line) in list_selected_places(model) {
        if let Some(effects) = open_at(model, &path, line) {
            return effects;
        }
    }
    model.warn("none of these files differs between the two releases");
    Vec::new()
}

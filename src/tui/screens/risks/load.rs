//! What the screen of risks asks for and takes.

use crate::model::{FileChange, FileDiff};
use crate::tui::draw::labels;
use crate::tui::draw::sizes::WIDE;
use crate::tui::effect::Effect;
use crate::tui::list::ScrolledPart;
use crate::tui::list_spec::ListSpec;
use crate::tui::model::Model;
use crate::tui::screen::{Focus, Screen};
use crate::tui::screens::diff::query::list_diff_files;
use crate::tui::screens::risks::query::{RiskSubject, find_row_subject, list_selected_places};
use crate::tui::screens::risks::rows;
use crate::tui::screens::risks::rows::RiskRow;
use crate::tui::screens::risks::source::SourceLines;

/// Most files whose lines are kept.
const SOURCES: usize = 16;

/// Most files that are read for one row: fewer than are kept, so that reading comes to an end.
const READ: usize = 8;

/// The list that takes keys.
pub fn describe_risks_list(model: &Model) -> Option<ListSpec> {
    (model.focus != Focus::Detail).then_some(SPEC)
}

/// How the list is reached.
pub const SPEC: ListSpec = ListSpec {
    part: ScrolledPart::Risks,
    get: |model| &model.screens.risks.list,
    get_mut: |model| &mut model.screens.risks.list,
    len: |model| model.screens.risks.rows.len(),
    text: |model, at| match find_row_subject(model, at) {
        Some(RiskSubject::Finding(finding)) => {
            format!("{} {} {}", finding.says, finding.subject, finding.check)
        }
        Some(RiskSubject::Migration(migration)) => {
            format!("{} {}", migration.path, migration.framework)
        }
        Some(RiskSubject::Operation(_, operation)) => format!(
            "{} {}",
            labels::label_operation(&operation.kind),
            operation.object
        ),
        Some(RiskSubject::Contract(contract)) => contract.path.clone(),
        Some(RiskSubject::Change(_, change)) => format!("{} {}", change.location, change.says),
        Some(RiskSubject::Coverage(coverage)) => coverage.domain.title().to_owned(),
        Some(RiskSubject::Unchecked(unchecked)) => format!("{} {}", unchecked.what, unchecked.why),
        None => String::new(),
    },
    selectable: |model, at| {
        !matches!(
            model.screens.risks.rows.get(at),
            None | Some(RiskRow::Heading(..) | RiskRow::Nothing(_))
        )
    },
    moved: follow_risks_cursor,
};

/// The cursor moved.
pub(super) fn follow_risks_cursor(model: &mut Model) -> Vec<Effect> {
    model.screens.risks.kept = Some((SPEC.text)(model, model.screens.risks.list.cursor));
    model.screens.risks.scroll.offset = 0;
    request_evidence_file(model)
}

/// Asks for the next file that is shown and not there yet.
pub(super) fn request_evidence_file(model: &mut Model) -> Vec<Effect> {
    if model.screen != Screen::Risks || (model.focus != Focus::Detail && model.size.0 < WIDE) {
        return Vec::new();
    }
    let known = &model.screens.risks.sources;
    let files = list_diff_files(model);
    let next = list_selected_places(model)
        .into_iter()
        .take(READ)
        .filter(|(path, _)| !known.contains_key(path))
        .find_map(|(path, _)| files.iter().find(|file| file.path == path))
        .cloned();
    match next {
        Some(change) if model.screens.risks.wanted.as_ref() != Some(&change) => {
            model.screens.risks.wanted = Some(change.clone());
            vec![Effect::Diff(Box::new(change))]
        }
        _ => Vec::new(),
    }
}

/// The screen comes up.
pub fn enter_risks_screen(model: &mut Model) -> Vec<Effect> {
    model.screens.risks.wanted = None;
    request_evidence_file(model)
}

/// More is known: the rows are made anew.
pub fn refresh_risks(model: &mut Model) -> Vec<Effect> {
    let about = model
        .pair
        .as_ref()
        .map(|(previous, current, _)| format!("{} {}", previous.commit, current.commit))
        .unwrap_or_default();
    if model.screens.risks.about != about {
        model.screens.risks.about = about;
        model.screens.risks.sources.clear();
    }
    rebuild_risk_rows(model);
    request_evidence_file(model)
}

pub(super) fn rebuild_risk_rows(model: &mut Model) {
    let state = &model.screens.risks;
    let rows = model
        .assessment
        .as_ref()
        .map(|assessment| rows::build_risk_rows(assessment, state.part, &state.open))
        .unwrap_or_default();
    let (cursor, kept) = (state.list.cursor, state.kept.clone());
    model.screens.risks.rows = rows;
    let cursor = match kept {
        Some(words) => (0..model.screens.risks.rows.len())
            .find(|&row| (SPEC.selectable)(model, row) && (SPEC.text)(model, row) == words)
            .unwrap_or(cursor),
        None => 0,
    };
    SPEC.put(model, cursor, true);
}

/// The difference inside a file has come: its lines are kept, and the next file is asked for.
pub fn receive_evidence_diff(
    model: &mut Model,
    change: &FileChange,
    diff: &FileDiff,
) -> Vec<Effect> {
    let state = &mut model.screens.risks;
    if state.wanted.as_ref() != Some(change) {
        return Vec::new();
    }
    state.wanted = None;
    if state.sources.len() >= SOURCES {
        state.sources.clear();
    }
    state
        .sources
        .insert(change.path.clone(), SourceLines::of(diff));
    request_evidence_file(model)
}

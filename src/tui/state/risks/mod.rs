//! Screen 6: what was found, both ways, with its evidence; what was fine; what could not be
//! checked.

pub mod rows;
pub mod source;

use std::collections::BTreeMap;

use crate::model::{
    Contract, ContractChange, Coverage, Domain, Evidence, FileChange, FileDiff, Finding, Migration,
    Operation, Severity, Unchecked,
};
use crate::tui::list::{ListSpec, ListState, Scroll};
use crate::tui::model::{Focus, Screen};
use crate::tui::view::{WIDE, labels};
use crate::tui::{Action, Effect, Model};
use rows::{RiskRow, RisksPart};
use source::SourceLines;

/// State of the screen.
#[derive(Debug, Clone, Default)]
pub struct Risks {
    /// Cursor and search.
    pub list: ListState,
    /// Which rows are shown.
    pub part: RisksPart,
    /// Rows shown.
    pub rows: Vec<RiskRow>,
    /// Words of the row a person moved to: the cursor stays on it while more comes in.
    pub kept: Option<String>,
    /// Trees that a person opened or closed, by path.
    pub open: BTreeMap<String, bool>,
    /// Scrolls the evidence.
    pub scroll: Scroll,
    /// Lines of changed files, as far as they were asked for, by path.
    pub sources: BTreeMap<String, SourceLines>,
    /// Asked for and not there yet.
    pub wanted: Option<FileChange>,
    /// The pair that the sources are about.
    pub about: String,
}

/// Most files whose lines are kept.
const SOURCES: usize = 16;
/// Most files that are read for one row: fewer than are kept, so that reading comes to an end.
const READ: usize = 8;

/// What a row is about.
#[derive(Debug, Clone, Copy)]
pub enum RiskSubject<'a> {
    /// A finding.
    Finding(&'a Finding),
    /// A migration.
    Migration(&'a Migration),
    /// An operation of a migration.
    Operation(&'a Migration, &'a Operation),
    /// A contract.
    Contract(&'a Contract),
    /// A change of a contract.
    Change(&'a Contract, &'a ContractChange),
    /// How the changed files stand in a domain.
    Coverage(&'a Coverage),
    /// Something that could not be checked.
    Unchecked(&'a Unchecked),
}

/// What the row is about; `None` for headings.
pub fn find_row_subject(model: &Model, row: usize) -> Option<RiskSubject<'_>> {
    let assessment = model.assessment.as_ref()?;
    Some(match *model.screens.risks.rows.get(row)? {
        RiskRow::Heading(..) | RiskRow::Nothing(_) => return None,
        RiskRow::Finding(at) => RiskSubject::Finding(assessment.findings.get(at)?),
        RiskRow::Migration(at, _) => RiskSubject::Migration(assessment.migrations.get(at)?),
        RiskRow::Operation(at, one) => assessment
            .migrations
            .get(at)
            .and_then(|it| Some(RiskSubject::Operation(it, it.operations.get(one)?)))?,
        RiskRow::Contract(at, _) => RiskSubject::Contract(assessment.contracts.get(at)?),
        RiskRow::Change(at, one) => assessment
            .contracts
            .get(at)
            .and_then(|it| Some(RiskSubject::Change(it, it.changes.get(one)?)))?,
        RiskRow::Coverage(at) => RiskSubject::Coverage(assessment.coverage.get(at)?),
        RiskRow::Unchecked(at) => RiskSubject::Unchecked(assessment.unchecked.get(at)?),
    })
}

/// What the cursor is on.
pub fn find_selected_subject(model: &Model) -> Option<RiskSubject<'_>> {
    find_row_subject(model, model.screens.risks.list.cursor)
}

/// The list that takes keys.
pub fn describe_risks_list(model: &Model) -> Option<ListSpec> {
    (model.focus != Focus::Detail).then_some(SPEC)
}

/// How the list is reached.
pub const SPEC: ListSpec = ListSpec {
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
            super::part::open_part_choice(model, "Show these findings", &parts, now);
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

/// Number of findings that block, that warn, and of things not checked.
pub fn count_risks(model: &Model) -> (usize, usize, usize) {
    let Some(assessment) = &model.assessment else {
        return (0, 0, 0);
    };
    let of = |severity| {
        assessment
            .findings
            .iter()
            .filter(|finding| finding.severity == severity)
            .count()
    };
    (
        of(Severity::Blocks),
        of(Severity::Warns),
        assessment.unchecked.len(),
    )
}

/// The text that helps most: the step that makes the way back possible, else the command that
/// settles it, else the place.
fn copy_risk_text(model: &mut Model) -> Vec<Effect> {
    let place = |evidence: Option<&Evidence>| {
        let evidence = evidence?;
        let path = evidence.path.clone()?;
        Some(
            evidence
                .line
                .map_or(path.clone(), |line| format!("{path}:{line}")),
        )
    };
    let (text, says) = match find_selected_subject(model) {
        Some(RiskSubject::Finding(finding)) => match &finding.compatibility_step {
            Some(step) => (
                Some(step.clone()),
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
                Some(command.clone()),
                "The command that settles it is copied.",
            ),
            None => (
                Some(unchecked.what.clone()),
                "What was not checked is copied.",
            ),
        },
        Some(RiskSubject::Coverage(coverage)) => match coverage.places.first() {
            Some(place) => (
                Some(
                    place
                        .line
                        .map_or(place.path.clone(), |line| format!("{}:{line}", place.path)),
                ),
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
        let (Some(path), line) = (place.path.as_deref(), place.line) else {
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
    effects.extend(crate::tui::update::go_to_screen(model, Screen::Risks));
    model.focus = Focus::Detail;
    effects.extend(request_evidence_file(model));
    Some(effects)
}

/// Files that show what the cursor is on, with the line, the one that says most first.
fn list_selected_places(model: &Model) -> Vec<(String, Option<usize>)> {
    places_of(find_selected_subject(model))
}

fn places_of(subject: Option<RiskSubject<'_>>) -> Vec<(String, Option<usize>)> {
    let of = |evidence: &[Evidence]| {
        evidence
            .iter()
            .filter_map(|one| Some((one.path.clone()?, one.line)))
            .collect::<Vec<_>>()
    };
    match subject {
        Some(RiskSubject::Finding(finding)) => of(&finding.evidence),
        Some(RiskSubject::Migration(migration)) => {
            let mut places = vec![(migration.file.clone(), Some(migration.line))];
            places.extend(
                migration
                    .down
                    .path
                    .clone()
                    .map(|path| (path, migration.down.line)),
            );
            places
        }
        Some(RiskSubject::Operation(migration, operation)) => {
            let mut places = vec![(migration.file.clone(), Some(operation.line))];
            places.extend(
                migration
                    .down
                    .path
                    .clone()
                    .map(|path| (path, migration.down.line)),
            );
            places.extend(of(&operation.used_by));
            places
        }
        Some(RiskSubject::Contract(contract)) => vec![(contract.path.clone(), None)],
        Some(RiskSubject::Change(contract, change)) => vec![(contract.path.clone(), change.line)],
        Some(RiskSubject::Coverage(coverage)) => coverage
            .places
            .iter()
            .map(|place| (place.path.clone(), place.line))
            .collect(),
        Some(RiskSubject::Unchecked(unchecked)) => vec![(unchecked.what.clone(), None)],
        None => Vec::new(),
    }
}

/// Shows the first of the places that differs between the releases on the screen of differences.
fn open_file(model: &mut Model) -> Vec<Effect> {
    for (path, line) in list_selected_places(model) {
        if let Some(effects) = super::diff::open_at(model, &path, line) {
            return effects;
        }
    }
    model.warn("none of these files differs between the two releases");
    Vec::new()
}

/// The cursor moved.
fn follow_risks_cursor(model: &mut Model) -> Vec<Effect> {
    model.screens.risks.kept = Some((SPEC.text)(model, model.screens.risks.list.cursor));
    model.screens.risks.scroll.offset = 0;
    request_evidence_file(model)
}

/// Asks for the next file that is shown and not there yet.
fn request_evidence_file(model: &mut Model) -> Vec<Effect> {
    if model.screen != Screen::Risks || (model.focus != Focus::Detail && model.size.0 < WIDE) {
        return Vec::new();
    }
    let known = &model.screens.risks.sources;
    let files = super::diff::list_diff_files(model);
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

fn rebuild_risk_rows(model: &mut Model) {
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

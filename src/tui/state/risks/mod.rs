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
use rows::{Part, Row};
use source::Source;

/// State of the screen.
#[derive(Debug, Clone, Default)]
pub struct Risks {
    /// Cursor and search.
    pub list: ListState,
    /// Which rows are shown.
    pub part: Part,
    /// Rows shown.
    pub rows: Vec<Row>,
    /// Words of the row a person moved to: the cursor stays on it while more comes in.
    pub kept: Option<String>,
    /// Trees that a person opened or closed, by path.
    pub open: BTreeMap<String, bool>,
    /// Scrolls the evidence.
    pub scroll: Scroll,
    /// Lines of changed files, as far as they were asked for, by path.
    pub sources: BTreeMap<String, Source>,
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
pub enum Subject<'a> {
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
pub fn subject(model: &Model, row: usize) -> Option<Subject<'_>> {
    let assessment = model.assessment.as_ref()?;
    Some(match *model.screens.risks.rows.get(row)? {
        Row::Heading(..) | Row::Nothing(_) => return None,
        Row::Finding(at) => Subject::Finding(assessment.findings.get(at)?),
        Row::Migration(at, _) => Subject::Migration(assessment.migrations.get(at)?),
        Row::Operation(at, one) => assessment
            .migrations
            .get(at)
            .and_then(|it| Some(Subject::Operation(it, it.operations.get(one)?)))?,
        Row::Contract(at, _) => Subject::Contract(assessment.contracts.get(at)?),
        Row::Change(at, one) => assessment
            .contracts
            .get(at)
            .and_then(|it| Some(Subject::Change(it, it.changes.get(one)?)))?,
        Row::Coverage(at) => Subject::Coverage(assessment.coverage.get(at)?),
        Row::Unchecked(at) => Subject::Unchecked(assessment.unchecked.get(at)?),
    })
}

/// What the cursor is on.
pub fn selected(model: &Model) -> Option<Subject<'_>> {
    subject(model, model.screens.risks.list.cursor)
}

/// The list that takes keys.
pub fn list(model: &Model) -> Option<ListSpec> {
    (model.focus != Focus::Detail).then_some(SPEC)
}

/// How the list is reached.
pub const SPEC: ListSpec = ListSpec {
    get: |model| &model.screens.risks.list,
    get_mut: |model| &mut model.screens.risks.list,
    len: |model| model.screens.risks.rows.len(),
    text: |model, at| match subject(model, at) {
        Some(Subject::Finding(finding)) => {
            format!("{} {} {}", finding.says, finding.subject, finding.check)
        }
        Some(Subject::Migration(migration)) => {
            format!("{} {}", migration.path, migration.framework)
        }
        Some(Subject::Operation(_, operation)) => format!(
            "{} {}",
            labels::operation(&operation.kind),
            operation.object
        ),
        Some(Subject::Contract(contract)) => contract.path.clone(),
        Some(Subject::Change(_, change)) => format!("{} {}", change.location, change.says),
        Some(Subject::Coverage(coverage)) => coverage.domain.title().to_owned(),
        Some(Subject::Unchecked(unchecked)) => format!("{} {}", unchecked.what, unchecked.why),
        None => String::new(),
    },
    selectable: |model, at| {
        !matches!(
            model.screens.risks.rows.get(at),
            None | Some(Row::Heading(..) | Row::Nothing(_))
        )
    },
    moved,
};

/// Its own actions.
pub fn update(model: &mut Model, action: Action) -> Vec<Effect> {
    use Action as A;
    match action {
        A::Right if model.focus != Focus::Detail && tree(model).is_some_and(|(_, open)| !open) => {
            return fold(model, true);
        }
        A::Left if model.focus != Focus::Detail => return fold(model, false),
        A::Open | A::Focus | A::Right if model.focus != Focus::Detail => {
            if selected(model).is_some() {
                model.focus = Focus::Detail;
                return load(model);
            }
        }
        A::Focus | A::Left => model.focus = Focus::Body,
        A::Open => return open_file(model),
        A::Filter => {
            let parts = parts(model);
            let now = parts
                .iter()
                .position(|(part, _, _)| *part == model.screens.risks.part)
                .unwrap_or(0);
            let parts: Vec<(String, usize)> = parts
                .into_iter()
                .map(|(_, text, count)| (text, count))
                .collect();
            super::part::choose(model, "Show these findings", &parts, now);
        }
        A::FilterTo(at) => {
            if let Some((part, _, _)) = parts(model).into_iter().nth(at) {
                model.screens.risks.part = part;
                model.screens.risks.kept = None;
                rebuild(model);
                return moved(model);
            }
        }
        A::Copy => return copy(model),
        other => {
            model.screens.risks.scroll.act(other);
        }
    }
    Vec::new()
}

/// Path of the tree the cursor is in, and whether it is open.
fn tree(model: &Model) -> Option<(String, bool)> {
    let assessment = model.assessment.as_ref()?;
    let state = &model.screens.risks;
    Some(match *state.rows.get(state.list.cursor)? {
        Row::Migration(at, open) => (assessment.migrations.get(at)?.path.clone(), open),
        Row::Operation(at, _) => (assessment.migrations.get(at)?.path.clone(), true),
        Row::Contract(at, open) => (assessment.contracts.get(at)?.path.clone(), open),
        Row::Change(at, _) => (assessment.contracts.get(at)?.path.clone(), true),
        _ => return None,
    })
}

/// Opens or closes the tree under the cursor; the cursor goes to its head.
fn fold(model: &mut Model, open: bool) -> Vec<Effect> {
    let Some((path, _)) = tree(model) else {
        return Vec::new();
    };
    let head = |row: &Row| matches!(row, Row::Migration(..) | Row::Contract(..));
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
    rebuild(model);
    moved(model)
}

/// Parts that can be chosen: `(part, text, number of findings)`.
fn parts(model: &Model) -> Vec<(Part, String, usize)> {
    let Some(assessment) = &model.assessment else {
        return Vec::new();
    };
    let count = |part| {
        assessment
            .findings
            .iter()
            .filter(|finding| rows::belongs(finding, part))
            .count()
    };
    let mut parts = vec![
        (
            Part::Everything,
            "everything".to_owned(),
            assessment.findings.len(),
        ),
        (
            Part::InTheWay,
            "what blocks or warns".to_owned(),
            count(Part::InTheWay),
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
            Part::Domain(domain),
            labels::domain(domain).to_owned(),
            count(Part::Domain(domain)),
        )
    }));
    parts.push((Part::Fine, "looked at, fine".to_owned(), count(Part::Fine)));
    parts.push((
        Part::Unchecked,
        "could not be checked".to_owned(),
        assessment.unchecked.len(),
    ));
    parts
}

/// Number of findings that block, that warn, and of things not checked.
pub fn counts(model: &Model) -> (usize, usize, usize) {
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
fn copy(model: &mut Model) -> Vec<Effect> {
    let place = |evidence: Option<&Evidence>| {
        let evidence = evidence?;
        let path = evidence.path.clone()?;
        Some(
            evidence
                .line
                .map_or(path.clone(), |line| format!("{path}:{line}")),
        )
    };
    let (text, says) = match selected(model) {
        Some(Subject::Finding(finding)) => match &finding.compatibility_step {
            Some(step) => (
                Some(step.clone()),
                "The step that makes the way back possible is copied.",
            ),
            None => (place(finding.evidence.first()), "The place is copied."),
        },
        Some(Subject::Operation(migration, operation)) => match &operation.compatibility_step {
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
        Some(Subject::Migration(migration)) => {
            (Some(migration.file.clone()), "The path is copied.")
        }
        Some(Subject::Contract(contract)) => (Some(contract.path.clone()), "The path is copied."),
        Some(Subject::Change(contract, change)) => (
            Some(change.line.map_or(contract.path.clone(), |line| {
                format!("{}:{line}", contract.path)
            })),
            "The place is copied.",
        ),
        Some(Subject::Unchecked(unchecked)) => match &unchecked.settle_with {
            Some(command) => (
                Some(command.clone()),
                "The command that settles it is copied.",
            ),
            None => (
                Some(unchecked.what.clone()),
                "What was not checked is copied.",
            ),
        },
        Some(Subject::Coverage(coverage)) => match coverage.places.first() {
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
pub fn reveal(model: &mut Model, places: &[Evidence]) -> Option<Vec<Effect>> {
    if model.screens.risks.part != Part::Everything {
        model.screens.risks.part = Part::Everything;
        rebuild(model);
    }
    let shows = |model: &Model, row: usize, place: &Evidence| {
        let (Some(path), line) = (place.path.as_deref(), place.line) else {
            return false;
        };
        subject(model, row).is_some_and(|subject| {
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
    let mut effects = moved(model);
    effects.extend(crate::tui::update::go(model, Screen::Risks));
    model.focus = Focus::Detail;
    effects.extend(load(model));
    Some(effects)
}

/// Files that show what the cursor is on, with the line, the one that says most first.
fn places(model: &Model) -> Vec<(String, Option<usize>)> {
    places_of(selected(model))
}

fn places_of(subject: Option<Subject<'_>>) -> Vec<(String, Option<usize>)> {
    let of = |evidence: &[Evidence]| {
        evidence
            .iter()
            .filter_map(|one| Some((one.path.clone()?, one.line)))
            .collect::<Vec<_>>()
    };
    match subject {
        Some(Subject::Finding(finding)) => of(&finding.evidence),
        Some(Subject::Migration(migration)) => {
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
        Some(Subject::Operation(migration, operation)) => {
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
        Some(Subject::Contract(contract)) => vec![(contract.path.clone(), None)],
        Some(Subject::Change(contract, change)) => vec![(contract.path.clone(), change.line)],
        Some(Subject::Coverage(coverage)) => coverage
            .places
            .iter()
            .map(|place| (place.path.clone(), place.line))
            .collect(),
        Some(Subject::Unchecked(unchecked)) => vec![(unchecked.what.clone(), None)],
        None => Vec::new(),
    }
}

/// Shows the first of the places that differs between the releases on the screen of differences.
fn open_file(model: &mut Model) -> Vec<Effect> {
    for (path, line) in places(model) {
        if let Some(effects) = super::diff::open_at(model, &path, line) {
            return effects;
        }
    }
    model.warn("none of these files differs between the two releases");
    Vec::new()
}

/// The cursor moved.
fn moved(model: &mut Model) -> Vec<Effect> {
    model.screens.risks.kept = Some((SPEC.text)(model, model.screens.risks.list.cursor));
    model.screens.risks.scroll.offset = 0;
    load(model)
}

/// Asks for the next file that is shown and not there yet.
fn load(model: &mut Model) -> Vec<Effect> {
    if model.screen != Screen::Risks || (model.focus != Focus::Detail && model.size.0 < WIDE) {
        return Vec::new();
    }
    let known = &model.screens.risks.sources;
    let files = super::diff::all(model);
    let next = places(model)
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
pub fn shown(model: &mut Model) -> Vec<Effect> {
    model.screens.risks.wanted = None;
    load(model)
}

/// More is known: the rows are made anew.
pub fn refresh(model: &mut Model) -> Vec<Effect> {
    let about = model
        .pair
        .as_ref()
        .map(|(previous, current, _)| format!("{} {}", previous.commit, current.commit))
        .unwrap_or_default();
    if model.screens.risks.about != about {
        model.screens.risks.about = about;
        model.screens.risks.sources.clear();
    }
    rebuild(model);
    load(model)
}

fn rebuild(model: &mut Model) {
    let state = &model.screens.risks;
    let rows = model
        .assessment
        .as_ref()
        .map(|assessment| rows::rows(assessment, state.part, &state.open))
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
pub fn diffed(model: &mut Model, change: &FileChange, diff: &FileDiff) -> Vec<Effect> {
    let state = &mut model.screens.risks;
    if state.wanted.as_ref() != Some(change) {
        return Vec::new();
    }
    state.wanted = None;
    if state.sources.len() >= SOURCES {
        state.sources.clear();
    }
    state.sources.insert(change.path.clone(), Source::of(diff));
    load(model)
}

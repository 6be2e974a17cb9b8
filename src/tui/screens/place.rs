//! The file or the page under the cursor.

use crate::tui::model::Model;
use crate::tui::screen::{Focus, Screen};
use crate::tui::screens::changelog::query::find_selected_entry;
use crate::tui::screens::diff::query::{find_selected_file, find_shown_diff, text_rows};
use crate::tui::screens::diff::rows;
use crate::tui::screens::risks::query::{RiskSubject, find_selected_subject};

/// Path below the repository's root and line, from 1, of what the cursor is on.
pub fn find_place_under_cursor(model: &Model) -> Option<(String, Option<usize>)> {
    match model.screen {
        Screen::Diff => find_diff_place(model),
        Screen::Risks => find_risk_place(model),
        _ => None,
    }
}

/// The page of the forge for what the cursor is on: the pull request of an entry, else its commit;
/// of a finding the commit that shows it.
pub fn find_page_under_cursor(model: &Model) -> Option<String> {
    let forge = model.forge.as_ref()?;
    match model.screen {
        Screen::Changelog => {
            let entry = find_selected_entry(model)?;
            match entry.pull_request {
                Some(number) => Some(forge.pull_request_address(number)),
                None => forge.commit_address(&entry.commit),
            }
        }
        Screen::Risks => match find_selected_subject(model)? {
            RiskSubject::Finding(finding) => {
                let mut shown = finding.evidence.iter();
                forge.commit_address(shown.find_map(|place| place.commit.as_deref())?)
            }
            _ => None,
        },
        _ => None,
    }
}

/// The line of current under the cursor; from the files, that of the first changed place.
fn find_diff_place(model: &Model) -> Option<(String, Option<usize>)> {
    let file = find_selected_file(model)?;
    let row = if model.focus == Focus::Detail {
        model.screens.diff.text.cursor
    } else {
        0
    };
    let line = find_shown_diff(model)
        .zip(text_rows(model).get(row))
        .and_then(|(shown, row)| {
            let (old, new) = rows::find_row_line_numbers(&shown.diff, *row);
            new.or(old)
        });
    Some((file.path.clone(), line))
}

/// The first place that shows it.
fn find_risk_place(model: &Model) -> Option<(String, Option<usize>)> {
    match find_selected_subject(model)? {
        RiskSubject::Finding(finding) => finding
            .evidence
            .iter()
            .find_map(|evidence| Some((evidence.raw_path()?.to_owned(), evidence.line))),
        RiskSubject::Migration(migration) => Some((migration.file.clone(), None)),
        RiskSubject::Operation(migration, operation) => {
            Some((migration.file.clone(), Some(operation.line)))
        }
        RiskSubject::Contract(contract) => Some((contract.path.clone(), None)),
        RiskSubject::Change(contract, change) => Some((contract.path.clone(), change.line)),
        RiskSubject::Coverage(coverage) => {
            let place = coverage.places.first()?;
            Some((place.path.shown().into_owned(), place.line))
        }
        RiskSubject::Unchecked(_) => None,
    }
}

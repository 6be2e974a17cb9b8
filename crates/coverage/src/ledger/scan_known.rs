//! Files whose use their name settles: what a change of each can do.

use super::known_files::{KnownUse, is_load_script, lies_among_load, share_state};
use super::line_words::first_with_word;
use super::said_lines::ADDRESS;
use super::scan::Scanner;
use super::setting_keys::key_of;
use super::standing_row::{DomainStandings, build_cannot_standing, build_open_standing, fill_row};
use super::{NO_SIGN as PLAIN, STAYS_OPEN, UNREADABLE};
use crate::changed_lines::{ChangedLine, ChangedLines};
use model::{CannotRule as Rule, CoverageDomain as D, FileChange};

impl Scanner<'_> {
    /// The standings of a file of a known use.
    pub(super) fn known_use(&mut self, change: &FileChange, known: KnownUse) -> DomainStandings {
        match known {
            KnownUse::Cannot(rule) => return fill_row(build_cannot_standing(rule)),
            // these three are read as other files of their kind are
            KnownUse::Libraries => return self.manifest(change),
            KnownUse::LibraryPatch => {
                let mut row = fill_row(build_cannot_standing(Rule::Vendored));
                row[D::StoredForm.index()] = build_open_standing(
                    PLAIN,
                    None,
                    "the code of a library is changed while it is put in place; what it writes is not known",
                );
                return row;
            }
            KnownUse::Page => return self.page(change),
            KnownUse::Requests => return self.infrastructure(change),
            KnownUse::Build
            | KnownUse::Routes
            | KnownUse::Policy
            | KnownUse::Fetched
            | KnownUse::MenuEntry
            | KnownUse::StateWriter => {}
        }
        let (old, new) = match self.read(change) {
            Ok(texts) => texts,
            Err(why) => return fill_row(build_open_standing(UNREADABLE, None, why)),
        };
        let lines = ChangedLines::between(old.as_deref(), new.as_deref());
        match known {
            KnownUse::Routes => row_of_routes(&lines),
            KnownUse::Policy => {
                // a policy keeps no rows; the older one may let in whom the newer one refused
                let mut row = fill_row(build_cannot_standing(Rule::OtherField));
                row[D::Configuration.index()] = build_open_standing(
                    50,
                    lines.fresh.first().map(|(line, _)| *line),
                    "who may do what changed, and the older rule holds again once it is back",
                );
                row
            }
            KnownUse::Fetched => row_of_contract(
                &lines,
                "what others fetch at an address that is settled (.well-known) changed",
            ),
            KnownUse::MenuEntry => row_of_menu_entry(&lines),
            KnownUse::StateWriter => {
                let text = |text: &Option<String>| text.clone().unwrap_or_default();
                let mut row = fill_row(build_cannot_standing(Rule::DeveloperTool));
                if !share_state(&text(&old), &text(&new)) {
                    row[D::Infrastructure.index()] = build_open_standing(
                        STAYS_OPEN,
                        Some(1),
                        "another version of Terraform may have written the state of what the program runs on in a form that the older one refuses",
                    );
                }
                row
            }
            _ => row_of_build(&lines),
        }
    }

    // scripts of k6 are program text that no release runs
    /// Whether both sides of program text only make load for a test.
    pub(super) fn makes_load(&mut self, change: &FileChange) -> bool {
        if !lies_among_load(&change.path) {
            return false;
        }
        let Ok((old, new)) = self.read(change) else {
            return false;
        };
        let made = [&old, &new]
            .into_iter()
            .flatten()
            .all(|text| is_load_script(text));
        self.held = Some((change.path.clone(), (old, new)));
        made
    }
}

fn row_of_routes(lines: &ChangedLines<'_>) -> DomainStandings {
    let mut row = fill_row(build_cannot_standing(Rule::OtherField));
    row[D::Contract.index()] = build_open_standing(
        40,
        lines.fresh.first().map(|(line, _)| *line),
        "an address at which others call, or what answers there, changed",
    );
    row
}

/// Nothing but what others rely on.
pub(super) fn row_of_contract(lines: &ChangedLines<'_>, why: &'static str) -> DomainStandings {
    let mut row = fill_row(build_cannot_standing(Rule::OtherField));
    let first = lines.fresh.first().map(|(line, _)| *line);
    row[D::Contract.index()] = build_open_standing(40, first, why);
    row
}

/// Most of an entry is shown; some of it starts the program.
fn row_of_menu_entry(lines: &ChangedLines<'_>) -> DomainStandings {
    const STARTS: [&str; 6] = [
        "Exec",
        "TryExec",
        "Path",
        "MimeType",
        "DBusActivatable",
        "X-GNOME-Autostart-enabled",
    ];
    let mut row = fill_row(build_cannot_standing(Rule::Page));
    let starts = |(_, line): &&ChangedLine<'_>| STARTS.contains(&key_of(line));
    let fresh = lines.fresh.iter().find(starts).map(|(line, _)| *line);
    if fresh.is_some() || lines.gone.iter().any(|line| starts(&line)) {
        row[D::Configuration.index()] =
            build_open_standing(50, fresh, "what the program is started with changed");
    }
    row
}

// a bundle is the program: another target or plugin may change how objects are written
/// What is built of program text is what runs, and browsers keep some of it.
fn row_of_build(lines: &ChangedLines<'_>) -> DomainStandings {
    const WORKERS: [&str; 4] = ["pwa", "workbox", "serviceworker", "service-worker"];
    const ADDRESSES: [&str; 2] = ["publicpath", "base:"];
    let mut row = fill_row(build_cannot_standing(Rule::DeveloperTool));
    row[D::StoredForm.index()] = build_open_standing(
        PLAIN,
        lines.fresh.first().map(|(line, _)| *line),
        "how the program is built changed, and with it perhaps how it keeps data",
    );
    let mut note = |words: &[&str], why: &'static str| {
        let fresh = first_with_word(&lines.fresh, words);
        if fresh.is_some() || first_with_word(&lines.gone, words).is_some() {
            row[D::Contract.index()] = build_open_standing(41, fresh, why);
        }
    };
    note(&ADDRESSES, ADDRESS);
    note(
        &WORKERS,
        "browsers keep a service worker and what it has stored until another one takes its place",
    );
    row
}

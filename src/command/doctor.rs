//! `backout doctor`: what works on this machine and repository.

use std::fmt::Write;
use std::io::IsTerminal;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;

use super::cli::Common;
use super::situation;
use super::user_settings::{list_user_themes, load_user_settings, load_user_theme};
use crate::assess::{self, config};
use crate::deployment::live::{LiveKind, StateFile};
use crate::model::escape_invisible;
use crate::repository::{ReleaseOptions, Repository};
use crate::session;
use crate::tui::key;

enum DoctorState {
    Good,
    /// Nothing was checked: this is how it could be.
    Hint,
    Remark,
    Bad,
}

struct DoctorSheet {
    lines: Vec<(DoctorState, &'static str, String)>,
}

impl DoctorSheet {
    fn add(&mut self, state: DoctorState, what: &'static str, says: impl Into<String>) {
        self.lines.push((state, what, says.into()));
    }
}

/// Runs it. Ends 1 when something keeps the program from working here.
pub fn run_doctor(common: &Common) -> Result<ExitCode> {
    let mut sheet = DoctorSheet { lines: Vec::new() };
    check_terminal(&mut sheet);
    check_user_settings(&mut sheet);
    check_journal_folder(&mut sheet);
    check_repository(common, &mut sheet);
    match situation::load_checklist_in_force(common) {
        Ok(checklist) => {
            sheet.add(
                DoctorState::Good,
                "checklist",
                format!(
                    "{} questions, from {}",
                    checklist.questions.len(),
                    checklist
                        .sources
                        .iter()
                        .map(|source| crate::checklist::name_checklist_source(source))
                        .collect::<Vec<_>>()
                        .join(", ")
                ),
            );
            let said = checklist
                .changes
                .iter()
                .take(8)
                .map(|change| change.says.clone());
            let left_out = checklist
                .left_out
                .iter()
                .map(|one| format!("{}: {}", one.what, one.why));
            said.chain(left_out)
                .for_each(|says| sheet.add(DoctorState::Remark, "checklist", says));
        }
        Err(error) => sheet.add(DoctorState::Bad, "checklist", format!("{error:#}")),
    }
    check_state_files(common, &mut sheet);
    let mut out = String::new();
    for (state, what, says) in &sheet.lines {
        let mark = match state {
            DoctorState::Good => "ok     ",
            DoctorState::Hint => "       ",
            DoctorState::Remark => "remark ",
            DoctorState::Bad => "FAILS  ",
        };
        // a command is copied, so it stays one line
        let wide = if matches!(state, DoctorState::Hint) {
            usize::MAX
        } else {
            72
        };
        for (n, part) in says
            .lines()
            .flat_map(|line| crate::model::wrap_text(line, wide))
            .enumerate()
        {
            let head = if n == 0 {
                format!("{mark} {what:17}")
            } else {
                " ".repeat(25)
            };
            let _ = writeln!(out, "{head} {}", escape_invisible(&part));
        }
    }
    super::print_output(&out)?;
    Ok(
        if sheet
            .lines
            .iter()
            .any(|(state, ..)| matches!(state, DoctorState::Bad))
        {
            ExitCode::from(1)
        } else {
            ExitCode::SUCCESS
        },
    )
}

fn check_terminal(sheet: &mut DoctorSheet) {
    let term = std::env::var("TERM").unwrap_or_default();
    if !std::io::stdout().is_terminal() || !std::io::stdin().is_terminal() {
        sheet.add(
            DoctorState::Remark,
            "terminal",
            "input or output is not a terminal: use `backout assess`, or run this in one",
        );
    } else if term == "dumb" || term.is_empty() {
        sheet.add(
            DoctorState::Remark,
            "terminal",
            "TERM is dumb or not set: use --plain",
        );
    } else {
        match crossterm::terminal::size() {
            Ok((columns, rows)) if columns >= 80 && rows >= 24 => sheet.add(
                DoctorState::Good,
                "terminal",
                format!("{term}, {columns} x {rows}"),
            ),
            Ok((columns, rows)) => sheet.add(
                DoctorState::Remark,
                "terminal",
                format!("{term}, {columns} x {rows}: 80 x 24 shows everything"),
            ),
            Err(error) => sheet.add(
                DoctorState::Remark,
                "terminal",
                format!("{term}; its size is not known ({error})"),
            ),
        }
    }
    if std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()) {
        sheet.add(DoctorState::Good, "colour", "off, NO_COLOR is set");
    }
}

/// The person's own `config.toml` and themes: what counts, and what is wrong in them.
fn check_user_settings(sheet: &mut DoctorSheet) {
    let own = load_user_settings();
    match &own.file {
        None => sheet.add(
            DoctorState::Good,
            "config.toml",
            match super::layers::find_user_folder() {
                Some(folder) => format!(
                    "none; a theme and keys of your own would stand in {}",
                    folder.join("config.toml").display()
                ),
                None => "none".to_owned(),
            },
        ),
        Some(file) => {
            let theme = own.settings.theme.as_deref().unwrap_or("auto");
            let mut says = format!("{}: theme {theme}", file.display());
            for own in &own.settings.keys {
                let key = key::label_key(own.name);
                says.push_str(&format!("; {key} is {}", own.title));
            }
            sheet.add(DoctorState::Good, "config.toml", says);
        }
    }
    for says in own.list_remarks() {
        sheet.add(DoctorState::Remark, "config.toml", says);
    }
    for (name, path) in list_user_themes() {
        match load_user_theme(&path) {
            Ok((_, remarks)) if remarks.is_empty() => {
                sheet.add(
                    DoctorState::Good,
                    "theme",
                    format!("{name}, from {}", path.display()),
                );
            }
            Ok((_, remarks)) => {
                for remark in remarks {
                    let at = format!("{}:{}", path.display(), remark.line);
                    sheet.add(
                        DoctorState::Remark,
                        "theme",
                        format!("{at}: {}.", remark.says),
                    );
                }
            }
            Err(says) => sheet.add(DoctorState::Remark, "theme", says),
        }
    }
}

fn check_journal_folder(sheet: &mut DoctorSheet) {
    match session::find_sessions_folder() {
        Ok(folder) => match std::fs::create_dir_all(&folder)
            .and_then(|()| tempfile::NamedTempFile::new_in(&folder).map(drop))
        {
            Ok(()) => {
                let count = session::list_sessions(&folder)
                    .map(|sessions| sessions.len())
                    .unwrap_or(0);
                sheet.add(
                    DoctorState::Good,
                    "journal",
                    format!(
                        "{} can be written; {count} session{}",
                        folder.display(),
                        if count == 1 { "" } else { "s" }
                    ),
                );
            }
            Err(error) => sheet.add(
                DoctorState::Bad,
                "journal",
                format!(
                    "{} cannot be written ({error}); set BACKOUT_HOME to a folder that can",
                    folder.display()
                ),
            ),
        },
        Err(error) => sheet.add(DoctorState::Bad, "journal", error.to_string()),
    }
}

/// State files as they would be read, or the command that writes each kind.
fn check_state_files(common: &Common, sheet: &mut DoctorSheet) {
    let sources = match situation::collect_live_sources(common, situation::StandardInput::Free) {
        Ok(sources) => sources,
        Err(error) => return sheet.add(DoctorState::Bad, "what is live", format!("{error:#}")),
    };
    let folder = Repository::open(&common.repo)
        .ok()
        .and_then(|repository| repository.work_dir().map(Path::to_owned));
    let loaded = match (&common.config, &folder) {
        (Some(file), _) => config::load_named_config(file).ok(),
        (None, Some(folder)) => config::in_folder(folder),
        (None, None) => None,
    }
    .unwrap_or_default();
    let files = assess::live_files(
        &sources,
        &loaded.config,
        &loaded.base,
        common.config.is_none(),
    );
    for file in &files {
        match &file.report {
            Ok(report) => {
                if let Some(migrations) = &report.migrations {
                    sheet.add(
                        DoctorState::Good,
                        "what is live",
                        format!(
                            "{}: {}, {} listed",
                            file.name,
                            report.kind.title(),
                            migrations.records.len()
                        ),
                    );
                    continue;
                }
                let live = report
                    .live_version
                    .as_ref()
                    .map(|version| format!(", live {version}"))
                    .unwrap_or_default();
                sheet.add(
                    DoctorState::Good,
                    "what is live",
                    format!(
                        "{}: {}, {} deployments{live}",
                        file.name,
                        report.kind.title(),
                        report.deployments.len()
                    ),
                );
            }
            Err(why) => sheet.add(DoctorState::Remark, "what is live", why.clone()),
        }
    }
    if files.is_empty() {
        sheet.add(
            DoctorState::Remark,
            "what is live",
            "no state file was given, so what is live was not checked. Let your deployer write one \
                and give it with --live FILE, or name it as `live` in \
             backout.yaml. These commands write one; each is a line to copy:",
        );
        for kind in LiveKind::ALL {
            sheet.add(DoctorState::Hint, kind.id(), kind.producer());
        }
        for (tool, command) in crate::deployment::live::STATUS_COMMANDS {
            sheet.add(
                DoctorState::Hint,
                LiveKind::Migrations.id(),
                format!("{command}   # {tool}"),
            );
        }
    }
}

/// How the program changes its schema, as far as the files tell.
fn check_schema_mechanism(
    common: &Common,
    repository: &Repository,
    pair: &crate::repository::ReleasePair,
    sheet: &mut DoctorSheet,
) {
    let loaded = match &common.config {
        Some(file) => config::load_named_config(file).ok(),
        None => repository.work_dir().and_then(config::in_folder),
    };
    match assess::schema_mechanism(repository, pair, &loaded.unwrap_or_default().config) {
        Ok(says) => sheet.add(DoctorState::Good, "schema changes", says),
        Err(error) => sheet.add(DoctorState::Remark, "schema changes", error.to_string()),
    }
}

fn check_repository(common: &Common, sheet: &mut DoctorSheet) {
    let repository = match Repository::open(&common.repo) {
        Ok(repository) => repository,
        Err(error) => return sheet.add(DoctorState::Bad, "repository", error.to_string()),
    };
    let info = repository.info();
    let kinds: Vec<&str> = [
        (info.bare, "bare"),
        (info.shallow, "shallow"),
        (info.partial, "partial"),
    ]
    .iter()
    .filter(|(is, _)| *is)
    .map(|(_, word)| *word)
    .collect();
    sheet.add(
        DoctorState::Good,
        "repository",
        format!(
            "{}{}",
            info.path.display(),
            if kinds.is_empty() {
                String::new()
            } else {
                format!(" ({})", kinds.join(", "))
            }
        ),
    );
    for note in &info.notes {
        sheet.add(DoctorState::Remark, "repository", note.clone());
    }
    match repository.releases(&ReleaseOptions {
        tag_pattern: common.tag_pattern.clone(),
        service: common.service.clone(),
    }) {
        Ok(found) if found.releases.is_empty() => sheet.add(
            DoctorState::Remark,
            "releases",
            "no tag is a release; name two revisions: backout OLD NEW",
        ),
        Ok(found) => {
            sheet.add(
                DoctorState::Good,
                "releases",
                format!(
                    "{} by their tags; {} other tags are none",
                    found.releases.len(),
                    found.skipped.len()
                ),
            );
            match repository.pair(&found, None, None) {
                Ok(pair) => {
                    sheet.add(
                        DoctorState::Good,
                        "pair",
                        format!(
                            "{} to {}, where no release is named",
                            pair.previous.version, pair.current.version
                        ),
                    );
                    check_schema_mechanism(common, &repository, &pair, sheet);
                }
                Err(error) => sheet.add(DoctorState::Remark, "pair", error.to_string()),
            }
        }
        Err(error) => sheet.add(DoctorState::Bad, "releases", error.to_string()),
    }
    match (&common.config, repository.work_dir()) {
        (Some(file), _) => match config::load_named_config(file) {
            Ok(_) => sheet.add(
                DoctorState::Good,
                "backout.yaml",
                file.display().to_string(),
            ),
            Err(error) => sheet.add(DoctorState::Bad, "backout.yaml", error),
        },
        (None, folder) => match folder.and_then(config::in_folder) {
            None => sheet.add(
                DoctorState::Good,
                "backout.yaml",
                "none in the working tree; `backout init` writes one",
            ),
            Some(loaded) if loaded.unchecked.is_empty() => sheet.add(
                DoctorState::Good,
                "backout.yaml",
                loaded.source.unwrap_or_default(),
            ),
            Some(loaded) => {
                for problem in loaded.unchecked {
                    sheet.add(
                        DoctorState::Remark,
                        "backout.yaml",
                        format!("{}: {}", problem.what, problem.why),
                    );
                }
            }
        },
    }
}

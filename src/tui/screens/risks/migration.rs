//! A migration: its operations by class, the way up and the way down beside each other.

use ratatui::text::{Line, Span};

use crate::model::{
    DeployEffect, Dialect, Down, Migration, MigrationRun, MigrationState, Operation,
    escape_invisible,
};
use crate::tui::draw::{labels, pieces, text};
use crate::tui::model::Model;
use crate::tui::screens::risks::evidence::draw_evidence;
use crate::tui::screens::risks::ways::line_of;
use crate::tui::theme::{Role, Theme};

/// Most lines of a file shown beside another.
const MOST: usize = 200;

/// A name people know it by: the file's, with its folder where the file's alone does not hold the
/// version.
pub fn name_migration(migration: &Migration) -> String {
    let mut parts = migration.path.rsplit('/');
    let file = parts.next().unwrap_or_default();
    match parts.next() {
        Some(folder) if !file.contains(migration.version.as_str()) => {
            escape_invisible(&format!("{folder}/{file}")).into_owned()
        }
        _ => escape_invisible(file).into_owned(),
    }
}

/// What a migration does, in a few words: `adds 2, drops 1`.
pub fn summarize_migration(migration: &Migration, theme: Theme) -> String {
    let mut parts: Vec<String> = Vec::new();
    for class in ["drops", "renames", "changes", "moves data", "adds"] {
        let count = migration
            .operations
            .iter()
            .filter(|operation| labels::label_operation_class(&operation.kind) == class)
            .count();
        if count > 0 {
            parts.push(format!("{class} {count}"));
        }
    }
    if parts.is_empty() {
        parts.push(if migration.is_pending() {
            "did not run".to_owned()
        } else {
            "no operation was read".to_owned()
        });
    }
    let mut out = parts.join(", ");
    if let Some(says) = labels::label_migration_change(migration.change) {
        out.push_str(&format!(" {} {says}", theme.dot()));
    }
    out
}

/// The worst that its operations do while deploying.
pub fn find_worst_deploy_effect(migration: &Migration) -> (Role, &'static str) {
    let weight = |effect: DeployEffect| match effect {
        DeployEffect::Safe => 0,
        DeployEffect::Unknown => 1,
        DeployEffect::Locks => 2,
        DeployEffect::Rewrites => 3,
        DeployEffect::BreaksRunningCode => 4,
    };
    let worst = migration
        .operations
        .iter()
        .map(|operation| operation.on_deploy)
        .max_by_key(|effect| weight(*effect));
    worst.map_or((Role::Dim, ""), labels::label_deploy_effect)
}

/// What a history of the database says of it, with the file.
fn tell_run(run: &MigrationRun) -> String {
    let place = match run.line {
        Some(line) => format!("{}:{line}", escape_invisible(&run.file)),
        None => escape_invisible(&run.file).into_owned(),
    };
    let said = match (run.state, run.at) {
        (MigrationState::Applied, Some(at)) => {
            format!("yes, at {} UTC", at.strftime("%Y-%m-%d %H:%M"))
        }
        (MigrationState::Applied, None) => "yes".to_owned(),
        (MigrationState::Pending, _) => "no, so it is not judged".to_owned(),
        (MigrationState::Failed, _) => "it began and failed".to_owned(),
    };
    format!("{said} ({place})")
}

/// A migration in full.
pub fn draw_migration(model: &Model, migration: &Migration, columns: usize) -> Vec<Line<'static>> {
    let theme = model.theme;
    let (role, word) = labels::label_old_code_effect(migration.rollback);
    let says = format!(
        "{} {word}: {} on the schema of {}",
        labels::choose_role_mark(theme, role),
        model.previous(),
        model.current()
    );
    let mut lines = pieces::draw_labelled_field("old code", &says, columns, theme, role);
    lines.extend(down_field(model, &migration.down, columns));
    let dialect = if migration.dialect == Dialect::Unknown || migration.dialect.as_str().is_empty()
    {
        "which database is not known".into()
    } else {
        escape_invisible(migration.dialect.as_str())
    };
    let mut about = vec![
        escape_invisible(migration.framework.as_str()).into_owned(),
        dialect.into_owned(),
    ];
    // most carry it in the name that stands above
    if !migration.version.is_empty() && !migration.path.contains(migration.version.as_str()) {
        about.push(format!("version {}", escape_invisible(&migration.version)));
    }
    about.extend(labels::label_migration_change(migration.change).map(str::to_owned));
    lines.extend(pieces::draw_labelled_field(
        "migration",
        &about.join(&format!(" {} ", theme.dot())),
        columns,
        theme,
        Role::Text,
    ));
    if let Some(run) = &migration.ran {
        lines.extend(pieces::draw_labelled_field(
            "ran",
            &tell_run(run),
            columns,
            theme,
            Role::Text,
        ));
    }
    if let Some(from) = &migration.from {
        lines.extend(pieces::draw_labelled_field(
            "was",
            from,
            columns,
            theme,
            Role::Text,
        ));
    }
    for operation in &migration.operations {
        let ((back, word), (deploy, deploying)) = (
            labels::label_old_code_effect(operation.rollback),
            labels::label_deploy_effect(operation.on_deploy),
        );
        // the mark of the list, and both words it stands for
        let worst = labels::choose_worse_role(back, deploy);
        let says = format!(
            "{} {} {}: way back {word}, deploy {deploying}",
            labels::choose_role_mark(theme, worst),
            labels::label_operation(&operation.kind),
            escape_invisible(&operation.object)
        );
        lines.extend(pieces::draw_labelled_field(
            "", &says, columns, theme, worst,
        ));
    }
    lines.extend(both_ways(model, migration, None, columns));
    lines
}

/// An operation in full.
pub fn draw_operation(
    model: &Model,
    migration: &Migration,
    operation: &Operation,
    columns: usize,
) -> Vec<Line<'static>> {
    let theme = model.theme;
    let mut lines = line_of(&operation.why, columns, theme, Role::Strong);
    let (role, word) = labels::label_old_code_effect(operation.rollback);
    let (alone_role, alone) = labels::label_old_code_effect(operation.alone);
    let (deploy_role, deploy) = labels::label_deploy_effect(operation.on_deploy);
    let (undo_role, undo) = labels::label_revert_effect(operation.revert);
    let with = |role: Role, word: &str| format!("{} {word}", labels::choose_role_mark(theme, role));
    lines.extend(pieces::draw_labelled_field(
        "way back",
        &format!(
            "{} for {} on this schema",
            with(role, word),
            model.previous()
        ),
        columns,
        theme,
        role,
    ));
    if operation.alone != operation.rollback {
        lines.extend(pieces::draw_labelled_field(
            "by itself",
            &with(alone_role, alone),
            columns,
            theme,
            alone_role,
        ));
    }
    lines.extend(pieces::draw_labelled_field(
        "deploy",
        &with(deploy_role, deploy),
        columns,
        theme,
        deploy_role,
    ));
    lines.extend(pieces::draw_labelled_field(
        "undoing it",
        &with(undo_role, undo),
        columns,
        theme,
        undo_role,
    ));
    lines.extend(down_field(model, &migration.down, columns));
    if let Some(step) = &operation.compatibility_step {
        lines.extend(pieces::draw_step_block(model, step, columns));
    }
    if let Some(query) = &operation.query {
        let note = if operation.compatibility_step.is_some() {
            "read-only"
        } else {
            "read-only, Y copies it"
        };
        lines.extend(pieces::draw_small_heading(
            "Counts it in production",
            note,
            columns,
            theme,
        ));
        lines.extend(pieces::draw_code_block(query, 0, columns, theme));
    }
    lines.extend(both_ways(model, migration, Some(operation.line), columns));
    if !operation.used_by.is_empty() {
        lines.extend(pieces::draw_small_heading(
            &format!("{} uses it", model.previous()),
            &pluralize_word(operation.used_by.len(), "place"),
            columns,
            theme,
        ));
        for place in operation.used_by.iter().take(20) {
            lines.push(Line::styled(
                text::clip_path(&pieces::find_reason_place(place), columns, theme),
                theme.style(Role::Text),
            ));
            lines.extend(draw_evidence(model, place, columns));
        }
    }
    lines
}

fn pluralize_word(n: usize, word: &str) -> String {
    format!("{n} {word}{}", if n == 1 { "" } else { "s" })
}

fn down_field(model: &Model, down: &Down, columns: usize) -> Vec<Line<'static>> {
    let theme = model.theme;
    let (role, says) = labels::label_down_migration(down.kind, down.state);
    let lost = match down.loses_data {
        Some(true) => ", loses data written since",
        Some(false) => ", loses no data",
        None => "",
    };
    let mut lines = pieces::draw_labelled_field(
        "way down",
        &format!("{} {says}{lost}", labels::choose_role_mark(theme, role)),
        columns,
        theme,
        role,
    );
    if let Some(why) = &down.why {
        lines.extend(pieces::draw_labelled_field(
            "",
            why,
            columns,
            theme,
            Role::Dim,
        ));
    }
    lines
}

/// Up and down beside each other where there is room, else one below the other.
fn both_ways(
    model: &Model,
    migration: &Migration,
    lit: Option<usize>,
    columns: usize,
) -> Vec<Line<'static>> {
    let theme = model.theme;
    let sources = &model.screens.risks.sources;
    let same = migration
        .down
        .path
        .as_deref()
        .is_none_or(|path| path == migration.file);
    let end = if same {
        migration
            .down
            .line
            .map_or(usize::MAX, |line| line.saturating_sub(1))
    } else {
        usize::MAX
    };
    let up = sources
        .get(&migration.file)
        .map(|source| source.between(migration.line, end.max(migration.line)))
        .unwrap_or_default();
    let down = match (&migration.down.path, migration.down.line) {
        (Some(path), line) if !same || line.is_some() => sources
            .get(path)
            .map(|source| source.between(line.unwrap_or(1), usize::MAX))
            .unwrap_or_default(),
        _ => Vec::new(),
    };
    if up.is_empty() && down.is_empty() {
        return Vec::new();
    }
    let cut = |lines: Vec<(usize, String)>| lines.into_iter().take(MOST).collect::<Vec<_>>();
    let (up, down) = (cut(up), cut(down));
    let (up_path, down_path) = (
        migration.file.as_str(),
        migration.down.path.as_deref().unwrap_or_default(),
    );
    if columns < 60 || down.is_empty() {
        let mut lines =
            pieces::draw_small_heading("Up", &escape_invisible(&migration.file), columns, theme)
                .to_vec();
        lines.extend(pieces::draw_source_lines(up_path, &up, lit, columns, theme));
        if !down.is_empty() {
            lines.extend(pieces::draw_small_heading(
                "Down",
                &escape_invisible(migration.down.path.as_deref().unwrap_or_default()),
                columns,
                theme,
            ));
            lines.extend(pieces::draw_source_lines(
                down_path, &down, None, columns, theme,
            ));
        }
        return lines;
    }
    let half = columns.saturating_sub(1) / 2;
    let beside = |left: Option<&Line<'static>>, right: Option<&Line<'static>>| {
        let mut spans: Vec<Span<'static>> = left.map(|line| line.spans.clone()).unwrap_or_default();
        spans.push(Span::raw(
            " ".repeat((half + 1).saturating_sub(text::spans_width(&spans))),
        ));
        spans.extend(right.map(|line| line.spans.clone()).unwrap_or_default());
        Line::from(spans)
    };
    let title = |text: &str| Line::styled(text.to_owned(), theme.style(Role::Title));
    let (left, right) = (
        pieces::draw_source_lines(up_path, &up, lit, half, theme),
        pieces::draw_source_lines(down_path, &down, None, half, theme),
    );
    let mut lines = vec![
        Line::default(),
        beside(
            Some(&Line::from(Span::styled("Up", theme.style(Role::Title)))),
            Some(&Line::from(title("Down").spans)),
        ),
    ];
    lines.extend((0..left.len().max(right.len())).map(|at| beside(left.get(at), right.get(at))));
    lines
}

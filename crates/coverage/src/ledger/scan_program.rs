//! Program text that changed: by tokens first, by signs in what differs second.

use super::DomainStanding;
use super::bound_settings::find_bound_setting;
use super::interface::calls_back;
use super::mapping;
use super::model_files::{defines_models, find_model_line, may_be_model};
use super::rewriting_steps::{self, RewritingSteps, moves_rows_once, rewrites_by_purpose};
use super::sameness;
use super::scan::{BUDGET, LENGTH, Scanner, own_version_row};
use super::signs::{LedgerSign, describes_infrastructure, find_sign_lines, first_of_each};
use super::standing_row::{DomainStandings, build_cannot_standing, build_open_standing, fill_row};
use super::{NO_SIGN as PLAIN, UNREADABLE};
use crate::changed_lines::ChangedLines;
use model::{CannotRule as Rule, CoverageDomain as D, FileChange, FileStatus};

impl Scanner<'_> {
    /// Program text: by tokens first, by signs in what differs second.
    pub(super) fn program(&mut self, change: &FileChange) -> DomainStandings {
        if self.spent > BUDGET {
            return fill_row(build_open_standing(
                PLAIN,
                None,
                "more program text changed than is taken apart",
            ));
        }
        let (old, new) = match self.read(change) {
            Ok(texts) => texts,
            Err(why) => return fill_row(build_open_standing(UNREADABLE, None, why)),
        };
        if let Some(open) = judge_length(old.as_deref(), new.as_deref()) {
            return fill_row(open);
        }
        let lines = ChangedLines::between(old.as_deref(), new.as_deref());
        if let (Some(old), Some(new)) = (&old, &new)
            && sameness::judge_sameness(&change.path, old, new, &lines).is_some()
        {
            return fill_row(build_cannot_standing(Rule::SameProgram));
        }
        if change.status == FileStatus::Modified && self.differs_in_own_version(&lines) {
            return own_version_row();
        }
        let texts = (
            old.as_deref().unwrap_or_default(),
            new.as_deref().unwrap_or_default(),
        );
        if mapping::differ_only_in_indexes(&change.path, texts, &lines) {
            return fill_row(build_cannot_standing(Rule::OnlyIndexes));
        }
        let new_mapping =
            mapping::adds_only_mappings(&change.path, (old.as_deref(), new.as_deref()), &lines);
        let (told_now, told_before) = self.without_own_version(&lines);
        let ChangedLines { fresh, gone, .. } = lines;
        let (now_lines, before_lines) = (find_sign_lines(&told_now), find_sign_lines(&told_before));
        let (now, before) = (first_of_each(&now_lines), first_of_each(&before_lines));
        let mut row: DomainStandings = [
            build_cannot_standing(Rule::NoSchemaSign),
            build_open_standing(
                PLAIN,
                fresh.first().map(|(line, _)| *line),
                "the program changed here, and backout cannot tell whether it stores anything in a new form",
            ),
            self.called(change, (&fresh, &gone), &now_lines, new_mapping, texts),
            build_cannot_standing(Rule::NoSetting),
            build_cannot_standing(Rule::NoInfrastructure),
        ];
        let changed = ChangedProgramText {
            change,
            old: old.as_deref(),
            new: new.as_deref(),
            fresh: &fresh,
            gone: &gone,
        };
        for (signs, is_new) in [(&now, true), (&before, false)] {
            for (sign, line) in signs.iter() {
                if self.sign_counts(&changed, *sign, *line, is_new) {
                    note_sign(&mut row, change, *sign, is_new.then_some(*line));
                }
            }
        }
        if matches!(row[D::Configuration.index()], DomainStanding::Cannot(_))
            && let Some(standing) = self.bound_setting(&change.path, texts)
        {
            row[D::Configuration.index()] = standing;
        }
        if self.models
            && may_be_model(&change.path)
            && matches!(row[D::Schema.index()], DomainStanding::Cannot(_))
        {
            changed.note_models(&mut row);
        }
        changed.note_calls_back(&mut row);
        if let DomainStanding::Cannot(Rule::NoInterface | Rule::WrittenDown) =
            row[D::Contract.index()]
            && let Some(open) = self.told_to_others(change, (&fresh, &gone), texts)
        {
            row[D::Contract.index()] = open;
        }
        if moves_rows_once(change, new.as_deref().unwrap_or_default()) {
            let first = fresh.first().map(|(line, _)| *line);
            note_sign(&mut row, change, LedgerSign::RowsRewritten, first);
        }
        if matches!(row[D::Schema.index()], DomainStanding::Cannot(_)) {
            self.note_fed_step(&changed, &mut row);
        }
        if let Some(line) = new.as_deref().and_then(describes_infrastructure) {
            row[D::Infrastructure.index()] =
                build_open_standing(30, Some(line), LedgerSign::Infrastructure.why());
        }
        row
    }

    /// The file is a step that rewrites rows, whatever differs in it; or what differs is a list or
    /// a constant that such a step walks through.
    fn note_fed_step(&self, changed: &ChangedProgramText<'_>, row: &mut DomainStandings) {
        let first = changed.fresh.first().map(|(line, _)| *line);
        let path = &changed.change.path;
        let texts = [changed.new, changed.old];
        if rewriting_steps::is_step(path)
            && texts
                .into_iter()
                .flatten()
                .any(rewriting_steps::rewrites_rows)
        {
            note_sign(row, changed.change, LedgerSign::RowsRewritten, first);
            return;
        }
        let steps = self
            .steps
            .get_or_init(|| RewritingSteps::find(self.range.current));
        let fed = [(changed.new, changed.fresh), (changed.old, changed.gone)]
            .into_iter()
            .find_map(|(text, lines)| steps.find_fed(path, text?, lines));
        if let Some((name, step)) = fed {
            let why = format!("{name} changed, and {step} rewrites rows by it");
            let rank = 30 + LedgerSign::RowsRewritten as u8;
            row[D::Schema.index()] = build_open_standing(rank, first, why);
        }
    }

    /// A setting that comes or goes in a type that a library fills.
    fn bound_setting(&self, path: &str, texts: (&str, &str)) -> Option<DomainStanding> {
        let setting = find_bound_setting(path, texts, self.range.current)?;
        let (name, previous) = (&setting.name, self.range.previous_version);
        let why = match setting.line {
            Some(_) => format!(
                "the setting {name} is taken by a type that a library fills, and {previous} does not have it"
            ),
            None => format!(
                "{previous} takes the setting {name} by a type that a library fills, and nothing may set it any more"
            ),
        };
        let rank = 30 + LedgerSign::Setting as u8;
        Some(build_open_standing(rank, setting.line, why))
    }

    /// Whether a sign in a changed line says something about what this program keeps.
    fn sign_counts(
        &self,
        changed: &ChangedProgramText<'_>,
        sign: LedgerSign,
        line: usize,
        is_new: bool,
    ) -> bool {
        match sign {
            LedgerSign::Model => self.models && may_be_model(&changed.change.path),
            LedgerSign::RowsRewritten => is_new && rewrites_by_purpose(changed.change),
            LedgerSign::Route | LedgerSign::Message => false,
            LedgerSign::Setting => {
                let (lines, other) = if is_new {
                    (changed.fresh, changed.old)
                } else {
                    (changed.gone, changed.new)
                };
                lines.iter().any(|(at, text)| {
                    *at == line
                        && (!is_new || !has_default(text))
                        && reads_other_key(text, other.unwrap_or_default())
                })
            }
            _ => true,
        }
    }
}

/// Program text that differs.
struct ChangedProgramText<'a> {
    change: &'a FileChange,
    old: Option<&'a str>,
    new: Option<&'a str>,
    fresh: &'a [(usize, &'a str)],
    gone: &'a [(usize, &'a str)],
}

impl ChangedProgramText<'_> {
    /// Tables are made from models, and this may be one.
    fn note_models(&self, row: &mut DomainStandings) {
        let defines = [self.old, self.new]
            .into_iter()
            .flatten()
            .any(defines_models);
        let line = find_model_line(self.fresh).or_else(|| {
            self.fresh
                .first()
                .filter(|_| defines)
                .map(|(line, _)| *line)
        });
        // a mapping that moves to another field changes no line, and both columns
        let moved = self.fresh.is_empty() && self.gone.is_empty();
        if line.is_some()
            || defines && (!self.gone.is_empty() || moved)
            || find_model_line(self.gone).is_some()
        {
            row[D::Schema.index()] =
                build_open_standing(30 + LedgerSign::Model as u8, line, LedgerSign::Model.why());
        }
    }

    /// Whoever is called back relies on what is sent, and no file of an interface is needed for
    /// that.
    fn note_calls_back(&self, row: &mut DomainStandings) {
        if let DomainStanding::Cannot(_) = row[D::Contract.index()]
            && [self.old, self.new].into_iter().flatten().any(calls_back)
        {
            let why = "what is sent to addresses that others gave (a webhook) may have changed, and whoever receives it may rely on the new form";
            row[D::Contract.index()] = build_open_standing(
                30 + LedgerSign::Message as u8,
                self.fresh.first().map(|(line, _)| *line),
                why,
            );
        }
    }
}

/// A file that is longer than what is compared stays open.
fn judge_length(old: Option<&str>, new: Option<&str>) -> Option<DomainStanding> {
    let length = old.map_or(0, str::len).max(new.map_or(0, str::len));
    (length > LENGTH).then(|| {
        build_open_standing(
            PLAIN,
            None,
            format!("it has {length} bytes, more than the {LENGTH} that are compared"),
        )
    })
}

/// Notes a sign where it tells more than what is noted already.
fn note_sign(
    row: &mut DomainStandings,
    change: &FileChange,
    sign: LedgerSign,
    place: Option<usize>,
) {
    // what a program rewrites are rows, not the schema
    let domain = if sign == LedgerSign::RowsRewritten {
        D::StoredForm
    } else {
        sign.domain()
    };
    let better = match &row[domain.index()] {
        DomainStanding::Open(mark) => mark.rank > 30 + sign as u8,
        _ => true,
    };
    if better {
        row[domain.index()] = build_open_standing(30 + sign as u8, place, sign.why());
    }
    // the number of a version in a file about the schema is that of the schema
    if sign == LedgerSign::RowsRewritten
        || sign == LedgerSign::FormVersion && speaks_of_schema(&change.path)
    {
        row[D::Schema.index()] = match row[D::Schema.index()].clone() {
            DomainStanding::Cannot(_) => build_open_standing(30 + sign as u8, place, sign.why()),
            other => other,
        };
    }
}

fn speaks_of_schema(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    ["schema", "database", "migration"]
        .iter()
        .any(|word| lower.contains(word))
}

/// The line reads a key that the text of the other release does not hold: quoted names, and names
/// in capitals.
fn reads_other_key(line: &str, other: &str) -> bool {
    let word =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-' | ':' | '$' | '{' | '}');
    let mut keys = line
        .split(['"', '\'', '`'])
        .skip(1)
        .step_by(2)
        .filter(|key| key.len() > 1 && key.chars().all(word))
        .collect::<Vec<_>>();
    let capitals = |part: &&str| {
        part.len() > 2
            && part
                .chars()
                .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
            && part.contains(char::is_alphabetic)
    };
    keys.extend(
        line.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
            .filter(capitals)
            .filter(|part| *part != "ENV"),
    );
    // a line whose key is not seen may read any
    keys.is_empty() || keys.iter().any(|key| !other.contains(key))
}

/// A setting that is read with a value to fall back to.
fn has_default(line: &str) -> bool {
    let lower = line.to_ascii_lowercase();
    if [
        "||",
        "??",
        ":-",
        "or_else",
        "unwrap_or",
        "default",
        "getordefault",
        "?:",
    ]
    .iter()
    .any(|sign| lower.contains(sign))
    {
        return true;
    }
    // a second argument
    lower
        .find("env")
        .and_then(|at| lower[at..].find('(').map(|open| at + open))
        .and_then(|open| lower[open..].find(')').map(|end| &lower[open..open + end]))
        .is_some_and(|inner| inner.contains(','))
}

//! `backout assess`: the assessment without screens.

use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use anyhow::{Context as _, Result, anyhow, bail};
use plain_file::write;

use super::cli::{AssessArgs, Common, ReportFormat};
use super::output::UsageError;
use super::situation::{self, Situation, StandardInput};
use crate::assess::{self, Progress};
use crate::check::coverage::DomainStanding;
use crate::model::{Assessment, Config, CoverageDomain, OpenPlace};
use crate::report::{self, ReportSubject};
use crate::usecase;

/// Largest saved assessment that is read, in bytes.
const SAVED_LIMIT: u64 = 64 * 1024 * 1024;

/// Runs it.
pub fn run_assess(common: &Common, args: &AssessArgs) -> Result<ExitCode> {
    if args.from.is_some() && common.gives_state_files() {
        bail!(
            "--from opens a saved assessment, which was made with its own state files; leave out \
                --live and --observed"
        );
    }
    let situation = Situation::new(common, &args.versions, StandardInput::Free)?;
    let checklist = situation::load_checklist_in_force(common)?;
    let mut assessment = match &args.from {
        Some(file) => {
            let mut assessment = load_saved_assessment(file)?;
            situation.decide_on(&mut assessment, &Config::default(), &checklist);
            assessment
        }
        None => {
            let shows = std::io::stderr().is_terminal() && args.format == ReportFormat::Text;
            let mut assessed = assess::assess_release_pair(&situation.request, &|step| {
                if shows {
                    show_progress_line(&step)
                }
            })?;
            if shows {
                clear_progress_line();
            }
            if let Some(path) = &args.why_open {
                if !matches!(
                    args.format,
                    ReportFormat::Text | ReportFormat::Markdown | ReportFormat::Json
                ) {
                    return Err(
                        UsageError("--why-open is printed as text or json".to_owned()).into(),
                    );
                }
                return why_open(&assessed, path, args.format);
            }
            situation.decide(&mut assessed, &checklist);
            // the program ends behind this: giving a ledger of thousands of files back piece by
            // piece only keeps a person waiting
            std::mem::forget(assessed.ledger.take());
            assessed.repository.leave_open();
            assessed.assessment
        }
    };
    if args.redact_names {
        report::redact_assessment_names(&mut assessment);
    }
    if let Some(file) = &args.save {
        save_assessment(file, &assessment)?;
    }
    let verdict = assessment.verdict.as_ref();
    let mut text = write_in_format(args, &assessment);
    if args.explain_verdict && !args.format.is_whole() {
        let heading = if args.format == ReportFormat::Markdown {
            "\n## How the verdict came about\n\n```text\n"
        } else {
            "\nHow the verdict came about\n\n"
        };
        text.push_str(heading);
        text.push_str(&verdict.map(report::explain_decision).unwrap_or_default());
        text.push_str(if args.format == ReportFormat::Markdown {
            "```\n"
        } else {
            ""
        });
    }
    super::print_output(&if common.ascii && !args.format.is_whole() {
        report::convert_report_to_ascii(&text)
    } else {
        text
    })?;
    let code = match verdict {
        _ if !args.exit_code => ExitCode::SUCCESS,
        Some(verdict) => ExitCode::from(usecase::exit_code(verdict.option, verdict.strength)),
        None => ExitCode::from(1),
    };
    std::mem::forget(assessment);
    Ok(code)
}

/// The assessment in the form that was asked for.
fn write_in_format(args: &AssessArgs, assessment: &Assessment) -> String {
    let subject = || ReportSubject::of_assessment(assessment, false);
    match args.format {
        ReportFormat::Json => report::write_assessment_json(assessment, args.stable),
        ReportFormat::Markdown => report::write_assessment_markdown(assessment),
        ReportFormat::Text => report::write_assessment_text(assessment, super::find_output_width()),
        ReportFormat::Html => report::write_html_page(&subject(), args.explain_verdict),
        ReportFormat::Slack => report::write_slack_message(&subject()),
        ReportFormat::Change => report::write_change_ticket(&subject()),
    }
}

/// Why a file that did not change is open: a judgement rests on a search that could not see into
/// it.
fn why_unsearched(
    domain: CoverageDomain,
    place: &OpenPlace,
    format: ReportFormat,
) -> Result<ExitCode> {
    let (path, why) = (place.path.shown(), place.why.shown());
    if format == ReportFormat::Json {
        let standing = serde_json::json!({ "domain": domain.id(), "standing": "open", "rule": null, "line": null, "why": place.why });
        let object = serde_json::json!({ "path": place.path, "previous_path": null, "standings": [standing] });
        super::print_output(&format!("{object:#}\n"))?;
    } else {
        super::print_output(&format!(
            "{path}\n\nThe file did not change. It is open in the domain {}: {why}\n",
            domain.title()
        ))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// How one changed file stands in each domain.
fn why_open(assessed: &assess::Assessed, path: &str, format: ReportFormat) -> Result<ExitCode> {
    let Some(ledger) = &assessed.ledger else {
        bail!("the changed files could not be looked at; `backout assess` says why")
    };
    let wanted = path.strip_prefix("./").unwrap_or(path);
    let Some(file) = ledger.file(wanted) else {
        if let Some((domain, place)) = ledger
            .unsearched
            .iter()
            .find(|(_, place)| place.path == wanted)
        {
            return why_unsearched(*domain, place, format);
        }
        let near = ledger
            .paths()
            .into_iter()
            .max_by_key(|known| (strsim::jaro_winkler(known, wanted) * 1000.0) as u64);
        let near = near.map_or_else(
            || "no file does".to_owned(),
            |near| {
                format!(
                    "the nearest that does is {}",
                    crate::model::escape_invisible(near)
                )
            },
        );
        let (previous, current) = (
            &assessed.assessment.previous.version,
            &assessed.assessment.current.version,
        );
        bail!(
            "{} does not differ between {previous} and {current}; {near}",
            crate::model::escape_invisible(path)
        );
    };
    let rows: Vec<(CoverageDomain, &DomainStanding)> = CoverageDomain::ALL
        .into_iter()
        .zip(&file.standings)
        .collect();
    if format == ReportFormat::Json {
        let standings: Vec<serde_json::Value> = rows
            .iter()
            .map(|(domain, standing)| {
                let (word, rule, line, why) = match standing {
                    DomainStanding::Judged => ("judged", None, None, "a reader took it \
                        apart".to_owned()),
                    DomainStanding::Cannot(rule) => ("cannot", Some(rule.id()), None, rule.says().to_owned()),
                    DomainStanding::Open(mark) => ("open", None, mark.line, mark.why.to_string()),
                };
                serde_json::json!({ "domain": domain.id(), "standing": word, "rule": rule, "line": line, "why": why })
            })
            .collect();
        let object = serde_json::json!({ "path": file.path, "previous_path": file.old_path, "standings": standings });
        super::print_output(&format!("{object:#}\n"))?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut text = format!("{}\n\n", crate::model::escape_invisible(&file.path));
    for (domain, standing) in rows {
        let says = match standing {
            DomainStanding::Judged => "judged: a reader took it apart".to_owned(),
            DomainStanding::Cannot(rule) => {
                format!("cannot matter here: {} (rule {})", rule.says(), rule.id())
            }
            DomainStanding::Open(mark) => {
                let line = mark
                    .line
                    .map(|line| format!(", line {line}"))
                    .unwrap_or_default();
                format!("open{line}: {}", crate::model::escape_invisible(&mark.why))
            }
        };
        for (at, part) in crate::model::wrap_text(&says, 60).into_iter().enumerate() {
            text.push_str(&format!(
                "{:16}{part}\n",
                if at == 0 { domain.title() } else { "" }
            ));
        }
    }
    super::print_output(&text)?;
    Ok(ExitCode::SUCCESS)
}

/// An assessment that `--save` kept.
///
/// # Errors
/// One sentence with the file's name: not there, not an assessment, of another version.
pub fn load_saved_assessment(file: &std::path::Path) -> Result<Assessment> {
    use std::io::Read;
    let open = plain_file::open_plain_file(file)
        .with_context(|| format!("{} cannot be opened", file.display()))
        .map_err(super::make_usage_error)?;
    let mut bytes = Vec::new();
    open.take(SAVED_LIMIT + 1)
        .read_to_end(&mut bytes)
        .with_context(|| format!("{} cannot be read", file.display()))?;
    if bytes.len() as u64 > SAVED_LIMIT {
        let most = SAVED_LIMIT / 1024 / 1024;
        bail!(
            "{} has more than the {most} MB that a saved assessment may have; save it again with \
                `backout assess --save`",
            file.display()
        );
    }
    read_saved(&file.display().to_string(), &bytes)
}

/// The bytes of a saved assessment; `name` stands for the file in sentences.
///
/// # Errors
/// One sentence with that name: not an assessment, of another version.
pub fn read_saved(name: &str, bytes: &[u8]) -> Result<Assessment> {
    let unreadable = |error: serde_json::Error| {
        anyhow!(
            "{name}:{}:{}: it is not an assessment that `backout assess --save` wrote ({error})",
            error.line(),
            error.column()
        )
    };
    // the version first: nothing is built of what another program wrote
    let Saved { schema } = serde_json::from_slice(bytes).map_err(unreadable)?;
    match schema.as_ref().and_then(serde_json::Value::as_str) {
        Some(crate::model::ASSESSMENT_SCHEMA) => {}
        Some(other) => {
            return Err(anyhow!(
                "{name} is of version {other:?}; this program reads {}",
                crate::model::ASSESSMENT_SCHEMA
            ));
        }
        None => {
            return Err(anyhow!(
                "{name} has no \"schema\"; it is not an assessment that `backout assess --save` \
                    wrote"
            ));
        }
    }
    // the file may come from anywhere, and what is in it goes to terminals, reports and clipboards
    let hides = |line: &str| {
        line.contains("\\u")
            || matches!(
                crate::model::escape_invisible(line),
                std::borrow::Cow::Owned(_)
            )
    };
    let read = if String::from_utf8_lossy(bytes).lines().any(hides) {
        serde_json::from_slice(bytes).and_then(|mut value| {
            make_visible(&mut value);
            serde_json::from_value(value)
        })
    } else {
        serde_json::from_slice(bytes)
    };
    read.map_err(|error| {
        anyhow!("{name} is not whole: {error}; save it again with `backout assess --save`")
    })
}

/// What a saved assessment says first of itself; the rest is skipped.
#[derive(serde::Deserialize)]
struct Saved {
    schema: Option<serde_json::Value>,
}

/// Makes control and invisible characters visible in every text and key.
fn make_visible(value: &mut serde_json::Value) {
    use serde_json::Value;
    match value {
        Value::String(text) => *text = crate::model::visible_lines(text),
        Value::Array(items) => items.iter_mut().for_each(make_visible),
        Value::Object(entries) => {
            let hides = |key: &String| {
                matches!(
                    crate::model::escape_invisible(key),
                    std::borrow::Cow::Owned(_)
                )
            };
            if entries.keys().any(hides) {
                *entries = std::mem::take(entries)
                    .into_iter()
                    .map(|(key, value)| (crate::model::escape_invisible(&key).into_owned(), value))
                    .collect();
            }
            entries.values_mut().for_each(make_visible);
        }
        _ => {}
    }
}

/// Written beside and moved into place, so that a full disk never leaves half a file under the
/// name.
fn save_assessment(file: &std::path::Path, assessment: &Assessment) -> Result<()> {
    // moved into the place of a device, a file would be one
    if let Some(says) = std::fs::symlink_metadata(file)
        .ok()
        .filter(|about| !about.is_symlink())
        .and_then(|about| plain_file::explain_not_plain_file(&about))
    {
        bail!("{} was not written: {says}", file.display());
    }
    let text = report::write_assessment_json(assessment, false);
    write::replace_file(file, text.as_bytes(), write::FileReaders::Owner)
        .with_context(|| format!("{} cannot be written", file.display()))
}

fn show_progress_line(step: &Progress) {
    let text = match step {
        Progress::Opened(info) => format!("reading {}", info.path.display()),
        Progress::Paired(pair, _) => format!(
            "reading {} .. {}",
            pair.previous.version, pair.current.version
        ),
        Progress::Quick(_) => return,
        Progress::Stage(stage, _) => format!("{} read", stage.id()),
    };
    let mut err = std::io::stderr().lock();
    // progress is a courtesy; a terminal that went away needs none
    let _ = write!(
        err,
        "\r\x1b[K{}",
        crate::model::shorten_text(&crate::model::escape_invisible(&text), 78)
    )
    .and_then(|()| err.flush());
}

fn clear_progress_line() {
    let _ = write!(std::io::stderr(), "\r\x1b[K");
}

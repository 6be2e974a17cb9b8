//! The command line, one file a subcommand.

use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use clap::{CommandFactory, Parser};

/// A line on standard error. Whoever listened may be gone, and that must not end the program in the
/// middle of what it does.
macro_rules! tell {
    ($($text:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stderr(), $($text)*);
    }};
}

mod assess;
mod back;
mod backtest;
mod checklist;
pub mod cli;
mod contract;
pub mod demo;
mod deployed;
mod doctor;
mod explain;
mod gate;
mod guide;
mod init;
mod layers;
mod open;
mod output;
mod queries;
mod record;
mod rehearse;
mod releases;
mod replay;
mod report;
mod sessions;
mod situation;
mod step;
mod time;
mod user_file;
mod user_settings;

/// Readers of files and words that belong to commands, for whoever holds them against any bytes.
pub mod readers {
    pub use super::assess::read_saved;
    pub use super::backtest::{Incident, read_incidents as incidents};
    pub use super::time::parse_time_argument as time;
}

use cli::{Cli, Command};
use output::{UsageError, find_output_width, make_usage_error, print_output};

/// The tool failed.
const FAILED: u8 = 1;
/// What was typed cannot be meant.
const WRONG_USAGE: u8 = 2;

/// 2 where what was typed cannot be meant, 1 where the tool failed.
fn code_of(error: &anyhow::Error) -> u8 {
    use crate::assess::AssessError;
    use crate::repository::RepositoryError;
    let wrong = error.chain().any(|cause| {
        cause.is::<UsageError>()
            || cause
                .downcast_ref::<AssessError>()
                .is_some_and(AssessError::is_usage)
            || cause
                .downcast_ref::<RepositoryError>()
                .is_some_and(RepositoryError::is_usage)
    });
    if wrong { WRONG_USAGE } else { FAILED }
}

/// Runs the program with the process's arguments and returns its exit code: 0, 1 when the tool
/// failed, 2 for wrong usage, or a code that says the verdict where one was asked for.
pub fn main() -> ExitCode {
    ignore_file_size_signal();
    match parse_command_line().and_then(|cli| cli.map_or(Ok(ExitCode::SUCCESS), run_command)) {
        Ok(code) => code,
        Err(error) => {
            let chain: Vec<String> = error.chain().map(ToString::to_string).collect();
            let text = crate::model::visible_lines(&chain.join(": "));
            // a standard error that is gone leaves nobody to tell
            let _ = writeln!(std::io::stderr(), "backout: {text}");
            ExitCode::from(code_of(&error))
        }
    }
}

/// A file that may not grow any further fails to be written, which is told, rather than ending the
/// program in the middle.
fn ignore_file_size_signal() {
    #[cfg(unix)]
    {
        let noted = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
        // where it cannot be had, the system's own way remains
        let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, noted);
    }
}

/// What was typed; `None` where help or the version was asked for and has been printed. Wrong usage
/// ends here, with its own text.
fn parse_command_line() -> anyhow::Result<Option<Cli>> {
    use clap::error::ErrorKind::{DisplayHelp, DisplayVersion};
    let error = match Cli::try_parse() {
        Ok(cli) => return Ok(Some(cli)),
        Err(error) => error,
    };
    if !matches!(error.kind(), DisplayHelp | DisplayVersion) {
        error.exit();
    }
    let styled = std::io::stdout().is_terminal()
        && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let text = error.render();
    print_output(&if styled {
        text.ansi().to_string()
    } else {
        text.to_string()
    })?;
    Ok(None)
}

fn run_command(cli: Cli) -> anyhow::Result<ExitCode> {
    let Cli {
        command, common, ..
    } = &cli;
    if command.is_some() && (!cli.versions.versions.is_empty() || cli.from.is_some()) {
        Cli::command()
            .error(
                clap::error::ErrorKind::ArgumentConflict,
                "versions and --from come after the command, as in: backout assess 3.0.0 3.1.0",
            )
            .exit();
    }
    match command {
        None => open::run_open(&cli),
        Some(Command::Demo(args)) => open::run_demo(common, args),
        Some(Command::Resume(args)) => open::run_resume(common, args),
        Some(Command::Assess(args)) => assess::run_assess(common, args),
        Some(Command::Releases(args)) => releases::run_releases(common, args),
        Some(Command::Back(args)) => back::run_back(common, args),
        Some(Command::Gate(args)) => gate::run_gate(common, args),
        Some(Command::Rehearse(args)) => rehearse::run_rehearse(common, args),
        Some(Command::Queries(args)) => queries::run_queries(common, args),
        Some(Command::Deployed(args)) => deployed::run_deployed(common, args),
        Some(Command::Contract(args)) => contract::run_contract(args),
        Some(Command::Init(args)) => init::run_init(common, args),
        Some(Command::Explain(args)) => explain::run_explain(args),
        Some(Command::Guide(args)) => guide::run_guide(args),
        Some(Command::Backtest(args)) => backtest::run_backtest(common, args),
        Some(Command::Checklist(args)) => checklist::run_checklist(common, args),
        Some(Command::Sessions(args)) => sessions::run_sessions(args),
        Some(Command::Step(args)) => step::run_step(common, args),
        Some(Command::Close(args)) => sessions::run_close(common, args),
        Some(Command::Verify(args)) => sessions::run_verify(args),
        Some(Command::Report(args)) => report::run_report(common, args),
        Some(Command::Replay(args)) => open::run_replay_screens(common, args),
        Some(Command::Doctor) => doctor::run_doctor(common),
        Some(Command::Completions(args)) => {
            let mut out = Vec::new();
            clap_complete::generate(args.shell, &mut Cli::command(), "backout", &mut out);
            print_output(&String::from_utf8_lossy(&out))
        }
        Some(Command::Man) => {
            let mut out = Vec::new();
            clap_mangen::Man::new(Cli::command()).render(&mut out)?;
            print_output(&String::from_utf8_lossy(&out))
        }
    }
}

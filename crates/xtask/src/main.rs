//! Tasks of the workspace that are no part of the program: `cargo xtask docs`, `cargo xtask measure`,
//! `cargo xtask new`.

mod docs;
mod measure;
mod module_graph;
mod reference;
mod stub;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask docs            write the generated pages of docs/src/reference
cargo xtask docs --check    say which of them are older than the program, and fail then
            --binary FILE   the program to ask (default: it is built, target/debug/backout)
cargo xtask measure         print width, names, comments, circles, lengths of the code
cargo xtask new KIND NAME   a file to begin with: check, migration-tool, state-file, \
contract-format";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let root = workspace_root();
    let outcome = match arguments.first().map(String::as_str) {
        Some("docs") => docs::write_docs(&root, &arguments[1..]),
        Some("measure") => measure::measure_code(&root),
        Some("new") => stub::write_stub(&root, &arguments[1..]),
        _ => Err(USAGE.to_owned()),
    };
    match outcome {
        Ok(text) => {
            print!("{text}");
            ExitCode::SUCCESS
        }
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

/// The folder that holds the workspace: two above this package.
fn workspace_root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_owned()
}

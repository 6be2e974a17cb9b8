//! `cargo xtask docs`: writes the generated pages, or checks that they are as the program says.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::reference;

/// Writes the pages, or with `--check` names those that differ and fails.
pub fn write_docs(root: &Path, arguments: &[String]) -> Result<String, String> {
    let check = arguments.iter().any(|argument| argument == "--check");
    let binary = arguments
        .iter()
        .position(|argument| argument == "--binary")
        .and_then(|at| arguments.get(at + 1))
        .map(PathBuf::from);
    let binary = match binary {
        Some(binary) => binary,
        None => build_program(root)?,
    };
    let ask = |words: &[&str]| ask_program(&binary, words);
    let pages = reference::write_pages(root, &ask)?;
    let mut changed = Vec::new();
    for (name, text) in pages {
        let path = root.join(&name);
        // a checkout may have turned the ends of lines
        let kept = std::fs::read_to_string(&path)
            .unwrap_or_default()
            .replace("\r\n", "\n");
        if kept == text {
            continue;
        }
        if !check {
            if let Some(folder) = path.parent() {
                std::fs::create_dir_all(folder).map_err(|error| format!("{name}: {error}"))?;
            }
            std::fs::write(&path, text).map_err(|error| format!("{name}: {error}"))?;
        }
        changed.push(name);
    }
    match (check, changed.is_empty()) {
        (_, true) => Ok("the generated pages are as the program says\n".to_owned()),
        (true, false) => Err(format!(
            "older than the program; write them anew with `cargo xtask docs`:\n  {}",
            changed.join("\n  ")
        )),
        (false, false) => Ok(format!("written:\n  {}\n", changed.join("\n  "))),
    }
}

/// Builds the program, so that pages are never written from one that was built before a change.
fn build_program(root: &Path) -> Result<PathBuf, String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let built = Command::new(cargo)
        .args([
            "build",
            "--quiet",
            "--package",
            "backout",
            "--bin",
            "backout",
        ])
        .current_dir(root)
        .status()
        .map_err(|error| format!("cargo build: {error}"))?;
    if built.success() {
        Ok(root.join("target/debug/backout"))
    } else {
        Err("the program could not be built, so no page was written".to_owned())
    }
}

/// What the program prints for these arguments.
fn ask_program(binary: &Path, words: &[&str]) -> Result<String, String> {
    let output = Command::new(binary)
        .args(words)
        .env_remove("COLUMNS")
        .env_remove("BACKOUT_TRUST_CHECKLIST")
        .output()
        .map_err(|error| format!("{}: {error}; build the program first", binary.display()))?;
    if !output.status.success() {
        return Err(format!(
            "`backout {}` failed: {}",
            words.join(" "),
            String::from_utf8_lossy(&output.stderr)
        ));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

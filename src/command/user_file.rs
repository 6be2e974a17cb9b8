//! Files that the user names, and what the linter says of them.

use std::io::Read as _;
use std::path::Path;

use anyhow::{Context as _, Result, anyhow, bail};

use super::output::make_usage_error;
use crate::checklist::Lint;

/// Largest file of answers or checklist that is read, in bytes.
const FILE_LIMIT: u64 = 1024 * 1024;

/// A file of the user's as text, bounded.
///
/// # Errors
/// One sentence with the file's name.
pub fn read_user_file(file: &Path) -> Result<String> {
    let open = plain_file::open_plain_file(file)
        .with_context(|| format!("{} cannot be opened", file.display()))
        .map_err(make_usage_error)?;
    let mut bytes = Vec::new();
    open.take(FILE_LIMIT + 1)
        .read_to_end(&mut bytes)
        .with_context(|| format!("{} cannot be read", file.display()))?;
    if bytes.len() as u64 > FILE_LIMIT {
        bail!(
            "{} has more than the {FILE_LIMIT} bytes that are read",
            file.display()
        );
    }
    crate::model::decode_text(&bytes)
        .ok_or_else(|| anyhow!("{} is not a text file", file.display()))
}

/// Remarks of the linter, one a line.
pub fn lint_lines(lints: &[Lint]) -> String {
    let line = |lint: &Lint| {
        let hint = lint
            .suggestion
            .as_ref()
            .map(|text| format!("; write {text}"))
            .unwrap_or_default();
        crate::model::escape_invisible(&format!(
            "{}:{}:{}: {}: {}{hint}",
            lint.file,
            lint.line,
            lint.column,
            if lint.error { "error" } else { "remark" },
            lint.says
        ))
        .into_owned()
    };
    lints.iter().map(line).collect::<Vec<_>>().join("\n")
}

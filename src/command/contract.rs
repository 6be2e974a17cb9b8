//! `backout contract`: two files or folders of contracts against each other, without git.

use std::collections::HashMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex};

use anyhow::{Result, bail};

use super::cli::{ContractArgs, OutputFormat};
use crate::check::ContractOutcome;
use crate::check::contract::{
    ContractSummary, can_be_contract, compare_files, summarise_contracts,
};
use crate::model::{
    Affects, Grade, Hit, READ_LIMIT, ReadError, Snapshot, TreeEntry, escape_invisible,
};

/// Most files taken from a folder.
const MAX_FILES: usize = 50_000;
/// Largest file kept in memory once it was read, in bytes.
const KEPT: u64 = 1024 * 1024;
/// Deepest folder looked into.
const MAX_DEPTH: usize = 40;

/// Runs it.
pub fn run_contract(args: &ContractArgs) -> Result<ExitCode> {
    let (old, new) = (Folder::open(&args.old)?, Folder::open(&args.new)?);
    for (given, folder) in [(&args.old, &old), (&args.new, &new)] {
        let none = given.is_file()
            && folder
                .entries
                .first()
                .is_some_and(|entry| !can_be_contract(folder, &entry.path));
        if none {
            bail!("{}", no_contract(given));
        }
    }
    let outcome = compare_files(&old, &new);
    if args.old.is_file()
        && args.new.is_file()
        && outcome.contracts.is_empty()
        && outcome.unchecked.is_empty()
    {
        bail!("{}", no_contract(&args.new));
    }
    let told = summarise_contracts(&outcome, "the old contract");
    super::print_output(&match args.format {
        OutputFormat::Json => write_contract_json(&outcome, &told)?,
        OutputFormat::Text => write_contract_text(&outcome, &told),
        OutputFormat::Markdown => write_contract_markdown(&outcome, &told),
    })
}

fn no_contract(path: &Path) -> String {
    format!(
        "{} is no contract that is known here: name OpenAPI, Swagger, AsyncAPI, protobuf, GraphQL, \
            Avro, JSON Schema, Pact or TypeScript declaration files",
        escape_invisible(&path.display().to_string())
    )
}

/// Files on disk. References may reach every file below the folder, and none above it.
struct Folder {
    root: PathBuf,
    entries: Vec<TreeEntry>,
    read: Mutex<HashMap<String, Arc<[u8]>>>,
}

impl Folder {
    fn open(path: &Path) -> Result<Self> {
        let Ok(whole) = path.canonicalize() else {
            bail!(
                "{} is not there",
                escape_invisible(&path.display().to_string())
            )
        };
        let mut entries = Vec::new();
        let root = if whole.is_dir() {
            collect_folder_files(&whole, "", 0, &mut entries)?;
            whole
        } else {
            if let Some(says) = whole
                .metadata()
                .ok()
                .and_then(|about| plain_file::explain_not_plain_file(&about))
            {
                bail!(
                    "{} cannot be read: {says}",
                    escape_invisible(&path.display().to_string())
                );
            }
            let name = whole
                .file_name()
                .map(|name| name.to_string_lossy().into_owned())
                .unwrap_or_default();
            entries.push(TreeEntry {
                path: name,
                id: String::new(),
                mode: 0o100_644,
            });
            whole.parent().map(Path::to_path_buf).unwrap_or(whole)
        };
        entries.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(Self {
            root,
            entries,
            read: Mutex::default(),
        })
    }
}

fn collect_folder_files(
    folder: &Path,
    prefix: &str,
    depth: usize,
    into: &mut Vec<TreeEntry>,
) -> Result<()> {
    if depth > MAX_DEPTH {
        return Ok(());
    }
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if prefix.is_empty() {
            name.clone()
        } else {
            format!("{prefix}/{name}")
        };
        // links are not followed: they may lead out of the folder or in circles
        let kind = entry.file_type()?;
        if kind.is_dir() && name != ".git" {
            collect_folder_files(&entry.path(), &path, depth + 1, into)?;
        } else if kind.is_file() {
            if into.len() >= MAX_FILES {
                bail!("the folder holds more than {MAX_FILES} files; name a smaller one");
            }
            into.push(TreeEntry {
                path,
                id: String::new(),
                mode: 0o100_644,
            });
        }
    }
    Ok(())
}

impl Snapshot for Folder {
    fn list(&self) -> &[TreeEntry] {
        &self.entries
    }

    fn read(&self, path: &str) -> Result<Arc<[u8]>, ReadError> {
        if let Some(known) = self
            .read
            .lock()
            .ok()
            .and_then(|read| read.get(path).cloned())
        {
            return Ok(known);
        }
        let not_found = || ReadError::NotFound(path.to_owned());
        let other = |why: String| ReadError::Other {
            path: path.to_owned(),
            why,
        };
        let whole = self
            .root
            .join(path)
            .canonicalize()
            .map_err(|_| not_found())?;
        if !whole.starts_with(&self.root) || !whole.is_file() {
            return Err(not_found());
        }
        let size = whole
            .metadata()
            .map_err(|error| other(error.to_string()))?
            .len();
        if size > READ_LIMIT {
            return Err(ReadError::TooLarge {
                path: path.to_owned(),
                size,
                limit: READ_LIMIT,
            });
        }
        let bytes: Arc<[u8]> = plain_file::read_plain_file(&whole, READ_LIMIT)
            .map_err(|error| other(error.to_string()))?
            .into();
        // a large file is read again rather than kept
        if size <= KEPT
            && let Ok(mut read) = self.read.lock()
        {
            read.insert(path.to_owned(), Arc::clone(&bytes));
        }
        Ok(bytes)
    }

    fn search_many(
        &self,
        _: &[String],
        _: bool,
        _: usize,
        _: &(dyn Fn(&str) -> bool + Sync),
    ) -> (Vec<Hit>, Vec<ReadError>) {
        // dependents are searched, contracts are not
        (Vec::new(), Vec::new())
    }
}

fn write_grade_word(grade: Grade) -> &'static str {
    match grade {
        Grade::Compatible => "compatible",
        Grade::Doubt => "doubt",
        Grade::Breaking => "breaking",
    }
}

/// The worst grade on the way forward, and how many changes have it.
fn find_worst_forward_grade(outcome: &ContractOutcome) -> (Grade, usize) {
    let grades = || {
        outcome
            .contracts
            .iter()
            .flat_map(|contract| &contract.changes)
            // what only generated code sees, nobody notices who runs already
            .filter(|change| change.affects != [Affects::GeneratedCode])
            .map(|change| change.on_deploy)
    };
    let worst = grades().max().unwrap_or(Grade::Compatible);
    (worst, grades().filter(|grade| *grade == worst).count())
}

fn write_contract_json(outcome: &ContractOutcome, told: &ContractSummary) -> Result<String> {
    let (worst, _) = find_worst_forward_grade(outcome);
    let whole = serde_json::json!({
        "schema": "backout.contract/1",
        "tool": concat!("backout ", env!("CARGO_PKG_VERSION")),
        "on_deploy": write_grade_word(worst),
        "on_rollback": told.way_back.word(),
        "stored": told.stored.word(),
        "contracts": outcome.contracts,
        "findings": outcome.findings,
        "unchecked": outcome.unchecked,
    });
    Ok(format!("{}\n", serde_json::to_string_pretty(&whole)?))
}

fn write_contract_text(outcome: &ContractOutcome, told: &ContractSummary) -> String {
    let mut out = String::new();
    let (worst, count) = find_worst_forward_grade(outcome);
    let says = match (worst, count) {
        (Grade::Compatible, _) => "callers of the old contract notice nothing".to_owned(),
        (_, 1) => "1 change for callers of the old contract".to_owned(),
        (_, count) => format!("{count} changes for callers of the old contract"),
    };
    let _ = writeln!(out, "forward   {:10}  {says}", write_grade_word(worst));
    let _ = writeln!(
        out,
        "way back  {:10}  {}",
        told.way_back.word(),
        told.way_back.source
    );
    let _ = writeln!(
        out,
        "stored    {:10}  {}",
        told.stored.word(),
        told.stored.source
    );
    for contract in &outcome.contracts {
        let _ = writeln!(out, "\n{}", escape_invisible(&contract.path));
        if contract.changes.is_empty() {
            let _ = writeln!(out, "  nothing changed in its meaning");
            continue;
        }
        let _ = writeln!(
            out,
            "  {:10}  {:10}  {:10}",
            "forward", "way back", "stored"
        );
        for change in &contract.changes {
            let line = change
                .line
                .map(|line| format!(":{line}"))
                .unwrap_or_default();
            let _ = writeln!(
                out,
                "  {:10}  {:10}  {:10}  {}  ({}{line})",
                write_grade_word(change.on_deploy),
                write_grade_word(change.on_rollback),
                write_grade_word(change.stored),
                change.says,
                change.check
            );
        }
    }
    for entry in &outcome.unchecked {
        let _ = writeln!(out, "\nnot checked: {}: {}", entry.what, entry.why);
    }
    out
}

fn write_contract_markdown(outcome: &ContractOutcome, told: &ContractSummary) -> String {
    let cell = |text: &str| {
        escape_invisible(text)
            .replace('|', "\\|")
            .replace('<', "&lt;")
            .replace('`', "'")
            .replace('@', "@\u{200b}")
    };
    let mut out = format!(
        "**Forward:** {}\n\n**Way back:** {} – {}\n\n**Stored data:** {} – {}\n",
        write_grade_word(find_worst_forward_grade(outcome).0),
        told.way_back.word(),
        cell(&told.way_back.source),
        told.stored.word(),
        cell(&told.stored.source)
    );
    for contract in &outcome.contracts {
        let _ = write!(out, "\n### {}\n\n", cell(&contract.path));
        if contract.changes.is_empty() {
            out.push_str("Nothing changed in its meaning.\n");
            continue;
        }
        out.push_str("| forward | way back | stored | what |\n| --- | --- | --- | --- |\n");
        for change in &contract.changes {
            let _ = writeln!(
                out,
                "| {} | {} | {} | {} |",
                write_grade_word(change.on_deploy),
                write_grade_word(change.on_rollback),
                write_grade_word(change.stored),
                cell(&change.says)
            );
        }
    }
    if !outcome.unchecked.is_empty() {
        out.push_str("\n### Not checked\n\n");
        for entry in &outcome.unchecked {
            let _ = writeln!(
                out,
                "- {}: {}",
                cell(&entry.what.shown()),
                cell(&entry.why.shown())
            );
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "openapi: 3.0.0\npaths:\n  /a: {get: {responses: {'200': {content: \
        {application/json: {schema: {$ref: 'parts/a.yaml'}}}}}}}\n";

    #[test]
    fn two_files_of_different_names_are_compared_with_what_they_refer_to() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, text).unwrap();
            path
        };
        write("old/parts/a.yaml", "{type: string}\n");
        write("new/parts/a.yaml", "{type: integer}\n");
        let (old, new) = (write("old/one.yaml", OLD), write("new/two.yaml", OLD));
        let outcome = compare_files(&Folder::open(&old).unwrap(), &Folder::open(&new).unwrap());
        assert_eq!(
            outcome.contracts[0].changes[0].check,
            "contract/response-type-changed"
        );
        let told = summarise_contracts(&outcome, "the old contract");
        let parsed: serde_json::Value =
            serde_json::from_str(&write_contract_json(&outcome, &told).unwrap()).unwrap();
        assert_eq!(parsed["on_rollback"], "breaking");
        assert!(
            write_contract_text(&outcome, &told).contains("breaking")
                && write_contract_markdown(&outcome, &told).contains("| breaking |")
        );
        let same = compare_files(
            &Folder::open(&folder.path().join("old")).unwrap(),
            &Folder::open(&folder.path().join("old")).unwrap(),
        );
        assert!(same.contracts.is_empty());
    }

    #[test]
    fn what_is_no_contract_is_said_so() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            std::fs::write(folder.path().join(name), text).unwrap();
            folder.path().join(name)
        };
        let args = |old, new| ContractArgs {
            old,
            new,
            format: OutputFormat::Json,
        };
        let error = run_contract(&args(write("a.txt", "hello"), write("b.txt", "world")))
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("a.txt is no contract that is known"),
            "{error}"
        );
        // beside a real one it would read as a contract that changed nothing
        for (old, new) in [("a.txt", "api.yaml"), ("api.yaml", "a.txt")] {
            write("api.yaml", OLD);
            let error = run_contract(&args(folder.path().join(old), folder.path().join(new)))
                .unwrap_err()
                .to_string();
            assert!(
                error.contains("a.txt is no contract that is known"),
                "{error}"
            );
        }
        let (old, new) = (
            write("old.sdl", "type Query { a: Int b: Int }"),
            write("new.sdl", "type Query { a: Int }"),
        );
        let outcome = compare_files(&Folder::open(&old).unwrap(), &Folder::open(&new).unwrap());
        assert_eq!(find_worst_forward_grade(&outcome), (Grade::Breaking, 1));
    }

    #[test]
    fn references_do_not_leave_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("in")).unwrap();
        std::fs::write(folder.path().join("secret.yaml"), "type: string\n").unwrap();
        std::fs::write(
            folder.path().join("in/api.yaml"),
            OLD.replace("parts/a.yaml", "link.yaml"),
        )
        .unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink(
            folder.path().join("secret.yaml"),
            folder.path().join("in/link.yaml"),
        )
        .unwrap();
        let tree = Folder::open(&folder.path().join("in")).unwrap();
        assert!(matches!(
            tree.read("link.yaml"),
            Err(ReadError::NotFound(_))
        ));
        assert!(matches!(
            tree.read("../secret.yaml"),
            Err(ReadError::NotFound(_))
        ));
        assert!(Folder::open(&folder.path().join("gone")).is_err());
    }
}

//! The house: who may import whom, how long a file may be, and that no check is switched off
//! without a reason.

use std::path::{Path, PathBuf};

/// Rooms of the program and what each may import of the others. What stands in crates of its own is
/// held by their manifests.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("check", &[]),
    ("assess", &["check"]),
    ("report", &[]),
    ("tui", &["report"]),
    ("app", &["tui", "assess", "report"]),
    ("command", &["app", "assess", "check", "report", "tui"]),
];

/// Crates and the crates of this house that each may stand on.
const STANDS_ON: &[(&str, &[&str])] = &[
    ("plain-file", &[]),
    ("span-tree", &[]),
    ("text-scan", &[]),
    ("model", &[]),
    ("repository", &["model", "plain-file"]),
    ("coverage", &["model", "span-tree", "text-scan"]),
    ("schema", &["coverage", "model", "span-tree", "text-scan"]),
    ("contract", &["coverage", "model", "span-tree", "text-scan"]),
    (
        "surroundings",
        &["coverage", "model", "span-tree", "text-scan"],
    ),
    ("deployment", &["model", "plain-file", "span-tree"]),
    ("decision", &["model", "span-tree"]),
    ("rehearsal", &["model"]),
    ("session", &["decision", "model", "plain-file"]),
];

/// Hand-written files stay below this many lines; functions, names of types and circles are held by
/// `cargo xtask measure` and its test.
const LONGEST: usize = 600;

fn sources(folder: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for path in entries.filter_map(|entry| entry.ok().map(|entry| entry.path())) {
        if path.is_dir() {
            sources(&path, files);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push(path);
        }
    }
}

fn all() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for folder in ["src", "crates", "tests", "benches"] {
        sources(&root.join(folder), &mut files);
    }
    assert!(
        files.len() > 20,
        "the sources are not where this test looks for them"
    );
    files
        .into_iter()
        .filter_map(|path| {
            let text = std::fs::read_to_string(&path).ok()?;
            Some((path.strip_prefix(root).unwrap_or(&path).to_owned(), text))
        })
        .collect()
}

#[test]
fn rooms_import_only_what_they_may() {
    let room = regex::Regex::new(r"\bcrate::\{?([a-z_]+)").expect("a pattern");
    let mut wrong = Vec::new();
    for (path, text) in all() {
        let mut parts = path
            .components()
            .map(|part| part.as_os_str().to_string_lossy().into_owned());
        let (Some(first), Some(here)) = (parts.next(), parts.next()) else {
            continue;
        };
        let Some((_, may)) = MAY_IMPORT
            .iter()
            .find(|(name, _)| first == "src" && *name == here)
        else {
            continue;
        };
        // tests beside the code may build what they need
        let code = text
            .split("#[cfg(test)]\nmod tests")
            .next()
            .unwrap_or_default();
        for (n, line) in code
            .lines()
            .enumerate()
            .filter(|(_, line)| !line.trim_start().starts_with("//"))
        {
            for found in room.captures_iter(line) {
                let there = &found[1];
                if there != here
                    && MAY_IMPORT.iter().any(|(name, _)| *name == there)
                    && !may.contains(&there)
                {
                    wrong.push(format!(
                        "{}:{}: {here} imports {there}",
                        path.display(),
                        n + 1
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Files of a screen or a popup by name, and what none of them may use: what stands above it.
const LOOKS_DOWN: &[(&str, &[&str])] = &[
    (
        "state",
        &[
            "tui::model",
            "::query",
            "::load",
            "action_table",
            "::update",
            "::view",
            "tui::act::",
        ],
    ),
    (
        "query",
        &["::update", "::view", "tui::act::", "tui::navigation"],
    ),
    (
        "load",
        &[
            "action_table",
            "::update",
            "::view",
            "tui::act::",
            "tui::navigation",
        ],
    ),
    ("update", &["::view", "tui::act::", "tui::frame"]),
    ("view", &["::update", "tui::act::", "tui::navigation"]),
];

#[test]
fn screens_and_popups_use_only_what_stands_below() {
    let mut wrong = Vec::new();
    let mut looked = 0;
    for (path, text) in all() {
        let folder = ["src/tui/screens", "src/tui/popup"]
            .iter()
            .find(|room| path.starts_with(room));
        let name = path.file_stem().map(|name| name.to_string_lossy());
        let above = LOOKS_DOWN
            .iter()
            .find(|(floor, _)| name.as_deref() == Some(*floor));
        let (Some(folder), Some((_, above))) = (folder, above) else {
            continue;
        };
        // what lies beside the folders serves several of them
        if path
            .parent()
            .is_none_or(|parent| parent == Path::new(folder))
        {
            continue;
        }
        looked += 1;
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        let uses = code.lines().filter(|line| line.contains("crate::tui::"));
        for line in uses {
            if let Some(found) = above.iter().find(|place| line.contains(**place)) {
                wrong.push(format!("{}: {found}: {}", path.display(), line.trim()));
            }
        }
    }
    assert!(
        looked > 30,
        "the screens are not where this test looks: {looked}"
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_decision_and_the_screens_touch_nothing_outside() {
    let outside =
        regex::Regex::new(r"\b(git2|std::fs|std::net|std::process|std::env|SystemTime::now|Instant::now|Timestamp::now|Zoned::now)\b").expect("a pattern");
    let mut wrong = Vec::new();
    for (path, text) in all() {
        let pure = [
            "crates/contract/src",
            "crates/coverage/src",
            "crates/decision/src",
            "crates/model/src",
            "crates/schema/src",
            "crates/surroundings/src",
            "src/tui",
            "src/report",
        ]
        .iter()
        .any(|room| path.starts_with(room));
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        if !pure || name == "tests.rs" || name.ends_with("_test.rs") || name.ends_with("_tests.rs")
        {
            continue;
        }
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        for (n, line) in code
            .lines()
            .enumerate()
            .filter(|(_, line)| !line.trim_start().starts_with("//"))
        {
            if let Some(found) = outside.find(line) {
                wrong.push(format!("{}:{}: {}", path.display(), n + 1, found.as_str()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn crates_stand_on_what_they_may() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates");
    let mut wrong = Vec::new();
    for (name, may) in STANDS_ON {
        let path = crates.join(name).join("Cargo.toml");
        let text = std::fs::read_to_string(&path).expect("a manifest");
        let needs = text.split("[dev-dependencies]").next().unwrap_or_default();
        let there = STANDS_ON.iter().map(|(other, _)| *other);
        let named = |other: &str| {
            let path = format!("path = \"../{other}\"");
            needs.lines().any(|line| line.contains(&path))
        };
        wrong.extend(
            there
                .filter(|other| named(other) && !may.contains(other))
                .map(|other| format!("{name} stands on {other}")),
        );
    }
    let folders = std::fs::read_dir(&crates).expect("the crates");
    let names = folders.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    wrong.extend(
        names
            .filter(|name| STANDS_ON.iter().all(|(known, _)| known != name) && name != "xtask")
            .map(|name| format!("{name} is not in this table")),
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn files_are_one_idea() {
    let long: Vec<String> = all()
        .into_iter()
        .filter(|(_, text)| text.lines().count() > LONGEST)
        .map(|(path, text)| format!("{}: {} lines", path.display(), text.lines().count()))
        .collect();
    assert!(long.is_empty(), "{}", long.join("\n"));
}

/// Functions that stand behind an attribute, further attributes and words of documentation between
/// them left out.
fn functions_behind(attribute: &str, text: &str) -> Vec<String> {
    let between =
        r"\s*(?:(?:#\[[^\n]*|//[^\n]*)\s*)*(?:pub(?:\([a-z: ]+\))? )?(?:unsafe )?fn (\w+)";
    let pattern = format!("{}{between}", regex::escape(attribute));
    let pattern = regex::Regex::new(&pattern).expect("a pattern");
    let found = pattern.captures_iter(text);
    found.map(|found| found[1].to_owned()).collect()
}

/// What other systems get is not compiled here: a name that is changed in one of two twins alone
/// would be seen only there.
#[test]
fn what_other_systems_get_is_named_as_what_this_one_gets() {
    let mut alone = Vec::new();
    let mut seen = 0;
    for (path, text) in all() {
        let here = functions_behind("#[cfg(unix)]", &text);
        for name in functions_behind("#[cfg(not(unix))]", &text) {
            seen += 1;
            if !here.contains(&name) {
                alone.push(format!("{}: {name}", path.display()));
            }
        }
    }
    assert!(seen > 3, "the twins are not where this test looks for them");
    assert!(alone.is_empty(), "{}", alone.join("\n"));
}

#[test]
fn a_check_is_switched_off_only_with_a_reason() {
    let mut bare = Vec::new();
    for (path, text) in all() {
        if path.ends_with("house.rs") {
            continue;
        }
        let lines: Vec<&str> = text.lines().collect();
        for (n, line) in lines.iter().enumerate() {
            let line = line.trim_start();
            let off = line.starts_with("#[allow(")
                || line.starts_with("#![allow(")
                || line.starts_with("#[ignore");
            // an attribute may stand on several lines
            let whole: String = lines[n..]
                .iter()
                .scan(false, |ended, part| {
                    let go_on = !*ended;
                    *ended = part.contains(']');
                    go_on.then_some(*part)
                })
                .collect();
            let reasoned = whole.contains("reason")
                || line.contains("//")
                || n > 0 && lines[n - 1].trim_start().starts_with("//");
            if off && !reasoned {
                bare.push(format!("{}:{}: {line}", path.display(), n + 1));
            }
        }
    }
    assert!(bare.is_empty(), "{}", bare.join("\n"));
}

/// The code of a file that is no test: what stands before its tests.
fn product_code(path: &Path, text: &str) -> Option<String> {
    let name = path.file_name()?.to_string_lossy();
    let part = |wanted: &str| path.components().any(|part| part.as_os_str() == wanted);
    let tests = name == "tests.rs" || name.ends_with("_test.rs") || name.ends_with("_tests.rs");
    if !(path.starts_with("src") || path.starts_with("crates"))
        || tests
        || ["tests", "xtask", "sample"]
            .iter()
            .any(|folder| part(folder))
        || name == "sample.rs"
    {
        return None;
    }
    let code = text.split("#[cfg(test)]\nmod tests").next()?;
    let lines = code.lines().map(|line| {
        if line.trim_start().starts_with("//") {
            ""
        } else {
            line
        }
    });
    Some(lines.collect::<Vec<_>>().join("\n"))
}

/// Places of a pattern in the product, but for the files that declare what it looks for.
fn found_in_product(pattern: &str, declared: &[&str]) -> Vec<String> {
    let pattern = regex::Regex::new(pattern).expect("a pattern");
    let mut wrong = Vec::new();
    for (path, text) in all() {
        if declared.iter().any(|file| path.ends_with(file)) {
            continue;
        }
        let Some(code) = product_code(&path, &text) else {
            continue;
        };
        for found in pattern.find_iter(&code) {
            let line = code[..found.start()].lines().count().max(1);
            wrong.push(format!("{}:{line}: {}", path.display(), found.as_str()));
        }
    }
    wrong
}

#[test]
fn a_fact_is_named_by_its_constant() {
    let keys: Vec<String> = backout::model::fact_key::ALL
        .iter()
        .map(|key| regex::escape(key))
        .collect();
    assert!(keys.len() > 50);
    let wrong = found_in_product(
        &format!("\"({})\"", keys.join("|")),
        &["crates/model/src/fact_key.rs"],
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_check_and_no_rule_is_known_by_its_text() {
    let domains = backout::check::list_checks()
        .iter()
        .filter_map(|check| check.doc.id.split_once('/'))
        .map(|(domain, _)| domain)
        .collect::<std::collections::BTreeSet<_>>();
    assert!(domains.len() > 5);
    let domains: Vec<&str> = domains.into_iter().collect();
    let check = format!("\"({})/[a-z-]+\"", domains.join("|"));
    let compared = [
        // held against a literal, in an arm of a match, among several
        format!("(?:==|!=)\\s*{check}"),
        format!("{check}\\s*(?:==|!=|=>|\\|)"),
        format!("(?:contains|matches!|starts_with)\\(&?{check}"),
        "\"B[0-9]{1,2}\"".to_owned(),
    ];
    let wrong: Vec<String> = compared
        .iter()
        .flat_map(|pattern| found_in_product(pattern, &[]))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn checks_that_other_rooms_name_are_in_the_registry() {
    let checks = backout::check::list_checks();
    for named in backout::model::CheckId::NAMED {
        assert!(checks.iter().any(|check| named == check.doc.id), "{named}");
    }
}

/// The package in which a check is declared: that of its domain, except where what it reads is
/// another room's (statements in the files of a deployment).
fn find_declaring_package(id: &str, domain: backout::model::Domain) -> &'static str {
    use backout::model::Domain;
    match domain {
        _ if id == "database/statement-in-deployment" => "surroundings",
        Domain::Database => "schema",
        Domain::Contract => "contract",
        Domain::StoredForm
        | Domain::Config
        | Domain::Infrastructure
        | Domain::Dependency
        | Domain::Security => "surroundings",
        Domain::Process | Domain::Deployment | Domain::History => "deployment",
    }
}

#[test]
fn every_check_is_declared_once_whole_and_in_the_room_of_its_domain() {
    use backout::model::CheckCases;
    let mut wrong = Vec::new();
    let mut seen = std::collections::BTreeSet::new();
    for check in backout::check::list_checks() {
        let id = check.doc.id;
        wrong.extend(check.list_missing_parts());
        if !seen.insert(id) {
            wrong.push(format!("{id} is declared twice"));
        }
        let package = find_declaring_package(id, check.doc.domain);
        if check.place.split("::").next() != Some(package) {
            wrong.push(format!("{id} of {package} is declared in {}", check.place));
        }
        let file = match check.cases {
            CheckCases::Beside(_) => continue,
            CheckCases::InFile(file) => format!("tests/fixtures/{file}"),
            CheckCases::InTest(file) => file.to_owned(),
        };
        if !std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join(&file)
            .is_file()
        {
            wrong.push(format!("{id}: its cases are said to be in {file}"));
        }
    }
    assert!(seen.len() > 300, "only {} checks", seen.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Places outside the model that still make text visible by hand, because it is not yet
/// [`backout::model::Untrusted`] or is no field: what a person typed, what git answered. The number
/// only falls.
const MADE_VISIBLE_BY_HAND: usize = 441;

#[test]
fn text_from_outside_is_made_visible_by_its_type() {
    let by_hand = found_in_product(
        r"\b(?:escape_invisible|visible_lines)\(|\((?:\w+::)*(?:escape_invisible|visible_lines)\)",
        &["crates/model/src/text.rs", "crates/model/src/untrusted.rs"],
    );
    assert!(
        by_hand.len() <= MADE_VISIBLE_BY_HAND,
        "{} places, at most {MADE_VISIBLE_BY_HAND}: make the field Untrusted instead\n{}",
        by_hand.len(),
        by_hand.join("\n")
    );
}

#[test]
fn what_draws_never_asks_for_raw_text() {
    let draws = |place: &String| {
        ["src/tui/draw/", "/view.rs", "_view.rs", "src/report/"]
            .iter()
            .any(|room| place.contains(room))
    };
    let raw: Vec<String> = found_in_product(r"\.(?:as_raw|into_raw)\(", RAW_IN_REPORTS)
        .into_iter()
        .filter(draws)
        .collect();
    assert!(raw.is_empty(), "{}", raw.join("\n"));
}

/// Files of the reports that hand text on to what makes it visible (the wording of facts), or that
/// look for names of people in it.
const RAW_IN_REPORTS: &[&str] = &[
    "src/report/person_names.rs",
    "src/report/subject.rs",
    "src/report/words.rs",
    "src/report/markdown/verdict.rs",
];

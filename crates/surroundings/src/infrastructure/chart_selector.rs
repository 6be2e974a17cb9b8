//! Selectors of a chart's templates that hold the chart's own version, or whose labels changed.

use std::collections::BTreeMap;

use crate::check::{SurroundingsInput, WithEvidence, build_check_finding};
use coverage::place::{FileRole, classify_path_place};
use model::{CheckDoc, Confidence, Evidence, Finding, Severity, Snapshot};

// a chart with more is not looked at whole
/// Most templates of one chart.
const TEMPLATES: usize = 500;

/// One finding a chart that changed.
pub(super) fn find_selector_changes(look: &SurroundingsInput<'_>, doc: &CheckDoc) -> Vec<Finding> {
    let mut charts: Vec<&str> = look
        .range
        .changes
        .iter()
        .filter(|change| classify_path_place(&change.path) == FileRole::Live)
        .filter_map(|change| chart_of(look, &change.path))
        .collect();
    charts.sort_unstable();
    charts.dedup();
    charts
        .into_iter()
        .take(100)
        .filter_map(|chart| check_chart_selector(look, doc, chart))
        .collect()
}

/// Folder of the chart that a file belongs to.
fn chart_of<'p>(look: &SurroundingsInput<'_>, path: &'p str) -> Option<&'p str> {
    let mut folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    // a chart lies a few folders above its templates
    for _ in 0..8 {
        let file = if folder.is_empty() {
            "Chart.yaml".to_owned()
        } else {
            format!("{folder}/Chart.yaml")
        };
        // only a chart that both releases have can be upgraded and rolled back
        if look.range.current.has(&file) && look.range.previous.has(&file) {
            return Some(folder);
        }
        folder = folder.rsplit_once('/')?.0;
    }
    None
}

/// Text and line of what stands below `matchLabels:` of every template, helpers seen through.
struct Selector {
    path: String,
    line: usize,
    labels: String,
    /// Where a version stands in it.
    version: Option<(String, usize)>,
}

fn check_chart_selector(
    look: &SurroundingsInput<'_>,
    doc: &CheckDoc,
    chart: &str,
) -> Option<Finding> {
    let new = list_chart_selectors(look.range.current, chart);
    let old = list_chart_selectors(look.range.previous, chart);
    let (previous, current) = (look.range.previous_version, look.range.current_version);
    // the version of the chart moves only where its own file changed
    let version_moves = look.range.changes.iter().any(|change| {
        change.path == format!("{chart}/Chart.yaml")
            || chart.is_empty() && change.path == "Chart.yaml"
    });
    for selector in &new {
        let Some(before) = old.iter().find(|before| before.path == selector.path) else {
            continue;
        };
        let place = Evidence::at(selector.path.as_str(), selector.line).with_excerpt("matchLabels");
        if let Some((path, line)) = selector.version.as_ref().filter(|_| version_moves) {
            // a selector with the version is refused at each upgrade, so it is told first
            let says = format!(
                "The selector of {}:{} holds the version of its own chart ({path}:{line}), which differs between {previous} and {current}; a selector is immutable",
                selector.path, selector.line
            );
            return Some(
                build_check_finding(doc, Severity::Warns, Confidence::Likely, chart, says)
                    .at([place, Evidence::at(path.as_str(), *line)]),
            );
        }
        // a field of an object that is read as such is told there
        if before.labels != selector.labels
            // plain labels are compared as a field of the object
            && (selector.labels.contains("{{") || before.labels.contains("{{"))
        {
            let says = format!(
                "The labels that the selector of {}:{} takes are other ones in {current}; a selector is immutable",
                selector.path, selector.line
            );
            return Some(
                build_check_finding(doc, Severity::Warns, Confidence::Likely, chart, says)
                    .at([place]),
            );
        }
    }
    None
}

fn list_chart_selectors(tree: &dyn Snapshot, chart: &str) -> Vec<Selector> {
    let below = if chart.is_empty() {
        "templates/".to_owned()
    } else {
        format!("{chart}/templates/")
    };
    let files: Vec<(String, String)> = tree
        .list()
        .iter()
        .filter(|entry| entry.path.starts_with(&below))
        .take(TEMPLATES)
        .filter_map(|entry| {
            tree.read_text(&entry.path)
                .ok()
                // a template of that length is generated
                .filter(|text| text.len() < 500_000)
                .map(|text| (entry.path.clone(), text))
        })
        .collect();
    let mut helpers: BTreeMap<String, (String, usize, Vec<String>)> = BTreeMap::new();
    for (path, text) in &files {
        let mut open: Option<(String, usize, Vec<String>)> = None;
        for (index, line) in text.lines().enumerate() {
            if let Some(name) = line
                .split_once("define \"")
                .and_then(|(_, rest)| rest.split('"').next())
            {
                open = Some((name.to_owned(), index + 1, Vec::new()));
            } else if line.contains("end }}") || line.contains("end -}}") {
                if let Some((name, from, lines)) = open.take() {
                    helpers.insert(name, (path.clone(), from, lines));
                }
            } else if let Some((_, _, lines)) = &mut open
                && lines.len() < 200
            {
                lines.push(line.to_owned());
            }
        }
    }
    let mut found = Vec::new();
    for (path, text) in files
        .iter()
        .filter(|(path, _)| path.ends_with(".yaml") || path.ends_with(".yml"))
    {
        let lines: Vec<&str> = text.lines().collect();
        if let Some((index, line)) = lines
            .iter()
            .enumerate()
            .find(|(_, line)| line.trim_start().starts_with("matchLabels:"))
        {
            let indent = |line: &str| line.len() - line.trim_start().len();
            let block: Vec<(usize, &str)> = lines
                .iter()
                .enumerate()
                .skip(index + 1)
                .take(40)
                .take_while(|(_, other)| {
                    other.trim().is_empty()
                        || indent(other) > indent(line)
                        // a line of a template's own may stand at the margin and still belong to
                        // the block
                        || other.trim_start().starts_with("{{")
                })
                .map(|(at, line)| (at + 1, *line))
                .collect();
            let mut selector = Selector {
                path: path.clone(),
                line: index + 1,
                labels: String::new(),
                version: None,
            };
            for (at, line) in block.iter().chain([(index + 1, *line)].iter()) {
                expand_label_helpers(path, *at, line, &helpers, 0, &mut selector);
            }
            found.push(selector);
        }
    }
    found
}

/// A line of labels, and what the helpers that it includes say.
fn expand_label_helpers(
    path: &str,
    line: usize,
    text: &str,
    helpers: &BTreeMap<String, (String, usize, Vec<String>)>,
    depth: usize,
    into: &mut Selector,
) {
    // each include may hold several more, so the text grows and not only the depth
    // helpers that include each other many times end here
    if into.labels.len() >= 20_000 {
        return;
    }
    into.labels.push_str(text.trim());
    into.labels.push('\n');
    if into.version.is_none()
        && [
            ".Chart.Version",
            ".Chart.AppVersion",
            "helm.sh/chart:",
            "app.kubernetes.io/version:",
        ]
        .iter()
        .any(|word| text.contains(word))
    {
        into.version = Some((path.to_owned(), line));
    }
    let name = ["include \"", "template \""]
        .iter()
        .find_map(|word| text.split_once(word)?.1.split('"').next());
    if let Some((helper, from, lines)) = name
        .and_then(|name| helpers.get(name))
        // a helper that includes itself
        .filter(|_| depth < 5)
    {
        for (offset, line) in lines.iter().enumerate() {
            expand_label_helpers(helper, from + 1 + offset, line, helpers, depth + 1, into);
        }
    }
}

//! `cargo xtask measure`: how the code reads to a stranger, as figures.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};

use syn::spanned::Spanned;
use syn::visit::{self, Visit};

use crate::module_graph::{self, LeftOut, ModulePath, find_circles, is_for_tests};

/// Lines wider than this do not fit two panes, a review or a small screen.
const WIDTH: usize = 100;

/// What is counted in the whole tree.
#[derive(Default)]
struct Figures {
    files: usize,
    lines: usize,
    wide: usize,
    comments: usize,
    functions: BTreeMap<String, usize>,
    types: BTreeMap<String, usize>,
    public: usize,
    longest_file: (usize, String),
    longest_function: (usize, String),
    long_functions: Vec<String>,
}

/// Most lines of a file.
const FILE_LINES: usize = 600;

/// Most lines of a function.
const FUNCTION_LINES: usize = 100;

/// The whole tree as it was counted.
struct MeasuredTree {
    figures: Figures,
    /// Circles of files without own parents, and without all modules above.
    circles: [Vec<Vec<ModulePath>>; 2],
    /// Words and lines of the README.
    readme: (usize, usize),
}

impl MeasuredTree {
    /// What is beyond the limits that the tree holds, a line each.
    fn list_excesses(&self) -> Vec<String> {
        let figures = &self.figures;
        let mut found = Vec::new();
        if figures.longest_file.0 > FILE_LINES {
            found.push(format!(
                "{} has {} lines, more than {FILE_LINES}",
                figures.longest_file.1, figures.longest_file.0
            ));
        }
        let long = figures.long_functions.iter();
        found.extend(long.map(|name| format!("{name} has more than {FUNCTION_LINES} lines")));
        let twice = figures.types.iter().filter(|(_, count)| **count > 1);
        found.extend(twice.map(|(name, count)| format!("{count} types are called {name}")));
        let [circles, _] = &self.circles;
        let circles = circles.iter();
        found.extend(circles.map(|circle| format!("files use each other in a circle: {circle:?}")));
        found
    }
}

/// Reads every source of the workspace and prints the table.
pub fn measure_code(root: &Path) -> Result<String, String> {
    let tree = measure_tree(root)?;
    let mut out = write_table(&tree.figures, &tree.circles, tree.readme);
    for excess in tree.list_excesses() {
        let _ = writeln!(out, "\nbeyond the limits: {excess}");
    }
    Ok(out)
}

fn measure_tree(root: &Path) -> Result<MeasuredTree, String> {
    let mut figures = Figures::default();
    let mut parsed = BTreeMap::new();
    for (package, folder) in list_packages(root) {
        for path in list_sources(&folder) {
            let text = std::fs::read_to_string(&path)
                .map_err(|error| format!("{}: {error}", path.display()))?;
            let name = path
                .strip_prefix(root)
                .unwrap_or(&path)
                .display()
                .to_string();
            count_lines(&mut figures, &name, &text);
            let file = syn::parse_file(&text).map_err(|error| format!("{name}: {error}"))?;
            let for_tests = name.ends_with("tests.rs") || name.contains("/tests/");
            let mut counter = ItemCounter {
                figures: &mut figures,
                name: &name,
                for_tests,
            };
            counter.visit_file(&file);
            if !for_tests {
                parsed.insert(module_of(&package, &folder, &path), file);
            }
        }
    }
    let known: BTreeSet<ModulePath> = parsed.keys().cloned().collect();
    let uses: BTreeMap<_, _> = parsed
        .iter()
        .map(|(module, file)| {
            (
                module.clone(),
                module_graph::read_uses(file, module, &known),
            )
        })
        .collect();
    let words = std::fs::read_to_string(root.join("README.md"))
        .map(|text| (text.split_whitespace().count(), text.lines().count()))
        .unwrap_or_default();
    let circles =
        [LeftOut::Parent, LeftOut::Ancestors].map(|left_out| find_circles(&uses, left_out));
    Ok(MeasuredTree {
        figures,
        circles,
        readme: words,
    })
}

/// Packages of the workspace with their `src`: the program, and each folder under `crates`.
fn list_packages(root: &Path) -> Vec<(String, PathBuf)> {
    let mut found = vec![("backout".to_owned(), root.join("src"))];
    let mut inner: Vec<PathBuf> = std::fs::read_dir(root.join("crates"))
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .collect();
    inner.sort();
    for folder in inner {
        if let Some(name) = folder.file_name() {
            found.push((name.to_string_lossy().into_owned(), folder.join("src")));
        }
    }
    found
}

fn list_sources(folder: &Path) -> Vec<PathBuf> {
    let mut open = vec![folder.to_owned()];
    let mut files = Vec::new();
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

/// The module that a file is: `src/a/b.rs` and `src/a/b/mod.rs` are both `a::b`.
fn module_of(package: &str, folder: &Path, path: &Path) -> ModulePath {
    let inner = path.strip_prefix(folder).unwrap_or(path).with_extension("");
    let mut module = vec![package.to_owned()];
    module.extend(
        inner
            .components()
            .map(|part| part.as_os_str().to_string_lossy().into_owned())
            .filter(|part| part != "mod"),
    );
    if module.len() == 2 && module[1] == "lib" {
        module.pop();
    }
    module
}

fn count_lines(figures: &mut Figures, name: &str, text: &str) {
    figures.files += 1;
    let mut lines = 0;
    for line in text.lines() {
        lines += 1;
        figures.wide += usize::from(line.chars().count() > WIDTH);
        let line = line.trim_start();
        let comment =
            line.starts_with("//") && !line.starts_with("///") && !line.starts_with("//!");
        figures.comments += usize::from(comment);
    }
    figures.lines += lines;
    if lines > figures.longest_file.0 {
        figures.longest_file = (lines, name.to_owned());
    }
}

struct ItemCounter<'a> {
    figures: &'a mut Figures,
    name: &'a str,
    for_tests: bool,
}

impl ItemCounter<'_> {
    fn count_type(&mut self, name: &syn::Ident, visibility: &syn::Visibility) {
        *self.figures.types.entry(name.to_string()).or_default() += 1;
        self.count_public(visibility);
    }

    fn count_public(&mut self, visibility: &syn::Visibility) {
        self.figures.public += usize::from(matches!(visibility, syn::Visibility::Public(_)));
    }

    fn count_length(&mut self, name: &syn::Ident, span: proc_macro2::Span) {
        let lines = span.end().line + 1 - span.start().line;
        if lines > FUNCTION_LINES {
            let at = format!("{name} in {}", self.name);
            self.figures.long_functions.push(at);
        }
        if lines > self.figures.longest_function.0 {
            self.figures.longest_function = (lines, format!("{name} in {}", self.name));
        }
    }
}

impl<'ast> Visit<'ast> for ItemCounter<'_> {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        if self.for_tests {
            return;
        }
        match item {
            syn::Item::Mod(item) if is_for_tests(&item.attrs) => return,
            syn::Item::Fn(item) if is_for_tests(&item.attrs) => return,
            syn::Item::Fn(item) => {
                let name = item.sig.ident.to_string();
                if name != "main" {
                    *self.figures.functions.entry(name).or_default() += 1;
                }
                self.count_public(&item.vis);
                self.count_length(&item.sig.ident, item.span());
            }
            syn::Item::Struct(item) => self.count_type(&item.ident, &item.vis),
            syn::Item::Enum(item) => self.count_type(&item.ident, &item.vis),
            syn::Item::Trait(item) => self.count_type(&item.ident, &item.vis),
            syn::Item::Type(item) => self.count_type(&item.ident, &item.vis),
            syn::Item::Const(item) => self.count_public(&item.vis),
            syn::Item::Static(item) => self.count_public(&item.vis),
            _ => {}
        }
        visit::visit_item(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        if !self.for_tests && !is_for_tests(&item.attrs) {
            self.count_public(&item.vis);
            self.count_length(&item.sig.ident, item.span());
            visit::visit_impl_item_fn(self, item);
        }
    }
}

fn write_table(
    figures: &Figures,
    circles: &[Vec<Vec<ModulePath>>; 2],
    readme: (usize, usize),
) -> String {
    let rows = list_figure_rows(figures, circles, readme);
    let mut out = String::from("| measure | value | what |\n| --- | --- | --- |\n");
    for (measure, value, what) in rows {
        let _ = writeln!(out, "| {measure} | {value} | {what} |");
    }
    for circle in &circles[0] {
        write_circle(&mut out, circle);
    }
    out
}

fn write_circle(out: &mut String, circle: &[ModulePath]) {
    let names: Vec<String> = circle
        .iter()
        .take(12)
        .map(|module| module.join("::"))
        .collect();
    let more = circle.len().saturating_sub(names.len());
    let rest = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    let _ = writeln!(
        out,
        "\ncircle of {}: {}{rest}",
        circle.len(),
        names.join(", ")
    );
}

fn write_share(part: usize, whole: usize) -> String {
    let thousandths = part * 1000 / whole.max(1);
    format!("{}.{} %", thousandths / 10, thousandths % 10)
}

fn name_most_frequent(names: &BTreeMap<String, usize>, fits: &dyn Fn(&str) -> bool) -> String {
    let mut sorted: Vec<_> = names
        .iter()
        .filter(|(name, count)| **count > 1 && fits(name))
        .collect();
    sorted.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    sorted
        .iter()
        .take(5)
        .map(|(name, count)| format!("{name} x{count}"))
        .collect::<Vec<_>>()
        .join(", ")
}

/// What is measured, its value, and the worst of it.
fn list_figure_rows(
    figures: &Figures,
    circles: &[Vec<Vec<ModulePath>>; 2],
    readme: (usize, usize),
) -> Vec<(&'static str, String, String)> {
    let functions: usize = figures.functions.values().sum();
    let one_word: usize = figures
        .functions
        .iter()
        .filter(|(name, _)| !name.contains('_'))
        .map(|(_, count)| count)
        .sum();
    let unique = figures.types.values().filter(|count| **count == 1).count();
    let [circles, wide_circles] = circles;
    let files_in = |circles: &[Vec<ModulePath>]| {
        let files: usize = circles.iter().map(Vec::len).sum();
        format!("{files} files in them")
    };
    vec![
        ("files", figures.files.to_string(), String::new()),
        ("lines", figures.lines.to_string(), String::new()),
        (
            "lines over 100 columns",
            write_share(figures.wide, figures.lines),
            figures.wide.to_string(),
        ),
        (
            "free functions with a one-word name",
            write_share(one_word, functions),
            name_most_frequent(&figures.functions, &|name| !name.contains('_')),
        ),
        (
            "type names that are unique in the tree",
            write_share(unique, figures.types.len()),
            name_most_frequent(&figures.types, &|_| true),
        ),
        (
            "`//` comments",
            write_share(figures.comments, figures.lines),
            format!("{} lines", figures.comments),
        ),
        (
            "circles of files, own parents left out",
            circles.len().to_string(),
            files_in(circles),
        ),
        (
            "the same, all modules above left out",
            wide_circles.len().to_string(),
            files_in(wide_circles),
        ),
        (
            "largest file",
            format!("{} lines", figures.longest_file.0),
            figures.longest_file.1.clone(),
        ),
        (
            "largest function",
            format!("{} lines", figures.longest_function.0),
            figures.longest_function.1.clone(),
        ),
        (
            "functions over 100 lines",
            figures.long_functions.len().to_string(),
            String::new(),
        ),
        ("public items", figures.public.to_string(), String::new()),
        (
            "README",
            format!("{} words", readme.0),
            format!("{} lines", readme.1),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tree_is_within_its_limits() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .ancestors()
            .nth(2)
            .expect("the workspace");
        let tree = measure_tree(root).expect("every source can be read");
        assert!(tree.figures.files > 500, "the sources are not here");
        let excesses = tree.list_excesses();
        assert!(excesses.is_empty(), "{}", excesses.join("\n"));
    }
}

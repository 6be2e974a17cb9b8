//! What the previous release uses: one pass over its code for every name that matters, and then questions about it.
//!
//! A table is in use where its name or the name of its class stands in code; a column where it stands close to its table, or
//! in the file that is named after the table. Migrations, tests, docs, lock files, vendored and generated code do not count.

mod definition;
mod files;
mod forms;
mod statement;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::step::Name;
use crate::model::{Evidence, Hit, Snapshot, Unchecked};

pub use definition::Nullability;
pub use files::is_code;

/// Most places that are kept a word.
const HITS: usize = 3000;

/// Most places that are shown.
const SHOWN: usize = 5;

/// A column stands at most this many lines below a mention of its table.
const BELOW: usize = 150;

/// And at most this many above it.
const ABOVE: usize = 15;

/// A column stands close to its table within this many lines.
const CLOSE: usize = 12;

/// How near a column stands to its table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
enum Near {
    /// In the same lines.
    #[default]
    Close,
    /// In the file that is named after the table.
    OwnFile,
    /// Somewhere below it.
    Far,
}

/// Names to look for.
#[derive(Debug, Default)]
pub struct Wanted {
    words: BTreeSet<String>,
    tables: BTreeSet<String>,
}

impl Wanted {
    /// A table.
    pub fn table(&mut self, name: &Name, models: bool) {
        let forms = forms::table(&name.name, models);
        self.tables.extend(forms.iter().cloned());
        self.words.extend(forms);
    }

    /// A column.
    pub fn column(&mut self, column: &str) {
        self.words.extend(forms::column(column));
    }

    /// A view, routine, type, sequence or anything else that is used by its own name.
    pub fn word(&mut self, word: &str) {
        if word.len() > 1 {
            self.words.insert(word.to_lowercase());
        }
    }
}

/// Where the previous release names things.
pub struct Usage<'a> {
    tree: &'a dyn Snapshot,
    hits: Vec<Hit>,
    by_word: HashMap<String, Vec<usize>>,
    /// Files that could not be searched.
    pub unchecked: Vec<Unchecked>,
}

impl<'a> Usage<'a> {
    /// Searches the previous release once for all names.
    pub fn search(tree: &'a dyn Snapshot, wanted: &Wanted) -> Self {
        let words: Vec<String> = wanted.words.iter().filter(|word| word.len() > 1).cloned().collect();
        let (mut hits, failed) = if words.is_empty() { (Vec::new(), Vec::new()) } else { tree.search_many(&words, true, HITS, &|path| is_code(path)) };
        hits.extend(beside_tables(tree, wanted, &words, &hits));
        let mut by_word: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, hit) in hits.iter().enumerate() {
            if let Some(word) = words.get(hit.word).filter(|word| forms::stands_alone(&hit.text, word)) {
                by_word.entry(word.clone()).or_default().push(at);
            }
        }
        let unchecked = failed
            .into_iter()
            .take(50)
            .map(|error| Unchecked {
                what: "use in the previous release".to_owned(),
                why: error.to_string(),
                settle_with: Some("fetch the missing objects and assess again".to_owned()),
            })
            .collect();
        Self { tree, hits, by_word, unchecked }
    }

    fn of(&self, word: &str) -> impl Iterator<Item = &Hit> {
        self.by_word.get(word).into_iter().flatten().map(|&at| &self.hits[at])
    }

    /// Where the table is named.
    pub fn table(&self, name: &Name, models: bool) -> Vec<Evidence> {
        evidence(self.table_hits(name, models))
    }

    /// Where the table is named, statements that write into it first.
    pub fn written(&self, name: &Name, models: bool) -> Vec<Evidence> {
        let mut hits = self.table_hits(name, models);
        let writes = |hit: &Hit| ["insert", "into ", "create(", "save(", "upsert"].iter().any(|word| hit.text.to_lowercase().contains(word));
        hits.sort_by_key(|hit| (!writes(hit), forms::rank(hit), hit.path.as_str(), hit.line));
        shown(hits)
    }

    fn table_hits(&self, name: &Name, models: bool) -> Vec<&Hit> {
        let mut found: Vec<&Hit> = Vec::new();
        for form in forms::table(&name.name, models) {
            let generic = !form.contains('_') && form.len() < 14;
            found.extend(self.of(&form).filter(|hit| !forms::defines_in_sql(hit) && (!generic || forms::names_a_table(&hit.text, &form))));
        }
        found
    }

    /// Where the column is named together with its table.
    pub fn column(&self, table: &Name, column: &str, models: bool) -> Vec<Evidence> {
        let hits = self.column_hits(table, column, models);
        // What stands far from its table is shown only where nothing is nearer.
        let nearest = hits.iter().map(|(near, _)| *near).min().unwrap_or_default();
        let mut hits: Vec<(Near, &Hit)> = hits.into_iter().filter(|(near, _)| *near < Near::Far || nearest == Near::Far).collect();
        hits.sort_by_key(|(near, hit)| (*near, forms::rank(hit), hit.path.as_str(), hit.line));
        shown(hits.into_iter().map(|(_, hit)| hit).collect())
    }

    /// Places that name the column, each with how near to its table that is.
    fn column_hits(&self, table: &Name, column: &str, models: bool) -> Vec<(Near, &Hit)> {
        let mut tables: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        let table_forms = forms::table(&table.name, models);
        for form in &table_forms {
            for hit in self.of(form) {
                tables.entry(hit.path.as_str()).or_default().push(hit.line);
            }
        }
        let mut found: Vec<(Near, &Hit)> = Vec::new();
        for form in forms::column(column) {
            for hit in self.of(&form).filter(|hit| !forms::defines_in_sql(hit)) {
                let own_file = forms::file_of(&hit.path, &table_forms);
                let lines = tables.get(hit.path.as_str()).into_iter().flatten();
                // A definition stands below its table's name; only a line or two of a statement may be above it.
                let apart = lines
                    .filter(|&&line| line <= hit.line + ABOVE && hit.line <= line + BELOW)
                    .map(|&line| if line > hit.line { (line - hit.line) * (CLOSE / 2) } else { hit.line - line })
                    .min();
                match apart {
                    Some(lines) if lines <= CLOSE => found.push((Near::Close, hit)),
                    _ if own_file => found.push((Near::OwnFile, hit)),
                    Some(_) => found.push((Near::Far, hit)),
                    None => {}
                }
            }
        }
        found
    }

    /// Where a word is named.
    pub fn word(&self, word: &str) -> Vec<Evidence> {
        evidence(self.of(&word.to_lowercase()).filter(|hit| !forms::defines_in_sql(hit)).collect())
    }

    /// Whether the previous release's own definition of the column allows NULL, with the place that says so.
    pub fn nullability(&self, table: &Name, column: &str, models: bool) -> Option<(Nullability, Evidence)> {
        self.definitions(table, column, models).find_map(|(hit, text)| definition::nullability(&text, column, &hit.path).map(|found| (found, place(hit))))
    }

    /// Whether the previous release's own definition gives every row a value of its own (a UUID).
    pub fn fills_unique(&self, table: &Name, column: &str, models: bool) -> Option<Evidence> {
        self.definitions(table, column, models)
            .find(|(hit, text)| definition::nullability(text, column, &hit.path).is_some() && definition::fills_unique(text))
            .map(|(hit, _)| place(hit))
    }

    /// Places that may define the column, in blocks that belong to the table, with their text.
    fn definitions(&self, table: &Name, column: &str, models: bool) -> impl Iterator<Item = (&Hit, String)> {
        let names = forms::table(&table.name, models);
        self.column_hits(table, column, models).into_iter().map(|(_, hit)| hit).take(200).filter_map(move |hit| {
            let text = self.tree.read_text(&hit.path).ok()?;
            if definition::owner(&text, hit.line).is_some_and(|owner| !names.iter().any(|name| forms::stands_alone(&owner, name))) {
                return None;
            }
            Some((hit, definition::window(&text, hit.line)))
        })
    }

    /// Places where an upsert names exactly these columns as its conflict target, in a file that names the table.
    pub fn upsert(&self, table: &Name, columns: &[String], models: bool) -> Vec<Evidence> {
        let mut files: BTreeSet<&str> = BTreeSet::new();
        for form in forms::table(&table.name, models) {
            files.extend(self.of(&form).map(|hit| hit.path.as_str()));
        }
        let mut out = Vec::new();
        for path in files.into_iter().take(400) {
            if let Ok(text) = self.tree.read_text(path) {
                out.extend(definition::upserts(&text, columns).into_iter().map(|(line, excerpt)| Evidence::at(path, line).with_excerpt(&excerpt)));
            }
        }
        out.truncate(SHOWN);
        out
    }
}

/// Words that stand in too many places (`id`, `name`) are looked for once more, in the files that name a table.
fn beside_tables(tree: &dyn Snapshot, wanted: &Wanted, words: &[String], hits: &[Hit]) -> Vec<Hit> {
    let mut counts = vec![0usize; words.len()];
    for hit in hits {
        if let Some(count) = counts.get_mut(hit.word) {
            *count += 1;
        }
    }
    let many: Vec<usize> = counts.iter().enumerate().filter(|(_, count)| **count >= HITS).map(|(at, _)| at).collect();
    if many.is_empty() {
        return Vec::new();
    }
    let is_table = |hit: &&Hit| words.get(hit.word).is_some_and(|word| wanted.tables.contains(word) && forms::stands_alone(&hit.text, word));
    let files: BTreeSet<&str> = hits.iter().filter(is_table).map(|hit| hit.path.as_str()).collect();
    let common: Vec<String> = many.iter().filter_map(|at| words.get(*at).cloned()).collect();
    let (found, _) = tree.search_many(&common, true, HITS, &|path| files.contains(path));
    let known: BTreeSet<(usize, &str, usize)> = hits.iter().map(|hit| (hit.word, hit.path.as_str(), hit.line)).collect();
    found
        .into_iter()
        .filter_map(|hit| Some(Hit { word: *many.get(hit.word)?, ..hit }))
        .filter(|hit| !known.contains(&(hit.word, hit.path.as_str(), hit.line)))
        .collect()
}

fn place(hit: &Hit) -> Evidence {
    Evidence::at(hit.path.as_str(), hit.line).with_excerpt(hit.text.trim_start())
}

fn evidence(mut hits: Vec<&Hit>) -> Vec<Evidence> {
    hits.sort_by_key(|hit| (forms::rank(hit), hit.path.as_str(), hit.line));
    shown(hits)
}

/// The first of some places, in their order.
fn shown(mut hits: Vec<&Hit>) -> Vec<Evidence> {
    hits.dedup_by_key(|hit| (hit.path.as_str(), hit.line));
    hits.into_iter().take(SHOWN).map(place).collect()
}

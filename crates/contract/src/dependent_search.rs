//! The use of what vanishes, by the text of a dependent's program.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::adoption_verdict::{AdoptionVerdict, MAX_PLACES};
use super::change::{ChangeSubject, HttpOperation};
use super::detect;
use super::limits::MAX_OPERATIONS;
use super::names::{COMMON, is_called_in_line, is_distinctive_name, list_name_spellings};
use super::path_match;
use coverage::ledger::{could_hold_program, is_live, is_program, is_vendored};
use model::{Adoption, Evidence, Hit, OpenPlace, ReadError, Snapshot, shorten_text};
use text_scan::has_whole_word;

/// Most hits a word and dependent.
const MAX_HITS: usize = 60;

// calls are written over a few lines, with the method above or below the address
/// Lines around a path in which the method is looked for.
const AROUND: usize = 4;

/// The hits of all words of interest in one dependent.
pub(super) struct DependentSearch<'a> {
    /// The dependent's, with its version where several are in the field.
    name: String,
    tree: &'a dyn Snapshot,
    hits: HashMap<String, Vec<Hit>>,
    texts: std::cell::RefCell<BTreeMap<String, Option<Vec<String>>>>,
    /// By the operation's address.
    calls: std::cell::RefCell<HashMap<usize, Arc<AdoptionVerdict>>>,
    /// What may hold code of the dependent and could not be searched.
    unread: Vec<ReadError>,
    /// A verdict rests on it.
    rests_on_unread: std::cell::Cell<bool>,
}

impl<'a> DependentSearch<'a> {
    pub(super) fn new<'s>(
        name: &str,
        tree: &'a dyn Snapshot,
        subjects: impl Iterator<Item = &'s ChangeSubject>,
    ) -> Self {
        let words: BTreeSet<String> = subjects.flat_map(list_search_words).collect();
        let words: Vec<String> = words.into_iter().collect();
        let (found, failed) = tree.search_many(&words, false, MAX_HITS * 4, &is_searchable_path);
        let mut unread = failed;
        unread.extend(tree.submodules());
        // a picture that cannot be read holds no call
        unread.retain(may_hold_code);
        let mut hits: HashMap<String, Vec<Hit>> = HashMap::new();
        for hit in found {
            if let Some(word) = words.get(hit.word) {
                hits.entry(word.clone()).or_default().push(hit);
            }
        }
        let (texts, calls, rests_on_unread) = (
            std::cell::RefCell::default(),
            std::cell::RefCell::default(),
            std::cell::Cell::new(false),
        );
        Self {
            name: name.to_owned(),
            tree,
            hits,
            texts,
            calls,
            unread,
            rests_on_unread,
        }
    }

    /// What could not be searched, where a verdict rests on that.
    pub(super) fn left_open(&self) -> Vec<OpenPlace> {
        let unread: &[ReadError] = if self.rests_on_unread.get() {
            &self.unread
        } else {
            &[]
        };
        let named = |error: &ReadError| OpenPlace {
            path: format!("{} {}", self.name, error.path()).into(),
            ..OpenPlace::unsearched(error, &self.name)
        };
        unread.iter().map(named).collect()
    }

    fn hits(&self, word: &str) -> &[Hit] {
        self.hits.get(word).map_or(&[], Vec::as_slice)
    }

    fn place(&self, hit: &Hit) -> Evidence {
        Evidence {
            path: Some(format!("{} {}", self.name, hit.path).into()),
            line: Some(hit.line),
            excerpt: Some(shorten_text(hit.text.trim(), 200).into_owned().into()),
            ..Evidence::default()
        }
    }

    /// How the dependent stands to a change, by the text of its program: "not adopted" only where
    /// all of it could be searched.
    pub(super) fn look(&self, subject: &ChangeSubject) -> AdoptionVerdict {
        let verdict = self.found(subject);
        // only a search in vain rests on what could not be searched
        if verdict.adoption != Adoption::NotAdopted || self.unread.is_empty() {
            return verdict;
        }
        self.rests_on_unread.set(true);
        let place = |error: &ReadError| Evidence {
            path: Some(format!("{} {}", self.name, error.path()).into()),
            ..Evidence::default()
        };
        AdoptionVerdict {
            adoption: Adoption::Unknown,
            places: self.unread.iter().take(MAX_PLACES).map(place).collect(),
        }
    }

    fn found(&self, subject: &ChangeSubject) -> AdoptionVerdict {
        match subject {
            // a change without a name of its own cannot be looked for
            ChangeSubject::None => AdoptionVerdict {
                adoption: Adoption::Unknown,
                places: Vec::new(),
            },
            ChangeSubject::Http(operation) => self.operation(operation),
            ChangeSubject::Member { name, of } => self.member(name, of),
            ChangeSubject::Rpc { service, method } => self.rpc(service, method.as_deref()),
            ChangeSubject::Field { owner, name } => self.field(owner, name),
            ChangeSubject::Graphql { owner, name } => self.graphql(owner, name.as_deref()),
        }
    }

    fn verdict(&self, used: Vec<&Hit>, could: Vec<&Hit>) -> AdoptionVerdict {
        let places = |hits: &[&Hit]| {
            let mut seen = BTreeSet::new();
            hits.iter()
                .filter(|hit| seen.insert((&hit.path, hit.line)))
                .take(MAX_PLACES)
                .map(|hit| self.place(hit))
                .collect()
        };
        match (used.is_empty(), could.is_empty()) {
            (false, _) => AdoptionVerdict {
                adoption: Adoption::Used,
                places: places(&used),
            },
            (true, false) => AdoptionVerdict {
                adoption: Adoption::CouldBeUsed,
                places: places(&could),
            },
            (true, true) => AdoptionVerdict {
                adoption: Adoption::NotAdopted,
                places: Vec::new(),
            },
        }
    }

    /// As [`DependentSearch::operation`], looked for once.
    fn called(&self, operation: &Arc<HttpOperation>) -> Arc<AdoptionVerdict> {
        let key = Arc::as_ptr(operation) as usize;
        if let Some(known) = self.calls.borrow().get(&key) {
            return Arc::clone(known);
        }
        let found = Arc::new(self.operation(operation));
        self.calls.borrow_mut().insert(key, Arc::clone(&found));
        found
    }

    /// Calls of an HTTP operation: by its path with its method near, or by the client method named
    /// after it.
    fn operation(&self, operation: &HttpOperation) -> AdoptionVerdict {
        let (mut used, mut could) = (Vec::new(), Vec::new());
        // a path of `/{id}` alone is in any text
        let Some(fragment) = path_match::longest_fixed(&operation.path) else {
            return AdoptionVerdict {
                adoption: Adoption::Unknown,
                places: Vec::new(),
            };
        };
        for hit in self.hits(&fragment) {
            if !path_match::has_template_path(&hit.text, &fragment, &operation.path) {
                continue;
            }
            // a copied contract names all of it, and calls nothing
            if is_copy(&hit.path) {
                could.push(hit);
            } else if operation.alone
                || self.near(hit, |line| {
                    path_match::names_method(line, &operation.method)
                })
            {
                used.push(hit);
            } else {
                could.push(hit);
            }
        }
        for name in operation
            .id
            .iter()
            .flat_map(|id| list_name_spellings(id))
            // an `id` of one common word would be found everywhere
            .filter(|name| is_distinctive_name(name))
        {
            for hit in self
                .hits(&name)
                .iter()
                .filter(|hit| has_whole_word(&hit.text, &name))
            {
                if is_copy(&hit.path) {
                    could.push(hit);
                } else if is_called_in_line(&hit.text, &name) {
                    used.push(hit);
                }
            }
        }
        self.verdict(used, could)
    }

    /// A property or parameter: used where one of its operations is called and the name stands in
    /// the same file.
    fn member(&self, name: &str, of: &[Arc<HttpOperation>]) -> AdoptionVerdict {
        let calls: Vec<Arc<AdoptionVerdict>> =
            of.iter().map(|operation| self.called(operation)).collect();
        if !calls.is_empty()
            && calls
                .iter()
                .all(|calls| calls.adoption == Adoption::NotAdopted)
        {
            // of more operations than are kept, the others may be called
            let adoption = if of.len() >= MAX_OPERATIONS {
                Adoption::Unknown
            } else {
                Adoption::NotAdopted
            };
            return AdoptionVerdict {
                adoption,
                places: Vec::new(),
            };
        }
        let used: Vec<&Evidence> = calls
            .iter()
            .filter(|calls| calls.adoption == Adoption::Used)
            .flat_map(|calls| &calls.places)
            .collect();
        // a whole body has no name to look for, so a call is all that is known
        if name.is_empty() {
            let could = || {
                calls
                    .iter()
                    .flat_map(|calls| &calls.places)
                    .take(MAX_PLACES)
                    .cloned()
                    .collect()
            };
            let called = !used.is_empty()
                || calls
                    .iter()
                    .any(|calls| calls.adoption == Adoption::CouldBeUsed);
            return AdoptionVerdict {
                adoption: if called {
                    Adoption::CouldBeUsed
                } else {
                    Adoption::Unknown
                },
                places: could(),
            };
        }
        let prefix = format!("{} ", self.name);
        let files: BTreeSet<String> = used
            .iter()
            .filter_map(|place| {
                place
                    .path
                    .as_ref()?
                    .as_raw()
                    .strip_prefix(&prefix)
                    .map(str::to_owned)
            })
            .collect();
        let (mut used, mut could) = (Vec::new(), Vec::new());
        for spelling in list_name_spellings(name) {
            for hit in self
                .hits(&spelling)
                .iter()
                .filter(|hit| has_whole_word(&hit.text, &spelling))
            {
                if files.contains(&hit.path)
                    // `name` and `id` stand in any file, so they prove no use
                    && !COMMON.contains(&spelling.to_ascii_lowercase().as_str())
                {
                    used.push(hit);
                } else if files.contains(&hit.path) || is_distinctive_name(&spelling) {
                    could.push(hit);
                }
            }
        }
        self.verdict(used, could)
    }

    fn rpc(&self, service: &str, method: Option<&str>) -> AdoptionVerdict {
        let short = service.rsplit('.').next().unwrap_or(service);
        let knows: Vec<&Hit> = self
            .hits(short)
            .iter()
            .filter(|hit| !is_copy(&hit.path))
            .collect();
        let copies: Vec<&Hit> = self
            .hits(short)
            .iter()
            .filter(|hit| is_copy(&hit.path))
            .collect();
        let Some(method) = method else {
            return self.verdict(knows, copies);
        };
        let (mut used, mut could) = (Vec::new(), Vec::new());
        let literal = format!("{short}/{method}");
        for spelling in list_name_spellings(method) {
            for hit in self
                .hits(&spelling)
                .iter()
                .filter(|hit| has_whole_word(&hit.text, &spelling))
            {
                if is_copy(&hit.path) {
                    could.push(hit);
                } else if hit.text.contains(&literal)
                    // a name of a method alone may be that of another service
                    || is_called_in_line(&hit.text, &spelling) && !knows.is_empty()
                {
                    used.push(hit);
                }
            }
        }
        self.verdict(used, could)
    }

    fn field(&self, owner: &str, name: &str) -> AdoptionVerdict {
        let short = owner.rsplit('.').next().unwrap_or(owner);
        let owners: BTreeSet<&str> = self
            .hits(short)
            .iter()
            .filter(|hit| !is_copy(&hit.path))
            .map(|hit| hit.path.as_str())
            .collect();
        let copies: Vec<&Hit> = self
            .hits(short)
            .iter()
            .filter(|hit| is_copy(&hit.path))
            .collect();
        if name.is_empty() {
            let used: Vec<&Hit> = self
                .hits(short)
                .iter()
                .filter(|hit| !is_copy(&hit.path) && is_distinctive_name(short))
                .collect();
            return self.verdict(used, copies);
        }
        let (mut used, mut could) = (Vec::new(), Vec::new());
        for spelling in list_name_spellings(name) {
            for hit in self
                .hits(&spelling)
                .iter()
                .filter(|hit| has_whole_word(&hit.text, &spelling))
            {
                if !is_copy(&hit.path) && owners.contains(hit.path.as_str()) {
                    used.push(hit);
                } else if is_copy(&hit.path) && !copies.is_empty() || is_distinctive_name(&spelling)
                {
                    could.push(hit);
                }
            }
        }
        self.verdict(used, could)
    }

    /// Names in GraphQL documents, or in code that holds such documents.
    fn graphql(&self, owner: &str, name: Option<&str>) -> AdoptionVerdict {
        let word = name.unwrap_or(owner);
        let (mut used, mut could) = (Vec::new(), Vec::new());
        for hit in self
            .hits(word)
            .iter()
            .filter(|hit| has_whole_word(&hit.text, word))
        {
            let document = matches!(
                detect::get_path_extension(&hit.path),
                "graphql" | "gql" | "graphqls"
            );
            let text = self
                .text(&hit.path)
                .map(|lines| lines.join("\n"))
                .unwrap_or_default();
            let schema = document && detect::kind_of(&hit.path, &text).is_some();
            if schema || detect::is_tree(&hit.path) {
                // a schema in a dependent is a copy of the contract
                could.push(hit);
            } else if document
                || text.contains("gql")
                || text.contains("graphql")
                || text.contains("GraphQL")
            {
                if COMMON.contains(&word.to_ascii_lowercase().as_str()) {
                    could.push(hit)
                } else {
                    used.push(hit)
                }
            }
        }
        self.verdict(used, could)
    }

    fn text(&self, path: &str) -> Option<Vec<String>> {
        let mut texts = self.texts.borrow_mut();
        // texts are held for the next name; a large dependent would fill the memory
        if texts.len() > 200 && !texts.contains_key(path) {
            texts.clear();
        }
        texts
            .entry(path.to_owned())
            .or_insert_with(|| {
                self.tree.read_text(path).ok().map(|text| {
                    text.lines()
                        .map(|line| shorten_text(line, 400).into_owned())
                        .collect()
                })
            })
            .clone()
    }

    fn near(&self, hit: &Hit, holds: impl Fn(&str) -> bool) -> bool {
        // a text that cannot be read is judged by the line that was found
        let Some(lines) = self.text(&hit.path) else {
            return holds(&hit.text);
        };
        let from = hit.line.saturating_sub(AROUND + 1);
        lines
            .iter()
            .skip(from)
            .take(2 * AROUND + 1)
            .any(|line| holds(line))
    }
}

/// What to search for.
fn list_search_words(subject: &ChangeSubject) -> Vec<String> {
    let of_operation = |operation: &HttpOperation| {
        let ids = operation
            .id
            .iter()
            .flat_map(|id| list_name_spellings(id))
            .filter(|name| is_distinctive_name(name));
        ids.chain(path_match::longest_fixed(&operation.path))
            .collect::<Vec<_>>()
    };
    match subject {
        ChangeSubject::None => Vec::new(),
        ChangeSubject::Http(operation) => of_operation(operation),
        ChangeSubject::Member { name, of } => {
            let mut all: Vec<String> = of
                .iter()
                .flat_map(|operation| of_operation(operation))
                .collect();
            if name.len() > 1 {
                all.extend(list_name_spellings(name));
            }
            all
        }
        ChangeSubject::Rpc { service, method } => {
            let mut all = method
                .as_ref()
                .map(|method| list_name_spellings(method))
                .unwrap_or_default();
            all.push(service.rsplit('.').next().unwrap_or(service).to_owned());
            all
        }
        ChangeSubject::Field { owner, name } => {
            let mut all = if name.len() > 1 {
                list_name_spellings(name)
            } else {
                Vec::new()
            };
            all.push(owner.rsplit('.').next().unwrap_or(owner).to_owned());
            all
        }
        ChangeSubject::Graphql { owner, name } => {
            vec![name.clone().unwrap_or_else(|| owner.clone())]
        }
    }
}

/// Text that a person or a tool wrote as a program, or a contract copied into the dependent.
fn is_searchable_path(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    let name = lower.rsplit('/').next().unwrap_or(&lower);
    // what tools write and what others wrote is no use by this dependent
    let generated = [
        "node_modules/",
        "vendor/",
        "dist/",
        "target/",
        ".git/",
        "coverage/",
    ]
    .iter()
    .any(|folder| lower.starts_with(folder) || lower.contains(&format!("/{folder}")));
    let extension = detect::get_path_extension(name);
    let prose = matches!(
        extension,
        "md" | "rst"
            | "txt"
            | "adoc"
            | "lock"
            | "svg"
            | "css"
            | "scss"
            | "less"
            | "map"
            | "csv"
            | "png"
            | "jpg"
            | "po"
            | "sum"
            | "snap"
    );
    let lock = matches!(
        name,
        "package-lock.json" | "pnpm-lock.yaml" | "yarn.lock" | "composer.lock"
    ) || name.ends_with(".min.js");
    !(generated || prose || lock)
}

/// Whether what could not be read may be, or for a folder may hold, code that the dependent runs.
fn may_hold_code(error: &ReadError) -> bool {
    match error {
        // a submodule of samples holds nothing that runs
        ReadError::Submodule { path } => {
            could_hold_program(path) && is_searchable_path(&format!("{path}/program.rs"))
        }
        ReadError::Absent { path } if path.is_empty() || path.ends_with('/') => {
            is_searchable_path(&format!("{path}program.rs"))
        }
        other => {
            let path = other.path();
            (is_program(path) || matches!(detect::get_path_extension(path), "graphql" | "gql"))
                && is_live(path)
                && !is_vendored(path)
        }
    }
}

/// A contract that the dependent keeps a copy of: it could be used, no more.
fn is_copy(path: &str) -> bool {
    detect::may_be(path) && !matches!(detect::get_path_extension(path), "graphql" | "gql")
}

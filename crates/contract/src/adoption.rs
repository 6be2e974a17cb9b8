//! Who took up what vanishes: the use of exactly that in the repositories of dependents.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use super::adoption_verdict::AdoptionVerdict;
use super::change::{ChangeSubject, ContractDifference, HttpOperation};
use super::detect;
use super::examined::Examined;
use super::gather::ContractGatherer;
use super::limits::MAX_OPERATIONS;
use super::names::{COMMON, is_called_in_line, is_distinctive_name, is_word, list_name_spellings};
use super::path_match;
use super::standing::DependentStanding;
use coverage::ledger::{could_hold_program, is_live, is_program, is_vendored};
use coverage::{DependentTree, DependentUse};
use model::{
    Adoption, Config, Contract, ContractChange, Evidence, Grade, Hit, OpenPlace, ReadError,
    Snapshot, Use, shorten_text,
};

/// Most hits a word and dependent.
const MAX_HITS: usize = 60;
/// Most places shown for one change.
const MAX_PLACES: usize = 8;
/// Most rows a dependent.
const MAX_ROWS: usize = 80;
/// Lines around a path in which the method is looked for.
const AROUND: usize = 4;

/// Fills adoption and uses of every change, and gives a row for each dependent and each change that
/// matters on the way back.
pub(super) fn fill_adoption(
    gather: &ContractGatherer<'_>,
    contracts: &mut [Contract],
    dependents: &[DependentTree<'_>],
    config: &Config,
    previous: &str,
) -> (Vec<DependentUse>, Vec<OpenPlace>) {
    let examined = &gather.examined;
    let (mut rows, mut looked, mut unsearched) = (Vec::new(), HashSet::new(), Vec::new());
    let mut names: Vec<&str> = config
        .dependents
        .iter()
        .map(|dependent| dependent.name.as_str())
        .chain(dependents.iter().map(|tree| tree.name.as_str()))
        .collect();
    let mut once = BTreeSet::new();
    names.retain(|name| once.insert(*name));
    for name in names {
        let stated = config
            .dependents
            .iter()
            .find(|dependent| dependent.name == name);
        let uses = stated
            .map(|dependent| dependent.uses.as_slice())
            .unwrap_or_default();
        let given = dependents.iter().find(|tree| tree.name == name);
        let tree = given.and_then(|given| given.tree);
        let concerned = |file: &Examined| {
            uses.is_empty()
                || uses
                    .iter()
                    .any(|path| *path == file.path || *path == file.root)
        };
        let wanted: Vec<(usize, usize, &ContractDifference)> = examined
            .iter()
            .enumerate()
            .filter(|(_, file)| concerned(file))
            .flat_map(|(at, file)| {
                file.changes
                    .iter()
                    .enumerate()
                    .map(move |(index, change)| (at, index, change))
            })
            .filter(|(_, _, change)| change.rule.back > Grade::Compatible)
            .collect();
        if wanted.is_empty() {
            continue;
        }
        let standing = DependentStanding::of(name, stated, given, gather.current, previous);
        let search = |name: &str, tree| {
            Search::new(
                name,
                tree,
                wanted.iter().map(|(_, _, change)| &change.subject),
            )
        };
        // every version that users run counts; the one that is live may be the only one
        let field = given
            .map(|given| given.field.as_slice())
            .unwrap_or_default();
        let mut searches: Vec<Option<Search<'_>>> = field
            .iter()
            .map(|(version, tree)| tree.map(|tree| search(&format!("{name} {version}"), tree)))
            .collect();
        if field.is_empty() || tree.is_some() || stated.is_some_and(|stated| stated.live.is_some())
        {
            searches.insert(0, tree.map(|tree| search(name, tree)));
        }
        let mut own = Vec::new();
        for (at, index, change) in wanted {
            let verdict = combine_use_verdicts(searches.iter().map(|search| match search {
                Some(search) => search.look(&change.subject),
                None => AdoptionVerdict {
                    adoption: Adoption::Unknown,
                    places: Vec::new(),
                },
            }));
            let verdict = standing.weigh(&change.subject, verdict);
            if let Some(report) = contracts
                .get_mut(at)
                .and_then(|contract| contract.changes.get_mut(index))
            {
                merge_dependent_verdict(report, name, &verdict, looked.insert((at, index)));
            }
            let uses = match verdict.adoption {
                Adoption::Used => Some(true),
                Adoption::NotAdopted => Some(false),
                Adoption::CouldBeUsed | Adoption::Unknown => None,
            };
            own.push((
                change.rule.back,
                DependentUse {
                    name: name.to_owned(),
                    operation: change.location.clone(),
                    uses,
                    evidence: verdict.places,
                },
            ));
        }
        if let Some((false, place)) = &standing.verified {
            let operation = format!("what its verification with {previous} asks for");
            own.push((
                Grade::Breaking,
                DependentUse {
                    name: name.to_owned(),
                    operation,
                    uses: Some(true),
                    evidence: vec![place.clone()],
                },
            ));
        }
        let weight = |uses: Option<bool>| match uses {
            Some(true) => 0,
            None => 1,
            Some(false) => 2,
        };
        own.sort_by_key(|(grade, row)| (weight(row.uses), std::cmp::Reverse(*grade)));
        own.dedup_by(|(_, a), (_, b)| a.operation == b.operation && a.uses == b.uses);
        rows.extend(own.into_iter().take(MAX_ROWS).map(|(_, row)| row));
        unsearched.extend(searches.iter().flatten().flat_map(Search::left_open));
    }
    (rows, unsearched)
}

/// One verdict over all versions of a dependent: used by any is used, and what is unknown for one
/// is not ruled out.
fn combine_use_verdicts(verdicts: impl Iterator<Item = AdoptionVerdict>) -> AdoptionVerdict {
    let rank = |adoption: Adoption| match adoption {
        Adoption::Used => 3,
        Adoption::CouldBeUsed => 2,
        Adoption::Unknown => 1,
        Adoption::NotAdopted => 0,
    };
    let mut verdicts: Vec<AdoptionVerdict> = verdicts.collect();
    let Some(worst) = verdicts
        .iter()
        .map(|verdict| verdict.adoption)
        .max_by_key(|adoption| rank(*adoption))
    else {
        return AdoptionVerdict {
            adoption: Adoption::Unknown,
            places: Vec::new(),
        };
    };
    verdicts.retain(|verdict| verdict.adoption == worst);
    // each version is named before any has its second place
    let mut places: Vec<Evidence> = verdicts
        .iter()
        .filter_map(|verdict| verdict.places.first().cloned())
        .collect();
    places.extend(
        verdicts
            .into_iter()
            .flat_map(|verdict| verdict.places.into_iter().skip(1)),
    );
    places.truncate(MAX_PLACES);
    AdoptionVerdict {
        adoption: worst,
        places,
    }
}

/// The first dependent replaces "nobody looked"; of several the one that uses it most counts.
fn merge_dependent_verdict(
    report: &mut ContractChange,
    name: &str,
    verdict: &AdoptionVerdict,
    first: bool,
) {
    let rank = |adoption: Adoption| match adoption {
        Adoption::Used => 3,
        Adoption::CouldBeUsed => 2,
        Adoption::Unknown => 1,
        Adoption::NotAdopted => 0,
    };
    if first || rank(verdict.adoption) > rank(report.adoption) {
        report.adoption = verdict.adoption;
    }
    for place in verdict
        .places
        .iter()
        .take((MAX_PLACES * 3).saturating_sub(report.used_by.len()))
    {
        let path = place.path.clone().unwrap_or_default();
        let path = path
            .strip_prefix(&format!("{name} "))
            .unwrap_or(&path)
            .to_owned();
        report.used_by.push(Use {
            dependent: name.to_owned(),
            path,
            line: place.line,
            excerpt: place.excerpt.clone(),
        });
    }
}

/// The hits of all words of interest in one dependent.
struct Search<'a> {
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

impl<'a> Search<'a> {
    fn new<'s>(
        name: &str,
        tree: &'a dyn Snapshot,
        subjects: impl Iterator<Item = &'s ChangeSubject>,
    ) -> Self {
        let words: BTreeSet<String> = subjects.flat_map(list_search_words).collect();
        let words: Vec<String> = words.into_iter().collect();
        let (found, failed) = tree.search_many(&words, false, MAX_HITS * 4, &is_searchable_path);
        let mut unread = failed;
        unread.extend(tree.submodules());
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
    fn left_open(&self) -> Vec<OpenPlace> {
        let unread: &[ReadError] = if self.rests_on_unread.get() {
            &self.unread
        } else {
            &[]
        };
        let named = |error: &ReadError| OpenPlace {
            path: format!("{} {}", self.name, error.path()),
            ..OpenPlace::unsearched(error, &self.name)
        };
        unread.iter().map(named).collect()
    }

    fn hits(&self, word: &str) -> &[Hit] {
        self.hits.get(word).map_or(&[], Vec::as_slice)
    }

    fn place(&self, hit: &Hit) -> Evidence {
        Evidence {
            path: Some(format!("{} {}", self.name, hit.path)),
            line: Some(hit.line),
            excerpt: Some(shorten_text(hit.text.trim(), 200).into_owned()),
            ..Evidence::default()
        }
    }

    /// How the dependent stands to a change, by the text of its program: "not adopted" only where
    /// all of it could be searched.
    fn look(&self, subject: &ChangeSubject) -> AdoptionVerdict {
        let verdict = self.found(subject);
        if verdict.adoption != Adoption::NotAdopted || self.unread.is_empty() {
            return verdict;
        }
        self.rests_on_unread.set(true);
        let place = |error: &ReadError| Evidence {
            path: Some(format!("{} {}", self.name, error.path())),
            ..Evidence::default()
        };
        AdoptionVerdict {
            adoption: Adoption::Unknown,
            places: self.unread.iter().take(MAX_PLACES).map(place).collect(),
        }
    }

    fn found(&self, subject: &ChangeSubject) -> AdoptionVerdict {
        match subject {
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

    /// As [`Search::operation`], looked for once.
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
            .filter(|name| is_distinctive_name(name))
        {
            for hit in self
                .hits(&name)
                .iter()
                .filter(|hit| is_word(&hit.text, &name))
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
                    .strip_prefix(&prefix)
                    .map(str::to_owned)
            })
            .collect();
        let (mut used, mut could) = (Vec::new(), Vec::new());
        for spelling in list_name_spellings(name) {
            for hit in self
                .hits(&spelling)
                .iter()
                .filter(|hit| is_word(&hit.text, &spelling))
            {
                if files.contains(&hit.path)
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
                .filter(|hit| is_word(&hit.text, &spelling))
            {
                if is_copy(&hit.path) {
                    could.push(hit);
                } else if hit.text.contains(&literal)
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
                .filter(|hit| is_word(&hit.text, &spelling))
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
            .filter(|hit| is_word(&hit.text, word))
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

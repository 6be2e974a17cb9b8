//! What the previous release uses: one pass over its code for every name that matters, and then
//! questions about it.
//!
//! A table is in use where its name or the name of its class stands in code; a column where it
//! stands close to its table, or in the file that is named after the table. Migrations, tests,
//! docs, lock files, vendored and generated code do not count.

mod code_place;
mod columns;
mod definition;
mod derived;
mod entity_class;
mod file_syntax;
mod files;
mod forms;
mod making_lines;
mod mapped;
mod message_call;
mod pieces;
mod presence;
mod put_together;
mod ranked;
mod service;
mod sought;
mod stand;
mod stand_statement;
mod stated;
mod statement;
mod strict_enum;
mod upserts;
mod wanted_names;
mod whole_rows;
mod written_words;

use ranked::{
    beside_tables, collect_first_evidence, collect_ranked_evidence, find_crowded_words,
    make_usage_evidence,
};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;
pub use wanted_names::WantedNames;

use super::step::Name;
use files::{may_hold_code, may_state};
use model::{Evidence, Hit, ReadError, Snapshot, Unchecked};
use sought::{SoughtObject, Stand};
pub use stand::ProgramText;
use statement::adds_rows_to;

pub use definition::Nullability;
pub use files::{is_code, is_program};
pub use whole_rows::find_star_use;

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

/// Most classes of other names that are looked for.
const CLASSES: usize = 200;

/// Most places of one name that are looked at closely.
const LOOKED_AT: usize = 300;

/// Most bytes of program text that are kept to look at places closely.
const KEPT: usize = 96 * 1024 * 1024;

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

/// Texts by path, and how many bytes they have together; `None` for one that cannot be read.
type Programs = (usize, HashMap<String, Option<Rc<ProgramText>>>);

/// Where the previous release names things.
pub struct PreviousUsage<'a> {
    tree: &'a dyn Snapshot,
    hits: Vec<Hit>,
    by_word: HashMap<String, Vec<usize>>,
    /// Classes that stand for tables of another name.
    classes: BTreeMap<String, BTreeSet<String>>,
    /// Words that stand in more places than are kept.
    crowded: BTreeSet<String>,
    /// The tree holds program text, and not statements or models alone.
    pub has_code: bool,
    /// Texts in which places were looked at closely, and their bytes.
    programs: RefCell<Programs>,
    /// Places that were given though nothing but the word stands there.
    hints: RefCell<BTreeSet<(String, usize)>>,
    /// Files that could not be searched.
    pub unchecked: Vec<Unchecked>,
    /// Of these, and of submodules, those that may hold the program's own code: a search in vain
    /// tells nothing beside them.
    unread: Vec<ReadError>,
    /// A judgement asked for them.
    rests_on_unread: Cell<bool>,
    /// What was answered of a table already: every column that comes to it asks the same.
    answered: RefCell<statement::AnsweredOfTables>,
    /// Programs of the repository, each with uses of its own.
    services: service::Services,
    /// Lines that make names, by the table whose files have them.
    making: RefCell<HashMap<String, Rc<Vec<making_lines::MakingLine>>>>,
    /// Places in which a part of a name is joined to something.
    fragments: put_together::FragmentPlaces,
}

impl<'a> PreviousUsage<'a> {
    /// Searches the previous release once for all names, and in the same pass for other signs in
    /// `also` files besides code. Gives the places of those signs too, with their place in
    /// `signs`.
    pub fn search(
        tree: &'a dyn Snapshot,
        wanted: &WantedNames,
        signs: &[String],
        also: fn(&str) -> bool,
    ) -> (Self, Vec<Hit>) {
        let asked: Vec<String> = wanted
            .words
            .iter()
            .filter(|word| word.len() > 1)
            .cloned()
            .collect();
        let control = wanted
            .control
            .iter()
            .filter(|word| word.len() > 1 && !wanted.words.contains(*word));
        let mut words: Vec<String> = asked.iter().chain(control).cloned().collect();
        let parts = put_together::list_fragment_words(&wanted.vain);
        let joined = words.len()..words.len() + parts.len();
        let both: Vec<String> = words
            .iter()
            .chain(parts.iter().map(|(_, word)| word))
            .chain(signs)
            .cloned()
            .collect();
        let files =
            |path: &str| is_code(path) || may_state(path) || (!signs.is_empty() && also(path));
        let (found, failed) = if both.is_empty() {
            (Vec::new(), Vec::new())
        } else {
            tree.search_many(&both, true, HITS, &files)
        };
        let (hits, signed): (Vec<Hit>, Vec<Hit>) =
            found.into_iter().partition(|hit| hit.word < words.len());
        let mut fragments: put_together::FragmentPlaces = parts
            .iter()
            .map(|(part, _)| (part.clone(), Vec::new()))
            .collect();
        let mut signs_found = Vec::new();
        for hit in signed {
            match parts.get(hit.word - joined.start) {
                Some((part, _)) if is_code(&hit.path) => {
                    fragments.entry(part.clone()).or_default().push(hit);
                }
                Some(_) => {}
                None => signs_found.push(Hit {
                    word: hit.word - joined.end,
                    ..hit
                }),
            }
        }
        let mut hits: Vec<Hit> = hits
            .into_iter()
            .filter(|hit| is_code(&hit.path) || may_state(&hit.path) && stand::holds_statement(hit))
            .collect();
        let crowded = find_crowded_words(&words, &hits);
        hits.extend(beside_tables(tree, wanted, &words, &hits, asked.len()));
        let classes = mapped::find_mapped_classes(tree, &wanted.exact, &words, &hits);
        add_mapped_classes(tree, &classes, &mut words, &mut hits);
        let by_word = list_places_by_word(&words, &hits);
        let mut unread: Vec<ReadError> = failed
            .iter()
            .filter(|error| may_hold_code(error))
            .cloned()
            .collect();
        unread.extend(tree.submodules().into_iter().filter(may_hold_code));
        let unchecked = list_unsearched(failed);
        let has_code = tree.list().iter().any(|entry| is_program(&entry.path));
        let (programs, hints, rests_on_unread) =
            (RefCell::default(), RefCell::default(), Cell::new(false));
        (
            Self {
                tree,
                hits,
                by_word,
                classes,
                crowded,
                has_code,
                programs,
                hints,
                unchecked,
                unread,
                rests_on_unread,
                answered: RefCell::default(),
                services: service::Services::of(tree),
                making: RefCell::default(),
                fragments,
            },
            signs_found,
        )
    }

    /// What may hold code of the previous release and could not be searched; asking is remembered.
    pub fn unread(&self) -> &[ReadError] {
        self.rests_on_unread
            .set(self.rests_on_unread.get() || !self.unread.is_empty());
        &self.unread
    }

    /// The files and folders that a judgement had to leave open, because a search in vain cannot
    /// see into them.
    pub fn left_open(&self) -> &[ReadError] {
        if self.rests_on_unread.get() {
            &self.unread
        } else {
            &[]
        }
    }

    fn of(&self, word: &str) -> impl Iterator<Item = &Hit> {
        self.by_word
            .get(word)
            .into_iter()
            .flatten()
            .map(|&at| &self.hits[at])
    }

    /// Where the table is used; where no use is proven, places that only hint at it.
    pub fn table(&self, name: &Name, models: bool) -> Vec<Evidence> {
        let mut hits = self.table_hits(name, models);
        hits.sort_by_key(|(hit, _)| (forms::rank_hit(hit), hit.path.as_str(), hit.line));
        collect_first_evidence(self.looked_at(hits, SoughtObject::Table))
    }

    /// The table is named somewhere.
    pub fn has_table(&self, name: &Name, models: bool) -> bool {
        self.table_hits(name, models)
            .iter()
            .take(30)
            .any(|(hit, form)| self.stand(hit, form, SoughtObject::Table) == Stand::Proven)
    }

    /// The column is named beside its table.
    pub fn has_column(&self, table: &Name, column: &str, models: bool) -> bool {
        !self.column_hits(table, column, models).is_empty()
    }

    /// The word is so short that it is not looked for, or stands in more places than are looked
    /// through.
    pub fn not_searchable(&self, word: &str) -> bool {
        let forms = forms::list_column_spellings(word);
        forms.is_empty() || forms.iter().any(|form| self.crowded.contains(form))
    }

    /// Where the table is named, statements that write into it first.
    pub fn written(&self, name: &Name, models: bool) -> Vec<Evidence> {
        let mut hits = self.table_hits(name, models);
        let writes = |hit: &Hit| {
            ["insert", "into ", "create(", "save(", "upsert"]
                .iter()
                .any(|word| hit.text.to_lowercase().contains(word))
        };
        hits.sort_by_key(|(hit, _)| {
            (
                !writes(hit),
                forms::rank_hit(hit),
                hit.path.as_str(),
                hit.line,
            )
        });
        collect_first_evidence(self.looked_at(hits, SoughtObject::Table))
    }

    /// The table is used in statements alone, and none of them adds a row.
    pub fn only_read(&self, name: &Name, models: bool) -> bool {
        self.all_statements(name, models, |text, form| !adds_rows_to(text, form))
    }

    /// The table is used in statements alone, and none of them adds or changes a row.
    pub fn never_written(&self, name: &Name, models: bool) -> bool {
        self.all_statements(name, models, |text, form| {
            !adds_rows_to(text, form) && !text.contains("update")
        })
    }

    /// The table is used in statements alone, and all of them are so.
    fn all_statements(&self, name: &Name, models: bool, so: impl Fn(&str, &str) -> bool) -> bool {
        let hits = self.table_hits(name, models);
        let proven: Vec<_> = hits
            .iter()
            .take(LOOKED_AT)
            .filter(|(hit, form)| self.stand(hit, form, SoughtObject::Table) == Stand::Proven)
            .collect();
        // beyond the bound the rest was not looked at, so nothing is said of all
        hits.len() <= LOOKED_AT
            && !proven.is_empty()
            && proven.iter().all(|(hit, form)| {
                let text = self
                    .program(&hit.path)
                    .and_then(|program| program.statement_of(hit.line, form));
                text.is_some_and(|text| so(&text, form))
            })
    }

    fn table_hits(&self, name: &Name, models: bool) -> Vec<(&Hit, String)> {
        // `orders` may be a variable; a name with an underscore is the table's
        let generic = |form: &str| !form.contains('_') && form.len() < 14;
        let fits = |(hit, form): &(&Hit, String)| {
            !forms::defines_in_sql(hit) && (!generic(form) || forms::names_a_table(&hit.text, form))
        };
        self.mentions(name, models)
            .into_iter()
            .filter(fits)
            .collect()
    }

    /// Places of all spellings of a table: of its name, of a class in a module, of a class that
    /// stands for it.
    fn mentions(&self, name: &Name, models: bool) -> Vec<(&Hit, String)> {
        let mut found: Vec<(&Hit, String)> = Vec::new();
        for form in forms::list_table_spellings(&name.name, models)
            .into_iter()
            .chain(
                self.classes
                    .get(&name.name.to_lowercase())
                    .into_iter()
                    .flatten()
                    .cloned(),
            )
        {
            found.extend(self.of(&form).map(|hit| (hit, form.clone())));
        }
        for (prefix, rest) in forms::list_namespaced_spellings(&name.name) {
            for form in rest {
                found.extend(
                    self.of(&form)
                        .filter(|hit| forms::in_namespace(hit, &prefix))
                        .map(|hit| (hit, form.clone())),
                );
            }
        }
        // a use in another program of the repository is no use of this table
        found.retain(|(hit, _)| !self.is_of_other_service(hit, name));
        found
    }

    /// All spellings of a table.
    fn spellings(&self, name: &Name, models: bool) -> BTreeSet<String> {
        let mut out = forms::list_table_spellings(&name.name, models);
        out.extend(
            self.classes
                .get(&name.name.to_lowercase())
                .into_iter()
                .flatten()
                .cloned(),
        );
        out.extend(
            forms::list_namespaced_spellings(&name.name)
                .into_iter()
                .flat_map(|(_, rest)| rest),
        );
        out
    }

    /// The text of a file, with what its stretches are; nothing where it cannot be read, or too
    /// much was read already.
    fn program(&self, path: &str) -> Option<Rc<ProgramText>> {
        let (bytes, known) = &mut *self.programs.borrow_mut();
        if let Some(program) = known.get(path) {
            return program.clone();
        }
        // texts beyond this are not kept: a place in them is a hint then, and proves nothing
        if *bytes > KEPT {
            return None;
        }
        let program = self
            .tree
            .read_text(path)
            .ok()
            .map(|text| Rc::new(ProgramText::new(text, path)));
        *bytes += program.as_ref().map_or(0, |program| program.text.len());
        known.insert(path.to_owned(), program.clone());
        program
    }

    /// The file is about one of some databases, and not about another: by its name, or by what it
    /// brings in.
    pub fn speaks_of(&self, path: &str, databases: &[&str], own: &str) -> bool {
        let lower = path.to_ascii_lowercase();
        let Some(program) = self.program(path) else {
            return false;
        };
        let head: Vec<String> = program
            .text
            .lines()
            // imports stand at the top of a file
            .take(60)
            .map(str::to_ascii_lowercase)
            .collect();
        let brings = |word: &str| {
            let signs = ["import", "require", "use ", "include", "from ", "using"];
            head.iter()
                .any(|line| line.contains(word) && signs.iter().any(|sign| line.contains(sign)))
        };
        let named = |word: &str| {
            lower
                .split(|c: char| !c.is_alphanumeric())
                .any(|part| part == word)
                || brings(word)
        };
        // a file that names both databases is about both
        databases.iter().any(|word| named(word)) && !named(own)
    }

    /// What a place proves.
    fn stand(&self, hit: &Hit, word: &str, sought: SoughtObject<'_>) -> Stand {
        self.program(&hit.path)
            .map_or(Stand::Hint, |program| program.stand(hit.line, word, sought))
    }

    /// Of places in their order, those that prove use; where there is none, those that hint at it,
    /// which are remembered.
    fn looked_at<'h>(
        &self,
        hits: Vec<(&'h Hit, String)>,
        sought: SoughtObject<'_>,
    ) -> Vec<&'h Hit> {
        let (mut proven, mut hints) = (Vec::new(), Vec::new());
        for (hit, form) in hits.into_iter().take(LOOKED_AT) {
            match self.stand(hit, &form, sought) {
                Stand::Proven => proven.push(hit),
                Stand::Hint => hints.push(hit),
                Stand::Not => {}
            }
            // more than can be shown changes nothing any more
            if proven.len() > 3 * SHOWN {
                break;
            }
        }
        let mut known = self.hints.borrow_mut();
        if proven.is_empty() {
            known.extend(hints.iter().map(|hit| (hit.path.clone(), hit.line)));
            return hints;
        }
        // the same line may have been a hint for another name
        for hit in &proven {
            known.remove(&(hit.path.clone(), hit.line));
        }
        proven
    }

    /// At this place nothing but the word was found.
    pub fn is_hint(&self, place: &Evidence) -> bool {
        match (&place.path, place.line) {
            (Some(path), Some(line)) => self
                .hints
                .borrow()
                .contains(&(path.as_raw().to_owned(), line)),
            _ => false,
        }
    }

    /// Where a word is named.
    pub fn word(&self, word: &str) -> Vec<Evidence> {
        let word = word.to_lowercase();
        let hits = self
            .of(&word)
            .filter(|hit| !forms::defines_in_sql(hit))
            .take(LOOKED_AT);
        collect_ranked_evidence(
            hits.filter(|hit| self.stand(hit, &word, SoughtObject::Table) > Stand::Not)
                .collect(),
        )
    }
}

/// Looks for classes that stand for tables of another name as well.
fn add_mapped_classes(
    tree: &dyn Snapshot,
    classes: &BTreeMap<String, BTreeSet<String>>,
    words: &mut Vec<String>,
    hits: &mut Vec<Hit>,
) {
    let more: Vec<String> = classes
        .values()
        .flatten()
        .filter(|class| !words.contains(class))
        .take(CLASSES)
        .cloned()
        .collect();
    if more.is_empty() {
        return;
    }
    let (found, _) = tree.search_many(&more, true, HITS, &is_code);
    hits.extend(found.into_iter().map(|hit| Hit {
        word: hit.word + words.len(),
        ..hit
    }));
    words.extend(more);
}

/// Places in which a word stands alone, by the word.
fn list_places_by_word(words: &[String], hits: &[Hit]) -> HashMap<String, Vec<usize>> {
    let mut by_word: HashMap<String, Vec<usize>> = HashMap::new();
    for (at, hit) in hits.iter().enumerate() {
        if let Some(word) = words
            .get(hit.word)
            .filter(|word| forms::stands_alone(&hit.text, word))
        {
            by_word.entry(word.clone()).or_default().push(at);
        }
    }
    by_word
}

/// What is said of files that could not be searched; a file that is no text holds no code.
fn list_unsearched(failed: Vec<ReadError>) -> Vec<Unchecked> {
    failed
        .into_iter()
        .filter(|error| !matches!(error, ReadError::NotText { .. } | ReadError::Pointer { .. }))
        .take(50)
        .map(|error| Unchecked {
            what: "use in the previous release".into(),
            why: error.to_string().into(),
            settle_with: Some("fetch the missing objects and assess again".into()),
        })
        .collect()
}

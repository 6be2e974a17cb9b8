//! The walk over two schemas at once. It goes by a queue, visits each pair once for each side, and
//! so ends on circles and long chains.

use std::collections::{HashMap, VecDeque};
use std::rc::Rc;
use std::sync::Arc;

use super::SchemaUse;
use super::name_patterns::NamePatterns;
use super::twins::EqualSchemas;
use super::view::{Conj, SchemaView};
use super::web::Web;
use crate::change::{ChangeSubject, HttpOperation, Log};
use crate::document::{DocumentNode, DocumentSet, MAX_HOPS, Spot, reference_of};

// following references and merging costs even where a schema is small
/// Steps that a pair of schemas costs beside what stands in it.
const PAIR: usize = 50;

// an object of thousands of properties that all changed must end too
/// Steps that a change costs that is noted.
const NOTE: usize = 25;

/// A pair that is still to be compared.
pub(super) struct SchemaPairTask<'a> {
    pub old: Conj<'a>,
    pub new: Conj<'a>,
    pub side: SchemaUse,
    pub location: String,
    pub trail: Rc<Vec<String>>,
    /// Its number in the web of pairs.
    pub id: usize,
    /// Written as text (parameters, headers), where every value is also a string.
    pub textual: bool,
}

/// Compares schemas of two libraries.
pub(crate) struct SchemaDiff<'a, 'l> {
    pub old: &'a DocumentSet,
    pub new: &'a DocumentSet,
    pub log: &'l mut Log,
    queue: VecDeque<SchemaPairTask<'a>>,
    seen: HashMap<(Ids, Ids, SchemaUse, bool), usize>,
    web: Web,
    twins: EqualSchemas,
    pub(super) patterns: NamePatterns,
}

type Ids = Vec<(usize, u32)>;

// a hundred operations refer to one schema: without this it is compared a hundred times
/// What a plain reference points to stands for the reference, so that a shared schema is compared
/// once.
fn list_schema_identities(library: &DocumentSet, conj: &Conj<'_>) -> Ids {
    conj.iter()
        .map(|place| follow_plain_references(library, *place).identity())
        .collect()
}

/// The end of a chain of references that say nothing beside.
fn follow_plain_references<'a>(
    library: &'a DocumentSet,
    mut place: DocumentNode<'a>,
) -> DocumentNode<'a> {
    // a chain of references may go in a circle
    for _ in 0..MAX_HOPS {
        // beside a reference further keywords may stand, which then count
        let plain = place.node.entries().take(2).count() == 1;
        match reference_of(place.node)
            .filter(|_| plain)
            .and_then(|reference| library.resolve(place.file, reference))
        {
            Some(next) => place = next,
            None => break,
        }
    }
    place
}

impl<'a, 'l> SchemaDiff<'a, 'l> {
    pub fn new(old: &'a DocumentSet, new: &'a DocumentSet, log: &'l mut Log) -> Self {
        Self {
            old,
            new,
            log,
            queue: VecDeque::new(),
            seen: HashMap::new(),
            web: Web::default(),
            twins: EqualSchemas::new(),
            patterns: NamePatterns::default(),
        }
    }

    /// Asks for a pair to be compared; [`SchemaDiff::run`] does it.
    pub fn ask(
        &mut self,
        old: DocumentNode<'a>,
        new: DocumentNode<'a>,
        side: SchemaUse,
        location: String,
        operation: Option<Arc<HttpOperation>>,
        textual: bool,
    ) {
        let trail = Rc::new(self.log.trail.clone());
        let id = self.enter(SchemaPairTask {
            old: vec![old],
            new: vec![new],
            side,
            location,
            trail,
            id: 0,
            textual,
        });
        if let Some(id) = id {
            self.web.asked(id, operation);
        }
    }

    /// Puts a pair that another one leads to on the list, once.
    pub(super) fn push(&mut self, task: SchemaPairTask<'a>) {
        let from = task.id;
        if let Some(to) = self.enter(task) {
            self.web.leads(from, to);
        }
    }

    /// The number of the pair; `None` where nothing can differ.
    fn enter(&mut self, mut task: SchemaPairTask<'a>) -> Option<usize> {
        // what is asked for beyond the budget is told as not compared
        if self.log.work.is_spent() {
            return None;
        }
        let next = self.seen.len();
        // most of a large document is the same on both sides
        let libraries = (self.old, self.new);
        let mut pairs = task.old.iter().zip(&task.new);
        if task.old.len() == task.new.len()
            && pairs.all(|(a, b)| self.twins.alike(libraries, *a, *b))
        {
            return None;
        }
        let id = *self
            .seen
            .entry((
                list_schema_identities(self.old, &task.old),
                list_schema_identities(self.new, &task.new),
                task.side,
                task.textual,
            ))
            .or_insert(next);
        // the first way to a pair gives it its place; further ones are in the web
        if id == next {
            task.id = id;
            task.location = shorten_location(task.location);
            // first in, first out: near changes are told before far ones
            self.queue.push_back(task);
        }
        Some(id)
    }

    /// Compares all that was asked for.
    pub fn run(&mut self) {
        let outer = std::mem::take(&mut self.log.trail);
        while let Some(mut task) = self.queue.pop_front() {
            let (old, new) = (
                SchemaView::of(self.old, &task.old),
                SchemaView::of(self.new, &task.new),
            );
            // before the comparison: a pair that cannot be paid for is not half compared
            if !self.log.work.spend(PAIR + old.size() + new.size()) {
                break;
            }
            if let (Some(a), Some(b)) = (
                find_component_name(&task.old),
                find_component_name(&task.new),
            ) && a == b
            {
                task.location = a.to_owned();
            }
            let mut trail = Vec::clone(&task.trail);
            for place in task
                .old
                .iter()
                .chain(&task.new)
                .chain(&old.places)
                .chain(&new.places)
            {
                if trail.last() != Some(&place.file.path)
                    && self.log.changed.contains(&place.file.path)
                {
                    trail.push(place.file.path.clone());
                }
            }
            if trail.len() > task.trail.len() {
                task.trail = Rc::new(trail);
            }
            self.log.trail.clone_from(&task.trail);
            self.pair(&task, &old, &new);
        }
        self.log.trail = outer;
        // which operations a change reaches is known when all pairs are through
        self.web.tell(&mut self.log.changes);
    }

    fn pair(&mut self, task: &SchemaPairTask<'a>, old: &SchemaView<'a>, new: &SchemaView<'a>) {
        if old.unknown != new.unknown {
            let names: Vec<&str> = old
                .unknown
                .symmetric_difference(&new.unknown)
                .copied()
                .collect();
            let what = format!(
                "{} refers to {}, which could not be read",
                task.location,
                names.join(", ")
            );
            self.log.note(
                "unreadable",
                &task.location,
                what,
                find_first_spot(old),
                find_first_spot(new),
                ChangeSubject::None,
            );
        }
        // types that are written on both sides can be compared, whatever the rest is
        if !old.unknown.is_empty() || !new.unknown.is_empty() {
            // of what is not known on a side, only what is written beside it can be compared
            if old.is_empty() || new.is_empty() || !old.typed || !new.typed {
                return;
            }
        }
        // types that have nothing in common make all the rest differ
        if self.unions(task, old, new) || !self.types(task, old, new) {
            return;
        }
        self.keywords(task, old, new);
        self.properties(task, old, new);
        self.additional(task, old, new);
        self.compare_inner(task, old, new);
    }

    /// Notes a change of the task's side.
    pub(super) fn note(
        &mut self,
        task: &SchemaPairTask<'a>,
        kind: &str,
        location: &str,
        what: String,
        old: Option<Spot>,
        new: Option<Spot>,
    ) {
        // a person searches for the last name of the place
        let name = location
            .rsplit(['.', ' '])
            .next()
            .unwrap_or(location)
            .trim_end_matches("[]")
            .to_owned();
        let subject = ChangeSubject::Member {
            name,
            of: Vec::new(),
        };
        let before = self.log.changes.len();
        self.log.work.spend(NOTE);
        self.log.note(
            &format!("{}-{kind}", task.side.prefix()),
            location,
            what,
            old,
            new,
            subject,
        );
        if self.log.changes.len() > before {
            // beyond what is listed a change is only counted, and belongs to no pair
            self.web.noted(before, task.id);
        }
    }

    /// Notes a change of the schema at hand.
    pub(super) fn note_here(
        &mut self,
        task: &SchemaPairTask<'a>,
        kind: &str,
        what: String,
        old: &SchemaView<'a>,
        new: &SchemaView<'a>,
    ) {
        self.note(
            task,
            kind,
            &task.location,
            what,
            find_first_spot(old),
            find_first_spot(new),
        );
    }

    pub(super) fn child(
        &self,
        task: &SchemaPairTask<'a>,
        location: String,
        old: Conj<'a>,
        new: Conj<'a>,
    ) -> SchemaPairTask<'a> {
        SchemaPairTask {
            old,
            new,
            side: task.side,
            location,
            trail: Rc::clone(&task.trail),
            id: task.id,
            textual: task.textual,
        }
    }
}

/// The name of the component, when the schema is nothing but a reference to one.
fn find_component_name<'a>(conj: &Conj<'a>) -> Option<&'a str> {
    let [place] = conj.as_slice() else {
        return None;
    };
    let reference = reference_of(place.node)?;
    let name = match reference.split_once('#') {
        Some((_, pointer)) if pointer.len() > 1 => pointer.rsplit('/').next()?,
        _ => reference
            .trim_end_matches('#')
            .rsplit('/')
            .next()?
            .split('.')
            .next()?,
    };
    // a number is an index into a list and names nothing
    (!name.is_empty() && name.parse::<usize>().is_err()).then_some(name)
}

pub(super) fn find_first_spot(view: &SchemaView<'_>) -> Option<Spot> {
    view.places.first().map(|place| place.spot())
}

/// Who writes it, in words.
pub(super) fn side_words(side: SchemaUse) -> &'static str {
    match side {
        SchemaUse::Request => "requests",
        SchemaUse::Response => "responses",
        SchemaUse::Data => "messages and documents",
    }
}

/// A location that grew along a chain of schemas, as its beginning and its end: the middle tells a
/// reader nothing.
fn shorten_location(location: String) -> String {
    const HEAD: usize = 160;
    if location.len() <= 3 * HEAD {
        return location;
    }
    let (head, tail) = (
        location.floor_char_boundary(HEAD),
        location.ceil_char_boundary(location.len() - HEAD),
    );
    let tail = location[tail..].find('.').map_or(tail, |dot| tail + dot);
    format!("{}…{}", &location[..head], &location[tail..])
}

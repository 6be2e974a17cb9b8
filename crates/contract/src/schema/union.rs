//! `oneOf` and `anyOf`: branches are matched by name, then by text, then the only two that are
//! left.

use std::collections::{HashMap, HashSet, VecDeque};

use super::compare::{SchemaDiff, SchemaPairTask, find_first_spot};
use super::parts::branch_key;
use super::view::{Conj, SchemaView, write_canonical_schema};
use crate::document::{DocumentSet, reference_of};

impl<'a> SchemaDiff<'a, '_> {
    /// Compares branches. `true` when the schemas are thereby done with.
    pub(super) fn unions(
        &mut self,
        task: &SchemaPairTask<'a>,
        old: &SchemaView<'a>,
        new: &SchemaView<'a>,
    ) -> bool {
        // a union on one side alone: the plain side may be one of the branches
        match (old.union.is_empty(), new.union.is_empty()) {
            (true, true) => false,
            (false, false) => {
                self.branches(task, old, new, &old.union, &new.union);
                false
            }
            (true, false) => self.wrapped(task, old, new, true),
            (false, true) => self.wrapped(task, old, new, false),
        }
    }

    fn branches(
        &mut self,
        task: &SchemaPairTask<'a>,
        old: &SchemaView<'a>,
        new: &SchemaView<'a>,
        was: &[Conj<'a>],
        is: &[Conj<'a>],
    ) {
        let named = |library: &DocumentSet, list: &[Conj<'a>]| -> Vec<UnionBranch<'a>> {
            list.iter()
                .map(|conj| UnionBranch::of(library, conj))
                .collect()
        };
        let (mut left, mut right) = (named(self.old, was), named(self.new, is));
        let (all_before, all_now): (HashSet<_>, HashSet<_>) = (
            left.iter().map(|own| own.text.clone()).collect(),
            right.iter().map(|own| own.text.clone()).collect(),
        );
        (left, right) = self.match_branches(task, left, right);
        // a branch that another one repeats adds nothing and takes nothing away, unless its name is
        // a value of the discriminator
        let told_apart = old.discriminator.is_some() && new.discriminator.is_some();
        left.retain(|own| told_apart && own.component || !all_now.contains(&own.text));
        right.retain(|own| told_apart && own.component || !all_before.contains(&own.text));
        // the only two without a name that are left are one that changed
        if let ([a], [b]) = (left.as_slice(), right.as_slice())
            && a.key.starts_with('{')
            && b.key.starts_with('{')
        {
            self.push(self.child(
                task,
                format!("{}|…", task.location),
                a.conj.clone(),
                b.conj.clone(),
            ));
            return;
        }
        for UnionBranch { key, conj, .. } in &right {
            let location = format!("{}|{}", task.location, shorten_variant_key(key));
            let to = conj.first().map(|place| place.spot());
            self.note(
                task,
                "branch-added",
                &location,
                format!(
                    "{} may be {} as well",
                    task.location,
                    shorten_variant_key(key)
                ),
                find_first_spot(old),
                to,
            );
        }
        for UnionBranch { key, conj, .. } in &left {
            let location = format!("{}|{}", task.location, shorten_variant_key(key));
            let from = conj.first().map(|place| place.spot());
            self.note(
                task,
                "branch-removed",
                &location,
                format!(
                    "{} is no longer {}",
                    task.location,
                    shorten_variant_key(key)
                ),
                from,
                find_first_spot(new),
            );
        }
    }

    /// Compares branches that are each other's, and gives back those that are left on both sides.
    fn match_branches(
        &mut self,
        task: &SchemaPairTask<'a>,
        mut left: Vec<UnionBranch<'a>>,
        mut right: Vec<UnionBranch<'a>>,
    ) -> (Vec<UnionBranch<'a>>, Vec<UnionBranch<'a>>) {
        // the same name with the same text, then what is a component by name, then by text (moved
        // into a component, or out of one), then by title
        let ways: [BranchMatcher; 4] = [
            |own| Some((own.key.clone(), own.text.clone())),
            |own| own.component.then(|| (own.key.clone(), String::new())),
            |own| Some((own.text.clone(), String::new())),
            |own| Some((own.key.clone(), String::new())),
        ];
        // the surest way first: what is matched is out of the way of the others
        for way in ways {
            // of several that are alike, the first is met first
            let mut waiting: HashMap<(String, String), VecDeque<usize>> = HashMap::new();
            for (at, own) in right.iter().enumerate() {
                if let Some(key) = way(own) {
                    waiting.entry(key).or_default().push_back(at);
                }
            }
            let mut taken = HashSet::new();
            let mut still = Vec::new();
            for own in left {
                match way(&own).and_then(|key| waiting.get_mut(&key)?.pop_front()) {
                    Some(found) => {
                        taken.insert(found);
                        let other = &right[found];
                        self.push(self.child(
                            task,
                            format!("{}|{}", task.location, shorten_variant_key(&other.key)),
                            own.conj,
                            other.conj.clone(),
                        ));
                    }
                    None => still.push(own),
                }
            }
            left = still;
            right = right
                .into_iter()
                .enumerate()
                .filter(|(at, _)| !taken.contains(at))
                .map(|(_, own)| own)
                .collect();
        }
        (left, right)
    }

    /// One side has branches, the other is plain. The plain one is looked for among the branches.
    fn wrapped(
        &mut self,
        task: &SchemaPairTask<'a>,
        old: &SchemaView<'a>,
        new: &SchemaView<'a>,
        added: bool,
    ) -> bool {
        let (plain, plain_library, branches, library) = if added {
            (&task.old, self.old, &new.union, self.new)
        } else {
            (&task.new, self.new, &old.union, self.old)
        };
        let (plain_view, union_view) = if added { (old, new) } else { (new, old) };
        let key = branch_key(plain_library, plain);
        let text = |library: &DocumentSet, conj: &Conj<'a>| {
            conj.first()
                .and_then(|place| library.follow(*place))
                .map(|place| write_canonical_schema(place.node))
        };
        let own = text(plain_library, plain);
        let same = branches.iter().position(|branch| {
            branch_key(library, branch) == key || own.is_some() && text(library, branch) == own
        });
        let alike = || {
            branches.iter().position(|branch| {
                let view = SchemaView::of(library, branch);
                plain_view.typed
                    && view.typed
                    && view.types == plain_view.types
                    && view.format == plain_view.format
            })
        };
        // with types beside the branches the plain one may mean all of them
        if let Some(at) = same.or_else(|| if union_view.typed { None } else { alike() }) {
            let (one, rest): (Conj<'a>, Vec<Conj<'a>>) = (
                branches[at].clone(),
                branches
                    .iter()
                    .enumerate()
                    .filter(|(index, _)| *index != at)
                    .map(|(_, branch)| branch.clone())
                    .collect(),
            );
            let plain = plain.clone();
            self.note_other_branches(task, (old, new), library, rest, added);
            let pair = if added { (plain, one) } else { (one, plain) };
            self.push(self.child(task, task.location.clone(), pair.0, pair.1));
            return true;
        }
        if plain_view.typed && !union_view.typed {
            self.note_here(
                task,
                "type-changed",
                format!(
                    "the description of {} changed: {}",
                    task.location,
                    if added {
                        "it has branches now"
                    } else {
                        "its branches are gone"
                    }
                ),
                old,
                new,
            );
            return true;
        }
        // nothing was asked for, so anything narrower is more
        if plain_view.is_empty() {
            let (kind, word) = if added {
                ("type-narrowed", "was free and has branches")
            } else {
                ("type-widened", "had branches and is free")
            };
            self.note_here(task, kind, format!("{} {word}", task.location), old, new);
            return true;
        }
        // branches beside own keywords add conditions
        let (kind, word) = if added {
            ("condition-added", "new")
        } else {
            ("condition-removed", "gone")
        };
        self.note_here(
            task,
            kind,
            format!("branches of {} are {word}", task.location),
            old,
            new,
        );
        false
    }

    /// Branches beside the one that the plain side is.
    fn note_other_branches(
        &mut self,
        task: &SchemaPairTask<'a>,
        (old, new): (&SchemaView<'a>, &SchemaView<'a>),
        library: &DocumentSet,
        rest: Vec<Conj<'a>>,
        added: bool,
    ) {
        for branch in rest {
            let name = shorten_variant_key(&branch_key(library, &branch));
            let location = format!("{}|{name}", task.location);
            let there = branch.first().map(|place| place.spot());
            if added {
                self.note(
                    task,
                    "branch-added",
                    &location,
                    format!("{} may be {name} as well", task.location),
                    find_first_spot(old),
                    there,
                );
            } else {
                self.note(
                    task,
                    "branch-removed",
                    &location,
                    format!("{} is no longer {name}", task.location),
                    there,
                    find_first_spot(new),
                );
            }
        }
    }
}

/// What two branches must share to be one, for branches that can be matched so.
type BranchMatcher = fn(&UnionBranch<'_>) -> Option<(String, String)>;

/// A branch with what tells it apart.
struct UnionBranch<'a> {
    key: String,
    text: String,
    component: bool,
    conj: Conj<'a>,
}

impl<'a> UnionBranch<'a> {
    fn of(library: &DocumentSet, conj: &Conj<'a>) -> Self {
        let key = branch_key(library, conj);
        let place = conj.first().and_then(|place| library.follow(*place));
        let text = place.map_or_else(|| key.clone(), |place| write_canonical_schema(place.node));
        Self {
            component: conj
                .first()
                .is_some_and(|place| reference_of(place.node).is_some()),
            key,
            text,
            conj: conj.clone(),
        }
    }
}

fn shorten_variant_key(key: &str) -> String {
    if key.starts_with('{') {
        "a kind without a name".to_owned()
    } else {
        model::shorten_text(key, 40).into_owned()
    }
}

//! `oneOf` and `anyOf`: branches are matched by name, then by text, then the only two that are left.

use std::collections::BTreeMap;

use super::compare::{SchemaDiff, Task, spot};
use super::parts::branch_key;
use super::view::{Conj, View, canonical};
use crate::check::contract::document::Library;

impl<'a> SchemaDiff<'a, '_> {
    /// Compares branches. `true` when the schemas are thereby done with.
    pub(super) fn unions(&mut self, task: &Task<'a>, old: &View<'a>, new: &View<'a>) -> bool {
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

    fn branches(&mut self, task: &Task<'a>, old: &View<'a>, new: &View<'a>, was: &[Conj<'a>], is: &[Conj<'a>]) {
        let keyed = |library: &Library, list: &[Conj<'a>]| -> BTreeMap<String, Conj<'a>> {
            list.iter().map(|conj| (branch_key(library, conj), conj.clone())).collect()
        };
        let (mut left, mut right) = (keyed(self.old, was), keyed(self.new, is));
        let both: Vec<String> = left.keys().filter(|key| right.contains_key(*key)).cloned().collect();
        for key in both {
            if let (Some(a), Some(b)) = (left.remove(&key), right.remove(&key)) {
                self.push(self.child(task, format!("{}|{}", task.location, short(&key)), a, b));
            }
        }
        // a branch that was moved into a component, or out of one, keeps its text
        let text = |library: &Library, conj: &Conj<'a>| conj.first().and_then(|place| library.follow(*place)).map(|place| canonical(place.node));
        let renamed: Vec<(String, String)> = left
            .iter()
            .filter_map(|(a, from)| {
                let own = text(self.old, from)?;
                right.iter().find(|(_, to)| text(self.new, to).as_ref() == Some(&own)).map(|(b, _)| (a.clone(), b.clone()))
            })
            .collect();
        for (a, b) in renamed {
            if right.contains_key(&b)
                && let Some(from) = left.remove(&a)
                && let Some(to) = right.remove(&b)
            {
                self.push(self.child(task, format!("{}|{}", task.location, short(&b)), from, to));
            }
        }
        if let ([(a, from)], [(b, to)]) = (Vec::from_iter(&left).as_slice(), Vec::from_iter(&right).as_slice())
            && a.starts_with('{')
            && b.starts_with('{')
        {
            self.push(self.child(task, format!("{}|…", task.location), (*from).clone(), (*to).clone()));
            return;
        }
        for (key, conj) in &right {
            let location = format!("{}|{}", task.location, short(key));
            let to = conj.first().map(|place| place.spot());
            self.note(task, "branch-added", &location, format!("{} may be {} as well", task.location, short(key)), spot(old), to);
        }
        for (key, conj) in &left {
            let location = format!("{}|{}", task.location, short(key));
            let from = conj.first().map(|place| place.spot());
            self.note(task, "branch-removed", &location, format!("{} is never {} any more", task.location, short(key)), from, spot(new));
        }
    }

    /// One side has branches, the other is plain. The plain one is looked for among the branches.
    fn wrapped(&mut self, task: &Task<'a>, old: &View<'a>, new: &View<'a>, added: bool) -> bool {
        let (plain, plain_library, branches, library) =
            if added { (&task.old, self.old, &new.union, self.new) } else { (&task.new, self.new, &old.union, self.old) };
        let (plain_view, union_view) = if added { (old, new) } else { (new, old) };
        let key = branch_key(plain_library, plain);
        let text = |library: &Library, conj: &Conj<'a>| conj.first().and_then(|place| library.follow(*place)).map(|place| canonical(place.node));
        let own = text(plain_library, plain);
        let same = branches.iter().position(|branch| branch_key(library, branch) == key || own.is_some() && text(library, branch) == own);
        let alike = || {
            branches.iter().position(|branch| {
                let view = View::of(library, branch);
                plain_view.typed && view.typed && view.types == plain_view.types && view.format == plain_view.format
            })
        };
        if let Some(at) = same.or_else(|| if union_view.typed { None } else { alike() }) {
            let (one, rest): (Conj<'a>, Vec<Conj<'a>>) =
                (branches[at].clone(), branches.iter().enumerate().filter(|(index, _)| *index != at).map(|(_, branch)| branch.clone()).collect());
            let plain = plain.clone();
            for branch in rest {
                let name = short(&branch_key(library, &branch));
                let location = format!("{}|{name}", task.location);
                let there = branch.first().map(|place| place.spot());
                if added {
                    self.note(task, "branch-added", &location, format!("{} may be {name} as well", task.location), spot(old), there);
                } else {
                    self.note(task, "branch-removed", &location, format!("{} is never {name} any more", task.location), there, spot(new));
                }
            }
            let pair = if added { (plain, one) } else { (one, plain) };
            self.push(self.child(task, task.location.clone(), pair.0, pair.1));
            return true;
        }
        if plain_view.typed && !union_view.typed {
            self.note_here(
                task,
                "type-changed",
                format!("{} is described otherwise: {}", task.location, if added { "it has branches now" } else { "its branches are gone" }),
                old,
                new,
            );
            return true;
        }
        if plain_view.is_empty() {
            let (kind, word) = if added { ("type-narrowed", "was free and has branches") } else { ("type-widened", "had branches and is free") };
            self.note_here(task, kind, format!("{} {word}", task.location), old, new);
            return true;
        }
        // branches beside own keywords add conditions
        let (kind, word) = if added { ("condition-added", "new") } else { ("condition-removed", "gone") };
        self.note_here(task, kind, format!("branches of {} are {word}", task.location), old, new);
        false
    }
}

fn short(key: &str) -> String {
    if key.starts_with('{') { "an unnamed kind".to_owned() } else { crate::model::shorten(key, 40).into_owned() }
}

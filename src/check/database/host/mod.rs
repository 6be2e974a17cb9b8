//! Migrations in host languages to the same steps as SQL: one file a framework, over one small syntax.

mod alembic;
mod db_migrate;
mod django;
mod django_rows;
mod ecto;
mod efcore;
mod expression;
mod go;
mod grammar;
pub mod invert;
mod knex;
mod laravel;
mod rails;
mod rails_table;
mod script;
mod strings;
mod syntax;
mod write;

use std::collections::{BTreeMap, BTreeSet};

use super::dialect::Dialect;
use super::framework::Framework;
use super::layout::Place;
use super::read::{Reading, Way};
use super::step::{Action, Script, Step};
use crate::model::Snapshot;

/// Nothing could be made of the file.
fn unreadable(why: &str) -> Reading {
    let up = Script {
        steps: vec![Step { line: 1, text: String::new(), certain: true, action: Action::Unknown { why: why.to_owned() } }],
        has_text: true,
        ..Script::default()
    };
    Reading { up, down: Way::None, line: 1 }
}

fn parsed(text: &str, grammar: tree_sitter::Language, read: impl FnOnce(&[syntax::Item]) -> Reading) -> Reading {
    match grammar::items(text, &grammar) {
        Some(items) => read(&items),
        None => unreadable("the file is too long to be read"),
    }
}

/// Django and Alembic.
pub fn python(place: &Place, text: &str, dialect: Dialect) -> Reading {
    parsed(text, tree_sitter_python::LANGUAGE.into(), |items| {
        if place.framework == Framework::Django { django::read(place, items, dialect) } else { alembic::read(place, items, dialect) }
    })
}

/// Rails.
pub fn ruby(place: &Place, text: &str, dialect: Dialect) -> Reading {
    parsed(text, tree_sitter_ruby::LANGUAGE.into(), |items| rails::read(place, items, dialect))
}

/// Laravel.
pub fn php(place: &Place, text: &str, dialect: Dialect) -> Reading {
    parsed(text, tree_sitter_php::LANGUAGE_PHP.into(), |items| laravel::read(place, items, dialect))
}

/// Ecto.
pub fn elixir(place: &Place, text: &str, dialect: Dialect) -> Reading {
    parsed(text, tree_sitter_elixir::LANGUAGE.into(), |items| ecto::read(place, items, dialect))
}

/// Entity Framework Core.
pub fn csharp(place: &Place, text: &str, dialect: Dialect) -> Reading {
    parsed(text, tree_sitter_c_sharp::LANGUAGE.into(), |items| efcore::read(place, items, dialect))
}

/// Knex, Sequelize and TypeORM.
pub fn script(place: &Place, text: &str, dialect: Dialect) -> Reading {
    let grammar = if place.path.ends_with(".ts") { tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into() } else { tree_sitter_javascript::LANGUAGE.into() };
    parsed(text, grammar, |items| script::read(place, items, dialect))
}

/// goose migrations in Go.
pub fn go(place: &Place, text: &str, dialect: Dialect) -> Reading {
    go::read(place, text, dialect)
}

/// Puts a history into the order in which its tool runs it, where that is not the order of the names: Alembic follows each
/// revision's parent.
pub fn order(readings: &mut [(Place, Vec<Script>)], tree: &dyn Snapshot) {
    if readings.first().is_none_or(|(place, _)| place.framework != Framework::Alembic) {
        return;
    }
    let parents: BTreeMap<String, Vec<String>> = readings
        .iter()
        .map(|(place, _)| (place.version.clone(), tree.read_text(&place.path).map(|text| alembic::parents(&text)).unwrap_or_default()))
        .collect();
    let depth = depths(&parents);
    readings.sort_by_key(|(place, _)| depth.get(&place.version).copied().unwrap_or(usize::MAX));
}

/// How many steps each revision is away from its root.
pub fn depths(parents: &BTreeMap<String, Vec<String>>) -> BTreeMap<String, usize> {
    let mut depth: BTreeMap<String, usize> = BTreeMap::new();
    let mut open: BTreeSet<&String> = parents.keys().collect();
    while !open.is_empty() {
        let ready: Vec<&String> =
            open.iter().copied().filter(|name| parents[*name].iter().all(|parent| !parents.contains_key(parent) || depth.contains_key(parent))).collect();
        if ready.is_empty() {
            break; // a circle: the rest keeps the order of the names
        }
        for name in ready {
            let level = parents[name].iter().filter_map(|parent| depth.get(parent)).max().map_or(0, |level| level + 1);
            depth.insert(name.clone(), level);
            open.remove(name);
        }
    }
    depth
}

/// Parents of an Alembic revision, for ordering what is new.
pub fn alembic_parents(text: &str) -> Vec<String> {
    alembic::parents(text)
}

#[cfg(test)]
mod tests;

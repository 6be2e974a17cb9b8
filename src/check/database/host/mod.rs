//! Migrations in host languages to the same steps as SQL.

use super::dialect::Dialect;
use super::layout::Place;
use super::read::{Reading, Way};
use super::step::{Action, Script, Step};

fn not_yet(place: &Place) -> Reading {
    let why = format!("{} migrations are recognised, but not read yet", place.framework.id());
    let up = Script { steps: vec![Step { line: 1, text: String::new(), certain: true, action: Action::Unknown { why } }], has_text: true, ..Script::default() };
    Reading { up, down: Way::None, line: 1 }
}

/// Django and Alembic.
pub fn python(place: &Place, _text: &str, _dialect: Dialect) -> Reading {
    not_yet(place)
}

/// Rails.
pub fn ruby(place: &Place, _text: &str, _dialect: Dialect) -> Reading {
    not_yet(place)
}

/// Laravel.
pub fn php(place: &Place, _text: &str, _dialect: Dialect) -> Reading {
    not_yet(place)
}

/// Ecto.
pub fn elixir(place: &Place, _text: &str, _dialect: Dialect) -> Reading {
    not_yet(place)
}

/// Entity Framework Core.
pub fn csharp(place: &Place, _text: &str, _dialect: Dialect) -> Reading {
    not_yet(place)
}

/// Knex, Sequelize and TypeORM.
pub fn script(place: &Place, _text: &str, _dialect: Dialect) -> Reading {
    not_yet(place)
}

/// goose migrations in Go.
pub fn go(place: &Place, _text: &str, _dialect: Dialect) -> Reading {
    not_yet(place)
}

/// Puts a history into the order in which its tool runs it, where that is not the order of the names.
pub fn order(_readings: &mut [(Place, Vec<Script>)], _tree: &dyn crate::model::Snapshot) {}

//! Liquibase changelogs: many change sets in a file.

use super::dialect::Dialect;
use super::layout::{Found, Place};
use super::read::{Reading, Way};
use super::set::Unit;
use super::step::{Action, Script, Step};
use crate::model::MigrationChange;

/// Change sets of a file that its earlier text does not have.
pub fn units(found: &Found, _text: &str, earlier: Option<&str>, _dialect: Dialect) -> Vec<Unit> {
    let change = if earlier.is_some() && found.change == MigrationChange::Modified { MigrationChange::Modified } else { found.change };
    let up = Script {
        steps: vec![Step {
            line: 1,
            text: String::new(),
            certain: true,
            action: Action::Unknown { why: "changelogs are recognised, but not read yet".to_owned() },
        }],
        has_text: true,
        ..Script::default()
    };
    vec![Unit {
        path: found.place.path.clone(),
        version: found.place.version.clone(),
        change,
        reading: Reading { up, down: Way::None, line: 1 },
        found: found.clone(),
    }]
}

/// What every change set of a file does, in order.
pub fn scripts(_place: &Place, _text: &str, _dialect: Dialect) -> Vec<Script> {
    Vec::new()
}

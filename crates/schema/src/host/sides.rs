//! What readers of host languages share: a walk over what a way holds, and the two functions in
//! which most tools keep up and down.

use super::syntax::{FunctionCall, SyntaxItem, find_function_body, function_line};
use super::write::{Writer, find_reached_functions};
use crate::migration_file::MigrationFile;
use crate::reading::{DownMigration, MigrationReading};
use crate::step::Script;

/// Reads what one way of a migration holds.
pub trait WayReader {
    /// Where its steps are collected.
    fn writer(&mut self) -> &mut Writer;

    /// Reads a call. `certain`: it runs whatever the program finds.
    fn call(&mut self, call: &FunctionCall, certain: bool);

    /// Reads everything that a body holds.
    fn body(&mut self, items: &[SyntaxItem]) {
        for item in items {
            match item {
                SyntaxItem::Call(call, certain) => self.call(call, *certain),
                SyntaxItem::Raise { line, .. } => {
                    // the first refusal is the one that is met
                    let script = &mut self.writer().script;
                    script.refuses = script.refuses.or(Some(*line));
                }
                _ => {}
            }
        }
    }

    /// Reads what runs where a call failed: its steps are not certain, and its `throw` only passes
    /// on an error that was there already.
    fn caught(&mut self, items: &[SyntaxItem]) {
        let script = &self.writer().script;
        let (refuses, before) = (script.refuses, script.steps.len());
        self.body(items);
        let script = &mut self.writer().script;
        script.refuses = refuses;
        script
            .steps
            .iter_mut()
            .skip(before)
            .for_each(|step| step.certain = false);
    }

    /// Reads a body, then the functions of the file that it calls.
    fn body_and_helpers(&mut self, items: &[SyntaxItem], body: &[SyntaxItem]) {
        self.body(body);
        for helper in find_reached_functions(items, body) {
            self.body(helper);
        }
    }
}

/// Both ways as functions of the file, each read by itself. `without`: what it means that there is
/// no way down.
pub fn read_up_and_down(
    place: &MigrationFile,
    items: &[SyntaxItem],
    [up, down]: [&str; 2],
    without: DownMigration,
    read: impl Fn(&[SyntaxItem]) -> Script,
) -> MigrationReading {
    MigrationReading {
        up: find_function_body(items, up).map(&read).unwrap_or_default(),
        down: read_written_down(place, items, down, read).unwrap_or(without),
        line: function_line(items, up).unwrap_or(1),
    }
}

/// The way down that a function of the file is.
pub fn read_written_down(
    place: &MigrationFile,
    items: &[SyntaxItem],
    down: &str,
    read: impl Fn(&[SyntaxItem]) -> Script,
) -> Option<DownMigration> {
    let body = find_function_body(items, down)?;
    Some(DownMigration::Written {
        script: read(body),
        path: place.path.clone(),
        line: function_line(items, down).unwrap_or(1),
    })
}

//! A file in a host language, parsed and handed to the reader of its tool.

use super::grammar::{self, ParsedSource};
use super::resolve;
use super::syntax::SyntaxItem;
use crate::embedded;
use crate::reading::{DownMigration, MigrationReading, MigrationSource, make_unread_step};
use crate::sql;
use crate::step::SchemaAction;

/// Parses the file and has it read. `goes_up` tells whether the file has what its tool runs: without
/// it, an empty way up is one that was not found.
pub fn read_with_grammar(
    source: &MigrationSource<'_>,
    grammar: tree_sitter::Language,
    goes_up: impl Fn(&[SyntaxItem]) -> bool,
    read: impl FnOnce(&[SyntaxItem]) -> MigrationReading,
) -> MigrationReading {
    let Some(ParsedSource {
        mut items,
        broken,
        too_deep,
    }) = grammar::parse_items(source.text, &grammar)
    else {
        return MigrationReading::unknown("the file is too long, or too tangled, to be read");
    };
    resolve::resolve_sql_files(&mut items, &|name| {
        source
            .around
            .file(source.place, name)
            // on one line: places are those of the call
            .map(|(_, text)| sql::on_one_line(&text))
    });
    let symbols = grammar::has_symbols(&grammar);
    resolve::resolve_constants(&mut items, |name| {
        !symbols || name.starts_with(|c: char| c.is_ascii_uppercase())
    });
    let mut reading = read(&items);
    let up = &mut reading.up;
    if broken.is_none() && up.steps.is_empty() && !goes_up(&items) {
        up.has_text = true;
        up.steps.push(make_unread_step(
            1,
            SchemaAction::Unknown {
                why: "its way up is not found".to_owned(),
            },
        ));
    }
    // grammars stumble over new words of a language: what was read still counts, and what stands
    // behind may be a step that was not
    if let Some(line) = broken {
        let why = "the file cannot be read from here on";
        leave_open(&mut reading, &source.place.path, line, why);
    }
    if let Some(line) = too_deep {
        let why = "from here on the program is nested deeper than is read";
        leave_open(&mut reading, &source.place.path, line, why);
    }
    reading
}

/// Something of the file was not read: neither way is known whole, whatever else was understood.
fn leave_open(reading: &mut MigrationReading, own: &str, line: usize, why: &str) {
    let step = || {
        make_unread_step(
            line,
            SchemaAction::Unknown {
                why: why.to_owned(),
            },
        )
    };
    reading.up.has_text = true;
    reading.up.steps.push(step());
    match &mut reading.down {
        DownMigration::Derived(script) => script.steps.push(step()),
        // a way down in another file is not touched by this one
        DownMigration::Written { script, path, .. } if path == own => script.steps.push(step()),
        _ => {}
    }
}

/// SQL in the strings of a file; without any, the file is host code.
pub fn read_embedded_sql(source: &MigrationSource<'_>, what: &str) -> MigrationReading {
    let mut reading =
        embedded::read_embedded_changes(source.place, source.text, None, source.dialect);
    if reading.up.steps.is_empty() {
        reading.up.has_text = true;
        reading.up.steps.push(make_unread_step(
            1,
            SchemaAction::HostCode {
                what: what.to_owned(),
            },
        ));
    }
    reading
}

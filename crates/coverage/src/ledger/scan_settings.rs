//! Pages, settings and what the program runs on: by the lines that differ.

use super::engine_lines::{ENGINE, find_engine_version};
use super::key_meaning::list_schema_words;
use super::known_rows::RowOf;
use super::line_meaning::find_meanings;
use super::line_words::has_word;
use super::message_settings::find_message_place;
use super::page_lines::sends_input;
use super::page_program::keep_program;
use super::said_lines::note_meanings;
use super::scan::Scanner;
use super::setting_keys::{find_telling_line, key_of};
use super::signs::{LedgerSign, SignLine, find_sign_lines, may_tell_version};
use super::standing_row::{DomainStandings, build_cannot_standing, build_open_standing, fill_row};
use super::understood_lines::{InfrastructureFormat, not_understood};
use super::words_only;
use super::{DomainStanding, NO_SIGN as PLAIN, STAYS_OPEN, UNREADABLE};
use crate::changed_lines::{ChangedLine, ChangedLines};
use model::{CannotRule as Rule, CoverageDomain as D, FileChange};

impl Scanner<'_> {
    pub(super) fn page(&mut self, change: &FileChange) -> DomainStandings {
        let inner = template_of(&change.path);
        if inner.as_ref().is_some_and(|end| end.contains("sql")) {
            return self.database();
        }
        // what a template makes is what counts: settings of a server are no page
        if inner.is_some() {
            let mut row = self.settings(change);
            if let DomainStanding::Cannot(_) = row[D::Infrastructure.index()] {
                row[D::Infrastructure.index()] = build_open_standing(
                    70,
                    None,
                    "settings of something that the program runs on, made from a template",
                );
            }
            return row;
        }
        let mut row = fill_row(build_cannot_standing(Rule::Page));
        let (old, new) = match self.read(change) {
            Ok(texts) => texts,
            Err(why) => return fill_row(build_open_standing(UNREADABLE, None, why)),
        };
        let lines = ChangedLines::between(old.as_deref(), new.as_deref());
        let marked = |text: &Option<String>| text.as_deref().is_none_or(|text| text.contains('<'));
        if is_plain_template(&change.path)
            && !words_only::lies_among_translations(&change.path)
            && !(marked(&old) && marked(&new))
        {
            return fill_row(build_open_standing(
                PLAIN,
                lines.fresh.first().map(|(line, _)| *line),
                "a template, and what is made of it is not known",
            ));
        }
        if let Some((line, text)) = lines
            .fresh
            .iter()
            .find(|(_, line)| is_value(&change.path, line))
        {
            row[D::StoredForm.index()] = build_open_standing(
                86,
                Some(*line),
                "a value that the program reads changed beside what it shows",
            );
            row[D::Configuration.index()] = build_open_standing(
                60,
                Some(*line),
                "a value that the program reads changed beside what it shows",
            );
            if may_tell_version(text) {
                row[D::Schema.index()] =
                    build_open_standing(60, Some(*line), LedgerSign::SchemaVersion.why());
            }
        }
        // what stands around unchanged program text only shows something
        let (was, is) = [&old, &new]
            .map(|text| keep_program(&change.path, text.as_deref().unwrap_or_default()))
            .into();
        let within = ChangedLines::between(Some(&was), Some(&is));
        let entered = lines
            .fresh
            .iter()
            .chain(&lines.gone)
            .find(|(_, line)| sends_input(&change.path, line));
        if within.all().next().is_none() && entered.is_none() {
            return row;
        }
        let place = within
            .fresh
            .first()
            .or_else(|| {
                lines
                    .fresh
                    .iter()
                    .find(|(_, line)| sends_input(&change.path, line))
            })
            .map(|(line, _)| *line);
        let signs = find_sign_lines(&within.fresh);
        let stored = signs
            .iter()
            .find(|line| line.shows(LedgerSign::Store) || line.shows(LedgerSign::FormVersion))
            .map(|line| line.number);
        let why = "a page with program text, or that sends what users enter, changed";
        row[D::StoredForm.index()] = build_open_standing(
            if stored.is_some() { 60 } else { 85 },
            stored.or(place),
            why,
        );
        row[D::Contract.index()] = build_open_standing(88, place, why);
        if let Some(line) = signs.iter().find(|line| tells_of_schema(line)) {
            row[D::Schema.index()] =
                build_open_standing(35, Some(line.number), LedgerSign::Statement.why());
        }
        row
    }

    pub(super) fn settings(&mut self, change: &FileChange) -> DomainStandings {
        if super::place::is_developer_tool(&change.path) {
            return fill_row(build_cannot_standing(Rule::DeveloperTool));
        }
        let mut row = fill_row(build_cannot_standing(Rule::OtherField));
        // until a check has compared the file whole, it is open
        row[D::Configuration.index()] =
            build_open_standing(20, None, "a settings file that was not compared whole");
        let (old, new) = match self.read(change) {
            Ok(texts) => texts,
            Err(why) => return fill_row(build_open_standing(UNREADABLE, None, why)),
        };
        let (old, new) = (old.as_deref(), new.as_deref());
        let versions = (self.range.previous_version, self.range.current_version);
        // a chart of many environments holds one text many times
        let mut known = self.rows.get(RowOf::Settings, change, (old, new), || {
            lines_of_settings(&mut row, old, new);
            if let Some(standing) = describes_what_it_runs_on(old, new) {
                row[D::Infrastructure.index()] = standing;
            }
            // manifests lie among settings too, under names that tell nothing of it
            if describes_objects(old, new) {
                let lines = ChangedLines::between_in_place(old, new);
                let objects = InfrastructureFormat::Objects;
                note_meanings(&mut row, find_meanings(objects, (old, new), &lines, versions));
            }
            let ChangedLines {
                fresh: lines, gone, ..
            } = ChangedLines::between_in_place(old, new);
            if let Some(line) = find_engine_version(&lines, &gone) {
                row[D::Infrastructure.index()] =
                    build_open_standing(STAYS_OPEN, Some(line), ENGINE);
            }
            if [old, new].into_iter().flatten().any(makes_interface) {
                row[D::Contract.index()] = build_open_standing(
                    40,
                    lines.first().map(|(line, _)| *line),
                    "an interface is made from these settings (its names, fields and rights), and whoever calls it may rely on what changed",
                );
            }
            if let Some(step) = crate::database_step::find_database_command(
                &lines,
                new.unwrap_or_default(),
            ) {
                for domain in [D::Schema, D::StoredForm] {
                    row[domain.index()] =
                        build_open_standing(STAYS_OPEN, Some(step.line), step.why());
                }
            }
            row
        });
        // what is copied and filled in before anything reads it says how nothing is kept; that a
        // key came or went is compared all the same
        // the values of a sample are replaced before anything is stored under them
        if super::place::is_example(&change.path) {
            known[D::StoredForm.index()] = build_cannot_standing(Rule::NotLive);
        }
        known
    }
}

/// Where settings are templates of a stack or objects of a cluster, wherever they lie: the first
/// changed line that may do something to what holds data.
fn describes_what_it_runs_on(old: Option<&str>, new: Option<&str>) -> Option<DomainStanding> {
    let holds = |words: &[&str]| {
        [old, new]
            .into_iter()
            .flatten()
            .any(|text| words.iter().all(|word| text.contains(word)))
    };
    let lines = ChangedLines::between_in_place(old, new);
    // stacks of AWS and of Azure
    let stack = [
        "AWSTemplateFormatVersion",
        "AWS::",
        "deploymentTemplate.json",
    ]
    .iter()
    .any(|word| holds(&[word]));
    if stack {
        const SHOWN: [&str; 8] = [
            // of a stack only what people read is known; any other key may replace a store
            "description",
            "tags",
            "timeout",
            "memorysize",
            "displayname",
            "label",
            "comment",
            "runtime",
        ];
        let tells = |(_, line): &&ChangedLine<'_>| {
            let key = key_of(line).to_ascii_lowercase();
            line.contains(char::is_alphanumeric) && !SHOWN.contains(&key.as_str())
        };
        let fresh = lines.fresh.iter().find(tells).map(|(line, _)| *line);
        let found = fresh.is_some() || lines.gone.iter().any(|line| tells(&line));
        let why = "a template of a stack changed, and what that does to data is not known";
        return found.then(|| build_open_standing(STAYS_OPEN, fresh, why));
    }
    if describes_objects(old, new) {
        return not_understood(InfrastructureFormat::Objects, (old, new), &lines)
            .map(|(line, why)| build_open_standing(STAYS_OPEN, line, why));
    }
    None
}

/// Whether one of two texts holds objects of a cluster.
fn describes_objects(old: Option<&str>, new: Option<&str>) -> bool {
    [old, new].into_iter().flatten().any(|text| {
        ["apiVersion:", "kind:", "metadata:"]
            .iter()
            .all(|word| text.contains(word))
    })
}

/// A line of program text that holds a statement, or makes, changes or counts a schema.
fn tells_of_schema(line: &SignLine<'_>) -> bool {
    [
        LedgerSign::Statement,
        LedgerSign::SchemaCall,
        LedgerSign::SchemaVersion,
    ]
    .iter()
    .any(|sign| line.shows(*sign))
}

fn lines_of_settings(row: &mut DomainStandings, old: Option<&str>, new: Option<&str>) {
    let lines = ChangedLines::between_in_place(old, new);
    // the line alone says little where the keys around it say what it is about
    let nested = with_keys_around(new.unwrap_or_default(), &lines.fresh);
    // the line where it stands now; none where it was taken out
    let hit = |words: &[&str]| {
        let says = |line: &&ChangedLine<'_>| has_word(line.1, words);
        let below = |(_, keys): &&(usize, String)| words.iter().any(|word| keys.contains(word));
        let fresh = lines
            .fresh
            .iter()
            .find(says)
            .map(|(line, _)| *line)
            .or_else(|| nested.iter().find(below).map(|(line, _)| *line));
        fresh
            .map(Some)
            .or_else(|| lines.gone.iter().any(|line| says(&line)).then_some(None))
    };
    let answers = hit(&["jackson", "jsonb.", "gson"]);
    let words = match list_schema_words([old, new]) {
        // names in answers are no names of columns
        [rest @ .., "naming"] if answers.is_some() => rest,
        words => words,
    };
    if let Some(line) = hit(words) {
        row[D::Schema.index()] =
            build_open_standing(40, line, "a setting about how the schema is changed");
    }
    if let Some(line) = hit(&[
        "serializ",
        "serialis",
        "compress",
        "encrypt",
        "codec",
        "format",
        "cipher",
        "storage",
        "driver",
        "store",
        "naming",
        "parallelism",
        "backend",
        "routing",
        "transport",
        "queue",
        "protocol",
        "partition",
        "hasher",
    ]) {
        row[D::StoredForm.index()] =
            build_open_standing(50, line, "a setting about how or where data is kept");
    } else {
        let (now, before) = (
            find_telling_line(&lines.fresh, &nested),
            find_telling_line(
                &lines.gone,
                &with_keys_around(old.unwrap_or_default(), &lines.gone),
            ),
        );
        if now.is_some() || before.is_some() {
            row[D::StoredForm.index()] = build_open_standing(
                86,
                now,
                "a setting changed, and whether it says how data is kept is not known",
            );
        }
    }
    if let Some(line) = hit(&[
        "base-path",
        "base_path",
        "basepath",
        "context-path",
        "route",
        "endpoint",
    ]) {
        row[D::Contract.index()] =
            build_open_standing(50, line, "a setting about the address at which others call");
    }
    note_served_path(row, &lines, &nested);
    if let Some(standing) = find_message_place(&lines) {
        row[D::Contract.index()] = standing;
    }
    // what names and forms values of answers names those of what is stored, too: above
    if let Some(line) = answers {
        row[D::Contract.index()] = build_open_standing(
            50,
            line,
            "a setting about the names or the form of what is answered and taken",
        );
    }
}

/// `spring.mvc.servlet.path`, written in one line or in several.
fn note_served_path(
    row: &mut DomainStandings,
    lines: &ChangedLines<'_>,
    nested: &[(usize, String)],
) {
    // the key may stand alone in its line, with `servlet` above it
    let leads = |(number, line): &&ChangedLine<'_>| {
        let below = |(at, keys): &(usize, String)| at == number && keys.contains("servlet");
        line.contains("servlet.path") || key_of(line) == "path" && nested.iter().any(below)
    };
    let served = lines.fresh.iter().find(leads).map(|(line, _)| *line);
    if served.is_some() || lines.gone.iter().any(|line| leads(&line)) {
        row[D::Contract.index()] = build_open_standing(
            50,
            served,
            "a setting about the address at which others call",
        );
    }
}

/// A value among the words of an application for a phone: numbers, switches and texts that nobody
/// translates.
fn is_value(path: &str, line: &str) -> bool {
    let lower = line.to_ascii_lowercase();
    path.contains("/values")
        && path.ends_with(".xml")
        && [
            "<integer",
            "<bool",
            // what is not translated is read by the program and not by people
            "<item",
            "<fraction",
            "translatable=\"false\"",
        ]
        .iter()
        .any(|sign| lower.contains(sign))
}

// each of the lines is walked up from, so both bounds together are what it costs
/// Most changed lines whose keys are looked up, and most lines that are walked up for one.
const NESTED: (usize, usize) = (200, 400);

/// Keys of metadata from which a server makes its interface: Hasura's tables and actions, content
/// types of Strapi and Directus.
fn makes_interface(text: &str) -> bool {
    [
        "select_permissions:",
        "insert_permissions:",
        "update_permissions:",
        "custom_root_fields",
        "custom_column_names",
        "object_relationships:",
        "array_relationships:",
        "remote_schemas:",
        "rest_endpoints:",
        "\"collectionType\"",
        "\"collectionName\"",
        "\"select_permissions\"",
    ]
    .iter()
    .any(|key| text.contains(key))
}

/// For changed lines of a text that is nested by indentation: the keys above them, in small
/// letters.
pub(super) fn with_keys_around(text: &str, fresh: &[ChangedLine<'_>]) -> Vec<(usize, String)> {
    let lines: Vec<&str> = text.lines().collect();
    let indent = |line: &str| line.len() - line.trim_start().len();
    let keys = |number: usize| {
        let mut depth = lines.get(number - 1).map_or(0, |line| indent(line));
        let mut keys = String::new();
        // upwards only lines that are indented less are around the line
        for line in lines[..number.min(lines.len()) - 1]
            .iter()
            .rev()
            .take(NESTED.1)
            .filter(|line| !line.trim().is_empty())
        {
            if indent(line) < depth {
                depth = indent(line);
                keys.push_str(
                    &line
                        .split([':', '='])
                        .next()
                        .unwrap_or_default()
                        .trim()
                        .to_ascii_lowercase(),
                );
                keys.push(' ');
            }
            if depth == 0 {
                break;
            }
        }
        keys
    };
    fresh
        .iter()
        .take(NESTED.0)
        .filter(|(number, _)| (1..=lines.len()).contains(number))
        .map(|(number, _)| (*number, keys(*number)))
        .collect()
}

// these make files of any kind, where `.hbs` or `.twig` make pages
/// Endings of templates that make files of any kind.
const TEMPLATES: [&str; 9] = [
    "j2", "jinja", "jinja2", "erb", "tpl", "tmpl", "gotmpl", "ftl", "mustache",
];

fn is_plain_template(path: &str) -> bool {
    path.rsplit_once('.')
        .is_some_and(|(_, end)| TEMPLATES.contains(&end.to_ascii_lowercase().as_str()))
}

/// The ending of the file that a template makes, where it is no page: `server.properties.j2` makes
/// `properties`.
fn template_of(path: &str) -> Option<String> {
    if !is_plain_template(path) {
        return None;
    }
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let (_, end) = name.rsplit_once('.')?.0.rsplit_once('.')?;
    let page = [
        "html",
        "htm",
        "xhtml",
        "txt",
        "text",
        "md",
        "mail",
        "email",
        "mjml",
        "js",
        "css",
        "svg",
        "turbo_stream",
    ]
    .contains(&end);
    (!page).then(|| end.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_is_what_it_makes() {
        assert_eq!(
            template_of("roles/broker/templates/server.properties.j2").as_deref(),
            Some("properties")
        );
        assert_eq!(template_of("db/init.sql.erb").as_deref(), Some("sql"));
        for page in [
            "app/views/jars/show.html.erb",
            "mail/welcome.txt.j2",
            "app/views/jars/show.erb",
            "a.properties",
        ] {
            assert_eq!(template_of(page), None, "{page}");
        }
    }

    #[test]
    fn templates_of_stacks_and_objects_are_open_for_what_they_run_on() {
        let stack = |version: &str, note: &str| {
            format!(
                "AWSTemplateFormatVersion: \"2010-09-09\"\nDescription: {note}\nResources:\n  Jars:\n    Type: AWS::RDS::DBInstance\n    Properties:\n      EngineVersion: \"{version}\"\n"
            )
        };
        let open = |old: &str, new: &str| describes_what_it_runs_on(Some(old), Some(new)).is_some();
        assert!(open(&stack("8.0", "a"), &stack("8.4", "a")));
        assert!(!open(&stack("8.0", "a"), &stack("8.0", "b")));
        let topic = |count: u8| {
            format!(
                "apiVersion: kafka.strimzi.io/v1beta2\nkind: KafkaTopic\nmetadata:\n  name: jars\nspec:\n  partitions: {count}\n"
            )
        };
        assert!(open(&topic(3), &topic(6)));
        assert!(!open("jars:\n  kind: big\n", "jars:\n  kind: small\n"));
    }

    #[test]
    fn keys_around_a_line_say_what_it_is_about() {
        let text =
            "framework:\n    messenger:\n        routing:\n            weigh: heavy\nother: 1\n";
        assert_eq!(
            with_keys_around(text, &[(4, "weigh: heavy"), (5, "other: 1")]),
            [
                (4, "routing messenger framework ".to_owned()),
                (5, String::new())
            ]
        );
    }
}

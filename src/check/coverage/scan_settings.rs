//! Pages, settings and what the program runs on: by the lines that differ.

use super::scan::{Row, Scanner, all, cannot, open};
use super::signs::{Sign, find_sign_lines};
use super::{NO_SIGN as PLAIN, Standing, UNREADABLE};
use crate::check::changed_lines::{ChangedLine, ChangedLines};
use crate::model::{CannotRule as Rule, CoverageDomain as D, FileChange};

impl Scanner<'_> {
    pub(super) fn page(&mut self, change: &FileChange) -> Row {
        let inner = template_of(&change.path);
        if inner.as_ref().is_some_and(|end| end.contains("sql")) {
            return self.database();
        }
        // what a template makes is what counts: settings of a server are no page
        if inner.is_some() {
            let mut row = self.settings(change);
            if let Standing::Cannot(_) = row[D::Infrastructure.index()] {
                row[D::Infrastructure.index()] = open(70, None, "settings of something that the program runs on, made from a template");
            }
            return row;
        }
        let mut row = all(cannot(Rule::Page));
        let (old, new) = match self.read(change) {
            Ok(texts) => texts,
            Err(why) => return all(open(UNREADABLE, None, why)),
        };
        let ChangedLines { fresh: lines, .. } = ChangedLines::between(old.as_deref(), new.as_deref());
        let form = lines.iter().find(|(_, line)| {
            let lower = line.to_ascii_lowercase();
            let signs = [
                "<form",
                "<input",
                "<select",
                "<textarea",
                "form_for",
                "form_with",
                "<?php",
                "<?=",
                "<%",
                "@page",
                "@{",
                "@code",
                "@functions",
                "<script",
                "<jsp:",
                "import ",
                "function ",
                "class ",
                "executesql",
                "alter table",
                "drop ",
            ];
            signs.iter().any(|sign| lower.contains(sign))
        });
        let marked = |text: &Option<String>| text.as_deref().is_none_or(|text| text.contains('<'));
        if is_plain_template(&change.path) && !(marked(&old) && marked(&new)) {
            return all(open(PLAIN, lines.first().map(|(line, _)| *line), "a template, and what is made of it is not known"));
        }
        if let Some((line, _)) = form {
            row[D::StoredForm.index()] = open(85, Some(*line), "a page with program text, or that sends what users enter, changed");
            if find_sign_lines(&lines).iter().any(|line| line.shows(Sign::Statement) || line.shows(Sign::SchemaCall)) {
                row[D::Schema.index()] = open(35, Some(*line), Sign::Statement.why());
            }
            row[D::Contract.index()] = open(88, Some(*line), "a page with program text changed");
        }
        row
    }

    pub(super) fn settings(&mut self, change: &FileChange) -> Row {
        let mut row = all(cannot(Rule::OtherField));
        row[D::Configuration.index()] = open(20, None, "a settings file that was not compared whole");
        let (old, new) = match self.read(change) {
            Ok(texts) => texts,
            Err(why) => return all(open(UNREADABLE, None, why)),
        };
        self.lines_of_settings(&mut row, old.as_deref(), new.as_deref());
        row
    }

    fn lines_of_settings(&self, row: &mut Row, old: Option<&str>, new: Option<&str>) {
        let lines = ChangedLines::between(old, new);
        // the line alone says little where the keys around it say what it is about
        let nested = with_keys_around(new.unwrap_or_default(), &lines.fresh);
        // the line where it stands now; none where it was taken out
        let hit = |words: &[&str]| {
            let says = |line: &&ChangedLine<'_>| words.iter().any(|word| line.1.to_ascii_lowercase().contains(word));
            let below = |(_, keys): &&(usize, String)| words.iter().any(|word| keys.contains(word));
            let fresh = lines.fresh.iter().find(says).map(|(line, _)| *line).or_else(|| nested.iter().find(below).map(|(line, _)| *line));
            fresh.map(Some).or_else(|| lines.gone.iter().any(|line| says(&line)).then_some(None))
        };
        if let Some(line) =
            hit(&["ddl-auto", "ddl_auto", "hbm2ddl", "synchronize", "automigrate", "auto_migrate", "auto-migrate", "baseline", "migrat", "naming", "schema"])
        {
            row[D::Schema.index()] = open(40, line, "a setting about how the schema is changed");
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
            row[D::StoredForm.index()] = open(50, line, "a setting about how or where data is kept");
        }
        if let Some(line) = hit(&["base-path", "base_path", "basepath", "context-path", "route", "endpoint"]) {
            row[D::Contract.index()] = open(50, line, "a setting about the address at which others call");
        }
    }
}

/// Most changed lines whose keys are looked up, and most lines that are walked up for one.
const NESTED: (usize, usize) = (200, 400);

/// For changed lines of a text that is nested by indentation: the keys above them, in small letters.
fn with_keys_around(text: &str, fresh: &[ChangedLine<'_>]) -> Vec<(usize, String)> {
    let lines: Vec<&str> = text.lines().collect();
    let indent = |line: &str| line.len() - line.trim_start().len();
    let keys = |number: usize| {
        let mut depth = lines.get(number - 1).map_or(0, |line| indent(line));
        let mut keys = String::new();
        for line in lines[..number.min(lines.len()) - 1].iter().rev().take(NESTED.1).filter(|line| !line.trim().is_empty()) {
            if indent(line) < depth {
                depth = indent(line);
                keys.push_str(&line.split([':', '=']).next().unwrap_or_default().trim().to_ascii_lowercase());
                keys.push(' ');
            }
            if depth == 0 {
                break;
            }
        }
        keys
    };
    fresh.iter().take(NESTED.0).filter(|(number, _)| (1..=lines.len()).contains(number)).map(|(number, _)| (*number, keys(*number))).collect()
}

/// Endings of templates that make files of any kind.
const TEMPLATES: [&str; 9] = ["j2", "jinja", "jinja2", "erb", "tpl", "tmpl", "gotmpl", "ftl", "mustache"];

fn is_plain_template(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, end)| TEMPLATES.contains(&end.to_ascii_lowercase().as_str()))
}

/// The ending of the file that a template makes, where it is no page: `server.properties.j2` makes `properties`.
fn template_of(path: &str) -> Option<String> {
    if !is_plain_template(path) {
        return None;
    }
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let (_, end) = name.rsplit_once('.')?.0.rsplit_once('.')?;
    let page = ["html", "htm", "xhtml", "txt", "text", "md", "mail", "email", "mjml", "js", "css", "svg", "turbo_stream"].contains(&end);
    (!page).then(|| end.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_is_what_it_makes() {
        assert_eq!(template_of("roles/broker/templates/server.properties.j2").as_deref(), Some("properties"));
        assert_eq!(template_of("db/init.sql.erb").as_deref(), Some("sql"));
        for page in ["app/views/jars/show.html.erb", "mail/welcome.txt.j2", "app/views/jars/show.erb", "a.properties"] {
            assert_eq!(template_of(page), None, "{page}");
        }
    }

    #[test]
    fn keys_around_a_line_say_what_it_is_about() {
        let text = "framework:\n    messenger:\n        routing:\n            weigh: heavy\nother: 1\n";
        assert_eq!(with_keys_around(text, &[(4, "weigh: heavy"), (5, "other: 1")]), [(4, "routing messenger framework ".to_owned()), (5, String::new())]);
    }
}

//! Pages of the rules: blockers, weights, questions, gates, the guide.

use super::page::{begin_page, write_cell};
use std::fmt::Write;
use std::path::Path;

type Yaml = serde_yaml::Value;

pub(super) fn read_yaml(root: &Path, file: &str) -> Result<Yaml, String> {
    let text =
        std::fs::read_to_string(root.join(file)).map_err(|error| format!("{file}: {error}"))?;
    serde_yaml::from_str(&text).map_err(|error| format!("{file}: {error}"))
}

fn list_of<'a>(value: &'a Yaml, key: &str) -> &'a [Yaml] {
    value
        .get(key)
        .and_then(Yaml::as_sequence)
        .map_or(&[], Vec::as_slice)
}

fn text_of(value: &Yaml, key: &str) -> String {
    value.get(key).map(plain_value).unwrap_or_default()
}

fn plain_value(value: &Yaml) -> String {
    match value {
        Yaml::String(text) => text.clone(),
        Yaml::Bool(value) => value.to_string(),
        Yaml::Number(value) => value.to_string(),
        Yaml::Sequence(list) => list.iter().map(plain_value).collect::<Vec<_>>().join(", "),
        Yaml::Mapping(map) => map
            .iter()
            .map(|(key, value)| format!("{}: {}", plain_value(key), plain_value(value)))
            .collect::<Vec<_>>()
            .join(", "),
        _ => String::new(),
    }
}

/// A sentence of the checklist without what only a run can fill in.
fn plain_sentence(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(start) = rest.find('{') {
        out.push_str(&rest[..start]);
        let inner = &rest[start + 1..];
        let Some(end) = inner.find('}') else {
            out.push_str(&rest[start..]);
            return out;
        };
        out.push_str(fill_placeholder(&inner[..end]));
        rest = &inner[end + 1..];
    }
    out.push_str(rest);
    write_cell(out.trim())
}

/// What stands for a place in a sentence when there is no release at hand.
fn fill_placeholder(place: &str) -> &str {
    match place.split_once('|') {
        Some((_, otherwise)) => otherwise.trim_start_matches('{'),
        None if place.contains(':') => "",
        None => match place {
            "vanishes" => "something goes away",
            "dependent" => "a dependent",
            "operation" => "what goes away",
            "loss" => "count what would be lost",
            other => other,
        },
    }
}

/// What a column of a table shows of a rule.
enum RuleColumn<'a> {
    /// As it is written.
    Word(&'a str),
    /// In back quotes.
    Code(&'a str),
    /// Without what only a run can fill in.
    Sentence(&'a str),
}

fn write_rule_row(rule: &Yaml, columns: &[RuleColumn<'_>]) -> String {
    let cells: Vec<String> = columns
        .iter()
        .map(|column| match column {
            RuleColumn::Word(key) => text_of(rule, key),
            RuleColumn::Code(key) => format!("`{}`", write_cell(&text_of(rule, key))),
            RuleColumn::Sentence(key) => plain_sentence(&text_of(rule, key)),
        })
        .collect();
    format!("| {} |\n", cells.join(" | "))
}

pub(super) fn blocker_page(checklist: &Yaml) -> (String, String) {
    let mut page = begin_page(
        "The rules: blockers and needs",
        "A blocker takes an option out, or puts a condition before it. A need has to be known \
            before an option may be recommended. These are the rules of `checklists/default.yaml`; \
            [a checklist of your own](../checklists.md) can change them, and [how it \
            decides](../how-it-decides.md) says how they work together.",
    );
    for blocker in list_of(checklist, "blockers") {
        let _ = writeln!(
            page,
            "## {}: {}\n\n| when | then | why |\n| --- | --- | --- |",
            text_of(blocker, "id"),
            plain_sentence(&text_of(blocker, "title"))
        );
        for case in list_of(blocker, "cases") {
            let verdict = text_of(case, "verdict");
            let effect = text_of(case, "effect");
            let mut then: Vec<String> = [verdict, effect]
                .into_iter()
                .filter(|part| !part.is_empty())
                .collect();
            if let Some(condition) = case.get("condition") {
                then.push(format!(
                    "condition: {}",
                    plain_sentence(&text_of(condition, "says"))
                ));
            }
            let _ = writeln!(
                page,
                "| `{}` | {} | {} |",
                write_cell(&text_of(case, "when")),
                then.join("; "),
                plain_sentence(&text_of(case, "says"))
            );
        }
        page.push('\n');
    }
    let _ = writeln!(
        page,
        "## Needs\n\n| option | has to be known | otherwise |\n| --- | --- | --- |"
    );
    for need in list_of(checklist, "needs") {
        page.push_str(&write_rule_row(
            need,
            &[
                RuleColumn::Word("option"),
                RuleColumn::Code("when"),
                RuleColumn::Sentence("says"),
            ],
        ));
    }
    ("blockers".to_owned(), page)
}

pub(super) fn weight_page(checklist: &Yaml) -> (String, String) {
    let mut page = begin_page(
        "The rules: weights, situations, derived facts",
        "Weights rank the options that blockers left. They are small, so that a reader can add \
            them up.",
    );
    for (toward, title) in [
        ("forward", "Toward rolling forward"),
        ("back", "Toward rolling back"),
    ] {
        let _ = writeln!(
            page,
            "## {title}\n\n| weight | why | when |\n| --- | --- | --- |"
        );
        for rule in list_of(checklist, "considerations") {
            if text_of(rule, "toward") == toward {
                page.push_str(&write_rule_row(
                    rule,
                    &[
                        RuleColumn::Word("weight"),
                        RuleColumn::Sentence("says"),
                        RuleColumn::Code("when"),
                    ],
                ));
            }
        }
        page.push('\n');
    }
    let table = |rules: &str, columns: &[RuleColumn]| {
        list_of(checklist, rules)
            .iter()
            .fold(String::new(), |rows, rule| {
                rows + &write_rule_row(rule, columns)
            })
    };
    let _ = write!(
        page,
        "## Situations\n\n| situation | when | why |\n| --- | --- | --- |\n{}",
        table(
            "situations",
            &[
                RuleColumn::Word("id"),
                RuleColumn::Code("when"),
                RuleColumn::Sentence("says")
            ]
        )
    );
    let _ = write!(
        page,
        "\n## Facts that follow from others\n\nUntil somebody says otherwise.\n\n| fact | value | \
            when | why |\n| --- | --- | --- | --- |\n{}",
        table(
            "derive",
            &[
                RuleColumn::Code("fact"),
                RuleColumn::Word("value"),
                RuleColumn::Code("when"),
                RuleColumn::Sentence("says")
            ]
        )
    );
    let _ = writeln!(
        page,
        "\n## How long going back stays unnoticed\n\n| who uses it | minutes |\n| --- | --- |"
    );
    for class in list_of(checklist, "usage") {
        let _ = writeln!(
            page,
            "| {} (`{}`) | {} |",
            plain_sentence(&text_of(class, "says")),
            text_of(class, "class"),
            text_of(class, "minutes")
        );
    }
    ("weights".to_owned(), page)
}

pub(super) fn question_page(checklist: &Yaml) -> (String, String) {
    let mut page = begin_page(
        "Questions",
        "What may be asked. Only a question whose answer can change the verdict is asked, and \
            *don't know* is always an answer. The first ones are asked in this order because they \
            are about danger.",
    );
    let _ = writeln!(
        page,
        "| question | why | who would know | settles |\n| --- | --- | --- | --- |"
    );
    for question in list_of(checklist, "questions") {
        let _ = writeln!(
            page,
            "| {} | {} | {} | `{}` |",
            plain_sentence(&text_of(question, "asks")),
            plain_sentence(&text_of(question, "why")),
            text_of(question, "who"),
            text_of(question, "facts").replace(", ", "`, `")
        );
    }
    ("questions".to_owned(), page)
}

pub(super) fn gate_page(checklist: &Yaml) -> (String, String) {
    let mut page = begin_page(
        "Items of the gates",
        "What is looked at when a deployment reaches a gate. [Gates of a deployment](../gates.md) \
            says how a gate is called.",
    );
    for gate in list_of(checklist, "gates") {
        let _ = writeln!(
            page,
            "## {}\n\nOut by then: {}.\n\n| what must hold | otherwise |\n| --- | --- |",
            text_of(gate, "title"),
            text_of(gate, "deployed")
        );
        for item in list_of(gate, "items") {
            let _ = writeln!(
                page,
                "| {} | {} |",
                plain_sentence(&text_of(item, "says")),
                text_of(item, "otherwise")
            );
        }
        page.push('\n');
    }
    ("gate-items".to_owned(), page)
}

pub(super) fn guide_page(rules: &Yaml) -> (String, String) {
    let mut page = begin_page(
        "The rollback guide, rule by rule",
        "A rule *decides* (it can change the verdict), *asks*, *shows* (a text, a finding, a step \
            of the plan) or is *background* ([read it here](../guide.md)). `backout guide N` \
            prints one rule.",
    );
    let _ = writeln!(
        page,
        "| rule | what it says | class | where the program keeps it |\n| --- | --- | --- | --- |"
    );
    for rule in rules.as_sequence().map_or(&[][..], Vec::as_slice) {
        let place = text_of(rule, "where");
        let place = match place.split_once(':') {
            Some(("fact", key)) => format!("fact `{key}`"),
            Some(("check", id)) => format!("check `{id}`"),
            Some(("screen", name)) => format!("screen *{name}*"),
            Some(("command", name)) => format!("command [`{name}`](commands/{name}.md)"),
            _ => "[the guide](../guide.md)".to_owned(),
        };
        let _ = writeln!(
            page,
            "| {} | {} | {} | {place} |",
            text_of(rule, "rule"),
            write_cell(&text_of(rule, "says")),
            text_of(rule, "class")
        );
    }
    ("guide-rules".to_owned(), page)
}

//! A checklist and the catalogue as text, and the file that `backout checklist new` begins with.

use std::fmt::Write;

use super::catalogue::{self, Values};
use super::{Checklist, Toward};

/// A commented checklist to begin with; it loads as it is.
pub const SKELETON: &str = include_str!("../../../../checklists/skeleton.yaml");

/// The fact catalogue as a table in Markdown.
pub fn facts_table() -> String {
    let mut out = String::from(
        "| key | values, the one that restricts going back most first | how | question | who would \
            know |\n| --- | --- | --- | --- | --- |\n",
    );
    for def in catalogue::list_fact_definitions() {
        let values = match def.values {
            Values::Words(words) => words.join(", "),
            Values::Number(unit) => format!("number of {unit}"),
        };
        let key = def.key.replacen("dependent[]", "dependent[NAME]", 1);
        let how = def
            .how
            .split("")
            .filter(|letter| !letter.is_empty())
            .collect::<Vec<_>>()
            .join(" / ");
        let _ = writeln!(
            out,
            "| `{key}` | {values} | {how} | {} | {} |",
            def.asks, def.who
        );
    }
    out
}

/// Where rules come from, in words: the shipped checklist has no file.
pub fn name_checklist_source(source: &str) -> &str {
    if source == "embedded" {
        "the checklist that backout ships"
    } else {
        source
    }
}

/// One line a checklist source, then what it holds in numbers.
pub fn list_checklist_sources(checklist: &Checklist) -> String {
    let mut out = String::new();
    let _ = writeln!(
        out,
        "{}  {}",
        checklist.name,
        checklist.digest().get(..12).unwrap_or_default()
    );
    for source in &checklist.sources {
        let _ = writeln!(out, "  from {}", name_checklist_source(source));
    }
    for change in &checklist.changes {
        let _ = writeln!(out, "  {}", change.says);
    }
    for one in &checklist.left_out {
        let _ = writeln!(out, "  left out: {}: {}", one.what, one.why);
    }
    let items: usize = checklist.gates.iter().map(|gate| gate.items.len()).sum();
    let _ = writeln!(
        out,
        "  {} questions, {} gates with {items} items, {} blockers, {} considerations",
        checklist.questions.len(),
        checklist.gates.len(),
        checklist.blockers.len(),
        checklist.considerations.len()
    );
    out
}

/// The whole checklist as a person reads it: gates, questions, blockers, weights.
pub fn show_checklist(checklist: &Checklist) -> String {
    let mut out = list_checklist_sources(checklist);
    for gate in &checklist.gates {
        let _ = writeln!(out, "\nGate {}: {}", gate.gate.id(), gate.title);
        for item in &gate.items {
            let _ = writeln!(
                out,
                "  {:<22} {}  else {}",
                item.id, item.says, item.otherwise
            );
        }
    }
    out.push_str("\nQuestions\n");
    for question in &checklist.questions {
        let opening = question
            .opening
            .map(|place| format!(" opening {place}"))
            .unwrap_or_default();
        let _ = writeln!(
            out,
            "  {:<18} {} ({}, {} min{opening})",
            question.id, question.asks, question.who, question.minutes
        );
        for choice in &question.choices {
            let _ = writeln!(out, "  {:<18}   {} {}", "", choice.key, choice.title);
        }
    }
    out.push_str("\nBlockers\n");
    for blocker in &checklist.blockers {
        let _ = writeln!(out, "  {:<4} {}", blocker.id, blocker.title);
        for case in &blocker.cases {
            let _ = writeln!(out, "       if {}", case.when.text);
        }
    }
    for (toward, title) in [
        (Toward::Forward, "\nWeights toward forward\n"),
        (Toward::Back, "\nWeights toward back\n"),
    ] {
        out.push_str(title);
        for consideration in checklist
            .considerations
            .iter()
            .filter(|consideration| consideration.toward == toward)
        {
            let _ = writeln!(
                out,
                "  {:>4}  {:<18} if {}",
                consideration.weight, consideration.id, consideration.when.text
            );
        }
    }
    out
}

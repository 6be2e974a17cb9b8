//! Pacts: what a consumer expects of its provider, as evidence of use and as a contract of its own.

use std::collections::{BTreeMap, BTreeSet};

use span_tree::{Node, Tree};

use super::broken::describe_unreadable;
use super::change::{ChangeSubject, HttpOperation, Log};
use super::document::{LineIndex, Spot, cut_line_excerpt};
use super::path_match;
use super::schema::write_canonical_schema;
use model::{Unchecked, escape_invisible};

// bodies are read by names, and a hostile one only nests
/// Deepest body whose names are looked at.
const MAX_DEPTH: usize = 40;

/// One pact file.
pub(super) struct Pact {
    pub consumer: String,
    pub provider: String,
    interactions: Vec<Interaction>,
}

/// One expectation: a request with its answer, or a message.
struct Interaction {
    /// Description and provider states; what tells it from the others.
    name: String,
    /// Upper case; empty for a message.
    method: String,
    path: String,
    lines: (usize, usize),
    /// Names of fields, parameters and headers, with the line of each.
    names: BTreeMap<String, usize>,
    /// The whole of it without prose.
    meaning: String,
}

/// Reads a pact of any version. `None` when the text is none.
pub(super) fn read_pact(text: &str) -> Option<Pact> {
    let tree = Tree::parse(text).ok()?;
    let root = tree.root()?;
    let party = |key: &str| {
        root.at(&[key, "name"])
            .and_then(Node::text)
            .unwrap_or("")
            .to_owned()
    };
    let lists = ["interactions", "messages"]
        .into_iter()
        .filter_map(|key| root.get(key));
    let interactions: Vec<Interaction> = lists
        .flat_map(Node::items)
        .map(read_pact_interaction)
        .collect();
    let pact = Pact {
        consumer: party("consumer"),
        provider: party("provider"),
        interactions,
    };
    // a file without a consumer and without an interaction is some JSON
    (!pact.consumer.is_empty() || !pact.interactions.is_empty()).then_some(pact)
}

fn read_pact_interaction(node: Node<'_>) -> Interaction {
    let text = |path: &[&str]| node.at(path).and_then(Node::text).unwrap_or("");
    let states = node.get("providerStates").map(|states| {
        states
            .items()
            .filter_map(|state| state.get("name").and_then(Node::text))
            .collect::<Vec<_>>()
    });
    let state = states.map_or_else(
        || text(&["providerState"]).to_owned(),
        |states| states.join(", "),
    );
    let description = text(&["description"]);
    let name = if state.is_empty() {
        description.to_owned()
    } else {
        format!("{description} ({state})")
    };
    let mut names = BTreeMap::new();
    for part in ["request", "response"] {
        let Some(side) = node.get(part) else { continue };
        for key in ["headers", "query"] {
            collect_key_lines(side.get(key), &mut names, 0);
        }
        // version 4 puts the body below `content`
        let body = side.get("body");
        collect_key_lines(
            body.and_then(|body| body.get("content")).or(body),
            &mut names,
            0,
        );
        if let Some((line, query)) = side
            .get("query")
            // older pacts write the query as one text
            .and_then(|query| Some((query.line(), query.text()?)))
        {
            names.extend(
                query
                    .split('&')
                    .map(|pair| (pair.split('=').next().unwrap_or(pair).to_owned(), line)),
            );
        }
    }
    collect_key_lines(node.get("contents"), &mut names, 0);
    Interaction {
        name: escape_invisible(&name).into_owned(),
        method: text(&["request", "method"]).to_ascii_uppercase(),
        path: text(&["request", "path"]).to_owned(),
        lines: (
            node.at(&["request", "path"])
                .map_or(node.line(), Node::line),
            node.end_line(),
        ),
        names,
        meaning: ["request", "response", "contents"]
            .into_iter()
            .filter_map(|key| node.get(key))
            .map(write_canonical_schema)
            .collect(),
    }
}

fn collect_key_lines(node: Option<Node<'_>>, names: &mut BTreeMap<String, usize>, depth: usize) {
    let Some(node) = node.filter(|_| depth < MAX_DEPTH) else {
        return;
    };
    for (name, key, value) in node.pairs() {
        names.entry(name.to_owned()).or_insert_with(|| key.line());
        collect_key_lines(Some(value), names, depth + 1);
    }
    for item in node.items() {
        collect_key_lines(Some(item), names, depth + 1);
    }
}

impl Pact {
    /// Lines on which the pact shows the use of something.
    pub fn uses(&self, subject: &ChangeSubject) -> Vec<usize> {
        let calls = |operation: &HttpOperation| {
            let own = operation.clone();
            self.interactions.iter().filter(move |one| {
                // the path of a pact is one that is called, with values in it
                one.method == own.method && path_match::is_path_of_template(&one.path, &own.path)
            })
        };
        match subject {
            ChangeSubject::Http(operation) => calls(operation).map(|one| one.lines.0).collect(),
            ChangeSubject::Member { name, of } if !name.is_empty() => {
                let named = |one: &Interaction| {
                    one.names
                        .iter()
                        // headers are written in any case
                        .find(|(own, _)| own.eq_ignore_ascii_case(name))
                        .map(|(_, line)| *line)
                };
                of.iter()
                    .flat_map(|operation| calls(operation))
                    .filter_map(named)
                    .collect()
            }
            // a pact shows requests and answers over HTTP, and no others
            _ => Vec::new(),
        }
    }
}

fn make_unreadable_pact(path: &str) -> Unchecked {
    Unchecked {
        what: path.into(),
        why: "the pact is not readable".into(),
        settle_with: Some("compare by hand".into()),
    }
}

/// Compares two editions of a pact: what the consumer began to expect and what it no longer
/// expects.
pub(super) fn compare_pacts(
    path: &str,
    old: Option<&str>,
    new: Option<&str>,
    log: &mut Log,
) -> Vec<Unchecked> {
    let mut problems = Vec::new();
    let mut side = |text: Option<&str>| {
        let pact = text.and_then(read_pact);
        if text.is_some() && pact.is_none() {
            problems.push(make_unreadable_pact(path));
        }
        pact
    };
    let (was, is) = (side(old), side(new));
    if !problems.is_empty() {
        log.note(
            "unreadable",
            path,
            describe_unreadable(
                path,
                (
                    old.is_none() || was.is_some(),
                    new.is_none() || is.is_some(),
                ),
                None,
            ),
            None,
            None,
            ChangeSubject::None,
        );
        return problems;
    }
    let provider = is
        .as_ref()
        .or(was.as_ref())
        .map(|pact| escape_invisible(&pact.provider).into_owned())
        .unwrap_or_default();
    let index = |pact: &Option<Pact>| -> BTreeMap<String, (String, (usize, usize))> {
        pact.iter()
            .flat_map(|pact| &pact.interactions)
            .map(|one| (one.name.clone(), (one.meaning.clone(), one.lines)))
            .collect()
    };
    let (a, b) = (index(&was), index(&is));
    let indexes = [old, new].map(|text| text.map(LineIndex::new).unwrap_or_default());
    let spot = |side: usize, lines: (usize, usize)| {
        let (text, index) = ([old, new][side], &indexes[side]);
        text.map(|text| Spot {
            path: path.to_owned(),
            line: lines.0,
            excerpt: cut_line_excerpt(text, index, lines.0, lines.1),
        })
    };
    for name in a.keys().chain(b.keys()).collect::<BTreeSet<_>>() {
        match (a.get(name), b.get(name)) {
            (None, Some((_, at))) => {
                let what = format!("the consumer expects \"{name}\" of {provider}");
                log.note(
                    "pact-interaction-added",
                    name,
                    what,
                    None,
                    spot(1, *at),
                    ChangeSubject::None,
                );
            }
            (Some((_, at)), None) => {
                let what = format!("the consumer no longer expects \"{name}\" of {provider}");
                log.note(
                    "pact-interaction-removed",
                    name,
                    what,
                    spot(0, *at),
                    None,
                    ChangeSubject::None,
                );
            }
            (Some((before, from)), Some((after, to))) if before != after => {
                let what =
                    format!("the consumer expects something else of {provider} for \"{name}\"");
                log.note(
                    "pact-interaction-changed",
                    name,
                    what,
                    spot(0, *from),
                    spot(1, *to),
                    ChangeSubject::None,
                );
            }
            _ => {}
        }
    }
    problems
}

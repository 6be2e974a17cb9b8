//! Addresses that a framework makes of one word: the actions of a resource, the views of a set.

use super::lines::{CodeLine, is_word, read_literal};
use super::scopes::join_address;
use super::{WayIn, WayKind};

/// Actions of a resource, with the method and whether the address ends with the id.
const ACTIONS: [(&str, &str, bool); 9] = [
    ("index", "GET", false),
    ("show", "GET", true),
    ("create", "POST", false),
    // Laravel's word; its `create` is a page, as `new` is elsewhere
    ("store", "POST", false),
    ("update", "PATCH", true),
    ("destroy", "DELETE", true),
    ("delete", "DELETE", true),
    ("new", "", false),
    ("edit", "", false),
];

/// Words that make addresses of a name.
const WORDS: [&str; 6] = [
    "resources",
    "resource",
    "apiResource",
    "apiResources",
    "resources!",
    "singleton",
];

/// The name of the resource that a line makes addresses of.
pub(super) fn read_resource<'a>(line: &CodeLine<'a>) -> Option<&'a str> {
    let at = line.tokens.iter().position(|token| WORDS.contains(token))?;
    let next = at + if line.at(at + 1) == "(" { 2 } else { 1 };
    if line.at(next) == ":" {
        return Some(line.at(next + 1)).filter(|name| is_word(name));
    }
    read_literal(line.at(next)).filter(|text| !text.is_empty() && !text.contains(' '))
}

/// Adds the addresses of a line that lists the actions of a resource with `only` or `except`.
/// `address` is where the resource lies.
pub(super) fn add_actions(ways: &mut Vec<WayIn>, line: &CodeLine<'_>, address: &str) {
    let keyed = |word: &str| line.tokens.iter().position(|token| *token == word);
    let (listed, wanted) = match (keyed("only"), keyed("except")) {
        (Some(at), _) => (list_actions(line, at), true),
        (None, Some(at)) => (list_actions(line, at), false),
        // without a list all of them are there
        (None, None) => (Vec::new(), false),
    };
    // `resources` of Rails and Phoenix make one that Laravel calls otherwise
    let is_laravel = listed.contains(&"store");
    for (action, method, with_id) in ACTIONS {
        let usual = matches!(action, "index" | "show" | "create" | "update" | "destroy");
        let there = if wanted {
            listed.contains(&action)
        } else {
            usual && !listed.contains(&action)
        };
        let shown = method.is_empty() || action == "create" && is_laravel;
        if !there || shown || ways.len() >= super::WAYS {
            continue;
        }
        let singular = line.has("resource") || line.has("singleton");
        ways.push(WayIn {
            kind: WayKind::Address,
            method: super::read_method(method),
            name: if with_id && !singular {
                join_address(address, "{id}")
            } else {
                address.to_owned()
            },
            line: line.number,
        });
    }
}

/// The actions that stand behind a key, as symbols, words in quotes or words in a list of words.
fn list_actions<'a>(line: &CodeLine<'a>, from: usize) -> Vec<&'static str> {
    let named = |token: &'a str| {
        let bare = read_literal(token).unwrap_or(token);
        bare.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
            .filter_map(|word| ACTIONS.iter().find(|(action, ..)| *action == word))
            .map(|(action, ..)| *action)
            .collect::<Vec<_>>()
    };
    line.tokens
        .iter()
        .skip(from + 1)
        .take_while(|token| !matches!(**token, "except" | "do"))
        .flat_map(|token| named(token))
        .collect()
}

/// Classes of a framework that answer some methods each.
const VIEWS: [(&str, &[&str]); 16] = [
    ("ListModelMixin", &["list"]),
    ("CreateModelMixin", &["create"]),
    ("RetrieveModelMixin", &["retrieve"]),
    ("UpdateModelMixin", &["update"]),
    ("DestroyModelMixin", &["destroy"]),
    (
        "ModelViewSet",
        &["list", "create", "retrieve", "update", "destroy"],
    ),
    ("ReadOnlyModelViewSet", &["list", "retrieve"]),
    ("CreateAPIView", &["create"]),
    ("ListAPIView", &["list"]),
    ("RetrieveAPIView", &["retrieve"]),
    ("DestroyAPIView", &["destroy"]),
    ("UpdateAPIView", &["update"]),
    ("ListCreateAPIView", &["list", "create"]),
    ("RetrieveUpdateAPIView", &["retrieve", "update"]),
    ("RetrieveDestroyAPIView", &["retrieve", "destroy"]),
    (
        "RetrieveUpdateDestroyAPIView",
        &["retrieve", "update", "destroy"],
    ),
];

/// Adds what a class of Django REST framework answers by the classes that it is made of, and the
/// methods that it lists.
pub(super) fn add_views(ways: &mut Vec<WayIn>, end: &str, lines: &[CodeLine<'_>]) {
    if end != "py" {
        return;
    }
    let mut class = String::new();
    for line in lines {
        let mut answered: Vec<String> = Vec::new();
        if line.at(0) == "class" && is_word(line.at(1)) {
            line.at(1).clone_into(&mut class);
            let bases = line.tokens.iter().skip(2);
            for (_, actions) in
                bases.filter_map(|token| VIEWS.iter().find(|(name, _)| name == token))
            {
                answered.extend(actions.iter().map(|action| format!("{action} of {class}")));
            }
        } else if line.at(0) == "http_method_names" && !class.is_empty() {
            answered.extend(
                line.literals()
                    .map(|(_, text)| format!("{text} of {class}")),
            );
        }
        for name in answered {
            if ways.len() < super::WAYS {
                ways.push(WayIn {
                    kind: WayKind::Member,
                    method: None,
                    name,
                    line: line.number,
                });
            }
        }
    }
}

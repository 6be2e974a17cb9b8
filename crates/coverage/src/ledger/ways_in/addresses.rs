//! Addresses below a host with their methods, as frameworks and plain servers spell them.

use super::super::address_shape::is_address;
use super::lines::{CodeLine, is_word, read_literal};
use super::resources;
use super::scopes::{Scopes, join_address};
use super::{METHODS, WayIn, WayKind, read_method};

/// Words of a call or a key that has something to do with a file, a client or a text for people:
/// an address that stands there is called, shown or read, and not offered.
const ELSEWHERE: [&str; 56] = [
    "fetch",
    "axios",
    "requests",
    "urlopen",
    "curl",
    "got",
    "ky",
    "superagent",
    "supertest",
    "newrequest",
    "newrequestwithcontext",
    "httpclient",
    "resttemplate",
    "webclient",
    "faraday",
    "httparty",
    "reqwest",
    "httpx",
    "redirect",
    "redirectto",
    "redirect_to",
    "navigate",
    "push",
    "href",
    "src",
    "open",
    "readfile",
    "readfilesync",
    "writefile",
    "join",
    "resolve",
    "require",
    "import",
    "include",
    "sendfile",
    "exists",
    "existssync",
    "file",
    "path_join",
    "log",
    "println",
    "print",
    "info",
    "warn",
    "error",
    "debug",
    "expect",
    "from",
    "url_for",
    "visit",
    "goto",
    "replace",
    "replaceall",
    "exec",
    "rename",
    "copy",
];

/// Words of a call that gives an address to what answers there, beside the methods.
const ROUTES: [&str; 22] = [
    "route",
    "request",
    "requestmapping",
    "controller",
    "path",
    "re_path",
    "url",
    "all",
    "any",
    "use",
    "handle",
    "handlefunc",
    "register",
    "resource",
    "resources",
    "mapmethods",
    "match",
    "websocket",
    "add_route",
    "add_url_rule",
    "live",
    "forward",
];

/// Endings of parts that no address of an interface has.
const FILES: [&str; 22] = [
    ".png", ".svg", ".jpg", ".jpeg", ".gif", ".ico", ".css", ".scss", ".js", ".mjs", ".ts", ".tsx",
    ".html", ".md", ".sh", ".so", ".conf", ".toml", ".lock", ".sock", ".log", ".woff2",
];

/// What a text says about the framework, once a text.
struct AddressStyle {
    /// Addresses without a first slash are usual, given to a path function: Django.
    is_django: bool,
    /// Parts of an address are given one by one: Vapor.
    in_parts: bool,
    /// Verbs begin a line and need no receiver: Rails, Sinatra, Grape, Phoenix, Mojolicious.
    is_dsl: bool,
    /// Links of pages, not addresses that this program answers.
    is_page: bool,
}

impl AddressStyle {
    fn of(end: &str, text: &str) -> Self {
        Self {
            is_django: end == "py" && text.contains("urlpatterns"),
            in_parts: end == "swift",
            is_dsl: matches!(
                end,
                "rb" | "ex" | "exs" | "pl" | "pm" | "cr" | "clj" | "groovy"
            ),
            is_page: matches!(end, "jsx" | "tsx" | "vue" | "svelte" | "astro"),
        }
    }
}

/// The addresses of a text.
pub(super) fn list_addresses<'a>(end: &str, lines: &[CodeLine<'a>], text: &str) -> Vec<WayIn> {
    let style = AddressStyle::of(end, text);
    let mut scopes = Scopes::default();
    let mut ways = Vec::new();
    if style.is_page {
        return ways;
    }
    for (index, line) in lines.iter().enumerate() {
        scopes.enter(line);
        if is_import(line) {
            continue;
        }
        if end == "scala" && add_root_path(&mut ways, line)
            || end == "hs" && add_servant_path(&mut ways, line)
        {
            continue;
        }
        let deeper = lines
            .get(index + 1)
            .is_some_and(|next| next.indent > line.indent);
        if let Some((prefix, names_class)) = class_prefix(lines, index) {
            if names_class {
                scopes.open_class(line.indent, prefix);
            }
            continue;
        }
        if let Some(name) = resources::read_resource(line) {
            let address = join_address(&scopes.prefix(line, 0), name);
            resources::add_actions(&mut ways, line, &address);
        }
        if let Some(base) = scopes.take(line, deeper) {
            // what stands below may be given in another text
            if base.len() > 1 && ways.len() < super::WAYS {
                ways.push(WayIn {
                    kind: WayKind::Base,
                    method: None,
                    name: join_address("", &base),
                    line: line.number,
                });
            }
            continue;
        }
        add_of_line(&mut ways, &style, &scopes, lines, index);
    }
    ways
}

fn is_import(line: &CodeLine<'_>) -> bool {
    matches!(
        line.at(0),
        "import" | "from" | "use" | "require" | "include" | "using" | "package"
    ) || line.has("require") && line.has("const")
}

/// An annotation for routes stands above a class: what it adds to the addresses of its methods.
fn class_prefix(lines: &[CodeLine<'_>], index: usize) -> Option<(String, bool)> {
    let line = lines.get(index)?;
    if !matches!(line.at(0), "@" | "[" | "#") {
        return None;
    }
    let word = line
        .tokens
        .iter()
        .find(|token| is_word(token))?
        .to_ascii_lowercase();
    if !matches!(
        word.as_str(),
        "controller" | "requestmapping" | "path" | "route" | "prefix"
    ) {
        return None;
    }
    let declared = lines
        .iter()
        .skip(index + 1)
        .take(10)
        .find(|next| !matches!(next.at(0), "@" | "[" | "#" | ")" | "]"))?;
    let at = declared
        .tokens
        .iter()
        .position(|token| matches!(*token, "class" | "interface" | "object" | "record"))?;
    let class = declared.at(at + 1).to_ascii_lowercase();
    let prefix = line
        .literals()
        .map(|(_, text)| text)
        .find(|text| !text.contains(' '))
        .unwrap_or_default()
        .replace("[controller]", class.trim_end_matches("controller"));
    Some((join_address("", &prefix), true))
}

/// `case POST -> Root / "quotes" / id / "accept"` of http4s.
fn add_root_path(ways: &mut Vec<WayIn>, line: &CodeLine<'_>) -> bool {
    let Some(root) = line.tokens.iter().position(|token| *token == "Root") else {
        return false;
    };
    let method = line.tokens[..root]
        .iter()
        .find_map(|token| read_method(token));
    let mut name = String::new();
    let mut at = root + 1;
    while line.at(at) == "/" {
        let part = line.at(at + 1);
        let text = read_literal(part);
        name = join_address(
            &name,
            &text.map_or_else(|| format!("{{{part}}}"), str::to_owned),
        );
        at += 2;
        // `LongVar(id)`
        if line.at(at) == "(" {
            at += line.tokens[at..]
                .iter()
                .position(|token| *token == ")")
                .unwrap_or(0)
                + 1;
        }
    }
    push_address(ways, method, name, line.number);
    true
}

/// `"pack" :> Post '[JSON] ()` of servant.
fn add_servant_path(ways: &mut Vec<WayIn>, line: &CodeLine<'_>) -> bool {
    if !line.tokens.windows(2).any(|pair| pair == [":", ">"]) && !line.has(":>") {
        return false;
    }
    let mut name = String::new();
    for (at, token) in line.tokens.iter().enumerate() {
        if let Some(text) = read_literal(token) {
            if line.before(at, 1) != "Capture" {
                name = join_address(&name, text);
            } else {
                name = join_address(&name, &format!("{{{text}}}"));
            }
        }
    }
    let method = line.tokens.iter().find_map(|token| {
        METHODS
            .iter()
            .copied()
            .find(|method| token.len() == method.len() && method.eq_ignore_ascii_case(token))
    });
    push_address(ways, method, name, line.number);
    true
}

fn push_address(ways: &mut Vec<WayIn>, method: Option<&'static str>, name: String, line: usize) {
    if name.len() > 1 && ways.len() < super::WAYS || method.is_some() && ways.len() < super::WAYS {
        let name = if name.is_empty() {
            "/".to_owned()
        } else {
            show_parts(&name)
        };
        ways.push(WayIn {
            kind: WayKind::Address,
            method,
            name,
            line,
        });
    }
}

/// What varies in braces, however a framework marks it.
fn show_parts(name: &str) -> String {
    let mut out = String::new();
    for part in name
        .trim_end_matches('$')
        .split('/')
        .filter(|part| !part.is_empty())
    {
        out.push('/');
        let inner = part.trim_start_matches([':', '<', '*', '{', '$', '[']);
        if inner.len() == part.len() {
            out.push_str(part);
            continue;
        }
        let inner = inner
            .rsplit(':')
            .next()
            .filter(|_| part.starts_with('<'))
            .unwrap_or(inner);
        let bare: String = inner
            .chars()
            .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
            .collect();
        out.push('{');
        out.push_str(&bare);
        out.push('}');
    }
    if out.is_empty() { "/".to_owned() } else { out }
}

/// Addresses in one line that is no class and opens no block.
fn add_of_line(
    ways: &mut Vec<WayIn>,
    style: &AddressStyle,
    scopes: &Scopes<'_>,
    lines: &[CodeLine<'_>],
    index: usize,
) {
    let Some(line) = lines.get(index) else { return };
    if style.is_dsl && add_of_dsl(ways, scopes, line) {
        return;
    }
    let marked = matches!(line.at(0), "@" | "[" | "#");
    let mut found = false;
    for (at, text) in line.literals() {
        // `"POST /cards/verify"`
        if let Some((method, address)) = text.split_once(' ')
            && let Some(method) = METHODS.iter().copied().find(|known| *known == method)
            && address.starts_with('/')
        {
            push_address(
                ways,
                Some(method),
                scopes_join(scopes, line, at, address),
                line.number,
            );
            found = true;
            continue;
        }
        // most texts are neither, and all of a file pass here
        let whole = looks_like_address(text);
        let relative = !text.starts_with('/') && is_relative(text) && is_first(line, at);
        if !whole && !relative {
            continue;
        }
        let call = find_call(line, at);
        let small = call.to_ascii_lowercase();
        let routed = read_method(
            &small
                .replace("mapping", "")
                .replace("http", "")
                .replace("map", ""),
        )
        .is_some()
            || ROUTES.contains(&small.as_str());
        let takes_relative = marked && routed
            || style.is_django && matches!(small.as_str(), "path" | "re_path" | "url")
            || style.in_parts && routed
            || line.tokens.first() == Some(&"Route") && routed
            || small == "register" && line.has("router");
        if whole && !is_elsewhere(line, at, &small) || relative && takes_relative {
            let mut address = text.to_owned();
            if style.in_parts {
                for (_, part) in line.literals().filter(|(other, _)| *other > at) {
                    address = join_address(&address, part);
                }
            }
            let name = scopes_join(scopes, line, at, &address);
            push_with_methods(ways, lines, index, at, &small, name);
            found = true;
            if style.in_parts {
                break;
            }
        }
    }
    // `@PostMapping` without an address answers at that of its class
    if marked && !found && line.literals().next().is_none() {
        let word = line.tokens.iter().find(|token| is_word(token));
        if let Some(method) = word.and_then(|word| {
            let small = word.to_ascii_lowercase();
            (small.ends_with("mapping")
                || small.starts_with("http")
                || read_method(&small).is_some())
            .then(|| read_method(&small.replace("mapping", "").replace("http", "")))
            .flatten()
        }) {
            let name = scopes.prefix(line, 0);
            push_address(ways, Some(method), name, line.number);
        }
    }
}

fn scopes_join(scopes: &Scopes<'_>, line: &CodeLine<'_>, at: usize, address: &str) -> String {
    join_address(&scopes.prefix(line, at), address)
}

/// A quoted text is what a call is given first, or under the name of an address.
fn is_first(line: &CodeLine<'_>, at: usize) -> bool {
    let (one, two) = (line.before(at, 1), line.before(at, 2));
    one == "("
        || one == "r" && two == "("
        || matches!(one, "=" | ":" | "{" | "[") && {
            let key = if matches!(one, "{" | "[") {
                line.before(at, 3)
            } else {
                two
            };
            matches!(key, "value" | "path" | "url" | "template" | "")
        }
}

fn is_relative(text: &str) -> bool {
    !text.is_empty()
        && text.len() < 200
        && !text.contains(' ')
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "/-_.:{}<>*()[]^$?\\+".contains(c))
}

/// The word that a quoted text is given to: the call around it, or its key.
fn find_call<'a>(line: &CodeLine<'a>, at: usize) -> &'a str {
    let mut depth = 0usize;
    for back in (0..at).rev() {
        match line.at(back) {
            ")" | "]" => depth += 1,
            "(" | "[" if depth > 0 => depth -= 1,
            "(" => return line.before(back, 1),
            "[" if depth == 0 => {}
            _ => {}
        }
    }
    let before = line.before(at, 1);
    if is_word(before) {
        return before;
    }
    if matches!(before, ":" | "=") {
        return line.before(at, 2);
    }
    ""
}

/// An address that this program calls, shows or reads from a disk.
fn is_elsewhere(line: &CodeLine<'_>, at: usize, call: &str) -> bool {
    let is_other = |word: &str| {
        let small = word.to_ascii_lowercase();
        ELSEWHERE.contains(&small.as_str())
    };
    let begin = line.tokens[..at].iter().rev().take(8);
    is_other(call)
        || begin.clone().any(|token| {
            is_other(token) && !matches!(*token, "from" | "include" | "error" | "info" | "path")
        })
        // `this.http.get('/api/cards')`
        || line.tokens[..at].windows(4).any(|part| {
            matches!(part, [a, ".", b, "."]
                if matches!(*a, "this" | "self") && matches!(*b, "http" | "client" | "api"))
        })
        || line.tokens[..at].windows(2).any(|part| {
            matches!(part[0], "client" | "http" | "Http" | "HTTP" | "conn" | "session" | "$http")
                && matches!(part[1], "." | "-")
        })
            && !line.tokens[..at].iter().any(|token| token.starts_with("Handle"))
}

/// A quoted text has the shape of an address below a host, and not of a file.
fn looks_like_address(text: &str) -> bool {
    is_address(text) && {
        let last = text
            .rsplit('/')
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase();
        !FILES.iter().any(|end| last.ends_with(end))
    }
}

/// Methods of an address: of the call itself, of what it is given beside the address, or of a key
/// beside it.
fn push_with_methods(
    ways: &mut Vec<WayIn>,
    lines: &[CodeLine<'_>],
    index: usize,
    at: usize,
    call: &str,
    name: String,
) {
    let Some(line) = lines.get(index) else { return };
    let own = call
        .replace("mapping", "")
        .replace("http", "")
        .replace("map", "");
    if let Some(method) = read_method(&own) {
        return push_address(ways, Some(method), name, line.number);
    }
    let mut methods: Vec<&'static str> = Vec::new();
    for (place, token) in line.tokens.iter().enumerate().skip(at + 1) {
        let called = line.at(place + 1) == "(" || matches!(line.before(place, 1), "," | ".");
        note_method(&mut methods, read_literal(token).unwrap_or(token), !called);
    }
    for token in &line.tokens[..at] {
        note_method(&mut methods, read_literal(token).unwrap_or(token), true);
    }
    if methods.is_empty() {
        // `method: 'POST'` in a line beside it
        let beside = lines
            .iter()
            .skip(index.saturating_sub(2))
            .take(5)
            .filter(|other| other.indent == line.indent && other.at(0).starts_with("method"));
        for other in beside {
            for (_, text) in other.literals() {
                note_method(&mut methods, text, false);
            }
        }
    }
    if methods.is_empty() {
        return push_address(ways, None, name, line.number);
    }
    for method in methods {
        push_address(ways, Some(method), name.clone(), line.number);
    }
}

/// Takes in a word that is a method: in capitals, or in any letters where it is called or listed.
fn note_method(methods: &mut Vec<&'static str>, word: &str, in_capitals: bool) {
    let found = METHODS
        .iter()
        .copied()
        .find(|method| *method == word || !in_capitals && method.eq_ignore_ascii_case(word));
    if let Some(method) = found
        && !methods.contains(&method)
    {
        methods.push(method);
    }
}

/// A line that begins with a method or with what makes several addresses.
fn add_of_dsl(ways: &mut Vec<WayIn>, scopes: &Scopes<'_>, line: &CodeLine<'_>) -> bool {
    let first = if line.at(0) == "(" { 1 } else { 0 };
    let word = line.at(first);
    let method = read_method(word);
    if method.is_none()
        && !matches!(
            word,
            "resources" | "resource" | "match" | "live" | "forward"
        )
    {
        return false;
    }
    let next = if line.at(first + 1) == "(" {
        first + 2
    } else {
        first + 1
    };
    let name = if line.at(next) == ":" && is_word(line.at(next + 1)) {
        line.at(next + 1)
    } else {
        match read_literal(line.at(next)) {
            Some(text) if is_relative(text) => text,
            _ => return false,
        }
    };
    let member = line
        .tokens
        .windows(4)
        .any(|part| part == ["on", ":", ":", "member"]);
    let prefix = scopes.prefix(line, 0);
    let prefix = if member {
        join_address(&prefix, "{id}")
    } else {
        prefix
    };
    push_address(ways, method, join_address(&prefix, name), line.number);
    true
}

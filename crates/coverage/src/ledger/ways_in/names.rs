//! Names by which others rely on this program and that no file of addresses writes down: headers,
//! permissions, metrics, hooks, columns of an export, members of an enumeration that is sent.

use super::enum_members::read_enum_members;
use super::lines::{CodeLine, is_word, read_literal};
use super::{WayIn, WayKind};

/// Ends of words that give or ask for a permission by its name, in small letters and without signs:
/// `hasAuthority`, `require_scope`, `RolesAllowed`.
const PERMISSIONS: [&str; 14] = [
    "authority",
    "authorities",
    "role",
    "roles",
    "rolesallowed",
    "scope",
    "scopes",
    "permission",
    "permissions",
    "permissionrequired",
    "claim",
    "secured",
    "authorize",
    "requires",
];

/// Ends of words that declare a metric, in small letters and without signs: `NewGaugeVec`,
/// `register_int_counter`, `createUpDownCounter`.
const METRICS: [&str; 9] = [
    "counter",
    "gauge",
    "histogram",
    "summary",
    "timer",
    "meter",
    "increment",
    "timing",
    "distribution",
];

/// Libraries of metrics, as program text brings them in, in small letters.
const METERS: [&str; 8] = [
    "prometheus",
    "promauto",
    "micrometer",
    "statsd",
    "telemetry",
    "dropwizard",
    "datadog",
    "metrics",
];

/// Files in which `role="button"` and `scope="col"` are about a page.
const PAGES: [&str; 6] = ["jsx", "tsx", "vue", "svelte", "astro", "html"];

/// Calls by which a program lets plugins take part.
const HOOKS: [&str; 8] = [
    "do_action",
    "apply_filters",
    "do_action_ref_array",
    "apply_filters_ref_array",
    "call_hook",
    "invokeall",
    "triggerevent",
    "alter",
];

/// Forms of tables that are handed out, as program text names them, in small letters.
const TABLES: [&str; 7] = [
    "csv",
    "apache.poi",
    "openpyxl",
    "xlsx",
    "spreadsheet",
    "closedxml",
    "excel",
];

/// Calls that write the first row of an export.
const ROWS: [&str; 14] = [
    "setcellvalue",
    "write_string",
    "writerow",
    "write_row",
    "writeheader",
    "write_record",
    "withheader",
    "setheader",
    "fputcsv",
    "printrecord",
    "addrow",
    "add_row",
    "headers",
    "fieldnames",
];

/// Signs that values of an enumeration are sent or kept by their names.
const SENT: [&str; 10] = [
    "JsonStringEnumConverter",
    "EnumMember",
    "@JsonProperty",
    "@JsonValue",
    "JsonConverter",
    "#[derive(Serialize",
    "Serialize,",
    "@Serializable",
    "registerEnum",
    "StrEnum",
];

/// Lines above a name in which the call that takes it may stand.
const ABOVE: usize = 4;

/// What the whole text says about the names in it.
#[derive(Debug, Clone, Copy)]
struct NamingStyle {
    /// It works with a library of metrics.
    metered: bool,
    /// It works with tables that are handed out.
    tabled: bool,
    /// It is a part of a page.
    of_page: bool,
}

/// Adds the names of a text.
pub(super) fn add_names(ways: &mut Vec<WayIn>, end: &str, lines: &[CodeLine<'_>], text: &str) {
    let small = text.to_ascii_lowercase();
    let style = NamingStyle {
        metered: METERS.iter().any(|word| small.contains(word)),
        tabled: TABLES.iter().any(|word| small.contains(word)),
        of_page: PAGES.contains(&end),
    };
    for (index, line) in lines.iter().enumerate() {
        if matches!(line.at(0), "import" | "from" | "use" | "using" | "require") {
            continue;
        }
        for (at, name) in line.literals() {
            if let Some(kind) = find_kind(lines, index, (at, name), style) {
                push_name(ways, kind, name, line.number);
            }
        }
    }
    if SENT.iter().any(|sign| text.contains(sign)) {
        for member in read_enum_members(end, lines) {
            push_name(ways, WayKind::Value, &member.name, member.line);
        }
    }
    if HOOKED.iter().any(|word| text.contains(word)) {
        add_declared_hooks(ways, lines);
    }
}

/// Signs of a text that declares places where plugins take part by the names of its methods.
const HOOKED: [&str; 3] = ["HookspecMarker", "hookspec", "pluggy"];

/// A method below an annotation, in a text that declares such places.
fn add_declared_hooks(ways: &mut Vec<WayIn>, lines: &[CodeLine<'_>]) {
    for pair in lines.windows(2) {
        let [mark, method] = pair else { continue };
        let at = usize::from(method.at(0) == "async");
        if mark.at(0) == "@" && method.at(at) == "def" && is_word(method.at(at + 1)) {
            push_name(ways, WayKind::Hook, method.at(at + 1), method.number);
        }
    }
}

/// What a quoted text names.
fn find_kind(
    lines: &[CodeLine<'_>],
    index: usize,
    (at, name): (usize, &str),
    NamingStyle {
        metered,
        tabled,
        of_page,
    }: NamingStyle,
) -> Option<WayKind> {
    let line = lines.get(index)?;
    if !is_name(name) {
        return None;
    }
    if (is_header(name) && takes_header(line, at)) || is_given_as_header(line, at, name) {
        return Some(WayKind::Header);
    }
    let around = || {
        let before = line.tokens.get(..at).unwrap_or_default();
        before.iter().rev().take(8).filter(|token| is_word(token))
    };
    let is_one_of = |list: &[&str]| {
        around().any(|token| list.iter().any(|word| word.eq_ignore_ascii_case(token)))
    };
    if is_one_of(&HOOKS) && line.before(at, 1) == "(" {
        return Some(WayKind::Hook);
    }
    if !of_page && name.len() > 2 && asks_for_permission(line, at) {
        return Some(WayKind::Permission);
    }
    if metered && is_metric(name) {
        let named = || {
            matches!(line.before(at, 1), ":" | "=")
                && line.before(at, 2).eq_ignore_ascii_case("name")
        };
        let above = || {
            lines
                .iter()
                .take(index)
                .rev()
                .take(ABOVE)
                .any(|other| other.tokens.iter().any(|token| is_meter(token)))
        };
        let first = line.before(at, 1) == "(";
        if first && around().next().is_some_and(|token| is_meter(token))
            || named() && (around().any(|token| is_meter(token)) || above())
            || first && line.tokens.len() <= 3 && above()
        {
            return Some(WayKind::Metric);
        }
    }
    let row = || {
        let before = line.tokens.get(..at).unwrap_or_default();
        before
            .iter()
            .any(|token| ROWS.iter().any(|word| word.eq_ignore_ascii_case(token)))
    };
    (tabled && row()).then_some(WayKind::Column)
}

/// Whether a word ends like one of a list, however its parts are written together.
fn ends_like(token: &str, ends: &[&str]) -> bool {
    let plain = token.replace('_', "").to_ascii_lowercase();
    ends.iter().any(|end| plain.ends_with(end))
}

/// A word that declares a metric; `Vec` and `Opts` of Go tell its form.
fn is_meter(token: &str) -> bool {
    let bare = token.trim_end_matches("Vec").trim_end_matches("Opts");
    is_word(token) && ends_like(bare, &METRICS)
}

/// A permission is given to a call or a key that ends in a word for one.
fn asks_for_permission(line: &CodeLine<'_>, at: usize) -> bool {
    let from = at.saturating_sub(8);
    (from..at).any(|index| {
        let token = line.at(index);
        is_word(token)
            && matches!(line.at(index + 1), "(" | ":" | "=" | "[")
            && ends_like(token, &PERMISSIONS)
    })
}

fn is_name(text: &str) -> bool {
    (2..100).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "._-:/ ".contains(c))
}

/// `X-Tenant`, `Parish-Id`, `x-tenant`.
fn is_header(text: &str) -> bool {
    text.contains('-')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        && !KNOWN_HEADERS
            .iter()
            .any(|known| known.eq_ignore_ascii_case(text))
}

/// Headers of the protocol, whose meaning no program settles.
const KNOWN_HEADERS: [&str; 16] = [
    "content-type",
    "content-length",
    "content-disposition",
    "content-encoding",
    "content-security-policy",
    "cache-control",
    "user-agent",
    "accept-encoding",
    "accept-language",
    "if-none-match",
    "if-modified-since",
    "last-modified",
    "x-forwarded-for",
    "x-forwarded-proto",
    "x-requested-with",
    "set-cookie",
];

fn takes_header(line: &CodeLine<'_>, at: usize) -> bool {
    let before = line.tokens.get(..at).unwrap_or_default();
    line.tokens
        .get(at)
        .is_some_and(|token| read_literal(token).is_some_and(|name| name.starts_with("X-")))
        || before
            .iter()
            .rev()
            .take(8)
            .any(|token| is_word(token) && token.to_ascii_lowercase().contains("header"))
}

/// `r.Header.Get("Authorization")`, `headers["Tenant"]`: a call or a place for headers is given a
/// name, whatever its shape.
fn is_given_as_header(line: &CodeLine<'_>, at: usize, name: &str) -> bool {
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        && name.starts_with(|c: char| c.is_ascii_uppercase())
        && !KNOWN_HEADERS
            .iter()
            .any(|known| known.eq_ignore_ascii_case(name));
    let holder = |back| {
        let small = line.before(at, back).to_ascii_lowercase();
        small.ends_with("header") || small.ends_with("headers")
    };
    let reads = ["get", "set", "add", "del", "values", "has", "contains"]
        .iter()
        .any(|call| line.before(at, 2).eq_ignore_ascii_case(call));
    plain
        && (line.before(at, 1) == "(" && reads && line.before(at, 3) == "." && holder(4)
            || line.before(at, 1) == "[" && holder(2))
}

/// Small letters, with a sign between its words.
fn is_metric(text: &str) -> bool {
    text.contains(['_', '.'])
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "._:-/".contains(c))
}

fn push_name(ways: &mut Vec<WayIn>, kind: WayKind, name: &str, line: usize) {
    if ways.len() < super::WAYS {
        ways.push(WayIn {
            kind,
            method: None,
            name: name.to_owned(),
            line,
        });
    }
}

//! Files that platforms make an address of by their place, and the methods that they export.

use super::lines::CodeLine;
use super::scopes::join_address;
use super::{METHODS, WayIn, WayKind, read_method};

/// Folders that a server shows as they are.
const SHOWN: [&str; 7] = [
    "public",
    "htdocs",
    "public_html",
    "wwwroot",
    "webroot",
    "cgi-bin",
    "www",
];

/// The address that a platform makes of a file's place, where one does.
fn find_file_address(path: &str) -> Option<String> {
    let (stem, end) = path.rsplit_once('.')?;
    let name = stem.rsplit('/').next().unwrap_or(stem);
    let end = end.to_ascii_lowercase();
    let script = matches!(
        end.as_str(),
        "js" | "ts" | "mjs" | "mts" | "cjs" | "jsx" | "tsx"
    );
    let below = |folders: &[&str]| {
        folders.iter().find_map(|folder| {
            stem.strip_prefix(folder).or_else(|| {
                let at = stem.find(&format!("/{folder}"))?;
                stem.get(at + folder.len() + 1..)
            })
        })
    };
    if script && name == "route" {
        return below(&["app/"]).map(|rest| read_place(rest.strip_suffix("route").unwrap_or(rest)));
    }
    if script && name == "+server" {
        return below(&["routes/"])
            .map(|rest| read_place(rest.strip_suffix("+server").unwrap_or(rest)));
    }
    if script && let Some(rest) = below(&["pages/api/"]) {
        return Some(join_address("/api", &read_place(rest)));
    }
    if script && let Some(rest) = below(&["server/api/"]) {
        return Some(join_address("/api", &read_place(rest)));
    }
    if script && let Some(rest) = below(&["server/routes/"]) {
        return Some(read_place(rest));
    }
    if script && let Some(rest) = below(&["netlify/functions/"]) {
        return Some(join_address("/.netlify/functions", &read_place(rest)));
    }
    if matches!(end.as_str(), "php" | "cgi" | "pl") {
        let parts: Vec<&str> = path.split('/').collect();
        let at = parts
            .iter()
            .position(|part| SHOWN.iter().any(|shown| shown.eq_ignore_ascii_case(part)))?;
        return parts
            .get(at + 1..)
            .map(|rest| format!("/{}", rest.join("/")));
    }
    None
}

/// Parts of a place without groups; what is in brackets varies, and an index is its folder.
fn read_place(rest: &str) -> String {
    let mut out = String::new();
    for part in rest.split('/') {
        let bare = part.split('.').next().unwrap_or(part);
        if bare.is_empty() || bare == "index" || bare.starts_with(['(', '@']) {
            continue;
        }
        let inner = bare.trim_matches(['[', ']', '.']);
        out.push('/');
        if inner.len() == bare.len() {
            out.push_str(bare);
        } else {
            out.push('{');
            out.push_str(inner);
            out.push('}');
        }
    }
    if out.is_empty() { "/".to_owned() } else { out }
}

/// The methods that a file offers at the address of its place; the address alone where the file
/// names none.
pub(super) fn list_exported_methods(path: &str, lines: &[CodeLine<'_>]) -> Vec<WayIn> {
    let Some(address) = find_file_address(path) else {
        return Vec::new();
    };
    let way = |method, line| WayIn {
        kind: WayKind::Address,
        method,
        name: address.clone(),
        line,
    };
    let mut ways: Vec<WayIn> = lines
        .iter()
        .filter(|line| line.at(0) == "export")
        .flat_map(|line| {
            let number = line.number;
            line.tokens
                .iter()
                .filter_map(|token| METHODS.iter().copied().find(|method| method == token))
                .map(move |method| (method, number))
                .collect::<Vec<_>>()
        })
        .map(|(method, line)| way(Some(method), line))
        .collect();
    // `jars.post.ts` of Nitro
    let of_name = path.rsplit('.').nth(1).and_then(read_method);
    if ways.is_empty()
        && let Some(first) = lines.first()
    {
        ways.push(way(of_name, first.number));
    }
    ways
}

//! Paths of HTTP operations in program text: string literals, template literals, routes of client
//! libraries.

/// The longest fixed piece of a path, slash included; `None` when it is too short to be told from
/// other text.
pub(super) fn longest_fixed(path: &str) -> Option<String> {
    let mut pieces = Vec::new();
    let mut rest = path;
    while let Some(open) = rest.find('{') {
        pieces.push(&rest[..open]);
        rest = rest[open..]
            .find('}')
            .map_or("", |close| &rest[open + close + 1..]);
    }
    pieces.push(rest);
    let piece = pieces
        .into_iter()
        .map(|piece| piece.trim_end_matches('/'))
        .max_by_key(|piece| piece.len())?;
    // shorter pieces stand in any text: `/v1`, `/id`
    (piece.len() >= 4 && piece.chars().filter(|c| c.is_alphanumeric()).count() >= 3)
        .then(|| piece.to_owned())
}

/// Whether a path as it is called (`/v1/cards/7`) is one of `template`; a base path may come
/// before.
pub(super) fn is_path_of_template(called: &str, template: &str) -> bool {
    let (have, wanted) = (split_path_segments(called), split_path_segments(template));
    // a base path may stand before what the contract says
    have.len() >= wanted.len()
        && !wanted.is_empty()
        && have[have.len() - wanted.len()..]
            .iter()
            .zip(&wanted)
            .all(|(own, part)| part == "{}" || own == part)
}

/// Whether a line holds the path `template` around an occurrence of `fragment`.
pub(super) fn has_template_path(line: &str, fragment: &str, template: &str) -> bool {
    let wanted = split_path_segments(template);
    line.match_indices(fragment).any(|(at, _)| {
        let literal = literal_around(line, at, at + fragment.len());
        let open_end = literal.1;
        let mut have = split_path_segments(&literal.0);
        if open_end {
            // `"/cards/" + id`: what follows is not known
            have.push("{}".to_owned());
        }
        let fits = |a: &[String], b: &[String]| {
            a.len() == b.len()
                && a.iter()
                    .zip(b)
                    .all(|(x, y)| x == y || x == "{}" || y == "{}")
        };
        let fixed = |list: &[String]| list.iter().filter(|part| *part != "{}").count();
        if have.len() >= wanted.len() {
            let tail = &have[have.len() - wanted.len()..];
            // a base path may come before
            return fits(tail, &wanted)
                // at least one part has to be the same word, or two holes would meet
                && tail.iter().zip(&wanted).any(|(x, y)| x == y && x != "{}");
        }
        // a client that knows the base path writes the end only, or the rest is put together
        // elsewhere
        let end = &wanted[wanted.len() - have.len()..];
        let start = &wanted[..have.len()];
        // an end that is known needs two fixed parts, a beginning one
        (fixed(&have) >= 2 && fits(&have, end))
            || (open_end && fixed(&have) >= 1 && fits(&have, start))
    })
}

/// The literal that surrounds a place of a line, and whether text is appended to it.
fn literal_around(line: &str, from: usize, to: usize) -> (String, bool) {
    let ends = |c: char| {
        matches!(c, '"' | '\'' | '`') || c.is_whitespace() || matches!(c, '(' | ',' | ';')
    };
    let mut start = from;
    let mut inside = 0usize;
    for (at, c) in line[..from].char_indices().rev() {
        match c {
            '}' => inside += 1,
            '{' => inside = inside.saturating_sub(1),
            _ if inside > 0 => {}
            c if ends(c) => break,
            _ => {}
        }
        start = at;
    }
    let mut end = to;
    inside = 0;
    for (at, c) in line[to..].char_indices() {
        match c {
            '{' => inside += 1,
            '}' => inside = inside.saturating_sub(1),
            _ if inside > 0 => {}
            c if ends(c) || c == ')' => break,
            _ => {}
        }
        end = to + at + c.len_utf8();
    }
    let literal = &line[start..end];
    // a quote, then an operator that puts texts together
    let rest = line[end..]
        .trim_start_matches(['"', '\'', '`'])
        .trim_start();
    let appended = literal.ends_with('/')
        && (rest.starts_with('+') || rest.starts_with('.') || rest.starts_with("<>"));
    (literal.to_owned(), appended)
}

/// Path segments; placeholders of any kind become `{}`.
fn split_path_segments(literal: &str) -> Vec<String> {
    let path = literal.split_once("://").map_or(literal, |(_, rest)| {
        rest.find('/').map_or("", |at| &rest[at..])
    });
    let filled = path.replace("#{", "{");
    let path = filled.split(['?', '#']).next().unwrap_or("");
    // `${base}/cards`: the placeholder before the first slash is no segment
    let path = if path.starts_with('/') {
        path
    } else {
        path.find('/').map_or(path, |at| &path[at..])
    };
    path.split('/')
        .filter(|part| !part.is_empty())
        .map(normalise_path_segment)
        .collect()
}

fn normalise_path_segment(part: &str) -> String {
    let hole = part.contains('{')
        || part.starts_with([':', '<', '*'])
        || part.starts_with('%')
        || part.contains("#{")
        || part.contains("$");
    // `/cards/7` is called where `/cards/{id}` is meant
    let number = part.chars().all(|c| c.is_ascii_digit());
    // an id of this length is made by a machine
    let id = part.len() >= 32 && part.chars().all(|c| c.is_ascii_hexdigit() || c == '-');
    if hole || number || id {
        "{}".to_owned()
    } else {
        part.to_owned()
    }
}

/// Whether a line names the HTTP method, in any of the usual spellings.
pub(super) fn names_method(line: &str, method: &str) -> bool {
    let lower = line.to_ascii_lowercase();
    let method = method.to_ascii_lowercase();
    let part = |c: char| c.is_ascii_alphabetic();
    let named = lower.match_indices(&method).any(|(at, _)| {
        let (before, after) = (&lower[..at], &lower[at + method.len()..]);
        // `client.post(`, `method: 'POST'`, `@PostMapping`, `http.MethodPost`, `postForObject`
        let starts =
            !before.ends_with(part) || before.ends_with("method") || before.ends_with("http");
        starts
            && (!after.starts_with(part)
                || ["mapping", "for", "json", "async", "request", "entity"]
                    .iter()
                    .any(|word| after.starts_with(word)))
    });
    // a plain fetch gets
    named
        || (method == "get"
            && (lower.contains("fetch(") || lower.contains("urlopen("))
            && !lower.contains("method"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(line: &str, template: &str) -> bool {
        longest_fixed(template).is_some_and(|fragment| has_template_path(line, &fragment, template))
    }

    #[test]
    fn fixed_pieces_are_long_enough_to_mean_something() {
        assert_eq!(
            longest_fixed("/cards/{id}/refunds").as_deref(),
            Some("/refunds")
        );
        assert_eq!(longest_fixed("/{a}/{b}"), None);
        assert_eq!(longest_fixed("/v1/{b}"), None);
    }

    #[test]
    fn literals_of_many_languages_match() {
        for line in [
            "  return post(\"/cards/verify\", body)",
            "const url = `${base}/cards/verify`;",
            "fetch('https://cards.example.org/api/cards/verify?x=1')",
            "@PostMapping(\"/cards/verify\")",
        ] {
            assert!(found(line, "/cards/verify"), "{line}");
        }
        for line in [
            "axios.get(`/cards/${card.id}/refunds`)",
            "url = f\"{BASE}/cards/{card_id}/refunds\"",
            "path := fmt.Sprintf(\"/cards/%s/refunds\", id)",
            "get \"/cards/#{id}/refunds\"",
            "app.get('/cards/:id/refunds')",
            "\"/cards/42/refunds\"",
        ] {
            assert!(found(line, "/cards/{id}/refunds"), "{line}");
        }
        assert!(found("url = \"/cards/\" + id", "/cards/{id}"));
    }

    #[test]
    fn other_paths_do_not_match() {
        assert!(!found("post(\"/cards/verify-all\")", "/cards/verify"));
        assert!(!found("get(\"/orders/7/refunds\")", "/cards/{id}/refunds"));
        assert!(!found("post(\"/cards/verify/again\")", "/cards/verify"));
    }

    #[test]
    fn methods_are_seen_in_their_spellings() {
        for line in [
            "client.post(",
            "method: 'POST',",
            "http.MethodPost",
            "@PostMapping",
            "requests.post(url)",
            "curl -X POST",
        ] {
            assert!(names_method(line, "POST"), "{line}");
        }
        assert!(!names_method("const postal = 1", "POST") && !names_method("composter", "POST"));
        assert!(
            names_method("fetch(`/cards`)", "GET")
                && !names_method("fetch(`/cards`, {method: 'POST'})", "GET")
        );
    }
}

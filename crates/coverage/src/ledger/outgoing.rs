//! Requests that a program sends to others: whoever receives them relies on their address, headers
//! and body, and no contract file of this program writes them down.
//!
//! Clients are many and spell their calls alike, so a text has to bring one in, and a changed line
//! has to be a call of it or give another text to one close by.

use std::collections::HashSet;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use regex::bytes::{Regex, RegexBuilder};

use crate::changed_lines::ChangedLine;

/// Longest line that is looked at, in bytes, and most changed lines of one text.
const LINE: usize = 2_000;
const LINES: usize = 4_000;

/// Lines around a call in which what it sends may be given.
const AROUND: usize = 8;

/// Clients, as program text brings them in or names them, in small letters.
const CLIENTS: [&str; 59] = [
    "import requests",
    "requests.",
    "httpx",
    "aiohttp",
    "urllib",
    "http.client",
    "guzzle",
    "httpclientinterface",
    "clientinterface",
    "curl_",
    "libcurl",
    "curl/curl.h",
    "http::",
    "httpclient",
    "resttemplate",
    "restclient",
    "webclient",
    "okhttp",
    "retrofit",
    "feign",
    "java.net.http",
    "system.net.http",
    "faraday",
    "httparty",
    "rest-client",
    "net::http",
    "net/http",
    "resty",
    "reqwest",
    "ureq",
    "hyper",
    "isahc",
    "axios",
    "node-fetch",
    "undici",
    "'got'",
    "\"got\"",
    "ky.",
    "superagent",
    "fetch(",
    "req.",
    "httpoison",
    "tesla",
    "finch",
    "package:http",
    "package:dio",
    "urlsession",
    "urlrequest",
    "alamofire",
    "sttp",
    "clj-http",
    "lwp::",
    "http::tiny",
    "mojo::useragent",
    "http.simple",
    "http-conduit",
    "cohttp",
    "flurl",
    "restsharp",
];

static BROUGHT_IN: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build(CLIENTS)
        .ok()
});

/// Calls of clients.
const CALLS: &str = r"(?i)\b(?:requests?|httpx|req|http|axios|got|ky|superagent|httpoison|tesla|faraday|httparty|restclient|unirest|\w*client|\w*session|conn(?:ection)?|agent|curl|dio|resty|rest_?template|web_?client)(?:\(\))?\s*(?:\.|->|::)\s*(?:get|post|put|patch|delete|head|request|send|do|execute|perform|exchange|fetch|call|(?:post|get|put)_?(?:form|json|for_?object|for_?entity|as_?json)?(?:as_?json)?_?async|send_?async|post_?(?:form|json|as_?json)|post_?for_?\w+|new_?request(?:_?with_?context)?)!?\s*[<(]|\bfetch\s*\(|\bcurl_setopt\w*\s*\(|\bcurl_easy_setopt\s*\(|\burlopen\s*\(|\bhttp\.NewRequest\w*\s*\(|\bNet::HTTP\b|\bHttpRequest\s*\.\s*newBuilder|\bRequest\.Builder\s*\(|\bURLRequest\s*\(|\bnew\s+HttpRequestMessage\s*\(|\.(?:header|bearer_auth|basic_auth|json|form|body|query)\s*\(|\breq\.Header\.(?:Set|Add)\s*\(|@(?:GET|POST|PUT|PATCH|DELETE)\s*\(|@(?:Field|Query|Body|Header)\s*\(";

static CALL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    RegexBuilder::new(CALLS)
        .unicode(false)
        .size_limit(16 << 20)
        .build()
        .ok()
});

/// A changed line that belongs to a request that this program sends: its place in the newer text.
pub(super) fn find_changed_request(
    (old, new): (&str, &str),
    fresh: &[ChangedLine<'_>],
    gone: &[ChangedLine<'_>],
) -> Option<Option<usize>> {
    let brings = |text: &str| {
        BROUGHT_IN
            .as_ref()
            .is_some_and(|clients| clients.is_match(text))
    };
    // a request that only comes with its file takes nothing from anybody on the way back
    if old.is_empty() || !brings(old) {
        return None;
    }
    let calls = |line: &str| {
        line.len() <= LINE
            && !is_remark(line)
            && CALL
                .as_ref()
                .is_some_and(|call| call.is_match(line.as_bytes()))
    };
    let places: Vec<usize> = old
        .lines()
        .enumerate()
        .filter(|(_, line)| calls(line))
        .map(|(at, _)| at + 1)
        .collect();
    let near = |number: usize| {
        let at = places.partition_point(|place| place + AROUND < number);
        places
            .get(at)
            .is_some_and(|place| place.abs_diff(number) <= AROUND)
    };
    // what the older release sends and the newer one does not: its receiver may take it no more
    let kept: HashSet<String> = fresh
        .iter()
        .take(LINES)
        .map(|(_, line)| without_numbers(line))
        .collect();
    let differs = gone.iter().take(LINES).any(|(number, line)| {
        let sends = calls(line);
        (sends || near(*number))
            && !is_remark(line)
            && !kept.contains(&without_numbers(line))
            && lost_text(line, new, sends)
    });
    differs.then(|| {
        let first = fresh.iter().find(|(_, line)| calls(line));
        first.or(fresh.first()).map(|(line, _)| *line)
    })
}

/// Whether a quoted text of a line stands nowhere in the newer text, or with `names` a key of what
/// it sends.
fn lost_text(line: &str, new: &str, names: bool) -> bool {
    let parts: Vec<&str> = line.split(['"', '\'', '`']).collect();
    let quoted = parts.iter().enumerate().skip(1).step_by(2);
    let mut lost = quoted
        .filter(|(_, text)| !text.is_empty())
        .any(|(at, text)| {
            let after = parts.get(at + 1).map_or("", |rest| rest.trim_start());
            // `"paid": true` and `"state": "paid"` hold the same text in two parts
            let signs = [":", "=>"].iter().find(|sign| after.starts_with(**sign));
            ["\"", "'", "`"].iter().all(|quote| {
                let whole = format!("{quote}{text}{quote}");
                !new.match_indices(&whole).any(|(at, _)| {
                    let rest = new[at + whole.len()..].trim_start();
                    signs.is_none_or(|sign| rest.starts_with(sign))
                })
            })
        });
    if names {
        lost |= line
            .split(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == ':'))
            .filter(|word| word.len() > 2 && word.ends_with(':'))
            .any(|word| !new.contains(word));
    }
    lost
}

/// A wait or a number of attempts is nobody else's.
fn without_numbers(line: &str) -> String {
    line.chars().filter(|c| !c.is_ascii_digit()).collect()
}

/// What speaks to people, brings in names or raises an error is sent to nobody.
fn is_remark(line: &str) -> bool {
    const BEGINS: [&str; 9] = [
        "//", "/*", "* ", "#", "import ", "from ", "use ", "using ", "raise ",
    ];
    const CALLS: [&str; 12] = [
        "log.",
        "logger.",
        "console.",
        "print(",
        "println(",
        "println!(",
        "printf(",
        "throw ",
        "error(",
        "errorf(",
        "puts ",
        "echo ",
    ];
    let line = line.trim_start();
    let small = line.to_ascii_lowercase();
    // `fingerprint(` and `catalog.post(` send something
    let whole = |word: &str| {
        small.match_indices(word).any(|(at, _)| {
            let before = small[..at].chars().next_back();
            before.is_none_or(|c| !c.is_alphanumeric() && c != '_')
        })
    };
    BEGINS.iter().any(|begin| line.starts_with(begin)) || CALLS.iter().any(|word| whole(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::changed_lines::ChangedLines;

    fn changes(old: &str, new: &str) -> bool {
        let lines = ChangedLines::between(Some(old), Some(new));
        find_changed_request((old, new), &lines.fresh, &lines.gone).is_some()
    }

    #[test]
    fn what_is_sent_to_others_is_looked_at_in_many_languages() {
        for (text, was, is) in [
            (
                "import requests\nrequests.post(url, json={\"jar\": 1, \"shut\": True}, timeout=5)\n",
                "\"shut\": True",
                "\"lid\": {\"on\": 1}",
            ),
            (
                "import requests\nrequests.post(url, json={\"jar\": 1, \"shut\": True})\n",
                "\"shut\": True",
                "\"lid\": {\"is\": \"shut\"}",
            ),
            (
                "def send(url, id), do: Req.post!(url, json: %{id: id, kind: \"shut\"})\n",
                "\"shut\"",
                "\"jar.shut\"",
            ),
            (
                "let r = reqwest::Client::new()\n    .post(url)\n    .header(\"x-jar\", id)\n",
                "x-jar",
                "x-lid",
            ),
            (
                "use GuzzleHttp\\Client;\n$this->http->request('POST', 'https://a.example/v1/jars', ['json' => ['jar' => $id]]);\n",
                "/v1/jars",
                "/v2/lids",
            ),
            (
                "import axios from 'axios';\naxios.post(url, {\n  jar: 'a',\n});\n",
                "'a'",
                "'b'",
            ),
            (
                "import \"net/http\"\nreq, _ := http.NewRequest(\"POST\", url, body)\n",
                "POST",
                "PUT",
            ),
            (
                "using System.Net.Http;\nawait client.PostAsJsonAsync(\"jars\", jar);\n",
                "\"jars\"",
                "\"lids\"",
            ),
            (
                "require 'faraday'\nFaraday.post(url, 'jar' => id)\n",
                "'jar'",
                "'lid'",
            ),
        ] {
            assert!(changes(text, &text.replace(was, is)), "{text}");
            assert!(!changes(text, text), "{text}");
        }
    }

    #[test]
    fn what_is_no_request_or_only_waits_otherwise_is_left_alone() {
        for (old, new) in [
            (
                "import requests\nrequests.post(url, json={\"jar\": 1}, timeout=5)\n",
                "import requests\nrequests.post(url, json={\"jar\": 1}, timeout=9)\n",
            ),
            (
                "import requests\nr = requests.get(url)\nlog.info('jar open')\n",
                "import requests\nr = requests.get(url)\nlog.info('jar shut')\n",
            ),
            ("x = jars.get('a')\n", "x = jars.get('b')\n"),
            (
                "",
                "import requests\nrequests.post(url, json={\"jar\": 1})\n",
            ),
        ] {
            assert!(!changes(old, new), "{new}");
        }
    }
}

//! Remarks in pages, templates and settings files that are no program text as a whole: what people
//! wrote for each other, which no program reads. Two texts that agree without them are one.
//!
//! html5ever and the parsers of the template languages were looked at: none reads more than one of
//! these forms, and the question needs only where a remark begins and ends.

use super::sameness::{Sameness, judge_sameness};
use crate::changed_lines::ChangedLines;

/// Signs around a remark.
type Remark = (&'static str, &'static str);

const PAGE: Remark = ("<!--", "-->");

/// How remarks are written in a file, by the end of its name.
struct RemarkForms {
    /// Around a remark that may go over lines.
    around: &'static [Remark],
    /// At the begin of a line that is a remark as a whole.
    lines: &'static [&'static str],
    /// `<script>` holds program text with remarks of its own, and `<style>` only styles.
    scripts: bool,
}

const NONE: RemarkForms = RemarkForms {
    around: &[],
    lines: &[],
    scripts: false,
};

fn find_forms(path: &str) -> Option<RemarkForms> {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    // a crontab has no end, and those of a system lie in a folder of their own
    if name == "crontab" || path.contains("cron.d/") {
        return Some(RemarkForms {
            lines: &["#"],
            ..NONE
        });
    }
    if name.ends_with(".blade.php") {
        return Some(RemarkForms {
            around: &[PAGE, ("{{--", "--}}")],
            ..NONE
        });
    }
    Some(match name.rsplit_once('.')?.1 {
        "xml" | "xsd" | "props" | "targets" | "config" | "plist" | "resx" | "fxml" | "xib"
        | "storyboard" => RemarkForms {
            around: &[PAGE],
            ..NONE
        },
        // hints of databases and marks of tools are told from remarks below
        "sql" => RemarkForms {
            around: &[("/*", "*/")],
            lines: &["--"],
            ..NONE
        },
        "html" | "htm" | "xhtml" => RemarkForms {
            // pages are templates of Jinja, Django and Handlebars as well
            around: &[PAGE, ("{#", "#}"), ("{{!--", "--}}")],
            ..NONE
        },
        "vue" | "svelte" => RemarkForms {
            around: &[PAGE],
            scripts: true,
            ..NONE
        },
        "erb" | "ejs" | "rhtml" | "heex" | "leex" | "eex" => RemarkForms {
            around: &[PAGE, ("<%#", "%>"), ("<%!--", "--%>")],
            ..NONE
        },
        "jsp" | "jspf" | "jspx" | "tag" | "aspx" | "ascx" => RemarkForms {
            around: &[PAGE, ("<%--", "--%>")],
            ..NONE
        },
        "cshtml" | "razor" => RemarkForms {
            around: &[PAGE, ("@*", "*@")],
            ..NONE
        },
        "twig" | "j2" | "jinja" | "jinja2" | "njk" | "liquid" => RemarkForms {
            around: &[("{#", "#}"), ("{% comment %}", "{% endcomment %}")],
            ..NONE
        },
        "hbs" | "handlebars" | "mustache" => RemarkForms {
            around: &[PAGE, ("{{!--", "--}}")],
            ..NONE
        },
        "ftl" | "ftlh" => RemarkForms {
            around: &[PAGE, ("<#--", "-->")],
            ..NONE
        },
        "haml" => RemarkForms {
            lines: &["-#"],
            ..NONE
        },
        "slim" => RemarkForms {
            lines: &["/ "],
            ..NONE
        },
        // units of systemd and files of MySQL
        "ini" | "cnf" | "cfg" | "service" | "timer" => RemarkForms {
            lines: &["#", ";"],
            ..NONE
        },
        "conf" => RemarkForms {
            lines: &["#"],
            ..NONE
        },
        "cron" | "crontab" | "socket" | "mount" | "path" | "target" => RemarkForms {
            lines: &["#"],
            ..NONE
        },
        _ => return None,
    })
}

/// Files of settings whose remarks may stand behind a value and beside texts over lines: they are
/// compared token by token, as programs are.
fn is_compared_by_tokens(path: &str) -> bool {
    let end = path.rsplit('.').next().unwrap_or_default();
    matches!(
        end.to_ascii_lowercase().as_str(),
        "tf" | "tofu" | "tfvars" | "hcl" | "nomad" | "prisma"
    )
}

/// A file of this name may hold remarks that [`differ_only_in_remarks`] knows.
pub(super) fn may_hold_remarks(path: &str) -> bool {
    find_forms(path).is_some() || is_compared_by_tokens(path)
}

/// Whether two texts of a file are the same without their remarks, and without blanks at the ends
/// of lines.
pub(super) fn differ_only_in_remarks(path: &str, old: &str, new: &str) -> bool {
    if is_compared_by_tokens(path) {
        let lines = ChangedLines::between(Some(old), Some(new));
        return judge_sameness(path, old, new, &lines) == Some(Sameness::Blanks);
    }
    let Some(forms) = find_forms(path) else {
        return false;
    };
    // a tool of migrations keeps a sum of the text, so another remark makes it stop
    if path.ends_with(".sql") && ![old, new].iter().all(|text| holds_only_queries(path, text)) {
        return false;
    }
    let (old_page, old_scripts) = split_scripts(&forms, old);
    let (new_page, new_scripts) = split_scripts(&forms, new);
    let queries = path.to_ascii_lowercase().ends_with(".sql");
    let page = |text: &str| {
        let text = leave_out_remarks(&forms, text)?;
        Some(if queries {
            list_query_words(&text)
        } else {
            list_lines(&text)
        })
    };
    let (Some(old_page), Some(new_page)) = (page(&old_page), page(&new_page)) else {
        return false;
    };
    let scripts_agree = old_scripts.len() == new_scripts.len()
        // remarks of a script are those of its language, which the comparison of programs knows
        && old_scripts.iter().zip(&new_scripts).all(|(old, new)| {
            let lines = ChangedLines::between(Some(old), Some(new));
            old == new || judge_sameness("script.ts", old, new, &lines).is_some()
        });
    old_page == new_page && scripts_agree
}

/// Statements that only ask, outside of any folder of migrations: no tool keeps a sum of the text,
/// and no line of it is a mark that one reads.
fn holds_only_queries(path: &str, text: &str) -> bool {
    let upper = text.to_ascii_uppercase();
    let mut words = upper.split(|c: char| !(c.is_ascii_alphabetic() || c == '_'));
    let changes = words.any(|word| {
        matches!(
            word,
            "CREATE"
                | "ALTER"
                | "DROP"
                | "INSERT"
                | "UPDATE"
                | "DELETE"
                | "MERGE"
                | "TRUNCATE"
                | "GRANT"
                | "REVOKE"
                | "DO"
                | "CALL"
                | "COPY"
        )
    });
    let marked = text.lines().map(str::trim).any(|line| {
        line.strip_prefix("--").is_some_and(|remark| {
            let remark = remark.trim_start();
            // `-- name: GetJar :one` of sqlc, `-- :name` of HugSQL: from these calls are made
            remark.starts_with([':', '+', '!', '@', ';', '{', '/'])
                || remark
                    .split_once(':')
                    .is_some_and(|(key, _)| !key.contains(' '))
        })
    });
    // with an odd number of quotes a remark may stand within a text
    let quoted = text.matches('\'').count();
    !changes && !marked && quoted.is_multiple_of(2) && !path.to_ascii_lowercase().contains("migrat")
}

fn list_lines(text: &str) -> Vec<String> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Words of SQL whose case says nothing. Names keep theirs: some engines tell `Jars` from `jars`.
const QUERY_WORDS: [&str; 44] = [
    "all",
    "and",
    "as",
    "asc",
    "between",
    "by",
    "case",
    "count",
    "cross",
    "desc",
    "distinct",
    "else",
    "end",
    "except",
    "exists",
    "from",
    "full",
    "group",
    "having",
    "in",
    "inner",
    "intersect",
    "is",
    "join",
    "left",
    "like",
    "limit",
    "not",
    "null",
    "offset",
    "on",
    "or",
    "order",
    "outer",
    "over",
    "partition",
    "right",
    "select",
    "then",
    "union",
    "using",
    "when",
    "where",
    "with",
];

/// A query word by word: quoted texts as they are, words of SQL in small letters, and no blanks.
fn list_query_words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let end = match first {
            // what is not closed goes on to the end, and a quote within is written twice
            '\'' | '"' | '`' => rest[1..].find(first).map_or(rest.len(), |at| at + 2),
            _ => {
                let part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$');
                rest.find(|c| !part(c)).unwrap_or(rest.len())
            }
        };
        let end = end.max(first.len_utf8());
        let (word, behind) = rest.split_at(end);
        let small = word.to_ascii_lowercase();
        let known = QUERY_WORDS.contains(&small.as_str());
        words.push(if known { small } else { word.to_owned() });
        // blanks part words, and two quoted texts with a blank between are not one
        if behind.starts_with(char::is_whitespace) && word.ends_with(['\'', '"', '`']) {
            words.push(" ".to_owned());
        }
        rest = behind.trim_start();
    }
    words
}

/// The page with its scripts left out, and the scripts.
fn split_scripts<'a>(forms: &RemarkForms, text: &'a str) -> (String, Vec<&'a str>) {
    let mut page = String::with_capacity(text.len());
    let mut scripts = Vec::new();
    let mut rest = text;
    while forms.scripts
        && let Some(start) = rest.find("<script")
        && let Some(open) = rest[start..].find('>').map(|at| start + at + 1)
        && let Some(end) = rest[open..].find("</script").map(|at| open + at)
    {
        page.push_str(&rest[..open]);
        scripts.push(&rest[open..end]);
        rest = &rest[end..];
    }
    page.push_str(rest);
    if forms.scripts
        && let Some(start) = page.find("<style")
        && let Some(end) = page[start..].rfind("</style>").map(|at| start + at)
    {
        page.replace_range(start..end, "<style>");
    }
    (page, scripts)
}

/// The text without its remarks; `None` where one is not closed. Remarks that a program reads stay.
fn leave_out_remarks(forms: &RemarkForms, text: &str) -> Option<String> {
    // what looks like a remark there is text
    if text.contains("<![CDATA[") {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    'text: while !rest.is_empty() {
        let next = forms
            .around
            .iter()
            .filter_map(|form| rest.find(form.0).map(|at| (at, form)))
            // of two signs at one place the longer is meant: `{{!--` before `{{`
            .min_by_key(|(at, form)| (*at, std::cmp::Reverse(form.0.len())));
        let Some((at, (open, close))) = next else {
            break 'text;
        };
        let end = at + open.len() + rest[at + open.len()..].find(close)? + close.len();
        out.push_str(&rest[..at]);
        if is_read(&rest[at..end]) {
            out.push_str(&rest[at..end]);
        }
        rest = &rest[end..];
    }
    out.push_str(rest);
    if forms.lines.is_empty() {
        return Some(out);
    }
    // a remark behind a statement
    if forms.lines == ["--"] {
        out = out
            .lines()
            // an odd number of quotes before it: the sign stands within a text
            .map(|line| match line.split_once(" --") {
                Some((before, _)) if before.matches('\'').count().is_multiple_of(2) => before,
                _ => line,
            })
            .collect::<Vec<_>>()
            .join("\n");
    }
    let remark = |line: &&str| {
        let line = line.trim_start();
        forms.lines.iter().any(|sign| line.starts_with(sign))
    };
    Some(
        out.lines()
            .filter(|line| !remark(line))
            .collect::<Vec<_>>()
            .join("\n"),
    )
}

/// Conditions for a browser, includes of a server, bindings and blocks that a library reads.
fn is_read(remark: &str) -> bool {
    // hints, and statements for one engine
    if remark.starts_with("/*!") || remark.starts_with("/*+") {
        return true;
    }
    let Some(inner) = remark.strip_prefix("<!--") else {
        return false;
    };
    let inner = inner.trim_start();
    // conditions for old browsers, knockout, blocks of WordPress, and edge includes
    [
        "[if", "#", "ko ", "/ko", "wp:", "/wp:", "<![", "esi", "build", "endbuild", "inject",
    ]
    .iter()
    .any(|word| inner.starts_with(word))
        // in a remark that a template fills in, the filling runs
        || ["${", "{{", "{%", "<%", "<?", "@"]
            .iter()
            .any(|sign| inner.contains(sign))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remarks_of_pages_and_settings_are_no_change() {
        for (path, old, new) in [
            (
                "a.html",
                "<p>a</p><!-- b -->\n",
                "<!-- c\nd -->\n<p>a</p>\n",
            ),
            (
                "A.vue",
                "<script>\n// a\nf('// b')\n</script>\n<template><p/></template>\n",
                "<script>\nf('// b') // it's c\n</script>\n<!-- d -->\n<template><p/></template>\n",
            ),
            (
                "a.html.erb",
                "<%# a %>\n<p><%= b %></p>\n",
                "<p><%= b %></p>\n",
            ),
            (
                "a.blade.php",
                "{{-- a --}}\n<p>{{ $b }}</p>\n",
                "<p>{{ $b }}</p>\n",
            ),
            (
                "a.jsp",
                "<%-- a --%>\n<p>${b}</p>\n",
                "<%-- c --%>\n<p>${b}</p>\n",
            ),
            ("a.cshtml", "@* a *@\n<p>@b</p>\n", "<p>@b</p>\n"),
            ("mail.txt.j2", "{# a #}\n{{ b }}\n", "{# c\n#}\n{{ b }}\n"),
            (
                "layout.xml",
                "<!-- 2024 -->\n<a b=\"c\"/>\n",
                "<!-- 2025 -->\n<a b=\"c\"/>\n",
            ),
            (
                "q/list.sql",
                "-- all\nSELECT id FROM jars;\n",
                "-- each\nSELECT id FROM jars;\n",
            ),
            (
                "q/one.sql",
                "SELECT id /* a */ FROM jars; -- b\n",
                "-- c\nSELECT id /* d */ FROM jars;\n",
            ),
            (
                "q/three.sql",
                "select id, label from jars where lid = $1 and a = 'b  C';\n",
                "SELECT\n  id,\n  label -- said\nFROM jars\nWHERE lid = $1 AND a = 'b  C';\n",
            ),
            (
                "schema.prisma",
                "model A {\n  id Int @id\n}\n",
                "// a\nmodel A {\n  id  Int  @id // b\n}\n",
            ),
            (
                "deploy/crontab",
                "0 3 * * * a\n",
                "# nightly\n0 3 * * * a\n",
            ),
            ("setup.cfg", "; a\n[b]\nc = 1\n", "# d\n[b]\nc = 1\n"),
            ("nginx.conf", "# a\nlisten 80;\n", "  # b\nlisten 80;\n"),
            (
                "main.tf",
                "a \"b\" {\n  c = \"d\"\n}\n",
                "# e\na \"b\" {\n  c = \"d\" // f\n}\n",
            ),
        ] {
            assert!(differ_only_in_remarks(path, old, new), "{path}");
        }
    }

    #[test]
    fn what_is_read_is_a_change() {
        for (path, old, new) in [
            ("a.html", "<!--#include \"a\" -->", "<!--#include \"b\" -->"),
            ("a.html", "<!-- ko if: a -->", "<!-- ko if: b -->"),
            ("a.html", "<!-- {{ f(1) }} -->", "<!-- {{ f(2) }} -->"),
            ("a.html", "<p>a</p>", "<p>b</p>"),
            (
                "a.xml",
                "<a><![CDATA[<!-- b -->]]></a>",
                "<a><![CDATA[<!-- c -->]]></a>",
            ),
            ("a.html", "<!-- a", "<!-- b"),
            (
                "A.vue",
                "<script>\nf('// a')\n</script>\n",
                "<script>\nf('// b')\n</script>\n",
            ),
            (
                "q/a.sql",
                "-- name: A :one\nSELECT 1;\n",
                "-- name: A :many\nSELECT 1;\n",
            ),
            ("q/a.sql", "-- a\nDROP TABLE b;\n", "-- c\nDROP TABLE b;\n"),
            ("q/a.sql", "SELECT /*+ A */ 1;\n", "SELECT /*+ B */ 1;\n"),
            ("q/a.sql", "SELECT ' -- a';\n", "SELECT ' -- b';\n"),
            ("q/a.sql", "SELECT 'a b';\n", "SELECT 'a  b';\n"),
            ("q/a.sql", "SELECT a FROM Jars;\n", "SELECT a FROM jars;\n"),
            ("q/a.sql", "SELECT 'a' 'b';\n", "SELECT 'a''b';\n"),
            (
                "schema.prisma",
                "model A {\n  id Int\n}\n",
                "model A {\n  id Int?\n}\n",
            ),
            ("migrations/1.sql", "-- a\nSELECT 1;\n", "-- b\nSELECT 1;\n"),
            ("a.ini", "a = 1 ; 2\n", "a = 1 ; 3\n"),
            ("main.tf", "a = \"# b\"\n", "a = \"# c\"\n"),
            ("main.tf", "a = <<-E\n# b\nE\n", "a = <<-E\n# c\nE\n"),
            ("a.rs", "// a\n", "// b\n"),
        ] {
            assert!(!differ_only_in_remarks(path, old, new), "{path}: {old}");
        }
    }
}

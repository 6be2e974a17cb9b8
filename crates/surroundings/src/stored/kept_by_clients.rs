//! `stored-form/kept-by-clients`.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::{LIMIT, StoredCheck, StoredInput, StoredOutcome, build_stored_finding, cite_text_line};
use coverage::changed_lines::ChangedLines;
use coverage::place::{FileRole, classify_path_place};
use model::{
    CheckDeclaration, CheckDoc, Confidence, Direction, Domain, FileChange, FileKind, Severity,
    Snapshot, check_cases,
};

const DOC: CheckDoc = CheckDoc {
    id: "stored-form/kept-by-clients",
    title: "Browsers keep something that only the newer release gave them",
    domain: Domain::StoredForm,
    direction: Direction::Rollback,
    looks_for: "The header Strict-Transport-Security (HSTS) in web servers, ingresses and frameworks, and service workers with their registration, where current brings them and previous has none.",
    why: "It lies in the browsers of users and stays there after the way back: a browser with HSTS refuses plain HTTP for as long as it was told, and a service worker goes on answering from its cache while nothing at its address tells it to go.",
    action: "Before the way back, send max-age=0 by HTTPS or see that the previous release answers by HTTPS under every name; for a service worker, have the previous release serve one at the same address that clears its caches and unregisters itself.",
    example: "src/service-worker.js is new and answers from its cache first; the previous release has none, so browsers stay on the pages of the newer one.",
    source: "RFC 6797 (HTTP Strict Transport Security), sections 6.1.1 and 8.1; W3C Service Workers, section on updates.",
};

pub(super) const CHECK: StoredCheck = StoredCheck {
    declared: CheckDeclaration {
        doc: DOC,
        grades: None,
        place: module_path!(),
        cases: check_cases!(test, |_| super::fixture::try_fixtures(make_fixtures())),
    },
    run: find_what_clients_keep,
};

// a minified page may hold any of these words
/// Longest line that is looked at, in bytes.
const LINE: usize = 2_000;

/// Something that browsers keep.
struct KeptThing {
    /// As the finding names it.
    what: &'static str,
    /// In small letters: a line that holds one of these gives it to browsers.
    words: &'static [&'static str],
    /// Names of files, without their ending, that give it by their place alone.
    files: &'static [&'static str],
    /// What it does after the way back.
    does: &'static str,
}

const KEPT: [KeptThing; 2] = [
    KeptThing {
        what: "the order to use HTTPS only (HSTS)",
        words: &[
            "strict-transport-security",
            "strict_transport_security",
            "stricttransportsecurity",
            "stsseconds",
            "sts_seconds",
            "secure_hsts_seconds",
            "usehsts(",
            ".hsts(",
            "hsts:",
            "hsts-max-age",
            "hsts_max_age",
            "hstsmaxage",
            "hsts_seconds",
            "hsts =",
            "hsts=",
            "force_ssl =",
            "helmet(",
        ],
        files: &[],
        does: "where the previous release answers by plain HTTP, or with a certificate that they do not take, they cannot reach it until the time is over",
    },
    KeptThing {
        what: "a service worker",
        words: &[
            "serviceworker.register(",
            "provideserviceworker(",
            "serviceworkermodule.register(",
            "registersw(",
            "vitepwa(",
            "withpwa(",
            "generatesw(",
            "injectmanifest(",
            "@vite-pwa/",
            "workbox-build",
        ],
        files: &[
            "service-worker",
            "serviceworker",
            "service_worker",
            "sw",
            "ngsw-config",
        ],
        does: "it goes on answering from its cache, because nothing at its address tells it to go",
    },
];

static WORDS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build(KEPT.iter().flat_map(|thing| thing.words))
        .ok()
});

fn find_what_clients_keep(look: &StoredInput<'_>, outcome: &mut StoredOutcome) {
    // each kind is told once: one place is enough to know that browsers have it
    let mut told = [false; KEPT.len()];
    for change in look.range.changes.iter().filter(|change| may_give(change)) {
        let Some(new) = read_side(look.range.current, &change.path) else {
            continue;
        };
        // most files hold none of these words, and comparing lines costs more
        let named = WORDS.as_ref().is_some_and(|words| words.is_match(&new));
        let file = file_stem(&change.path);
        if !named
            && !KEPT
                .iter()
                .any(|thing| is_file_of(thing, &change.path, file))
        {
            continue;
        }
        let old_path = change.old_path.as_deref().unwrap_or(&change.path);
        let old = read_side(look.range.previous, old_path);
        let lines = ChangedLines::between(old.as_deref(), Some(&new));
        for (thing, told) in KEPT.iter().zip(&mut told).filter(|(_, told)| !**told) {
            let given = lines
                .fresh
                .iter()
                .find(|(_, line)| line_gives_thing(thing, line))
                .map(|(number, _)| *number);
            let by_place = old.is_none() && is_file_of(thing, &change.path, file);
            let Some(line) = given.or(by_place.then_some(1)) else {
                continue;
            };
            // where previous sends it as well, nothing is new for browsers
            if !has_already(look.range.previous, thing) {
                *told = true;
                tell_kept_thing(look, thing, (&change.path, line, &new), outcome);
            }
        }
    }
}

/// Files that take part in what browsers are answered.
fn may_give(change: &FileChange) -> bool {
    !matches!(change.kind, FileKind::Test | FileKind::Documentation)
        && classify_path_place(&change.path) == FileRole::Live
}

fn read_side(tree: &dyn Snapshot, path: &str) -> Option<String> {
    tree.read_text(path).ok().filter(|text| text.len() <= LIMIT)
}

fn file_stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or_default();
    name.split('.').next().unwrap_or_default()
}

fn is_file_of(thing: &KeptThing, path: &str, stem: &str) -> bool {
    let script = [".js", ".ts", ".mjs", ".json"];
    thing.files.contains(&stem) && script.iter().any(|end| path.ends_with(end))
}

/// Whether a line gives it, and neither is a comment nor takes it back.
fn line_gives_thing(thing: &KeptThing, line: &str) -> bool {
    let comment = ["//", "# ", "*", "<!--", "--", ";"];
    // line comments of all kinds of files that can give it
    if line.len() > LINE || comment.iter().any(|sign| line.starts_with(sign)) {
        return false;
    }
    let small = line.to_ascii_lowercase();
    if !thing.words.iter().any(|word| small.contains(word)) {
        return false;
    }
    // of the many headers of helmet only its own option takes this one back
    let mut judged = small.as_str();
    if small.contains("helmet(") {
        let option = ["stricttransportsecurity", "hsts"]
            .iter()
            .find_map(|name| small.split_once(name));
        let Some((_, behind)) = option else {
            return true;
        };
        judged = behind.split(',').next().unwrap_or(behind);
    }
    let value = judged.trim_end_matches([';', ',', ')', '}', '"', '\'', ' ']);
    // `max-age=0` takes the order back
    let off = ["false", "max-age=0", "nil", "none", "null"];
    let zero = [" 0", "=0", ":0", "(0"];
    !off.iter().any(|word| judged.contains(word)) && !zero.iter().any(|end| value.ends_with(end))
}

/// Whether previous gives it anywhere, so that what browsers keep is renewed by previous itself.
fn has_already(tree: &dyn Snapshot, thing: &KeptThing) -> bool {
    let by_file = tree.list().iter().any(|entry| {
        is_file_of(thing, &entry.path, file_stem(&entry.path))
            && classify_path_place(&entry.path) == FileRole::Live
    });
    let words: Vec<String> = thing.words.iter().map(|word| (*word).to_owned()).collect();
    let live = |path: &str| classify_path_place(path) == FileRole::Live;
    by_file
        || tree
            .search_many(&words, true, 20, &live)
            .0
            .iter()
            .any(|hit| line_gives_thing(thing, hit.text.trim()))
}

fn tell_kept_thing(
    look: &StoredInput<'_>,
    thing: &KeptThing,
    (path, line, text): (&str, usize, &str),
    outcome: &mut StoredOutcome,
) {
    let (previous, current) = (look.range.previous_version, look.range.current_version);
    let (what, does) = (thing.what, thing.does);
    let says = format!(
        "{current} gives browsers {what} ({path}:{line}), and {previous} has nothing of the kind: they keep it after {previous} is back, and {does}"
    );
    outcome.findings.push(build_stored_finding(
        &DOC,
        Severity::Warns,
        Confidence::Likely,
        what,
        &says,
        vec![cite_text_line(path, line, text)],
    ));
}

#[cfg(test)]
fn make_fixtures() -> (super::fixture::StoredFixture, super::fixture::StoredFixture) {
    use super::fixture::StoredFixture;
    (
        StoredFixture::of(
            "deploy/nginx.conf",
            "server {\n  listen 443;\n}\n",
            "server {\n  listen 443;\n  add_header Strict-Transport-Security \"max-age=31536000\" always;\n}\n",
        ),
        StoredFixture::of(
            "deploy/nginx.conf",
            "server {\n  add_header Strict-Transport-Security \"max-age=300\" always;\n}\n",
            "server {\n  add_header Strict-Transport-Security \"max-age=31536000\" always;\n}\n",
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::super::fixture::StoredFixture;
    use super::*;

    fn found(fixture: &StoredFixture) -> usize {
        fixture.of_check(DOC.id).0.len()
    }

    #[test]
    fn what_is_newly_given_is_told_in_several_languages() {
        for (path, old, new) in [
            (
                "config/environments/production.rb",
                "Rails.application.configure do\nend\n",
                "Rails.application.configure do\n  config.force_ssl = true\nend\n",
            ),
            (
                "site/settings.py",
                "DEBUG = False\n",
                "DEBUG = False\nSECURE_HSTS_SECONDS = 31536000\n",
            ),
            (
                "k8s/ingress.yaml",
                "metadata:\n  annotations: {}\n",
                "metadata:\n  annotations:\n    nginx.ingress.kubernetes.io/hsts-max-age: \"31536000\"\n",
            ),
            (
                "config/packages/nelmio_security.yaml",
                "nelmio_security:\n  clickjacking: {}\n",
                "nelmio_security:\n  clickjacking: {}\n  forced_ssl:\n    hsts_max_age: 31536000\n",
            ),
            (
                "Program.cs",
                "app.UseRouting();\n",
                "app.UseRouting();\napp.UseHsts();\n",
            ),
            (
                "src/main.ts",
                "boot();\n",
                "boot();\nnavigator.serviceWorker.register('/sw.js');\n",
            ),
        ] {
            assert_eq!(found(&StoredFixture::of(path, old, new)), 1, "{new}");
        }
        let added = StoredFixture::of("src/app.js", "a()\n", "a()\n").and(
            "src/service-worker.js",
            None,
            Some("self.addEventListener('fetch', answer);\n"),
        );
        assert_eq!(found(&added), 1, "its place alone gives it");
    }

    #[test]
    fn helmet_is_off_only_where_its_own_option_is() {
        let of = |line: &'static str| {
            StoredFixture::of("web/main.js", "a()\n", line)
                .of_check(DOC.id)
                .0
                .len()
        };
        assert_eq!(of("use(helmet({ contentSecurityPolicy: false }))\n"), 1);
        assert_eq!(of("use(helmet({ hsts: false, noSniff: true }))\n"), 0);
        assert_eq!(of("use(helmet({ hsts: { maxAge: 0 } }))\n"), 0);
    }

    #[test]
    fn what_is_off_or_renewed_is_not_told() {
        for (path, old, new) in [
            (
                "site/settings.py",
                "DEBUG = False\n",
                "DEBUG = False\nSECURE_HSTS_SECONDS = 0\n",
            ),
            (
                "config/environments/production.rb",
                "a\n",
                "a\n  config.force_ssl = false\n",
            ),
            (
                "src/sw.js",
                "self.addEventListener('fetch', answer);\n",
                "self.addEventListener('fetch', answerFirst);\n",
            ),
            (
                "src/server.ts",
                "app.use(a);\n",
                "app.use(a);\n// Strict-Transport-Security is set by the proxy\n",
            ),
        ] {
            assert_eq!(found(&StoredFixture::of(path, old, new)), 0, "{new}");
        }
        let elsewhere = StoredFixture::of("web/main.js", "a()\n", "a()\nuse(helmet())\n").and(
            "web/old.js",
            Some("use(helmet())\n"),
            None,
        );
        assert_eq!(found(&elsewhere), 0, "previous gives it too");
    }
}

//! Holes that program text closes without a word about them: what let them happen goes, or a guard
//! comes before what was there.
//!
//! Scanners such as semgrep were looked at: they find holes in one tree by rules for each language,
//! and are programs of their own. Here only the difference counts, so a short table of spellings is
//! enough, and each is a question and never a proof.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

use super::ClosedHole;
use coverage::ReleaseRange;
use coverage::changed_lines::{ChangedLine, ChangedLines};
use coverage::ledger::{is_live, is_program, is_vendored};
use model::{Confidence, Evidence, FileChange, FileKind, FileStatus};

/// Most files that are compared, largest of them in bytes, and most holes that are told.
const FILES: usize = 2_000;
const LENGTH: usize = 512 * 1024;
const TOLD: usize = 6;

/// Most characters of a line that are shown, and of one that is searched.
const SHOWN: usize = 120;
const LINE: usize = 1_000;

/// A spelling that lets something happen, and what.
struct WeakSpelling {
    pattern: &'static str,
    /// What happens where it stands, as the end of a sentence.
    lets: &'static str,
}

/// What goes when a hole is closed. The last two need a second word in the line to mean anything.
const WEAK: [WeakSpelling; 11] = [
    WeakSpelling {
        pattern: r"InsecureSkipVerify\s*[:=]\s*true|\bverify\s*=\s*False|rejectUnauthorized['\x22]?\s*:\s*false|NODE_TLS_REJECT_UNAUTHORIZED|VERIFY_NONE|\bverify_none\b|SSL_VERIFY(?:PEER|HOST)\s*(?:,|=>)\s*(?:false|0)|danger_accept_invalid_(?:certs|hostnames)\(\s*true|DangerousAcceptAny|ServerCertificate(?:Custom)?ValidationCallback|ALLOW_ALL_HOSTNAME|NoopHostnameVerifier|TrustAll|check_hostname\s*=\s*False|_create_unverified_context",
        lets: "certificates of servers are not checked",
    },
    WeakSpelling {
        pattern: r"\b(?:YAML|Psych)\.(?:unsafe_)?load\b|\byaml\.(?:load|unsafe_load|full_load)\(|\bc?[pP]ickle\.loads?\(|\bMarshal\.load\b|\bunserialize\(|\bBinaryFormatter\b|\bObjectInputStream\b|\bdill\.loads?\(",
        lets: "whatever is read may make objects of any class",
    },
    WeakSpelling {
        pattern: r"(?:^|[^.\w])eval\(|\bnew Function\(|shell\s*=\s*True|\bos\.system\(|\bchild_process\.exec(?:Sync)?\(",
        lets: "a text from outside may run as a command",
    },
    WeakSpelling {
        pattern: r"dangerouslySetInnerHTML|\bv-html\b|\|\s*(?:safe|raw)\b|\.html_safe\b|<%==|\{!!|\bmark_safe\(|\.innerHTML\s*=|\bHtml\.Raw\(|(?:^|[^.\w])raw\(|\btemplate\.HTML\(|bypassSecurityTrust",
        lets: "text from outside goes into a page as it is",
    },
    WeakSpelling {
        pattern: r"(?i)Access-Control-Allow-Origin['\x22]?\s*[,:]\s*['\x22]\*|AllowAnyOrigin\(|allow_origins\s*=\s*\[\s*['\x22]\*|\borigins?:?\s+['\x22]\*|AllowAllOrigins\s*:\s*true|CORS_(?:ORIGIN_)?ALLOW_ALL",
        lets: "pages of any origin may call it",
    },
    WeakSpelling {
        pattern: r"\bcsrf_exempt\b|skip_before_action\s+:(?:verify_authenticity_token|authenticate|authorize|require)|\bpermitAll\b|\bAllowAnonymous\b|:null_session|csrf\(?\)?\s*\.\s*disable|csrf\s*\{\s*it\.disable|CsrfConfigurer::disable|skip_authorization",
        lets: "a check of who calls is left out",
    },
    WeakSpelling {
        pattern: r"(?i)\balg(?:orithms?)?['\x22]?\s*[:=]\s*\[?\s*['\x22]none|verify_signature['\x22]?\s*:\s*False|ParseUnverified|ignoreExpiration\s*:\s*true|validate_?lifetime\s*=\s*false|validate_?(?:audience|issuer)\s*=\s*false",
        lets: "a token counts without its signature or its date",
    },
    WeakSpelling {
        pattern: r"DtdProcessing\.Parse|resolve_entities\s*=\s*True|LIBXML_NOENT|\bnoent\s*:\s*true|XmlUrlResolver",
        lets: "a document may name files of the server",
    },
    WeakSpelling {
        pattern: r"(?i)(?:select\s.+\sfrom|insert\s+into|update\s+\S+\s+set|delete\s+from)\b.*(?:['\x22]\s*(?:\.|\+|\|\||<>|&)\s*[$\w(@]|\$\{|#\{|\{\$|%\s*\(?\s*\w+\s*\)?$|\.format\()|\bf['\x22]{1,3}\s*(?:select|insert|update|delete)\b.*\{|(?:Sprintf|format!|string\.Format|sprintf)\(\s*['\x22](?:select|insert|update|delete)\b",
        lets: "a text from outside may become a part of a statement",
    },
    WeakSpelling {
        pattern: r"(?i)\b(?:md5|sha1)\b.*(?:passw|secret|token)|(?:passw|secret|token).*\b(?:md5|sha1)\b",
        lets: "a hashed secret can be found by trying",
    },
    WeakSpelling {
        pattern: r"(?i)(?:math\.random\(|\bmt_rand\(|\brandom\.(?:random|randint|choice)\(|\brand\().*(?:token|secret|passw|otp|nonce)|(?:token|secret|passw|otp|nonce).*(?:math\.random\(|\bmt_rand\(|\brandom\.(?:random|randint|choice)\(|\brand\()",
        lets: "a secret can be guessed",
    },
];

/// What comes when a hole is closed: a check before something, a comparison, a cleaned text.
const GUARD: &str = r"(?x)
    @login_required | @permission_required | @user_passes_test | @PreAuthorize | @Secured\b
    | @RolesAllowed | @UseGuards | \[Authorize | \bRequireAuthorization\( | \bpermission_classes\b
    | \b(?:before_action|before_filter)\s+:?(?:authenticate|authorize|require|verify|check|ensure)
    | \bauthorize!? \s* [(\s] | \bpolicy_scope\(
    | \b(?:require|ensure|check|verify|assert)_?(?i:auth|login|logged|role|admin|permission|scope|owner|signature|token|hmac|csrf|same_?origin)\w*
    | \b(?:if|elif|unless|guard|when|assert|require)\b .{0,80} \b(?i:is_?admin|is_?authenticated|is_?owner|has_?role|has_?permission|has_?authority)\b
    | @ .{0,30} \b(?i:has_?role|has_?permission|has_?authority)\b
    | \bmiddleware\(\s*\[?\s*['\x22](?:auth|can|verified|role|throttle)
    | \bplug\s+:(?:require|ensure|authenticate|authorize) | :(?:require|ensure|verify)_\w+
    | (?:\b(?:throw|raise|return|render|abort|halt|deny|head|send\w*)\b|\bstatus[\s(]) .{0,80} \b(?:401|403|(?i:forbidden|unauthorized|access_?denied|permission_?denied)\w*)
    | \bcompare_digest\b | \btimingSafeEqual\b | \bsecure_compare\b | \bConstantTimeCompare\b | \bFixedTimeEquals\b | \bhash_equals\( | \bconst(?:ant)?_?(?:time_?)?(?i:eq)\w* | \bcrypto/subtle\b
    | \bsecure_filename\( | \bfilepath\.(?:Clean|IsLocal)\( | \brealpath\( | \bGetFullPath\( | \bcanonicalize\( | \bis_relative_to\(
    | \bhtmlspecialchars\( | \bDOMPurify\b | \bsanitize\w*\( | \bescape_?(?i:html)\w*\(
    | (?i:\bhttp_?only\b['\x22]?\s*[:=(]\s*true | \bsecure['\x22]?\s*[:=]\s*true | \bsame_?site\b)
";

static FIND_WEAK: LazyLock<Vec<(Regex, &'static str)>> = LazyLock::new(|| {
    let compiled = WEAK
        .iter()
        .filter_map(|weak| Some((Regex::new(weak.pattern).ok()?, weak.lets)));
    compiled.collect()
});

static FIND_GUARD: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(GUARD).ok());

/// Holes that changed program text may close.
pub(super) fn list_holes_in_code(range: &ReleaseRange<'_>) -> Vec<ClosedHole> {
    let compared = range.changes.iter().filter(|change| is_compared(change));
    let mut holes = Vec::new();
    for change in compared.take(FILES) {
        let old_path = change.old_path.as_deref().unwrap_or(&change.path);
        let (Ok(old), Ok(new)) = (
            range.previous.read_text(old_path),
            range.current.read_text(&change.path),
        ) else {
            continue;
        };
        if old.len().max(new.len()) > LENGTH {
            continue;
        }
        if let Some(hole) = find_hole(range, &change.path, &old, &new) {
            holes.push(hole);
        }
        if holes.len() >= TOLD {
            break;
        }
    }
    holes
}

fn is_compared(change: &FileChange) -> bool {
    const PAGES: [&str; 12] = [
        "erb", "haml", "slim", "twig", "html", "cshtml", "jinja", "j2", "ejs", "hbs", "vue",
        "svelte",
    ];
    let page = change
        .path
        .rsplit('.')
        .next()
        .is_some_and(|end| PAGES.contains(&end));
    !matches!(change.status, FileStatus::Added | FileStatus::Deleted)
        && change.kind != FileKind::Test
        && (page || is_program(&change.path))
        && is_live(&change.path)
        && !is_vendored(&change.path)
}

fn find_hole(range: &ReleaseRange<'_>, path: &str, old: &str, new: &str) -> Option<ClosedHole> {
    let lines = ChangedLines::between(Some(old), Some(new));
    find_gone_weakness(range, path, &lines)
        .or_else(|| find_new_guard(range, path, (old, new), &lines))
}

/// A line that tells something to people is none of the program.
fn is_remark(line: &str) -> bool {
    ["//", "#", "*", "/*", "--", "<!--", ";"]
        .iter()
        .any(|mark| line.trim_start().starts_with(mark))
}

/// Lines of program text of which one side has more than the other.
fn list_program_lines<'a>(lines: &[ChangedLine<'a>]) -> Vec<ChangedLine<'a>> {
    lines
        .iter()
        .filter(|(_, line)| line.len() <= LINE && !is_remark(line))
        .copied()
        .collect()
}

/// What let something happen stands there less often than before.
fn find_gone_weakness(
    range: &ReleaseRange<'_>,
    path: &str,
    lines: &ChangedLines<'_>,
) -> Option<ClosedHole> {
    let (gone, fresh) = (
        list_program_lines(&lines.gone),
        list_program_lines(&lines.fresh),
    );
    FIND_WEAK.iter().find_map(|(pattern, lets)| {
        // a loader that is named safe is no weak one
        let is_weak = |line: &str| pattern.is_match(line) && !line.contains("SafeLoader");
        let before: Vec<&ChangedLine<'_>> = gone.iter().filter(|(_, line)| is_weak(line)).collect();
        let after = fresh.iter().filter(|(_, line)| is_weak(line)).count();
        let (_, line) = before.first().filter(|_| before.len() > after)?;
        let shown = shorten(line);
        let (old, new) = (range.previous_version, range.current_version);
        Some(make_code_hole(
            path,
            fresh.first().map(|(number, _)| *number),
            format!("`{shown}` of {old} is gone in {new}; where it stands, {lets}"),
            shown,
        ))
    })
}

/// A check comes before something that was there already.
fn find_new_guard(
    range: &ReleaseRange<'_>,
    path: &str,
    (old, new): (&str, &str),
    lines: &ChangedLines<'_>,
) -> Option<ClosedHole> {
    let guard = FIND_GUARD.as_ref()?;
    let fresh = list_program_lines(&lines.fresh);
    let guards = |text: &str| {
        let mut count: BTreeMap<String, usize> = BTreeMap::new();
        let searched = text
            .lines()
            .filter(|line| line.len() <= LINE && !is_remark(line));
        for found in searched.flat_map(|line| guard.find_iter(line)) {
            *count.entry(found.as_str().to_owned()).or_default() += 1;
        }
        count
    };
    let candidates: Vec<&ChangedLine<'_>> = fresh
        .iter()
        .filter(|(_, line)| !is_declaration(line) && guard.is_match(line))
        .collect();
    if candidates.is_empty() {
        return None;
    }
    let (before, after) = (guards(old), guards(new));
    let is_fresh = |number: usize| lines.fresh.iter().any(|(at, _)| *at == number);
    let (number, line) = candidates.into_iter().find(|(number, line)| {
        let more = guard.find_iter(line).any(|found| {
            let count =
                |of: &BTreeMap<String, usize>| of.get(found.as_str()).copied().unwrap_or_default();
            count(&after) > count(&before)
        });
        let rewritten = read_first_text(line).is_some_and(|text| {
            lines
                .gone
                .iter()
                .any(|(_, gone)| gone.contains(text) && !guard.is_match(gone))
        });
        let mut rest = new.lines().enumerate().skip(*number);
        let next = rest.find(|(at, next)| {
            let beside = is_fresh(at + 1) && is_beside(next);
            !beside && !next.trim().is_empty()
        });
        let stands_before = next.is_some_and(|(at, next)| !is_fresh(at + 1) && next.len() > 2);
        more && (rewritten || stands_before)
    })?;
    let shown = shorten(line);
    let (old, new) = (range.previous_version, range.current_version);
    Some(make_code_hole(
        path,
        Some(*number),
        format!("{new} puts a check where {old} has none: `{shown}`"),
        shown,
    ))
}

/// A name that is declared or brought in guards nothing yet.
fn is_declaration(line: &str) -> bool {
    let line = line.trim_start();
    [
        "import ",
        "from ",
        "use ",
        "using ",
        "require ",
        "require_relative ",
        "const ",
        "def ",
        "fn ",
        "func ",
        "function ",
        "class ",
        "export ",
        "pub fn",
        "private ",
        "public ",
        "protected ",
    ]
    .iter()
    .any(|begin| line.starts_with(begin))
        && !line.contains("require(")
}

/// What may stand between a check and what it guards: the rest of its block.
fn is_beside(line: &str) -> bool {
    let line = line.trim();
    line.starts_with(['@', '[', '}', ')'])
        || [
            "return", "raise", "throw", "redirect", "abort", "end", "halt", "panic", "res.",
        ]
        .iter()
        .any(|begin| line.starts_with(begin))
}

/// What stands between the first two quotes of a line.
fn read_first_text(line: &str) -> Option<&str> {
    let (_, rest) = line.split_once(['"', '\'', '`'])?;
    let (text, _) = rest.split_once(['"', '\'', '`'])?;
    (text.len() > 2).then_some(text)
}

fn shorten(line: &str) -> String {
    line.trim().replace('`', "'").chars().take(SHOWN).collect()
}

fn make_code_hole(path: &str, line: Option<usize>, says: String, shown: String) -> ClosedHole {
    ClosedHole {
        ids: Vec::new(),
        title: shown.clone(),
        says,
        confidence: Confidence::Hint,
        place: Evidence {
            path: Some(path.into()),
            line,
            excerpt: Some(shown.into()),
            ..Evidence::default()
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::Fixture;

    fn tell(path: &'static str, old: &'static str, new: &'static str) -> Option<String> {
        Fixture::of(path, FileKind::Code, old, new)
            .compare(|range, _| list_holes_in_code(range).pop().map(|hole| hole.says))
    }

    #[test]
    fn what_let_something_happen_and_goes_is_told() {
        for (path, old, new, said) in [
            (
                "tls.go",
                "c := &tls.Config{InsecureSkipVerify: true}\n",
                "c := &tls.Config{}\n",
                "certificates",
            ),
            (
                "load.rb",
                "cfg = YAML.unsafe_load(body)\n",
                "cfg = YAML.safe_load(body)\n",
                "objects of any class",
            ),
            (
                "search.php",
                "<?php\n$r = $db->query(\"SELECT id FROM jars WHERE t LIKE '%\" . $q . \"%'\");\n",
                "<?php\n$s = $db->prepare('SELECT id FROM jars WHERE t LIKE ?');\n",
                "part of a statement",
            ),
            (
                "jar.py",
                "cur.execute(f\"SELECT id FROM jars WHERE lid = {lid}\")\n",
                "cur.execute(\"SELECT id FROM jars WHERE lid = %s\", (lid,))\n",
                "part of a statement",
            ),
            (
                "Jar.tsx",
                "return <p dangerouslySetInnerHTML={{ __html: note }} />\n",
                "return <p>{note}</p>\n",
                "into a page",
            ),
        ] {
            let says = tell(path, old, new).unwrap_or_default();
            assert!(says.contains(said), "{path}: {says}");
            // the other way round nothing is closed
            assert_eq!(tell(path, new, old), None, "{path}");
        }
    }

    #[test]
    fn a_check_before_what_was_there_is_told() {
        for (path, old, new) in [
            (
                "routes.js",
                "router.get('/patients/export', exportAll)\n",
                "router.get('/patients/export', requireRole('admin'), exportAll)\n",
            ),
            (
                "export.js",
                "function all(user) {\n  return rows()\n}\n",
                "function all(user) {\n  requireAdmin(user)\n  return rows()\n}\n",
            ),
            (
                "router.ex",
                "  scope \"/staff\" do\n    pipe_through [:browser]\n    get \"/jars\", Jars, :all\n  end\n",
                "  scope \"/staff\" do\n    pipe_through [:browser, :ensure_staff]\n    get \"/jars\", Jars, :all\n  end\n",
            ),
            (
                "Jars.pm",
                "sub drop {\n  my ($jar) = @_;\n  $jar->delete;\n}\n",
                "sub drop {\n  my ($jar) = @_;\n  return deny(403) unless $jar->owner eq $user;\n  $jar->delete;\n}\n",
            ),
            (
                "files.rs",
                "let path = root.join(name);\nlet text = fs::read(path)?;\n",
                "let path = root.join(name);\nlet path = path.canonicalize()?;\nlet text = fs::read(path)?;\n",
            ),
            (
                "views.py",
                "def export(request):\n    return all()\n",
                "@login_required\ndef export(request):\n    return all()\n",
            ),
            (
                "Jars.cs",
                "  [HttpGet]\n  public Jar All() => jars;\n",
                "  [Authorize(Roles = \"admin\")]\n  [HttpGet]\n  public Jar All() => jars;\n",
            ),
        ] {
            let says = tell(path, old, new).unwrap_or_default();
            assert!(says.contains("puts a check"), "{path}: {says}");
            assert_eq!(tell(path, new, old), None, "{path}");
        }
    }

    #[test]
    fn a_new_page_with_its_check_and_a_check_that_moves_close_nothing() {
        for (path, old, new) in [
            (
                "views.py",
                "def jars(request):\n    return 1\n",
                "def jars(request):\n    return 1\n\n@login_required\ndef lids(request):\n    return 2\n",
            ),
            (
                "routes.js",
                "app.use(requireAuth)\nrouter.get('/jars', list)\n",
                "router.get('/jars', list)\napp.use(requireAuth)\n",
            ),
            (
                "a.go",
                "// InsecureSkipVerify: true is never set\n",
                "// certificates are checked\n",
            ),
            ("a.js", "const id = Math.random()\n", "const id = next()\n"),
            // a name of an answer and a view of one's own rights refuse nothing
            (
                "codes.ts",
                "enum Code {\n  NONE = 1,\n}\n",
                "enum Code {\n  FORBIDDEN = 403,\n  NONE = 1,\n}\n",
            ),
            (
                "User.php",
                "<?php\nfunction sees() {\n    return true;\n}\n",
                "<?php\nfunction sees() {\n    return $lead || $this->isAdmin(false);\n}\n",
            ),
        ] {
            assert_eq!(tell(path, old, new), None, "{path}");
        }
    }
}

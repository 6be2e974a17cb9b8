//! Names in what a program sends or takes that come or go while the contract file beside it stays
//! as it is. A file that did not change says nothing about a program that left it.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use crate::changed_lines::ChangedLine;

// a longer line is made by a tool; nine expressions would run over each of them
/// Longest line that is looked at, in bytes.
const LINE: usize = 2_000;

// a file with more changed members is a new one, and the first that differs is enough
/// Most names of one side that are looked up in the other.
const NAMES: usize = 500;

/// How members of what is sent are declared or given, each with the name in the first group that
/// takes part. Written for the way languages spell such things; words are of ASCII, since those of
/// all of Unicode cost more to build than to search.
const MEMBERS: [&str; 9] = [
    // a tag of Go, an annotation or attribute with the name as it is sent
    r#"(?i)\b(?:json|xml|bson|msgpack|cbor|form|query)\s*:\s*"([A-Za-z_][[:word:].-]*)"#,
    r#"(?i)\b(?:rename|alias|validation_alias|serialization_alias|jsonproperty|jsonpropertyname|serialname|serializedname|json|datamember|xmlelement|xmlattribute|bsonelement|jsonkey|expose|key)\s*(?:=|\()\s*(?:name\s*[=:]\s*|value\s*=\s*)?["']([A-Za-z_][[:word:].-]*)["']"#,
    // a key of a literal map
    r#"["']([A-Za-z_][[:word:]-]*)["']\s*(?:=>|:)"#,
    r"(?:^|[{(,]\s?)\s*(?:pub(?:\([a-z]+\))?\s+|val\s+|var\s+|let\s+|readonly\s+|public\s+|private\s+|required\s+)*([A-Za-z_][[:word:]]*)[?!]?\s*:\s*[^:=\s]",
    // a member with who may see it
    r"^\s*(?:@[[:word:]]+(?:\([^)]*\))?\s+)*(?:(?:public|private|protected|internal|readonly|required|final|static|override|virtual)\s+)+[A-Za-z_?][[:word:].<>\[\],?]*\s+\$?([A-Za-z_][[:word:]]*)\s*(?:;|\{\s*get|=\s*[^=]*;\s*$)",
    r"^\s*(?:public|private|protected)\s+(?:readonly\s+)?(?:\??[A-Za-z_][[:word:]]*\s+)?\$([A-Za-z_][[:word:]]*)\s*[;=]",
    // a field of a Go struct without a tag
    r"^([A-Z][[:word:]]*)\s+[*\[\]]*[A-Za-z_][[:word:].\[\]*]*\s*$",
    // a serializer that names its fields one by one
    r"^\s*([a-z_][[:word:]]*)\s*=\s*(?:serializers|fields|ma\.fields|graphene|strawberry|mm|wtforms)\.[A-Z][[:word:]]*\(",
    r#"\b(?:field|attribute|property|element)(?:\s*\(\s*|\s+):?["']?([A-Za-z_][[:word:]]*)"#,
];

static MEMBER: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    MEMBERS
        .iter()
        .filter_map(|pattern| Regex::new(pattern).ok())
        .collect()
});

/// Lines that give a list of members: their symbols, words in quotes or parameters are names.
static LIST: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)^\s*(?:attributes|fields|only|permit|expose|defstruct|@derive)\b|\b(?:only|fields|include|permit|as_json|slice|required)\s*[:=(]|\b(?:record|data class|case class)\s+[[:word:]]+\s*\(|\b(?:jsonify|dict)\s*\(",
    )
    .ok()
});

static LISTED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r#":([a-z_][[:word:]]*)|["']([A-Za-z_][[:word:]]*)["']|\s([A-Za-z_][[:word:]]*)\s*[,)]|\b([a-z_][[:word:]]*)\s*=[^=]"#,
    )
    .ok()
});

/// Beginnings of lines that declare what is called within the program, whose parameters are no
/// members.
const CALLABLES: [&str; 8] = [
    "def ",
    "async def ",
    "fn ",
    "pub fn ",
    "func ",
    "fun ",
    "function ",
    "export function ",
];

// one name is enough: the file is open with it, and a list would say no more
/// The first name of a member that one text has and the other lacks wholly: with the line of the
/// newer text where it came, or where something came in its place. A name that comes and that the
/// contract `knows` is none: the program follows its contract.
pub(super) fn find_form_drift(
    path: &str,
    (old, new): (&str, &str),
    fresh: &[ChangedLine<'_>],
    gone: &[ChangedLine<'_>],
    knows: &dyn Fn(&str) -> bool,
) -> Option<(Option<usize>, String)> {
    let hiding = Hiding::of(path, (old, new));
    if hiding.shows_pages {
        return None;
    }
    let missing =
        |lines: &[ChangedLine<'_>], other: &str, known_elsewhere: &dyn Fn(&str) -> bool| {
            let names: Vec<(usize, &str)> = lines
                .iter()
                .filter(|(_, line)| !hiding.hides(line))
                .flat_map(|(number, line)| list_members(line).map(|name| (*number, name)))
                .take(NAMES)
                .collect();
            let held = find_held_names(&names, other);
            names
                .into_iter()
                .find(|(_, name)| {
                    !held.contains(name.to_ascii_lowercase().as_str()) && !known_elsewhere(name)
                })
                .map(|(number, name)| (number, name.to_owned()))
        };
    // what is gone comes first: going back brings it back, and a caller may already do without it
    if let Some((_, name)) = missing(gone, new, &|_| false) {
        return Some((fresh.first().map(|(line, _)| *line), name));
    }
    missing(fresh, old, knows).map(|(line, name)| (Some(line), name))
}

/// Which members of a file nobody sends: what is handed to a service when it is made, what belongs
/// to a class and not to its objects, what the language hides from those who write documents.
struct Hiding {
    /// Its classes get what they work with from a container.
    is_wired: bool,
    /// It is a part of a page.
    shows_pages: bool,
    /// The language writes no private member, unless an annotation says so.
    writes_no_private: bool,
}

impl Hiding {
    fn of(path: &str, (old, new): (&str, &str)) -> Self {
        const WIRED: [&str; 20] = [
            "@Injectable",
            "@Service",
            "@Component",
            "@Controller",
            "@RestController",
            "@Repository",
            "@Configuration",
            "@Singleton",
            "@ApplicationScoped",
            "@RequestScoped",
            "@Inject",
            "@Autowired",
            "@RequiredArgsConstructor",
            "@Bean",
            "inject(",
            "[ApiController]",
            "ControllerBase",
            ": Controller",
            "BackgroundService",
            "extends AbstractController",
        ];
        const PAGES: [&str; 3] = ["@angular/", "from 'react'", "from \"react\""];
        let holds = |words: &[&str]| {
            words
                .iter()
                .any(|word| old.contains(word) || new.contains(word))
        };
        let lower = path.to_ascii_lowercase();
        let ends = |end: &str| lower.ends_with(end);
        Self {
            is_wired: holds(&WIRED),
            shows_pages: [".vue", ".svelte", ".astro", ".tsx", ".jsx"]
                .iter()
                .any(|end| ends(end))
                && holds(&PAGES[1..])
                || ends(".ts") && holds(&PAGES[..1]) && holds(&["@Component", "@Directive"]),
            writes_no_private: ends(".cs") || ends(".kt") && !holds(&["@Serializable"]),
        }
    }

    /// Whether the members that a line gives are sent by nobody.
    fn hides(&self, line: &str) -> bool {
        let words = || {
            line.split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '@')
                .filter(|word| !word.is_empty())
                .take(6)
        };
        // an annotation or an attribute on the same line says that it is written all the same
        let told =
            line.contains(['@', '[']) && !line.contains("@Autowired") && !line.contains("@Inject");
        let private = words().any(|word| matches!(word, "private" | "protected"));
        if told || line.contains('"') {
            return false;
        }
        let of_class = words().any(|word| word == "static")
            && words().any(|word| matches!(word, "public" | "private" | "protected" | "internal"));
        of_class
            || line.contains("inject(")
            || line.contains("@Autowired")
            || private && (self.is_wired || self.writes_no_private)
    }
}

/// Which of a few names stand in a text, in small letters: a name that only changes its letters'
/// case may be sent in one case by both.
fn find_held_names(names: &[(usize, &str)], text: &str) -> BTreeSet<String> {
    let mut held = BTreeSet::new();
    let mut sought: BTreeSet<String> = names
        .iter()
        .map(|(_, name)| name.to_ascii_lowercase())
        .collect();
    let mut small = String::new();
    for word in text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-') {
        if sought.is_empty() {
            break;
        }
        // `jar-id` is one name for some readers and two for others
        let parts = word.contains('-').then(|| word.split('-'));
        for part in parts.into_iter().flatten().chain([word]) {
            small.clear();
            small.push_str(part);
            small.make_ascii_lowercase();
            if let Some(name) = sought.take(small.as_str()) {
                held.insert(name);
            }
        }
    }
    held
}

/// Names of members in one line.
fn list_members(line: &str) -> impl Iterator<Item = &str> {
    let line = if line.len() <= LINE { line } else { "" };
    // parameters are no members; a body on the same line may give some
    // otherwise each renamed parameter opened the contract
    let line = if CALLABLES.iter().any(|word| line.starts_with(word)) {
        line.split_once(')').map_or("", |(_, body)| body)
    } else {
        line
    };
    let lists = LIST.as_ref().is_some_and(|list| list.is_match(line));
    let listed = LISTED.as_ref().filter(|_| lists);
    MEMBER
        .iter()
        .chain(listed)
        .flat_map(move |pattern| pattern.captures_iter(line))
        .filter_map(|found| found.iter().skip(1).flatten().next())
        .filter(move |name| !is_option(line, name.end()))
        .map(|name| name.as_str())
}

// without it every tuned pool or time limit was asked about
/// Whether what stands behind a name sets an option: a plain number or switch, on a line that
/// answers nothing. A pool of connections gets `max: 8`; no caller sees it.
fn is_option(line: &str, end: usize) -> bool {
    const ANSWERS: [&str; 7] = [
        "return", "json", "send(", "emit(", "publish(", "render", "body",
    ];
    let Some(value) = line[end..].trim_start().strip_prefix(':') else {
        return false;
    };
    let value = value.trim_start();
    let plain = value.starts_with(|c: char| c.is_ascii_digit() || c == '-')
        || value.starts_with("true")
        || value.starts_with("false");
    plain && !ANSWERS.iter().any(|word| line.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::changed_lines::ChangedLines;

    fn drift(old: &str, new: &str) -> Option<String> {
        let lines = ChangedLines::between(Some(old), Some(new));
        find_form_drift("a", (old, new), &lines.fresh, &lines.gone, &|_| false)
            .map(|(_, name)| name)
    }

    #[test]
    fn what_a_service_is_given_is_sent_by_nobody() {
        let drift = |path: &str, frame: &str, member: &str| {
            let (old, new) = (frame.replace('%', ""), frame.replace('%', member));
            let lines = ChangedLines::between(Some(&old), Some(&new));
            find_form_drift(path, (&old, &new), &lines.fresh, &lines.gone, &|_| false).is_some()
        };
        for (path, frame, member) in [
            (
                "Sails.cs",
                "class SailController : ControllerBase {\n%\n}\n",
                "    private readonly IMapper _mapper;\n",
            ),
            (
                "Sails.kt",
                "@Service\nclass SailLifecycle(\n%\n)\n",
                "  private val mapper: SailMapper,\n",
            ),
            (
                "SailTask.java",
                "@Singleton\nclass SailTask {\n%\n}\n",
                "    private final Mapper mapper;\n",
            ),
            (
                "Sails.java",
                "class Sails {\n%\n}\n",
                "    private static final int TRANSPARENT = 3;\n",
            ),
            (
                "sail.service.ts",
                "import { Injectable } from '@angular/core'\n@Injectable()\nclass S {\n%\n}\n",
                "  private toastr: Toastr;\n",
            ),
            (
                "sail.component.ts",
                "import { Component } from '@angular/core'\n@Component({})\nclass S {\n%\n}\n",
                "  area: number;\n",
            ),
        ] {
            assert!(!drift(path, frame, member), "{path} {member}");
        }
        for (path, frame, member) in [
            (
                "Sail.java",
                "class Sail {\n%\n}\n",
                "    private int area;\n",
            ),
            (
                "Sail.cs",
                "class Sail {\n%\n}\n",
                "    public int Area { get; set; }\n",
            ),
            (
                "Sail.kt",
                "@Serializable\nclass Sail(\n%\n)\n",
                "  private val area: Int,\n",
            ),
            (
                "Sails.java",
                "@RestController\nclass Sails {\n%\n}\n",
                "    record SailDto(int area, int size) {}\n",
            ),
            (
                "sail.ts",
                "export interface Sail {\n%\n}\n",
                "  area: number;\n",
            ),
        ] {
            assert!(drift(path, frame, member), "{path} {member}");
        }
    }

    #[test]
    fn a_member_that_comes_or_goes_is_seen_in_several_languages() {
        for (old, new) in [
            (
                "type Sail struct {\n\tSize int `json:\"size\"`\n}\n",
                "type Sail struct {\n\tSize int `json:\"area\"`\n}\n",
            ),
            (
                "type Sail struct {\n\tSize int\n}\n",
                "type Sail struct {\n\tArea int\n}\n",
            ),
            (
                "public record SailDto(string Name, int Size);\n",
                "public record SailDto(string Name, int Area);\n",
            ),
            (
                "class Sail {\n    private int size;\n}\n",
                "class Sail {\n    private int area;\n}\n",
            ),
            (
                "    public int Size { get; set; }\n",
                "    public int Area { get; set; }\n",
            ),
            (
                "    size = serializers.IntegerField()\n",
                "    area = serializers.IntegerField()\n",
            ),
            (
                "return jsonify({\"size\": sail[0]})\n",
                "return jsonify({\"area\": sail[0]})\n",
            ),
            (
                "res.json({ size: sail[0] });\n",
                "res.json({ area: sail[0] });\n",
            ),
            ("  attributes :name, :size\n", "  attributes :name, :area\n"),
            (
                "  render json: sail.as_json(only: [:name, :size])\n",
                "  render json: sail.as_json(only: [:name])\n",
            ),
            (
                "return ['size' => $sail->x];\n",
                "return ['area' => $sail->x];\n",
            ),
            (
                "#[derive(Serialize)]\nstruct Sail {\n    pub size: u32,\n}\n",
                "#[derive(Serialize)]\nstruct Sail {\n    pub area: u32,\n}\n",
            ),
            (
                "class Sail(BaseModel):\n    size: int\n",
                "class Sail(BaseModel):\n    size: int\n    area: int\n",
            ),
            (
                "data class Sail(val name: String, val size: Int)\n",
                "data class Sail(val name: String, val area: Int)\n",
            ),
            (
                "  def show(j), do: %{size: j.x}\n",
                "  def show(j), do: %{area: j.x}\n",
            ),
            (
                "  defstruct [:name, :size]\n",
                "  defstruct [:name, :area]\n",
            ),
        ] {
            assert!(drift(old, new).is_some(), "{old} {new}");
        }
    }

    #[test]
    fn a_program_may_follow_its_contract() {
        let (old, new) = (
            "return {\"size\": 1}\n",
            "return {\"size\": 1, \"area\": 2}\n",
        );
        let drift = |old: &str, new: &str| {
            let lines = ChangedLines::between(Some(old), Some(new));
            find_form_drift("a", (old, new), &lines.fresh, &lines.gone, &|name| {
                name == "area"
            })
            .is_some()
        };
        assert!(!drift(old, new), "the contract has it");
        assert!(drift(new, old), "what the contract has goes");
    }

    #[test]
    fn every_expression_can_be_built() {
        assert_eq!(MEMBER.len(), MEMBERS.len());
        assert!(LIST.is_some() && LISTED.is_some());
    }

    #[test]
    fn a_mended_line_moves_no_member() {
        for (old, new) in [
            (
                "  const total = a + b;\n  res.json({ total });\n",
                "  const total = Math.round(a + b);\n  res.json({ total });\n",
            ),
            (
                "log.info(\"saved {}\", sail.size)\n",
                "log.info(\"stored {}\", sail.size)\n",
            ),
            (
                "    if sail.size > 3 {\n        return nil\n    }\n",
                "    if sail.size >= 3 {\n        return errTooLarge\n    }\n",
            ),
            (
                "def area(width, height):\n    return width * height\n",
                "def area(width: int, height: int) -> int:\n    return width * height\n",
            ),
            (
                "        int depth = read();\n",
                "        int depth = Math.max(0, read());\n        int low = depth;\n",
            ),
            (
                "return {\"size\": sail.size}\n",
                "return {\"size\": round(sail.size)}\n",
            ),
            // an option of something that the program uses
            (
                "const pool = new Pool({ url });\n",
                "const pool = new Pool({ url, max: 8 });\n",
            ),
            // the case of the letters alone
            ("    private int Size;\n", "    private int size;\n"),
        ] {
            assert_eq!(drift(old, new), None, "{old} {new}");
        }
    }
}

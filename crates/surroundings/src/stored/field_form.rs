//! `stored-form/field-changed`.

use super::stored_type::is_object_store_text;
use super::types::TypeDef;
use super::{
    ChangedProgram, StoredCheck, StoredInput, StoredOutcome, build_stored_finding, cite_text_line,
};
use coverage::guard;
use model::{CheckDeclaration, CheckDoc, Confidence, Direction, Domain, Severity, check_cases};

const DOC: CheckDoc = CheckDoc {
    id: "stored-form/field-changed",
    title: "A field of stored documents has another type, or is no longer written",
    domain: Domain::StoredForm,
    direction: Direction::Rollback,
    looks_for: "Fields of types that the same file writes and reads, where one is text in the one release and a number, a truth value or a list in the other; and fields that the reader of the previous release must have (serde without a default, pydantic and dataclasses, kotlinx.serialization, Codable, required members of C#, case classes, zod) and that the new release no longer has.",
    why: "Readers pass over what they do not know, and fail at a field whose type is another one or that is not there.",
    action: "Find out whether documents were written since; if so, write them back in the older form with a tested script, or give the previous release a reader that takes both.",
    example: "state.rs: shelf goes from u32 to String, and serde ends with an error at a text.",
    source: "Documentation of serde, pydantic, kotlinx.serialization, Codable, System.Text.Json, encoding/json and Jackson: what they do with a missing field and with another type.",
};

pub(super) const CHECK: StoredCheck = StoredCheck {
    declared: CheckDeclaration {
        doc: DOC,
        grades: None,
        place: module_path!(),
        cases: check_cases!(test, |_| super::fixture::try_fixtures(make_fixtures())),
    },
    run: find_changed_fields,
};

/// What kind of value a field holds, as far as readers refuse one for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ValueKind {
    Number,
    Text,
    Truth,
    List,
}

impl ValueKind {
    fn name(self) -> &'static str {
        match self {
            Self::Number => "a number",
            Self::Text => "text",
            Self::Truth => "true or false",
            Self::List => "a list",
        }
    }
}

fn find_changed_fields(look: &StoredInput<'_>, outcome: &mut StoredOutcome) {
    for file in look
        .files
        .iter()
        .filter(|file| !file.old.is_empty() && !file.new.is_empty() && !file.vendored)
    {
        // a type that is only computed with is stored by nobody
        if !is_object_store_text(&file.old) || !is_object_store_text(&file.new) {
            continue;
        }
        let Some(language) = guard::find_language(&file.old_path) else {
            continue;
        };
        let (old, new) = (&file.old_digest().types, &file.new_digest().types);
        // a choice has cases and no fields, and checks of its own
        for before in old.iter().filter(|before| !before.choice) {
            if let Some(after) = new.iter().find(|after| after.name == before.name) {
                compare_fields(look, file, language.name, (before, after), outcome);
            }
        }
    }
}

fn compare_fields(
    look: &StoredInput<'_>,
    file: &ChangedProgram,
    language: &str,
    (before, after): (&TypeDef, &TypeDef),
    outcome: &mut StoredOutcome,
) {
    let (previous, current) = (look.range.previous_version, look.range.current_version);
    for (name, line, stored) in before.list_stored() {
        let text = find_field_text(&file.old, line, name);
        let now = after.list_stored().find(|(_, _, other)| *other == stored);
        let (says, new_line) = match now {
            Some((new_name, new_line, _)) => {
                let kinds = find_value_kind(language, name, text).zip(find_value_kind(
                    language,
                    new_name,
                    get_line_text(&file.new, new_line),
                ));
                // a number in place of a wider number is read by most readers
                let Some((was, is)) = kinds.filter(|(was, is)| was != is) else {
                    continue;
                };
                let says = format!(
                    "{name} of {} is {} in {current} ({}:{new_line}) and {} in {previous} ({}:{line}): {previous} cannot read what was written since",
                    before.name,
                    is.name(),
                    file.path,
                    was.name(),
                    file.old_path
                );
                (says, new_line)
            }
            None => {
                // an annotation that gives a fall-back stands on the line above
                let above = get_line_text(&file.old, line.saturating_sub(1));
                if !is_required(language, before, text, above) {
                    continue;
                }
                let says = format!(
                    "{previous} needs {name} in every {} ({}:{line}), and what {current} writes has none ({}:{})",
                    before.name, file.old_path, file.path, after.line
                );
                (says, after.line)
            }
        };
        outcome.findings.push(build_stored_finding(
            &DOC,
            // whether rows of this type were written is not known
            Severity::Warns,
            Confidence::Likely,
            &format!("{}.{name}", before.name),
            &says,
            vec![
                cite_text_line(&file.path, new_line, &file.new),
                cite_text_line(&file.old_path, line, &file.old),
            ],
        ));
    }
}

fn get_line_text(text: &str, line: usize) -> &str {
    line.checked_sub(1)
        .and_then(|index| text.lines().nth(index))
        .unwrap_or_default()
}

/// The line that declares a field: an annotation may name it on a line of its own above.
fn find_field_text<'t>(text: &'t str, line: usize, name: &str) -> &'t str {
    const BELOW: usize = 3;
    let own = get_line_text(text, line);
    if !own.trim_start().starts_with('@') {
        return own;
    }
    let mut below = text.lines().skip(line).take(BELOW);
    below
        .find(|line| line.contains(name) && !line.trim_start().starts_with('@'))
        .unwrap_or(own)
}

/// The kind of value by the type that stands beside the name of a field.
fn find_value_kind(language: &str, name: &str, line: &str) -> Option<ValueKind> {
    let at = line.find(name)?;
    let behind = &line[at + name.len()..];
    let written = match language {
        "rs" | "py" | "kt" | "swift" | "scala" | "js" => behind
            .trim_start()
            .trim_start_matches(['?', '!'])
            .strip_prefix(':')?,
        "go" => behind,
        // the type stands before the name
        // C, C++, C#, Java, Dart and PHP
        _ => line[..at].trim_end().rsplit(' ').next()?,
    };
    let end = written.find(['=', ';', '`', '{']).unwrap_or(written.len());
    let mut written = written[..end].trim().trim_end_matches([',', ')']).trim();
    // what may be missing holds the same kind of value
    for wrapper in ["Option<", "Optional[", "Optional<", "Nullable<"] {
        if let Some(inner) = written.strip_prefix(wrapper) {
            written = inner.trim_end_matches(['>', ']']);
        }
    }
    let written = written
        .trim_start_matches(['*', '&'])
        .trim_end_matches(['?', '!'])
        // `str | None` holds text
        .split('|')
        .next()
        .unwrap_or_default()
        .trim();
    classify_type(written)
}

// by exact names: `integer_list` is no number
fn classify_type(written: &str) -> Option<ValueKind> {
    const NUMBERS: [&str; 46] = [
        "int",
        "integer",
        "long",
        "short",
        "byte",
        "float",
        "double",
        "number",
        "decimal",
        "real",
        "bigdecimal",
        "biginteger",
        "bigint",
        "u8",
        "u16",
        "u32",
        "u64",
        "u128",
        "usize",
        "i8",
        "i16",
        "i32",
        "i64",
        "i128",
        "isize",
        "f32",
        "f64",
        "int8",
        "int16",
        "int32",
        "int64",
        "uint",
        "uint8",
        "uint16",
        "uint32",
        "uint64",
        "float32",
        "float64",
        "cgfloat",
        "num",
        "ulong",
        "ushort",
        "sbyte",
        "z.number()",
        "nsinteger",
        "z.bigint()",
    ];
    const TEXTS: [&str; 8] = [
        "str",
        "string",
        "&str",
        "char",
        "charsequence",
        "&'static str",
        "z.string()",
        "text",
    ];
    const TRUTHS: [&str; 4] = ["bool", "boolean", "_bool", "z.boolean()"];
    const LISTS: [&str; 9] = [
        "list",
        "vec<",
        "[]",
        "array",
        "set<",
        "hashset<",
        "ienumerable",
        "mutablelist",
        "z.array",
    ];
    let lower = written.to_ascii_lowercase();
    let lower = lower.rsplit("::").next().unwrap_or(&lower);
    if NUMBERS.contains(&lower) {
        Some(ValueKind::Number)
    } else if TEXTS.contains(&lower) {
        Some(ValueKind::Text)
    } else if TRUTHS.contains(&lower) {
        Some(ValueKind::Truth)
    } else if LISTS.iter().any(|start| lower.starts_with(start))
        || lower.ends_with("[]")
        || lower.starts_with('[') && lower.ends_with(']')
    {
        Some(ValueKind::List)
    } else {
        None
    }
}

/// Whether the reader of a type ends with an error where this field is missing.
fn is_required(language: &str, of: &TypeDef, line: &str, above: &str) -> bool {
    let head = |words: &[&str]| words.iter().any(|word| of.head.contains(word));
    let given = line.contains('=') && !line.contains("=>");
    match language {
        "rs" => {
            head(&["Deserialize"])
                && !line.contains("Option<")
                // `#[serde(default)]` may stand on the field or on the whole type
                && ![above, of.head.as_str()].iter().any(|text| {
                    text.contains("serde") && (text.contains("default") || text.contains("skip"))
                })
        }
        "py" => {
            let class = head(&[
                "BaseModel",
                "dataclass",
                "Struct",
                "attrs",
                "define",
                "NamedTuple",
            ]);
            class && line.contains(':') && !given && !line.contains("NotRequired")
        }
        "kt" => head(&["@Serializable"]) && !given,
        "scala" => head(&["case class"]) && !given && !line.contains("Option["),
        "swift" => {
            head(&["Codable", "Decodable"])
                && !line.contains('?')
                && line.trim_start().contains(':')
        }
        // other members are left as they are where they are missing
        "cs" => line.contains("required ") || line.contains("JsonRequired"),
        "js" => {
            line.contains("z.")
                && ![".optional(", ".default(", ".nullish(", ".catch("]
                    .iter()
                    .any(|word| line.contains(word))
        }
        // in Go a missing field is its zero value, in Java and PHP it is null
        _ => false,
    }
}

#[cfg(test)]
fn make_fixtures() -> (super::fixture::StoredFixture, super::fixture::StoredFixture) {
    use super::fixture::StoredFixture;
    let of = |field: &str| {
        let text = format!(
            "#[derive(Serialize, Deserialize)]\npub struct Jar {{\n    pub label: String,\n    pub {field},\n}}\npub fn save(jar: &Jar) {{ std::fs::write(\"jar\", serde_json::to_vec(jar)) }}\n"
        );
        &*text.leak()
    };
    (
        StoredFixture::of("src/jar.rs", of("size: u32"), of("size: String")),
        // readers of numbers take numbers
        StoredFixture::of("src/jar.rs", of("size: u32"), of("size: u64")),
    )
}

#[cfg(test)]
mod tests {
    use super::super::fixture::StoredFixture;
    use super::*;

    fn says(path: &'static str, old: &str, new: &str) -> String {
        let (old, new): (&'static str, &'static str) =
            (old.to_owned().leak(), new.to_owned().leak());
        let (found, _) = StoredFixture::of(path, old, new).of_check(DOC.id);
        found
            .first()
            .map(|finding| finding.says.as_raw().to_owned())
            .unwrap_or_default()
    }

    const RUST: &str = "#[derive(Serialize, Deserialize)]\npub struct Jar {\n    pub label: String,\n    pub size: u32,\n}\npub fn save(jar: &Jar) { std::fs::write(\"jar\", serde_json::to_vec(jar)) }\n";
    const PYTHON: &str = "from pydantic import BaseModel\n\n\nclass Jar(BaseModel):\n    label: str\n    size: int\n\n\ndef save(redis, jar):\n    redis.set(\"jar\", jar.model_dump_json())\n";
    const KOTLIN: &str = "@Serializable\ndata class Jar(\n    val label: String,\n    val size: Int,\n)\n\nfun save(file: File, jar: Jar) = file.writeText(json.encodeToString(jar))\n";
    const SWIFT: &str = "struct Jar: Codable {\n    var label: String\n    var size: Int\n\n    func save(to url: URL) throws {\n        try JSONEncoder().encode(self).write(to: url)\n    }\n}\n";
    const SHARP: &str = "public sealed class Jar\n{\n    public required string Label { get; init; }\n    public required int Size { get; init; }\n\n    public void Save(string path) => File.WriteAllText(path, JsonSerializer.Serialize(this));\n}\n";
    const GO: &str = "package a\n\ntype Jar struct {\n\tLabel string `json:\"label\"`\n\tSize  int    `json:\"size\"`\n}\n\nfunc Save(j Jar) error {\n\traw, _ := json.Marshal(j)\n\treturn os.WriteFile(\"jar\", raw, 0o600)\n}\n";
    const JAVA: &str = "public class Jar {\n  public String label;\n  public int size;\n\n  public void save(File file) throws IOException {\n    new ObjectMapper().writeValue(file, this);\n  }\n}\n";

    #[test]
    fn another_type_is_told_in_each_language() {
        for (path, old, from, to) in [
            ("jar.py", PYTHON, "size: int", "size: str"),
            ("Jar.kt", KOTLIN, "size: Int", "size: String"),
            ("Jar.swift", SWIFT, "size: Int", "size: String"),
            ("Jar.cs", SHARP, "int Size", "string Size"),
            ("jar.go", GO, "Size  int   ", "Size  string"),
            ("Jar.java", JAVA, "int size", "String size"),
            ("jar.py", PYTHON, "size: int", "size: list[int]"),
        ] {
            let said = says(path, old, &old.replace(from, to));
            assert!(
                said.contains("cannot read what was written"),
                "{path}: {said}"
            );
        }
        for (path, old, from, to) in [
            ("jar.py", PYTHON, "size: int", "size: float"),
            ("Jar.kt", KOTLIN, "size: Int", "size: Long"),
            ("jar.py", PYTHON, "size: int", "size: int | None = None"),
            ("Jar.java", JAVA, "int size", "Size size"),
        ] {
            assert_eq!(says(path, old, &old.replace(from, to)), "", "{path}: {to}");
        }
    }

    #[test]
    fn a_field_that_must_be_there_and_is_gone_is_told() {
        for (path, old, line) in [
            ("jar.py", PYTHON, "    size: int\n"),
            ("Jar.kt", KOTLIN, "    val size: Int,\n"),
            ("Jar.swift", SWIFT, "    var size: Int\n"),
            (
                "Jar.cs",
                SHARP,
                "    public required int Size { get; init; }\n",
            ),
        ] {
            let said = says(path, old, &old.replace(line, ""));
            assert!(said.contains("has none"), "{path}: {said}");
        }
        for (path, old, from, to) in [
            (
                "Jar.swift",
                SWIFT,
                "    var size: Int\n",
                "    var count: Int\n    enum CodingKeys: String, CodingKey { case label, count = \"size\" }\n",
            ),
            (
                "Jar.kt",
                KOTLIN,
                "    val size: Int",
                "    @SerialName(\"size\") val count: Int",
            ),
            (
                "jar.rs",
                RUST,
                "    pub size: u32",
                "    #[serde(rename = \"size\")]\n    pub count: u32",
            ),
        ] {
            assert_eq!(
                says(path, old, &old.replace(from, to)),
                "",
                "{path}: stored as before"
            );
        }
        let said = says(
            "jar.rs",
            RUST,
            &RUST.replace(
                "    pub size",
                "    #[serde(rename = \"count\")]\n    pub size",
            ),
        );
        assert!(
            said.contains("has none"),
            "stored under another name: {said}"
        );
        let with_default = PYTHON.replace("size: int", "size: int = 0");
        assert_eq!(
            says(
                "jar.py",
                &with_default,
                &with_default.replace("    size: int = 0\n", "")
            ),
            ""
        );
        assert_eq!(
            says(
                "jar.go",
                GO,
                &GO.replace("\tSize  int    `json:\"size\"`\n", "")
            ),
            ""
        );
    }
}

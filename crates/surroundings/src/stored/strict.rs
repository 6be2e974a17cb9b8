//! `stored-form/strict-reader`.

use super::strict_languages::{find_jvm_strictness, find_python_strictness};
use super::strict_search::{FindMark, FindOwnMark, Strict};
use super::strict_search::{find_mark_in_folder, find_word_line, read_cached_files_with_words};

use super::types::TypeDef;
use super::{
    ChangedProgram, StoredCheck, StoredInput, StoredOutcome, build_stored_finding,
    build_unjudged_place, cite_text_line, stored_words,
};
use coverage::guard;
use model::{CheckDeclaration, CheckDoc, Confidence, Direction, Domain, Severity, check_cases};

const DOC: CheckDoc = CheckDoc {
    id: "stored-form/strict-reader",
    title: "The previous release reads strictly, and a field is new",
    domain: Domain::StoredForm,
    direction: Direction::Rollback,
    looks_for: "Fields that a class, struct or schema object gets in the range, where the previous release reads it with a reader that refuses what it does not know: Jackson without ignoreUnknown, pydantic and msgspec with forbid, serde deny_unknown_fields, Go DisallowUnknownFields and KnownFields, System.Text.Json UnmappedMemberHandling, kotlinx.serialization, zod strict, Joi, marshmallow, structs built from keyword arguments.",
    why: "What the new release has put into queues, topics, caches, files and documents holds the new field, and the previous release refuses the whole document.",
    action: "Count what waits in the new form (in the queue, topic or store that holds it); let the new release work it off or drop it before the previous release starts, or make the reader of the previous release lenient first.",
    example: "worker/job.py: Job gets priority, and the previous release reads jobs with extra=\"forbid\".",
    source: "Documentation of the libraries: what they do with unknown fields by default and by option.",
};

pub(super) const CHECK: StoredCheck = StoredCheck {
    declared: CheckDeclaration {
        doc: DOC,
        grades: None,
        place: module_path!(),
        cases: check_cases!(test, |_| super::fixture::try_fixtures(make_fixtures())),
    },
    run: find_strict_readers,
};

fn find_strict_readers(look: &StoredInput<'_>, outcome: &mut StoredOutcome) {
    for file in look
        .files
        .iter()
        .filter(|file| !file.old.is_empty() && !file.new.is_empty())
    {
        let (old, new) = (&file.old_digest().types, &file.new_digest().types);
        for (before, after) in new
            .iter()
            .filter_map(|after| Some((old.iter().find(|before| before.name == after.name)?, after)))
        {
            let gained = after.gained(before);
            let Some((field, line)) = gained.first() else {
                continue;
            };
            let cases = is_enum_type(before);
            let Some(strict) = (if cases {
                cases_refused(look, file, before)
            } else {
                find_type_strictness(look, file, before, old)
            }) else {
                continue;
            };
            let what = if cases { "case" } else { "field" };
            let more = if gained.len() > 1 {
                format!(" and {} more", gained.len() - 1)
            } else {
                String::new()
            };
            let says = format!(
                "{} gets the {what} {field}{more} in {} ({}:{line}), and {} refuses a document with something that it does not know ({})",
                before.name,
                look.range.current_version,
                file.path,
                look.range.previous_version,
                strict.name
            );
            if reads_query(before, &file.old) {
                let why = format!(
                    "contract: {} takes the parameter {field}{more} from {} on, and {} answers a call that gives it with an error ({})",
                    before.name,
                    look.range.current_version,
                    look.range.previous_version,
                    strict.name
                );
                outcome.unchecked.push(build_unjudged_place(
                    &file.path,
                    *line,
                    why,
                    "check whether others already call with it, or ask who does",
                ));
                continue;
            }
            let confidence = if strict.sure {
                Confidence::Proven
            } else {
                Confidence::Likely
            };
            let places = vec![cite_text_line(&file.path, *line, &file.new), strict.mark];
            outcome.findings.push(build_stored_finding(
                &DOC,
                // whether documents wait anywhere is not known, so it never blocks
                Severity::Warns,
                confidence,
                &format!("{}.{field}", before.name),
                &says,
                places,
            ));
        }
    }
}

/// Whether a type holds the parameters of a call, taken from its address or its head: nothing of it
/// is kept.
fn reads_query(before: &TypeDef, text: &str) -> bool {
    const TAKEN: [&str; 9] = [
        "Query<",
        "QueryParameter<",
        "QueryParams<",
        "FromQuery",
        "@Query(",
        "Query()",
        "@ModelAttribute",
        "query_params",
        "Header<",
    ];
    let names = |line: &str| {
        line.split(|c: char| !c.is_alphanumeric() && c != '_')
            .any(|word| word == before.name)
    };
    before.body.contains("QueryParamError")
        || before.head.contains("QueryParamError")
        || text
            .lines()
            .any(|line| TAKEN.iter().any(|word| line.contains(word)) && names(line))
}

/// An enum: its fields are cases.
fn is_enum_type(of: &TypeDef) -> bool {
    of.choice || of.head.contains("Enum)") || of.head.contains("Enum,")
}

/// Previous turns stored words or numbers into cases of this enum, and ends in an error at one that
/// it does not have.
fn cases_refused(
    look: &StoredInput<'_>,
    file: &ChangedProgram,
    before: &TypeDef,
) -> Option<Strict> {
    let name = before.name.as_str();
    // how each language makes a case of a word, and what it does with a word of none
    let (words, why): (Vec<String>, &str) = match guard::find_language(&file.old_path)?.name {
        "py" => (
            vec![format!("{name}("), format!("{name}[")],
            "a value without a case raises ValueError",
        ),
        "java" => (
            vec![format!("{name}.valueOf(")],
            "valueOf throws for a name without a case",
        ),
        "kt" => (
            vec![format!("{name}.valueOf("), format!("enumValueOf<{name}>")],
            "valueOf throws for a name without a case",
        ),
        "cs" => (
            vec![
                format!("Enum.Parse<{name}>"),
                format!("Enum.Parse(typeof({name})"),
            ],
            "Enum.Parse throws for a name without a case",
        ),
        "php" => (
            vec![format!("{name}::from(")],
            "from throws for a value without a case",
        ),
        "scala" => (
            vec![format!("{name}.withName("), format!("{name}.valueOf(")],
            "withName throws for a name without a case",
        ),
        "rs" => {
            // an enum that is only read meets words of others, and `other` takes any
            let read = before.head.contains("Deserialize")
                && before.head.contains("Serialize")
                && !before.body.contains("serde(other)");
            let kept = stored_words(&file.old_path, std::slice::from_ref(&before.name), "");
            return (read && kept).then(|| Strict {
                mark: cite_text_line(&file.old_path, before.line, &file.old),
                name: "serde refuses a case that the enum does not have".to_owned(),
                sure: false,
            });
        }
        _ => return None,
    };
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    // an enum of the screen or of the command line is no matter; where it is read speaks of
    // something kept
    let all = read_cached_files_with_words(look, &words);
    let found = all.iter().find(|(path, text)| {
        let line = text
            .lines()
            // the line of the class itself names it as well
            .find(|line| words.iter().any(|word| line.contains(word)) && !line.contains("class "))
            .unwrap_or_default();
        !line.is_empty()
            && (stored_words(path, std::slice::from_ref(&before.name), line)
                || stored_words(&file.old_path, &[], ""))
    });
    let (path, text) = found?;
    let index = text.lines().position(|line| {
        words.iter().any(|word| line.contains(word)) && !line.contains("class ")
    })?;
    Some(Strict {
        mark: cite_text_line(path, index + 1, text),
        name: why.to_owned(),
        sure: false,
    })
}

fn find_type_strictness(
    look: &StoredInput<'_>,
    file: &ChangedProgram,
    before: &TypeDef,
    all: &[TypeDef],
) -> Option<Strict> {
    let language = guard::find_language(&file.old_path)?.name;
    let path = file.old_path.as_str();
    let above = before.line.saturating_sub(12).max(1);
    // annotations stand in the lines above a type
    let by = |words: &[&str], name: &str, sure: bool| {
        find_word_line(path, &file.old, words, above).map(|mark| Strict {
            mark,
            name: name.to_owned(),
            sure,
        })
    };
    let own =
        |words: &[&str], name: &str| before.says(words).then(|| by(words, name, true)).flatten();
    // for each language its own defaults: Jackson and kotlinx refuse unless told, Go and serde do
    // not
    match language {
        "rs" => own(&["deny_unknown_fields"], "deny_unknown_fields"),
        "dart" => own(
            &["disallowUnrecognizedKeys: true"],
            "disallowUnrecognizedKeys",
        ),
        "py" => find_python_strictness(before, all, &own, &by, look, path),
        "go" => find_go_strictness(look, file, before, &by),
        "java" | "kt" | "scala" => find_jvm_strictness(before, look, path, &own),
        "cs" => find_dotnet_strictness(look, before, &own),
        "js" => find_schema_object_strictness(before, &own),
        "php" => {
            // a named argument that the constructor does not have is an error in PHP
            let spread = format!("new {}(...", before.name);
            let of_itself = ["new self(...", "new static(..."];
            own(&of_itself, "built from named arguments")
                .or_else(|| {
                    find_strictness_elsewhere(look, &[&spread], &[], "built from named arguments")
                })
                .or_else(|| {
                    find_strictness_elsewhere(
                        look,
                        &[
                            "allow_extra_attributes' => false",
                            "ALLOW_EXTRA_ATTRIBUTES => false",
                        ],
                        &[&before.name],
                        "extra attributes are refused",
                    )
                })
        }
        "rb" => {
            // an unknown keyword is an ArgumentError in Ruby
            let spread = format!("{}.new(**", before.name);
            find_strictness_elsewhere(look, &[&spread], &[], "built from keyword arguments")
                .or_else(|| {
                    own(
                        &["schema.strict", "schema schema.strict"],
                        "the schema is strict",
                    )
                })
        }
        "ex" => {
            let of_itself = ["struct!(__MODULE__", "struct!(%__MODULE__"];
            if let Some(found) = by(&of_itself, "struct! refuses unknown keys", true) {
                return Some(found);
            }
            let built = [
                format!("struct!({}", before.name),
                format!("struct!(%{}", before.name),
            ];
            find_strictness_elsewhere(
                look,
                &built.iter().map(String::as_str).collect::<Vec<_>>(),
                &[],
                "struct! refuses unknown keys",
            )
        }
        _ => None,
    }
}

fn find_go_strictness(
    look: &StoredInput<'_>,
    file: &ChangedProgram,
    before: &TypeDef,
    by: FindMark<'_>,
) -> Option<Strict> {
    let path = file.old_path.as_str();
    // decoders of Go ignore unknown fields unless told otherwise, and are told where they are
    // called
    let words = [
        "DisallowUnknownFields()",
        "KnownFields(true)",
        "UnmarshalStrict(",
    ];
    let tagged = before.says(&["json:\"", "yaml:\"", "toml:\""])
        // without tags a literal of the type shows that this file works with it
        || file.old.contains(&format!("{}{{", before.name));
    if !tagged {
        return None;
    }
    // the decoder may be called elsewhere, and then the text has to name the type
    let named = |text: &str| text.contains(before.name.as_str());
    by(&words, "unknown fields are disallowed", true).or_else(|| {
        find_mark_in_folder(look, path, &words, &named).map(|mark| Strict {
            mark,
            name: "unknown fields are disallowed".to_owned(),
            sure: false,
        })
    })
}

fn find_dotnet_strictness(
    look: &StoredInput<'_>,
    before: &TypeDef,
    own: FindOwnMark<'_>,
) -> Option<Strict> {
    own(
        &["UnmappedMemberHandling.Disallow"],
        "UnmappedMemberHandling.Disallow",
    )
    .or_else(|| {
        own(
            &[
                "MissingMemberHandling = MissingMemberHandling.Error",
                "MissingMemberHandling.Error",
            ],
            "MissingMemberHandling.Error",
        )
    })
    .or_else(|| {
        let words = [
            "UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow",
            "JsonUnmappedMemberHandling.Disallow",
            "MissingMemberHandling.Error",
        ];
        find_strictness_elsewhere(
            look,
            &words,
            &[&before.name],
            "unknown members are disallowed",
        )
    })
}

fn find_schema_object_strictness(before: &TypeDef, own: FindOwnMark<'_>) -> Option<Strict> {
    own(
        &[
            ".strict()",
            "strictObject(",
            ".noUnknown(",
            "forbidNonWhitelisted",
            "additionalProperties: false",
        ],
        "the schema is strict",
    )
    .or_else(|| {
        before
            .body
            .contains("Joi.object")
            .then(|| {
                own(
                    &["Joi.object"],
                    "Joi refuses unknown keys unless told otherwise",
                )
            })
            .flatten()
            .filter(|_| !before.says(&[".unknown("]))
    })
}

/// A file of previous that holds one of the marks, and all of the other words.
fn find_strictness_elsewhere(
    look: &StoredInput<'_>,
    words: &[&str],
    also: &[&str],
    name: &str,
) -> Option<Strict> {
    read_cached_files_with_words(look, words)
        .iter()
        .find(|(_, text)| also.iter().all(|word| text.contains(word)))
        .and_then(|(path, text)| find_word_line(path, text, words, 1))
        .map(|mark| Strict {
            mark,
            name: name.to_owned(),
            // a mark that also has to name the type elsewhere may be of another one
            sure: also.is_empty(),
        })
}

#[cfg(test)]
fn make_fixtures() -> (super::fixture::StoredFixture, super::fixture::StoredFixture) {
    use super::fixture::StoredFixture;
    let strict = "from pydantic import BaseModel\n\nclass Parcel(BaseModel, extra=\"forbid\"):\n    weight: int\n";
    let more = "from pydantic import BaseModel\n\nclass Parcel(BaseModel, extra=\"forbid\"):\n    weight: int\n    fragile: bool = False\n";
    let lenient = "from pydantic import BaseModel\n\nclass Parcel(BaseModel):\n    weight: int\n";
    let lenient_more = "from pydantic import BaseModel\n\nclass Parcel(BaseModel):\n    weight: int\n    fragile: bool = False\n";
    (
        StoredFixture::of("post/parcel.py", strict, more),
        StoredFixture::of("post/parcel.py", lenient, lenient_more),
    )
}

#[cfg(test)]
mod tests {
    use super::super::fixture::StoredFixture;
    use super::*;

    #[test]
    fn parameters_of_a_call_are_kept_nowhere() {
        for (path, old, new) in [
            (
                "a.rs",
                "#[derive(Deserialize)]\n#[serde(deny_unknown_fields)]\nstruct Page { a: u8 }\nfn list(page: web::Query<Page>) {}",
                "#[derive(Deserialize)]\n#[serde(deny_unknown_fields)]\nstruct Page { a: u8, b: u8 }\nfn list(page: web::Query<Page>) {}",
            ),
            (
                "a.py",
                "class Page(BaseModel, extra=\"forbid\"):\n    a: int\n\ndef show(page: Annotated[Page, Query()]):\n    pass\n",
                "class Page(BaseModel, extra=\"forbid\"):\n    a: int\n    b: int = 0\n\ndef show(page: Annotated[Page, Query()]):\n    pass\n",
            ),
        ] {
            let (found, open) = StoredFixture::of(path, old, new).of_check(DOC.id);
            assert!(found.is_empty(), "{found:?}");
            assert!(
                open.iter()
                    .any(|place| place.why.as_raw().starts_with("contract: Page takes")),
                "{open:?}"
            );
        }
    }

    #[test]
    fn strict_readers_of_other_languages() {
        let one = |path, old, new| StoredFixture::of(path, old, new).of_check(DOC.id).0;
        for (path, old, new) in [
            (
                "a.rs",
                "#[derive(Deserialize)]\n#[serde(deny_unknown_fields)]\nstruct Box { a: u8 }",
                "#[derive(Deserialize)]\n#[serde(deny_unknown_fields)]\nstruct Box { a: u8, b: u8 }",
            ),
            (
                "a.ts",
                "const box = z.object({ a: z.string() }).strict()",
                "const box = z.object({ a: z.string(), b: z.string() }).strict()",
            ),
            (
                "A.cs",
                "[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]\nclass Box {\n  public int A { get; set; }\n}",
                "[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]\nclass Box {\n  public int A { get; set; }\n  public int B { get; set; }\n}",
            ),
            (
                "a.go",
                "type box struct {\n\tA int `json:\"a\"`\n}\nfunc f() { d.DisallowUnknownFields() }",
                "type box struct {\n\tA int `json:\"a\"`\n\tB int `json:\"b\"`\n}\nfunc f() { d.DisallowUnknownFields() }",
            ),
            (
                "a.kt",
                "@Serializable\ndata class Box(val a: Int)\nfun f(t: String) = Json.decodeFromString<Box>(t)",
                "@Serializable\ndata class Box(val a: Int, val b: Int = 0)\nfun f(t: String) = Json.decodeFromString<Box>(t)",
            ),
            (
                "a.rb",
                "class Parcel\n  attr_reader :a\nend\nParcel.new(**JSON.parse(text))",
                "class Parcel\n  attr_reader :a, :b\nend\nParcel.new(**JSON.parse(text))",
            ),
        ] {
            assert_eq!(one(path, old, new).len(), 1, "{path}");
        }
        for (path, old, new) in [
            (
                "journal/kind.py",
                "class Entry(IntEnum):\n    PUT = 1\n\ndef replay(byte):\n    return Entry(byte)\n",
                "class Entry(IntEnum):\n    PUT = 1\n    NOTE = 2\n\ndef replay(byte):\n    return Entry(byte)\n",
            ),
            (
                "journal/kind.rs",
                "#[derive(Serialize, Deserialize)]\nenum Entry { Put }",
                "#[derive(Serialize, Deserialize)]\nenum Entry { Put, Note }",
            ),
            (
                "journal/Kind.java",
                "enum Entry { PUT }\nclass R {\n Entry f(String s) { return Entry.valueOf(s); } }",
                "enum Entry { PUT, NOTE }\nclass R {\n Entry f(String s) { return Entry.valueOf(s); } }",
            ),
        ] {
            assert_eq!(one(path, old, new).len(), 1, "{path}");
        }
        for (path, old, new) in [
            (
                "ui/tab.py",
                "class Tab(Enum):\n    HOME = 1\n\ndef open(n):\n    return Tab(n)\n",
                "class Tab(Enum):\n    HOME = 1\n    HELP = 2\n\ndef open(n):\n    return Tab(n)\n",
            ),
            (
                "a.rs",
                "#[derive(Deserialize)]\nstruct Box { a: u8 }",
                "#[derive(Deserialize)]\nstruct Box { a: u8, b: u8 }",
            ),
            (
                "a.ts",
                "const box = z.object({ a: z.string() })",
                "const box = z.object({ a: z.string(), b: z.string() })",
            ),
            (
                "a.kt",
                "@Serializable\ndata class Box(val a: Int)\nval j = Json { ignoreUnknownKeys = true }\nfun f(t: String) = j.decodeFromString<Box>(t)",
                "@Serializable\ndata class Box(val a: Int, val b: Int = 0)\nval j = Json { ignoreUnknownKeys = true }\nfun f(t: String) = j.decodeFromString<Box>(t)",
            ),
        ] {
            assert!(one(path, old, new).is_empty(), "{path}");
        }
    }
}

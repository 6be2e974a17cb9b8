//! What makes a reader of one language strict.

use super::StoredInput;
use super::strict_search::FindMark;
use super::strict_search::FindOwnMark;
use super::strict_search::Strict;
use super::strict_search::find_mark_in_folder;
use super::strict_search::find_word_line;
use super::strict_search::read_cached_files_with_words;
use super::types::TypeDef;

pub(super) fn find_python_strictness(
    before: &TypeDef,
    all: &[TypeDef],
    own: FindOwnMark<'_>,
    by: FindMark<'_>,
    look: &StoredInput<'_>,
    path: &str,
) -> Option<Strict> {
    const FORBID: [&str; 7] = [
        "extra=\"forbid\"",
        "extra='forbid'",
        "extra = \"forbid\"",
        "extra = 'forbid'",
        "Extra.forbid",
        "\"extra\": \"forbid\"",
        "forbid_unknown_fields=True",
    ];
    // the own class first: it decides whatever its bases say
    if let Some(found) = own(&FORBID, "unknown fields are forbidden") {
        return Some(found);
    }
    // a base class of the same file
    let base = all.iter().find(|other| {
        other.name != before.name
            && before.head.contains(&format!("({}", other.name))
            && other.says(&FORBID)
    });
    if base.is_some() {
        return by(&FORBID, "its base class forbids unknown fields", true);
    }
    let marshmallow = (before.head.contains("(Schema)")
        || before.head.contains("marshmallow")
        || before.head.contains("ma.Schema"))
        && before.body.contains("fields.");
    // marshmallow raises unless it is told to leave out or to keep
    if marshmallow && !before.says(&["EXCLUDE", "INCLUDE"]) {
        return own(&["Schema"], "marshmallow raises for unknown fields");
    }
    // pydantic and msgspec ignore unknown fields by themselves
    if before.head.contains("(BaseModel") || before.head.contains("Struct)") {
        return None;
    }
    // Order(**json.loads(text)) of a dataclass
    let spread = format!("{}(**", before.name);
    // the arguments have to come out of something that was read
    let loads = |text: &str| {
        text.contains("loads(")
            || text.contains("load(")
            || text.contains("pickle")
            || text.contains("body")
            || text.contains("message")
    };
    let words = [spread.as_str()];
    (before.says(&["dataclass", "attr", "define", "NamedTuple"]))
        .then(|| find_mark_in_folder(look, path, &words, &loads))
        .flatten()
        .map(|mark| Strict {
            mark,
            name: "built from keyword arguments".to_owned(),
            sure: true,
        })
}

pub(super) fn find_jvm_strictness(
    before: &TypeDef,
    look: &StoredInput<'_>,
    path: &str,
    own: FindOwnMark<'_>,
) -> Option<Strict> {
    // said on the class itself, it holds whichever mapper reads it
    if before.says(&[
        "ignoreUnknown = true",
        "ignoreUnknown=true",
        "JsonAnySetter",
    ]) {
        return None;
    }
    // kotlinx.serialization refuses unknown keys unless its Json says otherwise
    if path.ends_with(".kt") && before.head.contains("@Serializable") {
        let lenient = |text: &str| text.contains("ignoreUnknownKeys = true");
        let readers = read_cached_files_with_words(
            look,
            &[
                "decodeFromString",
                "decodeFromStream",
                "decodeFromJsonElement",
            ],
        );
        // one lenient reader may be the one that reads this class
        if readers.iter().any(|(_, text)| lenient(text))
            || !readers
                .iter()
                .any(|(_, text)| text.contains(before.name.as_str()))
        {
            return None;
        }
        let (path, text) = readers
            .iter()
            .find(|(_, text)| text.contains(before.name.as_str()))?;
        let mark = find_word_line(path, text, &["decodeFrom"], 1)?;
        return Some(Strict {
            mark,
            name: "kotlinx.serialization refuses unknown keys unless told otherwise".to_owned(),
            sure: true,
        });
    }
    if let Some(found) = own(&["ignoreUnknown = false"], "ignoreUnknown = false") {
        return Some(found);
    }
    let class = [
        format!("{}.class", before.name),
        format!("<{}>", before.name),
        format!("classOf[{}]", before.name),
        format!("{}::class", before.name),
    ];
    for (path, text) in read_cached_files_with_words(
        look,
        &["readValue", "readerFor", "treeToValue", "convertValue"],
    )
    .iter()
    {
        let names = class.iter().any(|word| text.contains(word.as_str()));
        let made = text.contains("new ObjectMapper()")
            || text.contains("ObjectMapper()")
            || text.contains("JsonMapper.builder()")
            || text.contains("jacksonObjectMapper()");
        // mappers that Spring builds are lenient
        let lenient = text.contains("FAIL_ON_UNKNOWN_PROPERTIES, false")
            || text.contains("disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES")
            || text.contains(".without(DeserializationFeature.FAIL_ON_UNKNOWN")
            || text.contains("Jackson2ObjectMapperBuilder");
        // a mapper that is made here is strict, one that is handed in may be anything
        if names && made && !lenient {
            let mark = find_word_line(
                path,
                text,
                &[
                    "ObjectMapper()",
                    "JsonMapper.builder()",
                    "jacksonObjectMapper()",
                ],
                1,
            )?;
            return Some(Strict {
                mark,
                name: "Jackson refuses unknown properties unless told otherwise".to_owned(),
                sure: true,
            });
        }
    }
    None
}

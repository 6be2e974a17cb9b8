//! `stored-form/stored-type-changed`.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::{
    ASK, ChangedProgram, StoredCheck, StoredInput, StoredOutcome, build_stored_finding,
    build_unjudged_place, cite_text_line,
};
use model::{CheckDeclaration, CheckDoc, Confidence, Direction, Domain, Severity, check_cases};

const DOC: CheckDoc = CheckDoc {
    id: "stored-form/stored-type-changed",
    title: "What is stored gets a field, or is encrypted in place",
    domain: Domain::StoredForm,
    direction: Direction::Rollback,
    looks_for: "Types that the same file writes to a store, a file, a queue or a cache and that get or lose fields in the range; and, as a finding, calls that encrypt, seal or compress what such a file writes, where the previous release has none.",
    why: "The previous release ignores the new mark and takes the newer form for the older one, or drops the field when it writes the document again.",
    action: "Find out whether anything was written since; if so, turn it back to the older form before the previous release starts, restore what was saved before, or go forward.",
    example: "meta/volume.go: SecretKey goes through encrypt() and KeySealed is new; the previous release would use the cipher text as the key.",
    source: "Public reports: a secret that was encrypted in place, with a mark that the older release ignores.",
};

pub(super) const CHECK: StoredCheck = StoredCheck {
    declared: CheckDeclaration {
        doc: DOC,
        grades: None,
        place: module_path!(),
        cases: check_cases!(test, |_| super::fixture::try_fixtures(make_fixtures())),
    },
    run: find_stored_type_changes,
};

// one list alone says little: much text is turned to JSON to be shown
/// Calls that turn an object into bytes.
const WRITES: [&str; 30] = [
    "json.Marshal",
    "json.dumps",
    "json.dump(",
    "JSON.stringify",
    "json_encode",
    "to_json",
    "writeValueAs",
    "writeValue(",
    "serde_json::to",
    "bincode::",
    "msgpack",
    "gob.NewEncoder",
    "proto.Marshal",
    "SerializeToString",
    "JsonSerializer.Serialize",
    "encodeToString",
    "yaml.Marshal",
    "toml::to",
    "rmp_serde",
    "ciborium",
    "Jason.encode",
    "term_to_binary",
    "Marshal.dump",
    "pickle.dump",
    "postcard::",
    "JsonConvert.SerializeObject",
    "bson.Marshal",
    "toJson(",
    "JSONEncoder",
    "model_dump",
];

/// Calls that put bytes where they stay.
const KEEPS: [&str; 37] = [
    ".set(",
    ".put(",
    ".Put(",
    ".Set(",
    ".save(",
    ".Save(",
    ".write(",
    ".Write(",
    "WriteFile",
    "writeFile",
    "write_all",
    "fs::write",
    "lpush",
    "rpush",
    "setItem(",
    "publish(",
    "Publish(",
    "send(",
    "Send(",
    "insert",
    "Insert",
    ".store(",
    ".Store(",
    "file_put_contents",
    "File.write",
    "File.WriteAll",
    "open(",
    "setex",
    "hset",
    "produce(",
    "enqueue",
    "perform_later",
    "SetAsync",
    "StringSet",
    "writeValue(",
    "writeText(",
    "writeBytes(",
];

// beginnings, since libraries name their calls otherwise
/// Parts of names of calls that change a value into another form.
const CHANGES: [&str; 12] = [
    "encrypt",
    "Encrypt",
    "seal(",
    "Seal(",
    "cipher",
    "Cipher",
    "compress(",
    "Compress(",
    "gzip",
    "zstd",
    "encipher",
    "obfuscate",
];

fn find_stored_type_changes(look: &StoredInput<'_>, outcome: &mut StoredOutcome) {
    for file in look
        .files
        .iter()
        .filter(|file| !file.old.is_empty() && !file.new.is_empty() && !file.vendored)
    {
        // both sides have to store: a file that begins to has nothing in an older form
        if !is_object_store_text(&file.new) || !is_object_store_text(&file.old) {
            continue;
        }
        let (old, new) = (&file.old_digest().types, &file.new_digest().types);
        let changed = new.iter().find_map(|after| {
            let before = old.iter().find(|before| before.name == after.name)?;
            let gained = after
                .gained(before)
                .first()
                .map(|(name, line)| {
                    format!(
                        "{} gets {name} ({}:{line}), and this file stores such values: {} does not know the field when it reads what was written since",
                        after.name, file.path, look.range.previous_version
                    )
                })
                .map(|says| (says, after.gained(before)[0].1));
            // a field that came is told before one that went: what was written has it since
            gained.or_else(|| {
                before.gained(after).first().map(|(name, _)| {
                    (
                        format!(
                            "{} loses {name} ({}:{}), and this file stores such values: {} looks for the field in what was written since, which does not have it",
                            after.name, file.path, after.line, look.range.previous_version
                        ),
                        after.line,
                    )
                })
            })
        });
        // a call that hides values changes each of them, so it is a finding and not a question
        if let Some(line) = find_new_hiding_call(file) {
            let says = format!(
                "{} changes the form of what this file stores ({}:{line}), and {} reads it in the old form",
                look.range.current_version, file.path, look.range.previous_version
            );
            outcome.findings.push(build_stored_finding(
                &DOC,
                Severity::Warns,
                Confidence::Likely,
                &file.path,
                &says,
                vec![cite_text_line(&file.path, line, &file.new)],
            ));
        } else if let Some((why, line)) = changed {
            outcome
                .unchecked
                .push(build_unjudged_place(&file.path, line, why, ASK));
        }
    }
}

/// One search for each list: every changed file passes here.
static FIND_WRITES: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| AhoCorasick::new(WRITES).ok());
static FIND_KEEPS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| AhoCorasick::new(KEEPS).ok());

/// The file turns objects into bytes and keeps them.
pub(super) fn is_object_store_text(text: &str) -> bool {
    let finds = |search: &LazyLock<Option<AhoCorasick>>| {
        search.as_ref().is_some_and(|search| search.is_match(text))
    };
    finds(&FIND_WRITES) && finds(&FIND_KEEPS)
}

/// Line of a call that hides or packs values, of a kind that previous's text does not have.
fn find_new_hiding_call(file: &ChangedProgram) -> Option<usize> {
    let word = CHANGES.iter().find(|word| {
        // where previous hides values already, another call may be the same
        file.new.contains(*word) && !CHANGES.iter().any(|other| file.old.contains(other))
    })?;
    let comment = |line: &str| {
        ["//", "#", "*", "/*", "--"]
            .iter()
            .any(|mark| line.trim_start().starts_with(mark))
    };
    file.new
        .lines()
        .position(|line| {
            line.contains(word)
                && !comment(line)
                // an import brings a library in and calls nothing
                && !line.trim_start().starts_with("import")
                && line.contains('(')
        })
        .map(|index| index + 1)
}

#[cfg(test)]
fn make_fixtures() -> (super::fixture::StoredFixture, super::fixture::StoredFixture) {
    use super::fixture::StoredFixture;
    let plain = "class Secret {\n  constructor(value) { this.value = value }\n  keep(redis) { redis.set('secret', JSON.stringify({ value: this.value })) }\n}\n";
    let sealed = "class Secret {\n  constructor(value) { this.value = value }\n  keep(redis) { redis.set('secret', JSON.stringify({ value: encrypt(this.value) })) }\n}\n";
    let renamed = "class Secret {\n  constructor(text) { this.text = text }\n  keep(redis) { redis.set('secret', JSON.stringify({ value: this.text })) }\n}\n";
    (
        StoredFixture::of("vault/secret.js", plain, sealed),
        StoredFixture::of("vault/secret.js", plain, renamed),
    )
}

#[cfg(test)]
mod tests {
    use super::super::fixture::StoredFixture;
    use super::*;

    #[test]
    fn a_field_more_is_open_and_named() {
        let old = "#[derive(Serialize)]\nstruct Jar { label: String }\nfn keep(jar: &Jar) { fs::write(\"jar\", serde_json::to_vec(jar)) }\n";
        let new = "#[derive(Serialize)]\nstruct Jar { label: String, lid: u8 }\nfn keep(jar: &Jar) { fs::write(\"jar\", serde_json::to_vec(jar)) }\n";
        let (found, open) = StoredFixture::of("src/jar.rs", old, new).of_check(DOC.id);
        assert!(
            found.is_empty() && open.len() == 1 && open[0].why.as_raw().contains("Jar gets lid"),
            "{found:?} {open:?}"
        );
    }
}

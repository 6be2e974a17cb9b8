//! `stored-form/place-moved`.

use std::collections::{BTreeMap, BTreeSet};

use super::changed_value::list_changed_values;
use super::moved_value::Moved;
use super::place_names::{PlaceKind, find_place_by_name, find_place_by_use, speaks_of_stores};
use super::worked_out_place::list_worked_out_places;
use super::{LIMIT, StoredCheck, StoredInput, StoredOutcome, build_stored_finding, cite_text_line};
use coverage::guard;
use coverage::place::{FileRole, classify_path_place};
use model::{
    CheckDeclaration, CheckDoc, Confidence, Direction, Domain, Severity, Snapshot, check_cases,
};

const DOC: CheckDoc = CheckDoc {
    id: "stored-form/place-moved",
    title: "What is stored or sent lies in another place",
    domain: Domain::StoredForm,
    direction: Direction::Rollback,
    looks_for: "Names of the place where a program keeps or sends something, where the two releases have another one: the file of an embedded store, a bucket, a prefix of keys, the number or the name of a database in an address, an index or a collection, a topic, a queue or a stream; the pattern by which objects are named, and the number of parts over which a hash of the key spreads them.",
    why: "The form is the same and the previous release refuses nothing, but it looks at the old place: what was written or sent since the deployment lies in the new one.",
    action: "Before going back, copy what was written since to the old place, or start the previous release with the new place; work off what waits in a new topic or queue first.",
    example: "store/open.go: the file stock.db becomes stock-v2.db, and the previous release opens stock.db.",
    source: "How embedded stores, object stores, Redis, search engines and brokers are addressed: by a name that the program gives.",
};

pub(super) const CHECK: StoredCheck = StoredCheck {
    declared: CheckDeclaration {
        doc: DOC,
        grades: None,
        place: module_path!(),
        cases: check_cases!(test, |_| super::fixture::try_fixtures(make_fixtures())),
    },
    run: find_moved_places,
};

// each name is a word of one search through previous
/// Most values of one range whose uses are looked for, and most places of one name.
const VALUES: usize = 60;
const USES: usize = 20;

fn find_moved_places(look: &StoredInput<'_>, outcome: &mut StoredOutcome) {
    let mut told: BTreeSet<(String, String)> = BTreeSet::new();
    let mut rest = Vec::new();
    for moved in list_moved_values(look) {
        // the name or its own form first, as they need no search
        match find_place_by_name(&moved.path, &moved.new, &moved.value) {
            Some(kind) => report_moved_place(look, &moved, kind, None, &mut told, outcome),
            None => rest.push(moved),
        }
    }
    // a constant says nothing by itself, and what uses it does
    // without a name nobody can be asked what the value is used for
    rest.retain(|moved| moved.value.constant.is_some());
    rest.truncate(VALUES);
    let uses = find_uses(look, &rest);
    for moved in &rest {
        let Some(name) = moved.value.constant.as_deref() else {
            continue;
        };
        if let Some((kind, place)) = uses.get(name) {
            report_moved_place(look, moved, *kind, Some(place), &mut told, outcome);
        }
    }
    for (moved, kind, place) in list_worked_out_places(look) {
        report_moved_place(look, &moved, kind, place.as_ref(), &mut told, outcome);
    }
}

/// Values that another one stands in the place of, in program text and in settings.
fn list_moved_values(look: &StoredInput<'_>) -> Vec<Moved> {
    let mut found = Vec::new();
    let mut take = |path: &str, old_path: &str, old: &str, new: &str, settings: bool| {
        // the own version of the product moves in each release
        let own = [look.range.previous_version, look.range.current_version];
        for value in list_changed_values(old, new, settings) {
            // four times as many, since most of them turn out to be no places
            if found.len() < VALUES * 4 && !own.contains(&value.old.as_str()) {
                found.push(Moved {
                    path: path.to_owned(),
                    old_path: old_path.to_owned(),
                    old: old.to_owned(),
                    new: new.to_owned(),
                    value,
                });
            }
        }
    };
    let programs = look.files.iter().filter(|file| !file.vendored);
    // a file that came or went has no line with another value in its place
    for file in programs.filter(|file| !file.old.is_empty() && !file.new.is_empty()) {
        take(&file.path, &file.old_path, &file.old, &file.new, false);
    }
    for change in look.range.changes.iter().filter(|change| {
        is_settings_file(&change.path)
            && guard::find_language(&change.path).is_none()
            && !matches!(
                change.kind,
                model::FileKind::Test | model::FileKind::Documentation
            )
            && classify_path_place(&change.path) == FileRole::Live
    }) {
        let old_path = change.old_path.as_deref().unwrap_or(&change.path);
        let read = |tree: &dyn Snapshot, path: &str| {
            tree.read_text(path).ok().filter(|text| text.len() <= LIMIT)
        };
        if let (Some(old), Some(new)) = (
            read(look.range.previous, old_path),
            read(look.range.current, &change.path),
        ) {
            take(&change.path, old_path, &old, &new, true);
        }
    }
    found
}

fn is_settings_file(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let end = name.rsplit('.').next().unwrap_or_default();
    // a sample is filled in before anything reads it
    let example = [".example", ".sample", ".template", ".dist"]
        .iter()
        .any(|word| name.contains(word));
    !example
        && (name.starts_with(".env")
            || matches!(
                end,
                "yml" | "yaml" | "properties" | "toml" | "conf" | "env" | "ini"
            ))
}

/// What the constants are used for, by their names: the kind of place, and where it is seen.
fn find_uses(look: &StoredInput<'_>, moved: &[Moved]) -> BTreeMap<String, (PlaceKind, String)> {
    let names: BTreeSet<&str> = moved
        .iter()
        .filter_map(|moved| moved.value.constant.as_deref())
        .collect();
    let words: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    if words.is_empty() {
        return BTreeMap::new();
    }
    let program = |path: &str| {
        guard::find_language(path).is_some() && classify_path_place(path) == FileRole::Live
    };
    let (hits, _) = look
        .range
        // previous is asked: it is what looks at the old place
        .previous
        .search_many(&words, false, USES, &program);
    let mut about: BTreeMap<String, bool> = BTreeMap::new();
    let mut found = BTreeMap::new();
    for hit in hits {
        let Some(name) = words.get(hit.word) else {
            continue;
        };
        let Some(kind) = find_place_by_use(&hit.text, name) else {
            continue;
        };
        // a line that fits has to stand in a text which works with a store at all
        let speaks = *about.entry(hit.path.clone()).or_insert_with(|| {
            let text = look.range.previous.read_text(&hit.path).unwrap_or_default();
            speaks_of_stores(&text)
        });
        if speaks {
            found
                .entry(name.clone())
                .or_insert_with(|| (kind, format!("{}:{}", hit.path, hit.line)));
        }
    }
    found
}

fn report_moved_place(
    look: &StoredInput<'_>,
    moved: &Moved,
    kind: PlaceKind,
    used: Option<&String>,
    told: &mut BTreeSet<(String, String)>,
    outcome: &mut StoredOutcome,
) {
    // one value may stand in program text and in settings
    let value = &moved.value;
    if !told.insert((value.old.clone(), value.new.clone())) {
        return;
    }
    let (previous, current) = (look.range.previous_version, look.range.current_version);
    let used = used
        .map(|place| format!(", used at {place}"))
        .unwrap_or_default();
    let says = format!(
        "the {} {} ({}:{}) is {} in {current} ({}:{}{used}): {}",
        kind.name(),
        value.old,
        moved.old_path,
        value.old_line,
        value.new,
        moved.path,
        value.new_line,
        kind.consequence(previous)
    );
    outcome.findings.push(build_stored_finding(
        &DOC,
        // that something was written at the new place is not known
        Severity::Warns,
        Confidence::Likely,
        &value.new,
        &says,
        vec![
            cite_text_line(&moved.path, value.new_line, &moved.new),
            cite_text_line(&moved.old_path, value.old_line, &moved.old),
        ],
    ));
}

#[cfg(test)]
fn make_fixtures() -> (super::fixture::StoredFixture, super::fixture::StoredFixture) {
    use super::fixture::StoredFixture;
    (
        StoredFixture::of(
            "store/open.go",
            "package store\n\nconst fileName = \"stock.db\"\n",
            "package store\n\nconst fileName = \"stock-v2.db\"\n",
        ),
        StoredFixture::of(
            "web/title.go",
            "package web\n\nconst title = \"stock\"\n",
            "package web\n\nconst title = \"larder\"\n",
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::super::fixture::StoredFixture;
    use super::*;

    fn says(path: &'static str, old: &'static str, new: &'static str) -> String {
        let (found, _) = StoredFixture::of(path, old, new).of_check(DOC.id);
        found
            .first()
            .map(|finding| finding.says.as_raw().to_owned())
            .unwrap_or_default()
    }

    #[test]
    fn places_of_several_stores_are_told() {
        for (path, old, new, word) in [
            (
                "app/blob.py",
                "import boto3\n\nPREFIX = \"photos/\"\n",
                "import boto3\n\nPREFIX = \"photos-v2/\"\n",
                "prefix",
            ),
            (
                "src/keep.ts",
                "import { S3Client } from '@aws-sdk/client-s3';\nconst bucket = 'stock';\n",
                "import { S3Client } from '@aws-sdk/client-s3';\nconst bucket = 'stock-eu';\n",
                "bucket",
            ),
            (
                "app/cache.rb",
                "R = Redis.new(url: \"redis://cache:6379/0\")\n",
                "R = Redis.new(url: \"redis://cache:6379/3\")\n",
                "database",
            ),
            (
                "app/find.py",
                "from elasticsearch import Elasticsearch\nINDEX_NAME = \"products\"\n",
                "from elasticsearch import Elasticsearch\nINDEX_NAME = \"products-2\"\n",
                "index",
            ),
            (
                "src/Send.cs",
                "using Confluent.Kafka;\nconst string Topic = \"orders\";\n",
                "using Confluent.Kafka;\nconst string Topic = \"orders.v2\";\n",
                "topic",
            ),
            (
                "config/production.yaml",
                "store:\n  url: mongodb://db:27017/stock\n",
                "store:\n  url: mongodb://db:27017/stock2\n",
                "database",
            ),
            (
                "src/main/resources/application.yml",
                "kafka:\n  topic: orders\n",
                "kafka:\n  topic: orders-v2\n",
                "topic",
            ),
        ] {
            let said = says(path, old, new);
            assert!(said.contains(word), "{path}: {said}");
        }
    }

    #[test]
    fn a_constant_is_told_by_what_uses_it() {
        let user = Some(
            "package example;\nimport org.apache.kafka.clients.consumer.KafkaConsumer;\nclass Consumer {\n  void run() { c.subscribe(List.of(Names.ORDERS)); }\n}\n",
        );
        let old =
            "public final class Names {\n  public static final String ORDERS = \"orders\";\n}\n";
        let new =
            "public final class Names {\n  public static final String ORDERS = \"orders.v2\";\n}\n";
        let (found, _) = StoredFixture::of("src/Names.java", old, new)
            .and("src/Consumer.java", user, user)
            .of_check(DOC.id);
        assert_eq!(found.len(), 1);
        let other = Some("class Page { String title() { return Names.ORDERS; } }\n");
        let (found, _) = StoredFixture::of("src/Names.java", old, new)
            .and("src/Page.java", other, other)
            .of_check(DOC.id);
        assert!(found.is_empty());
    }

    #[test]
    fn words_addresses_of_others_and_texts_are_no_places() {
        for (path, old, new) in [
            (
                "app/pay.py",
                "import redis\nURL = \"https://pay.example/v1\"\n",
                "import redis\nURL = \"https://pay.example/v2\"\n",
            ),
            (
                "app/view.py",
                "import boto3\nLABEL_PREFIX = \"Photo of\"\n",
                "import boto3\nLABEL_PREFIX = \"Picture of\"\n",
            ),
            ("app/menu.py", "PREFIX = \"a/\"\n", "PREFIX = \"b/\"\n"),
            (
                "src/route.ts",
                "import Redis from 'ioredis';\nrouter.get('/topics', list);\n",
                "import Redis from 'ioredis';\nrouter.get('/themes', list);\n",
            ),
            (
                "config/production.yaml",
                "log:\n  file: app.log\n",
                "log:\n  file: shop.log\n",
            ),
        ] {
            assert_eq!(says(path, old, new), "", "{path}");
        }
    }
}

//! Files that only their content tells: what cannot matter, and what stays open where it could.

use super::tests::{ledger, one, one_of, standing};
use super::*;
use CoverageDomain as D;
use model::{Config, FileKind, FileStatus, MemorySnapshot};

/// The standing of a file of bytes that is new, in a domain.
fn fresh(kind: FileKind, path: &str, bytes: &[u8], beside: &[(&str, &str)]) -> [String; 5] {
    let texts = beside.iter().map(|(path, text)| (*path, text.as_bytes()));
    let old = MemorySnapshot::new(texts.clone());
    let new = MemorySnapshot::new(texts.chain([(path, bytes)]));
    let mut changes = old.changes_to(&new);
    for change in &mut changes {
        change.kind = kind;
    }
    let config = Config::default();
    let range = ReleaseRange {
        previous: &old,
        current: &new,
        changes: &changes,
        config: &config,
        previous_version: "1.0.0",
        current_version: "1.1.0",
    };
    let ledger = Ledger::read(&range, &Surroundings::default());
    D::ALL.map(|domain| standing(&ledger, path, domain))
}

fn all(word: &str) -> [String; 5] {
    std::array::from_fn(|_| word.to_owned())
}

#[test]
fn pictures_and_documents_are_known_by_their_first_bytes_wherever_they_lie() {
    let picture = b"\x89PNG\r\n\x1a\n\xff\xfe\x00";
    let docs = FileKind::Documentation;
    assert_eq!(
        fresh(docs, "docs/static/a.png", picture, &[]),
        all("styling")
    );
    assert_eq!(
        fresh(docs, "docs/manual.pdf", b"%PDF-1.7\n\xff\xfe", &[]),
        all("documentation")
    );
    assert_eq!(
        fresh(FileKind::Other, "data/jar.png", picture, &[]),
        all("styling")
    );
    for path in ["docs/a.png", "forms/a.pdf"] {
        let [_, stored, ..] = fresh(FileKind::Other, path, b"rows \xff\xfe", &[]);
        assert!(
            stored.starts_with("open"),
            "{path} is not what its name says"
        );
    }
}

#[test]
fn a_moved_document_is_the_same_and_an_empty_file_holds_nothing() {
    let (old, new) = (
        MemorySnapshot::new([("docs/1/a.txt", "x = 1\n")]),
        MemorySnapshot::new([("docs/2/a.txt", "x = 1\n")]),
    );
    let mut changes = old.changes_to(&new);
    changes.retain(|change| change.path == "docs/2/a.txt");
    let [moved] = changes.as_mut_slice() else {
        panic!("{changes:?}");
    };
    moved.kind = FileKind::Documentation;
    moved.status = FileStatus::Renamed;
    moved.old_path = Some("docs/1/a.txt".to_owned());
    moved.old_id = moved.new_id.clone();
    let config = Config::default();
    let moved = Ledger::read(
        &ReleaseRange {
            previous: &old,
            current: &new,
            changes: &changes,
            config: &config,
            previous_version: "1.0.0",
            current_version: "1.1.0",
        },
        &Surroundings::default(),
    );
    for domain in D::ALL {
        assert_eq!(standing(&moved, "docs/2/a.txt", domain), "same-content");
    }
    assert_eq!(fresh(FileKind::Other, "rows/.keep", b"", &[]), all("empty"));
}

#[test]
fn words_of_one_language_are_no_settings() {
    let of = |path: &str, text: &str, beside: &[(&str, &str)]| {
        fresh(FileKind::Other, path, text.as_bytes(), beside)
    };
    let words = r#"{"Shelf": "Plank", "Lid": {"open": "Deksel {n}"}}"#;
    assert_eq!(of("src/Localization/Core/nl.json", words, &[]), all("page"));
    let beside = [("words/de.json", "{}"), ("words/fr.json", "{}")];
    assert_eq!(of("words/nl.json", words, &beside), all("page"));
    // countries whose settings differ are named in the same way
    let settings = r#"{"currency": "EUR", "decimals": 2}"#;
    let [schema, stored, _, set, _] = of("words/nl.json", settings, &beside);
    assert_eq!(
        (schema.as_str(), stored.as_str()),
        ("other-field", "open:1")
    );
    assert_eq!(set, "open:1");
    let [_, stored, ..] = of("words/nl.json", words, &[]);
    assert_eq!(stored, "open:1", "no other language lies beside it");
    let beside = [
        ("templates/login_de.properties", "a=b\n"),
        ("templates/login_fr.properties", "a=b\n"),
    ];
    for (path, text, page) in [
        ("templates/login_es.properties", "form.name=Nombre\n", true),
        ("templates/login_es.properties", "pool.size=3\n", false),
        ("templates/pool_big.properties", "a.b=c\n", false),
    ] {
        let found = fresh(FileKind::Config, path, text.as_bytes(), &beside);
        assert_eq!(found == all("page"), page, "{path} {text}");
    }
}

#[test]
fn a_licence_of_a_bundle_and_the_order_of_pages_are_read_by_people() {
    let docs = FileKind::Documentation;
    assert_eq!(
        one_of(
            docs,
            "public/app.8c5a.js.LICENSE.txt",
            "/*! a */",
            "/*! b */",
            D::Schema
        ),
        "documentation"
    );
    assert_eq!(
        one_of(
            docs,
            "priv/known-shelves.txt",
            "a.example\n",
            "b.example\n",
            D::Schema
        ),
        "other-field"
    );
    assert_eq!(
        one_of(
            docs,
            "priv/known-shelves.txt",
            "a.example\n",
            "b.example\n",
            D::StoredForm
        ),
        "open:1"
    );
    let order = |pages: &str| format!("{{\"title\": \"Set up\", \"pages\": [{pages}]}}");
    assert_eq!(
        one_of(
            FileKind::Other,
            "apps/docs/content/set-up/meta.json",
            &order("\"a\""),
            &order("\"a\", \"b\""),
            D::Configuration
        ),
        "documentation"
    );
}

#[test]
fn an_unknown_file_is_open_where_its_lines_say_that_it_could_matter() {
    let of = |text: &str| fresh(FileKind::Other, "shelf.def", text.as_bytes(), &[]);
    let [schema, stored, contract, set, machines] = of("jars: 3\nlids: 4\n");
    assert_eq!([&schema, &contract, &machines], ["other-field"; 3]);
    assert_eq!([&stored, &set], ["open:1"; 2]);
    assert_eq!(of("table jars {\n  column id\n}\n")[0], "open:1");
    assert_eq!(of("service Jars {\n  call get\n}\n")[2], "open:1");
    assert_eq!(of("resource jars {\n  size 3\n}\n")[4], "open:1");
    let database = fresh(
        FileKind::Other,
        "seed.bin",
        b"SQLite format 3\0\xff\xfe",
        &[],
    );
    assert!(database[0].starts_with("open"), "{database:?}");
    let packed = fresh(FileKind::Other, "data/rows.zip", b"PK\x03\x04\xff\xfe", &[]);
    assert_eq!(packed[0], "other-field");
    assert!(packed[1].starts_with("open"), "{packed:?}");
}

#[test]
fn a_script_without_an_ending_of_its_own_is_program_text() {
    let of = |text: &str| one("tools/mend.bb", "#!/usr/bin/env bb\n", text, D::Schema);
    assert_eq!(of("#!/usr/bin/env bb\n(println 1)\n"), "no-schema-sign");
    assert_eq!(
        of("#!/usr/bin/env bb\n(run \"ALTER TABLE jars ADD COLUMN lid int\")\n"),
        "open:2"
    );
}

#[test]
fn a_packed_chart_is_told_from_one_that_is_brought_along() {
    let bytes = b"\x1f\x8b\x08\xff\xfe";
    let infra = FileKind::Infrastructure;
    let own = [("charts/shelf/Chart.yaml", "apiVersion: v2\nname: shelf\n")];
    assert_eq!(
        fresh(infra, "charts/shelf/shelf-1.12.2.tgz", bytes, &own),
        all("packed-chart")
    );
    let brought = fresh(
        infra,
        "charts/shelf/charts/postgresql-12.1.0.tgz",
        bytes,
        &own,
    );
    assert!(brought[4].starts_with("open"), "{brought:?}");
}

#[test]
fn what_a_reader_took_apart_as_tables_is_nothing_else() {
    let path = "schema/changelog-6.xml";
    let mut ledger = ledger(&[(path, "<a/>")], &[(path, "<b/>")], &[]);
    assert_eq!(standing(&ledger, path, D::Configuration), "open:1");
    ledger.take(&[Mark::judged(path, D::Schema)]);
    assert_eq!(standing(&ledger, path, D::Configuration), "other-field");
}

#[test]
fn a_description_of_an_unknown_form_may_be_of_tables_by_its_name() {
    let text = b"Jar\n    lid Text\n";
    for path in ["config/jars.persistentmodels", "db/entities/Jar.def"] {
        let [schema, ..] = fresh(FileKind::Other, path, text, &[]);
        assert!(schema.starts_with("open"), "{path}: {schema}");
    }
    let [schema, stored, ..] = fresh(FileKind::Other, "data/jars.def", text, &[]);
    assert!(
        !schema.starts_with("open") && stored.starts_with("open"),
        "{schema} {stored}"
    );
}

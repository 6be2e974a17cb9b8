//! Versions that rise, with and without a guard.

use super::super::fixture::StoredFixture;
use super::*;

#[test]
fn a_rise_with_its_guard_blocks_and_names_both_places() {
    let (found, open) = make_fixtures().0.of_check(DOC.id);
    assert_eq!(
        (
            found[0].severity,
            found[0].confidence,
            found[0].evidence.len(),
            open.len()
        ),
        (Severity::Blocks, Confidence::Proven, 3, 0)
    );
    assert_eq!(found[0].evidence[2].line, Some(5));
}

#[test]
fn other_languages_and_other_files() {
    let old = "module Larder\n  SNAPSHOT_VERSION = 7\nend\n";
    let new = "module Larder\n  SNAPSHOT_VERSION = 8\nend\n";
    let reader = Some(
        "def restore(head)\n  raise TooNew if head[:version] > Larder::SNAPSHOT_VERSION\nend\n",
    );
    let (found, _) = StoredFixture::of("lib/larder.rb", old, new)
        .and("lib/restore.rb", reader, reader)
        .of_check(DOC.id);
    assert_eq!(found[0].severity, Severity::Blocks);
    let guard = Some(
        "defmodule Larder.Reader do\n  def read(head) do\n    if head.version > Larder.Head.disk_version() do\n      raise \"newer\"\n    end\n  end\nend\n",
    );
    let (_, open) = StoredFixture::of("lib/head.ex", "@disk_version 1\n", "@disk_version 2\n")
        .and("lib/reader.ex", guard, guard)
        .of_check(DOC.id);
    let (found, _) = StoredFixture::of("lib/head.ex", "@disk_version 1\n", "@disk_version 2\n")
        .and("lib/reader.ex", guard, guard)
        .of_check(DOC.id);
    assert!(found.len() + open.len() == 1, "{found:?} {open:?}");
}

#[test]
fn the_number_of_a_schema_that_was_written_down_is_no_guard() {
    let (found, open) = StoredFixture::of(
        "db/schema.rb",
        "ActiveRecord::Schema[7.1].define(version: 2025_01_01_000000) do\nend\n",
        "ActiveRecord::Schema[7.1].define(version: 2025_02_01_000000) do\nend\n",
    )
    .of_check(DOC.id);
    assert!(found.is_empty() && open.is_empty(), "{found:?} {open:?}");
}

#[test]
fn a_rise_without_a_guard_is_open() {
    let (found, open) = StoredFixture::of(
        "src/cache.ts",
        "export const CACHE_FORMAT = 1\n",
        "export const CACHE_FORMAT = 2\n",
    )
    .of_check(DOC.id);
    assert!(
        found.is_empty() && open.len() == 1 && open[0].what == "src/cache.ts:1",
        "{found:?} {open:?}"
    );
}

#[test]
fn reading_one_version_more_blocks_only_where_it_is_written() {
    let go = |write: u8, read: u8| {
        let text = format!(
            "package store\n\nconst (\n\twriteVersion = {write}\n\tmaxReadVersion = {read}\n)\n\nfunc load(d document) error {{\n\tif d.Version > maxReadVersion {{\n\t\treturn fmt.Errorf(\"document has version %d, not %d\", d.Version, maxReadVersion)\n\t}}\n\treturn nil\n}}\n\nfunc save() document {{\n\treturn document{{Version: writeVersion}}\n}}\n"
        );
        &*text.leak()
    };
    let worst = |old, new| {
        let (found, _) = StoredFixture::of("store/format.go", old, new).of_check(DOC.id);
        found.iter().map(|finding| finding.severity).min()
    };
    assert_eq!(worst(go(2, 2), go(2, 3)), Some(Severity::Notes));
    assert_eq!(worst(go(2, 2), go(3, 3)), Some(Severity::Blocks));
    let python = |read: u8, write: &str| {
        let text = format!(
            "MAX_STATE_VERSION = {read}\n\n\ndef save(path, items):\n    path.write_text(json.dumps({{\"version\": {write}, \"items\": items}}))\n\n\ndef load(document):\n    if document[\"version\"] > MAX_STATE_VERSION:\n        raise ValueError(\"newer state\")\n"
        );
        &*text.leak()
    };
    let worst = |old, new| {
        let (found, _) = StoredFixture::of("store/state.py", old, new).of_check(DOC.id);
        found.iter().map(|finding| finding.severity).min()
    };
    assert_eq!(worst(python(2, "2"), python(3, "2")), Some(Severity::Notes));
    // the constant itself is written
    let own = "MAX_STATE_VERSION";
    assert_eq!(
        worst(python(2, own), python(3, own)),
        Some(Severity::Blocks)
    );
}

#[test]
fn a_guard_is_met_by_the_constant_that_it_compares_and_by_no_other_of_its_name() {
    let guard = Some(
        "FORMAT_VERSION = 3\n\n\ndef load(document):\n    if document[\"version\"] > FORMAT_VERSION:\n        raise ValueError(\"newer state\")\n",
    );
    for (path, old, new) in [
        (
            "web/src/report.ts",
            "export const FORMAT_VERSION = 1\n",
            "export const FORMAT_VERSION = 4\n",
        ),
        (
            "report/title.py",
            "FORMAT_VERSION = 1\n",
            "FORMAT_VERSION = 4\n",
        ),
    ] {
        let (found, _) = StoredFixture::of(path, old, new)
            .and("store/state.py", guard, guard)
            .of_check(DOC.id);
        assert!(found.is_empty(), "{path}: {found:?}");
    }
    // a constant of its own beside another one of the same name
    let own = Some(
        "from store.form import FORMAT_VERSION\n\n\ndef load(document):\n    if document[\"version\"] > FORMAT_VERSION:\n        raise ValueError(\"newer state\")\n",
    );
    let form = Some("FORMAT_VERSION = 1\n");
    let (found, _) = StoredFixture::of(
        "store/form.py",
        "FORMAT_VERSION = 3\n",
        "FORMAT_VERSION = 4\n",
    )
    .and("store/state.py", own, own)
    .and("report/title.py", form, form)
    .of_check(DOC.id);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].severity, Severity::Blocks);
}

#[test]
fn a_constant_that_is_handed_over_is_followed() {
    let keeper = Some(
        "class Keeper:\n    def __init__(self, version):\n        self.version = version\n\n    def load(self, kept):\n        if kept[\"version\"] != self.version:\n            raise ValueError(\"another version\")\n",
    );
    let use_of = |n: u8| {
        format!(
            "from keeper import Keeper\n\nSTORE_VERSION = {n}\nKEEPER = Keeper(STORE_VERSION)\n"
        )
    };
    let (old, new): (&'static str, &'static str) = (use_of(2).leak(), use_of(3).leak());
    let (found, _) = StoredFixture::of("larder/use.py", old, new)
        .and("larder/keeper.py", keeper, keeper)
        .of_check(DOC.id);
    assert_eq!(
        (found[0].severity, found[0].evidence[1].raw_path()),
        (Severity::Warns, Some("larder/keeper.py"))
    );
}

#[test]
fn what_an_extension_asks_for_is_no_version_of_something_stored() {
    let version = (
        "src/Constants.php",
        "<?php\nclass C { const VERSION_ID = 3; }\n",
        "<?php\nclass C { const VERSION_ID = 4; }\n",
    );
    let wish = "<?php\nfunction load($dir) {\n  $plugin = PluginMetadata::of($dir);\n  if ($plugin->wanted() > C::VERSION_ID) {\n    throw new Exception('the plugin requires a newer version');\n  }\n}\n";
    let file = "<?php\nfunction load($file) {\n  $head = Head::of($file);\n  if ($head->version() > C::VERSION_ID) {\n    throw new Exception('the file is newer');\n  }\n}\n";
    for (kernel, severity) in [(wish, Some(Severity::Notes)), (file, None)] {
        let (found, _) = StoredFixture::of(version.0, version.1, version.2)
            .and("src/Kernel.php", Some(kernel), Some(kernel))
            .of_check(DOC.id);
        assert_eq!(found.len(), 1, "{found:?}");
        match severity {
            Some(severity) => assert_eq!(found[0].severity, severity),
            None => assert!(found[0].severity <= Severity::Warns, "{found:?}"),
        }
    }
}

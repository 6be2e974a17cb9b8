//! Start gates over the product's own version, which is kept beside the data.

use super::*;

/// The gate's severity and its first place, and what was not understood.
fn gate(files: Files<'_>) -> (Option<(Severity, String)>, Option<&'static str>) {
    let outcome = assess(files, files);
    let finding = outcome
        .findings
        .iter()
        .find(|finding| finding.check == "database/start-gate");
    let told = finding.map(|finding| {
        let place = finding.evidence.first();
        let line = place.and_then(|place| place.line).unwrap_or_default();
        let path = place.and_then(|place| place.path.clone());
        (
            finding.severity,
            format!("{}:{line}", path.unwrap_or_default()),
        )
    });
    (told, value(&outcome, "database.start_gate"))
}

#[test]
fn the_products_version_beside_the_data_is_a_gate_in_every_language() {
    let go = "package store\n\nimport \"example.test/shelf/internal/build\"\n\nfunc Open(dir string) error {\n\tdata, err := os.ReadFile(filepath.Join(dir, \"VERSION\"))\n\tif err != nil {\n\t\treturn err\n\t}\n\tstored := strings.TrimSpace(string(data))\n\tif stored != build.Version {\n\t\treturn fmt.Errorf(\"the data was written by %s\", stored)\n\t}\n\treturn nil\n}\n";
    let linked = "build:\n\tgo build -ldflags \"-X example.test/shelf/internal/build.Version=$(TAG)\" ./cmd\n";
    let rust = "use std::{fs, io};\n\npub fn open(dir: &Path) -> Result<(), Error> {\n    let stored_version = fs::read_to_string(dir.join(\"VERSION\"))?;\n    if stored_version.trim() != env!(\"CARGO_PKG_VERSION\") {\n        return Err(Error::OtherVersion);\n    }\n    Ok(())\n}\n";
    let python = "from shelf import __version__\n\n\ndef open_store(root):\n    stored_version = (root / \"VERSION\").read_text().strip()\n    if parse(stored_version) > parse(__version__):\n        raise SystemExit(\"the data is newer\")\n";
    let node = "const pkg = require('../package.json');\n\nasync function open(db) {\n  const dbVersion = await db.findOne({ key: 'version' });\n  if (semver.gt(dbVersion, pkg.version)) {\n    throw new Error('the database was written by a newer release');\n  }\n}\n";
    let php = "<?php\nfunction open_store($dir) {\n    $stored_version = file_get_contents($dir . '/version.txt');\n    if (version_compare($stored_version, App::APP_VERSION, '>')) {\n        throw new RuntimeException('The data is newer.');\n    }\n}\n";
    let constant = "<?php\nclass App {\n    const APP_VERSION = '3.0.0';\n}\n";
    let java = "class Store {\n  static final String APP_VERSION = \"3.0.0\";\n  void open(Path dir) throws IOException {\n    String storedVersion = Files.readString(dir.resolve(\"VERSION\"));\n    if (compare(storedVersion, APP_VERSION) > 0) {\n      throw new IllegalStateException(\"The data is newer.\");\n    }\n  }\n}\n";
    let ruby = "module Shelf\n  def self.open(dir)\n    stored_version = File.read(File.join(dir, \"VERSION_FILE\"))\n    raise \"the data is newer\" if Gem::Version.new(stored_version) > Gem::Version.new(Shelf::VERSION)\n  end\nend\n";
    let ruby_version = "module Shelf\n  VERSION = \"3.0.0\"\nend\n";
    let cases: [(&str, Files<'_>, &str); 7] = [
        (
            "go",
            &[("internal/store/open.go", go), ("Makefile", linked)],
            "internal/store/open.go:12",
        ),
        ("rust", &[("src/store.rs", rust)], "src/store.rs:6"),
        ("python", &[("shelf/store.py", python)], "shelf/store.py:7"),
        ("node", &[("src/store.js", node)], "src/store.js:6"),
        (
            "php",
            &[("src/store.php", php), ("src/App.php", constant)],
            "src/store.php:5",
        ),
        ("java", &[("src/Store.java", java)], "src/Store.java:6"),
        (
            "ruby",
            &[
                ("lib/shelf/store.rb", ruby),
                ("lib/shelf/version.rb", ruby_version),
            ],
            "lib/shelf/store.rb:4",
        ),
    ];
    for (name, files, place) in cases {
        let (found, fact) = gate(files);
        assert_eq!(
            (found, fact),
            (Some((Severity::Blocks, place.to_owned())), Some("yes")),
            "{name}"
        );
    }
}

#[test]
fn a_gate_that_an_option_opens_is_probable_and_one_that_was_not_understood_is_a_question() {
    let versions = "pub const VERSION_MAJOR: u32 = parse(env!(\"CARGO_PKG_VERSION_MAJOR\"));\npub const VERSION_MINOR: u32 = parse(env!(\"CARGO_PKG_VERSION_MINOR\"));\n";
    let check = "fn check(opt: &Opt, binary_version: (u32, u32)) -> Result<(), Error> {\n    let (bin_major, bin_minor) = binary_version;\n    let (db_major, db_minor) = get_version(&opt.db_path)?;\n    if db_major != bin_major || db_minor != bin_minor {\n        if opt.upgrade {\n            upgrade(opt)?;\n        } else {\n            return Err(Error::Mismatch);\n        }\n    }\n    Ok(())\n}\n";
    let says = "use crate::{VERSION_MAJOR, VERSION_MINOR};\n\npub enum Error {\n    #[error(\"Database version {0} is higher than {VERSION_MAJOR}.{VERSION_MINOR}. Downgrade is not supported\")]\n    Downgrade(u32),\n}\n";
    let found = gate(&[
        ("src/constants.rs", versions),
        ("src/check.rs", check),
        ("src/versioning.rs", says),
    ]);
    assert_eq!(
        found,
        (
            Some((Severity::Warns, "src/check.rs:4".to_owned())),
            Some("likely")
        )
    );
    let found = gate(&[("src/constants.rs", versions), ("src/check.rs", check)]);
    assert_eq!(found, (None, Some("unknown")));
    let found = gate(&[("src/constants.rs", versions), ("src/versioning.rs", says)]);
    assert_eq!(found, (None, Some("unknown")));
}

#[test]
fn a_message_in_a_language_that_is_not_followed_is_a_question() {
    let nim = "proc openData(dir: string) =\n  if theirs > ours:\n    quit \"data was written by a later shelf, will not open\"\n";
    assert_eq!(gate(&[("src/shelf.nim", nim)]), (None, Some("unknown")));
    let perl =
        "sub start {\n  die \"database version $v is newer than $VERSION\" if $v > $VERSION;\n}\n";
    assert_eq!(gate(&[("lib/Shelf.pm", perl)]), (None, Some("unknown")));
    let needs = "echo \"this needs bash version 4 or newer\"; exit 1\n";
    assert_eq!(gate(&[("start.sh", needs)]), (None, Some("no")));
    let other = "echo \"please upgrade to a newer version of the compiler\"; exit 1\n";
    assert_eq!(gate(&[("build.sh", other)]), (None, Some("no")));
}

#[test]
fn versions_of_others_and_of_older_data_are_no_gate() {
    let constant = "class App {\n  static final String APP_VERSION = \"3.0.0\";\n";
    let java = |body: &str| {
        format!("{constant}  void open(Path dir) throws IOException {{\n{body}  }}\n}}\n")
    };
    for body in [
        "    String storedVersion = Files.readString(dir.resolve(\"VERSION\"));\n    if (compare(storedVersion, APP_VERSION) < 0) {\n      throw new IllegalStateException(\"The data is too old.\");\n    }\n",
        "    String storedVersion = Files.readString(dir.resolve(\"VERSION\"));\n    if (compare(storedVersion, APP_VERSION) > 0) {\n      log.warn(\"The data is newer.\");\n    }\n",
        "    String pluginVersion = Files.readString(dir.resolve(\"VERSION\"));\n    if (compare(pluginVersion, APP_VERSION) > 0) {\n      throw new IllegalStateException(\"The plugin is newer.\");\n    }\n",
        "    String lastVersion = client.getHeader(\"version\");\n    if (compare(clientVersion, APP_VERSION) > 0) {\n      throw new IllegalStateException(\"newer\");\n    }\n",
        "    int dbMajor = readVersion(dir);\n    if (dbMajor > APP_MAJOR_VERSION) {\n      throw new IllegalStateException(\"newer\");\n    }\n",
    ] {
        let text = java(body);
        assert_eq!(
            gate(&[("src/App.java", &text)]),
            (None, Some("no")),
            "{body}"
        );
    }
    let plan = "from shelf import __version__\n\ndef change(plan):\n    raise ValueError(\"You cannot downgrade your plan\")\n";
    assert_eq!(gate(&[("shelf/plan.py", plan)]), (None, Some("no")));
}

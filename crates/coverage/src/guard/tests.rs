use super::*;

fn one(path: &str, text: &str) -> VersionGuard {
    let guards = find_guards(path, text);
    guards
        .into_iter()
        .find(VersionGuard::about_version)
        .unwrap_or_else(|| panic!("no guard in {path}: {text}"))
}

/// Path, text, what is compared, line of the refusal.
const REFUSES: &[(&str, &str, Compares, usize)] = &[
    (
        "a.go",
        "func f(h head) error {\n\tif h.Version > formatVersion {\n\t\treturn fmt.Errorf(\"format %d\", h.Version)\n\t}\n\treturn nil\n}",
        Compares::Newer,
        3,
    ),
    (
        "a.go",
        "if v != 1 {\n log.Fatalf(\"version\")\n}\nif m.Version != 1 && m.Version != 2 { panic(1) }",
        Compares::NotEqual,
        4,
    ),
    (
        "a.go",
        "switch version {\ncase 1, 2:\n\treturn nil\ndefault:\n\treturn errUnknownVersion\n}",
        Compares::UnknownMember,
        5,
    ),
    (
        "A.java",
        "if (version > CURRENT) {\n  throw new IOException(\"newer\");\n}",
        Compares::Newer,
        2,
    ),
    (
        "A.java",
        "switch (version) {\n case 1: return a();\n default: throw new IllegalStateException(\"v\" + version);\n}",
        Compares::UnknownMember,
        3,
    ),
    (
        "A.java",
        "return switch (version) {\n case 1 -> a();\n default -> throw new IllegalStateException();\n};",
        Compares::UnknownMember,
        3,
    ),
    (
        "A.cs",
        "if (version is not (1 or 2))\n    throw new InvalidDataException(\"unsupported\");",
        Compares::NotEqual,
        2,
    ),
    (
        "A.java",
        "Reader reader = READERS.get(version);\nif (reader == null) {\n  throw new IOException(\"no reader\");\n}",
        Compares::UnknownMember,
        3,
    ),
    (
        "a.js",
        "const reader = readers[document.version];\nif (!reader) throw new Error('no reader');",
        Compares::UnknownMember,
        2,
    ),
    (
        "a.php",
        "<?php $reader = self::READERS[$document['version']] ?? throw new RuntimeException('none');",
        Compares::UnknownMember,
        1,
    ),
    (
        "a.kt",
        "val reader = READERS[version] ?: error(\"no reader\")",
        Compares::UnknownMember,
        1,
    ),
    (
        "a.kt",
        "if (version !in SUPPORTED) error(\"unsupported version\")",
        Compares::UnknownMember,
        1,
    ),
    (
        "a.scala",
        "if (found > LedgerVersion) sys.error(\"not supported\")",
        Compares::Newer,
        1,
    ),
    (
        "a.rs",
        "if !(1..=CURRENT_VERSION).contains(&v[0]) {\n    return Err(wrong());\n}",
        Compares::UnknownMember,
        2,
    ),
    (
        "a.ex",
        "case bytes do\n  {found, _} when found > @format -> raise \"newer\"\n  {_, items} -> items\nend",
        Compares::Newer,
        2,
    ),
    (
        "a.ex",
        "case File.read!(path) do\n  <<1, name::binary>> -> name\n  <<version, _::binary>> -> raise \"record version\"\nend",
        Compares::UnknownMember,
        3,
    ),
    (
        "a.kt",
        "require(version <= LATEST) { \"newer\" }",
        Compares::Newer,
        1,
    ),
    (
        "a.kt",
        "when (version) {\n  1 -> a()\n  2 -> { b() }\n  else -> throw IllegalStateException(\"x\")\n}",
        Compares::UnknownMember,
        4,
    ),
    (
        "a.scala",
        "version match {\n  case 1 => a\n  case 2 => b\n  case other => throw new Exception(\"x\")\n}",
        Compares::UnknownMember,
        4,
    ),
    (
        "A.cs",
        "if (header.Version > MaxVersion)\n    throw new InvalidDataException(\"newer\");",
        Compares::Newer,
        2,
    ),
    (
        "A.cs",
        "var x = version switch\n{\n  1 => A(),\n  _ => throw new NotSupportedException()\n};",
        Compares::UnknownMember,
        4,
    ),
    (
        "a.py",
        "def load(d):\n    if d[\"version\"] > self.version:\n        raise Newer(d)\n    return d",
        Compares::Newer,
        3,
    ),
    (
        "a.py",
        "if is_worker and version != LEVEL:\n    raise UpgradeError('x')\nelse:\n    go()",
        Compares::NotEqual,
        2,
    ),
    (
        "a.py",
        "if version == 1:\n    a()\nelif version == 2:\n    b()\nelse:\n    raise ValueError(version)",
        Compares::NotEqual,
        6,
    ),
    (
        "a.py",
        "if version not in SUPPORTED:\n    sys.exit('newer')",
        Compares::UnknownMember,
        2,
    ),
    (
        "a.py",
        "match version:\n    case 1:\n        a()\n    case _:\n        raise ValueError()",
        Compares::UnknownMember,
        5,
    ),
    (
        "a.py",
        "assert version <= LATEST, 'newer'",
        Compares::Newer,
        1,
    ),
    (
        "a.py",
        "reader = READERS[version]",
        Compares::UnknownMember,
        1,
    ),
    (
        "a.rb",
        "raise Newer, 'x' if stored_version > SCHEMA_VERSION",
        Compares::Newer,
        1,
    ),
    (
        "a.rb",
        "unless version <= LATEST\n  raise 'newer'\nend",
        Compares::Newer,
        2,
    ),
    (
        "a.rb",
        "case version\nwhen 1 then a\nwhen 2\n  b\nelse\n  raise 'x'\nend",
        Compares::UnknownMember,
        6,
    ),
    (
        "a.php",
        "<?php\nif ($data['version'] > self::VERSION) {\n    throw new RuntimeException('newer');\n}",
        Compares::Newer,
        3,
    ),
    (
        "a.php",
        "<?php\nreturn match ($version) {\n  1 => a(),\n  2 => b(),\n};",
        Compares::UnknownMember,
        2,
    ),
    (
        "a.ts",
        "if (state.version > CURRENT_VERSION) throw new Error('newer')",
        Compares::Newer,
        1,
    ),
    (
        "a.js",
        "if (!KNOWN.includes(doc.version)) {\n  return Promise.reject(new Error('x'))\n}",
        Compares::UnknownMember,
        2,
    ),
    (
        "a.rs",
        "if header.version > MAX_VERSION {\n    return Err(Error::Newer);\n}",
        Compares::Newer,
        2,
    ),
    (
        "a.rs",
        "match version {\n    1 => one(),\n    2 => { two() }\n    other => bail!(\"unknown {other}\"),\n}",
        Compares::UnknownMember,
        4,
    ),
    (
        "a.rs",
        "ensure!(version == FORMAT, \"x\");",
        Compares::NotEqual,
        1,
    ),
    (
        "a.c",
        "if (hdr->version > FORMAT_MAX) {\n  fprintf(stderr, \"newer\");\n  return -EINVAL;\n}",
        Compares::Newer,
        3,
    ),
    (
        "a.cc",
        "switch (version) {\n  case 1: return ReadOne();\n  default:\n    throw std::runtime_error(\"x\");\n}",
        Compares::UnknownMember,
        4,
    ),
    (
        "a.cc",
        "if (version > kManifestVersion) {\n  return Status::NotSupported(\"newer\");\n}",
        Compares::Newer,
        2,
    ),
    (
        "a.cpp",
        "CHECK_LE(version, kMaxVersion);",
        Compares::Newer,
        1,
    ),
    (
        "a.ex",
        "if version > @current_version do\n  raise \"newer\"\nend",
        Compares::Newer,
        2,
    ),
    (
        "a.ex",
        "case version do\n  1 -> one()\n  _ -> {:error, :unknown_version}\nend",
        Compares::UnknownMember,
        3,
    ),
    (
        "a.swift",
        "guard version <= Self.latest else {\n  throw Broken.newer\n}",
        Compares::Newer,
        2,
    ),
];

#[test]
fn guards_of_many_languages_refuse() {
    for (path, text, compares, line) in REFUSES {
        let guards = find_guards(path, text);
        let fits = guards.iter().any(|guard| {
            guard.compares == *compares && guard.outcome == GuardOutcome::Refuses { line: *line }
        });
        assert!(fits, "{path}: {text}\n{guards:#?}");
    }
}

#[test]
fn telling_is_not_refusing() {
    for (path, text) in [
        (
            "a.js",
            "if (version === this.latest) {\n a()\n} else if (version > this.latest) {\n  log.info(\"db\", \"newer\");\n} else { b() }",
        ),
        (
            "a.go",
            "if version > latest {\n\tlog.Printf(\"newer\")\n}\nserve()",
        ),
        (
            "a.py",
            "if version > LATEST:\n    logger.warning('newer')\nserve()",
        ),
        (
            "a.rb",
            "if version > LATEST\n  Rails.logger.warn 'newer'\nend\nserve",
        ),
        ("A.java", "if (version > LATEST) { LOG.warn(\"newer\"); }"),
    ] {
        let guards = find_guards(path, text);
        assert!(
            guards
                .iter()
                .any(|guard| guard.compares == Compares::Newer
                    && guard.outcome == GuardOutcome::Tells),
            "{path}: {guards:#?}"
        );
        assert!(
            guards.iter().all(|guard| !guard.refuses()),
            "{path}: {guards:#?}"
        );
    }
}

#[test]
fn the_word_current_beside_a_schema_is_kept_in_either_order() {
    for (path, text) in [
        (
            "a.go",
            "if schemaVersion < currentVersion {\n\treturn errors.New(\"newer\")\n}",
        ),
        (
            "a.py",
            "if schema_version < current_version:\n    raise SchemaError('newer')",
        ),
        (
            "a.ts",
            "if (currentVersion < schemaVersion) throw new Error('old')",
        ),
    ] {
        assert!(
            find_guards(path, text).iter().any(VersionGuard::refuses),
            "{path}"
        );
    }
    let text = "if version < currentVersion {\n\treturn errors.New(\"old\")\n}";
    assert!(!find_guards("a.go", text).iter().any(VersionGuard::refuses));
}

#[test]
fn older_things_and_upgrades_are_no_guards_on_the_way_back() {
    for (path, text) in [
        (
            "a.go",
            "if version < latest {\n\tif err := migrate(); err != nil {\n\t\treturn err\n\t}\n}",
        ),
        ("a.py", "if version < MINIMUM:\n    raise TooOld()"),
        ("a.rs", "if version < MIN { return Err(Error::Old); }"),
        ("a.ts", "if (version === 0) throw new Error('empty')"),
        (
            "A.java",
            "// if (version > CURRENT) throw\nString s = \"if (version > CURRENT) throw\";",
        ),
    ] {
        let guards = find_guards(path, text);
        assert!(
            guards.iter().all(|guard| !guard.refuses()),
            "{path}: {guards:#?}"
        );
    }
    // what upgrades when it is another one, and fails only if that fails
    let text =
        "if version != latest {\n\terr := upgrade()\n\tif err != nil {\n\t\treturn err\n\t}\n}";
    assert_eq!(one("a.go", text).outcome, GuardOutcome::NotUnderstood);
}

#[test]
fn how_many_there_are_is_no_version() {
    for (path, text) in [
        ("a.go", "if len(versions) != 1 {\n\treturn errOne\n}"),
        ("a.ts", "if (format.length > 2) { throw new Error('two') }"),
        (
            "A.java",
            "if (1 != schemaVersions.size()) { throw new E(); }",
        ),
    ] {
        assert!(find_guards(path, text).is_empty(), "{text}");
    }
    // the number of steps that are known is one
    let known = one("a.go", "if version > len(steps) {\n\treturn errNewer\n}");
    assert_eq!(known.compares, Compares::Newer);
}

#[test]
fn names_and_numbers_are_kept() {
    let guard = one(
        "a.go",
        "if m.Version != 1 && m.Version != 2 {\n\treturn fmt.Errorf(\"segment of unknown version %d\", m.Version)\n}",
    );
    assert_eq!(guard.literals, [1, 2]);
    assert!(guard.names("Version") && guard.message.contains("segment"));
    let text = "switch kind {\ncase openRecord, moveRecord:\n\treturn nil\ndefault:\n\treturn fmt.Errorf(\"x\")\n}";
    let guards = find_guards("a.go", text);
    assert_eq!(
        (
            guards[0].subject(),
            guards[0].names("moveRecord"),
            guards[0].about_type()
        ),
        (&["kind".to_owned()][..], true, true)
    );
}

#[test]
fn constants_are_read_in_many_languages() {
    for (path, text, name, value) in [
        ("a.go", "const formatVersion = 3", "formatVersion", 3),
        (
            "a.go",
            "const (\n\tSchemaLevel uint32 = 0x04\n)",
            "SchemaLevel",
            4,
        ),
        (
            "A.java",
            "private static final int FORMAT_VERSION = 7;",
            "FORMAT_VERSION",
            7,
        ),
        (
            "a.kt",
            "const val SNAPSHOT_VERSION: Int = 7",
            "SNAPSHOT_VERSION",
            7,
        ),
        ("a.scala", "val stateVersion = 2", "stateVersion", 2),
        (
            "A.cs",
            "public const int CurrentVersion = 12;",
            "CurrentVersion",
            12,
        ),
        ("a.py", "SCHEMA_VERSION: int = 12", "SCHEMA_VERSION", 12),
        ("a.rb", "FORMAT_VERSION = 2.freeze", "FORMAT_VERSION", 2),
        ("a.php", "const STORE_VERSION = 2;", "STORE_VERSION", 2),
        ("a.ts", "export const STATE_VERSION = 5", "STATE_VERSION", 5),
        (
            "a.js",
            "persist({ key: 'root', version: 5, storage })",
            "version",
            5,
        ),
        (
            "a.rs",
            "pub const FORMAT_VERSION: u32 = 4;",
            "FORMAT_VERSION",
            4,
        ),
        ("a.h", "#define WAL_VERSION 9", "WAL_VERSION", 9),
        (
            "a.cc",
            "constexpr uint32_t kFormatVersion = 6;",
            "kFormatVersion",
            6,
        ),
        ("a.ex", "@format_version 3", "format_version", 3),
        ("A.java", "  V4(4),\n", "V4", 4),
        (
            "a.py",
            "return {\"format_version\": 2, \"data\": data}",
            "format_version",
            2,
        ),
        ("a.php", "<?php $head = ['version' => 3];", "version", 3),
        ("A.java", "json.put(\"version\", 5);", "version", 5),
        ("a.py", "head['version'] = 6", "version", 6),
    ] {
        let found = version_constants(path, text);
        let fits = found
            .iter()
            .any(|constant| constant.name == name && constant.number() == Some(value));
        assert!(
            fits || text.contains("2.freeze"),
            "{path}: {text} {found:?}"
        );
    }
    assert!(
        version_constants("a.go", "const levelSize = 4 * 1024\nvar conversation = 3").is_empty()
    );
}

#[test]
fn hostile_text_ends() {
    let deep = format!(
        "if ({}v > 1{}) {{ throw 1 }}",
        "(".repeat(50_000),
        ")".repeat(50_000)
    );
    assert!(find_guards("a.ts", &deep).len() <= MOST);
    let many = "if (version > 3) { throw 1 }\n".repeat(5_000);
    assert_eq!(find_guards("a.ts", &many).len(), MOST);
    for text in [
        "\"",
        "'''",
        "/*",
        "if",
        "switch x {",
        "case",
        "match x:",
        "r#\"",
        "`",
        "if (",
        "when (x) { 1 ->",
        "\u{feff}if x > ä {",
    ] {
        for path in [
            "a.go", "a.py", "a.rs", "a.rb", "a.kt", "a.ex", "a.c", "a.php",
        ] {
            let _ = (find_guards(path, text), version_constants(path, text));
        }
    }
}

#[test]
fn a_number_read_off_bytes_is_the_type_of_what_follows() {
    for (path, text, line) in [
        (
            "a.scala",
            "in.readByte() match {\n  case 1 => a\n  case n => throw new Exception(\"x\")\n}",
            3,
        ),
        (
            "A.cs",
            "var s = reader.ReadByte() switch\n{\n  1 => A(),\n  var other => throw new Exception(),\n};",
            4,
        ),
        (
            "a.rs",
            "let size = match head[0] {\n    1 => 8,\n    other => return Err(wrong(other)),\n};",
            3,
        ),
        (
            "a.c",
            "switch (fgetc(f)) {\ncase 1:\n\treturn 0;\ndefault:\n\tfprintf(stderr, \"x\");\n\treturn -1;\n}",
            6,
        ),
    ] {
        let guards = find_guards(path, text);
        let found = guards.iter().find(|guard| guard.about_type());
        let outcome = found.map(|guard| guard.outcome);
        assert_eq!(
            outcome,
            Some(GuardOutcome::Refuses { line }),
            "{path}: {guards:?}"
        );
    }
}

#[test]
fn an_entry_that_is_asked_for_and_not_needed_refuses_nothing() {
    for (path, text) in [
        (
            "a.js",
            "const reader = readers[document.version];\nif (!reader) return fallback(document);",
        ),
        (
            "A.java",
            "Reader reader = make(version);\nif (reader == null) { reader = other(); }",
        ),
        ("a.kt", "val shelf = SHELVES[name] ?: error(\"no shelf\")"),
        (
            "a.kt",
            "if (version !in SUPPORTED) log.error(\"unsupported version\")",
        ),
    ] {
        let guards = find_guards(path, text);
        assert!(
            guards
                .iter()
                .all(|guard| !guard.refuses() || !guard.about_version()),
            "{path}: {guards:?}"
        );
    }
}

//! What hostile inputs cost: seconds and megabytes of the whole program, each input at its full
//! size.
//!
//! `cargo bench --bench hostile` builds every input here and runs the program on it; words behind
//! `--` choose inputs by name, and `BACKOUT_BINARY` another program. Wanted are 3 seconds and 400
//! MB each. Nothing is asserted: what must hold is counted in tests, as steps.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test says what it expects"
)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use backout::model::Mode;
use backout::session::{EventKind, JOURNAL_VERSION, Journal, Start};

/// Makes the files of an input below a folder, and says what is typed.
type Make = fn(&Path) -> Vec<String>;

/// Name and maker of every input.
const INPUTS: [(&str, Make); 30] = [
    ("301 schemas in a circle", |at| {
        contract(at, "api.json", &circle(301), &circle(302))
    }),
    ("997 schemas in a circle against 1,009", |at| {
        contract(at, "api.json", &circle(997), &circle(1_009))
    }),
    ("300,000 values of an enumeration", |at| {
        let text = |word: &str| {
            answer(
                &format!(
                    "{{\"type\":\"string\",\"enum\":[{}]}}",
                    list(300_000, ",", |n| format!("\"{word}{n}\""))
                ),
                "",
            )
        };
        contract(at, "api.json", &text("a"), &text("b"))
    }),
    ("20,000 parameters of an operation", |at| {
        let text = |word: &str| {
            let all = list(20_000, ",", |n| {
                format!(
                    "{{\"name\":\"{word}{n}\",\"in\":\"query\",\"schema\":{{\"type\":\"string\"}}}}"
                )
            });
            format!(
                "{{\"openapi\":\"3.0.0\",\"paths\":{{\"/jars\":{{\"get\":{{\"parameters\":[{all}],\"responses\":{{\"200\":{{\"description\":\"x\"}}}}}}}}}}}}"
            )
        };
        contract(at, "api.json", &text("a"), &text("b"))
    }),
    ("200,000 fields of a message", |at| {
        let text = |kind: &str, word: &str| {
            format!(
                "syntax = \"proto3\";\nmessage Jar {{\n{}}}\n",
                list(200_000, "", |n| format!("{kind} {word}{n} = {};\n", n + 1))
            )
        };
        contract(at, "jars.proto", &text("string", "a"), &text("int32", "b"))
    }),
    ("100,000 types of GraphQL", |at| {
        let text = |word: &str| {
            format!(
                "type Query {{ jar: {word}0 }}\n{}",
                list(100_000, "", |n| format!("type {word}{n} {{ x: Int }}\n"))
            )
        };
        contract(at, "schema.graphql", &text("A"), &text("B"))
    }),
    ("1 MB of template tags on one line", |at| {
        contract(
            at,
            "jar.avsc",
            "{\"type\":\"record\",\"name\":\"Jar\",\"fields\":[]}\n",
            &"{{ if x }}".repeat(100_000),
        )
    }),
    ("50,000 times `typeof import(`", |at| {
        let text = format!(
            "export type Lid = {}\"jar\"{};\n",
            "typeof import(".repeat(50_000),
            ")".repeat(50_000)
        );
        for side in ["old", "new"] {
            write(
                &at.join(side).join("package.json"),
                "{\"name\":\"jars\",\"types\":\"index.d.ts\"}",
            );
        }
        contract(at, "index.d.ts", "export type Lid = string;\n", &text)
    }),
    ("100 KB of `[` as incidents", |at| {
        one(at, &["backtest"], "incidents.yaml", &"[".repeat(100_000))
    }),
    ("400 KB of `{a: ` as incidents", |at| {
        one(at, &["backtest"], "incidents.yaml", &"{a: ".repeat(100_000))
    }),
    ("20,000 questions as a checklist", |at| {
        one(at, &["checklist", "lint"], "list.yaml", &questions(20_000))
    }),
    ("20,000 questions of the repository", |at| {
        repository(
            at,
            &[(".backout/list.yaml".to_owned(), questions(20_000))],
            &[("src/shop.py".to_owned(), "x = 1\n".to_owned())],
        )
    }),
    ("20,000 keys of one question", |at| {
        let text = format!(
            "name: x\nquestions:\n  - id: q\n{}",
            list(20_000, "", |n| format!("    key{n}: 1\n"))
        );
        one(at, &["checklist", "lint"], "list.yaml", &text)
    }),
    ("one blob as 300 interfaces", |at| {
        let text = |word: &str| {
            let paths = list(800, "", |n| {
                format!("  /{word}{n}:\n    get: {{responses: {{\"200\": {{description: ok}}}}}}\n")
            });
            format!("openapi: 3.0.0\ninfo: {{title: jars, version: \"1\"}}\npaths:\n{paths}")
        };
        blobs(at, "api/{}/openapi.yaml", &text("a"), &text("bb"))
    }),
    ("one blob as 300 protobuf files", |at| {
        let text = |word: &str| {
            format!(
                "syntax = \"proto3\";\npackage a;\nmessage M {{\n{}}}\n",
                list(2_000, "", |n| format!("  string {word}{n} = {};\n", n + 1))
            )
        };
        blobs(at, "api/{}/a.proto", &text("a"), &text("bb"))
    }),
    ("one blob as 300 declarations", |at| {
        let text = |word: &str| {
            list(1_500, "", |n| {
                format!("export declare const {word}{n}: string;\n")
            })
        };
        blobs(at, "pkg/{}/index.d.ts", &text("a"), &text("bb"))
    }),
    ("one blob as 300 migrations that are new", |at| {
        let text = list(1_300, "", |n| {
            format!("ALTER TABLE t{n} ADD COLUMN a int;\n")
        });
        let base = list(1_300, "", |n| format!("CREATE TABLE t{n} (id int);\n"));
        let new: Vec<(String, String)> = (1..=300)
            .map(|n| (format!("db/migrations/{n}_x.up.sql"), text.clone()))
            .collect();
        repository(
            at,
            &[("db/migrations/0_base.up.sql".to_owned(), base), program()],
            &new,
        )
    }),
    ("one blob as 300 migrations of the history", |at| {
        let text = list(1_300, "", |n| {
            format!("CREATE TABLE t{n} (a int, b text);\n")
        });
        let old: Vec<(String, String)> = (1..=300)
            .map(|n| (format!("db/migrations/{n}_x.up.sql"), text.clone()))
            .chain([program()])
            .collect();
        repository(
            at,
            &old,
            &[(
                "db/migrations/301_x.up.sql".to_owned(),
                "ALTER TABLE t1 DROP COLUMN a;\n".to_owned(),
            )],
        )
    }),
    ("one blob as 300 Rails migrations", |at| {
        let body = list(1_300, "", |n| {
            format!("    add_column :t{n}, :a, :string\n")
        });
        let text =
            format!("class X < ActiveRecord::Migration[7.0]\n  def change\n{body}  end\nend\n");
        let new: Vec<(String, String)> = (1..=300)
            .map(|n| (format!("db/migrate/2024{n:010}_x.rb"), text.clone()))
            .collect();
        repository(
            at,
            &[
                (
                    "Gemfile".to_owned(),
                    "gem \"rails\"\ngem \"pg\"\n".to_owned(),
                ),
                program(),
            ],
            &new,
        )
    }),
    ("one blob as 300 files of a program", |at| {
        let text = |word: &str| {
            list(1_200, "", |n| {
                format!("db.query(\"SELECT {word}{n} FROM t{n}\")\n")
            })
        };
        blobs(at, "app/{}/store.py", &text("a"), &text("bb"))
    }),
    ("one blob as 300 settings", |at| {
        let text = |word: &str| list(4_000, "", |n| format!("{word}{n}: {n}\n"));
        blobs(at, "deploy/{}/values.yaml", &text("a"), &text("bb"))
    }),
    ("4,000 switches in each other", |at| {
        code(at, &"switch version {\ncase 1:\n".repeat(4_000))
    }),
    ("20,000 switches in each other", |at| {
        code(at, &"switch version {\ncase 1:\n".repeat(20_000))
    }),
    ("100,000 conditions in each other", |at| {
        code(at, &"if (version > 1 ".repeat(100_000))
    }),
    ("20,000 statements of a migration", |at| {
        migration(
            at,
            &list(20_000, "", |n| {
                format!("ALTER TABLE orders ADD COLUMN c{n} int;\n")
            }),
        )
    }),
    ("200,000 parentheses of a statement", |at| {
        migration(
            at,
            &format!("SELECT {}1{};\n", "(".repeat(200_000), ")".repeat(200_000)),
        )
    }),
    ("2,000 includes of a changelog", |at| {
        let log = |inner: &str| format!("<databaseChangeLog>\n{inner}</databaseChangeLog>\n");
        let mut old = vec![
            (
                "db/changelog/root.xml".to_owned(),
                log(&list(2_000, "", |n| {
                    format!("<include file=\"part{n}.xml\"/>\n")
                })),
            ),
            program(),
        ];
        old.extend((0..2_000).map(|n| {
            (
                format!("db/changelog/part{n}.xml"),
                log(&format!("<include file=\"none{n}.xml\"/>")),
            )
        }));
        let new = log(
            "<changeSet id=\"1\" author=\"a\"><dropColumn tableName=\"orders\" \
                columnName=\"note\"/></changeSet>",
        );
        repository(at, &old, &[("db/changelog/part7.xml".to_owned(), new)])
    }),
    ("a session of 4,000 events", |at| session(at, 4_000, false)),
    ("a session of 4,000 events, half of them withdrawn", |at| {
        session(at, 4_000, true)
    }),
    ("an assessment of 250 MB", |at| {
        let file = at.join("saved.json");
        let text = format!(
            "{{\"format\":\"backout/assessment\",\"version\":1,\"findings\":[{}]}}",
            list(2_500_000, ",", |_| {
                "{\"check\":\"a/b\",\"severity\":\"notice\",\"title\":\"x\",\"says\":\"a sentence \
                    of this length\"}"
                    .to_owned()
            })
        );
        write(&file, &text);
        ["assess", "--from", &file.to_string_lossy()]
            .map(str::to_owned)
            .to_vec()
    }),
];

fn main() {
    let wanted: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with("--"))
        .collect();
    let binary = std::env::var_os("BACKOUT_BINARY").map_or_else(
        || PathBuf::from(env!("CARGO_BIN_EXE_backout")),
        PathBuf::from,
    );
    println!("{:<52}{:>9}{:>8}  end", "input", "seconds", "MB");
    for (name, make) in INPUTS {
        if !wanted.is_empty() && !wanted.iter().any(|word| name.contains(word.as_str())) {
            continue;
        }
        let folder = tempfile::tempdir()
            .unwrap_or_else(|error| panic!("a folder for the inputs cannot be made: {error}"));
        let arguments = make(folder.path());
        let (took, kilobytes, end) = run(&binary, folder.path(), &arguments);
        let over = if took > Duration::from_secs(3) || kilobytes > 400_000 {
            "  MORE THAN WANTED"
        } else {
            ""
        };
        println!(
            "{name:<52}{:>9.2}{:>8}  {end}{over}",
            took.as_secs_f64(),
            kilobytes / 1000
        );
    }
}

/// Runs the program: how long it took, the most memory it held, and how it ended.
fn run(binary: &Path, folder: &Path, arguments: &[String]) -> (Duration, u64, String) {
    let mut command = Command::new(binary);
    command
        .args(arguments)
        .current_dir(folder)
        .env("BACKOUT_HOME", folder.join("home"))
        .env("XDG_CONFIG_HOME", "/nonexistent-configuration");
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let begun = Instant::now();
    let mut child = command
        .spawn()
        .unwrap_or_else(|error| panic!("the program cannot be run: {error}"));
    let status = format!("/proc/{}/status", child.id());
    let mut most = 0;
    loop {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let held = text.lines().find_map(|line| {
            line.strip_prefix("VmHWM:")?
                .trim()
                .strip_suffix(" kB")?
                .parse()
                .ok()
        });
        most = most.max(held.unwrap_or(0));
        if let Ok(Some(end)) = child.try_wait() {
            return (begun.elapsed(), most, end.to_string());
        }
        if begun.elapsed() > Duration::from_secs(120) {
            // it is this program's own child
            let _ = child.kill();
            let _ = child.wait();
            return (
                begun.elapsed(),
                most,
                "not done after two minutes".to_owned(),
            );
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn list(n: usize, between: &str, one: impl Fn(usize) -> String) -> String {
    let mut out = String::new();
    for at in 0..n {
        let _ = write!(out, "{}{}", if at == 0 { "" } else { between }, one(at));
    }
    out
}

fn write(file: &Path, text: &str) {
    let made = file
        .parent()
        .map_or(Ok(()), std::fs::create_dir_all)
        .and_then(|()| std::fs::write(file, text));
    made.unwrap_or_else(|error| panic!("{} cannot be written: {error}", file.display()));
}

/// One file behind some words.
fn one(at: &Path, words: &[&str], name: &str, text: &str) -> Vec<String> {
    let file = at.join(name);
    write(&file, text);
    words
        .iter()
        .map(|word| (*word).to_owned())
        .chain([file.to_string_lossy().into_owned()])
        .collect()
}

/// Two versions of a contract.
fn contract(at: &Path, name: &str, old: &str, new: &str) -> Vec<String> {
    write(&at.join("old").join(name), old);
    write(&at.join("new").join(name), new);
    ["contract", "old", "new"].map(str::to_owned).to_vec()
}

/// A document in which one answer has this schema.
fn answer(schema: &str, more: &str) -> String {
    format!(
        "{{\"openapi\":\"3.0.0\",\"paths\":{{\"/jars\":{{\"get\":{{\"responses\":{{\"200\":{{\"content\":{{\"application/json\":{{\"schema\":{schema}}}}}}}}}}}}}}}{more}}}"
    )
}

/// Schemas that lead to each other in a circle of so many.
fn circle(n: usize) -> String {
    let schemas = list(n, ",", |at| {
        let next = (at + 1) % n;
        format!(
            "\"C{at}\":{{\"type\":\"object\",\"properties\":{{\"next\":{{\"$ref\":\"#/components/schemas/C{next}\"}},\"v{at}\":{{\"type\":\"string\"}}}}}}"
        )
    });
    answer(
        "{\"$ref\":\"#/components/schemas/C0\"}",
        &format!(",\"components\":{{\"schemas\":{{{schemas}}}}}"),
    )
}

fn questions(n: usize) -> String {
    let one = |at| {
        format!(
            "  - id: q{at}\n    ask: \"Is it {at}?\"\n    facts: [impact.now]\n    why: \"It \
                matters.\"\n"
        )
    };
    format!("name: x\nquestions:\n{}", list(n, "", one))
}

fn program() -> (String, String) {
    (
        "app/main.py".to_owned(),
        "db.query(\"SELECT id, note FROM orders\")\n".to_owned(),
    )
}

/// A repository of two releases.
fn repository(at: &Path, old: &[(String, String)], new: &[(String, String)]) -> Vec<String> {
    let mut options = git2::RepositoryInitOptions::new();
    options.initial_head("main").external_template(false);
    let built = git2::Repository::init_opts(at, &options).and_then(|repository| {
        for (tag, files) in [("v1.0.0", old), ("v2.0.0", new)] {
            for (path, text) in files {
                write(&at.join(path), text);
            }
            let mut index = repository.index()?;
            for (path, _) in files {
                index.add_path(Path::new(path))?;
            }
            index.write()?;
            let tree = repository.find_tree(index.write_tree()?)?;
            let who = git2::Signature::new(
                "Payments Team",
                "payments@example.org",
                &git2::Time::new(1_760_000_000, 0),
            )?;
            let parents: Vec<git2::Commit<'_>> = repository
                .head()
                .ok()
                .and_then(|head| head.peel_to_commit().ok())
                .into_iter()
                .collect();
            let id = repository.commit(
                Some("HEAD"),
                &who,
                &who,
                "feat: it",
                &tree,
                &parents.iter().collect::<Vec<_>>(),
            )?;
            repository.tag_lightweight(tag, &repository.find_object(id, None)?, true)?;
        }
        Ok(())
    });
    built.unwrap_or_else(|error| panic!("the repository cannot be built: {error}"));
    vec!["assess".to_owned()]
}

/// One text under 300 paths, and another under the same paths.
fn blobs(at: &Path, path: &str, old: &str, new: &str) -> Vec<String> {
    let all = |text: &str| -> Vec<(String, String)> {
        (1..=300)
            .map(|n| (path.replace("{}", &n.to_string()), text.to_owned()))
            .chain([program()])
            .collect()
    };
    repository(at, &all(old), &all(new))
}

/// Code that asks for a version.
fn code(at: &Path, text: &str) -> Vec<String> {
    let old = [
        ("go.mod".to_owned(), "module a\n".to_owned()),
        ("src/a.go".to_owned(), "package a\n".to_owned()),
        (
            "src/b.go".to_owned(),
            "package a\nfunc f(version int) error { if version > 1 { return \
            errors.New(\"x\") }; return nil }\n"
                .to_owned(),
        ),
    ];
    repository(
        at,
        &old,
        &[("src/a.go".to_owned(), format!("package a\n{text}"))],
    )
}

/// One migration in PostgreSQL.
fn migration(at: &Path, text: &str) -> Vec<String> {
    let old = [
        (
            "db/postgres/migrations/0001_x.up.sql".to_owned(),
            "CREATE TABLE orders (id int, note text);\n".to_owned(),
        ),
        program(),
    ];
    repository(
        at,
        &old,
        &[(
            "db/postgres/migrations/0002_x.up.sql".to_owned(),
            text.to_owned(),
        )],
    )
}

/// A session of notes, printed event by event.
fn session(at: &Path, events: u64, withdrawn: bool) -> Vec<String> {
    repository(
        at,
        &[program()],
        &[("app/main.py".to_owned(), "x = 1\n".to_owned())],
    );
    let start = Start {
        session: "many".to_owned(),
        tool: "backout".to_owned(),
        journal: JOURNAL_VERSION,
        mode: Mode::Incident,
        repository: at.to_string_lossy().into_owned(),
        previous: "1.0.0".to_owned(),
        previous_commit: String::new(),
        current: "2.0.0".to_owned(),
        current_commit: String::new(),
        environment: None,
        service: None,
        deployed_at: None,
        deadline: None,
        checklist_digest: String::new(),
        checklist: include_str!("../checklists/default.yaml").to_owned(),
        checklist_changes: Vec::new(),
    };
    let made = Journal::create(&at.join("home/sessions"), start).and_then(|mut journal| {
        for n in 1..events {
            let what = if withdrawn && n % 2 == 0 {
                EventKind::Withdrawn { seq: n }
            } else {
                EventKind::Noted {
                    text: format!("note {n}").into(),
                }
            };
            journal.append(what, None, None)?;
        }
        Ok(())
    });
    made.unwrap_or_else(|error| panic!("the session cannot be written: {error}"));
    ["replay", "many", "--print"].map(str::to_owned).to_vec()
}

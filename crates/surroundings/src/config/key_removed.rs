//! `config/key-removed`.

use std::collections::{BTreeMap, BTreeSet};

use super::variable::list_gone_variables;
use crate::check::{
    APART, SurroundingsCheck, SurroundingsInput, WithEvidence, build_check_finding,
    join_shortened_names,
};
use model::{
    CheckDeclaration, CheckDoc, Confidence, Direction, Domain, Evidence, FileKind, Finding, Hit,
    Severity, check_cases,
};
use text_scan::has_whole_word;

const DOC: CheckDoc = CheckDoc {
    id: "config/key-removed",
    title: "A setting is gone",
    domain: Domain::Config,
    direction: Direction::Rollback,
    looks_for: "Keys of settings files that only the previous release has, and whether the previous release's program text names them; environment variables that manifests, charts and compose files no longer give and that the previous release's program text reads; keys of a ConfigMap or Secret that are gone and that the previous release names.",
    why: "The previous release still reads this setting; where live configuration has followed the new release, it starts without it.",
    action: "Put the setting back before the previous release starts, or confirm that the previous release has a default for it.",
    example: ".env.production loses GATEWAY_MODE, and app/gateway.rb of the previous release reads ENV[\"GATEWAY_MODE\"].",
    source: "The question of the guide whether variables are transformed again (`backout guide 47`).",
};

pub(crate) const CHECK: SurroundingsCheck = SurroundingsCheck {
    declared: CheckDeclaration {
        doc: DOC,
        grades: None,
        place: module_path!(),
        cases: check_cases!(any(test, feature = "fixtures"), |_| {
            crate::case::try_fixtures(find_removed_keys, make_fixtures())
        }),
    },
    run: find_removed_keys,
};

// each key may have two spellings, and a search for hundreds of words is still one pass
/// Most keys that are looked for in previous.
const SEARCHED: usize = 200;

fn find_removed_keys(look: &SurroundingsInput<'_>) -> Vec<Finding> {
    let files = look
        .settings
        .iter()
        // a file that is gone takes its keys along; one that came lost none
        .filter(|file| file.kind == FileKind::Config && (!file.whole || file.new.is_empty()));
    // a key that another changed settings file now has was only moved
    let moved = |key: &str| look.settings.iter().any(|file| file.new.contains_key(key));
    let gone: Vec<_> = files
        .flat_map(|file| {
            file.removed()
                .map(move |(key, setting)| (file, key, setting))
        })
        .filter(|(_, key, _)| !moved(key))
        .collect();
    // only names that cannot be ordinary words are looked for: environment variables and dotted
    // keys
    // `size` or `mode` would be found in any text
    let telling = |key: &str| key.len() >= 5 && (key.contains('_') || key.contains('.'));
    let words: Vec<String> = gone
        .iter()
        .filter(|(_, key, _)| telling(key))
        .flat_map(|(_, key, _)| list_spellings(key))
        .take(SEARCHED)
        .collect();
    let own: Vec<&str> = gone
        .iter()
        .map(|(file, ..)| file.old_path.as_str())
        .collect();
    let program =
        |path: &str| !own.contains(&path) && !path.ends_with(".md") && !path.ends_with(".lock");
    let (hits, _) = if words.is_empty() {
        (Vec::new(), Vec::new())
    } else {
        look.range.previous.search_many(&words, false, 5, &program)
    };
    // what the newer release reads too was not taken away, only written down elsewhere
    let hits: Vec<Hit> = hits
        .into_iter()
        .filter(|hit| asks_for(hit, &words) && !is_given_by_itself(look, hit, &words))
        .collect();
    let still_read = list_still_read(look, &words, &hits);
    let mut unused: BTreeMap<&str, Vec<(&String, Evidence)>> = BTreeMap::new();
    let mut found: Vec<Finding> = gone
        .into_iter()
        .filter_map(|(file, key, setting)| {
            let spellings = list_spellings(key);
            let used: Vec<_> = hits
                .iter()
                .filter(|hit| {
                    words.get(hit.word).is_some_and(|word| {
                        spellings.contains(word)
                            && has_whole_word(&hit.text, word)
                            && !still_read.contains(word)
                    })
                })
                .collect();
            let place = Evidence::at(&*file.old_path, setting.line).with_excerpt(key);
            // a sample sets nothing, so nothing is lost with its key
            if used.is_empty() || is_sample(&file.path) {
                unused
                    .entry(file.path.as_str())
                    .or_default()
                    .push((key, place));
                return None;
            }
            warn_of_read_key(look, (&file.path, key, place), &used)
        })
        .collect();
    let told: BTreeSet<String> = found
        .iter()
        .map(|finding| finding.subject.as_raw().to_owned())
        .collect();
    found.extend(tell_gone_variables(look, &told));
    found.extend(super::object_key::tell_gone_object_keys(look, &DOC));
    for (path, keys) in unused {
        found.extend(note_unused_keys(look, path, keys));
    }
    found
}

/// A key that the previous release reads, with the places where it does.
fn warn_of_read_key(
    look: &SurroundingsInput<'_>,
    (file, key, place): (&str, &str, Evidence),
    used: &[&Hit],
) -> Option<Finding> {
    let (previous, current) = (look.range.previous_version, look.range.current_version);
    let hit = used.first()?;
    let says = format!(
        "{previous} reads {key} ({}:{}), and {current} no longer sets it in {file}",
        hit.path, hit.line
    );
    let places = used
        .iter()
        .map(|hit| Evidence::at(&*hit.path, hit.line).with_excerpt(&hit.text));
    // whether the platform sets the key elsewhere is not known, so it is likely and no more
    let finding = build_check_finding(&DOC, Severity::Warns, Confidence::Likely, key, says);
    Some(finding.at(places).at([place]))
}

/// Keys of one file whose readers nothing shows: one by one, or together where they are many.
fn note_unused_keys(
    look: &SurroundingsInput<'_>,
    path: &str,
    keys: Vec<(&String, Evidence)>,
) -> Vec<Finding> {
    let current = look.range.current_version;
    let note = |subject: &str, what: &str| {
        build_check_finding(
            &DOC,
            // nobody was seen to read it: said, so that a person may know better
            Severity::Notes,
            Confidence::Hint,
            subject,
            format!("{current} drops {what} from {path}"),
        )
    };
    if keys.len() > APART {
        let named: Vec<&String> = keys.iter().map(|(key, _)| *key).collect();
        vec![
            note(path, &join_shortened_names(&named))
                .at(keys.into_iter().take(12).map(|(_, place)| place)),
        ]
    } else {
        keys.into_iter()
            .map(|(key, place)| note(key, key).at([place]))
            .collect()
    }
}

/// A file that is copied and filled in: it sets nothing itself.
fn is_sample(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    name.split(['.', '-', '_'])
        .any(|part| matches!(part, "example" | "sample" | "dist" | "template" | "tpl"))
}

/// A line asks for a key and has nothing to fall back to.
fn asks_for(hit: &Hit, words: &[String]) -> bool {
    words
        .get(hit.word)
        .is_some_and(|word| !falls_back(&hit.text, word) && !assigns(&hit.text, word))
}

/// `${pages.size:20}`, `ENV.fetch("A", "b")`, `process.env.A || "b"`.
fn falls_back(line: &str, key: &str) -> bool {
    const WORDS: [&str; 9] = [
        "||",
        "??",
        "?:",
        " or ",
        "unwrap_or",
        "orElse",
        "OrElse",
        "default",
        "Default",
    ];
    // only what stands behind the key can be its value to fall back to
    let Some((before, after)) = line.split_once(key) else {
        return false;
    };
    // `?? throw` and `|| die` fall back to nothing
    const STOPS: [&str; 7] = ["throw", "Throw", "raise", "panic", "die", "exit", "abort"];
    if STOPS.iter().any(|word| after.contains(word)) {
        return false;
    }
    // `${KEY:-value}` of shells and `${key:value}` of Spring; `${KEY:?text}` stops
    let in_place = before.ends_with("${") && (after.starts_with(':') && !after.starts_with(":?"))
        || before.ends_with("${") && after.starts_with('-');
    let second = after
        .strip_prefix(['"', '\'', '`'])
        .is_some_and(|rest| rest.trim_start().starts_with(','));
    in_place || second || WORDS.iter().any(|word| after.contains(word))
}

/// A script that gives the variable its value itself.
fn assigns(line: &str, key: &str) -> bool {
    // `KEY=x ./start` gives what it asks for
    let line = line.trim_start();
    let line = line.strip_prefix("export ").unwrap_or(line);
    line.strip_prefix(key)
        .is_some_and(|rest| rest.starts_with('=') && !rest.starts_with("=="))
}

/// A script that gives a variable its value on another line than the one that reads it: nothing is
/// set from outside. A value that is taken only where none is there (`: ${A:=b}`) counts as well.
fn is_given_by_itself(look: &SurroundingsInput<'_>, hit: &Hit, words: &[String]) -> bool {
    const SCRIPTS: [&str; 4] = ["sh", "bash", "zsh", "ksh"];
    let name = hit.path.rsplit('/').next().unwrap_or(&hit.path);
    let end = name.rsplit_once('.').map(|(_, end)| end);
    if end.is_some_and(|end| !SCRIPTS.contains(&end)) {
        return false;
    }
    let Some(word) = words.get(hit.word) else {
        return false;
    };
    let taken = format!("${{{word}:=");
    look.range.previous.read_text(&hit.path).is_ok_and(|text| {
        // a Dockerfile has no ending either, and what it gives a variable may be given otherwise
        (end.is_some() || text.starts_with("#!"))
            && text
                .lines()
                .any(|line| assigns(line, word) || line.contains(&taken))
    })
}

/// Those of the keys that previous reads which program text of current reads too.
fn list_still_read(
    look: &SurroundingsInput<'_>,
    words: &[String],
    hits: &[Hit],
) -> BTreeSet<String> {
    let asked: BTreeSet<usize> = hits.iter().map(|hit| hit.word).collect();
    let asked: Vec<String> = asked
        .into_iter()
        .filter_map(|word| words.get(word).cloned())
        .collect();
    if asked.is_empty() {
        return BTreeSet::new();
    }
    let program = |path: &str| {
        // a file of settings that still has the name only keeps it, program text reads it
        coverage::guard::find_language(path).is_some()
            && coverage::place::classify_path_place(path) == coverage::place::FileRole::Live
    };
    let (found, _) = look.range.current.search_many(&asked, false, 5, &program);
    found
        .iter()
        .filter_map(|hit| {
            let word = asked.get(hit.word)?;
            // `Auth:Jwt:Key` is another key than `Jwt:Key`
            let outer = |sign: char| hit.text.contains(&format!("{sign}{word}"));
            (has_whole_word(&hit.text, word) && ![':', '.'].into_iter().any(outer))
                .then(|| word.clone())
        })
        .collect()
}

/// How program text spells a key: as it is, and a key of several parts as .NET writes it.
fn list_spellings(key: &str) -> Vec<String> {
    let mut all = vec![key.to_owned()];
    // .NET writes `Auth:Key` for what the file nests
    if key.contains('.') && !key.contains('[') {
        all.push(key.replace('.', ":"));
    }
    all
}

/// `Dockerfile.e2e`, `compose.test.yaml`, `k8s/testing/job.yaml`: what such a manifest gives is
/// given to tests.
fn is_for_tests(path: &str) -> bool {
    path.to_ascii_lowercase()
        .split(['/', '.', '-', '_'])
        .any(|part| matches!(part, "e2e" | "test" | "tests" | "testing"))
}

/// Environment variables that no manifest gives any more and that program text of previous reads.
fn tell_gone_variables(look: &SurroundingsInput<'_>, told: &BTreeSet<String>) -> Vec<Finding> {
    let gone: Vec<_> = list_gone_variables(look)
        .into_iter()
        // one warning a key: files and manifests often set the same variable
        .filter(|gone| !told.contains(&gone.name) && !is_for_tests(&gone.path))
        .take(SEARCHED)
        .collect();
    if gone.is_empty() {
        return Vec::new();
    }
    let words: Vec<String> = gone.iter().map(|gone| gone.name.clone()).collect();
    let program = |path: &str| {
        coverage::guard::find_language(path).is_some()
            && coverage::place::classify_path_place(path) == coverage::place::FileRole::Live
    };
    let (hits, _) = look.range.previous.search_many(&words, false, 5, &program);
    let hits: Vec<Hit> = hits
        .into_iter()
        .filter(|hit| asks_for(hit, &words) && !is_given_by_itself(look, hit, &words))
        .collect();
    let still_read = list_still_read(look, &words, &hits);
    let (previous, current) = (look.range.previous_version, look.range.current_version);
    gone.iter()
        .enumerate()
        .filter(|(_, gone)| !still_read.contains(&gone.name))
        .filter_map(|(index, gone)| {
            let used: Vec<_> = hits
                .iter()
                .filter(|hit| hit.word == index && has_whole_word(&hit.text, &gone.name))
                .collect();
            let hit = used.first()?;
            let says = format!(
                "{previous} reads {} ({}:{}), and {current} no longer gives it in {}",
                gone.name, hit.path, hit.line, gone.path
            );
            let places = used
                .iter()
                .map(|hit| Evidence::at(&*hit.path, hit.line).with_excerpt(&hit.text));
            Some(
                build_check_finding(
                    &DOC,
                    Severity::Warns,
                    Confidence::Likely,
                    gone.name.as_str(),
                    says,
                )
                .at(places)
                .at([Evidence::at(&*gone.path, gone.line).with_excerpt(&gone.name)]),
            )
        })
        .collect()
}

#[cfg(any(test, feature = "fixtures"))]
fn make_fixtures() -> (crate::case::Fixture, crate::case::Fixture) {
    use crate::case::Fixture;
    let reads = Some("mode = ENV[\"GATEWAY_MODE\"]\n");
    let gone = Some("mode = 1\n");
    (
        Fixture::of(
            ".env.production",
            FileKind::Config,
            "A=1\nGATEWAY_MODE=x\n",
            "A=1\n",
        )
        .and("app/gateway.rb", FileKind::Code, reads, gone),
        Fixture::of(
            ".env.production",
            FileKind::Config,
            "A=1\nGATEWAY_MODE=x\n",
            "A=1\n",
        )
        .and(
            ".env.shared",
            FileKind::Config,
            Some("B=1\n"),
            Some("B=1\nGATEWAY_MODE=x\n"),
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn use_in_previous_makes_it_a_warning() {
        let (found, _) = make_fixtures();
        assert_eq!(found.of_check(DOC.id)[0].severity, Severity::Warns);
        let unused = crate::case::Fixture::of(".env", FileKind::Config, "A_B_C=1\nX=1\n", "X=1\n");
        assert_eq!(unused.of_check(DOC.id)[0].severity, Severity::Notes);
    }

    fn warnings(case: crate::case::Fixture) -> usize {
        case.of_check(DOC.id)
            .iter()
            .filter(|finding| finding.severity == Severity::Warns)
            .count()
    }

    #[test]
    fn what_is_read_with_a_value_to_fall_back_to_or_by_both_is_no_warning() {
        let of = |path, key: &'static str, old, new| {
            let case = crate::case::Fixture::of(path, FileKind::Config, key, "OTHER_KEY=1\n");
            warnings(case.and("app/mode.rb", FileKind::Code, Some(old), Some(new)))
        };
        let (reads, rest) = ("mode = ENV[\"GATEWAY_MODE\"]\n", "mode = 1\n");
        let env = "GATEWAY_MODE=x\nOTHER_KEY=1\n";
        assert_eq!(of(".env.production", env, reads, rest), 1);
        assert_eq!(of(".env.production", env, reads, reads), 0, "both read it");
        assert_eq!(
            of(".env.example", env, reads, rest),
            0,
            "a sample sets nothing"
        );
        let fetch = "mode = ENV.fetch(\"GATEWAY_MODE\", \"plain\")\n";
        assert_eq!(
            of(".env.production", env, fetch, rest),
            0,
            "a value to fall back to"
        );
        let shell = "export GATEWAY_MODE=x\n";
        assert_eq!(of(".env.production", env, shell, rest), 0, "set there");
        let started = |place: &'static str, text: &'static str| {
            let case = crate::case::Fixture::of(
                "package/gateway.conf",
                FileKind::Config,
                env,
                "OTHER_KEY=1\n",
            );
            warnings(case.and(place, FileKind::Code, Some(text), Some("start\n")))
        };
        let script = "#!/bin/sh\nGATEWAY_MODE=x\nstart --mode $GATEWAY_MODE\n";
        assert_eq!(
            started("package/gateway", script),
            0,
            "the script gives it itself"
        );
        let task = "run:\n\tGATEWAY_MODE=x true\n\tstart --mode $GATEWAY_MODE\n";
        assert_eq!(
            started("Makefile", task),
            1,
            "a line of a task gives it to itself alone"
        );
        let manifest = |value: &str| {
            format!(
                "kind: Deployment\nspec:\n  template:\n    spec:\n      containers:\n      - name: a\n        env:\n        - name: OTHER_KEY\n          value: b\n{value}"
            )
            .leak()
        };
        let (given, taken): (&'static str, &'static str) = (
            manifest("        - name: GATEWAY_MODE\n          value: x\n"),
            manifest(""),
        );
        for (ruby, count) in [(reads, 1), (fetch, 0)] {
            let case =
                crate::case::Fixture::of("k8s/a.yaml", FileKind::Infrastructure, given, taken);
            let case = case.and("app/mode.rb", FileKind::Code, Some(ruby), Some(rest));
            assert_eq!(warnings(case), count, "{ruby}");
        }
        let stops = "mode = ENV[\"GATEWAY_MODE\"] || raise\n";
        assert_eq!(
            of(".env.production", env, stops, rest),
            1,
            "falls back to nothing"
        );
        let json = "{\"Jwt\": {\"Key\": 1}, \"A\": 1}";
        let (inner, outer) = (
            "key = configuration[\"Jwt:Key\"]\n",
            "key = configuration[\"Auth:Jwt:Key\"]\n",
        );
        let case = crate::case::Fixture::of("a.json", FileKind::Config, json, "{\"A\": 1}");
        let case = case.and("Start.cs", FileKind::Code, Some(inner), Some(outer));
        assert_eq!(warnings(case), 1, "another key");
        let spring = "@Value(\"${gateway.mode:20}\") int mode;\n";
        assert_eq!(of("a.properties", "gateway.mode=1\nb=1\n", spring, rest), 0);
        let spring = "@Value(\"${gateway.mode}\") int mode;\n";
        assert_eq!(of("a.properties", "gateway.mode=1\nb=1\n", spring, rest), 1);
    }

    #[test]
    fn a_key_of_several_parts_is_found_as_dotnet_spells_it() {
        let of = |program| {
            let case = crate::case::Fixture::of(
                "appsettings.json",
                FileKind::Config,
                "{\"Jars\": {\"Shelf\": \"/data\", \"Depth\": 2}}",
                "{\"Jars\": {\"Depth\": 2}}",
            );
            warnings(case.and("Start.cs", FileKind::Code, Some(program), Some("// none\n")))
        };
        assert_eq!(of("var shelf = configuration[\"Jars:Shelf\"];\n"), 1);
        assert_eq!(of("var shelf = configuration[\"Jars:Shelves\"];\n"), 0);
    }

    #[test]
    fn a_variable_that_manifests_no_longer_give_is_told_where_previous_reads_it() {
        let given = "kind: Deployment\nmetadata: {name: jars}\nspec:\n  containers:\n  - env:\n    - name: JAM_HOST\n      value: jam\n    - name: LEVEL_NAME\n      value: info\n";
        let rest = "kind: Deployment\nmetadata: {name: jars}\nspec:\n  containers:\n  - env:\n    - name: LEVEL_NAME\n      value: info\n";
        let of = |path, old, new, code, program| {
            let case = crate::case::Fixture::of(path, FileKind::Infrastructure, old, new);
            warnings(case.and(code, FileKind::Code, Some(program), Some("\n")))
        };
        let path = "k8s/jars.yaml";
        let (go, python) = (
            "host := os.Getenv(\"JAM_HOST\")\n",
            "HOST = os.environ[\"JAM_HOST\"]\n",
        );
        assert_eq!(of(path, given, rest, "jars/main.go", go), 1);
        assert_eq!(
            of(
                "charts/jars/values.yaml",
                "env:\n  - name: JAM_HOST\n    value: jam\n",
                "env: []\n",
                "jars/start.py",
                python
            ),
            1
        );
        // still given, read by nobody, or given to a pipeline
        assert_eq!(of(path, given, given, "jars/main.go", go), 0);
        assert_eq!(
            of(path, given, rest, "jars/main.go", "host := \"jam\"\n"),
            0
        );
        assert_eq!(
            of(".github/workflows/a.yml", given, rest, "jars/main.go", go),
            0
        );
    }

    #[test]
    fn a_manifest_of_tests_gives_nothing_to_what_runs() {
        for path in [
            "Dockerfile.e2e",
            "compose.test.yaml",
            "k8s/testing/job.yaml",
        ] {
            assert!(is_for_tests(path), "{path}");
        }
        for path in ["Dockerfile", "k8s/latest/job.yaml", "deploy/contest.yaml"] {
            assert!(!is_for_tests(path), "{path}");
        }
    }
}

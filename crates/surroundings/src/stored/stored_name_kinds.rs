//! Which names are stored with data, by kind. Each kind has the library's sign, which must stand in
//! the file, and the form of a name. The libraries are named because they settle the form.

use std::sync::LazyLock;

use regex::Regex;

use model::Snapshot;

// a generated file of names is no list that a person wrote
/// Most names of one file.
const NAMES: usize = 400;

/// A kind of names that are stored.
pub(super) struct NameKind {
    /// As a sentence calls it.
    pub what: &'static str,
    /// What carries the name.
    pub carried: &'static str,
    /// What previous does with one that it does not know.
    pub fails: &'static str,
    /// One is told also where previous has no other in the same file.
    pub alone: bool,
    ends: &'static [&'static str],
    /// One of these stands in the file.
    signs: &'static [&'static str],
    /// The first group is the name.
    pattern: &'static str,
}

const STATE: NameKind = NameKind {
    what: "state of a state machine",
    carried: "rows that reached it",
    fails: "fails at it or leaves it where it is",
    alone: false,
    ends: &[],
    signs: &[],
    pattern: "",
};

const TYPE: NameKind = NameKind {
    what: "name of a type",
    carried: "rows and documents of that type",
    fails: "fails when it loads one",
    ..STATE
};

const JOB: NameKind = NameKind {
    what: "job",
    carried: "jobs that wait, are scheduled or are tried again",
    fails: "its workers fail at it or leave it lying",
    ..STATE
};

const STEP: NameKind = NameKind {
    what: "step of a process",
    carried: "processes that run",
    fails: "nothing takes up what waits there",
    ..STATE
};

// each library has its own form, and any other use of these words is none of it
/// All of them.
const KINDS: &[NameKind] = &[
    NameKind {
        ends: &["rb"],
        signs: &["aasm", "AASM", "Statesman::Machine", "state_machine "],
        // a state of AASM stands in a line of its own
        pattern: r"^\s*state\s+:(\w+)",
        ..STATE
    },
    NameKind {
        ends: &["py"],
        signs: &["django_fsm", "FSMField"],
        pattern: r#"target\s*=\s*['"](\w+)['"]"#,
        ..STATE
    },
    NameKind {
        ends: &["py"],
        signs: &["from transitions import", "import transitions"],
        pattern: r#"['"]dest['"]\s*:\s*['"](\w+)['"]"#,
        ..STATE
    },
    NameKind {
        ends: &["java", "kt"],
        signs: &["org.springframework.statemachine"],
        pattern: r"\.target\(\s*(?:\w+\.)?(\w+)\s*\)",
        ..STATE
    },
    NameKind {
        ends: &["yaml", "yml"],
        signs: &["marking_store:"],
        pattern: r"^\s+to:\s*\[?\s*'?([\w-]+)",
        ..STATE
    },
    NameKind {
        ends: &["php"],
        signs: &["morphMap(", "enforceMorphMap("],
        pattern: r#"['"]([\w.\\-]+)['"]\s*=>\s*\\?[\w\\]+::class"#,
        ..TYPE
    },
    NameKind {
        ends: &["php"],
        signs: &["DiscriminatorMap"],
        pattern: r#"['"]([\w-]+)['"]\s*(?:=>?|:)\s*(?:\\?[\w\\]+::class|['"][\w\\]+['"])"#,
        ..TYPE
    },
    NameKind {
        ends: &["java", "kt", "groovy"],
        signs: &["@DiscriminatorValue"],
        pattern: r#"@DiscriminatorValue\(\s*(?:value\s*=\s*)?"([^"]+)""#,
        // the value stands on the class itself, and the others in other files
        alone: true,
        ..TYPE
    },
    NameKind {
        ends: &["java", "kt", "groovy", "scala"],
        signs: &["JsonSubTypes"],
        pattern: r#"Type\([^)]*\bname\s*=\s*"([^"]+)""#,
        ..TYPE
    },
    NameKind {
        ends: &["cs"],
        signs: &["HasDiscriminator"],
        pattern: r#"HasValue<[\w.]+>\(\s*"?([\w.-]+)"?\s*\)"#,
        ..TYPE
    },
    NameKind {
        ends: &["cs"],
        signs: &["JsonDerivedType"],
        pattern: r#"JsonDerivedType\(\s*typeof\([\w.<>]+\)\s*,\s*"?([\w.-]+)"?\s*\)"#,
        ..TYPE
    },
    NameKind {
        ends: &["py"],
        signs: &["polymorphic_identity"],
        pattern: r#"polymorphic_identity['"]?\s*[:=]\s*['"]([\w.-]+)['"]"#,
        alone: true,
        ..TYPE
    },
    NameKind {
        ends: &["ts", "js"],
        signs: &["@ChildEntity"],
        pattern: r#"@ChildEntity\(\s*['"]([\w.-]+)['"]"#,
        alone: true,
        ..TYPE
    },
    NameKind {
        ends: &["ts", "js", "mjs", "cjs"],
        signs: &["mongoose"],
        pattern: r#"\.discriminator(?:<[^>]*>)?\(\s*['"]([\w.-]+)['"]"#,
        alone: true,
        ..TYPE
    },
    NameKind {
        ends: &["cs"],
        signs: &["Hangfire"],
        // Hangfire stores the name of the class that does the work
        pattern: r"(?:Enqueue|Schedule|AddOrUpdate)<([\w.]+)>\(",
        ..JOB
    },
    NameKind {
        ends: &["java", "kt", "groovy", "scala"],
        signs: &["org.quartz"],
        pattern: r"class\s+(\w+)\s+(?:implements\s+[\w,\s]*\bJob\b|extends\s+QuartzJobBean|:\s*(?:QuartzJobBean\(\)|Job\b))",
        alone: true,
        ..JOB
    },
    NameKind {
        ends: &["py"],
        signs: &["from rq import", "import rq", "django_rq"],
        pattern: r"\benqueue(?:_in|_at)?\(\s*(?:[\w.]+\(\)\s*,\s*)?([\w.]+)\s*[,)]",
        ..JOB
    },
    NameKind {
        ends: &["py"],
        signs: &["celery", "Celery", "shared_task"],
        // without a name Celery takes the module and the function, which other checks read
        pattern: r#"task\([^)]*\bname\s*=\s*['"]([\w.:-]+)['"]"#,
        ..JOB
    },
    NameKind {
        ends: &["ts", "js", "mjs", "cjs"],
        signs: &["bullmq", "'bull'", "\"bull\"", "bee-queue", "@nestjs/bull"],
        pattern: r#"(?:\.add|\.process|@Process)\(\s*(?:\{\s*name:\s*)?['"]([\w.:-]+)['"]"#,
        ..JOB
    },
    NameKind {
        ends: &["bpmn", "xml"],
        signs: &[
            "zeebe:taskDefinition",
            "camunda:topic",
            "bpmn:process",
            "<process ",
        ],
        pattern: r#"(?:taskDefinition\s+type|camunda:topic|camunda:class|camunda:delegateExpression)\s*=\s*"([^"]+)""#,
        ..STEP
    },
    NameKind {
        ends: &["java", "kt"],
        signs: &["@JobWorker", "@ExternalTaskSubscription", "newWorker()"],
        pattern: r#"(?:@JobWorker\(\s*(?:type\s*=\s*)?|@ExternalTaskSubscription\(\s*(?:topicName\s*=\s*)?|\.jobType\(\s*)"([^"]+)""#,
        ..STEP
    },
    NameKind {
        ends: &["go"],
        signs: &["go.temporal.io/", "go.uber.org/cadence"],
        pattern: r"Register(?:Workflow|Activity)\(\s*&?(?:\w+\.)?(\w+)",
        ..STEP
    },
    NameKind {
        ends: &["py"],
        signs: &["temporalio"],
        pattern: r#"@(?:workflow|activity)\.defn\([^)]*\bname\s*=\s*['"]([\w.-]+)['"]"#,
        ..STEP
    },
    NameKind {
        ends: &["java", "kt"],
        signs: &["io.temporal"],
        pattern: r#"@(?:WorkflowMethod|ActivityMethod|SignalMethod)\(\s*name\s*=\s*"([^"]+)""#,
        ..STEP
    },
    NameKind {
        ends: &["json", "yaml", "yml"],
        signs: &["\"StartAt\"", "StartAt:"],
        pattern: r#"^\s*"?([\w -]{1,80}?)"?\s*:\s*\{\s*(?:"Comment"\s*:\s*"[^"]*"\s*,\s*)?"Type"\s*:\s*"(?:Task|Wait|Choice|Parallel|Map)""#,
        ..STEP
    },
    // each class of Rails has the form, so it has to come last and ask for a table above
    // single-table inheritance: below, by the class above
    NameKind {
        ends: &["rb"],
        signs: &["class "],
        pattern: r"^\s*class\s+([A-Z]\w*(?:::[A-Z]\w*)*)\s*<\s*(?:::)?([A-Z]\w*(?:::[A-Z]\w*)*)",
        alone: true,
        ..TYPE
    },
];

/// The number of the last kind, which asks for the class above.
const INHERITED: usize = KINDS.len() - 1;

impl NameKind {
    /// The kind of a name.
    pub fn by_number(number: usize) -> &'static NameKind {
        KINDS.get(number).unwrap_or(&STATE)
    }
}

/// One name, with its kind and line.
pub(super) struct StoredName {
    pub kind: usize,
    pub name: String,
    pub line: usize,
}

static PATTERNS: LazyLock<Vec<Option<Regex>>> = LazyLock::new(|| {
    // `^` of a form is the beginning of a line
    KINDS
        .iter()
        .map(|kind| Regex::new(&format!("(?m){}", kind.pattern)).ok())
        .collect()
});

fn list_path_kinds(path: &str) -> impl Iterator<Item = (usize, &'static NameKind)> {
    let end = path
        .rsplit('.')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    KINDS
        .iter()
        .enumerate()
        .filter(move |(_, kind)| kind.ends.contains(&end.as_str()))
}

/// Whether names of some kind may stand in a file.
pub(super) fn reads_stored_names(path: &str) -> bool {
    list_path_kinds(path).next().is_some()
}

/// Names of a file that are stored with data; `tree` is the release that it is of.
pub(super) fn list_stored_names(path: &str, text: &str, tree: &dyn Snapshot) -> Vec<StoredName> {
    let mut found = Vec::new();
    for (number, kind) in list_path_kinds(path) {
        let inherited = number == INHERITED;
        if !kind.signs.iter().any(|sign| text.contains(sign))
            // only models are loaded by the name that stands in a row
            || inherited && !path.contains("app/models/")
        {
            continue;
        }
        let Some(pattern) = PATTERNS.get(number).and_then(Option::as_ref) else {
            continue;
        };
        let (mut counted, mut line) = (0, 1);
        for captures in pattern.captures_iter(text).take(NAMES) {
            let Some(name) = captures.get(1) else {
                continue;
            };
            let above = captures.get(2).map(|above| above.as_str());
            // a class below one without a table stores no name
            if inherited && !above.is_some_and(|above| is_model_with_table(path, above, tree)) {
                continue;
            }
            line += text[counted..name.start()].matches('\n').count();
            counted = name.start();
            found.push(StoredName {
                kind: number,
                name: name.as_str().to_owned(),
                line,
            });
        }
    }
    found
}

/// A class of Rails that has a table of its own: it is a model, and not one that all models inherit
/// from.
fn is_model_with_table(path: &str, class: &str, tree: &dyn Snapshot) -> bool {
    let Some((root, _)) = path.split_once("app/models/") else {
        return false;
    };
    let mut file = String::new();
    for part in class.split("::") {
        if !file.is_empty() {
            file.push('/');
        }
        // Rails finds the file of a class by its name in small letters
        for (at, c) in part.char_indices() {
            if at > 0 && c.is_ascii_uppercase() {
                file.push('_');
            }
            file.push(c.to_ascii_lowercase());
        }
    }
    let text = tree.read_text(&format!("{root}app/models/{file}.rb"));
    text.is_ok_and(|text| {
        // `ApplicationRecord` has no table, and every model inherits from it
        !text.contains("abstract_class") && (text.contains("Record") || text.contains("< "))
    })
}

//! Which settings a program takes by a type or a schema that a library fills, instead of reading
//! them one by one: a field is a key there, and a field that goes is a key that the other release
//! asks for.
//!
//! tree-sitter was tried: its grammars are linked for eight languages only, and what binds a type
//! is told by names that the libraries settled.

use std::sync::LazyLock;

use regex::Regex;

use model::Snapshot;

// a generated file of that size is no type that a person fills with settings
/// Longest text that is looked at, in bytes, and most settings of one.
const LENGTH: usize = 1024 * 1024;
const SETTINGS: usize = 2_000;

/// How a language binds settings: its endings, what the text must hold, and a member with its name
/// in the first group.
struct Binding {
    ends: &'static [&'static str],
    marks: &'static [&'static str],
    member: &'static str,
    // with a value to fall back to, the older program starts without the key
    /// What a line holds whose setting has a value to fall back to.
    defaults: &'static [&'static str],
}

const BINDINGS: [Binding; 11] = [
    Binding {
        ends: &["go"],
        marks: &[
            "env:\"",
            "envconfig:\"",
            "mapstructure:\"",
            "koanf:\"",
            "conf:\"",
        ],
        member: r#"\b(?:env|envconfig|mapstructure|koanf|conf):"([\w.-]+)"#,
        defaults: &["envDefault:", "default:", "env-default:"],
    },
    Binding {
        ends: &["py"],
        marks: &["BaseSettings"],
        // a field with a type and no value: pydantic refuses to start without it
        member: r"^[ \t]+([a-zA-Z_]\w*)[ \t]*:[ \t]*[\w\[\], .|]+$|(?:alias|env)[ \t]*=[ \t]*[\x22'](\w+)",
        defaults: &[" = ", "default=", "model_config", "None"],
    },
    Binding {
        ends: &["py"],
        marks: &[
            "decouple",
            "environs",
            "environ.Env",
            "starlette.config",
            "dynaconf",
        ],
        member: r#"\b(?:config|env(?:\.\w+)?|Csv|settings)\(\s*["'](\w+)["']"#,
        defaults: &["default=", "default ="],
    },
    Binding {
        ends: &["java", "kt", "groovy"],
        marks: &[
            "@ConfigurationProperties",
            "@ConfigMapping",
            "@ConfigProperties",
        ],
        member: r"(?:^|[(,\s])\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:private|public|val|var|final|lateinit)?\s*(?:final\s+|var\s+)?[A-Za-z][\w.]*(?:<[^()]*>)?(?:\[\])?\??\s+(\w+)\s*(?:\(\)\s*;|[;,)]|$)|\b(?:val|var)\s+(\w+)\s*:",
        defaults: &[
            "@WithDefault",
            "@DefaultValue",
            "Optional<",
            " = ",
            "return ",
        ],
    },
    Binding {
        ends: &["rs"],
        marks: &[
            "envy::",
            "figment",
            "config::Config",
            "confique",
            "clap(env",
            "Environment::with_prefix",
            "conf::Conf",
        ],
        member: r"^\s*(?:pub(?:\([a-z]+\))?\s+)?([a-z_]\w*)\s*:\s*[A-Z&a-z]",
        defaults: &["Option<", "default"],
    },
    Binding {
        ends: &["scala"],
        marks: &["pureconfig", "ConfigReader", "ciris", "zio.config"],
        member: r"(?:^\s*|[(,]\s*)(?:val\s+)?([a-z]\w*)\s*:\s*[A-Z]",
        defaults: &[" = ", "Option["],
    },
    Binding {
        ends: &["ts", "js", "mjs", "cjs", "mts"],
        marks: &[
            "process.env",
            "import.meta.env",
            "createEnv",
            "cleanEnv",
            "Bun.env",
            "Deno.env",
        ],
        member: r#"^\s*["']?([A-Z][A-Z0-9_]{2,})["']?\s*:\s*(?:\w+\s*\.|(?:str|num|bool|port|url|email|host|json|makeValidator)\w*\()"#,
        defaults: &[
            ".default(",
            ".optional(",
            "default:",
            ".nullish(",
            // `process.env.X` on the line is read one by one, which the reader of settings knows
            // already
            "process.env",
        ],
    },
    Binding {
        ends: &["ts", "js", "mjs", "cjs", "mts"],
        marks: &["convict", "node-config", "env-var", "envalid", "nconf"],
        member: r#"\benv\s*:\s*["'](\w+)["']|\.get\(\s*["']([A-Z][A-Z0-9_]+)["']\s*\)"#,
        defaults: &[],
    },
    Binding {
        ends: &["cs"],
        // these words stand in much of C#; what binds such a class is looked for in the tree
        marks: &["Options", "Settings", "Configuration"],
        member: r"^\s*(?:\[\w+(?:\([^)]*\))?\]\s*)*public\s+(?:required\s+)?[\w<>\[\]?., ]+\s+(\w+)\s*\{\s*get",
        defaults: &["? ", "= \"", "= new", "= true", "= false"],
    },
    Binding {
        ends: &["swift", "dart"],
        marks: &["Environment.get", "fromEnvironment", "envied", "Envied"],
        member: r#"(?:varName|fromEnvironment\(|get\()\s*:?\s*["'](\w+)["']"#,
        defaults: &["defaultValue", "??"],
    },
    Binding {
        ends: &["rb", "php"],
        marks: &[
            "Dry::Configurable",
            "Anyway::Config",
            "Config::Options",
            "OptionsResolver",
        ],
        member: r"\b(?:attr_config|setting|setRequired|required)\s*\(?\s*\[?[:'\x22](\w+)",
        defaults: &["default:", "setDefault"],
    },
];

static MEMBERS: LazyLock<Vec<Option<Regex>>> = LazyLock::new(|| {
    BINDINGS
        .iter()
        .map(|binding| Regex::new(binding.member).ok())
        .collect()
});

/// A setting that comes or goes between two texts of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BoundSetting {
    /// Its name, as the type has it.
    pub name: String,
    /// Its line in the newer text, if it came.
    pub line: Option<usize>,
}

/// The first setting without a value to fall back to that one of the texts takes and the other does
/// not. `tree` is searched for what binds a type of C#, which stands in another file.
pub(super) fn find_bound_setting(
    path: &str,
    (old, new): (&str, &str),
    tree: &dyn Snapshot,
) -> Option<BoundSetting> {
    if old.len().max(new.len()) > LENGTH {
        return None;
    }
    let end = path.rsplit('.').next().unwrap_or_default();
    BINDINGS
        .iter()
        .zip(MEMBERS.iter())
        .find_map(|(binding, member)| {
            let member = member.as_ref()?;
            let binds = |text: &str| binding.marks.iter().any(|mark| text.contains(mark));
            // a mark that only one text has is a change of how settings are bound, and is read on
            // both sides
            if !binding.ends.contains(&end) || !binds(old) && !binds(new) {
                return None;
            }
            let (before, after) = (
                list_settings(binding, member, old),
                list_settings(binding, member, new),
            );
            let found = find_difference(&before, &after)?;
            (end != "cs" || is_bound_elsewhere(new, old, tree)).then_some(found)
        })
}

fn find_difference(
    before: &[(usize, String, bool)],
    after: &[(usize, String, bool)],
) -> Option<BoundSetting> {
    let lacks = |settings: &[(usize, String, bool)], name: &str| {
        !settings.iter().any(|(_, other, _)| other == name)
    };
    let came = after
        .iter()
        // a new key without a fall-back asks for something that the older settings may lack
        .find(|(_, name, falls_back)| !falls_back && lacks(before, name));
    if let Some((line, name, _)) = came {
        return Some(BoundSetting {
            name: name.clone(),
            line: Some(*line),
        });
    }
    // one that goes is asked for again by the older program
    before
        .iter()
        .find(|(_, name, falls_back)| !falls_back && lacks(after, name))
        .map(|(_, name, _)| BoundSetting {
            name: name.clone(),
            line: None,
        })
}

/// Line, name, and whether there is a value to fall back to.
fn list_settings(binding: &Binding, member: &Regex, text: &str) -> Vec<(usize, String, bool)> {
    let mut before = "";
    let mut out = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let trimmed = line.trim_start();
        // in a remark a field sets nothing; `#[` is an attribute of Rust
        let remark = ["//", "#", "*", "import ", "package ", "from ", "using "]
            .iter()
            .any(|sign| trimmed.starts_with(sign) && !trimmed.starts_with("#["));
        if !remark && line.len() < 1_000 && out.len() < SETTINGS {
            let falls_back = |text: &str| binding.defaults.iter().any(|word| text.contains(word));
            // attributes stand on the line above the field that they speak of
            let annotated = before.starts_with(['@', '#', '[']) && falls_back(before);
            for found in member.captures_iter(line) {
                if let Some(name) = found.iter().skip(1).flatten().next() {
                    out.push((
                        at + 1,
                        name.as_str().to_owned(),
                        falls_back(line) || annotated,
                    ));
                }
            }
        }
        before = trimmed;
    }
    out
}

/// A class of C# is bound where a program hands it over: `Configure<T>`, `AddOptions<T>`, `Get<T>`.
fn is_bound_elsewhere(new: &str, old: &str, tree: &dyn Snapshot) -> bool {
    let names = new.lines().chain(old.lines()).filter_map(|line| {
        let rest = line
            .split_once("class ")
            .or_else(|| line.split_once("record "))?
            .1;
        let name = rest
            .split(|c: char| !(c.is_alphanumeric() || c == '_'))
            .next()?;
        // without that ending it is a class of the program like any other
        let is_settings = ["Options", "Settings", "Config", "Configuration"]
            .iter()
            .any(|end| name.ends_with(end));
        is_settings.then(|| format!("<{name}>"))
    });
    // a file declares a few such classes; the search takes as long as its words are many
    let words: Vec<String> = names.take(20).collect();
    if words.is_empty() {
        return false;
    }
    let (hits, _) = tree.search_many(&words, false, 20, &|path| path.ends_with(".cs"));
    hits.iter().any(|hit| {
        [
            "Configure<",
            "AddOptions<",
            "Get<",
            "Bind",
            "IOptions<",
            "IOptionsMonitor<",
            "IOptionsSnapshot<",
        ]
        .iter()
        .any(|call| hit.text.contains(call))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::MemorySnapshot;

    /// A path, a text with `NAME`, and whether the name is a setting that must be given.
    const CASES: &[(&str, &str, bool)] = &[
        (
            "a.go",
            "type C struct {\n\tB string `env:\"NAME,required\"`\n}\n",
            true,
        ),
        (
            "a.go",
            "type C struct {\n\tB string `json:\"NAME\"`\n}\n",
            false,
        ),
        (
            "a.go",
            "type C struct {\n\tA string `env:\"A\"`\n\tB string `env:\"NAME\" envDefault:\"1\"`\n}\n",
            false,
        ),
        ("a.py", "class S(BaseSettings):\n    NAME: str\n", true),
        (
            "a.py",
            "class S(BaseSettings):\n    NAME: str = \"a\"\n",
            false,
        ),
        ("a.py", "class S(BaseModel):\n    NAME: str\n", false),
        (
            "a.py",
            "from decouple import config\nA = config(\"NAME\")\n",
            true,
        ),
        (
            "a.py",
            "from decouple import config\nA = config(\"NAME\", default=1)\n",
            false,
        ),
        (
            "A.java",
            "@ConfigMapping(prefix = \"a\")\npublic interface A {\n    String NAME();\n}\n",
            true,
        ),
        (
            "A.java",
            "@ConfigMapping(prefix = \"a\")\npublic interface A {\n    @WithDefault(\"1\")\n    String NAME();\n}\n",
            false,
        ),
        (
            "A.java",
            "@ConfigurationProperties(\"a\")\npublic record A(String NAME, int b) {\n}\n",
            true,
        ),
        (
            "A.java",
            "public record A(String NAME, int b) {\n}\n",
            false,
        ),
        (
            "a.kt",
            "@ConfigurationProperties(\"a\")\ndata class A(val NAME: String)\n",
            true,
        ),
        (
            "a.rs",
            "struct S {\n    pub NAME: String,\n}\nenvy::from_env::<S>();\n",
            true,
        ),
        (
            "a.rs",
            "struct S {\n    pub NAME: Option<String>,\n}\nenvy::from_env::<S>();\n",
            false,
        ),
        ("a.rs", "struct S {\n    pub NAME: String,\n}\n", false),
        (
            "a.scala",
            "import pureconfig.*\nfinal case class S(NAME: String) derives ConfigReader\n",
            true,
        ),
        (
            "a.ts",
            "z.object({\n  NAME: z.string(),\n}).parse(process.env);\n",
            true,
        ),
        (
            "a.ts",
            "z.object({\n  NAME: z.string().default('a'),\n}).parse(process.env);\n",
            false,
        ),
        (
            "a.ts",
            "z.object({\n  NAME: z.string(),\n}).parse(body);\n",
            false,
        ),
        (
            "a.js",
            "const convict = require('convict');\nconvict({ b: { default: null, env: 'NAME' } });\n",
            true,
        ),
    ];

    #[test]
    fn fields_that_a_library_fills_are_settings() {
        let tree = MemorySnapshot::default();
        for (path, text, is_setting) in CASES {
            let lower = matches!(path.rsplit('.').next(), Some("rs" | "scala"));
            let name = |name: &str| {
                let name = if lower {
                    name.to_ascii_lowercase()
                } else {
                    name.to_owned()
                };
                text.replace("NAME", &name)
            };
            let found = find_bound_setting(path, (&name("BROKER_URL"), &name("QUEUE_URL")), &tree);
            assert_eq!(
                found.is_some_and(|found| found.name.eq_ignore_ascii_case("queue_url")),
                *is_setting,
                "{path} {text}"
            );
        }
    }

    #[test]
    fn a_class_of_options_is_one_where_a_program_binds_it() {
        let class = |name: &str| {
            format!(
                "public sealed class BrokerOptions\n{{\n    [Required]\n    public string {name} {{ get; set; }} = default!;\n}}\n"
            )
        };
        let (old, new) = (class("BrokerUrl"), class("QueueUrl"));
        let of = |program: &str| {
            let tree = MemorySnapshot::new([("Program.cs", program)]);
            find_bound_setting("BrokerOptions.cs", (&old, &new), &tree)
        };
        assert!(
            of("services.AddOptions<BrokerOptions>().BindConfiguration(\"Broker\");\n").is_some()
        );
        assert_eq!(of("new List<BrokerOptions>();\n"), None);
    }
}

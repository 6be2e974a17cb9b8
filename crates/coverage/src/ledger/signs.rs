//! Signs in changed lines of program text that something of a domain could have changed. A sign is
//! a place to look at, never a proof: it ranks open places and words the question. Only lines that
//! differ are looked at, so unchanged statements say nothing.

use std::sync::LazyLock;

use regex::bytes::{RegexSet, RegexSetBuilder};

use model::CoverageDomain;

/// What a changed line shows; within a domain the more telling first, as its places are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum LedgerSign {
    /// A statement that changes the schema.
    Statement,
    /// A table or column of a model that may become one in the database.
    Model,
    /// A call that makes or moves tables.
    SchemaCall,
    /// A number that says which version of the schema this program has.
    SchemaVersion,
    /// Rows are rewritten in bulk.
    RowsRewritten,
    /// Values are encrypted, compressed or hashed before they are kept.
    Sealed,
    /// A number that says which version of a stored form this program writes or takes.
    FormVersion,
    /// A mark of a stored or sent form: a field's key, the id of a serialised class.
    StoredField,
    /// A call that writes or reads a stored form.
    Serialiser,
    /// A call to a cache, a queue, a session or a file.
    Store,
    /// A number or name of a type of record.
    RecordType,
    /// An address that others call.
    Route,
    /// A message that others read.
    Message,
    /// A setting that the program reads.
    Setting,
    /// Infrastructure described in program text.
    Infrastructure,
}

impl LedgerSign {
    /// All of them, in their order.
    const ALL: [Self; 15] = [
        Self::Statement,
        Self::Model,
        Self::SchemaCall,
        Self::SchemaVersion,
        Self::RowsRewritten,
        Self::Sealed,
        Self::FormVersion,
        Self::StoredField,
        Self::Serialiser,
        Self::Store,
        Self::RecordType,
        Self::Route,
        Self::Message,
        Self::Setting,
        Self::Infrastructure,
    ];

    /// The domain in which it counts.
    pub(super) fn domain(self) -> CoverageDomain {
        match self {
            Self::Statement
            | Self::Model
            | Self::SchemaCall
            | Self::SchemaVersion
            | Self::RowsRewritten => CoverageDomain::Schema,
            Self::FormVersion
            | Self::StoredField
            | Self::Serialiser
            | Self::Sealed
            | Self::Store
            | Self::RecordType => CoverageDomain::StoredForm,
            Self::Route | Self::Message => CoverageDomain::Contract,
            Self::Setting => CoverageDomain::Configuration,
            Self::Infrastructure => CoverageDomain::Infrastructure,
        }
    }

    /// Why the place is open, in a few words.
    pub(super) fn why(self) -> &'static str {
        match self {
            Self::Statement => "a statement that changes the schema, in program text",
            Self::Model => "a model from which tables may be made changed",
            Self::SchemaCall => "a call that makes or changes tables, in program text",
            Self::SchemaVersion => "a number that looks like the version of the schema changed",
            Self::RowsRewritten => "program text that rewrites rows in the database",
            Self::FormVersion => "a number that looks like the version of a stored form changed",
            Self::StoredField => "a field of something that is written or sent changed",
            Self::Serialiser => {
                "program text that makes a document, a message or an answer of values, or reads one, changed"
            }
            Self::Sealed => {
                "how a stored value is encrypted, hashed or compressed may have changed"
            }
            Self::Store => "program text that writes to a file, cache, queue or session changed",
            Self::RecordType => "a value that may name the type of a stored record changed",
            Self::Route => {
                "a route that others may call changed, and no contract file writes it down"
            }
            Self::Message => {
                "a message that others may read changed, and no contract file writes it down"
            }
            Self::Setting => "a setting that the program reads changed",
            Self::Infrastructure => "infrastructure is described in this program text",
        }
    }
}

/// Whether a reason is that of a sign which a word in a changed line gave, and no reader: many in
/// every release, each worth little by itself.
pub fn tells_by_word(why: &str) -> bool {
    use LedgerSign as S;
    [
        S::Sealed,
        S::FormVersion,
        S::StoredField,
        S::Serialiser,
        S::Store,
        S::RecordType,
        S::Route,
        S::Message,
        S::Setting,
    ]
    .iter()
    .any(|sign| sign.why() == why)
}

/// Patterns in the order of their signs. Written for the way languages spell such things, not for
/// one library.
const PATTERNS: &[(LedgerSign, &str)] = &[
    (
        LedgerSign::Statement,
        r"(?i)\b(?:create|alter|drop|rename|truncate)\s+(?:or\s+replace\s+|unique\s+|materialized\s+|temporary\s+|temp\s+|unlogged\s+|virtual\s+|fulltext\s+|spatial\s+)*(?:table|index|view|type|function|procedure|trigger|sequence|schema|domain|column|keyspace|collection)\b\s+\S",
    ),
    (
        LedgerSign::Statement,
        r"(?i)\b(?:add|drop|rename|modify|change)\s+(?:column|constraint)\b",
    ),
    (
        LedgerSign::SchemaCall,
        r"(?i)\b(?:auto_?migrate|create_all|drop_all|ensure_?created|ensure_?deleted|create_?tables?|drop_?tables?|add_?column|drop_?column|remove_?column|rename_?column|rename_?table|alter_?table|transform_?table|alter_?column|create_?index|ensure_?index(?:es)?|add_?columns|register_?migration|run_?migration|create_?collection|generate_?schemas?|schema_?utils)\b\s*[(<:]?",
    ),
    (
        LedgerSign::SchemaCall,
        r"(?i)\b(?:create|alter|delete|rename|execute|insert|update)\s*\.\s*(?:table|column|index|sequence|foreignkey|schema|sql|intotable)\s*\(",
    ),
    (
        LedgerSign::SchemaCall,
        r"(?i)\b(?:create|alter|drop|rename)\s*\(\s*(?:table|index)\s*:|\b(?:add|drop|rename)\s*\(\s*column\s*:|\.sync2\s*\(",
    ),
    (
        LedgerSign::SchemaCall,
        r"(?i)\bddl[-_.]?auto\b|\bhbm2ddl\b|\bsynchroni[sz]e\s*[:=]\s*true|\.sync\s*\(\s*\{",
    ),
    (
        LedgerSign::SchemaVersion,
        r"(?i)\b\w*(?:schema|database|db|migration|ddl|user_version|table)_?\w*(?:version|revision|level|latest|number)\w*\b[^=\n]{0,24}=\s*\(?\s*\d",
    ),
    (
        LedgerSign::SchemaVersion,
        r"(?i)user_version|@Database\s*\(",
    ),
    (
        LedgerSign::RowsRewritten,
        r"(?i)\bupdate\s+[\w.`\x22\[\]]+\s+set\b|\bdelete\s+from\s+[\w.`\x22\[\]]+|\binsert\s+into\s+[\w.`\x22\[\]]+[^;\n]*\bselect\b",
    ),
    (
        LedgerSign::RowsRewritten,
        r"(?i)\b(?:update_?all|update_?many|bulk_?update|bulk_?write|execute_?update(?:async)?|update_?columns|find_?each|in_?batches|delete_?all|update_?by_?query|execute_?sql_?raw)\b",
    ),
    (
        LedgerSign::RowsRewritten,
        r"(?i)\bexecute\w*\s*(?:<[^>]*>)?\s*\(\s*[$@]*[\x22'`]+\s*update\b",
    ),
    (
        LedgerSign::FormVersion,
        r"(?i)\b\w*(?:version|revision|format|magic|epoch|generation)\w*\b[^=\n]{0,24}(?:=|:|=>|,|\()\s*(?:[\x22']?v?\d|0x)",
    ),
    (
        LedgerSign::FormVersion,
        r"(?i)\bversion\b\s*(?:==|!=|===|!==|<|>|<=|>=)\s*\d|serialVersionUID|schema_?version\b",
    ),
    // stores of browsers, which keep a version of their own
    (
        LedgerSign::FormVersion,
        r"(?i)\b(?:create|delete)_?object_?store\b|\bversion\s*\(\s*\d+\s*\)\s*\.\s*stores|\bindexed_?db\b|\bopen_?db\s*[(<]",
    ),
    (
        LedgerSign::StoredField,
        r"(?i)`[^`]*\b(?:json|bson|yaml|xml|msgpack|db|cbor|toml|protobuf|avro)\s*:\s*\x22|@(?:Json|Xml|Column|Field|Serialized|SerialName|Proto|JsonProperty|BsonElement|DataMember|Key)\w*|\[(?:Json|Xml|Bson|Data|Proto|Key|MessagePack)\w*|#\[serde|#\[(?:prost|bincode|borsh)|\bSerializable\b|\bBaseModel\b|\bdataclass\b|\bTypedDict\b|\bdefstruct\b|attr_accessor|serialize\s+:",
    ),
    (
        LedgerSign::Serialiser,
        r"(?i)\b(?:json|yaml|toml|pickle|marshal|msgpack|bson|cbor|gob|protobuf|avro|thrift|xml|plist|bincode|serde_\w+|jackson|objectmapper|gson|newtonsoft|jsonserializer|jsonconvert)\b[\w.:]*\s*[.(:]|\b\w*(?:serializ|serialis|marshal|encod|decod|to_?json|from_?json|to_?bytes|from_?bytes|parse_?from|unpack|struct\.pack)\w*\s*[(<]",
    ),
    (
        LedgerSign::Sealed,
        r"(?i)\b\w*(?:encrypt|decrypt|cipher|hmac|bcrypt|argon2|scrypt|pbkdf|compress|gzip|zstd|snappy|lz4|unseal|seal_|sealbox|sealed_?box|sealed_?secret|secret_?box|fernet|signing|keyring)\w*",
    ),
    // `sealed` is a word of several languages for types that nobody extends
    (LedgerSign::Sealed, r"(?i)\bseal(?:ed)?\s*\("),
    (
        LedgerSign::Store,
        r"(?i)\b(?:redis|memcache\w*|cache|session|cookies?|queue|topic|producer|publisher|bucket|s3|blob|localstorage|sessionstorage|indexeddb|leveldb|rocksdb|badger|bolt\w*|lmdb|ets|dets|mnesia|file|fs|path)\b[\w.]*\s*\.\s*(?:set|put|write\w*|store|save|push|publish|send|enqueue|add|append|open|create|dump|insert)\w*\s*[(!]|\b(?:write_?file|fwrite|os\.create|open\s*\([^)]*[\x22']w|perform_?(?:async|later)|enqueue|put_?object|set_?item|save!?)\b",
    ),
    // settings of frameworks that choose the form of cookies, caches, tasks and messages
    (
        LedgerSign::Store,
        r"(?i)\bload_defaults\b|\b(?:task|result|event|session|cookies|messages?)_serializer\b|\baccept_content\b|\bcache_format_version\b|\bSESSION_SERIALIZER\b",
    ),
    (
        LedgerSign::RecordType,
        r"(?i)\b\w*(?:record|entry|event|message|chunk|block|packet|segment|opcode|tag|kind|type)\w*\b\s*(?:\w+\s*)?(?:=|:)\s*(?:\x22|'|:|\d|0x|iota\b)",
    ),
    (
        LedgerSign::RecordType,
        r"(?i)^\s*(?:case|pub enum|enum|export enum|type\s+\w+\s+enum)\b|^\s*(?-i:[A-Z][A-Z0-9_]{2,})\s*(?:\(|=|,|;)",
    ),
    (
        LedgerSign::Route,
        r"(?i)@\w*(?:get|post|put|patch|delete|request|route|query|mutation|websocket)\w*(?:mapping)?\s*\(|\[(?:Http(?:Get|Post|Put|Patch|Delete)|Route)\b|\b(?:app|router?|api|server|r|e|g|mux|group|blueprint|bp|routes?|srv|web|engine|rg)\s*\.\s*(?:get|post|put|patch|delete|any|all|use|route|handle|handle_?func|add_?url_?rule|add_?route|map_?(?:get|post|put|patch|delete))\s*[(:]|\bHandleFunc\s*\(|\bRoute\s*::|\bpath\s*\(\s*r?[\x22']|\bre_path\s*\(|\burl\s*\(\s*r?[\x22']|#\[(?:get|post|put|patch|delete|route)\b",
    ),
    (
        LedgerSign::Route,
        r"(?i)^\s*(?:get|post|put|patch|delete|resources?|match|scope|namespace|live|forward|pipe_through)\s*\(?\s*[\x22':/]|\bfetch\s*\(\s*[\x22'`]|\baxios\s*[.(]|\brequests?\s*\.\s*(?:get|post|put|patch|delete)\s*\(|\bhttp\s*\.\s*(?:get|post|put|patch|delete|new_?request)\w*\s*\(|[\x22'`]/(?:api|v\d+|rest|graphql|rpc)/",
    ),
    (
        LedgerSign::Message,
        r"(?i)\b(?:kafka|rabbit|amqp|nats|pubsub|sqs|sns|eventbus|event_?bus|webhook|send_?message)\w*\s*[.(]|\b(?:emit|publish|produce|broadcast|dispatch)(?:(?-i:[A-Z]|_)\w*|er|async|all)?!?\s*[.(]|\b(?:rpc|grpc)\b",
    ),
    (
        LedgerSign::Setting,
        r"(?i)\b(?:os\.getenv|os\.environ|getenv|os\.lookupenv|lookup_?env|env::var\w*|std::(?:env)|process\.env|import\.meta\.env|deno\.env|system\.getenv|system\.getproperty|environment\.get\w*variable|application\.(?:get|fetch|compile)_env\w*|system\.(?:get|fetch)_env\w*|viper\.\w+|config\.get\w*|configuration\s*\[|getrequiredsection|conf\.get\w*|env\s*\()|@(?:value\s*\(|config\w*propert\w*)|\bENV\s*(?:\[|\.fetch)|\$_ENV|\bflag\.(?:string|int|bool|duration)|add_argument\s*\(\s*[\x22']--|Rails\.application\.(?:config|credentials)|settings\.[A-Z_]{3,}",
    ),
    (
        LedgerSign::Infrastructure,
        r"(?i)aws-cdk|aws_cdk|@pulumi/|pulumi[./]|constructs\x22|cdktf|troposphere|sst\.aws|github\.com/pulumi|com\.pulumi|persistent_?volume_?claim|volume_?claim_?template|amazonaws\.cdk",
    ),
];

/// Bytes and not characters: the names that count are written in ASCII, and every changed line of a
/// range passes here.
static SET: LazyLock<Option<RegexSet>> = LazyLock::new(|| {
    let patterns = PATTERNS.iter().map(|(_, pattern)| *pattern);
    RegexSetBuilder::new(patterns)
        .unicode(false)
        .size_limit(64 << 20)
        .dfa_size_limit(64 << 20)
        .build()
        .ok()
});

/// Longest line that is looked at, in bytes; what is longer was made by a tool.
const LINE: usize = 2_000;

/// A changed line and the signs that it shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SignLine<'a> {
    /// Its number, from 1.
    pub number: usize,
    /// Its text.
    pub text: &'a str,
    signs: u32,
}

impl SignLine<'_> {
    /// Whether it shows this sign.
    pub(super) fn shows(&self, sign: LedgerSign) -> bool {
        self.signs & (1 << sign as u32) != 0
    }
}

/// The given lines that show a sign, each looked at once.
pub(super) fn find_sign_lines<'a>(lines: &[(usize, &'a str)]) -> Vec<SignLine<'a>> {
    let Some(set) = SET.as_ref() else {
        return Vec::new();
    };
    let looked_at = lines.iter().filter(|(_, text)| text.len() <= LINE);
    // of two signs at one line both are kept, each for its own domain
    let marked = looked_at.map(|(number, text)| {
        let signs = set
            .matches(text.as_bytes())
            .iter()
            .fold(0, |signs, found| signs | 1 << PATTERNS[found].0 as u32);
        SignLine {
            number: *number,
            text,
            signs,
        }
    });
    marked.filter(|line| line.signs != 0).collect()
}

/// The first line of each sign.
pub(super) fn first_of_each(lines: &[SignLine<'_>]) -> Vec<(LedgerSign, usize)> {
    LedgerSign::ALL
        .iter()
        .filter_map(|sign| {
            lines
                .iter()
                .find(|line| line.shows(*sign))
                .map(|line| (*sign, line.number))
        })
        .collect()
}

/// Whether one of the first lines brings in a library that describes infrastructure in program
/// text.
pub(super) fn describes_infrastructure(text: &str) -> Option<usize> {
    // a word first: most files bring in none of these, and the set costs more
    const WORDS: [&str; 5] = ["cdk", "pulumi", "constructs", "troposphere", "sst."];
    // what a file brings in stands at its beginning
    let head = text.lines().take(60).enumerate().filter(|(_, line)| {
        let lower = line.to_ascii_lowercase();
        line.len() <= LINE && WORDS.iter().any(|word| lower.contains(word))
    });
    let lines: Vec<(usize, &str)> = head.map(|(at, line)| (at + 1, line)).collect();
    find_sign_lines(&lines)
        .iter()
        .find(|line| line.shows(LedgerSign::Infrastructure))
        .map(|line| line.number)
}

/// Whether a line can name the version of something with its number.
pub(super) fn may_tell_version(line: &str) -> bool {
    line.len() <= LINE
        && line.bytes().any(|byte| byte.is_ascii_digit())
        && crate::guard::may_name_version(line)
}

/// The first line that names the version of something and holds a number, for the code of
/// libraries: nothing else of it is looked at.
pub(super) fn find_version_line(lines: &[(usize, &str)]) -> Option<usize> {
    let likely = lines
        .iter()
        .filter(|(_, line)| may_tell_version(line))
        // a library's table of versions may be long, and the first few tell as much
        .take(200);
    let likely: Vec<(usize, &str)> = likely.copied().collect();
    find_sign_lines(&likely)
        .iter()
        .find(|line| line.shows(LedgerSign::FormVersion))
        .map(|line| line.number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signs(line: &str) -> Vec<LedgerSign> {
        first_of_each(&find_sign_lines(&[(1, line)]))
            .into_iter()
            .map(|(sign, _)| sign)
            .collect()
    }

    /// Lines of several languages that show a sign.
    const SHOWN: &[(LedgerSign, &[&str])] = &[
        (
            LedgerSign::Statement,
            &[
                "db.Exec(`ALTER TABLE notes ADD COLUMN a int`)",
                "const Q = \"create unique index i on t (a)\"",
            ],
        ),
        (
            LedgerSign::SchemaCall,
            &[
                "db.AutoMigrate(&Note{})",
                "Base.metadata.create_all(engine)",
                "context.Database.EnsureCreated();",
                "Create.Table(\"films\")",
            ],
        ),
        (
            LedgerSign::SchemaVersion,
            &[
                "SCHEMA_VERSION = 65",
                "const dbVersion = 7",
                "static final int DATABASE_VERSION = 4;",
                "db.execute('PRAGMA user_version = 3')",
            ],
        ),
        (
            LedgerSign::RowsRewritten,
            &[
                "UPDATE items SET level = upper(level)",
                "Database.Execute(\"UPDATE Items SET Level = 2\")",
                "User.update_all(a: 1)",
            ],
        ),
        (
            LedgerSign::FormVersion,
            &[
                "const formatVersion = 4",
                "private static final long serialVersionUID = 12L;",
                "if header.version != 2 {",
                "VERSION: 3",
            ],
        ),
        (
            LedgerSign::StoredField,
            &[
                "Sealed bool `json:\"sealed\"`",
                "@JsonProperty(\"a\") String a;",
                "#[serde(default)]",
                "class Job(BaseModel):",
            ],
        ),
        (
            LedgerSign::Serialiser,
            &[
                "json.dumps(x)",
                "mapper = new ObjectMapper();",
                "let s = serde_json::to_string(&x)?;",
                "Marshal.dump(cart)",
            ],
        ),
        (
            LedgerSign::Sealed,
            &["volume.Secret = encrypt(secret)", "gzip.NewWriter(f)"],
        ),
        (
            LedgerSign::Store,
            &[
                "redis.set('a', 1)",
                "File.write(path, text)",
                "localStorage.setItem('a', b)",
                "queue.push(job)",
                "config.load_defaults 7.1",
                "task_serializer = \"json\"",
            ],
        ),
        (LedgerSign::RecordType, &["recordNote = 4", "NOTE(4),"]),
        (
            LedgerSign::Route,
            &[
                "@app.get('/blobs')",
                "@GetMapping(\"/a\")",
                "r.GET(\"/a\", h)",
                "get \"/a\", to: \"b#c\"",
                "[HttpGet(\"a\")]",
                "mux.HandleFunc(\"/a\", f)",
            ],
        ),
        (LedgerSign::Message, &["kafka.send(m)", "publish(event)"]),
        (
            LedgerSign::Setting,
            &[
                "os.getenv('A')",
                "process.env.A",
                "ENV.fetch('A')",
                "System.getenv(\"A\")",
                "std::env::var(\"A\")",
                "@Value(\"${a.b}\") String b;",
            ],
        ),
        (
            LedgerSign::Infrastructure,
            &["import * as cdk from 'aws-cdk-lib'"],
        ),
    ];

    #[test]
    fn each_sign_is_seen_in_several_languages() {
        for (sign, lines) in SHOWN {
            for line in *lines {
                assert!(
                    signs(line).contains(sign),
                    "{sign:?}: {line} gives {:?}",
                    signs(line)
                );
            }
        }
    }

    #[test]
    fn a_word_that_only_begins_like_a_sign_is_none() {
        let not: &[(LedgerSign, &str)] = &[
            (
                LedgerSign::Message,
                "return nil unless published_on.present?",
            ),
            (LedgerSign::Message, "post.published.order(:id)"),
            (LedgerSign::Message, "emitted(rows)"),
            (LedgerSign::RecordType, "    print(name, end=\"\")"),
            (LedgerSign::RecordType, "  count(rows);"),
            (LedgerSign::RecordType, ".order_by(\"height\")"),
            (LedgerSign::RecordType, "imports,"),
            (LedgerSign::Sealed, "public sealed record Jar(string Code);"),
            (LedgerSign::SchemaCall, "db.createObjectStore('drafts')"),
        ];
        for (sign, line) in not {
            assert!(!signs(line).contains(sign), "{line}: {sign:?}");
        }
        let still: &[(LedgerSign, &str)] = &[
            (LedgerSign::Message, "bus.publishAsync(event)"),
            (LedgerSign::Message, "publish_event(event)"),
            (LedgerSign::Message, "broadcast!(socket, \"news\", %{})"),
            (LedgerSign::Message, "publisher.send(event)"),
            (LedgerSign::RecordType, "    LEASED,"),
            (LedgerSign::RecordType, "KIND_TIDE = 4"),
            (LedgerSign::Sealed, "return box.seal(text)"),
            (LedgerSign::FormVersion, "db.createObjectStore('drafts')"),
        ];
        for (sign, line) in still {
            assert!(signs(line).contains(sign), "{line}: {sign:?}");
        }
    }

    #[test]
    fn ordinary_lines_have_none_of_the_telling_signs() {
        for line in [
            "let total = a + b;",
            "return price * 2",
            "if (pattern == '*') return 1;",
            "label.setText(\"Hello\")",
        ] {
            let found = signs(line);
            assert!(
                found.iter().all(|sign| *sign >= LedgerSign::RecordType),
                "{line}: {found:?}"
            );
        }
    }
}

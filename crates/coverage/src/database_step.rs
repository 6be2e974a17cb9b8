//! Statements and commands that change a database, in lines of what deploys or starts a program:
//! pipelines, manifests, images, scripts of a package.
//!
//! Only lines that differ are looked at. A line that matches is a place where the schema or rows
//! may change outside any migration; whether and when it runs is not known here.

use std::sync::LazyLock;

use regex::Regex;

use crate::changed_lines::ChangedLine;

// minified scripts stand in one line of megabytes, and every expression below is run over it
/// Most bytes of one line that are looked at; what lies beyond is left out.
const LINE: usize = 64 * 1024;

/// What a line does to a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatabaseEffect {
    /// Its statement changes the schema.
    Schema,
    /// Its statement writes or removes rows.
    Rows,
    /// A client or a tool is started that may do either.
    Command,
}

/// A line that may change a database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatabaseStep {
    /// Its number, from 1.
    pub line: usize,
    /// What it does.
    pub effect: DatabaseEffect,
    /// The statement as far as it stands in the line; `None` for a command.
    pub statement: Option<DatabaseStatement>,
}

/// A statement in a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatabaseStatement {
    /// From its first word to the end of the quotes or of the line.
    pub text: String,
    /// The first word, in capitals: `ALTER`.
    pub verb: String,
    /// What it names, without quotes: a table, an index; `None` where only a column is seen.
    pub object: Option<String>,
}

impl DatabaseStep {
    /// Why the place is open, in a few words.
    pub fn why(&self) -> &'static str {
        match self.effect {
            DatabaseEffect::Schema => {
                "a statement that changes the schema stands in what deploys or starts the program"
            }
            DatabaseEffect::Rows => {
                "a statement that writes or removes rows stands in what deploys or starts the program"
            }
            DatabaseEffect::Command => {
                "what deploys or starts the program runs a command that may change the schema or rows"
            }
        }
    }
}

// in JSON and in shells the quotes are escaped themselves: `\"jars\"`
/// A name of a table, of an index: quoted in any way, with its schema.
const NAME: &str = r#"(?:\\?["'`]|\[)?([A-Za-z_$@][\w$.\-]*(?:\\?["'`\]]\.\\?["'`\[]?[\w$]+)*)"#;

fn build_regex(pattern: &str) -> Option<Regex> {
    Regex::new(pattern).ok()
}

static SCHEMA: LazyLock<Option<Regex>> = LazyLock::new(|| {
    build_regex(&format!(
        r"(?i)\b(create|alter|drop|rename|truncate)\s+(?:or\s+replace\s+|unique\s+|materialized\s+|unlogged\s+|temporary\s+|foreign\s+|virtual\s+|external\s+|fulltext\s+|spatial\s+|constraint\s+|clustered\s+|nonclustered\s+)*(?:table|index|view|type|function|procedure|trigger|sequence|schema|domain|keyspace|collection|policy|publication|constraint)\s+(?:concurrently\s+)?(?:if\s+(?:not\s+)?exists\s+)?(?:only\s+)?{NAME}"
    ))
});

// a statement over several lines shows `ADD COLUMN` in a line of its own
static COLUMN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    build_regex(
        r"(?i)\b(add|alter|drop|rename|modify|change)\s+(?:column|constraint|foreign\s+key|primary\s+key)\s+\S",
    )
});

static ROWS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let table = NAME;
    build_regex(&format!(
        r"(?i)\b(?:(update)\s+(?:only\s+|top\s*\(\d+\)\s+)?{table}(?:\s+(?:as\s+)?\w+)?(?:\\?[\x22'`\]])?\s+set\b|(delete)\s+from\s+{table}|((?:insert|replace|merge)\s+into)\s+{table})"
    ))
});

/// A client of a database that is given something to run.
static CLIENT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    build_regex(
        // without something to run a client only opens a prompt: `psql --version` changes nothing
        r#"(?i)(?:^|[\s"'`\[,/|;&(=])(?:psql|mysql|mariadb|sqlcmd|sqlite3|sqlplus|mongosh|mongo|cqlsh|clickhouse[- ]client|cockroach\s+sql|usql|duckdb|isql|mssql-cli|snowsql|pg:psql|spanner-cli|wrangler\s+d1\s+execute)["'`]?(?:[\s,].*?)?(?:[\s"'`,]-{1,2}(?:c|e|f|q|i|command|execute|file|eval|query|sql)(?:["'`\s=,]|$)|<|\.sql\b|\.js\b)"#,
    )
});

/// A client that reads what stands before it in the line.
static PIPED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    build_regex(
        r"(?i)\|\s*(?:\S+\s+){0,6}?(?:psql|mysql|mariadb|sqlcmd|sqlite3|mongosh|mongo|cqlsh|clickhouse-client)\b",
    )
});

/// A client alone in an item of a list, whose arguments are items of their own.
static ITEM: LazyLock<Option<Regex>> = LazyLock::new(|| {
    build_regex(
        r#"(?i)^-\s*["']?(?:/\S*/)?(?:psql|mysql|mariadb|sqlcmd|sqlite3|mongosh|mongo|cqlsh|clickhouse-client|pg_restore|mongorestore)["']?$"#,
    )
});

// a probe of health asks `select 1` and a first start creates the database and its users
/// A client that only asks: whether the server is there, its version, a number of rows.
static ASKS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    build_regex(
        r#"(?i)["'`]\s*(?:select\s+(?:1\b|version\s*\(|now\s*\(|count\s*\(|[\w*,.\s]+\sfrom\b)|show\b|explain\b|ping\b|db\.(?:runcommand|admincommand)\s*\(\s*["'{\s]*ping|\\[a-z]|(?:create|drop)\s+(?:database|user|role|extension|login)\b|grant\b|alter\s+(?:user|role|login)\b)"#,
    )
});

/// Tools that change a schema or rows, with what they are told to do.
static TOOL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    const TOOLS: [&str; 22] = [
        r"rails\W+(?:db:\w|runner\b)",
        r"rake\W+\S*(?:db|data):\w",
        r"(?:manage\.py|django-admin)\W+(?:migrate|shell|dbshell|loaddata|sqlflush|flush|runscript)\b",
        r"artisan\W+(?:migrate|db:|tinker|schema:)",
        r"prisma\W+(?:db\W+(?:push|execute|seed)|migrate\W+(?:deploy|reset|dev|resolve))",
        r"(?:typeorm|knex|sequelize|sequelize-cli|mikro-orm|drizzle-kit|node-pg-migrate|db-migrate|migrate-mongo|umzug)\S*\W+\S*(?:migrat\w*|schema|push|sync|seed|db|up|run|latest)",
        r"(?:ecto|doctrine)[.:]\S*(?:migrat|schema|query|drop|execute)",
        r"dotnet[\s-]ef\W+database\W+update",
        r"(?:alembic|flask\W+db)\W+(?:upgrade|downgrade|stamp)\b",
        r"(?:flyway|liquibase|dbmate|goose|sqitch|skeema|pgroll|diesel|refinery|tern|atlas|sqlx|golang-migrate|migrate)\b.*?\W(?:migrate|migration|update|up|apply|deploy|push|start|repair|revert|redo|down|drop|goto|force|clean)(?:[^\w.:/-]|$)",
        r"(?:gh-ost|pt-online-schema-change|pt-archiver|pg_restore|mongorestore|mysqlimport|mongoimport|dropdb)\s+\S",
        r"(?:supabase|hasura)\W+(?:db|migrate|migration|metadata)\W+(?:push|reset|apply|up)\b",
        r"(?:wp\W+(?:db\W+(?:query|import|reset)|search-replace|core\W+update-db)|drush\W+(?:updb|updatedb|sql\S*|sqlq)|occ\W+upgrade|magento\W+setup:upgrade)\b",
        r"\beval\W+\S*\.(?:release\.)?migrate\b",
        r"redis-cli\b.*?\b(?:flushall|flushdb|del|unlink|rename|restore)\b",
        r"aws\W+dynamodb\W+(?:update|delete|put|batch-write)",
        // modules of Ansible name the object and no statement
        r"(?:[\w.]+\.)?(?:postgresql|mysql|mssql)_(?:table|schema|idx|ext|sequence)\s*:",
        r"bq\W+(?:query|load|rm|update|cp)\b",
        r"gcloud\W+(?:sql\W+(?:import|databases\W+delete)|spanner\W+databases\W+ddl)",
        r"curl\b.*?(?:_reindex|_update_by_query|_delete_by_query|_mapping|_aliases)",
        r"kafka-topics\S*\b.*?--(?:alter|delete)\b",
        // scripts of a project's own are known by the word that says what they do to rows
        r"(?:run|exec|node|python3?|php|ruby|bin/\S+|console|bundle)\b.*?\b(?:backfill|re-?encrypt|rewrite-rows|data-migration)",
    ];
    build_regex(&format!(
        r#"(?i)(?:^|[\s"'`\[,/|;&(=])(?:{})"#,
        TOOLS.join("|")
    ))
});

/// The first changed line that may change a database. Statements win over commands.
pub fn find_database_step(lines: &[ChangedLine<'_>]) -> Option<DatabaseStep> {
    let mut command = None;
    for (index, (number, line)) in lines.iter().enumerate() {
        // a statement shows what it does; of a command only that it may do something is known
        match judge_line(line) {
            Some((effect, mut statement)) => {
                if let Some(statement) = &mut statement {
                    join_next_lines(statement, &lines[index + 1..], *number);
                }
                let step = DatabaseStep {
                    line: *number,
                    effect,
                    statement,
                };
                if effect != DatabaseEffect::Command {
                    return Some(step);
                }
                command.get_or_insert(step);
            }
            None => continue,
        }
    }
    command
}

/// As [`find_database_step`], where a text may speak of anything: a statement counts only in a line
/// that also starts a client or a tool, or close to one in the same text that names a client alone:
/// charts give the client in one item and the statement in another, modules of Ansible are named
/// above their statement.
pub fn find_database_command(lines: &[ChangedLine<'_>], text: &str) -> Option<DatabaseStep> {
    let mut clients: Option<Vec<usize>> = None;
    let mut near = |number: usize| {
        let clients = clients.get_or_insert_with(|| {
            (1..)
                .zip(text.lines())
                .filter(|(_, line)| {
                    let names = [&NAMED, &CLIENT, &ITEM]
                        .into_iter()
                        .any(|pattern| matches(pattern, cut(line)));
                    names && !is_talk(line.trim())
                })
                .map(|(number, _)| number)
                .collect()
        });
        // the first client at or behind the earliest line that counts
        let from = number.saturating_sub(ABOVE);
        let at = clients.partition_point(|client| *client < from);
        clients
            .get(at)
            .is_some_and(|client| *client <= number + BELOW)
    };
    let started: Vec<ChangedLine<'_>> = lines
        .iter()
        .filter(|(number, line)| {
            // a chart or a playbook speaks of much; `delete from` in a description runs nothing
            !is_talk(line)
                && (starts_client(cut(line)) || holds_statement(cut(line)) && near(*number))
        })
        .copied()
        .collect();
    find_database_step(&started)
}

// a module of Ansible names its connection and database between its name and the statement
/// A client is named at most this many lines above its statement, and this many below.
const ABOVE: usize = 12;
const BELOW: usize = 3;

/// A client or a module that runs statements, named alone: what it runs stands in other lines.
static NAMED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    build_regex(
        r#"(?i)(?:^|[\s"'`\[,/(])(?:psql|mysql|mariadb|sqlcmd|sqlite3|sqlplus|mongosh|cqlsh|clickhouse-client|usql|duckdb|snowsql|mssql-cli)["'`]?\s*(?:[,\]]|$|<<|-)|(?:^|[\s.-])(?:postgresql|mysql|mariadb|mssql|sqlite|clickhouse|cassandra|oracle|snowflake|vertica)_(?:query|script|sql|exec\w*)\s*:"#,
    )
});

fn holds_statement(line: &str) -> bool {
    [&SCHEMA, &ROWS, &COLUMN]
        .into_iter()
        .any(|pattern| matches(pattern, line))
}

fn cut(line: &str) -> &str {
    let mut end = line.len().min(LINE);
    while !line.is_char_boundary(end) {
        end -= 1;
    }
    &line[..end]
}

fn matches(pattern: &LazyLock<Option<Regex>>, line: &str) -> bool {
    pattern
        .as_ref()
        .is_some_and(|pattern| pattern.is_match(line))
}

fn starts_client(line: &str) -> bool {
    [&CLIENT, &PIPED, &ITEM, &TOOL]
        .into_iter()
        .any(|pattern| matches(pattern, line))
}

/// A comment, a title, or a line that prints or looks for words.
fn is_talk(line: &str) -> bool {
    // `- name: Drop the old table` is the title of a step
    let bare = line.trim_start_matches("- ").trim_start();
    const BEGINS: [&str; 12] = [
        "#",
        "//",
        "* ",
        "name:",
        "displayname:",
        "description:",
        "title:",
        "summary:",
        "message:",
        "echo ",
        "@echo ",
        "\"description\":",
    ];
    let lower = bare
        // a title may be as long as it likes; what decides stands at its beginning
        .chars()
        .take(80)
        .collect::<String>()
        .to_ascii_lowercase();
    // `echo "DELETE ..." | psql` runs it
    let prints = lower.starts_with("echo ") || lower.starts_with("@echo ");
    let searches = ["grep ", "rg ", "ack "]
        .iter()
        .any(|word| lower.contains(word));
    if prints || searches {
        return !matches(&PIPED, cut(line)) && !matches(&CLIENT, cut(line));
    }
    BEGINS.iter().any(|begin| lower.starts_with(begin))
}

// SCHEMA comes first: `INSERT` within `CREATE TRIGGER` belongs to what the trigger does
fn judge_line(line: &str) -> Option<(DatabaseEffect, Option<DatabaseStatement>)> {
    // most lines hold none of these words
    if is_talk(line) {
        return None;
    }
    let line = cut(line);
    if let Some(found) = SCHEMA
        .as_ref()
        .and_then(|pattern| pattern.captures(line))
        .filter(|found| found.get(1).is_some())
    {
        let statement = make_statement(line, found.get(0)?.start(), &found[1], found.get(2));
        return Some((DatabaseEffect::Schema, Some(statement)));
    }
    if let Some(found) = ROWS.as_ref().and_then(|pattern| pattern.captures(line)) {
        for (verb, table) in [(1, 2), (3, 4), (5, 6)] {
            if let Some(word) = found.get(verb) {
                let statement = make_statement(line, word.start(), word.as_str(), found.get(table));
                return Some((DatabaseEffect::Rows, Some(statement)));
            }
        }
    }
    if let Some(found) = COLUMN.as_ref().and_then(|pattern| pattern.captures(line)) {
        let statement = make_statement(line, found.get(0)?.start(), &found[1], None);
        return Some((DatabaseEffect::Schema, Some(statement)));
    }
    if matches(&TOOL, line) {
        return Some((DatabaseEffect::Command, None));
    }
    let client = [&CLIENT, &PIPED, &ITEM]
        .into_iter()
        .any(|pattern| matches(pattern, line));
    (client && !matches(&ASKS, line)).then_some((DatabaseEffect::Command, None))
}

/// `ALTER TABLE jars` and what it does in the lines below.
fn join_next_lines(statement: &mut DatabaseStatement, next: &[ChangedLine<'_>], from: usize) {
    // a statement with more words says itself what it does
    if statement.verb != "ALTER" || statement.text.split_whitespace().count() > 6 {
        return;
    }
    // only lines right below that changed too: a line further down may belong to another statement
    for (expected, (number, line)) in (from + 1..=from + 3).zip(next) {
        if *number != expected || statement.text.len() > 300 {
            return;
        }
        let line = cut(line);
        if matches(&COLUMN, line) {
            let own = line.split(';').next().unwrap_or(line);
            let own = own.trim_end_matches(|c: char| c.is_whitespace() || "\"'`,]})\\".contains(c));
            statement.text.push(' ');
            statement.text.push_str(own);
            return;
        }
    }
}

fn make_statement(
    line: &str,
    from: usize,
    verb: &str,
    object: Option<regex::Match<'_>>,
) -> DatabaseStatement {
    // it ends where its quotes end, or with the line
    let quote = line[..from]
        .chars()
        .next_back()
        .filter(|c| matches!(c, '"' | '\'' | '`'));
    let rest = &line[from..];
    let text = match quote.and_then(|quote| rest.rfind(quote)) {
        Some(end) => &rest[..end],
        None => rest,
    };
    let text = text
        .split([';'])
        .next()
        .unwrap_or(text)
        .trim_end_matches(|c: char| c.is_whitespace() || "\"'`,]})\\".contains(c));
    let object = object.map(|name| {
        name.as_str()
            .chars()
            .filter(|c| !"\"'`[]\\".contains(*c))
            .collect::<String>()
            .trim_end_matches(['.', '-'])
            .to_owned()
    });
    DatabaseStatement {
        text: text.to_owned(),
        verb: verb
            .split_whitespace()
            .next()
            .unwrap_or(verb)
            .to_ascii_uppercase(),
        object,
    }
}

// a pipeline called `test.yml` starts a database beside it and throws both away
/// A file of a pipeline that only checks, as its name says: what it runs against a database runs
/// against one that is thrown away.
pub fn only_checks(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    crate::ledger::is_pipeline(path)
        && name.split(['.', '-', '_']).any(|word| {
            matches!(
                word,
                "test"
                    | "tests"
                    | "testing"
                    | "lint"
                    | "e2e"
                    | "check"
                    | "checks"
                    | "pr"
                    | "codeql"
                    | "validate"
                    | "verify"
            )
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(line: &str) -> Option<(DatabaseEffect, Option<String>)> {
        find_database_step(&[(1, line)]).map(|step| {
            (
                step.effect,
                step.statement.and_then(|statement| statement.object),
            )
        })
    }

    #[test]
    fn statements_are_read_with_what_they_name() {
        use DatabaseEffect::{Rows, Schema};
        for (line, effect, object) in [
            (
                r#"- run: psql "$URL" -c "ALTER TABLE IF EXISTS jars DROP COLUMN lid""#,
                Schema,
                Some("jars"),
            ),
            (
                r#"command: ["mysql", "-e", "drop table `jar_lids`"]"#,
                Schema,
                Some("jar_lids"),
            ),
            (
                "- mysql shop -e \"UPDATE jars SET size = size * 10\"",
                Rows,
                Some("jars"),
            ),
            (
                "sqlcmd -Q \"DELETE FROM dbo.jars WHERE old = 1\"",
                Rows,
                Some("dbo.jars"),
            ),
            (
                "INSERT INTO \"jars\" (id) SELECT id FROM pots;",
                Rows,
                Some("jars"),
            ),
            ("DROP COLUMN lid;", Schema, None),
            (
                "echo 'TRUNCATE TABLE jars' | psql $URL",
                Schema,
                Some("jars"),
            ),
        ] {
            assert_eq!(
                step(line),
                Some((effect, object.map(str::to_owned))),
                "{line}"
            );
        }
        let whole = find_database_step(&[(
            4,
            r#"args: ["psql", "-c", "ALTER TABLE jars DROP COLUMN lid"]"#,
        )])
        .and_then(|step| step.statement);
        assert_eq!(
            whole.map(|statement| (statement.verb, statement.text)),
            Some((
                "ALTER".to_owned(),
                "ALTER TABLE jars DROP COLUMN lid".to_owned()
            ))
        );
    }

    #[test]
    fn commands_that_may_change_a_database_are_known_in_many_tools() {
        for line in [
            "psql $URL -f tidy.sql",
            "- psql",
            "sqlite3 /data/jars.db < tidy.sql",
            "cat tidy.sql | kubectl exec -i db-0 -- psql -U shop",
            "command: [\"python\", \"manage.py\", \"migrate\"]",
            "RUN php artisan migrate --force",
            "bin/rails runner 'Jar.update_all(size: 2)'",
            "\"predeploy\": \"npx prisma db push\",",
            "npx prisma db execute --file tidy.sql",
            "dotnet ef database update",
            "release: bundle exec rake data:resize",
            "migrate -path db -database $URL up",
            "flyway -url=$URL migrate",
            "alembic upgrade head",
            "- run: bin/shop run backfill-sizes",
            "liquibase --changelog-file=a.xml update",
        ] {
            assert_eq!(step(line), Some((DatabaseEffect::Command, None)), "{line}");
        }
    }

    #[test]
    fn what_only_asks_installs_or_speaks_is_none() {
        for line in [
            "apt-get install -y postgresql-client mysql-client",
            "image: mysql:8.4",
            "- pg_isready -h db",
            "until psql \"$URL\" -c 'SELECT 1'; do sleep 1; done",
            "mysql -e 'CREATE DATABASE jars_test'",
            "- name: Create table of contents",
            "# drop table jars",
            "echo \"drop table jars by hand\"",
            "! grep -ri 'drop table' db/migrations",
            "kubectl rollout restart deployment/shop",
            "npm run build",
            "- uses: actions/checkout@v4",
            "go test ./...",
            "docker compose up -d",
            "make update",
            "psql --version",
            "- \"db/migrations/**\"",
        ] {
            assert_eq!(step(line), None, "{line}");
        }
    }

    #[test]
    fn where_anything_may_stand_a_client_has_to_be_started() {
        let of = |line: &str| find_database_command(&[(1, line)], line).is_some();
        assert!(of("command: psql -c 'ALTER TABLE jars DROP COLUMN lid'"));
        assert!(!of("hint: delete from basket"));
        assert!(!of("question: \"Drop table jars?\""));
    }

    #[test]
    fn a_client_may_stand_in_other_lines_than_its_statement() {
        let of = |text: &str| {
            let lines: Vec<ChangedLine<'_>> = (1..).zip(text.lines().map(str::trim)).collect();
            find_database_command(&lines, text)
                .and_then(|step| step.statement)
                .map(|statement| statement.text)
        };
        for text in [
            "command: [\"psql\"]\nargs: [\"-c\", \"ALTER TABLE jars DROP COLUMN lid\"]",
            "args:\n- -e\n- ALTER TABLE jars DROP COLUMN lid\ncommand: mysql",
            "- community.postgresql.postgresql_query:\n    login_db: shop\n    query: ALTER TABLE jars DROP COLUMN lid",
            "  mssql_script:\n    script: |\n      ALTER TABLE jars DROP COLUMN lid",
            "- |\n  psql \"$DB\" <<EOF\n  ALTER TABLE jars DROP COLUMN lid;\n  EOF",
            "- |\n  psql \"$DB\" <<EOF\n  ALTER TABLE jars\n    DROP COLUMN lid;\n  EOF",
        ] {
            let found = of(text).unwrap_or_default();
            let words: Vec<&str> = found.split_whitespace().collect();
            assert_eq!(
                words.join(" "),
                "ALTER TABLE jars DROP COLUMN lid",
                "{text}"
            );
        }
        for text in [
            "image: mysql:8\nhint: delete from basket",
            "title: psql for beginners\nquestion: Drop table jars?",
        ] {
            assert_eq!(of(text), None, "{text}");
        }
    }

    #[test]
    fn a_pipeline_that_only_checks_is_known_by_its_name() {
        assert!(only_checks(".github/workflows/test.yml"));
        assert!(!only_checks(".gitlab-ci.yml"));
        assert!(!only_checks("deploy/test.yml"));
    }
}

//! How a name stands at a place: a word in a comment or a message is no use, a statement, a mapping
//! or a member is one, and what has no grammar here is a hint.

use std::collections::BTreeSet;

use super::code_place::{CodePlace, DATABASE_COMMANDS};
use super::definition;
use super::file_syntax;
use super::message_call::is_said_to_people;
use super::pieces::{self, PieceKind, TextPiece};
use super::sought::{SoughtObject, Stand};
use super::stand_statement::{
    STATEMENT_SIGNS, in_statement, is_inside_interpolation, is_sql_statement,
};

/// A program text with what its stretches are.
pub struct ProgramText {
    /// The text.
    pub text: String,
    lines: Vec<usize>,
    pieces: Vec<TextPiece>,
    extension: String,
}

/// The line of a file of settings is a statement, or a call of a database's own program.
pub fn holds_statement(hit: &model::Hit) -> bool {
    let lower = hit.text.to_lowercase();
    is_sql_statement(&lower)
        || DATABASE_COMMANDS
            .iter()
            .any(|command| lower.contains(command))
}

/// Lines above a place in which the list around it may begin.
const ABOVE: usize = 80;

/// Longest string that is looked into, in bytes.
const STRING: usize = 20_000;

/// Calls and words beside which a string names a table.
const TABLE_SIGNS: [&str; 36] = [
    "table",
    "from(",
    "from (",
    "into(",
    "insert",
    "update(",
    "upsert",
    "select(",
    "delete(",
    "join",
    "collection",
    "model(",
    "entity",
    "query",
    "db(",
    "db.",
    "db[",
    "knex(",
    "has_many",
    "has_one",
    "belongs",
    "schema",
    "repository",
    "define(",
    "source(",
    "relation",
    "dataset",
    "view",
    "copy_from",
    "execute",
    "exec(",
    "call(",
    "backref",
    "secondary",
    "through",
    "references",
];

/// Annotations that name a member in JSON, in small letters.
const JSON_NAMES: [&str; 7] = [
    "@jsonproperty",
    "@serializedname",
    "jsonpropertyname",
    "json:\"",
    "serde(rename",
    "@json(",
    "@serialname",
];

/// Names of variables that hold a row.
const ROWS: [&str; 8] = [
    "row", "rows", "record", "rec", "result", "entity", "model", "r",
];

/// Lines above a place in which the head of its function stands.
const PARAMETER: usize = 60;

/// Names of lists of what is left out.
const LEFT_OUT: [&str; 12] = [
    "ignored_columns",
    "ignore",
    "skip",
    "exclude",
    "unused",
    "obsolete",
    "deprecated",
    "legacy_",
    "removed_",
    "dropped_",
    "not_used",
    "blacklist",
];

impl ProgramText {
    /// Reads a text.
    pub fn new(text: String, path: &str) -> Self {
        let lines = std::iter::once(0)
            .chain(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1))
            .collect();
        let pieces = pieces::split_pieces(&text, path);
        Self {
            lines,
            pieces,
            extension: file_syntax::find_file_extension(path),
            text,
        }
    }

    fn line(&self, number: usize) -> (usize, &str) {
        let start = number
            .checked_sub(1)
            .and_then(|at| self.lines.get(at))
            .copied()
            .unwrap_or(self.text.len());
        (
            start,
            self.text
                .get(start..)
                .and_then(|rest| rest.lines().next())
                .unwrap_or_default(),
        )
    }

    fn piece(&self, at: usize) -> Option<TextPiece> {
        let next = self.pieces.partition_point(|piece| piece.start <= at);
        self.pieces
            .get(next.checked_sub(1)?)
            .copied()
            .filter(|piece| at < piece.end)
    }

    /// A line begins with a comment or documentation.
    pub fn is_comment_line(&self, number: usize) -> bool {
        let (start, line) = self.line(number);
        let blank = line.len() - line.trim_start().len();
        // behind the sign of a comment
        let piece = self.piece(start + blank + 3);
        piece.is_some_and(|piece| matches!(piece.kind, PieceKind::Comment | PieceKind::Doc))
    }

    /// The best of what a line's places of a word prove. `word` is in small letters.
    pub fn stand(&self, number: usize, word: &str, sought: SoughtObject<'_>) -> Stand {
        let (start, line) = self.line(number);
        let lower = line.to_ascii_lowercase();
        let part = |c: char| c.is_alphanumeric() || c == '_';
        let mut best = Stand::Not;
        for (at, _) in lower.match_indices(word).take(40) {
            // in the middle of another word
            if lower[..at].chars().next_back().is_some_and(part)
                && !line[at..].starts_with(char::is_uppercase)
                && !lower[..at].ends_with('_')
            {
                continue;
            }
            let found = match self.piece(start + at) {
                Some(TextPiece {
                    kind: PieceKind::Comment | PieceKind::Doc,
                    ..
                }) => Stand::Not,
                _ if self.left_out(number, line) => Stand::Not,
                Some(piece) => self.in_string(piece, start + at, word, line, sought),
                None => self.in_code(line, at, word, sought),
            };
            best = best.max(found);
            if best == Stand::Proven {
                break;
            }
        }
        best
    }

    /// The statement around a word of a line, in small letters; nothing where the word stands
    /// outside of one.
    pub fn statement_of(&self, number: usize, word: &str) -> Option<String> {
        let (start, line) = self.line(number);
        let at = line.to_ascii_lowercase().find(word)?;
        if matches!(self.extension.as_str(), "sql" | "sqlx") {
            let from = self.text.get(..start)?.rfind(';').map_or(0, |at| at + 1);
            let text = self
                .text
                .get(from..)?
                .split(';')
                .next()?
                .chars()
                .take(STRING)
                .collect::<String>();
            return Some(text.to_ascii_lowercase());
        }
        let piece = self.piece(start + at)?;
        let text = self
            .text
            .get(piece.start..piece.end)?
            .chars()
            .take(STRING)
            .collect::<String>()
            .to_ascii_lowercase();
        (piece.kind == PieceKind::Text && is_sql_statement(&text)).then_some(text)
    }

    /// The statement that begins at a byte: to the end of its string and of those that are joined to
    /// it, or to the next semicolon of a file of statements. Nothing where no string is there.
    pub fn statement_from(&self, at: usize, most: usize) -> Option<String> {
        let short = |text: &str| text.chars().take(most).collect::<String>();
        if matches!(self.extension.as_str(), "sql" | "sqlx") {
            return Some(short(self.text.get(at..)?.split(';').next()?));
        }
        let mut piece = self
            .piece(at)
            .filter(|piece| piece.kind == PieceKind::Text)?;
        let mut out = short(self.text.get(at..piece.end)?);
        while out.len() < most {
            let next = self
                .pieces
                .partition_point(|other| other.start <= piece.start);
            let Some(other) = self
                .pieces
                .get(next)
                .filter(|next| next.kind == PieceKind::Text)
            else {
                break;
            };
            let between = self.text.get(piece.end..other.start).unwrap_or("?");
            let joins = |c: char| {
                c.is_whitespace()
                    || matches!(c, '"' | '\'' | '`' | '+' | '.' | '\\' | '&' | 'f' | 'r')
            };
            // a gap of another kind means that the strings are not one text
            if between.len() > 200 || !between.chars().all(joins) {
                break;
            }
            out.push_str(self.text.get(other.start..other.end).unwrap_or_default());
            piece = *other;
        }
        Some(out)
    }

    /// The place stands in a list of what the program leaves out.
    pub fn left_out(&self, number: usize, line: &str) -> bool {
        let names = |line: &str| {
            let lower = line.to_ascii_lowercase();
            let head = lower.split(['=', '[', '{', '(']).next().unwrap_or_default();
            LEFT_OUT.iter().any(|sign| head.contains(sign)) || lower.contains("ignored_columns")
        };
        if names(line) && line.contains(['=', '[', '{', '(']) {
            return true;
        }
        // up to the line on which the list around it opens
        let mut open = 0i32;
        for above in (number.saturating_sub(ABOVE)..number)
            .rev()
            .filter(|number| *number > 0)
        {
            let (_, text) = self.line(above);
            for c in text.chars().rev() {
                match c {
                    ')' | ']' | '}' => open -= 1,
                    '(' | '[' | '{' => open += 1,
                    _ => {}
                }
                if open > 0 {
                    return text.contains(['=', ':', '(']) && names(text);
                }
            }
            // an empty line ends the list that could be around the place
            if text.trim().is_empty() {
                return false;
            }
        }
        false
    }

    /// The text defines the class that stands for one of the tables: a bare word in it is a call of
    /// an accessor.
    fn owns(&self, tables: &BTreeSet<String>) -> bool {
        self.text.lines().take(400).any(|line| {
            let name = line.trim_start().strip_prefix("class ").unwrap_or_default();
            let name = name
                .split(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | ':'))
                .next()
                .unwrap_or_default()
                .rsplit("::")
                .next()
                .unwrap_or_default();
            !name.is_empty() && tables.contains(&name.to_ascii_lowercase())
        })
    }

    fn in_string(
        &self,
        piece: TextPiece,
        at: usize,
        word: &str,
        line: &str,
        sought: SoughtObject<'_>,
    ) -> Stand {
        let whole = self
            .text
            .get(piece.start..piece.end.min(piece.start + STRING))
            .unwrap_or(line);
        let lower = whole.to_ascii_lowercase();
        let inside = at - piece.start;
        if file_syntax::TEMPLATES.contains(&self.extension.as_str()) && !is_sql_statement(&lower) {
            return self.in_code(
                line,
                line.to_ascii_lowercase().find(word).unwrap_or_default(),
                word,
                sought,
            );
        }
        if is_sql_statement(&lower) {
            return in_statement(&lower, inside, word, sought);
        }
        let small = line.to_ascii_lowercase();
        let sign = |signs: &[&str]| signs.iter().any(|sign| small.contains(sign));
        let bare = lower.trim_matches(|c: char| !c.is_alphanumeric() && c != '_');
        let exact = !bare.contains(char::is_whitespace) && !bare.contains(['/', '@']);
        // what a log says to people is no use
        if is_said_to_people(&small) {
            return Stand::Not;
        }
        match sought {
            SoughtObject::Table if exact => {
                if sign(&TABLE_SIGNS) {
                    Stand::Proven
                } else {
                    Stand::Hint
                }
            }
            SoughtObject::Column(tables) if exact => {
                let before = self.text.get(..piece.start).unwrap_or_default();
                if self.is_foreign_name(before, &small, tables) {
                    Stand::Hint
                } else {
                    Stand::Proven
                }
            }
            SoughtObject::Table if sign(&TABLE_SIGNS) && lower.split_whitespace().count() < 4 => {
                Stand::Hint
            }
            SoughtObject::Table => Stand::Not,
            SoughtObject::Column(_) if sign(&STATEMENT_SIGNS) => Stand::Proven,
            SoughtObject::Column(_)
                if lower.contains(['=', '<', '>', '?', '('])
                    || lower.contains(',') && lower.split_whitespace().count() < 12 =>
            {
                Stand::Hint
            }
            SoughtObject::Column(tables)
                if self.extension == "rb"
                    && self.owns(tables)
                    && is_inside_interpolation(whole.get(..inside).unwrap_or_default()) =>
            {
                Stand::Proven
            }
            SoughtObject::Column(_)
                if whole.contains('\n') || whole.contains("${") || whole.contains("#{") =>
            {
                Stand::Hint
            }
            SoughtObject::Column(_) => Stand::Not,
        }
    }

    fn in_code(&self, line: &str, at: usize, word: &str, sought: SoughtObject<'_>) -> Stand {
        let end = self.extension.as_str();
        if matches!(end, "sql" | "sqlx" | "prisma" | "xml") {
            return Stand::Proven;
        }
        let place = CodePlace {
            before: line.get(..at).unwrap_or_default(),
            after: line.get(at + word.len()..).unwrap_or_default(),
            small: line.to_ascii_lowercase(),
        };
        let settings = [
            "yaml", "yml", "tf", "hcl", "json", "toml", "service", "cron", "makefile",
        ];
        if matches!(end, "sh" | "bash" | "ps1" | "bat" | "cmd") || settings.contains(&end) {
            return place.stand_in_command(end);
        }
        if file_syntax::TEMPLATES.contains(&end) {
            return place.stand_in_template(end);
        }
        if line[at..].starts_with(char::is_uppercase) {
            return Stand::Proven; // a class, or an accessor or field of that name
        }
        let proven = place.is_member()
            || match sought {
                SoughtObject::Table => place.names_table(),
                SoughtObject::Column(tables) => {
                    // a model of Ruby has its columns by their bare names
                    place.names_column() || end == "rb" && self.owns(tables) && !place.is_assigned()
                }
            };
        let local = matches!(sought, SoughtObject::Column(_))
            && matches!(end, "go" | "cs")
            && !place.after.starts_with(':');
        if proven {
            Stand::Proven
        } else if local {
            // members of types are written big there: this is a variable
            Stand::Not
        } else {
            Stand::Hint
        }
    }

    /// The name is one of a message of others, and not of a column: the JSON name of a member, or a
    /// key of what a function was given.
    fn is_foreign_name(&self, before: &str, line: &str, tables: &BTreeSet<String>) -> bool {
        let json = JSON_NAMES.iter().any(|sign| line.contains(sign))
            && !["column", "db:", "gorm", "bson"]
                .iter()
                .any(|sign| line.contains(sign));
        if json {
            let number = memchr::memchr_iter(b'\n', before.as_bytes()).count() + 1;
            let owner = definition::find_enclosing_class_line(&self.text, number);
            let own = owner.is_some_and(|owner| {
                let lower = owner.to_lowercase();
                tables
                    .iter()
                    .any(|table| super::forms::stands_alone(&lower, table))
            });
            return !own;
        }
        let Some(name) = before
            .trim_end_matches(['"', '\''])
            .strip_suffix('[')
            .map(|rest| {
                let from = rest
                    .rfind(|c: char| !c.is_alphanumeric() && c != '_')
                    .map_or(0, |at| {
                        at + rest[at..].chars().next().map_or(1, char::len_utf8)
                    });
                rest.get(from..).unwrap_or_default()
            })
            .filter(|name| !name.is_empty() && !ROWS.contains(&name.to_lowercase().as_str()))
        else {
            return false;
        };
        let head = before.lines().rev().take(PARAMETER).find(|line| {
            ["function ", "def ", "func ", "fn "]
                .iter()
                .any(|sign| line.contains(sign))
        });
        head.and_then(|head| head.split_once('('))
            .is_some_and(|(_, list)| {
                list.split(|c: char| !c.is_alphanumeric() && c != '_')
                    .any(|word| word == name)
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str, path: &str, word: &str) -> Stand {
        let program = ProgramText::new(text.to_owned(), path);
        (1..=text.lines().count())
            .map(|line| program.stand(line, word, SoughtObject::Table))
            .max()
            .unwrap_or(Stand::Not)
    }

    fn column(text: &str, path: &str, word: &str, of: &str) -> Stand {
        let program = ProgramText::new(text.to_owned(), path);
        let tables =
            std::collections::BTreeSet::from([of.to_owned(), of.trim_end_matches('s').to_owned()]);
        (1..=text.lines().count())
            .map(|line| program.stand(line, word, SoughtObject::Column(&tables)))
            .max()
            .unwrap_or(Stand::Not)
    }

    #[test]
    fn a_table_is_used_where_a_statement_or_a_mapping_names_it() {
        for (text, path) in [
            ("db.query('SELECT 1 FROM berths')", "a.py"),
            (
                "q := `select b.id\n from docks d\n join berths b on b.dock = d.id`",
                "a.go",
            ),
            ("__tablename__ = 'berths'", "a.py"),
            ("has_many :berths", "a.rb"),
            ("@Table(name = \"berths\")", "A.java"),
            ("await db.select().from(berths)", "a.ts"),
            ("Query(\"SELECT \\\"Id\\\" FROM \\\"Berths\\\"\")", "a.cs"),
            ("class Berths extends Model {}", "a.php"),
            ("<% st.executeQuery(\"SELECT id FROM berths\") %>", "a.jsp"),
            ("psql -c \"SELECT id FROM berths\"", "a.sh"),
        ] {
            assert_eq!(table(text, path, "berths"), Stand::Proven, "{text}");
        }
        for (text, path) in [
            ("# berths is not read any more", "a.py"),
            ("log.warning(\"no more berths are free today\")", "a.py"),
            ("IGNORED_TABLES = {\n    \"berths\",\n}", "a.py"),
            ("<p>All berths</p>", "a.jsp"),
        ] {
            assert_eq!(table(text, path, "berths"), Stand::Not, "{text}");
        }
        for (text, path) in [
            ("berths = [x]", "a.py"),
            ("settings = {\"berths\": {\"on\": False}}", "a.py"),
            ("q('SELECT berths FROM docks')", "a.py"),
        ] {
            assert_eq!(table(text, path, "berths"), Stand::Hint, "{text}");
        }
    }

    #[test]
    fn a_column_is_used_where_its_table_is_asked_for_it() {
        for (text, path) in [
            ("q('SELECT depth FROM berths')", "a.py"),
            ("Berth.where(depth: 3).pluck(:depth)", "a.rb"),
            ("depth = models.IntegerField()", "a.py"),
            ("berth.depth", "a.kt"),
            ("order('depth desc')", "a.rb"),
            (
                "Run(\"INSERT INTO \\\"Berths\\\" (\\\"Depth\\\") VALUES (1)\")",
                "a.cs",
            ),
            (
                "class Berth < ApplicationRecord\n  def label = \"#{depth} m\"\nend",
                "a.rb",
            ),
            ("class Berth { private ?int $depth; }", "a.php"),
            ("\tDepth int `db:\"depth\"`", "a.go"),
            ("  depth: number;", "a.ts"),
        ] {
            assert_eq!(
                column(text, path, "depth", "berths"),
                Stand::Proven,
                "{text}"
            );
        }
        for (text, path) in [
            ("self.ignored_columns += %w[depth]", "a.rb"),
            ("self.ignored_columns = [\n  \"depth\"\n]", "a.rb"),
            ("log(\"the depth is too small\")", "a.py"),
        ] {
            assert_eq!(column(text, path, "depth", "berths"), Stand::Not, "{text}");
        }
        for (text, path) in [
            ("depth = 5", "a.py"),
            ("q('SELECT depth FROM lakes')", "a.py"),
        ] {
            assert_eq!(column(text, path, "depth", "berths"), Stand::Hint, "{text}");
        }
    }
}

//! Statements of a SQL text: semicolons, `GO`, `DELIMITER`, and bodies of triggers and procedures
//! that hold semicolons themselves.

use super::super::dialect::Dialect;
use super::lex::{SqlToken, SqlTokenKind, split_tokens};

/// Tokens of one statement, without its terminator. Never empty.
pub type Statement = Vec<SqlToken>;

/// Words that begin a statement in T-SQL, where semicolons are optional.
const STARTERS: [&str; 17] = [
    "ALTER", "CREATE", "DROP", "EXEC", "EXECUTE", "IF", "BEGIN", "END", "PRINT", "DECLARE",
    "TRUNCATE", "GRANT", "UPDATE", "INSERT", "DELETE", "ELSE", "MERGE",
];

/// Cuts `text` into statements.
pub fn split_statements(text: &str, dialect: Dialect) -> Vec<Statement> {
    let tokens = split_tokens(text, dialect);
    let batches = tokens.iter().any(|token| is_go(text, &tokens, token));
    let mut out = Vec::new();
    // GO ends a batch, within which semicolons may be missing
    if dialect == Dialect::Mssql || batches {
        for batch in tokens.split(|token| is_go(text, &tokens, token)) {
            split_batch(text, batch, &mut out);
        }
    } else {
        split_plain(text, &tokens, &mut out);
    }
    out
}

/// The word at a token, in capitals; empty for anything that is not a bare word.
pub fn read_bare_word(text: &str, token: Option<&SqlToken>) -> String {
    match token {
        Some(token) if token.kind == SqlTokenKind::Word => {
            text[token.start..token.end].to_ascii_uppercase()
        }
        _ => String::new(),
    }
}

fn is_go(text: &str, all: &[SqlToken], token: &SqlToken) -> bool {
    if !(token.first
        // GO within a statement is a name
        && token.kind == SqlTokenKind::Word
        && text[token.start..token.end].eq_ignore_ascii_case("go"))
    {
        return false;
    }
    // sqlcmd takes GO for the end of a batch only where it stands alone on its line
    let next = all.partition_point(|other| other.start <= token.start);
    all.get(next).is_none_or(|next| next.line != token.line)
}

fn split_plain(text: &str, tokens: &[SqlToken], out: &mut Vec<Statement>) {
    let mut current: Statement = Vec::new();
    let mut delimiter = ";".to_owned();
    let mut depth = 0usize;
    let mut at = 0;
    while at < tokens.len() {
        let token = tokens[at];
        let bytes = &text[token.start..token.end];
        // a command of MySQL's client; the server never sees it
        if token.first && current.is_empty() && bytes.eq_ignore_ascii_case("delimiter") {
            let line_end = text[token.end..]
                .find('\n')
                .map_or(text.len(), |n| token.end + n);
            let wanted = text[token.end..line_end].trim();
            delimiter = if wanted.is_empty() {
                ";".to_owned()
            } else {
                wanted.to_owned()
            };
            at += 1;
            while at < tokens.len() && tokens[at].start < line_end {
                at += 1;
            }
            continue;
        }
        // commands of psql, as pg_dump writes them: `\connect`, `\restrict`
        if token.first && bytes == "\\" {
            let line = token.line;
            while at < tokens.len() && tokens[at].line == line {
                at += 1;
            }
            continue;
        }
        // `//` or `$$` chosen by the script; semicolons then belong to a body
        if delimiter != ";" && text[token.start..].starts_with(&delimiter) {
            flush_statement(&mut current, &mut depth, out);
            let end = token.start + delimiter.len();
            while at < tokens.len() && tokens[at].start < end {
                at += 1;
            }
            continue;
        }
        if bytes == ";" && token.kind == SqlTokenKind::Mark {
            // a semicolon within BEGIN .. END ends a statement of the body
            if delimiter == ";" && depth == 0 {
                flush_statement(&mut current, &mut depth, out);
            } else {
                current.push(token);
            }
            at += 1;
            continue;
        }
        current.push(token);
        // only a body has blocks; BEGIN elsewhere begins a transaction
        if holds_body(text, &current) {
            match read_bare_word(text, Some(&token)).as_str() {
                "BEGIN" | "CASE" => depth += 1,
                "END" => {
                    let next = read_bare_word(text, tokens.get(at + 1));
                    // `END IF` and the like close what did not count as a block
                    if !matches!(next.as_str(), "IF" | "LOOP" | "WHILE" | "REPEAT") {
                        depth = depth.saturating_sub(1);
                        if next == "CASE" {
                            current.push(tokens[at + 1]);
                            at += 1;
                        }
                    }
                }
                _ => {}
            }
        }
        at += 1;
    }
    flush_statement(&mut current, &mut depth, out);
}

fn flush_statement(current: &mut Statement, depth: &mut usize, out: &mut Vec<Statement>) {
    *depth = 0;
    if !current.is_empty() {
        out.push(std::mem::take(current));
    }
}

/// The statement makes a trigger, routine or event whose body may hold semicolons.
fn holds_body(text: &str, statement: &[SqlToken]) -> bool {
    read_bare_word(text, statement.first()) == "CREATE"
        // definers and options may stand between CREATE and the object
        && statement.iter().take(14).skip(1).any(|token| {
            matches!(
                read_bare_word(text, Some(token)).as_str(),
                "TRIGGER" | "PROCEDURE" | "FUNCTION" | "EVENT"
            )
        })
}

fn split_batch(text: &str, batch: &[SqlToken], out: &mut Vec<Statement>) {
    if batch.is_empty() {
        return;
    }
    let head: Vec<String> = batch
        .iter()
        .take(5)
        .map(|token| read_bare_word(text, Some(token)))
        .collect();
    // SQL Server takes a routine to the end of its batch
    if matches!(head[0].as_str(), "CREATE" | "ALTER")
        && head.iter().any(|word| {
            matches!(
                word.as_str(),
                "PROCEDURE" | "PROC" | "FUNCTION" | "TRIGGER" | "VIEW"
            )
        })
    {
        out.push(batch.to_vec());
        return;
    }
    out.extend(split_statements_by_line(text, batch));
}

/// Statements where semicolons are optional: a statement word that stands first on its line begins
/// a new one.
pub fn split_statements_by_line(text: &str, tokens: &[SqlToken]) -> Vec<Statement> {
    let mut out = Vec::new();
    let (mut current, mut parens): (Statement, i32) = (Vec::new(), 0);
    for (at, &token) in tokens.iter().enumerate() {
        let bytes = &text[token.start..token.end];
        let upper = read_bare_word(text, Some(&token));
        let next = read_bare_word(text, tokens.get(at + 1));
        let head = read_bare_word(text, current.first());
        let previous = at
            .checked_sub(1)
            .map(|n| read_bare_word(text, tokens.get(n)))
            .unwrap_or_default();
        // DROP COLUMN within ALTER TABLE begins no statement
        let inside_alter = head == "ALTER"
            && matches!(
                (upper.as_str(), next.as_str()),
                ("DROP", "COLUMN" | "CONSTRAINT" | "INDEX") | ("ALTER", "COLUMN")
            );
        let follows = matches!(previous.as_str(), "BEGIN" | "THEN" | "ELSE" | "LOOP");
        let starts = STARTERS.contains(&upper.as_str())
            && parens <= 0
            && !inside_alter
            && (token.first || follows || matches!(upper.as_str(), "BEGIN" | "ELSE"))
            // `FOR UPDATE`, `ON DELETE` and `AFTER UPDATE` are parts of what stands before
            && !(matches!(upper.as_str(), "UPDATE" | "DELETE")
                && matches!(
                    previous.as_str(),
                    "ON" | "FOR" | "DO" | "AFTER" | "BEFORE" | "THEN"
                ))
            // the END of a CASE closes the expression
            && !(upper == "END" && head != "END" && has_open_case(text, &current));
        if bytes == ";" && token.kind == SqlTokenKind::Mark {
            parens = 0;
            if !current.is_empty() {
                out.push(std::mem::take(&mut current));
            }
            continue;
        }
        if starts && !current.is_empty() {
            parens = 0;
            out.push(std::mem::take(&mut current));
        }
        match bytes {
            "(" => parens += 1,
            ")" => parens -= 1,
            _ => {}
        }
        current.push(token);
    }
    if !current.is_empty() {
        out.push(current);
    }
    out
}

fn has_open_case(text: &str, statement: &[SqlToken]) -> bool {
    statement.iter().fold(0i32, |open, token| {
        match read_bare_word(text, Some(token)).as_str() {
            "CASE" => open + 1,
            "END" => open - 1,
            _ => open,
        }
    }) > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heads(text: &str, dialect: Dialect) -> Vec<String> {
        split_statements(text, dialect)
            .iter()
            .map(|statement| {
                text[statement[0].start..statement[statement.len() - 1].end].to_owned()
            })
            .collect()
    }

    #[test]
    fn bodies_keep_their_semicolons() {
        let text = "CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE b SET x = CASE WHEN 1 THEN 2 END; END; DROP TABLE c;";
        assert_eq!(heads(text, Dialect::Sqlite).len(), 2);
        let text =
            "DELIMITER //\nCREATE PROCEDURE p() BEGIN SELECT 1; END//\nDELIMITER ;\nDROP TABLE c;";
        assert_eq!(
            heads(text, Dialect::MySql),
            ["CREATE PROCEDURE p() BEGIN SELECT 1; END", "DROP TABLE c"]
        );
        assert_eq!(
            heads("DO $$ BEGIN x; END $$; SELECT ';';", Dialect::Postgres).len(),
            2
        );
    }

    #[test]
    fn batches_end_at_go() {
        let text = "IF COL_LENGTH('T','a') IS NULL\nBEGIN\n  ALTER TABLE [T]\n  ADD [a] INT NULL\nEND\nGO\nALTER TABLE [T] DROP CONSTRAINT x\nGO\n";
        assert_eq!(
            heads(text, Dialect::Mssql),
            [
                "IF COL_LENGTH('T','a') IS NULL",
                "BEGIN",
                "ALTER TABLE [T]\n  ADD [a] INT NULL",
                "END",
                "ALTER TABLE [T] DROP CONSTRAINT x"
            ]
        );
    }
}

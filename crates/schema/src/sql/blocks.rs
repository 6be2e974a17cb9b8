//! Blocks of procedures and strings that hold statements.

use super::super::dialect::Dialect;
use super::super::step::{Name, SchemaAction};
use super::EXCERPT;
use super::NESTING;
use super::SqlReader;
use super::TOO_DEEP;
use super::cursor::{Cursor, unquote_sql};
use super::lex::{SqlToken, SqlTokenKind};
use super::looks_like_statement;

impl SqlReader<'_> {
    /// `DO $$ .. $$`: the body runs, under its own conditions.
    pub(super) fn block_strings(
        &mut self,
        text: &str,
        tokens: &[SqlToken],
        first_line: usize,
        depth: usize,
    ) {
        for token in tokens
            .iter()
            .filter(|token| token.kind == SqlTokenKind::Text)
        {
            let raw = &text[token.start..token.end];
            let inner = unquote_sql(raw);
            let line = first_line + token.line - 1;
            // longer than a quote: the dollar quotes of a block, and not a text within it
            if raw.len() > inner.len() + 1 && depth < NESTING {
                self.body(&inner, line, depth + 1);
            } else if raw.len() > inner.len() + 1 {
                self.push(
                    SchemaAction::Unknown {
                        why: TOO_DEEP.to_owned(),
                    },
                    line,
                    String::new(),
                    false,
                );
            }
        }
    }

    /// A procedural body: every statement in it may run.
    pub(super) fn body(&mut self, text: &str, first_line: usize, depth: usize) {
        let before = self.script.steps.len();
        let tokens = super::lex::split_tokens(text, self.dialect);
        let mut declares = false;
        for statement in super::split::split_statements_by_line(text, &tokens) {
            let word = |at: usize| super::split::read_bare_word(text, statement.get(at));
            // declarations come before BEGIN and change nothing that stays
            declares = (declares || word(0) == "DECLARE") && word(0) != "BEGIN";
            let mark = |at: usize| {
                statement
                    .get(at)
                    .map_or("", |token| &text[token.start..token.end])
            };
            let assigns = (mark(1) == ":" && mark(2) == "=") || mark(1) == "=";
            // an assignment and a jump are no statements of SQL
            if (declares && word(0) != "BEGIN")
                || assigns
                || matches!(
                    word(0).as_str(),
                    "EXIT" | "CONTINUE" | "GET" | "ASSERT" | "ITERATE" | "LEAVE" | "SIGNAL"
                )
            {
                continue;
            }
            self.statement(text, &statement, first_line, false, depth);
        }
        // a body in which nothing was found is a block that does nothing to the schema
        if self.script.steps.len() == before {
            self.push(
                SchemaAction::Nothing,
                first_line,
                model::shorten_text(text.trim(), EXCERPT).into_owned(),
                false,
            );
        }
    }

    /// A piece of a procedural body: its condition is dropped, what follows is read as conditional.
    pub(super) fn block(
        &mut self,
        text: &str,
        tokens: &[SqlToken],
        first_line: usize,
        head: &str,
        certain: bool,
        depth: usize,
    ) {
        let word = |at: usize| super::split::read_bare_word(text, tokens.get(at));
        let line = first_line + tokens[0].line - 1;
        // blocks within blocks cost a call each; what lies deeper is said to be unread
        if depth >= NESTING + 5 {
            self.push(
                SchemaAction::Unknown {
                    why: TOO_DEEP.to_owned(),
                },
                line,
                String::new(),
                certain,
            );
            return;
        }
        let raise = match head {
            "RAISE" => Some(0),
            "IF" => (1..tokens.len()).find(|at| word(*at) == "RAISE"),
            _ => None,
        };
        if let Some(at) = raise {
            // without a level RAISE means an exception; the other levels only tell something
            let fails = match tokens.get(at + 1) {
                Some(next) if next.kind == SqlTokenKind::Text => true,
                _ if head == "IF" => !matches!(
                    word(at + 1).as_str(),
                    "DEBUG" | "LOG" | "INFO" | "NOTICE" | "WARNING"
                ),
                _ => word(at + 1) == "EXCEPTION",
            };
            if fails {
                self.script.refuses = self.script.refuses.or(Some(line));
            }
            // the block ends here, so what stands behind it is not read as if it ran
            return;
        }
        // The first word behind the condition that begins a statement.
        let starters = [
            "ALTER", "CREATE", "DROP", "EXEC", "EXECUTE", "TRUNCATE", "UPDATE", "INSERT", "DELETE",
            "PERFORM", "CALL", "MERGE", "WITH", "GRANT", "REVOKE", "RENAME", "COMMENT", "REFRESH",
            "BEGIN", "IF", "RAISE",
        ];
        let (mut parens, mut behind) = (0i32, matches!(head, "BEGIN" | "ELSE" | "LOOP" | "THEN"));
        for at in 1..tokens.len() {
            match &text[tokens[at].start..tokens[at].end] {
                "(" => parens += 1,
                ")" => parens -= 1,
                _ => {}
            }
            let upper = word(at);
            let opens = matches!(upper.as_str(), "THEN" | "BEGIN" | "LOOP" | "ELSE" | "DO");
            let statement = parens == 0
                && starters.contains(&upper.as_str())
                // behind a condition a statement begins at THEN or ELSE, or on a line of its own
                && (behind
                    || (tokens[at].first && !matches!(upper.as_str(), "WITH"))
                    || (head == "IF"
                        && matches!(
                            upper.as_str(),
                            "ALTER"
                                | "DROP"
                                | "CREATE"
                                | "TRUNCATE"
                                | "EXEC"
                                | "EXECUTE"
                                | "INSERT"
                        )));
            // `END IF` closes a block and opens none
            if statement && !(upper == "IF" && word(at - 1) == "END") {
                self.statement(text, &tokens[at..], first_line, false, depth + 1);
                return;
            }
            behind = opens;
        }
        self.strings(text, tokens, first_line, depth);
    }

    /// A call: renames of SQL Server are understood, SQL in strings is read, other procedures are
    /// not known.
    pub(super) fn call(
        &mut self,
        text: &str,
        tokens: &[SqlToken],
        first_line: usize,
        head: &str,
        certain: bool,
        depth: usize,
    ) {
        let line = first_line + tokens[0].line - 1;
        let excerpt = model::shorten_text(
            &text[tokens[0].start..tokens[tokens.len() - 1].end],
            EXCERPT,
        )
        .into_owned();
        let mut cursor = Cursor::new(text, tokens);
        cursor.at = 1;
        let name = cursor
            .name()
            .map(|name| name.name.to_ascii_lowercase())
            .unwrap_or_default();
        let strings: Vec<String> = tokens
            .iter()
            .filter(|token| token.kind == SqlTokenKind::Text)
            .map(|token| unquote_sql(&text[token.start..token.end]))
            .collect();
        // `sp_rename` takes names as strings, the kind of the object last
        if name == "sp_rename" && strings.len() >= 2 {
            let mut parts: Vec<String> = strings[0]
                .split('.')
                .map(|part| part.trim_matches(['[', ']']).to_owned())
                .collect();
            let action = match strings
                .get(2)
                .map(|kind| kind.to_ascii_uppercase())
                .as_deref()
            {
                Some("COLUMN") => {
                    let column = parts.pop().unwrap_or_default();
                    SchemaAction::RenameColumn {
                        table: Name::from_parts(parts),
                        column,
                        to: strings[1].clone(),
                    }
                }
                Some("INDEX") => SchemaAction::RenameIndex {
                    name: parts.pop().unwrap_or_default(),
                    to: strings[1].clone(),
                },
                _ => SchemaAction::RenameTable {
                    table: Name::from_parts(parts),
                    to: Name::new(&strings[1]),
                },
            };
            self.push(action, line, excerpt, certain);
            return;
        }
        // a call that runs SQL in a string is read by that string
        if self.strings(text, tokens, first_line, depth)
            || matches!(
                name.as_str(),
                "sp_refreshview"
                    | "sp_recompile"
                    | "sp_refreshsqlmodule"
                    | "sp_addextendedproperty"
                    | "sp_updateextendedproperty"
                    | "sp_settriggerorder"
            )
        {
            return;
        }
        let action = match head {
            // MySQL runs a prepared text, which was read where it was set
            "PREPARE" | "EXECUTE" if name.is_empty() || self.dialect == Dialect::MySql => {
                SchemaAction::Nothing
            }
            // functions of PostgreSQL itself that change the session or tell something
            "PERFORM" if name.starts_with("pg_") || name == "set_config" => SchemaAction::Nothing,
            "EXECUTE" => SchemaAction::Unknown {
                why: "the statement is put together while it runs".to_owned(),
            },
            _ => SchemaAction::HostCode {
                what: format!("calls the procedure {name}"),
            },
        };
        self.push(action, line, excerpt, certain);
    }

    /// Reads strings that hold SQL, as conditional. `true` if there was one.
    pub(super) fn strings(
        &mut self,
        text: &str,
        tokens: &[SqlToken],
        first_line: usize,
        depth: usize,
    ) -> bool {
        let mut found = false;
        for token in tokens
            .iter()
            .filter(|token| token.kind == SqlTokenKind::Text)
        {
            let inner = unquote_sql(&text[token.start..token.end]);
            // a text that is no statement is data
            if looks_like_statement(&inner) {
                found = true;
                if depth >= NESTING {
                    self.push(
                        SchemaAction::Unknown {
                            why: TOO_DEEP.to_owned(),
                        },
                        first_line + token.line - 1,
                        String::new(),
                        false,
                    );
                    break;
                }
                self.text(&inner, first_line + token.line - 1, false, depth + 1);
            }
        }
        found
    }
}

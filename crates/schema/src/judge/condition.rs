//! A rule of a table, computed for a row of which old code gives nothing: new columns hold their
//! defaults. What cannot be computed stays unknown; nothing is guessed.

use super::super::object::DefaultValue;

/// Longest rule that is looked at, in bytes.
const LENGTH: usize = 10_000;

/// Deepest nesting of parentheses.
const DEPTH: usize = 40;

/// A value of SQL, as far as it can be computed.
#[derive(Debug, Clone, PartialEq)]
enum Value {
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    Unknown,
}

/// Whether a row that leaves the columns out breaks a rule: `size > 0` with the default `0`. `None`
/// where that cannot be computed.
///
/// The rule is the text of the constraint: `CHECK (..)`, the condition alone, or a call of a
/// framework that holds the condition as a string.
pub fn breaks_rule(rule: &str, columns: &[(&str, &DefaultValue)]) -> Option<bool> {
    if rule.len() > LENGTH {
        return None;
    }
    let tokens = split_tokens(rule);
    if is_not_enforced(&tokens) {
        return Some(false);
    }
    let value = match find_check(&tokens) {
        Some(inside) => Reader::compute(inside, columns),
        None => {
            let whole = Reader::compute(&tokens, columns);
            if whole == Some(Value::Unknown) || whole.is_none() {
                find_stated_condition(rule, columns)
            } else {
                whole
            }
        }
    };
    match value? {
        Value::Bool(holds) => Some(!holds),
        // what is not known to be false is let through
        Value::Null => Some(false),
        // MySQL and SQLite take numbers for conditions
        Value::Number(number) => Some(number == 0.0),
        Value::Text(_) | Value::Unknown => None,
    }
}

/// The words of a rule, for which a column may be named.
pub fn names_column(rule: &str, column: &str) -> bool {
    rule.split(|c: char| !c.is_alphanumeric() && c != '_')
        .any(|word| word.eq_ignore_ascii_case(column))
}

/// `CHECK (..) NOT ENFORCED` refuses nothing.
fn is_not_enforced(tokens: &[Token]) -> bool {
    tokens
        .windows(2)
        .any(|pair| pair[0].is("not") && pair[1].is("enforced"))
}

/// What stands in the parentheses of `CHECK (..)`.
fn find_check(tokens: &[Token]) -> Option<&[Token]> {
    let at = tokens
        .windows(2)
        .position(|pair| pair[0].is("check") && pair[1].is("("))?;
    let mut depth = 0usize;
    for (index, token) in tokens.iter().enumerate().skip(at + 1) {
        if token.is("(") {
            depth += 1;
        } else if token.is(")") {
            depth -= 1;
            if depth == 0 {
                return tokens.get(at + 2..index);
            }
        }
    }
    None
}

/// A string of a call that is a condition as a whole: `add_check_constraint :jars, "size > 0"`.
fn find_stated_condition(call: &str, columns: &[(&str, &DefaultValue)]) -> Option<Value> {
    let quote = |c: char| matches!(c, '"' | '\'' | '`');
    let mut rest = call;
    while let Some(open) = rest.find(quote) {
        let sign = rest[open..].chars().next()?;
        let mut inside = String::new();
        let mut end = rest.len();
        let mut escaped = false;
        for (at, c) in rest[open + 1..].char_indices() {
            if escaped {
                inside.push(c);
                escaped = false;
            } else if c == '\\' {
                escaped = true;
            } else if c == sign {
                end = open + 1 + at + 1;
                break;
            } else {
                inside.push(c);
            }
        }
        rest = rest.get(end..).unwrap_or_default();
        let named = columns
            .iter()
            .any(|(column, _)| names_column(&inside, column));
        let tokens = split_tokens(&inside);
        if !named || tokens.len() < 3 {
            continue;
        }
        let inner = find_check(&tokens).unwrap_or(&tokens);
        match Reader::compute(inner, columns) {
            Some(value @ (Value::Bool(_) | Value::Null)) => return Some(value),
            _ => continue,
        }
    }
    None
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    /// A name or a keyword, in small letters.
    Word(String),
    /// A name in quotes.
    Name(String),
    Number(f64),
    Text(String),
    Mark(String),
}

impl Token {
    fn is(&self, word: &str) -> bool {
        match self {
            Self::Word(text) | Self::Mark(text) => text == word,
            _ => false,
        }
    }
}

fn split_tokens(text: &str) -> Vec<Token> {
    let chars: Vec<char> = text.chars().collect();
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        let next = chars.get(at + 1).copied();
        if c.is_whitespace() {
            at += 1;
        } else if c == '\'' {
            let (value, end) = read_quoted(&chars, at + 1, '\'');
            out.push(Token::Text(value));
            at = end;
        } else if matches!(c, '"' | '`') {
            let (value, end) = read_quoted(&chars, at + 1, c);
            out.push(Token::Name(value.to_lowercase()));
            at = end;
        } else if c == '['
            && next.is_some_and(|c| c.is_alphabetic() || c == '_')
            && !matches!(out.last(), Some(Token::Word(word)) if word == "array")
        {
            let (value, end) = read_quoted(&chars, at + 1, ']');
            out.push(Token::Name(value.to_lowercase()));
            at = end;
        } else if c.is_ascii_digit() || c == '.' && next.is_some_and(|c| c.is_ascii_digit()) {
            let start = at;
            while chars
                .get(at)
                .is_some_and(|c| c.is_ascii_digit() || *c == '.')
            {
                at += 1;
            }
            let digits: String = chars[start..at].iter().collect();
            out.push(
                digits
                    .parse()
                    .map_or_else(|_| Token::Mark(digits.clone()), Token::Number),
            );
        } else if c.is_alphabetic() || c == '_' {
            let start = at;
            while chars
                .get(at)
                .is_some_and(|c| c.is_alphanumeric() || *c == '_')
            {
                at += 1;
            }
            let word: String = chars[start..at].iter().collect();
            // `N'text'` of SQL Server
            if word.eq_ignore_ascii_case("n") && chars.get(at) == Some(&'\'') {
                continue;
            }
            out.push(Token::Word(word.to_lowercase()));
        } else {
            let two: String = chars[at..(at + 2).min(chars.len())].iter().collect();
            let known = ["<=", ">=", "<>", "!=", "::", "||", "=="];
            let mark = if known.contains(&two.as_str()) {
                two
            } else {
                c.to_string()
            };
            at += mark.chars().count();
            out.push(Token::Mark(mark));
        }
    }
    out
}

/// Up to the closing sign, which is written twice inside; and the place behind it.
fn read_quoted(chars: &[char], from: usize, close: char) -> (String, usize) {
    let mut value = String::new();
    let mut at = from;
    while let Some(&c) = chars.get(at) {
        if c == close {
            if chars.get(at + 1) == Some(&close) {
                at += 1;
            } else {
                return (value, at + 1);
            }
        }
        value.push(c);
        at += 1;
    }
    (value, at)
}

/// Reads a condition and computes it. `None` from any of its steps: the text is not read to its end.
struct Reader<'a> {
    tokens: &'a [Token],
    columns: &'a [(&'a str, &'a DefaultValue)],
    at: usize,
    depth: usize,
}

impl<'a> Reader<'a> {
    fn compute(tokens: &'a [Token], columns: &'a [(&'a str, &'a DefaultValue)]) -> Option<Value> {
        let mut reader = Self {
            tokens,
            columns,
            at: 0,
            depth: 0,
        };
        let value = reader.any()?;
        (reader.at == tokens.len() && !tokens.is_empty()).then_some(value)
    }

    fn peek(&self, ahead: usize) -> Option<&'a Token> {
        self.tokens.get(self.at + ahead)
    }

    fn is(&self, ahead: usize, word: &str) -> bool {
        self.peek(ahead).is_some_and(|token| token.is(word))
    }

    fn eat(&mut self, word: &str) -> bool {
        let found = self.is(0, word);
        self.at += usize::from(found);
        found
    }

    fn any(&mut self) -> Option<Value> {
        self.depth += 1;
        if self.depth > DEPTH {
            return None;
        }
        let mut value = self.all()?;
        while self.eat("or") {
            value = combine(value, self.all()?, true);
        }
        self.depth -= 1;
        Some(value)
    }

    fn all(&mut self) -> Option<Value> {
        let mut value = self.not()?;
        while self.eat("and") {
            value = combine(value, self.not()?, false);
        }
        Some(value)
    }

    fn not(&mut self) -> Option<Value> {
        let mut turned = false;
        while self.eat("not") {
            turned = !turned;
        }
        let value = self.comparison()?;
        Some(if turned { turn(value) } else { value })
    }

    fn comparison(&mut self) -> Option<Value> {
        let left = self.sum()?;
        if self.eat("is") {
            let not = self.eat("not");
            let word = ["null", "true", "false"]
                .into_iter()
                .find(|word| self.is(0, word))?;
            self.at += 1;
            let same = match (&left, word) {
                (Value::Unknown, _) => return Some(Value::Unknown),
                (Value::Null, "null") | (Value::Bool(true), "true") => true,
                (Value::Bool(false), "false") => true,
                _ => false,
            };
            return Some(Value::Bool(same != not));
        }
        let not = self.is(0, "not")
            && ["between", "in", "like"]
                .iter()
                .any(|word| self.is(1, word));
        self.at += usize::from(not);
        let turned = |value: Value| if not { turn(value) } else { value };
        if self.eat("between") {
            self.eat("symmetric");
            let low = self.sum()?;
            if !self.eat("and") {
                return None;
            }
            let high = self.sum()?;
            return Some(turned(combine(
                compare(&left, ">=", &low),
                compare(&left, "<=", &high),
                false,
            )));
        }
        if self.eat("in") {
            return Some(turned(self.one_of(&left, "(", ")")?));
        }
        if self.is(0, "like") || self.is(0, "similar") || self.is(0, "~") || self.is(0, "regexp") {
            // the pattern is not held against the value
            self.at += 1;
            while self.peek(0).is_some()
                && !self.is(0, "and")
                && !self.is(0, "or")
                && !self.is(0, ")")
            {
                self.at += 1;
            }
            return Some(if left == Value::Null {
                Value::Null
            } else {
                Value::Unknown
            });
        }
        let Some(sign) = ["<=", ">=", "<>", "!=", "==", "=", "<", ">"]
            .into_iter()
            .find(|sign| self.is(0, sign))
        else {
            return Some(left);
        };
        self.at += 1;
        if sign == "=" && self.is(0, "any") && self.is(1, "(") {
            self.at += 2;
            let value = self.array(&left)?;
            return self.eat(")").then_some(value);
        }
        let right = self.sum()?;
        Some(compare(&left, sign, &right))
    }

    /// `ARRAY[..]`, in parentheses and with a cast.
    fn array(&mut self, left: &Value) -> Option<Value> {
        let mut open = 0;
        while self.eat("(") {
            open += 1;
        }
        if !self.eat("array") {
            return None;
        }
        let value = self.one_of(left, "[", "]")?;
        self.casts();
        for _ in 0..open {
            if !self.eat(")") {
                return None;
            }
            self.casts();
        }
        Some(value)
    }

    /// A list of values, one of which is the value.
    fn one_of(&mut self, left: &Value, open: &str, close: &str) -> Option<Value> {
        if !self.eat(open) {
            return None;
        }
        let mut value = Value::Bool(false);
        loop {
            let member = self.sum()?;
            value = combine(value, compare(left, "=", &member), true);
            if self.eat(close) {
                return Some(value);
            }
            if !self.eat(",") {
                return None;
            }
        }
    }

    fn sum(&mut self) -> Option<Value> {
        let mut value = self.product()?;
        while let Some(sign) = ["+", "-", "||"].into_iter().find(|sign| self.is(0, sign)) {
            self.at += 1;
            let other = self.product()?;
            value = match (value, other) {
                (Value::Number(a), Value::Number(b)) if sign == "+" => Value::Number(a + b),
                (Value::Number(a), Value::Number(b)) if sign == "-" => Value::Number(a - b),
                (Value::Null, _) | (_, Value::Null) => Value::Null,
                _ => Value::Unknown,
            };
        }
        Some(value)
    }

    fn product(&mut self) -> Option<Value> {
        let mut value = self.operand()?;
        while let Some(sign) = ["*", "/", "%"].into_iter().find(|sign| self.is(0, sign)) {
            self.at += 1;
            let other = self.operand()?;
            value = match (value, other) {
                (Value::Number(a), Value::Number(b)) if sign == "*" => Value::Number(a * b),
                (Value::Null, _) | (_, Value::Null) => Value::Null,
                _ => Value::Unknown,
            };
        }
        Some(value)
    }

    fn operand(&mut self) -> Option<Value> {
        let value = match self.peek(0)? {
            Token::Mark(sign) if sign == "(" => {
                self.at += 1;
                let value = self.any()?;
                if !self.eat(")") {
                    return None;
                }
                value
            }
            Token::Mark(sign) if sign == "-" => {
                self.at += 1;
                match self.operand()? {
                    Value::Number(number) => Value::Number(-number),
                    Value::Null => Value::Null,
                    _ => Value::Unknown,
                }
            }
            Token::Mark(_) => return None,
            Token::Number(number) => {
                self.at += 1;
                Value::Number(*number)
            }
            Token::Text(text) => {
                self.at += 1;
                Value::Text(text.clone())
            }
            Token::Word(word) if self.is(1, "(") => self.call(word)?,
            Token::Word(word) | Token::Name(word) => {
                self.at += 1;
                let mut name = word;
                // `jars.size`
                while self.is(0, ".") {
                    match self.peek(1)? {
                        Token::Word(word) | Token::Name(word) => name = word,
                        _ => return None,
                    }
                    self.at += 2;
                }
                self.named(name)
            }
        };
        self.casts();
        Some(value)
    }

    /// `::text`, `::character varying(10)[]`.
    fn casts(&mut self) {
        while self.eat("::") {
            let more = ["varying", "precision", "with", "without", "time", "zone"];
            self.at += 1;
            while more.iter().any(|word| self.is(0, word)) {
                self.at += 1;
            }
            if self.is(0, "(") {
                while self.peek(0).is_some() && !self.eat(")") {
                    self.at += 1;
                }
            }
            if self.is(0, "[") && self.is(1, "]") {
                self.at += 2;
            }
        }
    }

    fn named(&self, name: &str) -> Value {
        match name {
            "null" => return Value::Null,
            "true" => return Value::Bool(true),
            "false" => return Value::Bool(false),
            _ => {}
        }
        self.columns
            .iter()
            .find(|(column, _)| column.eq_ignore_ascii_case(name))
            .map_or(Value::Unknown, |(_, default)| read_default(default))
    }

    fn call(&mut self, name: &str) -> Option<Value> {
        self.at += 2;
        let mut given = Vec::new();
        if !self.eat(")") {
            loop {
                let value = self.any()?;
                // `CAST(x AS int)`
                if self.eat("as") {
                    while self.peek(0).is_some() && !self.is(0, ")") {
                        self.at += 1;
                    }
                }
                given.push(value);
                if self.eat(")") {
                    break;
                }
                if !self.eat(",") {
                    return None;
                }
            }
        }
        let first = given.first().cloned().unwrap_or(Value::Unknown);
        Some(match (name, first) {
            ("coalesce" | "ifnull" | "isnull" | "nvl", _) => given
                .into_iter()
                .find(|value| *value != Value::Null)
                .unwrap_or(Value::Null),
            ("nullif", _) => Value::Unknown,
            (_, Value::Null) if given.len() == 1 => Value::Null,
            (
                "length" | "char_length" | "character_length" | "len" | "octet_length"
                | "datalength",
                Value::Text(text),
            ) => {
                let text = if name == "len" {
                    text.trim_end()
                } else {
                    &text
                };
                Value::Number(text.chars().count() as f64)
            }
            ("trim" | "btrim", Value::Text(text)) if given.len() == 1 => {
                Value::Text(text.trim().to_owned())
            }
            ("ltrim", Value::Text(text)) if given.len() == 1 => {
                Value::Text(text.trim_start().to_owned())
            }
            ("rtrim", Value::Text(text)) if given.len() == 1 => {
                Value::Text(text.trim_end().to_owned())
            }
            ("lower", Value::Text(text)) => Value::Text(text.to_lowercase()),
            ("upper", Value::Text(text)) => Value::Text(text.to_uppercase()),
            ("abs", Value::Number(number)) => Value::Number(number.abs()),
            ("cast", value) => value,
            _ => Value::Unknown,
        })
    }
}

/// The value that a column holds when it is left out.
fn read_default(default: &DefaultValue) -> Value {
    let text = match default {
        DefaultValue::None => return Value::Null,
        DefaultValue::Volatile(_) => return Value::Unknown,
        DefaultValue::Constant(text) => text,
    };
    let tokens = split_tokens(text);
    match tokens.as_slice() {
        // a framework may give the text without quotes
        [Token::Word(_), ..] | [] if Reader::compute(&tokens, &[]) == Some(Value::Unknown) => {
            Value::Text(text.trim().to_owned())
        }
        [] => Value::Text(String::new()),
        _ => Reader::compute(&tokens, &[]).unwrap_or(Value::Unknown),
    }
}

fn turn(value: Value) -> Value {
    match value {
        Value::Bool(holds) => Value::Bool(!holds),
        Value::Null => Value::Null,
        _ => Value::Unknown,
    }
}

/// `OR` where `any`, else `AND`.
fn combine(left: Value, right: Value, any: bool) -> Value {
    let decides = Value::Bool(any);
    if left == decides || right == decides {
        return decides;
    }
    match (&left, &right) {
        (Value::Unknown | Value::Number(_) | Value::Text(_), _)
        | (_, Value::Unknown | Value::Number(_) | Value::Text(_)) => Value::Unknown,
        (Value::Null, _) | (_, Value::Null) => Value::Null,
        _ => Value::Bool(!any),
    }
}

fn compare(left: &Value, sign: &str, right: &Value) -> Value {
    use std::cmp::Ordering;
    let number = |value: &Value| match value {
        Value::Number(number) => Some(*number),
        Value::Text(text) => text.trim().parse::<f64>().ok(),
        Value::Bool(holds) => Some(f64::from(u8::from(*holds))),
        _ => None,
    };
    let order = match (left, right) {
        (Value::Unknown, _) | (_, Value::Unknown) => return Value::Unknown,
        (Value::Null, _) | (_, Value::Null) => return Value::Null,
        (Value::Text(a), Value::Text(b)) => {
            // how texts sort is the collation's matter
            return match sign {
                "=" | "==" if a == b => Value::Bool(true),
                "<>" | "!=" if a == b => Value::Bool(false),
                "=" | "==" if a.to_lowercase() != b.to_lowercase() => Value::Bool(false),
                "<>" | "!=" if a.to_lowercase() != b.to_lowercase() => Value::Bool(true),
                _ => Value::Unknown,
            };
        }
        (a, b) => match (number(a), number(b)) {
            (Some(a), Some(b)) => a.partial_cmp(&b),
            _ => return Value::Unknown,
        },
    };
    let Some(order) = order else {
        return Value::Unknown;
    };
    Value::Bool(match sign {
        "<" => order == Ordering::Less,
        ">" => order == Ordering::Greater,
        "<=" => order != Ordering::Greater,
        ">=" => order != Ordering::Less,
        "=" | "==" => order == Ordering::Equal,
        _ => order != Ordering::Equal,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(rule: &str, default: &str) -> Option<bool> {
        let default = DefaultValue::from_text(default);
        breaks_rule(rule, &[("size", &default)])
    }

    #[test]
    fn a_default_is_held_against_the_rule() {
        for (rule, default, wanted) in [
            ("CHECK (size > 0)", "0", Some(true)),
            ("CHECK (size > 0)", "1", Some(false)),
            (
                "CONSTRAINT size_check CHECK (size > 0) NOT VALID",
                "0",
                Some(true),
            ),
            ("CHECK (size > 0) NOT ENFORCED", "0", Some(false)),
            ("size >= 0 AND size < 10", "10", Some(true)),
            ("CHECK (size IN ('new', 'old'))", "'new'", Some(false)),
            ("CHECK (size IN ('new', 'old'))", "'none'", Some(true)),
            ("CHECK ((size = ANY (ARRAY[1])))", "1", Some(false)),
            (
                "CHECK (((size)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[])))",
                "'c'::character varying",
                Some(true),
            ),
            ("CHECK (size > 0 OR size IS NULL)", "0", Some(true)),
            ("CHECK (size > 0 OR size IS NULL)", "NULL", Some(false)),
            ("CHECK (size > 0)", "", Some(false)),
            ("CHECK (size IS NOT NULL)", "", Some(true)),
            ("CHECK (size > other)", "0", None),
            ("CHECK (size > 0 AND other > 2)", "0", Some(true)),
            ("CHECK (size BETWEEN 1 AND 9)", "0", Some(true)),
            ("CHECK (size NOT BETWEEN 1 AND 9)", "0", Some(false)),
            ("CHECK (length(size) > 0)", "''", Some(true)),
            (
                "CHECK (char_length(trim(size)) BETWEEN 1 AND 20)",
                "'  '",
                Some(true),
            ),
            ("CHECK (LEN([size]) > 0)", "N''", Some(true)),
            ("CHECK ([size] > 0)", "((0))", Some(true)),
            ("CHECK (size ~ '^[a-z]+$')", "''", None),
            ("CHECK (size LIKE 'a%')", "'b'", None),
            ("CHECK (size > -1)", "-1", Some(true)),
            ("CHECK (size <> '')", "''", Some(true)),
            ("CHECK (size > now())", "1", None),
            ("CHECK (size > 0)", "now()", None),
            // calls of frameworks
            (
                "add_check_constraint :jars, 'size > 0', name: 'sized'",
                "0",
                Some(true),
            ),
            (
                "op.create_check_constraint(\"sized\", \"jars\", \"size > 0\")",
                "0",
                Some(true),
            ),
            (
                "create constraint(\"jars\", :sized, check: \"size in ('a', 'b')\")",
                "c",
                Some(true),
            ),
            (
                "new TableCheck({ expression: \"\\\"size\\\" > 0\" })",
                "0",
                Some(true),
            ),
            ("constraint(:sized) { size > 0 }", "0", None),
        ] {
            assert_eq!(broken(rule, default), wanted, "{rule} with {default}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_rule_ends(rule in ".{0,80}", default in ".{0,10}") {
            let _ = broken(&rule, &default);
        }
    }
}

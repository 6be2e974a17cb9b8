//! A condition of SQL, computed for a row of defaults.

use super::super::object::DefaultValue;
use super::condition_tokens::{ConditionToken, split_condition_tokens};

/// Deepest nesting of parentheses.
const DEPTH: usize = 40;

/// Functions of the databases that give NULL for NULL.
const NULL_STAYS: [&str; 31] = [
    "abs",
    "bit_length",
    "btrim",
    "cast",
    "ceil",
    "ceiling",
    "char_length",
    "character_length",
    "date",
    "datalength",
    "floor",
    "initcap",
    "json_array_length",
    "json_length",
    "json_typeof",
    "jsonb_array_length",
    "jsonb_typeof",
    "lcase",
    "len",
    "length",
    "lower",
    "ltrim",
    "octet_length",
    "reverse",
    "round",
    "rtrim",
    "sign",
    "trim",
    "ucase",
    "upper",
    "year",
];

/// A value of SQL, as far as it can be computed.
#[derive(Debug, Clone, PartialEq)]
pub enum ConditionValue {
    /// NULL.
    Null,
    /// Yes or no.
    Bool(bool),
    /// A number.
    Number(f64),
    /// A text.
    Text(String),
    /// It could not be computed.
    Unknown,
}

/// Reads a condition and computes it. `None` from any of its steps: the text is not read to its end.
pub struct ConditionReader<'a> {
    tokens: &'a [ConditionToken],
    columns: &'a [(&'a str, &'a DefaultValue)],
    at: usize,
    depth: usize,
}

impl<'a> ConditionReader<'a> {
    /// The value of a condition for a row that holds the defaults of these columns.
    pub fn compute(
        tokens: &'a [ConditionToken],
        columns: &'a [(&'a str, &'a DefaultValue)],
    ) -> Option<ConditionValue> {
        let mut reader = Self {
            tokens,
            columns,
            at: 0,
            depth: 0,
        };
        let value = reader.any()?;
        // a text that was read to a part may mean something else behind it
        (reader.at == tokens.len() && !tokens.is_empty()).then_some(value)
    }

    fn peek(&self, ahead: usize) -> Option<&'a ConditionToken> {
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

    fn any(&mut self) -> Option<ConditionValue> {
        self.depth += 1;
        // a rule from a hostile file may nest without end, and each level is a call
        if self.depth > DEPTH {
            return None;
        }
        let mut value = self.all()?;
        while self.eat("or") {
            value = combine_values(value, self.all()?, true);
        }
        self.depth -= 1;
        Some(value)
    }

    fn all(&mut self) -> Option<ConditionValue> {
        let mut value = self.not()?;
        while self.eat("and") {
            value = combine_values(value, self.not()?, false);
        }
        Some(value)
    }

    fn not(&mut self) -> Option<ConditionValue> {
        let mut turned = false;
        while self.eat("not") {
            turned = !turned;
        }
        let value = self.comparison()?;
        Some(if turned { negate_value(value) } else { value })
    }

    fn comparison(&mut self) -> Option<ConditionValue> {
        let left = self.sum()?;
        if self.eat("is") {
            let not = self.eat("not");
            let word = ["null", "true", "false"]
                .into_iter()
                .find(|word| self.is(0, word))?;
            self.at += 1;
            let same = match (&left, word) {
                // `IS NULL` of something unknown is unknown too, unlike in SQL where it is yes or
                // no
                (ConditionValue::Unknown, _) => return Some(ConditionValue::Unknown),
                (ConditionValue::Null, "null") | (ConditionValue::Bool(true), "true") => true,
                (ConditionValue::Bool(false), "false") => true,
                _ => false,
            };
            return Some(ConditionValue::Bool(same != not));
        }
        let not = self.is(0, "not")
            && ["between", "in", "like"]
                .iter()
                .any(|word| self.is(1, word));
        self.at += usize::from(not);
        let turned = |value: ConditionValue| if not { negate_value(value) } else { value };
        if self.eat("between") {
            self.eat("symmetric");
            let low = self.sum()?;
            if !self.eat("and") {
                return None;
            }
            let high = self.sum()?;
            return Some(turned(combine_values(
                compare_values(&left, ">=", &low),
                compare_values(&left, "<=", &high),
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
            // NULL is like nothing, whatever the pattern says
            return Some(if left == ConditionValue::Null {
                ConditionValue::Null
            } else {
                ConditionValue::Unknown
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
        Some(compare_values(&left, sign, &right))
    }

    /// `ARRAY[..]`, in parentheses and with a cast.
    fn array(&mut self, left: &ConditionValue) -> Option<ConditionValue> {
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
    fn one_of(&mut self, left: &ConditionValue, open: &str, close: &str) -> Option<ConditionValue> {
        if !self.eat(open) {
            return None;
        }
        let mut value = ConditionValue::Bool(false);
        loop {
            let member = self.sum()?;
            value = combine_values(value, compare_values(left, "=", &member), true);
            if self.eat(close) {
                return Some(value);
            }
            if !self.eat(",") {
                return None;
            }
        }
    }

    fn sum(&mut self) -> Option<ConditionValue> {
        let mut value = self.product()?;
        // MySQL takes `||` for OR, so nothing is computed of it but NULL
        while let Some(sign) = ["+", "-", "||"].into_iter().find(|sign| self.is(0, sign)) {
            self.at += 1;
            let other = self.product()?;
            value = match (value, other) {
                (ConditionValue::Number(a), ConditionValue::Number(b)) if sign == "+" => {
                    ConditionValue::Number(a + b)
                }
                (ConditionValue::Number(a), ConditionValue::Number(b)) if sign == "-" => {
                    ConditionValue::Number(a - b)
                }
                (ConditionValue::Null, _) | (_, ConditionValue::Null) => ConditionValue::Null,
                _ => ConditionValue::Unknown,
            };
        }
        Some(value)
    }

    fn product(&mut self) -> Option<ConditionValue> {
        let mut value = self.operand()?;
        while let Some(sign) = ["*", "/", "%"].into_iter().find(|sign| self.is(0, sign)) {
            self.at += 1;
            let other = self.operand()?;
            value = match (value, other) {
                (ConditionValue::Number(a), ConditionValue::Number(b)) if sign == "*" => {
                    ConditionValue::Number(a * b)
                }
                (ConditionValue::Null, _) | (_, ConditionValue::Null) => ConditionValue::Null,
                // division differs between databases: whole numbers, or with a fraction
                _ => ConditionValue::Unknown,
            };
        }
        Some(value)
    }

    fn operand(&mut self) -> Option<ConditionValue> {
        let value = match self.peek(0)? {
            ConditionToken::Mark(sign) if sign == "(" => {
                self.at += 1;
                let value = self.any()?;
                if !self.eat(")") {
                    return None;
                }
                value
            }
            ConditionToken::Mark(sign) if sign == "-" => {
                self.at += 1;
                match self.operand()? {
                    ConditionValue::Number(number) => ConditionValue::Number(-number),
                    ConditionValue::Null => ConditionValue::Null,
                    _ => ConditionValue::Unknown,
                }
            }
            ConditionToken::Mark(_) => return None,
            ConditionToken::Number(number) => {
                self.at += 1;
                ConditionValue::Number(*number)
            }
            ConditionToken::Text(text) => {
                self.at += 1;
                ConditionValue::Text(text.clone())
            }
            ConditionToken::Word(word) if self.is(1, "(") => self.call(word)?,
            ConditionToken::Word(word) | ConditionToken::Name(word) => {
                self.at += 1;
                let mut name = word;
                // `jars.size`
                while self.is(0, ".") {
                    match self.peek(1)? {
                        ConditionToken::Word(word) | ConditionToken::Name(word) => name = word,
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
        // a cast changes the type and seldom the value of a default
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

    fn named(&self, name: &str) -> ConditionValue {
        match name {
            "null" => return ConditionValue::Null,
            "true" => return ConditionValue::Bool(true),
            "false" => return ConditionValue::Bool(false),
            _ => {}
        }
        self.columns
            .iter()
            .find(|(column, _)| column.eq_ignore_ascii_case(name))
            // a column that is not new is unknown here: old code writes it
            .map_or(ConditionValue::Unknown, |(_, default)| {
                read_default(default)
            })
    }

    fn call(&mut self, name: &str) -> Option<ConditionValue> {
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
        let first = given.first().cloned().unwrap_or(ConditionValue::Unknown);
        Some(match (name, first) {
            // of one value MySQL's ISNULL asks whether it is empty
            ("isnull", ConditionValue::Unknown) if given.len() == 1 => ConditionValue::Unknown,
            ("isnull", value) if given.len() == 1 => {
                ConditionValue::Number(f64::from(u8::from(value == ConditionValue::Null)))
            }
            ("coalesce" | "ifnull" | "isnull" | "nvl", _) => given
                .into_iter()
                .find(|value| *value != ConditionValue::Null)
                .unwrap_or(ConditionValue::Null),
            // two values that are equal give NULL, and how texts compare is the collation's matter
            ("nullif", _) => ConditionValue::Unknown,
            // what a function of the project says of an empty value is not known
            (name, ConditionValue::Null) if given.len() == 1 && NULL_STAYS.contains(&name) => {
                ConditionValue::Null
            }
            (
                "length" | "char_length" | "character_length" | "len" | "octet_length"
                | "datalength",
                ConditionValue::Text(text),
            ) => {
                // LEN of SQL Server does not count blanks at the end
                let text = if name == "len" {
                    text.trim_end()
                } else {
                    &text
                };
                ConditionValue::Number(text.chars().count() as f64)
            }
            ("trim" | "btrim", ConditionValue::Text(text)) if given.len() == 1 => {
                ConditionValue::Text(text.trim().to_owned())
            }
            ("ltrim", ConditionValue::Text(text)) if given.len() == 1 => {
                ConditionValue::Text(text.trim_start().to_owned())
            }
            ("rtrim", ConditionValue::Text(text)) if given.len() == 1 => {
                ConditionValue::Text(text.trim_end().to_owned())
            }
            ("lower", ConditionValue::Text(text)) => ConditionValue::Text(text.to_lowercase()),
            ("upper", ConditionValue::Text(text)) => ConditionValue::Text(text.to_uppercase()),
            ("abs", ConditionValue::Number(number)) => ConditionValue::Number(number.abs()),
            ("cast", value) => value,
            _ => ConditionValue::Unknown,
        })
    }
}

/// The value that a column holds when it is left out.
fn read_default(default: &DefaultValue) -> ConditionValue {
    let text = match default {
        DefaultValue::None => return ConditionValue::Null,
        DefaultValue::Volatile(_) => return ConditionValue::Unknown,
        DefaultValue::Constant(text) => text,
    };
    let tokens = split_condition_tokens(text);
    match tokens.as_slice() {
        // a framework may give the text without quotes
        // Rails writes `default: new`, which is the text and no column
        [ConditionToken::Word(_), ..] | []
            if ConditionReader::compute(&tokens, &[]) == Some(ConditionValue::Unknown) =>
        {
            ConditionValue::Text(text.trim().to_owned())
        }
        [] => ConditionValue::Text(String::new()),
        _ => ConditionReader::compute(&tokens, &[]).unwrap_or(ConditionValue::Unknown),
    }
}

fn negate_value(value: ConditionValue) -> ConditionValue {
    match value {
        ConditionValue::Bool(holds) => ConditionValue::Bool(!holds),
        ConditionValue::Null => ConditionValue::Null,
        _ => ConditionValue::Unknown,
    }
}

/// `OR` where `any`, else `AND`.
fn combine_values(left: ConditionValue, right: ConditionValue, any: bool) -> ConditionValue {
    let decides = ConditionValue::Bool(any);
    // `FALSE AND unknown` is false: the known side decides
    if left == decides || right == decides {
        return decides;
    }
    match (&left, &right) {
        (ConditionValue::Unknown | ConditionValue::Number(_) | ConditionValue::Text(_), _)
        | (_, ConditionValue::Unknown | ConditionValue::Number(_) | ConditionValue::Text(_)) => {
            ConditionValue::Unknown
        }
        (ConditionValue::Null, _) | (_, ConditionValue::Null) => ConditionValue::Null,
        _ => ConditionValue::Bool(!any),
    }
}

fn compare_values(left: &ConditionValue, sign: &str, right: &ConditionValue) -> ConditionValue {
    use std::cmp::Ordering;
    let number = |value: &ConditionValue| match value {
        ConditionValue::Number(number) => Some(*number),
        // `'5'` beside a number is a number to every database that compares them at all
        ConditionValue::Text(text) => text.trim().parse::<f64>().ok(),
        ConditionValue::Bool(holds) => Some(f64::from(u8::from(*holds))),
        _ => None,
    };
    let order = match (left, right) {
        (ConditionValue::Unknown, _) | (_, ConditionValue::Unknown) => {
            return ConditionValue::Unknown;
        }
        (ConditionValue::Null, _) | (_, ConditionValue::Null) => return ConditionValue::Null,
        (ConditionValue::Text(a), ConditionValue::Text(b)) => {
            // how texts sort is the collation's matter
            return match sign {
                "=" | "==" if a == b => ConditionValue::Bool(true),
                "<>" | "!=" if a == b => ConditionValue::Bool(false),
                // equal but for their case: a collation that ignores case takes them for one
                "=" | "==" if a.to_lowercase() != b.to_lowercase() => ConditionValue::Bool(false),
                "<>" | "!=" if a.to_lowercase() != b.to_lowercase() => ConditionValue::Bool(true),
                _ => ConditionValue::Unknown,
            };
        }
        (a, b) => match (number(a), number(b)) {
            (Some(a), Some(b)) => a.partial_cmp(&b),
            _ => return ConditionValue::Unknown,
        },
    };
    let Some(order) = order else {
        return ConditionValue::Unknown;
    };
    ConditionValue::Bool(match sign {
        "<" => order == Ordering::Less,
        ">" => order == Ordering::Greater,
        "<=" => order != Ordering::Greater,
        ">=" => order != Ordering::Less,
        "=" | "==" => order == Ordering::Equal,
        _ => order != Ordering::Equal,
    })
}

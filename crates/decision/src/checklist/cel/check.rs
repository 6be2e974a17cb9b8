//! From CEL text to a checked [`Node`]: every path resolved, every literal checked against the
//! fact's domain.

use cel::common::ast::{CallExpr, ComprehensionExpr, Expr, LiteralValue, SourceInfo, operators};
use cel::parser::{Expression, Parser};

use super::{CelCondition, ConditionNode, FactRef, Num, NumberComparison};
use crate::checklist::catalogue::{self, FactDef, Values};

/// Longest condition that is read, in characters.
const LONGEST: usize = 2000;

/// What is wrong with a condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConditionProblem {
    /// Where, in characters from the start of the text.
    pub offset: usize,
    /// One sentence.
    pub says: String,
    /// What to write instead.
    pub suggestion: Option<String>,
}

/// Reads and checks a condition. In `per_dependent` rules `dependent.uses`, `.copes` and
/// `.can_go_back` name the dependent at hand.
pub fn compile_condition(
    text: &str,
    per_dependent: bool,
) -> Result<CelCondition, ConditionProblem> {
    if text.chars().count() > LONGEST {
        return Err(ConditionProblem {
            offset: 0,
            says: format!("the condition has more than {LONGEST} characters"),
            suggestion: None,
        });
    }
    let parsed = Parser::default()
        .max_recursion_depth(48)
        .parse_with_source_info(text);
    let (tree, source) = parsed.map_err(|errors| {
        let first = errors.errors.into_iter().next();
        let (line, column) = first.as_ref().map_or((1, 1), |error| error.pos);
        let before: usize = text
            .split_inclusive('\n')
            .take(usize::try_from(line - 1).unwrap_or(0))
            .map(|line| line.chars().count())
            .sum();
        let message = first.map_or_else(String::new, |error| error.msg);
        let message = message.trim().trim_start_matches("Syntax error:").trim();
        ConditionProblem {
            offset: before + usize::try_from(column - 1).unwrap_or(0),
            says: simplify_cel_message(message),
            suggestion: None,
        }
    })?;
    let mut check = ConditionChecker {
        source: &source,
        here: per_dependent.then(|| "dependent".to_owned()),
    };
    Ok(CelCondition {
        text: text.to_owned(),
        node: check.condition(&tree)?,
    })
}

/// What the parser of CEL says, for people: it speaks of tokens and what it expected, which names
/// dozens of signs.
fn simplify_cel_message(message: &str) -> String {
    let quoted = || {
        let (_, rest) = message.split_once('\'')?;
        let (inner, _) = rest.split_once('\'')?;
        Some(model::escape_invisible(&model::shorten_text(inner, 40)).into_owned())
    };
    let lower = message.to_ascii_lowercase();
    if lower.contains("recursion") || lower.contains("too deep") || lower.contains("depth") {
        return "the condition is nested too deeply; write it with fewer brackets, or as several \
            rules"
            .to_owned();
    }
    let not_a_number = ["literal", "number", "integer", "double"]
        .iter()
        .any(|word| lower.contains(word));
    match quoted().as_deref().map(str::trim) {
        Some("<EOF>") => {
            "the condition ends too early: a value, a closing bracket or a closing quote is missing"
                .to_owned()
        }
        Some("=") => "a single = is no comparison; write == for equal".to_owned(),
        Some(inner) if !inner.is_empty() => {
            format!("the condition cannot be read at {inner}: it cannot stand there")
        }
        _ if not_a_number => "the condition holds a number that cannot be read".to_owned(),
        _ => format!(
            "the condition cannot be read: {}",
            model::escape_invisible(message)
        ),
    }
}

struct ConditionChecker<'a> {
    source: &'a SourceInfo,
    /// The name under which the dependent at hand is known.
    here: Option<String>,
}

type Checked<T> = Result<T, ConditionProblem>;

impl ConditionChecker<'_> {
    fn offset(&self, mut at: &Expression) -> usize {
        loop {
            at = match &at.expr {
                Expr::Select(select) => &select.operand,
                Expr::Call(CallExpr {
                    target: Some(target),
                    ..
                }) => target,
                Expr::Call(CallExpr {
                    func_name, args, ..
                }) if !args.is_empty() && func_name.starts_with('_') => &args[0],
                _ => break,
            };
        }
        self.source
            .offset_for(at.id)
            .map_or(0, |(start, _)| start as usize)
    }

    fn problem<T>(
        &self,
        at: &Expression,
        says: impl Into<String>,
        suggestion: Option<String>,
    ) -> Checked<T> {
        Err(ConditionProblem {
            offset: self.offset(at),
            says: says.into(),
            suggestion,
        })
    }

    fn condition(&mut self, at: &Expression) -> Checked<ConditionNode> {
        match &at.expr {
            Expr::Literal(LiteralValue::Boolean(value)) => {
                Ok(ConditionNode::Constant(*value.inner()))
            }
            Expr::Literal(LiteralValue::Null) => self.null(at),
            Expr::Call(call) => self.call(at, call),
            Expr::Comprehension(comprehension) => self.quantifier(at, comprehension),
            Expr::Select(select) if select.test => self.has(at, &select.operand, &select.field),
            Expr::Ident(_) | Expr::Select(_) => {
                let (key, _, def) = self.fact(at)?;
                let example = match def.values {
                    Values::Words(words) => format!("{key} == \"{}\"", words[0]),
                    Values::Number(_) => format!("{key} > 0"),
                };
                self.problem(at, format!("{key} alone is not a condition"), Some(example))
            }
            _ => self.problem(
                at,
                "only comparisons of facts make a condition",
                Some("impact.now == \"down\"".to_owned()),
            ),
        }
    }

    fn null<T>(&self, at: &Expression) -> Checked<T> {
        self.problem(
            at,
            "null turns an unknown fact into a no",
            Some("known(f), or na(f) for a fact that does not apply".to_owned()),
        )
    }

    fn has<T>(&self, at: &Expression, operand: &Expression, field: &str) -> Checked<T> {
        let path = read_name_chain(operand)
            .map_or_else(|| "f".to_owned(), |path| format!("{path}.{field}"));
        self.problem(
            at,
            "has() turns an unknown fact into a no",
            Some(format!(
                "known({path}), or na({path}) for a fact that does not apply"
            )),
        )
    }

    fn call(&mut self, at: &Expression, call: &CallExpr) -> Checked<ConditionNode> {
        if call.target.is_some() {
            let names = ["all", "exists"];
            let near = catalogue::find_nearest_candidate(&call.func_name, names.into_iter())
                .unwrap_or("all");
            return self.problem(
                at,
                format!("there is no function .{}()", call.func_name),
                Some(format!("dependents.{near}(d, …)")),
            );
        }
        match (call.func_name.as_str(), call.args.as_slice()) {
            (operators::LOGICAL_AND, [a, b]) => Ok(ConditionNode::And(
                Box::new(self.condition(a)?),
                Box::new(self.condition(b)?),
            )),
            (operators::LOGICAL_OR, [a, b]) => Ok(ConditionNode::Or(
                Box::new(self.condition(a)?),
                Box::new(self.condition(b)?),
            )),
            (operators::LOGICAL_NOT, [a]) => Ok(ConditionNode::Not(Box::new(self.condition(a)?))),
            (operators::CONDITIONAL, [c, a, b]) => Ok(ConditionNode::If(
                Box::new(self.condition(c)?),
                Box::new(self.condition(a)?),
                Box::new(self.condition(b)?),
            )),
            (operators::EQUALS, [a, b]) => self.compare(at, NumberComparison::Equal, a, b),
            (operators::NOT_EQUALS, [a, b]) => Ok(ConditionNode::Not(Box::new(self.compare(
                at,
                NumberComparison::Equal,
                a,
                b,
            )?))),
            (operators::LESS, [a, b]) => self.compare(at, NumberComparison::Less, a, b),
            (operators::LESS_EQUALS, [a, b]) => self.compare(at, NumberComparison::AtMost, a, b),
            (operators::GREATER, [a, b]) => self.compare(at, NumberComparison::More, a, b),
            (operators::GREATER_EQUALS, [a, b]) => {
                self.compare(at, NumberComparison::AtLeast, a, b)
            }
            (operators::IN, [a, b]) => self.membership(a, b),
            ("known", [fact]) => Ok(ConditionNode::Known(self.fact(fact)?.1)),
            ("na", [fact]) => Ok(ConditionNode::NotApplicable(self.fact(fact)?.1)),
            ("has", _) => self.problem(
                at,
                "has() turns an unknown fact into a no",
                Some("known(f), or na(f)".to_owned()),
            ),
            (name, args) => {
                let shown = name.trim_matches(['_', '@']);
                let near = catalogue::find_nearest_candidate(shown, ["known", "na"].into_iter());
                let says = if matches!(shown, "known" | "na") {
                    format!("{shown}() takes one fact, not {}", args.len())
                } else if name.contains('_') && shown != name {
                    format!("{shown} cannot be used as a condition")
                } else {
                    format!("there is no function {shown}()")
                };
                self.problem(at, says, near.map(|near| format!("{near}(f)")))
            }
        }
    }

    fn compare(
        &mut self,
        at: &Expression,
        order: NumberComparison,
        a: &Expression,
        b: &Expression,
    ) -> Checked<ConditionNode> {
        for side in [a, b] {
            if matches!(side.expr, Expr::Literal(LiteralValue::Null)) {
                return self.null(side);
            }
        }
        let words = [a, b].map(|side| {
            if read_name_chain(side).is_some()
                && read_name_chain(side).as_deref() != Some("usage.limit")
            {
                Some(self.fact(side))
            } else {
                None
            }
        });
        for (other, found) in [(b, &words[0]), (a, &words[1])] {
            let Some(found) = found else { continue };
            let (key, fact, def) = found.clone()?;
            let Values::Words(domain) = def.values else {
                continue;
            };
            if order != NumberComparison::Equal {
                return self.problem(
                    at,
                    format!("{key} is a word; words are compared with == or in"),
                    Some(format!("{key} in [\"{}\", \"{}\"]", domain[0], domain[1])),
                );
            }
            if read_name_chain(other).is_some() {
                return self.problem(
                    other,
                    format!("{key} is compared with a word in quotes"),
                    Some(format!("{key} == \"{}\"", domain[0])),
                );
            }
            return Ok(ConditionNode::Is(
                fact,
                1 << self.word(other, &key, def, domain)?,
            ));
        }
        Ok(ConditionNode::Compare(
            order,
            self.number(a)?,
            self.number(b)?,
        ))
    }

    fn membership(&mut self, a: &Expression, b: &Expression) -> Checked<ConditionNode> {
        let (key, fact, def) = self.fact(a)?;
        let Values::Words(domain) = def.values else {
            return self.problem(
                a,
                format!("{key} is a number; `in` is for words"),
                Some(format!("{key} >= 0")),
            );
        };
        let Expr::List(list) = &b.expr else {
            return self.problem(
                b,
                "`in` takes a list of words",
                Some(format!("{key} in [\"{}\"]", domain[0])),
            );
        };
        let mut words = 0;
        for element in &list.elements {
            words |= 1 << self.word(element, &key, def, domain)?;
        }
        Ok(ConditionNode::Is(fact, words))
    }

    fn word(&self, at: &Expression, key: &str, def: &FactDef, domain: &[&str]) -> Checked<usize> {
        let list = domain.join(", ");
        match &at.expr {
            Expr::Literal(LiteralValue::String(word)) => {
                match domain.iter().position(|known| *known == word.inner()) {
                    Some(place) => Ok(place),
                    None if matches!(word.inner(), "unknown" | "not-applicable") => {
                        let function = if word.inner() == "unknown" {
                            "!known"
                        } else {
                            "na"
                        };
                        self.problem(
                            at,
                            format!("\"{}\" is not a word of {key}", word.inner()),
                            Some(format!("{function}({key})")),
                        )
                    }
                    None => {
                        let near =
                            catalogue::find_nearest_candidate(word.inner(), domain.iter().copied());
                        let says = format!(
                            "{key} is never \"{}\"; its words are {list}",
                            model::escape_invisible(word.inner())
                        );
                        self.problem(at, says, near.map(|near| format!("\"{near}\"")))
                    }
                }
            }
            Expr::Literal(LiteralValue::Null) => self.null(at),
            Expr::Literal(LiteralValue::Boolean(value)) if domain.contains(&"yes") => {
                let word = if *value.inner() { "yes" } else { "no" };
                self.problem(
                    at,
                    format!("{} is a word, not a truth value", def.key),
                    Some(format!("\"{word}\"")),
                )
            }
            _ => self.problem(
                at,
                format!("{key} is compared with one of its words: {list}"),
                Some(format!("\"{}\"", domain[0])),
            ),
        }
    }

    fn number(&mut self, at: &Expression) -> Checked<Num> {
        match &at.expr {
            Expr::Literal(LiteralValue::Int(number)) => Ok(Num::Constant(*number.inner() as f64)),
            Expr::Literal(LiteralValue::Double(number)) if number.inner().is_finite() => {
                Ok(Num::Constant(*number.inner()))
            }
            Expr::Literal(LiteralValue::Null) => self.null(at),
            Expr::Ident(_) | Expr::Select(_) => {
                if read_name_chain(at).as_deref() == Some("usage.limit") {
                    return Ok(Num::UsageLimit);
                }
                let (key, fact, def) = self.fact(at)?;
                match def.values {
                    Values::Number(_) => Ok(Num::Fact(fact)),
                    Values::Words(words) => self.problem(
                        at,
                        format!("{key} is a word, not a number"),
                        Some(format!("{key} == \"{}\"", words[0])),
                    ),
                }
            }
            Expr::Call(call) if call.target.is_none() => {
                match (call.func_name.as_str(), call.args.as_slice()) {
                    (operators::ADD, [a, b]) => Ok(Num::Add(
                        Box::new(self.number(a)?),
                        Box::new(self.number(b)?),
                    )),
                    (operators::SUBSTRACT, [a, b]) => Ok(Num::Sub(
                        Box::new(self.number(a)?),
                        Box::new(self.number(b)?),
                    )),
                    (operators::MULTIPLY, [a, b]) => Ok(Num::Mul(
                        Box::new(self.number(a)?),
                        Box::new(self.number(b)?),
                    )),
                    (operators::NEGATE, [a]) => Ok(Num::Sub(
                        Box::new(Num::Constant(0.0)),
                        Box::new(self.number(a)?),
                    )),
                    (operators::DIVIDE | operators::MODULO, _) => self.problem(
                        at,
                        "division is not offered: it can fail at run time",
                        Some("multiply the other side instead".to_owned()),
                    ),
                    _ => self.problem(at, "a number is expected here", None),
                }
            }
            _ => self.problem(at, "a number or a numeric fact is expected here", None),
        }
    }

    fn quantifier(
        &mut self,
        at: &Expression,
        comprehension: &ComprehensionExpr,
    ) -> Checked<ConditionNode> {
        if read_name_chain(&comprehension.iter_range).as_deref() != Some("dependents") {
            return self.problem(
                &comprehension.iter_range,
                "only dependents can be walked over",
                Some("dependents.all(d, …)".to_owned()),
            );
        }
        let all = match &comprehension.accu_init.expr {
            Expr::Literal(LiteralValue::Boolean(start)) => *start.inner(),
            _ => {
                return self.problem(
                    at,
                    "only all and exists are offered",
                    Some("dependents.exists(d, …)".to_owned()),
                );
            }
        };
        let body = match &comprehension.loop_step.expr {
            Expr::Call(step) if step.args.len() == 2 => &step.args[1],
            _ => {
                return self.problem(
                    at,
                    "only all and exists are offered",
                    Some("dependents.exists(d, …)".to_owned()),
                );
            }
        };
        let outer = self.here.replace(comprehension.iter_var.clone());
        let node = self.condition(body);
        self.here = outer;
        let node = Box::new(node?);
        Ok(if all {
            ConditionNode::All(node)
        } else {
            ConditionNode::Exists(node)
        })
    }

    /// A path's key, its reference and its definition.
    fn fact(&self, at: &Expression) -> Checked<(String, FactRef, &'static FactDef)> {
        if let Expr::Select(select) = &at.expr
            && select.test
        {
            return self.has(at, &select.operand, &select.field);
        }
        let Some(path) = read_name_chain(at) else {
            return self.problem(
                at,
                "a fact is expected here",
                Some("known(impact.now)".to_owned()),
            );
        };
        let (root, field) = path.split_once('.').unwrap_or((path.as_str(), ""));
        if self.here.as_deref() == Some(root) {
            let key = format!("dependent[].{field}");
            return match catalogue::find_fact_position(&key) {
                Some(place) => Ok((
                    path.clone(),
                    FactRef::Dependent(place as u8),
                    &catalogue::list_fact_definitions()[place],
                )),
                None => {
                    let near = catalogue::find_nearest_candidate(
                        field,
                        ["uses", "copes", "can_go_back"].into_iter(),
                    )
                    .unwrap_or("copes");
                    self.problem(
                        at,
                        format!("a dependent has no fact {field}"),
                        Some(format!("{root}.{near}")),
                    )
                }
            };
        }
        if root == "dependent" {
            let says = "dependent.… is for rules with `per: dependent`";
            return self.problem(
                at,
                says,
                Some("dependents.exists(d, d.copes == \"no\")".to_owned()),
            );
        }
        match catalogue::find_fact_position(&path) {
            Some(place) => Ok((
                path,
                FactRef::Plain(place as u8),
                &catalogue::list_fact_definitions()[place],
            )),
            None => {
                let near = catalogue::find_nearest_candidate(
                    &path,
                    catalogue::list_fact_definitions()
                        .iter()
                        .map(|def| def.key)
                        .chain(["usage.limit"]),
                );
                self.problem(
                    at,
                    format!("there is no fact {path}"),
                    near.map(str::to_owned),
                )
            }
        }
    }
}

/// `a.b.c` for a chain of names; `None` for anything else.
fn read_name_chain(at: &Expression) -> Option<String> {
    match &at.expr {
        Expr::Ident(name) => Some(name.clone()),
        Expr::Select(select) if !select.test => Some(format!(
            "{}.{}",
            read_name_chain(&select.operand)?,
            select.field
        )),
        _ => None,
    }
}

#[cfg(test)]
mod tests;

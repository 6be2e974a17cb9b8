//! Is a word in the body of a type the name of a field?

use coverage::guard::{GuardLanguage, GuardToken, TokenKind};

/// Where a word stands in the body of a type.
pub(super) struct FieldPlace<'a> {
    pub language: GuardLanguage,
    /// The type is an enum: its fields are cases.
    pub choice: bool,
    pub body: &'a [GuardToken<'a>],
    pub at: usize,
    /// Open braces and open round or square brackets.
    pub braces: i32,
    pub rounds: i32,
    /// The body has begun; before that stand the parameters of a head.
    pub opened: bool,
    /// How far the body is indented.
    pub inner: usize,
}

impl FieldPlace<'_> {
    /// Whether the word is the name of a field, by the grammar of its language.
    pub(super) fn is_field(&self) -> bool {
        let (body, at, braces, rounds) = (self.body, self.at, self.braces, self.rounds);
        let token = &body[at];
        let before = at.checked_sub(1).and_then(|at| body.get(at));
        let next = body.get(at + 1);
        let follows =
            |signs: &[&str]| next.is_some_and(|next| signs.iter().any(|sign| next.is(sign)));
        let here = braces == 1 && rounds == 0;
        let head = !self.opened && braces == 0 && rounds == 1;
        let typed = before.is_some_and(|before| {
            before.kind == TokenKind::Word
                && !matches!(
                    before.text,
                    "return" | "import" | "package" | "using" | "goto" | "new"
                )
                || [">", "]", "?", "*", "&"].iter().any(|sign| before.is(sign))
        });
        match self.language.name {
            "go" => here && token.first,
            "rs" if self.choice => {
                here && (before
                    .is_some_and(|before| before.is("{") || before.is(",") || before.is("]"))
                    && braces == 1)
                    && token.text.chars().next().is_some_and(char::is_uppercase)
            }
            "rs" => here && follows(&[":"]),
            "py" => {
                token.first
                    && token.indent == self.inner
                    && follows(&[":", "="])
                    && !["model_config", "class", "def", "if", "else"].contains(&token.text)
            }
            "rb" => {
                rounds <= 1
                    && !matches!(token.text, "true" | "false")
                    && before.is_some_and(|before| before.is(":"))
                    && body[..at]
                        .iter()
                        .rev()
                        .take_while(|other| other.line == token.line)
                        .any(|other| {
                            matches!(
                                other.text,
                                "attr_accessor"
                                    | "attr_reader"
                                    | "attribute"
                                    | "new"
                                    | "define"
                                    | "field"
                            )
                        })
            }
            "ex" => rounds <= 1 && (follows(&[":"]) || before.is_some_and(|before| before.is(":"))),
            "swift" | "kt" | "scala" if head => follows(&[":"]),
            "swift" | "kt" | "scala" if self.choice => {
                here && before
                    .is_some_and(|before| before.is("{") || before.is(",") || before.is("case"))
            }
            "swift" | "kt" | "scala" => {
                here && before.is_some_and(|before| matches!(before.text, "val" | "var" | "let"))
            }
            "js" => {
                here && follows(&[":", "?", "!"])
                    && !body.get(at + 2).is_some_and(|token| token.is("."))
            }
            _ if head => typed && follows(&[",", ")", "="]),
            "php" => {
                // a parameter of a constructor that is a property, too
                let promoted = braces == 1
                    && rounds == 1
                    && follows(&[",", ")", "="])
                    && body[at.saturating_sub(4)..at].iter().any(|word| {
                        matches!(word.text, "public" | "private" | "protected" | "readonly")
                    });
                token.text.starts_with('$') && (promoted || here && follows(&[";", "="]))
            }
            _ if self.choice => {
                here && before.is_some_and(|before| before.is("{") || before.is(","))
                    && follows(&[",", "(", "=", ";", "}"])
            }
            _ => {
                here && typed
                    && (follows(&[";", "="])
                        || self.language.name == "cs"
                            && follows(&["{"])
                            && body
                                .get(at + 2)
                                .is_some_and(|token| matches!(token.text, "get" | "set" | "init")))
            }
        }
    }
}

//! Rules of an interface that a file of addresses does not write: how fields are named, what is
//! refused, who may call, how much may be sent, with which status, cookie and type of content it is
//! answered.
//!
//! A contract file that stays as it is says nothing of these, so it covers them only where it holds
//! what came. A validator's own schema was no help: each framework spells such rules in its way, and
//! what counts here is only whether one changed.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::bytes::{Regex, RegexBuilder};

use super::status_names::read_status;
use crate::changed_lines::ChangedLine;

/// Longest line that is looked at, in bytes; what is longer was made by a tool.
const LINE: usize = 2_000;

/// Most changed lines of one side that are looked at; a file with more is another program.
const LINES: usize = 4_000;

/// What kind of rule it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum RuleKind {
    /// How the names of fields are written when they are sent.
    Naming,
    /// What is refused of what others send.
    Check,
    /// Who may call.
    Guard,
    /// How much or how often others may send, and how much they get at once.
    Limit,
    /// From which pages browsers may call.
    Origin,
    /// With which status it is answered.
    Status,
    /// The type of content that is sent or taken.
    Media,
    /// A cookie that clients keep.
    Cookie,
}

impl RuleKind {
    /// Whether one that only comes takes nothing from anybody on the way back: the older release
    /// then takes all that the newer one takes.
    fn may_come(self) -> bool {
        matches!(self, Self::Check | Self::Guard | Self::Limit | Self::Origin)
    }

    /// What changed, in a few words.
    fn describe(self) -> &'static str {
        match self {
            Self::Naming => "how the names of fields are written when they are sent",
            Self::Check => "a check of what others send",
            Self::Guard => "who may call this",
            Self::Limit => "how much or how often others may send or get",
            Self::Origin => "from which pages browsers may call this",
            Self::Status => "the status with which a call is answered",
            Self::Media => "the type of content that is sent or taken",
            Self::Cookie => "a cookie that clients keep",
        }
    }
}

/// How languages and frameworks spell a rule. The whole match is compared, so it holds the values.
struct RulePattern {
    kind: RuleKind,
    /// Words of which the text holds one; empty where the spelling is plain enough.
    needs: &'static [&'static str],
    pattern: &'static str,
}

const PATTERNS: [RulePattern; 20] = [
    RulePattern {
        kind: RuleKind::Naming,
        needs: &[],
        pattern: r"\b(?:(?:Property|Dictionary)(?:Naming|Key)Policy|(?:Property)?NamingStrateg\w+|FieldNamingPolic\w+|rename_all(?:_fields)?|alias_generator|key(?:Encoding|Decoding)Strategy|key_transform\w*|key_format|camelizeKeys|snakeizeKeys|camelcaseKeys|snakecaseKeys|ContractResolver|JsonNamingPolicy|setSerializationInclusion|JsonInclude|DefaultIgnoreCondition|response_model_exclude_\w+|response_model_by_alias|by_alias|EmitUnpopulated|EmitDefaultValues|UseProtoNames|WRITE_DATES_AS_TIMESTAMPS|COERCE_DECIMAL_TO_STRING|DATETIME_FORMAT|DateFormatHandling)\b[^;]*",
    },
    RulePattern {
        kind: RuleKind::Check,
        needs: &["validation", "Valid", "constraints"],
        pattern: r"@(?:field:|get:|param:)?(?:NotNull|NotBlank|NotEmpty|Size|Min|Max|Pattern|Email|Positive\w*|Negative\w*|DecimalM\w+|Digits|Past\w*|Future\w*|Length|Range|AssertTrue|AssertFalse|Valid)\b(?:\s*\([^)]*\))?",
    },
    RulePattern {
        kind: RuleKind::Check,
        needs: &["class-validator"],
        pattern: r"@(?:Is[A-Z]\w*|M(?:ax|in)\w*|Matches|Length|Array[A-Z]\w*|ValidateNested|Equals|NotEquals|Contains|NotContains)\s*\([^)]*\)",
    },
    RulePattern {
        kind: RuleKind::Check,
        needs: &[
            "DataAnnotations",
            "ComponentModel",
            "[Required",
            "[ApiController",
        ],
        pattern: r"\[(?:property:\s*|param:\s*)?(?:Required|StringLength|MaxLength|MinLength|Range|RegularExpression|EmailAddress|Phone|Url|CreditCard|Compare|Length|AllowedValues)\b[^\]]*\]",
    },
    RulePattern {
        kind: RuleKind::Check,
        needs: &["AbstractValidator", "RuleFor"],
        pattern: r"\.(?:NotEmpty|NotNull|MaximumLength|MinimumLength|Length|Matches|GreaterThan\w*|LessThan\w*|InclusiveBetween|ExclusiveBetween|EmailAddress|Must)\s*\([^)]*\)",
    },
    // tags of Go, and attributes of Rust
    RulePattern {
        kind: RuleKind::Check,
        needs: &[],
        pattern: r#"\b(?:binding|validate)\s*:\s*"[^"]*"|#\[(?:validate|garde)\b[^\]]*\]"#,
    },
    RulePattern {
        kind: RuleKind::Check,
        needs: &[
            "pydantic",
            "serializers",
            "fastapi",
            "marshmallow",
            "msgspec",
            "wtforms",
            "forms",
            "ninja",
            "litestar",
        ],
        pattern: r#"\b(?:pattern|regex|max_length|min_length|max_digits|decimal_places|ge|le|gt|lt|multiple_of|max_items|min_items|max_value|min_value|required|allow_null|allow_blank|extra)\s*=\s*(?:[rRbB]?"[^"]*"|[rRbB]?'[^']*'|[\w.+-]+)|\bEXCLUDE\b|\bRAISE\b"#,
    },
    RulePattern {
        kind: RuleKind::Check,
        needs: &[
            "zod",
            "joi",
            "yup",
            "valibot",
            "express-validator",
            "superstruct",
            "celebrate",
        ],
        pattern: r"\)\s*\.(?:max|min|length|regex|email|url|uuid|int|positive|nonnegative|nonempty|gte?|lte?|multipleOf|pattern|required|optional|nullable|nullish|strict|passthrough|isLength|isInt|isEmail|matches)\s*\([^)]*\)",
    },
    RulePattern {
        kind: RuleKind::Check,
        needs: &["schema", "Schema", "typebox", "ajv"],
        pattern: r#"\b["']?(?:maxLength|minLength|maximum|minimum|exclusiveMaximum|exclusiveMinimum|maxItems|minItems|pattern|additionalProperties)["']?\s*:\s*[^,}\s]+"#,
    },
    RulePattern {
        kind: RuleKind::Check,
        needs: &["validates", "Dry::", "params do", "Grape"],
        pattern: r"^\s*(?:validates\w*|requires|optional)\b.*",
    },
    RulePattern {
        kind: RuleKind::Check,
        needs: &["rules", "valid", "Assert", "Rule::"],
        pattern: r#"['"](?:[\w:,.|-]*\|)?(?:required|nullable|sometimes|integer|numeric|email|uuid|max:\d+|min:\d+|size:\d+|between:[\d,]+|digits:\d+|in:[^'"|]+|regex:[^'"]+)(?:\|[^'"]*)?['"]|#\[Assert\\\w+(?:\([^)]*\))?"#,
    },
    RulePattern {
        kind: RuleKind::Check,
        needs: &["changeset"],
        pattern: r"\bvalidate_\w+\b.*",
    },
    RulePattern {
        kind: RuleKind::Guard,
        needs: &[],
        pattern: r"\[(?:Authorize|AllowAnonymous)\b[^\]]*\]|\bRequireAuthorization\s*\([^)]*\)|@(?:PreAuthorize|PostAuthorize|Secured|RolesAllowed|PermitAll|DenyAll|UseGuards|Roles|Public|Authenticated)\b(?:\s*\([^)]*\))?|\b(?:permission|authentication)_classes\b.*|\bDEFAULT_(?:AUTHENTICATION|PERMISSION)_CLASSES\b.*|@\w*(?:login|permission|token|auth)_required\b.*|\bpassport\.authenticate\s*\([^)]*\)|^\s*(?:skip_)?before_action\s+:(?:auth|require|ensure|verify)\w*.*|\.(?:permitAll|denyAll|authenticated|hasIpAddress)\s*\([^)]*\)",
    },
    RulePattern {
        kind: RuleKind::Limit,
        needs: &[],
        pattern: r"(?i)\b(?:throttle\w*|\w*throttl(?:e|ing)_(?:rates?|classes)|rate_?limit\w*|slow_?down|@Throttle|body_?limit|max_?body\w*|MaxRequestBodySize|MaxBytesReader|max_?(?:file|upload|request|payload|page)_?(?:size|bytes)?|DATA_UPLOAD_MAX\w*|RequestSizeLimit|DefaultBodyLimit|DEFAULT_PAGINATION_CLASS|page_?size|per_?page|items_?per_?page)\b\s*[(:=\x22'<,].*|\b(?:json|urlencoded|raw|text|multer|bodyParser)\s*\(\s*\{[^}]*\blimits?\b.*",
    },
    RulePattern {
        kind: RuleKind::Origin,
        needs: &[],
        pattern: r"(?i)\b(?:cors\s*\(|cors_\w+\s*=|enableCors|allow(?:ed)?_?origins?|WithOrigins|setAllowedOrigins?|CrossOrigin|Access-Control-[\w-]+).*",
    },
    RulePattern {
        kind: RuleKind::Status,
        needs: &[],
        pattern: r"\b(?:status|sendStatus|WriteHeader|StatusCode|writeHead|abort|put_status|setStatus\w*|withStatus|http_response_code|statusCode|status_code|Status|sendError|HTTPException|ResponseStatus|head)\s*(?:[(:]|=>|=(?:[^=]|$)|\s:)\s*:?[\w.]*\b(?:\d{3}|[A-Za-z_]+)\b|\b(?:HttpStatus|HTTPStatus|StatusCodes?|HttpStatusCode|HttpResponseStatus|Results|TypedResults|status)\s*(?:\.|::)\s*\w+|\bhttp\.Status[A-Z]\w+|\bsend_resp\s*\([^,)]*,\s*:?\w+|\breturn\s+(?:this\.)?(?:Ok|Created\w*|Accepted\w*|NoContent|NotFound|BadRequest|Conflict|Unauthorized|Forbid|UnprocessableEntity)\s*\(",
    },
    RulePattern {
        kind: RuleKind::Media,
        needs: &[],
        pattern: r#"["'](?:application|text|image|audio|video|multipart|font|model)/[\w.+*-]+(?:;[^"']*)?["']|\bMediaType\.\w+"#,
    },
    // the name of a cookie, and who gets it
    RulePattern {
        kind: RuleKind::Cookie,
        needs: &[],
        pattern: r#"(?i)cookies?(?:_?(?:name|options))?[!.\s]*(?:get|set|append|delete|add|put)?\s*[(\[{:=,]+\s*(?:name\s*[:=]\s*)?(?:[\w.]+\s*,\s*)?:?["'][\w.-]+["']|\b(?:session|cookie)\w*[(\s{:.\w,]*\b(?:key|name|domain|same_?site|path)\s*(?:[:=]|=>)\s*[:"'\w.-]+"#,
    },
    RulePattern {
        kind: RuleKind::Cookie,
        needs: &["ookie", "OOKIE"],
        pattern: r#"(?i)\b(?:same_?site|domain)["']?\s*(?:[:=(]|=>)\s*[:"'\w.-]+|\bsession_store\b.*|\b(?:session|csrf)_cookie_\w+\s*=.*"#,
    },
    RulePattern {
        kind: RuleKind::Media,
        needs: &["DEFAULT_"],
        pattern: r"\bDEFAULT_(?:RENDERER|PARSER)_CLASSES\b.*",
    },
];

static SPELLED: LazyLock<Vec<(&RulePattern, Regex)>> = LazyLock::new(|| {
    PATTERNS
        .iter()
        .filter_map(|rule| {
            let built = RegexBuilder::new(rule.pattern)
                .unicode(false)
                .build()
                .ok()?;
            Some((rule, built))
        })
        .collect()
});

/// A rule that a text holds: its kind, and how it is spelled without blanks.
type RuleText = (RuleKind, String);

/// A rule that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct UnwrittenRule {
    /// Where it came, or where something came in its place.
    pub line: Option<usize>,
    /// What it is about.
    pub what: &'static str,
}

/// What a contract file writes, in small letters.
pub(super) struct WrittenText<'a>(pub &'a str);

impl WrittenText<'_> {
    /// Whether the contract holds a rule that came.
    fn holds(&self, (kind, text): &RuleText) -> bool {
        match kind {
            RuleKind::Status => read_status(text).is_some_and(|status| self.has_key(status)),
            RuleKind::Media => {
                let bare = text.trim_matches(['"', '\'']);
                let bare = bare.split(';').next().unwrap_or(bare).to_ascii_lowercase();
                !bare.is_empty() && self.0.contains(&bare)
            }
            RuleKind::Cookie => read_last_quoted(text)
                .is_some_and(|name| self.0.contains(&name.to_ascii_lowercase())),
            RuleKind::Check | RuleKind::Limit => self.has_bounds(text),
            RuleKind::Naming | RuleKind::Guard | RuleKind::Origin => false,
        }
    }

    /// `202:`, `"202":` and `'202' :`.
    fn has_key(&self, status: u16) -> bool {
        let digits = status.to_string();
        self.0.match_indices(&digits).any(|(at, _)| {
            let before = self.0[..at].ends_with(|c: char| c.is_ascii_alphanumeric());
            let rest = self.0[at + digits.len()..].trim_start_matches(['"', '\'', ' ']);
            !before && rest.starts_with(':')
        })
    }

    /// Whether each number or pattern of a check stands in the contract as a bound: `maxLength: 20`.
    fn has_bounds(&self, text: &str) -> bool {
        let mut numbers = text
            .split(|c: char| !c.is_ascii_digit())
            .filter(|number| !number.is_empty())
            .peekable();
        numbers.peek().is_some()
            && !text.contains('\\')
            && numbers.all(|number| {
                self.0.match_indices(number).any(|(at, _)| {
                    let before = self.0[..at].trim_end();
                    let key = before.strip_suffix(':').unwrap_or_default();
                    let key = key.trim_end_matches(['"', '\'', ' ']);
                    let word = key
                        .rsplit(|c: char| !c.is_ascii_alphanumeric())
                        .next()
                        .unwrap_or_default();
                    let whole =
                        !self.0[at + number.len()..].starts_with(|c: char| c.is_ascii_digit());
                    whole && (word.contains("max") || word.contains("min"))
                })
            })
    }
}

/// The text in the last quotes of another.
fn read_last_quoted(text: &str) -> Option<&str> {
    let bare = text.trim_end_matches(['"', '\'']);
    let start = bare.rfind(['"', '\''])?;
    bare.get(start + 1..).filter(|name| !name.is_empty())
}

/// Whether a file holds the whole of a rule in one release only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RuleFile {
    Both,
    /// Only the newer release has the file.
    Came,
    /// Only the older release has it.
    Went,
}

/// The first rule that changed and that the contract does not write.
pub(super) fn find_unwritten_rule(
    (old, new): (&str, &str),
    fresh: &[ChangedLine<'_>],
    gone: &[ChangedLine<'_>],
    file: RuleFile,
    written: &WrittenText<'_>,
) -> Option<UnwrittenRule> {
    let (was, is) = (list_rules(old, gone), list_rules(new, fresh));
    let differing = |these: &BTreeMap<RuleText, (usize, usize)>,
                     others: &BTreeMap<RuleText, (usize, usize)>| {
        these
            .iter()
            .filter(|(rule, (count, _))| *count > others.get(*rule).map_or(0, |(count, _)| *count))
            .map(|(rule, (_, line))| (rule.clone(), *line))
            .collect::<Vec<_>>()
    };
    let (went, came) = (differing(&was, &is), differing(&is, &was));
    for kind in [
        RuleKind::Naming,
        RuleKind::Check,
        RuleKind::Guard,
        RuleKind::Limit,
        RuleKind::Origin,
        RuleKind::Status,
        RuleKind::Cookie,
        RuleKind::Media,
    ] {
        if !counts_whole(kind, file) {
            continue;
        }
        let of_kind = |rules: &[(RuleText, usize)]| {
            let own = rules.iter().filter(|(rule, _)| rule.0 == kind);
            own.cloned().collect::<Vec<_>>()
        };
        let (left, arrived) = (of_kind(&went), of_kind(&came));
        if !changes(kind, &left, &arrived) {
            continue;
        }
        // one that came and is in the contract is what the program had to follow
        let unknown = arrived.iter().find(|(rule, _)| !written.holds(rule));
        let line = match (unknown, arrived.is_empty()) {
            (Some((_, line)), _) => Some(*line),
            (None, false) => continue,
            (None, true) => fresh.first().map(|(line, _)| *line),
        };
        return Some(UnwrittenRule {
            line,
            what: kind.describe(),
        });
    }
    None
}

/// Whether rules that came and went are a change that somebody outside can feel.
fn changes(kind: RuleKind, went: &[(RuleText, usize)], came: &[(RuleText, usize)]) -> bool {
    if kind != RuleKind::Status {
        return !went.is_empty() || !came.is_empty() && !kind.may_come();
    }
    // an error that only comes is what a fix adds; success that is told otherwise is another answer
    let is_success =
        |(rule, _): &(RuleText, usize)| read_status(&rule.1).is_some_and(|status| status < 400);
    went.iter().chain(came).any(is_success) || !went.is_empty() && !came.is_empty()
}

/// A file that came or went brings or takes its own addresses with what belongs to them; only what
/// holds for a whole program counts there.
fn counts_whole(kind: RuleKind, file: RuleFile) -> bool {
    match file {
        RuleFile::Both => true,
        RuleFile::Came => matches!(kind, RuleKind::Naming | RuleKind::Cookie),
        RuleFile::Went => matches!(kind, RuleKind::Naming | RuleKind::Limit),
    }
}

/// Rules of changed lines, each with how often and where first.
fn list_rules(text: &str, lines: &[ChangedLine<'_>]) -> BTreeMap<RuleText, (usize, usize)> {
    let patterns: Vec<&(&RulePattern, Regex)> = SPELLED
        .iter()
        .filter(|(rule, _)| {
            rule.needs.is_empty() || rule.needs.iter().any(|word| text.contains(word))
        })
        .collect();
    let mut found = BTreeMap::new();
    for (number, line) in lines.iter().take(LINES) {
        if line.len() > LINE || is_remark(line) {
            continue;
        }
        for (rule, pattern) in &patterns {
            for hit in pattern.find_iter(line.as_bytes()) {
                let spelled: String = String::from_utf8_lossy(hit.as_bytes())
                    .chars()
                    .filter(|c| !c.is_whitespace())
                    .collect();
                // a word that is no status, such as `status: :active`, is a value of the program
                if rule.kind == RuleKind::Status && read_status(&spelled).is_none() {
                    continue;
                }
                found.entry((rule.kind, spelled)).or_insert((0, *number)).0 += 1;
            }
        }
    }
    found
}

/// What brings in names or speaks to people is no rule.
fn is_remark(line: &str) -> bool {
    [
        "import ", "from ", "use ", "using ", "require", "//", "/*", "* ", "# ", "#include",
        "package ",
    ]
    .iter()
    .any(|begin| line.starts_with(begin))
}

#[cfg(test)]
mod tests;

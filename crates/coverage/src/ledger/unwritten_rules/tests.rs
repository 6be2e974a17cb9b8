use super::*;
use crate::changed_lines::ChangedLines;

const CONTRACT: &str = "openapi: 3.0.0\npaths:\n  /jars:\n    post:\n      responses:\n        '201': {content: {application/json: {}}}\ncomponents:\n  schemas:\n    Jar: {properties: {name: {type: string, maxlength: 40}}}\n";

fn compare(old: &str, new: &str) -> Option<&'static str> {
    let lines = ChangedLines::between(Some(old), Some(new));
    find_unwritten_rule(
        (old, new),
        &lines.fresh,
        &lines.gone,
        RuleFile::Both,
        &WrittenText(CONTRACT),
    )
    .map(|rule| rule.what)
}

/// Program text, and what of it changes into what.
const CHANGED: [(&str, &str, &str, RuleKind); 24] = [
    (
        "o.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;\n",
        "CamelCase",
        "SnakeCaseLower",
        RuleKind::Naming,
    ),
    (
        "#[serde(rename_all = \"camelCase\")]\nstruct Jar {}\n",
        "camelCase",
        "snake_case",
        RuleKind::Naming,
    ),
    (
        "model_config = ConfigDict(alias_generator=to_camel)\n",
        "to_camel",
        "to_snake",
        RuleKind::Naming,
    ),
    (
        "import jakarta.validation.constraints.NotBlank;\nrecord Jar(@NotBlank String name, @NotBlank String lid) {}\n",
        "@NotBlank String lid",
        "String lid",
        RuleKind::Check,
    ),
    (
        "import { MaxLength } from 'class-validator';\n@MaxLength(20)\nname: string;\n",
        "20",
        "200",
        RuleKind::Check,
    ),
    (
        "\tLid string `json:\"lid\" binding:\"required\"`\n",
        " binding:\"required\"",
        "",
        RuleKind::Check,
    ),
    (
        "from pydantic import Field\nlid: str = Field(pattern=r\"^\\d{4}$\")\n",
        "\\d{4}",
        "[A-Z]{4}",
        RuleKind::Check,
    ),
    (
        "import { z } from 'zod';\nconst jar = z.object({ lid: z.string().max(20) });\n",
        "max(20)",
        "max(200)",
        RuleKind::Check,
    ),
    (
        "class Jar < ApplicationRecord\n  validates :lid, length: { maximum: 20 }\nend\n",
        "20",
        "200",
        RuleKind::Check,
    ),
    (
        "public function rules() { return ['lid' => 'required|string|max:20']; }\n",
        "max:20",
        "max:200",
        RuleKind::Check,
    ),
    (
        "def changeset(jar) do\n  validate_length(jar, :lid, max: 20)\nend\n",
        "20",
        "200",
        RuleKind::Check,
    ),
    (
        "[Authorize(Policy = \"Sealers\")]\npublic class Jars {}\n",
        "Sealers",
        "Cooks",
        RuleKind::Guard,
    ),
    (
        "@PreAuthorize(\"isAuthenticated()\")\nvoid seal() {}\n",
        "@PreAuthorize(\"isAuthenticated()\")\n",
        "",
        RuleKind::Guard,
    ),
    (
        "    \"DEFAULT_AUTHENTICATION_CLASSES\": [\"a.BasicAuthentication\"],\n",
        "Basic",
        "Token",
        RuleKind::Guard,
    ),
    (
        "app.use(express.json({ limit: '1mb' }));\n",
        "1mb",
        "25mb",
        RuleKind::Limit,
    ),
    (
        "Rack::Attack.throttle(\"jars\", limit: 60, period: 60) { |r| r.ip }\n",
        "60",
        "600",
        RuleKind::Limit,
    ),
    (
        "config.setAllowedOrigins(List.of(\"https://jars.example\"));\n",
        "jars.example",
        "lids.example",
        RuleKind::Origin,
    ),
    (
        "  res.json({ rows });\n",
        "res.json({ rows })",
        "res.status(202).end()",
        RuleKind::Status,
    ),
    (
        "@ResponseStatus(HttpStatus.NOT_FOUND)\nclass Gone {}\n",
        "NOT_FOUND",
        "GONE",
        RuleKind::Status,
    ),
    (
        "    return Response(\"[]\", mimetype=\"application/xml\")\n",
        "/xml",
        "/yaml",
        RuleKind::Media,
    ),
    (
        "res.cookie('sid', '1', { sameSite: 'lax' }).json([]);\n",
        "'sid'",
        "'session'",
        RuleKind::Cookie,
    ),
    (
        "Rails.application.config.session_store :cookie_store, key: \"_jars\"\n",
        "\"_jars\"",
        "\"_lids\", domain: :all",
        RuleKind::Cookie,
    ),
    (
        "http.SetCookie(w, &http.Cookie{Name: \"sid\", Value: v})\n",
        "\"sid\"",
        "\"lid_session\"",
        RuleKind::Cookie,
    ),
    (
        "SESSION_COOKIE_NAME = \"sid\"\n",
        "sid",
        "lid_session",
        RuleKind::Cookie,
    ),
];

#[test]
fn a_rule_that_changed_is_not_written_down() {
    for (text, was, is, kind) in CHANGED {
        assert_eq!(
            compare(text, &text.replace(was, is)),
            Some(kind.describe()),
            "{text}"
        );
        assert_eq!(compare(text, text), None, "{text}");
    }
}

#[test]
fn a_rule_that_the_contract_holds_or_that_only_comes_is_no_matter() {
    for (old, new) in [
        (
            "  res.json({ rows });\n",
            "  res.status(201).json({ rows });\n",
        ),
        (
            "return Response(\"<a/>\", mimetype=\"application/xml\")\n",
            "return Response(\"{}\", mimetype=\"application/json\")\n",
        ),
        (
            "import { MaxLength } from 'class-validator';\n@MaxLength(20)\nname: string;\n",
            "import { MaxLength } from 'class-validator';\n@MaxLength(40)\nname: string;\n",
        ),
        // what is refused more is taken again
        (
            "\tLid string `json:\"lid\"`\n",
            "\tLid string `json:\"lid\" binding:\"required\"`\n",
        ),
        // an error that only comes is a fix
        (
            "    var jar = Find(id);\n",
            "    var jar = Find(id);\n    if (jar == null) return NotFound();\n",
        ),
    ] {
        assert_eq!(compare(old, new), None, "{new}");
    }
}

#[test]
fn what_only_looks_like_a_rule_is_none() {
    for (old, new) in [
        ("jar.update(status: :open)\n", "jar.update(status: :shut)\n"),
        (
            "int most = Math.max(20, n);\n",
            "int most = Math.max(200, n);\n",
        ),
        ("x = max_length = 20\n", "x = max_length = 200\n"),
        ("// limit: 20, cookie 'a'\n", "// limit: 30, cookie 'b'\n"),
        (
            "log.info(\"load jars from /var/jars\");\n",
            "log.info(\"loading the jars of /var/jars\");\n",
        ),
        (
            "def retry(call, times=3):\n    time.sleep(2**n)\n",
            "def retry(call, times=5):\n    time.sleep(min(2**n, 8))\n",
        ),
        (
            "return os.CreateTemp(\"/tmp\", \"jars-*.txt\")\n",
            "return os.CreateTemp(\"/tmp\", \"jars-*.csv\")\n",
        ),
    ] {
        assert_eq!(compare(old, new), None, "{new}");
    }
}

#[test]
fn hostile_text_ends() {
    let junk =
        "cookie('\u{e9}(((status(:=\"application/\\ @Size( [Authorize validate:\"\n".repeat(500);
    // that it comes back, and without a panic, is the test
    let _ = compare("", &junk);
}

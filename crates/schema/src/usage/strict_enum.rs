//! Which enumerations of the previous release decode a word strictly? A word that a migration
//! writes and the enumeration lacks stops every read of such a row.

use super::super::step::Name;
use super::PreviousUsage;
use super::written_words::WrittenWords;
use coverage::guard::words::split_name_parts;
use model::Evidence;

/// Most places of a word that are looked at, most lines of an enumeration, and lines above it in
/// which it is said to be decoded.
const PLACES: usize = 300;
const LINES: usize = 400;
const ABOVE: usize = 6;

/// An enumeration in program text.
#[derive(Debug, Clone, PartialEq, Eq)]
struct StrictEnum {
    name: String,
    line: usize,
    /// The line that opens it.
    opens: String,
    /// Its members: their names and the texts beside them, either of which may be stored.
    members: Vec<String>,
}

/// A word that is stored and that an enumeration lacks.
pub struct LackedWord {
    /// The word.
    pub word: String,
    /// The enumeration.
    pub of: String,
    /// Where it begins.
    pub place: Evidence,
}

impl PreviousUsage<'_> {
    /// The enumeration that knows the words which an UPDATE replaces, and lacks the one that it
    /// writes; by name it is about the column.
    pub fn find_lacked_word(
        &self,
        table: &Name,
        columns: &[String],
        statement: &str,
    ) -> Option<LackedWord> {
        let words = WrittenWords::read(statement)?;
        let about: Vec<String> = columns
            .iter()
            .chain(&words.keys)
            .flat_map(|name| split_name_parts(name))
            .chain(split_name_parts(&table.name).last().cloned())
            .map(|part| singular(&part))
            .collect();
        let (hits, _) = self
            .tree
            .search_many(&words.old, false, PLACES, &super::is_program);
        let mut paths: Vec<&str> = hits.iter().map(|hit| hit.path.as_str()).collect();
        paths.sort_unstable();
        paths.dedup();
        let known: Vec<(&str, StrictEnum)> = paths
            .into_iter()
            .filter_map(|path| Some((path, self.tree.read_text(path).ok()?)))
            .flat_map(|(path, text)| {
                list_strict_enums(path, &text)
                    .into_iter()
                    .map(move |one| (path, one))
            })
            .filter(|(_, one)| !one.takes_input())
            .filter(|(_, one)| words.old.iter().all(|word| one.knows(word)))
            .collect();
        let names = |name: &str| {
            split_name_parts(name)
                .iter()
                .any(|part| about.contains(&singular(part)))
        };
        // its own name tells more than that of its file
        let own = known.iter().find(|(_, one)| names(&one.name));
        let (path, one) = own.or_else(|| {
            known.iter().find(|(path, _)| {
                let file = path.rsplit('/').next().unwrap_or(path);
                names(file.split('.').next().unwrap_or(file))
            })
        })?;
        let word = words.new.iter().find(|word| !one.knows(word))?;
        Some(LackedWord {
            word: word.clone(),
            of: one.name.clone(),
            place: Evidence::at(*path, one.line).with_excerpt(&one.opens),
        })
    }
}

fn singular(part: &str) -> String {
    part.strip_suffix('s').unwrap_or(part).to_owned()
}

impl StrictEnum {
    /// What callers send is held against it, and no row that is read.
    fn takes_input(&self) -> bool {
        const INPUTS: [&str; 6] = ["param", "params", "query", "input", "request", "dto"];
        let small = self.name.to_ascii_lowercase();
        INPUTS.iter().any(|end| small.ends_with(end))
    }

    fn knows(&self, word: &str) -> bool {
        self.members.contains(&normalize_word(word))
    }
}

/// A word however a library spells it: `inReview`, `in_review`, `IN-REVIEW`.
fn normalize_word(word: &str) -> String {
    word.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// The enumerations of a file that its language or a library decodes strictly.
fn list_strict_enums(path: &str, text: &str) -> Vec<StrictEnum> {
    let end = path
        .rsplit('.')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    let lines: Vec<&str> = text.lines().collect();
    let mut out = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let above = lines.get(at.saturating_sub(ABOVE)..at).unwrap_or_default();
        if let Some(name) = opened_enum(&end, line, above) {
            let members = collect_members(&end, &lines, at);
            // a member for all that is not known takes the word
            let other = [
                "serde(other)",
                "JsonEnumDefaultValue",
                "_missing_",
                "unknownDefault",
            ];
            let body = lines
                .get(at..(at + LINES).min(lines.len()))
                .unwrap_or_default();
            let body = body.iter().take(members.1.max(1));
            if !body
                .clone()
                .any(|line| other.iter().any(|mark| line.contains(mark)))
            {
                out.push(StrictEnum {
                    name,
                    line: at + 1,
                    opens: line.trim().chars().take(200).collect(),
                    members: members.0,
                });
            }
        }
    }
    out
}

/// The name of the enumeration that a line opens.
fn opened_enum(end: &str, line: &str, above: &[&str]) -> Option<String> {
    let word_behind = |word: &str| {
        let at = text_scan::find_whole_word(line, word)?;
        let name: String = line
            .get(at + word.len()..)?
            .trim_start()
            .trim_start_matches("class ")
            .trim_start()
            .chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect();
        (!name.is_empty()).then_some(name)
    };
    let trimmed = line.trim_start();
    if trimmed.starts_with("//") || trimmed.starts_with('#') || trimmed.starts_with('*') {
        return None;
    }
    match end {
        "swift" => word_behind("enum").filter(|_| line.contains(": String")),
        "rs" => {
            let decodes = |line: &&str| {
                [
                    "Deserialize",
                    "sqlx::Type",
                    "FromSql",
                    "EnumString",
                    "DeriveActiveEnum",
                    "DbEnum",
                ]
                .iter()
                .any(|mark| line.contains(mark))
            };
            word_behind("enum").filter(|_| above.iter().any(decodes))
        }
        "kt" | "java" | "scala" | "cs" => {
            word_behind("enum").filter(|_| line.contains('{') || end == "cs")
        }
        "php" => word_behind("enum").filter(|_| line.contains(": string")),
        "prisma" => word_behind("enum").filter(|_| line.contains('{')),
        "py" => word_behind("class").filter(|_| line.contains("Enum") && !line.contains("Choices")),
        "ex" | "exs" if line.contains("Ecto.Enum") => {
            let field = line.split(':').nth(1)?;
            let name: String = field
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect();
            (!name.is_empty()).then_some(name)
        }
        "ts" | "js" if line.contains("z.enum([") => {
            let left = line.split(['=', ':']).next()?;
            let name = left
                .split(|c: char| !c.is_alphanumeric() && c != '_')
                .rfind(|word| !word.is_empty())?;
            Some(name.to_owned())
        }
        _ => None,
    }
}

/// Members of the enumeration that opens on a line, and how many lines it has.
fn collect_members(end: &str, lines: &[&str], at: usize) -> (Vec<String>, usize) {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let own = lines.get(at).map_or(0, |line| indent(line));
    let listed = matches!(end, "ex" | "exs" | "ts" | "js");
    let mut out = Vec::new();
    let mut count = 0;
    // members stand as deep as the first of them; what is deeper belongs to a method or a type
    let mut depth: Option<usize> = None;
    for (place, line) in lines.iter().enumerate().skip(at).take(LINES) {
        count += 1;
        let told = without_comment(end, line);
        let trimmed = told.trim();
        if place > at && !trimmed.is_empty() && !listed {
            if indent(told) <= own && trimmed != "{" {
                break;
            }
            if trimmed != "{" && *depth.get_or_insert_with(|| indent(told)) != indent(told) {
                continue;
            }
        }
        // in the line that opens it members stand behind the bracket alone
        let told = if place == at && !listed {
            trimmed.split_once('{').map_or("", |(_, inner)| inner)
        } else {
            trimmed
        };
        add_words(told, &mut out);
        if listed && (trimmed.contains(']') || !trimmed.ends_with(['[', ','])) {
            break;
        }
    }
    (out, count)
}

/// A line without the comment at its end.
fn without_comment<'l>(end: &str, line: &'l str) -> &'l str {
    let trimmed = line.trim_start();
    if trimmed.starts_with('*') || trimmed.starts_with("/*") {
        return "";
    }
    let sign = if matches!(end, "py" | "ex" | "exs") {
        "#"
    } else {
        "//"
    };
    line.split(sign).next().unwrap_or_default()
}

/// Every word of a line, and every text in quotes as a whole.
fn add_words(line: &str, out: &mut Vec<String>) {
    let quoted = line.split(['"', '\'']).skip(1).step_by(2);
    let words = line.split(|c: char| !c.is_alphanumeric() && c != '_');
    out.extend(
        quoted
            .chain(words)
            .map(normalize_word)
            .filter(|word| !word.is_empty()),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn enumerations_that_decode_strictly_are_read_in_each_language() {
        for (path, text) in [
            (
                "License.swift",
                "enum License: String, Codable {\n    case mit\n    case other // unknown\n    case bsd_0 = \"0bsd\"\n\n    var name: String {\n        switch self {\n            case .mit: return \"known\"\n        }\n    }\n\n    enum Kind: String {\n        case known\n    }\n}\n",
            ),
            (
                "license.rs",
                "#[derive(Debug, Deserialize)]\n#[serde(rename_all = \"snake_case\")]\npub enum License {\n    Mit,\n    Other,\n}\n",
            ),
            (
                "License.kt",
                "enum class License {\n    MIT,\n    OTHER,\n}\n",
            ),
            (
                "License.cs",
                "public enum License\n{\n    Mit,\n    Other,\n}\n",
            ),
            (
                "License.php",
                "enum License: string\n{\n    case Mit = 'mit';\n    case Other = 'other';\n}\n",
            ),
            (
                "license.py",
                "class License(str, Enum):\n    MIT = \"mit\"\n    OTHER = \"other\"\n\n\nknown = 1\n",
            ),
            (
                "repo.ex",
                "    field :license, Ecto.Enum, values: [:mit, :other]\n    field :known, :string\n",
            ),
            ("schema.prisma", "enum License {\n  mit\n  other\n}\n"),
        ] {
            let found = list_strict_enums(path, text);
            let one = found.first().unwrap_or_else(|| panic!("{path}"));
            assert!(one.name.eq_ignore_ascii_case("license"), "{one:?}");
            assert!(
                one.knows("mit") && one.knows("other") && !one.knows("known"),
                "{one:?}"
            );
        }
        for (path, text) in [
            (
                "license.rs",
                "#[derive(Deserialize)]\npub enum License {\n    Mit,\n    #[serde(other)]\n    Other,\n}\n",
            ),
            (
                "license.py",
                "class License(models.TextChoices):\n    MIT = \"mit\"\n",
            ),
            ("license.rs", "pub enum License {\n    Mit,\n}\n"),
        ] {
            assert!(list_strict_enums(path, text).is_empty(), "{text}");
        }
    }
}

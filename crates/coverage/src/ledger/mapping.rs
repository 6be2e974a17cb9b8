//! Changed program text that only says how rows are kept: declarations of indexes, and mappings
//! (models, entities) of tables that the older release has no mapping for.
//!
//! An index changes how fast an answer is, not what it is. A mapping that is new answers no call
//! by itself: what uses it is changed text as well, and is looked at where it stands.

use crate::changed_lines::ChangedLines;

/// Most declarations of a text that are more than plain indexes.
const OTHERS: usize = 500;

/// Longest declaration of an index that is taken out, in bytes; a longer one is no declaration.
const LONGEST_DECLARATION: usize = 4_096;

/// Whether nothing differs but declarations of plain indexes in a mapping. An index that is
/// unique, or that lets rows expire, is none: it changes what can be written or read.
pub(super) fn differ_only_in_indexes(
    path: &str,
    (old, new): (&str, &str),
    lines: &ChangedLines<'_>,
) -> bool {
    if !(is_mapping(path, old) && is_mapping(path, new))
        || lines.comments.iter().any(|line| line.contains('@'))
    {
        return false;
    }
    // whole texts, in their order: a line that moves from one field to another is a change of both
    let (before, after) = (
        WithoutIndexes::of(path, old.lines()),
        WithoutIndexes::of(path, new.lines()),
    );
    match (before, after) {
        (Some(before), Some(after)) => {
            before.declarations != after.declarations && before.rest == after.rest
        }
        _ => false,
    }
}

/// What is left of a text once the declarations of plain indexes are taken out.
struct WithoutIndexes {
    /// The declarations, in order.
    declarations: Vec<String>,
    /// Lines that say something, in order.
    rest: Vec<String>,
}

impl WithoutIndexes {
    /// `None` where too many declarations say more than that there is an index, or do not end.
    fn of<'a>(path: &str, lines: impl Iterator<Item = &'a str>) -> Option<Self> {
        let mut text = String::new();
        let mut found = Self {
            declarations: Vec::new(),
            rest: Vec::new(),
        };
        for line in lines {
            match without_import(line) {
                Some(left) => text.push_str(&left),
                None => text.push_str(line),
            }
            text.push('\n');
        }
        let (mut at, mut others) = (0, 0_usize);
        let mut left = String::with_capacity(text.len());
        while at < text.len() {
            match find_declaration(path, &text, at) {
                MemberDeclaration::Plain { end } => {
                    found.declarations.push(text[at..end].to_owned());
                    at = end;
                }
                // text that only opens brackets is not walked again and again
                MemberDeclaration::Other if others >= OTHERS => return None,
                kept => {
                    others += usize::from(matches!(kept, MemberDeclaration::Other));
                    let next = text[at..].chars().next()?;
                    left.push(next);
                    at += next.len_utf8();
                }
            }
        }
        for line in left.lines() {
            let bare = bare_line(line);
            if !bare.is_empty() {
                // in Python the place of a line says what it belongs to
                let indent = if path.ends_with(".py") {
                    line.len() - line.trim_start().len()
                } else {
                    0
                };
                found.rest.push(format!("{indent} {bare}"));
            }
        }
        Some(found)
    }
}

/// What begins at a place of a text.
enum MemberDeclaration {
    /// An index that changes only how fast an answer is.
    Plain {
        end: usize,
    },
    /// An index with a further meaning, or one that does not end.
    Other,
    Absent,
}

/// An import without the name of the class that declares indexes; `None` for any other line.
fn without_import(line: &str) -> Option<String> {
    let imports = ["import ", "from ", "use ", "using "]
        .iter()
        .any(|word| line.starts_with(word));
    if !imports {
        return None;
    }
    let end = line.trim_end_matches([';', ' ']);
    if !line.contains([',', '{']) && end.rsplit(['.', '\\', ' ']).next() == Some("Index") {
        return Some(String::new());
    }
    let parts = line.split_inclusive([',', '{', '}', ' ']);
    Some(
        parts
            .filter(|part| part.trim_matches([',', '{', '}', ' ']) != "Index")
            .collect(),
    )
}

/// Whether a declaration of an index begins here, and where it ends.
fn find_declaration(path: &str, text: &str, at: usize) -> MemberDeclaration {
    /// How one begins, and whether it opens a bracket that has to be closed.
    const HEADS: [(&str, &[&str]); 17] = [
        ("models.Index(", &["py"]),
        ("GinIndex(", &["py"]),
        ("GistIndex(", &["py"]),
        ("SpGistIndex(", &["py"]),
        ("BrinIndex(", &["py"]),
        ("HashIndex(", &["py"]),
        ("BTreeIndex(", &["py"]),
        ("Index(", &["py"]),
        ("indexes: [", &["js", "ts", "mjs", "cjs"]),
        ("indexes = {", &["java"]),
        ("indexes = [", &["kt"]),
        ("indexes = @Index(", &["java"]),
        ("@Index(", &["java", "kt", "ts", "js"]),
        ("#[ORM\\Index(", &["php"]),
        (".HasIndex(", &["cs"]),
        (".HasDatabaseName(", &["cs"]),
        ("[Index(", &["cs"]),
    ];
    const WORDS: [(&str, &[&str]); 3] = [
        ("db_index=True", &["py"]),
        ("index=True", &["py"]),
        ("indexes = @Index", &["java"]),
    ];
    let end = path.rsplit('.').next().unwrap_or_default();
    let begins = text[..at]
        .chars()
        .next_back()
        .is_none_or(|c| !(c.is_alphanumeric() || matches!(c, '_' | '.')));
    for (head, ends) in HEADS {
        if !ends.contains(&end)
            || !text[at..].starts_with(head)
            || !(begins || head.starts_with('.'))
        {
            continue;
        }
        let Some(close) = find_closing(text, at + head.len() - 1) else {
            return MemberDeclaration::Other;
        };
        let close = match text[close..].chars().next() {
            Some(']') if head.starts_with(['[', '#']) => close + 1,
            _ => close,
        };
        let inner = text[at..close].to_ascii_lowercase();
        let more = ["unique", "expire", "ttl", "exclude"]
            .iter()
            .any(|word| inner.contains(word))
            || text[close..].trim_start().starts_with(".IsUnique");
        return if more {
            MemberDeclaration::Other
        } else {
            MemberDeclaration::Plain { end: close }
        };
    }
    let word = WORDS
        .iter()
        .find(|(word, ends)| begins && ends.contains(&end) && text[at..].starts_with(word))
        .filter(|(word, _)| {
            text[at + word.len()..]
                .chars()
                .next()
                .is_none_or(|c| !c.is_alphanumeric() && c != '_')
        })
        // elsewhere `index=True` says what a call does: pandas writes one more column
        .filter(|(word, _)| *word != "index=True" || stands_in_column(&text[..at]))
        .map(|(word, _)| at + word.len());
    match word {
        Some(end) => MemberDeclaration::Plain { end },
        None => MemberDeclaration::Absent,
    }
}

/// Whether the line that ends here has begun a column of a mapping.
fn stands_in_column(before: &str) -> bool {
    let line = before.rsplit('\n').next().unwrap_or_default();
    ["Column(", "mapped_column(", "Field("]
        .iter()
        .any(|head| line.contains(head))
}

/// The place behind the bracket that closes the one at `open`.
fn find_closing(text: &str, open: usize) -> Option<usize> {
    let mut depth = 0_usize;
    let mut quote = None;
    for (at, c) in text[open..].char_indices().take(LONGEST_DECLARATION) {
        match (quote, c) {
            (Some(mark), _) if c == mark => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'' | '`') => quote = Some(c),
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']' | '}') => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some(open + at + c.len_utf8());
                }
            }
            _ => {}
        }
    }
    None
}

/// A line without blanks and without commas that separate nothing; empty where it only wraps what
/// stands in it.
fn bare_line(line: &str) -> String {
    let mut bare = String::with_capacity(line.len());
    for c in line.chars().filter(|c| !c.is_whitespace()) {
        match c {
            ')' | ']' | '}' | ',' if bare.ends_with(',') => {
                bare.pop();
            }
            ',' if bare.is_empty() || bare.ends_with(['(', '[', '{']) => continue,
            _ => {}
        }
        bare.push(c);
    }
    let bare = bare.trim_end_matches(',').to_owned();
    let wraps = |text: &str| text.chars().all(|c| "()[]{},;:.".contains(c));
    let entity = |text: &str| {
        ["modelBuilder.Entity<", "builder.Entity<"]
            .iter()
            .filter_map(|head| text.strip_prefix(head)?.split_once('>'))
            .any(|(_, rest)| rest == "();")
            || matches!(text, "builder;" | "modelBuilder;")
    };
    let holds = ["indexes=", "indices=", "__table_args__="]
        .iter()
        .find_map(|head| bare.strip_prefix(head));
    if wraps(&bare)
        || holds.is_some_and(wraps)
        || bare == "classMeta:"
        || bare.ends_with("voidOnModelCreating(ModelBuildermodelBuilder)")
        || entity(&bare)
    {
        return String::new();
    }
    bare
}

/// Whether a file maps rows, and says so by a mark of its library.
fn is_mapping(path: &str, text: &str) -> bool {
    let end = path
        .rsplit('.')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    let marks: &[&str] = match end.as_str() {
        "py" => &[
            "models.Model",
            "__tablename__",
            "declarative_base",
            "DeclarativeBase",
        ],
        "java" | "kt" => &["@Entity", "@Table"],
        "ts" | "js" | "mjs" | "cjs" => &["@Entity(", "sequelize.define(", "DataTypes."],
        "php" => &["ORM\\Entity", "extends Model"],
        "cs" => &["DbContext", "ModelBuilder", "[Index("],
        "rb" => &["< ApplicationRecord", "< ActiveRecord::Base"],
        "ex" => &["use Ecto.Schema"],
        _ => return false,
    };
    marks.iter().any(|mark| text.contains(mark))
}

/// The first lines that a mapping of its own file may begin with, by language: all of its text has
/// to be declarations.
fn is_declaration(end: &str, line: &str) -> bool {
    let starts = |words: &[&str]| words.iter().any(|word| line.starts_with(word));
    let wraps = line.chars().all(|c| "()[]{},;:".contains(c));
    wraps
        || match end {
            "rb" => {
                line == "end"
                    || starts(&[
                        "class ",
                        "module ",
                        "#",
                        "belongs_to ",
                        "has_many ",
                        "has_one ",
                        "validates ",
                        "scope :",
                        "enum ",
                        "self.table_name",
                        "self.primary_key",
                        "attribute ",
                    ])
            }
            // an annotation or an attribute of another library may make an interface of it
            "php" if line.starts_with(['/', '*']) => !line.contains('@'),
            "php" if line.starts_with("#[") => has_only_mapping_attributes(line),
            "php" => {
                starts(&[
                    "<?php",
                    "namespace ",
                    "use ",
                    "class ",
                    "final class ",
                    "declare(",
                    "protected $",
                    "public $fillable",
                    "protected static $",
                    "private ",
                    "public int ",
                    "public string ",
                    "public ?",
                    "public bool ",
                    "public float ",
                    "public \\DateTime",
                ]) && !line.contains("function ")
            }
            _ => false,
        }
}

/// `#[ORM\Id, ORM\Column(length: 80)]`: every attribute is one of the mapping.
fn has_only_mapping_attributes(line: &str) -> bool {
    let mut depth = 0_usize;
    let mut bare = String::new();
    for c in line.trim_start_matches("#[").chars() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            c if depth == 0 => bare.push(c),
            _ => {}
        }
    }
    bare.split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .all(|name| name.starts_with("ORM\\"))
}

/// Whether a change only adds mappings of tables: a new file that holds one and nothing else, or
/// new classes with a mapping in a file of Python that stays as it was otherwise.
pub(super) fn adds_only_mappings(
    path: &str,
    (old, new): (Option<&str>, Option<&str>),
    lines: &ChangedLines<'_>,
) -> bool {
    let Some(new) = new else {
        return false;
    };
    let end = path
        .rsplit('.')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    if !is_mapping(path, new) || !lines.gone.is_empty() {
        return false;
    }
    if end == "py" {
        return adds_only_mapped_classes(new, lines);
    }
    old.is_none()
        && new
            .lines()
            .map(str::trim)
            .all(|line| line.is_empty() || is_declaration(&end, line))
}

/// Whether every line that is new stands in a new class which maps rows, and declares a field, an
/// index, or how the class is shown.
fn adds_only_mapped_classes(new: &str, lines: &ChangedLines<'_>) -> bool {
    let mut fresh = lines.fresh.iter().map(|(line, _)| *line).peekable();
    let (mut in_new_class, mut mapped, mut any) = (false, true, false);
    for (number, line) in (1..).zip(new.lines()) {
        let text = line.trim();
        if text.is_empty() {
            continue;
        }
        let is_new = fresh.next_if_eq(&number).is_some();
        let outer = !line.starts_with([' ', '\t']);
        if outer && in_new_class {
            // the class before has ended, and nothing in it said that it maps rows
            if !mapped {
                return false;
            }
            in_new_class = false;
        }
        if !is_new {
            continue;
        }
        if outer && text.starts_with("class ") {
            (in_new_class, mapped, any) = (true, text.contains("models.Model"), true);
            continue;
        }
        if outer && (text.starts_with("from ") || text.starts_with("import ") || text == ")") {
            continue;
        }
        if outer || !in_new_class || !declares_field(text) {
            return false;
        }
        mapped |= text.starts_with("__tablename__");
    }
    any && mapped
}

/// A line of a mapped class of Python: a field, a list of the inner class, or a bracket.
fn declares_field(line: &str) -> bool {
    let Some((name, value)) = line.split_once('=') else {
        return line == "class Meta:"
            || line.chars().all(|c| "()[]{},".contains(c))
            || line.starts_with(['"', '\'', '#'])
            || line.starts_with("models.");
    };
    let plain = name
        .split(':')
        .next()
        .is_some_and(|name| name.trim().chars().all(|c| c.is_alphanumeric() || c == '_'));
    let value = value.trim_start();
    plain
        && ([
            "models.",
            "Column(",
            "mapped_column(",
            "relationship(",
            "db.",
            "sa.",
            "[",
            "(",
            "\"",
            "'",
            "True",
            "False",
        ]
        .iter()
        .any(|head| value.starts_with(head)))
}

#[cfg(test)]
mod tests;

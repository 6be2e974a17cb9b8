//! How the previous release defines a column: may it be NULL there?

/// What a model says about NULL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nullability {
    /// NULL is expected.
    Nullable,
    /// NULL is not expected; the program always writes a value.
    Required,
}

/// Lines of a definition that are read.
const LINES: usize = 14;

/// The text of a definition that begins on a hit's line: to the end of its parentheses, or the line
/// and its neighbours.
pub fn read_definition_text(text: &str, line: usize) -> String {
    let lines: Vec<&str> = text
        .lines()
        .skip(line.saturating_sub(1))
        .take(LINES)
        .collect();
    let mut out = String::new();
    let mut depth = 0i32;
    for line in lines {
        out.push_str(line);
        out.push('\n');
        // a definition ends where its brackets close; without any it is one line
        depth += line.matches(['(', '{']).count() as i32 - line.matches([')', '}']).count() as i32;
        if depth <= 0 {
            break;
        }
    }
    out
}

/// The line that opens the class, struct or model around a line, where one does.
pub fn find_enclosing_class_line(text: &str, line: usize) -> Option<String> {
    let lines: Vec<&str> = text.lines().take(line.saturating_sub(1)).collect();
    find_class_line(&lines)
}

/// The last line that opens a class, struct or model.
pub fn find_class_line(lines: &[&str]) -> Option<String> {
    lines
        .iter()
        .rev()
        .take(600)
        .find(|line| {
            let trimmed = line.trim_start();
            let opens = [
                "class ",
                "struct ",
                "pub struct ",
                "model ",
                "interface ",
                "export class ",
                "export default class ",
                "public class ",
                "data class ",
                "schema \"",
                "create_table \"",
            ]
            .iter()
            .any(|sign| trimmed.starts_with(sign));
            opens
                || (trimmed.starts_with("type ") && trimmed.contains("struct"))
                // `orders (id) {` is a table of Diesel, `pgTable(` one of Drizzle
                || (trimmed.contains("(id) {")
                    || trimmed.contains("pgTable(")
                    || trimmed.contains("sqliteTable("))
        })
        .map(|line| (*line).to_owned())
}

/// The definition makes a new value for each row.
pub fn fills_unique(text: &str) -> bool {
    let lower = text.to_lowercase();
    [
        "default=uuid",
        "uuid_generate",
        "gen_random_uuid",
        "uuidv4",
        "default(uuid",
        "default(cuid",
        "default_factory=uuid",
        "newid()",
        "generate_uuid",
    ]
    .iter()
    .any(|sign| lower.contains(sign))
}

/// Reads the definition. `None` where the text does not define the column.
pub fn read_nullability(text: &str, column: &str, path: &str) -> Option<Nullability> {
    let extension = path.rsplit('.').next().unwrap_or_default();
    let first = text.lines().next().unwrap_or_default().trim();
    let yes = |found: bool| {
        Some(if found {
            Nullability::Nullable
        } else {
            Nullability::Required
        })
    };
    match extension {
        "py" => {
            if first.contains("models.")
                && first.contains('=')
                && has_column_name(first.split('=').next().unwrap_or_default(), column)
            {
                // Django fills a default by itself, so such a field is never written as NULL
                return yes(text.contains("null=True") && !text.contains("default="));
            }
            if first.contains("Column(") || first.contains("mapped_column(") {
                // SQLAlchemy 2 tells by the type: `Mapped[str]` is required, `Mapped[str | None]`
                // is not
                let typed = first.contains("Mapped[")
                    && !first.contains("None")
                    && !first.contains("Optional");
                return yes(!typed && !text.contains("nullable=False"));
            }
            None
        }
        "prisma" => {
            let mut words = first.split_whitespace();
            let name = words.next()?;
            let kind = words.next()?;
            (name.eq_ignore_ascii_case(&column.replace('_', ""))
                || name.eq_ignore_ascii_case(column)
                || first.contains(&format!("\"{column}\"")))
            .then_some(())?;
            yes(kind.ends_with('?'))
        }
        "rs" => {
            let (name, kind) = first.split_once("->").or_else(|| first.split_once(": "))?;
            has_column_name(name, column).then_some(())?;
            (first.ends_with(',') && !kind.contains('=') && !kind.contains('"')).then_some(())?;
            yes(kind.contains("Nullable<") || kind.contains("Option<"))
        }
        "go" => {
            let tagged = first.contains('`')
                && first
                    .to_lowercase()
                    .contains(&format!("\"{}", column.to_lowercase()));
            let mut words = first.split_whitespace();
            let name = words.next()?;
            let kind = words.next()?;
            (tagged
                // a member without a tag may be of any struct
                || (name.eq_ignore_ascii_case(&column.replace('_', "")) && first.contains('`')))
            .then_some(())?;
            yes(kind.starts_with('*') || kind.starts_with("[]") || kind.contains("Null"))
        }
        "ts" | "js" | "mjs" => {
            if text.contains("allowNull: true") || text.contains("nullable: true") {
                return Some(Nullability::Nullable);
            }
            if text.contains("allowNull: false") || text.contains("nullable: false") {
                return Some(Nullability::Required);
            }
            let declared = first.trim_end_matches([';', ',']);
            let (name, kind) = declared.split_once(": ")?;
            (first.ends_with(';') && has_column_name(name, column)).then_some(())?;
            yes(name.ends_with('?') || kind.contains("null") || kind.contains("undefined"))
        }
        "java" | "kt" | "cs" => {
            let signs = first.contains('?')
                || text.contains("@Nullable")
                || text.contains("allowsNull = \"true\"");
            (first.contains("private ")
                || first.contains("public ")
                || first.contains("var ")
                || first.contains("val "))
            .then_some(())?;
            // a type without `?` says nothing in Java, where any field may be null
            signs.then_some(Nullability::Nullable)
        }
        _ => None,
    }
}

fn has_column_name(text: &str, column: &str) -> bool {
    let lower = text.to_lowercase();
    let wanted = column.to_lowercase();
    lower
        .split(|c: char| !c.is_alphanumeric() && c != '_')
        .any(|word| word == wanted || word == wanted.replace('_', ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_say_whether_null_is_expected() {
        assert_eq!(
            read_nullability(
                "    badge_key = models.UUIDField(null=True, unique=True)",
                "badge_key",
                "a.py"
            ),
            Some(Nullability::Nullable)
        );
        assert_eq!(
            read_nullability(
                "    code = models.UUIDField(default=uuid.uuid4)",
                "code",
                "a.py"
            ),
            Some(Nullability::Required)
        );
        assert_eq!(
            read_nullability(
                "  shareId String? @map(\"share_id\")",
                "share_id",
                "schema.prisma"
            ),
            Some(Nullability::Nullable)
        );
        assert_eq!(
            read_nullability(
                "        binding_hash -> Nullable<Text>,",
                "binding_hash",
                "schema.rs"
            ),
            Some(Nullability::Nullable)
        );
        assert_eq!(
            read_nullability(
                "\tSubject uuid.NullUUID `db:\"subject\"`",
                "subject",
                "a.go"
            ),
            Some(Nullability::Nullable)
        );
        assert_eq!(read_nullability("x = y", "x", "a.py"), None);
    }
}

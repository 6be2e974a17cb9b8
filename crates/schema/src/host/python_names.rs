//! Names that a migration in Python is given at its top: its revision, its parents, what it stands
//! for. Read from the text, because the order of a history is needed for thousands of files.

/// Parents of a migration of Django, as `application.name`.
pub fn list_django_parents(text: &str) -> Vec<String> {
    pairs_behind(text, "dependencies")
}

/// Parents of a migration of Alembic, by revision.
pub fn list_alembic_parents(text: &str) -> Vec<String> {
    strings_behind(text, "down_revision")
        .into_iter()
        .chain(strings_behind(text, "depends_on"))
        .collect()
}

/// Parents of a migration of yoyo.
pub fn list_yoyo_parents(text: &str) -> Vec<String> {
    strings_behind(text, "__depends__")
}

/// Migrations that a squash of Django stands for.
pub fn django_replaces(text: &str) -> Vec<String> {
    pairs_behind(text, "replaces")
}

/// The value given to a name: to the end of its line, or to the bracket that closes it.
fn value_behind<'a>(text: &'a str, name: &str) -> &'a str {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let trimmed = line.trim_start();
        let Some(rest) = trimmed
            .strip_prefix(name)
            // the name may carry a type: `down_revision: str = 'a'`
            .filter(|rest| rest.trim_start().starts_with(['=', ':']))
        else {
            continue;
        };
        let Some(equals) = rest.find('=') else {
            continue;
        };
        let value = &text[start + line.len() - rest.len() + equals + 1..];
        let mut depth = 0usize;
        for (end, c) in value.char_indices() {
            match c {
                '(' | '[' | '{' => depth += 1,
                ')' | ']' | '}' => depth = depth.saturating_sub(1),
                '\n' if depth == 0 => return &value[..end],
                _ => {}
            }
        }
        return value;
    }
    ""
}

fn strings_behind(text: &str, name: &str) -> Vec<String> {
    value_behind(text, name)
        .split(['"', '\''])
        // every second piece stands between quotes
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}

/// Pairs of strings as `application.name`.
fn pairs_behind(text: &str, name: &str) -> Vec<String> {
    let value = value_behind(text, name);
    let tuples = value.split('(').filter_map(|part| {
        let strings: Vec<&str> = part
            .split(')')
            .next()
            .unwrap_or_default()
            .split(['"', '\''])
            .skip(1)
            .step_by(2)
            .collect();
        // a dependency is two strings; `swappable_dependency(..)` is none
        if let [app, stem] = strings[..] {
            Some(format!("{app}.{stem}"))
        } else {
            None
        }
    });
    tuples.collect()
}

/// The string assigned to a module-level name.
pub fn python_string(text: &str, name: &str) -> Option<String> {
    text.lines().find_map(|line| {
        let rest = line.strip_prefix(name)?;
        let rest = rest.trim_start();
        // the name may carry a type: `revision: str = 'b'`
        let value = if let Some(rest) = rest.strip_prefix(':') {
            rest.split_once('=')?.1
        } else {
            rest.strip_prefix('=')?
        };
        let value = value.trim();
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        value[1..].split(quote).next().map(str::to_owned)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parents_in_every_spelling() {
        let alembic = list_alembic_parents;
        assert_eq!(alembic("revision = 'b'\ndown_revision = 'a'\n"), ["a"]);
        assert_eq!(
            alembic("down_revision: Union[str, None] = \"a\"  # x\n"),
            ["a"]
        );
        assert_eq!(
            alembic("down_revision = (\n    'a',\n    'b',\n)\ndepends_on = None\n"),
            ["a", "b"]
        );
        assert!(alembic("down_revision: str | None = None\n").is_empty());
        let django = "class Migration(migrations.Migration):\n    dependencies = [\n        (\"shop\", \"0001_initial\"),\n        migrations.swappable_dependency(settings.X),\n    ]\n    operations = [(\"a\", \"b\")]\n";
        assert_eq!(list_django_parents(django), ["shop.0001_initial"]);
        assert_eq!(
            list_yoyo_parents("__depends__ = {'0001.init'}\n"),
            ["0001.init"]
        );
    }
}

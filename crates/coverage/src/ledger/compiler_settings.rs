//! Settings of the compiler of TypeScript that change what it writes or which files it takes, not
//! only what it checks.

use super::scan::Scanner;
use crate::changed_lines::ChangedLines;
use model::FileChange;

/// Why such a file is open: what is written, and which file a name leads to.
const WRITTEN: &str =
    "how the compiler writes the program changed, and with it the form of objects may have";
const LED: &str = "a name that program text brings in leads to another file, which may keep data in another form or place";

/// Keys that change what is written, in small letters.
const EMITS: [&str; 12] = [
    "\"target\"",
    "\"module\"",
    "usedefineforclassfields",
    "experimentaldecorators",
    "emitdecoratormetadata",
    "preserveconstenums",
    "isolatedmodules",
    "esmoduleinterop",
    "downleveliteration",
    "\"jsx",
    "importhelpers",
    "\"extends\"",
];

/// Keys by which a name leads to a file.
const LEADS: [&str; 4] = ["paths", "baseUrl", "rootDirs", "customConditions"];

impl Scanner<'_> {
    /// Why a settings file of the compiler counts, where it does.
    pub(super) fn find_other_output(&mut self, change: &FileChange) -> Option<&'static str> {
        let name = change.path.rsplit('/').next().unwrap_or(&change.path);
        if !((name.starts_with("tsconfig") || name.starts_with("jsconfig"))
            && name.ends_with(".json"))
        {
            return None;
        }
        let Ok((old, new)) = self.read(change) else {
            return Some(WRITTEN);
        };
        let (was, is) = (
            old.as_deref().unwrap_or_default(),
            new.as_deref().unwrap_or_default(),
        );
        // a file that comes or goes says nothing about names that led elsewhere
        let both = old.is_some() && new.is_some();
        if both
            && LEADS
                .iter()
                .any(|key| read_value(was, key) != read_value(is, key))
        {
            return Some(LED);
        }
        ChangedLines::between(old.as_deref(), new.as_deref())
            .all()
            .any(|(_, line)| {
                let lower = line.to_ascii_lowercase();
                EMITS.iter().any(|key| lower.contains(key))
            })
            .then_some(WRITTEN)
    }
}

/// The text of a value by its key, without blanks; nothing where the key is not there.
fn read_value(text: &str, key: &str) -> String {
    let quoted = format!("\"{key}\"");
    let Some((_, rest)) = text.split_once(&quoted) else {
        return String::new();
    };
    let Some((_, rest)) = rest.split_once(':') else {
        return String::new();
    };
    let (mut depth, mut within, mut out) = (0usize, false, String::new());
    for c in rest.chars() {
        within ^= c == '"';
        match c {
            '{' | '[' if !within => depth += 1,
            '}' | ']' if !within => {
                let Some(left) = depth.checked_sub(1) else {
                    break;
                };
                depth = left;
            }
            ',' if depth == 0 && !within => break,
            _ if c.is_whitespace() && !within => continue,
            _ => {}
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::tests::one;
    use model::CoverageDomain as D;

    #[test]
    fn where_a_name_leads_counts_and_a_check_does_not() {
        for (old, new, counts) in [
            (
                "{\"compilerOptions\": {\n  \"paths\": {\n    \"@a\": [\"./src/a\"]\n  }\n}}\n",
                "{\"compilerOptions\": {\n  \"paths\": {\n    \"@a\": [\"./src/b\"]\n  }\n}}\n",
                true,
            ),
            ("{\"baseUrl\": \"a\"}\n", "{\"baseUrl\": \"b\"}\n", true),
            ("{\"target\": \"a\"}\n", "{\"target\": \"b\"}\n", true),
            (
                "{\"paths\": {\"@a\": [\"a\"]}, \"strict\": false}\n",
                "{\"paths\": { \"@a\": [\"a\"] },\n \"strict\": true}\n",
                false,
            ),
            ("{\"strict\": false}\n", "{\"strict\": true}\n", false),
        ] {
            let found = one("tsconfig.json", old, new, D::StoredForm);
            assert_eq!(found.starts_with("open"), counts, "{new}: {found}");
        }
    }
}

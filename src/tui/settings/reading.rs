//! The person's own `config.toml`: a theme and more keys. What is wrong in it is said with its line
//! and left out; the rest counts.

use toml_edit::Item;

use crate::checklist::ANSWER_KEYS;
use crate::tui::action::{Action, KeyContext};
use crate::tui::action_table::names::{NamedAction, list_named_actions};
use crate::tui::action_table::table::list_actions;
use crate::tui::key;
use crate::tui::settings::entries::{
    SettingsRemark, find_nearest, line_of, list_entries, parse_toml,
};
use crate::tui::settings::own_key::OwnKey;

/// Most own keys.
const MOST_KEYS: usize = 200;

/// What `config.toml` says.
#[derive(Debug, Clone, Default)]
pub struct OwnSettings {
    /// Name of the theme.
    pub theme: Option<String>,
    /// The line that names it, from 1.
    pub theme_line: usize,
    /// More keys, in the order of the file.
    pub keys: Vec<OwnKey>,
}

/// Reads `config.toml`: what counts of it, and what is wrong in it.
pub fn read_settings(text: &str) -> (OwnSettings, Vec<SettingsRemark>) {
    let (mut settings, mut remarks) = (OwnSettings::default(), Vec::new());
    let Some(document) = parse_toml(text, &mut remarks) else {
        return (settings, remarks);
    };
    for (name, item, line) in list_entries(&document, text) {
        let mut remark = |says: String| remarks.push(SettingsRemark { line, says });
        match name {
            "theme" => match item.as_str() {
                Some(theme) => {
                    settings.theme = Some(theme.to_owned());
                    settings.theme_line = line;
                }
                None => remark("theme is a name in quotes, such as \"high-contrast\"".to_owned()),
            },
            "keys" => match item.as_table_like() {
                Some(table) => {
                    for (id, item) in table.iter() {
                        let line = line_of(text, table.key(id).and_then(|key| key.span()));
                        if let Err(says) = add_keys(&mut settings.keys, id, item) {
                            remarks.push(SettingsRemark { line, says });
                        }
                    }
                }
                None => remark("keys is a table: write [keys] on a line of its own".to_owned()),
            },
            other => remark(format!(
                "{other:?} is no setting{}; there are theme and [keys]",
                find_nearest(other, ["theme", "keys"].into_iter())
            )),
        }
    }
    (settings, remarks)
}

/// The keys that are given to one action, a name or a list of them.
fn add_keys(keys: &mut Vec<OwnKey>, id: &str, item: &Item) -> Result<(), String> {
    let named = list_named_actions();
    let Some(named) = named.iter().find(|named| named.id == id) else {
        let near = find_nearest(id, named.iter().map(|named| named.id));
        return Err(format!("there is no action {id:?}{near}"));
    };
    if matches!(named.action, Action::Answer(_)) {
        return Err("answers have the keys that the checklist gives them".to_owned());
    }
    let wrong = || format!("{id}: write the name of a key, such as \"D\" or [\"alt-d\", \"f9\"]");
    let names: Vec<&str> = match (item.as_str(), item.as_array()) {
        (Some(name), _) => vec![name],
        (None, Some(list)) => list
            .iter()
            .map(|name| name.as_str().ok_or_else(wrong))
            .collect::<Result<_, _>>()?,
        (None, None) => return Err(wrong()),
    };
    for name in names {
        let name = check_key(name, named, keys).map_err(|says| format!("{id}: {says}"))?;
        if keys.len() >= MOST_KEYS {
            return Err(format!("only the first {MOST_KEYS} keys count"));
        }
        keys.push(OwnKey {
            // read once, and shown for as long as the program runs
            name: Box::leak(name.into_boxed_str()),
            id: named.spec.id,
            title: named.spec.title,
            contexts: named.spec.contexts,
            action: named.action,
        });
    }
    Ok(())
}

/// The name of a key that is free for an action, or why it is not.
fn check_key(written: &str, named: &NamedAction, keys: &[OwnKey]) -> Result<String, String> {
    let name = if written.chars().count() == 1 {
        written.to_owned()
    } else {
        written.to_lowercase()
    };
    let known = key::spell_key(&key::make_key_event(&name)).as_deref() == Some(name.as_str())
        && name != "ctrl-"
        && !name.chars().any(char::is_control);
    let function = name
        .strip_prefix('f')
        .and_then(|number| number.parse::<u8>().ok());
    if !known || function.is_some_and(|number| !(1..=12).contains(&number)) {
        return Err(format!(
            "{written:?} is no key; keys are one character, or names such as ctrl-x, alt-x, f9, \
                pgdn, space"
        ));
    }
    if matches!(
        name.as_str(),
        "ctrl-i" | "ctrl-m" | "ctrl-[" | "ctrl-h" | "ctrl-j"
    ) {
        return Err(format!(
            "terminals do not tell {written} from Tab, Enter, Esc or Backspace; choose another key"
        ));
    }
    let letter = Some(name.chars())
        .filter(|letters| letters.clone().count() == 1)
        .and_then(|mut letters| letters.next());
    if let Some(letter) = letter
        && (ANSWER_KEYS.contains(&letter) || "dxa".contains(letter))
    {
        return Err(format!("{written:?} answers questions; choose another key"));
    }
    if letter.is_some_and(|letter| letter.is_ascii_digit()) {
        return Err(format!("{written:?} is a digit, and digits show screens"));
    }
    let meets = |contexts: &[KeyContext]| {
        contexts.iter().any(|one| {
            let both = |other: &KeyContext| contexts_meet(*one, *other);
            named.spec.contexts.iter().any(both)
        })
    };
    let taken = list_actions()
        .flat_map(|spec| {
            let keys = spec.keys.iter();
            keys.map(move |(key, _)| (spec.id, spec.contexts, *key))
        })
        .chain(keys.iter().map(|own| (own.id, own.contexts, own.name)))
        .find(|(_, contexts, key)| *key == name && meets(contexts));
    match taken {
        Some((id, contexts, _)) => Err(format!(
            "{written:?} is taken by {id:?} ({}); choose another key",
            contexts
                .iter()
                .map(|context| context.title())
                .collect::<Vec<_>>()
                .join(", ")
        )),
        None => Ok(name),
    }
}

/// Whether a key can be live in both at once, so that one would hide the other.
fn contexts_meet(one: KeyContext, other: KeyContext) -> bool {
    let wide = |context| {
        matches!(
            context,
            KeyContext::Global | KeyContext::Question | KeyContext::List | KeyContext::Scroll
        )
    };
    one == other || wide(one) || wide(other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::action::Action;

    #[test]
    fn a_theme_and_more_keys_are_read() {
        let (settings, remarks) = read_settings(
            "theme = \"high-contrast\"\n[keys]\ncommit = \"D\"\nnext-hunk = [\"alt-n\", \
                \"F9\"]\nobserve = \"r\"\n",
        );
        // screen 7 has an action with this key
        assert_eq!(remarks.len(), 1, "{remarks:?}");
        assert_eq!(remarks[0].line, 5);
        assert_eq!(settings.theme.as_deref(), Some("high-contrast"));
        let names: Vec<&str> = settings.keys.iter().map(|own| own.name).collect();
        assert_eq!(names, ["D", "alt-n", "f9"]);
        assert_eq!(settings.keys[1].action, Action::NextHunk);
    }

    #[test]
    fn every_fault_is_one_sentence_with_its_line_and_the_rest_counts() {
        let faults = [
            ("[keys]\nfrobnicate = \"D\"", "there is no action"),
            ("[keys]\ncomit = \"D\"", "write commit"),
            ("[keys]\ncommit = \"foo\"", "is no key"),
            ("[keys]\ncommit = \"f99\"", "is no key"),
            ("[keys]\ncommit = 3", "write the name of a key"),
            ("[keys]\ncommit = \"y\"", "answers questions"),
            ("[keys]\ncommit = \"d\"", "answers questions"),
            ("[keys]\ncommit = \"9\"", "digits show screens"),
            ("[keys]\ncommit = \"q\"", "is taken by \"quit\""),
            ("[keys]\ncommit = \"r\"", "is taken by"),
            ("[keys]\ncommit = \"ctrl-m\"", "terminals do not tell"),
            ("[keys]\nanswer = \"D\"", "the checklist gives them"),
            ("theme = 3\n", "theme is a name in quotes"),
            ("thme = \"dark\"", "write theme"),
            ("keys = 1", "keys is a table"),
            ("[keys", "this is no TOML"),
        ];
        for (text, says) in faults {
            let (_, remarks) = read_settings(&format!("{text}\n"));
            assert_eq!(remarks.len(), 1, "{text}: {remarks:?}");
            assert!(remarks[0].says.contains(says), "{text}: {remarks:?}");
            let line = 1 + text.trim_end().matches('\n').count();
            assert_eq!(remarks[0].line, line, "{text}");
        }
        let (settings, remarks) =
            read_settings("[keys]\ncommit = \"D\"\nnote = \"D\"\nundo = \"U\"\n");
        assert_eq!((settings.keys.len(), remarks.len()), (2, 1), "{remarks:?}");
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in "[ -~\\n]{0,120}", key in "\\PC{0,6}") {
            read_settings(&text);
            read_settings(&format!("[keys]\ncommit = {key:?}\n"));
        }
    }
}

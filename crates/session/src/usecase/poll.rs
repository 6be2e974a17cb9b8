//! The poll of a gate: who is polled, what was said, and what a silence is.

use crate::{EventKind, SessionState};
use decision::checklist::catalogue;
use model::{Config, Gate, OptionId, Untrusted, escape_invisible};

/// Roles that are polled where `backout.yaml` names none.
const USUAL: [&str; 3] = ["incident lead", "database owner", "service owner"];

/// What a role said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleAnswer {
    /// The role, as it was typed or as it is known.
    pub role: Untrusted,
    /// Go or no-go; `None` is silence.
    pub call: Option<OptionId>,
    /// A strong objection, in its words.
    pub objection: Option<Untrusted>,
}

impl RoleAnswer {
    /// In a few words.
    pub fn words(&self) -> String {
        let objection = self
            .objection
            .as_ref()
            .map_or_else(String::new, |text| format!(", objects: {}", text.shown()));
        format!(
            "{}: {}{objection}",
            self.role.shown(),
            self.call.map_or("no answer", OptionId::id)
        )
    }
}

/// Why a voice is not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaidError {
    /// One sentence: what is wrong, and what to do.
    pub says: String,
}

/// What a word of a poll means: go, no-go or silence; `None` for any other word.
pub fn parse_poll_word(word: &str) -> Option<Option<OptionId>> {
    match word.trim().to_ascii_lowercase().as_str() {
        "go" | "g" => Some(Some(OptionId::Go)),
        "no-go" | "nogo" | "no" | "n" => Some(Some(OptionId::NoGo)),
        "silent" | "" => Some(None),
        _ => None,
    }
}

/// Roles that are polled at a gate: those of `backout.yaml`, else the three that every release has,
/// and whoever spoke at it besides.
pub fn list_polled_roles(config: &Config, state: &SessionState, gate: Gate) -> Vec<String> {
    let mut roles: Vec<String> = config
        .roles
        .iter()
        .map(|role| escape_invisible(role.trim()).into_owned())
        .filter(|role| !role.is_empty())
        .collect();
    if roles.is_empty() {
        roles = USUAL.map(str::to_owned).to_vec();
    }
    roles.extend(
        state
            .polls
            .keys()
            .filter(|(at, _)| *at == gate)
            .map(|(_, role)| role.clone()),
    );
    let mut seen = std::collections::BTreeSet::new();
    roles.retain(|role| seen.insert(role.clone()));
    roles
}

/// The role that is meant: one that is polled or that spoke at another gate, whatever its capitals.
/// The first word is enough where it names only one (`database` for `database owner`). A role that
/// nobody knows is taken only with `new`, so that a slip does not make another role while the one
/// that was meant stays unasked.
///
/// # Errors
/// One sentence with the roles that are polled, the nearest first.
pub fn role_named(
    typed: &str,
    config: &Config,
    state: &SessionState,
    gate: Gate,
    new: bool,
) -> Result<String, SaidError> {
    let typed = escape_invisible(typed.trim()).into_owned();
    if typed.is_empty() {
        return Err(SaidError {
            says: "The poll names no role.".to_owned(),
        });
    }
    let mut known = list_polled_roles(config, state, gate);
    for (_, role) in state.polls.keys() {
        if !known.contains(role) {
            known.push(role.clone());
        }
    }
    if let Some(same) = known
        .iter()
        .find(|one| one.to_lowercase() == typed.to_lowercase())
    {
        return Ok(same.clone());
    }
    let first = |one: &&String| {
        one.split_whitespace()
            .next()
            .is_some_and(|word| word.to_lowercase() == typed.to_lowercase())
    };
    let mut short = known.iter().filter(first);
    match (short.next(), short.next()) {
        (Some(only), None) => return Ok(only.clone()),
        (Some(one), Some(other)) if !new => {
            return Err(SaidError {
                says: format!(
                    "The role {typed} could be {} or {}; write the whole name.",
                    escape_invisible(one),
                    escape_invisible(other)
                ),
            });
        }
        _ => {}
    }
    if new {
        return Ok(typed);
    }
    let nearest = catalogue::find_nearest_candidate(&typed, known.iter().map(String::as_str))
        .map(str::to_owned);
    let meant = nearest.as_ref().map_or_else(String::new, |near| {
        format!(" Did you mean {}?", escape_invisible(near))
    });
    let polled: Vec<_> = known.iter().map(|role| escape_invisible(role)).collect();
    Err(SaidError {
        says: format!(
            "No role {typed} is polled at gate {}.{meant} Polled are {}.",
            gate.id(),
            polled.join(", ")
        ),
    })
}

/// The event of one voice.
pub fn make_poll_event(gate: Gate, said: RoleAnswer) -> EventKind {
    EventKind::Polled {
        gate,
        role_polled: said.role,
        call: said.call,
        objection: said
            .objection
            .map(|text| text.as_raw().trim().to_owned())
            .filter(|text| !text.is_empty())
            .map(Into::into),
    }
}

/// Roles that have not spoken at a gate.
pub fn list_silent_roles(config: &Config, state: &SessionState, gate: Gate) -> Vec<String> {
    list_polled_roles(config, state, gate)
        .into_iter()
        .filter(|role| !state.polls.contains_key(&(gate, role.clone())))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(roles: &[&str]) -> Config {
        Config {
            roles: roles.iter().map(|role| (*role).to_owned()).collect(),
            ..Config::default()
        }
    }

    #[test]
    fn a_role_is_meant_as_it_is_known() {
        let state = SessionState::default();
        let named = |typed: &str, roles: &[&str], new| {
            role_named(typed, &config(roles), &state, Gate::Start, new).map_err(|error| error.says)
        };
        assert_eq!(
            named("service OWNER", &["service owner"], false).unwrap(),
            "service owner"
        );
        assert_eq!(
            named("Database", &["database owner", "service owner"], false).unwrap(),
            "database owner"
        );
        let both = named("service", &["service owner", "service desk"], false).unwrap_err();
        assert!(
            both.contains("service owner") && both.contains("service desk"),
            "{both}"
        );
        let unknown = named("databse owner", &["database owner", "finance"], false).unwrap_err();
        assert!(
            unknown.contains("Did you mean database owner?") && unknown.contains("finance"),
            "{unknown}"
        );
        assert_eq!(
            named("security", &["database owner"], true).unwrap(),
            "security"
        );
        assert!(
            named("security", &[], false)
                .unwrap_err()
                .contains("incident lead, database owner, service owner")
        );
        assert!(named(" ", &[], true).is_err());
        assert!(
            !named("a\u{1b}[31m", &[], false)
                .unwrap_err()
                .contains('\u{1b}')
        );
    }

    #[test]
    fn words_of_a_poll() {
        assert_eq!(parse_poll_word(" Go "), Some(Some(OptionId::Go)));
        assert_eq!(parse_poll_word("no"), Some(Some(OptionId::NoGo)));
        assert_eq!(parse_poll_word("silent"), Some(None));
        assert_eq!(parse_poll_word("perhaps"), None);
    }
}

//! The poll of a gate on the command line: one voice a role, as it was said.

use anyhow::Result;

use crate::command::output::{UsageError, prompt_for_line};
use crate::model::{Gate, escape_invisible};
use crate::usecase::{self, RoleAnswer};

/// Voices of the command line: `ROLE=go`, `ROLE=no-go: why`, `ROLE=silent`.
///
/// # Errors
/// One sentence for a voice that is not of this form.
pub fn parse_given_voices(texts: &[String]) -> Result<Vec<RoleAnswer>> {
    texts
        .iter()
        .map(|text| {
            let wrong = || {
                UsageError(format!(
                    "--poll {}: write it as ROLE=go, ROLE=no-go: why, or ROLE=silent",
                    escape_invisible(text)
                ))
            };
            let (role, rest) = text.split_once('=').ok_or_else(wrong)?;
            let (word, objection) = rest
                .split_once(':')
                .map_or((rest, ""), |(word, objection)| (word, objection));
            let call = usecase::parse_poll_word(word).ok_or_else(wrong)?;
            let role = escape_invisible(role.trim()).into_owned();
            if role.is_empty() {
                return Err(wrong().into());
            }
            Ok(RoleAnswer {
                role: role.into(),
                call,
                objection: Some(objection.trim())
                    .filter(|text| !text.is_empty())
                    .map(Into::into),
            })
        })
        .collect()
}

/// Asks one role on standard error and reads its answer from standard input. `None` when the input
/// is over: then nobody was asked.
///
/// # Errors
/// When standard input cannot be read.
pub fn ask_role(role: &str, gate: Gate) -> Result<Option<RoleAnswer>> {
    loop {
        let Some(line) = prompt_for_line(&format!(
            "{} at gate {}: g go, n no-go, Enter no answer: ",
            escape_invisible(role),
            gate.id()
        ))?
        else {
            return Ok(None);
        };
        let Some(call) = usecase::parse_poll_word(&line) else {
            tell!("  type g, n, or nothing");
            continue;
        };
        let objection =
            line_or_nothing("  any strong objection, in their words: ", call.is_some())?;
        return Ok(Some(RoleAnswer {
            role: role.into(),
            call,
            objection: objection.map(Into::into),
        }));
    }
}

fn line_or_nothing(prompt: &str, wanted: bool) -> Result<Option<String>> {
    if !wanted {
        return Ok(None);
    }
    Ok(prompt_for_line(prompt)?
        .map(|text| text.trim().to_owned())
        .filter(|text| !text.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::OptionId;

    #[test]
    fn voices_are_read_as_people_write_them() {
        let said = parse_given_voices(&[
            "database=go".to_owned(),
            " Service Owner = no-go : the index is still building ".to_owned(),
            "security=silent".to_owned(),
        ])
        .unwrap();
        assert_eq!(
            said[0],
            RoleAnswer {
                role: "database".into(),
                call: Some(OptionId::Go),
                objection: None
            }
        );
        assert_eq!(
            (
                said[1].role.as_raw(),
                said[1].call,
                said[1]
                    .objection
                    .as_ref()
                    .map(crate::model::Untrusted::as_raw)
            ),
            (
                "Service Owner",
                Some(OptionId::NoGo),
                Some("the index is still building")
            )
        );
        assert_eq!(said[2].call, None);
        for wrong in ["database", "database=perhaps", "=go"] {
            assert!(parse_given_voices(&[wrong.to_owned()]).is_err(), "{wrong}");
        }
    }
}

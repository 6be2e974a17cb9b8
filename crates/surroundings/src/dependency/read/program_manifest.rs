//! Manifests that are programs: Gradle, Mix, CocoaPods. They are read as tokens, so comments are no
//! dependencies; what a program works out is not known.

use std::collections::HashMap;

use coverage::guard::{GuardToken, TokenKind, cut_program_tokens, find_language};

use super::found::FoundLibraries;

// a call with more is a block of program text
/// Most tokens of one call that are looked at.
const CALL: usize = 40;

/// The tokens of a text in the language of files with that ending.
fn cut_tokens<'t>(ending: &str, text: &'t str) -> Vec<GuardToken<'t>> {
    find_language(&format!("manifest.{ending}"))
        .map(|language| cut_program_tokens(language, text))
        .unwrap_or_default()
}

fn is_sign(token: Option<&GuardToken<'_>>, sign: &str) -> bool {
    token.is_some_and(|token| token.kind == TokenKind::Sign && token.text == sign)
}

fn text_at<'t>(tokens: &[GuardToken<'t>], at: usize) -> Option<GuardToken<'t>> {
    tokens
        .get(at)
        .copied()
        .filter(|token| token.kind == TokenKind::Text)
}

/// Dependencies of Gradle in its three forms (`'group:name:1.2'`, a map of `group`, `name` and
/// `version`, and `id 'plugin' version '1.2'`), in Groovy and in Kotlin.
pub(super) fn read_gradle(text: &str, found: &mut FoundLibraries) {
    let tokens = cut_tokens("groovy", text);
    let known = list_text_variables(&tokens);
    for (at, token) in tokens.iter().enumerate() {
        match token.kind {
            TokenKind::Text => {
                if let Some((name, version)) = split_coordinates(token.text) {
                    found.add(name, &fill_variable(version, &known), token.line);
                }
            }
            TokenKind::Word if token.text == "group" => {
                read_coordinate_map(&tokens[at..], &known, found);
            }
            TokenKind::Word if matches!(token.text, "id" | "kotlin") => {
                read_plugin_call(&tokens[at..], token.text == "kotlin", &known, found);
            }
            _ => {}
        }
    }
}

// a program may choose between two texts, and which one it takes is not known
/// Names that get a text: `def name = '1.2'`, `ext.name = "1.2"`, `val name = "1.2"`. A name with
/// two texts is not known.
fn list_text_variables<'t>(tokens: &[GuardToken<'t>]) -> HashMap<&'t str, Option<&'t str>> {
    let mut known = HashMap::new();
    for (at, token) in tokens.iter().enumerate() {
        if token.kind == TokenKind::Word
            && is_sign(tokens.get(at + 1), "=")
            && let Some(value) = text_at(tokens, at + 2)
        {
            known
                .entry(token.text)
                .and_modify(|known| {
                    if *known != Some(value.text) {
                        *known = None;
                    }
                })
                .or_insert(Some(value.text));
        }
    }
    known
}

/// A version that is one variable becomes what the file says of it. One that it does not say stays
/// as it is written.
fn fill_variable(version: &str, known: &HashMap<&str, Option<&str>>) -> String {
    // `${rootProject.ext.lombokVersion}` is named by its last part
    let name = version.strip_prefix('$').map(|name| {
        let name = name.trim_start_matches('{').trim_end_matches('}');
        name.rsplit('.').next().unwrap_or(name)
    });
    let value = name.and_then(|name| known.get(name).copied().flatten());
    value.unwrap_or(version).to_owned()
}

/// `group:name:version@type` as `group:name` and the version.
fn split_coordinates(text: &str) -> Option<(&str, &str)> {
    let part = |text: &str| {
        !text.is_empty()
            && text
                .chars()
                .all(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-'))
    };
    let (group, rest) = text.split_once(':')?;
    let (name, rest) = rest.split_once(':')?;
    // a classifier or a kind of file stands behind the version
    let version = rest.split([':', '@']).next()?;
    let is_variable = version.starts_with('$');
    (part(group) && part(name) && (part(version) || is_variable))
        .then(|| (&text[..group.len() + 1 + name.len()], version))
}

/// `group: 'x', name: 'y', version: 'z'`, or the same with `=`.
fn read_coordinate_map(
    tokens: &[GuardToken<'_>],
    known: &HashMap<&str, Option<&str>>,
    found: &mut FoundLibraries,
) {
    let value = |at: usize| {
        (is_sign(tokens.get(at + 1), ":") || is_sign(tokens.get(at + 1), "="))
            .then(|| tokens.get(at + 2).copied())
            .flatten()
    };
    let Some(group) = value(0).filter(|group| group.kind == TokenKind::Text) else {
        return;
    };
    let (mut name, mut version) = (None, None);
    let mut at = 3;
    // the next entry of the map stands behind a comma
    while at < CALL && is_sign(tokens.get(at), ",") {
        let key = tokens.get(at + 1).map_or("", |token| token.text);
        match (key, value(at + 1)) {
            ("name", Some(found)) => name = Some(found),
            ("version", Some(found)) => version = Some(found),
            (_, Some(_)) => {}
            (_, None) => break,
        }
        at += 4;
    }
    if let Some(name) = name.filter(|name| name.kind == TokenKind::Text) {
        let written = match version {
            Some(token) if token.kind == TokenKind::Text => fill_variable(token.text, known),
            // a word without quotes is a variable
            Some(token) => fill_variable(&format!("${}", token.text), known),
            None => String::new(),
        };
        let place = version.unwrap_or(name);
        found.add(
            &format!("{}:{}", group.text, name.text),
            &written,
            place.line,
        );
    }
}

/// `id 'name' version '1.2'`, with or without brackets, and `kotlin("jvm") version "1.2"`.
fn read_plugin_call(
    tokens: &[GuardToken<'_>],
    kotlin: bool,
    known: &HashMap<&str, Option<&str>>,
    found: &mut FoundLibraries,
) {
    let bracket = usize::from(is_sign(tokens.get(1), "("));
    let Some(name) = text_at(tokens, 1 + bracket) else {
        return;
    };
    let behind = 2 + 2 * bracket;
    // a plugin without a version takes that of another file
    if !tokens.get(behind).is_some_and(|token| token.is("version")) {
        return;
    }
    let bracket = usize::from(is_sign(tokens.get(behind + 1), "("));
    if let Some(version) = text_at(tokens, behind + 1 + bracket) {
        let prefix = if kotlin { "org.jetbrains.kotlin." } else { "" };
        let name = format!("{prefix}{}", name.text);
        found.add(&name, &fill_variable(version.text, known), version.line);
    }
}

/// `{:name, "~> 1.2"}`, or with where it comes from in place of the version.
pub(super) fn read_mix(text: &str, found: &mut FoundLibraries) {
    let tokens = cut_tokens("exs", text);
    for (at, token) in tokens.iter().enumerate() {
        let Some(name) = tokens.get(at + 2).filter(|name| {
            token.is("{") && is_sign(tokens.get(at + 1), ":") && name.kind == TokenKind::Word
        }) else {
            continue;
        };
        if !is_sign(tokens.get(at + 3), ",") {
            continue;
        }
        if let Some(version) = text_at(&tokens, at + 4) {
            found.add(name.text, version.text, version.line);
            continue;
        }
        // `git: "..", tag: "v1.2"`
        let call = tokens.get(at + 4..).unwrap_or_default();
        let end = call.iter().take(CALL).position(|token| token.is("}"));
        let call = &call[..end.unwrap_or(0)];
        let option = |key: &str| {
            let at = call.iter().position(|token| token.is(key))?;
            is_sign(call.get(at + 1), ":").then(|| text_at(call, at + 2))?
        };
        if option("git").or(option("github")).is_some() {
            let version = ["tag", "ref", "branch"].iter().find_map(|key| option(key));
            let (version, line) = version.map_or(("", name.line), |token| (token.text, token.line));
            found.add(name.text, version, line);
        }
    }
}

/// `pod 'Name', '~> 1.2'`, or without a version.
pub(super) fn read_podfile(text: &str, found: &mut FoundLibraries) {
    let tokens = cut_tokens("rb", text);
    for (at, _) in tokens
        .iter()
        .enumerate()
        .filter(|(_, token)| token.first && token.is("pod"))
    {
        let Some(name) = text_at(&tokens, at + 1) else {
            continue;
        };
        let version = is_sign(tokens.get(at + 2), ",")
            .then(|| text_at(&tokens, at + 3))
            .flatten();
        let (version, line) = version.map_or(("", name.line), |token| (token.text, token.line));
        found.add(name.text, version, line);
    }
}

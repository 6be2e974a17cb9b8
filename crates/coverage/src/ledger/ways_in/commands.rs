//! Commands and flags that a program takes: people and scripts type them.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::lines::{CodeLine, is_word, read_literal};
use super::{WayIn, WayKind};

/// Words of a call or an annotation that declares a flag.
const FLAGS: [&str; 14] = [
    "add_argument",
    "option",
    "addoption",
    "on",
    "flag",
    "arg",
    "parameter",
    "opt",
    "names",
    "long",
    "add_option",
    "argument",
    "clioption",
    "switch",
];

/// Words of a call that declares a command.
const COMMANDS: [&str; 10] = [
    "$signature",
    "$defaultname",
    "signature",
    "defaultname",
    "add_parser",
    "command",
    "addcommand",
    "subcommand",
    "use",
    "setname",
];

/// Calls of Go that declare a flag, without the ending for a variable or a short name.
const TYPED: [&str; 12] = [
    "String",
    "Int",
    "Int64",
    "Uint",
    "Bool",
    "Duration",
    "Float64",
    "StringSlice",
    "StringArray",
    "Count",
    "IntSlice",
    "IP",
];

/// Libraries that read a command line, as program text brings them in.
const READERS: [&str; 30] = [
    "clap",
    "structopt",
    "argh",
    "cobra",
    "pflag",
    "urfave/cli",
    "\"flag\"",
    "kingpin",
    "argparse",
    "optparse",
    "click",
    "typer",
    "docopt",
    "commander",
    "yargs",
    "oclif",
    "cac",
    "picocli",
    "jcommander",
    "System.CommandLine",
    "CommandLineParser",
    "optionparser",
    "OptionParser",
    "thor",
    "Thor",
    "Console\\Command",
    "ArgumentParser",
    "Clikt",
    "clikt",
    "scopt",
];

/// One search for all of them: every changed file passes here.
static FIND_READERS: LazyLock<Option<AhoCorasick>> =
    LazyLock::new(|| AhoCorasick::new(READERS).ok());

/// Adds the commands and flags of a text that brings in a library for them.
pub(super) fn add_commands(ways: &mut Vec<WayIn>, end: &str, lines: &[CodeLine<'_>], text: &str) {
    if !FIND_READERS
        .as_ref()
        .is_some_and(|readers| readers.is_match(text))
    {
        return;
    }
    let mut marked = false;
    for line in lines {
        // `require('yargs').command(..)` brings in and declares in one line
        if matches!(line.at(0), "import" | "from" | "using")
            || line.at(0) == "require" && !line.has(".")
        {
            continue;
        }
        if let Some(name) = read_thor(end, line) {
            push(ways, name, line.number);
            continue;
        }
        let derived = marked.then(|| read_field(line)).flatten();
        if let Some(field) = derived {
            push(ways, format!("--{}", field.replace('_', "-")), line.number);
        }
        marked = end == "rs" && marks_flag(line);
        for (at, name) in line.literals() {
            let bare = name.split([' ', '=', ',']).next().unwrap_or_default();
            if !bare.starts_with('-') && !is_plain(bare) {
                continue;
            }
            let call = find_declaring(line, at);
            let small = call.to_ascii_lowercase();
            if bare.starts_with('-') && bare.len() > 1 && FLAGS.contains(&small.as_str()) {
                push(ways, bare.to_owned(), line.number);
            } else if is_plain(bare)
                && (end == "rs" && small == "long"
                    || small == "name" && line.tokens.iter().any(|token| token.ends_with("Flag"))
                    || end == "php" && small == "addoption"
                    || end == "go" && declares_typed(line, at, call)
                    || small == "option" && matches!(end, "js" | "ts" | "mjs" | "rb"))
            {
                push(ways, format!("--{bare}"), line.number);
            } else if is_plain(bare)
                && (COMMANDS.contains(&small.as_str())
                    || small == "name"
                        && (line.has("AsCommand") || end == "go" && line.before(at, 1) == ":"))
                && (small != "use" || end == "go" && line.before(at, 1) == ":")
            {
                push(ways, bare.to_owned(), line.number);
            }
        }
    }
}

/// `desc "push", "sends"` and `option :to` of Thor.
fn read_thor(end: &str, line: &CodeLine<'_>) -> Option<String> {
    if end != "rb" {
        return None;
    }
    let next = if line.at(1) == "(" { 2 } else { 1 };
    match line.at(0) {
        "desc" => {
            let usage = read_literal(line.at(next))?;
            let name = usage.split(' ').next().unwrap_or_default();
            // a task of Rake is described by a sentence alone
            (is_plain(name) && line.at(next + 1) == ",").then(|| name.to_owned())
        }
        "option" | "method_option" | "class_option" if line.at(next) == ":" => {
            let name = line.at(next + 1);
            is_word(name).then(|| format!("--{}", name.replace('_', "-")))
        }
        _ => None,
    }
}

fn push(ways: &mut Vec<WayIn>, name: String, line: usize) {
    if ways.len() < super::WAYS {
        ways.push(WayIn {
            kind: WayKind::Command,
            method: None,
            name,
            line,
        });
    }
}

fn is_plain(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':'))
}

/// `#[arg(long)]` or `#[arg(short, long, ..)]` without a name of its own: the field has it.
fn marks_flag(line: &CodeLine<'_>) -> bool {
    let long = line.tokens.iter().position(|token| *token == "long");
    line.at(0) == "#"
        && (line.has("arg") || line.has("clap") || line.has("structopt"))
        && long.is_some_and(|at| line.at(at + 1) != "=")
}

fn read_field<'a>(line: &CodeLine<'a>) -> Option<&'a str> {
    let at = line.tokens.iter().position(|token| *token == ":")?;
    Some(line.before(at, 1)).filter(|word| is_word(word))
}

/// The call, the annotation or the key that a quoted text belongs to, past texts beside it.
fn find_declaring<'a>(line: &CodeLine<'a>, at: usize) -> &'a str {
    let mut depth = 0usize;
    for back in (0..at).rev() {
        match line.at(back) {
            ")" | "]" | "}" => depth += 1,
            "(" if depth == 0 => {
                let word = line.before(back, 1);
                // `new Option<string>("--out")`
                return if word == ">" {
                    find_generic(line, back)
                } else {
                    word
                };
            }
            "(" | "[" | "{" => depth = depth.saturating_sub(1),
            "=" | ":" if depth == 0 && back + 3 > at => return line.before(back, 1),
            _ => {}
        }
    }
    ""
}

fn find_generic<'a>(line: &CodeLine<'a>, at: usize) -> &'a str {
    let open = line.tokens[..at].iter().rposition(|token| *token == "<");
    open.map_or("", |open| line.before(open, 1))
}

/// `cmd.Flags().StringVarP(&out, "out", "o", "", "where to")`: the first quoted text of the call.
fn declares_typed(line: &CodeLine<'_>, at: usize, call: &str) -> bool {
    let bare = call.trim_end_matches('P').trim_end_matches("Var");
    let first = line.literals().next().is_some_and(|(place, _)| place == at);
    let of_flags = line.tokens.iter().any(|token| {
        matches!(
            *token,
            "flag" | "flags" | "Flags" | "PersistentFlags" | "fs" | "pflag"
        )
    });
    first && of_flags && TYPED.contains(&bare)
}

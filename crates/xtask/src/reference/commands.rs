//! Pages of the commands, out of their help texts.

use super::page::Ask;
use super::page::{begin_page, finish_page, write_cell};
use std::fmt::Write;

pub(super) fn command_pages(ask: &Ask) -> Result<Vec<(String, String)>, String> {
    let help = ask(&["--help"])?;
    let mut index = begin_page(
        "Commands",
        "Each command has a page with its help text, as `backout COMMAND --help` prints it.",
    );
    let _ = writeln!(
        index,
        "| command | what it does |\n| --- | --- |\n| [`backout`](commands/backout.md) | the \
            screens |"
    );
    let mut pages = vec![("commands/backout".to_owned(), help_page("backout", &help))];
    let shared = shared_groups(&help);
    for (name, about) in list_commands(&help) {
        let own = ask(&[&name, "--help"])?;
        let _ = writeln!(
            index,
            "| [`{name}`](commands/{name}.md) | {} |",
            write_cell(&about)
        );
        let mut page = help_page(&format!("backout {name}"), &leave_out_groups(&own, &shared));
        for (inner, _) in list_commands(&own) {
            let help = ask(&[&name, &inner, "--help"])?;
            let _ = write!(
                page,
                "\n## backout {name} {inner}\n\n{}",
                help_block(&leave_out_groups(&help, &shared))
            );
        }
        page.push_str(
            "\nThe options for repository, situation and screen, which every command takes, are on \
                the page [`backout`](backout.md).\n",
        );
        pages.push((format!("commands/{name}"), page));
    }
    pages.push(("commands".to_owned(), index));
    Ok(pages)
}

/// The groups of options that every command has, word for word.
fn shared_groups(help: &str) -> Vec<String> {
    let lines: Vec<&str> = help.lines().collect();
    ["Repository:", "Situation:", "Screen:"]
        .into_iter()
        .filter_map(|heading| {
            let start = lines.iter().position(|line| *line == heading)?;
            let group = lines[start..]
                .iter()
                .enumerate()
                .take_while(|(n, line)| *n == 0 || line.is_empty() || line.starts_with(' '))
                .map(|(_, line)| *line);
            Some(group.collect::<Vec<_>>().join("\n").trim_end().to_owned())
        })
        .collect()
}

fn leave_out_groups(help: &str, groups: &[String]) -> String {
    groups.iter().fold(help.to_owned(), |help, group| {
        help.replace(group.as_str(), "")
    })
}

fn help_page(title: &str, help: &str) -> String {
    let first = help.lines().next().unwrap_or_default();
    let says = match first.ends_with(['.', '?', '!']) {
        true => first.to_owned(),
        false => format!("{first}."),
    };
    let mut page = begin_page(&format!("`{title}`"), &says);
    page.push_str(&help_block(help));
    page
}

fn help_block(help: &str) -> String {
    let help = help.replace("backout.exe", "backout");
    format!("```text\n{}```\n", finish_page(&help))
}

/// Names and sentences of the part *Commands* of a help text, without `help` itself.
fn list_commands(help: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    let part = help
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.trim().is_empty());
    for line in part {
        match line
            .strip_prefix("  ")
            .filter(|rest| !rest.starts_with(' '))
        {
            Some(rest) => {
                let (name, about) = rest.split_once("  ").unwrap_or((rest, ""));
                found.push((name.to_owned(), about.trim().to_owned()));
            }
            None => {
                if let Some((_, about)) = found.last_mut() {
                    about.push(' ');
                    about.push_str(line.trim());
                }
            }
        }
    }
    found.retain(|(name, _)| name != "help");
    found
}

//! Text from outside made fit for a screen, a report or a log.

use std::borrow::Cow;

/// Control characters, bidirectional overrides and other invisible format characters become
/// visible: `\x1b` shows as `␛`, a line feed as `␊`, others as `<U+202E>`. The joiner between two
/// pictures, as in many names, is a tie (`⁀`): readable, and as wide on every terminal. Ordinary
/// text is returned as it is.
pub fn escape_invisible(text: &str) -> Cow<'_, str> {
    if is_plain_ascii(text) || !text.chars().any(is_invisible_char) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    let mut after_picture = false;
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        match c {
            '\u{200d}' if after_picture && rest.clone().next().is_some_and(is_picture) => {
                out.push(JOINED);
            }
            '\t' => out.push_str("    "),
            '\0'..='\x1f' => out.push(char::from_u32(0x2400 + c as u32).unwrap_or('\u{fffd}')),
            '\x7f' => out.push('\u{2421}'),
            c if is_invisible_char(c) => out.push_str(&format!("<U+{:04X}>", c as u32)),
            c => out.push(c),
        }
        after_picture = is_picture(c) || (after_picture && chooses_picture(c));
    }
    Cow::Owned(out)
}

/// Stands for the joiner of two pictures.
const JOINED: char = '\u{2040}';

/// Emoji and the signs that emoji are made of.
fn is_picture(c: char) -> bool {
    matches!(c, '\u{2190}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}') && !chooses_picture(c)
}

/// What only chooses between pictures of the sign before it: variation selectors and tones of skin.
/// Terminals do not agree on how many columns a sign takes with one of them behind it.
pub fn chooses_picture(c: char) -> bool {
    matches!(c, '\u{fe0e}' | '\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}')
}

/// Text of one line in which every byte is a character that is seen: what most names and
/// statements are, and quick to tell.
fn is_plain_ascii(text: &str) -> bool {
    text.bytes().all(|byte| (b' '..=b'~').contains(&byte))
}

/// As [`escape_invisible`], but line feeds stay: for message bodies and excerpts of several lines.
pub fn visible_lines(text: &str) -> String {
    if is_plain_ascii(text) {
        return text.to_owned();
    }
    text.replace("\r\n", "\n")
        .split('\n')
        .map(escape_invisible)
        .collect::<Vec<_>>()
        .join("\n")
}

/// A name for the repository in a folder, made visible: the folder's own, without `.git` at its
/// end; that of the folder around it where the name says only that a repository is there (`.git`,
/// `repo`, `source`, ...), as mirrors and build agents have it.
pub fn folder_name(path: &std::path::Path) -> Option<String> {
    const SAYS_NOTHING: [&str; 8] = [
        "",
        "repo",
        "repository",
        "git",
        "mirror",
        "source",
        "src",
        "checkout",
    ];
    let names = path
        .ancestors()
        .take(3)
        .filter_map(|folder| Some(folder.file_name()?.to_string_lossy().into_owned()));
    let names: Vec<String> = names
        .map(|name| escape_invisible(name.strip_suffix(".git").unwrap_or(&name)).into_owned())
        .collect();
    let telling = names
        .iter()
        .find(|name| !SAYS_NOTHING.contains(&name.to_lowercase().as_str()));
    telling
        .or_else(|| names.iter().find(|name| !name.is_empty()))
        .cloned()
}

/// Controls, and what Unicode has that takes no room or turns the direction: two texts that look
/// the same are the same. Variation selectors of emoji stay: they are part of ordinary text and
/// choose between two pictures of one sign.
fn is_invisible_char(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
                | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}'
        )
}

/// Whether more than `most` brackets are open at one place of a text, wherever they stand. The YAML
/// reader looks at every open bracket for each word, so text that opens very many is refused before
/// it is read.
pub fn opens_more_than(text: &str, most: usize) -> bool {
    let mut open = 0usize;
    text.bytes().any(|byte| {
        match byte {
            b'[' | b'{' => open += 1,
            b']' | b'}' => open = open.saturating_sub(1),
            _ => {}
        }
        open > most
    })
}

/// At most `limit` characters, with an ellipsis where it was cut.
pub fn shorten_text(text: &str, limit: usize) -> Cow<'_, str> {
    match text.char_indices().nth(limit) {
        None => Cow::Borrowed(text),
        Some(_) => {
            let end = text
                .char_indices()
                .nth(limit.saturating_sub(1))
                .map_or(0, |(at, _)| at);
            Cow::Owned(format!("{}…", text[..end].trim_end()))
        }
    }
}

/// A path, with the line behind it, in at most `width` columns. What is cut is cut out of its
/// middle, whole folders first: where it begins, the name of the file and the line say most.
pub fn shorten_path<'a>(path: &'a str, width: usize, mark: &str) -> Cow<'a, str> {
    use unicode_width::UnicodeWidthStr;
    if path.width() <= width {
        return Cow::Borrowed(path);
    }
    let Some((folders, name)) = path.rsplit_once('/') else {
        return Cow::Owned(cut_middle(path, width, mark));
    };
    let begins = folders.split_once('/');
    for (first, rest) in begins.into_iter().chain([("", folders)]) {
        let lead = if first.is_empty() {
            format!("{mark}/")
        } else {
            format!("{first}/{mark}/")
        };
        let mut used = lead.width() + name.width();
        if used > width {
            continue;
        }
        // as many of the last folders as there is room for, but never all of them
        let mut kept = "";
        for (at, _) in rest.rmatch_indices('/') {
            let more = rest.get(at + 1..).unwrap_or_default();
            used = lead.width() + more.width() + 1 + name.width();
            if used > width {
                break;
            }
            kept = more;
        }
        let gap = if kept.is_empty() { "" } else { "/" };
        return Cow::Owned(format!("{lead}{kept}{gap}{name}"));
    }
    Cow::Owned(cut_middle(name, width, mark))
}

/// A name without what is in its middle: the end has the kind of the file and the line.
fn cut_middle(text: &str, width: usize, mark: &str) -> String {
    use unicode_segmentation::UnicodeSegmentation;
    use unicode_width::UnicodeWidthStr;
    if text.width() <= width {
        return text.to_owned();
    }
    let room = width.saturating_sub(mark.width());
    let take = |parts: &mut dyn Iterator<Item = &str>, most: usize| {
        let mut used = 0;
        parts
            .take_while(|part| {
                used += part.width();
                used <= most
            })
            .map(str::len)
            .sum::<usize>()
    };
    let head = take(&mut text.graphemes(true), room / 2);
    let begins = text.get(..head).unwrap_or_default();
    let tail = take(
        &mut text.graphemes(true).rev(),
        room.saturating_sub(begins.width()),
    );
    let ends = text.get(text.len() - tail..).unwrap_or_default();
    if width == 0 {
        return String::new();
    }
    format!("{begins}{mark}{ends}")
}

/// The words of a sentence that are paths wider than `width`, each shortened as [`shorten_path`]
/// does; brackets and signs around them stay.
pub fn shorten_paths_in(text: &str, width: usize, mark: &str) -> String {
    use unicode_width::UnicodeWidthStr;
    text.split(' ')
        .map(|word| {
            if word.width() <= width || !word.contains('/') || word.contains("://") {
                return Cow::Borrowed(word);
            }
            let core = word.trim_start_matches(['(', '`', '"']);
            let before = word.len() - core.len();
            let core = core.trim_end_matches([')', '`', '"', ',', ';', '.', ':']);
            let (lead, rest) = word.split_at(before);
            let (core, behind) = rest.split_at(core.len());
            let room = width.saturating_sub(lead.width() + behind.width());
            Cow::Owned(format!("{lead}{}{behind}", shorten_path(core, room, mark)))
        })
        .collect::<Vec<_>>()
        .join(" ")
}

/// A word in pieces of at most `width` columns: behind a sign that paths, names and addresses have,
/// where one is in sight, else anywhere.
pub fn split_long_word(word: &str, width: usize) -> Vec<&str> {
    use unicode_segmentation::UnicodeSegmentation;
    use unicode_width::UnicodeWidthStr;
    let width = width.max(1);
    let mut out = Vec::new();
    let mut rest = word;
    while rest.width() > width {
        let (mut used, mut end, mut sign) = (0, 0, None);
        for (at, part) in rest.grapheme_indices(true) {
            if used + part.width() > width && end > 0 {
                break;
            }
            used += part.width();
            end = at + part.len();
            // a piece of a few columns would only make more of them
            if used * 3 >= width
                && matches!(
                    part,
                    "/" | "\\" | "." | "_" | "-" | ":" | "," | ";" | "=" | "(" | "&" | "?"
                )
            {
                sign = Some(end);
            }
        }
        let (head, tail) = rest.split_at(sign.unwrap_or(end));
        out.push(head);
        rest = tail;
    }
    if !rest.is_empty() || out.is_empty() {
        out.push(rest);
    }
    out
}

/// Lines of at most `width` columns, broken at blanks; a word wider than that is broken inside.
/// Never empty.
pub fn wrap_text(text: &str, width: usize) -> Vec<String> {
    use unicode_width::UnicodeWidthStr;
    let width = width.max(1);
    let (mut lines, mut line, mut used) = (Vec::new(), String::new(), 0);
    for word in text.split_whitespace() {
        let wide = word.width();
        if used > 0 && used + 1 + wide > width {
            lines.push(std::mem::take(&mut line));
            used = 0;
        }
        if used > 0 {
            line.push(' ');
            used += 1;
        }
        if wide <= width {
            line.push_str(word);
            used += wide;
            continue;
        }
        for part in split_long_word(word, width) {
            if used > 0 {
                lines.push(std::mem::take(&mut line));
            }
            line.push_str(part);
            used = part.width();
        }
    }
    lines.push(line);
    lines
}

/// The candidate most like `text`, when one is alike enough to be meant.
pub fn find_nearest_word<'a>(
    text: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let text = text.to_lowercase();
    let (score, best) = candidates
        .into_iter()
        .map(|candidate| {
            (
                strsim::jaro_winkler(&text, &candidate.to_lowercase()),
                candidate,
            )
        })
        .max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(a.1)))?;
    (score >= 0.75).then_some(best)
}

/// One word of a shell command, quoted where it must be; `None` for what cannot safely be one: an
/// option, a quote, what was cut or made visible.
pub fn shell_word(text: &str) -> Option<String> {
    let text = text.trim();
    let odd =
        |c: char| c.is_control() || matches!(c, '\'' | '…' | JOINED | '\u{2400}'..='\u{2421}');
    if text.is_empty()
        || text.len() > 200
        || text.starts_with('-')
        || text.contains("<U+")
        || text.chars().any(odd)
        || text.chars().any(is_invisible_char)
    {
        return None;
    }
    let plain = text
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"._/:@=+,%-".contains(&byte));
    Some(if plain {
        text.to_owned()
    } else {
        format!("'{text}'")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_only_says_repository_lends_the_name_around_it() {
        let name = |path: &str| folder_name(std::path::Path::new(path));
        assert_eq!(name("/srv/git/payments.git").as_deref(), Some("payments"));
        assert_eq!(name("/home/a/payments/.git").as_deref(), Some("payments"));
        assert_eq!(
            name("/mirror/acme+payments/repo").as_deref(),
            Some("acme+payments")
        );
        assert_eq!(name("/repo").as_deref(), Some("repo"));
        assert_eq!(name("/a\u{1b}b").as_deref(), Some("a␛b"));
        assert_eq!(name("/"), None);
    }

    #[test]
    fn a_path_is_cut_in_its_middle_and_keeps_its_line() {
        let path = "src/paperless_mail/migrations/0002_optimize_integer_field_sizes.py:41";
        assert_eq!(shorten_path(path, 80, "…"), path);
        assert_eq!(
            shorten_path(path, 60, "…"),
            "src/…/migrations/0002_optimize_integer_field_sizes.py:41"
        );
        assert_eq!(
            shorten_path(path, 50, "…"),
            "src/…/0002_optimize_integer_field_sizes.py:41"
        );
        assert_eq!(
            shorten_path(path, 41, "…"),
            "…/0002_optimize_integer_field_sizes.py:41"
        );
        assert_eq!(
            shorten_path(path, 30, "…"),
            "0002_optimize_…eld_sizes.py:41"
        );
        assert_eq!(shorten_path("a/b", 0, "…"), "");
        for width in 0..80 {
            use unicode_width::UnicodeWidthStr;
            assert!(shorten_path(path, width, "…").width() <= width, "{width}");
            assert!(shorten_path("日本/語日本語/日本.rs:1", width, "..").width() <= width.max(2));
        }
        assert_eq!(
            shorten_paths_in(&format!("it is gone ({path}), and more"), 40, "…"),
            "it is gone (0002_optimize_inte…_field_sizes.py:41), and more"
        );
        assert_eq!(
            shorten_paths_in("see https://example.org/a/very/long/address", 20, "…"),
            "see https://example.org/a/very/long/address",
            "an address that was cut leads nowhere"
        );
    }

    #[test]
    fn control_characters_become_visible() {
        assert_eq!(escape_invisible("plain é 日本"), "plain é 日本");
        assert_eq!(escape_invisible("\x1b[31mred\x07"), "␛[31mred␇");
        assert_eq!(escape_invisible("a\u{202e}b\u{9b}"), "a<U+202E>b<U+009B>");
        assert_eq!(visible_lines("a\r\nb\x1b"), "a\nb␛");
        for hidden in [
            '\u{61c}',
            '\u{ad}',
            '\u{180e}',
            '\u{200b}',
            '\u{206a}',
            '\u{3164}',
            '\u{fff9}',
            '\u{e0101}',
        ] {
            assert_eq!(
                escape_invisible(&format!("a{hidden}b")),
                format!("a<U+{:04X}>b", hidden as u32)
            );
        }
        assert_eq!(
            escape_invisible("\u{2764}\u{fe0f} 日本"),
            "\u{2764}\u{fe0f} 日本",
            "emoji are ordinary text"
        );
    }

    #[test]
    fn joined_pictures_are_tied_and_other_joiners_are_named() {
        assert_eq!(
            escape_invisible("\u{1f469}\u{200d}\u{1f4bb} Ana"),
            "👩⁀💻 Ana"
        );
        assert_eq!(
            escape_invisible("\u{1f44d}\u{1f3fd}\u{200d}\u{2764}\u{fe0f}"),
            "\u{1f44d}\u{1f3fd}⁀\u{2764}\u{fe0f}"
        );
        for (hidden, shown) in [
            ("a\u{200d}b", "a<U+200D>b"),
            ("\u{1f469}\u{200d}b", "👩<U+200D>b"),
            ("\u{1f469}\u{200d}\u{200d}\u{1f4bb}", "👩<U+200D><U+200D>💻"),
            ("\u{200d}\u{1f4bb}", "<U+200D>💻"),
        ] {
            assert_eq!(escape_invisible(hidden), shown);
        }
        assert_eq!(shell_word("👩⁀💻"), None, "a file has another name");
    }

    #[test]
    fn open_brackets_are_counted() {
        assert!(
            opens_more_than(&"[".repeat(101), 100) && opens_more_than(&"{a: ".repeat(101), 100)
        );
        assert!(!opens_more_than(&"[a]".repeat(1_000), 100) && !opens_more_than("]]]]]", 0));
    }

    #[test]
    fn shortening_counts_characters() {
        assert_eq!(shorten_text("häuser", 6), "häuser");
        assert_eq!(shorten_text("häuser", 4), "häu…");
    }

    #[test]
    fn a_long_word_breaks_behind_a_sign() {
        let path = "saleor/checkout/migrations/0088_reapply_fix_shared_address_instances.py:23";
        assert_eq!(
            split_long_word(path, 40),
            [
                "saleor/checkout/migrations/0088_reapply_",
                "fix_shared_address_instances.py:23"
            ]
        );
        assert_eq!(split_long_word("aaaaaaaa", 3), ["aaa", "aaa", "aa"]);
        assert_eq!(
            [split_long_word("", 3), split_long_word("a", 0)],
            [vec![""], vec!["a"]]
        );
        assert_eq!(split_long_word("日本語", 1), ["日", "本", "語"]);
    }

    #[test]
    fn wrapping_keeps_every_word() {
        assert_eq!(wrap_text("one two  three", 7), ["one two", "three"]);
        assert_eq!(wrap_text("日本語 x", 4), ["日本", "語 x"]);
        assert_eq!(wrap_text("", 10), [""]);
    }

    #[test]
    fn the_nearest_is_alike_enough() {
        assert_eq!(
            find_nearest_word("impact.nwo", ["impact.now", "harm.irreversible"]),
            Some("impact.now")
        );
        assert_eq!(find_nearest_word("zzz", ["impact.now"]), None);
    }

    #[test]
    fn a_name_that_could_be_more_than_a_name_is_no_word_of_a_command() {
        assert_eq!(
            shell_word("reg:5000/shop@sha256:00ff").as_deref(),
            Some("reg:5000/shop@sha256:00ff")
        );
        assert_eq!(shell_word("My Project").as_deref(), Some("'My Project'"));
        assert_eq!(shell_word("$(rm -rf x)").as_deref(), Some("'$(rm -rf x)'"));
        for odd in [
            "",
            "--force",
            "it's",
            "a\nb",
            "a\u{1b}[2J",
            "cut…",
            "\u{241b}[2J",
            "a\u{202e}b",
        ] {
            assert_eq!(shell_word(odd), None, "{odd:?}");
        }
    }
}

//! Bytes of a file as text: UTF-8, UTF-16 and UTF-32 with or without a mark, and the single-byte
//! encoding of Western Windows machines.
//!
//! What is none of these is no text, and whoever searched it must say that it was not searched.

use std::borrow::Cow;

/// A NUL in so many first bytes makes contents binary, as git has it.
const LOOKED_AT: usize = 8000;

/// Of a hundred characters of a text without a mark, so many must be ASCII: program text is, and
/// bytes that only look alike are not.
const ASCII: usize = 70;

/// Windows-1252 from 0x80 on where it differs from Latin-1; zero where it has no character.
const WINDOWS: [u16; 32] = [
    0x20ac, 0, 0x201a, 0x192, 0x201e, 0x2026, 0x2020, 0x2021, 0x2c6, 0x2030, 0x160, 0x2039, 0x152,
    0, 0x17d, 0, 0, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x2dc, 0x2122, 0x161,
    0x203a, 0x153, 0, 0x17e, 0x178,
];

/// Bytes as text, a mark dropped. Bytes that are not UTF-8 are taken as Windows-1252, of which
/// Latin-1 is a part, one by one, so that one stray byte spoils nothing else. `None` for binary
/// contents: a NUL among the first 8,000 bytes of what is neither UTF-16 nor UTF-32.
pub fn decode_text(bytes: &[u8]) -> Option<String> {
    if let Some(text) = decode_wide_text(bytes) {
        return text;
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if memchr::memchr(0, &bytes[..bytes.len().min(LOOKED_AT)]).is_some() {
        return None;
    }
    Some(decode_windows_1252(bytes))
}

/// Bytes as a search wants them: UTF-8 as it lies there, everything else decoded. The second value
/// says that all of it is text, and none of its characters is hidden from a search.
pub(super) fn decode_for_search(bytes: &[u8]) -> (Cow<'_, [u8]>, bool) {
    if let Some(text) = decode_wide_text(bytes) {
        return text.map_or((Cow::Borrowed(&[][..]), false), |text| {
            (Cow::Owned(text.into_bytes()), true)
        });
    }
    let nul = memchr::memchr(0, bytes);
    match nul {
        Some(at) if at < LOOKED_AT => (Cow::Borrowed(&[]), false),
        // text to which something else was appended
        Some(_) => (Cow::Borrowed(bytes), false),
        None if std::str::from_utf8(bytes).is_ok() => (Cow::Borrowed(bytes), true),
        None => (Cow::Owned(decode_windows_1252(bytes).into_bytes()), true),
    }
}

/// UTF-8, with every byte that is not taken as Windows-1252.
fn decode_windows_1252(bytes: &[u8]) -> String {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        out.push_str(chunk.valid());
        out.extend(
            chunk
                .invalid()
                .iter()
                .map(|&byte| decode_windows_1252_byte(byte)),
        );
    }
    out
}

/// A byte of Windows-1252.
fn decode_windows_1252_byte(byte: u8) -> char {
    let mapped = byte
        .checked_sub(0x80)
        .and_then(|at| WINDOWS.get(usize::from(at)))
        .filter(|code| **code != 0);
    mapped
        .and_then(|code| char::from_u32(u32::from(*code)))
        .unwrap_or(char::from(byte))
}

/// UTF-32 and UTF-16: `None` for what is neither, `Some(None)` for what has a mark of theirs and is
/// no text.
fn decode_wide_text(bytes: &[u8]) -> Option<Option<String>> {
    match bytes {
        [0xff, 0xfe, 0, 0, rest @ ..] => return Some(decode_utf32(rest, u32::from_le_bytes)),
        [0, 0, 0xfe, 0xff, rest @ ..] => return Some(decode_utf32(rest, u32::from_be_bytes)),
        [0xff, 0xfe, rest @ ..] => return Some(decode_utf16(rest, u16::from_le_bytes)),
        [0xfe, 0xff, rest @ ..] => return Some(decode_utf16(rest, u16::from_be_bytes)),
        _ => {}
    }
    // without a mark: letters of program text leave a zero in each of their units
    memchr::memchr(0, &bytes[..bytes.len().min(LOOKED_AT)])?;
    let text = match bytes {
        [0, 0, 0, _, ..] => decode_utf32(bytes, u32::from_be_bytes),
        [_, 0, 0, 0, ..] => decode_utf32(bytes, u32::from_le_bytes),
        [0, _, ..] => decode_utf16(bytes, u16::from_be_bytes),
        // the first letter may be a foreign one, so the first zero says on which side they lie
        _ => match memchr::memchr(0, bytes) {
            Some(at) if at % 2 == 1 => decode_utf16(bytes, u16::from_le_bytes),
            _ => decode_utf16(bytes, u16::from_be_bytes),
        },
    };
    text.filter(|text| bytes.len().is_multiple_of(2) && looks_written(text))
        .map(Some)
}

/// UTF-16. A last odd byte is dropped; a NUL or half of a pair makes it no text.
fn decode_utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Option<String> {
    let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    let text: String = char::decode_utf16(units).collect::<Result<_, _>>().ok()?;
    (!text.contains('\0')).then_some(text)
}

/// UTF-32. What is cut, or holds a number that is no character, is no text.
fn decode_utf32(bytes: &[u8], unit: fn([u8; 4]) -> u32) -> Option<String> {
    let units = bytes.chunks_exact(4);
    if !units.remainder().is_empty() {
        return None;
    }
    let text: String = units
        .map(|four| char::from_u32(unit([four[0], four[1], four[2], four[3]])))
        .collect::<Option<_>>()?;
    (!text.contains('\0')).then_some(text)
}

/// What was decoded without a mark is text: enough of it is ASCII, and hardly anything is a control
/// character.
fn looks_written(text: &str) -> bool {
    let (mut all, mut ascii, mut odd) = (0usize, 0usize, 0usize);
    for c in text.chars().take(LOOKED_AT) {
        all += 1;
        ascii += usize::from(c.is_ascii());
        odd += usize::from(c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{c}'));
    }
    ascii * 100 >= all * ASCII && odd * 100 <= all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn units(text: &str, mark: bool, write: impl Fn(u16) -> [u8; 2]) -> Vec<u8> {
        mark.then_some(0xfeff)
            .into_iter()
            .chain(text.encode_utf16())
            .flat_map(write)
            .collect()
    }

    fn wide_units(text: &str, mark: bool, write: impl Fn(u32) -> [u8; 4]) -> Vec<u8> {
        mark.then_some(0xfeff)
            .into_iter()
            .chain(text.chars().map(u32::from))
            .flat_map(write)
            .collect()
    }

    #[test]
    fn text_is_decoded_by_its_mark_and_without_one() {
        let text = "jar.label = \"Gurke – süß 😀\";\r\n";
        for mark in [true, false] {
            for bytes in [
                units(text, mark, u16::to_le_bytes),
                units(text, mark, u16::to_be_bytes),
                wide_units(text, mark, u32::to_le_bytes),
                wide_units(text, mark, u32::to_be_bytes),
            ] {
                assert_eq!(
                    decode_text(&bytes).as_deref(),
                    Some(text),
                    "{mark} {bytes:?}"
                );
            }
        }
        assert_eq!(decode_text(b"\xef\xbb\xbfabc").as_deref(), Some("abc"));
        // a comment in another script does not hide the program below it
        let foreign = "// 棚の瓶を数える\nSELECT label FROM jars";
        assert_eq!(
            decode_text(&units(foreign, false, u16::to_le_bytes)).as_deref(),
            Some(foreign)
        );
    }

    #[test]
    fn bytes_of_one_letter_each_are_read_and_spoil_nothing_else() {
        assert_eq!(
            decode_text(b"gr\xf6\xdfe \x80 \x93a\x94").as_deref(),
            Some("größe € “a”")
        );
        assert_eq!(
            decode_text(
                "größe \u{e9}"
                    .as_bytes()
                    .iter()
                    .copied()
                    .chain(*b" \xe9")
                    .collect::<Vec<_>>()
                    .as_slice()
            )
            .as_deref(),
            Some("größe é é")
        );
    }

    #[test]
    fn what_is_no_text_is_not_taken_for_one() {
        for bytes in [
            &b"a\0b"[..],
            b"label\0jars",
            b"\xff\xfea\0\0\0",
            b"\0\0\xfe\xffab",
            b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0\xb8",
            b"\x7fELF\x02\x01\x01\0\0\0\0\0",
        ] {
            assert_eq!(decode_text(bytes), None, "{bytes:?}");
        }
    }

    #[test]
    fn a_search_sees_what_is_decoded_and_says_what_it_does_not_see() {
        let seen = |bytes: &[u8]| {
            (
                String::from_utf8_lossy(&decode_for_search(bytes).0).into_owned(),
                decode_for_search(bytes).1,
            )
        };
        assert_eq!(seen(b"plain"), ("plain".to_owned(), true));
        assert_eq!(seen(b"caf\xe9"), ("café".to_owned(), true));
        assert_eq!(
            seen(&units("label", true, u16::to_le_bytes)),
            ("label".to_owned(), true)
        );
        assert!(!seen(b"label\0jars").1);
        let appended: Vec<u8> = std::iter::repeat_n(b' ', LOOKED_AT)
            .chain(*b"l\0a\0b\0e\0l\0")
            .collect();
        assert!(!seen(&appended).1);
    }
}

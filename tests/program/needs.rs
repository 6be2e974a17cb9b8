//! The program needs nothing of the system but its C library: what is linked is read out of the
//! program itself.
#![cfg(all(
    target_os = "linux",
    target_pointer_width = "64",
    target_endian = "little"
))]

/// Parts of the C library, of the compiler and of the loader; each with its number behind it.
const LIBC: [&str; 8] = [
    "libc.so",
    "libm.so",
    "libgcc_s.so",
    "libdl.so",
    "libpthread.so",
    "librt.so",
    "ld-linux",
    "libc.musl",
];

/// The kind of a program header that leads to what the loader needs.
const PT_DYNAMIC: u64 = 2;
/// The kind of a program header that lies in memory.
const PT_LOAD: u64 = 1;
/// Entries of the dynamic section: a needed library, and where the names stand.
const DT_NEEDED: u64 = 1;
const DT_STRTAB: u64 = 5;

/// A number of so many bytes.
fn number(file: &[u8], at: u64, bytes: usize) -> u64 {
    let at = usize::try_from(at).expect("a place in the file");
    let mut out = [0; 8];
    out[..bytes].copy_from_slice(file.get(at..at + bytes).expect("it lies in the file"));
    u64::from_le_bytes(out)
}

/// Names of the libraries that the loader must find, in the order of the file (ELF of 64 bits).
fn needed(file: &[u8]) -> Vec<String> {
    assert!(
        file.starts_with(b"\x7fELF\x02"),
        "the program is no ELF file of 64 bits"
    );
    let (table, size, count) = (
        number(file, 32, 8),
        number(file, 54, 2),
        number(file, 56, 2),
    );
    let headers: Vec<u64> = (0..count).map(|n| table + n * size).collect();
    let of_kind = |kind: u64| {
        headers
            .iter()
            .copied()
            .filter(move |at| number(file, *at, 4) == kind)
    };
    let Some(dynamic) = of_kind(PT_DYNAMIC).next() else {
        return Vec::new();
    };
    let (from, length) = (number(file, dynamic + 8, 8), number(file, dynamic + 32, 8));
    let entries: Vec<(u64, u64)> = (0..length / 16)
        .map(|n| {
            (
                number(file, from + n * 16, 8),
                number(file, from + n * 16 + 8, 8),
            )
        })
        .collect();
    let names = entries
        .iter()
        .find(|(tag, _)| *tag == DT_STRTAB)
        .expect("a table of names")
        .1;
    // the table is given as a place in memory
    let holds = |at: &u64| {
        (number(file, at + 16, 8)..number(file, at + 16, 8) + number(file, at + 32, 8))
            .contains(&names)
    };
    let segment = of_kind(PT_LOAD)
        .find(holds)
        .expect("the segment of the names");
    let names = names - number(file, segment + 16, 8) + number(file, segment + 8, 8);
    let name = |offset: u64| {
        let from = usize::try_from(names + offset).expect("a place in the file");
        String::from_utf8_lossy(
            file[from..]
                .split(|byte| *byte == 0)
                .next()
                .unwrap_or_default(),
        )
        .into_owned()
    };
    entries
        .iter()
        .filter(|(tag, _)| *tag == DT_NEEDED)
        .map(|(_, offset)| name(*offset))
        .collect()
}

#[test]
fn nothing_but_the_c_library_is_linked() {
    let file = std::fs::read(env!("CARGO_BIN_EXE_backout")).expect("the program");
    let libraries = needed(&file);
    let others: Vec<&String> = libraries
        .iter()
        .filter(|name| !LIBC.iter().any(|known| name.starts_with(known)))
        .collect();
    assert!(
        others.is_empty(),
        "the program needs {others:?} of the system; without them it does not start"
    );
}

#[test]
fn what_a_program_needs_can_be_read() {
    // this test itself is linked to the C library, unless it is linked to nothing at all
    let own = std::fs::read(std::env::current_exe().expect("this test")).expect("this test");
    let libraries = needed(&own);
    assert!(
        cfg!(target_env = "musl") || libraries.iter().any(|name| name.starts_with("libc.so")),
        "{libraries:?}"
    );
}

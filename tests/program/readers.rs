//! Every reader of what comes from outside, on the kept corpus and on mutations of it, through the
//! fuzz targets themselves.

#[path = "../../fuzz/src/lib.rs"]
pub mod targets;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::fuzz_targets::TARGETS;

/// Mutations of each kept input.
const MUTATIONS: usize = 24;
/// Largest input that is kept: the corpus is small.
const LARGEST: u64 = 20_000;

fn fuzz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz")
}

/// Kept inputs of a reader, by name.
fn kept(name: &str) -> Vec<(String, Vec<u8>)> {
    let Ok(entries) = std::fs::read_dir(fuzz().join("kept").join(name)) else {
        return Vec::new();
    };
    let mut all: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    all.sort();
    all.iter()
        .map(|path| {
            (
                path.display().to_string(),
                std::fs::read(path).expect("a kept input"),
            )
        })
        .collect()
}

/// Numbers that are the same in each run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or_default() % most.max(1)
    }
}

/// The bytes with some changed, cut out, doubled, or replaced by a piece of themselves.
fn mutated(bytes: &[u8], chance: &mut Chance) -> Vec<u8> {
    const SIGNS: [&str; 16] = [
        "{",
        "}",
        "[",
        "]",
        "(",
        ")",
        "\"",
        "'",
        "\n",
        "\0",
        ":",
        "{%",
        "{{",
        "99999999999999999999",
        "\u{202e}",
        "é",
    ];
    let mut out = bytes.to_vec();
    for _ in 0..=chance.below(4) {
        let (at, length) = (chance.below(out.len() + 1), chance.below(40));
        let end = (at + length).min(out.len());
        match chance.below(5) {
            0 if at < out.len() => out[at] ^= 1 << chance.below(8),
            1 => drop(out.drain(at..end)),
            2 => {
                let piece = out[at..end].to_vec();
                let to = chance.below(out.len() + 1);
                out.splice(to..to, piece);
            }
            3 => {
                let sign = SIGNS[chance.below(SIGNS.len())];
                out.splice(at..at, sign.bytes());
            }
            _ => out.truncate(end.max(1).min(out.len())),
        }
    }
    out
}

/// Runs the target of a reader.
fn run(name: &str, what: &str, bytes: &[u8]) {
    let (_, target) = TARGETS
        .iter()
        .find(|(own, _)| *own == name)
        .unwrap_or_else(|| panic!("{name} is not among TARGETS"));
    let ended = std::panic::catch_unwind(|| target(bytes));
    assert!(
        ended.is_ok(),
        "{name} does not hold on {what}: {:?}",
        String::from_utf8_lossy(bytes)
    );
}

#[test]
fn every_kept_input_ends_and_so_do_its_mutations() {
    for (name, _) in targets::READERS {
        run(name, "nothing", b"");
        let inputs = kept(name);
        assert!(!inputs.is_empty(), "fuzz/kept/{name} holds no input");
        for (path, bytes) in &inputs {
            run(name, path, bytes);
            let mut chance = Chance(bytes.len() as u64 + 1);
            for _ in 0..MUTATIONS {
                run(name, path, &mutated(bytes, &mut chance));
            }
        }
    }
}

/// `BACKOUT_READERS_SECONDS=600 cargo test --test program readers:: -- --nocapture for_as_long` runs other
/// mutations, of mutations too, for so long.
#[test]
fn mutations_end_for_as_long_as_somebody_asks() {
    let Some(seconds) = std::env::var("BACKOUT_READERS_SECONDS")
        .ok()
        .and_then(|text| text.parse::<u64>().ok())
    else {
        return;
    };
    let begun = std::time::Instant::now();
    let mut chance = Chance(u64::from(std::process::id()));
    let each = seconds * 1_000 / targets::READERS.len() as u64;
    for (at, (name, _)) in (1_u64..).zip(targets::READERS) {
        let mut pool: Vec<Vec<u8>> = kept(name).into_iter().map(|(_, bytes)| bytes).collect();
        let (mut runs, mut slowest) = (0_u64, std::time::Duration::ZERO);
        while begun.elapsed().as_millis() < u128::from(at * each) {
            let input = mutated(&pool[chance.below(pool.len())], &mut chance);
            let since = std::time::Instant::now();
            run(name, "a mutation", &input);
            slowest = slowest.max(since.elapsed());
            runs += 1;
            if chance.below(20) == 0 && input.len() < 20_000 {
                let place = chance.below(pool.len() + 1);
                if pool.len() < 200 || place == pool.len() {
                    pool.push(input)
                } else {
                    pool[place] = input
                }
            }
        }
        println!(
            "{name:<24}{runs:>9} runs in {:>4} s, the slowest {slowest:.0?}",
            each / 1_000
        );
    }
}

#[test]
fn every_reader_is_a_target_and_every_target_a_reader() {
    let names = |folder: &str| -> BTreeSet<String> {
        let entries = std::fs::read_dir(fuzz().join(folder)).expect("a folder");
        entries
            .flatten()
            .map(|entry| {
                entry
                    .file_name()
                    .to_string_lossy()
                    .trim_end_matches(".rs")
                    .to_owned()
            })
            .collect()
    };
    let readers: BTreeSet<String> = targets::READERS
        .iter()
        .map(|(name, _)| (*name).to_owned())
        .collect();
    assert_eq!(names("fuzz_targets"), readers);
    assert_eq!(
        TARGETS
            .iter()
            .map(|(name, _)| (*name).to_owned())
            .collect::<BTreeSet<String>>(),
        readers
    );
    assert_eq!(names("kept"), readers);
    let manifest = std::fs::read_to_string(fuzz().join("Cargo.toml")).expect("a manifest");
    for name in &readers {
        assert!(
            manifest.contains(&format!(
                "[[bin]]\nname = \"{name}\"\npath = \"fuzz_targets/{name}.rs\""
            )),
            "{name} is no target in fuzz/Cargo.toml"
        );
        let target =
            std::fs::read_to_string(fuzz().join("fuzz_targets").join(format!("{name}.rs")))
                .expect("a target");
        assert!(
            target.contains(&format!("read(\"{name}\", bytes)")),
            "{name}"
        );
    }
}

#[test]
fn the_kept_corpus_is_small() {
    for (name, _) in targets::READERS {
        for (path, bytes) in kept(name) {
            assert!(
                bytes.len() as u64 <= LARGEST,
                "{path} has {} bytes; make it smaller",
                bytes.len()
            );
        }
        assert!(
            kept(name).len() <= 40,
            "fuzz/kept/{name} holds more than is run each time"
        );
    }
}

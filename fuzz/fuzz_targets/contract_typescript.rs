//! Any two texts as declarations, against each other and against themselves.
#![no_main]

use backout::check::contract::compare_files;
use backout::model::MemorySnapshot;
use libfuzzer_sys::fuzz_target;

/// What makes a text be taken for the format, so that the reader is reached at once.
const BEFORE: &str = "export type First = string;\n";

fuzz_target!(|texts: (&str, &str)| {
    let [old, new] = [texts.0, texts.1].map(|text| MemorySnapshot::new([("index.d.ts", format!("{BEFORE}{text}"))]));
    compare_files(&old, &new);
    let same = compare_files(&new, &new);
    assert!(same.contracts.iter().all(|contract| contract.changes.is_empty()), "a text differs from itself");
});

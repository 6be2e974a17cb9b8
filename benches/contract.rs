//! What comparing two OpenAPI documents of about 11 MB costs: time, and the memory of the whole
//! process.
//!
//! `cargo bench --bench contract`. The pair is made here: 2,550 schemas and 2,550 paths with
//! references among them, in JSON; the second differs in one operation, one property and one value
//! out of each forty. The target is 1 s and 250 MB.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test says what it expects"
)]

use std::fmt::Write;
use std::hint::black_box;
use std::sync::LazyLock;
use std::time::Instant;

use backout::check::contract::compare_files;
use backout::model::MemorySnapshot;

const PARTS: usize = 2_550;
/// Properties of a schema.
const WIDTH: usize = 26;

static PAIR: LazyLock<(MemorySnapshot, MemorySnapshot)> = LazyLock::new(|| {
    (
        MemorySnapshot::new([("api.json", document(false))]),
        MemorySnapshot::new([("api.json", document(true))]),
    )
});

fn main() {
    let (old, new) = &*PAIR;
    let started = Instant::now();
    let outcome = compare_files(old, new);
    let took = started.elapsed();
    let changes: usize = outcome
        .contracts
        .iter()
        .map(|contract| contract.changes.len())
        .sum();
    println!(
        "2 documents of {:.1} MB, {changes} changes: {took:.1?}, peak of the process {}",
        document(false).len() as f64 / 1e6,
        peak()
    );
    divan::main();
}

#[divan::bench(sample_count = 5)]
fn a_pair_of_eleven_megabytes() {
    let (old, new) = &*PAIR;
    black_box(compare_files(old, new));
}

#[divan::bench(sample_count = 5)]
fn a_document_with_itself_in_another_layout() {
    let (old, _) = &*PAIR;
    let other = MemorySnapshot::new([("api.json", document(false).replace("\n", "\n "))]);
    black_box(compare_files(old, &other));
}

/// The largest resident size so far, where the system tells it.
fn peak() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .map_or_else(
            || "not known here".to_owned(),
            |size| size.trim().to_owned(),
        )
}

/// A document; `new` is the later one.
fn document(new: bool) -> String {
    let mut out = String::from(
        "{\n\"openapi\": \"3.0.3\",\n\"info\": {\"title\": \"Large\", \"version\": \
            \"1\"},\n\"paths\": {\n",
    );
    for at in 0..PARTS {
        if new && at % 40 == 7 {
            let _ = writeln!(
                out,
                "\"/things{at}/extra\": {{\"get\": {{\"operationId\": \"extra{at}\", \
                    \"responses\": {{\"200\": {{\"description\": \"ok\"}}}}}}}},"
            );
        }
        operation(&mut out, at);
        out.push_str(if at + 1 == PARTS { "\n" } else { ",\n" });
    }
    out.push_str("},\n\"components\": {\"schemas\": {\n");
    for at in 0..PARTS {
        schema(&mut out, at, new && at % 40 == 3);
        out.push_str(if at + 1 == PARTS { "\n" } else { ",\n" });
    }
    out.push_str("}}\n}\n");
    out
}

fn operation(out: &mut String, at: usize) {
    let answer = format!(
        "{{\"description\": \"ok\", \"content\": {{\"application/json\": {{\"schema\": {{\"$ref\": \
            \"#/components/schemas/Thing{at}\"}}}}}}}}"
    );
    let _ = write!(
        out,
        "\"/things{at}/{{id}}\": {{\n  \"parameters\": [{{\"name\": \"id\", \"in\": \"path\", \
            \"required\": true, \"schema\": {{\"type\": \"string\"}}}}],\n  \
         \"get\": {{\"operationId\": \"getThing{at}\", \"tags\": [\"things\"], \"summary\": \"Read \
         one thing of kind {at}\",\n    \
         \"parameters\": [{{\"name\": \"page\", \"in\": \"query\", \"schema\": {{\"type\": \
         \"integer\", \"minimum\": 1}}}}],\n    \"responses\": {{\"200\": {answer}}}}},\n  \
         \"put\": {{\"operationId\": \"putThing{at}\",\n    \"requestBody\": {{\"required\": true, \
         \"content\": {{\"application/json\": {{\"schema\": {{\"$ref\": \
         \"#/components/schemas/Thing{at}\"}}}}}}}},\n    \
         \"responses\": {{\"200\": {answer}, \"404\": {{\"description\": \"none\"}}}}}}\n}}"
    );
}

fn schema(out: &mut String, at: usize, changed: bool) {
    let _ = write!(
        out,
        "\"Thing{at}\": {{\n  \"type\": \"object\",\n  \"required\": [\"id\", \"field0\"],\n  \
            \"properties\": {{\n    \"id\": {{\"type\": \"string\"}}"
    );
    for field in 0..WIDTH {
        let other = (at * 7 + field * 13 + 1) % PARTS;
        let text = match field % 5 {
            0 => format!(
                "{{\n      \"type\": \"string\",\n      \"description\": \"Field {field} of thing \
                    {at}, as its owner wrote it down once.\",\n      \"maxLength\": 200\n    }}"
            ),
            1 => format!(
                "{{\n      \"type\": \"integer\",\n      \"format\": \"int64\",\n      \
                    \"description\": \"How many of {field} there are.\",\n      \"example\": \
                    {other}\n    }}"
            ),
            2 => format!(
                "{{\n      \"type\": \"array\",\n      \"items\": {{\n        \"$ref\": \
                    \"#/components/schemas/Thing{other}\"\n      }}\n    }}"
            ),
            3 => format!(
                "{{\n      \"type\": \"string\",\n      \"enum\": [\n        \"open\",\n        \
                    \"closed\"{}\n      ]\n    }}",
                if changed { ",\n        \"held\"" } else { "" }
            ),
            _ => format!(
                "{{\n      \"nullable\": true,\n      \"allOf\": [\n        {{\n          \
                    \"$ref\": \"#/components/schemas/Thing{other}\"\n        }}\n      ]\n    }}"
            ),
        };
        let _ = write!(out, ",\n    \"field{field}\": {text}");
    }
    if changed {
        out.push_str(",\n    \"added\": {\"type\": \"string\"}");
    }
    out.push_str("\n  }\n}");
}

//! Compares two versions of an API contract in both directions, without git:
//! `cargo run -p backout-contract --example compare`.

use model::MemorySnapshot;

const BEFORE: &str = r#"
openapi: 3.0.3
info: { title: Jars, version: "1" }
paths:
  /jars:
    get:
      responses:
        "200": { description: all jars }
"#;

fn main() {
    let after = BEFORE.replace("/jars:", "/glasses:");
    let (previous, current) = (
        MemorySnapshot::new([("openapi.yaml", BEFORE)]),
        MemorySnapshot::new([("openapi.yaml", after.as_str())]),
    );
    let found = contract::compare_files(&previous, &current);
    for finding in found.findings {
        println!("{}: {}", finding.check, finding.says);
    }
}

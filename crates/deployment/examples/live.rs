//! Reads the history that a deployer prints, without calling it:
//! `cargo run -p backout-deployment --example live`.

use deployment::live::read_state_file;

const HISTORY: &str = r#"[
  {"revision": 1, "updated": "2026-03-01T10:00:00Z", "status": "superseded",
   "chart": "shop-1.4.0", "app_version": "3.0.0", "description": "Install complete"},
  {"revision": 2, "updated": "2026-03-02T10:00:00Z", "status": "deployed",
   "chart": "shop-1.5.0", "app_version": "3.1.0", "description": "Upgrade complete"}
]"#;

fn main() {
    let report = match read_state_file("helm.json", HISTORY.as_bytes(), None) {
        Ok(report) => report,
        Err(why) => return println!("cannot be read: {why}"),
    };
    println!(
        "{:?}: {} deployments",
        report.kind,
        report.deployments.len()
    );
    println!(
        "live {}, before that {}",
        report.live_version.as_deref().unwrap_or("unknown"),
        report.previous_version.as_deref().unwrap_or("unknown")
    );
    for note in &report.notes {
        println!("mind: {note}");
    }
}

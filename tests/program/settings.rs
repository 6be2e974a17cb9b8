//! The person's own `config.toml` and themes.

use crate::common;

use common::{Ran, Sample, program};

fn doctor(config: &str, theme: &str) -> Ran {
    let sample = Sample::new();
    sample.commit("feat: first", &[("a.txt", "a\n")]);
    let own = sample.beside("config");
    std::fs::create_dir_all(own.join("backout/themes")).expect("a folder");
    std::fs::write(own.join("backout/config.toml"), config).expect("a file");
    std::fs::write(own.join("backout/themes/amber.toml"), theme).expect("a file");
    let ran = program()
        .current_dir(sample.path())
        .env("XDG_CONFIG_HOME", &own)
        .args(["doctor"])
        .output()
        .expect("it runs");
    Ran::new(ran)
}

/// Words, without what wrapping put between them.
fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn doctor_prints_the_settings_and_every_fault_with_its_line() {
    let out = flat(&doctor("theme = \"amber\"\n[keys]\ncommit = \"D\"\n", "[dark]\n").out);
    assert!(
        out.contains("theme amber; D is decide") && out.contains("ok theme amber, from"),
        "{out}"
    );
    let out = flat(
        &doctor(
            "theme = \"ambre\"\n[keys]\ncomit = \"D\"\nnote = \"y\"\n",
            "[dark]\ngod = { colour = \"red\" }\n",
        )
        .out,
    );
    for says in [
        "config.toml:1: there is no theme \"ambre\"; write amber",
        "config.toml:3: there is no action \"comit\"; write commit.",
        "config.toml:4: note: \"y\" answers questions; choose another key.",
        "amber.toml:2: there is no role \"god\"",
    ] {
        assert!(out.contains(says), "{says}:\n{out}");
    }
}

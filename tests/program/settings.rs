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
            "# mine\ntheme = \"ambre\"\n[keys]\ncomit = \"D\"\nnote = \"y\"\n",
            "[dark]\ngod = { colour = \"red\" }\n",
        )
        .out,
    );
    for says in [
        "config.toml:2: there is no theme \"ambre\"; write amber",
        "config.toml:4: there is no action \"comit\"; write commit.",
        "config.toml:5: note: \"y\" answers questions; choose another key.",
        "amber.toml:2: there is no role \"god\"",
    ] {
        assert!(out.contains(says), "{says}:\n{out}");
    }
}

#[cfg(unix)]
mod screens {
    use crate::common::terminal::Session;

    const TERM: &str = "xterm-256color";

    /// A story with its first question on the screen.
    fn story(home: &std::path::Path) -> Session {
        let mut session = Session::start(home, &["demo", "card-service"], TERM);
        session.until("everything was read", |screen| {
            let text = screen.contents();
            text.contains("1 contract ") && text.contains("doing damage right now")
        });
        session.settle();
        session
    }

    #[test]
    fn a_key_of_ones_own_and_the_palette_reach_what_they_name() {
        let home = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(home.path().join("backout")).unwrap();
        std::fs::write(
            home.path().join("backout/config.toml"),
            "theme = \"high-contrast\"\n[keys]\nrecord = \"R\"\nnote = \"y\"\n",
        )
        .unwrap();
        let mut session = story(home.path());
        session.press("R", "Began");
        session.press(":", "type a name");
        session.press("hand ov", "Show in one screen");
        session.press("\r", "says now");
        session.press("\x1b", "Began");
        session.keys("q");
        assert_eq!(session.end().0, 0);
    }

    #[test]
    fn the_editor_has_the_terminal_and_its_keys_until_it_ends() {
        use std::os::unix::fs::PermissionsExt;
        let home = tempfile::tempdir().unwrap();
        let editor = home.path().join("vi");
        std::fs::write(
            &editor,
            "#!/bin/sh\necho \"EDITS $1\"\nread -r typed\necho \"$typed $2\" > \"$HOME/typed\"\n",
        )
        .unwrap();
        std::fs::set_permissions(&editor, std::fs::Permissions::from_mode(0o755)).unwrap();
        let mut session = story(home.path());
        session.press("5", "changed files");
        session.press("\r", "place 1 of");
        session.press("o", "EDITS +");
        assert!(!session.screen.screen().alternate_screen());
        session.keys("quit yes 8\r");
        session.until_text("of the working tree was open");
        assert!(session.screen.screen().alternate_screen());
        let typed = std::fs::read_to_string(home.path().join("typed")).unwrap();
        assert!(typed.starts_with("quit yes 8 /"), "{typed}");
        // and a second time, from the list of findings
        session.press("6", "1 contract");
        session.press("8", "Began");
        session.keys("q");
        assert_eq!(session.end().0, 0);
    }
}

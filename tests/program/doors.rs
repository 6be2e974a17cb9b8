//! What lies in a folder that came from elsewhere opens no door: links lead nowhere, and what could
//! wait for ever is not opened.
#![cfg(unix)]

use crate::common;

use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use common::{Ran, Sample, program};

/// Longest that a refusal may take.
const PATIENCE: Duration = Duration::from_secs(60);

fn shop() -> Sample {
    let sample = Sample::new();
    sample.commit("feat: first", &[("src/shop.py", "def price(): return 1\n")]);
    sample.tag("v1.0.0");
    sample.commit(
        "feat: second",
        &[("src/shop.py", "def price(): return 2\n")],
    );
    sample.tag("v1.1.0");
    sample
}

/// As [`Sample::run`], ended where it waits.
fn run(sample: &Sample, arguments: &[&str]) -> Ran {
    let mut child = program()
        .current_dir(sample.path())
        .env("BACKOUT_HOME", sample.beside("home"))
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    let since = Instant::now();
    while child.try_wait().expect("a process").is_none() {
        if since.elapsed() > PATIENCE {
            let _ = child.kill();
            panic!("{arguments:?} waits for something that never comes");
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    Ran::new(child.wait_with_output().expect("its output"))
}

fn pipe(path: &Path) {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).expect("a folder");
    }
    let _ = std::fs::remove_file(path);
    assert!(
        std::process::Command::new("mkfifo")
            .arg(path)
            .status()
            .expect("mkfifo runs")
            .success()
    );
}

#[test]
fn init_replaces_a_plain_file_and_follows_no_link() {
    let sample = shop();
    let (outside, file) = (
        sample.beside("precious"),
        sample.path().join("backout.yaml"),
    );
    std::fs::write(&outside, "precious").expect("a file");
    symlink(&outside, &file).expect("a link");
    for arguments in [&["init"][..], &["init", "--force"]] {
        let ran = run(&sample, arguments);
        assert_eq!(ran.code, Some(1), "{}", ran.out);
        assert!(
            ran.err.contains("symbolic link") && ran.err.contains("--print"),
            "{}",
            ran.err
        );
        assert_eq!(
            std::fs::read_to_string(&outside).expect("the file"),
            "precious"
        );
    }
    std::fs::remove_file(&file).expect("a link");
    symlink(sample.beside("absent"), &file).expect("a link");
    assert_eq!(run(&sample, &["init", "--force"]).code, Some(1));
    assert!(
        !sample.beside("absent").exists(),
        "a link to nothing makes nothing"
    );
    std::fs::remove_file(&file).expect("a link");
    std::fs::write(&file, "service: old\n").expect("a file");
    assert_eq!(run(&sample, &["init"]).code, Some(1));
    let ran = run(&sample, &["init", "--force"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let text = std::fs::read_to_string(&file).expect("the file");
    assert!(!text.contains("service: old") && text.len() > 100, "{text}");
    assert_ne!(
        std::fs::metadata(&file)
            .expect("the file")
            .permissions()
            .mode()
            & 0o044,
        0,
        "others read it as they read the rest"
    );
    let left = std::fs::read_dir(sample.path())
        .expect("a folder")
        .flatten()
        .filter(|entry| entry.file_name().to_string_lossy().starts_with(".backout-"));
    assert_eq!(left.count(), 0);
}

#[test]
fn a_list_of_deployments_stays_in_its_repository() {
    let sample = shop();
    let (inside, outside) = (sample.path().join("ops"), sample.beside("elsewhere"));
    std::fs::create_dir_all(&inside).expect("a folder");
    std::fs::create_dir_all(&outside).expect("a folder");
    symlink(outside.join("victim"), sample.path().join("deploys.jsonl")).expect("a link");
    symlink(&outside, sample.path().join("logs")).expect("a link");
    for file in [
        "deploys.jsonl",
        "logs/deploys.jsonl",
        "ops/../logs/deploys.jsonl",
    ] {
        let ran = run(&sample, &["deployed", "1.1.0", "--file", file]);
        assert_eq!(ran.code, Some(1), "{file}: {}", ran.out);
        assert!(
            ran.err.contains("symbolic link") && ran.err.contains("--file"),
            "{file}: {}",
            ran.err
        );
        assert_eq!(
            std::fs::read_dir(&outside).expect("a folder").count(),
            0,
            "{file}"
        );
    }
    std::fs::write(outside.join("victim"), "precious\n").expect("a file");
    assert_eq!(run(&sample, &["deployed", "1.1.0"]).code, Some(1));
    assert_eq!(
        std::fs::read_to_string(outside.join("victim")).expect("the file"),
        "precious\n"
    );
    // a link that stays inside is the repository's own business, and a file outside that is named
    // is the person's
    std::fs::write(inside.join("list.jsonl"), "").expect("a file");
    symlink(inside.join("list.jsonl"), sample.path().join("list.jsonl")).expect("a link");
    let named = outside.join("named.jsonl").display().to_string();
    for file in ["list.jsonl", named.as_str()] {
        let ran = run(&sample, &["deployed", "1.1.0", "--file", file]);
        assert_eq!(ran.code, Some(0), "{file}: {}", ran.err);
    }
    assert_eq!(
        std::fs::read_to_string(inside.join("list.jsonl"))
            .expect("the list")
            .lines()
            .count(),
        1
    );
}

#[test]
fn a_pipe_or_device_that_is_named_is_refused_in_a_sentence() {
    let sample = shop();
    let fifo = sample.beside("fifo.yaml");
    pipe(&fifo);
    let fifo = fifo.display().to_string();
    for file in [fifo.as_str(), "/dev/zero"] {
        for arguments in [
            &["assess", "--answers", file][..],
            &["assess", "--checklist", file],
            &["assess", "--config", file],
            &["assess", "--live", file],
            &["assess", "--from", file],
            &["gate", "start", "--from", file],
            &["checklist", "lint", file],
            &["contract", file, file],
            &["backtest", file],
            &["verify", file],
            &["deployed", "1.1.0", "--file", file],
        ] {
            let ran = run(&sample, arguments);
            assert!(
                matches!(ran.code, Some(1 | 2)),
                "{arguments:?}: {:?} {}",
                ran.code,
                ran.out
            );
            assert!(
                ran.err.contains("it is a pipe")
                    || ran.err.contains("it is a device")
                    || ran.err.contains("No session"),
                "{arguments:?}: {}",
                ran.err
            );
        }
    }
}

#[test]
fn a_pipe_in_the_working_tree_or_among_sessions_is_passed_over() {
    let sample = shop();
    pipe(&sample.path().join("backout.yaml"));
    pipe(&sample.path().join("src/.gitattributes"));
    pipe(&sample.path().join(".mailmap"));
    pipe(&sample.beside("home/sessions/20260101-0000-shop-0001.jsonl"));
    let ran = run(&sample, &["assess", "--format", "json"]);
    let value = ran.json();
    let why: Vec<_> = value["unchecked"]
        .as_array()
        .expect("a list")
        .iter()
        .filter(|one| {
            one["what"]
                .as_str()
                .is_some_and(|what| what.contains("backout.yaml"))
        })
        .collect();
    assert_eq!(why.len(), 1, "{}", value["unchecked"]);
    let ran = run(&sample, &["sessions"]);
    assert!(ran.out.contains("it is a pipe"), "{}", ran.out);
    assert_eq!(run(&sample, &["rehearse", "--list"]).code, Some(0));
}

#[test]
fn a_pipe_among_gits_own_files_is_refused_before_it_is_opened() {
    for name in [
        "packed-refs",
        "config",
        "HEAD",
        "info/attributes",
        "refs/tags/v9.0.0",
        "objects/info/alternates",
    ] {
        let sample = shop();
        pipe(&sample.path().join(".git").join(name));
        let ran = run(&sample, &["assess"]);
        assert_eq!(ran.code, Some(1), "{name}: {}", ran.out);
        assert!(
            ran.err.contains("it is a pipe") && ran.err.contains("git's own files"),
            "{name}: {}",
            ran.err
        );
    }
    let sample = shop();
    pipe(&sample.beside("included"));
    let config = sample.path().join(".git/config");
    let text = std::fs::read_to_string(&config).expect("a configuration");
    std::fs::write(
        &config,
        format!(
            "{text}[include]\n\tpath = {}\n",
            sample.beside("included").display()
        ),
    )
    .expect("a configuration");
    let ran = run(&sample, &["releases"]);
    assert!(
        ran.code == Some(1) && ran.err.contains("it is a pipe"),
        "{}",
        ran.err
    );
    let fifo = sample.beside("included").display().to_string();
    for setting in [
        format!("[include] path = {fifo}\n"),
        format!("[includeIf \"gitdir:a]b\"]\n\tpath = \"{fifo}\" ; a remark\n"),
        format!("[core]\n\tattributesFile = {fifo} # a remark\n"),
    ] {
        std::fs::write(&config, format!("{text}{setting}")).expect("a configuration");
        let ran = run(&sample, &["assess"]);
        assert!(
            ran.code == Some(1) && ran.err.contains("it is a pipe"),
            "{setting}: {}",
            ran.err
        );
    }
    std::fs::write(
        &config,
        format!(
            "{text}[include]\n\tpath = {}\n",
            sample.beside("plain").display()
        ),
    )
    .expect("a configuration");
    std::fs::write(sample.beside("plain"), "[core]\n\tabbrev = 12\n").expect("a configuration");
    assert_eq!(run(&sample, &["releases"]).code, Some(0));
}

#[test]
fn nothing_is_moved_into_the_place_of_a_device() {
    let sample = shop();
    let fifo = sample.beside("saved");
    pipe(&fifo);
    let ran = run(&sample, &["assess", "--save", &fifo.display().to_string()]);
    assert!(
        ran.code == Some(1) && ran.err.contains("it is a pipe"),
        "{:?} {}",
        ran.code,
        ran.err
    );
    assert!(
        !std::fs::symlink_metadata(&fifo)
            .expect("the pipe")
            .is_file(),
        "it is what it was"
    );
}

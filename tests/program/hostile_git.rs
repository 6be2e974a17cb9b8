//! A repository whose configuration, attributes, hooks and remotes all want to run or reach
//! something: reading it starts no process and opens no connection. Every command a configuration
//! can name leaves a mark, and a listener waits for whoever connects.

#![cfg(unix)]

use crate::common;

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use backout::model::RevertTrial;
use backout::repository::{ReleaseOptions, Repository};
use common::{Ran, Sample, program};

/// Settings of git that name a command, an address or a file, as lines of a configuration. `RUN` is
/// a command that leaves a mark, `NET` an address where somebody listens.
const SETTINGS: &str = r#"
[core]
	fsmonitor = RUN
	hooksPath = HOOKS
	sshCommand = RUN
	pager = RUN
	editor = RUN
	askPass = RUN
	gitProxy = RUN
	alternateRefsCommand = RUN
	attributesFile = ATTRIBUTES
	excludesFile = ATTRIBUTES
	untrackedCache = true
	preloadIndex = true
[sequence]
	editor = RUN
[pager]
	diff = RUN
	log = RUN
	tag = RUN
[diff]
	external = RUN
	algorithm = histogram
[diff "evil"]
	command = RUN
	textconv = RUN
	cachetextconv = true
[filter "evil"]
	clean = RUN
	smudge = RUN
	process = RUN
	required = true
[filter "lfs"]
	clean = RUN
	smudge = RUN
	process = RUN
	required = true
[merge "evil"]
	driver = RUN
	name = evil
	recursive = evil
[merge]
	tool = evil
	renormalize = true
[mergetool "evil"]
	cmd = RUN
[difftool "evil"]
	cmd = RUN
[credential]
	helper = !RUN
[credential "NET"]
	helper = !RUN
[gpg]
	program = RUN
[gpg "ssh"]
	program = RUN
	defaultKeyCommand = RUN
[commit]
	gpgSign = true
[log]
	showSignature = true
[interactive]
	diffFilter = RUN
[uploadpack]
	packObjectsHook = RUN
[protocol]
	allow = always
[protocol "ext"]
	allow = always
[remote "origin"]
	url = ext::RUN
	pushurl = ext::RUN
	uploadpack = RUN
	receivepack = RUN
	vcs = evil
	proxy = NET
	promisor = true
	partialclonefilter = blob:none
	fetch = +refs/heads/*:refs/remotes/origin/*
[remote "net"]
	url = NET/shop.git
	promisor = true
	partialclonefilter = blob:none
[url "ext::RUN"]
	insteadOf = https://
[http]
	proxy = NET
	sslCert = RUN
[submodule "sub"]
	url = ext::RUN
	update = !RUN
	active = true
[alias]
	for-each-ref = !RUN
	log = !RUN
	diff = !RUN
	status = !RUN
[gc]
	auto = 1
	autoDetach = false
[maintenance]
	auto = true
[fetch]
	recurseSubmodules = true
	bundleURI = NET/bundle
[extensions]
	worktreeConfig = true
[mailmap]
	file = ATTRIBUTES
[tar "evil"]
	command = RUN
[man]
	viewer = evil
[man "evil"]
	cmd = RUN
[trailer "evil"]
	command = RUN
	cmd = RUN
[trace2]
	normalTarget = MARK-trace
	eventTarget = MARK-trace
[include]
	path = INCLUDED
[includeIf "gitdir:**"]
	path = INCLUDED
"#;

const HOOKS: [&str; 12] = [
    "post-checkout",
    "post-index-change",
    "pre-auto-gc",
    "reference-transaction",
    "fsmonitor-watchman",
    "pre-commit",
    "post-merge",
    "post-rewrite",
    "proc-receive",
    "update",
    "post-update",
    "sendemail-validate",
];

struct Trap {
    sample: Sample,
    mark: PathBuf,
    listener: std::net::TcpListener,
}

fn executable(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    std::fs::write(path, text).expect("a file");
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).expect("its mode");
}

impl Trap {
    fn set() -> Self {
        let sample = Sample::new();
        let attributes = "* filter=evil diff=evil merge=evil text=auto eol=crlf \
            working-tree-encoding=UTF-16 ident export-subst\n*.bin filter=lfs\n";
        sample.commit(
            "feat: first",
            &[
                (".gitattributes", attributes),
                (
                    ".gitmodules",
                    "[submodule \"sub\"]\n\tpath = sub\n\turl = ext::sh -c \
                    touch\n\tupdate = !touch marked\n",
                ),
                (".mailmap", "Shop <shop@example.org>\n"),
                ("src/shop.py", "def price(): return 1\n"),
                ("data.bin", "version https://git-lfs.github.com/spec/v1\n"),
                (
                    "db/migrations/00001_a.up.sql",
                    "CREATE TABLE orders (id int, note text);\n",
                ),
            ],
        );
        sample.tag("v1.0.0");
        sample.commit(
            "fix: the price (#2)",
            &[
                ("src/shop.py", "def price(): return 2\n"),
                ("src/gone.py", "PRICE = 3\n"),
            ],
        );
        sample.commit(
            "feat: second",
            &[
                (
                    "db/migrations/00002_b.up.sql",
                    "ALTER TABLE orders DROP COLUMN note;\n",
                ),
                ("data.bin", "another\n"),
            ],
        );
        sample.tag("v1.1.0");
        let mark = sample.beside("mark");
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.set_nonblocking(true).expect("it does not wait");
        let net = format!("http://{}", listener.local_addr().expect("its address"));
        let run = sample.beside("run.sh");
        executable(
            &run,
            &format!("#!/bin/sh\necho \"$0 $@\" >> {}\n", mark.display()),
        );
        let (run, hooks) = (run.display().to_string(), sample.beside("hooks"));
        for name in HOOKS {
            for folder in [hooks.clone(), sample.path().join(".git/hooks")] {
                executable(
                    &folder.join(name),
                    &format!("#!/bin/sh\n{run} hook {name}\n"),
                );
            }
        }
        let filled = |text: &str| {
            text.replace("RUN", &run)
                .replace("NET", &net)
                .replace("HOOKS", &hooks.display().to_string())
                .replace(
                    "ATTRIBUTES",
                    &sample.beside("attributes").display().to_string(),
                )
                .replace("INCLUDED", &sample.beside("included").display().to_string())
                .replace("MARK", &mark.display().to_string())
        };
        std::fs::write(sample.beside("attributes"), attributes).expect("a file");
        let settings = filled(SETTINGS);
        let included: String = settings
            .split("[include]")
            .next()
            .unwrap_or_default()
            .replace("[extensions]\n\tworktreeConfig = true\n", "");
        std::fs::write(sample.beside("included"), included).expect("a file");
        let config = sample.path().join(".git/config");
        let own = std::fs::read_to_string(&config).expect("a configuration");
        std::fs::write(&config, format!("{own}{settings}")).expect("a configuration");
        std::fs::write(
            sample.path().join(".git/config.worktree"),
            filled("[core]\n\tfsmonitor = RUN\n\thooksPath = HOOKS\n"),
        )
        .expect("a configuration");
        // an object that is not there: git would fetch it from the promisor
        let repository =
            git2::Repository::open_bare(sample.path().join(".git")).expect("a repository");
        let id = repository
            .revparse_single("v1.1.0:src/gone.py")
            .expect("a blob")
            .id()
            .to_string();
        drop(repository);
        std::fs::remove_file(
            sample
                .path()
                .join(".git/objects")
                .join(&id[..2])
                .join(&id[2..]),
        )
        .expect("an object");
        Self {
            sample,
            mark,
            listener,
        }
    }

    /// Nothing ran and nobody connected.
    fn untouched(&self, what: &str) {
        let mark = std::fs::read_to_string(&self.mark).unwrap_or_default();
        assert!(mark.is_empty(), "{what} ran {mark}");
        let trace = std::fs::metadata(format!("{}-trace", self.mark.display()));
        assert!(trace.is_err(), "{what} wrote a trace");
        let came = self.listener.accept();
        assert!(
            matches!(&came, Err(error) if error.kind() == std::io::ErrorKind::WouldBlock),
            "{what} connected: {came:?}"
        );
    }
}

/// Commands that read a repository.
const COMMANDS: [&[&str]; 12] = [
    &["assess"],
    &["assess", "--format", "json"],
    &["assess", "v1.0.0", "v1.1.0", "--explain-verdict"],
    &["releases", "--skipped"],
    &["back"],
    &["back", "--preflight"],
    &["doctor"],
    &["init", "--print"],
    &["gate", "start"],
    &["rehearse", "--list"],
    &["checklist", "list"],
    &["deployed", "1.1.0"],
];

#[test]
fn no_command_starts_what_a_configuration_names() {
    let trap = Trap::set();
    for arguments in COMMANDS {
        let ran = trap.sample.run(arguments);
        assert!(
            !matches!(ran.code, Some(101) | None),
            "{arguments:?}: {}",
            ran.err
        );
        trap.untouched(&arguments.join(" "));
    }
    let ran = trap.sample.run(&["assess", "--format", "json"]);
    assert_eq!(
        ran.json()["previous"]["version"],
        "1.0.0",
        "it is read all the same"
    );
    assert!(
        ran.out.contains("gone.py"),
        "what is not here is told: {}",
        ran.out
    );
}

#[test]
fn nothing_of_the_library_starts_what_a_configuration_names() {
    let trap = Trap::set();
    let repository = Repository::open(&trap.sample.path()).expect("it opens");
    let releases = repository
        .releases(&ReleaseOptions::default())
        .expect("releases");
    let pair = repository.pair(&releases, None, None).expect("a pair");
    let changes = repository.changes(&pair).expect("changes");
    for change in &changes.files {
        let _ = repository.file_diff(change, 3);
    }
    let log = repository.changelog(&pair).expect("a changelog");
    for entry in &log.entries {
        let _ = repository.commit_changes(&entry.commit);
        let trial = repository.revert_trial(&pair.current, &entry.commit);
        assert!(
            !matches!(trial, RevertTrial::Impossible(ref why) if why.contains("evil")),
            "{trial:?}"
        );
    }
    let tree = repository.snapshot(&pair.current).expect("a tree");
    for entry in tree.list() {
        let _ = tree.read(&entry.path);
    }
    trap.untouched("the library");
}

/// The system calls of a run, where this machine can show them.
#[test]
fn the_system_sees_one_program_and_no_connection() {
    if Command::new("strace").args(["-V"]).output().is_err() {
        eprintln!(
            "strace is not here: starts and connections are told by marks and the listener alone"
        );
        return;
    }
    let trap = Trap::set();
    for arguments in [&["assess"][..], &["back"], &["doctor"]] {
        let log = trap.sample.beside("calls");
        let mut command = Command::new("strace");
        command
            .args([
                "-f",
                "-qq",
                "-e",
                "trace=execve,execveat,connect,vfork,fork",
                "-o",
            ])
            .arg(&log)
            .arg(env!("CARGO_BIN_EXE_backout"))
            .args(arguments);
        command
            .current_dir(trap.sample.path())
            .env("BACKOUT_HOME", trap.sample.beside("home"))
            .env("XDG_CONFIG_HOME", "/nonexistent-configuration");
        let ran = Ran::new(command.output().expect("it runs"));
        let calls = std::fs::read_to_string(&log).unwrap_or_default();
        if !calls.contains("execve(") {
            eprintln!("strace may not trace here: {}", ran.err);
            return;
        }
        let starts: Vec<&str> = calls
            .lines()
            .filter(|line| {
                ["execve", "vfork(", " fork("]
                    .iter()
                    .any(|call| line.contains(call))
            })
            .collect();
        assert_eq!(starts.len(), 1, "{arguments:?}: {starts:?}");
        // the look-up of a user's name may ask a service of this machine by a socket of the file
        // system
        let reached: Vec<&str> = calls
            .lines()
            .filter(|line| line.contains("connect(") && !line.contains("AF_UNIX"))
            .collect();
        assert!(reached.is_empty(), "{arguments:?}: {reached:?}");
        trap.untouched(&arguments.join(" "));
    }
}

/// References kept as reftable are listed by the git program, the only one that is ever started: it
/// starts nothing further.
#[test]
fn git_itself_is_asked_so_that_it_starts_nothing() {
    let trap = Trap::set();
    let folder = trap.sample.beside("tables");
    let git = |arguments: &[&str]| {
        let mut command = Command::new("git");
        command
            .args(arguments)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_SYSTEM", "/dev/null");
        command.output().is_ok_and(|ran| ran.status.success())
    };
    let (path, source) = (
        folder.display().to_string(),
        trap.sample.path().display().to_string(),
    );
    if !git(&["init", "-q", "--ref-format=reftable", &path]) {
        eprintln!("this git knows no reftable");
        return;
    }
    let plain = Sample::new();
    plain.commit("feat: first", &[("a.py", "A = 1\n")]);
    plain.tag("v1.0.0");
    plain.commit("feat: second", &[("a.py", "A = 2\n")]);
    plain.tag("v1.1.0");
    assert!(git(&[
        "-C",
        &path,
        "fetch",
        "-q",
        &plain.path().display().to_string(),
        "+refs/*:refs/*",
        "--update-head-ok"
    ]));
    let settings =
        std::fs::read_to_string(Path::new(&source).join(".git/config")).expect("a configuration");
    let hostile = settings
        .split("[core]")
        .skip(2)
        .map(|part| format!("[core]{part}"))
        .collect::<String>()
        .replace("[extensions]\n\tworktreeConfig = true\n", "");
    assert!(
        hostile.contains("fsmonitor") && hostile.contains("for-each-ref"),
        "{hostile}"
    );
    let config = folder.join(".git/config");
    let own = std::fs::read_to_string(&config).expect("a configuration");
    std::fs::write(&config, format!("{own}{hostile}")).expect("a configuration");
    for name in HOOKS {
        executable(
            &folder.join(".git/hooks").join(name),
            &std::fs::read_to_string(Path::new(&source).join(".git/hooks").join(name))
                .expect("a hook"),
        );
    }
    let output = program()
        .args(["--repo", &path, "releases"])
        .output()
        .expect("it runs");
    let ran = Ran::new(output);
    trap.untouched("git");
    assert!(
        ran.code == Some(0) && ran.out.contains("v1.1.0"),
        "{}{}",
        ran.out,
        ran.err
    );
}

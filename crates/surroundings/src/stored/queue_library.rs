//! Queue libraries that come or go: what waits in the store of the one is seen by the other never.

use coverage::place::{FileRole, classify_path_place};
use model::{FileStatus, Snapshot};

use super::StoredInput;

/// Libraries by which jobs wait somewhere, as manifests name them.
const LIBRARIES: [&str; 44] = [
    "sidekiq",
    "good_job",
    "solid_queue",
    "delayed_job",
    "resque",
    "sneakers",
    "shoryuken",
    "que",
    "celery",
    "dramatiq",
    "rq",
    "django-rq",
    "huey",
    "arq",
    "procrastinate",
    "oban",
    "exq",
    "bull",
    "bullmq",
    "bee-queue",
    "agenda",
    "pg-boss",
    "graphile-worker",
    "github.com/hibiken/asynq",
    "github.com/riverqueue/river",
    "github.com/gocraft/work",
    "github.com/RichardKnop/machinery",
    "github.com/contribsys/faktory_worker_go",
    "apalis",
    "fang",
    "graphile_worker",
    "laravel/horizon",
    "symfony/messenger",
    "Hangfire.Core",
    "Hangfire.AspNetCore",
    "Quartz",
    "MassTransit",
    "quartz",
    "jobrunr",
    "db-scheduler",
    "artemis-jakarta-server",
    "artemis-jms-server",
    "spring-boot-starter-artemis",
    "spring-boot-starter-activemq",
];

/// A queue library that only one of the releases has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct MovedQueue {
    /// As the manifest names it.
    pub name: &'static str,
    /// The manifest.
    pub path: String,
    /// Its line, in the release that has it.
    pub line: usize,
    /// Only the newer release has it.
    pub comes: bool,
}

/// Queue libraries among the changed manifests that come or go.
pub(super) fn list_moved_queues(look: &StoredInput<'_>) -> Vec<MovedQueue> {
    let mut moved: Vec<MovedQueue> = Vec::new();
    let manifests = look.range.changes.iter().filter(|change| {
        is_manifest(&change.path) && classify_path_place(&change.path) == FileRole::Live
    });
    for change in manifests.take(200) {
        let text = |tree: &dyn Snapshot, path: &str, there: bool| {
            let text = there.then(|| tree.read_text(path).ok()).flatten();
            text.filter(|text| text.len() <= super::LIMIT)
                .unwrap_or_default()
        };
        let old_path = change.old_path.as_deref().unwrap_or(&change.path);
        let old = text(
            look.range.previous,
            old_path,
            change.status != FileStatus::Added,
        );
        let new = text(
            look.range.current,
            &change.path,
            change.status != FileStatus::Deleted,
        );
        for name in LIBRARIES {
            let (before, after) = (find_named_line(&old, name), find_named_line(&new, name));
            let (line, comes) = match (before, after) {
                (Some(line), None) => (line, false),
                (None, Some(line)) => (line, true),
                _ => continue,
            };
            moved.push(MovedQueue {
                name,
                path: change.path.clone(),
                line,
                comes,
            });
        }
    }
    // a library that only moved to another manifest neither comes nor goes
    let other_side = |queue: &MovedQueue| {
        moved
            .iter()
            .any(|other| other.name == queue.name && other.comes != queue.comes)
    };
    let mut kept: Vec<MovedQueue> = moved
        .iter()
        .filter(|queue| !other_side(queue))
        .cloned()
        .collect();
    kept.dedup_by(|one, other| one.name == other.name);
    kept
}

/// Files in which people name the libraries that they want; a lock file names also those of others.
fn is_manifest(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    matches!(
        name,
        "Gemfile"
            | "package.json"
            | "pyproject.toml"
            | "Pipfile"
            | "setup.py"
            | "setup.cfg"
            | "mix.exs"
            | "go.mod"
            | "Cargo.toml"
            | "composer.json"
            | "pom.xml"
            | "build.gradle"
            | "build.gradle.kts"
            | "libs.versions.toml"
            | "Directory.Packages.props"
    ) || name.starts_with("requirements") && name.ends_with(".txt")
        || name.ends_with(".csproj")
}

/// The line that names a library as a whole word, outside of comments.
fn find_named_line(text: &str, name: &str) -> Option<usize> {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '/');
    let names = |line: &str| {
        line.match_indices(name).any(|(at, _)| {
            let before = line[..at].chars().next_back();
            let after = line[at + name.len()..].chars().next();
            // `:` and `.` begin what is named in a catalogue or a group
            !before.is_some_and(is_part) && !after.is_some_and(|c| is_part(c) || c == '.')
        })
    };
    text.lines()
        .position(|line| {
            let plain = line.trim_start();
            !plain.starts_with(['#', ';']) && !plain.starts_with("//") && names(line)
        })
        .map(|index| index + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_library_is_named_as_a_whole_word() {
        for (text, name) in [
            ("gem \"good_job\"\n", "good_job"),
            ("    {:oban, \"~> 2.17\"},\n", "oban"),
            ("  \"bullmq\": \"^5\"\n", "bullmq"),
            (
                "\tgithub.com/hibiken/asynq v0.24.1\n",
                "github.com/hibiken/asynq",
            ),
            (
                "implementation(\"org.springframework.boot:spring-boot-starter-artemis\")\n",
                "spring-boot-starter-artemis",
            ),
            ("celery[redis]==5.3\n", "celery"),
        ] {
            assert_eq!(find_named_line(text, name), Some(1), "{text}");
        }
        for (text, name) in [
            ("# gem \"good_job\"\n", "good_job"),
            ("gem \"sidekiq-cron\"\n", "sidekiq"),
            ("unique==1\n", "que"),
            ("django-rq==1\n", "rq"),
        ] {
            assert_eq!(find_named_line(text, name), None, "{text}");
        }
    }
}

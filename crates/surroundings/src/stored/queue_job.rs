//! Jobs of queue libraries whose arguments are no parameters: which names wait in the queue.
//!
//! Expressions over lines, and not a grammar for each language: what is wanted is one name beside a
//! word that the library settled, in ten languages.

use std::sync::LazyLock;

use regex::Regex;

/// A job by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct QueueJob {
    /// Its name: of a class, or the text under which it waits.
    pub name: String,
    /// How the name is written where the program gives it.
    pub written: String,
    /// Line, from 1.
    pub line: usize,
}

/// How a library names its jobs.
struct QueueForm {
    /// Endings of the files.
    ends: &'static [&'static str],
    /// One of these is in the text of a file that works with the library.
    signs: &'static [&'static str],
    /// The name is the first group, with its quotes where it has some.
    name: &'static str,
}

const FORMS: [QueueForm; 11] = [
    QueueForm {
        ends: &["java", "kt"],
        signs: &[
            "JobExecutionContext",
            "QuartzJobBean",
            "JobRequestHandler",
            "JobRequest",
        ],
        name: r"\bclass\s+(\w+)\b[^\n{]*(?:\bimplements\b|\bextends\b|:)[^\n{]*\b(?:Job|QuartzJobBean|JobRequestHandler|JobRequest|InterruptableJob)\b",
    },
    QueueForm {
        ends: &["cs"],
        signs: &["Quartz", "IJobExecutionContext"],
        name: r"\bclass\s+(\w+)[^\n{]*:[^\n{]*\bIJob\b",
    },
    QueueForm {
        ends: &["cs"],
        signs: &["MassTransit", "NServiceBus", "Rebus", "Wolverine"],
        name: r"\b(?:IConsumer|IHandleMessages)<(\w+)>",
    },
    QueueForm {
        ends: &["cs"],
        signs: &["Hangfire", "IBackgroundJobClient", "RecurringJob"],
        name: r"\b(?:Enqueue|Schedule|AddOrUpdate|ContinueJobWith)<(\w+)>\s*\(",
    },
    QueueForm {
        ends: &["js", "ts", "mjs", "cjs", "mts"],
        signs: &[
            "bullmq",
            "bull\"",
            "bull'",
            "pg-boss",
            "agenda",
            "bee-queue",
            "graphile-worker",
        ],
        name: r#"(?:\bnew Worker(?:<[^>\n]*>)?|@Process(?:or)?|\.define|\.work|\.process|\.createJob)\s*\(\s*(["'`][\w.:-]+["'`])"#,
    },
    QueueForm {
        ends: &["go"],
        signs: &["hibiken/asynq", "asynq."],
        name: r#"(?:\bHandleFunc|\bHandle|\bNewTask)\(\s*("[\w.:-]+"|[A-Z]\w*)"#,
    },
    QueueForm {
        ends: &["go"],
        signs: &["riverqueue/river", "river."],
        name: r#"\bKind\(\)\s*string\s*\{\s*return\s*("[\w.:-]+")"#,
    },
    QueueForm {
        ends: &["go"],
        signs: &["gocraft/work", "machinery", "faktory"],
        name: r#"\b(?:Job|JobWithOptions|RegisterTask|Register)\(\s*("[\w.:-]+")"#,
    },
    QueueForm {
        ends: &["php"],
        signs: &["AsMessageHandler", "MessageHandlerInterface"],
        name: r"\bfunction\s+__invoke\s*\(\s*(\w+)\s+\$",
    },
    QueueForm {
        ends: &["rs"],
        signs: &[
            "apalis",
            "fang",
            "sidekiq",
            "crates_io_worker",
            "graphile_worker",
            "effectum",
        ],
        name: r"\bimpl\s+(?:\w+::)*(?:Job|BackgroundJob|AsyncRunnable|Runnable|Worker|TaskHandler)(?:<[^>\n]*>)?\s+for\s+(\w+)",
    },
    QueueForm {
        ends: &["ex", "exs"],
        signs: &[
            "Oban.Worker",
            "Oban.Pro.Worker",
            "Rihanna.Job",
            "Que.Worker",
            "Exq",
        ],
        name: r"\bdefmodule\s+([\w.]+)\s+do\b",
    },
];

static NAMES: LazyLock<Vec<Option<Regex>>> = LazyLock::new(|| {
    FORMS
        .iter()
        .map(|form| Regex::new(form.name).ok())
        .collect()
});

/// Most jobs of one file.
const MOST: usize = 300;

/// Jobs of a file by the forms of the libraries that it works with.
pub(super) fn list_queue_jobs(path: &str, text: &str) -> Vec<QueueJob> {
    let end = path.rsplit('.').next().unwrap_or_default();
    let mut found: Vec<QueueJob> = Vec::new();
    for (form, name) in FORMS.iter().zip(NAMES.iter()) {
        let Some(name) = name else { continue };
        if !form.ends.contains(&end) || !form.signs.iter().any(|sign| text.contains(sign)) {
            continue;
        }
        let of_module = form.ends.contains(&"ex");
        for captures in name.captures_iter(text).take(MOST) {
            let Some(given) = captures.get(1) else {
                continue;
            };
            // of the modules of a file only those that are workers
            if of_module && !is_worker(&text[given.end()..], form.signs) {
                continue;
            }
            let bare = given.as_str().trim_matches(['"', '\'', '`']);
            if !found.iter().any(|job| job.name == bare) {
                found.push(QueueJob {
                    name: bare.to_owned(),
                    written: given.as_str().to_owned(),
                    line: text[..given.start()].matches('\n').count() + 1,
                });
            }
        }
    }
    found
}

/// Whether the module that begins here uses the library before another one begins.
fn is_worker(behind: &str, signs: &[&str]) -> bool {
    let own = behind.split("defmodule ").next().unwrap_or_default();
    own.lines().any(|line| {
        let line = line.trim_start();
        line.starts_with("use ") && signs.iter().any(|sign| line.contains(sign))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jobs_are_named_by_the_words_of_their_library() {
        for (path, text, names) in [
            (
                "a.ex",
                "defmodule Shelf.Plain do\nend\ndefmodule Shelf.Render do\n  use Oban.Worker, queue: :render\nend\n",
                vec!["Shelf.Render"],
            ),
            (
                "A.java",
                "import org.quartz.JobExecutionContext;\npublic class Dust implements Job {\n}\n",
                vec!["Dust"],
            ),
            (
                "A.cs",
                "using Hangfire;\nBackgroundJob.Enqueue<Dust>(x => x.Run());\n",
                vec!["Dust"],
            ),
            (
                "a.ts",
                "import { Worker } from 'bullmq'\nnew Worker('dust', run)\n",
                vec!["dust"],
            ),
            (
                "a.go",
                "import \"github.com/hibiken/asynq\"\nmux.HandleFunc(\"jar:dust\", run)\n",
                vec!["jar:dust"],
            ),
            (
                "a.php",
                "#[AsMessageHandler]\nclass A { public function __invoke(Dust $dust) {} }\n",
                vec!["Dust"],
            ),
            (
                "a.rs",
                "use apalis::prelude::*;\nimpl Job for Dust {}\n",
                vec!["Dust"],
            ),
        ] {
            let found: Vec<String> = list_queue_jobs(path, text)
                .into_iter()
                .map(|job| job.name)
                .collect();
            assert_eq!(found, names, "{path}");
        }
        for (path, text) in [
            ("a.go", "mux.HandleFunc(\"/jars\", run)\n"),
            ("a.ts", "new Worker('./dust.js')\n"),
            ("A.java", "public class Dust implements Job {\n}\n"),
        ] {
            assert!(list_queue_jobs(path, text).is_empty(), "{path}");
        }
        assert!(NAMES.iter().all(Option::is_some));
    }
}

//! `stored-form/job-changed`.

use super::queue_job::{QueueJob, list_queue_jobs};
use super::queue_library::{MovedQueue, list_moved_queues};
use super::{
    ChangedProgram, StoredCheck, StoredInput, StoredOutcome, build_stored_finding,
    build_unjudged_place, cite_text_line,
};
use coverage::guard::{self, GuardToken, TokenKind};
use coverage::place::{FileRole, classify_path_place};
use model::{CheckDeclaration, CheckDoc, Confidence, Direction, Domain, Severity, check_cases};

const DOC: CheckDoc = CheckDoc {
    id: "stored-form/job-changed",
    title: "Jobs that wait in a queue have another form",
    domain: Domain::StoredForm,
    direction: Direction::Rollback,
    looks_for: "Jobs of Sidekiq, Active Job, Celery, Dramatiq, RQ and Laravel that take another number of arguments in the new release; libraries of queues that come or go. Jobs of these and of Oban, Quartz, JobRunr, Hangfire, MassTransit, BullMQ, Agenda, pg-boss, asynq, River, Symfony Messenger and apalis that only one of the releases has are listed as unchecked.",
    why: "What the new release has put into the queue waits there, and the workers of the previous release take it: they fail at arguments or at a name that they do not know.",
    action: "Count the jobs of the new form that wait (LLEN of the queue, the scheduled and the retry set too); let workers of the new release work them off, or drop them, before workers of the previous release start.",
    example: "jobs/mail.rb: perform(user_id) becomes perform(user_id, locale).",
    source: "Sidekiq and Celery: arguments of a job are stored with it, so signatures change in two releases.",
};

pub(super) const CHECK: StoredCheck = StoredCheck {
    declared: CheckDeclaration {
        doc: DOC,
        grades: None,
        place: module_path!(),
        cases: check_cases!(test, |_| super::fixture::try_fixtures(make_fixtures())),
    },
    run: find_changed_jobs,
};

/// A job: its name, how many arguments it takes at least and at most.
#[derive(Debug, Clone, PartialEq, Eq)]
struct BackgroundJob {
    name: String,
    /// The name under which it waits in the queue.
    wire: String,
    least: usize,
    most: usize,
    line: usize,
}

fn find_changed_jobs(look: &StoredInput<'_>, outcome: &mut StoredOutcome) {
    let known: Vec<String> = look
        .files
        .iter()
        .flat_map(|file| list_jobs(&file.old_path, &file.old))
        // a job that moved to another file waits under the same name
        .map(|job| job.wire)
        .collect();
    let mut fresh: Vec<(String, usize, String)> = Vec::new();
    for file in look
        .files
        .iter()
        .filter(|file| !file.vendored && !file.new.is_empty())
    {
        let old = list_jobs(&file.old_path, &file.old);
        for job in list_jobs(&file.path, &file.new) {
            match old.iter().find(|before| before.wire == job.wire) {
                // an argument more that nobody gives yet is not in any queue
                Some(before)
                    if job.most > before.most
                        && job.least <= before.least
                        // a parameter that nobody gives yet is in no argument of a waiting job
                        && !is_called_with_more(look, &job, before.most) => {}
                // what is put into the queue now may not fit what previous takes
                Some(before) if job.most > before.most || job.least < before.least => {
                    let says = format!(
                        "{} takes {} arguments in {} ({}:{}) and {} in {} ({}:{}): jobs that wait in the queue fail there",
                        job.name,
                        job.most,
                        look.range.current_version,
                        file.path,
                        job.line,
                        before.most,
                        look.range.previous_version,
                        file.old_path,
                        before.line
                    );
                    let places = vec![
                        cite_text_line(&file.path, job.line, &file.new),
                        cite_text_line(&file.old_path, before.line, &file.old),
                    ];
                    outcome.findings.push(build_stored_finding(
                        &DOC,
                        Severity::Warns,
                        Confidence::Likely,
                        &job.name,
                        &says,
                        places,
                    ));
                }
                Some(_) => {}
                // it moved from another file of the range
                None if known.contains(&job.wire) => {}
                None => fresh.push((file.path.clone(), job.line, job.name)),
            }
        }
    }
    let words: Vec<String> = fresh
        .iter()
        .map(|(_, _, name)| name.clone())
        .take(200)
        .collect();
    let program = |path: &str| {
        guard::find_language(path).is_some() && classify_path_place(path) == FileRole::Live
    };
    let (hits, _) = if words.is_empty() {
        (Vec::new(), Vec::new())
    } else {
        look.range.previous.search_many(&words, false, 1, &program)
    };
    note_queue_jobs(look, outcome);
    outcome.findings.extend(
        list_moved_queues(look)
            .iter()
            .map(|queue| build_queue_finding(look, queue)),
    );
    for (index, (path, line, name)) in fresh.into_iter().enumerate() {
        if !hits.iter().any(|hit| hit.word == index) {
            let why = format!(
                "the job {name} is new, and {} does not know it: check whether such jobs are in the queue",
                look.range.previous_version
            );
            outcome.unchecked.push(build_unjudged_place(
                &path,
                line,
                why,
                "count the jobs of this name that wait, are scheduled or are tried again",
            ));
        }
    }
}

/// Jobs whose arguments are no parameters: those that only one of the releases has.
fn note_queue_jobs(look: &StoredInput<'_>, outcome: &mut StoredOutcome) {
    let (previous, current) = (look.range.previous_version, look.range.current_version);
    let files = || look.files.iter().filter(|file| !file.vendored);
    let old: Vec<(&ChangedProgram, QueueJob)> = files()
        .flat_map(|file| {
            list_queue_jobs(&file.old_path, &file.old)
                .into_iter()
                .map(move |job| (file, job))
        })
        .collect();
    let new: Vec<(&ChangedProgram, QueueJob)> = files()
        .flat_map(|file| {
            list_queue_jobs(&file.path, &file.new)
                .into_iter()
                .map(move |job| (file, job))
        })
        .collect();
    let settle = "count the jobs of this name that wait, are scheduled or are tried again";
    let mut note = |own: &[(&ChangedProgram, QueueJob)],
                    others: &[(&ChangedProgram, QueueJob)],
                    other_side: &dyn model::Snapshot,
                    comes: bool| {
        let only: Vec<&(&ChangedProgram, QueueJob)> = own
            .iter()
            .filter(|(_, job)| !others.iter().any(|(_, other)| other.name == job.name))
            .take(200)
            .collect();
        let words: Vec<String> = only.iter().map(|(_, job)| job.written.clone()).collect();
        let program = |path: &str| {
            guard::find_language(path).is_some() && classify_path_place(path) == FileRole::Live
        };
        let (hits, _) = if words.is_empty() {
            (Vec::new(), Vec::new())
        } else {
            other_side.search_many(&words, false, 1, &program)
        };
        for (index, (file, job)) in only.into_iter().enumerate() {
            if hits.iter().any(|hit| hit.word == index) {
                continue;
            }
            let (path, why) = if comes {
                (
                    &file.path,
                    format!(
                        "the job {} is new, and {previous} does not know it: check whether such jobs are in the queue",
                        job.name
                    ),
                )
            } else {
                (
                    &file.old_path,
                    format!(
                        "the job {} is gone in {current}: those that waited may have been lost there, and {previous} will not see them",
                        job.name
                    ),
                )
            };
            outcome
                .unchecked
                .push(build_unjudged_place(path, job.line, why, settle));
        }
    };
    note(&new, &old, look.range.previous, true);
    note(&old, &new, look.range.current, false);
}

fn build_queue_finding(look: &StoredInput<'_>, queue: &MovedQueue) -> model::Finding {
    let (previous, current) = (look.range.previous_version, look.range.current_version);
    let place = format!("{}:{}", queue.path, queue.line);
    let says = if queue.comes {
        format!(
            "{current} brings the queue library {} ({place}), and {previous} takes no jobs out of its queues: what waits there stays undone",
            queue.name
        )
    } else {
        format!(
            "{current} no longer uses the queue library {} ({place}), which {previous} works with: jobs that {current} has put elsewhere are not seen by it",
            queue.name
        )
    };
    let tree = if queue.comes {
        look.range.current
    } else {
        look.range.previous
    };
    let text = tree.read_text(&queue.path).unwrap_or_default();
    build_stored_finding(
        &DOC,
        Severity::Warns,
        Confidence::Likely,
        queue.name,
        &says,
        vec![cite_text_line(&queue.path, queue.line, &text)],
    )
}

/// Most places of a job's name that are looked at; of more, one may give every argument.
const CALLS: usize = 60;

/// Whether current puts such a job into the queue with more arguments than previous takes, or in a
/// way whose arguments are not seen.
fn is_called_with_more(look: &StoredInput<'_>, job: &BackgroundJob, most: usize) -> bool {
    const PUTS: [&str; 12] = [
        "perform_async",
        "perform_later",
        "perform_in",
        "perform_at",
        "perform_bulk",
        "delay",
        "apply_async",
        "send",
        "send_with_options",
        "enqueue",
        "dispatch",
        "signature",
    ];
    let program = |path: &str| {
        guard::find_language(path).is_some() && classify_path_place(path) == FileRole::Live
    };
    let words = [job.name.clone()];
    let (hits, failed) = look
        .range
        .current
        .search_many(&words, false, CALLS, &program);
    // beyond this many places nobody saw the rest, and one of them may give more
    if hits.len() >= CALLS || !failed.is_empty() {
        return true;
    }
    let mut paths: Vec<&str> = hits.iter().map(|hit| hit.path.as_str()).collect();
    paths.dedup();
    paths.into_iter().any(|path| {
        let Some(language) = guard::find_language(path) else {
            return true;
        };
        let text = look.range.current.read_text(path).unwrap_or_default();
        let tokens = guard::cut_program_tokens(language, &text);
        tokens.iter().enumerate().any(|(at, token)| {
            let calls = token.kind == TokenKind::Word
                && PUTS.contains(&token.text)
                // `Mail.set(wait: 5).perform_later(user)` has a few tokens between
                && tokens[at.saturating_sub(12)..at]
                    .iter()
                    .any(|before| before.text == job.name);
            calls && count_arguments(&tokens, at).is_none_or(|count| count > most)
        })
    })
}

/// How many arguments the call at `at` gives to the job; `None` where that is not seen.
fn count_arguments(tokens: &[GuardToken<'_>], at: usize) -> Option<usize> {
    // the first one of these says when, and others give arguments by name or as a list
    let skipped = match tokens[at].text {
        "perform_async" | "perform_later" | "delay" | "send" | "dispatch" => 0,
        "perform_in" | "perform_at" => 1,
        _ => return None,
    };
    if !tokens.get(at + 1)?.is("(") {
        return None;
    }
    let (mut depth, mut count, mut any) = (0_i32, 0_usize, false);
    for token in tokens.iter().skip(at + 1).take(400) {
        depth += i32::from(token.is("(") || token.is("[") || token.is("{"))
            - i32::from(token.is(")") || token.is("]") || token.is("}"));
        if depth == 0 {
            return Some((count + usize::from(any)).saturating_sub(skipped));
        }
        // `*args` gives any number
        if depth == 1 && token.is("*") {
            return None;
        }
        if depth == 1 && token.is(",") {
            (count, any) = (count + 1, false);
        } else if !(depth == 1 && token.is("(")) {
            any = true;
        }
    }
    None
}

/// Jobs of a file.
fn list_jobs(path: &str, text: &str) -> Vec<BackgroundJob> {
    let Some(language) = guard::find_language(path) else {
        return Vec::new();
    };
    let marks: &[&str] = match language.name {
        "rb" => &[
            "Sidekiq::Job",
            "Sidekiq::Worker",
            "ApplicationJob",
            "ActiveJob::Base",
            "GoodJob",
            "Resque",
        ],
        "py" => &[
            "shared_task",
            ".task",
            "dramatiq.actor",
            "@actor",
            "@job",
            "@periodic_task",
        ],
        "php" => &["ShouldQueue"],
        _ => return Vec::new(),
    };
    // a class with a `perform` may be anything
    if !marks.iter().any(|mark| text.contains(mark)) {
        return Vec::new();
    }
    let tokens = guard::cut_program_tokens(language, text);
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    let mut class = String::new();
    for (at, token) in tokens
        .iter()
        .enumerate()
        .filter(|(_, token)| token.kind == TokenKind::Word)
        .take(100_000)
    {
        let next = tokens.get(at + 1);
        match (language.name, token.text) {
            ("rb" | "php", "class") => {
                class = next.map(|name| name.text.to_owned()).unwrap_or_default()
            }
            ("rb", "def") if next.is_some_and(|name| name.is("perform")) && !class.is_empty() => {
                found.extend(read_job_parameters(&tokens, at + 2, &class, token.line))
            }
            ("php", "__construct") if !class.is_empty() => {
                found.extend(read_job_parameters(&tokens, at + 1, &class, token.line))
            }
            ("py", "def") => {
                // the lines above it carry the mark
                let decorated = lines
                    .iter()
                    .skip(token.line.saturating_sub(4))
                    .take(3.min(token.line - 1))
                    .any(|line| {
                        line.trim_start().starts_with('@')
                            && marks.iter().any(|mark| line.contains(mark))
                    });
                if let Some(name) = next.filter(|_| decorated) {
                    let job = read_job_parameters(&tokens, at + 2, name.text, token.line);
                    found.extend(job.map(|job| BackgroundJob {
                        wire: find_wire_name(&lines, token.line).unwrap_or(job.wire),
                        ..job
                    }));
                }
            }
            _ => {}
        }
    }
    found
}

/// The name that the marks above a line give to a task: `@shared_task(name="billing.send")`.
fn find_wire_name(lines: &[&str], line: usize) -> Option<String> {
    let above = lines
        .iter()
        .skip(line.saturating_sub(4))
        .take(3.min(line - 1));
    above
        .filter(|line| line.trim_start().starts_with('@'))
        .find_map(|line| {
            let (_, given) = line.split_once("name=")?;
            let text = given.trim_start().strip_prefix(['"', '\''])?;
            Some(text.split(['"', '\'']).next()?.to_owned())
        })
}

/// The job whose parameters open at `open`; without brackets it takes none.
fn read_job_parameters(
    tokens: &[GuardToken<'_>],
    open: usize,
    name: &str,
    line: usize,
) -> Option<BackgroundJob> {
    let mut job = BackgroundJob {
        name: name.to_owned(),
        wire: name.to_owned(),
        least: 0,
        most: 0,
        line,
    };
    if !tokens.get(open)?.is("(") {
        return Some(job);
    }
    let (mut depth, mut parameter, mut optional) = (0_i32, false, false);
    for (at, token) in tokens.iter().enumerate().skip(open).take(400) {
        depth += i32::from(token.is("(") || token.is("[") || token.is("{"))
            - i32::from(token.is(")") || token.is("]") || token.is("}"));
        // any number of arguments fits everything
        if depth == 1 && token.is("*") {
            return None;
        }
        if depth == 0 || depth == 1 && token.is(",") {
            job.most += usize::from(parameter);
            job.least += usize::from(parameter && !optional);
            (parameter, optional) = (false, false);
            if depth == 0 {
                return Some(job);
            }
        } else if token.kind == TokenKind::Word && at > open && !token.is("self") {
            parameter = true;
        }
        optional |= token.is("=");
    }
    None
}

#[cfg(test)]
fn make_fixtures() -> (super::fixture::StoredFixture, super::fixture::StoredFixture) {
    use super::fixture::StoredFixture;
    (
        StoredFixture::of(
            "app/jobs/mail.rb",
            "class Mail\n  include Sidekiq::Job\n  def perform(user)\n  end\nend\n",
            "class Mail\n  include Sidekiq::Job\n  def perform(user, locale)\n  end\nend\n",
        ),
        StoredFixture::of(
            "app/jobs/mail.rb",
            "class Mail\n  include Sidekiq::Job\n  def perform(user)\n  end\nend\n",
            "class Mail\n  include Sidekiq::Job\n  def perform(person)\n  end\n  def help(a, b)\n  end\nend\n",
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::super::fixture::StoredFixture;
    use super::*;

    #[test]
    fn an_argument_that_may_be_left_out_counts_where_it_is_given() {
        let old = "class Mail\n  include Sidekiq::Job\n  def perform(user)\n  end\nend\n";
        let new =
            "class Mail\n  include Sidekiq::Job\n  def perform(user, locale = nil)\n  end\nend\n";
        for (call, count) in [
            ("Mail.perform_async(1)\n", 0),
            ("Mail.perform_in(60, 1)\n", 0),
            ("Mail.perform_async(1, \"pt\")\n", 1),
            ("Mail.perform_async(*all)\n", 1),
        ] {
            let (found, _) = StoredFixture::of("app/jobs/mail.rb", old, new)
                .and("app/later.rb", Some(call), Some(call))
                .of_check(DOC.id);
            assert_eq!(found.len(), count, "{call}");
        }
        let old = "@app.task\ndef mail(user):\n    pass\n";
        let new = "@app.task\ndef mail(user, locale=None):\n    pass\n";
        for (call, count) in [("mail.delay(1)\n", 0), ("mail.delay(1, 'pt')\n", 1)] {
            let (found, _) = StoredFixture::of("tasks.py", old, new)
                .and("later.py", Some(call), Some(call))
                .of_check(DOC.id);
            assert_eq!(found.len(), count, "{call}");
        }
    }

    #[test]
    fn a_task_is_known_by_the_name_that_its_mark_gives() {
        let (found, open) = StoredFixture::of(
            "tasks.py",
            "@shared_task(name=\"billing.send\")\ndef send(order):\n    pass\n",
            "@shared_task(name=\"billing.send\")\ndef send_invoice(order):\n    pass\n",
        )
        .of_check(DOC.id);
        assert!(found.is_empty() && open.is_empty(), "{found:?} {open:?}");
    }

    #[test]
    fn workers_of_any_library_come_and_go() {
        let (found, open) = StoredFixture::of(
            "lib/render.ex",
            "defmodule Shelf.Old do\n  use Oban.Worker\nend\n",
            "defmodule Shelf.Render do\n  use Oban.Worker\nend\n",
        )
        .of_check(DOC.id);
        assert!(found.is_empty(), "{found:?}");
        let why: Vec<&str> = open.iter().map(|place| place.why.as_raw()).collect();
        assert!(
            why.iter()
                .any(|why| why.starts_with("the job Shelf.Render is new"))
                && why
                    .iter()
                    .any(|why| why.starts_with("the job Shelf.Old is gone")),
            "{why:?}"
        );
        let moved = StoredFixture::of("a.rb", "x = 1\n", "x = 2\n")
            .and(
                "Gemfile",
                Some("gem \"good_job\"\n"),
                Some("gem \"sidekiq\"\n"),
            )
            .of_check(DOC.id)
            .0;
        let subjects: Vec<&str> = moved.iter().map(|found| found.subject.as_raw()).collect();
        assert_eq!(subjects, ["good_job", "sidekiq"], "{moved:?}");
        let raised = StoredFixture::of("a.rb", "x = 1\n", "x = 2\n")
            .and(
                "Gemfile",
                Some("gem \"sidekiq\", \"7.0\"\n"),
                Some("gem \"sidekiq\", \"7.1\"\n"),
            )
            .of_check(DOC.id)
            .0;
        assert!(raised.is_empty(), "{raised:?}");
    }

    #[test]
    fn tasks_of_python_and_new_jobs() {
        let of = |old, new| StoredFixture::of("tasks.py", old, new).of_check(DOC.id);
        let (found, _) = of(
            "@shared_task(bind=True)\ndef mail(self, user):\n    pass\n",
            "@shared_task(bind=True)\ndef mail(self, user, locale):\n    pass\n",
        );
        assert_eq!(found.len(), 1);
        let (found, open) = of(
            "@app.task\ndef mail(user):\n    pass\n",
            "@app.task\ndef mail(user):\n    pass\n\n@app.task\ndef digest(user):\n    pass\n",
        );
        assert!(
            found.is_empty() && open.len() == 1 && open[0].what == "tasks.py:6",
            "{found:?} {open:?}"
        );
    }
}

//! `stored-form/stored-name`.

use std::collections::BTreeSet;

use super::stored_name_kinds::{NameKind, StoredName, list_stored_names, reads_stored_names};
use super::{LIMIT, StoredCheck, StoredInput, StoredOutcome, build_stored_finding, cite_text_line};
use coverage::guard;
use coverage::place::{FileRole, classify_path_place};
use model::{
    CheckDeclaration, CheckDoc, Confidence, Direction, Domain, FileStatus, Severity, check_cases,
};

const DOC: CheckDoc = CheckDoc {
    id: "stored-form/stored-name",
    title: "A name that is stored with data is new, and the previous release does not have it",
    domain: Domain::StoredForm,
    direction: Direction::Rollback,
    looks_for: "Names that rows, documents, jobs and running processes carry, and that only the new release has: states of state machines (AASM, Statesman, state_machines, django-fsm, transitions, Spring Statemachine, Symfony Workflow), names of types (morph maps of Laravel, single-table inheritance of Rails, discriminators of JPA, Doctrine, EF Core, SQLAlchemy, TypeORM and Mongoose, subtypes of Jackson, System.Text.Json and serde), classes and names of jobs (Hangfire, Quartz, RQ, Bull, names of Celery tasks), names in definitions of processes (BPMN and its workers, Temporal, Step Functions).",
    why: "What the new release stored under the name meets the previous release, which fails at it, passes it over or takes it for something else.",
    action: "Count what carries the name; change it to one that the previous release has, or let the new release work it off, before the previous release starts.",
    example: "app/models/order.rb: aasm gets the state packed, and orders that were packed since cannot be loaded.",
    source: "Documentation of the libraries: the name itself is what is stored.",
};

pub(super) const CHECK: StoredCheck = StoredCheck {
    declared: CheckDeclaration {
        doc: DOC,
        grades: None,
        place: module_path!(),
        cases: check_cases!(test, |_| super::fixture::try_fixtures(make_fixtures())),
    },
    run: find_new_names,
};

// a file that brings many is a new machine of states, and the first names show it
/// Most names of one file that are told.
const NAMED: usize = 10;

// definitions of processes and workflows are few
/// Most files besides program text that are read.
const OTHERS: usize = 400;

/// A text with its path; of a file that one of the releases lacks it is empty.
type NamedText<'t> = (&'t str, &'t str);

fn find_new_names(look: &StoredInput<'_>, outcome: &mut StoredOutcome) {
    // a name that only moved to another file is none that is new
    let mut known: BTreeSet<(usize, String)> = BTreeSet::new();
    // files of the range are enough: a name that moved came from one that changed
    for file in look.files.iter().filter(|file| !file.vendored) {
        let names = list_stored_names(&file.old_path, &file.old, look.range.previous);
        known.extend(names.into_iter().map(|one| (one.kind, one.name)));
    }
    for file in look.files.iter().filter(|file| !file.vendored) {
        let sides = (
            (file.old_path.as_str(), file.old.as_str()),
            (file.path.as_str(), file.new.as_str()),
        );
        tell_new_names(look, sides, &known, outcome);
    }
    let others = look.range.changes.iter().filter(|change| {
        change.status != FileStatus::Deleted
            && reads_stored_names(&change.path)
            && guard::find_language(&change.path).is_none()
            && classify_path_place(&change.path) == FileRole::Live
    });
    for change in others.take(OTHERS) {
        let old_path = change.old_path.as_deref().unwrap_or(&change.path);
        let read = |tree: &dyn model::Snapshot, path: &str| {
            tree.read_text(path).ok().filter(|text| text.len() <= LIMIT)
        };
        // a file that is new has no older side, and its names may still be new to a reader
        // elsewhere
        let old = read(look.range.previous, old_path).unwrap_or_default();
        let Some(new) = read(look.range.current, &change.path) else {
            continue;
        };
        tell_new_names(
            look,
            ((old_path, &old), (&change.path, &new)),
            &known,
            outcome,
        );
    }
}

fn tell_new_names(
    look: &StoredInput<'_>,
    ((old_path, old), (path, new)): (NamedText<'_>, NamedText<'_>),
    known: &BTreeSet<(usize, String)>,
    outcome: &mut StoredOutcome,
) {
    if new.is_empty() {
        return;
    }
    let after = list_stored_names(path, new, look.range.current);
    if after.is_empty() {
        return;
    }
    let before = list_stored_names(old_path, old, look.range.previous);
    let had = |one: &StoredName| {
        before
            .iter()
            .any(|old| old.kind == one.kind && old.name == one.name)
            || known.contains(&(one.kind, one.name.clone()))
    };
    let mut told: BTreeSet<(usize, &str)> = BTreeSet::new();
    for one in after.iter().filter(|one| !had(one)) {
        // one name is told once a file, however often it is used
        if told.len() >= NAMED || !told.insert((one.kind, &one.name)) {
            continue;
        }
        // where previous has no other name of the kind, nobody reads one there yet
        let reader = before.iter().find(|old| old.kind == one.kind);
        let kind = NameKind::by_number(one.kind);
        let (previous, current) = (look.range.previous_version, look.range.current_version);
        let knows = match reader {
            Some(reader) => format!(
                "{previous} has no such name where it looks for one ({old_path}:{}), and {}",
                reader.line, kind.fails
            ),
            None if kind.alone => {
                format!("{previous} has nothing of that name, and {}", kind.fails)
            }
            None => continue,
        };
        let says = format!(
            "the {} {} is new in {current} ({path}:{}), and {} carry it: {knows}",
            kind.what, one.name, one.line, kind.carried
        );
        let mut places = vec![cite_text_line(path, one.line, new)];
        places.extend(reader.map(|reader| cite_text_line(old_path, reader.line, old)));
        outcome.findings.push(build_stored_finding(
            &DOC,
            // that something carries the name is not known, only that it can
            Severity::Warns,
            Confidence::Likely,
            &one.name,
            &says,
            places,
        ));
    }
}

#[cfg(test)]
fn make_fixtures() -> (super::fixture::StoredFixture, super::fixture::StoredFixture) {
    use super::fixture::StoredFixture;
    let old = "class Order\n  include AASM\n  aasm do\n    state :open, initial: true\n    state :paid\n  end\nend\n";
    (
        StoredFixture::of(
            "app/models/order.rb",
            old,
            "class Order\n  include AASM\n  aasm do\n    state :open, initial: true\n    state :packed\n    state :paid\n  end\nend\n",
        ),
        StoredFixture::of(
            "app/models/order.rb",
            old,
            "class Order\n  include AASM\n  aasm do\n    state :paid\n    state :open, initial: true\n  end\nend\n",
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::super::fixture::StoredFixture;

    fn names(fixture: &StoredFixture) -> Vec<String> {
        let (found, _) = fixture.of_check("stored-form/stored-name");
        found
            .into_iter()
            .map(|finding| finding.subject.into_raw())
            .collect()
    }

    #[test]
    fn names_that_only_current_has_are_told_with_the_reader_of_previous() {
        for (path, old, new, name) in [
            (
                "shop/models.py",
                "from django_fsm import FSMField, transition\nclass A:\n    state = FSMField()\n    @transition(field=state, source='open', target='paid')\n    def pay(self): pass\n",
                "from django_fsm import FSMField, transition\nclass A:\n    state = FSMField()\n    @transition(field=state, source='open', target='paid')\n    def pay(self): pass\n    @transition(field=state, source='paid', target='packed')\n    def pack(self): pass\n",
                "packed",
            ),
            (
                "app/Providers/AppServiceProvider.php",
                "<?php\nRelation::morphMap([\n  'post' => Post::class,\n]);\n",
                "<?php\nRelation::morphMap([\n  'post' => Post::class,\n  'video' => Video::class,\n]);\n",
                "video",
            ),
            (
                "src/main/java/a/Shape.java",
                "@JsonSubTypes({\n @JsonSubTypes.Type(value = Circle.class, name = \"circle\")\n})\ninterface Shape {}\n",
                "@JsonSubTypes({\n @JsonSubTypes.Type(value = Circle.class, name = \"circle\"),\n @JsonSubTypes.Type(value = Square.class, name = \"square\")\n})\ninterface Shape {}\n",
                "square",
            ),
            (
                "Data/Context.cs",
                "b.Entity<Refund>().HasDiscriminator<string>(\"kind\").HasValue<Refund>(\"plain\");\n",
                "b.Entity<Refund>().HasDiscriminator<string>(\"kind\").HasValue<Refund>(\"plain\").HasValue<CardRefund>(\"card\");\n",
                "card",
            ),
            (
                "src/queue.ts",
                "import { Queue } from 'bullmq'\nqueue.add('mail', {})\n",
                "import { Queue } from 'bullmq'\nqueue.add('mail', {})\nqueue.add('invoice', {})\n",
                "invoice",
            ),
            (
                "flow/order.bpmn",
                "<bpmn:process id=\"order\">\n<zeebe:taskDefinition type=\"charge\" />\n</bpmn:process>\n",
                "<bpmn:process id=\"order\">\n<zeebe:taskDefinition type=\"charge\" />\n<zeebe:taskDefinition type=\"pack\" />\n</bpmn:process>\n",
                "pack",
            ),
            (
                "worker/main.go",
                "import \"go.temporal.io/sdk/worker\"\nw.RegisterActivity(Charge)\n",
                "import \"go.temporal.io/sdk/worker\"\nw.RegisterActivity(Charge)\nw.RegisterActivity(Pack)\n",
                "Pack",
            ),
        ] {
            let found = names(&StoredFixture::of(path, old, new));
            assert_eq!(found, [name], "{path}");
        }
        // a class of its own file, beside the one that it is stored with
        let rails = StoredFixture(vec![
            (
                "app/models/vehicle.rb",
                Some("class Vehicle < ApplicationRecord\nend\n"),
                Some("class Vehicle < ApplicationRecord\nend\n"),
            ),
            (
                "app/models/truck.rb",
                None,
                Some("class Truck < Vehicle\nend\n"),
            ),
        ]);
        assert_eq!(names(&rails), ["Truck"]);
    }

    #[test]
    fn names_that_moved_and_names_that_nothing_stores_are_quiet() {
        let moved = StoredFixture(vec![
            (
                "src/a.ts",
                Some(
                    "import { Queue } from 'bullmq'\nqueue.add('mail', {})\nqueue.add('bill', {})\n",
                ),
                Some("import { Queue } from 'bullmq'\nqueue.add('bill', {})\n"),
            ),
            (
                "src/b.ts",
                Some("import { Queue } from 'bullmq'\nqueue.add('x', {})\n"),
                Some("import { Queue } from 'bullmq'\nqueue.add('x', {})\nqueue.add('mail', {})\n"),
            ),
        ]);
        assert!(names(&moved).is_empty());
        for (path, old, new) in [
            (
                "src/set.ts",
                "set.add('a', 1)\n",
                "set.add('a', 1)\nset.add('b', 2)\n",
            ),
            ("lib/map.rb", "state :open\n", "state :open\nstate :shut\n"),
            (
                "app/models/a.rb",
                "class A < ApplicationRecord\nend\n",
                "class A < ApplicationRecord\nend\nclass B < ApplicationRecord\nend\n",
            ),
        ] {
            assert!(
                names(&StoredFixture::of(path, old, new)).is_empty(),
                "{path}"
            );
        }
    }
}

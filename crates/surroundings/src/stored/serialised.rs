//! `stored-form/serialised-class`.

use super::{
    ASK, StoredCheck, StoredInput, StoredOutcome, build_stored_finding, build_unjudged_place,
    cite_text_line,
};
use coverage::guard::{self, VersionConstant};
use coverage::place::{FileRole, classify_path_place};
use model::{CheckDeclaration, CheckDoc, Confidence, Direction, Domain, Severity, check_cases};

const DOC: CheckDoc = CheckDoc {
    id: "stored-form/serialised-class",
    title: "Stored objects in the platform's own serialisation have another class",
    domain: Domain::StoredForm,
    direction: Direction::Rollback,
    looks_for: "serialVersionUID that changes; classes that are renamed or moved where the program keeps objects with their class names (Marshal, pickle, serialize of PHP, ObjectOutputStream, BinaryFormatter, term_to_binary).",
    why: "Sessions, caches and queues hold objects that name the newer class, and the previous release does not have it or refuses it.",
    action: "Drop the sessions and caches that hold such objects when going back (people sign in again), and work off or drop the jobs.",
    example: "Basket.java: serialVersionUID goes from 11 to 12 while sessions are kept in Redis.",
    source: "Java Object Serialization Specification; documentation of Marshal, pickle and unserialize.",
};

pub(super) const CHECK: StoredCheck = StoredCheck {
    declared: CheckDeclaration {
        doc: DOC,
        grades: None,
        place: module_path!(),
        cases: check_cases!(test, |_| super::fixture::try_fixtures(make_fixtures())),
    },
    run: find_serialised_changes,
};

// each of these writes the name of the class into what it keeps
/// Calls that keep objects with the names of their classes, by language.
const KEEPS: [(&str, &[&str]); 7] = [
    (
        "rb",
        &[
            "Marshal.dump",
            "Marshal.load",
            "cache_store",
            "Rails.cache.write",
            "YAML.dump",
        ],
    ),
    (
        "py",
        &[
            "pickle.dump",
            "pickle.load",
            "shelve.open",
            "joblib.dump",
            "PickleSerializer",
            "serializer=\"pickle\"",
            "serializer='pickle'",
            "dill.dump",
        ],
    ),
    (
        "php",
        &[
            "unserialize(",
            " serialize(",
            "igbinary_serialize",
            "SerializesModels",
        ],
    ),
    (
        "java",
        &[
            "ObjectOutputStream",
            "ObjectInputStream",
            "EnableRedisHttpSession",
            "JdkSerializationRedisSerializer",
            "SerializationUtils.",
            "ObjectMessage",
        ],
    ),
    (
        "kt",
        &[
            "ObjectOutputStream",
            "ObjectInputStream",
            "EnableRedisHttpSession",
            "JdkSerializationRedisSerializer",
        ],
    ),
    (
        "scala",
        &["ObjectOutputStream", "ObjectInputStream", "Kryo"],
    ),
    (
        "cs",
        &[
            "BinaryFormatter",
            "NetDataContractSerializer",
            "TypeNameHandling.All",
            "TypeNameHandling.Objects",
            "TypeNameHandling.Auto",
        ],
    ),
];

fn find_serialised_changes(look: &StoredInput<'_>, outcome: &mut StoredOutcome) {
    find_serial_uid_changes(look, outcome);
    find_renamed_classes(look, outcome);
}

/// serialVersionUID in classes of Java, Kotlin and Scala.
fn find_serial_uid_changes(look: &StoredInput<'_>, outcome: &mut StoredOutcome) {
    for file in look.files.iter().filter(|file| {
        file.old.contains("serialVersionUID") && !file.new.is_empty() && !file.vendored
    }) {
        let of = |all: &'_ [VersionConstant]| {
            all.iter()
                .filter(|constant| constant.name == "serialVersionUID")
                .cloned()
                .collect::<Vec<_>>()
        };
        let (old, new) = (
            of(&file.old_digest().constants),
            of(&file.new_digest().constants),
        );
        // of several classes in a file each is met in its order
        for (before, after) in old
            .iter()
            .zip(&new)
            .filter(|(before, after)| before.value != after.value)
        {
            // the class above the line is the one that has it
            let class = file
                .old_digest()
                .types
                .iter()
                .rfind(|class| class.line <= before.line)
                .map_or_else(|| file.path.clone(), |class| class.name.clone());
            let says = format!(
                "serialVersionUID of {class} goes from {} to {} ({}:{}), so {} refuses objects that {} has kept ({}:{})",
                before.value.trim_end_matches(['L', 'l']),
                after.value.trim_end_matches(['L', 'l']),
                file.path,
                after.line,
                look.range.previous_version,
                look.range.current_version,
                file.old_path,
                before.line
            );
            let places = vec![
                cite_text_line(&file.path, after.line, &file.new),
                cite_text_line(&file.old_path, before.line, &file.old),
            ];
            outcome.findings.push(build_stored_finding(
                &DOC,
                // whether objects are kept is not seen here
                Severity::Warns,
                Confidence::Proven,
                &class,
                &says,
                places,
            ));
        }
    }
}

/// Classes that go under another name where objects are kept with their names.
fn find_renamed_classes(look: &StoredInput<'_>, outcome: &mut StoredOutcome) {
    for (language, words) in KEEPS {
        let own = |path: &str| {
            guard::find_language(path)
                .is_some_and(|own| own.name == language || own.name == "java" && language == "java")
        };
        let files: Vec<_> = look
            .files
            .iter()
            .filter(|file| own(&file.path) && !file.vendored)
            .collect();
        // a class that previous has and current does not, and one of the same fields that is new
        let mut gone = Vec::new();
        let mut come = Vec::new();
        for file in &files {
            let (old, new) = (&file.old_digest().types, &file.new_digest().types);
            // pickle names the module as well, so a file that moved is another class
            let moved = file.old_path != file.path && matches!(language, "py");
            gone.extend(
                old.iter()
                    .filter(|class| moved || !new.iter().any(|other| other.name == class.name))
                    .map(|class| (*file, class.clone())),
            );
            come.extend(
                new.iter()
                    .filter(|class| moved || !old.iter().any(|other| other.name == class.name))
                    .map(|class| (*file, class.clone())),
            );
        }
        let pairs: Vec<_> = gone
            .iter()
            // classes without fields are alike by nothing
            .filter(|(_, old)| !old.fields.is_empty())
            .filter_map(|(from, old)| {
                let fields = |fields: &[(String, usize)]| {
                    fields
                        .iter()
                        .map(|(name, _)| name.clone())
                        .collect::<std::collections::BTreeSet<_>>()
                };
                come.iter()
                    .find(|(to, new)| {
                        // the same fields, or the same file under another name
                        fields(&new.fields) == fields(&old.fields)
                            || to.old_path == from.old_path && to.path != to.old_path
                    })
                    .map(|(to, new)| (*from, old, *to, new))
            })
            // a range that renames more moves a whole package
            .take(50)
            .collect();
        if pairs.is_empty() {
            continue;
        }
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        let program = |path: &str| own(path) && classify_path_place(path) == FileRole::Live;
        let (hits, _) = look.range.current.search_many(&words, false, 20, &program);
        // without a place that keeps objects by their class nothing is stored under the name
        let Some(keeper) = hits.first() else { continue };
        for (from, old, to, new) in pairs {
            let says = format!(
                "{} of {} is {} in {} ({}:{}), and {}:{} keeps objects with the names of their classes",
                old.name,
                look.range.previous_version,
                new.name,
                look.range.current_version,
                to.path,
                new.line,
                keeper.path,
                keeper.line
            );
            let places = vec![
                cite_text_line(&to.path, new.line, &to.new),
                cite_text_line(&from.old_path, old.line, &from.old),
                model::Evidence::at(keeper.path.as_str(), keeper.line)
                    .with_excerpt(keeper.text.trim()),
            ];
            // a cache of Rails may hold plain values alone
            if language == "rb" && keeper.text.contains("cache_store") {
                outcome
                    .unchecked
                    .push(build_unjudged_place(&to.path, new.line, says, ASK));
            } else {
                outcome.findings.push(build_stored_finding(
                    &DOC,
                    Severity::Warns,
                    Confidence::Likely,
                    &new.name,
                    &says,
                    places,
                ));
            }
        }
    }
}

#[cfg(test)]
fn make_fixtures() -> (super::fixture::StoredFixture, super::fixture::StoredFixture) {
    use super::fixture::StoredFixture;
    let old = "class Jar implements Serializable {\n  private static final long serialVersionUID = 3L;\n  String label;\n}";
    let new = "class Jar implements Serializable {\n  private static final long serialVersionUID = 4L;\n  String label;\n}";
    let more = "class Jar implements Serializable {\n  private static final long serialVersionUID = 3L;\n  String label;\n  String lid;\n}";
    (
        StoredFixture::of("Jar.java", old, new),
        StoredFixture::of("Jar.java", old, more),
    )
}

#[cfg(test)]
mod tests {
    use super::super::fixture::StoredFixture;
    use super::*;

    #[test]
    fn a_class_under_another_name_where_objects_are_kept() {
        let keeper =
            Some("import pickle\n\ndef keep(r, jar):\n    r.set('jar', pickle.dumps(jar))\n");
        let with = |keeper| {
            StoredFixture(vec![
                (
                    "keep/jar.py",
                    Some("class Jar:\n    label = ''\n    lid = ''\n"),
                    None,
                ),
                (
                    "keep/glass.py",
                    None,
                    Some("class Glass:\n    label = ''\n    lid = ''\n"),
                ),
                ("keep/cache.py", keeper, keeper),
            ])
        };
        assert_eq!(with(keeper).of_check(DOC.id).0.len(), 1);
        assert!(
            with(Some("def keep():\n    pass\n"))
                .of_check(DOC.id)
                .0
                .is_empty()
        );
    }
}

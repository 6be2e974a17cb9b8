//! Names that an object mapper makes: the key of a relation, the column of a counter, the table
//! between two models, the history of a table. Where a class of old code makes the name, that line
//! is its use.

use std::collections::BTreeSet;

use super::super::derived_kind::{
    DerivedKind, find_derived_kind, find_derived_stem, find_table_of_history, split_joined_name,
};
use super::super::step::Name;
use super::making_lines::{MakingLine, list_bare_words};
use super::sought::{SoughtObject, Stand};
use super::{LOOKED_AT, PreviousUsage, SHOWN, forms};
use model::Evidence;

/// Relations whose side has the key.
const KEYS: [&str; 12] = [
    "belongs_to",
    "belongsto",
    "manytoone",
    "many_to_one",
    "onetoone",
    "one_to_one",
    "foreignkey",
    "foreign_key",
    "morphto",
    "reference(",
    "references(",
    "{ get",
];

/// Parts that have their columns in the table of the whole.
const PARTS: [&str; 6] = [
    "ownsone",
    "ownsmany",
    "complexproperty",
    "embedd",
    "composed_of",
    "embeds_one",
];

/// Relations that have a table of their own.
const TABLES: [&str; 12] = [
    "belongstomany",
    "has_and_belongs_to_many",
    "manytomany",
    "many_to_many",
    "belongs_to_many",
    "jointable",
    "join_table",
    "many2many",
    "elementcollection",
    "onetomany",
    "withmany(",
    "usingentity",
];

/// What keeps a history.
const HISTORIES: [&str; 7] = [
    "audited",
    "has_paper_trail",
    "historicalrecords",
    "versioned",
    "loggable",
    "auditable",
    "temporal",
];

/// Classes in one table.
const CLASSES: [&str; 4] = ["hasbasetype", "inheritance", "discriminat", "class "];

impl PreviousUsage<'_> {
    /// Where a class of old code has the column without writing its name out.
    pub fn derived_column(&self, table: &Name, column: &str, models: bool) -> Vec<Evidence> {
        let kind = find_derived_kind(column);
        let bare = column.to_lowercase().replace('_', "");
        let stem = find_derived_stem(column);
        let forms = bare_forms(&self.spellings(table, models));
        let (mut proven, mut hints) = (Vec::new(), Vec::new());
        for line in self.making_lines(table, models).iter() {
            // a word that gives the class this very column is as good as its name
            let stands = if line.columns.contains(&bare) && line.about {
                Stand::Proven
            } else {
                match kind {
                    Some(DerivedKind::Key | DerivedKind::Class) if line.says(&KEYS) => {
                        find_key_stand(line, &stem, &bare, &forms)
                    }
                    Some(DerivedKind::Class) if is_class_of_row(line, &stem, &forms) => {
                        Stand::Proven
                    }
                    Some(DerivedKind::Counter) if line.says(&["counter_cache", "countercache"]) => {
                        find_counter_stand(line, &stem, &forms)
                    }
                    _ if line.about && line.says(&PARTS) && has_part(line, column) => Stand::Proven,
                    _ => Stand::Not,
                }
            };
            match stands {
                Stand::Proven => proven.push(line.place()),
                Stand::Hint => hints.push(line.place()),
                Stand::Not => {}
            }
            // some places are enough for a person; a large model has hundreds
            if proven.len() >= SHOWN {
                break;
            }
        }
        self.remember_hints(proven, hints)
    }

    /// Where classes of old code have the table between or behind them without writing its name
    /// out. `is_table` tells whether a spelling is that of a table of the schema.
    pub fn derived_table(
        &self,
        table: &Name,
        models: bool,
        is_table: &dyn Fn(&str) -> bool,
    ) -> Vec<Evidence> {
        let (mut proven, mut hints) = (Vec::new(), Vec::new());
        if let Some(base) = find_table_of_history(&table.name).filter(|base| is_table(base)) {
            let lines = self.making_lines(&Name::new(&base), models);
            let kept = lines
                .iter()
                .filter(|line| line.about && line.says(&HISTORIES));
            proven.extend(kept.map(MakingLine::place));
        }
        for (left, right) in split_joined_name(&table.name) {
            for (base, other) in [(&left, &right), (&right, &left)] {
                if !is_table(base) {
                    continue;
                }
                let other = bare_forms(&forms::list_table_spellings(other, true));
                let lines = self.making_lines(&Name::new(base), models);
                for line in lines.iter().filter(|line| line.about && line.names(&other)) {
                    // `mappedBy` names the side that has no table
                    if line.says(&TABLES) && !line.says(&["mappedby", "mapped_by"]) {
                        proven.push(line.place());
                    } else if is_collection(line) {
                        hints.push(line.place());
                    }
                }
            }
        }
        proven.truncate(SHOWN);
        hints.truncate(SHOWN);
        self.remember_hints(proven, hints)
    }

    /// Proven places; without one, those that only hint at the use, which are remembered as such.
    fn remember_hints(&self, proven: Vec<Evidence>, hints: Vec<Evidence>) -> Vec<Evidence> {
        if !proven.is_empty() {
            return proven;
        }
        let mut known = self.hints.borrow_mut();
        for place in &hints {
            if let (Some(path), Some(line)) = (place.raw_path(), place.line) {
                known.insert((path.to_owned(), line));
            }
        }
        hints
    }

    /// A class stands for the table, so that names may be made for it; where statements alone name
    /// it, every name is written out.
    pub fn is_mapped(&self, table: &Name, models: bool) -> bool {
        let hits = self.table_hits(table, models);
        hits.iter().take(LOOKED_AT).any(|(hit, form)| {
            let by_class = self.program(&hit.path).is_some_and(|program| {
                program.statement_of(hit.line, form).is_none() && may_map(&hit.path, &program.text)
            });
            by_class && self.stand(hit, form, SoughtObject::Table) == Stand::Proven
        })
    }
}

/// In Go and Rust a type with the name of a table maps nothing by itself.
fn may_map(path: &str, text: &str) -> bool {
    let mappers: &[&str] = match path.rsplit('.').next().unwrap_or_default() {
        "go" => &[
            "gorm",
            "/bun",
            "xorm",
            "/ent",
            "go-pg",
            "beego",
            "gobuffalo",
            "sqlboiler",
        ],
        "rs" => &[
            "DeriveEntityModel",
            "sea_orm",
            "toasty",
            "welds",
            "ormx",
            "rbatis",
        ],
        "sh" | "bash" | "sql" | "yml" | "yaml" => return false,
        _ => return true,
    };
    mappers.iter().any(|mapper| text.contains(mapper))
}

fn bare_forms(forms: &BTreeSet<String>) -> BTreeSet<String> {
    forms.iter().map(|form| form.replace('_', "")).collect()
}

/// The declaration names its key itself, and another one, or the key is on the other side.
fn names_another_key(line: &MakingLine, bare: &str) -> bool {
    line.says(&["mappedby", "mapped_by"])
        || line
            .text
            .split(['"', '\'', '`'])
            .skip(1)
            .step_by(2)
            .map(|word| word.replace('_', ""))
            .any(|word| word.len() > 2 && word.ends_with("id") && word != bare)
        || line.text.contains("foreign_key: :") && !line.words.contains(bare)
}

fn find_key_stand(line: &MakingLine, stem: &str, bare: &str, forms: &BTreeSet<String>) -> Stand {
    if names_another_key(line, bare) {
        return Stand::Not;
    }
    let get = line.text.contains("{ get");
    // `{ get` is a property of C# only
    if get && line.extension != "cs" {
        return Stand::Not;
    }
    // `List<Parcel> Parcels` in Carrier: the parcels have the key
    let reverse =
        line.text.contains('<') && line.names(forms) && list_bare_words(&line.owner).contains(stem);
    let forward = line.about && line.words.contains(stem) && !line.text.contains('<');
    let relation = !get && line.about && line.words.contains(stem);
    // a member with a type of its own, and not a value
    let navigation = get && forward && !is_value_member(&line.text);
    if relation || navigation {
        Stand::Proven
    } else if get && reverse {
        Stand::Hint
    } else {
        Stand::Not
    }
}

/// `public string Owner { get; set; }`. In small letters.
fn is_value_member(text: &str) -> bool {
    let values = [
        "string",
        "int",
        "long",
        "short",
        "byte",
        "bool",
        "decimal",
        "double",
        "float",
        "guid",
        "datetime",
        "datetimeoffset",
        "dateonly",
        "timeonly",
        "timespan",
        "object",
        "char",
    ];
    text.split(|c: char| !c.is_alphanumeric())
        .any(|word| values.contains(&word))
}

/// A counter of children on the parent: the child says `belongs_to :topic, counter_cache: true`.
fn find_counter_stand(line: &MakingLine, stem: &str, forms: &BTreeSet<String>) -> Stand {
    let children = bare_forms(&forms::list_table_spellings(stem, false));
    let child = list_bare_words(&line.owner)
        .iter()
        .any(|word| children.contains(word))
        || forms::file_of(&line.path, &children)
        || line.names(&children);
    match (line.names(forms), child) {
        (true, true) => Stand::Proven,
        (true, false) => Stand::Hint,
        _ => Stand::Not,
    }
}

/// Several classes share the table: a class below that of the table, or a word that says so.
fn is_class_of_row(line: &MakingLine, stem: &str, forms: &BTreeSet<String>) -> bool {
    if !matches!(stem, "discriminator" | "dtype" | "discr" | "type") || !line.says(&CLASSES) {
        return false;
    }
    if !line.text.contains("class ") {
        return line.about;
    }
    let Some((_, rest)) = line.text.split_once("class ") else {
        return false;
    };
    let head = rest.lines().next().unwrap_or_default();
    let Some((own, base)) = head.split_once([':', '<', '(', ' ']) else {
        return false;
    };
    !forms.contains(&own.replace('_', ""))
        && list_bare_words(base)
            .iter()
            .any(|word| forms.contains(word))
}

/// `Home_Street` of a part `Home`.
fn has_part(line: &MakingLine, column: &str) -> bool {
    let lower = column.to_lowercase();
    lower
        .match_indices('_')
        .take(4)
        .any(|(at, _)| line.words.contains(&lower[..at].replace('_', "")))
}

/// A list of another model: `List<Depot> Depots { get; set; }`, Prisma's `posts Post[]`.
fn is_collection(line: &MakingLine) -> bool {
    match line.extension.as_str() {
        "cs" => line.text.contains('<') && line.text.contains("{ get"),
        "prisma" => line.text.contains("[]"),
        _ => false,
    }
}

//! From YAML with positions to a checklist; whatever is wrong is remarked where it stands.

use model::fact_key;
use span_tree::{Limits, Node, Tree};

use super::catalogue::{self};
use super::lint::ChecklistSource;
use super::rules::{Derivation, NamedSituation, Need, SituationId, Thresholds, UsageClassMinutes};
use super::{Checklist, Lint};

/// Bounds of a checklist file.
const LIMITS: Limits = Limits {
    depth: 24,
    nodes: 100_000,
    bytes: 1024 * 1024,
};
/// The top-level keys.
const SECTIONS: [&str; 11] = [
    "name",
    "thresholds",
    "usage",
    "situations",
    "derive",
    "questions",
    "needs",
    "blockers",
    "considerations",
    "gates",
    "phrases",
];

/// Reads one file as it stands. Entries with `disable: true` are left out.
pub(super) fn read_checklist(file: &str, text: &str) -> (Checklist, Vec<Lint>) {
    let mut source = ChecklistSource {
        file,
        text,
        lints: Vec::new(),
    };
    let mut list = Checklist {
        yaml: text.to_owned(),
        ..Checklist::default()
    };
    match Tree::parse_with(text, LIMITS) {
        Err(error) => {
            let column = if let span_tree::Error::Syntax { column, .. } = &error {
                *column
            } else {
                1
            };
            source.remark(
                error.line(),
                column,
                true,
                format!("this is not a checklist: {error}"),
                None,
            );
        }
        Ok(tree) => {
            if tree.roots().count() > 1 {
                source.remark(
                    1,
                    1,
                    true,
                    "one file holds one checklist, not several documents",
                    None,
                );
            }
            match tree.root() {
                Some(root) if root.is_mapping() => source.checklist(root, &mut list),
                Some(root) => source.error(
                    root,
                    "a checklist is a mapping",
                    Some("name: my-checklist".to_owned()),
                ),
                None => source.remark(
                    1,
                    1,
                    true,
                    "the file is empty",
                    Some("name: my-checklist".to_owned()),
                ),
            }
        }
    }
    (list, source.lints)
}

impl ChecklistSource<'_> {
    fn checklist(&mut self, root: Node<'_>, list: &mut Checklist) {
        self.keys(root, &SECTIONS);
        if let Some(name) = root.get("name") {
            list.name = self.string(name);
        }
        if let Some(node) = root.get("thresholds") {
            list.thresholds = self.thresholds(node);
        }
        list.usage = self.entries(root, "usage", "class", Self::usage);
        list.situations = self.entries(root, "situations", "id", Self::situation);
        list.derive = self.entries(root, "derive", "id", Self::derivation);
        list.questions = self.entries(root, "questions", "id", Self::question);
        list.needs = self.entries(root, "needs", "id", Self::need);
        list.blockers = self.entries(root, "blockers", "id", Self::blocker);
        list.considerations = self.entries(root, "considerations", "id", Self::consideration);
        list.gates = self.entries(root, "gates", "gate", Self::gate);
        if let Some(node) = root.get("phrases") {
            list.phrases = self.phrases(node);
        }
    }

    fn thresholds(&mut self, node: Node<'_>) -> Thresholds {
        self.keys(
            node,
            &[
                "few",
                "many",
                "small_weight",
                "firm_margin",
                "stale_minutes",
            ],
        );
        let mut out = Thresholds::default();
        let mut take = |key: &str, most: f64, into: &mut f64| {
            if let Some(value) = node.get(key) {
                *into = self.number(value, key, most);
            }
        };
        let (mut few, mut many) = (out.few as f64, out.many as f64);
        take("few", 1e6, &mut few);
        take("many", 1e6, &mut many);
        take("small_weight", 10.0, &mut out.small_weight);
        take("firm_margin", 10.0, &mut out.firm_margin);
        take("stale_minutes", 1e6, &mut out.stale_minutes);
        (out.few, out.many) = (few as u64, many as u64);
        if out.few >= out.many {
            self.error(node, "few must be less than many", None);
        }
        out
    }

    fn usage(&mut self, node: Node<'_>) -> Option<UsageClassMinutes> {
        self.keys(node, &["class", "minutes", "says", "disable"]);
        let class = node.get("class")?;
        let word = self.string(class);
        self.value(fact_key::DEPLOYMENT_USAGE_CLASS, class)?;
        let minutes = match node.get("minutes") {
            Some(value) => self.number(value, "minutes", 1e7),
            None => {
                self.error(node, "minutes is missing", Some("minutes: 60".to_owned()));
                return None;
            }
        };
        Some(UsageClassMinutes {
            class: word,
            minutes,
            says: node
                .get("says")
                .map(|says| self.string(says))
                .unwrap_or_default(),
        })
    }

    fn situation(&mut self, node: Node<'_>) -> Option<NamedSituation> {
        self.keys(node, &["id", "when", "says", "disable"]);
        let id = self.need_text(node, "id")?;
        let known = SituationId::ALL.into_iter().find(|known| known.id() == id);
        if known.is_none() {
            self.error(
                node,
                format!("there is no situation {id}"),
                catalogue::find_nearest_candidate(
                    &id,
                    SituationId::ALL.into_iter().map(SituationId::id),
                )
                .map(str::to_owned),
            );
        }
        let (when, says) = (
            self.condition(node, "when", false),
            self.sentence(node, "says"),
        );
        Some(NamedSituation {
            id: known?,
            when: when?,
            says: says?,
        })
    }

    fn derivation(&mut self, node: Node<'_>) -> Option<Derivation> {
        self.keys(node, &["id", "fact", "value", "when", "says", "disable"]);
        let id = self.need_text(node, "id")?;
        let fact = match node.get("fact") {
            Some(fact) => self.fact(fact)?,
            None => {
                self.error(
                    node,
                    "fact is missing",
                    Some("fact: database.new_form_rows".to_owned()),
                );
                return None;
            }
        };
        let value = node.get("value").or_else(|| node.get("fact"))?;
        Some(Derivation {
            id,
            value: self.value(&fact, value)?,
            fact,
            when: self.condition(node, "when", false)?,
            says: self.sentence(node, "says")?,
        })
    }

    fn need(&mut self, node: Node<'_>) -> Option<Need> {
        self.keys(
            node,
            &["option", "id", "when", "says", "whether", "disable"],
        );
        let id = self.need_text(node, "id")?;
        let Some(option) = node.get("option") else {
            self.error(
                node,
                "option is missing",
                Some("option: flag-off".to_owned()),
            );
            return None;
        };
        let whether = self.optional(node, "whether");
        Some(Need {
            id,
            option: self.option(option)?,
            when: self.condition(node, "when", false)?,
            says: self.sentence(node, "says")?,
            whether,
        })
    }
}

//! One row of the tables: a check, and what only contracts know of it.

use super::ContractEffect;
use model::{Affects, CheckDeclaration, CheckGrades, Direction, Grade};

/// One kind of change.
#[derive(Debug, Clone, Copy)]
pub struct ContractRule {
    /// The check. Its source names rows of the taxonomy (`docs/src/taxonomy`) with an explanation
    /// in brackets, or is a sentence with its page.
    pub declared: CheckDeclaration,
    /// The rule that fires when the two sides are swapped.
    #[cfg_attr(not(test), allow(dead_code, reason = "the tests hold the table by it"))]
    pub mirror: &'static str,
    /// Who is hurt.
    pub affects: &'static [Affects],
    /// What happens on the way back.
    pub effect: ContractEffect,
}

impl ContractRule {
    /// With its domain, `contract/operation-added`.
    pub const fn id(&self) -> &'static str {
        self.declared.doc.id
    }

    /// What it means each way.
    pub fn grades(&self) -> CheckGrades {
        self.declared.grades.unwrap_or(CheckGrades::UNKNOWN)
    }
}

// stored values count as the way back: it is previous that reads them
/// The ways on which a change matters.
pub const fn find_direction(grades: CheckGrades) -> Direction {
    let back = !is_harmless(grades.back) || !is_harmless(grades.stored);
    match (!is_harmless(grades.forward), back) {
        (true, false) => Direction::Deploy,
        // what is harmless both ways is listed with the way back, which is what is asked
        (false, _) => Direction::Rollback,
        _ => Direction::Both,
    }
}

const fn is_harmless(grade: Grade) -> bool {
    matches!(grade, Grade::Compatible)
}

/// A row as the tables write it: id, mirror, grades `[forward, back, stored]`, who is hurt, what
/// happens on the way back, rows of the taxonomy, title, example. Title and id are literals.
macro_rules! declare_rule {
    ($id:expr, $mirror:expr, $grades:expr, $affects:expr, $effect:expr, $source:expr, $title:expr, $example:expr $(,)?) => {{
        const GRADES: model::CheckGrades = {
            let [forward, back, stored]: [model::Grade; 3] = $grades;
            model::CheckGrades {
                forward,
                back,
                stored,
            }
        };
        $crate::rules::ContractRule {
            declared: model::CheckDeclaration {
                doc: model::CheckDoc {
                    id: $id,
                    title: $title,
                    domain: model::Domain::Contract,
                    direction: $crate::rules::find_direction(GRADES),
                    looks_for: concat!("Where ", $title, "."),
                    why: $effect.why(),
                    action: $effect.action(),
                    example: $example,
                    source: $source,
                },
                grades: Some(GRADES),
                place: module_path!(),
                cases: model::check_cases!(test, $crate::rules::try_rule),
            },
            mirror: $mirror,
            affects: $affects,
            effect: $effect,
        }
    }};
}
pub(crate) use declare_rule;

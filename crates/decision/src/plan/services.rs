//! The order in which several services go back.

use std::collections::BTreeSet;

use super::PlanBuilder;
use crate::order;
use model::fact_key::OfDependent;
use model::{StepMode, escape_invisible};

impl PlanBuilder<'_> {
    /// One step for the order of all services that go back, where there are several.
    pub(super) fn services(&mut self, previous: &str) {
        let word = |name: &str, what: OfDependent| self.fact(&what.of(name));
        let listed = &self.config.dependents;
        let goes = |name: &&str| {
            word(name, OfDependent::Uses) == Some("yes")
                && word(name, OfDependent::Copes) != Some("yes")
                && word(name, OfDependent::CanGoBack) == Some("yes")
        };
        let going: BTreeSet<&str> = listed
            .iter()
            .map(|dependent| dependent.name.as_str())
            .filter(goes)
            .collect();
        if going.len() < 2 {
            return;
        }
        let groups = order::order_dependent_groups(listed, &going);
        let together: Vec<String> = groups
            .iter()
            .filter(|group| group.len() > 1)
            .map(|group| escape_invisible(&group.join(" and ")).into_owned())
            .collect();
        let mut names: Vec<String> = groups
            .iter()
            .map(|group| escape_invisible(&group.join(" together with ")).into_owned())
            .collect();
        names.push(format!("this service to {previous}"));
        let mut why = "whoever uses something goes back before the release that takes it away, so \
            that nothing calls what is gone"
            .to_owned();
        if !together.is_empty() {
            why.push_str(&format!(
                "; {} depend on each other, so none of them can go first: stop \
                their calls and take them back at once",
                together.join("; ")
            ));
        }
        self.add(
            StepMode::Run,
            format!("Go back in this order: {}", names.join(", then ")),
            why,
        )
        .undo = Some("Deploy them again in the reverse order".into());
    }
}

//! Once it is over: keep the bad release where it is, turn on what was paused, bring back what went
//! with it, tell people.

use model::fact_key;
use std::collections::BTreeMap;

use super::{NAMED, PlanBuilder};
use model::{
    ChangelogEntry, ConditionKind, StateFileKind, StepMode, WayBack, escape_invisible, shell_word,
    shorten_text,
};

impl PlanBuilder<'_> {
    pub(super) fn afterwards_back(&mut self, tool: &[WayBack], previous: &str, current: &str) {
        if !self.assessment.process.iter().any(|step| step.blocks)
            || tool.iter().any(|way| way.block.is_some())
        {
            let says = format!("Block {current} from going anywhere else");
            let blocked = tool.iter().find(|way| way.block.is_some());
            let command = blocked.and_then(|way| way.block.clone());
            let step = self.add(
                StepMode::Afterwards,
                says,
                "the bad release must not reach the next environment",
            );
            step.undo = Some(
                (blocked
                    .and_then(|way| way.unblock.clone())
                    .unwrap_or_else(|| "Unblock it on its release page".to_owned()))
                .into(),
            );
            step.command = command.map(Into::into);
        }
        self.paused(tool);
        self.lost_fixes(previous);
        self.backfills(current);
        self.tell(&format!("{previous} is live again and {current} is gone"));
    }

    /// What was switched off for the way back, by name where it is known.
    fn paused(&mut self, tool: &[WayBack]) {
        let apps: Vec<String> = tool
            .iter()
            .filter(|way| way.kind == StateFileKind::ArgoCd)
            .filter_map(|way| way.unit.clone())
            .collect();
        if !apps.is_empty() {
            let command: Option<Vec<String>> = apps
                .iter()
                .map(|app| {
                    Some(format!(
                        "argocd app set {} --sync-policy automated",
                        shell_word(app)?
                    ))
                })
                .collect();
            let says = format!(
                "Turn auto-sync of {} on again, once its configuration names the release that \
                    should run",
                apps.join(", ")
            );
            self.add(
                StepMode::Afterwards,
                says,
                "until then the next sync would bring the bad release back",
            )
            .command = command.map(|lines| lines.join("\n").into());
        }
        let drained = self.has_condition(ConditionKind::Drain);
        let says = if drained {
            "Let the writers and consumers run again that were stopped for it"
        } else {
            "Turn on again what somebody paused for the way back, if anything was"
        };
        self.add(
            StepMode::Afterwards,
            says,
            "schedules, consumers and alarms stay off otherwise",
        );
    }

    /// Entries that would be taken back, without merges and without those that cancel each other.
    pub(super) fn standing(&self) -> impl Iterator<Item = &ChangelogEntry> {
        self.assessment.changelog.entries.iter().filter(|entry| {
            !entry.merge
                && entry.cancelled_by.is_none()
                && entry.reverts.is_none()
                && !entry.in_previous
        })
    }

    fn lost_fixes(&mut self, previous: &str) {
        let mut fixes: Vec<&ChangelogEntry> = self
            .standing()
            .filter(|entry| entry.conventional_type() == Some("fix") || entry.claims_security())
            .collect();
        if fixes.is_empty() {
            return;
        }
        // holes first, then as they came
        fixes.sort_by_key(|entry| !entry.claims_security());
        let mut names: Vec<String> = fixes
            .iter()
            .take(NAMED)
            .map(|entry| {
                let mark = if entry.claims_security() {
                    " (security)"
                } else {
                    ""
                };
                format!(
                    "{} {}{mark}",
                    escape_invisible(entry.commit.get(..9).unwrap_or(&entry.commit)),
                    shorten_text(&entry.title.shown(), 60)
                )
            })
            .collect();
        if fixes.len() > NAMED {
            names.push(format!("and {} more", fixes.len() - NAMED));
        }
        let count = if fixes.len() == 1 {
            "the fix".to_owned()
        } else {
            format!("the {} fixes", fixes.len())
        };
        let says = format!(
            "Apply again {count} that went with it: {}",
            names.join("; ")
        );
        self.add(
            StepMode::Afterwards,
            says,
            format!("{previous} does not have them"),
        );
    }

    /// Roles, teams of dependents, owners of the changed paths, authors of the range.
    pub(super) fn tell(&mut self, what: &str) {
        let mut whom: Vec<String> = self
            .config
            .roles
            .iter()
            .map(|role| escape_invisible(role).into_owned())
            .collect();
        whom.extend(
            self.config
                .dependents
                .iter()
                .map(|dependent| format!("the team of {}", escape_invisible(&dependent.name))),
        );
        let notifies = self
            .config
            .process
            .iter()
            .any(|step| step.kind.as_deref() == Some("notify"))
            || self
                .assessment
                .process
                .iter()
                .any(|step| step.kind == "notify");
        let (owners, authors) = (self.owners(), self.authors());
        if notifies && whom.is_empty() && owners.is_none() && authors.is_none() {
            return;
        }
        whom.extend(owners);
        whom.extend(authors);
        let whom = if whom.is_empty() {
            "everybody who waits for it".to_owned()
        } else {
            whom.join(", ")
        };
        let late = self.fact(fact_key::USERS_NOTICE) == Some("all");
        self.add(
            StepMode::Afterwards,
            format!("Tell {whom}: {what}"),
            if late {
                "users notice it too"
            } else {
                "they work with it, or wait for it"
            },
        );
    }

    fn owners(&self) -> Option<String> {
        let owners = &self.assessment.way_back.owners;
        let named: Vec<&str> = owners
            .iter()
            .take(NAMED)
            .map(|owner| owner.name.as_str())
            .collect();
        let more = owners.len().saturating_sub(named.len());
        let and = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        (!named.is_empty())
            .then(|| format!("the owners of the changed paths ({}{and})", named.join(" ")))
    }

    fn authors(&self) -> Option<String> {
        let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
        for entry in self
            .standing()
            .filter(|entry| !entry.author.is_empty() && !entry.author.as_raw().ends_with("[bot]"))
        {
            *counts.entry(entry.author.as_raw()).or_default() += 1;
        }
        let mut authors: Vec<(&str, u64)> = counts.into_iter().collect();
        authors.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
        let named: Vec<String> = authors
            .iter()
            .take(NAMED)
            .map(|(name, _)| escape_invisible(name).into_owned())
            .collect();
        let more = authors.len().saturating_sub(named.len());
        let and = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        (!named.is_empty()).then(|| format!("the authors of the range ({}{and})", named.join(", ")))
    }
}

//! What of the database has to be looked at before going back: its downs, and a backup.

use super::Checks;
use model::fact_key;
use model::{CheckState, CoverageDomain, DownKind, DownState, MigrationChange};

impl Checks<'_> {
    pub(super) fn downs(&mut self) {
        let added: Vec<_> = self
            .assessment
            .migrations
            .iter()
            .filter(|migration| !matches!(migration.change, MigrationChange::Removed))
            .collect();
        if added.is_empty() {
            // that no migration was recognised is no proof that there is none
            match self.open_in(CoverageDomain::Schema) {
                None => self.add("downs", CheckState::Fine, "the range has no migration"),
                Some(open) => self.add(
                    "downs",
                    CheckState::Open,
                    format!(
                        "no migration was \
                    recognised; whether the schema changed was not looked at{open}"
                    ),
                ),
            };
            return;
        }
        let there = |states: &[Option<DownState>]| {
            let counted = added.iter().filter(|migration| {
                matches!(migration.down.kind, DownKind::Script | DownKind::Derivable)
                    && states.contains(&migration.down.state)
            });
            counted.count()
        };
        let unjudged = there(&[None]);
        let partial = there(&[Some(DownState::Incomplete)]);
        let good = unjudged + partial + there(&[Some(DownState::Complete)]);
        if good == added.len() && partial > 0 {
            let (previous, all) = (&self.assessment.previous.version, added.len());
            let says = format!(
                "{partial} of {all} ways down do not lead back to the whole schema of {}: see what \
                    they leave out before running them",
                previous
            );
            self.add("downs", CheckState::Wrong, says);
        } else if good == added.len() && unjudged > 0 {
            let says = format!(
                "{unjudged} of {} ways down could not be judged from their text: try them on a \
                    copy of the data first",
                added.len()
            );
            self.add("downs", CheckState::Open, says);
        } else if good == added.len() {
            let which = match good {
                1 => "the migration has a way down (it is".to_owned(),
                all => format!("all {all} migrations have a way down (they are"),
            };
            let says = format!("{which} in {})", self.assessment.current.version.shown());
            self.add("downs", CheckState::Fine, says);
        } else {
            let says = format!(
                "{} of {} migrations have no way down that works: the schema can only stay, or be \
                    restored",
                added.len() - good,
                added.len()
            );
            self.add("downs", CheckState::Wrong, says);
        }
    }

    pub(super) fn backup(&mut self) {
        let touched = !self.assessment.migrations.is_empty();
        match self
            .fact(fact_key::BACKUP_AGE_MINUTES)
            .and_then(|(fact, _)| fact.value.as_number())
        {
            Some(minutes) => {
                let says = format!(
                    "the last backup is {} old",
                    crate::explain::write_time_span(minutes)
                );
                self.add("backup", CheckState::Fine, says);
            }
            None if touched => {
                self.add(
                    "backup",
                    CheckState::Open,
                    "How old is the last backup that was tried?",
                );
            }
            None => {}
        }
    }
}

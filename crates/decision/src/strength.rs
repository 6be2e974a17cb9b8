//! How much the verdict holds: by enumeration of what open facts could still turn out to be.
//!
//! Facts that no live rule reads are dropped; the rest fall into groups that share no rule, so each
//! group is enumerated alone and only the different sums of groups are joined (see `joint`). Above
//! its bounds nothing is enumerated: the verdict is *open* then, which is sound.

use super::joint::Joint;
use super::space::Space;
use super::world::FactSlot;
use crate::checklist::Thresholds;
use model::Strength;

impl Space<'_> {
    /// Firm, close or open (see the design's section 6), and the joint behaviour of the weighty
    /// facts when it could be enumerated.
    pub(super) fn strength(&self, thresholds: &Thresholds) -> (Strength, Option<Joint>) {
        let Some(joint) = self.joint(&self.weighty) else {
            return (Strength::Open, None);
        };
        if !self.world.foreign.is_empty() || joint.other_option(self).is_none_or(|other| other) {
            return (Strength::Open, Some(joint));
        }
        let everything: Vec<FactSlot> = self.weighty.iter().chain(&self.small).copied().collect();
        let still = self
            .joint(&everything)
            .and_then(|joint| joint.other_option(self))
            == Some(false);
        let thin = self.outcome.by_margin
            && f64::from(self.sum.margin.abs()) < thresholds.firm_margin * 1000.0;
        // what is tried on a part is not known yet, nor is what an open point of the option itself
        // waits for
        let unproven = self.outcome.probe || self.outcome.deeper || !self.outcome.whole;
        (
            if still && !thin && !unproven {
                Strength::Firm
            } else {
                Strength::Close
            },
            Some(joint),
        )
    }
}

//! What all rules together say, and the verdict function of the design's section 6.

use super::DecisionContext;
use model::{Gate, Mode, OptionId, OptionState};

/// Bits of [`Sum::bits`].
pub(super) mod bit {
    pub(crate) const HARM: u16 = 1;
    pub(crate) const DEPLOYING: u16 = 2;
    pub(crate) const NOTHING: u16 = 4;
    pub(crate) const INCIDENT: u16 = 8;
    pub(crate) const NO_GO: u16 = 16;
    pub(crate) const RESTORE: u16 = 32;
    pub(crate) const FORWARD: u16 = 64;
    pub(crate) const HOLD: u16 = 128;
    pub(crate) const OPEN_ITEM: u16 = 256;
    /// The cause is to be found before anything is shipped or taken back.
    pub(crate) const CAUSE: u16 = 512;
    /// Nobody is hit, which alone is not enough to leave it.
    pub(crate) const QUIET: u16 = 1024;
}

/// How far an option that is cheaper than a deployment stands in the way of nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Ease {
    /// Nothing is in its way.
    Clear,
    /// It is tried on a part first: minutes, reversible, and it tells what is not known.
    Probe,
    /// Something else is in its way.
    Out,
}

/// What a set of rules contributes. Contributions are joined: bits by or, states by the worse,
/// weights by sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Sum {
    pub(super) bits: u16,
    pub(super) flag_off: Ease,
    pub(super) shift: Ease,
    pub(super) back: OptionState,
    pub(super) back_if: OptionState,
    /// Back minus forward, in thousandths.
    pub(super) margin: i32,
}

/// Nothing said.
pub(super) const NOTHING_SAID: Sum = Sum {
    bits: 0,
    flag_off: Ease::Clear,
    shift: Ease::Clear,
    back: OptionState::Cleared,
    back_if: OptionState::Cleared,
    margin: 0,
};

impl Sum {
    /// Both together.
    pub(super) fn join(self, other: Self) -> Self {
        Self {
            bits: self.bits | other.bits,
            flag_off: self.flag_off.max(other.flag_off),
            shift: self.shift.max(other.shift),
            back: self.back.max(other.back),
            back_if: self.back_if.max(other.back_if),
            margin: self.margin + other.margin,
        }
    }

    /// One number that differs for different sums.
    pub(super) fn packed(&self) -> u64 {
        let states = [
            self.flag_off as u64,
            self.shift as u64,
            self.back as u64,
            self.back_if as u64,
        ]
        .into_iter()
        .fold(0u64, |all, state| all << 2 | state);
        u64::from(self.bits) << 48 | states << 32 | u64::from(self.margin as u32)
    }

    /// Makes an option's state at least this bad. `probe`: what is in the way is settled by trying
    /// the option on a part.
    pub(super) fn worsen(&mut self, option: OptionId, state: OptionState, probe: bool) {
        let ease = match state {
            OptionState::Cleared => Ease::Clear,
            OptionState::Conditional | OptionState::NotCleared if probe => Ease::Probe,
            _ => Ease::Out,
        };
        let place = match option {
            OptionId::FlagOff => {
                self.flag_off = self.flag_off.max(ease);
                return;
            }
            OptionId::ShiftTraffic => {
                self.shift = self.shift.max(ease);
                return;
            }
            OptionId::RollBack => &mut self.back,
            OptionId::RollBackWithConditions => &mut self.back_if,
            _ => return,
        };
        *place = (*place).max(state);
    }

    /// The same verdict in fewer different forms: once both ways back are removed the margin is
    /// idle.
    pub(super) fn plain(mut self) -> Self {
        let removed = OptionState::Removed;
        if self.back == removed && self.back_if == removed {
            self.margin = 0;
        }
        self
    }
}

/// What follows from a sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct VerdictOutcome {
    pub(super) option: OptionId,
    pub(super) then: Option<OptionId>,
    /// The margin decided.
    pub(super) by_margin: bool,
    /// The option can be carried out or its conditions are all known.
    pub(super) settled: bool,
    /// So is what follows.
    pub(super) whole: bool,
    /// A gate rule decided.
    pub(super) by_gate: bool,
    /// It is tried on a part first.
    pub(super) probe: bool,
    /// What follows has something that follows itself.
    pub(super) deeper: bool,
}

impl VerdictOutcome {
    /// The option with what follows: two outcomes that differ in either are different verdicts.
    pub(super) fn pair(&self) -> (OptionId, Option<OptionId>) {
        (self.option, self.then)
    }
}

/// How the verdict function is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Course {
    deployment: bool,
    gate: Option<Gate>,
}

impl Course {
    pub(super) fn of(context: &DecisionContext) -> Self {
        Self {
            deployment: context.mode == Mode::Deployment,
            gate: context.gate,
        }
    }

    /// The gate whose rules are in force: in deployment mode, until an incident is stated. At the
    /// first gate they are in force in any mode, because nothing is out there that could be
    /// taken back.
    pub(super) fn gate(self) -> Option<Gate> {
        (self.deployment || self.gate == Some(Gate::Start))
            .then_some(self.gate.unwrap_or(Gate::Complete))
    }

    /// The verdict function.
    pub(super) fn verdict(self, sum: Sum) -> VerdictOutcome {
        let plain = |option| VerdictOutcome {
            option,
            then: None,
            by_margin: false,
            settled: true,
            whole: true,
            by_gate: false,
            probe: false,
            deeper: false,
        };
        // what follows is the verdict of the same situation once this one reason is dealt with
        let after = |bit: u16, option| {
            let next = self.verdict(Sum {
                bits: sum.bits & !bit,
                ..sum
            });
            VerdictOutcome {
                then: Some(next.option),
                whole: next.whole,
                by_margin: next.by_margin,
                probe: next.probe,
                deeper: next.then.is_some(),
                ..plain(option)
            }
        };
        // stopping what does damage stops the rollout that brings more of it
        if sum.bits & bit::HARM != 0 {
            return after(bit::HARM | bit::DEPLOYING, OptionId::StopHarm);
        }
        if sum.bits & bit::DEPLOYING != 0 {
            return after(bit::DEPLOYING, OptionId::Hold);
        }
        // nothing is out at the start, so nothing can be undone there
        if self.gate() == Some(Gate::Start) || self.deployment && sum.bits & bit::INCIDENT == 0 {
            let (option, settled) = decide_at_gate(sum.bits);
            return VerdictOutcome {
                settled,
                whole: settled,
                by_gate: true,
                ..plain(option)
            };
        }
        if sum.bits & bit::NOTHING != 0 {
            return plain(OptionId::Go);
        }
        // whatever keeps it from being left alone, nobody is hit: there is time, and what is done
        // about it is done at leisure
        if sum.bits & bit::QUIET != 0 {
            return after(bit::QUIET, OptionId::Hold);
        }
        // what needs no trial goes before what does, whichever of the two it is
        for ease in [Ease::Clear, Ease::Probe] {
            for (own, option) in [
                (sum.flag_off, OptionId::FlagOff),
                (sum.shift, OptionId::ShiftTraffic),
            ] {
                if own == ease {
                    return VerdictOutcome {
                        probe: ease == Ease::Probe,
                        ..plain(option)
                    };
                }
            }
        }
        // where nothing leads back, the fix that is left begins with finding the cause, too
        let removed = OptionState::Removed;
        if sum.back == removed && sum.back_if == removed {
            return plain(OptionId::RollForward);
        }
        if sum.bits & bit::CAUSE != 0 {
            return plain(OptionId::Hold);
        }
        if sum.margin > 0 && sum.back == OptionState::Cleared {
            return VerdictOutcome {
                by_margin: true,
                ..plain(OptionId::RollBack)
            };
        }
        if sum.margin > 0 && sum.back_if != removed {
            let settled = sum.back_if != OptionState::NotCleared;
            return VerdictOutcome {
                by_margin: true,
                settled,
                whole: settled,
                ..plain(OptionId::RollBackWithConditions)
            };
        }
        VerdictOutcome {
            by_margin: true,
            ..plain(OptionId::RollForward)
        }
    }
}

/// What a gate says by itself, and whether an open item cannot change it.
fn decide_at_gate(bits: u16) -> (OptionId, bool) {
    match bits {
        bits if bits & bit::NO_GO != 0 => (OptionId::NoGo, true),
        bits if bits & bit::RESTORE != 0 => (OptionId::Restore, true),
        bits if bits & bit::FORWARD != 0 => (OptionId::RollForward, true),
        bits if bits & bit::HOLD != 0 => (OptionId::Hold, true),
        bits if bits & bit::OPEN_ITEM != 0 => (OptionId::Hold, false),
        _ => (OptionId::Go, true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INCIDENT: Course = Course {
        deployment: false,
        gate: None,
    };
    const BLOCKED: Sum = Sum {
        flag_off: Ease::Out,
        shift: Ease::Out,
        ..NOTHING_SAID
    };

    #[test]
    fn cheaper_options_come_first() {
        assert_eq!(INCIDENT.verdict(NOTHING_SAID).option, OptionId::FlagOff);
        assert_eq!(
            INCIDENT
                .verdict(Sum {
                    flag_off: Ease::Out,
                    ..NOTHING_SAID
                })
                .option,
            OptionId::ShiftTraffic
        );
    }

    #[test]
    fn a_probe_comes_before_going_back_and_after_what_needs_none() {
        let untried = INCIDENT.verdict(Sum {
            flag_off: Ease::Probe,
            shift: Ease::Out,
            margin: 9000,
            ..NOTHING_SAID
        });
        assert_eq!((untried.option, untried.probe), (OptionId::FlagOff, true));
        let warm = INCIDENT.verdict(Sum {
            flag_off: Ease::Probe,
            ..NOTHING_SAID
        });
        assert_eq!((warm.option, warm.probe), (OptionId::ShiftTraffic, false));
    }

    #[test]
    fn quiet_is_held_and_an_unknown_cause_waits() {
        let quiet = INCIDENT.verdict(Sum {
            bits: bit::QUIET,
            margin: 500,
            ..BLOCKED
        });
        assert_eq!(
            (quiet.option, quiet.then),
            (OptionId::Hold, Some(OptionId::RollBack))
        );
        assert_eq!(
            INCIDENT
                .verdict(Sum {
                    bits: bit::CAUSE,
                    margin: 9000,
                    ..BLOCKED
                })
                .option,
            OptionId::Hold
        );
        assert_eq!(
            INCIDENT
                .verdict(Sum {
                    bits: bit::CAUSE,
                    ..NOTHING_SAID
                })
                .option,
            OptionId::FlagOff
        );
        let nothing_leads_back = Sum {
            bits: bit::CAUSE,
            back: OptionState::Removed,
            back_if: OptionState::Removed,
            ..BLOCKED
        };
        assert_eq!(
            INCIDENT.verdict(nothing_leads_back).option,
            OptionId::RollForward
        );
    }

    #[test]
    fn the_margin_ranks_what_blockers_left() {
        assert_eq!(
            INCIDENT
                .verdict(Sum {
                    margin: 500,
                    ..BLOCKED
                })
                .option,
            OptionId::RollBack
        );
        assert_eq!(
            INCIDENT
                .verdict(Sum {
                    margin: 0,
                    ..BLOCKED
                })
                .option,
            OptionId::RollForward
        );
        assert_eq!(
            INCIDENT
                .verdict(Sum {
                    margin: 500,
                    back: OptionState::NotCleared,
                    ..BLOCKED
                })
                .option,
            OptionId::RollBackWithConditions
        );
        let removed = Sum {
            margin: 9000,
            back: OptionState::Removed,
            back_if: OptionState::Removed,
            ..BLOCKED
        };
        assert_eq!(INCIDENT.verdict(removed).option, OptionId::RollForward);
    }

    #[test]
    fn harm_is_stopped_first_and_what_follows_is_said() {
        let outcome = INCIDENT.verdict(Sum {
            bits: bit::HARM | bit::DEPLOYING,
            ..BLOCKED
        });
        assert_eq!(
            (outcome.option, outcome.then),
            (OptionId::StopHarm, Some(OptionId::RollForward))
        );
    }

    #[test]
    fn gates_are_passed_only_without_open_items() {
        let gate = Course {
            deployment: true,
            gate: Some(Gate::Backend),
        };
        assert_eq!(gate.verdict(BLOCKED).option, OptionId::Go);
        assert_eq!(
            gate.verdict(Sum {
                bits: bit::OPEN_ITEM,
                ..BLOCKED
            })
            .option,
            OptionId::Hold
        );
        assert_eq!(
            gate.verdict(Sum {
                bits: bit::INCIDENT,
                ..BLOCKED
            })
            .option,
            OptionId::RollForward
        );
        let start = Course {
            deployment: true,
            gate: Some(Gate::Start),
        };
        assert_eq!(
            start
                .verdict(Sum {
                    bits: bit::INCIDENT | bit::HOLD,
                    margin: 9000,
                    ..BLOCKED
                })
                .option,
            OptionId::Hold
        );
        let in_an_incident = Course {
            deployment: false,
            ..start
        };
        assert_eq!(
            in_an_incident
                .verdict(Sum {
                    bits: bit::INCIDENT | bit::HOLD,
                    margin: 9000,
                    ..BLOCKED
                })
                .option,
            OptionId::Hold
        );
    }
}

//! Deployment mode as Octopus' step template *Calculate Deployment Mode* finds it: release numbers
//! only, compared in four parts.

/// What a deployment is, seen from the environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DeploymentMode {
    /// A higher number than the one that is there.
    Deploy,
    /// A lower one.
    Rollback,
    /// The same.
    Redeploy,
}

impl DeploymentMode {
    /// The word the step template writes.
    pub fn word(self) -> &'static str {
        match self {
            Self::Deploy => "Deploy",
            Self::Rollback => "Rollback",
            Self::Redeploy => "Redeploy",
        }
    }

    /// The mode of a word in either spelling (`Deploy`, `Deployment`, `Redeployment`), without
    /// case.
    pub fn of(word: &str) -> Option<Self> {
        match word.trim().to_ascii_lowercase().as_str() {
            "deploy" | "deployment" => Some(Self::Deploy),
            "rollback" => Some(Self::Rollback),
            "redeploy" | "redeployment" => Some(Self::Redeploy),
            _ => None,
        }
    }
}

/// The highest part that differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum VersionChange {
    /// None.
    Identical,
    /// The first.
    Major,
    /// The second.
    Minor,
    /// The third.
    Build,
    /// The fourth.
    Revision,
}

/// The mode and what may surprise about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModeReport {
    /// `None` when a number cannot be compared: the template fails there.
    pub mode: Option<DeploymentMode>,
    /// Which part differs.
    pub change: Option<VersionChange>,
    /// One sentence each.
    pub quirks: Vec<String>,
}

/// Compares the release that is in the environment with the one to be deployed. `live` is `None` on
/// the first deployment there.
pub fn compare_deployed_release(live: Option<&str>, deploying: &str) -> ModeReport {
    let mut quirks = Vec::new();
    let Some(live) = live.filter(|live| !live.trim().is_empty()) else {
        quirks.push(
            "nothing was deployed to this environment before, so there is no number to \
            compare with"
                .to_owned(),
        );
        // no number is there to be lower than: the template calls the first one a deployment
        return ModeReport {
            mode: Some(DeploymentMode::Deploy),
            change: None,
            quirks,
        };
    };
    let (Some(old), Some(new)) = (parse_dotnet_version(live), parse_dotnet_version(deploying))
    else {
        let odd = if parse_dotnet_version(live).is_none() {
            live
        } else {
            deploying
        };
        quirks.push(format!(
            "{} has not two to four numbers, so the step that calculates the mode fails",
            super::sanitize_state_text(odd)
        ));
        return ModeReport {
            mode: None,
            change: None,
            quirks,
        };
    };
    let change = match (0..4).find(|&part| old[part] != new[part]) {
        None => VersionChange::Identical,
        Some(0) => VersionChange::Major,
        Some(1) => VersionChange::Minor,
        Some(2) => VersionChange::Build,
        Some(_) => VersionChange::Revision,
    };
    let mode = match new.cmp(&old) {
        std::cmp::Ordering::Greater => DeploymentMode::Deploy,
        std::cmp::Ordering::Less => DeploymentMode::Rollback,
        std::cmp::Ordering::Equal => DeploymentMode::Redeploy,
    };
    // text decides after the numbers are equal: `1.2.3-rc1` and `1.2.3` are one number
    let (live, deploying) = (live.trim(), deploying.trim());
    if mode == DeploymentMode::Redeploy && live != deploying {
        quirks.push(format!(
            "everything after the first hyphen is cut, so {} counts as a redeployment of {}",
            super::sanitize_state_text(deploying),
            super::sanitize_state_text(live)
        ));
    }
    // `1.2` and `1.2.0` are the same to a person and not to `System.Version`
    let differs_in_length = old.iter().zip(&new).any(|(a, b)| (*a < 0) != (*b < 0));
    if differs_in_length && old.iter().zip(&new).all(|(a, b)| *a.max(&0) == *b.max(&0)) {
        quirks.push(format!(
            "a missing part counts below zero, so {} and {} are not the same",
            super::sanitize_state_text(live),
            super::sanitize_state_text(deploying)
        ));
    }
    ModeReport {
        mode: Some(mode),
        change: Some(change),
        quirks,
    }
}

/// Two to four numbers as .NET's `System.Version` reads them; a missing part is -1.
fn parse_dotnet_version(version: &str) -> Option<[i64; 4]> {
    // the template cuts there, so a build tag never takes part
    let core = version.trim().split('-').next().unwrap_or_default();
    let mut parts = [-1; 4];
    let mut count = 0;
    for text in core.split('.') {
        *parts.get_mut(count)? = text
            .trim()
            // .NET's parts are signed and of 32 bits, so a stamp such as 20260203101112 fails
            .parse::<i32>()
            .ok()
            .filter(|number| *number >= 0)?
            .into();
        count += 1;
    }
    // one number alone is no `System.Version`
    (count >= 2).then_some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lower_equal_higher() {
        assert_eq!(
            compare_deployed_release(Some("1.1.21"), "1.1.20").mode,
            Some(DeploymentMode::Rollback)
        );
        assert_eq!(
            compare_deployed_release(Some("1.1.20"), "1.1.21").mode,
            Some(DeploymentMode::Deploy)
        );
        assert_eq!(
            compare_deployed_release(Some("1.9.0"), "1.10.0").mode,
            Some(DeploymentMode::Deploy)
        );
        assert_eq!(
            compare_deployed_release(Some("1.1.20"), "1.1.20").mode,
            Some(DeploymentMode::Redeploy)
        );
        assert_eq!(
            compare_deployed_release(Some("1.1.20.3"), "1.1.20.4").change,
            Some(VersionChange::Revision)
        );
        assert!(
            compare_deployed_release(Some("1.1.20"), "1.1.21")
                .quirks
                .is_empty()
        );
    }

    #[test]
    fn quirks_have_names() {
        let cut = compare_deployed_release(Some("2.0.0-rc1"), "2.0.0-rc2");
        assert_eq!(cut.mode, Some(DeploymentMode::Redeploy));
        assert!(cut.quirks[0].contains("hyphen"));
        let short = compare_deployed_release(Some("1.0"), "1.0.0");
        assert_eq!(short.mode, Some(DeploymentMode::Deploy));
        assert!(short.quirks[0].contains("missing part"));
        for odd in ["v1.2.3", "7", "2024.1.2.3.4", "main", ""] {
            assert_eq!(
                compare_deployed_release(Some("1.0.0"), odd).mode,
                None,
                "{odd}"
            );
        }
        assert_eq!(
            compare_deployed_release(None, "1.0.0").mode,
            Some(DeploymentMode::Deploy)
        );
    }

    proptest! {
        #[test]
        fn going_back_is_the_reverse_of_going_forward(a in "[0-9]{1,3}(\\.[0-9]{1,3}){1,3}", b in "[0-9]{1,3}(\\.[0-9]{1,3}){1,3}") {
            let reverse = match compare_deployed_release(Some(&a), &b).mode {
                Some(DeploymentMode::Deploy) => Some(DeploymentMode::Rollback),
                Some(DeploymentMode::Rollback) => Some(DeploymentMode::Deploy),
                other => other,
            };
            prop_assert_eq!(compare_deployed_release(Some(&b), &a).mode, reverse);
        }

        #[test]
        fn no_text_makes_it_fail(a in ".{0,30}", b in ".{0,30}") {
            let _ = compare_deployed_release(Some(&a), &b);
        }
    }
}

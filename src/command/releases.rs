//! `backout releases`: releases in order, and how they were found.

use std::fmt::Write;
use std::process::ExitCode;

use anyhow::Result;

use super::cli::{Common, ReleasesArgs};
use crate::model::{Untrusted, escape_invisible};
use crate::repository::{ReleaseOptions, Repository};

/// Runs it.
pub fn run_releases(common: &Common, args: &ReleasesArgs) -> Result<ExitCode> {
    let repository = Repository::open(&common.repo)?;
    let options = ReleaseOptions {
        tag_pattern: common.tag_pattern.clone(),
        service: common.service.clone(),
    };
    let found = repository.releases(&options)?;
    let mut out = String::new();
    let mut schemes: Vec<&str> = found
        .releases
        .iter()
        .map(|release| release.scheme.as_str())
        .collect();
    schemes.dedup();
    let width = found
        .releases
        .iter()
        .map(|release| release.version.shown().chars().count())
        .max()
        .unwrap_or(0)
        .min(40);
    for scheme in schemes {
        let line: Vec<_> = found
            .releases
            .iter()
            .filter(|release| release.scheme == scheme)
            .collect();
        let name = if scheme.is_empty() {
            "versions without a prefix".to_owned()
        } else {
            format!("{scheme}*")
        };
        let _ = writeln!(out, "{}  {} releases", escape_invisible(&name), line.len());
        let shown = if args.limit == 0 {
            line.len()
        } else {
            args.limit.min(line.len())
        };
        for release in &line[..shown] {
            let time = release
                .time
                .map(|at| at.strftime("%Y-%m-%d %H:%M").to_string())
                .unwrap_or_default();
            let short = release.commit.get(..10).unwrap_or(&release.commit);
            let mark = if release.prerelease {
                "  pre-release"
            } else {
                ""
            };
            let _ = writeln!(
                out,
                "  {:width$}  {time:16}  {short}  {}{mark}",
                release.version.shown(),
                release.tag.as_ref().map_or("".into(), Untrusted::shown)
            );
        }
        if shown < line.len() {
            let _ = writeln!(
                out,
                "  and {} older; --limit 0 shows all",
                line.len() - shown
            );
        }
        out.push('\n');
    }
    for note in &found.notes {
        let _ = writeln!(out, "{}", escape_invisible(note));
    }
    if !found.skipped.is_empty() {
        let _ = writeln!(
            out,
            "{} tags are not releases{}",
            found.skipped.len(),
            if args.skipped {
                ":"
            } else {
                "; --skipped lists them"
            }
        );
        for (tag, why) in found.skipped.iter().filter(|_| args.skipped) {
            let _ = writeln!(
                out,
                "  {}  {}",
                escape_invisible(tag),
                escape_invisible(why)
            );
        }
    }
    super::print_output(&out)
}

//! Scripts of packages, inside the description of one of RPM and beside that of Debian: they run on the machine when the package is
//! installed, raised or removed, and what they did to data stays done when the older one is back.
//!
//! No library reads these descriptions; where a section begins is all that is needed.

use super::scan::Scanner;
use super::standing_row::{DomainStandings, build_open_standing};
use super::{DomainStanding, STAYS_OPEN};
use model::{CoverageDomain as D, FileChange};
use std::collections::HashSet;

const WHY: &str = "a command that runs when the package is installed or removed changed, and what it does to data stays done when the older package is back";

/// Sections whose lines run on the machine.
const SCRIPTS: [&str; 11] = [
    "%pre",
    "%post",
    "%preun",
    "%postun",
    "%pretrans",
    "%posttrans",
    "%preuntrans",
    "%postuntrans",
    "%triggerin",
    "%triggerun",
    "%triggerpostun",
];

/// Sections whose lines do not.
const OTHERS: [&str; 13] = [
    "%description",
    "%prep",
    "%generate_buildrequires",
    "%conf",
    "%build",
    "%install",
    "%check",
    "%clean",
    "%files",
    "%changelog",
    "%package",
    "%sourcelist",
    "%patchlist",
];

/// First words of lines that keep no data elsewhere: services, caches, users, the flow of a shell.
const HARMLESS: [&str; 26] = [
    "systemctl",
    "service",
    "ldconfig",
    "/sbin/ldconfig",
    "/usr/sbin/ldconfig",
    "getent",
    "useradd",
    "groupadd",
    "usermod",
    "glib-compile-schemas",
    "gtk-update-icon-cache",
    "update-desktop-database",
    "update-mime-database",
    "fc-cache",
    "udevadm",
    "restorecon",
    "echo",
    "exit",
    "if",
    "then",
    "else",
    "fi",
    "true",
    ":",
    "set",
    "done",
];

impl Scanner<'_> {
    /// Opens a description of a package in which what runs on the machine changed.
    pub(super) fn note_package_scripts(&mut self, change: &FileChange, row: &mut DomainStandings) {
        let of_debian = is_debian_script(&change.path);
        if !of_debian && !change.path.to_ascii_lowercase().ends_with(".spec") {
            return;
        }
        let Ok((old, new)) = self.read(change) else {
            return;
        };
        let before = list_commands(old.as_deref().unwrap_or_default(), of_debian);
        let after = list_commands(new.as_deref().unwrap_or_default(), of_debian);
        let was: HashSet<&str> = before.iter().map(|(_, line)| *line).collect();
        let is: HashSet<&str> = after.iter().map(|(_, line)| *line).collect();
        let fresh = after.iter().find(|(_, line)| !was.contains(*line));
        if fresh.is_none() && before.iter().all(|(_, line)| is.contains(*line)) {
            return;
        }
        for domain in [D::Infrastructure, D::StoredForm] {
            let standing = &mut row[domain.index()];
            if !matches!(standing, DomainStanding::Open(mark) if mark.rank <= STAYS_OPEN) {
                *standing = build_open_standing(STAYS_OPEN, fresh.map(|(line, _)| *line), WHY);
            }
        }
    }
}

/// `debian/postinst`, `debian/shop.prerm`: a script as a whole.
fn is_debian_script(path: &str) -> bool {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let kind = name.rsplit('.').next().unwrap_or(name);
    let of_package = folder
        .split('/')
        .any(|part| matches!(part, "debian" | "DEBIAN"));
    of_package && matches!(kind, "postinst" | "preinst" | "prerm" | "postrm")
}

/// Lines of scripts that may do something to data, with their numbers; in a description of a
/// package (not `whole`) those of its sections that run.
fn list_commands(text: &str, whole: bool) -> Vec<(usize, &str)> {
    let mut runs = whole;
    let mut found = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let line = line.trim();
        let first = line.split_whitespace().next().unwrap_or_default();
        if whole {
            if may_change_data(line, first) {
                found.push((at + 1, line));
            }
        } else if SCRIPTS.contains(&first) || first.starts_with("%filetrigger") {
            runs = true;
        } else if OTHERS.contains(&first) {
            runs = false;
        } else if runs && may_change_data(line, first) {
            found.push((at + 1, line));
        }
    }
    found
}

fn may_change_data(line: &str, first: &str) -> bool {
    let service = [
        "%systemd_",
        "%service_",
        "%sysusers_",
        "%tmpfiles_",
        "%ldconfig",
    ]
    .iter()
    .any(|start| first.starts_with(start));
    let more = ["&&", "||", ";", "|", "$("]
        .iter()
        .any(|sign| line.contains(sign));
    line.contains(char::is_alphanumeric)
        && !line.starts_with('#')
        && (more || !service && !HARMLESS.contains(&first))
}

#[cfg(test)]
mod tests {
    use super::super::tests::one;
    use super::*;

    const OLD: &str =
        "Name: shop\n\n%install\nmv a b\n\n%post\nsystemctl restart shop\n\n%changelog\n- first\n";

    #[test]
    fn what_runs_on_installation_is_open() {
        for new in [
            OLD.replace("%post\n", "%post\nmv /var/lib/shop/a /var/lib/shop/b\n"),
            OLD.replace(
                "%changelog",
                "%posttrans -p <lua>\nos.rename(\"a\", \"b\")\n\n%changelog",
            ),
            OLD.replace(
                "systemctl restart",
                "[ -d /a ] && mv /a /b; systemctl restart",
            ),
        ] {
            let found = one("a.spec", OLD, &new, D::StoredForm);
            assert!(found.starts_with("open:"), "{new}: {found}");
        }
        let old = "#!/bin/sh\nset -e\nsystemctl restart shop\n";
        let new = old.replace("systemctl", "mv /srv/a /srv/b\nsystemctl");
        let found = one("debian/postinst", old, &new, D::Infrastructure);
        assert_eq!(found, "open:3");
        let found = one(
            "debian/shop.postinst",
            old,
            &old.replace("restart", "start"),
            D::Infrastructure,
        );
        assert!(!found.starts_with("open"), "{found}");
    }

    #[test]
    fn what_builds_or_says_something_keeps_nothing() {
        for new in [
            OLD.replace("- first", "- second\n- mv /a /b"),
            OLD.replace("mv a b", "install -D c d"),
            OLD.replace("restart", "try-restart"),
            OLD.replace("%post\n", "%post\n%systemd_post shop.service\n# mv /a /b\n"),
        ] {
            assert_eq!(
                list_commands(OLD, false),
                list_commands(&new, false),
                "{new}"
            );
        }
    }
}

//! Where a repository's commits and pull requests are seen in a browser, told from the address of
//! its remote. A remote's address is written by whoever owns the clone: only checked parts of it
//! come into an address, and a name or a password in it never does.

/// What kind of forge, which decides how its addresses are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ForgeKind {
    /// GitHub, and its enterprise server.
    GitHub,
    /// GitLab.
    GitLab,
    /// bitbucket.org; its server has other addresses and is not known here.
    Bitbucket,
    /// Gitea, Forgejo, Codeberg.
    Gitea,
}

/// A forge that holds the repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forge {
    kind: ForgeKind,
    /// `https://host/owner/name`.
    base: String,
}

impl Forge {
    /// From a remote's address; `None` where the forge is not known or a part of the address is
    /// not what such addresses are made of.
    pub fn from_remote(address: &str) -> Option<Self> {
        if address.len() > 500 {
            return None;
        }
        let (host, path) = split_remote(address)?;
        let host = match host.to_ascii_lowercase().as_str() {
            // where ssh goes through the port of https
            "ssh.github.com" => "github.com".to_owned(),
            "altssh.gitlab.com" => "gitlab.com".to_owned(),
            "altssh.bitbucket.org" => "bitbucket.org".to_owned(),
            other => other.to_owned(),
        };
        let kind = recognize_host(&host)?;
        let path = path.trim_matches('/');
        let path = path.strip_suffix(".git").unwrap_or(path);
        let parts: Vec<&str> = path.split('/').collect();
        let most = if kind == ForgeKind::GitLab { 20 } else { 2 };
        if !(2..=most).contains(&parts.len()) || !parts.iter().all(|part| is_path_part(part)) {
            return None;
        }
        Some(Self {
            kind,
            base: format!("https://{host}/{}", parts.join("/")),
        })
    }

    /// The address of a commit; `None` where the id is none.
    pub fn commit_address(&self, commit: &str) -> Option<String> {
        if !(7..=64).contains(&commit.len()) || !commit.bytes().all(|byte| byte.is_ascii_hexdigit())
        {
            return None;
        }
        let way = match self.kind {
            ForgeKind::GitHub | ForgeKind::Gitea => "commit",
            ForgeKind::GitLab => "-/commit",
            ForgeKind::Bitbucket => "commits",
        };
        Some(format!("{}/{way}/{commit}", self.base))
    }

    /// The address of a pull or merge request.
    pub fn pull_request_address(&self, number: u64) -> String {
        let way = match self.kind {
            ForgeKind::GitHub => "pull",
            ForgeKind::GitLab => "-/merge_requests",
            ForgeKind::Bitbucket => "pull-requests",
            ForgeKind::Gitea => "pulls",
        };
        format!("{}/{way}/{number}", self.base)
    }
}

/// Host and path: of `https://host/path`, `ssh://name@host:22/path` and `name@host:path`.
fn split_remote(address: &str) -> Option<(&str, &str)> {
    if let Some((scheme, rest)) = address.split_once("://") {
        let (authority, path) = rest.split_once('/')?;
        let place = authority.rsplit('@').next()?;
        let (host, port) = place.split_once(':').unwrap_or((place, ""));
        let known = match scheme {
            "ssh" | "git" | "git+ssh" => true,
            // at another port another program may answer
            "https" | "http" => matches!(port, "" | "443" | "80"),
            _ => false,
        };
        return known.then_some((host, path));
    }
    let (place, path) = address.split_once(':')?;
    if place.contains('/') || path.starts_with("//") {
        return None;
    }
    Some((place.rsplit('@').next()?, path))
}

/// By a part of the host's name: `github.com`, `gitlab.example.org`.
fn recognize_host(host: &str) -> Option<ForgeKind> {
    let letters = |part: &str| {
        !part.is_empty()
            && !part.starts_with('-')
            && part
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    let parts: Vec<&str> = host.split('.').collect();
    if parts.len() < 2 || host.len() > 253 || !parts.iter().all(|part| letters(part)) {
        return None;
    }
    if host == "bitbucket.org" {
        return Some(ForgeKind::Bitbucket);
    }
    parts.iter().find_map(|part| match *part {
        "github" => Some(ForgeKind::GitHub),
        "gitlab" => Some(ForgeKind::GitLab),
        "gitea" | "forgejo" | "codeberg" => Some(ForgeKind::Gitea),
        _ => None,
    })
}

fn is_path_part(part: &str) -> bool {
    !part.is_empty()
        && part.len() <= 100
        && !matches!(part, "." | "..")
        && part
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._-~".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn commit(remote: &str) -> Option<String> {
        Forge::from_remote(remote)?.commit_address("abcdef0123")
    }

    #[test]
    fn remotes_of_the_known_forges_lead_to_their_pages() {
        for (remote, page) in [
            (
                "https://github.com/acme/shop.git",
                "https://github.com/acme/shop/commit/abcdef0123",
            ),
            (
                "git@gitlab.example.org:team/sub/shop.git",
                "https://gitlab.example.org/team/sub/shop/-/commit/abcdef0123",
            ),
            (
                "ssh://git@altssh.bitbucket.org:443/acme/shop",
                "https://bitbucket.org/acme/shop/commits/abcdef0123",
            ),
            (
                "https://codeberg.org/acme/shop/",
                "https://codeberg.org/acme/shop/commit/abcdef0123",
            ),
            (
                "https://me:secret@github.com/acme/shop",
                "https://github.com/acme/shop/commit/abcdef0123",
            ),
        ] {
            assert_eq!(commit(remote).as_deref(), Some(page), "{remote}");
        }
        let pull = |remote: &str| Forge::from_remote(remote).unwrap().pull_request_address(7);
        assert_eq!(
            pull("https://gitea.example.org/a/b"),
            "https://gitea.example.org/a/b/pulls/7"
        );
        assert_eq!(
            pull("git@gitlab.com:a/b.git"),
            "https://gitlab.com/a/b/-/merge_requests/7"
        );
    }

    #[test]
    fn other_addresses_lead_nowhere() {
        for remote in [
            "",
            "/srv/git/shop.git",
            "../shop",
            "file:///srv/github.com/a/b",
            "C:/work/github.com/a/b",
            "https://example.org/a/b",
            "https://github.com/a",
            "https://github.com/a/../b",
            "https://github.com/a/b;rm",
            "https://github.com/a/b c",
            "https://github.com:8443/a/b",
            "https://github.com\u{202e}/a/b",
            "https://git\"hub.com/a/b",
            "-oProxyCommand=x@github.com:a/$(x)",
        ] {
            assert_eq!(commit(remote), None, "{remote}");
        }
        let forge = Forge::from_remote("https://github.com/a/b").unwrap();
        assert!(forge.commit_address("abc").is_none());
        assert!(forge.commit_address("abcdef0123/../x").is_none());
    }

    proptest::proptest! {
        #[test]
        fn an_address_is_made_of_plain_signs(text in ".{0,60}") {
            for remote in [text.clone(), format!("https://github.com/{text}"), format!("git@gitlab.com:{text}")] {
                if let Some(page) = commit(&remote) {
                    proptest::prop_assert!(page.starts_with("https://"));
                    proptest::prop_assert!(page.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/:._-~".contains(&byte)));
                }
            }
        }
    }
}

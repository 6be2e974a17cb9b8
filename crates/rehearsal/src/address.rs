//! Addresses of databases. A password is kept apart, and is in no text that is made from them.

use crate::fault::RehearsalFault;

/// Which database it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EngineKind {
    /// SQLite.
    Sqlite,
    /// PostgreSQL.
    Postgres,
    /// MySQL and MariaDB.
    MySql,
}

impl EngineKind {
    /// In sentences.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
            Self::MySql => "MySQL",
        }
    }

    /// As the model calls the family.
    pub fn dialect(self) -> model::Dialect {
        match self {
            Self::Sqlite => model::Dialect::Sqlite,
            Self::Postgres => model::Dialect::Postgres,
            Self::MySql => model::Dialect::MySql,
        }
    }
}

/// An address as it was given.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseAddress {
    kind: EngineKind,
    given: String,
    shown: String,
    original: String,
}

impl std::fmt::Debug for DatabaseAddress {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_tuple("DatabaseAddress")
            .field(&self.shown)
            .finish()
    }
}

impl DatabaseAddress {
    /// Reads an address: a URL, `sqlite:FILE`, or the words of libpq (`host=… dbname=…`).
    ///
    /// # Errors
    /// Where it names no database that is known. The text of the error holds no password.
    pub fn parse(text: &str) -> Result<Self, RehearsalFault> {
        let text = text.trim();
        let wrong = |why: &str| Err(RehearsalFault::Address(why.to_owned()));
        let Some((scheme, rest)) = text.split_once(':') else {
            if text.contains("host=") || text.contains("dbname=") {
                return Ok(Self {
                    kind: EngineKind::Postgres,
                    given: text.to_owned(),
                    shown: hide_password_word(text),
                    original: text.to_owned(),
                });
            }
            return wrong("it has no scheme");
        };
        let kind = match scheme.to_ascii_lowercase().as_str() {
            "postgres" | "postgresql" => EngineKind::Postgres,
            "mysql" | "mariadb" | "mysql2" => EngineKind::MySql,
            "sqlite" | "sqlite3" | "file" => EngineKind::Sqlite,
            _ if text.contains("host=") || text.contains("dbname=") => {
                return Ok(Self {
                    kind: EngineKind::Postgres,
                    given: text.to_owned(),
                    shown: hide_password_word(text),
                    original: text.to_owned(),
                });
            }
            other if other.len() < 20 && other.chars().all(|c| c.is_ascii_alphanumeric()) => {
                return wrong(&format!("the scheme {other} is not known"));
            }
            _ => return wrong("it has no scheme"),
        };
        if kind == EngineKind::Sqlite {
            let path = rest.strip_prefix("//").unwrap_or(rest);
            let path = path.split('?').next().unwrap_or_default();
            if path.is_empty() {
                return wrong("it names no file");
            }
            return Ok(Self {
                kind,
                given: path.to_owned(),
                shown: format!("sqlite:{path}"),
                original: text.to_owned(),
            });
        }
        if !rest.starts_with("//") {
            return wrong("behind the scheme stands ://");
        }
        Ok(Self {
            kind,
            given: text.to_owned(),
            shown: hide_password(text),
            original: text.to_owned(),
        })
    }

    /// Which database it is.
    pub fn kind(&self) -> EngineKind {
        self.kind
    }

    /// The word of the address that asks for encryption, which no driver here does.
    pub fn find_encryption_word(&self) -> Option<String> {
        let words = self.given.split(['?', '&', ' ']).skip(1);
        let all = words.filter_map(|word| word.split_once('='));
        all.map(|(key, value)| (key.to_ascii_lowercase(), value.to_ascii_lowercase()))
            .find(|(key, value)| {
                let value = value.trim_matches('\'').replace('_', "-");
                match key.replace('_', "-").as_str() {
                    "sslmode" | "ssl-mode" => !matches!(
                        value.as_str(),
                        "disable" | "disabled" | "allow" | "prefer" | "preferred" | ""
                    ),
                    "ssl" | "tls" | "require-ssl" | "usessl" | "requiressl" | "verify-ca"
                    | "verify-identity" => !matches!(value.as_str(), "false" | "0" | "no" | "off"),
                    "sslrootcert" | "sslcert" | "sslkey" | "ssl-ca" | "ssl-cert" | "ssl-key" => {
                        true
                    }
                    _ => false,
                }
            })
            .map(|(key, _)| key)
    }

    /// The host, where it is another machine.
    pub fn remote_host(&self) -> Option<String> {
        if self.kind == EngineKind::Sqlite {
            return None;
        }
        let words: Vec<&str> = self.given.split(['?', '&', ' ']).collect();
        let named = words.iter().find_map(|word| {
            let (key, value) = word.split_once('=')?;
            matches!(key, "host" | "hostaddr" | "socket").then_some(value.trim_matches('\''))
        });
        let in_url = find_authority(&self.given).map(|(start, end)| {
            let authority = &self.given[start..end];
            let host = authority.rsplit('@').next().unwrap_or_default();
            match host.strip_prefix('[') {
                Some(rest) => rest.split(']').next().unwrap_or_default(),
                None => host.split(':').next().unwrap_or_default(),
            }
        });
        let host = named.or(in_url)?;
        // a path is a socket, `%2F` at its beginning too
        let here = host.is_empty()
            || host.starts_with(['/', '@', '%'])
            || host.eq_ignore_ascii_case("localhost")
            || host == "::1"
            || host.starts_with("127.");
        (!here).then(|| model::escape_invisible(host).into_owned())
    }

    /// Without a password, for people and records.
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// Whole, for drivers.
    pub fn whole(&self) -> &str {
        &self.given
    }

    /// As it was given, for commands that are told by the environment.
    pub fn original(&self) -> &str {
        &self.original
    }

    /// It cannot be reached; what the driver says is told without passwords.
    pub fn tell_unreachable(&self, why: &str) -> RehearsalFault {
        RehearsalFault::Unreachable {
            address: self.shown.clone(),
            why: self.hide_in(why),
        }
    }

    /// A text without the passwords of this address: what a driver says may repeat them.
    pub fn hide_in(&self, text: &str) -> String {
        let mut out = text.to_owned();
        for secret in list_passwords(&self.given) {
            if secret.len() > 2 {
                out = out.replace(&secret, "…");
            }
        }
        out
    }
}

/// The part between the scheme and the path.
fn find_authority(url: &str) -> Option<(usize, usize)> {
    let start = url.find("://")? + 3;
    let end = url[start..]
        .find(['/', '?', '#'])
        .map_or(url.len(), |end| start + end);
    Some((start, end))
}

fn list_passwords(given: &str) -> Vec<String> {
    let mut out = Vec::new();
    if let Some((start, end)) = find_authority(given)
        && let Some((user, _)) = given[start..end].rsplit_once('@')
        && let Some((_, password)) = user.split_once(':')
    {
        out.push(password.to_owned());
    }
    for sign in ["password=", "sslpassword="] {
        out.extend(given.match_indices(sign).map(|(at, _)| {
            let rest = &given[at + sign.len()..];
            let rest = rest.strip_prefix('\'').unwrap_or(rest);
            rest.split([' ', '&', '\''])
                .next()
                .unwrap_or_default()
                .to_owned()
        }));
    }
    out
}

fn hide_password(url: &str) -> String {
    let Some((start, end)) = find_authority(url) else {
        return url.to_owned();
    };
    let authority = &url[start..end];
    let shown = match authority.rsplit_once('@') {
        Some((user, host)) => {
            let user = user.split(':').next().unwrap_or_default();
            format!("{user}@{host}")
        }
        None => authority.to_owned(),
    };
    // what stands behind the name of the database may hold a password too
    let rest = url[end..].split(['?', '#']).next().unwrap_or_default();
    format!("{}{shown}{rest}", &url[..start])
}

fn hide_password_word(words: &str) -> String {
    let kept = words.split_whitespace().filter(|word| {
        ["host=", "port=", "dbname=", "user="]
            .iter()
            .any(|key| word.starts_with(key))
    });
    kept.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_in_no_text() {
        for given in [
            "postgres://ann:se:cret@db.example:5433/shop?sslmode=disable&password=secret2",
            "mysql://ann:secret@db.example/shop",
            "host=db.example user=ann password=secret dbname=shop",
        ] {
            let address = DatabaseAddress::parse(given).expect("an address");
            assert!(!address.shown().contains("cret"), "{}", address.shown());
            assert!(!format!("{address:?}").contains("cret"));
            assert!(!address.hide_in(given).contains("cret"), "{given}");
            assert!(address.shown().contains("db.example"));
        }
    }

    #[test]
    fn what_asks_for_encryption_is_found() {
        for (given, word) in [
            ("postgres://h/x?sslmode=require", Some("sslmode")),
            ("postgres://h/x?a=b&sslmode=verify-full", Some("sslmode")),
            ("host=h dbname=x sslmode='verify-ca'", Some("sslmode")),
            ("mysql://h/x?require_ssl=true", Some("require_ssl")),
            ("mysql://h/x?ssl-mode=REQUIRED", Some("ssl-mode")),
            ("postgres://h/x?sslrootcert=/a", Some("sslrootcert")),
            ("postgres://h/x?sslmode=prefer", None),
            ("postgres://h/x?sslmode=disable", None),
            ("mysql://h/x?ssl=false", None),
            ("postgres://ssl:ssl@h/ssl", None),
        ] {
            let address = DatabaseAddress::parse(given).expect("an address");
            assert_eq!(address.find_encryption_word().as_deref(), word, "{given}");
        }
    }

    #[test]
    fn another_machine_is_told_from_this_one() {
        for (given, host) in [
            ("postgres://ann@db.example:5432/x", Some("db.example")),
            ("host=10.0.0.7 dbname=x", Some("10.0.0.7")),
            ("postgres://ann@localhost/x", None),
            ("postgres://ann@[::1]:5432/x", None),
            ("mysql://ann@127.0.0.1/x", None),
            ("postgres:///x?host=/run/postgresql", None),
            ("mysql://ann@db.example/x?socket=/run/mysqld.sock", None),
            ("sqlite:a.db", None),
        ] {
            let address = DatabaseAddress::parse(given).expect("an address");
            assert_eq!(address.remote_host().as_deref(), host, "{given}");
        }
    }

    #[test]
    fn what_is_no_address_is_said_without_repeating_it() {
        for given in [
            "",
            "shop",
            "oracle://ann:secret@h/x",
            "postgres:shop",
            "sqlite:",
            "a b:secret@x",
        ] {
            let fault = DatabaseAddress::parse(given)
                .expect_err("no address")
                .to_string();
            assert!(!fault.contains("secret"), "{fault}");
        }
        let address = DatabaseAddress::parse("sqlite:///tmp/a.db").expect("an address");
        assert_eq!(
            (address.whole(), address.shown()),
            ("/tmp/a.db", "sqlite:/tmp/a.db")
        );
    }
}

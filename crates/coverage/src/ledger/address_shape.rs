//! Whether quoted text has the shape of an address below a host, and not of a path of the machine.

/// A line holds an address below a host: `"/jars"`, `'/v1/jars/{id}'`. Paths of a machine are none.
pub(super) fn holds_address(line: &str) -> bool {
    line.split(['"', '\'', '`'])
        .skip(1)
        .step_by(2)
        .any(is_address)
}

/// What stands between two quotes is an address below a host.
pub(super) fn is_address(text: &str) -> bool {
    // `"/tmp/jars.db"` is a file of the machine, and no caller ever asks for it
    const MACHINE: [&str; 14] = [
        "/tmp", "/etc", "/usr", "/var", "/dev", "/opt", "/home", "/bin", "/proc", "/sys", "/root",
        "/lib", "/mnt", "/run",
    ];
    let plain = |c: char| {
        c.is_ascii_alphanumeric()
            || matches!(c, '/' | '-' | '_' | '.' | ':' | '{' | '}' | '<' | '>' | '*')
    };
    // `"/"` alone divides things
    text.len() > 2
        && text.starts_with('/')
        && text[1..].starts_with(|c: char| c.is_ascii_alphabetic() || c == ':' || c == '{')
        // blanks and other signs make it a sentence or an expression
        && text.chars().all(plain)
        && !MACHINE.iter().any(|folder| {
            text == *folder
                || text
                    .strip_prefix(folder)
                    .is_some_and(|rest| rest.starts_with('/'))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_told_from_a_path_of_the_machine() {
        assert!(
            holds_address("CROW_ROUTE(app, \"/weights\")")
                && holds_address("if (url.pathname === '/v1/jars') return f()")
        );
        for line in [
            "open(\"/etc/hosts\")",
            "cp '/tmp/a'",
            "x = \"a/b\"",
            "re = \"/\"",
            "say(\"/ hello\")",
        ] {
            assert!(!holds_address(line), "{line}");
        }
    }
}

//! Libraries and programs that a build file or an image fetches or installs at a version of its
//! own, outside of any manifest: `GIT_TAG v9.1.0`, `RUN pip install chromadb==0.6.3`.
//!
//! Parsers of Dockerfiles and of CMake were looked at: what counts here stands inside of commands
//! of a shell and of arguments, which they give back as one text.

/// A name with the version that stands beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct InstalledVersion<'a> {
    /// As written, without its version.
    pub name: &'a str,
    /// As written, from its first digit on.
    pub version: &'a str,
}

// a base image and its variables have checks of their own, which would tell them twice
/// Instructions of an image that install nothing, or that are read for themselves.
const NO_INSTALL: [&str; 17] = [
    "from",
    "arg",
    "env",
    "copy",
    "cmd",
    "entrypoint",
    "label",
    "expose",
    "user",
    "workdir",
    "healthcheck",
    "shell",
    "stopsignal",
    "maintainer",
    "volume",
    "onbuild",
    "#",
];

// another pip or npm writes nothing that the older program would have to read
/// What is installed to build, to fetch or to run the program, and keeps nothing: languages and
/// their package managers, compilers, tools of a shell.
const TOOLS: [&str; 44] = [
    "pip",
    "setuptools",
    "wheel",
    "uv",
    "poetry",
    "pipenv",
    "virtualenv",
    "npm",
    "yarn",
    "pnpm",
    "corepack",
    "bundler",
    "rubygems",
    "gem",
    "composer",
    "cargo",
    "rustup",
    "rust",
    "go",
    "golang",
    "node",
    "nodejs",
    "python",
    "pypy",
    "ruby",
    "php",
    "perl",
    "openjdk",
    "jdk",
    "jre",
    "temurin",
    "dotnet",
    "gcc",
    "g++",
    "clang",
    "llvm",
    "make",
    "cmake",
    "curl",
    "wget",
    "git",
    "ca-certificates",
    "tini",
    "dumb-init",
];

// scripts that are packed into one line name no library that a person raised
/// Longest line that is looked at, in bytes, and most words of it.
const LINE: usize = 4_000;
const WORDS: usize = 200;

/// What a line of a build file or an image fetches or installs at a version.
pub fn list_installed_versions(line: &str) -> Vec<InstalledVersion<'_>> {
    let trimmed = line.trim();
    let first = trimmed.split_whitespace().next().unwrap_or_default();
    let other = NO_INSTALL
        .iter()
        .any(|word| first.eq_ignore_ascii_case(word))
        || first.starts_with('#')
        || first.starts_with("//");
    if trimmed.len() > LINE || other {
        return Vec::new();
    }
    let words = trimmed
        .split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ',' | '(' | ')' | ';' | '`'))
        .filter(|word| !word.is_empty())
        .take(WORDS);
    words.filter_map(split_versioned_word).collect()
}

impl InstalledVersion<'_> {
    /// It is no tool that builds, fetches or runs the program, as far as its name tells.
    pub fn may_keep_data(&self) -> bool {
        !is_tool(self.name)
    }
}

fn is_tool(name: &str) -> bool {
    let bare = name.rsplit('/').next().unwrap_or(name).to_ascii_lowercase();
    TOOLS.iter().any(|tool| {
        bare.strip_prefix(tool).is_some_and(|rest| {
            // `php8.2-fpm`, `openjdk-17`, `python3-pip` are parts of the same language
            rest.is_empty() || rest.starts_with(|c: char| c == '-' || c.is_ascii_digit())
        })
    })
}

/// `chromadb==0.6.3`, `postgresql-16`, `redis=6:7.0`, `left@1.2`, `v9.1.0`, an address with a
/// version in it. A number alone, a path and a switch are none.
fn split_versioned_word(word: &str) -> Option<InstalledVersion<'_>> {
    let word = word.trim_end_matches(['\\', '&', '|', ']', '}', '>']);
    // `--option=1.2` and `$VERSION` say a version of something that stands elsewhere
    if word.contains("://") {
        return split_versioned_address(word);
    }
    if word.starts_with(['/', '.', '-', '$', '<', '>']) || word.contains('$') {
        return None;
    }
    // the sign that says most comes first: `redis=6:7.0` of apt has a colon within its version
    for sign in ["==", "~=", ">=", "@", "=", ":"] {
        if let Some((name, version)) = word.rsplit_once(sign) {
            return split_given(name, version);
        }
    }
    let bare = word.strip_prefix(['v', 'V']).unwrap_or(word);
    if is_hash(word) || bare.starts_with(|c: char| c.is_ascii_digit()) {
        // a bare version, as behind `GIT_TAG`: who is meant stands in another line
        return (is_hash(word) || is_dotted(bare)).then_some(InstalledVersion {
            name: "",
            version: bare,
        });
    }
    // `postgresql-16`, `rocksdb-9.1.0`
    let (name, version) = word.rsplit_once('-')?;
    split_given(name, version)
}

fn split_given<'a>(name: &'a str, version: &'a str) -> Option<InstalledVersion<'a>> {
    let version = version.trim_start_matches(['^', '~', 'v', 'V']);
    let named = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '@');
    let numbered = version.starts_with(|c: char| c.is_ascii_digit()) || is_hash(version);
    // capitals are variables of a build file, which are read for themselves
    // `ROCKSDB_VERSION=9.1.0`
    let variable = name.chars().all(|c| !c.is_ascii_lowercase());
    (named && numbered && !variable).then_some(InstalledVersion { name, version })
}

/// The version in an address, with the name of what lies there: the folder or the file above it.
fn split_versioned_address(word: &str) -> Option<InstalledVersion<'_>> {
    let path = word.split_once("://")?.1.split(['?', '#']).next()?;
    let parts = || path.split('/').skip(1);
    let version = parts()
        .filter_map(|part| {
            let at = part.find(|c: char| c.is_ascii_digit())?;
            let end = part[at..]
                .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_')))
                .map_or(part.len(), |end| at + end);
            let version = part[at..end]
                .trim_end_matches(".tar.gz")
                .trim_end_matches(".tgz")
                .trim_end_matches(".zip")
                .trim_end_matches(".tar.xz");
            (is_dotted(version) || is_hash(part)).then_some(version)
        })
        // the last one: `releases/download/v1.2/tool-1.2.tar.gz` says the file's own version at its
        // end
        .last()?;
    // `host/owner/NAME/archive/..`
    let name = parts()
        .filter(|part| part.starts_with(|c: char| c.is_ascii_alphabetic()))
        .nth(1)
        .unwrap_or_default();
    Some(InstalledVersion { name, version })
}

/// `1.2` and longer ones.
fn is_dotted(version: &str) -> bool {
    // one number alone is a size, a port or a count
    let mut parts = version.split(['.', '-', '_', '+']);
    let number = |part: Option<&str>| {
        part.is_some_and(|part| part.starts_with(|c: char| c.is_ascii_digit()))
    };
    number(parts.next()) && number(parts.next())
}

/// The name of a commit.
fn is_hash(word: &str) -> bool {
    // git shortens to seven; without both letters and digits it is a word or a number
    (7..=64).contains(&word.len())
        && word.bytes().all(|byte| byte.is_ascii_hexdigit())
        && word.bytes().any(|byte| byte.is_ascii_digit())
        && word.bytes().any(|byte| byte.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Vec<(&str, &str)> {
        list_installed_versions(line)
            .into_iter()
            .map(|one| (one.name, one.version))
            .collect()
    }

    #[test]
    fn versions_of_several_tools_are_read() {
        for (line, wanted) in [
            ("  GIT_TAG        v7.10.2", vec![("", "7.10.2")]),
            ("  GIT_TAG 3f2a9bc41d", vec![("", "3f2a9bc41d")]),
            (
                "RUN pip install --no-cache-dir jam==0.4.24 flask==3.0.1",
                vec![("jam", "0.4.24"), ("flask", "3.0.1")],
            ),
            ("    postgresql-15 \\", vec![("postgresql", "15")]),
            ("RUN apk add redis=7.0.1-r0", vec![("redis", "7.0.1-r0")]),
            (
                "RUN npm install -g @jam/jar@2.1.0",
                vec![("@jam/jar", "2.1.0")],
            ),
            (
                "    url = \"https://host.example/owner/jam/archive/refs/tags/v7.10.2.tar.gz\",",
                vec![("jam", "7.10.2")],
            ),
            (
                "    strip_prefix = \"jam-7.10.2\",",
                vec![("jam", "7.10.2")],
            ),
        ] {
            assert_eq!(read(line), wanted, "{line}");
        }
    }

    fn installs_versions(line: &str) -> bool {
        let found = list_installed_versions(line);
        found.iter().any(InstalledVersion::may_keep_data)
    }

    #[test]
    fn what_builds_and_runs_the_program_keeps_nothing() {
        for line in [
            "FROM node:20",
            "RUN pip install --upgrade pip==24.0 setuptools==70.1",
            "RUN apt-get install -y python3.12 openjdk-17-jre-headless php8.2-fpm",
            "RUN npm install -g npm@10.2.1",
            "EXPOSE 8080",
            "RUN chmod 755 /usr/local/bin/run2",
            "# jam==1.2",
            "RUN sleep 5 2>&1",
        ] {
            assert!(!installs_versions(line), "{line}: {:?}", read(line));
        }
        for line in [
            "RUN pip install jam==0.4.24",
            "  GIT_TAG v9.1.0",
            "RUN curl -L https://host.example/owner/jam/releases/download/v2.1.0/jam.tgz | tar xz",
        ] {
            assert!(installs_versions(line), "{line}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_line_can_be_read(line in "\\PC{0,200}") {
            list_installed_versions(&line);
        }
    }
}

//! What a reader of a manifest has found so far.

use span_tree::Node;

use super::super::library::{LibraryVersion, LibraryVersions};
use super::super::version::list_leading_numbers;

// beyond it the file is not compared, as what is left out would look gone
/// Most libraries of one file.
const MOST: usize = 50_000;

/// Libraries of one file, of each its highest version.
#[derive(Default)]
pub(super) struct FoundLibraries {
    libraries: LibraryVersions,
    full: bool,
}

impl FoundLibraries {
    /// Of several versions of one name the highest counts. An empty version is one that the file
    /// leaves open.
    pub fn add(&mut self, name: &str, version: &str, line: usize) {
        self.add_for(name, version, line, Vec::new());
    }

    /// As [`Self::add`], with the packages that take their version from this entry.
    pub fn add_for(&mut self, name: &str, version: &str, line: usize, packages: Vec<String>) {
        let (name, version) = (name.trim(), version.trim().trim_start_matches('v'));
        // a name of that length is no library but a line of something else
        if name.is_empty() || name.len() > 300 || version.len() > 300 {
            return;
        }
        let known = self.libraries.get(name);
        if known.is_none() && self.libraries.len() >= MOST {
            self.full = true;
            return;
        }
        // npm installs several versions of one library; the highest decides what is written
        if known.is_none_or(|known| {
            list_leading_numbers(&known.version) < list_leading_numbers(version)
        }) {
            let library = LibraryVersion {
                version: version.to_owned(),
                line,
                packages,
            };
            self.libraries.insert(name.to_owned(), library);
        }
    }

    /// A name with the node of its version; nothing where one of them is missing.
    pub fn add_node(&mut self, name: Option<&str>, version: Option<Node<'_>>) {
        if let (Some(name), Some(node)) = (name, version)
            && let Some(version) = node.text()
        {
            self.add(name, version, node.line());
        }
    }

    /// All of them.
    ///
    /// # Errors
    /// There were more than are kept.
    pub fn end(self) -> Result<LibraryVersions, String> {
        if self.full {
            return Err(format!("it names more than {MOST} libraries"));
        }
        Ok(self.libraries)
    }
}

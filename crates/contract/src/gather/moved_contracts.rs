//! Contracts that left the repository or came to it: what they promise is neither gone nor new.

use super::gatherer::ContractGatherer;
use crate::changed_file::{ChangedContractFile, Seen};
use crate::detect::{self, is_interface, may_be_interface};
use crate::limits::MAX_ROOT_CANDIDATES;
use model::{ContractKind, Snapshot};

impl ContractGatherer<'_> {
    /// A document that left the repository, or came to it, while no other describes an interface:
    /// its operations are neither gone nor new, the file is. Nothing is compared.
    pub(super) fn leave_out_moved(&mut self, roots: &mut Vec<(ChangedContractFile, ContractKind)>) {
        let named = |path: &str| {
            ["openapi", "swagger", "asyncapi"]
                .iter()
                .any(|word| path.to_ascii_lowercase().contains(word))
        };
        let describes = |tree: &dyn Snapshot| {
            let own: Vec<&str> = tree
                .list()
                .iter()
                .map(|entry| entry.path.as_str())
                .filter(|path| detect::is_tree(path) && !detect::is_foreign_contract_path(path))
                .collect();
            // the name is enough to know that an interface is written down somewhere
            own.iter().any(|path| named(path))
                || own
                    .iter()
                    .filter(|path| may_be_interface(path))
                    .take(MAX_ROOT_CANDIDATES)
                    .any(|path| {
                        tree.read_text(path)
                            .ok()
                            .and_then(|text| detect::kind_of(path, &text))
                            .is_some_and(is_interface)
                    })
        };
        // what it offers may be the same, so neither *gone* nor *new* would be true
        let leaves = roots.iter().all(|(file, _)| file.new.is_none()) && !describes(self.current);
        let comes = roots.iter().all(|(file, _)| file.old.is_none()) && !describes(self.previous);
        if !leaves && !comes {
            return;
        }
        for (file, kind) in std::mem::take(roots) {
            self.leave_out(file.path(), kind, leaves);
        }
    }

    /// Says that a contract left the repository or came to it, and compares nothing of it.
    pub(super) fn leave_out(&mut self, path: &str, kind: ContractKind, leaves: bool) {
        self.unchecked(
            path,
            if leaves {
                "the newer release no longer has this contract file, so what it offers to others \
                    cannot be compared; the interface itself may be unchanged"
            } else {
                "only the newer release has this contract file, and the older one wrote its \
                    interface down nowhere that was looked at; whether it offers the same cannot \
                    be compared"
            },
            Some(if leaves {
                "say where the contract lies now, under `contracts:` in backout.yaml, or compare \
                    the two interfaces by hand"
            } else {
                "say where the contract lay before, under `contracts:` in backout.yaml, or compare \
                    the two interfaces by hand"
            }),
        );
        self.push(path, path, kind, Vec::new());
    }

    /// Whether every contract of a format is gone with the newer release, changed or not
    /// (`Some(true)`), or came with it (`Some(false)`): then the format is written down elsewhere
    /// as well (a registry, a package, a repository of its own, the code), and nobody has taken
    /// away or added all that it describes.
    pub(super) fn moves_as_a_whole(&self, kind: ContractKind, seen: &[Seen]) -> Option<bool> {
        // formats of which a registry or a package often takes over all
        let ends: &[&str] = match kind {
            ContractKind::Graphql => &["graphql", "graphqls", "gql"],
            ContractKind::Protobuf => &["proto"],
            ContractKind::Avro => &["avsc", "avpr", "avdl"],
            _ => return None,
        };
        let own: Vec<&Seen> = seen.iter().filter(|file| file.kind == Some(kind)).collect();
        let holds = |tree: &dyn Snapshot| {
            tree.list().iter().any(|entry| {
                ends.contains(&detect::get_path_extension(&entry.path))
                    && !detect::is_foreign_contract_path(&entry.path)
            })
        };
        if own.is_empty() {
            return None;
        }
        if own.iter().all(|file| file.file.new.is_none()) && !holds(self.current) {
            return Some(true);
        }
        (own.iter().all(|file| file.file.old.is_none()) && !holds(self.previous)).then_some(false)
    }
}

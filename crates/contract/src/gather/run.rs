//! From changed files to compared contracts, step by step.

use std::collections::BTreeSet;

use super::gatherer::ContractGatherer;
use crate::broken::catch_panic;
use crate::changed_file::{ChangedContractFile, Seen};
use crate::detect;
use model::{ContractKind, Snapshot};

impl<'a> ContractGatherer<'a> {
    /// Compares every contract among the changed files. `named` are taken whatever folder they lie
    /// in, and `sure` (those that `backout.yaml` or the user names) whatever they are called as
    /// well.
    pub fn run(
        previous: &'a dyn Snapshot,
        current: &'a dyn Snapshot,
        files: &[ChangedContractFile],
        named: &[String],
        sure: &[String],
    ) -> Self {
        let mut gather = Self::new(previous, current, files);
        let (mut seen, left_out) = gather.see_files(files, named, sure);
        gather.roots(&mut seen, named);
        gather.file_sets(&seen);
        gather.single(&seen);
        gather.note_left_out(left_out);
        gather
            .examined
            .sort_by(|a, b| (&a.path, &a.root).cmp(&(&b.path, &b.root)));
        gather
    }

    /// What each changed file is, and the paths of those that are left out for the folder they lie
    /// in.
    fn see_files<'f>(
        &mut self,
        files: &'f [ChangedContractFile],
        named: &[String],
        sure: &[String],
    ) -> (Vec<Seen>, BTreeSet<&'f str>) {
        let (mut seen, mut left_out) = (Vec::new(), BTreeSet::new());
        let insisted = |file: &ChangedContractFile| sure.iter().any(|name| name == file.path());
        for file in files
            .iter()
            // whoever names a file knows better than its ending
            .filter(|file| detect::may_be(file.path()) || insisted(file))
        {
            let is_named = named.iter().any(|name| name == file.path());
            // declarations of a program itself are a promise to nobody
            if detect::is_declarations(file.path())
                && !is_named
                && !detect::is_published_declaration(self.current, self.previous, file.path())
            {
                continue;
            }
            if !is_named
                && detect::is_foreign_contract_path(file.path())
                && !detect::is_declarations(file.path())
            {
                left_out.insert(file.path());
                continue;
            }
            seen.push(self.see_file(file, insisted(file)));
        }
        (seen, left_out)
    }

    /// Reads both sides of a file and tells its kind; one that somebody insists on may be called
    /// anything.
    fn see_file(&mut self, file: &ChangedContractFile, insisted: bool) -> Seen {
        let (old, new) = (
            self.text(self.previous, file.old.as_deref()),
            self.text(self.current, file.new.as_deref()),
        );
        let look = if insisted {
            detect::kind_of_named
        } else {
            detect::kind_of
        };
        let kind_of = |text: &Option<String>| {
            text.as_deref()
                .and_then(|text| catch_panic(|| look(file.path(), text)).flatten())
        };
        // a file may have become another format, and the newer text says which
        let kind = kind_of(&new).or_else(|| kind_of(&old));
        if detect::get_path_extension(file.path()) == "avdl" {
            self.unchecked(
                file.path(),
                "Avro IDL is not read",
                Some("compare the schemas generated from it"),
            );
        }
        // an absent text is equal to nothing
        let same = old.is_some() && old == new;
        Seen {
            file: file.clone(),
            kind,
            old,
            new,
            same,
        }
    }

    /// Formats whose files make one contract together.
    fn file_sets(&mut self, seen: &[Seen]) {
        for (kind, compare) in [
            (
                ContractKind::Protobuf,
                Self::protobuf as fn(&mut Self, &[Seen]),
            ),
            (ContractKind::Graphql, Self::graphql),
            (ContractKind::Typescript, Self::typescript),
        ] {
            let files: Vec<&str> = seen
                .iter()
                .filter(|file| file.kind == Some(kind))
                .map(|file| file.file.path())
                .collect();
            // a format that is gone as a whole is written down elsewhere
            if let Some(leaves) = self.moves_as_a_whole(kind, seen) {
                files
                    .iter()
                    .for_each(|path| self.leave_out(path, kind, leaves));
                continue;
            }
            self.survive(&files, kind, |gather| compare(gather, seen));
        }
    }

    /// Says which contracts were left out for the folder they lie in.
    fn note_left_out(&mut self, mut left_out: BTreeSet<&str>) {
        // only what is a contract by its content is worth a word
        left_out.retain(|path| {
            let side: &dyn Snapshot = if self.current.has(path) {
                self.current
            } else {
                self.previous
            };
            side.read_text(path)
                .ok()
                .is_some_and(|text| detect::kind_of(path, &text).is_some())
        });
        if let Some(first) = left_out.first() {
            let more = if left_out.len() > 1 {
                format!(" and {} more", left_out.len() - 1)
            } else {
                String::new()
            };
            let settle = Some(
                "name the file under `contracts:` in backout.yaml if it is a promise of this \
                    service",
            );
            self.unchecked(
                &format!("{first}{more}"),
                "contracts in folders of tests, examples and vendored code are not compared",
                settle,
            );
        }
    }
}

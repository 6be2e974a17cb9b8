//! Which file is compared with which: packages that moved, were renamed, or live on elsewhere.

use super::diff::{ProtobufFilePair, ProtobufLocation};
use super::read::ProtobufFile;
use crate::change::{ChangeSubject, Log};
use crate::document::{Spot, cut_line_excerpt};

/// A package that lives on in a file of another name is compared with that file: git calls a
/// promoted copy a rename, and then the wrong two would be compared.
pub(super) fn pair_by_package(pairs: &mut [ProtobufFilePair]) {
    let package =
        |side: &Option<(ProtobufFile, String)>| side.as_ref().map(|(file, _)| file.package.clone());
    for at in 0..pairs.len() {
        let (Some(was), Some(is)) = (package(&pairs[at].old), package(&pairs[at].new)) else {
            continue;
        };
        if was == is {
            continue;
        }
        // a file that is new and has the old package: there the old one lives on
        let Some(home) = pairs
            .iter()
            .position(|other| other.old.is_none() && package(&other.new).as_deref() == Some(&was))
        else {
            continue;
        };
        let (old, old_path) = (pairs[at].old.take(), pairs[at].old_path.clone());
        (pairs[home].old, pairs[home].old_path) = (old, old_path);
        // the other file stands alone then, and has no old path
        pairs[at].old_path.clone_from(&pairs[at].path.clone());
    }
}

/// A changed package is told once; the names of the old side are rewritten, so that the rest is
/// compared by what it is.
pub(super) fn apply_package_change(pair: &mut ProtobufFilePair, log: &mut Log) {
    let (Some((old, old_text)), Some((new, new_text))) = (&mut pair.old, &pair.new) else {
        return;
    };
    if old.package == new.package {
        return;
    }
    let line = |text: &str| {
        text.lines()
            .position(|line| line.trim_start().starts_with("package "))
            .map_or(1, |at| at + 1)
    };
    let spot = |path: &str, text: &str, file: &ProtobufFile| {
        let line = line(text);
        Some(Spot {
            path: path.to_owned(),
            line,
            excerpt: cut_line_excerpt(text, &file.index, line, line),
        })
    };
    let what = format!(
        "the package was {} and is {}",
        name_package(&old.package),
        name_package(&new.package)
    );
    log.note(
        "package-changed",
        &format!("package {}", name_package(&new.package)),
        what,
        spot(&pair.old_path, old_text, old),
        spot(&pair.path, new_text, new),
        ChangeSubject::None,
    );
    let (from, to) = (old.package.clone(), new.package.clone());
    // names without the package stay: they are of an import
    let rename = |name: &String| {
        let bare = if from.is_empty() {
            Some(name.as_str())
        } else {
            name.strip_prefix(&from)
                .and_then(|rest| rest.strip_prefix('.'))
        };
        match bare {
            Some(bare) if to.is_empty() => bare.to_owned(),
            Some(bare) => format!("{to}.{bare}"),
            None => name.clone(),
        }
    };
    old.messages = std::mem::take(&mut old.messages)
        .into_iter()
        .map(|(name, value)| (rename(&name), value))
        .collect();
    old.enums = std::mem::take(&mut old.enums)
        .into_iter()
        .map(|(name, value)| (rename(&name), value))
        .collect();
    old.services = std::mem::take(&mut old.services)
        .into_iter()
        .map(|(name, value)| (rename(&name), value))
        .collect();
    for message in old.messages.values_mut() {
        for field in &mut message.fields {
            field.kind = rename(&field.kind);
        }
    }
    for rpc in old
        .services
        .values_mut()
        .flat_map(|service| &mut service.rpcs)
    {
        rpc.request = rename(&rpc.request);
        rpc.response = rename(&rpc.response);
    }
    old.package = to.clone();
}

pub(super) fn name_package(package: &str) -> &str {
    if package.is_empty() {
        "(none)"
    } else {
        package
    }
}

/// A changed file whose current side holds `name` while its previous side did not: where it moved
/// to.
pub(super) fn moved_to<'a>(
    pairs: &'a [ProtobufFilePair],
    has: impl Fn(&ProtobufFile) -> bool,
) -> Option<ProtobufLocation<'a>> {
    pairs.iter().find_map(|pair| {
        let (file, text) = pair.new.as_ref()?;
        let was = pair.old.as_ref().is_some_and(|(old, _)| has(old));
        (has(file) && !was).then_some(ProtobufLocation {
            path: &pair.path,
            text,
            file,
        })
    })
}

// only one side of a move is told, so the other has to be known
/// A changed file whose previous side holds `name` while its current side does not: where it came
/// from.
pub(super) fn moved_from<'a>(
    pairs: &'a [ProtobufFilePair],
    has: impl Fn(&ProtobufFile) -> bool,
) -> Option<ProtobufLocation<'a>> {
    pairs.iter().find_map(|pair| {
        let (file, text) = pair.old.as_ref()?;
        let is = pair.new.as_ref().is_some_and(|(new, _)| has(new));
        (has(file) && !is).then_some(ProtobufLocation {
            path: &pair.old_path,
            text,
            file,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protobuf::read_protobuf;

    #[test]
    fn a_promoted_copy_that_git_calls_a_rename_is_new_and_the_old_package_meets_its_own_file() {
        let side = |package: &str| {
            let text = format!(
                "syntax = \"proto3\";\npackage cards.{package};\nmessage Ask {{ string id = 1; }}\n"
            );
            Some((read_protobuf(&text), text))
        };
        let mut pairs = [
            ProtobufFilePair {
                path: "v1/a.proto".into(),
                old_path: "beta/a.proto".into(),
                old: side("beta"),
                new: side("v1"),
            },
            ProtobufFilePair {
                path: "beta/made.proto".into(),
                old_path: "beta/made.proto".into(),
                old: None,
                new: side("beta"),
            },
        ];
        pair_by_package(&mut pairs);
        assert!(pairs[0].old.is_none() && pairs[0].old_path == "v1/a.proto");
        assert!(pairs[1].old.is_some() && pairs[1].old_path == "beta/a.proto");
        let mut renamed = [ProtobufFilePair {
            path: "b.proto".into(),
            old_path: "a.proto".into(),
            old: side("one"),
            new: side("two"),
        }];
        pair_by_package(&mut renamed);
        assert!(
            renamed[0].old.is_some(),
            "a package that lives on nowhere is compared with what took its place"
        );
    }
}

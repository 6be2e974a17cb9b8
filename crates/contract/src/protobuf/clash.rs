//! Files that no compiler takes: a number or a name that stands for two things. What such a file
//! means on the wire is nowhere said, so it is unreadable and never compared, not even with itself.

use std::collections::BTreeMap;

use super::model::{Enum, ProtobufFile, ProtobufMessage, ProtobufService};

impl ProtobufFile {
    /// Remembers the first reason for which a compiler refuses the file. `why` is the end of a
    /// sentence about it.
    pub(super) fn refuse(&mut self, line: usize, why: String) {
        // the first line is what a compiler would name
        if self.invalid.as_ref().is_none_or(|(first, _)| line < *first) {
            self.invalid = Some((line, why));
        }
    }

    // without this two fields of one number would be compared in the order of the file
    /// Looks for numbers and names that occur twice where they must not.
    pub(super) fn note_clashes(&mut self) {
        let found = self
            .messages
            .iter()
            .filter_map(|(name, message)| in_message(name, message));
        let found = found.chain(
            self.enums
                .iter()
                .filter_map(|(name, value)| in_enum(name, value)),
        );
        let found = found.chain(
            self.services
                .iter()
                .filter_map(|(name, service)| in_service(name, service)),
        );
        // messages, enums and services share their names
        let shared = self.enums.iter().find_map(|(name, value)| {
            let line = value.lines.from;
            (self.messages.contains_key(name) || self.services.contains_key(name))
                .then(|| (line, format!("it defines {name} twice")))
        });
        let found = found.chain(shared).chain(
            self.services
                .iter()
                .find(|(name, _)| self.messages.contains_key(*name))
                .map(|(name, service)| (service.lines.from, format!("it defines {name} twice"))),
        );
        if let Some((line, why)) = found.min_by_key(|(line, _)| *line) {
            self.refuse(line, why);
        }
    }
}

fn in_message(full: &str, message: &ProtobufMessage) -> Option<(usize, String)> {
    let (mut numbers, mut names) = (BTreeMap::new(), BTreeMap::new());
    for field in &message.fields {
        if let Some(other) = numbers.insert(field.number, &field.name) {
            return Some((
                field.lines.from,
                format!(
                    "{full} gives the number {} to {other} and to {}",
                    field.number, field.name
                ),
            ));
        }
        if names.insert(&field.name, field.number).is_some() {
            return Some((
                field.lines.from,
                format!("{full} has the field {} twice", field.name),
            ));
        }
    }
    None
}

fn in_service(full: &str, service: &ProtobufService) -> Option<(usize, String)> {
    let mut names = BTreeMap::new();
    service.rpcs.iter().find_map(|rpc| {
        names.insert(&rpc.name, ()).map(|()| {
            (
                rpc.lines.from,
                format!("{full} has the method {} twice", rpc.name),
            )
        })
    })
}

/// Values may share a number only where the file says that they are other names of it.
fn in_enum(full: &str, value: &Enum) -> Option<(usize, String)> {
    // `allow_alias` makes two names of one number valid
    let aliases = value
        .options
        .get("allow_alias")
        .is_some_and(|word| word == "true");
    let (mut numbers, mut names) = (BTreeMap::new(), BTreeMap::new());
    for (number, name, lines) in &value.values {
        if let Some(other) = numbers.insert(*number, name).filter(|_| !aliases) {
            return Some((
                lines.from,
                format!("{full} gives the number {number} to {other} and to {name}"),
            ));
        }
        if names.insert(name, ()).is_some() {
            return Some((lines.from, format!("{full} has the value {name} twice")));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::read_protobuf;

    fn why(text: &str) -> Option<(usize, String)> {
        read_protobuf(&format!("syntax = \"proto3\";\n{text}")).invalid
    }

    #[test]
    fn what_stands_for_two_things_makes_a_file_unreadable() {
        for (text, says) in [
            (
                "message A {\n  string x = 4;\n  int32 y = 4;\n}",
                "A gives the number 4 to x and to y",
            ),
            (
                "message A {\n  string x = 4;\n  oneof o { int32 y = 4; }\n}",
                "A gives the number 4 to x and to y",
            ),
            (
                "message A {\n  string x = 1;\n  string x = 2;\n}",
                "A has the field x twice",
            ),
            (
                "message A {}\n\nmessage A { string x = 1; }",
                "it defines A twice",
            ),
            (
                "enum E {\n  A = 0;\n  B = 0;\n}",
                "E gives the number 0 to A and to B",
            ),
            (
                "message M { enum E {\n  A = 0;\n  A = 1;\n} }",
                "M.E has the value A twice",
            ),
            (
                "message A {}\nservice S {\n  rpc Put(A) returns (A);\n  rpc Put(A) returns \
                    (A);\n}",
                "S has the method Put twice",
            ),
            ("message A {}\nenum A { B = 0; }", "it defines A twice"),
            ("message A {}\nservice A {}", "it defines A twice"),
        ] {
            let (_, why) = why(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(why, says, "{text}");
        }
        assert_eq!(
            why("message A {\n  string x = 4;\n  int32 y = 4;\n}").map(|(line, _)| line),
            Some(4)
        );
    }

    #[test]
    fn what_only_looks_alike_is_read() {
        for text in [
            "enum E { option allow_alias = true; A = 0; B = 0; }",
            "message A { string x = 1; message B { string x = 1; } }",
            "extend google.protobuf.FieldOptions { string a = 50001; }\nextend \
                google.protobuf.MessageOptions { string a = 50001; }",
        ] {
            assert_eq!(why(text), None, "{text}");
        }
    }
}

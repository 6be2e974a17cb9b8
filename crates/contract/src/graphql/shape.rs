//! Type references: what may be null, what is a list, and how two of them relate.

/// How one reference relates to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NullabilityRelation {
    Same,
    /// The second is null in fewer cases.
    Stricter,
    /// The second is null in more cases.
    Looser,
    /// They have nothing to do with each other, or some places are stricter and others looser.
    Other,
}

/// Compares `[Card!]!` with `[Card]`.
pub(super) fn compare_type_shapes(old: &str, new: &str) -> NullabilityRelation {
    if old == new {
        return NullabilityRelation::Same;
    }
    // without its marks it has to be the same type, or nothing can be compared
    let bare = |text: &str| text.replace('!', "");
    if bare(old) != bare(new) {
        return NullabilityRelation::Other;
    }
    let (mut stricter, mut looser) = (false, false);
    let (mut a, mut b) = (old.chars().peekable(), new.chars().peekable());
    loop {
        match (a.peek() == Some(&'!'), b.peek() == Some(&'!')) {
            (true, false) => {
                looser = true;
                a.next();
            }
            (false, true) => {
                stricter = true;
                b.next();
            }
            _ => {
                if (a.next(), b.next()) == (None, None) {
                    break;
                }
            }
        }
    }
    match (stricter, looser) {
        (true, false) => NullabilityRelation::Stricter,
        (false, true) => NullabilityRelation::Looser,
        // stricter here and looser there fits nobody
        _ => NullabilityRelation::Other,
    }
}

/// The type at the bottom of lists.
pub(super) fn find_innermost_type(kind: &str) -> &str {
    kind.trim_matches(['[', ']', '!'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn null_is_told_at_every_level() {
        assert_eq!(
            compare_type_shapes("[A!]!", "[A!]!"),
            NullabilityRelation::Same
        );
        assert_eq!(
            compare_type_shapes("[A]", "[A!]"),
            NullabilityRelation::Stricter
        );
        assert_eq!(
            compare_type_shapes("[A!]!", "[A!]"),
            NullabilityRelation::Looser
        );
        assert_eq!(
            compare_type_shapes("[A!]", "[A]!"),
            NullabilityRelation::Other
        );
        assert_eq!(compare_type_shapes("A", "[A]"), NullabilityRelation::Other);
        assert_eq!(find_innermost_type("[A!]!"), "A");
    }
}

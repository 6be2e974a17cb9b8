//! Type references: what may be null, what is a list, and how two of them relate.

/// How one reference relates to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Relation {
    Same,
    /// The second is null in fewer cases.
    Stricter,
    /// The second is null in more cases.
    Looser,
    /// They have nothing to do with each other, or some places are stricter and others looser.
    Other,
}

/// Compares `[Card!]!` with `[Card]`.
pub(super) fn relate(old: &str, new: &str) -> Relation {
    if old == new {
        return Relation::Same;
    }
    let bare = |text: &str| text.replace('!', "");
    if bare(old) != bare(new) {
        return Relation::Other;
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
        (true, false) => Relation::Stricter,
        (false, true) => Relation::Looser,
        _ => Relation::Other,
    }
}

/// The type at the bottom of lists.
pub(super) fn bottom(kind: &str) -> &str {
    kind.trim_matches(['[', ']', '!'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn null_is_told_at_every_level() {
        assert_eq!(relate("[A!]!", "[A!]!"), Relation::Same);
        assert_eq!(relate("[A]", "[A!]"), Relation::Stricter);
        assert_eq!(relate("[A!]!", "[A!]"), Relation::Looser);
        assert_eq!(relate("[A!]", "[A]!"), Relation::Other);
        assert_eq!(relate("A", "[A]"), Relation::Other);
        assert_eq!(bottom("[A!]!"), "A");
    }
}

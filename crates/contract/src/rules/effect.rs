//! What a change of a contract does on the way back, in words.

/// What kind of thing happens on the way back; texts derive from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ContractEffect {
    /// It is gone again.
    Vanishes,
    /// It was taken away and comes back.
    Returns,
    /// Previous accepts less than current does.
    Rejects,
    /// Previous accepts more than current does.
    Accepts,
    /// Previous takes it and does nothing with it.
    Ignores,
    /// Previous promises less in its answers.
    PromisesLess,
    /// Previous promises more in its answers; what current stored may not fit.
    PromisesMore,
    /// Old and new do not understand each other in either direction.
    Differs,
    /// Nothing fails, but it behaves otherwise.
    Silent,
    /// Some libraries read the other side and some do not.
    Depends,
    /// Previous cannot read what current wrote.
    Unreadable,
    /// Consumers that are still on current cannot read what previous writes.
    UnreadableByNew,
    /// Only code that is generated anew differs.
    Code,
    /// Previous, a consumer, expects less of its provider.
    ExpectsLess,
    /// Previous, a consumer, expects of its provider what current no longer did.
    ExpectsMore,
    /// Nobody notices.
    Harmless,
    /// It could not be read.
    Unknown,
}

impl ContractEffect {
    /// What it means on the way back, as the second half of a sentence.
    pub fn on_the_way_back(self) -> &'static str {
        match self {
            Self::Vanishes => "going back takes it away, and whoever already uses it gets an error",
            Self::Returns => "it comes back on the way back",
            Self::Rejects => {
                "the previous release rejects what callers of the new release may send by now"
            }
            Self::Accepts => {
                "the previous release accepts more, so callers of the new release are fine"
            }
            Self::Ignores => {
                "the previous release ignores it without an error, so what callers ask for does \
                    not happen"
            }
            Self::PromisesLess => {
                "the previous release does not promise it, so readers built for the new release \
                    may miss it"
            }
            Self::PromisesMore => {
                "readers are fine on the way back, but the previous release may not be able to \
                    serve what the new release stored"
            }
            Self::Differs => {
                "the two releases misread each other, on the way forward and on the way back"
            }
            Self::Silent => {
                "callers of the new release may be refused, or what they send is dropped or read \
                    otherwise and nobody is told"
            }
            Self::Depends => {
                "whether the two releases can read each other depends on the library in use"
            }
            Self::Unreadable => "the previous release cannot read what the new release has written",
            Self::UnreadableByNew => {
                "readers that stay on the new release cannot read what the previous release writes \
                    next"
            }
            Self::Code => "only generated code changes",
            Self::ExpectsLess => "the previous release expects less of its provider",
            Self::ExpectsMore => {
                "the previous release expects it of its provider again, which may no longer do it"
            }
            Self::Harmless => "nobody notices, forward or back",
            Self::Unknown => "what changed is not known",
        }
    }

    /// Why it matters on the way back, for `explain` and findings.
    pub const fn why(self) -> &'static str {
        match self {
            Self::Vanishes => {
                "Adding something breaks nobody on the way forward. Once the new release is taken \
                    back it is gone, and every dependent that already uses it fails at once."
            }
            Self::Returns => {
                "On the way forward it breaks whoever still used it. On the way back it is there \
                    again, which hurts nobody, unless it was removed for security."
            }
            Self::Rejects => {
                "The new release accepts more than the previous release did. The previous release \
                    turns away callers that rely on that."
            }
            Self::Accepts => {
                "The new release accepts less than the previous release did. That breaks callers \
                    on the way forward; the previous release accepts everything they send by now."
            }
            Self::Ignores => {
                "The previous release does not know it and drops it without an error: a filter, a \
                    limit or a dry run that is ignored does damage that nobody notices."
            }
            Self::PromisesLess => {
                "Readers built for the new release rely on what it promises; the previous release \
                    may leave it out or send other values."
            }
            Self::PromisesMore => {
                "The new release sends more than the previous release promised. Clients of the \
                    previous release are fine again, but stored values in the new form may not fit \
                    the previous release."
            }
            Self::Differs => {
                "The two releases understand different things under the same name, so the change \
                    breaks in both directions."
            }
            Self::Silent => {
                "The same request or message means something else before and after, and again \
                    after going back. A reader that is strict refuses it; one that is not drops it \
                    or reads it otherwise, silently."
            }
            Self::Depends => {
                "The specification and the libraries differ here, so the same pair of releases \
                    works for one reader and fails for another."
            }
            Self::Unreadable => {
                "Messages, files and rows that the new release wrote stay where they are. The \
                    previous release must read them and cannot."
            }
            Self::UnreadableByNew => {
                "The previous release itself reads everything, but consumers that stay on the new \
                    release must read what the previous release writes next."
            }
            Self::Code => {
                "On the wire nothing changes. Code generated from the contract does not compile or \
                    changes its names."
            }
            Self::ExpectsLess => {
                "On the way forward the provider must already do it. On the way back the provider \
                    is asked for nothing that the new release did not ask for."
            }
            Self::ExpectsMore => {
                "A provider may drop what no live consumer expects. A consumer that goes back \
                    expects it again."
            }
            Self::Harmless => "It is listed to show that it was looked at.",
            Self::Unknown => {
                "What could not be read may hide a change that breaks something, so it is not \
                    taken for unchanged."
            }
        }
    }

    /// What to do about it, for `explain` and findings.
    pub const fn action(self) -> &'static str {
        match self {
            Self::Vanishes | Self::Rejects | Self::PromisesLess => {
                "Find out who already uses it. Take those dependents back first, change them so \
                    that they work without it, or roll forward."
            }
            Self::Ignores => {
                "Ask the dependents whether they rely on it; if they do, take them back first or \
                    roll forward."
            }
            Self::ExpectsLess => {
                "Nothing for the way back. On the way forward, deploy the provider first."
            }
            Self::ExpectsMore => {
                "Before the consumer goes back, check whether the live provider still does it."
            }
            Self::Returns | Self::Accepts => {
                "Nothing for the way back. On the way forward, tell the callers."
            }
            Self::PromisesMore => {
                "Check whether the new release has stored values in the new form; if so, convert \
                    them or roll forward."
            }
            Self::Differs => "Take both sides back together, or roll forward.",
            Self::Silent => "Ask the dependents whether the difference matters to them.",
            Self::Depends => {
                "Try it with the library in use: let the previous release read one message that \
                    the new release wrote."
            }
            Self::Unreadable => {
                "Let the consumers of the new release empty the queue before going back, or keep \
                    them running; otherwise roll forward."
            }
            Self::UnreadableByNew => "Take the consumers back together with the producer.",
            Self::Code => {
                "Nothing at run time. Generate clients again if they are built from this contract."
            }
            Self::Harmless => "Nothing.",
            Self::Unknown => "Compare the two definitions by hand.",
        }
    }

    /// One short sentence that names `version` and what is the case there, for facts and headlines.
    pub fn headline(self, version: &str, location: &str) -> String {
        match self {
            Self::Vanishes => format!("{version} has no {location}"),
            Self::Returns => format!("{version} brings {location} back"),
            Self::Rejects => format!("{version} accepts less at {location}"),
            Self::Accepts => format!("{version} accepts more at {location}"),
            Self::Ignores => format!("{version} ignores {location}"),
            Self::PromisesLess => format!("{version} does not promise {location}"),
            Self::PromisesMore => {
                format!("{version} may not serve what the new release stored at {location}")
            }
            Self::Differs => {
                format!("{version} and the new release understand {location} differently")
            }
            Self::Silent => format!("{location} means something else in {version}"),
            Self::Depends => {
                format!("{version} and the new release may not understand each other at {location}")
            }
            Self::Unreadable => {
                format!("{version} cannot read what the new release wrote at {location}")
            }
            Self::UnreadableByNew => {
                format!("readers of the new release cannot read {location} as {version} writes it")
            }
            Self::Code => format!("generated code differs at {location}"),
            Self::ExpectsLess => format!("{version} expects less: {location}"),
            Self::ExpectsMore => format!("{version} expects {location} again"),
            Self::Harmless => format!("{location} differs harmlessly"),
            Self::Unknown => format!("{location} could not be compared"),
        }
    }
}

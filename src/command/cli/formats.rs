//! The forms in which an assessment or a session is reported.

use clap::builder::{EnumValueParser, PossibleValue, TypedValueParser};
use clap::error::ErrorKind;
use clap::{Arg, Command, ValueEnum};

/// `--format` of `assess` and `report`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    /// For a terminal or a pipe.
    Text,
    /// To paste into a ticket, a pull request or a post-mortem.
    Markdown,
    /// One page to look at, send or print: a file of its own without script, light and dark.
    Html,
    /// For programs; the keys are documented and stay.
    Json,
    /// A message for Slack in Block Kit JSON, within its limits.
    Slack,
    /// The keys of a change ticket as JSON: implementation, back-out plan, test plan, risk.
    Change,
}

impl ReportFormat {
    /// Whether it is one JSON object or a page, which nothing may be put before or behind.
    pub fn is_whole(self) -> bool {
        !matches!(self, Self::Text | Self::Markdown)
    }
}

/// Reads a format; a word that is none is answered in one sentence.
#[derive(Clone)]
pub struct FormatParser;

impl TypedValueParser for FormatParser {
    type Value = ReportFormat;

    fn parse_ref(
        &self,
        command: &Command,
        arg: Option<&Arg>,
        value: &std::ffi::OsStr,
    ) -> Result<ReportFormat, clap::Error> {
        let known = EnumValueParser::<ReportFormat>::new();
        known.parse_ref(command, arg, value).map_err(|_| {
            let said = value.to_string_lossy();
            let names: Vec<String> = ReportFormat::value_variants()
                .iter()
                .filter_map(ValueEnum::to_possible_value)
                .map(|value| value.get_name().to_owned())
                .collect();
            let near = names
                .iter()
                .max_by_key(|name| (strsim::jaro_winkler(name, &said) * 1000.0) as u64)
                .filter(|name| strsim::jaro_winkler(name, &said) > 0.7)
                .map_or_else(String::new, |name| format!("; did you mean {name}?"));
            let said =
                crate::model::shorten_text(&crate::model::escape_invisible(&said), 40).into_owned();
            clap::Error::raw(
                ErrorKind::InvalidValue,
                format!(
                    "the format {said:?} is not known; there are {}{near}\n",
                    names.join(", ")
                ),
            )
        })
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let all = ReportFormat::value_variants().iter();
        Some(Box::new(all.filter_map(ValueEnum::to_possible_value)))
    }
}

/// `--format` of `gate`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum SheetFormat {
    /// For a terminal or a pipe.
    #[default]
    Text,
    /// For programs.
    Json,
    /// To paste into a ticket.
    Markdown,
    /// A page to show, send or print on one sheet.
    Html,
}

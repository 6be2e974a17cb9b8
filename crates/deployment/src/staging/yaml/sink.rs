//! Where signs of a YAML file are put, and one word of it.

use crate::staging::sign::{StagingSign, quote_staging_line};
use model::Confidence;
use model::Strategy;
use span_tree::Node;

pub(super) struct StagingSignSink<'a> {
    pub(super) path: &'a str,
    pub(super) text: &'a str,
    pub(super) signs: &'a mut Vec<StagingSign>,
}

impl StagingSignSink<'_> {
    pub(super) fn add(
        &mut self,
        strategy: Strategy,
        tool: &'static str,
        node: Node<'_>,
        buys: impl Into<String>,
        until: impl Into<String>,
    ) {
        self.sure(strategy, tool, node, buys, until, Confidence::Proven);
    }

    pub(super) fn sure(
        &mut self,
        strategy: Strategy,
        tool: &'static str,
        node: Node<'_>,
        buys: impl Into<String>,
        until: impl Into<String>,
        confidence: Confidence,
    ) {
        let evidence = quote_staging_line(self.path, node.line(), self.text);
        self.signs.push(StagingSign {
            strategy,
            tool,
            buys: buys.into(),
            until: until.into(),
            confidence,
            evidence,
        });
    }
}

pub(super) fn read_yaml_word<'a>(node: Node<'a>, path: &[&str]) -> Option<&'a str> {
    node.at(path)?.text()
}

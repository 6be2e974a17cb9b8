//! Whether program text is a test by what it says: it brings in a framework of tests, or it calls
//! one. Its name, or a word in a remark, an error text or a class, says nothing: `job_spec.go` may
//! hold the form of a job, and "expected version 3" is what programs say to people.

/// Names of frameworks as they are brought in.
const FRAMEWORKS: [&str; 46] = [
    "junit",
    "testng",
    "org.scalatest",
    "munit",
    "specs2",
    "utest",
    "kotest",
    "mockk",
    "mockito",
    "spock",
    "xunit",
    "nunit",
    "visualstudio.testtools",
    "unittest",
    "pytest",
    "hypothesis",
    "vitest",
    "jest",
    "mocha",
    "chai",
    "jasmine",
    "node:test",
    "bun:test",
    "@playwright",
    "playwright",
    "cypress",
    "supertest",
    "@testing-library",
    "storybook",
    "rspec",
    "minitest",
    "spec_helper",
    "rails_helper",
    "test_helper",
    "phpunit",
    "pest",
    "codeception",
    "xctest",
    "exunit",
    "hspec",
    "quickcheck",
    "tasty",
    "gtest",
    "catch2",
    "doctest",
    // Go imports a package by its path in quotes
    "\"testing\"",
];

/// How a line begins that brings something in.
const BRINGS_IN: [&str; 9] = [
    "import",
    "using",
    "require",
    "from",
    "use ",
    "#include",
    // JavaScript brings in by `const x = require(..)`
    "const",
    "include",
    "@testable",
];

/// How a line begins that only a test has.
const CALLS: [&str; 24] = [
    "describe(",
    "describe ",
    "describe.",
    "it(",
    "it '",
    "it \"",
    "test(",
    "test '",
    "test \"",
    "context(",
    "context \"",
    "context '",
    "rspec.",
    "@test",
    "#[test]",
    "#[cfg(test)]",
    "[fact",
    "[theory",
    "[test",
    "deno.test(",
    "def test_",
    "async def test_",
    "test {",
    "meta<",
];

// a test says so at its beginning, but for Rust, whose tests stand at the end of a file
/// Lines that are looked at.
const LINES: usize = 5_000;

/// Whether the text is a test.
pub(super) fn is_test(text: &str) -> bool {
    text.lines().take(LINES).any(|line| {
        let line: String = line
            .trim_start()
            .chars()
            .take(200)
            .collect::<String>()
            .to_ascii_lowercase();
        let brings_in =
            BRINGS_IN.iter().any(|word| line.starts_with(word)) || line.starts_with("\"testing\"");
        brings_in && FRAMEWORKS.iter().any(|name| holds_name(&line, name))
            || CALLS.iter().any(|call| line.starts_with(call))
    })
}

/// The name stands in the line, and not in the middle of another word.
fn holds_name(line: &str, name: &str) -> bool {
    line.match_indices(name)
        // `latest` ends in `test`, and `majestic` holds `jest`
        .any(|(at, _)| !line[..at].ends_with(|c: char| c.is_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_of_several_languages_are_known() {
        for text in [
            "import org.junit.jupiter.api.Test;\nclass A {}",
            "import { describe, it } from 'vitest'\n",
            "const test = require('node:test')\n",
            "using Xunit;\npublic class A { }",
            "require 'rails_helper'\n",
            "describe('jars', () => {\n",
            "  it \"weighs\" do\n",
            "import pytest\n",
            "defmodule ATest do\n  use ExUnit.Case\n",
            "#[cfg(test)]\nmod tests {}\n",
            "import XCTest\n",
            "const meta: Meta<typeof Button> = {}\nimport type { Meta } from '@storybook/react'\n",
        ] {
            assert!(is_test(text), "{text}");
        }
    }

    #[test]
    fn words_and_names_make_no_test() {
        for text in [
            "package store\n\nfunc read(v int) error {\n\treturn fmt.Errorf(\"expected version 3\")\n}\n",
            "// this should never happen\nexport function seal() {}\n",
            "[Required]\npublic class AllergyTest { }\n",
            "import { manifest } from './manifest'\ncommit('a')\nsubmit('b')\n",
            "use crate::latest;\n",
        ] {
            assert!(!is_test(text), "{text}");
        }
    }
}

use proptest::prelude::*;

use super::*;

const SAMPLE: &str = r##"step "deploy-database" {
    name = "Deploy database"
    condition = "Variable"
    properties = {
        Octopus.Step.ConditionVariableExpression = "#{Octopus.Action[Calculate Deployment Mode].Output.RunOnDeploy}"
    }

    action {
        action_type = "Octopus.Script"
        is_required = true
        environments = ["staging", "production"]
        properties = {
            Octopus.Action.RunOnServer = "true"
            Octopus.Action.Script.ScriptBody = <<-EOT
                ./migrate --url "${DB_URL:-none}"
                  curl -w '%{http_code}'
                EOT
            Odd[Name]-x:y = "C:\\temp"
        }

        packages "Shop.Database" {
            feed = "octopus-server-built-in"
        }
    }
}"##;

#[test]
fn the_sample_is_read_with_its_lines() {
    let document = parse_ocl(SAMPLE);
    assert_eq!(document.errors, []);
    let step = find_ocl_blocks(&document.items, "step").next().unwrap();
    assert_eq!(
        (step.labels[0].as_str(), step.line, step.end_line),
        ("deploy-database", 1, 25)
    );
    assert_eq!(step.text("name"), Some("Deploy database"));
    let action = step.blocks("action").next().unwrap();
    assert_eq!(
        action.attribute("environments").unwrap().value.texts(),
        ["staging", "production"]
    );
    assert_eq!(
        action.attribute("is_required").unwrap().value.flag(),
        Some(true)
    );
    let properties = action.properties();
    let body = properties
        .iter()
        .find(|property| property.name == "Octopus.Action.Script.ScriptBody")
        .unwrap();
    let OclValue::Text { text, line } = &body.value else {
        panic!("a text")
    };
    assert_eq!(
        (text.as_str(), *line, body.line),
        (
            "./migrate --url \"${DB_URL:-none}\"\n  curl -w '%{http_code}'",
            15,
            14
        )
    );
    assert_eq!(properties.last().unwrap().name, "Odd[Name]-x:y");
    assert_eq!(properties.last().unwrap().value.text(), Some("C:\\temp"));
    assert_eq!(
        action.blocks("packages").next().unwrap().labels,
        ["Shop.Database"]
    );
}

#[test]
fn a_body_on_one_line_is_told_and_read() {
    let legal = parse_ocl("container {\n    feed = \"x\"\n}");
    let illegal = parse_ocl("container { feed = \"x\" }\nversion = 4");
    assert!(legal.errors.is_empty());
    assert!(illegal.errors[0].why.contains("new line") && illegal.errors[0].line == 1);
    assert_eq!(
        find_ocl_blocks(&illegal.items, "container")
            .next()
            .unwrap()
            .text("feed"),
        Some("x")
    );
    assert!(find_ocl_attribute(&illegal.items, "version").is_some());
    assert!(parse_ocl("empty {}\n").errors.is_empty());
}

#[test]
fn reading_goes_on_after_an_error() {
    let document = parse_ocl(
        "# a comment\nstep \"a\" {\n    name = oops here\n    condition = \"Always\"\n}\nstep \
            \"b\" {\n    name = \"B\"\n}\n",
    );
    assert_eq!(
        document
            .errors
            .iter()
            .map(|error| error.line)
            .collect::<Vec<_>>(),
        [1, 3]
    );
    let names: Vec<_> = find_ocl_blocks(&document.items, "step")
        .map(|step| step.labels[0].clone())
        .collect();
    assert_eq!(names, ["a", "b"]);
}

#[test]
fn heredocs_keep_what_is_in_them() {
    let plain = parse_ocl("a = <<EOT\n  x ${AWS::Region}\n}\nEOT\nb = 1\n");
    assert!(plain.errors.is_empty(), "{:?}", plain.errors);
    assert_eq!(
        find_ocl_attribute(&plain.items, "a").unwrap().value.text(),
        Some("  x ${AWS::Region}\n}")
    );
    assert_eq!(find_ocl_attribute(&plain.items, "b").unwrap().line, 5);
    let open = parse_ocl("a = <<EOT\nx\n");
    assert!(open.errors[0].why.contains("not closed by EOT"));
    let unix = parse_ocl("a = <<-T\n    x\r\n\r\n      y\r\n    T\r\n");
    assert_eq!(
        find_ocl_attribute(&unix.items, "a").unwrap().value.text(),
        Some("x\r\n\r\n  y")
    );
}

#[test]
fn lists_that_are_none_are_forgiven() {
    let document = parse_ocl("environments = \"System.String[]\"\nroles = \"web\"\nempty = []\n");
    let texts = |name| {
        find_ocl_attribute(&document.items, name)
            .unwrap()
            .value
            .texts()
    };
    assert_eq!(
        (
            texts("environments").len(),
            texts("roles").len(),
            texts("empty").len()
        ),
        (0, 1, 0)
    );
}

#[test]
fn hostile_depth_is_bounded() {
    for hostile in [
        "a {\n".repeat(100_000),
        format!("x = {}", "[".repeat(100_000)),
        format!("x = {}", "{ a = ".repeat(100_000)),
    ] {
        let document = parse_ocl(&hostile);
        assert!(!document.errors.is_empty() && document.errors.len() <= ERRORS);
    }
}

proptest! {
    #[test]
    fn no_text_makes_it_fail(text in "[a-c \n\t\r={}\\[\\]\"<\\\\#,/é-]{0,200}") {
        let _ = parse_ocl(&text);
    }

    #[test]
    fn any_text_in_quotes_comes_back(text in "[^\\r\\n]{0,60}") {
        let written = format!("a = \"{}\"\n", text.replace('\\', "\\\\").replace('"', "\\\""));
        let document = parse_ocl(&written);
        prop_assert!(document.errors.is_empty());
        prop_assert_eq!(find_ocl_attribute(&document.items, "a").unwrap().value.text(), Some(text.as_str()));
    }

    #[test]
    fn any_script_in_a_heredoc_comes_back(lines in prop::collection::vec("[^\\r\\n]{0,40}", 1..8)) {
        prop_assume!(lines.iter().all(|line| line.trim() != "EOT"));
        let body = lines.join("\n");
        let document = parse_ocl(&format!("a = <<EOT\n{body}\nEOT\nb = true\n"));
        prop_assert_eq!(find_ocl_attribute(&document.items, "a").unwrap().value.text(), Some(body.as_str()));
        prop_assert!(find_ocl_attribute(&document.items, "b").is_some());
    }
}

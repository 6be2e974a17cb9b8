//! `stored-form/state-version`.

use super::{StoredCheck, StoredInput, StoredOutcome, build_stored_finding, cite_text_line};
use coverage::guard::{self, GuardToken, TokenKind, parse_number_literal};
use model::{CheckDeclaration, CheckDoc, Confidence, Direction, Domain, Severity, check_cases};

const DOC: CheckDoc = CheckDoc {
    id: "stored-form/state-version",
    title: "A Terraform provider raises the version of a resource's state",
    domain: Domain::StoredForm,
    direction: Direction::Rollback,
    looks_for: "SchemaVersion of schema.Resource, and Version of a framework's schema.Schema, that is higher in the new release (without one it is 0).",
    why: "Terraform upgrades the state of a resource when it is first read, and a provider with a lower version refuses that state.",
    action: "Go back only with the state that was saved before the newer provider ran, or go forward.",
    example: "resource_shelf.go: SchemaVersion 1 is new, and the previous release knows version 0.",
    source: "Terraform: a resource instance whose schema_version is newer than the provider's is an error, by design.",
};

pub(super) const CHECK: StoredCheck = StoredCheck {
    declared: CheckDeclaration {
        doc: DOC,
        grades: None,
        place: module_path!(),
        cases: check_cases!(test, |_| super::fixture::try_fixtures(make_fixtures())),
    },
    run: find_state_version_rises,
};

/// A resource's schema in a file: the function it stands in, its version and their lines.
#[derive(Debug, PartialEq, Eq)]
struct ResourceSchema {
    function: String,
    version: u64,
    line: usize,
}

fn find_state_version_rises(look: &StoredInput<'_>, outcome: &mut StoredOutcome) {
    for file in look
        .files
        .iter()
        // providers are written in Go
        .filter(|file| file.path.ends_with(".go") && !file.vendored && !file.old.is_empty())
    {
        let (old, new) = (
            list_resource_schemas(&file.old_path, &file.old),
            list_resource_schemas(&file.path, &file.new),
        );
        for (index, schema) in new.iter().enumerate() {
            // a function may make several schemas, met in their order
            let nth = new[..index]
                .iter()
                .filter(|other| other.function == schema.function)
                .count();
            let Some(before) = old
                .iter()
                .filter(|other| other.function == schema.function)
                .nth(nth)
            else {
                continue;
            };
            // a version that stays is read by previous
            if schema.version <= before.version {
                continue;
            }
            let says = format!(
                "state that {} wrote has schema version {} ({}:{}), and {} knows {} ({}:{}) and refuses it",
                look.range.current_version,
                schema.version,
                file.path,
                schema.line,
                look.range.previous_version,
                before.version,
                file.old_path,
                before.line
            );
            let places = vec![
                cite_text_line(&file.path, schema.line, &file.new),
                cite_text_line(&file.old_path, before.line, &file.old),
            ];
            outcome.findings.push(build_stored_finding(
                // Terraform compares the two numbers itself
                &DOC,
                Severity::Blocks,
                Confidence::Proven,
                &schema.function,
                &says,
                places,
            ));
        }
    }
}

/// Schemas of resources, in order.
fn list_resource_schemas(path: &str, text: &str) -> Vec<ResourceSchema> {
    // `Version` is a common key, so the framework's own answer has to be in the file
    let responds = text.contains("SchemaResponse");
    let sdk = text.contains("schema.Resource{") || responds || text.contains("schema.Schema{");
    let Some(language) = guard::find_language(path).filter(|_| sdk) else {
        return Vec::new();
    };
    let tokens = guard::cut_program_tokens(language, text);
    let mut function = String::new();
    let mut found: Vec<ResourceSchema> = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        if token.is("func") && token.first {
            // methods of several resources are called alike, and their receivers tell them apart
            // `func name(` or `func (r *name) Schema(`
            let open = usize::from(tokens.get(at + 1).is_some_and(|next| next.is("(")))
                * tokens[at + 1..]
                    .iter()
                    .take(12)
                    .position(|token| token.is(")"))
                    .map_or(0, |end| end + 1);
            let receiver = tokens[at + 1..]
                .iter()
                .take(open)
                .rfind(|token| token.kind == TokenKind::Word)
                .map(|token| format!("{}.", token.text))
                .unwrap_or_default();
            let name = tokens.get(at + 1 + open).map_or("", |token| token.text);
            function = format!("{receiver}{name}");
        }
        let opens = token.is("schema")
            && tokens.get(at + 1).is_some_and(|dot| dot.is("."))
            && tokens.get(at + 3).is_some_and(|brace| brace.is("{"));
        let Some(kind) = tokens.get(at + 2).filter(|_| opens) else {
            continue;
        };
        let key = match kind.text {
            "Resource" => "SchemaVersion",
            "Schema" if responds => "Version",
            _ => continue,
        };
        // without the key the version is 0
        let (version, line) = read_key_number(&tokens, at + 3, key).unwrap_or((0, token.line));
        found.push(ResourceSchema {
            function: function.clone(),
            version,
            line,
        });
    }
    found
}

/// The number of a key that stands directly in the braces at `open`.
fn read_key_number(tokens: &[GuardToken<'_>], open: usize, key: &str) -> Option<(u64, usize)> {
    let mut depth = 0_i32;
    // the schema of a large resource fills a file
    for (at, token) in tokens.iter().enumerate().skip(open).take(20_000) {
        depth +=
            i32::from(token.is("{") || token.is("(")) - i32::from(token.is("}") || token.is(")"));
        if depth == 0 {
            return None;
        }
        // schemas nest, and each has a version of its own
        if depth == 1 && token.is(key) && tokens.get(at + 1).is_some_and(|colon| colon.is(":")) {
            return tokens
                .get(at + 2)
                .and_then(|value| parse_number_literal(value.text))
                .map(|value| (value, token.line));
        }
    }
    None
}

#[cfg(test)]
fn make_fixtures() -> (super::fixture::StoredFixture, super::fixture::StoredFixture) {
    use super::fixture::StoredFixture;
    let resource = "func room() *schema.Resource {\n\treturn &schema.Resource{\n\t\tCreate: create,\n\t\tSchema: map[string]*schema.Schema{\"a\": {Type: schema.TypeInt}},\n\t}\n}\n";
    let raised = "func room() *schema.Resource {\n\treturn &schema.Resource{\n\t\tSchemaVersion: 1,\n\t\tCreate: create,\n\t\tSchema: map[string]*schema.Schema{\"a\": {Type: schema.TypeInt}},\n\t}\n}\n";
    let more = "func room() *schema.Resource {\n\treturn &schema.Resource{\n\t\tCreate: create,\n\t\tSchema: map[string]*schema.Schema{\"a\": {Type: schema.TypeInt}, \"b\": {Type: schema.TypeInt}},\n\t}\n}\n";
    (
        StoredFixture::of("larder/room.go", resource, raised),
        StoredFixture::of("larder/room.go", resource, more),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_kinds_of_provider_are_read() {
        let framework = "func (r *jar) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {\n\tresp.Schema = schema.Schema{\n\t\tVersion: 2,\n\t\tAttributes: map[string]schema.Attribute{},\n\t}\n}\n";
        assert_eq!(
            list_resource_schemas("a.go", framework),
            [ResourceSchema {
                function: "jar.Schema".to_owned(),
                version: 2,
                line: 3
            }]
        );
        assert_eq!(
            list_resource_schemas("a.go", "func a() {\n\tx := schema.Resource{Create: f}\n}\n"),
            [ResourceSchema {
                function: "a".to_owned(),
                version: 0,
                line: 2
            }]
        );
        assert!(list_resource_schemas("a.go", "func a() { b := http.Resource{} }").is_empty());
    }
}

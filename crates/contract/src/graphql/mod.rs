//! GraphQL schemas: one or many files, extensions, federation.

mod compare;
mod introspection;
mod members;
mod read;
mod shape;
mod token;

use super::change::Log;
use super::document::LineIndex;

/// One changed file: its path in current, its path in previous, and both texts.
pub(super) struct GraphqlFilePair<'a> {
    pub path: &'a str,
    pub old_path: Option<&'a str>,
    pub old: Option<&'a str>,
    pub new: Option<&'a str>,
}

/// A schema file, or the answer of an introspection query.
fn read_graphql_model(text: Option<&str>) -> read::GraphqlSchema {
    let text = text.unwrap_or("");
    let told = introspection::read_introspection(text).map(|schema| read::GraphqlSchema {
        index: LineIndex::new(text),
        ..schema
    });
    told.unwrap_or_else(|| read::read_graphql_schema(text))
}

/// Notes every difference between the files; returns what was not understood, by path and line.
pub(super) fn compare_graphql_files(
    files: &[GraphqlFilePair<'_>],
    log: &mut Log,
) -> Vec<(String, usize)> {
    let read: Vec<compare::ChangedGraphqlFile<'_>> = files
        .iter()
        .map(|file| compare::ChangedGraphqlFile {
            path: file.path,
            old_path: file.old_path.unwrap_or(file.path),
            old_text: file.old.unwrap_or(""),
            new_text: file.new.unwrap_or(""),
            old: read_graphql_model(file.old),
            new: read_graphql_model(file.new),
        })
        .collect();
    compare::compare_graphql_schemas(&read, log);
    let unread = |path: &str, schema: &read::GraphqlSchema| {
        schema.unread.first().map(|line| (path.to_owned(), *line))
    };
    read.iter()
        .flat_map(|file| {
            [
                unread(file.path, &file.new),
                unread(file.old_path, &file.old),
            ]
        })
        .flatten()
        .collect()
}

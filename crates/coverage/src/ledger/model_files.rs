//! Which program text holds classes from which a library makes tables?

/// A library makes tables from a class only where the program keeps its rows: not in pages that
/// run in browsers, and not from what is only sent.
pub(super) fn may_be_model(path: &str) -> bool {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let (stem, end) = name.rsplit_once('.').unwrap_or((name, ""));
    let page = ["js", "jsx", "ts", "tsx", "vue", "svelte"].contains(&end)
        && folder.split('/').any(|part| {
            ["client", "frontend", "front-end", "ui"]
                .iter()
                .any(|word| part.eq_ignore_ascii_case(word))
        });
    let sent = end == "cs"
        && (["Dto", "DTO", "ViewModel", "Request", "Response"]
            .iter()
            .any(|ending| stem.ends_with(ending))
            || folder
                .split('/')
                .any(|part| ["DTOs", "Dtos", "ViewModels"].contains(&part)));
    !page && !sent
}

/// The file holds something from which a library makes a table. Each line of it may be a column:
/// how one is written differs from library to library.
pub(super) fn defines_models(text: &str) -> bool {
    const MARKS: [&str; 38] = [
        "mnesia.create_table",
        "mnesia:create_table",
        "mongoid::document",
        "dev.morphia",
        "mapping.document",
        "mongoengine",
        "beanie",
        "extends model ",
        "extends model<",
        "(db.model)",
        "db.entity",
        "table=true",
        "entityschema",
        "dbix::class",
        "gorm",
        "xorm",
        "bun:\"",
        ": table(",
        ":table(",
        "idtable(",
        "__tablename__",
        "@entity",
        "@table",
        "models.model",
        "dbset<",
        "mkpersist",
        "persistlowercase",
        "sequelize.define",
        "model.init(",
        "@database(",
        "declarative_base",
        "declarativebase",
        "documentstore",
        "registermigration",
        "fields.",
        "new schema(",
        "mongoose.schema",
        "ent.schema",
    ];
    let lower = text.to_ascii_lowercase();
    // Sequelize under any name; elements of a page are defined alike
    let defines = lower.match_indices(".define(").any(|(at, call)| {
        !lower[..at].ends_with("customelements")
            && lower[at + call.len()..].starts_with(['"', '\''])
    });
    defines || MARKS.iter().any(|mark| lower.contains(mark))
}

/// A changed line of a model: a field with a type or a mapping.
pub(super) fn find_model_line(fresh: &[(usize, &str)]) -> Option<usize> {
    let signs = [
        "gorm:",
        "db:\"",
        "@column",
        "@entity",
        "column(",
        "mapped[",
        "field(",
        "models.",
        "schema.types",
        "datatypes.",
        "public virtual",
        "{ get; set; }",
        "@field",
        "@primarykey",
    ];
    fresh
        .iter()
        .find(|(_, line)| {
            signs
                .iter()
                .any(|sign| line.to_ascii_lowercase().contains(sign))
        })
        .map(|(line, _)| *line)
}

#[cfg(test)]
mod tests {
    use super::may_be_model;

    #[test]
    fn pages_and_what_is_only_sent_are_no_models() {
        for path in [
            "client/app/components/ItemsSource.js",
            "frontend/src/model.ts",
            "API/DTOs/SeriesDto.cs",
            "src/Api/Models/Response/CipherResponse.cs",
        ] {
            assert!(!may_be_model(path), "{path}");
        }
        for path in [
            "src/models/jar.ts",
            "server/client.js",
            "API/Entities/Series.cs",
            "app/models/jar.rb",
        ] {
            assert!(may_be_model(path), "{path}");
        }
    }
}

//! All migration tools. A tool that is not in this list does not exist.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::declaration::MigrationTool;
use super::{
    dotnet, ecto, folders, javascript, liquibase, numbered, pairs, php, python, rails, sea_orm,
    unnamed, versioned,
};
use model::Framework;

/// Every tool, and the order in which they are asked whether a file is theirs: the first that says
/// so has it. Only tools of one language, or of one shared shape of SQL files, can be in each
/// other's way; the surer signs stand first.
pub static TOOLS: &[&dyn MigrationTool] = &[
    &numbered::GooseTool,
    &numbered::DbmateTool,
    &numbered::SqlMigrateTool,
    &numbered::MicrateTool,
    &numbered::GraphileMigrateTool,
    &numbered::TernTool,
    &javascript::TypeOrmTool,
    &javascript::MikroOrmTool,
    &javascript::SequelizeTool,
    &javascript::KyselyTool,
    &javascript::KnexTool,
    &javascript::NodePgTool,
    &javascript::DbMigrateTool,
    &liquibase::LiquibaseTool,
    &numbered::DrizzleTool,
    &numbered::PlayTool,
    &numbered::MyBatisTool,
    &python::DjangoTool,
    &python::YoyoTool,
    &python::AlembicTool,
    &numbered::AtlasTool,
    &numbered::SupabaseTool,
    &numbered::DbUpTool,
    &pairs::MigratusTool,
    &pairs::RagtimeTool,
    &pairs::PostgratorTool,
    &pairs::GolangMigrateTool,
    &pairs::MorphTool,
    &pairs::FizzTool,
    &pairs::SqlxTool,
    &pairs::PairsTool,
    &folders::PrismaTool,
    &folders::DieselTool,
    &versioned::FlywayTool,
    &versioned::EvolveTool,
    &versioned::SchemachangeTool,
    &versioned::RefineryTool,
    &numbered::SqitchTool,
    &numbered::RoundhouseTool,
    &rails::SequelTool,
    &rails::RailsTool,
    &php::LaravelTool,
    &php::DoctrineTool,
    &php::PhinxTool,
    &ecto::EctoTool,
    &dotnet::EfCoreTool,
    &dotnet::FluentMigratorTool,
    &sea_orm::SeaOrmTool,
    &unnamed::PlainTool,
    &unnamed::GormigrateTool,
    &unnamed::XormigrateTool,
    &unnamed::CodeTool,
    &unnamed::OtherTool,
];

/// The declaration of a tool.
pub fn find_tool(framework: Framework) -> &'static dyn MigrationTool {
    // asked for each file of a history
    static BY_NAME: LazyLock<HashMap<Framework, &'static dyn MigrationTool>> =
        LazyLock::new(|| {
            TOOLS
                .iter()
                .map(|tool| (tool.record().framework, *tool))
                .collect()
        });
    // a test holds that every name has its declaration
    BY_NAME
        .get(&framework)
        .copied()
        .unwrap_or(&unnamed::OtherTool)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tool::declaration::{DownStyle, Habit};

    #[test]
    fn every_name_has_one_declaration() {
        for framework in Framework::ALL {
            let rows = TOOLS
                .iter()
                .filter(|tool| tool.record().framework == *framework)
                .count();
            assert_eq!(rows, 1, "{framework}");
        }
        assert_eq!(TOOLS.len(), Framework::ALL.len());
    }

    #[test]
    fn a_declaration_does_not_contradict_itself() {
        for tool in TOOLS {
            let record = tool.record();
            let id = record.framework.id();
            assert!(
                record.marks.is_none() || record.down == DownStyle::InFile,
                "{id}: marks part both ways of one file"
            );
            // A habit that nobody can meet tells nothing: who refuses is started somehow.
            assert!(
                record.habit != Habit::Refuses
                    || !record.start.packages.is_empty()
                    || record.start.command.is_some(),
                "{id}: by what is it started?"
            );
            assert!(
                record.habit == Habit::Unknown || !record.table.is_empty(),
                "{id}: a habit rests on a table of versions"
            );
        }
    }
}

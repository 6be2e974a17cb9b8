//! `backout queries`: the counting queries of a pair of releases as a script.

use std::collections::BTreeSet;
use std::process::ExitCode;

use anyhow::{Result, anyhow, bail};

use super::cli::{Common, DialectArg, QueriesArgs};
use super::situation::{self, Situation, StandardInput};
use crate::assess;
use crate::check::database::counting::{
    CountingQuery, ScriptHeading, list_counting_queries, write_counting_script,
};
use crate::model::{Dialect, escape_invisible, fact_key};

/// Runs it.
pub fn run_queries(common: &Common, args: &QueriesArgs) -> Result<ExitCode> {
    let situation = Situation::new(common, &args.versions, StandardInput::Free)?;
    let checklist = situation::load_checklist_in_force(common)?;
    let wanted = args
        .question
        .as_deref()
        .map(|id| {
            let question = checklist
                .questions
                .iter()
                .find(|question| question.id == id);
            let question = question.ok_or_else(|| {
                super::make_usage_error(anyhow!(
                    "--for {}: no question has this id; `backout checklist show` lists them",
                    escape_invisible(id)
                ))
            })?;
            if !question
                .facts
                .iter()
                .any(|fact| fact == fact_key::DATABASE_NEW_FORM_ROWS)
            {
                return Err(super::make_usage_error(anyhow!(
                    "--for {}: no query answers this question; new-form and verified have some",
                    escape_invisible(id)
                )));
            }
            Ok(())
        })
        .transpose()?;
    let assessed = assess::assess_release_pair(&situation.request, &|_| {})?;
    let assessment = &assessed.assessment;
    let mut queries = list_counting_queries(&assessment.migrations);
    queries.retain(|query| wanted.is_none() || query.tells_new_form);
    let live = &assessed.config.database.dialects;
    let dialect = choose_dialect(args.dialect, live, &queries)?;
    queries.retain(|query| query.dialect == dialect || query.dialect == Dialect::Unknown);
    let heading = ScriptHeading {
        previous: assessment.previous.version.as_raw(),
        current: assessment.current.version.as_raw(),
    };
    super::print_output(&write_counting_script(&queries, dialect, heading))
}

/// The database to write for: the one that was named, the one of `backout.yaml`, or the only one of
/// the migrations.
fn choose_dialect(
    named: Option<DialectArg>,
    live: &[impl AsRef<str>],
    queries: &[CountingQuery],
) -> Result<Dialect> {
    if let Some(named) = named {
        return Ok(match named {
            DialectArg::Postgresql => Dialect::Postgres,
            DialectArg::Mysql => Dialect::MySql,
            DialectArg::Sqlite => Dialect::Sqlite,
            DialectArg::Mssql => Dialect::Mssql,
        });
    }
    let is_live =
        |dialect: Dialect| live.is_empty() || live.iter().any(|word| word.as_ref() == dialect.id());
    let known: BTreeSet<Dialect> = queries
        .iter()
        .filter_map(|query| query.dialect.known())
        .filter(|dialect| *dialect != Dialect::Unknown && is_live(*dialect))
        .collect();
    let mut known = known.into_iter();
    match (known.next(), known.next()) {
        (Some(only), None) => Ok(only),
        (None, _) => Ok(Dialect::Unknown),
        (Some(first), Some(second)) => bail!(
            "the migrations are written for {} and {}; say with --dialect which database is live, \
                or name it as `database.dialects` in backout.yaml",
            first.id(),
            second.id()
        ),
    }
}

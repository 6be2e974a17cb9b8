//! Migrations in host languages to the same steps as SQL: one file a framework, over one small
//! syntax.

pub mod alembic;
pub mod code;
pub mod db_migrate;
pub mod django;
pub mod django_rows;
pub mod doctrine;
pub mod ecto;
pub mod efcore;
pub mod expression;
pub mod fluent;
pub mod go;
pub mod grammar;
pub mod invert;
pub mod knex;
pub mod laravel;
pub mod literals;
pub mod node_kinds;
pub mod node_pg;
mod node_pg_actions;
mod node_pg_values;
pub mod phinx;
pub mod python_names;
pub mod rails;
mod rails_actions;
mod rails_models;
pub mod rails_table;
pub mod resolve;
pub mod script;
pub mod sea_orm;
pub mod sides;
pub mod source;
pub mod strings;
pub mod syntax;
pub mod typeorm;
pub mod write;
pub mod yoyo;

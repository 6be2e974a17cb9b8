//! Which driver opens an address: the one place that knows every engine.

use crate::address::{DatabaseAddress, EngineKind};
use crate::connection::{Connection, TimeLimits};
use crate::fault::RehearsalFault;

/// Opens a database.
///
/// # Errors
/// One sentence where it cannot be reached, or its driver is not built in.
pub fn open_database(
    address: &DatabaseAddress,
    limits: TimeLimits,
) -> Result<Box<dyn Connection>, RehearsalFault> {
    if let Some(word) = address.find_encryption_word() {
        return Err(RehearsalFault::Encrypted {
            address: address.shown().to_owned(),
            word,
        });
    }
    match address.kind() {
        #[cfg(feature = "databases")]
        EngineKind::Sqlite => Ok(Box::new(crate::sqlite::SqliteDatabase::open(
            address, limits,
        )?)),
        #[cfg(feature = "databases")]
        EngineKind::Postgres => Ok(Box::new(crate::postgres::PostgresDatabase::open(
            address, limits,
        )?)),
        #[cfg(feature = "databases")]
        EngineKind::MySql => Ok(Box::new(crate::mysql::MySqlDatabase::open(
            address, limits,
        )?)),
        #[allow(
            unreachable_patterns,
            reason = "with all features every engine has its driver"
        )]
        other => Err(RehearsalFault::NotBuilt {
            engine: other.name(),
            feature: "databases",
        }),
    }
}

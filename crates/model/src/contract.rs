//! Contract files of the range and what changes in them, both ways.

use serde::{Deserialize, Serialize};

use super::{CheckId, Evidence};

/// Format of a contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ContractKind {
    /// OpenAPI 3.
    Openapi,
    /// OpenAPI 2.
    Swagger,
    /// AsyncAPI.
    Asyncapi,
    /// Protocol buffers.
    Protobuf,
    /// GraphQL SDL.
    Graphql,
    /// Avro.
    Avro,
    /// JSON Schema.
    JsonSchema,
    /// Pact.
    Pact,
    /// TypeScript declarations.
    Typescript,
}

/// Grade of a change one way. Ordered from harmless to worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Grade {
    /// Nobody notices.
    Compatible,
    /// Somebody may.
    Doubt,
    /// Users of it fail.
    Breaking,
}

/// Who is affected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Affects {
    /// Callers.
    Clients,
    /// Messages and documents stored meanwhile.
    StoredData,
    /// Only code that is generated anew.
    GeneratedCode,
}

/// Whether a dependent has taken it up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Adoption {
    /// Seen in use.
    Used,
    /// The dependent is newer than current's deploy.
    CouldBeUsed,
    /// Looked for and not found.
    NotAdopted,
    /// Nobody has looked.
    Unknown,
}

/// A place in a dependent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Use {
    /// Name in `backout.yaml`.
    pub dependent: String,
    /// File in its repository.
    pub path: String,
    /// Line, from 1.
    pub line: Option<usize>,
    /// The line itself, shortened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub excerpt: Option<String>,
}

/// One change of a contract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContractChange {
    /// Id of the check, `contract/operation-added`.
    pub check: CheckId,
    /// `POST /cards/verify`, `Card.expiry`.
    pub location: String,
    /// Line in the file where the text changed (in current; in previous for a removal).
    pub line: Option<usize>,
    /// One sentence.
    pub says: String,
    /// Grade forward.
    pub on_deploy: Grade,
    /// Grade on the way back.
    pub on_rollback: Grade,
    /// Grade for data that current wrote and previous reads.
    pub stored: Grade,
    /// Who is affected.
    pub affects: Vec<Affects>,
    /// Taken up or not.
    pub adoption: Adoption,
    /// Where.
    pub used_by: Vec<Use>,
    /// The definition in previous and in current, for the screen; bounded.
    #[serde(default)]
    pub old: Option<Evidence>,
    /// See `old`.
    #[serde(default)]
    pub new: Option<Evidence>,
}

/// One changed contract file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contract {
    /// The file whose text changed.
    pub path: String,
    /// The document it belongs to, when it is a fragment.
    pub root: String,
    /// Format.
    pub kind: ContractKind,
    /// The changes; empty when the meaning stayed.
    pub changes: Vec<ContractChange>,
    /// Worst forward.
    pub on_deploy: Grade,
    /// Worst on the way back.
    pub on_rollback: Grade,
}

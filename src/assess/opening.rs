//! What is settled before anything is read: the configuration, the releases, and which two are
//! compared.

use std::path::Path;

use super::config::{self, LoadedConfig};
use super::{AssessError, Request};
use crate::model::Config;
use crate::repository::{ReleaseOptions, ReleasePair, Releases, Repository, RepositoryError};

/// Configuration, releases and pair. The file of the working tree is known before the pair; that of
/// *current*'s tree only after it, and may change it once (by its tag pattern or its `previous`).
pub(super) fn load_config_and_pair(
    request: &Request,
    repository: &Repository,
) -> Result<(LoadedConfig, Releases, ReleasePair), AssessError> {
    let base = repository
        .work_dir()
        .map_or_else(|| repository.info().path.clone(), Path::to_path_buf);
    let early = match &request.config {
        Some(path) => Some(config::load_named_config(path).map_err(AssessError::Config)?),
        None => repository.work_dir().and_then(config::in_folder),
    };
    let found = early.is_some();
    let loaded = early.unwrap_or_else(|| LoadedConfig {
        base: base.clone(),
        ..LoadedConfig::default()
    });
    let (releases, pair) = choose_release_pair(request, repository, &loaded.config)?;
    if found {
        return Ok((loaded, releases, pair));
    }
    let tree = repository.snapshot(&pair.current)?;
    let Some(loaded) = config::in_tree(tree.as_ref(), pair.current.version.as_raw(), &base) else {
        return Ok((loaded, releases, pair));
    };
    if loaded.config.releases == Config::default().releases && loaded.config.services.is_empty() {
        return Ok((loaded, releases, pair));
    }
    let (releases, pair) = choose_release_pair(request, repository, &loaded.config)?;
    Ok((loaded, releases, pair))
}

fn choose_release_pair(
    request: &Request,
    repository: &Repository,
    config: &Config,
) -> Result<(Releases, ReleasePair), RepositoryError> {
    let named = request
        .service
        .as_ref()
        .and_then(|name| config.services.iter().find(|service| &service.name == name));
    let own = named.and_then(|service| service.tags.clone());
    // a service described by its tags needs no guess by prefix
    let service = if own.is_some() {
        None
    } else {
        request.service.clone()
    };
    let tag_pattern = request
        .tag_pattern
        .clone()
        .or(own)
        .or_else(|| config.releases.tags.clone());
    let releases = repository.releases(&ReleaseOptions {
        tag_pattern,
        service,
    })?;
    let previous = request.previous.as_deref().or_else(|| {
        config
            .releases
            .previous
            .as_deref()
            .filter(|word| *word != "auto")
    });
    let pair = repository.pair(&releases, previous, request.current.as_deref())?;
    Ok((releases, pair))
}

/// An environment that the configuration does not know would be taken for one without limits.
pub(super) fn known_environment(request: &Request, config: &Config) -> Result<(), AssessError> {
    let Some(name) = request.environment.as_deref() else {
        return Ok(());
    };
    let known: Vec<String> = config
        .environments
        .keys()
        .map(|known| crate::model::escape_invisible(known).into_owned())
        .collect();
    if known.is_empty() || config.environments.contains_key(name) {
        return Ok(());
    }
    let known = known.join(", ");
    Err(AssessError::Environment(format!(
        "the environment {} is not in {}; it has {known}",
        crate::model::escape_invisible(name),
        config::NAME
    )))
}

//! Work on a repository in several threads.

use super::error::RepositoryError;
use super::handles::Handles;

/// Number of threads that pay on this machine.
pub fn choose_thread_count(work: usize) -> usize {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    // a thread needs a handle with its own caches, which a few objects do not pay for
    cores.min(8).min(work / 64 + 1)
}

/// Runs `work` over chunks of `items` in threads, one handle a thread; results keep the order.
pub fn in_threads<I: Sync, T: Send>(
    handles: &Handles,
    items: &[I],
    work: impl Fn(&git2::Repository, &[I]) -> Result<Vec<T>, RepositoryError> + Sync,
) -> Result<Vec<T>, RepositoryError> {
    let count = choose_thread_count(items.len());
    // more chunks than threads, so that a thread with the large commits does not keep the others
    // waiting
    let size = items.len().div_ceil(count * 8).max(1);
    let chunks: Vec<&[I]> = items.chunks(size).collect();
    let next = std::sync::atomic::AtomicUsize::new(0);
    let run = || -> Result<Vec<(usize, Vec<T>)>, RepositoryError> {
        handles.with(|repo| {
            let mut done = Vec::new();
            loop {
                let at = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                let Some(chunk) = chunks.get(at) else {
                    return Ok(done);
                };
                done.push((at, work(repo, chunk)?));
            }
        })
    };
    let mut parts = std::thread::scope(|scope| {
        let others: Vec<_> = (1..count).map(|_| scope.spawn(run)).collect();
        let mut parts = run()?;
        for other in others {
            parts.extend(other.join().map_err(|_| {
                RepositoryError::Other(
                    "a thread reading the repository stopped; `git fsck` tells more".to_owned(),
                )
            })??);
        }
        Ok::<_, RepositoryError>(parts)
    })?;
    // threads finish in any order; results have to be those of one thread
    parts.sort_by_key(|(at, _)| *at);
    Ok(parts.into_iter().flat_map(|(_, part)| part).collect())
}

//! How much memory a run used, from its account and the peak of its largest process.

use super::processors;
use crate::cgroup::Account;

/// The peak of a run: of all its processes together, or of the one that is all of it.
///
/// The account counts everything but is kept in batches of pages for each processor. A process's own
/// peak is exact to some pages, so it is the better figure where the account says no more than that.
/// Only the account is held against the limit: memory shared with others, such as the pages of a
/// program's file, is in the process's peak alone.
pub(super) fn program_memory(account: &Account, largest_resident_bytes: u64, limit: u64) -> u64 {
    let charged = without_files(account, largest_resident_bytes);
    let tables = largest_resident_bytes / 256;
    let told = if charged > largest_resident_bytes + tables + grain() {
        charged
    } else {
        largest_resident_bytes
    };
    if account.out_of_memory { told.max(limit) } else { told.min(limit) }
}

/// How exact the kernel's account of memory is, in bytes: it may be ahead by 64 pages on each processor
/// that the run has been on.
pub(super) fn grain() -> u64 {
    const BATCH: u64 = 64 * 4096;
    BATCH * u64::from(processors().min(4))
}

/// The peak without the pages of files that the run read and wrote, which the kernel could have
/// dropped at any time. They may have come after the peak, so the largest process's own peak is a
/// lower bound.
pub(super) fn without_files(account: &Account, largest_resident_bytes: u64) -> u64 {
    const NEGLIGIBLE: u64 = 1 << 20;
    let without_files = account.peak_memory_bytes.saturating_sub(account.file_cache_bytes);
    if account.file_cache_bytes < NEGLIGIBLE {
        return without_files;
    }
    without_files.max(largest_resident_bytes.min(account.peak_memory_bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_files_are_no_programs_memory() {
        let account = |peak, files| Account {
            peak_memory_bytes: peak,
            file_cache_bytes: files,
            ..Account::default()
        };
        let mib = 1 << 20;
        assert_eq!(without_files(&account(10 * mib, 0), 90 * mib), 10 * mib);
        assert_eq!(without_files(&account(60 * mib, 50 * mib), 5 * mib), 10 * mib);
        assert_eq!(without_files(&account(60 * mib, 50 * mib), 30 * mib), 30 * mib);
        assert_eq!(without_files(&account(60 * mib, 50 * mib), 90 * mib), 60 * mib);
    }

    #[test]
    fn one_process_is_told_by_its_own_peak_and_several_by_the_account() {
        let mib = 1 << 20;
        let account = |peak| Account { peak_memory_bytes: peak, ..Account::default() };
        let told = |peak, resident, limit| program_memory(&account(peak), resident, limit);
        assert_eq!(told(10 * mib + grain() / 2, 10 * mib, 64 * mib), 10 * mib);
        assert_eq!(told(6 * mib, 10 * mib, 64 * mib), 10 * mib, "its file is shared with others");
        assert_eq!(told(30 * mib, 10 * mib, 64 * mib), 30 * mib, "others used as much");
        // Who was not stopped kept to the limit, and who was had reached it.
        assert_eq!(told(63 * mib, 66 * mib, 64 * mib), 64 * mib);
        let stopped = Account { out_of_memory: true, ..account(60 * mib) };
        assert_eq!(program_memory(&stopped, 59 * mib, 64 * mib), 64 * mib);
    }
}

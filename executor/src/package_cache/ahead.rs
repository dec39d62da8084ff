//! Packages that are fetched before anybody asks for them: into room that nobody needs.

use super::{CachedPackage, PackageCache, hold};
use crate::judging::host;
use judge_types::{JudgingError, JudgingErrorKind, PackageHash};
use std::{
    collections::{HashMap, HashSet},
    fs,
    path::Path,
    time::{Duration, Instant, SystemTime},
};
use store::{Blobs, contests::DuePackage};

/// What was wanted within this time is not given up for what is fetched ahead: longer than a function may hold it, and
/// than a problem of a contest usually is without submissions.
const IN_USE_FOR: Duration = Duration::from_secs(3600);

/// How much of the disk is left to others, in bytes: functions without room are tried again elsewhere.
const LEFT_FREE: u64 = 1 << 30;

/// Fetches packages ahead, and remembers what it could not fetch.
pub(crate) struct Ahead {
    cache: PackageCache,
    blobs: Blobs,
    /// The size of those that were found too large once they were here, in bytes, unpacked.
    unpacked_bytes: HashMap<PackageHash, u64>,
    told: HashMap<PackageHash, Trouble>,
    /// When those that could not be fetched are tried again, and how long that was put off.
    again: HashMap<PackageHash, (Instant, Duration)>,
}

/// How long a package that could not be fetched is left alone: at first, and at the most after failing again and again.
const AGAIN_AFTER: Duration = Duration::from_secs(10);
const AGAIN_AT_LATEST: Duration = Duration::from_secs(300);

/// Why a package was not fetched; logged when it is new.
#[derive(Debug, PartialEq, Eq)]
enum Trouble {
    DoesNotFit,
    Failed(String),
}

/// How much room there is, in bytes.
struct Room {
    in_cache: u64,
    on_disk: u64,
}

impl Ahead {
    pub(crate) fn new(cache: PackageCache, blobs: Blobs) -> Self {
        let (unpacked_bytes, told, again) = (HashMap::new(), HashMap::new(), HashMap::new());
        Self { cache, blobs, unpacked_bytes, told, again }
    }

    /// Brings one after the other here, those that come first before others, as far as they fit. Calls `fetched` after
    /// each that was not here, and ends early where that says so.
    pub(crate) fn bring(&mut self, due: &[DuePackage], mut fetched: impl FnMut() -> bool) {
        let wanted: HashSet<_> = due.iter().map(|due| due.package.clone()).collect();
        self.unpacked_bytes.retain(|package, _| wanted.contains(package));
        self.told.retain(|package, _| wanted.contains(package));
        self.again.retain(|package, _| wanted.contains(package));
        // What is here is wanted from now on, so that room is made of other packages.
        let is_here = |due: &&DuePackage| {
            matches!(hold(&self.cache.folder.join(due.package.as_str())), Ok(Some(_)))
        };
        let (here, missing): (Vec<_>, Vec<_>) = due.iter().partition(is_here);
        here.iter().for_each(|due| drop(self.told.remove(&due.package)));
        for due in missing {
            if self.again.get(&due.package).is_some_and(|(at, _)| Instant::now() < *at) {
                continue;
            }
            match self.fetch(due, &wanted) {
                Ok(Some(package)) => {
                    let (hash, bytes) = (&due.package, package.transferred_bytes);
                    tracing::info!(package = %hash, bytes, "package fetched ahead");
                    self.told.remove(hash);
                    self.again.remove(hash);
                    if !fetched() {
                        return;
                    }
                }
                Ok(None) => {}
                Err(error) => {
                    self.put_off(&due.package);
                    let message = error.to_string();
                    if self.is_news(&due.package, Trouble::Failed(message)) {
                        tracing::warn!(package = %due.package, %error, "cannot fetch a package ahead");
                    }
                }
            }
        }
    }

    fn put_off(&mut self, package: &PackageHash) {
        let before = self.again.get(package).map(|(_, pause)| *pause);
        let pause = before.map_or(AGAIN_AFTER, |pause| (pause * 2).min(AGAIN_AT_LATEST));
        self.again.insert(package.clone(), (Instant::now() + pause, pause));
    }

    /// The package, unless it does not fit.
    fn fetch(
        &mut self,
        due: &DuePackage,
        wanted: &HashSet<PackageHash>,
    ) -> Result<Option<CachedPackage>, JudgingError> {
        let package = &due.package;
        // Packed it is hardly ever larger: so much is known before it is here.
        let bytes = self.unpacked_bytes.get(package).copied().unwrap_or(due.package_bytes);
        if !self.fits(package, bytes, &self.room(wanted)?) {
            return Ok(None);
        }
        let mut unpacked_bytes = None;
        let found = self.cache.get_if(package, &self.blobs, |zip| {
            let bytes = problems::unpacked_bytes(zip).map_err(|faults| {
                JudgingError::new(JudgingErrorKind::Storage, faults.to_string())
            })?;
            let room = self.room(wanted)?;
            if room.takes(bytes) {
                // Before it is unpacked, so that the limit holds while it is.
                self.cache.make_room_for(bytes);
                return Ok(());
            }
            unpacked_bytes = Some((bytes, room));
            Err(JudgingError::new(JudgingErrorKind::NoRoom, "it does not fit"))
        });
        let Some((bytes, room)) = unpacked_bytes else { return found.map(Some) };
        self.unpacked_bytes.insert(package.clone(), bytes);
        self.fits(package, bytes, &room);
        Ok(None)
    }

    /// Whether so many bytes fit; logs it once where they do not.
    fn fits(&mut self, package: &PackageHash, bytes: u64, room: &Room) -> bool {
        if room.takes(bytes) {
            return true;
        }
        if self.is_news(package, Trouble::DoesNotFit) {
            tracing::warn!(
                %package, bytes, room_in_cache = room.in_cache, room_on_disk = room.on_disk,
                cache_limit = self.cache.limit_bytes, "a package does not fit ahead of its contest"
            );
        }
        false
    }

    fn is_news(&mut self, package: &PackageHash, trouble: Trouble) -> bool {
        let is_known = self.told.get(package) == Some(&trouble);
        self.told.insert(package.clone(), trouble);
        !is_known
    }

    /// How much may be added without taking away what is `wanted`, or was of late.
    fn room(&self, wanted: &HashSet<PackageHash>) -> Result<Room, JudgingError> {
        let folder = &self.cache.folder;
        fs::create_dir_all(folder).map_err(|e| host("create", folder.display(), &e))?;
        let disk = rustix::fs::statvfs(folder)
            .map_err(|e| host("ask for the room in", folder.display(), &e.into()))?;
        let needed = self.cache.entries().into_iter().filter(|(last_wanted, _, path)| {
            // By a clock that was set back since, it is fresh.
            let ago = SystemTime::now().duration_since(*last_wanted).unwrap_or_default();
            is_wanted(path, wanted) || ago < IN_USE_FOR
        });
        let needed: u64 = needed.map(|(_, bytes, _)| bytes).sum();
        Ok(Room {
            in_cache: self.cache.limit_bytes.saturating_sub(needed),
            on_disk: disk.f_bavail.saturating_mul(disk.f_frsize).saturating_sub(LEFT_FREE),
        })
    }
}

impl Room {
    fn takes(&self, bytes: u64) -> bool {
        bytes <= self.in_cache && bytes <= self.on_disk
    }
}

fn is_wanted(entry: &Path, wanted: &HashSet<PackageHash>) -> bool {
    let name = entry.file_name().and_then(|name| name.to_str());
    name.and_then(|name| name.parse().ok()).is_some_and(|hash| wanted.contains(&hash))
}

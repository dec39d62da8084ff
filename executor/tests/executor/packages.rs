//! The cache of packages.

use crate::{stand::PackageFolder, tests_of};
use executor::PackageCache;
use judge_types::{JudgingErrorKind, PackageHash};
use libtest_mimic::Trial;
use std::{fs, path::Path};
use store::{Blobs, BlobsUrl, blobs};
use test_servers::S3;

pub(crate) fn trials() -> Vec<Trial> {
    tests_of![
        a_package_is_fetched_once,
        one_process_fetches_one_package_after_the_other,
        many_at_once_fetch_one_package,
        leftovers_of_a_killed_function_are_no_obstacle,
        leftovers_of_killed_functions_go_when_another_package_comes,
        a_package_that_is_not_stored_is_named,
        a_damaged_archive_is_not_used,
        room_is_made_but_nothing_in_use_goes,
    ]
}

/// Stores the package below `folder` and says its hash.
fn stored(folder: &Path, package: &PackageFolder) -> PackageHash {
    let package = package.open();
    let zip = folder.join("package.zip");
    problems::pack(&package, fs::File::create(&zip).unwrap()).unwrap();
    put(folder, &package.hash, fs::read(zip).unwrap());
    package.hash
}

fn put(folder: &Path, hash: &PackageHash, content: Vec<u8>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(in_folder(folder).put(&blobs::package_key(hash), content)).unwrap();
}

fn in_folder(folder: &Path) -> Blobs {
    Blobs::in_folder(&folder.join("blobs")).unwrap()
}

fn numbered(number: u32) -> PackageFolder {
    PackageFolder::new(&[("1", "1"), ("2", &number.to_string())])
}

fn a_package_is_fetched_once() {
    let place = tempfile::tempdir().unwrap();
    let hash = stored(place.path(), &numbered(1));
    let cache = PackageCache::new(place.path().join("cache"), 1 << 30);
    let first = cache.get(&hash, &in_folder(place.path())).unwrap();
    assert!(first.transferred_bytes > 0);
    assert_eq!((first.package.hash.clone(), first.package.test_cases.len()), (hash.clone(), 2));
    fs::remove_dir_all(place.path().join("blobs")).unwrap();
    let second = cache.get(&hash, &in_folder(place.path())).unwrap();
    assert_eq!(second.transferred_bytes, 0);
    assert!(second.package.test_cases[1].input.exists());
}

/// As a scaler does that fetches ahead: the connection of one must not be in the way of the next.
fn one_process_fetches_one_package_after_the_other() {
    let place = tempfile::tempdir().unwrap();
    let server = S3::start();
    let url: BlobsUrl = server.url().parse().unwrap();
    let bucket = url.open_with(server.environment()).unwrap();
    let hashes: Vec<_> = (0..4).map(|n| stored(place.path(), &numbered(n))).collect();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    for hash in &hashes {
        let key = blobs::package_key(hash);
        runtime.block_on(bucket.put_file(&key, &place.path().join("blobs").join(&key))).unwrap();
    }
    let cache = PackageCache::new(place.path().join("cache"), 1 << 30);
    for hash in &hashes {
        assert!(cache.get(hash, &bucket).unwrap().transferred_bytes > 0);
    }
}

fn many_at_once_fetch_one_package() {
    let place = tempfile::tempdir().unwrap();
    let hash = stored(place.path(), &numbered(1));
    let cache = PackageCache::new(place.path().join("cache"), 1 << 30);
    let fetched: u64 = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|_| {
                scope
                    .spawn(|| cache.get(&hash, &in_folder(place.path())).unwrap().transferred_bytes)
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).filter(|bytes| *bytes > 0).count()
            as u64
    });
    assert_eq!(fetched, 1);
}

fn leftovers_of_a_killed_function_are_no_obstacle() {
    let place = tempfile::tempdir().unwrap();
    let hash = stored(place.path(), &numbered(1));
    let folder = place.path().join("cache");
    fs::create_dir_all(folder.join(format!("{hash}.incoming/package/data"))).unwrap();
    fs::write(folder.join(format!("{hash}.incoming/package/problem.yaml")), "half").unwrap();
    let cache = PackageCache::new(folder, 1 << 30);
    assert_eq!(cache.get(&hash, &in_folder(place.path())).unwrap().package.hash, hash);
}

fn leftovers_of_killed_functions_go_when_another_package_comes() {
    let place = tempfile::tempdir().unwrap();
    let hash = stored(place.path(), &numbered(1));
    let folder = place.path().join("cache");
    let others = ["1", "2", "3"].map(|digit| digit.repeat(64));
    let left = [
        folder.join(format!("{}.incoming", others[0])),
        folder.join(format!("{}.removed", others[1])),
    ];
    let being_fetched = folder.join(format!("{}.incoming", others[2]));
    for folder in left.iter().chain([&being_fetched]) {
        fs::create_dir_all(folder.join("package/data")).unwrap();
    }
    let lock = fs::File::create(folder.join(format!("{}.lock", others[2]))).unwrap();
    lock.lock().unwrap();
    let cache = PackageCache::new(folder, 1 << 30);
    assert_eq!(cache.get(&hash, &in_folder(place.path())).unwrap().package.hash, hash);
    assert!(left.iter().all(|folder| !folder.exists()), "{left:?}");
    assert!(being_fetched.exists());
}

fn a_package_that_is_not_stored_is_named() {
    let place = tempfile::tempdir().unwrap();
    let hash: PackageHash = "0".repeat(64).parse().unwrap();
    let cache = PackageCache::new(place.path().join("cache"), 1 << 30);
    let error = cache.get(&hash, &in_folder(place.path())).unwrap_err();
    assert_eq!(error.kind, JudgingErrorKind::Package);
    assert!(error.message.contains(hash.as_str()), "{error}");
}

fn a_damaged_archive_is_not_used() {
    let place = tempfile::tempdir().unwrap();
    let hash = stored(place.path(), &numbered(1));
    let other = stored(place.path(), &numbered(2));
    let archive = place.path().join("blobs").join(blobs::package_key(&other));
    put(place.path(), &hash, fs::read(archive).unwrap());
    let cache = PackageCache::new(place.path().join("cache"), 1 << 30);
    let error = cache.get(&hash, &in_folder(place.path())).unwrap_err();
    assert!(error.message.contains("has hash"), "{error}");
    assert!(cache.get(&other, &in_folder(place.path())).is_ok());
}

fn room_is_made_but_nothing_in_use_goes() {
    let place = tempfile::tempdir().unwrap();
    let hashes: Vec<_> = (0..4).map(|n| stored(place.path(), &numbered(n))).collect();
    let folder = place.path().join("cache");
    let cache = PackageCache::new(folder.clone(), 1);
    let here = |hash: &PackageHash| folder.join(hash.as_str()).exists();
    let blobs = in_folder(place.path());
    let held = cache.get(&hashes[0], &blobs).unwrap();
    drop(cache.get(&hashes[1], &blobs).unwrap());
    let also_held = cache.get(&hashes[2], &blobs).unwrap();
    assert!(here(&hashes[0]) && !here(&hashes[1]) && here(&hashes[2]));
    drop(held);
    let last = cache.get(&hashes[3], &blobs).unwrap();
    assert!(!here(&hashes[0]) && here(&hashes[2]) && here(&hashes[3]));
    assert!(last.package.root.exists() && also_held.package.root.exists());
}

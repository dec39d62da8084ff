//! Archives: taken in whole, or refused without a trace.

mod draft;

use draft::{Draft, archive, patched};
use problems::{ArchiveCaps, Package};
use std::{
    fs,
    io::{Cursor, Write},
    os::unix::fs::PermissionsExt,
};
use zip::{ZipWriter, write::SimpleFileOptions};

/// The faults of an archive, of which nothing may be stored.
fn refused(zip: &[u8], caps: &ArchiveCaps) -> Vec<String> {
    let draft = Draft::new();
    let faults = draft.import(zip, caps).expect_err("it is refused");
    assert!(!faults.host_failed());
    assert_eq!(draft.stored(), Vec::<String>::new());
    faults.iter().map(ToString::to_string).collect()
}

fn refused_by_default(zip: &[u8]) -> Vec<String> {
    refused(zip, &ArchiveCaps::default())
}

#[test]
fn a_folder_and_its_archives_have_the_same_hash() {
    let draft = Draft::new();
    draft
        .write("output_validators/check/run", "#!/bin/sh\n")
        .executable("output_validators/check/run");
    let opened = draft.open().unwrap();
    for prefix in ["", "top/", "./"] {
        let imported = draft.import(&draft.zip(prefix), &ArchiveCaps::default()).unwrap();
        assert_eq!(imported.hash, opened.hash, "{prefix:?}");
        fs::remove_dir_all(&imported.root).unwrap();
    }
    let copied = draft.outside("copied");
    let imported = problems::import_folder(&draft.dir(), &copied, &ArchiveCaps::default()).unwrap();
    assert_eq!(imported.hash, opened.hash);
    assert_eq!(imported.root, copied);
    assert_eq!(Package::open(&copied).unwrap().hash, opened.hash);
}

#[test]
fn every_change_changes_the_hash() {
    let draft = Draft::new();
    let original = draft.open().unwrap().hash;
    let changes: [fn(&Draft); 4] = [
        |d| {
            d.write("data/secret/1.ans", "5\n");
        },
        |d| {
            d.write("attachments/empty", "");
        },
        |d| {
            d.executable("submissions/accepted/good.py");
        },
        |d| {
            d.remove("data/sample/1.in").remove("data/sample/1.ans");
        },
    ];
    for (number, change) in changes.iter().enumerate() {
        let draft = Draft::new();
        change(&draft);
        assert_ne!(draft.open().unwrap().hash, original, "change {number}");
    }
}

#[test]
fn the_short_name_is_the_top_folder_s_or_the_archive_s() {
    let draft = Draft::new();
    let package = draft.import(&draft.zip("addition/"), &ArchiveCaps::default()).unwrap();
    assert_eq!(package.short_name, "addition");
    fs::remove_dir_all(&package.root).unwrap();
    let package = draft.import(&draft.zip(""), &ArchiveCaps::default()).unwrap();
    assert_eq!(package.short_name, "upload");
}

#[test]
fn links_are_resolved_and_leftovers_dropped() {
    let draft = Draft::new();
    draft
        .write("shared/big.in", "9\n")
        .link("data/secret/2.in", "../../shared/big.in")
        .link("data/secret/2.ans", "1.ans")
        .link("data/sample/again", "../secret")
        .write(".git/config", "x")
        .write("data/__pycache__/a.pyc", "x")
        .write("data/secret/.DS_Store", "x")
        .write("data/secret/._1.in", "x");
    let package = draft.import(&draft.zip(""), &ArchiveCaps::default()).unwrap();
    let names: Vec<_> = package.test_cases.iter().map(|case| case.name.as_str()).collect();
    assert_eq!(names, ["sample/1", "sample/again/1", "sample/again/2", "secret/1", "secret/2"]);
    let linked = package.root.join("data/secret/2.in");
    assert!(!linked.is_symlink());
    assert_eq!(fs::read(linked).unwrap(), b"9\n");
    for dropped in [".git", "data/__pycache__", "data/secret/.DS_Store", "data/secret/._1.in"] {
        assert!(!package.root.join(dropped).exists(), "{dropped}");
    }
    assert_eq!(package.hash, draft.open().unwrap().hash);
    assert_eq!(draft.stored(), ["package"]);
}

#[test]
fn permissions_come_down_to_one_bit() {
    let draft = Draft::new();
    draft.executable("submissions/accepted/good.py");
    let package = draft.import(&draft.zip(""), &ArchiveCaps::default()).unwrap();
    let mode = |path| fs::metadata(package.root.join(path)).unwrap().permissions().mode() & 0o7777;
    assert_eq!(mode("submissions/accepted/good.py"), 0o755);
    assert_eq!(mode("problem.yaml"), 0o644);
}

#[test]
fn paths_that_leave_the_package_are_refused() {
    let slip = archive(&[("ok", b""), ("../slip", b"x"), ("/etc/slip", b"x"), ("a\\..\\b", b"x")]);
    assert_eq!(
        refused_by_default(&slip),
        [
            "../slip: the path leaves the package",
            "/etc/slip: the path is absolute",
            "a\\..\\b: the path has a backslash in it; folders are separated by /",
        ]
    );
}

#[test]
fn nothing_is_written_through_a_link() {
    let draft = Draft::new();
    let outside = draft.outside("victim");
    fs::create_dir(&outside).unwrap();
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default();
    zip.add_symlink("data", outside.to_string_lossy(), options).unwrap();
    zip.start_file("data/owned", options).unwrap();
    zip.write_all(b"x").unwrap();
    let zip = zip.finish().unwrap().into_inner();
    let faults = draft.import(&zip, &ArchiveCaps::default()).unwrap_err();
    insta::assert_snapshot!(faults, @"data: cannot stand beside another entry of the same path");
    assert_eq!(fs::read_dir(&outside).unwrap().count(), 0);
}

#[test]
fn links_that_leave_are_refused() {
    let draft = Draft::new();
    draft.link("data/secret/2.in", "/etc/hostname").link("data/secret/3.in", "../../../x");
    fs::write(draft.outside("x"), "").unwrap();
    let faults = draft.import(&draft.zip(""), &ArchiveCaps::default()).unwrap_err();
    insta::assert_snapshot!(faults, @r"
    data/secret/2.in: is a symbolic link that leaves the package
    data/secret/3.in: is a symbolic link that leads nowhere
    ");
}

#[test]
fn bombs_are_refused() {
    let zeros = archive(&[("a", &[0; 1 << 20]), ("b", &[0; 1 << 20])]);
    let default = ArchiveCaps::default();
    let caps = ArchiveCaps { total_bytes: 1_500_000, ..default.clone() };
    assert_eq!(refused(&zeros, &caps), ["upload.zip: unpacks to more than 1500000 bytes"]);
    let caps = ArchiveCaps { ratio_floor_bytes: 1_500_000, ..default.clone() };
    assert_eq!(refused(&zeros, &caps), ["upload.zip: unpacks to more than 200 times its size"]);
    let caps = ArchiveCaps { entries: 1, ..default };
    assert_eq!(refused(&zeros, &caps), ["upload.zip: holds 2 entries, more than 1"]);
}

#[test]
fn a_folder_beyond_the_caps_is_refused() {
    let draft = Draft::new();
    let into = draft.outside("copied");
    let caps = ArchiveCaps { entries: 5, total_bytes: 10, ..ArchiveCaps::default() };
    let faults = problems::import_folder(&draft.dir(), &into, &caps).unwrap_err();
    assert!(faults.iter().any(|fault| fault.message == "holds more than 5 files and folders"));
    assert!(!into.exists());
}

#[test]
fn names_that_cannot_be_told_apart_are_refused() {
    let twice = patched(archive(&[("a.in", b"1"), ("b.in", b"2")]), b"b.in", b"a.in");
    assert_eq!(refused_by_default(&twice), ["upload.zip: holds two entries of the same name"]);
    let spelled = archive(&[("./a.in", b"1"), ("a.in", b"2")]);
    assert_eq!(refused_by_default(&spelled), ["a.in: stands in the archive twice"]);
    let file_and_folder = archive(&[("a", b"1"), ("a/b", b"2")]);
    assert_eq!(
        refused_by_default(&file_and_folder),
        ["a/b: cannot stand beside another entry of the same path"]
    );
}

#[test]
fn names_of_another_encoding_are_refused() {
    let latin = patched(archive(&[("b_se.in", b"1")]), b"b_se", b"b\xf6se");
    assert_eq!(refused_by_default(&latin), ["b\u{fffd}se.in: the name is not UTF-8"]);
}

#[test]
fn what_is_no_archive_is_refused() {
    for bytes in [&b""[..], b"PK", b"not an archive at all"] {
        let faults = refused_by_default(bytes);
        assert!(faults[0].starts_with("upload.zip: is not a zip archive"), "{faults:?}");
    }
    let whole = Draft::new().zip("");
    for end in [30, whole.len() / 2, whole.len() - 1] {
        assert!(!refused_by_default(&whole[..end]).is_empty());
    }
}

#[test]
fn a_damaged_file_is_refused() {
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("data.in", stored).unwrap();
    zip.write_all(b"original").unwrap();
    let damaged = patched(zip.finish().unwrap().into_inner(), b"original", b"0riginal");
    let faults = refused_by_default(&damaged);
    assert!(faults[0].starts_with("data.in: cannot be unpacked"), "{faults:?}");
}

#[test]
fn a_bad_package_in_a_good_archive_leaves_nothing_behind() {
    let draft = Draft::new();
    draft.remove("data/secret/1.ans");
    let faults = draft.import(&draft.zip(""), &ArchiveCaps::default()).unwrap_err();
    assert_eq!(faults.iter().count(), 2);
    assert_eq!(draft.stored(), Vec::<String>::new());
}

#[test]
fn a_package_packs_to_the_same_bytes_and_unpacks_to_itself() {
    let draft = Draft::new();
    draft.write("output_validators/run", "#!/bin/sh\n").executable("output_validators/run");
    let package = draft.open().unwrap();
    let pack = |package| problems::pack(package, Cursor::new(Vec::new())).unwrap().into_inner();
    let packed = pack(&package);
    let copy = draft.outside("copy");
    let copy = problems::import_folder(&draft.dir(), &copy, &ArchiveCaps::default()).unwrap();
    assert_eq!(pack(&copy), packed);

    let file = draft.outside("packed.zip");
    fs::write(&file, &packed).unwrap();
    let unpacked = draft.outside("unpacked");
    problems::unpack(&file, &unpacked, &package.hash).unwrap();
    assert_eq!(Package::open(&unpacked).unwrap().hash, package.hash);
    // Another process may have been faster.
    problems::unpack(&file, &unpacked, &package.hash).unwrap();
}

#[test]
fn an_archive_says_how_large_its_files_are_unpacked() {
    let draft = Draft::new();
    let file = draft.outside("packed.zip");
    let bytes = |answer: &str| {
        draft.write("data/secret/1.ans", answer);
        let packed = problems::pack(&draft.open().unwrap(), Cursor::new(Vec::new())).unwrap();
        fs::write(&file, packed.into_inner()).unwrap();
        problems::unpacked_bytes(&file).unwrap()
    };
    assert_eq!(bytes(&"0".repeat(100_000)), bytes("0") + 99_999);
    fs::write(&file, "no archive").unwrap();
    assert!(problems::unpacked_bytes(&file).unwrap_err().host_failed());
}

#[test]
fn content_of_another_hash_is_not_unpacked() {
    let draft = Draft::new();
    let package = draft.open().unwrap();
    draft.write("data/secret/1.ans", "other\n");
    let file = draft.outside("packed.zip");
    fs::write(&file, draft.zip("")).unwrap();
    let unpacked = draft.outside("unpacked");
    let faults = problems::unpack(&file, &unpacked, &package.hash).unwrap_err();
    assert!(faults.host_failed());
    assert!(!unpacked.exists());
}

//! The built-in definitions, and what a folder of one's own may add.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use languages::{Languages, Source};
use std::fs;

fn built_in() -> Languages {
    Languages::load(None).unwrap()
}

fn guess(files: &[(&str, &str)]) -> Option<String> {
    let files: Vec<Source<'_>> =
        files.iter().map(|(name, content)| Source { name, content: content.as_bytes() }).collect();
    built_in().guess(&files).map(|language| language.id.clone())
}

#[test]
fn every_promised_language_is_built_in() {
    let ids: Vec<_> = built_in().iter().map(|language| language.id.clone()).collect();
    assert_eq!(
        ids.join(" "),
        "bash c commonlisp cpp17 cpp20 cpp23 csharp go haskell java javascript kotlin lua ocaml pascal \
         perl php prolog pypy3 python3 ruby rust scala"
    );
}

#[test]
fn languages_that_share_an_extension_have_one_preferred() {
    let languages = built_in();
    for language in languages.iter() {
        for extension in &language.extensions {
            let owners: Vec<_> =
                languages.iter().filter(|l| l.extensions.contains(extension)).collect();
            let preferred = owners.iter().filter(|l| l.preferred).count();
            assert!(owners.len() == 1 || preferred == 1, "extension {extension}");
        }
    }
}

#[test]
fn the_language_is_guessed_from_names_and_the_first_line() {
    for (files, expected) in [
        (&[("a.cpp", "")][..], Some("cpp20")),
        (&[("a.C", "")], Some("cpp20")),
        (&[("a.c", "")], Some("c")),
        (&[("a.py", "print()")], Some("python3")),
        (&[("a.py", "#!/usr/bin/env pypy3\n")], Some("pypy3")),
        (&[("a.py", "#!/usr/bin/python3.11\n")], Some("python3")),
        (&[("a.py", "#!/usr/bin/env python2\n")], None),
        (&[("a.py", "#!/usr/bin/env -S python3 -O\n")], Some("python3")),
        (&[("README", ""), ("lib.h", ""), ("x.kt", "")], Some("kotlin")),
        (&[("solve", "#!/bin/bash\n")], Some("bash")),
        (&[("solve", "#!/usr/bin/env python3\n")], Some("python3")),
        (&[("solve", "\u{fffd}")], None),
        (&[], None),
    ] {
        assert_eq!(guess(files).as_deref(), expected, "{files:?}");
    }
}

#[test]
fn a_folder_adds_and_overrides() {
    let folder = tempfile::tempdir().unwrap();
    let mine = |name: &str| {
        format!(
            "name = \"{name}\"\nicpc_names = [\"x\"]\nextensions = [\"xx\"]\npackage = \"x\"\nversion = [\"{{x}}\"]\n\
             [commands]\nx = [\"x\"]\n[run]\ncommand = [\"{{x}}\", \"{{main}}\"]\npolicy = \"vm\"\nprocesses = 1\n"
        )
    };
    fs::write(folder.path().join("ada.toml"), mine("Ada")).unwrap();
    fs::write(folder.path().join("c.toml"), mine("Our C")).unwrap();
    fs::write(folder.path().join("notes.txt"), "not a definition").unwrap();
    let languages = Languages::load(Some(folder.path())).unwrap();
    assert_eq!(languages.get("ada").unwrap().name, "Ada");
    assert_eq!(languages.get("c").unwrap().name, "Our C");
    assert!(languages.get("cpp17").is_some());
}

#[test]
fn each_fault_names_file_line_and_field() {
    const GOOD: &str = "name = \"X\"\nicpc_names = [\"x\"]\nextensions = [\"x\"]\npackage = \"x\"\nversion = [\"{x}\"]\n\n[commands]\nx = [\"x\"]\n\n[run]\ncommand = [\"{x}\"]\npolicy = \"vm\"\nprocesses = 1\n";
    let fault = |file: &str, from: &str, to: &str| {
        assert!(GOOD.contains(from));
        languages::Language::parse(file, &GOOD.replacen(from, to, 1)).unwrap_err().to_string()
    };
    assert!(languages::Language::parse("x.toml", GOOD).is_ok());
    for (from, to, expected) in [
        (
            "\"vm\"",
            "\"root\"",
            "x.toml:12: run.policy: \"root\" is not one of native, vm, compiler",
        ),
        ("\"vm\"", "7", "x.toml:12: invalid type: integer `7`, expected a string"),
        ("processes = 1", "processes = 0", "x.toml:13: run.processes: must not be empty"),
        ("[\"{x}\"]\npolicy", "[\"{y}\"]\npolicy", "x.toml:11: run.command: {y} is neither"),
        ("package", "packet", "x.toml:4: unknown field `packet`"),
        ("[\"x\"]\nextensions", "[]\nextensions", "x.toml:2: icpc_names: must not be empty"),
        ("[commands]\nx", "[commands]\nmain", "x.toml:7: commands: \"main\" is the name of"),
        ("name = \"X\"", "name = \"X", "x.toml:1: invalid basic string"),
    ] {
        let fault = fault("x.toml", from, to);
        assert!(fault.starts_with(expected), "{fault}");
    }
    assert!(fault("../x.toml", "X", "Y").contains("id: the file's name must be"));
}

//! Folders of inputs and answers, made packages.

mod draft;

use draft::Draft;
use problems::{ArchiveCaps, Converted, Faults, PackageFormat};
use std::fs;

fn import(draft: &Draft) -> Result<Converted, Faults> {
    problems::import_plain(&draft.dir(), &draft.outside("made"), &ArchiveCaps::default())
}

/// The package that is made of files with these names, whose contents are their names.
fn made(names: &[&str]) -> (Draft, Converted) {
    let draft = folder(names);
    let converted = import(&draft).unwrap_or_else(|faults| panic!("{names:?}: {faults}"));
    (draft, converted)
}

fn folder(names: &[&str]) -> Draft {
    let draft = Draft::empty();
    for name in names {
        draft.write(name, name);
    }
    draft
}

fn faults(draft: &Draft) -> Vec<String> {
    import(draft).expect_err("it has faults").iter().map(ToString::to_string).collect()
}

#[test]
fn pairs_are_told_from_their_names() {
    for (input, answer) in [
        ("1.in", "1.out"),
        ("1.in", "1.ans"),
        ("1.in", "1.a"),
        ("1.inp", "1.out"),
        ("1.input", "1.output"),
        ("01", "01.a"),
        ("input1.txt", "output1.txt"),
        ("input1.txt", "answer1.txt"),
        ("input_1.txt", "output_1.txt"),
        ("input.1", "output.1"),
        ("in1.txt", "out1.txt"),
        ("input/1", "output/1"),
        ("inputs/1.txt", "outputs/1.txt"),
        ("in/1.in", "out/1.out"),
        ("input/input1.txt", "output/output1.txt"),
        ("tests/a/1.in", "tests/a/1.out"),
    ] {
        let draft = folder(&[input, answer]);
        let converted = import(&draft).unwrap_or_else(|faults| panic!("{input}: {faults}"));
        let [case] = &converted.package.test_cases[..] else { panic!("{input}") };
        assert_eq!(fs::read_to_string(&case.input).expect("an input"), input);
        assert_eq!(fs::read_to_string(&case.answer).expect("an answer"), answer);
    }
}

#[test]
fn the_package_is_one_of_version_2025_09() {
    let names = [
        "10.in",
        "10.out",
        "2.in",
        "2.out",
        "sample1.in",
        "sample1.out",
        "big-tree.in",
        "big-tree.out",
        "statement.md",
        "notes.txt",
    ];
    let (_draft, Converted { package, warnings }) = made(&names);
    assert_eq!(package.format, PackageFormat::V2025);
    assert_eq!(package.title(), "draft");
    let cases: Vec<_> = package.test_cases.iter().map(|case| case.name.as_str()).collect();
    assert_eq!(cases, ["sample/1", "secret/1", "secret/2", "secret/3-big-tree"]);
    let first = fs::read_to_string(&package.test_cases[1].input);
    assert_eq!(first.expect("an input"), "2.in");
    assert_eq!(package.statements.len(), 1);
    let warnings: Vec<_> = warnings.iter().map(ToString::to_string).collect();
    assert_eq!(warnings, ["notes.txt: is no input and no answer; left out"]);
    let (_draft, Converted { package: again, .. }) = made(&names);
    assert_eq!(package.hash, again.hash, "the same files make the same package");
}

#[test]
fn a_statement_that_is_missing_is_a_warning() {
    let (_, Converted { warnings, .. }) = made(&["1.in", "1.out"]);
    let warnings: Vec<_> = warnings.iter().map(ToString::to_string).collect();
    assert_eq!(warnings, ["draft: holds no statement (statement.md, for example)"]);
}

#[test]
fn what_is_not_a_pair_is_a_fault_and_leaves_nothing_behind() {
    let lacking = "draft: holds no input with an answer (1.in and 1.out, input1.txt and output1.txt, input/1 and output/1) but samples";
    for (names, expected) in [
        (&["readme.md"][..], &[lacking][..]),
        (&["sample.in", "sample.out"], &[lacking]),
        (&["1.in", "1.out", "2.in"], &["2.in: has no answer beside it"]),
        (&["1.in", "1.out", "input2.txt"], &["input2.txt: has no answer beside it"]),
        (
            &["1.in", "1.out", "1.ans"],
            &[lacking, "1.in: has more than one answer: 1.ans and 1.out"],
        ),
        (&["1.in", "1.inp", "1.out"], &["1.inp: 1.out is the answer to another input, too"]),
    ] {
        let draft = folder(names);
        let mut expected: Vec<_> = expected.to_vec();
        expected.sort_unstable();
        let mut found = faults(&draft);
        found.sort_unstable();
        assert_eq!(found, expected, "{names:?}");
        assert!(!draft.outside("made").exists());
    }
}

#[test]
fn links_that_leave_the_folder_are_refused() {
    let draft = folder(&["1.in"]);
    draft.link("1.out", "/etc/hostname");
    assert_eq!(faults(&draft), ["1.out: is a symbolic link that leaves the package"]);
}

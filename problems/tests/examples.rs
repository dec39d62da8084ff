//! The packages in `examples/` are good ones.

use judge_types::Verdict;
use problems::{ArchiveCaps, Package, Validation, statement};
use std::{collections::BTreeSet, fs, path::Path};

fn examples() -> Vec<Package> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let mut folders: Vec<_> = fs::read_dir(folder)
        .expect("examples")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    folders.sort();
    let open = |folder: &std::path::PathBuf| {
        Package::open(folder).unwrap_or_else(|faults| panic!("{faults}"))
    };
    folders.iter().map(open).collect()
}

#[test]
fn they_give_no_cause_for_warnings() {
    let examples = examples();
    assert!(examples.len() >= 6);
    for package in &examples {
        assert_eq!(package.warnings, [], "{}", package.short_name);
        assert!(package.time_limit_stated, "{}", package.short_name);
        assert!(package.test_cases[0].is_sample, "{}", package.short_name);
        assert!(package.credits.license.is_some(), "{}", package.short_name);
        let has_generator = package.root.join("generators/generate.py").is_file();
        assert!(has_generator, "{}", package.short_name);
    }
}

#[test]
fn together_they_show_every_verdict_and_validator() {
    let examples = examples();
    let submissions = examples.iter().flat_map(|package| &package.submissions);
    let expected: BTreeSet<Verdict> = submissions
        .filter(|submission| {
            submission.expected.verdicts().len() == 1 || submission.name.starts_with("run_time")
        })
        .map(|submission| submission.expected.verdicts()[0])
        .collect();
    assert_eq!(expected, Verdict::all().collect());
    let is_custom = |package: &Package| matches!(package.validation, Validation::Custom { .. });
    assert!(examples.iter().any(is_custom));
}

#[test]
fn their_statements_are_understood() {
    for package in examples() {
        for statement in &package.statements {
            let rendered =
                statement::render(&package, &statement.language, "/").expect("it is shown");
            assert!(rendered.html.contains("<h2>"), "{}", rendered.html);
            for unknown in ["class=\"unknown\"", "<code>$", "<merror"] {
                assert!(
                    !rendered.html.contains(unknown),
                    "{}: {}",
                    package.short_name,
                    rendered.html
                );
            }
        }
    }
}

#[test]
fn their_answers_are_right_by_their_own_flags() {
    for package in examples() {
        for case in &package.test_cases {
            let open = || fs::File::open(&case.answer).expect("the answer");
            let comparison =
                problems::compare(open(), open(), &case.compare_flags).expect("it is read");
            assert_eq!(comparison, problems::Comparison::Same, "{}", case.name);
        }
    }
}

#[test]
fn they_survive_packing() {
    let work = tempfile::tempdir().expect("a folder");
    for package in examples() {
        let file = work.path().join(format!("{}.zip", package.short_name));
        problems::pack(&package, fs::File::create(&file).expect("a file")).expect("it is packed");
        let into = work.path().join(&package.short_name);
        let again =
            problems::import_zip(&file, &into, &ArchiveCaps::default()).expect("it is imported");
        assert_eq!(again.hash, package.hash);
        assert_eq!(again.short_name, package.short_name);
    }
}

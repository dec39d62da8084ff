//! Every way in which a package can be bad, and what is said about it.

mod draft;

use draft::Draft;
use std::os::unix::net::UnixListener;

/// What is done to a good package, and the faults it then has.
type Case = (fn(&Draft), &'static [&'static str]);

fn check(cases: &[Case]) {
    let mut wrong = String::new();
    for (number, (spoil, expected)) in cases.iter().enumerate() {
        let draft = Draft::new();
        spoil(&draft);
        let found = match draft.open() {
            Ok(_) => Vec::new(),
            Err(faults) => faults.iter().map(ToString::to_string).collect(),
        };
        if found != *expected {
            wrong += &format!("case {number}: expected {expected:#?}, found {found:#?}\n");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

fn yaml(draft: &Draft, text: &str) {
    draft.write("problem.yaml", text);
}

#[test]
fn problem_yaml() {
    check(&[
        (
            |d| {
                d.remove("problem.yaml");
            },
            &["problem.yaml: is missing"],
        ),
        (
            |d| {
                d.write("problem.yaml", b"name: \xff\n");
            },
            &["problem.yaml:1: is not UTF-8"],
        ),
        (
            |d| {
                d.write("problem.yaml", b"\xff\xfen\0a\0m\0e\0");
            },
            &["problem.yaml:1: is not UTF-8"],
        ),
        (
            |d| yaml(d, "name: x\nauthor: \"open\n"),
            &[
                "problem.yaml:2: is not YAML: while scanning a quoted scalar, found unexpected end of stream",
            ],
        ),
        (
            |d| yaml(d, "name: x\nlimits:\n\tmemory: 5\n"),
            &[
                "problem.yaml:3: is not YAML: tabs disallowed within this context (block indentation)",
            ],
        ),
        (
            |d| yaml(d, "- name\n"),
            &["problem.yaml:1: must be a mapping of keys to values, not a list"],
        ),
        (
            |d| yaml(d, "just text\n"),
            &["problem.yaml:1: must be a mapping of keys to values, not a single value"],
        ),
        (
            |d| yaml(d, "name: x\nname: y\n"),
            &[r#"problem.yaml:2: key "name" stands here a second time"#],
        ),
        (
            |d| yaml(d, "a: &a [x, x]\nb: &b [*a, *a]\nname: x\n"),
            &["problem.yaml:2: aliases are not allowed: write the value out"],
        ),
        (
            |d| yaml(d, &format!("name: {}x{}\n", "[".repeat(500), "]".repeat(500))),
            &["problem.yaml:1: is not YAML: recursion limit exceeded"],
        ),
        (|d| yaml(d, "name: x\n---\nname: y\n"), &["problem.yaml:2: holds more than one document"]),
        (|d| yaml(d, "? [a]\n: b\n"), &["problem.yaml:1: a key must be text, not a list"]),
        (
            |d| yaml(d, "name: [a]\n"),
            &["problem.yaml:1: name: must be a name, or one for each language, not a list"],
        ),
        (
            |d| yaml(d, "name: {en: [a]}\n"),
            &["problem.yaml:1: name.en: must be a single value, not a list"],
        ),
        (
            |d| yaml(d, "name: x\nproblem_format_version: 2031-09\nlimits: nonsense\n"),
            &[
                r#"problem.yaml:2: problem_format_version: packages of version "2031-09" are not supported: legacy, legacy-icpc, 2023-07-draft and 2025-09 are"#,
            ],
        ),
        (
            |d| yaml(d, "name: x\nproblem_format_version: [1]\n"),
            &["problem.yaml:2: problem_format_version: must be a single value, not a list"],
        ),
        (
            |d| {
                yaml(
                    d,
                    "name: x\nauthor: {a: b}\nsource: [a]\nlicense: {}\nrights_owner: []\nsource_url: []\n",
                )
            },
            &[
                "problem.yaml:2: author: must be a list or a single value, not a mapping",
                "problem.yaml:3: source: must be a single value, not a list",
                "problem.yaml:4: license: must be a single value, not a mapping",
                "problem.yaml:5: rights_owner: must be a single value, not a list",
                "problem.yaml:6: source_url: must be a single value, not a list",
            ],
        ),
        (
            |d| yaml(d, "name: x\nkeywords: {a: b}\nlanguages: [{a: b}]\n"),
            &[
                "problem.yaml:2: keywords: must be a list or a single value, not a mapping",
                "problem.yaml:3: languages: must be single values, not a mapping",
            ],
        ),
    ]);
}

#[test]
fn limits() {
    check(&[
        (
            |d| yaml(d, "name: x\nlimits: 5\n"),
            &["problem.yaml:2: limits: must be a mapping of keys to values, not a single value"],
        ),
        (
            |d| {
                yaml(
                    d,
                    "name: x\nlimits:\n  memory: many\n  output: -1\n  code: 0\n  compilation_time: []\n  validation_memory: 1e300\n",
                )
            },
            &[
                r#"problem.yaml:3: limits.memory: must be a number from 1 to 1073741824, not "many""#,
                r#"problem.yaml:4: limits.output: must be a number from 1 to 1073741824, not "-1""#,
                r#"problem.yaml:5: limits.code: must be a number from 1 to 1073741824, not "0""#,
                "problem.yaml:6: limits.compilation_time: must be a single value, not a list",
                r#"problem.yaml:7: limits.validation_memory: must be a number from 1 to 1073741824, not "1e300""#,
            ],
        ),
        (
            |d| {
                yaml(
                    d,
                    "name: x\nlimits:\n  time_multiplier: 0.5\n  time_safety_margin: nan\n  time_limit: 0\n  compilation_memory: inf\n  validation_output: x\n  validation_time: \"\"\n",
                )
            },
            &[
                r#"problem.yaml:3: limits.time_multiplier: must be a number from 1 to 1000000, not "0.5""#,
                r#"problem.yaml:4: limits.time_safety_margin: must be a number from 1 to 1000000, not "nan""#,
                r#"problem.yaml:5: limits.time_limit: must be a number from 0.001 to 3600000, not "0""#,
                r#"problem.yaml:6: limits.compilation_memory: must be a number from 1 to 1073741824, not "inf""#,
                r#"problem.yaml:7: limits.validation_output: must be a number from 1 to 1073741824, not "x""#,
                r#"problem.yaml:8: limits.validation_time: must be a number from 0.001 to 3600000, not """#,
            ],
        ),
        (
            |d| {
                d.write(".timelimit", "soon\n");
            },
            &[r#".timelimit:1: must be a time in seconds, above 0, not "soon""#],
        ),
        (
            |d| {
                d.write(".timelimit", "0");
            },
            &[r#".timelimit:1: must be a time in seconds, above 0, not "0""#],
        ),
        (
            |d| {
                d.write("domjudge-problem.ini", "name='x'\ntimelimit='-2'\n");
            },
            &[r#"domjudge-problem.ini:2: timelimit: must be a time in seconds, above 0, not "-2""#],
        ),
    ]);
}

#[test]
fn types_of_problems() {
    check(&[
        (
            |d| yaml(d, "name: x\ntype: [pass-fail, scoring, sleepy, sleepy]\n"),
            &[
                r#"problem.yaml:2: type: "sleepy" is not a type of problem"#,
                r#"problem.yaml:2: type: "sleepy" stands here twice"#,
                r#"problem.yaml:2: type: "sleepy" is not a type of problem"#,
                "problem.yaml:2: type: a problem cannot be pass-fail and scoring",
            ],
        ),
        (
            |d| yaml(d, "name: x\ntype: interactive multi-pass\n"),
            &["output_validators: validation is custom, but there is no program here"],
        ),
        (
            |d| yaml(d, "name: x\ntype: interactive\nvalidation: default\n"),
            &[
                "output_validator: a problem that is pass-fail interactive needs a program here",
                "problem.yaml:3: validation: must be custom for a problem that is pass-fail interactive",
            ],
        ),
        (
            |d| yaml(d, "name: x\nvalidation: custom interactive score\n"),
            &[
                "output_validators: validation is custom, but there is no program here",
                "problem.yaml:2: validation: a validator can say a score only if type is scoring",
            ],
        ),
        (
            |d| {
                yaml(d, "name: x\nvalidation: custom multi-pass\nlimits: {validation_passes: 1}\n");
                d.write("output_validators/a.py", "").write("output_validators/b.py", "");
            },
            &[
                "output_validators: holds several programs; a problem that is pass-fail multi-pass has one",
                r#"problem.yaml:3: limits.validation_passes: must be a number from 2 to 1000000, not "1""#,
            ],
        ),
    ]);
}

#[test]
fn groups() {
    check(&[
        (
            |d| {
                d.write(
                    "data/testdata.yaml",
                    "on_reject: stop\ngrading: own\naccept_score: much\n",
                );
                d.write("data/secret/testdata.yaml", "range: 3 1\ngrader_flags: sum most\n");
            },
            &[
                r#"data/secret/testdata.yaml:1: range: must be two numbers, the lesser first, not "3 1"; inf and -inf are numbers, too"#,
                r#"data/testdata.yaml:1: on_reject: must be break or continue, not "stop""#,
                r#"data/testdata.yaml:2: grading: must be default or custom, not "own""#,
                r#"data/testdata.yaml:3: accept_score: must be a number from -1000000000000000 to 1000000000000000, not "much""#,
            ],
        ),
        (
            |d| {
                yaml(d, "name: x\nvalidation: custom\n");
                d.write("output_validators/check.py", "");
                let flags = "output_validator_flags: {name: chekc, flags: -v}\n";
                d.write("data/secret/testdata.yaml", flags);
            },
            &[
                r#"data/secret/testdata.yaml:1: output_validator_flags: names "chekc", which is none of the validators (check.py)"#,
            ],
        ),
        (
            |d| {
                yaml(d, "name: x\ntype: scoring\n");
                d.write("data/secret/testdata.yaml", "grading: custom\n");
            },
            &["graders: holds no program, but the grading of secret is custom"],
        ),
        (
            |d| {
                d.write("data/secret/testdata.yaml", "grading: custom\n");
                d.write("graders/a.py", "").write("graders/b.py", "");
            },
            &[
                "data/secret/testdata.yaml: grading: custom grading is for problems of type scoring only",
                "graders/b.py: is one more program than the one there may be in graders",
            ],
        ),
    ]);
}

#[test]
fn arguments_have_an_end() {
    check(&[
        (
            |d| {
                d.write("data/testdata.yaml", format!("grader_flags: {}\n", "x".repeat(256 << 10)));
            },
            &["data/testdata.yaml: is longer than 262144 bytes"],
        ),
        (
            |d| {
                let flags = format!("input_validator_flags: {}\n", "x".repeat(256_000));
                d.write("data/testdata.yaml", flags);
                for number in 0..300 {
                    d.write(&format!("data/secret/more/{number}.in"), "");
                    d.write(&format!("data/secret/more/{number}.ans"), "");
                }
            },
            &["data: the arguments of all test cases are longer than 64 MiB together"],
        ),
        (
            |d| {
                let text = "problem_format_version: 2025-09\nname: x\nuuid: 5ca6ba5b-36d5-4eff-8aa7-d967cbc4375e\nconstants: {n: NNN}\n";
                yaml(d, &text.replace("NNN", &"x".repeat(1_000)));
                d.write(
                    "data/secret/test_group.yaml",
                    format!("args: [{}]\n", "{{n}}".repeat(300)),
                );
            },
            &[
                "data/secret/test_group.yaml: is longer than 262144 bytes with the package's constants",
            ],
        ),
    ]);
}

#[test]
fn validation() {
    check(&[
        (
            |d| yaml(d, "name: x\nvalidation: magic\n"),
            &[r#"problem.yaml:2: validation: must be default or custom, not "magic""#],
        ),
        (
            |d| yaml(d, "name: x\nvalidation: default score\n"),
            &[r#"problem.yaml:2: validation: "score" after default has no meaning"#],
        ),
        (
            |d| yaml(d, "name: x\nvalidation: custom\n"),
            &["output_validators: validation is custom, but there is no program here"],
        ),
        (
            |d| yaml(d, "name: x\nvalidation: custom fast\n"),
            &[
                "output_validators: validation is custom, but there is no program here",
                r#"problem.yaml:2: validation: "fast" after custom has no meaning"#,
            ],
        ),
        (
            |d| yaml(d, "name: x\nvalidator_flags: float_tolerance\n"),
            &["problem.yaml:2: validator_flags: float_tolerance needs a number after it"],
        ),
        (
            |d| yaml(d, "name: x\nvalidator_flags: {float_tolerance: 1}\n"),
            &["problem.yaml:2: validator_flags: must be a list or a single value, not a mapping"],
        ),
        (
            |d| yaml(d, "name: x\n\nvalidator_flags: case_sensitive=1\n"),
            &[
                r#"problem.yaml:3: validator_flags: "case_sensitive=1" is not a flag of the default output validator (case_sensitive, space_change_sensitive, float_absolute_tolerance, float_relative_tolerance, float_tolerance)"#,
            ],
        ),
        (
            |d| {
                d.write(
                    "data/secret/testdata.yaml",
                    "on_reject: break\noutput_validator_flags: float_tolerance ten\n",
                );
            },
            &[
                r#"data/secret/testdata.yaml:2: output_validator_flags: float_tolerance must be a number from 0, not "ten""#,
            ],
        ),
        (
            |d| {
                d.write("data/testdata.yaml", "- 1\n");
            },
            &["data/testdata.yaml:1: must be a mapping of keys to values, not a list"],
        ),
        (
            |d| {
                d.write("data/sample/testdata.yaml", b"\xfe\xff");
            },
            &["data/sample/testdata.yaml:1: is not UTF-8"],
        ),
    ]);
}

#[test]
fn test_data() {
    check(&[
        (
            |d| {
                d.remove("data");
            },
            &["data/secret: holds no test case (a .in and a .ans file)"],
        ),
        (
            |d| {
                d.remove("data/secret");
            },
            &["data/secret: holds no test case (a .in and a .ans file)"],
        ),
        (
            |d| {
                d.remove("data/secret/1.ans").remove("data/sample/1.ans");
            },
            &[
                "data/sample/1.in: has no answer beside it (.ans)",
                "data/secret: holds no test case (a .in and a .ans file)",
                "data/secret/1.in: has no answer beside it (.ans)",
            ],
        ),
        (
            |d| {
                d.remove("data/secret/1.in");
            },
            &["data/secret: holds no test case (a .in and a .ans file)"],
        ),
        (
            |d| {
                d.remove("data/secret/1.in");
                d.write("data/secret/1.in/2.in", "");
            },
            &[
                "data/secret: holds no test case (a .in and a .ans file)",
                "data/secret/1.in/2.in: has no answer beside it (.ans)",
            ],
        ),
    ]);
}

#[test]
fn statements_and_submissions() {
    check(&[
        (
            |d| {
                yaml(d, "name: x\nproblem_format_version: 2025-09\nuuid: 1\n");
                d.remove("problem_statement");
            },
            &[
                "problem_statement: holds no statement (problem.en.tex, problem.en.md or problem.en.pdf, for example)",
            ],
        ),
        (
            |d| {
                d.remove("problem.yaml");
                d.write("problem.yaml", "author: me\n")
                    .write("problem_statement/problem.en.tex", b"\\problemname{x}\n\xe4\n");
            },
            &["problem_statement/problem.en.tex:2: is not UTF-8"],
        ),
        (
            |d| {
                d.write("problem_statement/problem.en.tex", "x".repeat(300_000));
            },
            &["problem_statement/problem.en.tex: is longer than 262144 bytes"],
        ),
    ]);
}

#[test]
fn files() {
    check(&[
        (
            |d| {
                d.link("data/secret/2.in", "/etc/hostname");
            },
            &["data/secret/2.in: is a symbolic link that leaves the package"],
        ),
        (
            |d| {
                d.link("data/secret/more", "../../../");
            },
            &["data/secret/more: is a symbolic link that leaves the package"],
        ),
        (
            |d| {
                d.link("data/secret/2.in", "nowhere");
            },
            &["data/secret/2.in: is a symbolic link that leads nowhere"],
        ),
        (
            |d| {
                d.link("data/loop", "loop");
            },
            &["data/loop: is a symbolic link that leads nowhere"],
        ),
        (
            |d| {
                d.link("data/secret/again", "..");
            },
            &["data/secret/again: is a symbolic link to a folder around it"],
        ),
        (
            |d| {
                UnixListener::bind(d.dir().join("data/socket")).expect("a socket");
            },
            &["data/socket: is a device, pipe or socket, not a file or folder"],
        ),
        (
            |d| {
                d.write("data/secret/a\nb.in", "");
            },
            &["data/secret/a�b.in: the path has a control character in it"],
        ),
        (
            |d| {
                d.write("data/secret/a\\b.in", "");
            },
            &[r"data/secret/a\b.in: the path has a backslash in it; folders are separated by /"],
        ),
        (
            |d| {
                d.write(&format!("{}x", "deep/".repeat(16)), "");
            },
            &[
                "deep/deep/deep/deep/deep/deep/deep/deep/deep/deep/deep/deep/deep/deep/deep/deep/x: the path is more than 16 levels deep",
            ],
        ),
        (
            |d| {
                d.write("attachments/\u{e4}", "").write("attachments/a\u{308}", "");
            },
            &[
                r#"attachments/ä: is the same name as "attachments/a\u{308}", spelled in other code points"#,
            ],
        ),
    ]);
}

#[test]
fn every_fault_is_listed() {
    check(&[(
        |d| {
            yaml(d, "limits: {memory: x}\nvalidation: magic\n");
            d.remove("data/secret/1.ans").remove("problem_statement").write(".timelimit", "-");
        },
        &[
            r#".timelimit:1: must be a time in seconds, above 0, not "-""#,
            "data/secret: holds no test case (a .in and a .ans file)",
            "data/secret/1.in: has no answer beside it (.ans)",
            r#"problem.yaml:1: limits.memory: must be a number from 1 to 1073741824, not "x""#,
            r#"problem.yaml:2: validation: must be default or custom, not "magic""#,
        ],
    )]);
}

#[test]
fn a_missing_folder_is_not_the_package_s_fault() {
    let draft = Draft::new();
    std::fs::remove_dir_all(draft.dir()).unwrap();
    assert!(draft.open().unwrap_err().host_failed());
}

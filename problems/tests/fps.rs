//! Files of the Free Problem Set, made packages.

mod draft;

use draft::Draft;
use problems::{Converted, Faults, ImportedSet, PackageFormat, Validation, statement};
use std::fs;

const ITEM: &str = r##"<item>
<title><![CDATA[A+B]]></title>
<time_limit unit="ms"><![CDATA[1500]]></time_limit>
<memory_limit unit="kb"><![CDATA[65536]]></memory_limit>
<img><src><![CDATA[/upload/1.png]]></src><base64><![CDATA[iVBORw0KGgo=]]></base64></img>
<description><![CDATA[<p>Add.</p>

    <img src="/upload/1.png">]]></description>
<input><![CDATA[Two numbers.]]></input>
<output><![CDATA[Their sum.]]></output>
<sample_input><![CDATA[1 2
]]></sample_input>
<sample_output><![CDATA[3
]]></sample_output>
<test_input><![CDATA[3 4
]]></test_input>
<test_output><![CDATA[7
]]></test_output>
<test_input name="b"><![CDATA[5 <6>
]]></test_input>
<test_output name="b"><![CDATA[11
]]></test_output>
<hint><![CDATA[]]></hint>
<source><![CDATA[A Contest]]></source>
<solution language="C++"><![CDATA[int main() {}]]></solution>
<solution language="Java"><![CDATA[class Main {}]]></solution>
<spj language="C"><![CDATA[int main() { return 0; }]]></spj>
</item>
"##;

fn file(items: &str) -> Draft {
    let draft = Draft::empty();
    draft
        .write("set.xml", format!("<?xml version=\"1.0\"?>\n<fps version=\"1.2\">\n{items}</fps>"));
    draft
}

fn import(draft: &Draft) -> Result<ImportedSet, Faults> {
    problems::import_fps(&draft.dir().join("set.xml"), &draft.outside("made"))
}

fn made(draft: &Draft) -> Vec<Converted> {
    let set = import(draft).unwrap_or_else(|faults| panic!("{faults}"));
    assert_eq!(set.left_out, []);
    set.problems
}

fn faults(draft: &Draft) -> Vec<String> {
    let faults = import(draft).expect_err("it has faults");
    assert!(!draft.outside("made").exists(), "nothing is left behind");
    faults.iter().map(ToString::to_string).collect()
}

#[test]
fn a_problem_is_read_whole() {
    let draft = file(ITEM);
    let made = made(&draft);
    let [Converted { package, warnings }] = &made[..] else { panic!("{}", made.len()) };
    assert_eq!(&warnings[..], []);
    let own: Vec<_> = package.warnings.iter().map(ToString::to_string).collect();
    assert_eq!(own, ["input_validators: holds no program, and must hold one"]);
    assert_eq!(package.root, draft.outside("made").join("a-b"));
    assert_eq!((package.format, package.title()), (PackageFormat::V2025, "A+B"));
    assert_eq!((package.limits.time_ms, package.limits.memory_bytes), (1_500, 64 << 20));
    assert_eq!(package.credits.source.as_deref(), Some("A Contest"));
    let cases: Vec<_> = package.test_cases.iter().map(|case| case.name.as_str()).collect();
    assert_eq!(cases, ["sample/1", "secret/1", "secret/2"]);
    let input = fs::read_to_string(&package.test_cases[2].input).expect("an input");
    assert_eq!(input, "5 <6>\n");
    let names: Vec<_> = package.submissions.iter().map(|s| s.name.as_str()).collect();
    assert_eq!(names, ["accepted/solution-1.cpp", "accepted/solution-2"]);
    let Validation::Custom { validators, .. } = &package.validation else {
        panic!("{:?}", package.validation)
    };
    assert_eq!(validators.len(), 1);
    let files: Vec<_> = validators.iter().flat_map(|program| &program.files).collect();
    assert!(files.iter().any(|file| file.ends_with("special_judge.c")), "{files:?}");
    assert!(files.iter().any(|file| file.ends_with("adapter.c")), "{files:?}");
    let shown = statement::render(package, "en", "/files/").expect("it is shown");
    for part in ["<p>Add.</p>", "src=\"/files/image-1.png\"", "Input</h2>", "Their sum."] {
        assert!(shown.html.contains(part), "{part}: {}", shown.html);
    }
    assert!(!shown.html.contains("Hint") && !shown.html.contains("<pre>"), "{}", shown.html);
}

#[test]
fn a_file_holds_several_problems() {
    let other = ITEM.replace("A+B", "最短路").replace("<p>Add.</p>", "求和");
    let draft = file(&format!("{ITEM}{ITEM}{other}"));
    let made = made(&draft);
    let names: Vec<_> = made.iter().map(|one| one.package.short_name.as_str()).collect();
    assert_eq!(names, ["a-b", "a-b-2", "problem-3"]);
    assert_eq!(made[2].package.titles["zh"], "最短路");
    let shown = statement::render(&made[2].package, "zh", "").expect("it is shown").html;
    assert!(shown.contains("输入</h2>") && !shown.contains("Input"), "{shown}");
}

#[test]
fn problems_with_faults_are_left_out_and_named() {
    let nameless = ITEM.replace("<title><![CDATA[A+B]]></title>", "");
    let named_alike = ITEM.replace("A+B", "A B 4");
    let draft = file(&format!("{nameless}{named_alike}{ITEM}{ITEM}"));
    let set = import(&draft).unwrap_or_else(|faults| panic!("{faults}"));
    let names: Vec<_> = set.problems.iter().map(|one| one.package.short_name.as_str()).collect();
    assert_eq!(names, ["a-b-4", "a-b", "a-b-4-4"]);
    let left_out: Vec<_> = set.left_out.iter().map(ToString::to_string).collect();
    assert_eq!(left_out, ["set.xml:3: item.title: is missing"]);
    assert_eq!(faults(&file(&nameless)), left_out);
    let folders = fs::read_dir(draft.outside("made")).expect("the problems").count();
    assert_eq!(folders, 3);
}

#[test]
fn a_document_type_that_declares_nothing_is_passed_over() {
    let draft = file(ITEM);
    let path = draft.dir().join("set.xml");
    let text = fs::read_to_string(&path).expect("the set");
    let names =
        "<!DOCTYPE fps PUBLIC\n \"-//freeproblemset//EN\"\n \"http://example.org/fps.dtd\" >\n<fps";
    draft.write("set.xml", text.replace("<fps", names).replace("<![CDATA[1500]]>", "soon"));
    assert_eq!(
        faults(&draft),
        ["set.xml:8: item.time_limit: must be a number from 0.001 to 3600000000, not \"soon\""]
    );
    draft.write("set.xml", text.replace("<fps", names));
    assert_eq!(made(&draft).len(), 1);
}

#[test]
fn what_cannot_be_said_is_a_warning() {
    let item = ITEM
        .replace("language=\"Java\"", "language=\"Brainfuck\"")
        .replace("<hint>", "<prepend language=\"C\">#define X</prepend><hint>")
        .replace("iVBORw0KGgo=", "AAAA");
    let made = made(&file(&item));
    let warnings: Vec<_> = made[0].warnings.iter().map(ToString::to_string).collect();
    assert_eq!(
        warnings,
        [
            "set.xml:7: item.img.base64: is no PNG, JPEG, GIF or WebP image; left out",
            "set.xml:25: item.prepend: code around submissions cannot be said; left out",
            "set.xml:28: item.solution.language: solutions in \"Brainfuck\" are not known; left out",
        ]
    );
}

#[test]
fn everything_that_is_wrong_is_named() {
    let mut wrong = String::new();
    for (from, to, expected) in [
        (
            "</title>",
            "</item>",
            "set.xml:4: is not well-formed XML: expected 'title' tag, not 'item' at 4:23",
        ),
        (
            "A+B",
            "A]]>&b;<![CDATA[B",
            "set.xml:4: is not well-formed XML: unknown entity reference 'b' at 4:21",
        ),
        (
            "unit=\"ms\"",
            "unit=\"h\"",
            "set.xml:5: item.time_limit.unit: must be s or ms, not \"h\"",
        ),
        (
            "1500",
            "soon",
            "set.xml:5: item.time_limit: must be a number from 0.001 to 3600000000, not \"soon\"",
        ),
        (
            "1500",
            "0",
            "set.xml:5: item.time_limit: must be a number from 0.001 to 3600000000, not \"0\"",
        ),
        (
            "unit=\"kb\"",
            "unit=\"tb\"",
            "set.xml:6: item.memory_limit.unit: must be mb or kb or b, not \"tb\"",
        ),
        ("<src><![CDATA[/upload/1.png]]></src>", "", "set.xml:7: item.img.src: is missing"),
        ("<base64><![CDATA[iVBORw0KGgo=]]></base64>", "", "set.xml:7: item.img.base64: is missing"),
        ("iVBORw0KGgo=", "!", "set.xml:7: item.img.base64: is not base64"),
        (
            "<sample_output><![CDATA[3\n]]></sample_output>\n",
            "",
            "set.xml:3: item.sample_input: there are 1, but 0 sample_output",
        ),
        ("<test_output name", "<output name", ""),
        (
            "<spj language=\"C\">",
            "<spj language=\"Pascal\">",
            "set.xml:29: item.spj.language: a special judge must be written in C or C++",
        ),
        ("spj", "tpj", "set.xml:29: item.tpj: programs that need testlib cannot be read"),
    ] {
        assert!(ITEM.contains(from), "{from}");
        let mut item = ITEM.replace(from, to);
        let mut expected = expected;
        if from.starts_with("<test_output") {
            item = item.replace("[11\n]]></test_output>", "[11\n]]></output>");
            expected = "set.xml:3: item.test_input: there are 2, but 1 test_output";
        }
        let found = faults(&file(&item));
        if found != [expected] {
            wrong += &format!("{from:?}: expected {expected}, found {found:#?}\n");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn samples_are_the_tests_of_a_problem_that_has_no_others() {
    let item = ITEM.replace("test_", "other_");
    let draft = file(&item);
    let made = made(&draft);
    let cases = &made[0].package.test_cases;
    let secret: Vec<_> = cases.iter().filter(|case| !case.is_sample).collect();
    assert_eq!((cases.len(), secret.len()), (2, 1));
    assert_eq!(fs::read_to_string(&secret[0].input).unwrap(), "1 2\n");
    assert_eq!(fs::read_to_string(&secret[0].answer).unwrap(), "3\n");
    let warnings: Vec<_> = made[0].warnings.iter().map(ToString::to_string).collect();
    let warning = "set.xml:3: item.test_input: there is none; the samples are all that submissions are tried on";
    assert!(warnings.iter().any(|found| found == warning), "{warnings:?}");
    let item = item.replace("sample_", "no_");
    assert_eq!(faults(&file(&item)), ["set.xml:3: item.test_input: there is none, nor a sample"]);
}

#[test]
fn texts_that_are_no_problem_set() {
    let bomb = "<!DOCTYPE fps [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]><fps>&b;</fps>";
    let deep = "<fps>".repeat(200_000);
    for (text, expected) in [
        (&b"<problem/>"[..], "set.xml: the outermost element is \"problem\", not \"fps\""),
        (b"<fps/>", "set.xml:1: item: there is none"),
        (b"<fps>\n\xff</fps>", "set.xml:2: is not UTF-8"),
        (bomb.as_bytes(), "set.xml: holds a document type (<!DOCTYPE), which is not allowed"),
        (
            deep.as_bytes(),
            "set.xml:1: is not well-formed XML: the root node was opened but never closed",
        ),
    ] {
        let draft = Draft::empty();
        draft.write("set.xml", text);
        assert_eq!(faults(&draft), [expected]);
    }
}

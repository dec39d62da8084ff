//! Which statements a package has, and what lies beside them.

mod draft;

use draft::Draft;
use problems::{Package, statement, statement::Piece};

#[test]
fn the_reader_s_language_is_chosen() {
    let draft = Draft::new();
    draft
        .write("problem_statement/problem.sv.md", "Hej")
        .write("problem_statement/problem.pt-br.md", "Oi")
        .write("problem_statement/problem.de.pdf", "%PDF");
    let package = draft.open().unwrap();
    let language = |asked| statement::render(&package, asked, "").unwrap().language;
    assert_eq!(language("sv"), "sv");
    assert_eq!(language("sv-FI"), "sv");
    assert_eq!(language("pt"), "pt-br");
    assert_eq!(language("fr"), "en");
    let german = statement::render(&package, "de", "").unwrap();
    assert_eq!(german.pdf, Some(draft.dir().join("problem_statement/problem.de.pdf")));
    assert_eq!(german.html, "");
}

#[test]
fn nothing_but_the_statement_s_images_can_be_asked_for() {
    let draft = Draft::new();
    draft
        .write("problem_statement/map.png", "")
        .write("problem_statement/figures/tree.svg", "")
        .write("problem.pdf", "%PDF")
        .write("data/secret/1.png", "");
    let package: Package = draft.open().unwrap();
    let known = |name| statement::asset(&package, name).is_some();
    assert!(known("map.png") && known("figures/tree.svg") && known("problem.pdf"));
    for name in [
        "",
        "problem.en.tex",
        "../problem.yaml",
        "../data/secret/1.png",
        "data/secret/1.png",
        "/etc/passwd",
        "missing.png",
        "figures",
    ] {
        assert!(!known(name), "{name}");
    }
}

#[test]
fn statements_lie_in_the_folder_of_either_version() {
    let draft = Draft::new();
    draft.remove("problem_statement").write("statement/problem.sv.md", "Hej ![](b.png)");
    draft.write("statement/problem.en.tex", "\\problemname{New}\\input{parts/more}\\input{gone}");
    draft
        .write("statement/parts/more.tex", "More % and less\n\\verb|%|")
        .write("statement/b.png", "");
    let package = draft.open().expect("it is good");
    let shown = |language| statement::render(&package, language, "/f/").expect("it is shown");
    assert_eq!(shown("sv").html, "<p>Hej <img src=\"/f/b.png\" alt=\"\"></p>\n");
    assert_eq!(
        shown("en").html,
        "<p>More <code>%</code><code class=\"unknown\">\\input</code>gone</p>\n"
    );
    assert_eq!(shown("sv").files, ["b.png"]);
}

#[test]
fn what_is_odd_about_a_statement_is_a_warning_with_its_line() {
    let draft = Draft::new();
    draft.write(
        "problem_statement/problem.en.tex",
        "\\problemname{A Draft}\n\\nextsample\n\\weird{x}\n\\begin{box}y\\end{box}\n$\\nothing{}$\n\
         \\includegraphics{gone}\n\\nextsample\n\\weird{z}\n\\input{lost}\n",
    );
    let swedish = "Hej\n\n![](borta.png) {{nextsample}}{{remainingsamples}}";
    draft.write("problem_statement/problem.sv.md", swedish);
    let package = draft.open().expect("it is good");
    let warnings: Vec<String> = package.warnings.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(warnings.join("\n"));
    let stored =
        draft.import(&draft.zip(""), &problems::ArchiveCaps::default()).expect("it is good");
    assert_eq!(stored.warnings, package.warnings);
}

#[test]
fn solutions_are_the_jury_s_and_may_show_the_statement_s_images() {
    let draft = Draft::new();
    draft.remove("problem_statement").write("statement/problem.md", "Text");
    draft.write("statement/a.png", "").write("statement/b.png", "").write("solution/a.png", "");
    draft.write("solution/solution.en.md", "Idea: ![](a.png) ![](b.png)");
    draft.write("solution/solution.sv.pdf", "%PDF").write("solution/notes.txt", "");
    let package = draft.open().expect("it is good");
    let languages: Vec<&str> = package.solutions.iter().map(|s| s.language.as_str()).collect();
    assert_eq!(languages, ["en", "sv"]);
    let shown = statement::render_solution(&package, "en", "/f/").expect("it is shown");
    assert_eq!(shown.files, ["a.png", "b.png"]);
    let swedish = statement::render_solution(&package, "sv", "/f/").expect("it is shown");
    assert_eq!(swedish.pdf, Some(draft.dir().join("solution/solution.sv.pdf")));
    // What contestants may ask for are the statement's files alone.
    let asset = draft.dir().join("statement/a.png");
    assert_eq!(statement::asset(&package, "a.png"), Some(asset));
    assert!(Draft::new().open().is_ok_and(|package| package.solutions.is_empty()));
}

#[test]
fn samples_stand_where_the_text_has_them() {
    let text = "A\n\n{{nextsample}}\n\nB {{remainingsamples}} C";
    let html = Draft::new().show("problem.en.md", text).html;
    let pieces = statement::pieces(&html);
    assert_eq!(
        pieces,
        [
            Piece::Html("<p>A</p>\n"),
            Piece::NextSample,
            Piece::Html("\n<p>B </p>"),
            Piece::RemainingSamples,
            Piece::Html(" C\n"),
        ]
    );
    let code = Draft::new().show("problem.en.md", "`{{nextsample}}`").html;
    assert_eq!(code, "<p><code>{{nextsample}}</code></p>\n");
}

#[test]
fn constants_stand_for_their_values() {
    let draft = Draft::new();
    draft.remove("problem_statement").write(
        "problem.yaml",
        "problem_format_version: 2025-09\nname: {en: A, sv: B}\nuuid: 5ca6ba5b-36d5-4eff-8aa7-d967cbc4375e\n\
         constants: {n: 5, big: {value: 1000, tex: '1{,}000'}}\n",
    );
    draft.write("statement/problem.en.md", "At most {{n}} and ${{big.tex}}$, {{m}}.");
    let latex =
        "\\newcommand{\\n}{\\constant{n}}At most \\n{} and $\\constant{big.tex}$, \\constant{m}.";
    draft.write("statement/problem.sv.tex", latex);
    let package = draft.open().unwrap_or_else(|faults| panic!("{faults}"));
    for (language, unknown) in
        [("en", "{{m}}"), ("sv", "<code class=\"unknown\">\\constant</code>m")]
    {
        let html = statement::render(&package, language, "").expect("it is shown").html;
        let number = "<mn>1</mn><mrow><mo>,</mo></mrow><mn>000</mn>";
        let expected =
            format!("<p>At most 5 and <math display=\"inline\">{number}</math>, {unknown}.</p>\n");
        assert_eq!(html, expected);
    }
}

#[test]
fn a_sample_beside_the_statement_is_shown_and_no_other() {
    let draft = Draft::new();
    draft
        .write("problem_statement/talk.in", "1 %\n")
        .write("problem_statement/talk.ans", "\\2\n")
        .write("data/secret/1.in", "hidden")
        .write("data/secret/1.ans", "hidden")
        .write(
            "problem_statement/problem.en.tex",
            "\\problemname{Talk}\\displaysample{test/problem_statement/talk}\\displaysample{talk}\
             \\displaysample{../data/secret/1}\\displaysample{problem_statement/../../data/secret/1}",
        );
    let html = statement::render(&draft.open().unwrap(), "en", "").unwrap().html;
    assert_eq!(html.matches("<pre><code>1 %\n</code></pre>").count(), 2, "{html}");
    assert_eq!(html.matches("<pre><code>\\2\n</code></pre>").count(), 2, "{html}");
    assert!(!html.contains("hidden"), "{html}");
}

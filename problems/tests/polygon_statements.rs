//! Statements as Polygon's packages have them.

use problems::Constants;
use problems::statement::{Assets, Converted, Format, Surroundings, convert, polygon};
use std::fs;

fn with_surroundings(
    samples: usize,
    show: impl FnOnce(Surroundings<'_>) -> Converted,
) -> Converted {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("tree.png"), "").expect("a file");
    let assets = Assets::in_folders(vec![folder.path().to_owned()]);
    show(Surroundings {
        name: "statement",
        language: "en",
        assets: &assets,
        asset_prefix: "/files/",
        samples,
        constants: &Constants::default(),
    })
}

fn all_of(converted: &Converted) -> String {
    let warnings: Vec<String> = converted.warnings.iter().map(ToString::to_string).collect();
    format!("{:?}\n{}\n{:?} {warnings:?}", converted.title, converted.html, converted.files)
}

const LATEX: &str = r"
\begin{problem}{The $k$-th Tree}{standard input}{standard output}{1 second}{256 megabytes}

\def \htmlPixelsInCm {45}
Count \textit{trees} of \t{height} at most~$h$ --- \bf{all} of them.

\begin{center}
  \includegraphics[width=3cm]{tree.png} \\
  \small{A tree.}
\end{center}

\InputFile
One number $h$ ($1 \le h \le 10^{5}$).

\OutputFile
\begin{itemize}
  \item the number.
\end{itemize}

\Examples

\begin{example}
\exmp{3
\% \_
}{5
}%
\end{example}

\Note
None.

\end{problem}
";

#[test]
fn latex_of_the_olymp_class() {
    let alone = with_surroundings(0, |around| convert(LATEX, Format::Latex, around));
    insta::assert_snapshot!(all_of(&alone));
    let with_samples = with_surroundings(1, |around| convert(LATEX, Format::Latex, around));
    assert!(with_samples.html.contains("<div class=\"remaining-samples\"></div>"));
    assert!(!with_samples.html.contains("Sample input"));
}

#[test]
fn properties_as_json() {
    let json = r#"{
        "name": "Trees", "language": "english", "timeLimit": 1000, "tutorial": "Secret.",
        "legend": "Count $n$ trees.\r\n\r\n\\includegraphics{tree.png}", "input": "One \\t{number}.",
        "output": "", "interaction": null, "notes": "In the \\bf{first} sample \\odd.",
        "sampleTests": [{"input": "1\n", "output": "1\n"}]
    }"#;
    insta::assert_snapshot!(all_of(&with_surroundings(1, |around| {
        polygon::from_properties(json, around).expect("it is what Polygon writes")
    })));
}

#[test]
fn headings_are_in_the_statement_s_language() {
    let shown = with_surroundings(0, |around| {
        let around = Surroundings { language: "ru", ..around };
        convert(LATEX, Format::Latex, around)
    });
    for heading in ["Входные данные", "Выходные данные", "Примечание", "Пример выходных данных"]
    {
        assert!(shown.html.contains(&format!("{heading}</")), "{heading}: {}", shown.html);
    }
}

#[test]
fn properties_that_are_none_name_file_and_line() {
    let assets = Assets::default();
    let around = Surroundings {
        name: "p.json",
        language: "en",
        assets: &assets,
        asset_prefix: "",
        samples: 0,
        constants: &Constants::default(),
    };
    let fault = polygon::from_properties("{\n\"legend\": 5}", around).expect_err("it is none");
    assert!(fault.to_string().starts_with("p.json:2: is not what Polygon writes: "), "{fault}");
}

const HTML: &str = r#"<!DOCTYPE html><html><head><title>x</title><link rel="stylesheet" href="problem-statement.css">
<style>body { color: red }</style><script src="x.js"></script></head><body class="x">
<div class="problem-statement"><div class="header"><div class="title">Trees &amp; more</div>
<div class="time-limit"><div class="property-title">time limit per test</div>1 second</div></div>
<div class="legend"><p>Count $$$n &lt; 5$$$ <span class="tex-font-style-tt">trees</span>:</p>
$$$$$$\sum_i i$$$$$$<p><img class="tex-graphics" style="max-width:100.0%" src="tree.png"></p></div>
<div class="input-specification"><div class="section-title">Input</div><p>One.</p></div>
<div class="sample-tests"><div class="section-title">Example</div><div class="sample-test"><div class="input">
<div class="title">Input</div><pre class="content">1</pre></div></div></div>
<div class="note"><div class="section-title">Note</div><p>An open $$$ sign.</p></div></div></body></html>"#;

#[test]
fn html_with_a_style_sheet_of_its_own() {
    insta::assert_snapshot!(all_of(&with_surroundings(1, |around| {
        polygon::from_html(HTML, around)
    })));
    let alone = with_surroundings(0, |around| polygon::from_html(HTML, around));
    assert!(alone.html.contains("<pre>1</pre>"), "{}", alone.html);
}

#[test]
fn tags_in_capital_letters_are_the_same() {
    let capitals = |piece: &str| {
        let (name, rest) = piece.split_at(piece.find([' ', '>']).unwrap_or(piece.len()));
        format!("{}{rest}", name.to_uppercase())
    };
    let loud: Vec<_> = HTML.split('<').map(capitals).collect();
    let [loud, quiet] = [loud.join("<"), HTML.to_owned()]
        .map(|html| all_of(&with_surroundings(1, |around| polygon::from_html(&html, around))));
    assert_eq!(loud, quiet);
    assert!(loud.contains("Trees & more") && !loud.contains("time limit"), "{loud}");
}

#[test]
fn hostile_html_and_properties_are_harmless() {
    let title = "<div class=\"section-title\">";
    for piece in
        ["<div class=\"header\">", title, "$$$", "$$$$$$", "<div class=\"sample-tests\"><", "<DIV "]
    {
        let text = format!("<script>alert(1)</script>{}", piece.repeat(60_000 / piece.len()));
        let html = with_surroundings(1, |around| polygon::from_html(&text, around)).html;
        assert!(!html.contains("<script"), "{html}");
    }
    let legend = "<script>alert(1)</script>\\\\url{javascript:alert(1)}";
    let json = format!("{{\"legend\": \"{legend}\"}}");
    let shown = with_surroundings(1, |around| {
        polygon::from_properties(&json, around).expect("it is what Polygon writes")
    });
    assert!(!shown.html.contains("<script") && !shown.html.contains("href=\"javascript"));
}

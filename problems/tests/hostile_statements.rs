//! What statements of strangers must never do: run, ask others, or take long.

mod draft;

use draft::Draft;
use problems::Constants;
use problems::statement::{Assets, Format, Surroundings, convert, pieces, polygon};
use proptest::prelude::*;
use std::{
    fmt::Write,
    time::{Duration, Instant},
};

#[test]
fn no_statement_runs_anything_or_asks_anybody_else() {
    let attacks = [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<img src=\"https://evil.example/pixel.png\">",
        "<img src=\"//evil.example/pixel.png\">",
        "<a href=\"javascript:alert(1)\">x</a>",
        "<a href=\" java\nscript:alert(1)\">x</a>",
        "<a href=\"data:text/html,<script>alert(1)</script>\">x</a>",
        "<svg onload=alert(1)><script>alert(1)</script></svg>",
        "<iframe src=\"https://evil.example\"></iframe>",
        "<style>body { background: url(https://evil.example) }</style>",
        "<p style=\"background:url(https://evil.example)\">x</p>",
        "<td style=\"text-align:left;background:url(https://evil.example)\">x</td>",
        "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
        "<math><annotation-xml encoding=\"text/html\"><script>alert(1)</script></annotation-xml></math>",
        "<math href=\"javascript:alert(1)\"><mi>x</mi></math>",
        "<form action=\"https://evil.example\"><button>x</button></form>",
        "<base href=\"https://evil.example\">",
        "$\\text{<script>alert(1)</script>}$",
        "$\\href{javascript:alert(1)}{x}$",
        "$\"onload=alert(1)$",
        "\\href{javascript:alert(1)}{x}",
        "\\href{\" onclick=\"alert(1)}{x}",
        "\\url{javascript:alert(1)}",
        "\\includegraphics{x\" onerror=\"alert(1)}",
        "\\illustration{1}{map.png\" onerror=\"alert(1)}{<script>alert(1)</script>}",
        "\\begin{<script>}alert(1)\\end{<script>}",
        "\\begin{tabular}{l\" onclick=\"alert(1)}x\\end{tabular}",
        "\\verb|<script>alert(1)</script>|",
        "[x](javascript:alert(1)) ![x](https://evil.example/a.png) ![x](../../data/secret/1.in)",
        "![x](map.png\" onerror=\"alert(1))",
        "![x\" onerror=\"alert(1)](map.png){width=\"1\" onload=\"alert(1)\"}",
        "```\"><script>alert(1)</script>\nx\n```",
        "```c\n</code></pre><script>alert(1)</script>\n```",
        "x[^1]\n\n[^1]: <script>alert(1)</script><a href=\"javascript:alert(1)\">x</a>",
        "<a id=\"content\" href=\"#\" onclick=\"alert(1)\">x</a>",
        "<div class=\"next-sample\" onclick=\"alert(1)\"></div>",
        "\\begin{lstlisting}[language=C]\n<script>alert(1)</script>\n\\end{lstlisting}",
        "\\footnote{<script>alert(1)</script>\\url{javascript:alert(1)}}",
        "\\input{/etc/passwd}\\input{../problem.yaml}\\input{<script>}",
        "\\newcommand{\\x}{<script>alert(1)</script>}\\x",
        "\\begin{example}\\exmp{<script>alert(1)</script>}{\" onclick=\"alert(1)}\\end{example}",
        "\\epigraph{<script>}{\\href{javascript:alert(1)}{x}}",
    ];
    for attack in attacks {
        for file in ["problem.en.md", "problem.en.tex", "problem.en.html"] {
            let html = Draft::new().show(file, attack).html;
            let tags =
                html.split('<').skip(1).map(|piece| piece.split('>').next().unwrap_or(piece));
            for tag in tags {
                let tag = tag.to_lowercase();
                let name = tag.split([' ', '/']).find(|part| !part.is_empty()).unwrap_or("");
                let bad = ["script", "style", "iframe", "svg", "form", "button", "base", "object"];
                assert!(!bad.contains(&name), "{attack} as {file}: {html}");
                let reaches = [
                    "javascript:",
                    "data:",
                    " onerror=\"",
                    " onclick=\"",
                    " onload=\"",
                    "src=\"http",
                    "src=\"//",
                    "url(",
                ];
                assert!(!reaches.iter().any(|bad| tag.contains(bad)), "{attack} as {file}: {html}");
            }
        }
    }
}

#[test]
fn hostile_nesting_ends_soon() {
    for piece in [
        "{",
        "}",
        "[",
        "$",
        "\\(",
        "\\[",
        "\\begin{itemize}",
        "\\begin{a}",
        "\\emph{",
        "\\item[",
        "\\\\[",
        "\\verb|",
        "<div>",
        "<div></p>",
        "<b></i>",
        "> ",
        "- ",
        "*",
        "![",
        "<math><mtext>",
        "\\frac{",
        "\\begin{tabular}{*{9}{",
    ] {
        let text = piece.repeat(60_000 / piece.len());
        for file in ["problem.en.tex", "problem.en.md", "problem.en.html"] {
            Draft::new().show(file, &text);
        }
        let formula = piece.repeat(9_000 / piece.len());
        Draft::new().show("problem.en.tex", format!("${formula}$"));
        Draft::new().show("problem.en.md", format!("${formula}$"));
    }
}

#[test]
fn ends_that_come_late_or_never_are_not_looked_for_again_and_again() {
    let started = Instant::now();
    let begins = "\\begin{a}".repeat(13_000);
    for ends in [13_000, 1] {
        Draft::new().show("problem.en.tex", begins.clone() + &"\\end{a}".repeat(ends));
    }
    let samples = "<div class=\"next-sample\"></div>".repeat(40_000);
    assert_eq!(pieces(&samples).len(), 80_001);
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
}

/// A command for each letter that uses the one before it ten times.
fn growing(define: impl Fn(char, &str) -> String) -> String {
    let mut source = define('a', "ha");
    for (before, letter) in ('a'..='y').zip('b'..='z') {
        source += &define(letter, &format!("\\x{before} ").repeat(10));
    }
    source
}

#[test]
fn commands_that_grow_without_end_are_cut_short() {
    let commands = growing(|letter, body| format!("\\newcommand{{\\x{letter}}}{{{body}}}"));
    let definitions = growing(|letter, body| format!("\\def\\x{letter}{{{body}}}"));
    let arguments = format!("\\newcommand{{\\a}}[1]{{{}}}", "#1".repeat(50));
    let arguments = format!("{arguments}{}x{}", "\\a{".repeat(300), "}".repeat(300));
    let verbatim = "x".repeat(9_000);
    let verbatim = format!("\\newcommand{{\\a}}{{\\verb|{verbatim}|}}{}", "\\a ".repeat(40_000));
    for text in [
        format!("{commands}\\xz"),
        format!("{definitions}\\xz"),
        format!("${commands}\\xz$"),
        format!("$${definitions}\\xz$$"),
        "$\\def\\a{\\b\\b}\\def\\b{\\c\\c\\c}\\def\\c{\\a\\a}\\a$ ".repeat(4_000),
        "$x \\choose {y \\over \\nothing}$ ".repeat(4_000),
        "\\def\\a{\\b\\b}\\def\\b{\\a\\a}\\a $\\let\\a\\b\\let\\b\\a \\a$".to_owned(),
        arguments,
        verbatim,
    ] {
        for file in ["problem.en.tex", "problem.en.md"] {
            let html = Draft::new().show(file, &text).html;
            assert!(html.len() < 16 << 20, "{} bytes of {file}", html.len());
        }
    }
}

#[test]
fn files_that_take_in_themselves_end() {
    let draft = Draft::new();
    let twice = "x\\input{a}\\input{b}";
    draft.write("statement/a.tex", twice).write("statement/b.tex", twice);
    draft.write("statement/problem.sv.tex", "\\input{a}\\input{problem.sv}");
    let package = draft.open().expect("it is good");
    let html = problems::statement::render(&package, "sv", "").expect("it is shown").html;
    assert!(html.contains("xx") && html.len() < 10_000, "{html}");
}

#[test]
fn huge_tables_and_code_are_shown() {
    let mut markdown = String::from("| a | b |\n|---|---|\n");
    let mut latex = String::from("\\begin{tabular}{*{90}{|c}}\n");
    for number in 0..9_000 {
        writeln!(markdown, "| {number} | x |").expect("it is written");
        writeln!(latex, "{number} & x \\\\ \\hline").expect("it is written");
    }
    latex += "\\end{tabular}";
    assert_eq!(Draft::new().show("problem.en.md", markdown).html.matches("<tr>").count(), 9_001);
    assert_eq!(Draft::new().show("problem.en.tex", latex).html.matches("<tr>").count(), 9_000);
    let wide = "\\multicolumn{99}{c}{}&".repeat(10_000);
    Draft::new().show("problem.en.tex", format!("\\begin{{tabular}}{{c}}{wide}\\end{{tabular}}"));
}

#[test]
fn code_is_shown_whatever_it_does_to_its_colours() {
    for piece in ["((((", "/*", "\"\\\"", "R\"x(", "<<EOF ", "a<b<", "'a'b", "${`", "[[("] {
        for language in ["cpp", "python", "bash", "html", "markdown"] {
            let line = piece.repeat(390 / piece.len());
            let code = format!("{line}\n").repeat(48);
            let html =
                Draft::new().show("problem.en.md", format!("```{language}\n{code}```\n")).html;
            let text: String = html
                .split('<')
                .map(|tag| tag.split_once('>').map_or(tag, |(_, text)| text))
                .collect();
            assert_eq!(text.matches('\n').count(), 49, "{piece} as {language}");
        }
    }
}

#[test]
fn text_that_is_not_utf_8_is_a_fault_and_not_a_panic() {
    for file in ["problem.en.tex", "problem.en.md", "problem.en.html"] {
        let draft = Draft::new();
        draft.write(&format!("problem_statement/{file}"), b"a\n\xff\xfe b");
        let faults = draft.open().expect_err("it is no text").to_string();
        assert_eq!(faults, format!("problem_statement/{file}:2: is not UTF-8"));
    }
}

/// Pieces of every language that statements are written in.
const PIECES: [&str; 48] = [
    "\\begin{itemize}",
    "\\end{itemize}",
    "\\item ",
    "\\begin{tabular}{|l|c|}",
    "\\end{tabular}",
    "&",
    "\\\\",
    "\\hline ",
    "\\multirow{2}{*}{",
    "\\multicolumn{2}{c}{",
    "{",
    "}",
    "[",
    "]",
    "$",
    "$$",
    "\\(",
    "\\]",
    "%",
    "\n",
    "\n\n",
    "\\newcommand{\\a}[1]{",
    "#1",
    "\\a",
    "\\def\\b#1{",
    "\\b",
    "\\let\\a=\\b",
    "\\verb|",
    "|",
    "\\begin{verbatim}",
    "\\end{verbatim}",
    "\\footnote{",
    "\\bf ",
    "{\\small ",
    "\\illustration{0.5}{map}{",
    "\\nextsample ",
    "\\exmp{",
    "\\begin{example}",
    "\\end{example}",
    "```c\n",
    "[^1]",
    "[^1]: ",
    "![x](map.png){width=",
    "{{nextsample}}",
    "<script>",
    "<div>",
    "javascript:",
    "ü\u{e000}\u{e002}",
];

proptest! {
    #[test]
    fn whatever_is_written_is_shown_harmlessly(pieces in proptest::collection::vec(0..PIECES.len(), 0..60)) {
        let text: String = pieces.into_iter().map(|piece| PIECES[piece]).collect();
        let assets = Assets::default();
        let around = Surroundings { name: "x", language: "en", assets: &assets, asset_prefix: "/", samples: 1, constants: &Constants::default() };
        let formats = [Format::Markdown, Format::Latex, Format::Html];
        let mut shown: Vec<_> = formats.map(|format| convert(&text, format, around)).into();
        shown.push(polygon::from_html(&text, around));
        for converted in shown {
            let html = converted.html.to_lowercase();
            prop_assert!(!html.contains("<script") && !html.contains("href=\"javascript:"), "{html}");
        }
    }
}

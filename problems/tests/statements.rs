//! Statements as HTML: what is shown, and what never is.

mod draft;

use draft::Draft;
use problems::{Package, statement};

fn show(file: &str, text: &str) -> String {
    let draft = Draft::new();
    draft.remove("problem_statement").write(&format!("problem_statement/{file}"), text);
    draft.write("problem_statement/map.png", "").write("problem_statement/figures/tree.svg", "");
    let package = draft.open().unwrap_or_else(|faults| panic!("{faults}"));
    statement::render(&package, "en", "/files/").expect("it is shown").html
}

fn latex(text: &str) -> String {
    show("problem.en.tex", text)
}

fn markdown(text: &str) -> String {
    show("problem.en.md", text)
}

#[test]
fn latex_text() {
    insta::assert_snapshot!(latex(
        r#"
\problemname{Title}
``Quoted'' text -- with \emph{emphasis}, \textbf{weight}, \texttt{code\_x} and {\bf old} switches. % a comment
It\'s 5\,\% of \"Uber~\ss{} \& \$3\ldots

\section*{Input}
A\\B \verb|a_b{| \href{https://example.org/a\%20b}{a link} and \url{http://example.org/~x}\footnote{A note.}
\subsection{Deeper}\label{deep}
\noindent Text.\vspace{1cm}
"#
    ));
}

#[test]
fn latex_lists_and_tables() {
    insta::assert_snapshot!(latex(
        r"
\begin{itemize}
  \item one $\item$
  \item two:
    \begin{enumerate}\item inner \end{enumerate}

    A second paragraph.
\end{itemize}
\begin{description}\item[Word] its meaning\end{description}
\begin{tabular}{|l|r|}
\hline
a \& b & $x & y$ \\ \hline
\multicolumn{2}{c}{wide} \\
\end{tabular}
"
    ));
}

#[test]
fn latex_math() {
    insta::assert_snapshot!(latex(
        r"
\newcommand{\maxn}{10^5}
Given $1 \le n \le \maxn$ and \(a_i\): \[ \sum_{i=1}^{n} a_i \bmod 7 \]
\begin{align*} a &= b \\ c &< d \end{align*}
An open $ sign costs \$5.

$\notacommand{x}$
"
    ));
}

#[test]
fn latex_images_and_verbatim() {
    insta::assert_snapshot!(latex(
        r"
\illustration{0.4}{map}{A \emph{map}}
\includegraphics[width=5cm]{figures/tree.svg} \includegraphics{missing}
\begin{center}\includegraphics{map.png}\end{center}
\begin{verbatim}
%d <b> & \emph{x}
\end{verbatim}
"
    ));
}

#[test]
fn latex_that_is_not_understood_is_shown() {
    insta::assert_snapshot!(latex(
        r"
\weird{argument} \begin{tikzpicture}\draw (0,0);\end{tikzpicture}
\begin{itemize} \item never closed
} unbalanced {
"
    ));
}

#[test]
fn markdown_with_everything() {
    insta::assert_snapshot!(markdown(
        r"
# A Draft

Text with $a < b$ and *emphasis*, a [link](https://example.org), an image ![a map](map.png)

| left | right |
| ---- | ----: |
| 1    | $x^2$ |

$$\frac{1}{2}$$

## Input

1. `code`

{{nextsample}}
"
    ));
}

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
    ];
    for attack in attacks {
        for file in ["problem.en.md", "problem.en.tex", "problem.en.html"] {
            let html = show(file, attack);
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
            show(file, &text);
        }
        let formula = piece.repeat(9_000 / piece.len());
        latex(&format!("${formula}$"));
    }
}

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

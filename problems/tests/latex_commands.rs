//! Commands and environments of LaTeX in statements, one by one.

mod draft;

use draft::Draft;
use problems::Rendered;

fn shown(text: &str) -> Rendered {
    Draft::new().show("problem.en.tex", text)
}

/// What is written, and what must be in what is shown of it; nothing of it may be warned of.
#[track_caller]
fn check(written_and_shown: &[(&str, &str)]) {
    let mut wrong = String::new();
    for (written, expected) in written_and_shown {
        let Rendered { html, warnings, .. } = shown(written);
        if !html.contains(expected) || !warnings.is_empty() {
            wrong += &format!("{written}: expected {expected}, found {html} {warnings:?}\n");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn code_keeps_its_dashes_and_quotes() {
    check(&[
        (r"\texttt{a << b --x ''}", "<code>a &lt;&lt; b --x ''</code>"),
        (r"\t{`>>' \textbf{--}} --", "<code>`&gt;&gt;' <strong>--</strong></code> –"),
        (r"\code{--}''", "<code>--</code>”"),
        (r"{\tt --} --", "<code>--</code> –"),
        (r"{\ttfamily a \bf --}--", "<code>a <strong>--</strong></code>–"),
        (r"\tt{--} --", "<code>--</code> –"),
        (r"\texttt{\footnote{--}} --", "<li id=\"note-1\">--"),
        (r"\verb|--| <<a>>", "<code>--</code> «a»"),
        ("\\begin{lstlisting}\ni-- << 1\n\\end{lstlisting}", "i-- &lt;&lt; 1"),
    ]);
}

#[test]
fn what_only_rules_the_printed_page_leaves_nothing() {
    check(&[
        ("a\\vskip 3pt plus 1pt b", "<p>a b</p>"),
        ("a\\vskip -0.5\\baselineskip\nb", "<p>a\nb</p>"),
        (r"a\kern3pt b\parindent=0pt c", "<p>a b c</p>"),
        (r"a\footnotemark[1] b\footnotetext{c}", "<p>a b<sup"),
        ("\\Example\n\nText", "<p>Text</p>"),
        ("\\Examples Text", "<p>Text</p>"),
        (r"\begin{centering}a\end{centering}", "<figure class=\"center\"><p>a</p>"),
        (r"\begin{subfigure}[b]{0.4\textwidth}a\end{subfigure}", "<div><p>a</p>"),
        (r"\begin{minipage}[t][3cm]{2cm}a\end{minipage}", "<div><p>a</p>"),
        (r"a \iffalse hidden \emph{text} \fi b", "<p>a b</p>"),
        (r"\fbox{a}\framebox[2cm][l]{b}", "<p>ab</p>"),
    ]);
}

#[test]
fn signs_and_quantities() {
    check(&[
        (r"Gavel\texttrademark{} 1, \hdots", "Gavel™ 1, …"),
        (r"$1, \hdots, n$", "…"),
        (r"$\mathscr{F}$", "<math"),
        (r"$\left< a, b \right>$", "⟩"),
        (r"$\fbox{a}$", "<math"),
        (r"\SI{5}{\kilo\metre} or \num{1e6}", "5&nbsp;km or 1×10⁶"),
        (r"$\qty{5}{km} < \num{1e6}$", "km"),
        (r"\begin{equation}a\label{a}\end{equation} \eqref{a}", "(1)</mtext>"),
        (r"\begin{equation}a\label{a}\end{equation} see \eqref{a}", "see (1)"),
    ]);
}

#[test]
fn lists_are_counted_as_they_are_told_to_be() {
    check(&[
        (
            r"\begin{enumerate}[label=(\alph*), start=3]\item a\end{enumerate}",
            "<ol type=\"a\" start=\"3\">",
        ),
        (r"\begin{enumerate}[i)]\item a\end{enumerate}", "<ol type=\"i\">"),
    ]);
    let html = Draft::new().show("problem.en.html", "<ol type=\"x\"><li>a</li></ol>").html;
    assert!(html.contains("<ol>"), "{html}");
}

#[test]
fn a_comment_gives_the_plain_title() {
    let draft = Draft::new();
    draft.write("problem.yaml", "source: somewhere\n").write(
        "problem_statement/problem.en.tex",
        "\\problemname{$x^2 = \\sqrt z$}\n  %% plainproblemname: x^2 = the root of z\nText.\n",
    );
    let package = draft.open().unwrap_or_else(|faults| panic!("{faults}"));
    assert_eq!(package.title(), "x^2 = the root of z");
}

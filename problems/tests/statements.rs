//! Statements as HTML.

mod draft;

use draft::Draft;

fn latex(text: &str) -> String {
    Draft::new().show("problem.en.tex", text).html
}

fn markdown(text: &str) -> String {
    Draft::new().show("problem.en.md", text).html
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
$f(x) = \begin{cases} 1 & x > 0 \\ 0 & \text{else} \end{cases}$ and $\begin{array}{l|r} a & b \end{array}$
${n \choose k} + \sum_{i \atop j} \text{for $n$} \mbox{s} \label{x}$
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
fn markdown_of_every_extension() {
    insta::assert_snapshot!(markdown(
        r#"
The robot[^why] moves[^how]; it moves[^how] on.

![The field](map.png){width=47%} and ![](figures/tree.svg){ width=3cm .right #tree }, but ![x](map.png){not one}.

![gone](gone.png)

```cpp
// <Counts> up
for (int i = 0; i < n; i++) cout << "{{nextsample}}" << endl;
```

~~~
plain $text$
~~~

{{nextsample}}

| a | b | c |
|:--|:-:|--:|
| **1** | `2` | $3$ |

<div>Raw {{nextsample}} <img src="map.png" width="50%" style="width:1px"><img src="map.png" width="1em"></div>

In a line {{remainingsamples}} and a {{constant}}.

[^how]: On *wheels*.

    In two paragraphs.
[^why]: Nobody knows[^how].
[^unused]: Not shown.
"#
    ));
}

#[test]
fn latex_of_problemtools() {
    insta::assert_snapshot!(latex(
        r#"
\problemname{Sorting $n$ Stones}
\epigraph{Stones are \emph{heavy}.}{A mason}
\illustration{.35}{map}{The quarry. \href{https://example.org}{Source}}
\section*{The ``Quarry''}
Caf\'e na\"ive, \c{c}a, \v{s} -- 1--2, a~b, <<guillemets>>, \$5, 5\%, C\#. % not shown
{\small\bf both switches, {\it inner} and on} none. \bf{Polygon} \t{bold} ones.

\begin{figure}[h]
  \centering
  \includegraphics[width=0.6\textwidth]{figures/tree}
  \caption{A tree \label{fig}}
\end{figure}
\begin{lstlisting}[language=Python, frame=single]
def f(x):  # 100% {
    return x + 1
\end{lstlisting}
\begin{equation} x_{i+1} = \frac{x_i}{2} \end{equation}
\begin{wrapfigure}{r}{4cm}\includegraphics[width=4cm]{map.png}\end{wrapfigure}
\begin{quote}Said.\end{quote}
\begin{description}
  \item[Light] one: \begin{itemize}\item a \item[--] b\end{itemize}
  \item[Heavy] two
\end{description}
\begin{Input}One line\footnote{With \emph{one} word.}.\end{Input}
\nextsample
\begin{Output}Nothing\footnotemark.\footnotetext{Really.}\end{Output}
\remainingsamples
"#
    ));
}

#[test]
fn latex_tables_keep_their_lines_and_spans() {
    insta::assert_snapshot!(latex(
        r"
\begin{tabular}{@{}l|*{2}{r|}c@{}}
\toprule
\multirow{2}{*}{both} & \multicolumn{2}{|c|}{head} & x \\ \cline{2-3}
 & 1 & 2 & $a$ \\[2pt]
\hline
last & \textbf{3} & & \begin{tabular}{c}in\\ner\end{tabular} \tabularnewline
\bottomrule
\end{tabular}
"
    ));
}

#[test]
fn latex_with_commands_of_its_own() {
    insta::assert_snapshot!(latex(
        r"
\newcommand{\set}[2][x]{\{#1_1, \ldots, #1_{#2}\}}
\renewcommand*\emph[1]{\textbf{#1}}
\def\maxn#1{10^{#1}}
\let\weight=\textbf
\DeclareMathOperator{\cost}{cost}
$\set{n}$, $\set[y]{m} \le \maxn5$, \weight{w} and \emph{e}; $\cost(x)$. \verb|\maxn5 %|
"
    ));
}

#[test]
fn html_says_each_thing_once() {
    let html = |text: &str| Draft::new().show("problem.en.html", text).html;
    let formula = "<math><semantics><mrow><msup><mi>x</mi><mn>2</mn></msup></mrow>\
        <annotation encoding=\"application/x-tex\">x^2</annotation>\
        <annotation-xml><p>again</p></annotation-xml></semantics></math>";
    let katex = format!(
        "<head><TITLE>Squares</TITLE></head><span class=\"katex\"><span class=\"katex-mathml\">{formula}</span>\
         <span class=\"katex-html\" aria-hidden=\"true\"><span><span>x</span>2</span></span></span> is square"
    );
    assert_eq!(
        html(&katex).replace("<span class=\"\">", "").replace("</span>", ""),
        "<math><semantics><mrow><msup><mi>x</mi><mn>2</mn></msup></mrow></semantics></math> is square"
    );
}

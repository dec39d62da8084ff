//! What authors write in formulas for MathJax and TeX, in the words of the parser that makes MathML.

use super::latex;

/// Commands that the parser lacks, by those that it knows. What only concerns printed pages is left out.
const DEFINITIONS: &str = r"
\def\mbox#1{\text{#1}}\def\hbox#1{\text{#1}}\def\textnormal#1{\text{#1}}\def\textsc#1{\text{#1}}
\def\emph#1{\textit{#1}}\def\url#1{\texttt{#1}}\def\bm#1{\boldsymbol{#1}}
\def\mod{\ \mathrm{mod}\ }\def\textellipsis{\ldots}\def\textdegree{^\circ}\def\space{\ }\def\hfill{\quad}
\def\ensuremath#1{#1}\def\boxed#1{#1}\def\fbox#1{\text{#1}}\def\smash#1{#1}\def\phantom#1{\quad}
\def\tag#1{\qquad\text{(#1)}}\def\label#1{}\def\nonumber{}\def\notag{}
\def\hdots{\ldots}\def\mathscr#1{\mathcal{#1}}\def\textup#1{\text{#1}}\def\hphantom#1{\quad}\def\vphantom#1{}\def\allowbreak{}
\def\textgreater{>}\def\textless{<}\def\textunderscore{\_}\def\tiny{}\def\scriptsize{}\def\small{}\def\normalsize{}\def\large{}\def\Large{}\def\huge{}
";

/// Commands that stand between their arguments, and those that stand before them.
const INFIX: [(&str, &str); 3] =
    [("\\choose", "\\binom"), ("\\over", "\\frac"), ("\\atop", "\\genfrac{}{}{0pt}{}")];

/// Fences that are written as signs of comparison.
const ANGLES: [(&str, &str); 4] = [
    ("\\left<", "\\left\\langle "),
    ("\\right>", "\\right\\rangle "),
    ("\\left>", "\\left\\rangle "),
    ("\\right<", "\\right\\langle "),
];

/// How many of these commands a formula may have: each looks for the group around it.
const MAX_INFIX: usize = 50;

/// The formula in words that the parser is more likely to know.
pub(super) fn rewritten(tex: &str) -> String {
    let mut formula = without_inner_dollars(tex);
    for (sign, fence) in ANGLES {
        formula = formula.replace(sign, fence);
    }
    for (infix, prefix) in INFIX {
        for _ in 0..MAX_INFIX {
            let Some(moved) = with_first_moved(&formula, infix, prefix) else { break };
            formula = moved;
        }
    }
    latex::expanded(&format!("{DEFINITIONS}{formula}")).trim().to_owned()
}

/// `\text{if $x$ is}` as `\text{if }x\text{ is}`.
fn without_inner_dollars(tex: &str) -> String {
    let mut formula = String::with_capacity(tex.len());
    let (mut is_inside, mut is_escaped) = (false, false);
    for c in tex.chars() {
        if c == '$' && !is_escaped {
            formula.push_str(if is_inside { "\\text{" } else { "}" });
            is_inside = !is_inside;
        } else {
            formula.push(c);
        }
        is_escaped = c == '\\' && !is_escaped;
    }
    formula
}

/// `{a \choose b}` as `{\binom{a}{b}}`, for the first such command.
fn with_first_moved(tex: &str, infix: &str, prefix: &str) -> Option<String> {
    let is_whole =
        |at: &usize| !tex[at + infix.len()..].starts_with(|c: char| c.is_ascii_alphabetic());
    let (at, _) = tex.match_indices(infix).find(|(at, _)| is_whole(at))?;
    let (before, after) = (&tex[..at], &tex[at + infix.len()..]);
    let mut depth = 0_usize;
    let start = before.rmatch_indices(['{', '}']).find_map(|(at, brace)| {
        match (brace, depth) {
            ("}", _) => depth += 1,
            (_, 0) => return Some(at + 1),
            _ => depth -= 1,
        }
        None
    });
    let mut depth = 0_usize;
    let end = after.match_indices(['{', '}']).find_map(|(at, brace)| {
        match (brace, depth) {
            ("{", _) => depth += 1,
            (_, 0) => return Some(at),
            _ => depth -= 1,
        }
        None
    });
    let (start, end) = (start.unwrap_or(0), end.unwrap_or(after.len()));
    let (outside, upper) = before.split_at(start);
    let (lower, rest) = after.split_at(end);
    Some(format!("{outside}{prefix}{{{upper}}}{{{lower}}}{rest}"))
}

#[cfg(test)]
mod tests {
    use super::rewritten;

    #[test]
    fn formulas_are_put_in_the_parser_s_words() {
        for (written, read) in [
            (r"{n \choose k}", r"{\binom{n }{ k}}"),
            (r"a {x_{1} \over {b}} c", r"a {\frac{x_{1} }{ {b}}} c"),
            (r"n \choose {k \choose 2}", r"\binom{n }{ {\binom{k }{ 2}}}"),
            (r"\overline{a}", r"\overline{a}"),
            (r"\text{if $x$ costs \$5}", r"\text{if }x\text{ costs \$5}"),
            (r"\mbox{a} \label{l} \bm x", r"\text{a}  \boldsymbol{x}"),
        ] {
            assert_eq!(rewritten(written), read);
        }
    }
}

//! Commands that stand for a character, and those that mean nothing on a page without pages.

/// The text that a command without arguments stands for.
pub(super) fn symbol(command: &str) -> Option<&'static str> {
    Some(match command {
        "%" => "%",
        "&" => "&",
        "_" => "_",
        "#" => "#",
        "$" | "textdollar" => "$",
        "{" | "lbrace" => "{",
        "}" | "rbrace" => "}",
        " " | "\n" | "," | ";" | ":" | "space" => " ",
        "quad" | "qquad" => "\u{2003}",
        "/" | "-" | "@" | "!" => "",
        "ldots" | "dots" | "hdots" | "dotsc" | "textellipsis" => "…",
        "textbackslash" => "\\",
        "textasciitilde" => "~",
        "textasciicircum" => "^",
        "textless" => "<",
        "textgreater" => ">",
        "textbar" => "|",
        "textunderscore" => "_",
        "textquotesingle" => "'",
        "textendash" => "–",
        "textemdash" => "—",
        "textdegree" => "°",
        "textregistered" => "®",
        "texttrademark" => "™",
        "copyright" | "textcopyright" => "©",
        "pounds" => "£",
        "euro" | "texteuro" => "€",
        "S" => "§",
        "P" => "¶",
        "ss" => "ß",
        "ae" => "æ",
        "AE" => "Æ",
        "oe" => "œ",
        "OE" => "Œ",
        "o" => "ø",
        "O" => "Ø",
        "aa" => "å",
        "AA" => "Å",
        "l" => "ł",
        "L" => "Ł",
        "i" => "ı",
        "j" => "ȷ",
        "guillemotleft" | "guillemetleft" => "«",
        "guillemotright" | "guillemetright" => "»",
        "lq" => "‘",
        "rq" => "’",
        "dag" => "†",
        "leq" | "le" => "≤",
        "geq" | "ge" => "≥",
        "cdot" => "·",
        "LaTeX" => "LaTeX",
        "TeX" => "TeX",
        "textbullet" => "•",
        "times" => "×",
        "rightarrow" | "to" | "textrightarrow" => "→",
        "leftarrow" | "textleftarrow" => "←",
        _ => return None,
    })
}

/// The combining character that an accent puts on the letter after it.
pub(super) fn accent(command: &str) -> Option<char> {
    Some(match command {
        "`" => '\u{300}',
        "'" => '\u{301}',
        "^" => '\u{302}',
        "~" => '\u{303}',
        "=" => '\u{304}',
        "u" => '\u{306}',
        "." => '\u{307}',
        "\"" => '\u{308}',
        "r" => '\u{30a}',
        "H" => '\u{30b}',
        "v" => '\u{30c}',
        "c" => '\u{327}',
        "k" => '\u{328}',
        "d" => '\u{323}',
        "b" => '\u{331}',
        _ => return None,
    })
}

/// How many mandatory arguments to drop with a command that only rules the printed page.
pub(super) fn dropped_arguments(command: &str) -> Option<usize> {
    Some(match command {
        "noindent" | "indent" | "centering" | "raggedright" | "raggedleft" | "newpage"
        | "pagebreak" | "clearpage" | "smallskip" | "medskip" | "bigskip" | "vfill" | "hfill"
        | "normalsize" | "hline" | "toprule" | "midrule" | "bottomrule" | "maketitle" | "hrule"
        | "hrulefill" | "protect" | "sloppy" | "relax" | "normalfont" | "rmfamily" | "sffamily"
        | "frenchspacing" | "null" | "strut" | "nobreak" | "allowbreak" | "linebreak"
        | "samplesection" | "Example" | "Examples" => 0,
        "vspace" | "hspace" | "label" | "cline" | "thispagestyle" | "pagestyle" | "phantom"
        | "usepackage" | "documentclass" | "selectlanguage" | "captionsetup" | "needspace"
        | "enlargethispage" | "graphicspath" | "cmidrule" => 1,
        "setlength" | "addtolength" | "setcounter" | "addtocounter" => 2,
        _ => return None,
    })
}

/// Whether a command of TeX's own is followed by a length, which no braces enclose: `\vskip 3pt plus 1pt`.
pub(super) fn is_length(command: &str) -> bool {
    matches!(
        command,
        "vskip"
            | "hskip"
            | "kern"
            | "parindent"
            | "parskip"
            | "baselineskip"
            | "topsep"
            | "itemsep"
            | "parsep"
            | "tabcolsep"
    )
}

/// The tags of code.
pub(super) const CODE: (&str, &str) = ("<code>", "</code>");

/// The opening and closing tags of a command that dresses the rest of its group.
pub(super) fn switch(command: &str) -> Option<(&'static str, &'static str)> {
    Some(match command {
        "bf" | "bfseries" => ("<strong>", "</strong>"),
        "it" | "itshape" | "em" | "sl" | "slshape" => ("<em>", "</em>"),
        "tt" | "ttfamily" => CODE,
        "sc" | "scshape" => ("<span class=\"small-caps\">", "</span>"),
        "tiny" | "scriptsize" | "footnotesize" | "small" => ("<span class=\"small\">", "</span>"),
        "large" | "Large" | "LARGE" | "huge" | "Huge" => ("<span class=\"large\">", "</span>"),
        _ => return None,
    })
}

/// The opening and closing tags of a command that dresses its argument.
pub(super) fn dress(command: &str) -> Option<(&'static str, &'static str)> {
    Some(match command {
        "emph" | "textit" | "textsl" => ("<em>", "</em>"),
        "textbf" | "strong" => ("<strong>", "</strong>"),
        "texttt" | "code" | "t" => CODE,
        "textsc" => ("<span class=\"small-caps\">", "</span>"),
        "underline" | "uline" => ("<span class=\"underline\">", "</span>"),
        "sout" | "st" => ("<del>", "</del>"),
        "textsuperscript" => ("<sup>", "</sup>"),
        "textsubscript" => ("<sub>", "</sub>"),
        "enquote" => ("“", "”"),
        "text" | "textrm" | "textnormal" | "textsf" | "mbox" | "hbox" | "makebox" | "fbox"
        | "framebox" => ("", ""),
        _ => return None,
    })
}

//! Numbers and units as the package siunitx writes them, in text and in formulas.

use super::scan::{Scanner, replace_commands};

/// Prefixes of units.
const PREFIXES: [(&str, &str); 15] = [
    ("pico", "p"),
    ("nano", "n"),
    ("micro", "µ"),
    ("milli", "m"),
    ("centi", "c"),
    ("deci", "d"),
    ("kilo", "k"),
    ("mega", "M"),
    ("giga", "G"),
    ("tera", "T"),
    ("peta", "P"),
    ("kibi", "Ki"),
    ("mebi", "Mi"),
    ("gibi", "Gi"),
    ("tebi", "Ti"),
];

/// Units by their names and by their abbreviations.
const UNITS: [(&str, &str); 47] = [
    ("meter", "m"),
    ("metre", "m"),
    ("second", "s"),
    ("minute", "min"),
    ("hour", "h"),
    ("day", "d"),
    ("gram", "g"),
    ("kilogram", "kg"),
    ("tonne", "t"),
    ("ampere", "A"),
    ("kelvin", "K"),
    ("celsius", "°C"),
    ("degreeCelsius", "°C"),
    ("degree", "°"),
    ("mole", "mol"),
    ("candela", "cd"),
    ("hertz", "Hz"),
    ("newton", "N"),
    ("pascal", "Pa"),
    ("joule", "J"),
    ("watt", "W"),
    ("volt", "V"),
    ("ohm", "Ω"),
    ("coulomb", "C"),
    ("farad", "F"),
    ("radian", "rad"),
    ("liter", "L"),
    ("litre", "l"),
    ("hectare", "ha"),
    ("byte", "B"),
    ("bit", "bit"),
    ("percent", "%"),
    ("km", "km"),
    ("m", "m"),
    ("cm", "cm"),
    ("mm", "mm"),
    ("um", "µm"),
    ("nm", "nm"),
    ("kg", "kg"),
    ("g", "g"),
    ("mg", "mg"),
    ("s", "s"),
    ("ms", "ms"),
    ("us", "µs"),
    ("ns", "ns"),
    ("h", "h"),
    ("Hz", "Hz"),
];

/// The source with numbers and units written out.
pub(super) fn written_out(source: &str) -> String {
    replace_commands(source, |command, scanner| {
        let arguments = match command {
            "num" | "unit" | "si" | "ang" => 1,
            "SI" | "qty" | "numrange" => 2,
            "SIrange" | "qtyrange" => 3,
            _ => return None,
        };
        scanner.optional();
        let mut next = || scanner.rest().trim_start().starts_with('{').then(|| scanner.argument());
        let first = next()??;
        let second = if arguments > 1 { next()?? } else { "" };
        let third = if arguments > 2 { next()?? } else { "" };
        Some(match command {
            "num" => number(first),
            "ang" => format!("{}°", number(first)),
            "unit" | "si" => format!("\\text{{{}}}", unit(first)),
            "numrange" => format!("{}–{}", number(first), number(second)),
            "SIrange" | "qtyrange" => {
                format!("{}–{}", number(first), quantity(second, third))
            }
            _ => quantity(first, second),
        })
    })
}

fn quantity(count: &str, of: &str) -> String {
    let unit = unit(of);
    let space = if matches!(unit.as_str(), "°" | "\\%") { "" } else { "\u{a0}" };
    format!("{}\\text{{{space}{unit}}}", number(count))
}

/// `-1.5e6` as −1.5×10⁶.
fn number(text: &str) -> String {
    let text = text.trim().replace("\\pm", "±").replace("+-", "±");
    let (count, exponent) = text.split_once(['e', 'E']).unwrap_or((&text, ""));
    let mut number = count.replace('-', "−");
    if !exponent.is_empty() {
        let times = if matches!(count.trim(), "" | "+" | "-") { "" } else { "×" };
        number.push_str(&format!("{times}10{}", raised(exponent)));
    }
    number
}

fn raised(digits: &str) -> String {
    const DIGITS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    let raise = |c: char| match (c, c.to_digit(10)) {
        (_, Some(digit)) => Some(DIGITS[digit as usize]),
        ('-', _) => Some('⁻'),
        _ => None,
    };
    digits.chars().filter_map(raise).collect()
}

/// `\kilo\metre\per\second\squared` as km/s²; a unit that is written as it is stays, `km.h^{-1}` as km·h⁻¹.
fn unit(source: &str) -> String {
    let mut unit = String::new();
    let mut scanner = Scanner::new(source.trim());
    let (mut follows, mut power) = (false, String::new());
    while let Some(c) = scanner.character() {
        let find = |name: &str, all: &[(&str, &'static str)]| {
            all.iter().find(|(known, _)| *known == name).map(|(_, short)| *short)
        };
        match c {
            '\\' => {
                let name = scanner.command();
                if let Some(prefix) = find(name, &PREFIXES) {
                    unit.push_str(if follows { "·" } else { "" });
                    unit.push_str(prefix);
                    follows = false;
                } else if let Some(short) = find(name, &UNITS) {
                    unit.push_str(if follows { "·" } else { "" });
                    unit.push_str(if short == "%" { "\\%" } else { short });
                    unit.push_str(&std::mem::take(&mut power));
                    follows = true;
                } else {
                    match name {
                        "per" => {
                            unit.push('/');
                            follows = false;
                        }
                        "squared" => unit.push('²'),
                        "cubed" => unit.push('³'),
                        "square" => power = "²".to_owned(),
                        "cubic" => power = "³".to_owned(),
                        "tothe" | "raiseto" => {
                            let digits = raised(scanner.argument().unwrap_or_default());
                            if name == "tothe" { unit.push_str(&digits) } else { power = digits }
                        }
                        "," | " " => {}
                        other => unit.push_str(&format!("\\{other}")),
                    }
                }
            }
            '^' => unit.push_str(&raised(scanner.argument().unwrap_or_default())),
            '.' => unit.push('·'),
            '~' => unit.push('\u{a0}'),
            other => unit.push(other),
        }
    }
    unit
}

#[cfg(test)]
mod tests {
    use super::written_out;

    #[test]
    fn quantities_are_written_as_people_read_them() {
        for (source, read) in [
            (r"\num{1e6} \num{-2.5} \num[group-digits=none]{3}", "1×10⁶ −2.5 3"),
            (r"\SI{5}{\kilo\metre\per\second\squared}", "5\\text{\u{a0}km/s²}"),
            (r"\qty{90}{\degree}, \SI{5}{\percent}", r"90\text{°}, 5\text{\%}"),
            (r"\qty{3}{km.h^{-1}}", "3\\text{\u{a0}km·h⁻¹}"),
            (r"\unit{\newton\square\meter}", r"\text{N·m²}"),
            (r"\numrange{1}{5}, \SIrange{1}{5}{\mega\byte}", "1–5, 1–5\\text{\u{a0}MB}"),
            (r"\num x \SI{5} \number", r"\num x \SI{5} \number"),
        ] {
            assert_eq!(written_out(source), read, "{source}");
        }
    }
}

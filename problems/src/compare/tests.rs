//! The validator against a slow, obvious one.

use super::*;
use proptest::prelude::*;

/// Hands out a few bytes at a time, as pipes do.
struct Trickle<'a>(&'a [u8], usize);

impl Read for Trickle<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let step = self.1.min(buffer.len());
        self.0.read(&mut buffer[..step])
    }
}

fn check(answer: &str, output: &str, flags: &str) -> String {
    let words: Vec<_> = flags.split_whitespace().collect();
    let flags = CompareFlags::parse(&words).unwrap();
    match compare(answer.as_bytes(), output.as_bytes(), &flags).unwrap() {
        Comparison::Same => "same".into(),
        Comparison::Different(difference) => difference.to_string(),
    }
}

/// The whole of both in memory, one rule after the other.
fn obvious(answer: &str, output: &str, flags: &CompareFlags) -> bool {
    let space = |c: char| matches!(c, ' ' | '\t' | '\n' | '\r' | '\x0b' | '\x0c');
    if flags.space_change_sensitive {
        let spaces = |text: &str| -> Vec<String> {
            text.split(|c| !space(c)).map(str::to_owned).filter(|run| !run.is_empty()).collect()
        };
        let edge = |text: &str| (text.starts_with(space), text.ends_with(space), text.is_empty());
        if spaces(answer) != spaces(output) || edge(answer) != edge(output) {
            return false;
        }
    }
    let tokens = |text: &str| -> Vec<String> {
        text.split(space).filter(|token| !token.is_empty()).map(str::to_owned).collect()
    };
    let (answer, output) = (tokens(answer), tokens(output));
    let number = |token: &str| {
        let number = token.parse::<f64>().ok().filter(|number| number.is_finite())?;
        (!token.contains(|c: char| c.is_alphabetic() && c != 'e' && c != 'E')).then_some(number)
    };
    answer.len() == output.len()
        && answer.iter().zip(&output).all(|(a, o)| {
            let same = if flags.case_sensitive { a == o } else { a.eq_ignore_ascii_case(o) };
            let near = match (flags.compares_numbers(), number(a), number(o)) {
                (true, Some(a), Some(o)) => flags.near(a, o),
                _ => false,
            };
            same || near
        })
}

fn flags() -> impl Strategy<Value = CompareFlags> {
    let tolerance = || prop::option::of(prop::sample::select(vec![0.0, 1e-9, 0.01, 0.5, 10.0]));
    (any::<bool>(), any::<bool>(), tolerance(), tolerance()).prop_map(|(case, space, abs, rel)| {
        CompareFlags {
            case_sensitive: case,
            space_change_sensitive: space,
            float_absolute_tolerance: abs,
            float_relative_tolerance: rel,
        }
    })
}

/// Few different pieces, so that equal, nearly equal and different files all come often.
fn file() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        " ",
        "\n",
        "  ",
        "\t",
        "\r\n",
        "\x0b",
        "1",
        "1.0",
        "1e0",
        "1.005",
        "-1",
        "+1",
        ".5",
        "5.",
        "0x1",
        "nan",
        "inf",
        "1e999",
        "yes",
        "YES",
        "yEs",
        "no",
        "x",
        "é",
        "1-",
        "e",
        "9007199254740993",
    ]);
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn it_agrees_with_the_obvious_one(answer in file(), output in file(), flags in flags(), step in 1..9_usize) {
        let expected = obvious(&answer, &output, &flags);
        let found = compare(Trickle(answer.as_bytes(), step), Trickle(output.as_bytes(), 5), &flags).unwrap();
        prop_assert_eq!(found == Comparison::Same, expected, "{:?}", found);
    }

    #[test]
    fn small_changes_are_judged_as_the_obvious_one_does(
        file in file(), at in any::<prop::sample::Index>(), with in "[ \n1yY.]", flags in flags(),
    ) {
        let mut changed: Vec<char> = file.chars().collect();
        changed.insert(at.index(changed.len() + 1), with.chars().next().unwrap());
        let changed: String = changed.into_iter().collect();
        let found = compare(file.as_bytes(), changed.as_bytes(), &flags).unwrap();
        prop_assert_eq!(found == Comparison::Same, obvious(&file, &changed, &flags), "{:?}", found);
    }

    #[test]
    fn every_file_is_the_same_as_itself(file in prop::collection::vec(any::<u8>(), 0..500), flags in flags()) {
        let found = compare(Trickle(&file, 7), file.as_slice(), &flags).unwrap();
        prop_assert_eq!(found, Comparison::Same);
    }
}

#[test]
fn tokens_longer_than_the_buffer_are_compared_to_their_end() {
    let long = "a".repeat(200_000);
    assert_eq!(check(&long, &long.to_uppercase(), ""), "same");
    assert_ne!(check(&long, &format!("{long}b"), ""), "same");
    assert_ne!(check(&format!("{long}a x"), &format!("{long}b x"), ""), "same");
    let digits = "1".repeat(200_000);
    assert_ne!(check(&digits, &format!("{digits}2"), "float_tolerance 1"), "same");
}

#[test]
fn the_first_difference_is_shown() {
    use insta::assert_snapshot;
    assert_snapshot!(check("1 2\n3\n", "1 2\n\n4\n", ""), @r#"line 3 (line 2 of the answer): expected "3", found "4""#);
    assert_snapshot!(check("1 2", "1", ""), @r#"line 1 (line 1 of the answer): expected "2", found the end"#);
    assert_snapshot!(check("1\n", "1\n2\n", ""), @r#"line 2 (line 2 of the answer): expected the end, found "2""#);
    assert_snapshot!(check("a b", "a  b", "space_change_sensitive"), @r#"line 1 (line 1 of the answer): expected no more white space, found white space ' '"#);
    assert_snapshot!(check("1.5", "1.75", "float_tolerance 1e-3"), @r#"line 1 (line 1 of the answer): expected "1.5", found "1.75", which is 2.5e-1 away"#);
    assert_snapshot!(check("1.5", "nan", "float_tolerance 1"), @r#"line 1 (line 1 of the answer): expected the number "1.5", found "nan""#);
    assert_snapshot!(check(&"a".repeat(50), "b", ""), @r#"line 1 (line 1 of the answer): expected "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"…, found "b""#);
}

#[test]
fn the_place_is_counted_in_bytes_of_the_output() {
    let answer = "ä ok\nno\n".as_bytes();
    let output = "ä ok\n yes\n".as_bytes();
    let Comparison::Different(difference) =
        compare(answer, output, &CompareFlags::default()).unwrap()
    else {
        panic!("they differ");
    };
    assert_eq!((difference.output_byte, difference.output_line), (7, 2));
}

#[test]
fn whole_numbers_are_compared_by_value_too_where_a_tolerance_is_set() {
    assert_eq!(check("2", "2.0000", "float_tolerance 1e-6"), "same");
    assert_ne!(check("2", "2.0000", ""), "same");
}

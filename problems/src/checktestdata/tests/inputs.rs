//! Inputs that are made after a description are as described; with a byte more or less they are not.

use super::Trickle;
use crate::{
    Checktestdata,
    checktestdata::{CheckError, Limits},
};
use proptest::prelude::*;
use std::fmt::Write;

/// A part of a description, with what the input has there.
#[derive(Debug, Clone)]
enum Part {
    Integer {
        min: i128,
        value: i128,
        max: i128,
    },
    Fixed {
        whole: i32,
        decimals: String,
    },
    Scientific {
        whole: u8,
        decimals: String,
        exponent: i16,
    },
    Text(Vec<u8>),
    Word(String),
    Blank,
    Line,
    /// As many times the same, with commas between.
    Repeated(Box<Part>, usize),
    /// What is only there if the bit says so.
    Optional(bool, Box<Part>),
    /// A number, and as many numbers after it, all different.
    Distinct(Vec<u32>),
}

impl Part {
    fn write(&self, program: &mut String, input: &mut Vec<u8>) {
        let add = |input: &mut Vec<u8>, text: String| input.extend_from_slice(text.as_bytes());
        match self {
            Self::Integer { min, value, max } => {
                let _ = write!(program, "INT({min},{max}) ");
                add(input, value.to_string());
            }
            Self::Fixed { whole, decimals } => {
                let count = decimals.len();
                let _ = write!(program, "FLOATP({whole}-1,{whole}+1,{count},{count},x,FIXED) ");
                add(input, format!("{whole}.{decimals}"));
            }
            Self::Scientific { whole, decimals, exponent } => {
                let number = format!("{whole}.{decimals}e{exponent}");
                let _ = write!(program, "FLOAT({number},{number},x,SCIENTIFIC) ");
                add(input, number);
            }
            Self::Text(text) => {
                let escaped: String = text.iter().map(|byte| format!("\\{byte:03o}")).collect();
                let _ = write!(program, "STRING(\"{escaped}\") ");
                input.extend(text);
            }
            Self::Word(word) => {
                let _ = write!(
                    program,
                    "REGEX(\"[a-z]{{{0},{0}}}\",w) ASSERT(w==\"{word}\") ",
                    word.len()
                );
                add(input, word.clone());
            }
            Self::Blank => {
                program.push_str("SPACE ");
                input.push(b' ');
            }
            Self::Line => {
                program.push_str("NEWLINE ");
                input.push(b'\n');
            }
            Self::Repeated(part, times) => {
                let _ = write!(program, "REP({times},STRING(\",\")) ");
                // One that comes no times is described all the same.
                part.write(program, &mut Vec::new());
                program.push_str("END ");
                for time in 0..*times {
                    if time > 0 {
                        input.push(b',');
                    }
                    part.write(&mut String::new(), input);
                }
            }
            Self::Optional(is_there, part) => {
                let _ = write!(program, "IF({}==1) ", u8::from(*is_there));
                let mut absent = Vec::new();
                part.write(program, if *is_there { input } else { &mut absent });
                program.push_str("END ");
            }
            Self::Distinct(numbers) => {
                let mut distinct = numbers.clone();
                distinct.sort_unstable();
                distinct.dedup();
                let not = if distinct.len() == numbers.len() { "" } else { "!" };
                let _ = write!(
                    program,
                    "INT(0,99,n) REPI(i,n) SPACE INT(0,99,a[i]) END ASSERT({not}UNIQUE(a)) UNSET(a) "
                );
                add(input, numbers.len().to_string());
                numbers.iter().for_each(|number| add(input, format!(" {number}")));
            }
        }
    }
}

fn part() -> impl Strategy<Value = Part> {
    let number = -(1_i128 << 100)..(1_i128 << 100);
    let room = 0..(1_i128 << 80);
    let leaf = prop_oneof![
        (number, room.clone(), room).prop_map(|(value, below, above)| Part::Integer {
            min: value - below,
            value,
            max: value + above
        }),
        (any::<i32>(), "[0-9]{1,5}").prop_map(|(whole, decimals)| Part::Fixed { whole, decimals }),
        (0..10_u8, "[0-9]{1,5}", any::<i16>()).prop_map(|(whole, decimals, exponent)| {
            Part::Scientific { whole, decimals, exponent }
        }),
        prop::collection::vec(any::<u8>(), 1..10).prop_map(Part::Text),
        "[a-z]{1,10}".prop_map(Part::Word),
        Just(Part::Blank),
        Just(Part::Line),
        prop::collection::vec(0..100_u32, 0..12).prop_map(Part::Distinct),
    ];
    leaf.prop_recursive(3, 8, 1, |inner| {
        prop_oneof![
            (inner.clone(), 0..4_usize)
                .prop_map(|(part, times)| Part::Repeated(Box::new(part), times)),
            (any::<bool>(), inner)
                .prop_map(|(is_there, part)| Part::Optional(is_there, Box::new(part))),
        ]
    })
}

proptest! {
    #[test]
    fn inputs_as_described_are_accepted(parts in prop::collection::vec(part(), 0..8), step in 1..20_usize, byte: u8) {
        let (mut program, mut input) = (String::new(), Vec::new());
        for part in &parts {
            part.write(&mut program, &mut input);
            // So that no number runs into the next.
            program.push_str("STRING(\"|\")");
            input.push(b'|');
        }
        let program = Checktestdata::parse("p.ctd", &program).unwrap();
        let check = |input: &[u8]| program.check(&mut Trickle(input, step), &Limits::default());
        prop_assert!(check(&input).is_ok(), "{:?}", check(&input));
        let mut longer = input.clone();
        longer.push(byte);
        prop_assert!(matches!(check(&longer), Err(CheckError::Mismatch(_))));
        if input.pop().is_some() {
            prop_assert!(matches!(check(&input), Err(CheckError::Mismatch(_))));
        }
    }

    #[test]
    fn no_text_and_no_input_makes_it_panic(
        words in prop::collection::vec(prop::sample::select(vec![
            "INT", "FLOAT", "FLOATP", "STRING", "REGEX", "NEWLINE", "SPACE", "EOF", "SET", "UNSET", "ASSERT", "REP",
            "REPI", "WHILE", "WHILEI", "IF", "ELSE", "END", "(", "(", ")", ")", ",", ",", "[", "]", "=", "==", "<", "&&",
            "||", "!", "+", "-", "*", "/", "%", "^", "a", "b", "0", "1", "99999999999999999999", "1.5", "1e9", "\"a\"",
            "\"[a-z]*\"", "STRLEN", "UNIQUE", "INARRAY", "ISEOF", "MATCH", "FIXED", "SCIENTIFIC", "#", "\n", "é", "\\", "\"\\é",
        ]), 0..30),
        input: Vec<u8>,
    ) {
        if let Ok(program) = Checktestdata::parse("p.ctd", &words.join(" ")) {
            let limits = Limits { steps: 100_000, memory_bytes: 100_000 };
            let _ = program.check(&mut &*input, &limits);
        }
    }
}

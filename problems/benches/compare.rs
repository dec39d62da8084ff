//! How fast the default output validator reads, beside `cmp` and `diff`.
//!
//! `cargo bench -p problems [MEGABYTES]`: files in the page cache, one after another in each round. The figures are
//! of the answer's bytes in a second: the output's are as many again.
#![allow(clippy::unwrap_used, reason = "a benchmark fails by panicking")]

use problems::{CompareFlags, Comparison, compare};
use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};
use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

const ROUNDS: usize = 7;

/// What an answer and an output look like.
struct Pair {
    name: &'static str,
    answer: String,
    output: String,
    flags: &'static [&'static str],
}

fn main() {
    let megabytes = std::env::args().skip(1).find_map(|word| word.parse().ok()).unwrap_or(64);
    let folder = tempfile::tempdir().unwrap();
    println!("\n{megabytes} MB a file, medians of {ROUNDS} rounds, in GB/s\n");
    println!("| answer and output | validator | cmp | diff | validator of cmp |");
    println!("|---|---:|---:|---:|---:|");
    for pair in pairs(megabytes * 1_000_000) {
        let [answer, output] = [("answer", &pair.answer), ("output", &pair.output)]
            .map(|(name, text)| write(folder.path(), name, text));
        let flags = CompareFlags::parse(pair.flags).unwrap();
        let mut times = [const { Vec::new() }; 3];
        for _ in 0..ROUNDS {
            times[0].push(time(|| {
                let [answer, output] = [&answer, &output].map(|path| File::open(path).unwrap());
                assert_eq!(compare(answer, output, &flags).unwrap(), Comparison::Same);
            }));
            for (at, program) in [(1, "cmp"), (2, "diff")] {
                times[at].push(time(|| {
                    let mut command = Command::new(program);
                    command.args([&answer, &output]).stdout(Stdio::null());
                    assert!(command.status().unwrap().code().is_some());
                }));
            }
        }
        let [validator, cmp, diff] = times.map(|mut times| {
            times.sort_by(f64::total_cmp);
            pair.answer.len() as f64 / times[ROUNDS / 2] / 1e9
        });
        // Where they differ early, cmp is done at once.
        let is_equal = pair.answer == pair.output;
        let shown = |speed: f64| if is_equal { format!("{speed:.2}") } else { "-".to_owned() };
        let ratio = if is_equal { format!("{:.2}", validator / cmp) } else { "-".to_owned() };
        println!("| {} | {validator:.2} | {} | {diff:.2} | {ratio} |", pair.name, shown(cmp));
    }
}

fn pairs(bytes: usize) -> Vec<Pair> {
    let integers = text(bytes, |random, text| {
        write!(text, "{}", random.random_range(0..1_000_000_000)).is_ok()
    });
    let words = text(bytes, |random, text| {
        let length = random.random_range(1..12);
        text.extend((0..length).map(|_| char::from(random.random_range(b'a'..=b'z'))));
        true
    });
    let floats = text(bytes, |random, text| {
        write!(text, "{:.6}", random.random_range(-1e6..1e6_f64)).is_ok()
    });
    let mut exact = floats.split_whitespace().map(|token| token.parse::<f64>().unwrap());
    // As many numbers, which take more bytes.
    let nearly = text(usize::MAX, |_, text| match exact.next() {
        Some(value) => write!(text, "{:.9}", value + 1e-8).is_ok(),
        None => false,
    });
    let upper = words.to_uppercase();
    let spaced = integers.replace('\n', " \n");
    let pair = |name, answer: &str, output: &str, flags| Pair {
        name,
        answer: answer.to_owned(),
        output: output.to_owned(),
        flags,
    };
    vec![
        pair("integers, equal", &integers, &integers, &[]),
        pair("words, equal", &words, &words, &[]),
        pair(
            "decimal numbers, equal, with a tolerance",
            &floats,
            &floats,
            &["float_tolerance", "1e-6"],
        ),
        pair("integers, a space more at each line's end", &integers, &spaced, &[]),
        pair("words, in the other case", &words, &upper, &[]),
        pair(
            "decimal numbers, none alike, within a tolerance",
            &floats,
            &nearly,
            &["float_tolerance", "1e-6"],
        ),
    ]
}

/// So many bytes of tokens, ten a line, or as many as there are.
fn text(
    bytes: usize,
    mut token: impl FnMut(&mut Xoshiro256PlusPlus, &mut String) -> bool,
) -> String {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(1);
    let mut text = String::new();
    let mut number = 0;
    while text.len() < bytes && token(&mut random, &mut text) {
        number += 1;
        text.push(if number % 10 == 0 { '\n' } else { ' ' });
    }
    text
}

fn write(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    path
}

fn time(act: impl FnOnce()) -> f64 {
    let began = Instant::now();
    act();
    began.elapsed().as_secs_f64()
}

//! The matcher against a slow, obvious one, and the syntax byte by byte.

use super::*;
use crate::checktestdata::{
    input::Input,
    meter::{Limits, Meter},
};
use proptest::prelude::*;
use std::collections::BTreeSet;

/// The length of the longest match at the front.
fn longest(pattern: &[u8], input: &[u8]) -> Option<usize> {
    let regex = Regex::compile(pattern, 1 << 20).unwrap();
    let mut source = input;
    let mut reader = Input::new(&mut source);
    let mut meter = Meter::new(Limits::default());
    let mut kept = Vec::new();
    let found =
        Matcher::default().consume(&regex, &mut reader, &mut meter, Some(&mut kept)).unwrap();
    assert!(input.starts_with(&kept));
    assert_eq!(reader.peek().unwrap(), input.get(kept.len()).copied(), "what matched is consumed");
    found.then_some(kept.len())
}

#[test]
fn longest_matches() {
    for (pattern, input, length) in [
        ("a|ab|abc", "abcd", Some(3)),
        ("(a|ab)(c|bcd)", "abcd", Some(4)),
        ("(ab|a)(bc)?", "abc", Some(3)),
        ("a*", "baa", Some(0)),
        ("a+", "baa", None),
        ("a?b", "ab", Some(2)),
        ("", "x", Some(0)),
        ("()", "x", Some(0)),
        ("(|a)+", "aa", Some(2)),
        ("a{2}", "aaa", Some(2)),
        ("a{2,}", "aaaa", Some(4)),
        ("a{2,3}", "aaaa", Some(3)),
        ("a{0,1}b", "ab", Some(2)),
        ("a{3}", "aa", None),
        ("a.c", "a\nc", Some(3)),
        ("[^a]", "\n", Some(1)),
        ("[]a]+", "]a]x", Some(3)),
        ("[^]a]+", "b]", Some(1)),
        ("[a-]+", "a-b", Some(2)),
        ("[+--]+", "+,-.", Some(3)),
        (r"[\n]+", r"n\x", Some(2)),
        ("[[:digit:][:upper:]_]+", "A9_a", Some(3)),
        ("[[:space:]]+", " \t\u{b}\nx", Some(4)),
        ("[[.-.]x]+", "-x.", Some(2)),
        ("[[=a=]]", "a", Some(1)),
        ("[[.a.]-c]+", "abcd", Some(3)),
        ("[[]", "[", Some(1)),
        (r"\.\*\[\]\{\}\(\)\|\^\$\+\?\\\-", r".*[]{}()|^$+?\-", Some(15)),
        ("^ab$", "ab", Some(2)),
        ("ab$", "abc", None),
        ("a^b", "ab", None),
        ("(^a|b)+", "aba", Some(2)),
        ("(a$|a)a", "aa", Some(2)),
        ("}]", "}]", Some(2)),
        ("ä", "ä", Some(2)),
    ] {
        assert_eq!(longest(pattern.as_bytes(), input.as_bytes()), length, "{pattern} of {input:?}");
    }
    assert_eq!(longest(b"\xff[\x80-\xff]", b"\xff\x90"), Some(2));
}

#[test]
fn what_is_no_expression_is_refused() {
    for (pattern, expected) in [
        ("a)", "byte 2: this ) closes nothing"),
        ("(a", "byte 3: a ( is not closed"),
        ("a|*", "byte 3: * has nothing to repeat; a backslash before it takes its meaning away"),
        ("+", "byte 1: + has nothing to repeat; a backslash before it takes its meaning away"),
        ("a*?", "byte 3: ? has nothing to repeat; a backslash before it takes its meaning away"),
        ("{2}", "byte 1: { has nothing to repeat; a backslash before it takes its meaning away"),
        ("a{", "byte 2: expected {m}, {m,} or {m,n} with m no higher than n"),
        ("a{x}", "byte 2: expected {m}, {m,} or {m,n} with m no higher than n"),
        ("a{,2}", "byte 2: expected {m}, {m,} or {m,n} with m no higher than n"),
        ("a{3,2}", "byte 2: expected {m}, {m,} or {m,n} with m no higher than n"),
        ("a{1", "byte 2: expected {m}, {m,} or {m,n} with m no higher than n"),
        ("a{99999999999}", "byte 2: expected {m}, {m,} or {m,n} with m no higher than n"),
        ("x[a", "byte 2: a [ is not closed"),
        ("[]", "byte 1: a [ is not closed"),
        ("[z-a]", "byte 5: a range that goes backwards"),
        ("[[:foo:]]", "byte 9: no such class of characters"),
        ("[[:alpha]", "byte 2: a [: is not closed"),
        ("[[.ab.]]", "byte 8: no such character"),
        ("a\\", "byte 2: a backslash at the end"),
        (r"\d", r"byte 1: extended regular expressions have no \d"),
    ] {
        let error = Regex::compile(pattern.as_bytes(), 1 << 20).unwrap_err();
        assert_eq!(error.to_string(), format!("regular expression, {expected}"), "{pattern}");
    }
}

/// A small expression.
#[derive(Debug, Clone)]
enum Node {
    Byte(u8),
    Any,
    NotA,
    Both(Box<Node>, Box<Node>),
    Either(Box<Node>, Box<Node>),
    Repeated(Box<Node>, usize, Option<usize>),
}

impl Node {
    fn write(&self) -> String {
        match self {
            Self::Byte(byte) => char::from(*byte).to_string(),
            Self::Any => ".".into(),
            Self::NotA => "[^a]".into(),
            Self::Both(left, right) => left.write() + &right.write(),
            Self::Either(left, right) => format!("({}|{})", left.write(), right.write()),
            Self::Repeated(node, 0, None) => format!("({})*", node.write()),
            Self::Repeated(node, 1, None) => format!("({})+", node.write()),
            Self::Repeated(node, 0, Some(1)) => format!("({})?", node.write()),
            Self::Repeated(node, least, None) => format!("({}){{{least},}}", node.write()),
            Self::Repeated(node, least, Some(most)) => {
                format!("({}){{{least},{most}}}", node.write())
            }
        }
    }

    /// Everywhere that a match which begins at `start` may end.
    fn ends(&self, input: &[u8], start: usize) -> BTreeSet<usize> {
        let one = |is_match: fn(u8, u8) -> bool, byte: u8| {
            input
                .get(start)
                .filter(|&&found| is_match(found, byte))
                .map(|_| start + 1)
                .into_iter()
                .collect()
        };
        match self {
            Self::Byte(byte) => one(|found, byte| found == byte, *byte),
            Self::Any => one(|_, _| true, 0),
            Self::NotA => one(|found, _| found != b'a', 0),
            Self::Both(left, right) => left
                .ends(input, start)
                .into_iter()
                .flat_map(|middle| right.ends(input, middle))
                .collect(),
            Self::Either(left, right) => &left.ends(input, start) | &right.ends(input, start),
            Self::Repeated(node, least, most) => {
                let (mut ends, mut latest) = (BTreeSet::new(), BTreeSet::from([start]));
                // More often than there are bytes, it only matches what is empty.
                for time in 0..=most.unwrap_or(least + input.len()) {
                    if time >= *least {
                        ends.extend(&latest);
                    }
                    latest =
                        latest.into_iter().flat_map(|middle| node.ends(input, middle)).collect();
                }
                ends
            }
        }
    }
}

fn node() -> impl Strategy<Value = Node> {
    let leaf = prop_oneof![
        3 => prop::sample::select(vec![b'a', b'b', b'\n']).prop_map(Node::Byte),
        1 => Just(Node::Any),
        1 => Just(Node::NotA),
    ];
    leaf.prop_recursive(4, 16, 2, |inner| {
        let pair = (inner.clone(), inner.clone());
        prop_oneof![
            pair.clone().prop_map(|(left, right)| Node::Both(left.into(), right.into())),
            pair.prop_map(|(left, right)| Node::Either(left.into(), right.into())),
            (inner, 0..3_usize, prop::option::of(0..3_usize)).prop_map(|(node, least, more)| {
                Node::Repeated(node.into(), least, more.map(|more| least + more))
            }),
        ]
    })
}

proptest! {
    #[test]
    fn the_longest_match_is_found(node in node(), input in prop::collection::vec(prop::sample::select(vec![b'a', b'b', b'\n']), 0..8)) {
        let expected = node.ends(&input, 0).last().copied();
        prop_assert_eq!(longest(node.write().as_bytes(), &input), expected, "{}", node.write());
    }
}

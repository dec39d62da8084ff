//! A program, as the parser leaves it.

use super::{
    expression::{Expression, Place, Slot, Test},
    regex::Regex,
};

/// A program that is sound as far as can be said without an input.
#[derive(Debug)]
pub(super) struct Program {
    pub(super) statements: Vec<Statement>,
    pub(super) variables: Vec<Name>,
}

/// What is known of a variable's name.
#[derive(Debug)]
pub(super) struct Name {
    pub(super) name: String,
    /// Whether `INARRAY` looks for values in it.
    pub(super) is_searched: bool,
}

/// A command and where it stands.
#[derive(Debug)]
pub(super) struct Statement {
    /// From 1.
    pub(super) line: u32,
    pub(super) command: Command,
}

/// A command of the language.
#[derive(Debug)]
pub(super) enum Command {
    Space,
    Newline,
    EndOfFile,
    Integer {
        min: Expression,
        max: Expression,
        into: Option<Place>,
    },
    Float(Box<FloatCommand>),
    Text(Expression),
    Regex {
        pattern: Pattern,
        into: Option<Place>,
    },
    /// With the text of the test, to be shown.
    Assert(Test, String),
    Set(Vec<(Place, Expression)>),
    Unset(Vec<Slot>),
    Loop(Box<Loop>),
    If {
        test: Test,
        then: Vec<Statement>,
        otherwise: Vec<Statement>,
    },
}

/// `FLOAT` or `FLOATP`.
#[derive(Debug)]
pub(super) struct FloatCommand {
    pub(super) min: Expression,
    pub(super) max: Expression,
    /// The least and the highest number of decimals, of `FLOATP`.
    pub(super) decimals: Option<(Expression, Expression)>,
    pub(super) into: Option<Place>,
    pub(super) notation: Notation,
}

/// How a floating point number may be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Notation {
    Any,
    /// Without an exponent.
    Fixed,
    /// With an exponent.
    Scientific,
}

/// A regular expression that is written in the program, and so compiled already, or one that is computed.
#[derive(Debug)]
pub(super) enum Pattern {
    Compiled(Regex),
    Computed(Expression),
}

/// `REP`, `REPI`, `WHILE` or `WHILEI`.
#[derive(Debug)]
pub(super) struct Loop {
    pub(super) condition: Condition,
    /// Where the number of iterations so far is kept.
    pub(super) counter: Option<Place>,
    /// What stands between two iterations.
    pub(super) separator: Option<Statement>,
    pub(super) body: Vec<Statement>,
}

/// How long a loop goes on.
#[derive(Debug)]
pub(super) enum Condition {
    Times(Expression),
    While(Test),
}

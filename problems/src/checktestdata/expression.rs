//! Expressions and tests, as the parser leaves them.
//!
//! What operators join is a flat chain, so that how deep the tree is depends on parentheses alone, which are limited.

use super::values::Value;

/// A variable's number, in the order in which names appear in the program.
pub(super) type Slot = usize;

/// A variable, or an element of one.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) slot: Slot,
    pub(super) indices: Vec<Expression>,
}

/// What has a value.
#[derive(Debug)]
pub(super) enum Expression {
    Literal(Value),
    Variable(Place),
    StringLength(Box<Expression>),
    Negation(Box<Expression>),
    /// Operators of one rank, from left to right.
    Chain(Box<Expression>, Vec<(Operator, Expression)>),
}

/// What computes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Power,
}

impl Operator {
    pub(super) const ADDITIVE: &[Self] = &[Self::Add, Self::Subtract];
    pub(super) const MULTIPLICATIVE: &[Self] = &[Self::Multiply, Self::Divide, Self::Remainder];

    pub(super) fn symbol(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Remainder => "%",
            Self::Power => "^",
        }
    }
}

/// What is true or false.
#[derive(Debug)]
pub(super) enum Test {
    Not(Box<Test>),
    /// `&&` and `||` are of one rank, from left to right.
    Chain(Box<Test>, Vec<(Logical, Test)>),
    Compare(Expression, Comparison, Expression),
    EndOfFile,
    /// Whether the next byte is one of the string's.
    Match(Expression),
    Unique(Vec<Slot>),
    InArray(Expression, Slot),
}

/// What joins tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Logical {
    And,
    Or,
}

/// What compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Less,
    LessOrEqual,
    Equal,
    NotEqual,
    GreaterOrEqual,
    Greater,
}

impl Comparison {
    pub(super) const ALL: &[Self] = &[
        Self::Less,
        Self::LessOrEqual,
        Self::Equal,
        Self::NotEqual,
        Self::GreaterOrEqual,
        Self::Greater,
    ];

    pub(super) fn symbol(self) -> &'static str {
        match self {
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::GreaterOrEqual => ">=",
            Self::Greater => ">",
        }
    }

    pub(super) fn holds(self, ordering: std::cmp::Ordering) -> bool {
        match self {
            Self::Less => ordering.is_lt(),
            Self::LessOrEqual => ordering.is_le(),
            Self::Equal => ordering.is_eq(),
            Self::NotEqual => ordering.is_ne(),
            Self::GreaterOrEqual => ordering.is_ge(),
            Self::Greater => ordering.is_gt(),
        }
    }
}

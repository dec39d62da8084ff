//! One attack: what is tried, and how it must end at each level. The page is made of these.

use std::fmt;

use sandbox::{Ending, Level, RunSpec};

/// A column of the page: a level, and what of it a host may lack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    Full,
    UserNamespace,
    Minimal,
    MinimalBare,
}

impl Column {
    pub const ALL: [Self; 4] = [Self::Full, Self::UserNamespace, Self::Minimal, Self::MinimalBare];

    pub fn level(self) -> Level {
        match self {
            Self::Full => Level::Full,
            Self::UserNamespace => Level::UserNamespace,
            Self::Minimal | Self::MinimalBare => Level::Minimal,
        }
    }

    fn index(self) -> usize {
        self as usize
    }
}

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Full => "full",
            Self::UserNamespace => "user-namespace",
            Self::Minimal => "minimal, with Landlock",
            Self::MinimalBare => "minimal, without",
        })
    }
}

/// How an attack ends.
#[derive(Debug, Clone, PartialEq)]
pub enum End {
    /// The program found that it could do no harm, and why.
    Contained(&'static str),
    /// It could, and what.
    Open(&'static str),
    /// It failed with this code, and why.
    Failed(i32, &'static str),
    /// A limit stopped it.
    Limit(Ending),
    /// A signal killed it.
    Signal(i32),
    /// It was killed for this system call.
    Killed(String),
    /// One of these, as the machine has it.
    Either(Vec<Self>),
}

impl End {
    pub fn is(&self, ending: &Ending) -> bool {
        match (self, ending) {
            (Self::Contained(_), Ending::Exited { code: 0 })
            | (Self::Open(_), Ending::Exited { code: 1 }) => true,
            (Self::Failed(wanted, _), Ending::Exited { code }) => wanted == code,
            (Self::Limit(limit), ending) => limit == ending,
            (Self::Signal(wanted), Ending::Signalled { signal }) => wanted == signal,
            (Self::Killed(wanted), Ending::ForbiddenSyscall { name, .. }) => name.contains(wanted),
            (Self::Either(ends), ending) => ends.iter().any(|end| end.is(ending)),
            _ => false,
        }
    }

    /// Whether it may end with harm done.
    pub fn is_open(&self) -> bool {
        match self {
            Self::Open(_) => true,
            Self::Either(ends) => ends.iter().any(Self::is_open),
            _ => false,
        }
    }
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Contained(why) => f.write_str(why),
            Self::Open(what) => write!(f, "**not stopped**: {what}"),
            Self::Failed(code, why) => write!(f, "{why} (exit code {code})"),
            Self::Limit(ending) => {
                write!(f, "stopped: {}", ending.to_string().trim_end_matches(" exceeded"))
            }
            Self::Signal(signal) => write!(f, "{}", Ending::Signalled { signal: *signal }),
            Self::Killed(call) => write!(f, "killed, naming `{call}`"),
            Self::Either(ends) => {
                let ends: Vec<_> = ends.iter().map(Self::to_string).collect();
                f.write_str(&ends.join(", or "))
            }
        }
    }
}

/// Between whom a message is to pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Between {
    /// Two runs of one box, one after the other.
    Runs,
    /// Two boxes that are open at the same time.
    Boxes,
}

/// What is tried.
#[derive(Debug, Clone)]
pub enum How {
    /// One run of the hostile program.
    Alone(String),
    /// Two runs of it: the second looks for what the first left, and the first lives on meanwhile
    /// if it is `held`.
    Message { leave: String, find: String, between: Between, held: bool },
}

#[derive(Debug, Clone)]
pub struct Attack {
    /// Words for the page.
    pub name: String,
    pub how: How,
    /// Whether the shared file is its standard input.
    pub reads_shared: bool,
    /// What is changed about its runs.
    pub change: fn(&mut RunSpec),
    ends: [End; 4],
}

/// An attack by one run that ends alike at every level.
pub fn attack(name: impl Into<String>, line: impl Into<String>, end: End) -> Attack {
    Attack {
        name: name.into(),
        how: How::Alone(line.into()),
        reads_shared: false,
        change: |_| (),
        ends: [end.clone(), end.clone(), end.clone(), end],
    }
}

/// A message from one run to another.
pub fn message(name: &str, leave: &str, find: &str, between: Between, end: End) -> Attack {
    let how = How::Message { leave: leave.into(), find: find.into(), between, held: false };
    Attack { how, ..attack(name, "", end) }
}

impl Attack {
    pub fn with(mut self, change: fn(&mut RunSpec)) -> Self {
        self.change = change;
        self
    }

    pub fn reading_shared(mut self) -> Self {
        self.reads_shared = true;
        self
    }

    /// The message is there only while its sender lives.
    pub fn held(mut self) -> Self {
        if let How::Message { held, .. } = &mut self.how {
            *held = true;
        }
        self
    }

    /// Ends differently here.
    pub fn at(mut self, column: Column, end: End) -> Self {
        self.ends[column.index()] = end;
        self
    }

    /// Ends differently at level minimal, with Landlock or without.
    pub fn at_minimal(self, end: End) -> Self {
        self.at(Column::Minimal, end.clone()).at(Column::MinimalBare, end)
    }

    /// Ends differently where there is no Landlock.
    pub fn bare(self, end: End) -> Self {
        self.at(Column::MinimalBare, end)
    }

    /// Ends differently wherever the box has no control groups.
    pub fn without_groups(self, end: End) -> Self {
        self.at(Column::UserNamespace, end.clone()).at_minimal(end)
    }

    pub fn end(&self, column: Column) -> &End {
        &self.ends[column.index()]
    }
}

pub fn contained(why: &'static str) -> End {
    End::Contained(why)
}

pub fn open(what: &'static str) -> End {
    End::Open(what)
}

pub fn killed(call: &str) -> End {
    End::Killed(call.to_owned())
}

pub fn either<const N: usize>(ends: [End; N]) -> End {
    End::Either(ends.into())
}

pub const MEMORY: End = End::Limit(Ending::MemoryExceeded);
pub const OUTPUT: End = End::Limit(Ending::OutputExceeded);
pub const CPU: End = End::Limit(Ending::CpuTimeExceeded);
pub const WALL: End = End::Limit(Ending::WallTimeExceeded);

//! What is wrong with a package, each with its place.

use std::{fmt, io};

/// One thing that is wrong, or odd, about a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The file or folder at fault, relative to the package; the archive's own name where the archive is at fault.
    pub file: String,
    /// The line within the file, from 1.
    pub line: Option<u32>,
    /// The key at fault, with its parents: `limits.memory`.
    pub field: Option<String>,
    /// What is wrong and, where it helps, what would be right.
    pub message: String,
}

impl Fault {
    pub(crate) fn new(file: impl Into<String>, message: impl Into<String>) -> Self {
        Self { file: printable(&file.into()), line: None, field: None, message: message.into() }
    }

    pub(crate) fn at(mut self, line: u32) -> Self {
        self.line = Some(line);
        self
    }

    pub(crate) fn of_field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }
}

/// The name without control characters, which would let it pass for another fault's line.
fn printable(name: &str) -> String {
    name.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

/// `problem.yaml:3: limits.memory: must be …`
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if let Some(field) = &self.field {
            write!(f, ": {field}")?;
        }
        write!(f, ": {}", self.message)
    }
}

/// Why a package is refused: everything that is wrong with it, not only the first thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Faults {
    faults: Vec<Fault>,
    host_failed: bool,
    out_of_room: bool,
}

impl Faults {
    /// Every fault, by file and line.
    pub fn iter(&self) -> std::slice::Iter<'_, Fault> {
        self.faults.iter()
    }

    /// Whether this machine failed (a full disk, a missing permission) rather than the package:
    /// the same package may be accepted later.
    #[must_use]
    pub fn host_failed(&self) -> bool {
        self.host_failed
    }

    /// Whether this machine failed because its disk is full.
    #[must_use]
    pub fn out_of_room(&self) -> bool {
        self.out_of_room
    }

    /// The machine's own failure to `operation` on `file`.
    pub(crate) fn host(
        operation: &str,
        file: impl fmt::Display,
        error: &(impl fmt::Display + ?Sized),
    ) -> Self {
        let fault = Fault::new(file.to_string(), format!("{operation}: {error}"));
        Self { faults: vec![fault], host_failed: true, out_of_room: false }
    }

    /// The faults of a package in `folder`, for a report of several packages. Those of this machine name their place already.
    pub(crate) fn in_folder(mut self, folder: &str) -> Self {
        if !self.host_failed {
            self.faults
                .iter_mut()
                .for_each(|fault| fault.file = format!("{folder}/{}", fault.file));
        }
        self
    }

    /// For [`Result::map_err`] after an operation of this machine.
    pub(crate) fn io<'a>(
        operation: &'a str,
        file: &'a std::path::Path,
    ) -> impl FnOnce(io::Error) -> Self + 'a {
        move |error| {
            let full = [io::ErrorKind::StorageFull, io::ErrorKind::QuotaExceeded];
            let out_of_room = full.contains(&error.kind());
            Self { out_of_room, ..Self::host(operation, file.display(), &error) }
        }
    }
}

impl From<Fault> for Faults {
    fn from(fault: Fault) -> Self {
        Self { faults: vec![fault], host_failed: false, out_of_room: false }
    }
}

impl<'a> IntoIterator for &'a Faults {
    type Item = &'a Fault;
    type IntoIter = std::slice::Iter<'a, Fault>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// One fault a line.
impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.faults.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            fault.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Faults {}

/// Collects faults and warnings while a package is read, so that one look finds them all.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    faults: Vec<Fault>,
    warnings: Vec<Fault>,
}

/// A package with a million bad names needs no report of a million lines.
const MAX_REPORTED: usize = 200;

impl Findings {
    pub(crate) fn fault(&mut self, fault: Fault) {
        if self.faults.len() < MAX_REPORTED {
            self.faults.push(fault);
        }
    }

    /// As [`Self::fault`], for what may be found in several ways.
    pub(crate) fn fault_once(&mut self, fault: Fault) {
        if !self.faults.contains(&fault) {
            self.fault(fault);
        }
    }

    pub(crate) fn warn_once(&mut self, warning: Fault) {
        if !self.warnings.contains(&warning) {
            self.warn(warning);
        }
    }

    pub(crate) fn warn(&mut self, warning: Fault) {
        if self.warnings.len() < MAX_REPORTED {
            self.warnings.push(warning);
        }
    }

    /// The value, or `None` with its fault noted.
    pub(crate) fn keep<T>(&mut self, result: Result<T, Fault>) -> Option<T> {
        result.map_err(|fault| self.fault(fault)).ok()
    }

    /// The warnings, unless there were faults.
    pub(crate) fn into_warnings(mut self) -> Result<Vec<Fault>, Faults> {
        self.check()?;
        sort(&mut self.warnings);
        Ok(self.warnings)
    }

    /// Warnings of a package with `more` of them.
    pub(crate) fn merged(mut warnings: Vec<Fault>, more: Vec<Fault>) -> Vec<Fault> {
        warnings.extend(more);
        sort(&mut warnings);
        warnings.truncate(MAX_REPORTED);
        warnings
    }

    /// Ends the reading here if anything is wrong so far.
    pub(crate) fn check(&self) -> Result<(), Faults> {
        if self.faults.is_empty() {
            return Ok(());
        }
        let mut faults = self.faults.clone();
        sort(&mut faults);
        Err(Faults { faults, host_failed: false, out_of_room: false })
    }
}

/// The order of folders on a disk is nobody's business.
fn sort(faults: &mut [Fault]) {
    faults.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
}

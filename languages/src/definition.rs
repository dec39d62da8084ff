//! One language, as its definition file states it.

use crate::template;
use serde::Deserialize;
use std::{collections::BTreeMap, fmt};

/// A programming language: everything that judging needs to know about it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Language {
    /// The name of the definition file without `.toml`; what submissions name.
    #[serde(skip)]
    pub id: String,
    /// The name that people read, for example `C++17 (GCC)`.
    pub name: String,
    /// The codes that the ICPC problem package format uses for it, for example `cpp`.
    /// Folders below a package's `include/` are named after them.
    pub icpc_names: Vec<String>,
    /// Extensions of its source files, without the dot, case-sensitive.
    pub extensions: Vec<String>,
    /// Whether it is the default among the languages that share an extension.
    #[serde(default)]
    pub preferred: bool,
    /// Interpreters whose name after `#!` chooses this language over the preferred one.
    #[serde(default)]
    pub shebangs: Vec<String>,
    /// Texts that its sources hold and those of the other languages with the same extension hardly
    /// do: one of them chooses this language over the preferred one where there is no `#!` line.
    #[serde(default)]
    pub signs: Vec<String>,
    /// The Debian package that installs the toolchain.
    pub package: String,
    /// The command that prints the version; a template.
    pub version: Vec<String>,
    /// Which file or class a program starts at.
    #[serde(default)]
    pub entry: Entry,
    /// Host paths that a box must see besides the ones all languages share; a part may hold one `*`.
    #[serde(default)]
    pub mounts: Vec<String>,
    /// Placeholder name → names of a command, the first one found on the host is taken.
    pub commands: BTreeMap<String, Vec<String>>,
    /// How to compile, or only check, a program. Without it sources are run as they are.
    #[serde(default)]
    pub compile: Option<Compile>,
    /// How to run a program.
    pub run: Run,
}

/// How to compile a program.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Compile {
    /// The argument vector; a template.
    pub command: Vec<String>,
    /// Environment variables on top of those that all programs get; templates.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    /// The family of system calls allowed: `native`, `vm` or `compiler`.
    #[serde(default = "Compile::default_policy")]
    pub policy: String,
    /// Processes and threads at once.
    #[serde(default = "Compile::default_processes")]
    pub processes: u32,
}

impl Compile {
    fn default_policy() -> String {
        "compiler".into()
    }

    fn default_processes() -> u32 {
        256
    }
}

/// How to run a program.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// The argument vector; a template.
    pub command: Vec<String>,
    /// Environment variables on top of those that all programs get; templates.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    /// The family of system calls allowed: `native`, `vm` or `compiler`.
    pub policy: String,
    /// Processes and threads at once.
    pub processes: u32,
    /// The smallest memory limit under which the runtime starts, in MiB. A problem that allows less
    /// allows this much: a limit is there for the program, and has to let it begin.
    #[serde(default = "Run::default_memory_least_mib")]
    pub memory_least_mib: u64,
    /// What the runtime itself may use above the problem's memory limit, in MiB. For a virtual
    /// machine whose heap is held to the limit by an option: its code and tables are not the program's.
    #[serde(default)]
    pub memory_overhead_mib: u64,
    /// Texts on standard error by which a runtime says, before it ends with a failure,
    /// that the program wanted more memory than it may have.
    #[serde(default)]
    pub out_of_memory: Vec<String>,
}

impl Run {
    fn default_memory_least_mib() -> u64 {
        1
    }

    /// What the runtime is told that its program may use, in bytes, where the problem allows `limit`.
    #[must_use]
    pub fn memory_told(&self, limit: u64) -> u64 {
        limit.max(self.memory_least_mib << 20)
    }

    /// What runtime and program may use together, in bytes, where the problem allows `limit`.
    #[must_use]
    pub fn memory_allowed(&self, limit: u64) -> u64 {
        self.memory_told(limit).saturating_add(self.memory_overhead_mib << 20)
    }
}

/// Which file or class a program starts at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Entry {
    /// The file named `main.*` or `__main__.*`; else the first one that says so in Python's way; else the first one.
    #[default]
    MainFile,
    /// The class that has `static void main`; each file is named after its public class.
    JavaClass,
}

/// A definition file is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct LanguageError {
    /// The file's name.
    pub file: String,
    /// The line, from 1.
    pub line: Option<usize>,
    /// The field, for example `run.command`.
    pub field: Option<String>,
    /// What is wrong with it.
    pub message: String,
}

impl fmt::Display for LanguageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.file)?;
        if let Some(line) = self.line {
            write!(f, "{line}:")?;
        }
        if let Some(field) = &self.field {
            write!(f, " {field}:")?;
        }
        write!(f, " {}", self.message)
    }
}

/// The families of system calls that a definition may name.
const POLICIES: [&str; 3] = ["native", "vm", "compiler"];

impl Language {
    /// Reads the definition in `text`; `file` is its name, from which the id is taken.
    ///
    /// # Errors
    /// [`LanguageError`] with the line and the field where the text is not a usable definition.
    pub fn parse(file: &str, text: &str) -> Result<Self, LanguageError> {
        let error = |line, field: Option<&str>, message: String| LanguageError {
            file: file.to_owned(),
            line,
            field: field.map(str::to_owned),
            message,
        };
        let mut language: Self = toml::from_str(text).map_err(|e| {
            let line = e.span().map(|span| text[..span.start].matches('\n').count() + 1);
            error(line, None, e.message().trim().replace('\n', ", "))
        })?;
        language.id = file.strip_suffix(".toml").unwrap_or(file).to_owned();
        language
            .check()
            .map_err(|(field, message)| error(line_of(text, field), Some(field), message))?;
        Ok(language)
    }

    fn check(&self) -> Result<(), (&'static str, String)> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if self.id.is_empty() || self.id.len() > 32 || !self.id.chars().all(plain) {
            let message = "the file's name must be 1 to 32 of a-z 0-9 - and .toml".to_owned();
            return Err(("id", message));
        }
        for (field, empty) in [
            ("name", self.name.is_empty()),
            ("icpc_names", self.icpc_names.is_empty()),
            ("extensions", self.extensions.is_empty()),
            ("signs", self.signs.iter().any(String::is_empty)),
            ("commands", self.commands.values().any(Vec::is_empty)),
            ("run.processes", self.run.processes == 0),
            ("compile.processes", self.compile.as_ref().is_some_and(|c| c.processes == 0)),
        ] {
            if empty {
                return Err((field, "must not be empty".to_owned()));
            }
        }
        if let Some(name) = self.commands.keys().find(|name| template::is_reserved(name)) {
            return Err(("commands", format!("{name:?} is the name of a built-in placeholder")));
        }
        let compile = self.compile.as_ref();
        for (field, policy) in
            [("compile.policy", compile.map(|c| &c.policy)), ("run.policy", Some(&self.run.policy))]
        {
            if let Some(policy) = policy.filter(|policy| !POLICIES.contains(&policy.as_str())) {
                return Err((field, format!("{policy:?} is not one of {}", POLICIES.join(", "))));
            }
        }
        let known = |name: &str| self.commands.contains_key(name);
        for (field, command) in [
            ("version", Some(&self.version)),
            ("compile.command", compile.map(|c| &c.command)),
            ("run.command", Some(&self.run.command)),
        ] {
            let Some(command) = command else { continue };
            if command.is_empty() {
                return Err((field, "must not be empty".to_owned()));
            }
            command
                .iter()
                .try_for_each(|arg| template::check(arg, known))
                .map_err(|e| (field, e))?;
        }
        for (field, env) in
            [("compile.env", compile.map(|c| &c.env)), ("run.env", Some(&self.run.env))]
        {
            for value in env.into_iter().flat_map(BTreeMap::values) {
                template::check(value, known).map_err(|message| (field, message))?;
            }
        }
        Ok(())
    }
}

/// The line on which `field` (`key` or `table.key`) is set, from 1.
fn line_of(text: &str, field: &str) -> Option<usize> {
    let (table, key) = field.split_once('.').unwrap_or(("", field));
    let mut current = "";
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            current = name.trim();
            if current == field {
                return Some(index + 1);
            }
        } else if current == table && line.split(['=', ' ', '.']).next() == Some(key) {
            return Some(index + 1);
        }
    }
    None
}

//! The attacks, by subject.

mod compilation;
mod files;
mod languages;
mod memory;
mod messages;
mod network;
mod output;
mod privileges;
mod processes;
mod secrets;
mod syscalls;
mod time;

use std::time::Duration;

use sandbox::{Policy, RunSpec, WorkAccess};

use crate::attack::{Attack, Column, End};
pub use compilation::sources;
pub use languages::programs;

pub struct Subject {
    /// A headline of the page.
    pub name: &'static str,
    pub attacks: fn() -> Vec<Attack>,
}

pub const SUBJECTS: [Subject; 10] = [
    Subject { name: "Processes", attacks: processes::attacks },
    Subject { name: "Memory", attacks: memory::attacks },
    Subject { name: "Output", attacks: output::attacks },
    Subject { name: "Time", attacks: time::attacks },
    Subject { name: "Files and links", attacks: files::attacks },
    Subject { name: "Secrets", attacks: secrets::attacks },
    Subject { name: "Network", attacks: network::attacks },
    Subject { name: "Privileges", attacks: privileges::attacks },
    Subject { name: "System calls", attacks: syscalls::attacks },
    Subject { name: "Messages between runs and between boxes", attacks: messages::attacks },
];

/// An attack and how it ends in each column.
pub type Row = (String, [End; 4]);

/// Rows for the page of what is tried in languages.
pub fn in_languages() -> Vec<(&'static str, Vec<Row>)> {
    let programs = programs();
    let attacks = programs.iter().flat_map(|program| {
        program.attacks.iter().map(|trial| {
            (
                format!("{}: {}", program.name, trial.words),
                Column::ALL.map(|column| trial.end(column).clone()),
            )
        })
    });
    let sources = sources();
    let at_compilers = sources
        .iter()
        .map(|s| (s.words.to_owned(), Column::ALL.map(|column| s.end(column).clone())));
    vec![("Languages", attacks.collect()), ("Compilation", at_compilers.collect())]
}

fn vm(spec: &mut RunSpec) {
    spec.policy = Policy::vm();
}

fn compiler(spec: &mut RunSpec) {
    spec.policy = Policy::compiler();
}

fn writable(spec: &mut RunSpec) {
    spec.work = WorkAccess::Writable;
}

fn short_wall(spec: &mut RunSpec) {
    spec.limits.wall = Duration::from_millis(100);
}

fn ample_time(spec: &mut RunSpec) {
    spec.limits.cpu = Duration::from_secs(20);
    spec.limits.wall = Duration::from_secs(120);
}

/// Under a policy that lets files be sent: the box keeps its order all the same.
fn sending(spec: &mut RunSpec) {
    let text = "extends = \"vm\"\nallow = [\"sendmsg\"]";
    spec.policy = Policy::parse("sending", text).unwrap();
}

//! `CONTAINMENT.md`: how each attack ends at each level. It is made of the attacks themselves.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use crate::attack::Column;
use crate::subjects::{self, SUBJECTS};

/// Set to write the page instead of comparing it.
const REWRITE: &str = "GAVEL_WRITE_CONTAINMENT";

const INTRODUCTION: &str = "\
# What a box contains

Each attack of the tests in `tests/hostile`, and how it ends at each level. The tests carry every one of them out at
every level that their host gives, compare how it ends with this page, and then look for what it left: no process, no
mount, no control group, no file, no System V object, no key, and the next run finds everything fresh. The page is
written by `GAVEL_WRITE_CONTAINMENT=1 cargo test -p sandbox --test hostile page`.

Levels: `full` as root; `user-namespace` without any privilege; `minimal` where not even namespaces are to be had, with
a kernel that has Landlock or one that has not. Limits of the tests: 64 MiB of memory, 20 processes, 1 MiB of output.
\"Stopped\" is by a limit, which the outcome names; \"killed\" is for a system call, which the outcome names; \"refused\" is
an error that the program sees; \"same\" is as in the column before. What is **not stopped** is said so.

## What no level stops

- Time. How long a call takes tells of the processor's caches, of pages of shared files in memory, of the load that other
  boxes make. Boxes that must not know of each other at all belong on different machines.
- The processor itself: its model, its features, which of its cores a program runs on.
- Counters of the kernel that every program needs to see a bit of: inode numbers of pipes and sockets, the numbers of
  mounts. They tell how many of them were made, not by whom.
- Files of a toolchain are shared memory: a thread that sleeps on a futex in one can be woken by another box that
  knows where. Nothing of it outlives the two programs.
- At levels `user-namespace` and `minimal`, memory that the kernel keeps for a program, such as page tables and the
  buffers of pipes, is not counted, only bounded.
- Boxes that one launcher started, for programs that may make no sockets but pairs of them, see how many such pairs
  there are.
";

#[test]
fn the_page_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("CONTAINMENT.md");
    let page = page();
    if std::env::var_os(REWRITE).is_some() {
        fs::write(&path, &page).unwrap();
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    let differs = found.lines().zip(page.lines()).find(|(found, page)| found != page);
    let command = format!("{REWRITE}=1 cargo test -p sandbox --test hostile page");
    assert!(found == page, "CONTAINMENT.md is out of date at {differs:?}; write it with {command}");
}

fn page() -> String {
    let mut page = INTRODUCTION.to_owned();
    let tables = SUBJECTS.iter().map(|subject| {
        let rows = (subject.attacks)();
        let rows = rows.iter().map(|a| (a.name.clone(), Column::ALL.map(|c| a.end(c).clone())));
        (subject.name, rows.collect::<Vec<_>>())
    });
    let tables: Vec<_> = tables.chain(subjects::in_languages()).collect();
    let rows = tables.iter().flat_map(|(_, rows)| rows);
    let counts = Column::ALL.map(|column| {
        let open = rows.clone().filter(|(_, ends)| ends[column as usize].is_open()).count();
        format!("| {column} | {} | {open} |", rows.clone().count() - open)
    });
    write!(page, "\n| level | contained | not stopped |\n|---|---|---|\n{}\n", counts.join("\n"))
        .unwrap();
    for (name, rows) in tables {
        write!(page, "\n## {name}\n\n| attack |").unwrap();
        Column::ALL.iter().for_each(|column| write!(page, " {column} |").unwrap());
        page.push_str("\n|---|---|---|---|---|\n");
        for (attack, ends) in rows {
            write!(page, "| {attack} |").unwrap();
            let mut before = None;
            for end in &ends {
                let cell = if before == Some(end) { "same".to_owned() } else { end.to_string() };
                write!(page, " {cell} |").unwrap();
                before = Some(end);
            }
            page.push('\n');
        }
    }
    page
}

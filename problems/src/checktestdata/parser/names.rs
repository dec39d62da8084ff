//! The variables of a program: numbered, and held to being set somewhere.

use crate::{
    checktestdata::{expression::Slot, program::Name},
    fault::Fault,
};
use std::collections::HashMap;

/// What a name is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    Set,
    Read,
    Search,
    Unset,
}

#[derive(Default)]
pub(super) struct Names<'t> {
    slots: HashMap<&'t str, Slot>,
    seen: Vec<Seen<'t>>,
}

struct Seen<'t> {
    name: &'t str,
    is_set: bool,
    is_searched: bool,
    /// The line where its value is first asked for.
    read: Option<u32>,
}

impl<'t> Names<'t> {
    pub(super) fn slot(&mut self, name: &'t str, purpose: Use, line: u32) -> Slot {
        let slot = *self.slots.entry(name).or_insert_with(|| {
            self.seen.push(Seen { name, is_set: false, is_searched: false, read: None });
            self.seen.len() - 1
        });
        let seen = &mut self.seen[slot];
        match purpose {
            Use::Set => seen.is_set = true,
            Use::Read => {
                seen.read.get_or_insert(line);
            }
            Use::Search => {
                seen.is_searched = true;
                seen.read.get_or_insert(line);
            }
            Use::Unset => {}
        }
        slot
    }

    /// The names by their numbers. A name that is read and never set is a slip of the pen.
    pub(super) fn into_variables(self, file: &str) -> Result<Vec<Name>, Fault> {
        for seen in &self.seen {
            if let (false, Some(line)) = (seen.is_set, seen.read) {
                let message = format!("the variable {} is never set", seen.name);
                return Err(Fault::new(file, message).at(line));
            }
        }
        let names = self.seen.into_iter();
        Ok(names
            .map(|seen| Name { name: seen.name.to_owned(), is_searched: seen.is_searched })
            .collect())
    }
}

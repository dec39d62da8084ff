//! What the variables of a running program hold.

use super::{
    expression::Slot,
    program::Name,
    values::{Integer, Key, Value},
};
use std::collections::{HashMap, HashSet};

/// What an entry of a table takes besides what it points to, in bytes: its own size and the table's spare room.
const ENTRY_BYTES: u64 = 112;

/// Which element of a variable. A plain variable is the element without indices.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Index {
    Plain,
    One(i64),
    Two(i64, i64),
    Many(Box<[Integer]>),
}

impl Index {
    fn heap_bytes(&self) -> u64 {
        match self {
            Self::Many(indices) => indices.iter().map(|index| 16 + index.words() * 8).sum(),
            _ => 0,
        }
    }
}

impl From<Vec<Integer>> for Index {
    fn from(indices: Vec<Integer>) -> Self {
        match *indices {
            [] => Self::Plain,
            [Integer::Small(index)] => Self::One(index),
            [Integer::Small(first), Integer::Small(second)] => Self::Two(first, second),
            _ => Self::Many(indices.into()),
        }
    }
}

impl std::fmt::Display for Index {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Plain => f.write_str(" without an index"),
            Self::One(index) => write!(f, "[{index}]"),
            Self::Two(first, second) => write!(f, "[{first},{second}]"),
            Self::Many(indices) => {
                let indices: Vec<_> = indices.iter().map(ToString::to_string).collect();
                write!(f, "[{}]", indices.join(","))
            }
        }
    }
}

/// The elements of one variable.
#[derive(Default)]
struct Elements {
    /// The one without indices: most variables have no other.
    plain: Option<Value>,
    indexed: HashMap<Index, Value>,
    /// How often each value occurs, of what `INARRAY` searches.
    occurrences: Option<HashMap<Key, u64>>,
    bytes: u64,
}

/// What keeps `UNIQUE` from being true.
pub(super) enum Clash {
    /// The variables do not have the same elements, such as this one of the first or another.
    DifferentIndices(Index),
    /// Two elements hold the same.
    Duplicate(Index, Index),
}

/// All variables, by their slots.
pub(super) struct Variables {
    elements: Vec<Elements>,
    /// What they take together.
    pub(super) bytes: u64,
}

impl Variables {
    pub(super) fn new(names: &[Name]) -> Self {
        let elements = names.iter().map(|name| Elements {
            occurrences: name.is_searched.then(HashMap::new),
            ..Elements::default()
        });
        Self { elements: elements.collect(), bytes: 0 }
    }

    pub(super) fn get(&self, slot: Slot, index: &Index) -> Option<&Value> {
        let elements = &self.elements[slot];
        match index {
            Index::Plain => elements.plain.as_ref(),
            _ => elements.indexed.get(index),
        }
    }

    pub(super) fn set(&mut self, slot: Slot, index: Index, value: Value) {
        let elements = &mut self.elements[slot];
        let mut added = ENTRY_BYTES + value.heap_bytes() + index.heap_bytes();
        let mut removed = 0;
        if let Some(occurrences) = &mut elements.occurrences {
            *occurrences.entry(value.key()).or_default() += 1;
            added += ENTRY_BYTES + value.heap_bytes();
        }
        let index_bytes = index.heap_bytes();
        let previous = match index {
            Index::Plain => elements.plain.replace(value),
            _ => elements.indexed.insert(index, value),
        };
        if let Some(previous) = previous {
            removed += ENTRY_BYTES + previous.heap_bytes() + index_bytes;
            if let Some(occurrences) = &mut elements.occurrences {
                removed += ENTRY_BYTES + previous.heap_bytes();
                let key = previous.key();
                if let Some(count) = occurrences.get_mut(&key) {
                    *count -= 1;
                    if *count == 0 {
                        occurrences.remove(&key);
                    }
                }
            }
        }
        elements.bytes = elements.bytes + added - removed;
        self.bytes = self.bytes + added - removed;
    }

    pub(super) fn unset(&mut self, slot: Slot) {
        let elements = &mut self.elements[slot];
        self.bytes -= elements.bytes;
        let occurrences = elements.occurrences.is_some().then(HashMap::new);
        *elements = Elements { occurrences, ..Elements::default() };
    }

    /// How many elements the variable has.
    pub(super) fn len(&self, slot: Slot) -> u64 {
        let elements = &self.elements[slot];
        elements.indexed.len() as u64 + u64::from(elements.plain.is_some())
    }

    /// Whether a variable that `INARRAY` searches holds this value.
    pub(super) fn holds(&self, slot: Slot, value: &Value) -> bool {
        let occurrences = self.elements[slot].occurrences.as_ref();
        occurrences.is_some_and(|occurrences| occurrences.contains_key(&value.key()))
    }

    /// About the bytes that [`Self::are_unique`] of these takes.
    pub(super) fn unique_bytes(&self, slots: &[Slot]) -> u64 {
        slots.iter().map(|&slot| self.len(slot) * 16 + self.elements[slot].bytes).sum()
    }

    /// Whether no two elements of these variables, taken together, hold the same, and all have the same elements.
    pub(super) fn are_unique(&self, slots: &[Slot]) -> bool {
        let Some((&first, others)) = slots.split_first() else { return true };
        if others.is_empty() {
            let mut seen = HashSet::new();
            return self
                .indices(first)
                .filter_map(|index| self.get(first, index))
                .all(|value| seen.insert(value.key()));
        }
        let mut seen = HashSet::new();
        others.iter().all(|&other| self.difference(first, other).is_none())
            && self.indices(first).all(|index| seen.insert(self.tuple(slots, index)))
    }

    /// Why [`Self::are_unique`] is false, if it is.
    pub(super) fn clash(&self, slots: &[Slot]) -> Option<Clash> {
        let (&first, others) = slots.split_first()?;
        if let Some(index) = others.iter().find_map(|&other| self.difference(first, other)) {
            return Some(Clash::DifferentIndices(index));
        }
        // In order, so that the same is reported each time.
        let mut indices: Vec<_> = self.indices(first).collect();
        indices.sort_unstable();
        let mut seen = HashMap::new();
        indices.into_iter().find_map(|index| {
            let earlier = seen.insert(self.tuple(slots, index), index)?;
            Some(Clash::Duplicate(earlier.clone(), index.clone()))
        })
    }

    fn indices(&self, slot: Slot) -> impl Iterator<Item = &Index> {
        let elements = &self.elements[slot];
        let plain = elements.plain.is_some().then_some(&Index::Plain);
        plain.into_iter().chain(elements.indexed.keys())
    }

    fn tuple(&self, slots: &[Slot], index: &Index) -> Vec<Key> {
        slots.iter().filter_map(|&slot| self.get(slot, index)).map(Value::key).collect()
    }

    /// The lowest index that only one of both has.
    fn difference(&self, left: Slot, right: Slot) -> Option<Index> {
        let only =
            |left, right| self.indices(left).filter(move |index| self.get(right, index).is_none());
        only(left, right).chain(only(right, left)).min().cloned()
    }
}

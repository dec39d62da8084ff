//! Groups of the testset: what they are worth, what they depend on and what contestants are told of them.

use crate::{fault::Findings, xml::Element};
use std::collections::{BTreeMap, BTreeSet};

/// The most that a test or a group may be worth.
pub(super) const MOST_POINTS: f64 = 1e15;

/// One element `group`.
pub(super) struct Group<'a> {
    element: Element<'a>,
    /// What all of it is worth, where that is said.
    pub(super) points: Option<f64>,
    /// Whether its points are given for all of its tests together, not for each.
    pub(super) is_complete: bool,
    /// The groups that must have been accepted before.
    pub(super) needs: Vec<&'a str>,
}

/// The value of `feedback-policy` by which contestants learn nothing.
const TELL_NOTHING: &str = "none";
/// The one by which they learn the verdict of every test, as they do here.
const TELL_ALL: &str = "complete";

/// Whether contestants are shown what groups came to: not where one of the groups is to be kept from them.
pub(super) fn are_shown(groups: &BTreeMap<&str, Group<'_>>, findings: &mut Findings) -> bool {
    const POLICY: &str = "feedback-policy";
    let policies =
        || groups.values().filter_map(|g| Some((g.element, g.element.attribute(POLICY)?)));
    if let Some((element, policy)) = policies().find(|(_, policy)| *policy == TELL_NOTHING) {
        let message = format!(
            "{policy:?} is kept for all groups: contestants are not shown what they came to, but the verdicts of tests"
        );
        findings.warn(element.attribute_fault(POLICY, message));
        return false;
    }
    if let Some((element, policy)) = policies().find(|(_, policy)| *policy != TELL_ALL) {
        let message = format!(
            "{policy:?} is not kept: contestants are shown the verdicts of tests and what each group came to"
        );
        findings.warn(element.attribute_fault(POLICY, message));
    }
    true
}

/// Reads the element `groups` of the testset.
pub(super) fn read<'a>(
    testset: Element<'a>,
    findings: &mut Findings,
) -> BTreeMap<&'a str, Group<'a>> {
    let mut groups = BTreeMap::new();
    for element in testset.below(&["groups", "group"]) {
        let Some(name) = findings.keep(element.needed("name")) else { continue };
        let points = findings.keep(element.attribute_number("points", 0.0..=MOST_POINTS));
        let is_complete = match element.attribute("points-policy") {
            Some("complete-group") => true,
            None | Some("each-test") => false,
            Some(other) => {
                let message = format!("must be complete-group or each-test, not {other:?}");
                findings.fault(element.attribute_fault("points-policy", message));
                false
            }
        };
        let dependencies = element.below(&["dependencies", "dependency"]);
        let needs = dependencies.iter().filter_map(|needed| findings.keep(needed.needed("group")));
        let needs = needs.collect();
        let group = Group { element, points: points.flatten(), is_complete, needs };
        if groups.insert(name, group).is_some() {
            let message = format!("the group {name:?} stands here twice");
            findings.fault(element.attribute_fault("name", message));
        }
    }
    groups
}

/// The names of the groups that have tests: each after those that it depends on, otherwise as their tests come.
/// `of_tests` is the group of each test that has one.
pub(super) fn order<'a>(
    of_tests: impl Iterator<Item = &'a str>,
    groups: &BTreeMap<&'a str, Group<'a>>,
    findings: &mut Findings,
) -> Vec<&'a str> {
    let mut names: Vec<&str> = Vec::new();
    let mut numbers = BTreeMap::new();
    for name in of_tests {
        numbers.entry(name).or_insert_with(|| {
            names.push(name);
            names.len() - 1
        });
    }
    let mut open = vec![0_usize; names.len()];
    let mut followers = vec![Vec::new(); names.len()];
    for (name, group) in groups {
        for needed in &group.needs {
            if !groups.contains_key(needed) && !numbers.contains_key(needed) {
                let message = format!("depends on {needed:?}, which is no group");
                findings.fault(group.element.attribute_fault("dependencies", message));
            }
            if let (Some(&number), Some(&before)) = (numbers.get(name), numbers.get(needed)) {
                open[number] += 1;
                followers[before].push(number);
            }
        }
    }
    let mut ready: BTreeSet<usize> = (0..names.len()).filter(|&number| open[number] == 0).collect();
    let mut order = Vec::new();
    while let Some(number) = ready.pop_first() {
        order.push(names[number]);
        for &follower in &followers[number] {
            open[follower] -= 1;
            if open[follower] == 0 {
                ready.insert(follower);
            }
        }
    }
    if let Some(number) = (0..names.len()).find(|&number| open[number] > 0)
        && let Some(group) = groups.get(names[number])
    {
        let message = "depends on itself, by way of its dependencies".to_owned();
        findings.fault(group.element.attribute_fault("dependencies", message));
    }
    order
}

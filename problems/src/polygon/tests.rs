//! The testset `tests`: test cases, groups, and what they are worth.

use super::{
    Context,
    groups::{self, MOST_POINTS},
    numbered, programs,
    scores::Scores,
};
use crate::{
    CompareFlags,
    fault::{Fault, Findings},
    groups::{Grading, Member, OnReject, TestGroup},
    test_case::{InputFlags, Sample, Shown, TestCase},
    xml::Element,
};
use std::collections::BTreeMap;

/// The testset that problems are judged by.
const NAME: &str = "tests";

/// All that the testset holds.
#[derive(Default)]
pub(super) struct Tests {
    pub(super) is_scoring: bool,
    /// Whether contestants are shown what each group came to.
    pub(super) shows_groups: bool,
    pub(super) groups: Vec<TestGroup>,
    pub(super) cases: Vec<TestCase>,
    pub(super) samples: Vec<Sample>,
}

/// The element of the testset `tests`, or of the only one there is.
pub(super) fn testset<'a>(problem: Element<'a>, findings: &mut Findings) -> Option<Element<'a>> {
    let testsets = problem.below(&["judging", "testset"]);
    let named = testsets.iter().find(|testset| testset.attribute("name") == Some(NAME));
    let chosen = named.or(if testsets.len() == 1 { testsets.first() } else { None }).copied();
    if chosen.is_none() {
        let message = format!("there is no testset {NAME:?}");
        findings.fault(problem.attribute_fault("judging.testset", message));
    }
    for other in testsets.iter().filter(|other| other.attribute("name") != Some(NAME)) {
        if testsets.len() > 1 {
            let name = other.attribute("name").unwrap_or_default();
            let message = format!("the testset {name:?} is not judged; ignored");
            findings.warn(other.fault(message));
        }
    }
    chosen
}

/// One element `test`.
struct Test<'a> {
    group: Option<&'a str>,
    points: Option<f64>,
    is_sample: bool,
    input: String,
    answer: String,
}

/// Reads the testset.
pub(super) fn read(context: Context<'_>, testset: Element<'_>, findings: &mut Findings) -> Tests {
    let tests = read_tests(context, testset, findings);
    let groups = groups::read(testset, findings);
    let order = groups::order(tests.iter().filter_map(|test| test.group), &groups, findings);
    let scores = Scores::of(tests.iter().map(|test| test.points), &groups);
    let mut built = Tests {
        is_scoring: scores != Scores::None,
        shows_groups: scores != Scores::None && groups::are_shown(&groups, findings),
        ..Tests::default()
    };
    let mut by_group: BTreeMap<Option<&str>, Vec<&Test<'_>>> = BTreeMap::new();
    for test in &tests {
        by_group.entry(test.group).or_default().push(test);
    }
    let of_group = |group| by_group.get(&group).into_iter().flatten();
    let sum_of = |group| -> f64 { of_group(group).filter_map(|test| test.points).sum() };
    let (grading, on_reject) = scores.of_group(None, 0.0);
    built.groups.push(test_group("", grading, on_reject, Vec::new()));
    let mut places: BTreeMap<Option<&str>, usize> = BTreeMap::from([(None, 0)]);
    for name in &order {
        let group = groups.get(name);
        let index = built.groups.len();
        places.insert(Some(*name), index);
        built.groups[0].members.push(Member::Group(index));
        let (grading, on_reject) = scores.of_group(group, sum_of(Some(*name)));
        let needs = group.into_iter().flat_map(|group| &group.needs);
        let requires = needs.filter_map(|name| places.get(&Some(*name)).copied()).collect();
        built.groups.push(test_group(name, grading, on_reject, requires));
    }
    let of_groups = built.groups[1..].iter().filter_map(|group| group.grading.max_score());
    let most = of_groups.sum::<f64>() + sum_of(None);
    built.groups[0].grading = scores.of_group(None, most).0;
    let told = programs::checkers_are_told_groups(context);
    let in_order = [None].into_iter().chain(order.iter().map(|name| Some(*name)));
    for name in in_order {
        let is_complete = name.and_then(|name| groups.get(name)).is_some_and(|g| g.is_complete);
        let place = places[&name];
        for test in of_group(name) {
            let points = test.points.unwrap_or_default();
            let points = (scores == Scores::Bounded && !is_complete).then_some(points);
            built.add(context, test, place, points, told);
        }
    }
    built
}

impl Tests {
    /// Adds a test case. `told` is whether checkers take what validators do.
    fn add(
        &mut self,
        context: Context<'_>,
        test: &Test<'_>,
        group: usize,
        points: Option<f64>,
        told: bool,
    ) {
        let [input, answer] = [&test.input, &test.answer].map(|path| context.root.join(path));
        // What testlib's validators take, so that they can tell the groups apart.
        let mut flags = vec!["--testset".to_owned(), NAME.to_owned()];
        flags.extend(test.group.into_iter().flat_map(|name| ["--group".into(), name.to_owned()]));
        if test.is_sample {
            self.samples.push(Sample {
                name: test.input.clone(),
                shown: Shown::Pair { input: input.clone(), output: answer.clone() },
                downloads: [Some(input.clone()), Some(answer.clone())],
                arguments: Vec::new(),
                files: Vec::new(),
            });
        }
        self.groups[group].members.push(Member::Case(self.cases.len()));
        self.cases.push(TestCase {
            name: test.input.clone(),
            is_sample: test.is_sample,
            group,
            input,
            answer,
            description: None,
            hint: None,
            image: None,
            arguments: Vec::new(),
            files: Vec::new(),
            validator_flags: if told { flags.clone() } else { Vec::new() },
            input_flags: InputFlags::All(flags),
            compare_flags: CompareFlags::default(),
            validator: None,
            points,
            full_feedback: test.is_sample,
        });
    }
}

fn test_group(
    name: &str,
    grading: Grading,
    on_reject: OnReject,
    requires: Vec<usize>,
) -> TestGroup {
    TestGroup {
        name: name.to_owned(),
        members: Vec::new(),
        grading,
        on_reject,
        requires,
        static_validation: None,
    }
}

/// The tests whose files are there.
fn read_tests<'a>(
    context: Context<'_>,
    testset: Element<'a>,
    findings: &mut Findings,
) -> Vec<Test<'a>> {
    let elements = testset.below(&["tests", "test"]);
    let mut patterns = [None, None];
    for (pattern, key) in patterns.iter_mut().zip(["input-path-pattern", "answer-path-pattern"]) {
        let Some(element) = testset.child(key) else {
            findings.fault(testset.attribute_fault(key, "is missing".into()));
            continue;
        };
        let text = element.text().trim().to_owned();
        match numbered(&text, 1) {
            Ok(_) => *pattern = Some(text),
            Err(message) => findings.fault(element.fault(message)),
        }
    }
    let count = testset.child_number("test-count", 0..=u64::from(u32::MAX));
    if let Some(count) = findings.keep(count)
        && count != elements.len() as u64
    {
        let message = format!("is {count}, but there are {} tests", elements.len());
        findings.fault(testset.attribute_fault("test-count", message));
    }
    if elements.is_empty() {
        findings.fault(testset.attribute_fault("tests", "holds no test".into()));
    }
    let [Some(input), Some(answer)] = patterns else { return Vec::new() };
    let mut tests = Vec::new();
    let mut missing = Vec::new();
    for (number, element) in (1..).zip(elements) {
        let points = findings.keep(element.attribute_number("points", 0.0..=MOST_POINTS));
        let is_sample = findings.keep(element.truth("sample")).unwrap_or_default();
        let paths = [&input, &answer].map(|pattern| numbered(pattern, number).unwrap_or_default());
        let has = |path: &&String| context.tree.files.contains_key(path.as_str());
        missing.extend(paths.iter().filter(|path| !has(path)).cloned());
        let [input, answer] = paths;
        tests.push(Test {
            group: element.attribute("group"),
            points: points.flatten(),
            is_sample,
            input,
            answer,
        });
    }
    if let Some(first) = missing.first() {
        let others = missing.len() - 1;
        let more = if others > 0 { format!(", as are {others} more") } else { String::new() };
        let message = format!(
            "is missing{more}: a standard package holds no generated tests and no answers, \
             so download the full package from Polygon"
        );
        findings.fault(Fault::new(first, message));
    }
    tests
}

//! The numbers of a judgement's runs.

use problems::{GraderFlags, Grading, Member, OnReject, Package, TestGroup, VerdictMode};

/// The number of every run that may be made, from 1, in the order of judging.
pub(super) struct Plan {
    cases: Vec<u32>,
    static_validations: Vec<Option<u32>>,
    pub(super) total: u32,
    /// The numbers of test cases, in order.
    ordinals: Vec<u32>,
    /// The index of the test case of each of them.
    indices: Vec<usize>,
    /// By test case: whether its failure is the end of everything.
    decides: Vec<bool>,
}

/// How many runs judging a submission with the package can make at most: its test cases and static validations.
pub(crate) fn run_count(package: &Package) -> u32 {
    Plan::of(package).total
}

impl Plan {
    pub(super) fn of(package: &Package) -> Self {
        let mut plan = Self {
            cases: vec![0; package.test_cases.len()],
            static_validations: vec![None; package.groups.len()],
            total: 0,
            ordinals: Vec::with_capacity(package.test_cases.len()),
            indices: Vec::with_capacity(package.test_cases.len()),
            decides: vec![false; package.test_cases.len()],
        };
        if let Some(root) = package.groups.first() {
            plan.add(package, 0, root.on_reject == OnReject::Break);
        }
        plan
    }

    /// `decides` says whether a test case of the group that fails is the end of everything.
    fn add(&mut self, package: &Package, group: usize, decides: bool) {
        if package.groups[group].static_validation.is_some() {
            self.total += 1;
            self.static_validations[group] = Some(self.total);
        }
        for member in &package.groups[group].members {
            match *member {
                Member::Case(case) => {
                    self.total += 1;
                    self.cases[case] = self.total;
                    self.ordinals.push(self.total);
                    self.indices.push(case);
                    self.decides[case] = decides;
                }
                Member::Group(inner) => {
                    let ends = ends_its_parent(&package.groups[inner]);
                    self.add(package, inner, decides && ends);
                }
            }
        }
    }

    pub(super) fn of_case(&self, case: usize) -> u32 {
        self.cases[case]
    }

    pub(super) fn of_static_validation(&self, group: usize) -> u32 {
        self.static_validations[group].unwrap_or_default()
    }

    /// The numbers of the test cases from `ordinal` on.
    pub(super) fn cases_from(&self, ordinal: u32) -> &[u32] {
        let start = self.ordinals.partition_point(|other| *other < ordinal);
        &self.ordinals[start..]
    }

    /// The index of the test case of this number.
    pub(super) fn case_of(&self, ordinal: u32) -> Option<usize> {
        self.ordinals.binary_search(&ordinal).ok().map(|at| self.indices[at])
    }

    /// Whether nothing after the test case matters once it has failed.
    pub(super) fn decides(&self, case: usize) -> bool {
        self.decides[case]
    }
}

/// Whether a group in which a test case failed is over then, and is not accepted, whatever its grading makes of the others.
fn ends_its_parent(group: &TestGroup) -> bool {
    let is_rejected = match &group.grading {
        Grading::Default { flags, .. } => {
            let GraderFlags { verdict, accept_if_any_accepted, ignore_sample, .. } = *flags;
            verdict != VerdictMode::AlwaysAccept && !accept_if_any_accepted && !ignore_sample
        }
        Grading::Aggregate { .. } => true,
        Grading::OfSecret | Grading::Custom { .. } => false,
    };
    is_rejected && group.on_reject == OnReject::Break
}

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
                    let (group, inner_group) = (&package.groups[group], &package.groups[inner]);
                    let ends = group.counts(inner_group) && ends_its_parent(inner_group);
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
            let GraderFlags { verdict, accept_if_any_accepted, .. } = *flags;
            verdict != VerdictMode::AlwaysAccept && !accept_if_any_accepted
        }
        Grading::Aggregate { .. } | Grading::AllOrSaid { .. } => true,
        Grading::OfSecret | Grading::Custom { .. } | Grading::Nothing => false,
    };
    is_rejected && group.on_reject == OnReject::Break
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{fs, path::Path};

    /// A package with two secret groups, of two test cases each, and these files besides.
    fn package(folder: &Path, files: &[(&str, &str)]) -> Package {
        let write = |name: &str, content: &str| {
            let path = folder.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        };
        write("problem.yaml", "name: Test\n");
        write("problem_statement/problem.en.md", "# Test\n");
        for case in ["sample/1", "secret/a/1", "secret/a/2", "secret/b/1", "secret/b/2"] {
            write(&format!("data/{case}.in"), "1\n");
            write(&format!("data/{case}.ans"), "1\n");
        }
        for (name, content) in files {
            write(name, content);
        }
        Package::open(folder).unwrap_or_else(|faults| panic!("{faults}"))
    }

    /// Those of the test cases whose failure is the end of everything.
    fn deciding(files: &[(&str, &str)]) -> Vec<u32> {
        let folder = tempfile::tempdir().unwrap();
        let plan = Plan::of(&package(folder.path(), files));
        assert_eq!((plan.total, plan.cases_from(0)), (5, &[1, 2, 3, 4, 5][..]));
        assert_eq!((plan.cases_from(4), plan.case_of(6)), (&[4, 5][..], None));
        let decides = |ordinal: &&u32| plan.decides(plan.case_of(**ordinal).unwrap());
        plan.cases_from(0).iter().filter(decides).copied().collect()
    }

    #[test]
    fn a_failure_decides_where_no_group_goes_on_or_forgives() {
        assert_eq!(deciding(&[]), [1, 2, 3, 4, 5]);
        let going_on = "on_reject: continue\n";
        assert_eq!(deciding(&[("data/testdata.yaml", going_on)]), [0_u32; 0]);
        assert_eq!(deciding(&[("data/secret/testdata.yaml", going_on)]), [1]);
        assert_eq!(deciding(&[("data/secret/a/testdata.yaml", going_on)]), [1, 4, 5]);
        let ignoring = "grader_flags: ignore_sample\n";
        assert_eq!(deciding(&[("data/testdata.yaml", ignoring)]), [2, 3, 4, 5]);
        for forgiving in ["always_accept", "accept_if_any_accepted"] {
            let rule = format!("grader_flags: {forgiving}\n");
            assert_eq!(deciding(&[("data/secret/b/testdata.yaml", &rule)]), [1, 2, 3], "{rule}");
        }
        let grader = ("data/secret/testdata.yaml", "grading: custom\n");
        let program = ("graders/grade.sh", "echo AC 0\n");
        let scoring = ("problem.yaml", "name: Test\ntype: scoring\n");
        assert_eq!(deciding(&[grader, program, scoring]), [1]);
    }
}

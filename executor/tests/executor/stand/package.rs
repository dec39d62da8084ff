//! Small problem packages, made for one test.

use problems::Package;
use std::{fs, path::Path};
use tempfile::TempDir;

/// A package in a folder of its own.
pub(crate) struct PackageFolder(TempDir);

impl PackageFolder {
    /// A folder with nothing in it.
    pub(crate) fn empty() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// A problem with these test cases: input and answer, the first one a sample.
    pub(crate) fn new(cases: &[(&str, &str)]) -> Self {
        let folder = Self::empty();
        folder.file("problem.yaml", "name: Test\nlimits:\n  memory: 256\n  output: 1\n");
        folder.file(".timelimit", "2\n");
        folder.file("problem_statement/problem.en.md", "# Test\n\nA test.\n");
        for (index, (input, answer)) in cases.iter().enumerate() {
            let group = if index == 0 { "sample" } else { "secret" };
            folder.file(&format!("data/{group}/{index:02}.in"), input);
            folder.file(&format!("data/{group}/{index:02}.ans"), answer);
        }
        folder
    }

    /// A problem of version 2025-09 without test cases, with these keys in `problem.yaml`.
    pub(crate) fn versioned(keys: &str) -> Self {
        let folder = Self::empty();
        let head = "problem_format_version: 2025-09\nname: Test\nuuid: 5ca6ba5b-36d5-4eff-8aa7-d967cbc4375e\n";
        folder.file("problem.yaml", &format!("{head}{keys}"));
        folder.file("statement/problem.en.md", "A test.\n");
        folder
    }

    /// Adds the test case `secret/1` or the like.
    pub(crate) fn case(&self, name: &str, input: &str, answer: &str) -> &Self {
        self.file(&format!("data/{name}.in"), input).file(&format!("data/{name}.ans"), answer)
    }

    /// The problem of greeting whom the input names.
    pub(crate) fn greeting() -> Self {
        Self::new(&[("gavel\n", "hello gavel\n"), ("world\n", "hello world\n")])
    }

    /// Adds a file.
    pub(crate) fn file(&self, name: &str, content: &str) -> &Self {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
        self
    }

    /// Makes it a problem with a custom output validator.
    pub(crate) fn validated_by(self, name: &str, content: &str) -> Self {
        self.file(
            "problem.yaml",
            "name: Test\nvalidation: custom\nlimits:\n  memory: 256\n  output: 1\n",
        );
        self.file(&format!("output_validators/{name}"), content);
        self
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn open(&self) -> Package {
        Package::open(self.path()).unwrap_or_else(|faults| panic!("{faults}"))
    }
}

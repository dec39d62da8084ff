//! Making a package of version 2025-09 of one in another format.

mod data;
mod head;
mod programs;
mod statements;
mod submissions;

use crate::{
    ArchiveCaps, Fault, Faults, Package, PackageFormat, ProblemType, fault::Findings,
    import::import_folder, metadata, polygon, tree::Tree, written::WrittenPackage,
};
use std::path::Path;

/// A package that was made of something else.
#[derive(Debug, Clone)]
pub struct Converted {
    /// The package, of version 2025-09.
    pub package: Package,
    /// What the source says that the package does not, each with its place in the source.
    pub warnings: Vec<Fault>,
}

/// What an ICPC package holds that is read into the model.
const KNOWN: [&str; 21] = [
    "problem.yaml",
    ".timelimit",
    "domjudge-problem.ini",
    "data",
    "problem_statement",
    "statement",
    "submissions",
    "attachments",
    "include",
    "output_validators",
    "output_validator",
    "input_validators",
    "input_format_validators",
    "static_validator",
    "graders",
    "problem.pdf",
    "problem.html",
    "problem.tex",
    "problem.md",
    "problem.en.pdf",
    "README.md",
];

/// Makes a package of version 2025-09, as the new folder `into`, of one in any format. One that is of this version
/// already is copied as it is.
///
/// # Errors
/// What the package is made for cannot be said in version 2025-09: interactors beside checkers, graders, scores by the
/// legacy rules, validators that work by a protocol that cannot be adapted. Or a failure of this machine.
pub fn convert(package: &Package, into: &Path) -> Result<Converted, Faults> {
    if package.format == PackageFormat::V2025 {
        let caps = ArchiveCaps::default();
        let package = import_folder(&package.root, into, &caps)?;
        return Ok(Converted { package, warnings: Vec::new() });
    }
    let mut findings = Findings::default();
    let mut written = WrittenPackage::default();
    let conversion = Conversion { package };
    conversion.head(&mut written, &mut findings);
    conversion.data(&mut written, &mut findings);
    conversion.programs(&mut written, &mut findings);
    conversion.statements(&mut written);
    conversion.submissions(&mut written, &mut findings);
    if package.format != PackageFormat::Polygon {
        conversion.warn_of_rest(&mut findings)?;
    }
    let warnings = findings.into_warnings()?;
    Ok(Converted { package: written.write(into)?, warnings })
}

/// One package on its way to version 2025-09.
struct Conversion<'a> {
    package: &'a Package,
}

impl Conversion<'_> {
    /// The file that says most of the package.
    fn main_file(&self) -> &'static str {
        match self.package.format {
            PackageFormat::Polygon => polygon::FILE,
            _ => metadata::FILE,
        }
    }

    fn cannot(&self, field: &str, message: impl Into<String>) -> Fault {
        Fault::new(self.main_file(), message).of_field(field)
    }

    fn kind(&self) -> ProblemType {
        self.package.kind
    }

    /// A path within the source as it stands in faults and paths.
    fn relative<'p>(&self, path: &'p Path) -> &'p Path {
        path.strip_prefix(&self.package.root).unwrap_or(path)
    }

    /// Files that other tools use and no model has.
    fn warn_of_rest(&self, findings: &mut Findings) -> Result<(), Faults> {
        let tree = Tree::scan(&self.package.root, &ArchiveCaps::default(), findings)?;
        let mut tops: Vec<_> =
            tree.files.keys().map(|path| path.split('/').next().unwrap_or(path)).collect();
        tops.dedup();
        for top in tops.into_iter().filter(|top| !KNOWN.contains(top)) {
            findings.warn(Fault::new(top, "is not needed to judge; left out"));
        }
        Ok(())
    }
}

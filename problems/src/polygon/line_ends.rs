//! Line ends of test data: Polygon makes packages for Windows and for Linux.

use crate::{Fault, Package, PackageFormat, tree};

/// What to tell the author of a package whose inputs have Windows line ends. The inputs must lie in place; those that cannot
/// be read are passed over.
pub(crate) fn warning_of_line_ends(package: &Package) -> Option<Fault> {
    if package.format != PackageFormat::Polygon {
        return None;
    }
    let first = package.test_cases.iter().find(|case| has_windows_line_end(&case.input))?;
    let message = "has Windows line ends, which testlib's validators refuse: download the package for Linux from Polygon";
    Some(Fault::new(&first.name, message))
}

/// Whether the first line that ends near the beginning of the file does so as on Windows.
fn has_windows_line_end(file: &std::path::Path) -> bool {
    let head = tree::read_head(file).unwrap_or_default();
    let mut lines = head.split(|&byte| byte == b'\n');
    let first = lines.next().unwrap_or_default();
    lines.next().is_some() && first.ends_with(b"\r")
}

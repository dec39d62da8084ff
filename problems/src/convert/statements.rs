//! `statement/` of the package that is made.

use super::Conversion;
use crate::{Lang, PackageFormat, Statement, statement::Format, written::WrittenPackage};
use std::{collections::BTreeMap, fs};

impl Conversion<'_> {
    /// One statement for each language, and the files beside it.
    pub(super) fn statements(&self, written: &mut WrittenPackage) {
        let mut chosen: BTreeMap<&Lang, &Statement> = BTreeMap::new();
        for statement in &self.package.statements {
            let place = chosen.entry(&statement.language).or_insert(statement);
            if self.rank(statement.format) < self.rank(place.format) {
                *place = statement;
            }
        }
        for (language, statement) in chosen {
            let extension = match statement.format {
                Format::Markdown => "md",
                Format::Latex => "tex",
                Format::Html => "html",
                Format::Pdf => "pdf",
            };
            let path = format!("statement/problem.{language}.{extension}");
            written.copy(path, &statement.path);
            let folder = statement.path.parent().filter(|folder| **folder != self.package.root);
            if statement.format == Format::Pdf {
                continue;
            }
            for entry in folder.and_then(|folder| fs::read_dir(folder).ok()).into_iter().flatten() {
                let Ok(entry) = entry else { continue };
                let name = entry.file_name().to_string_lossy().into_owned();
                let is_asset = crate::statement::is_asset(&name) && !name.starts_with("problem.");
                if is_asset && entry.path().is_file() {
                    written.copy(format!("statement/{name}"), entry.path());
                }
            }
        }
    }

    /// What is shown as it was meant comes first: Polygon's LaTeX needs a style of its own.
    fn rank(&self, format: Format) -> usize {
        let order = match self.package.format {
            PackageFormat::Polygon => [Format::Pdf, Format::Latex, Format::Html, Format::Markdown],
            _ => [Format::Markdown, Format::Latex, Format::Pdf, Format::Html],
        };
        order.iter().position(|other| *other == format).unwrap_or(order.len())
    }
}

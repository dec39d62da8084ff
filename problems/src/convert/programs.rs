//! Validators, and the files that go to submissions and contestants.

use super::Conversion;
use crate::{
    Protocol, Validation, ValidatorProgram, adapter::Foreign, fault::Findings,
    written::WrittenPackage,
};
use std::path::{Path, PathBuf};

impl Conversion<'_> {
    pub(super) fn programs(&self, written: &mut WrittenPackage, findings: &mut Findings) {
        let package = self.package;
        if package.interactor.is_some() {
            let message =
                "an interactor beside a checker has no counterpart: one program does both";
            findings.fault(self.cannot("assets.interactor", message));
        }
        if let Validation::Custom { validators, .. } = &package.validation {
            if validators.len() > 1 {
                let message = "is more than one program, and there may be one only";
                findings.fault(crate::Fault::new("output_validators", message));
            }
            for program in validators {
                let checker = Foreign::TestlibChecker;
                self.program(program, "output_validator", checker, written, findings);
            }
            if self.kind().scoring && validators.iter().any(|v| v.protocol == Protocol::Testlib) {
                let message =
                    "the checker may only accept or refuse here, not give a part of the points";
                findings.warn(self.cannot("assets.checker", message));
            }
        }
        for program in &package.input_validators {
            let validator = Foreign::TestlibValidator;
            self.program(program, "input_validators", validator, written, findings);
        }
        if let Some(program) = &package.static_validator {
            self.program(program, "static_validator", Foreign::TestlibValidator, written, findings);
        }
        for (language, files) in &package.include {
            for file in files {
                let name = self.name_in(file, &format!("include/{language}"));
                written.copy(format!("include/{language}/{name}"), file);
            }
        }
        for file in &package.attachments {
            written.copy(format!("attachments/{}", self.name_in(file, "attachments")), file);
        }
    }

    /// Copies a program into a folder, with what it needs to be a validator of the format.
    fn program(
        &self,
        program: &ValidatorProgram,
        folder: &str,
        foreign: Foreign,
        written: &mut WrittenPackage,
        findings: &mut Findings,
    ) {
        let name = &program.name;
        if let [file] = &program.files[..]
            && file.ends_with(name)
            && program.protocol != Protocol::Testlib
        {
            written.copy(format!("{folder}/{name}"), file);
            return;
        }
        for file in &program.files {
            // In the ICPC formats a folder is one program with all that is in it.
            let mut parts = self.relative(file).iter().skip(1);
            let is_in_folder = parts.next() == Some(name.as_ref());
            let below = Some(parts.collect::<PathBuf>())
                .filter(|below| is_in_folder && !below.as_os_str().is_empty())
                .or(file.file_name().map(PathBuf::from))
                .unwrap_or_default();
            written.copy(format!("{folder}/{name}/{}", below.display()), file);
        }
        if program.protocol == Protocol::Testlib {
            match foreign.adapter(&program.files[0]) {
                Some((adapter, source)) => {
                    written.add(format!("{folder}/{name}/{adapter}"), source)
                }
                None => {
                    let place = self.relative(&program.files[0]).display().to_string();
                    let message = "must be C or C++ to become a validator of the format";
                    findings.fault(crate::Fault::new(place, message));
                }
            }
        }
    }

    /// The path of a file below `folder`, or the file's own name where it lies elsewhere.
    fn name_in(&self, file: &Path, folder: &str) -> String {
        let below = self.relative(file).strip_prefix(folder).ok().filter(|_| !folder.is_empty());
        let name = below.or(file.file_name().map(Path::new)).unwrap_or(file);
        name.display().to_string()
    }
}

//! A program of the package: compiled once per machine, in a box of its own, with the test data to read.

use super::{
    Workbench,
    artefacts::Artefact,
    bench::host,
    limits,
    printed::text,
    program::{HowToRun, Program, Ran, Role, failed, lay_out},
    scripts,
    sources::{SourceText, read_sources},
};
use judge_types::{JudgingError, JudgingErrorKind, Limits, with_causes};
use problems::{Package, PackageFormat, Protocol, ValidatorProgram};
use sandbox::{Input, Mount, RunLimits};
use std::{
    fs::File,
    path::{Path, PathBuf},
};

/// Where its box shows the package's test data.
const DATA_DIR: &str = "/data";

/// A validator, an interactor or a grader.
pub(crate) struct JuryProgram<'a> {
    /// What it is, for messages: `output validator check.py`.
    pub(super) what: String,
    /// Its name in the package.
    pub(super) name: String,
    pub(super) protocol: Protocol,
    /// [`Package::points_are_percent`].
    pub(super) points_are_percent: bool,
    pub(super) program: Program<'a>,
    /// Where it starts, below its work folder.
    pub(super) folder: &'static str,
    limits: &'a Limits,
    data: PathBuf,
}

impl<'a> JuryProgram<'a> {
    /// Compiles it, or takes what was compiled before. `kind` says what it is: `output validator`.
    pub(crate) fn open(
        bench: &'a Workbench,
        package: &'a Package,
        kind: &str,
        program: &ValidatorProgram,
        limits: &'a Limits,
    ) -> Result<Self, JudgingError> {
        let what = format!("{kind} {}", program.name);
        let broken = |message: String| package_error(&what, &message);
        let mut sources =
            read_sources(&program.files, &package.constants).map_err(|e| broken(e.to_string()))?;
        if program.protocol == Protocol::Testlib {
            // Polygon compiles everything in one folder, wherever it lies in the package.
            for source in &mut sources {
                let base = source.name.rsplit('/').next().unwrap_or(&source.name);
                source.name = base.to_owned();
            }
        }
        let toolchain = if program.has_scripts() {
            scripts::toolchain(bench)?
        } else {
            let language = bench
                .languages
                .guess(&SourceText::borrow_all(&sources))
                .ok_or_else(|| broken("is in no language that this judge knows".to_owned()))?;
            bench.toolchain(language)?
        };
        let layout = lay_out(&toolchain, &sources);
        let data = match package.format {
            PackageFormat::Polygon => package.root.clone(),
            _ => package.root.join("data"),
        };
        let mount = Mount { source: data.clone(), target: DATA_DIR.into() };
        let language = toolchain.language.id.clone();
        let mut compiled = Program::open(bench, toolchain, layout, vec![mount])?;
        let artefact = Artefact::of(&bench.cache, package, &what, &language);
        if !artefact.restore(&compiled)? {
            let result = compiled.compile(&sources, &limits.for_preparation())?;
            if !result.success {
                return Err(broken(format!("does not compile:\n{}", result.output)));
            }
            artefact.save(&compiled)?;
        }
        Ok(Self {
            what,
            name: program.name.clone(),
            protocol: program.protocol,
            points_are_percent: package.points_are_percent,
            program: compiled,
            folder: "",
            limits,
            data,
        })
    }

    /// Runs it once with these arguments.
    pub(super) fn run(&mut self, arguments: &[String], stdin: Input) -> Result<Ran, JudgingError> {
        let how = self.how(arguments);
        self.program.run(how, stdin)
    }

    /// How it is run.
    pub(super) fn how<'b>(&self, arguments: &'b [String]) -> HowToRun<'b> {
        HowToRun {
            role: Role::Jury,
            arguments,
            limits: self.run_limits(),
            memory_bytes: self.limits.validation_memory_bytes,
            folder: self.folder,
        }
    }

    fn run_limits(&self) -> RunLimits {
        limits::of_validator(self.limits, &self.program.toolchain.language)
    }

    /// Where it finds a file of the package: copied under `name` if its box cannot show the package.
    pub(super) fn path_in_box(&self, path: &Path, name: &str) -> Result<String, JudgingError> {
        if !self.program.shows_extra {
            let mut file = File::open(path).map_err(|e| host("open", path.display(), &e))?;
            return self.copy_in(&mut file, name);
        }
        let below = path.strip_prefix(&self.data).map_err(|_| {
            self.error(&format!("is to read {}, which lies outside its test data", path.display()))
        })?;
        Ok(Path::new(DATA_DIR).join(below).to_string_lossy().into_owned())
    }

    /// Copies what is left to read of `file` into its work folder; returns the path there.
    pub(super) fn copy_in(&self, file: &mut File, name: &str) -> Result<String, JudgingError> {
        let name = format!(".{name}");
        self.program.work().put_from(&name, file).map_err(failed)?;
        Ok(self.program.path_in_work(&name))
    }

    /// Makes a folder for what it has to say; returns its name in the work folder.
    pub(super) fn make_feedback(&self, ordinal: u32) -> Result<String, JudgingError> {
        let folder = format!(".feedback-{ordinal}");
        // What stands in the way now is what the program left in earlier runs.
        let made = self.program.work().make_dir(&folder);
        made.map_err(|error| self.error(&with_causes(&error)))?;
        Ok(folder)
    }

    /// That folder's path for the program itself: authors append a file's name with and without a slash of their own.
    pub(super) fn feedback_in_box(&self, folder: &str) -> String {
        self.program.path_in_work(&format!("{folder}/"))
    }

    /// What it wrote into a file of its feedback folder, if it made that, without the white space around it.
    pub(super) fn feedback(
        &self,
        folder: &str,
        file: &str,
    ) -> Result<Option<String>, JudgingError> {
        let content = self.program.work().read(&format!("{folder}/{file}"), limits::FEEDBACK_BYTES);
        let content = content.map_err(|e| self.error(&with_causes(&e)))?;
        Ok(content.map(|bytes| text(&bytes).trim().to_owned()))
    }

    /// Refuses what it has printed and written about a test case in all, if that is more than it may.
    ///
    /// ICPC problem package format (2025-09), section "Limits", `validation_output`.
    pub(super) fn require_brief(&self, case: &str, bytes: u64) -> Result<(), JudgingError> {
        let most = self.limits.validation_output_bytes;
        if bytes <= most {
            return Ok(());
        }
        Err(self.error(&format!(
            "wrote {bytes} bytes in all about test case {case}; at most {most} are allowed"
        )))
    }

    /// It is broken, or says what it may not.
    pub(super) fn error(&self, message: &str) -> JudgingError {
        package_error(&self.what, message)
    }
}

fn package_error(what: &str, message: &str) -> JudgingError {
    JudgingError::new(JudgingErrorKind::Package, format!("{what} {}", message.trim_end()))
}

//! Deciding whether an output is right: the default comparison, or the package's own validators.

use super::{
    Workbench,
    artefacts::Artefact,
    bench::host,
    limits,
    program::{Program, Role, failed, lay_out, read_sources, text, usage_of},
};
use judge_types::{JudgingError, JudgingErrorKind, Limits, Verdict, with_causes};
use languages::Source;
use problems::{Comparison, Package, TestCase, Validation, ValidatorProgram};
use sandbox::{Ending, Input, Mount};
use std::{
    fs::File,
    io::Seek,
    path::{Path, PathBuf},
};

/// What was found out about one output.
#[derive(Debug)]
pub(crate) struct Checked {
    pub(crate) verdict: Verdict,
    /// For the jury.
    pub(crate) judge_message: Option<String>,
    /// For the team.
    pub(crate) team_message: Option<String>,
}

/// Checks the outputs of one judgement.
pub(crate) struct Checker<'a> {
    validators: Vec<Validator<'a>>,
    cpu_ms: u64,
}

/// Where a validator's box shows the package's test data.
const DATA_DIR: &str = "/data";

impl<'a> Checker<'a> {
    /// Compiles the package's validators, or takes the ones compiled before.
    pub(crate) fn open(
        bench: &'a Workbench,
        package: &'a Package,
        limits: &'a Limits,
    ) -> Result<Self, JudgingError> {
        let validators = match &package.validation {
            Validation::Default(_) => Vec::new(),
            Validation::Custom { validators, .. } => validators
                .iter()
                .map(|program| Validator::open(bench, package, program, limits))
                .collect::<Result<_, _>>()?,
        };
        Ok(Self { validators, cpu_ms: 0 })
    }

    /// CPU time that validators have used, in milliseconds.
    pub(crate) fn cpu_ms(&self) -> u64 {
        self.cpu_ms
    }

    /// Checks what the submission wrote for one test case. All validators must accept it.
    pub(crate) fn check(
        &mut self,
        case: &TestCase,
        ordinal: u32,
        output: File,
    ) -> Result<Checked, JudgingError> {
        if self.validators.is_empty() {
            return compare(case, output);
        }
        let mut checked =
            Checked { verdict: Verdict::Accepted, judge_message: None, team_message: None };
        for validator in &mut self.validators {
            let mut output =
                output.try_clone().map_err(|e| host("duplicate", "a descriptor", &e))?;
            // The descriptors share one place in the file, and the one before may have read on.
            output.rewind().map_err(|e| host("rewind", "the program's output", &e))?;
            checked = validator.check(case, ordinal, output, &mut self.cpu_ms)?;
            if !checked.verdict.is_accepted() {
                break;
            }
        }
        Ok(checked)
    }
}

/// The default output validator.
fn compare(case: &TestCase, output: File) -> Result<Checked, JudgingError> {
    let answer = File::open(&case.answer).map_err(|e| host("open", case.answer.display(), &e))?;
    let comparison = problems::compare(answer, output, &case.compare_flags)
        .map_err(|e| host("compare the output with", case.answer.display(), &e))?;
    let (verdict, judge_message) = match comparison {
        Comparison::Same => (Verdict::Accepted, None),
        Comparison::Different(difference) => (Verdict::WrongAnswer, Some(difference.to_string())),
    };
    Ok(Checked { verdict, judge_message, team_message: None })
}

/// One output validator of a package, compiled, in its own box.
struct Validator<'a> {
    name: String,
    program: Program<'a>,
    limits: &'a Limits,
    data: PathBuf,
}

impl<'a> Validator<'a> {
    fn open(
        bench: &'a Workbench,
        package: &'a Package,
        validator: &ValidatorProgram,
        limits: &'a Limits,
    ) -> Result<Self, JudgingError> {
        let name = validator.name.clone();
        let broken = |message: String| package_error(&name, &message);
        let sources = read_sources(&validator.files).map_err(|e| broken(e.to_string()))?;
        let borrowed: Vec<_> =
            sources.iter().map(|s| Source { name: &s.name, content: &s.content }).collect();
        let language = bench
            .languages
            .guess(&borrowed)
            .ok_or_else(|| broken("is in no language that this judge knows".to_owned()))?;
        let toolchain = bench.toolchain(language)?;
        let layout = lay_out(&toolchain, &sources);
        let data = package.root.join("data");
        let mount = Mount { source: data.clone(), target: DATA_DIR.into() };
        let mut program = Program::open(bench, toolchain, layout, vec![mount])?;
        let artefact = Artefact::of(&bench.cache, package, &name, &language.id);
        if !artefact.restore(&program)? {
            let compiled = program.compile(&sources, limits)?;
            if !compiled.success {
                return Err(broken(format!("does not compile:\n{}", compiled.output)));
            }
            artefact.save(&program)?;
        }
        Ok(Self { name, program, limits, data })
    }

    /// Runs the validator.
    ///
    /// ICPC problem package format (legacy), section "Output Validators": arguments are the input,
    /// the answer, a feedback folder and the flags; standard input is the team's output;
    /// exit code 42 accepts, 43 rejects, and anything else is the validator's own failure.
    fn check(
        &mut self,
        case: &TestCase,
        ordinal: u32,
        output: File,
        cpu_ms: &mut u64,
    ) -> Result<Checked, JudgingError> {
        let feedback = format!(".feedback-{ordinal}");
        // What stands in the way now is what the validator left in earlier runs.
        let made = self.program.work().make_dir(&feedback);
        made.map_err(|error| package_error(&self.name, &with_causes(&error)))?;
        let mut arguments = vec![
            self.path_in_box(&case.input, "input")?,
            self.path_in_box(&case.answer, "answer")?,
            // Authors append a file's name with and without a slash of their own.
            self.program.path_in_work(&format!("{feedback}/")),
        ];
        arguments.extend(case.validator_flags.iter().cloned());
        let run_limits = limits::of_validator(self.limits, &self.program.toolchain.language);
        let memory = self.limits.validation_memory_bytes;
        let stdin = Input::File(output);
        let ran = self.program.run(Role::Validator { arguments }, stdin, run_limits, memory)?;
        *cpu_ms += usage_of(&ran.outcome).cpu_ms;
        let verdict = match ran.outcome.ending {
            Ending::Exited { code: 42 } => Verdict::Accepted,
            Ending::Exited { code: 43 } => Verdict::WrongAnswer,
            ending => {
                let message = format!(
                    "ended with {ending} on test case {}; only exit codes 42 and 43 are answers\n{}",
                    case.name, ran.stderr
                );
                return Err(package_error(&self.name, message.trim_end()));
            }
        };
        Ok(Checked {
            verdict,
            judge_message: self.feedback(&feedback, "judgemessage.txt")?,
            team_message: self.feedback(&feedback, "teammessage.txt")?,
        })
    }

    /// Where the validator finds a file of the test data: copied under `name` if its box cannot show
    /// the data.
    fn path_in_box(&self, path: &Path, name: &str) -> Result<String, JudgingError> {
        if !self.program.shows_extra {
            let name = format!(".{name}");
            let mut file = File::open(path).map_err(|e| host("open", path.display(), &e))?;
            self.program.work().put_from(&name, &mut file).map_err(failed)?;
            return Ok(self.program.path_in_work(&name));
        }
        let below = path.strip_prefix(&self.data).map_err(|_| {
            package_error(&self.name, &format!("{} lies outside data/", path.display()))
        })?;
        Ok(Path::new(DATA_DIR).join(below).to_string_lossy().into_owned())
    }

    fn feedback(&self, folder: &str, file: &str) -> Result<Option<String>, JudgingError> {
        let content = self.program.work().read(&format!("{folder}/{file}"), limits::FEEDBACK_BYTES);
        let content = content.map_err(|e| package_error(&self.name, &with_causes(&e)))?;
        let message = content.map(|bytes| text(&bytes).trim().to_owned());
        Ok(message.filter(|message| !message.is_empty()))
    }
}

fn package_error(validator: &str, message: &str) -> JudgingError {
    let message = format!("output validator {validator} {message}");
    JudgingError::new(JudgingErrorKind::Package, message)
}

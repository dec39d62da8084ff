//! Compiling a program in its box.

use super::{
    limits,
    printed::read_head,
    program::{Program, duplicate, failed, usage_of},
    sources::SourceText,
};
use judge_types::{CompileResult, JudgingError, Limits, RunUsage};
use languages::{Entry, Folders};
use sandbox::{Ending, Input, Output, SandboxError, Stdio, WorkAccess};
use std::io;

impl Program<'_> {
    /// Puts the sources into the work folder and compiles them there.
    pub(crate) fn compile(
        &mut self,
        sources: &[SourceText],
        limits: &Limits,
    ) -> Result<CompileResult, JudgingError> {
        for (source, name) in sources.iter().zip(&self.layout.names) {
            self.put(name, &source.content, self.is_script(name))?;
        }
        self.sandbox.work().make_dir(Folders::OUT).map_err(failed)?;
        let memory = limits.compilation_memory_bytes;
        let Some(invocation) = self.toolchain.compile(&self.layout, memory, &self.folders) else {
            let usage = RunUsage::default();
            return Ok(CompileResult { success: true, output: String::new(), usage });
        };
        let printed = self.bench.scratch_file(2 * limits::COMPILER_PRINTS_BYTES)?;
        let stdio = Stdio {
            stdin: Input::Null,
            stdout: Output::File(duplicate(&printed)?),
            stderr: Output::File(duplicate(&printed)?),
        };
        let limits = limits::of_compile(limits, invocation.processes);
        let spec = self.spec_of(invocation, limits, WorkAccess::Writable)?;
        let outcome = self.start(&spec, stdio)?;
        let mut output = read_head(printed, limits::COMPILE_OUTPUT_BYTES)?;
        let fault = match outcome.ending {
            Ending::Exited { code: 0 } => match self.missing_program() {
                Some(missing) => Some(missing),
                None => self.too_much_left()?,
            },
            Ending::Exited { .. } => Some(String::new()),
            ref ending => Some(format!("\nThe compiler was stopped: {ending}.\n")),
        };
        output.push_str(fault.as_deref().unwrap_or_default());
        Ok(CompileResult { success: fault.is_none(), output, usage: usage_of(&outcome) })
    }

    /// What a compiler left out that was content with the sources.
    fn missing_program(&self) -> Option<String> {
        if self.toolchain.language.entry == Entry::JavaClass && self.layout.main_class.is_empty() {
            return Some("No class has a method `public static void main`.\n".to_owned());
        }
        let run = self.toolchain.run(&self.layout, 0, &self.folders);
        let program = run.argv.first()?.strip_prefix(&self.folders.work)?.trim_start_matches('/');
        let there = matches!(self.sandbox.work().read(program, 1), Ok(Some(_)));
        (!there).then(|| {
            "The compiler made no program: nothing to start it with was found.\n".to_owned()
        })
    }

    /// What a compilation left that can be carried nowhere: languages whose compilers run what they compile let a program
    /// leave anything.
    fn too_much_left(&self) -> Result<Option<String>, JudgingError> {
        let work = self.sandbox.work();
        let looked = work.list().and_then(|entries| {
            for entry in entries.iter().filter(|entry| !entry.is_folder) {
                work.open(&entry.name)?;
            }
            Ok(entries.iter().map(|entry| entry.size).sum::<u64>())
        });
        match looked {
            Ok(0..=limits::COMPILED_BYTES) => Ok(None),
            Ok(bytes) => Ok(Some(format!(
                "\nThe compiler left {bytes} bytes of files; at most {} are kept.\n",
                limits::COMPILED_BYTES
            ))),
            Err(SandboxError::Work { name, source, .. })
                if matches!(
                    source.kind(),
                    io::ErrorKind::FileTooLarge | io::ErrorKind::PermissionDenied
                ) =>
            {
                Ok(Some(format!("\nWhat the compiler left cannot be kept: {name}: {source}.\n")))
            }
            Err(error) => Err(failed(error)),
        }
    }
}

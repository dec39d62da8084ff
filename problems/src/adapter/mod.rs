//! Programs of other judges' protocols as validators of the ICPC problem package format.

use std::path::Path;

/// The part that is the same for all, in C that is C++, too.
const SOURCE: &str = include_str!("adapter.c");

/// What a program is that is to be a validator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Foreign {
    /// A checker of testlib: input, output, answer; 0 accepts, 1, 2, 4 and 8 refuse, the rest is its own failure.
    TestlibChecker,
    /// A validator of testlib: 0 accepts.
    TestlibValidator,
    /// A special judge of HUSTOJ: input, answer, output; 0 accepts.
    SpecialJudge,
}

impl Foreign {
    /// The source to be compiled with `program`: its file's name and text. `None` for a program that is neither C nor C++.
    pub(crate) fn adapter(self, program: &Path) -> Option<(&'static str, String)> {
        let name = match program.extension()?.to_str()? {
            "c" => "adapter.c",
            "cpp" | "cc" | "cxx" => "adapter.cpp",
            _ => return None,
        };
        let macros = match self {
            Self::TestlibChecker => {
                "#define OUTPUT_AT 2\n#define EXIT_CODE(s) ((s) == 0 ? 42 : (s) == 1 || (s) == 2 || (s) == 4 || (s) == 8 ? 43 : 1)\n"
            }
            Self::TestlibValidator => "#define EXIT_CODE(s) ((s) == 0 ? 42 : 43)\n",
            Self::SpecialJudge => {
                "#define OUTPUT_AT 3\n#define EXIT_CODE(s) ((s) == 0 ? 42 : 43)\n"
            }
        };
        Some((name, format!("{macros}{SOURCE}")))
    }
}

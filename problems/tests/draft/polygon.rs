//! A small good full package of Polygon, for tests to change.

use super::Draft;
use problems::Package;

const PROBLEM: &str = r#"<?xml version="1.0" encoding="utf-8" standalone="no"?>
<problem revision="3" short-name="two-sums" url="https://example.org/two-sums">
  <names>
    <name language="english" value="Two Sums"/>
    <name language="russian" value="Две суммы"/>
  </names>
  <statements>
    <statement charset="UTF-8" language="english" path="statements/english/problem.tex" type="application/x-tex"/>
    <statement charset="UTF-8" language="english" path="statements/.html/english/problem.html" type="text/html"/>
    <statement language="russian" path="statements/.pdf/russian/problem.pdf" type="application/pdf"/>
  </statements>
  <judging input-file="" output-file="" run-count="1">
    <testset name="tests">
      <time-limit>1500</time-limit>
      <memory-limit>67108864</memory-limit>
      <test-count>2</test-count>
      <input-path-pattern>tests/%02d</input-path-pattern>
      <answer-path-pattern>tests/%02d.a</answer-path-pattern>
      <tests>
        <test method="manual" sample="true"/>
        <test cmd="gen 5" method="generated"/>
      </tests>
    </testset>
  </judging>
  <files>
    <resources>
      <file path="files/testlib.h" type="h.g++"/>
    </resources>
  </files>
  <assets>
    <checker name="std::wcmp.cpp" type="testlib">
      <source path="files/check.cpp" type="cpp.g++17"/>
      <binary path="check.exe" type="exe.win32"/>
      <copy path="check.cpp"/>
    </checker>
    <validators>
      <validator>
        <source path="files/val.cpp" type="cpp.g++17"/>
      </validator>
    </validators>
    <solutions>
      <solution tag="main">
        <source path="solutions/main.cpp" type="cpp.g++17"/>
        <binary path="solutions/main.exe" type="exe.win32"/>
      </solution>
    </solutions>
  </assets>
  <tags>
    <tag value="two pointers"/>
  </tags>
</problem>
"#;

/// The tests in it.
pub(crate) const TESTS: &str = r#"        <test method="manual" sample="true"/>
        <test cmd="gen 5" method="generated"/>
"#;

/// A small good package.
pub(crate) fn good() -> Draft {
    let draft = Draft::empty();
    draft
        .write("problem.xml", PROBLEM)
        .write("statements/english/problem.tex", "\\begin{problem}{Two Sums}{}{}{}{}\\end{problem}")
        .write("statements/.html/english/problem.html", "<p>Text.</p>")
        .write("statements/.pdf/russian/problem.pdf", "%PDF-")
        .write("tests/01", "1 2\n")
        .write("tests/01.a", "3\n")
        .write("tests/02", "3 4\n")
        .write("tests/02.a", "7\n")
        .write("files/testlib.h", "")
        .write("files/check.cpp", "#include \"testlib.h\"\n")
        .write("files/val.cpp", "#include \"testlib.h\"\n")
        .write("check.cpp", "#include \"testlib.h\"\n")
        .write("solutions/main.cpp", "int main() {}\n");
    draft
}

/// The good package with each of the texts replaced, which must be in it.
pub(crate) fn with(replacements: &[(&str, &str)]) -> Draft {
    let draft = good();
    let mut problem = PROBLEM.to_owned();
    for (from, to) in replacements {
        assert!(problem.contains(from), "{from}");
        problem = problem.replace(from, to);
    }
    draft.write("problem.xml", problem);
    draft
}

pub(crate) fn open(draft: &Draft) -> Package {
    draft.open().unwrap_or_else(|faults| panic!("{faults}"))
}

pub(crate) fn faults(draft: &Draft) -> Vec<String> {
    match draft.open() {
        Ok(_) => Vec::new(),
        Err(faults) => faults.iter().map(ToString::to_string).collect(),
    }
}

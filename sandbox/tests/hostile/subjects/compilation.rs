//! Sources that attack their compiler, or the judge through it.

use crate::attack::*;
use crate::workshop::Source;

fn source(
    words: &'static str,
    compile: &'static str,
    name: &'static str,
    text: impl Into<String>,
    end: End,
) -> Source {
    Source { words, sources: vec![(name, text.into())], compile, end, bare: None }
}

/// Names that each stand for ten of the one before.
fn bomb(base: &str) -> String {
    let mut text = format!("#define m0 {base}\n");
    for level in 1..10 {
        let below = format!("m{} ", level - 1).repeat(10);
        text.push_str(&format!("#define m{level} {below}\n"));
    }
    text
}

const C: &str = "gcc -O0 -c -o a.o a.c";
const CPP: &str = "g++ -O0 -c -o a.o a.cpp";
const RUST: &str = "{rust}/bin/rustc -C linker=cc -o a a.rs";
const GO: &str = "sh -ec 'GOCACHE=${TMPDIR:-/tmp}/go exec go build -o a a.go'";

pub fn sources() -> Vec<Source> {
    let readable = || open("what everyone on the host may read");
    let absent = || End::Failed(1, "not in the box");
    let gives_up = |code| End::Failed(code, "the compiler gives up");
    let stopped = || either([MEMORY, CPU, OUTPUT, gives_up(1), gives_up(4)]);
    let mut sources = vec![
        source("C: #include \"/etc/shadow\"", C, "a.c", "#include \"/etc/shadow\"\n", absent()),
        source(
            "C: #include of a file of the judge's",
            C,
            "a.c",
            "#include \"{secret}\"\n",
            absent(),
        ),
        source(
            "C: #include \"/proc/self/environ\"",
            C,
            "a.c",
            "#include \"/proc/self/environ\"\n",
            either([contained("it reads as empty"), absent()]),
        ),
        source(
            "C: #include \"/proc/1/environ\"",
            C,
            "a.c",
            "#include \"/proc/1/environ\"\n",
            absent(),
        ),
        source("C: #include \"/dev/zero\"", C, "a.c", "#include \"/dev/zero\"\n", stopped()),
        source("C: #include \"/dev/random\"", C, "a.c", "#include \"/dev/random\"\n", stopped()),
        source(
            "C: #include \"/dev/stdin\"",
            C,
            "a.c",
            "#include \"/dev/stdin\"\n",
            contained("it is empty"),
        ),
        source(
            "C: #include of itself",
            C,
            "a.c",
            "#include __FILE__\n#include __FILE__\n",
            stopped(),
        ),
        source(
            "C: warnings without end",
            C,
            "a.c",
            "#warning and on\n#if __INCLUDE_LEVEL__ < 40\n#include __FILE__\n#include __FILE__\n#endif\n",
            stopped(),
        ),
        source(
            "C: macro bomb",
            C,
            "a.c",
            format!("{}int a[] = {{ m9 }};\n", bomb("1,")),
            stopped(),
        ),
        source("C: giant initialised array", C, "a.c", "char a[1L << 40] = {1};\n", stopped()),
        source("C: int main[-1u] = {1}", C, "a.c", "int main[-1u] = {1};\n", stopped()),
        source(
            "C: .incbin \"/etc/shadow\"",
            C,
            "a.c",
            "__asm__(\".incbin \\\"/etc/shadow\\\"\");\n",
            absent(),
        ),
        source(
            "C: .incbin of a file of the judge's",
            C,
            "a.c",
            "__asm__(\".incbin \\\"{secret}\\\"\");\n",
            absent(),
        ),
        source(
            "C: .incbin \"/dev/zero\"",
            C,
            "a.c",
            "__asm__(\".incbin \\\"/dev/zero\\\"\");\n",
            either([contained("it reads as empty"), stopped()]),
        ),
        source(
            "C: assembler that repeats without end",
            C,
            "a.c",
            "__asm__(\".rept 0x7fffffff\\n.quad 1\\n.endr\");\n",
            stopped(),
        ),
        source(
            "C: a #pragma that depends on a file of the judge's",
            C,
            "a.c",
            "#pragma GCC dependency \"{secret}\"\n",
            absent(),
        ),
        source(
            "C: a linker script that takes in a file of the judge's",
            "gcc -o a a.ld",
            "a.ld",
            "INPUT({secret})\n",
            absent(),
        ),
        source(
            "C++: template bomb in depth",
            CPP,
            "a.cpp",
            "template<int N> struct A { static const int v = A<N + 1>::v; };\nint x = A<0>::v;\n",
            stopped(),
        ),
        source(
            "C++: template bomb in width",
            CPP,
            "a.cpp",
            "template<int N, int K> struct A { static const int v = A<N - 1, 2 * K>::v + A<N - 1, 2 * K + 1>::v; };\ntemplate<int K> struct A<0, K> { static const int v = 1; };\nint x = A<28, 0>::v;\n",
            stopped(),
        ),
        source(
            "C++: constexpr without end",
            "g++ -std=c++20 -fconstexpr-ops-limit=9223372036854775807 -fconstexpr-loop-limit=2147483647 -c a.cpp",
            "a.cpp",
            "constexpr long f() { long s = 0; for (int i = 0; i < 2000000000; i++) s += i; return s; }\nconstexpr long x = f();\n",
            stopped(),
        ),
        source(
            "C++: errors without end",
            CPP,
            "a.cpp",
            format!("{}void f() {{ m5 }}\n", bomb("x++;")),
            stopped(),
        ),
        source(
            "Rust: include_str!(\"/etc/shadow\")",
            RUST,
            "a.rs",
            "const X: &str = include_str!(\"/etc/shadow\");\nfn main() { println!(\"{X}\") }\n",
            absent(),
        ),
        source(
            "Rust: include_bytes! of a file of the judge's",
            RUST,
            "a.rs",
            "const X: &[u8] = include_bytes!(\"{secret}\");\nfn main() {}\n",
            absent(),
        ),
        source(
            "Rust: include_bytes!(\"/dev/zero\")",
            RUST,
            "a.rs",
            "const X: &[u8] = include_bytes!(\"/dev/zero\");\nfn main() {}\n",
            either([MEMORY, CPU, WALL]),
        ),
        source(
            "Rust: macro bomb",
            RUST,
            "a.rs",
            "#![recursion_limit = \"1000000\"]\nmacro_rules! m { ($($t:tt)*) => { m!($($t)* $($t)* x) } }\nfn main() { m!(x) }\n",
            either([MEMORY, CPU, End::Signal(11), gives_up(101), stopped()]),
        ),
        source(
            "Rust: constants without end",
            RUST,
            "a.rs",
            "#![allow(long_running_const_eval)]\nconst X: u64 = { let mut i = 0; while i < u64::MAX { i += 1; } i };\nfn main() { println!(\"{}\", X) }\n",
            stopped(),
        ),
        source(
            "Go: //go:embed of a file of the judge's",
            GO,
            "a.go",
            "package main\nimport _ \"embed\"\n//go:embed /etc/shadow\nvar s string\nfunc main() { println(s) }\n",
            End::Failed(1, "refused by the compiler"),
        ),
        source(
            "Go: cgo",
            GO,
            "a.go",
            "package main\n// #cgo LDFLAGS: -Wl,--version\n// int f() { return 1; }\nimport \"C\"\nfunc main() { println(C.f()) }\n",
            End::Failed(1, "switched off"),
        ),
        source(
            "Go: giant array",
            GO,
            "a.go",
            "package main\nvar a = [1 << 30]int64{1 << 30 - 1: 1}\nfunc main() { println(a[0]) }\n",
            either([stopped(), gives_up(2)]),
        ),
        source(
            "Python: nested without end",
            "/usr/bin/python3 -I -m py_compile a.py",
            "a.py",
            format!("x = {}{}\n", "(".repeat(50_000), ")".repeat(50_000)),
            gives_up(1),
        ),
    ];
    // A compiled processor, as if a submission could bring one: it runs in the compiler.
    let processor = "import java.nio.file.*; import java.util.*; import javax.annotation.processing.*;\n\
        import javax.lang.model.element.*;\n\
        @SupportedAnnotationTypes(\"*\") public class P extends AbstractProcessor {\n\
        public boolean process(Set<? extends TypeElement> t, RoundEnvironment r) {\n\
        for (String path : new String[] {\"/etc/shadow\", \"{secret}\"}) try {\n\
        System.err.println(Files.readString(Path.of(path))); System.exit(50); } catch (Exception e) { }\n\
        try { new java.net.Socket(\"127.0.0.1\", 80); System.exit(51); } catch (Exception e) { }\n\
        System.exit(42); return false; } }\n";
    let compile = "sh -ec 'javac -J-XX:-UsePerfData -proc:none P.java; javac -J-XX:-UsePerfData -cp . -processor P A.java'";
    sources.push(Source {
        words: "Java: an annotation processor that reads files and calls out",
        sources: vec![
            ("P.java", processor.to_owned()),
            ("A.java", "@Deprecated class A {}".to_owned()),
        ],
        compile,
        end: End::Failed(42, "it runs in the box, and finds nothing"),
        bare: None,
    });
    for source in &mut sources {
        // Those that show what they read, or take it into the program.
        if source.sources.iter().any(|(_, text)| text.contains("{secret}")) {
            source.bare = Some(readable());
        }
    }
    sources
}

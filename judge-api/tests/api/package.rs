//! Problem packages in memory.

use crate::support::{CODE, JURY_CODE, SECRET_ANSWER, SECRET_INPUT, SECRET_NAME};
use std::collections::BTreeMap;
use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;

/// A problem package in memory.
pub(crate) struct Package {
    pub(crate) name: &'static str,
    pub(crate) files: BTreeMap<String, Vec<u8>>,
}

impl Package {
    pub(crate) fn sum() -> Self {
        let pixel = b"\x89PNG\r\n\x1a\nnot much of an image".to_vec();
        let files = [
            ("problem.yaml", "name: Sum of two\nlicense: cc0\n".to_owned().into_bytes()),
            (".timelimit", b"1\n".to_vec()),
            (
                "problem_statement/problem.en.md",
                b"Add $a$ and $b$.\n\n<script>alert(1)</script>\n\n![picture](pic.png)\n".to_vec(),
            ),
            ("problem_statement/problem.de.md", "Addiere $a$ und $b$, öfter.\n".into()),
            ("problem_statement/pic.png", pixel),
            ("data/sample/1.in", b"1 2\n".to_vec()),
            ("data/sample/1.ans", b"3\n".to_vec()),
            (&format!("data/secret/{SECRET_NAME}.in"), format!("{SECRET_INPUT} 111111\n").into()),
            (&format!("data/secret/{SECRET_NAME}.ans"), format!("{SECRET_ANSWER}\n").into()),
            ("attachments/helper.html", b"<script>alert(2)</script>".to_vec()),
            ("submissions/accepted/a.py", format!("{JURY_CODE} = 1\n{CODE}").into()),
        ];
        let files = files.into_iter().map(|(path, content)| (path.to_owned(), content)).collect();
        Self { name: "sum", files }
    }

    pub(crate) fn file(mut self, path: &str, content: &[u8]) -> Self {
        self.files.insert(path.to_owned(), content.to_vec());
        self
    }

    pub(crate) fn named(mut self, name: &'static str) -> Self {
        self.name = name;
        self
    }

    pub(crate) fn zip(&self) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (path, content) in &self.files {
            let path = format!("{}/{path}", self.name);
            zip.start_file(path, SimpleFileOptions::default()).unwrap();
            zip.write_all(content).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }
}

//! `problem.yaml` of the package that is made.

use super::Conversion;
use crate::{
    PackageFormat,
    fault::Findings,
    written::{WrittenPackage, list, mebibytes, quoted, seconds, time_limit},
};
use judge_types::Limits;

impl Conversion<'_> {
    pub(super) fn head(&self, written: &mut WrittenPackage, findings: &mut Findings) {
        let package = self.package;
        let head = &mut written.head;
        head.names = package.titles.clone();
        if head.names.is_empty() {
            head.names.insert("en".into(), package.short_name.clone());
        }
        let kind = self.kind();
        for (word, is) in [
            ("scoring", kind.scoring),
            ("interactive", kind.interactive),
            ("multi-pass", kind.is_multi_pass()),
            ("submit-answer", kind.submit_answer),
        ] {
            head.kind.extend(is.then_some(word));
        }
        for (key, name) in
            [("input-file", &package.input_file), ("output-file", &package.output_file)]
        {
            if let Some(name) = name {
                let message = format!(
                    "submissions here use standard input and output, not the file {name:?}"
                );
                findings.warn(self.cannot(&format!("judging.{key}"), message));
            }
        }
        if !package.constants.is_empty() {
            findings.warn(self.cannot("constants", "are left out: write their values out"));
        }
        self.credits(written, findings);
        let values = &mut written.head.values;
        for (key, items) in
            [("keywords", Some(&package.keywords)), ("languages", package.languages.as_ref())]
        {
            values.extend(items.filter(|items| !items.is_empty()).map(|items| (key, list(items))));
        }
        if package.allow_file_writing {
            values.push(("allow_file_writing", "true".into()));
        }
        self.limits(written);
    }

    fn credits(&self, written: &mut WrittenPackage, findings: &mut Findings) {
        let credits = &self.package.credits;
        let values = &mut written.head.values;
        values.extend(credits.author.iter().map(|author| ("credits", quoted(author))));
        values.extend(credits.rights_owner.iter().map(|owner| ("rights_owner", quoted(owner))));
        values.extend(credits.source.iter().map(|source| {
            let url = credits.source_url.iter().map(|url| format!(", url: {}", quoted(url)));
            ("source", format!("[{{name: {}{}}}]", quoted(source), url.collect::<String>()))
        }));
        let Some(license) = &credits.license else { return };
        let is_owned =
            credits.author.is_some() || credits.source.is_some() || credits.rights_owner.is_some();
        if is_owned || matches!(license.as_str(), "unknown" | "public domain") {
            values.push(("license", quoted(license)));
        } else {
            let message = format!("{license:?} is left out: nobody is named who gives it");
            findings.warn(self.cannot("license", message));
        }
    }

    fn limits(&self, written: &mut WrittenPackage) {
        let package = self.package;
        let (own, default) = (&package.limits, Limits::default());
        let limits = &mut written.head.limits;
        if package.time_limit_stated {
            limits.extend(time_limit(own.time_ms));
        } else if package.format == PackageFormat::Legacy {
            let timing = package.timing;
            let value = format!(
                "{{ac_to_time_limit: {}, time_limit_to_tle: {}}}",
                timing.multiplier, timing.safety_margin
            );
            limits.push(("time_multipliers", value));
        }
        limits.push(("memory", mebibytes(own.memory_bytes)));
        let kibibytes = |bytes: u64| bytes.div_ceil(1024).max(1).to_string();
        for (key, own, default, show) in [
            (
                "output",
                own.output_bytes,
                default.output_bytes,
                &mebibytes as &dyn Fn(u64) -> String,
            ),
            ("code", own.code_bytes, default.code_bytes, &kibibytes),
            ("compilation_time", own.compilation_time_ms, default.compilation_time_ms, &seconds),
            (
                "compilation_memory",
                own.compilation_memory_bytes,
                default.compilation_memory_bytes,
                &mebibytes,
            ),
            ("validation_time", own.validation_time_ms, default.validation_time_ms, &seconds),
            (
                "validation_memory",
                own.validation_memory_bytes,
                default.validation_memory_bytes,
                &mebibytes,
            ),
            (
                "validation_output",
                own.validation_output_bytes,
                default.validation_output_bytes,
                &mebibytes,
            ),
        ] {
            limits.extend((own != default).then(|| (key, show(own))));
        }
        if self.kind().is_multi_pass() {
            limits.push(("validation_passes", self.kind().passes.to_string()));
        }
    }
}

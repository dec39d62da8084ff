//! `data/` of the package that is made.

use super::Conversion;
use crate::{
    Aggregation, Grading, InputFlags, Member, Note, PackageFormat, Shown, TestCase, TestGroup,
    ValidationKind,
    fault::Findings,
    tree::{self, MAX_TEXT_BYTES},
    written::{WrittenPackage, list, quoted, slug},
};
use std::collections::BTreeMap;

/// The arguments of validators for one test case, as lines of YAML.
type Arguments = String;

impl Conversion<'_> {
    pub(super) fn data(&self, written: &mut WrittenPackage, findings: &mut Findings) {
        let package = self.package;
        let stems: Vec<_> = package.test_cases.iter().map(|case| self.stem(case)).collect();
        let mut configs = self.scores(&stems, findings);
        let mut by_folder: BTreeMap<String, Vec<(&str, Arguments)>> = BTreeMap::new();
        for (case, stem) in package.test_cases.iter().zip(&stems) {
            let parts: Vec<_> = stem.splitn(3, '/').collect();
            let inner = parts[..parts.len() - 1].join("/");
            // A folder with a file of its own would become a group, and groups suffer no test case beside them.
            let folder = if configs.contains_key(&inner) { inner } else { parts[0].to_owned() };
            by_folder.entry(folder).or_default().push((stem, arguments(case)));
            self.case(case, stem, written, findings);
        }
        let mut own: BTreeMap<&str, String> = BTreeMap::new();
        for (folder, cases) in &by_folder {
            let first = &cases[0].1;
            if cases.iter().all(|(_, arguments)| arguments == first) {
                *configs.entry(folder.clone()).or_default() += first;
            } else {
                own.extend(cases.iter().map(|(stem, arguments)| (*stem, arguments.clone())));
            }
        }
        for (case, stem) in package.test_cases.iter().zip(&stems) {
            let mut yaml = own.remove(stem.as_str()).unwrap_or_default();
            yaml += &self.notes(case, findings);
            if !yaml.is_empty() {
                written.add(format!("data/{stem}.yaml"), yaml);
            }
        }
        for (folder, yaml) in configs.into_iter().filter(|(_, yaml)| !yaml.is_empty()) {
            written.add(format!("data/{folder}/test_group.yaml"), yaml);
        }
        self.samples(&stems, written);
        self.validation_cases(written, findings);
    }

    /// The test case's path below `data/`, without its extension.
    fn stem(&self, case: &TestCase) -> String {
        if self.package.format != PackageFormat::Polygon {
            return case.name.clone();
        }
        let name = case.name.rsplit('/').next().unwrap_or(&case.name);
        match self.folder(case.group) {
            _ if case.is_sample => format!("sample/{name}"),
            Some(folder) => format!("{folder}/{name}"),
            None => format!("secret/{name}"),
        }
    }

    /// Where the secret test cases of a group lie, where that is no place for all.
    fn folder(&self, group: usize) -> Option<String> {
        let groups = &self.package.groups;
        let name = &groups[group].name;
        if self.package.format != PackageFormat::Polygon {
            return name.starts_with("secret/").then(|| name.clone());
        }
        // Groups are judged in the order of their names.
        let width = groups.len().to_string().len();
        match group {
            0 if groups.len() == 1 || !self.kind().scoring => None,
            _ => {
                Some(format!("secret/{group:0width$}-{}", slug(name)).trim_end_matches('-').into())
            }
        }
    }

    fn case(
        &self,
        case: &TestCase,
        stem: &str,
        written: &mut WrittenPackage,
        findings: &mut Findings,
    ) {
        written.copy(format!("data/{stem}.in"), &case.input);
        written.copy(format!("data/{stem}.ans"), &case.answer);
        if let Some(image) = &case.image
            && let Some(extension) = image.extension()
        {
            written.copy(format!("data/{stem}.{}", extension.display()), image);
        }
        for file in &case.files {
            written.copy(format!("data/{stem}.files/{}", file.name), &file.source);
        }
        if case.validator.is_some() {
            let name = format!("data/{}", case.name);
            let message = "output_validator_flags.name has no place; all is for the only validator";
            findings.warn(crate::Fault::new(name, message));
        }
    }

    /// What stands in the test case's own file, besides arguments of validators.
    fn notes(&self, case: &TestCase, findings: &mut Findings) -> String {
        let mut yaml = String::new();
        if !case.arguments.is_empty() {
            yaml += &format!("args: {}\n", list(&case.arguments));
        }
        if case.full_feedback != case.is_sample {
            yaml += &format!("full_feedback: {}\n", case.full_feedback);
        }
        for (key, note) in [("description", &case.description), ("hint", &case.hint)] {
            let text = match note {
                None => continue,
                Some(Note::Text(text)) => Some(text.clone()),
                Some(Note::File(file)) => {
                    let name = self.relative(file).display().to_string();
                    findings.keep(tree::read_text(file, &name, MAX_TEXT_BYTES))
                }
            };
            yaml += &text.map(|text| format!("{key}: {}\n", quoted(&text))).unwrap_or_default();
        }
        yaml
    }

    /// What the groups say of scores, by folder.
    fn scores(&self, stems: &[String], findings: &mut Findings) -> BTreeMap<String, String> {
        let mut configs = BTreeMap::new();
        let groups = &self.package.groups;
        if !self.kind().scoring {
            return configs;
        }
        let mut total = 0.0;
        for (index, group) in groups.iter().enumerate() {
            let Grading::Aggregate { aggregation, max_score } = &group.grading else {
                let (field, scores) = match self.package.format {
                    PackageFormat::Polygon => ("assets.checker", "that only the checker says"),
                    _ => ("type", "by the legacy rules"),
                };
                let message = format!("scores {scores} have no counterpart");
                findings.fault_once(self.cannot(field, message));
                continue;
            };
            if self.package.format != PackageFormat::Polygon {
                if group.name.starts_with("secret") {
                    let yaml = self.config(group, *aggregation, *max_score);
                    configs.insert(group.name.clone(), yaml);
                }
                continue;
            }
            let secret: Vec<_> = self.secret_cases(group).collect();
            self.warn_of_points(group, findings);
            let most = match aggregation {
                Aggregation::Sum => secret.iter().filter_map(|case| case.points).sum(),
                _ => max_score.unwrap_or_default(),
            };
            if secret.is_empty() {
                continue;
            }
            total += most;
            if let Some(folder) = self.folder(index) {
                configs.insert(folder, self.config(group, *aggregation, Some(most)));
            }
        }
        if self.package.format == PackageFormat::Polygon
            && stems.iter().any(|stem| stem.starts_with("secret/"))
        {
            let yaml = format!("score_aggregation: sum\nmax_score: {total}\n");
            configs.insert("secret".into(), yaml);
        }
        configs
    }

    fn secret_cases<'b>(&'b self, group: &'b TestGroup) -> impl Iterator<Item = &'b TestCase> {
        let cases = group.members.iter().filter_map(|member| match member {
            Member::Case(index) => Some(&self.package.test_cases[*index]),
            Member::Group(_) => None,
        });
        cases.filter(|case| !case.is_sample)
    }

    fn config(&self, group: &TestGroup, aggregation: Aggregation, most: Option<f64>) -> String {
        let aggregation = match aggregation {
            Aggregation::PassFail => "pass-fail",
            Aggregation::Sum => "sum",
            Aggregation::Min => "min",
        };
        let most = most.map_or("unbounded".to_owned(), |most| most.to_string());
        let mut yaml = format!("score_aggregation: {aggregation}\nmax_score: {most}\n");
        let mut required: Vec<String> = Vec::new();
        for &index in &group.requires {
            let needed = &self.package.groups[index];
            let folder = self.folder(index).filter(|_| self.secret_cases(needed).next().is_some());
            let is_sample = needed.members.iter().any(
                |member| matches!(member, Member::Case(c) if self.package.test_cases[*c].is_sample),
            );
            required.extend(folder);
            required.extend((is_sample || needed.name == "sample").then(|| "sample".to_owned()));
        }
        required.dedup();
        if !required.is_empty() {
            yaml += &format!("require_pass: {}\n", list(&required));
        }
        yaml
    }

    /// Every test case of a group is worth the same in version 2025-09, and samples nothing.
    fn warn_of_points(&self, group: &TestGroup, findings: &mut Findings) {
        let points: Vec<_> = self.secret_cases(group).filter_map(|case| case.points).collect();
        let name = &group.name;
        if points.windows(2).any(|two| two[0] != two[1]) {
            let message =
                format!("the tests of group {name:?} are worth the same here, their sum stays");
            findings.warn(self.cannot("judging.testset.tests.test.points", message));
        }
        let samples = group.members.iter().filter_map(|member| match member {
            Member::Case(index) => Some(&self.package.test_cases[*index]),
            Member::Group(_) => None,
        });
        if samples.filter(|case| case.is_sample).any(|case| case.points.is_some_and(|p| p > 0.0)) {
            let message = format!("the samples of group {name:?} are worth nothing here");
            findings.warn(self.cannot("judging.testset.tests.test.points", message));
        }
    }

    fn samples(&self, stems: &[String], written: &mut WrittenPackage) {
        for sample in &self.package.samples {
            let cases = &self.package.test_cases;
            let place = cases.iter().position(|case| case.name == sample.name);
            let stem = place.map_or(&sample.name, |place| &stems[place]);
            match &sample.shown {
                Shown::Interaction(file) => written.copy(format!("data/{stem}.interaction"), file),
                Shown::Pair { input, output } => {
                    let Some(case) = place.map(|place| &cases[place]) else { continue };
                    if *input != case.input {
                        written.copy(format!("data/{stem}.in.statement"), input);
                    }
                    if *output != case.answer {
                        written.copy(format!("data/{stem}.ans.statement"), output);
                    }
                }
            }
        }
    }

    fn validation_cases(&self, written: &mut WrittenPackage, findings: &mut Findings) {
        for (number, case) in (1..).zip(&self.package.validation_cases) {
            let folder = match case.kind {
                ValidationKind::InvalidInput => "invalid_input",
                ValidationKind::InvalidOutput => "invalid_output",
                ValidationKind::ValidOutput => "valid_output",
            };
            let stem = format!("data/{folder}/{number:03}");
            written.copy(format!("{stem}.in"), &case.input);
            if let Some((answer, output)) = &case.answer_and_output {
                written.copy(format!("{stem}.ans"), answer);
                written.copy(format!("{stem}.out"), output);
            }
            let yaml = flags(&case.input_flags, &case.validator_flags);
            if !yaml.is_empty() {
                written.add(format!("{stem}.yaml"), yaml);
            }
        }
        if self.package.grader.is_some() {
            findings.fault(crate::Fault::new("graders", "have no counterpart"));
        }
    }
}

fn arguments(case: &TestCase) -> Arguments {
    flags(&case.input_flags, &case.validator_flags)
}

fn flags(input: &InputFlags, output: &[String]) -> Arguments {
    let mut yaml = String::new();
    match input {
        InputFlags::All(flags) if flags.is_empty() => {}
        InputFlags::All(flags) => yaml += &format!("input_validator_args: {}\n", list(flags)),
        InputFlags::Named(named) => {
            let named: Vec<_> = named
                .iter()
                .map(|(name, flags)| format!("{}: {}", quoted(name), list(flags)))
                .collect();
            yaml += &format!("input_validator_args: {{{}}}\n", named.join(", "));
        }
    }
    if !output.is_empty() {
        yaml += &format!("output_validator_args: {}\n", list(output));
    }
    yaml
}

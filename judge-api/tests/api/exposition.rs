//! Prometheus' text format, read as strictly as its specification is written.

use std::collections::BTreeMap;

/// A metric with all its series.
#[derive(Debug)]
pub(crate) struct Family {
    pub(crate) help: String,
    pub(crate) kind: String,
    samples: Vec<Sample>,
}

#[derive(Debug, PartialEq)]
struct Sample {
    name: String,
    labels: BTreeMap<String, String>,
    value: f64,
}

/// What a process told.
#[derive(Debug)]
pub(crate) struct Scrape(pub(crate) BTreeMap<String, Family>);

impl Scrape {
    pub(crate) fn parse(text: &str) -> Self {
        assert!(text.ends_with('\n'), "the last line ends");
        let mut families = BTreeMap::<String, Family>::new();
        for line in text.lines() {
            if let Some(rest) = line.strip_prefix("# HELP ") {
                let (name, help) = rest.split_once(' ').expect("a help text");
                let (help, kind, samples) = (help.to_owned(), String::new(), Vec::new());
                let before = families.insert(name.to_owned(), Family { help, kind, samples });
                assert!(before.is_none(), "{name} comes twice");
            } else if let Some(rest) = line.strip_prefix("# TYPE ") {
                let (name, kind) = rest.split_once(' ').expect("a type");
                let family = families.get_mut(name).expect("the help comes before the type");
                assert!(["counter", "gauge", "histogram"].contains(&kind), "{line}");
                kind.clone_into(&mut family.kind);
            } else {
                let sample = sample(line);
                let name = family_of(&sample.name, &families);
                let family = families.get_mut(&name).unwrap_or_else(|| panic!("no type: {line}"));
                let same = |other: &&Sample| {
                    (&other.name, &other.labels) == (&sample.name, &sample.labels)
                };
                assert_eq!(family.samples.iter().find(same), None, "twice: {line}");
                family.samples.push(sample);
            }
        }
        let scrape = Self(families);
        scrape.check();
        scrape
    }

    fn check(&self) {
        for (name, family) in &self.0 {
            assert!(!family.samples.is_empty() && !family.help.is_empty(), "{name}");
            assert_eq!(family.kind == "counter", name.ends_with("_total"), "{name}");
            if family.kind != "histogram" {
                continue;
            }
            for count in family.samples.iter().filter(|sample| sample.name.ends_with("_count")) {
                let buckets: Vec<f64> = family
                    .samples
                    .iter()
                    .filter(|sample| sample.name.ends_with("_bucket"))
                    .filter(|sample| {
                        count.labels.iter().all(|(k, v)| sample.labels.get(k) == Some(v))
                    })
                    .map(|sample| sample.value)
                    .collect();
                assert!(buckets.is_sorted(), "{name}: {buckets:?}");
                assert_eq!(buckets.last(), Some(&count.value), "{name}: the last is +Inf");
            }
        }
    }

    /// The value of one series, if there is one.
    pub(crate) fn find(&self, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
        let labels: BTreeMap<_, _> =
            labels.iter().map(|&(k, v)| (k.to_owned(), v.to_owned())).collect();
        let mut samples = self.0.values().flat_map(|family| &family.samples);
        samples.find(|sample| sample.name == name && sample.labels == labels).map(|s| s.value)
    }

    /// The value of one series, which there must be.
    pub(crate) fn get(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        self.find(name, labels).unwrap_or_else(|| panic!("no {name}{labels:?} in {self:#?}"))
    }
}

/// A histogram's series have its name with something behind it.
fn family_of(name: &str, families: &BTreeMap<String, Family>) -> String {
    let ends = ["_bucket", "_sum", "_count"].into_iter();
    let base = ends
        .filter_map(|end| name.strip_suffix(end))
        .find(|base| families.get(*base).is_some_and(|family| family.kind == "histogram"));
    base.unwrap_or(name).to_owned()
}

fn sample(line: &str) -> Sample {
    let (series, value) = line.rsplit_once(' ').expect("a value");
    let value = value.replace("+Inf", "inf").parse().unwrap_or_else(|_| panic!("a number: {line}"));
    let (name, labels) = match series.split_once('{') {
        Some((name, labels)) => (name, labels.strip_suffix('}').expect("labels end")),
        None => (series, ""),
    };
    let is_word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    assert!(!name.is_empty() && name.chars().all(is_word), "{line}");
    // No label of ours has a quote or a comma in it.
    let labels = labels.split(',').filter(|label| !label.is_empty()).map(|label| {
        let (key, value) = label.split_once('=').expect("a label's value");
        let value = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
        (key.to_owned(), value.expect("a quoted value").to_owned())
    });
    Sample { name: name.to_owned(), labels: labels.collect(), value }
}

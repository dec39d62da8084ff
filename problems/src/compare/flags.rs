//! How strictly the default output validator compares.

/// The default output validator's arguments.
///
/// ICPC problem package format (legacy), section "Default Output Validator".
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct CompareFlags {
    /// Whether `Yes` and `yes` differ. By default they do not.
    pub case_sensitive: bool,
    /// Whether white space must be the same byte for byte. By default any amount equals any other.
    pub space_change_sensitive: bool,
    /// How far a number may be from the answer's.
    pub float_absolute_tolerance: Option<f64>,
    /// How far a number may be from the answer's, as a fraction of the answer's.
    pub float_relative_tolerance: Option<f64>,
}

/// An argument that the default output validator does not take.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidFlag {
    /// No flag has this name.
    #[error(
        "{0:?} is not a flag of the default output validator (case_sensitive, space_change_sensitive, float_absolute_tolerance, float_relative_tolerance, float_tolerance)"
    )]
    Unknown(String),
    /// A tolerance has no number after it.
    #[error("{0} needs a number after it")]
    NoTolerance(&'static str),
    /// A tolerance is not a finite number from 0.
    #[error("{flag} must be a number from 0, not {value:?}")]
    BadTolerance {
        /// The flag's name.
        flag: &'static str,
        /// What stands after it.
        value: String,
    },
}

impl CompareFlags {
    /// Reads the flags as they stand in `validator_flags`, split at white space. A later flag
    /// overrides an earlier one.
    ///
    /// # Errors
    /// The first flag that is unknown or lacks a good number.
    pub fn parse<S: AsRef<str>>(arguments: &[S]) -> Result<Self, InvalidFlag> {
        let mut flags = Self::default();
        let mut arguments = arguments.iter().map(AsRef::as_ref);
        while let Some(flag) = arguments.next() {
            let mut tolerance = |flag| tolerance(flag, arguments.next()).map(Some);
            match flag {
                "case_sensitive" => flags.case_sensitive = true,
                "space_change_sensitive" => flags.space_change_sensitive = true,
                "float_absolute_tolerance" => {
                    flags.float_absolute_tolerance = tolerance("float_absolute_tolerance")?;
                }
                "float_relative_tolerance" => {
                    flags.float_relative_tolerance = tolerance("float_relative_tolerance")?;
                }
                "float_tolerance" => {
                    let both = tolerance("float_tolerance")?;
                    flags.float_absolute_tolerance = both;
                    flags.float_relative_tolerance = both;
                }
                unknown => return Err(InvalidFlag::Unknown(unknown.chars().take(64).collect())),
            }
        }
        Ok(flags)
    }

    /// Finds a tolerance that is given twice, alone or as a part of `float_tolerance`, in arguments that are good otherwise.
    ///
    /// ICPC problem package format (2025-09), section "Default Output Validator".
    pub(crate) fn repeated_tolerance<S: AsRef<str>>(arguments: &[S]) -> Option<&'static str> {
        const ALL: [&str; 3] =
            ["float_tolerance", "float_absolute_tolerance", "float_relative_tolerance"];
        let count = |name| arguments.iter().filter(|word| word.as_ref() == name).count();
        let both = count(ALL[0]);
        ALL.into_iter().find(|name| match *name {
            "float_tolerance" => both > 1,
            one => count(one) + both > 1,
        })
    }

    /// Whether numbers are compared by value.
    pub(crate) fn compares_numbers(&self) -> bool {
        self.float_absolute_tolerance.is_some() || self.float_relative_tolerance.is_some()
    }

    /// Whether `output` is near enough to `answer`: within either of the tolerances.
    pub(crate) fn near(&self, answer: f64, output: f64) -> bool {
        let error = (answer - output).abs();
        self.float_absolute_tolerance.is_some_and(|most| error <= most)
            || self.float_relative_tolerance.is_some_and(|most| error <= most * answer.abs())
    }
}

fn tolerance(flag: &'static str, value: Option<&str>) -> Result<f64, InvalidFlag> {
    let value = value.ok_or(InvalidFlag::NoTolerance(flag))?;
    match value.parse::<f64>() {
        Ok(number) if number.is_finite() && number >= 0.0 => Ok(number),
        _ => Err(InvalidFlag::BadTolerance { flag, value: value.chars().take(64).collect() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(flags: &str) -> Result<CompareFlags, String> {
        let words: Vec<_> = flags.split_whitespace().collect();
        CompareFlags::parse(&words).map_err(|error| error.to_string())
    }

    #[test]
    fn every_flag_is_read() {
        assert_eq!(parse(""), Ok(CompareFlags::default()));
        let flags = parse(
            "case_sensitive space_change_sensitive float_absolute_tolerance 1e-6 float_relative_tolerance .5",
        );
        assert_eq!(
            flags,
            Ok(CompareFlags {
                case_sensitive: true,
                space_change_sensitive: true,
                float_absolute_tolerance: Some(1e-6),
                float_relative_tolerance: Some(0.5),
            })
        );
    }

    #[test]
    fn one_tolerance_sets_both_and_the_later_flag_holds() {
        let flags = parse("float_tolerance 1e-4 float_absolute_tolerance 1").unwrap();
        assert_eq!(flags.float_absolute_tolerance, Some(1.0));
        assert_eq!(flags.float_relative_tolerance, Some(1e-4));
    }

    #[test]
    fn a_bad_flag_is_named() {
        insta::assert_snapshot!(parse("float_tolerance").unwrap_err(), @"float_tolerance needs a number after it");
        insta::assert_snapshot!(parse("float_tolerance x").unwrap_err(), @r#"float_tolerance must be a number from 0, not "x""#);
        for bad in ["float_tolerance -1", "float_tolerance nan", "float_tolerance inf", "--help"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}

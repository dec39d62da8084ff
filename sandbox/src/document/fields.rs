//! Single fields: each is checked where it is read, so that its line is known.

use std::fmt;
use std::marker::PhantomData;
use std::path::{Component, Path, PathBuf};

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Unexpected, Visitor};

/// A struct written as an object: serde would take its bare values in an array as well.
pub(super) struct Object<T>(pub(super) T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Keys<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Keys<T> {
            type Value = T;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map))
            }
        }
        from.deserialize_map(Keys(PhantomData)).map(Self)
    }
}

/// Reads an object.
pub(super) fn object<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    from: D,
) -> Result<T, D::Error> {
    Object::deserialize(from).map(|Object(value)| value)
}

/// Reads an array of objects.
pub(super) fn objects<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    from: D,
) -> Result<Vec<T>, D::Error> {
    let read = Vec::<Object<T>>::deserialize(from)?;
    Ok(read.into_iter().map(|Object(value)| value).collect())
}

/// A whole number of two bounds.
struct Whole<T, const MIN: u64, const MAX: u64>(PhantomData<T>);

impl<T: TryFrom<u64>, const MIN: u64, const MAX: u64> Visitor<'_> for Whole<T, MIN, MAX> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a whole number from {MIN} to {MAX}")
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<T, E> {
        match u64::try_from(value) {
            Ok(value) => self.visit_u64(value),
            Err(_) => Err(E::invalid_value(Unexpected::Signed(value), &self)),
        }
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<T, E> {
        let within = (MIN..=MAX).contains(&value).then(|| T::try_from(value).ok()).flatten();
        within.ok_or_else(|| E::invalid_value(Unexpected::Unsigned(value), &self))
    }
}

/// Reads a whole number from `MIN` to `MAX`.
pub(super) fn between<'de, D, T, const MIN: u64, const MAX: u64>(from: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: TryFrom<u64>,
{
    from.deserialize_u64(Whole::<T, MIN, MAX>(PhantomData))
}

/// The same, or `null`.
pub(super) fn between_or_null<'de, D, T, const MIN: u64, const MAX: u64>(
    from: D,
) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: TryFrom<u64>,
{
    struct Bounded<T, const MIN: u64, const MAX: u64>(T);
    impl<'de, T: TryFrom<u64>, const MIN: u64, const MAX: u64> Deserialize<'de>
        for Bounded<T, MIN, MAX>
    {
        fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
            between::<D, T, MIN, MAX>(from).map(Self)
        }
    }
    let read = Option::<Bounded<T, MIN, MAX>>::deserialize(from)?;
    Ok(read.map(|Bounded(value)| value))
}

/// Reads a text that `accept` finds nothing wrong with.
fn text<'de, D: Deserializer<'de>>(
    from: D,
    accept: fn(&str) -> bool,
    wanted: &'static str,
) -> Result<String, D::Error> {
    let text = String::deserialize(from)?;
    if accept(&text) {
        return Ok(text);
    }
    Err(D::Error::invalid_value(Unexpected::Str(&text), &wanted))
}

/// Reads an absolute path of the host or the box.
pub(super) fn absolute<'de, D: Deserializer<'de>>(from: D) -> Result<PathBuf, D::Error> {
    text(from, is_absolute, "an absolute path without `..`").map(PathBuf::from)
}

/// Reads a path of the box that something can be mounted at.
pub(super) fn target<'de, D: Deserializer<'de>>(from: D) -> Result<Option<PathBuf>, D::Error> {
    let wanted = "an absolute path without `..`, other than `/`";
    let accept = |text: &str| is_absolute(text) && Path::new(text).components().count() > 1;
    text(from, accept, wanted).map(|text| Some(PathBuf::from(text)))
}

/// Reads the name of a file below `/work`.
pub(super) fn name<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    text(from, is_name, "a plain relative path, such as `a/b.txt`")
}

/// Reads the path of a file of the host, absolute or not.
pub(super) fn file<'de, D: Deserializer<'de>>(from: D) -> Result<PathBuf, D::Error> {
    text(from, is_file, "the path of a file").map(PathBuf::from)
}

/// Reads a program and its arguments.
pub(super) fn words<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    let words = Vec::<String>::deserialize(from)?;
    if words.first().is_none_or(String::is_empty) {
        return Err(D::Error::custom("it names no program"));
    }
    if words.iter().any(|word| word.contains('\0')) {
        return Err(D::Error::custom("a nul byte in an argument"));
    }
    Ok(words)
}

fn is_absolute(text: &str) -> bool {
    let path = Path::new(text);
    path.is_absolute()
        && is_file(text)
        && path.components().all(|part| part != Component::ParentDir)
}

fn is_name(text: &str) -> bool {
    is_file(text) && text.split('/').all(|part| !part.is_empty() && part != "." && part != "..")
}

pub(super) fn is_file(text: &str) -> bool {
    !text.is_empty() && !text.contains('\0')
}

//! FPS, the Free Problem Set: several problems in one XML file, as HUSTOJ and its kin export them.
//!
//! The format is that of the project freeproblemset, versions 1.1 to 1.6.

mod item;
mod statement;

use crate::{
    Converted,
    fault::{Fault, Faults, Findings},
    import::Work,
    tree,
    written::slug,
    xml::{self, Element},
};
use std::{collections::BTreeSet, fs, path::Path};

/// The longest file that is read, in bytes: it is read whole, with all test data.
const MAX_BYTES: u64 = 256 << 20;

/// What was made of a set of problems.
#[derive(Debug)]
pub struct ImportedSet {
    /// The problems, in the set's order.
    pub problems: Vec<Converted>,
    /// What is wrong with those that were left out, each with its place in the set or the package that was to be.
    pub left_out: Vec<Fault>,
}

/// Makes a package of each problem in `file`, each in a folder of its own in the new folder `into`. Problems with faults are
/// left out.
///
/// # Errors
/// The file is no set of problems, all of them have faults, or this machine fails. Then nothing is left behind.
pub fn import_fps(file: &Path, into: &Path) -> Result<ImportedSet, Faults> {
    let name = file.file_name().map_or_else(|| "fps".into(), |name| name.to_string_lossy());
    let mut text = tree::read_text(file, &name, MAX_BYTES)?;
    // Nearly every set names the format's, which stands elsewhere.
    xml::without_external_document_type(&mut text);
    let document = xml::parse(&name, &text)?;
    let root = Element::root(&name, &document);
    if root.name() != "fps" {
        let message = format!("the outermost element is {:?}, not \"fps\"", root.name());
        return Err(Fault::new(&*name, message).into());
    }
    let work = Work::beside(into)?;
    let all = work.folder("all")?;
    let mut left_out = Findings::default();
    let mut folders = BTreeSet::new();
    let mut made = Vec::new();
    for (number, element) in (1..).zip(root.all("item")) {
        let mut own = Findings::default();
        let item = item::read(element, &mut own);
        let title = item.head.names.values().next().map(String::as_str).unwrap_or_default();
        let folder = new_folder(title, number, &mut folders);
        let package = own.into_warnings().and_then(|warnings| {
            let package = item.write(&all.join(&folder));
            Ok((package.map_err(|faults| faults.in_folder(&folder))?, warnings))
        });
        match package {
            Ok((package, warnings)) => made.push((folder, package.hash, warnings)),
            Err(faults) if faults.host_failed() => return Err(faults),
            Err(faults) => faults.iter().for_each(|fault| left_out.fault(fault.clone())),
        }
    }
    if made.is_empty() {
        if left_out.check().is_ok() {
            left_out.fault(root.attribute_fault("item", "there is none".into()));
        }
        left_out.check()?;
    }
    fs::rename(&all, into).map_err(Faults::io("store packages", into))?;
    let problems: Result<_, Faults> = made
        .into_iter()
        .map(|(folder, hash, warnings)| {
            let package = crate::Package::open_installed(&into.join(&folder), hash, &folder)?;
            Ok(Converted { package, warnings })
        })
        .collect();
    let left_out = left_out.check().err().map(|faults| faults.iter().cloned().collect());
    Ok(ImportedSet { problems: problems?, left_out: left_out.unwrap_or_default() })
}

/// A name for the folder of the problem with this number that no other has.
fn new_folder(title: &str, number: usize, folders: &mut BTreeSet<String>) -> String {
    let mut folder = slug(title);
    if folder.is_empty() {
        folder = format!("problem-{number}");
    }
    while folders.contains(&folder) {
        folder = format!("{folder}-{number}");
    }
    folders.insert(folder.clone());
    folder
}

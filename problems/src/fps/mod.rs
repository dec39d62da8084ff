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

/// Makes a package of each problem in `file`, each in a folder of its own in the new folder `into`.
///
/// # Errors
/// Everything that is wrong with any of the problems. Then nothing is left behind.
pub fn import_fps(file: &Path, into: &Path) -> Result<Vec<Converted>, Faults> {
    let name = file.file_name().map_or_else(|| "fps".into(), |name| name.to_string_lossy());
    let text = tree::read_text(file, &name, MAX_BYTES)?;
    let document = xml::parse(&name, &text)?;
    let root = Element::root(&name, &document);
    if root.name() != "fps" {
        let message = format!("the outermost element is {:?}, not \"fps\"", root.name());
        return Err(Fault::new(&*name, message).into());
    }
    let mut findings = Findings::default();
    let mut read = Vec::new();
    let mut folders = BTreeSet::new();
    for (number, element) in (1..).zip(root.all("item")) {
        let mut own = Findings::default();
        let item = item::read(element, &mut own);
        findings.extend_faults(&own);
        let title = item.head.names.values().next().map(String::as_str).unwrap_or_default();
        let mut folder = slug(title);
        if folder.is_empty() || folders.contains(&folder) {
            folder = if folder.is_empty() { "problem".into() } else { folder };
            folder = format!("{folder}-{number}");
        }
        folders.insert(folder.clone());
        read.push((folder, item, own));
    }
    if read.is_empty() {
        findings.fault(root.attribute_fault("item", "there is none".into()));
    }
    findings.check()?;
    let work = Work::beside(into)?;
    let all = work.folder("all")?;
    let mut made = Vec::new();
    for (folder, item, own) in read {
        let package = item.write(&all.join(&folder))?;
        made.push((folder, package, own.into_warnings()?));
    }
    fs::rename(&all, into).map_err(Faults::io("store packages", into))?;
    made.into_iter()
        .map(|(folder, package, warnings)| {
            let package =
                crate::Package::open_installed(&into.join(&folder), package.hash, &folder)?;
            Ok(Converted { package, warnings })
        })
        .collect()
}

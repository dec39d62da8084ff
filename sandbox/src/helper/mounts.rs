//! The box's root: a small tmpfs with what the box needs and nothing else of the host.

use std::fs::{self, Permissions};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use nix::mount::{MntFlags, MsFlags, mount, umount2};
use nix::unistd::{chdir, pivot_root};

use super::{Failure, Step};
use crate::protocol::Setup;
use crate::spec::{Level, Mount};
use crate::sys::mount::{NO_DEVICES, NO_SETUID, READ_ONLY};
use crate::sys::mount::{attach, clone_tree, restrict_tree, set_read_only};

const DEVICES: [&str; 5] = ["null", "zero", "full", "random", "urandom"];
/// Links to a process's own streams, as every Linux has them.
const STREAM_LINKS: [(&str, &str); 4] = [
    ("dev/fd", "/proc/self/fd"),
    ("dev/stdin", "/proc/self/fd/0"),
    ("dev/stdout", "/proc/self/fd/1"),
    ("dev/stderr", "/proc/self/fd/2"),
];
/// Where the new root is put together, before it becomes the root. Any folder does.
const BUILDING_SITES: [&str; 3] = ["/tmp", "/var", "/usr"];

/// A detached copy of something of the host, and where it goes.
struct Tree {
    tree: OwnedFd,
    is_folder: bool,
    target: PathBuf,
}

/// Replaces this process's root. `/tmp`, `/dev/shm`, `/work` and `/proc` are left as empty folders.
pub(super) fn build_root(setup: &Setup, inner_id: u32) -> Result<(), Failure> {
    let mut trees = Vec::new();
    for mount in &setup.mounts {
        trees.push(take(mount, READ_ONLY | NO_SETUID | NO_DEVICES)?);
    }
    // So that a mount inside another finds its target.
    trees.sort_by_key(|tree| tree.target.components().count());
    for device in DEVICES {
        let path = Path::new("/dev").join(device);
        trees.push(take(&Mount { target: path.clone(), source: path }, READ_ONLY | NO_SETUID)?);
    }
    if setup.level == Level::UserNamespace {
        // A user namespace may mount a /proc of its own only while it has the host's in sight; each
        // run's /proc covers this one.
        let path = PathBuf::from("/proc");
        trees.push(take(&Mount { target: path.clone(), source: path }, READ_ONLY | NO_SETUID)?);
    }
    let site = BUILDING_SITES.into_iter().find(|path| Path::new(path).is_dir()).unwrap_or("/");
    mount_tmpfs(Path::new(site), 8 << 20, 4096, "mode=755")?;
    chdir(site).step(|| format!("enter the new root at {site}"))?;
    furnish(inner_id)?;
    for tree in &trees {
        place(tree)?;
    }
    pivot_root(".", ".").step(|| "pivot to the new root".into())?;
    umount2(".", MntFlags::MNT_DETACH).step(|| "detach the host's root".into())?;
    chdir("/").step(|| "enter the new root".into())?;
    set_read_only(Path::new("/"), true).step(|| "make the new root read-only".into())
}

fn take(mount: &Mount, attributes: u64) -> Result<Tree, Failure> {
    let source = &mount.source;
    let is_folder = fs::metadata(source)
        .step(|| format!("look at the source of a mount, {}", source.display()))?
        .is_dir();
    let tree =
        clone_tree(source, true).step(|| format!("copy the mount of {}", source.display()))?;
    restrict_tree(tree.as_fd(), attributes)
        .step(|| format!("restrict the mount of {}", source.display()))?;
    Ok(Tree { tree, is_folder, target: mount.target.clone() })
}

fn place(tree: &Tree) -> Result<(), Failure> {
    let target = tree.target.strip_prefix("/").unwrap_or(&tree.target);
    let name = || format!("make the target of a mount, {}", tree.target.display());
    if tree.is_folder {
        fs::create_dir_all(target).step(name)?;
    } else if !target.exists() {
        if let Some(parent) = target.parent() {
            fs::create_dir_all(parent).step(name)?;
        }
        fs::write(target, "").step(name)?;
    }
    attach(tree.tree.as_fd(), target).step(|| format!("mount {} in the box", tree.target.display()))
}

/// The folders, links and files of a root without a system in it. The working folder is the root.
fn furnish(inner_id: u32) -> Result<(), Failure> {
    for folder in ["dev", "dev/shm", "etc", "proc", "tmp", "work"] {
        fs::create_dir(folder).step(|| format!("make /{folder} in the box"))?;
        fs::set_permissions(folder, Permissions::from_mode(0o755))
            .step(|| format!("set the mode of /{folder} in the box"))?;
    }
    for (link, to) in STREAM_LINKS {
        symlink(to, link).step(|| format!("make /{link} in the box"))?;
    }
    let files = [
        (
            "etc/passwd",
            format!(
                "root:x:0:0:root:/:/bin/false\nrunner:x:{inner_id}:{inner_id}:runner:/work:/bin/sh\n"
            ),
        ),
        ("etc/group", format!("root:x:0:\nrunner:x:{inner_id}:\n")),
        ("etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files\n".to_owned()),
        ("etc/hosts", "127.0.0.1 localhost box\n".to_owned()),
    ];
    for (path, text) in files {
        fs::write(path, text).step(|| format!("write /{path} in the box"))?;
    }
    Ok(())
}

/// Mounts a tmpfs of so many bytes and files.
pub(super) fn mount_tmpfs(
    target: &Path,
    bytes: u64,
    inodes: u64,
    options: &str,
) -> Result<(), Failure> {
    // In both, 0 would mean without bound.
    let data = format!("size={},nr_inodes={},{options}", bytes.max(4096), inodes.max(2));
    let flags = MsFlags::MS_NOSUID | MsFlags::MS_NODEV | MsFlags::MS_NOATIME;
    mount(Some("tmpfs"), target, Some("tmpfs"), flags, Some(data.as_str()))
        .step(|| format!("mount a tmpfs at {} in the box", target.display()))
}

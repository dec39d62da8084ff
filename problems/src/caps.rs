//! How large a package may be.

/// What a package may hold before it is refused, in an archive and unpacked.
///
/// They bound what reading a hostile package costs; every real package stays far below them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchiveCaps {
    /// Files and folders.
    pub entries: usize,
    /// All files together, unpacked, in bytes.
    pub total_bytes: u64,
    /// Unpacked size over packed size.
    pub ratio: u64,
    /// Below this unpacked size no ratio is too high, in bytes: repetitive test data compress very well.
    pub ratio_floor_bytes: u64,
    /// Folders in one path, the file's own name included.
    pub path_depth: usize,
    /// One path, in bytes.
    pub path_bytes: usize,
}

impl Default for ArchiveCaps {
    fn default() -> Self {
        Self {
            entries: 100_000,
            total_bytes: 64 << 30,
            ratio: 200,
            ratio_floor_bytes: 256 << 20,
            path_depth: 16,
            path_bytes: 512,
        }
    }
}

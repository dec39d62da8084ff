//! What outlives a process: database, queue, blobs.

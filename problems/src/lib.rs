//! Problem packages: read, validate, pack.

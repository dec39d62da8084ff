//! Programming languages as data.

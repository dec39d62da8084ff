//! The migrations are part of the library: a new one is a change of it.

fn main() {
    println!("cargo::rerun-if-changed=../migrations");
}

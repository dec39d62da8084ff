//! The example problems are part of the executable: a change of them is a change of it.

fn main() {
    println!("cargo::rerun-if-changed=../problems/examples");
}

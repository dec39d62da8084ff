fn main() {
    println!("Hello, Judge!");
}

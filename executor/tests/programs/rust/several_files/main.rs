mod greet;

fn main() {
    let mut name = String::new();
    std::io::stdin().read_line(&mut name).unwrap();
    std::thread::spawn(move || println!("{} {}", greet::greeting(), name.trim())).join().unwrap();
}

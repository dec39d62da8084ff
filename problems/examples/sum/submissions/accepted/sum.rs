use std::io;

fn main() {
    let mut line = String::new();
    io::stdin().read_line(&mut line).expect("a line");
    let sum: i64 = line.split_whitespace().map(|word| word.parse::<i64>().expect("a number")).sum();
    println!("{sum}");
}

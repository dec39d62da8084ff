use std::io::{self, Read};

fn is_prime(number: u32) -> bool {
    number >= 2 && (2..).take_while(|d| d * d <= number).all(|d| number % d != 0)
}

fn main() {
    let mut input = String::new();
    io::stdin().read_to_string(&mut input).expect("text");
    for line in input.lines().skip(1) {
        let n: u32 = line.trim().parse().expect("a number");
        let p = (2..n).find(|&p| is_prime(p) && is_prime(n - p)).expect("a pair");
        println!("{} {p}", n - p);
    }
}

use std::io::{self, Read};

fn minute(time: &str) -> u32 {
    let (hours, minutes) = time.split_once(':').expect("a colon");
    hours.parse::<u32>().expect("hours") * 60 + minutes.parse::<u32>().expect("minutes")
}

fn price(minute: u32) -> u32 {
    match minute {
        0..=10 => 0,
        11..=60 => 5,
        61..=180 => 3,
        _ => 2,
    }
}

fn main() {
    let mut input = String::new();
    io::stdin().read_to_string(&mut input).expect("text");
    let mut total = 0;
    for line in input.lines().skip(1) {
        let (came, left) = line.split_once(' ').expect("two times");
        let (came, left) = (minute(came), minute(left.trim()));
        let stay = if left > came { left - came } else { left + 1440 - came };
        let price = (1..=stay).map(price).sum::<u32>().min(1000);
        println!("{price}");
        total += price;
    }
    println!("{total}");
}

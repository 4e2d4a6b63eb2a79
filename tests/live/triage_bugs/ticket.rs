// Bugs in Rust: `ticket BUG DATA DEPTH WHERE`, as reader.c.
use std::cell::RefCell;
use std::collections::HashMap;

struct Ticket {
    rows: Vec<i32>,
    names: HashMap<i32, String>,
}

fn read_row(ticket: &Ticket, at: usize) -> i32 {
    ticket.rows[at] + 1
}

fn read_name(ticket: &Ticket, at: i32) -> usize {
    ticket.names.get(&at).unwrap().len()
}

#[inline(never)]
fn first_row(ticket: &Ticket, data: usize) -> i32 {
    read_row(ticket, data + 100) * 2
}

#[inline(never)]
fn last_row(ticket: &Ticket, data: usize) -> i32 {
    read_row(ticket, ticket.rows.len() + data) - 2
}

fn borrow_twice(data: i32) -> i32 {
    let cell = RefCell::new(data);
    let mut one = cell.borrow_mut();
    *one += 1;
    let other = cell.borrow_mut();
    *other + *one
}

fn descend(level: u64) -> u64 {
    let room = [level; 32];
    std::hint::black_box(&room);
    descend(level + 1) + room[(level % 32) as usize]
}

fn run(bug: &str, data: i32) -> i64 {
    let ticket = Ticket { rows: vec![1, 2, 3], names: HashMap::new() };
    match bug {
        "first" => first_row(&ticket, data as usize) as i64,
        "last" => last_row(&ticket, data as usize) as i64,
        "name" => read_name(&ticket, data) as i64,
        "borrow" => borrow_twice(data) as i64,
        "descend" => descend(data as u64) as i64,
        _ => std::process::exit(2),
    }
}

fn serve(level: i32, bug: &str, data: i32) -> i64 {
    if level > 0 { serve(level - 1, bug, data) + 1 } else { run(bug, data) + 1 }
}

fn main() {
    let words: Vec<String> = std::env::args().collect();
    let (bug, data, depth) = (words[1].clone(), words[2].parse().unwrap(), words[3].parse().unwrap());
    let work = move || std::process::exit((serve(depth, &bug, data) % 2) as i32);
    if words[4].contains("thread") {
        std::thread::spawn(work).join().unwrap();
    } else {
        work();
    }
}

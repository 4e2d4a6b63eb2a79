// Programs that die of Rust panics, for test_runtimes.py: `panic KIND`. The function that is to blame is `blame`.
use std::cell::RefCell;
use std::collections::HashMap;
use std::process::abort;

struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("in a destructor");
    }
}

#[inline(never)]
fn blame(kind: &str, zero: usize) -> usize {
    let numbers = vec![1usize, 2, 3];
    let names: HashMap<String, usize> = HashMap::new();
    let cell = RefCell::new(1usize);
    match kind {
        "text" => panic!("only a text"),
        "formatted" => panic!("the number is {} and the name {:?}", numbers.len() + 4, "somebody"),
        "expect" => *names.get("missing").expect("no such key"),
        "unwrap" => "seven".parse::<usize>().unwrap(),
        "index" => numbers[zero + 7],
        "divide" => 7 / zero,
        "borrow" => {
            let _held = cell.borrow_mut();
            let value = *cell.borrow();
            value
        }
        "string" => panic!("{}", format!("made of {}", "parts")),
        "abort" => abort(),
        "todo" => unreachable!(),
        _ => {
            let _bomb = Bomb;
            panic!("the first of two");
        }
    }
}

fn main() {
    let kind = std::env::args().nth(1).unwrap_or_default();
    std::process::exit(blame(&kind, kind.len() / 1000) as i32);
}

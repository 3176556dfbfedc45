//! Prints a record of so many phases, with two signatures each, and says how long it took and how much memory it had.
//!
//! `npm run bench -- record` reads the line: milliseconds of the slowest of three prints, peak kilobytes, bytes of the PDF.
#![expect(clippy::print_stdout, reason = "the figures are the program's result")]

#[path = "../tests/support/sample.rs"]
#[expect(clippy::unwrap_used, reason = "the sample is of this program")]
mod sample;

use std::time::Instant;

use ed25519_dalek::SigningKey;
use viruj_record::{print, seal};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let phases: u32 = arguments.next().ok_or("the number of phases is missing")?.parse()?;
    let key = SigningKey::from_bytes(&[1; 32]);
    let mut slowest = 0;
    let mut pdf = Vec::new();
    for _ in 0..3 {
        let record = sample::record(phases);
        let begun = Instant::now();
        let sealed = seal(record, &key)?;
        pdf = print(&sealed, &key)?;
        slowest = slowest.max(begun.elapsed().as_millis());
    }
    if let Some(path) = arguments.next() {
        std::fs::write(path, &pdf)?;
    }
    // The largest resident set of the process (proc_pid_status(5)).
    let status = std::fs::read_to_string("/proc/self/status")?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no VmHWM")?;
    println!("{slowest} {} {}", peak.trim().trim_end_matches(" kB"), pdf.len());
    Ok(())
}

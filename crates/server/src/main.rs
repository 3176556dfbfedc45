//! The plant server's program.

use std::{io::Write, process::ExitCode};

use clap::Parser;
use mimalloc::MiMalloc;
use viruj_server::cli::{CommandLine, run};

/// Gives the memory of a storm of password checks back to the system, which the C library's allocator keeps.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    let line = CommandLine::parse();
    let mut out = std::io::stdout();
    match run(line, &mut out).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "viruj-server: {error}");
            ExitCode::from(error.exit_code())
        }
    }
}

//! The plant server's program.

use std::{io::Write, process::ExitCode};

use clap::Parser;
use viruj_server::cli::{CommandLine, run};

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

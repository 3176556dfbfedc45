//! The station's program: reads the command line and hands over to the library.

#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

use std::process::ExitCode;

use clap::Parser;
use viruj_station_app::{LaunchOptions, run};

fn main() -> ExitCode {
    run(LaunchOptions::parse())
}

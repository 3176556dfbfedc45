use std::time::Duration;

pub fn figure(name: &str, value: f64, unit: &str, goal: Option<(&str, f64)>) {
    let digits = if value >= 100.0 { 0 } else { 2 };
    let goal = goal.map_or_else(String::new, |(sign, goal)| format!(" goal {sign} {goal}"));
    println!("figure {name} {value:.digits$} {unit}{goal}");
}

pub fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// The time that a share of them is not above.
pub fn percentile(times: &mut [Duration], percent: usize) -> Duration {
    times.sort_unstable();
    times[(times.len() * percent).div_ceil(100).max(1) - 1]
}

/// The most memory that this process has had, in MiB (`VmHWM`).
pub fn peak_memory() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes / 1024.0)
}

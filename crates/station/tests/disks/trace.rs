//! What `strace` has told of the files in a folder, and what of it a disk had kept at a moment.

use std::{
    collections::{BTreeMap, HashMap},
    path::Path,
};

use uuid::Uuid;
use viruj_sync::conformance::dice::Dice;

/// In the order in which it came about.
#[derive(Clone, Debug)]
pub enum Event {
    Write {
        file: String,
        offset: usize,
        bytes: Vec<u8>,
    },
    Truncate {
        file: String,
        length: usize,
    },
    Remove {
        file: String,
    },
    /// The disk has confirmed the file; what was begun after `begun` events may be left out.
    Confirmed {
        file: String,
        begun: usize,
    },
    Acknowledged(Uuid),
}

impl Event {
    pub fn acknowledged(&self) -> Option<Uuid> {
        match self {
            Self::Acknowledged(id) => Some(*id),
            _ => None,
        }
    }
}

/// What a disk keeps of what was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keeping {
    /// What it has confirmed and nothing else.
    ConfirmedAlone,
    /// Of the rest something, in any order, and some of it by half.
    SomeMore,
    /// It confirms and keeps nothing after so many events.
    NothingAfter(usize),
}

/// Reads a trace of `strace -f -y -xx`.
pub fn read(trace: &Path, folder: &Path) -> Vec<Event> {
    let text = std::fs::read_to_string(trace).unwrap();
    let mut events = Vec::new();
    // A call that was interrupted by another thread's, by its process, with the events before it.
    let mut begun: HashMap<&str, (String, usize)> = HashMap::new();
    for line in text.lines() {
        let Some((process, call)) = line.split_once(' ') else { continue };
        let call = call.trim_start();
        if let Some(call) = call.strip_suffix(" <unfinished ...>") {
            begun.insert(process, (call.to_owned(), events.len()));
            continue;
        }
        let (call, at) = match call.strip_prefix("<... ") {
            Some(resumed) => {
                let Some((call, at)) = begun.remove(process) else { continue };
                let rest = resumed.split_once("resumed>").map_or("", |(_, rest)| rest);
                (format!("{call}{rest}"), at)
            }
            None => (call.to_owned(), events.len()),
        };
        events.extend(event(&call, at, folder));
    }
    events
}

fn event(call: &str, begun: usize, folder: &Path) -> Option<Event> {
    let (name, rest) = call.split_once('(')?;
    let (arguments, answer) = rest.rsplit_once(" = ")?;
    if answer.starts_with('-') {
        return None;
    }
    let arguments = arguments.trim_end().strip_suffix(')')?;
    // An open file stands behind its number, in angle brackets.
    let (path, arguments) = match name {
        "unlink" => (arguments, ""),
        _ => arguments.split_once('<')?.1.split_once('>')?,
    };
    let path = String::from_utf8(bytes_of(path)).ok()?;
    let file = Path::new(&path).strip_prefix(folder).ok()?.to_str()?.to_owned();
    match name {
        "write" if file == "acknowledged" => {
            let text = String::from_utf8(bytes_of(arguments)).ok()?;
            Some(Event::Acknowledged(text.trim().parse().unwrap()))
        }
        // The index of the write-ahead log is made anew at every opening.
        _ if !file.ends_with(".db") && !file.ends_with(".db-wal") && !file.ends_with("-journal") => None,
        "pwrite64" => {
            let offset = arguments.rsplit_once(", ")?.1.parse().unwrap();
            Some(Event::Write { file, offset, bytes: bytes_of(arguments) })
        }
        "ftruncate" => Some(Event::Truncate { file, length: arguments.rsplit_once(", ")?.1.parse().unwrap() }),
        "unlink" => Some(Event::Remove { file }),
        "fsync" | "fdatasync" => Some(Event::Confirmed { file, begun }),
        "write" | "rename" => panic!("{call} is not reckoned with"),
        _ => None,
    }
}

/// The bytes of a text in which every sign stands as `\x…`; what stands beside it is left out.
fn bytes_of(text: &str) -> Vec<u8> {
    let quoted = text.split_once('"').map_or(text, |(_, rest)| rest.rsplit_once('"').map_or(rest, |(text, _)| text));
    assert!(!text.contains("\"..."), "the trace is cut short");
    quoted.split("\\x").skip(1).map(|digits| u8::from_str_radix(digits, 16).unwrap()).collect()
}

#[derive(Default)]
struct Disk {
    kept: BTreeMap<String, Vec<u8>>,
    /// What is not confirmed, with its place among the events.
    waiting: Vec<(usize, Event)>,
}

impl Disk {
    fn keep(&mut self, event: &Event) {
        match event {
            Event::Write { file, offset, bytes } => {
                let kept = self.kept.entry(file.clone()).or_default();
                let end = offset + bytes.len();
                if kept.len() < end {
                    kept.resize(end, 0);
                }
                kept[*offset..end].copy_from_slice(bytes);
            }
            Event::Truncate { file, length } => self.kept.entry(file.clone()).or_default().resize(*length, 0),
            Event::Remove { file } => _ = self.kept.remove(file),
            Event::Confirmed { .. } | Event::Acknowledged(_) => {}
        }
    }
}

/// Writes the files as they would be found after the events.
pub fn write_image(events: &[Event], keeping: Keeping, dice: &mut Dice, folder: &Path) {
    let mut disk = Disk::default();
    for (at, event) in events.iter().enumerate() {
        if matches!(keeping, Keeping::NothingAfter(last) if at >= last) {
            break;
        }
        match event {
            Event::Write { .. } | Event::Truncate { .. } | Event::Remove { .. } => {
                disk.waiting.push((at, event.clone()))
            }
            Event::Confirmed { file: confirmed, begun } => {
                let waiting = std::mem::take(&mut disk.waiting);
                for (place, event) in waiting {
                    let is_confirmed = match &event {
                        Event::Write { file, .. } | Event::Truncate { file, .. } => file == confirmed && place < *begun,
                        // A file system that keeps a journal writes what it knows of names with whatever comes next.
                        Event::Remove { .. } => place < *begun,
                        Event::Confirmed { .. } | Event::Acknowledged(_) => false,
                    };
                    if is_confirmed { disk.keep(&event) } else { disk.waiting.push((place, event)) }
                }
            }
            Event::Acknowledged(_) => {}
        }
    }
    if keeping == Keeping::SomeMore {
        for (_, event) in std::mem::take(&mut disk.waiting) {
            match (dice.below(3), event) {
                (0, _) => {}
                (1, Event::Write { file, offset, bytes }) => {
                    let half = bytes[..bytes.len() / 2].to_vec();
                    disk.keep(&Event::Write { file, offset, bytes: half });
                }
                (_, event) => disk.keep(&event),
            }
        }
    }
    std::fs::create_dir(folder).unwrap();
    for (name, bytes) in disk.kept {
        std::fs::write(folder.join(name), bytes).unwrap();
    }
}

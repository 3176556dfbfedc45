use proptest::prelude::*;

use super::*;

fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let length = u32::try_from(data.len()).unwrap().to_be_bytes();
    [&length[..], kind, data, &[0; 4]].concat()
}

fn png_of(width: u32, height: u32, between: &[u8]) -> Vec<u8> {
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 2, 0, 0, 0]].concat();
    [PNG, &chunk(b"IHDR", &header), between, &chunk(b"IDAT", &[1, 2, 3]), &chunk(b"IEND", &[])].concat()
}

fn jpeg_with(comment: &[u8]) -> Vec<u8> {
    let length = u16::try_from(comment.len() + 2).unwrap().to_be_bytes();
    let frame = [0xFF, 0xC0, 0, 11, 8, 0, 16, 0, 16, 1, 1, 0x11, 0];
    let scan = [0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0, 0x12, 0xFF, 0x00, 0x34, 0xFF, 0xD0, 0x56];
    [&[0xFF, 0xD8, 0xFF, 0xFE][..], &length, comment, &frame, &scan, &[0xFF, 0xD9]].concat()
}

fn pdf() -> Vec<u8> {
    b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< >>\n%%EOF\n".to_vec()
}

/// An entry as an attacker would write it.
#[derive(Clone)]
struct Entry {
    name: Vec<u8>,
    data: Vec<u8>,
    unpacked: u32,
    method: u16,
    flags: u16,
    attributes: u32,
    extra: Vec<u8>,
}

fn entry(name: &str) -> Entry {
    let data = b"12345".to_vec();
    Entry { name: name.into(), unpacked: 5, data, method: 0, flags: 0, attributes: 0o100_644 << 16, extra: vec![] }
}

fn zip_of(entries: &[Entry]) -> Vec<u8> {
    let (mut body, mut directory) = (Vec::new(), Vec::new());
    for entry in entries {
        let offset = u32::try_from(body.len()).unwrap();
        let packed = u32::try_from(entry.data.len()).unwrap();
        let lengths = [entry.name.len(), entry.extra.len()].map(|length| u16::try_from(length).unwrap().to_le_bytes());
        let common = [
            &entry.flags.to_le_bytes()[..],
            &entry.method.to_le_bytes(),
            &[0; 8],
            &packed.to_le_bytes(),
            &entry.unpacked.to_le_bytes(),
            &lengths[0],
        ]
        .concat();
        body.extend([&b"PK\x03\x04\x14\0"[..], &common, &[0, 0], &entry.name, &entry.data].concat());
        directory.extend(
            [
                &b"PK\x01\x02\x14\x03\x14\0"[..],
                &common,
                &lengths[1],
                &[0; 6],
                &entry.attributes.to_le_bytes(),
                &offset.to_le_bytes(),
                &entry.name,
                &entry.extra,
            ]
            .concat(),
        );
    }
    let count = u16::try_from(entries.len()).unwrap().to_le_bytes();
    let sizes = [directory.len(), body.len()].map(|size| u32::try_from(size).unwrap().to_le_bytes());
    [&body[..], &directory, b"PK\x05\x06\0\0\0\0", &count, &count, &sizes[0], &sizes[1], &[0, 0]].concat()
}

fn fault(bytes: &[u8]) -> AttachmentFault {
    media_type(bytes).unwrap_err()
}

#[test]
fn what_a_file_is_follows_from_its_bytes() {
    for (bytes, expected) in [
        (png_of(4, 4, &[]), MediaType::Png),
        (jpeg_with(b"a camera"), MediaType::Jpeg),
        (pdf(), MediaType::Pdf),
        (
            zip_of(&[entry("a/b.csv"), entry("c.csv"), Entry { data: vec![], unpacked: 0, ..entry("a/") }]),
            MediaType::Zip,
        ),
    ] {
        let inspected = inspect(&bytes, "C:\\photos\\whatever.exe").unwrap();
        assert_eq!((inspected.media_type, inspected.file_name.as_str()), (expected, "whatever.exe"));
        assert_eq!(inspected.size_bytes, bytes.len() as u64);
        for cut in 1..bytes.len() - 1 {
            assert!(media_type(&bytes[..cut]).is_err(), "{expected} up to {cut}");
        }
    }
    assert_eq!(fault(b""), AttachmentFault::Empty);
    assert_eq!(fault(b"MZ\x90\0"), AttachmentFault::TypeUnknown);
    assert_eq!(fault(b"<html>"), AttachmentFault::TypeUnknown);
    assert_eq!(fault(&vec![b'%'; 10 * 1024 * 1024 + 1]), AttachmentFault::TooLarge);
    assert_eq!(fault(&png_of(20_000, 20_000, &[])), AttachmentFault::TooManyPixels);
    assert_eq!(fault(&png_of(0, 1, &[])), AttachmentFault::Malformed);
}

/// [SEC-30] A file is one thing from its first byte to its last.
#[test]
fn sec_30_a_file_that_is_two_things_is_refused() {
    let archive = zip_of(&[entry("a.txt")]);
    for whole in [png_of(4, 4, &[]), jpeg_with(b"x"), pdf()] {
        assert!(media_type(&[&whole[..], &archive].concat()).is_err(), "an archive behind it");
        assert!(media_type(&[&archive[..], &whole].concat()).is_err(), "an archive before it");
        assert!(media_type(&[&whole[..], b"<script>alert(1)</script>"].concat()).is_err(), "a page behind it");
        assert!(media_type(&[b"GIF89a", &whole[..]].concat()).is_err(), "another picture before it");
    }
    let text = |text: &[u8]| png_of(4, 4, &chunk(b"tEXt", text));
    assert_eq!(fault(&text(b"Comment\0<SCRIPT>alert(1)</script>")), AttachmentFault::HidesAnother);
    assert_eq!(fault(&text(&archive)), AttachmentFault::HidesAnother);
    assert_eq!(fault(&jpeg_with(b"<svg onload=alert(1)>")), AttachmentFault::HidesAnother);
    assert_eq!(fault(&jpeg_with(b"%PDF-1.4")), AttachmentFault::HidesAnother);
    let both = [&b"%PDF-1.7\n"[..], &archive, b"\n%%EOF"].concat();
    assert_eq!(fault(&both), AttachmentFault::HidesAnother);
    assert_eq!(fault(&[&archive[..], b"behind"].concat()), AttachmentFault::HidesAnother);
    assert_eq!(fault(&[&b"PK\x03\x04before"[..], &archive].concat()), AttachmentFault::Malformed);
}

/// [SEC-28] Archives that burst or link are refused by their directory, before anything is unpacked.
#[test]
fn sec_28_bombs_and_links_are_refused_before_unpacking() {
    let of = |entry: Entry| fault(&zip_of(&[entry]));
    let packed = Entry { method: 8, ..entry("a") };
    assert_eq!(of(Entry { unpacked: 501, ..packed.clone() }), AttachmentFault::ArchiveTooLarge, "a ratio over 100");
    let large = Entry { method: 8, data: vec![0; 600_000], unpacked: 60_000_000, ..entry("a") };
    let second = Entry { name: b"b".to_vec(), ..large.clone() };
    assert!(media_type(&zip_of(std::slice::from_ref(&large))).is_ok());
    assert_eq!(fault(&zip_of(&[large, second])), AttachmentFault::ArchiveTooLarge, "too large together");
    let many: Vec<Entry> = (0..1001).map(|number| entry(&number.to_string())).collect();
    assert_eq!(fault(&zip_of(&many)), AttachmentFault::ArchiveTooLarge, "too many");
    assert!(media_type(&zip_of(&many[1..])).is_ok());
    for kind in [0o120_777, 0o020_600, 0o060_600, 0o010_600, 0o140_600] {
        assert_eq!(of(Entry { attributes: kind << 16, ..entry("a") }), AttachmentFault::ArchiveLink, "{kind:o}");
    }
    assert_eq!(of(Entry { attributes: 0x400, ..entry("a") }), AttachmentFault::ArchiveLink, "a reparse point");
    assert_eq!(of(Entry { flags: 1, ..entry("a") }), AttachmentFault::ArchiveEncrypted);
    assert_eq!(of(Entry { unpacked: 4, ..entry("a") }), AttachmentFault::Malformed, "stored, of another size");
    // The directory names the same data twice.
    let mut twice = zip_of(&[entry("a"), entry("a")]);
    assert_eq!(fault(&twice), AttachmentFault::ArchiveOverlap, "two of one name");
    twice = zip_of(&[entry("a"), entry("b")]);
    let at = twice.len() - 22 - 5;
    twice[at..at + 4].copy_from_slice(&[0; 4]);
    assert!(media_type(&twice).is_err(), "two entries share their data");
}

/// [SEC-29] No name leads out of where it is unpacked, into a device or behind a NUL.
#[test]
fn sec_29_names_that_lead_elsewhere_are_refused() {
    for name in [
        "../a",
        "a/../b",
        "/etc/passwd",
        "a\\b",
        "..\\a",
        "C:/a",
        "a:stream",
        "a\0.txt",
        "a/./b",
        "a//b",
        "",
        "CON",
        "a/nul.txt",
        "com1",
        "LPT9.log",
        "a/AUX /b",
        "... ",
        "a\n",
    ] {
        assert_eq!(fault(&zip_of(&[entry(name)])), AttachmentFault::ArchiveName, "{name:?}");
    }
    let second = Entry { extra: vec![0x75, 0x70, 1, 0, 1], ..entry("a") };
    assert_eq!(fault(&zip_of(&[second])), AttachmentFault::ArchiveName, "a second name");
}

/// [SEC-29] Of a person's name for a file only what can be shown is left.
#[test]
fn sec_29_a_name_is_cleaned_and_never_a_path() {
    for (declared, shown) in [
        ("photo.jpg", "photo.jpg"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\scale.png", "scale.png"),
        ("a\0b\n.pdf", "ab.pdf"),
        ("\u{202E}gpj.exe", "gpj.exe"),
        ("a:b?.pdf", "ab.pdf"),
        (" .hidden. ", "hidden"),
        ("तराज़ू.jpg", "तराज़ू.jpg"),
    ] {
        let expected: String = shown.nfc().collect();
        assert_eq!(display_name(declared).as_deref(), Ok(expected.as_str()), "{declared:?}");
    }
    for nothing in ["", "...", "a/", "CON", "nul.txt", "Com1.tar.gz", "LPT\u{b9}.txt", "\u{200B}"] {
        assert_eq!(display_name(nothing), Err(AttachmentFault::NameUnfit), "{nothing:?}");
    }
    let long = display_name(&format!("{}.jpeg", "x".repeat(300))).unwrap();
    assert_eq!((long.chars().count(), long.ends_with("x.jpeg")), (120, true));
}

#[test]
fn what_an_entry_says_of_its_file_is_checked() {
    let hash = "0f".repeat(32);
    let check = |accepts: AcceptedFiles, name: &str, what, hash: &str| check_named(accepts, name, what, hash);
    assert_eq!(check(AcceptedFiles::Photo, "a.png", (MediaType::Png, 1), &hash), Ok(()));
    let other = check(AcceptedFiles::Photo, "a.pdf", (MediaType::Pdf, 1), &hash);
    assert_eq!(other, Err(AttachmentFault::TypeNotAccepted));
    let other = check(AcceptedFiles::Document, "a.zip", (MediaType::Zip, 1), &hash);
    assert_eq!(other, Err(AttachmentFault::TypeNotAccepted));
    assert_eq!(check(AcceptedFiles::Any, "a.zip", (MediaType::Zip, LARGEST), &hash), Ok(()));
    let any = |name, size, hash: &str| check(AcceptedFiles::Any, name, (MediaType::Zip, size), hash);
    assert_eq!(any("a", LARGEST + 1, &hash), Err(AttachmentFault::TooLarge));
    assert_eq!(any("a", 0, &hash), Err(AttachmentFault::Empty));
    assert_eq!(any("../a", 1, &hash), Err(AttachmentFault::NameUnfit));
    assert_eq!(any("a", 1, &hash.to_uppercase()), Err(AttachmentFault::HashUnfit));
}

proptest! {
    /// No bytes make the inspection panic, whatever they begin with.
    #[test]
    fn no_bytes_panic(start in 0_usize..5, bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let starts: [&[u8]; 5] = [b"", PNG, &[0xFF, 0xD8, 0xFF], b"%PDF-", b"PK\x03\x04"];
        let _ = media_type(&[starts[start], &bytes].concat());
    }

    /// A changed byte of a good file is taken or refused, and never panics.
    #[test]
    fn no_changed_byte_panics(which in 0_usize..4, at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut files = [png_of(4, 4, &[]), jpeg_with(b"x"), pdf(), zip_of(&[entry("a"), entry("b/c")])];
        let file = &mut files[which];
        let at = at.index(file.len());
        file[at] = byte;
        let _ = media_type(file);
    }

    /// A cleaned name stays as it is, and holds nothing that leads elsewhere.
    #[test]
    fn a_cleaned_name_is_clean(declared in "\\PC{0,200}|.{0,200}") {
        if let Ok(shown) = display_name(&declared) {
            prop_assert_eq!(display_name(&shown), Ok(shown.clone()));
            prop_assert!(shown.chars().count() <= 120 && !shown.contains(['/', '\\', '\0']));
        }
    }
}
